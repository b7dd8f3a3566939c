"""Figures of the world around the work: public rates, rising prices, what statistics say.

They are told to explain, and nobody of the organisation did them («نرخ بیکاری ۱۴ درصد است», «طبق آمار …
۲۲ میلیون نفر در روستاها زندگی می‌کنند», «هزینه ساخت ۶۰ درصد بالا رفته است»).
"""

from __future__ import annotations

from collections.abc import Callable

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import DEEDS, PRICE_WORDS
from karnameh.narrative.reader.places import opens_with_place
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.verdicts import MONEY, Verdict, first_of

_PUBLIC_RATES = key_set(
    """
    تورم بیکاری باسوادی بی‌سوادی شیوع مرگ‌ومیر فقر طلاق باروری رطوبت بارندگی بارش آلودگی بهره ارز دلار
    مشارکت‌انتخاباتی زادوولد مهاجرت اعتیاد فرونشست خشکیدگی
    """
)
_RATES = key_set("نرخ ضریب شاخص میزان آمار سطح درصد")
_OWN_RATES = key_set("بازگشت وصول بازپرداخت موفقیت پیشرفت رضایت پوشش مشارکت حضور تحقق قبولی")
_STATISTICS = key_set("آمار آمارها آمارهای سرشماری برآوردها گزارش‌های پژوهش‌ها مطالعات تحقیقات")
_AS = key_set("طبق براساس اساس بنابر بنابه مطابق برابر پایه")
_WORLD = key_set("یونیسف یونسکو فائو جهانی هواشناسی آمارگیری")
_WORLD_BODIES = (["سازمان", "ملل"], ["مرکز", "آمار"], ["بانک", "مرکزی"], ["سازمان", "هواشناسی"])
_OPENING = 8  # words of a sentence in which its source is named
_COSTS = PRICE_WORDS | key_set("هزینه هزینه‌های هزینه‌ها نرخ قیمت‌ها قیمت‌های مخارج")
_RISING = key_set("بالا گران افزایش رشد جهش برابر برابری صعود")
_HEAD = 6
_OPENS = 4
_COST_PREDICATES = key_set("هزینه قیمت خرج سرمایه بها تمام آب")
_COST_LIGHTS = frozenset(("داشت", "برداشت", "برد", "خواست", "شد", "خورد", "بود", "رفت"))
_MISHAPS = key_set("تصادفات آتش‌سوزی‌ها حوادث طلاق‌ها مرگ‌ها جرایم سرقت‌ها بیماری‌ها زلزله‌ها مصدومیت‌ها")
_NEAR = 5
_EQUAL = key_set("معادل برابر اندازه به‌اندازه مساوی")
_LIKENED = key_set("نیاز مصرف جمعیت مساحت وسعت درآمد بودجه تولید ظرفیت")
_LANDS = key_set("شهرستان استان کشور منطقه شهر ایران جهان")
_YIELDING = key_set("تولید مصرف صادر وارد برداشت")
_OWING = key_set("بدهکار طلبکار مقروض طلب")
_SURVEYS = key_set("نظرسنجی نظرخواهی پیمایش پیمایشی پژوهشی تحقیقی")
_MISSING = key_set("بدهی کسر کسری طلب کمبود")
_ONE = frozenset(("یک", "هر", "1"))


def outside(reading: Reading, figure: Figure) -> Verdict | None:
    """Why a figure only tells of the world around, or None."""
    return first_of(_RULES, reading, figure)


def _public_rate(reading: Reading, figure: Figure) -> str:
    """«نرخ بیکاری ۱۴ درصد است», «تورم به ۴۰ درصد رسید»; «نرخ بازگشت اقساط» is our own."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in ("percent", "times"):
        return ""
    head = reading.head(figure)
    if len(head) > _HEAD:
        head = [*head[:_OPENS], "…", *head[-_HEAD:]]
    if _OWN_RATES & set(head):
        return ""
    for at, text in enumerate(head):
        if text == "سواد" and head[max(at - 1, 0)] in _RATES:
            return "a public rate: سواد"
        led = at == 0 or head[at - 1] in _RATES or head[at - 1] in ("که", "،", "و")
        if text in _PUBLIC_RATES and led:
            return f"a public rate: {text}"
    return ""


def _statistic(reading: Reading, figure: Figure) -> str:
    """«طبق آمار رسمی …», «سازمان ملل گزارش داد …»: a state that others counted."""
    verb = figure.clause.verb
    if verb is None or verb.tense not in (Tense.COPULA, Tense.PRESENT):
        return ""
    if figure.phrase.unit == "percent" and reading.text(figure.after) in _MISHAPS:
        return "what happens in a country"
    first = figure.sentence.first
    opening = reading.texts(first, min(first + _OPENING, figure.opening))
    counted = any(
        text in _STATISTICS and _AS & set(opening[max(at - 2, 0) : at])
        for at, text in enumerate(opening)
    )
    said = bool(_WORLD & set(opening)) or any(
        opening[at : at + 2] in _WORLD_BODIES for at in range(len(opening))
    )
    deed = reading.text(verb.first - 1) in DEEDS
    return "public statistics" if (counted or said) and not deed else ""


def _rising_cost(reading: Reading, figure: Figure) -> str:
    """«هزینه ساخت ۶۰ درصد بالا رفته», «نرخ سیمان دو برابر شد»."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in ("percent", "times"):
        return ""
    head = set(reading.head(figure)[-_HEAD:])
    if not head & _COSTS or head & _OWN_RATES:
        return ""
    rising = _RISING & set(reading.texts(figure.number.after, verb.first))
    return "how prices rose" if rising and verb.tense is not Tense.FUTURE else ""


def _cost_of_one(reading: Reading, figure: Figure) -> str:
    """«ساخت یک کلاس … هزینه دارد», «حفر یک حلقه چاه ۲ میلیارد تمام می‌شود»."""
    verb = figure.clause.verb
    if verb is None or verb.tense not in (Tense.PRESENT, Tense.COPULA):
        return ""
    costs = reading.text(verb.first - 1) in _COST_PREDICATES and verb.lemma in _COST_LIGHTS
    if not costs or verb.negative:
        return ""
    if figure.phrase.unit in MONEY:
        return "what one costs" if _ONE & set(reading.head(figure)) else ""
    behind = reading.figures_after(figure)[:1]
    one = figure.number.value == 1 and bool(behind)
    return "one of which the cost is told" if one and behind[0].phrase.unit in MONEY else ""


def _debt(reading: Reading, figure: Figure) -> str:
    """«۳۰ میلیارد تومان به ما بدهکار است»."""
    verb = figure.clause.verb
    behind = reading.texts(figure.after, figure.after + 6)
    if figure.phrase.unit in MONEY and {"بدهکاریم", "بدهکارند", "مقروضیم"} & set(behind):
        return "a debt"
    owed = verb is not None and reading.text(verb.first - 1) in _OWING
    behind = reading.texts(figure.after, figure.after + 2)
    owed |= verb is not None and verb.lemma == "داشت" and bool(_MISSING & set(behind))
    return "a debt" if owed and figure.phrase.unit in MONEY else ""


def _asked_people(reading: Reading, figure: Figure) -> str:
    """«در یک نظرسنجی از ۴۰۰ نفر …»: how many were asked and what they said."""
    asked = figure.phrase.unit in ("person", "household", "")
    if not asked or _SURVEYS.isdisjoint(reading.said_in(figure.sentence)):
        return ""
    before = reading.texts(figure.sentence.first, figure.opening)
    return "how many were asked" if _SURVEYS & set(before) else ""


def _yield_of_land(reading: Reading, figure: Figure) -> str:
    """«این شهرستان سالانه ۲۰ هزار تن سیب تولید می‌کند»: what a territory yields."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PRESENT or figure.phrase.unit == "person":
        return ""
    head = [text for text in reading.head(figure) if text not in ("و", "که", "این")]
    subject = not _LANDS.isdisjoint(head[:2]) or opens_with_place(head[:3])
    yields = reading.text(verb.first - 1) in _YIELDING and verb.lemma in ("کرد", "شد", "داشت")
    return "what a territory yields" if subject and yields else ""


def _comparison(reading: Reading, figure: Figure) -> str:
    """«رقمی معادل نیاز یک شهر ۵۰ هزار نفری», «برابر مصرف ۲ هزار خانوار است»."""
    near = reading.texts(max(figure.sentence.first, figure.opening - _NEAR), figure.opening)
    equal = next((index for index, text in enumerate(near) if text in _EQUAL), -1)
    likened = equal >= 0 and bool(_LIKENED & set(near[equal + 1 : equal + 2]))
    return "a comparison" if likened else ""


_RULES: tuple[Callable[[Reading, Figure], str], ...] = (
    _public_rate,
    _statistic,
    _rising_cost,
    _cost_of_one,
    _debt,
    _asked_people,
    _yield_of_land,
    _comparison,
)
