"""Numbers that describe a thing: attributes, structures, composition, how it began."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.acts import Act, act_of
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    ATTRIBUTE_TAILS,
    CAPACITY_TAILS,
    DEEDS,
    HARM_NOUNS,
    ONGOING_WORDS,
    PARTY_NOUNS,
    STRUCTURE_NOUNS,
)
from karnameh.narrative.reader.lists import list_head
from karnameh.narrative.reader.nouns import CLASSIFIERS, MEASURES, is_counted_noun, lemma, unit_of
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.places import NAME_WORDS
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.verdicts import MANY_HOURS, Verdict, nothing, owns

_OFFICES_OF_OURS = key_set("دفتر نمایندگی معاونت")
_DISASTERS = key_set("سیل زلزله زمین‌لرزه سیلاب طوفان توفان آتش‌سوزی خشکسالی زمستان تابستان")
_OF_DIKES = key_set("خاکی سنگی بتنی انحرافی سنگی‌ملاتی گابیونی خاکی‌سنگی")
_OF_ROADS = key_set("آسفالت بازگشایی برف‌روبی روستایی مواصلاتی کوهستانی راهداری بهسازی لکه‌گیری")
_ROOMS = key_set("اتاق سالن طبقه بخش کلاس")
_BEGUN = key_set("آغاز شروع احداث")
_BOARDS = key_set("هیئت هیأت")
_NEAR_EACH = 6
_MANY_OFFICES = 100  # so many are told as what has been built up
_LINKS = frozenset((("برای", "همین"), ("بر", "این"), ("بر", "آن")))  # «افزون بر این سه دستگاه …»
_PANELS = key_set("کارگروه کمیته قرارگاه")
_COUNCILS = key_set("ستاد کارگروه کمیته قرارگاه دبیرخانه شورا")
_COMPOSED = key_set("شامل حاوی متشکل مرکب مشتمل")
_KITS = frozenset(("parcel", "team", "stationery_pack", "dowry", "kit", "bag"))
_STARTED = frozenset(("شروع", "آغاز"))
_SET_UP = key_set("راه‌اندازی تاسیس دایر")
_NOWADAYS = key_set("اکنون هم‌اکنون امروز حالا الان اینک")
_NOW_REACH = 4
_CAPACITY = frozenset(("ظرفیت", "گنجایش", "توان"))
_OF_A_VESSEL = frozenset(("litre", "cubic_metre", "seat", "hospital_bed", "ton"))
_DIVISIONS = key_set("بخش حوزه قالب سطح لایه گام قسمت دسته مقطع فصل سرفصل محور فاز رده شیفت")
_BY = key_set("همت کمک یاری تلاش همکاری")
_FOUNDED = key_set("پایه‌گذاری بنیان‌گذاری تاسیس")
_MONEY_HEADS = key_set(
    """
    آورده قول وعده تعهد اعتبار بودجه تفاهم‌نامه قرارداد سرمایه‌گذاری سرمایه کمک توافق‌نامه گردش صرفه‌جویی زیان درآمد
    """
)
_TERRITORIES = frozenset(("شهرستان", "استان", "شهر"))
_PLACED = frozenset(("استان", "کشور", "بخش", "حوزه"))
_LEGAL = key_set("ماده بند تبصره فصل رکن اصل")
_FEW = 20
_CROWD = 1000
_SIDES = key_set("سو سوی سمت جانب")
_SETTLED = key_set("روستا روستای محله شهر شهرک منطقه آبادی ده استان شهرستان بخش")
_IDIOM_NUMBERS = frozenset(("هزار", "صد"))
_SHARES = frozenset(("times", "percent", "share"))
_REFERRED = frozenset(("این", "آن", "هر", "همین"))
_MEDALS = frozenset(("طلا", "نقره", "برنز", "مدال"))
_VOTES = frozenset(("رای", "رأی", "امتیاز", "درجه", "ریشتر", "واحد درسی", "پسلرزه", "ضامن"))
_RATE_TAILS = frozenset(("درصدی", "برابری"))
_GATHERINGS = key_set("اردو همایش جشنواره نمایشگاه مسابقه اجتماع رزمایش دوره")
_MEASURED = MEASURES | CLASSIFIERS
_PANELS_OF_EACH = _PANELS | {"ستاد"}
_PARTS_OF_BODIES = STRUCTURE_NOUNS | {"معاونت"}


def attribute(reading: Reading, figure: Figure) -> Verdict | None:
    """«سند ۱۰ ساله», «قرارگاه‌های ۱۱ گانه», «۱۵۰ سامانه ۳ کیلوواتی»: an adjective made of a number."""
    at = figure.number.after
    following = reading.text(at)
    if following in _RATE_TAILS and HARM_NOUNS & set(
        reading.texts(figure.opening - 3, figure.opening)
    ):
        return Verdict("percent", "how great the harm is")
    if following in _RATE_TAILS:
        return None
    if following.endswith("ی") and reading.text(at + 1) == "که":
        return None  # «از ۱۶ نفری که قول داده بودند»
    if following == "نفری" and (figure.number.value or 0) >= _CROWD:
        if lemma(reading.text(figure.opening - 1)) in _SETTLED:
            return Verdict("person", "who lives there")  # «این شهر ۷۵ هزار نفری»
        return None  # «اجتماع ۵ هزار نفری»
    if following in CAPACITY_TAILS and not _is_of_built(reading, figure):
        return None
    if following in ("تومانی", "ریالی", "دلاری") and _MONEY_HEADS & set(
        reading.texts(figure.opening - 2, figure.opening)
    ):
        return None  # «تفاهم‌نامه ۳۵۰ میلیارد تومانی» is about that money
    if following == "گانه":
        noun = Phrase(figure.first - 1, figure.first, "headquarters", ahead=True)
        return Verdict(_unit(reading, figure.first - 1), "a structure", noun)
    if _is_measured_by(reading, figure):
        return Verdict(_unit(reading, at), "an attribute of a thing", Phrase(at, at + 1, ""))
    if following in ATTRIBUTE_TAILS or figure.number.attributive:
        phrase = Phrase(at, at + 1, "") if following in ATTRIBUTE_TAILS else nothing(figure)
        return Verdict(_unit(reading, at), "an attribute of a thing", phrase)
    return None


def _is_of_built(reading: Reading, figure: Figure) -> bool:
    """«۱۵۰ سامانه ۳ کیلوواتی نصب شد», «این نیروگاه ۳۰ کیلوواتی ساخته شد»: of what is built."""
    verb = figure.clause.verb
    if verb is None or verb.lemma == "بود":
        return False
    act = act_of(reading, figure.clause, verb, figure.sentence)
    if act is Act.SAY and _BEGUN & set(reading.head(figure)):
        return False  # «از آغاز عملیات نیروگاه ۲۰۰ کیلوواتی خبر داد»
    return verb.tense is Tense.PAST and act is not Act.PLEDGE


def _is_measured_by(reading: Reading, figure: Figure) -> bool:
    """«باغ ۲۰ هکتاری»: behind a noun, a number with a noun made an adjective by ی."""
    following, before = reading.text(figure.number.after), reading.words[figure.first - 1]
    stem = following.removesuffix("ی")
    if figure.first <= figure.sentence.first or stem == following or stem[-1:] in ("ا", "و", ""):
        return False
    if reading.text(figure.number.after + 1) == "که" or following in CAPACITY_TAILS:
        return False
    thing = is_counted_noun(before.text) and before.text not in DEEDS
    return thing and figure.opening == figure.first and stem in _MEASURED


def _unit(reading: Reading, at: int) -> str:
    return unit_of([reading.text(at)])


def structure(reading: Reading, figure: Figure) -> Verdict | None:
    """«یازده قرارگاه», «دو طرف», «در سه مرحله»: what a thing has by design."""
    noun = (
        lemma(reading.text(figure.phrase.first))
        if figure.phrase.after > figure.phrase.first
        else ""
    )
    verb = figure.clause.verb
    value = figure.number.value or 0
    ahead = reading.texts(max(figure.opening - _NEAR_EACH, figure.sentence.first), figure.opening)
    stands = verb is not None and verb.lemma == "داشت" and verb.tense is Tense.PRESENT
    if value == 1 and "هر" in ahead and not stands:
        return None  # «برای هر روز هفته یک محور تعیین شده است», «هر شهرستان یک کارگروه …»: a rule
    owned = verb is not None and verb.lemma == "داشت"
    if stands and value == 1 and "هر" in ahead and noun in _PANELS_OF_EACH:
        return Verdict(figure.phrase.unit, "a structure")  # «هر شهرستان یک ستاد کوچک دارد»
    if owned and value < _FEW and _goes_on_listing(reading, figure):
        return Verdict(figure.phrase.unit, "a structure")  # «سه معاونت و هفت واحد دارد»
    if owned and noun in _PANELS and value < _FEW:
        return Verdict(figure.phrase.unit, "a structure")  # «الان ۹ کمیته تخصصی داریم»
    if owned and (value < _FEW or noun in _LEGAL) and verb is not None:
        owned = reading.text(verb.first).endswith("یم")  # «ستاد ۷ کمیته دارد» tells its shape
    if (
        noun in _OFFICES_OF_OURS
        and value < _MANY_OFFICES
        and verb is not None
        and verb.lemma == "داشت"
        and verb.first <= figure.after + 1
    ):
        return Verdict(figure.phrase.unit, "a structure")  # «بنیاد ۱۳ دفتر منطقه‌ای دارد»
    working = noun == "گروه" and reading.text(figure.phrase.first + 1) == "کاری"
    if working and value < _FEW and owns(figure):
        return Verdict(figure.phrase.unit, "a structure")  # «پنج گروه کاری داریم»
    named = noun in _COUNCILS and reading.text(figure.after) == "شامل"
    if named and verb is not None and reading.text(verb.first - 1) == "تشکیل":
        return Verdict(figure.phrase.unit, "a structure")  # «۷ ستاد شامل سلامت، … تشکیل شده»
    jointly = {"مشترک"} & set(reading.head(figure)) and figure.phrase.unit == "organization"
    if jointly and verb is not None and reading.text(verb.first - 1) == "تشکیل" and value < _FEW:
        return Verdict("organization", "the parties of something")
    beside = {reading.text(figure.phrase.first + 1), reading.text(figure.opening - 1)}
    road = noun == "محور" and bool(
        _OF_ROADS & beside or {"آسفالت", "بازگشایی"} & set(figure.clause.texts)
    )
    built = road or (noun == "بند" and reading.text(figure.phrase.first + 1) in _OF_DIKES)
    if not (owned or built) and (
        noun in STRUCTURE_NOUNS or reading.text(figure.phrase.first) in STRUCTURE_NOUNS
    ):
        return Verdict(figure.phrase.unit, "a structure")
    if noun in _VOTES and reading.text(figure.opening - 1) == "با":
        return Verdict(figure.phrase.unit, "with how many votes")
    if noun in _VOTES and (figure.number.value or 0) >= MANY_HOURS:
        return None
    if noun in _MEDALS and figure.phrase.after == figure.phrase.first + 1:
        return Verdict("medal", "the outcome of a match")
    if (
        (noun == "عضو" and _has_members(reading, figure))
        or noun in _VOTES
        or reading.texts(figure.phrase.first, figure.phrase.first + 2) == ["واحد", "درسی"]
    ):
        return Verdict(figure.phrase.unit, "a property of a body")
    if stands and noun in _ROOMS and value < _FEW and reading.head(figure)[:1] == ["این"]:
        return Verdict(figure.phrase.unit, "a property of a building")  # «این سامانه چهار بخش دارد»
    if noun == "اتاق" and reading.text(figure.opening - 1) in ("با", "و", "دارای"):
        return Verdict("room", "a property of a building")
    signed = verb is not None and reading.text(verb.first - 1) in ("تنظیم", "امضا", "مبادله")
    if noun == "نسخه" and signed and reading.text(list_head(reading, figure) - 1) == "در":
        return Verdict("", "in how many copies")
    if noun == "صفحه" and reading.text(figure.phrase.first + 1) != "خورشیدی":
        return Verdict("page", "the length of a book")
    if noun == "فریم":
        return Verdict("photo", "how many pictures there are")
    if noun in _SIDES and value == 2:
        return Verdict("", "the two sides of a thing")
    jury = not _BOARDS.isdisjoint(reading.head(figure)[:2]) and figure.phrase.unit == "person"
    if jury and verb is not None and verb.lemma == "بود" and value < _FEW:
        return Verdict("person", "a property of a body")  # «هیئت داوران پنج نفر هستند»
    if noun == "داور" and value < _FEW:
        return Verdict("person", "the jury")
    if noun in _DISASTERS:
        return Verdict("", "what befell")
    of_meeting = "جلسه" in reading.texts(figure.phrase.first + 1, figure.after + 1)
    if noun == "مصوبه" and (of_meeting or reading.text(figure.opening - 1) == "از"):
        return Verdict(figure.phrase.unit, "the decisions of a meeting")
    if noun in ("بار", "دفعه"):
        return Verdict("times", "how often")
    divided = noun in _DIVISIONS and value < _FEW and figure.phrase.after == figure.phrase.first + 1
    if divided and reading.text(figure.opening - 1) in ("در", "طی"):
        return Verdict("", "the parts of a thing")
    if noun == "مرحله" and value < _FEW and owns(figure):
        return Verdict("phase", "phases of a plan")  # «این طرح ۱۲ مرحله دارد»
    if noun == "مرحله" and reading.text(figure.opening - 1) in ("در", "طی"):
        return Verdict("phase", "phases of a plan")
    alone = figure.number.after == figure.first + 1
    head = reading.text(figure.phrase.first)
    known = is_counted_noun(head) or head in CLASSIFIERS
    if noun and alone and not known and reading.text(figure.first) in _IDIOM_NUMBERS:
        return Verdict("", "a figure of speech")
    if reading.texts(figure.opening - 2, figure.opening) == ["یکی", "از"]:
        return Verdict(figure.phrase.unit, "one of so many")
    listed = {"و", "،"} & set(reading.texts(figure.after + 1, figure.after + 4))
    if (
        noun in _TERRITORIES
        and reading.text(figure.after) in NAME_WORDS
        and value < _FEW
        and listed
    ):
        return Verdict(figure.phrase.unit, "counts the names that follow")
    base = reading.text(figure.opening - 1) == "هر" and figure.phrase.unit not in _SHARES
    if base and reading.text(figure.opening - 2) in ("ازای", "از", "در", "برای", "با"):
        return Verdict(figure.phrase.unit, "the base of a rate")
    therefore = tuple(reading.texts(figure.first - 2, figure.first)) in _LINKS
    referred = (
        not therefore
        and reading.text(figure.first - 1) in _REFERRED
        and figure.phrase.unit not in _SHARES
    )
    each = reading.text(figure.first - 1) == "هر" and value < MANY_HOURS
    if referred and (each or figure.number.value in (2, 3)):
        return Verdict(figure.phrase.unit, "refers back")
    if reading.text(figure.opening - 1) == "دارای" and not _is_owned(figure):
        return Verdict(figure.phrase.unit, "a property of a thing")
    lone = figure.phrase.after == figure.phrase.first + 1
    if "عضویت" in reading.texts(figure.opening - 2, figure.opening):
        return Verdict(figure.phrase.unit, "of whom a body consists")
    if noun in _PLACED and reading.text(figure.opening - 1) in ("در", "به"):
        return None  # «در دو استان آغاز شد»
    together = {"همکاری", "مشترک", "تعامل"} & set(figure.clause.texts)
    if figure.number.value == 2 and noun == "دستگاه" and lone and together:
        return Verdict("organization", "the parties of something")
    between = reading.text(figure.opening - 1) in ("بین", "میان", "هر", "این", "از", "با")
    owned = reading.text(figure.opening - 1).endswith("های")  # «بسته‌های دو استان»
    if noun in _PLACED and not (between or owned):
        return None  # «۲ استان اعلام آمادگی کردند»
    amid = reading.text(figure.opening - 1) in ("بین", "میان")
    both = noun in ("سازمان", "نهاد") and verb is not None
    both = both and verb is not None and reading.text(verb.after - 1).endswith("ند")
    if figure.number.value == 2 and noun in PARTY_NOUNS and (lone or amid or both):
        return Verdict(figure.phrase.unit, "the parties of something")
    return None


def _goes_on_listing(reading: Reading, figure: Figure) -> bool:
    """Whether «و» joins the figure to a part of a body that was counted right before."""
    before = reading.figures_before(figure)[-1:]
    joined = before and reading.texts(before[0].after, figure.opening) == ["و"]
    return bool(joined) and lemma(reading.text(before[0].phrase.first)) in _PARTS_OF_BODIES


def _has_members(reading: Reading, figure: Figure) -> bool:
    """«هر گروه ۷ عضو دارد», «کارگروهی با ۷ عضو»; «۶ هزار عضو» of a whole movement is a result."""
    if ONGOING_WORDS & set(figure.clause.texts):
        return False  # «هم‌اکنون ۸۵ عضو فعال دارد»
    return (figure.number.value or 0) < MANY_HOURS and (
        reading.text(figure.opening - 1) in ("با", "دارای", "از") or owns(figure)
    )


def _is_owned(figure: Figure) -> bool:
    """«استان دارای ۲۴۰ پایگاه است» says how many there are; «روستای دارای ۲۰ خانوار» does not."""
    verb = figure.clause.verb
    return verb is not None and verb.tense is Tense.COPULA and verb.first == figure.after


def composition(reading: Reading, figure: Figure) -> Verdict | None:
    """«این بسته‌ها شامل ۱۰ قلم است», «مخزنی با گنجایش ۱۲۰۰ مترمکعب»: what a thing is made of."""
    first = figure.sentence.first
    composed = not _COMPOSED.isdisjoint(reading.said_in(figure.sentence))
    opening = list_head(reading, figure) if composed else figure.opening
    near = reading.texts(max(first, figure.opening - 3), figure.opening)
    listed = reading.texts(max(first, opening - 3), opening)
    if composed and any(text in _COMPOSED for text in listed):
        at = max(i for i in range(opening - 3, opening) if reading.text(i) in _COMPOSED)
        heads = reading.texts(max(first, at - 5), at)
        pointed = any(text in _REFERRED or text.endswith("ها") for text in heads)
        if pointed and any(unit_of([text]) in _KITS for text in heads):
            return Verdict(figure.phrase.unit, "what a thing is made of")
    verb = figure.clause.verb
    opening = list_head(reading, figure)
    before = [other for other in reading.figures_before(figure) if other.after <= opening]
    alone = not any(other.after > opening - 8 for other in before)
    formed = verb is not None and reading.text(verb.first - 1) == "تشکیل" and verb.lemma == "شد"
    shaped = verb is not None and reading.text(verb.first) in ("شده", "میشود")
    if formed and shaped and reading.text(opening - 1) == "از" and alone:
        return Verdict(figure.phrase.unit, "of what a body consists")
    each = "هر" in reading.texts(first, opening) or reading.texts(first, opening)[:1] == ["این"]
    if formed and each and reading.text(opening - 1) == "از" and figure.phrase.unit == "person":
        return Verdict(figure.phrase.unit, "of whom a body consists")
    if {"متشکل", "مرکب"} & set(listed) and alone and figure.phrase.unit == "person":
        return Verdict(figure.phrase.unit, "of whom a body consists")
    vessel = figure.phrase.unit in _OF_A_VESSEL and bool(_CAPACITY & set(near))
    vessel = vessel and not _is_made(reading, figure)
    if vessel and "با" in reading.texts(max(first, figure.opening - 4), figure.opening):
        return Verdict(figure.phrase.unit, "the capacity of a thing")
    return None


def _is_made(reading: Reading, figure: Figure) -> bool:
    """«۹ مخزن با ظرفیت ۴۲۰۰ مترمکعب احداث شد»: how much of it was made."""
    verb = figure.clause.verb
    made = verb is not None and (verb.lemma == "ساخت" or reading.text(verb.first - 1) in DEEDS)
    return made and verb is not None and not owns(figure) and bool(reading.figures_before(figure))


def history(reading: Reading, figure: Figure) -> Verdict | None:
    """«به همت ۷ معلم پایه‌گذاری شد», «با ۳۰ میلیون شروع کردم»: how it began."""
    verb = figure.clause.verb
    if verb is None:
        return None
    led = reading.text(figure.opening - 1) == "با"
    near = reading.texts(max(figure.sentence.first, figure.opening - 3), figure.opening)
    if set(reading.texts(verb.first - 2, verb.first)) & _FOUNDED and (led or _BY & set(near)):
        return Verdict(figure.phrase.unit, "how it was founded")
    led |= reading.texts(figure.opening - 2, figure.opening) == ["با", "سرمایه"]
    started = reading.text(verb.first - 1) in _STARTED
    begun = reading.texts(verb.first - 3, verb.first - 1) in (["آغاز", "به"], ["شروع", "به"])
    few = (figure.number.value or 0) < MANY_HOURS or figure.phrase.unit in ("toman", "rial")
    started |= begun and few
    led |= reading.texts(figure.opening - 2, figure.opening) == ["و", "سرمایه"]
    gathering = _GATHERINGS & set(reading.texts(figure.opening - 4, figure.opening - 1))
    few = figure.phrase.unit == "team" and (figure.number.value or 0) < _FEW
    counted = few or figure.phrase.unit in ("person", "toman", "rial", "")
    if started and led and not gathering and counted:
        return Verdict(figure.phrase.unit, "how it began")
    started |= reading.text(verb.first - 1) in _SET_UP
    since = _NOWADAYS & set(reading.texts(verb.after, verb.after + _NOW_REACH))
    said = reading.texts(verb.first - 1, verb.after)[-2:]
    arose = said in (["پدید", "آمد"], ["گشوده", "شد"], ["شکل", "گرفت"])
    dated = ("در", "سال") in pairwise(reading.head(figure)) and (figure.number.value or 0) < _FEW
    if arose and dated and figure.phrase.unit in ("person", "organization"):
        return Verdict(figure.phrase.unit, "how it began")  # «در سال ۱۳۷۲ با چهار داوطلب گشوده شد»
    if started and since and reading.text(list_head(reading, figure) - 1) == "با":
        return Verdict(figure.phrase.unit, "how it began")  # «… راه‌اندازی شد و اکنون ۳۸ نفر …»
    return None
