"""How things were or are before anybody works there: pupils of a school, roads, thresholds, wishes.

Such clauses have a place, a school, a road, a people or nature for their subject, and a verb of being,
having or living; no organisation acts in them («در این دبستان ۶۴ دانش‌آموز درس می‌خوانند», «راه روستا ۷
کیلومتر خاکی است», «پیش‌تر روزی ۴ ساعت آب می‌آوردند»).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import DEEDS, PLAN_NOUNS, PRICE_WORDS, RESULT_NOUNS
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.places import AMBIGUOUS_PLACES, DEFAULT_INDEX
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.verdicts import MONEY, Verdict, owns

_SCHOOLS = key_set("مدرسه دبستان دبیرستان هنرستان آموزشگاه مدارس دانشگاه دانشکده مهدکودک")
_PUPILS = key_set("دانش‌آموز شاگرد نوآموز محصل دانشجو")
_STUDYING = key_set("درس تحصیل")
_LANDS = key_set("روستا روستای شهر شهرستان استان منطقه بخش محله کشور نوار مناطق شهرک آبادی دهستان")
_PEOPLE = key_set(
    "مردم اهالی ساکنان روستاییان جمعیت خانوارها خانوارهای شهروندان کشاورزان عشایر مرزنشینان ساکنین خانواده‌های"
)
_OURS = key_set(
    """
    ما طرح کلاس کلاس‌های دوره دوره‌های نهضت برنامه پویش فدراسیون انجمن شعبه کانون صندوق گروه گروه‌های
    داوطلبان همیاران داوطلب جهادگر
    """
)
_SERVED = key_set("پوشش بهره‌مند برخوردار متصل عضو تحت وصل زیرپوشش مجهز راضی رضایت")
_ROADS = key_set("خط مرز ساحل راه جاده مسیر رودخانه گردنه جاده‌ی کوره‌راه محور")
_UNDER_WORK = key_set("شده آسفالت بهسازی ساخت احداث ترمیم مرمت")
_ESTATES = key_set(
    "باغ باغ‌ها باغ‌های زمین زمین‌های زمین‌ها مزرعه مزارع جنگل جنگل‌های مرتع مراتع کشتزار نخلستان"
)
_STORES_OF_WATER = key_set("سد دریاچه تالاب مخزن‌سد")
_WATERS = key_set("آب پر پرآب آبگیری خالی")
_WISHES = key_set("خواسته خواست درخواست مطالبه مطالبات خواسته‌های انتظار توقع آرزوی آرزو گلایه گله")
_FORMER = key_set("پیش‌تر پیشتر قبلا سابقا قدیم سابق گذشته‌ها")
_THAT_TIME = key_set("زمان روزها سال‌ها موقع روزگار وقت‌ها")
_AGO = key_set("پارسال پیش قبل پیش‌ازاین")
_AT_FIRST = key_set("آغاز ابتدا شروع اوایل اول")
_WHOLES = key_set("مجموع کل میان بین")
_BEFORE_LAND = frozenset(("و", "که", "این", "،", "اما", "ولی"))
# What an organisation has; a land has it only through somebody's work.
_OF_OURS = frozenset(
    ("base", "team", "person", "fund", "cooperative", "office", "centre", "micro_enterprise", "workshop", "station",
     "desk", "program", "project", "organization", "percent", "times", "toman", "rial", "parcel", "kitchen", "loan")
)  # fmt: skip
_WHOLE_UNITS = frozenset(
    ("village", "school", "animal", "household", "qanat", "neighbourhood", "city", "county", "well", "dwelling")
)  # fmt: skip
_BEHIND = 4
_WAITING = key_set("فهرست لیست صف")
_PLACED = key_set("قرار جا جای گنجانده")
_YIELDS = key_set("تولید برداشت صادر بازار راهی روانه")
_INCOME = key_set("درآمد سن سال سابقه عضو جمعیت فرزند نمره معدل")


def surroundings(reading: Reading, figure: Figure) -> Verdict | None:
    """Why a figure only tells what surrounds the work, or None."""
    for rule in _RULES:
        why = rule(reading, figure)
        if why:
            return Verdict(figure.phrase.unit, why)
    return None


def _noun(reading: Reading, figure: Figure) -> str:
    counts = figure.phrase.after > figure.number.after
    return lemma(reading.text(figure.phrase.first)) if counts else ""


def _pupils(reading: Reading, figure: Figure) -> str:
    """«در این دبستان ۶۴ دانش‌آموز درس می‌خوانند», «مدرسه ۴۰ دانش‌آموز دارد», «مدرسه با ۴۰ دانش‌آموز»."""
    noun, verb = _noun(reading, figure), figure.clause.verb
    if noun not in _PUPILS and figure.phrase.unit != "person":
        return ""
    head = reading.head(figure)
    if any(one in ("این", "همین", "آن") for one in head[:3]):
        return ""  # «در این مدرسه‌ها …»: those that were told of
    if _OURS & set(head) or "که" in reading.texts(min(figure.clause.words), figure.opening):
        return ""  # «در مدرسه‌هایی که ساختیم …»
    placed = any(lemma(text) in _SCHOOLS or text in _LANDS for text in head)
    studies = verb is not None and reading.text(verb.first - 1) in _STUDYING
    if studies and verb is not None and verb.lemma in ("خواند", "کرد"):
        return "who goes to school there" if placed and verb.tense is not Tense.FUTURE else ""
    if noun not in _PUPILS:
        return ""
    has = verb is not None and verb.lemma == "داشت" and verb.first == figure.after
    if has and any(lemma(text) in _SCHOOLS for text in head[:3]):
        return "who goes to school there"
    near = reading.texts(figure.opening - 4, figure.opening - 1)
    beside = reading.text(figure.opening - 1) == "با" and any(lemma(t) in _SCHOOLS for t in near)
    return "who goes to school there" if beside and (verb is None or owns(figure)) else ""


def _has_by_nature(reading: Reading, figure: Figure) -> str:
    """«هرمزگان ۱۳ شهرستان و چهارده جزیره دارد», «استان ۳ هزار رشته قنات دارد»: how a land is."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "داشت" or verb.tense is not Tense.PRESENT:
        return ""
    if (
        reading.text(verb.first) != "دارد"
        or figure.phrase.unit in _OF_OURS
        or not figure.phrase.unit
    ):
        return ""
    head = reading.head(figure)
    at = head.index(":") + 1 if ":" in head else 0
    opens = [text for text in head[at : at + 4] if text not in _BEFORE_LAND]
    land = bool(opens) and (opens[0] in _LANDS or _is_place(opens))
    ours = {"ما", "مان", "اکنون", "هم‌اکنون", "امروز"} | _OURS
    only = verb.first - figure.after <= 1 or reading.text(figure.after) in ("و", "،", "که")
    return "how a land is" if land and only and not ours & set(head) else ""


def _is_place(opens: list[str]) -> bool:
    name = opens[0]
    listed = DEFAULT_INDEX.get(name, ())
    return name not in AMBIGUOUS_PLACES and any(
        form == tuple(opens[: len(form)]) for form in listed
    )


def _sparse(reading: Reading, figure: Figure) -> str:
    """«۳۸ مدرسه کمتر از ده دانش‌آموز دارند»: what places are like; both figures."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "داشت" or verb.tense is Tense.FUTURE or verb.passive:
        return ""
    if not reading.text(verb.first).endswith(("ند", "د")):
        return ""
    behind = reading.figures_after(figure)[:1]
    if behind and behind[0].opening == figure.after and behind[0].clause is figure.clause:
        return "what places are like" if _holds(reading, figure, behind[0]) else ""
    before = reading.figures_before(figure)[-1:]
    if before and before[0].after == figure.opening and before[0].clause is figure.clause:
        return "what places are like" if _holds(reading, before[0], figure) else ""
    return ""


def _holds(reading: Reading, place: Figure, dweller: Figure) -> bool:
    within = place.phrase.unit in ("village", "school", "classroom", "neighbourhood", "city")
    people = dweller.phrase.unit in ("person", "household")
    limited = dweller.opening < dweller.first
    return within and people and limited and place.clause.verb is not None


def _what_people_are(reading: Reading, figure: Figure) -> str:
    """«۶۰ درصد اهالی دامدارند»: what a people is like."""
    verb = figure.clause.verb
    if figure.phrase.unit not in ("percent", "share") or verb is None:
        return ""
    lives = reading.text(verb.first - 1) == "زندگی" and verb.lemma == "کرد"
    if not owns(figure) and not lives:
        return ""
    if verb.tense not in (Tense.COPULA, Tense.PRESENT):
        return ""
    at = figure.after if figure.phrase.unit == "percent" else figure.phrase.first
    behind = reading.texts(at, verb.first)
    told = reading.text(at) in _PEOPLE and not (_SERVED | _OURS) & set(behind)
    done = (DEEDS - {"زندگی"}) & set(behind[1:])
    return "what a people is like" if told and not done else ""


def _way(reading: Reading, figure: Figure) -> str:
    """«تا درمانگاه ۳۵ کیلومتر راه است», «راه روستا ۷ کیلومتر خاکی است»."""
    verb = figure.clause.verb
    if figure.phrase.unit not in ("kilometre", "metre") or verb is None or verb.lemma != "بود":
        return ""
    head = reading.head(figure)
    if not _UNDER_WORK.isdisjoint(head) or PLAN_NOUNS & set(head) or RESULT_NOUNS & set(head):
        return ""
    far = reading.text(verb.first - 1) in ("راه", "فاصله") and "تا" in head
    opens = [text.removesuffix("ای") for text in head[:2] if text not in ("و", "که", "این")]
    return "a distance" if far or _ROADS & set(opens[:1]) else ""


def _estate(reading: Reading, figure: Figure) -> str:
    """«باغ‌های روستا ۳۴۰ هکتار است», «شهرستان ۲۸ هزار هکتار زمین زراعی دارد»."""
    verb = figure.clause.verb
    if figure.phrase.unit != "hectare" or verb is None or not owns(figure):
        return ""
    head = reading.head(figure)
    if (DEEDS | _OURS) & set(head):
        return ""
    opens = [text for text in head[:3] if text not in ("و", "که", "این", "آن")]
    mine = (_ESTATES | _LANDS) & set(opens[:2])
    return "the size of a thing" if mine else ""


def _stored(reading: Reading, figure: Figure) -> str:
    """«سد شهر تنها ۲۰ درصد آب دارد»."""
    verb = figure.clause.verb
    if figure.phrase.unit != "percent" or verb is None or not owns(figure):
        return ""
    stored = _STORES_OF_WATER & set(reading.head(figure)[:2])
    return (
        "a level of nature"
        if stored and _WATERS & set(reading.texts(figure.after, verb.first))
        else ""
    )


def _priced(reading: Reading, figure: Figure) -> str:
    """«قیمت یک کیسه سیمان», «اجاره یک دستگاه لودر»: of which the price is told."""
    led = reading.text(figure.opening - 1) in PRICE_WORDS | {"هزینه"}
    if figure.number.value != 1 or not led:
        return ""
    behind = reading.figures_after(figure)[:1]
    return "one of which the price is told" if behind and behind[0].phrase.unit in MONEY else ""


def _scene(reading: Reading, figure: Figure) -> str:
    """«کنار در، سه زن ایستاده‌اند»: who is seen there."""
    verb = figure.clause.verb
    few = figure.phrase.unit == "person" and (figure.number.value or _FEW) < _FEW
    seen = verb is not None and verb.lemma in ("نشست", "ایستاد") and not verb.negative
    seen = seen and verb is not None and reading.text(verb.first) in _POSTURES
    few = few and _OURS.isdisjoint(reading.texts(figure.phrase.first, figure.after))
    return "who is seen there" if few and seen else ""


def _made_of(reading: Reading, figure: Figure) -> str:
    """«۴۰ خانه از ۵۲ خانه روستا خشتی است»: what a place looks like."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "بود" or figure.phrase.unit not in _BUILT:
        return ""
    return "what a place is like" if reading.text(verb.first - 1) in _MATERIALS else ""


def _magnitude(reading: Reading, figure: Figure) -> str:
    """«زلزله‌ای به بزرگی ۵٫۲»."""
    led = reading.text(figure.opening - 1) in _STRENGTHS and not isinstance(
        figure.number.value, int
    )
    return "a measure of nature" if led else ""


def _voted(reading: Reading, figure: Figure) -> str:
    """«۳ نفر از اعضا مخالف بودند», «به امضای ۷ عضو رسید»."""
    verb = figure.clause.verb
    if figure.phrase.unit != "person":
        return ""
    signed = reading.texts(figure.opening - 2, figure.opening) in (["به", "امضای"], ["با", "امضای"])
    against = verb is not None and verb.lemma == "بود" and reading.text(verb.first - 1) in _VOTES
    return "how they voted" if signed or against else ""


def _of_a_people(reading: Reading, figure: Figure) -> str:
    """«۹۰ هزار نفر از جمعیت استان عشایرند», «هر ایرانی روزی ۱۹۰ لیتر آب مصرف می‌کند»."""
    verb = figure.clause.verb
    if verb is None:
        return ""
    if reading.texts(figure.after, figure.after + 2) == ["از", "جمعیت"] and owns(figure):
        return "what a people is like"
    uses = reading.text(verb.first - 1) == "مصرف" and verb.tense is Tense.PRESENT
    everybody = any(
        one == "هر" and other in _EVERYBODY for one, other in pairwise(reading.head(figure))
    )
    return "what a people uses" if uses and everybody else ""


def _routes(reading: Reading, figure: Figure) -> str:
    """«کاروان از ۳ مسیر حرکت می‌کند»."""
    few = (figure.number.value or _FEW) < _FEW and reading.text(figure.opening - 1) == "از"
    return (
        "by which ways they come"
        if few and _noun(reading, figure) in ("مسیر", "جهت", "سمت")
        else ""
    )


def _relatives(reading: Reading, figure: Figure) -> str:
    """«سه پسرش به شهر رفته‌اند»: somebody's family."""
    noun = reading.text(figure.phrase.first) if figure.phrase.after > figure.number.after else ""
    few = (figure.number.value or _FEW) < _FEW
    family = any(noun == one + tail for one in _FAMILY for tail in ("ش", "شان", "م", "اش"))
    return "a private fact" if few and family else ""


def _without(reading: Reading, figure: Figure) -> str:
    """«۱۱ کودک هستند که شناسنامه ندارند»: what they lack."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.COPULA or reading.text(verb.after) != "که":
        return ""
    inner = figure.sentence.clause_of.get(verb.after + 1)
    lacks = inner is not None and inner.verb is not None and inner.verb.negative
    return "what they lack" if lacks and inner and inner.verb and inner.verb.lemma == "داشت" else ""


def _household_bill(reading: Reading, figure: Figure) -> str:
    """«ماهی ۲ میلیون تومان اجاره می‌دهد», «قسطش ماهی ۸۰۰ هزار تومان است»."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in MONEY or verb.tense is Tense.FUTURE:
        return ""
    pays = reading.text(verb.first - 1) in _BILLS and verb.lemma == "داد"
    pays = (
        pays
        and reading.text(verb.first).startswith("می")
        and not reading.text(verb.first).endswith("یم")
    )
    opens = reading.head(figure)[:2]
    named = owns(figure) and any(text.startswith(("قسط", "اجاره", "کرایه")) for text in opens[:1])
    return "what a household pays" if pays or named else ""


def _complained(reading: Reading, figure: Figure) -> str:
    """«از وضع راه ۱۲ روستا گلایه کرد»: what is complained of."""
    verb = figure.clause.verb
    complains = verb is not None and reading.text(verb.first - 1) in _COMPLAINTS
    return "what is complained of" if complains and verb and not verb.negative else ""


def _compared(reading: Reading, figure: Figure) -> str:
    """«۹ درصد زیر میانگین کشور است»."""
    verb = figure.clause.verb
    if figure.phrase.unit != "percent" or verb is None or verb.lemma != "بود":
        return ""
    behind = reading.texts(figure.after, min(figure.after + 4, verb.first))
    return "an average to compare with" if {"میانگین", "متوسط"} & set(behind) else ""


def _lives_lived(reading: Reading, figure: Figure) -> str:
    """«سالانه ۳ هزار نفر از استان مهاجرت می‌کنند», «استان با ۱۴ درصد بیشترین نرخ طلاق را دارد»."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PRESENT:
        return ""
    leave = figure.phrase.unit in ("person", "household") and reading.text(verb.first - 1) in _LIVES
    behind = reading.texts(figure.after, verb.first)
    ranked = figure.phrase.unit == "percent" and bool(_MOST & set(behind[:1]))
    return "what happens in a country" if leave or (ranked and verb.lemma == "داشت") else ""


def _by_video(reading: Reading, figure: Figure) -> str:
    """«با ارتباط تصویری با شعبه‌های ۱۰ شهرستان برگزار شد»: who was present."""
    head = reading.head(figure)
    linked = any(
        one == "ارتباط" and other in ("تصویری", "ویدیویی") for one, other in pairwise(head)
    )
    return (
        "who was present"
        if linked and figure.phrase.unit in ("county", "province", "office")
        else ""
    )


def _children(reading: Reading, figure: Figure) -> str:
    """«چهار دختر و دو پسر دارد»: a family."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "داشت" or reading.text(verb.first) not in ("دارد", "داشت"):
        return ""
    few = (figure.number.value or _FEW) < _FEW and _noun(reading, figure) in ("دختر", "پسر")
    tail = set(reading.texts(figure.after, verb.first))
    return "a private fact" if few and tail <= {"و", "پسر", "دختر", "یک", "دو", "سه"} else ""


def _founders(reading: Reading, figure: Figure) -> str:
    """«با ۱۲ داوطلب شکل گرفت», «۲۲ معلم آن را پایه گذاشتند»."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST:
        return ""
    before = reading.text(verb.first - 1)
    if before == "پایه" and verb.lemma == "گذاشت":
        return "how it was founded"
    people = figure.phrase.unit in ("person", *MONEY)
    led = reading.text(figure.opening - 1) == "با" and not reading.figures_after(figure)
    return (
        "how it was founded" if before == "شکل" and verb.lemma == "گرفت" and led and people else ""
    )


def _costs_in_trade(reading: Reading, figure: Figure) -> str:
    """«این دارو ۴۰۰ هزار تومان تمام می‌شود», «دستگاه نو ۹۰۰ میلیون تومان قیمت دارد»."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in MONEY or verb.tense is not Tense.PRESENT:
        return ""
    before = reading.text(verb.first - 1)
    costs = (before == "تمام" and verb.lemma == "شد") or (before == "قیمت" and verb.lemma == "داشت")
    return "what one costs" if costs else ""


def _wished(reading: Reading, figure: Figure) -> str:
    """«خواسته مردم ساخت یک پل و دو کلاس درس است»: what people wish for."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "بود" or verb.passive:
        return ""
    opens = [text for text in reading.head(figure)[:5] if text not in ("و", "که", "مهمترین")]
    wished = any(one in _WISHES and other in _PEOPLE for one, other in pairwise(opens))
    return "a request: خواسته" if wished else ""


def _formerly(reading: Reading, figure: Figure) -> str:
    """«پیش‌تر هر خانواده روزی ۴ ساعت وقت می‌گذاشت»: how people lived before."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or verb.passive:
        return ""
    said = reading.text(verb.first)
    if said.endswith(("یم", "ام")) or not said.startswith(("می", "نمی")):
        return ""
    head = reading.head(figure)
    former = _FORMER & set(head) or any(
        one == "آن" and other in _THAT_TIME for one, other in pairwise(head)
    )
    former = former or ("در", "گذشته") in pairwise(head) or head[:1] == ["گذشته"]
    former = former or any(
        text == "تا" and _AGO & set(head[at + 1 : at + 4]) for at, text in enumerate(head)
    )
    return "as it was before" if former and not _OURS & set(head) else ""


def _at_first(reading: Reading, figure: Figure) -> str:
    """«در آغاز ۵ نفر بودیم»: how it began."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST or not owns(figure):
        return ""
    head = [text for text in reading.head(figure)[:4] if text not in ("و", "که", "ما")]
    begun = head[:1] == ["ابتدا"] or (head[:1] == ["در"] and _AT_FIRST & set(head[1:2]))
    people = figure.phrase.unit == "person" and verb.first == figure.after
    return "how it began" if begun and people and verb.lemma == "بود" else ""


def _whole_of_land(reading: Reading, figure: Figure) -> str:
    """«از ۸۶ آبادی این بخش ۵۲ آبادی به شبکه وصل است»: the whole is there by nature, a part is told."""
    before = reading.text(figure.opening - 1)
    led = before == "از" or (before in _WHOLES and reading.text(figure.opening - 2) == "از")
    later = reading.figures_after(figure)[:1]
    if not led or not later or figure.phrase.unit not in _WHOLE_UNITS:
        return ""
    part = later[0]
    alike = part.phrase.unit in (figure.phrase.unit, "percent", "item", "unit", "device", "")
    between = reading.texts(
        figure.phrase.first + 1, min(part.opening, figure.phrase.first + 1 + _BEHIND + 2)
    )
    if (
        not alike
        or part.opening - figure.after > _BEHIND
        or DEEDS & set(between)
        or "که" in between
    ):
        return ""
    of_land = (_LANDS | {"عشایر", "سکنه"}) & set(between)
    return "the whole of which a part is told" if of_land else ""


def _queue(reading: Reading, figure: Figure) -> str:
    """«در فهرست انتظار ۲۳۰ نفر نام نوشته‌اند»."""
    head = reading.head(figure)
    waits = any(one in _WAITING and other == "انتظار" for one, other in pairwise(head))
    return (
        "who waits"
        if waits and figure.phrase.unit in ("person", "household", "request", "case")
        else ""
    )


def _in_each_kit(reading: Reading, figure: Figure) -> str:
    """«در هر بسته ۵ قلم کالا قرار گرفت»: what a parcel is made of."""
    verb = figure.clause.verb
    if verb is None or reading.text(verb.first - 1) not in _PLACED:
        return ""
    head = reading.head(figure)
    inside = any(
        one == "هر" and head[at - 1 : at] in (["در"], ["درون"], ["داخل"]) and lemma(other) in _KITS
        for at, (one, other) in enumerate(pairwise(head))
    )
    return "what a thing is made of" if inside else ""


_KITS = key_set("بسته سبد کیسه کارتن کیف کیت")


def _which(reading: Reading, figure: Figure) -> str:
    """«کسانی که کمتر از ۱۰ میلیون تومان درآمد دارند»: which ones are meant."""
    verb = figure.clause.verb
    first = min(figure.clause.words, default=0)
    if verb is None or not owns(figure) or reading.text(first - 1) != "که":
        return ""
    if figure.opening - first > 1 or figure.opening == figure.first:
        return ""
    before = reading.text(first - 2)
    apart = before in VERB_FORMS and figure.phrase.unit in ("person", "household", "hectare")
    if apart and reading.text(verb.first).endswith("ند") and verb.tense is Tense.PRESENT:
        return "which ones are meant"  # «کارگاه‌هایی پذیرفته می‌شوند که کمتر از ۵ کارگر دارند»
    plural = reading.text(verb.first).endswith("ند") and before.endswith("ی")
    return "which ones are meant" if plural and _INCOME & set(figure.clause.texts) else ""


def _yield(reading: Reading, figure: Figure) -> str:
    """«سالانه ۱۱ هزار تن خرما از این شهرستان به بازار می‌رود»."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit != "ton" or verb.tense is not Tense.PRESENT:
        return ""
    said = figure.clause.texts
    yields = reading.text(verb.first - 1) in _YIELDS and not verb.negative
    here = any(one in ("این", "در", "از") and other in _LANDS for one, other in pairwise(said))
    yearly = {"سالانه", "سالی", "سال"} & set(reading.head(figure))
    return "what a territory yields" if yields and here and yearly and not _OURS & set(said) else ""


_FEW = 12
_POSTURES = key_set("نشسته‌اند ایستاده‌اند نشسته ایستاده نشسته‌است ایستاده‌است نشسته‌بود نشسته‌بودند")
_FOUNDERS = 50
_FAMILY = key_set("پسر دختر برادر خواهر بچه فرزند نوه عمو دایی پسرها دخترها")
_BILLS = key_set("اجاره کرایه قسط شهریه")
_COMPLAINTS = key_set("گلایه گله انتقاد شکایت نگرانی فکری")
_LIVES = key_set("مهاجرت کوچ فوت ازدواج سکته تصادف")
_MOST = key_set("بیشترین کمترین بالاترین پایین‌ترین")
_BUILT = frozenset(("dwelling", "school", "building", "classroom", "mosque", "shop"))
_MATERIALS = key_set("خشتی گلی کاهگلی سنگی فرسوده قدیمی خشت‌وگلی چوبی حصیری")
_STRENGTHS = key_set("بزرگی شدت قدرت")
_VOTES = key_set("مخالف موافق ممتنع")
_EVERYBODY = key_set("ایرانی شهروند نفر خانوار تهرانی")


def _age(reading: Reading, figure: Figure) -> str:
    """«متوسط سن ازدواج برای مردان ۲۷ و برای زنان ۲۳ سال است»."""
    bare = figure.phrase.after <= figure.phrase.first and (figure.number.value or _OLDEST) < _OLDEST
    aged = _AGES & set(reading.head(figure)[-_HEAD:])
    return "an age" if bare and aged and owns(figure) else ""


def _wave(reading: Reading, figure: Figure) -> str:
    """«روی موج اف‌ام ۹۷ مگاهرتز»."""
    return "an identifier" if reading.text(figure.number.after) in _WAVES else ""


_OLDEST = 120
_HEAD = 8
_AGES = key_set("سن سنی")
_WAVES = key_set("مگاهرتز کیلوهرتز هرتز")
_RULES: tuple[Callable[[Reading, Figure], str], ...] = (
    _pupils,
    _has_by_nature,
    _sparse,
    _what_people_are,
    _way,
    _estate,
    _stored,
    _priced,
    _age,
    _wave,
    _wished,
    _scene,
    _made_of,
    _magnitude,
    _voted,
    _of_a_people,
    _routes,
    _by_video,
    _children,
    _relatives,
    _without,
    _household_bill,
    _complained,
    _compared,
    _lives_lived,
    _founders,
    _costs_in_trade,
    _formerly,
    _at_first,
    _whole_of_land,
    _queue,
    _in_each_kit,
    _which,
    _yield,
)
