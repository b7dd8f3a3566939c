"""How lands, schools, roads and nature are before anybody works there.

Such clauses have a place, a school, a road or nature for their subject, and a verb of being or having; no
organisation acts in them («هرمزگان ۱۳ شهرستان دارد», «راه روستا ۷ کیلومتر خاکی است»).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import ACTING, DEEDS, OURS, PLAN_NOUNS, RESULT_NOUNS
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.places import opens_with_place
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.verdicts import Verdict, counted_noun, first_of, owns

_SCHOOLS = key_set("مدرسه دبستان دبیرستان هنرستان آموزشگاه مدارس دانشگاه دانشکده مهدکودک")
_PUPILS = key_set("دانش‌آموز شاگرد نوآموز محصل دانشجو")
_STUDYING = key_set("درس تحصیل")
_LANDS = key_set(
    "روستا روستای شهر شهرستان استان منطقه بخش محله کشور نوار مناطق شهرک آبادی دهستان دشت خلیج جزیره جلگه"
)
_ROADS = key_set("خط مرز ساحل راه جاده مسیر رودخانه گردنه جاده‌ی کوره‌راه محور")
_UNDER_WORK = key_set("شده آسفالت بهسازی ساخت احداث ترمیم مرمت")
_ESTATES = key_set(
    "باغ باغ‌ها باغ‌های زمین زمین‌های زمین‌ها مزرعه مزارع جنگل جنگل‌های مرتع مراتع کشتزار نخلستان"
)
_STORES_OF_WATER = key_set("سد دریاچه تالاب مخزن‌سد")
_WATERS = key_set("آب پر پرآب آبگیری خالی")
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
_PLACED = key_set("قرار جا جای گنجانده")
_YIELDS = key_set("تولید برداشت صادر بازار راهی روانه")
_KITS = key_set("بسته سبد کیسه کارتن کیف کیت")
_FEW = 12
_BUILT = frozenset(("dwelling", "school", "building", "classroom", "mosque", "shop"))
_MATERIALS = key_set("خشتی گلی کاهگلی سنگی فرسوده قدیمی خشت‌وگلی چوبی حصیری")
_DEVICES = key_set("دستگاه پمپ موتور چاه تصفیه‌خانه آب‌شیرین‌کن")
_FLOWS = frozenset(("litre", "cubic_metre", "kilogram", "ton"))
_STRENGTHS = key_set("بزرگی شدت قدرت")
_WAVES = key_set("مگاهرتز کیلوهرتز هرتز")
_HOLDINGS = _ESTATES | _LANDS
_DONE = DEEDS - {"دارای"}
_OF_LAND = _LANDS | {"عشایر", "سکنه"}


def surroundings(reading: Reading, figure: Figure) -> Verdict | None:
    """Why a figure only tells what surrounds the work, or None."""
    return first_of(_RULES, reading, figure)


def _pupils(reading: Reading, figure: Figure) -> str:
    """«در این دبستان ۶۴ دانش‌آموز درس می‌خوانند», «مدرسه ۴۰ دانش‌آموز دارد», «مدرسه با ۴۰ دانش‌آموز»."""
    noun, verb = counted_noun(reading, figure), figure.clause.verb
    if noun not in _PUPILS and figure.phrase.unit != "person":
        return ""
    head = reading.head(figure)
    if any(one in ("این", "همین", "آن") for one in head[:3]):
        return ""  # «در این مدرسه‌ها …»: those that were told of
    if OURS & set(head) or "که" in reading.texts(min(figure.clause.words), figure.opening):
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
    land = bool(opens) and (opens[0] in _LANDS or opens_with_place(opens))
    ours = {"ما", "مان", "اکنون", "هم‌اکنون", "امروز"} | OURS
    only = verb.first - figure.after <= 1 or reading.text(figure.after) in ("و", "،", "که")
    return "how a land is" if land and only and not ours & set(head) else ""


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


def _way(reading: Reading, figure: Figure) -> str:
    """«تا درمانگاه ۳۵ کیلومتر راه است», «راه روستا ۷ کیلومتر خاکی است»."""
    verb = figure.clause.verb
    if figure.phrase.unit not in ("kilometre", "metre") or verb is None:
        return ""
    head = reading.head(figure)
    if verb.lemma == "رسید" and verb.tense is Tense.PRESENT:
        return "a distance" if "فاصله" in head else ""  # «فاصله … به ۹۰ کیلومتر می‌رسد»
    if verb.lemma != "بود":
        return ""
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
    if ACTING & set(head):
        return ""
    opens = [text for text in head[:3] if text not in ("و", "که", "این", "آن")]
    mine = _HOLDINGS & set(opens[:2])
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


def _made_of(reading: Reading, figure: Figure) -> str:
    """«۴۰ خانه از ۵۲ خانه روستا خشتی است»: what a place looks like."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "بود" or figure.phrase.unit not in _BUILT:
        return ""
    return "what a place is like" if reading.text(verb.first - 1) in _MATERIALS else ""


def _device(reading: Reading, figure: Figure) -> str:
    """«پمپ ساعتی ۲ هزار لیتر آب می‌کشد»: what a device can do."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PRESENT or figure.phrase.unit not in _FLOWS:
        return ""
    opens = reading.head(figure)[:2]
    each = {"ساعتی", "روزانه", "روزی"} & set(reading.head(figure)[:4])
    return "the capacity of a thing" if opens[:1] and opens[0] in _DEVICES and each else ""


def _difference(reading: Reading, figure: Figure) -> str:
    """«این عدد ۲۰ نفر کمتر از برآورد بود», «۵۰۰ بسته بیشتر از برنامه»."""
    than = reading.texts(figure.after, figure.after + 2) in (["کمتر", "از"], ["بیشتر", "از"])
    counted = figure.phrase.unit not in ("percent", "times", "toman", "rial", "")
    counted &= figure.phrase.unit != "share"  # «یک سوم آنها کمتر از ۳۰ سال دارند»
    return "a difference" if than and counted else ""


def _magnitude(reading: Reading, figure: Figure) -> str:
    """«زلزله‌ای به بزرگی ۵٫۲»."""
    led = reading.text(figure.opening - 1) in _STRENGTHS and not isinstance(
        figure.number.value, int
    )
    return "a measure of nature" if led else ""


def _routes(reading: Reading, figure: Figure) -> str:
    """«کاروان از ۳ مسیر حرکت می‌کند»."""
    few = (figure.number.value or _FEW) < _FEW and reading.text(figure.opening - 1) == "از"
    return (
        "by which ways they come"
        if few and counted_noun(reading, figure) in ("مسیر", "جهت", "سمت")
        else ""
    )


def _compared(reading: Reading, figure: Figure) -> str:
    """«۹ درصد زیر میانگین کشور است»."""
    verb = figure.clause.verb
    if figure.phrase.unit != "percent" or verb is None or verb.lemma != "بود":
        return ""
    behind = reading.texts(figure.after, min(figure.after + 4, verb.first))
    return "an average to compare with" if {"میانگین", "متوسط"} & set(behind) else ""


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
        or _DONE & set(between)
        or "که" in between
    ):
        return ""
    of_land = _OF_LAND & set(between)
    return "the whole of which a part is told" if of_land else ""


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


def _yield(reading: Reading, figure: Figure) -> str:
    """«سالانه ۱۱ هزار تن خرما از این شهرستان به بازار می‌رود»."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit != "ton" or verb.tense is not Tense.PRESENT:
        return ""
    said = figure.clause.texts
    yields = reading.text(verb.first - 1) in _YIELDS and not verb.negative
    here = any(one in ("این", "در", "از") and other in _LANDS for one, other in pairwise(said))
    yearly = {"سالانه", "سالی", "سال"} & set(reading.head(figure))
    return "what a territory yields" if yields and here and yearly and not OURS & set(said) else ""


def _wave(reading: Reading, figure: Figure) -> str:
    """«روی موج اف‌ام ۹۷ مگاهرتز»."""
    return "an identifier" if reading.text(figure.number.after) in _WAVES else ""


_RULES: tuple[Callable[[Reading, Figure], str], ...] = (
    _pupils,
    _has_by_nature,
    _sparse,
    _way,
    _estate,
    _stored,
    _wave,
    _made_of,
    _magnitude,
    _device,
    _difference,
    _routes,
    _compared,
    _whole_of_land,
    _in_each_kit,
    _yield,
)
