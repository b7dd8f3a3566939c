"""What each one has, gets or must have: «هر بسته ۱۲ کیلوگرم», «در هر پیشخوان سه مشاور»."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Clause
from karnameh.narrative.reader.lexicon import (
    MEASURES_OF_PARTS,
    MUST,
    SHARE_WORDS,
)
from karnameh.narrative.reader.nouns import lemma, unit_of
from karnameh.narrative.reader.number_words import SMALL
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.verdicts import AVERAGES, MONEY, Verdict, owns
from karnameh.narrative.reader.words import Kind

# Whose share a «هر» hands out: a body gets a result, a parcel or a loan only has a property.
_BODIES = key_set("""
    قشر شاخه شعبه استان شهرستان محله روستا پایگاه شهر منطقه ناحیه مسجد مدرسه بخش دهستان صنف رشته
    حوزه کانون مرکز دانشگاه شاخهی شهرک اداره دستگاه سازمان هسته کلاس
    """)
TIMES = key_set("روز ماه هفته سال ساعت شب فصل نوبت روزه دوره")
_TRANSFERS = key_set("تعلق پرداخت اهدا اعطا واریز جبران کمک تقدیم")
_EARNINGS = key_set("سود درآمد فروش")
_COSTS = key_set("هزینه قیمت بهای نرخ")
_MAKING = key_set("دوخت پخت ساخت کاشت بافت نوشت")
_MAKING_NOUNS = key_set("تولید دوخت پخت کشت ویزیت معاینه تعمیر تدریس")
_ABILITIES = key_set("توانایی امکان ظرفیت توان قابلیت گنجایش قادر")
_MADE_UP = frozenset(
    (
        "team",
        "parcel",
        "kit",
        "stationery_pack",
        "bag",
        "vehicle",
        "fund",
        "cooperative",
        "workshop",
    )
)
_VALUES = key_set("ارزش قیمت بهای بها نرخ")
_STAFFED = key_set("گروه تیم اکیپ کاروان پایگاه پیشخوان میز ایستگاه غرفه قرارگاه")
_WORKING = key_set("کار فعالیت خدمت همکاری")
_COSTS_OF_EACH = key_set("هزینه قیمت بهای سرمایه مخارج خرج")
# What each of these must have is its equipment, no rule.
_EQUIPPED = frozenset(("dwelling", "parcel", "kit", "team", "vehicle", "person", "tent", "bag", ""))
_HELD = key_set("برپا برگزار اجرا دایر")
_OF_THESE = 4
_SENTENCE_REACH = 25
TOTALS = key_set("ارزش مجموع جمع کل")
_ACTIVITIES = frozenset(
    ("program", "project", "meeting", "course", "camp", "session", "exhibition")
)


def part(reading: Reading, figure: Figure) -> Verdict | None:
    """«هر بسته ۱۲ کیلوگرم», «هر موکب … ده خادم، یک امدادگر و دو کپسول»: a property of each.

    A «هر» behind a preposition hands something out («در هر روستا دو نفر») and an average is
    measured: both are rates and stay results.
    """
    near_each = reading.texts(figure.opening - 3, figure.opening - 1)
    if near_each in (["ظرفیت", "هر"], ["گنجایش", "هر"]):
        return Verdict(figure.phrase.unit, "a property of each")  # «با ظرفیت هر اردو ۳۵ نفر»
    noun = reading.text(figure.phrase.first)
    if noun in MEASURES_OF_PARTS and reading.text(figure.phrase.first + 1) in (
        "وزن",
        "طول",
        "ارتفاع",
        "عرض",
    ):
        return Verdict(figure.phrase.unit, "a measure of a thing")
    near = max(figure.sentence.first, figure.opening - _SENTENCE_REACH)
    for at in range(figure.opening - 1, near - 1, -1):
        text = reading.text(at)
        if text in ("که", ":", "؛", "گفت", "افزود"):
            return None
        measured = (
            _is_spent_on_each(reading, figure)
            or _is_valued(figure)
            or _is_cost_of_each(figure)
            or _counted_members(reading, figure)
        )
        if text in AVERAGES and not measured:
            return None
        if text in ("هرکدام", "هریک") and owns(figure):
            return Verdict(figure.phrase.unit, "a property of each")
        if text == "هر" and reading.text(at + 1) in SMALL and reading.text(at + 1) != "یک":
            return None
        if text == "هر" and reading.words[at + 1].kind is Kind.DIGITS:
            return None  # «از هر پنج کودک سه نفر»: the base of a rate
        if text in VERB_FORMS and (
            figure.phrase.unit not in MONEY
            or not TOTALS.isdisjoint(reading.texts(at, figure.opening))
        ):
            return None
        if text == "هر" and reading.text(at + 1) in ("یک", "کدام"):
            if figure.opening - at <= _OF_THESE and reading.text(at + 2) == "از":
                return None  # «هر یک از این ۲۴ گروه فعال است»
            verb = figure.clause.verb
            owned = verb is not None and verb.lemma in ("داشت", "بود")
            owned = (owned or _is_worth(reading, figure)) and not _must_have(figure)
            return Verdict(figure.phrase.unit, "a property of each") if owned else None
        if text != "هر" or reading.text(at + 1) in TIMES:
            continue
        if _is_staffed(reading, at, figure):
            return Verdict(figure.phrase.unit, "of whom each consists")
        if _will_be(figure) or _must_have(figure) or _is_able(reading, at, figure):
            return None
        if unit_of([reading.text(at + 1)]) not in _EQUIPPED and _must_have_any(figure):
            return None  # «هر میز باید دو مشاور داشته باشد»: a rule
        before = reading.text(at - 1) if at > figure.sentence.first else ""
        if before == "در" and _is_made_up(reading, at, figure):
            return Verdict(figure.phrase.unit, "what one of them has")
        to_each = before in ("در", "به", "برای", "از") and figure.phrase.unit not in MONEY
        if to_each and not _allotted(reading, at, figure):
            return None
        if _is_valued(figure):
            return Verdict(figure.phrase.unit, "what one costs")
        if "هر" not in figure.clause.texts and _is_handed(reading, figure):
            return None  # «هزینه هر عمل ۱۸ میلیون تومان است و ما ۶۴ میلیارد تومان پرداخت کردیم»
        averaged = set(reading.texts(max(at - 3, figure.sentence.first), at)) & AVERAGES
        if averaged or figure.phrase.unit == "percent":
            return None
        if reading.text(at - 1) in SHARE_WORDS:
            return None  # «سهمیه هر شهرستان ۲۰ نفر است»
        head = set(reading.texts(max(at - 3, figure.sentence.first), at))
        if figure.phrase.unit in MONEY and (head & _COSTS or _is_cost_of_each(figure)):
            return Verdict(figure.phrase.unit, "what one costs")
        if unit_of([reading.text(at + 1)]) == "person" and reading.text(at - 1) in _EARNINGS:
            return Verdict(figure.phrase.unit, "what one person earns")
        earned = figure.phrase.unit in MONEY and _EARNINGS & set(figure.clause.texts)
        if earned or _is_handed(reading, figure):
            return None
        if _allotted(reading, at, figure):
            if (
                figure.clause.verb is not None
                and reading.text(figure.clause.verb.first - 1) == "نظر"
            ):
                return None  # «برای هر خانوار ۲۰ میلیون در نظر گرفته شده» is a promise
            return Verdict(figure.phrase.unit, "what each one gets")
        verb = figure.clause.verb
        if verb is not None and verb.lemma not in ("داشت", "بود") and not _is_measure(figure):
            return None
        each = lemma(reading.text(at + 1))
        if each in _BODIES and (figure.number.value == 1 or figure.phrase.unit in MONEY):
            return None
        return Verdict(figure.phrase.unit, "a property of each")
    return None


def _will_be(figure: Figure) -> bool:
    """«هر دانش‌آموز ۲ کتاب خواهد گرفت»: what each will get is promised; what it will cost is a price."""
    verb = figure.clause.verb
    ahead = (
        verb is not None
        and verb.tense is Tense.FUTURE
        and verb.lemma != "بود"
        and not verb.negative
    )
    return ahead and not (figure.phrase.unit in MONEY and _COSTS & set(figure.clause.texts))


def _must_have(figure: Figure) -> bool:
    """«هر دفتر باید ۲ طرح داشته باشد» is a rule; «هر خانه باید ۲ کپسول …» is its equipment."""
    verb = figure.clause.verb
    ruled = verb is not None and verb.tense is Tense.SUBJUNCTIVE and verb.lemma == "داشت"
    return ruled and figure.phrase.unit in _ACTIVITIES and bool(MUST & set(figure.clause.texts))


def _must_have_any(figure: Figure) -> bool:
    verb = figure.clause.verb
    has = verb is not None and verb.lemma == "داشت" and not verb.negative
    if has and verb is not None and figure.clause.texts[-3:-2] == ["برای"]:
        return True  # «هر شهرستان ۱۰ پروژه برای افتتاح دارد»
    ruled = has and verb is not None and verb.tense is Tense.SUBJUNCTIVE
    return ruled and bool(MUST & set(figure.clause.texts) or _is_ruled_before(figure))


def _is_ruled_before(figure: Figure) -> bool:
    """«هر کارگروه باید … معرفی کند و هر شهرستان نیز حداقل پنج برنامه … داشته باشد»: one «باید» for both."""
    before: Clause | None = None
    for clause in figure.sentence.clauses:
        if clause.verb is not None and clause.verb.after <= min(figure.clause.words):
            before = clause
    ruled = (
        before is not None and before.verb is not None and before.verb.tense is Tense.SUBJUNCTIVE
    )
    return ruled and before is not None and bool(MUST & set(before.texts))


def _is_able(reading: Reading, at: int, figure: Figure) -> bool:
    """«هر کلینیک توانایی ویزیت ۱۲۰ بیمار را دارد», not the volume of a vessel."""
    able = not _ABILITIES.isdisjoint(reading.texts(at + 1, figure.opening))
    return able and figure.phrase.unit not in ("litre", "cubic_metre", "kilogram")


def _is_cost_of_each(figure: Figure) -> bool:
    """«هزینه هر اردو به طور میانگین ۱۲۰ میلیون تومان است», «سرمایه لازم برای هر شغل …»."""
    verb = figure.clause.verb
    told = verb is not None and verb.lemma == "بود"
    costs = not _COSTS_OF_EACH.isdisjoint(figure.clause.texts)
    return told and costs and figure.phrase.unit in MONEY and "هر" in figure.clause.texts


def _counted_members(reading: Reading, figure: Figure) -> bool:
    """«هر گروه به طور متوسط ۱۳ نفر عضو دارد»."""
    return owns(figure) and "عضو" in reading.texts(figure.phrase.first, figure.after + 2)


def _is_spent_on_each(reading: Reading, figure: Figure) -> bool:
    """«برای هر خانه به طور متوسط ۳۲۰ میلیون تومان هزینه شد»: what one costs."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in MONEY or verb.lemma not in ("شد", "گذاشت", "کرد"):
        return False
    head = reading.head(figure)
    spent = reading.text(verb.first - 1) in ("هزینه", "خرج", "صرف", "کنار", "تهیه")
    return spent and "هر" in head and bool(AVERAGES & set(head))


def _is_valued(figure: Figure) -> bool:
    """«ارزش هر بسته به طور متوسط ۹۵ میلیون تومان است»."""
    texts = figure.clause.texts
    return figure.phrase.unit in MONEY and "هر" in texts and not _VALUES.isdisjoint(texts)


def _is_staffed(reading: Reading, at: int, figure: Figure) -> bool:
    """«در هر پیشخوان سه مشاور می‌نشیند», «هر گروه دو مربی خواهد داشت»; an average is measured."""
    verb = figure.clause.verb
    if (
        verb is None
        or figure.phrase.unit != "person"
        or lemma(reading.text(at + 1)) not in _STAFFED
    ):
        return False
    if (
        verb.negative
        or verb.tense in (Tense.PAST, Tense.SUBJUNCTIVE)
        or MUST & set(figure.clause.texts)
    ):
        return False
    if AVERAGES & set(reading.texts(figure.sentence.first, at)) or verb.passive:
        return False
    run = reading.texts(at + 2, figure.opening) == ["را"]
    run &= reading.text(verb.first - 1) == "اداره" or verb.lemma == "گرداند"
    if run and verb.tense is Tense.PRESENT:
        return True  # «هر ایستگاه را ۶ داوطلب اداره می‌کنند»
    works = verb.lemma == "کرد" and verb.tense is Tense.PRESENT
    works &= bool(_WORKING & set(reading.texts(figure.after, verb.first)))
    return works or verb.lemma in ("نشست", "داشت", "بود", "ایستاد")


def _is_made_up(reading: Reading, at: int, figure: Figure) -> bool:
    """«در هر گروه یک پزشک حضور دارد»: of what a team or a parcel is made up."""
    verb = figure.clause.verb
    ours = verb is not None and reading.text(verb.first).endswith("یم")
    return owns(figure) and not ours and unit_of([reading.text(at + 1)]) in _MADE_UP


def _is_worth(reading: Reading, figure: Figure) -> bool:
    """«هر کدام به ارزش ۹۵۰ هزار تومان»: what one is worth, not what is given."""
    near = reading.texts(max(figure.sentence.first, figure.opening - 3), figure.opening)
    return figure.phrase.unit in MONEY and bool({"ارزش", "بهای", "قیمت"} & set(near))


def _is_handed(reading: Reading, figure: Figure) -> bool:
    """«هر نفر ۵۰۰ هزار تومان کمک کردند», «… تعلق می‌گیرد»: money that changed hands."""
    verb = figure.clause.verb
    return (
        verb is not None
        and figure.phrase.unit in MONEY
        and bool(_TRANSFERS & set(reading.texts(verb.first - 2, verb.first)))
        and not _is_worth(reading, figure)
    )


def _allotted(reading: Reading, at: int, figure: Figure) -> bool:
    """«هر جوان ۸ کندو گرفت», «به هر تیم ۲ توپ داده می‌شود»: goods handed to each, counted elsewhere."""
    verb = figure.clause.verb
    if verb is not None and (
        verb.lemma in _MAKING or reading.text(verb.first - 1) in _MAKING_NOUNS
    ):
        return False  # «هر خیاط روزانه ۱۰۰ ماسک می‌دوزد»
    held = verb is not None and reading.text(verb.first - 1) in _HELD
    if held and verb is not None and verb.tense is Tense.SUBJUNCTIVE:
        return False  # «هر گروه دو کلاس جبرانی برپا کند»
    receiver = unit_of([reading.text(at + 1)])
    goods = figure.phrase.unit not in (
        "person",
        "percent",
        "litre",
        "hour",
        "",
        "request",
        "visit",
        "household",
    )
    earned = any(text in ("سود", "درآمد") for text in figure.clause.texts)
    return receiver in ("person", "team", "household") and goods and not earned


def _is_measure(figure: Figure) -> bool:
    return figure.phrase.unit in MONEY or figure.phrase.unit in ("kilogram", "litre", "metre")
