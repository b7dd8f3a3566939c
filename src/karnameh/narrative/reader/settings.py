"""What a deed is set in: where its people came from, fields, helpers, what was there before.

Such numbers describe the deed and are none of its results («۲۷۰ گروه از ۱۹ استان آمدند», «با همکاری
۸ کارخانه», «قبل از مرمت ۳ لیتر بود», «سه فرزند دارم»).
"""

from __future__ import annotations

from collections.abc import Callable

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import DEEDS
from karnameh.narrative.reader.lists import list_head
from karnameh.narrative.reader.nouns import lemma, unit_of
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense
from karnameh.narrative.reader.verdicts import Verdict, first_of, owns

_TERRITORIES = key_set("استان شهرستان کشور شهر بخش")
_FROM = frozenset(("person", "team", "village", "school", "work", "household", "city"))
_VISITED = key_set("بازدید دیدن عبور گذر دیدار تقدیر تجلیل")
_COMERS = frozenset(("person", "team"))
_PLURALS = ("ان", "ها", "های", "انی", "هایی", "ین")
_BODIES = frozenset(("organization", "factory", "company", "university", "shop", "cooperative"))
_HELP = key_set("همکاری مشارکت همراهی مساعدت همیاری همکاری‌های")
_FEW_BODIES = 20
_HELPING_LIGHTS = frozenset(("داشت", "کرد", "نمود"))
_PAPERS = key_set("تفاهم‌نامه توافق‌نامه قرارداد توافق موافقت‌نامه")
_BASES = key_set("محل طبق اساس براساس قالب موجب استناد مطابق پی")
_REMOTE = frozenset(("دور", "دورتر"))  # «۴۰ کیلومتر از شهر دور است»
_AWAY = key_set("پیش قبل مانده دورتر آن‌سوتر بالاتر پایین‌تر فاصله آن‌طرف‌تر جلوتر نرسیده")
_FORMERLY = key_set("پیش قبل پارسال")
_LEFT = key_set("نیمه‌جان خشکیده نیمه‌تمام باقی‌مانده مانده باقیمانده")
_EARLIER = frozenset(("قبل", "پیش"))
_SPANS = key_set("سال ماه هفته روز دوره فصل دهه")
_BEGINNINGS = key_set("طرح پروژه کار ورود حضور آن سیل زلزله حادثه انقلاب")
_BACK = 9
_EVERYBODY = key_set("مردم جمعیت")
_SORTS = key_set(
    "بیکاران جوانان زنان سالمندان خانوارها خانوارهای کشاورزان دختران کارگران روستاییان"
)
_LANDS = frozenset(("استان", "کشور", "منطقه", "شهرستان", "شهر", "ایران"))
_CHILDREN = key_set("فرزند بچه نوه")
_MOST_CHILDREN = 15
_PARENTS = key_set("مادر پدر با دارای صاحب")
_LIVING = key_set("سکونت زندگی ساکن ساکنند سکنا")
_LIVED_IN = key_set("محله محلات شهر شهرستان روستا روستاها استان منطقه حاشیه کشور شهرک جزیره بخش")
_MINE = frozenset(("دارم", "داشتم", "داشتهام"))
_WORK_BEGUN = DEEDS | _BEGINNINGS


def setting(reading: Reading, figure: Figure) -> Verdict | None:
    """Why a number only says in what a deed is set, or None."""
    if figure.phrase.after <= figure.number.after and figure.phrase.unit == "":
        return None
    return first_of(_RULES, reading, figure)


def _noun(reading: Reading, figure: Figure) -> str:
    return lemma(reading.text(figure.phrase.first))


def _origin(reading: Reading, figure: Figure) -> str:
    """«۲۷۰ گروه از ۱۹ استان», «داوطلبانی از ۷ استان»; «از ۷ استان بازدید کردیم» went there."""
    verb = figure.clause.verb
    visited = verb is not None and reading.text(verb.first - 1) in _VISITED
    if _noun(reading, figure) not in _TERRITORIES or visited:
        return ""
    opening = list_head(reading, figure)
    if reading.text(opening - 1) != "از":
        return ""
    if verb is not None and verb.lemma == "آمد" and reading.text(verb.first - 1) not in DEEDS:
        return "where they came from"
    people = reading.text(opening - 2)
    if people.endswith(_PLURALS) and unit_of([people]) in _COMERS:
        return "where they came from"
    for other in reversed(reading.figures_before(figure)):
        if other.after <= opening - 1:
            near = opening - 1 - other.after <= 1  # «۱۸۰۰ نفر داوطلب از ۷ استان»
            return "where they came from" if near and other.phrase.unit in _FROM else ""
    return ""


def _distance(reading: Reading, figure: Figure) -> str:
    """«۱۲ کیلومتر مانده به روستا», «۶۰ کیلومتر راه را پیاده رفتند»: how far it is or they went."""
    verb = figure.clause.verb
    if figure.phrase.unit not in ("kilometre", "metre"):
        return ""
    if reading.text(figure.after) in _AWAY:
        return "a distance"
    if verb is None:
        return ""
    if verb.lemma == "بود" and reading.text(verb.first - 1) in _REMOTE:
        return "a distance"
    gone = verb.lemma == "کشید" and reading.text(verb.first - 1) == "طول"
    gone |= verb.lemma in ("رفت", "آمد", "پیمود") and reading.text(verb.first - 1) not in ("پیش",)
    return "how far they went" if gone or reading.text(verb.first - 1) == "طی" else ""


def _statistic(reading: Reading, figure: Figure) -> str:
    """«۳۸ درصد مردم در روستاها زندگی می‌کنند»: what a country is like."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit != "percent":
        return ""
    all_people = reading.text(figure.after) in _EVERYBODY
    land = reading.text(figure.after + 1) in _LANDS
    all_people |= land and reading.text(figure.after) in _SORTS  # «۴۲ درصد بیکاران استان»
    lives = verb.lemma == "کرد" and reading.text(verb.first - 1) == "زندگی"
    return "public statistics" if all_people and (verb.tense is Tense.COPULA or lives) else ""


def _inhabitants(reading: Reading, figure: Figure) -> str:
    """«در این محله ۸ هزار نفر سکونت دارند»: who lives in a territory."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in ("person", "household"):
        return ""
    lives = reading.text(verb.first - 1) in _LIVING and verb.lemma in ("کرد", "داشت", "بود")
    head = reading.head(figure)
    within = "در" in head[-5:] and _LIVED_IN & set(head[-4:])
    tail = reading.texts(figure.after, verb.first - 1)
    within = within or (tail[:1] == ["در"] and _LIVED_IN & set(tail[1:3]))
    return "who lives there" if lives and within and verb.tense is not Tense.PAST else ""


def _held(reading: Reading, figure: Figure) -> str:
    """«… که ۴۵ هزار نفر را در خود جای داده است»: who lives in a territory."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in ("person", "household"):
        return ""
    held = reading.texts(verb.first - 3, verb.first) == ["در", "خود", "جای"] and verb.lemma == "داد"
    held &= verb.tense is not Tense.SUBJUNCTIVE  # «می‌تواند ۳ هزار خانوار را در خود جای دهد»
    return "who lives there" if held else ""


def _few(figure: Figure, most: int) -> bool:
    return (figure.number.value or most) < most


def _helpers(reading: Reading, figure: Figure) -> str:
    """«۸ کارخانه همکاری داشتند», «با همکاری ۸ کارخانه», «از محل تفاهم‌نامه با سه اداره کل»."""
    if reading.texts(figure.opening - 2, figure.opening) in (["به", "همراه"], ["همراه", "با"]):
        bodies = lemma(reading.text(figure.phrase.first)) in ("دستگاه", "نهاد", "سازمان", "اداره")
        if bodies and figure.number.value and figure.number.value < _FEW_BODIES:
            return "who helped"  # «به همراه سه دستگاه دیگر»
    listed = figure.phrase.unit == "team" and list_head(reading, figure) != figure.opening
    if figure.phrase.unit not in _BODIES and not listed:
        return ""  # «با همکاری ۵ اداره و ۱۷ گروه»
    verb = figure.clause.verb
    last = reading.text(verb.first - 1) if verb is not None else ""
    if verb is not None and last in _HELP and verb.lemma in _HELPING_LIGHTS and not verb.negative:
        return "who helped"
    opening = list_head(reading, figure)
    before, further = reading.text(opening - 1), reading.text(opening - 2)
    if before in _HELP and further in ("با", "به"):
        return "who helped"
    based = set(reading.texts(max(figure.sentence.first, opening - _BACK), opening - 2)) & _BASES
    if before == "با" and further in _PAPERS and based:
        return "whom an agreement binds"
    return ""


def _remainder(reading: Reading, figure: Figure) -> str:
    """«از ۲۸۰ واحد باقی‌مانده ۱۹۰ واحد …»: what was left, of which the rest is told."""
    if reading.text(figure.opening - 1) != "از" or not reading.figures_after(figure):
        return ""
    named = reading.texts(figure.phrase.first, figure.after + 2)
    return "what was left" if _LEFT & set(named) else ""


def _before_the_deed(reading: Reading, figure: Figure) -> str:
    """«قبل از مرمت ۳ لیتر بود», «پیش از اجرای طرح ۱۲ روستا آب داشتند»."""
    verb = figure.clause.verb
    if verb is None or verb.tense is not Tense.PAST:
        return ""
    lasting = reading.text(verb.first).startswith(("می", "نمی")) and not verb.passive
    if not owns(figure) and not lasting:
        return ""
    for at in range(figure.opening - 1, max(figure.sentence.first, figure.opening - _BACK) - 1, -1):
        text = reading.text(at)
        if text == "که" or (text in VERB_FORMS and text not in DEEDS):
            return ""
        if text in _FORMERLY and verb.lemma == "بود" and "تا" in reading.texts(at - 3, at):
            return "as it was before"  # «تا سه سال پیش ۱۷ مدرسه کپری دایر بود»
        if text in _EARLIER and reading.text(at - 1) in _SPANS:
            return ""  # «سال پیش از آن»
        if text in _EARLIER and reading.text(at + 1) == "از" and reading.text(at - 1) != "تا":
            deed = reading.text(at + 2)
            return "as it was before" if deed in _WORK_BEGUN else ""
    return ""


def _private(reading: Reading, figure: Figure) -> str:
    """«سه فرزند دارم», «مادر سه فرزند»: what somebody tells of himself."""
    verb = figure.clause.verb
    if verb is not None and verb.lemma == "داشت" and reading.text(verb.first) in _MINE:
        return "a private fact"
    if _noun(reading, figure) not in _CHILDREN or not _few(figure, _MOST_CHILDREN):
        return ""
    said = reading.text(verb.after - 1) if verb is not None else ""
    if said.endswith("م") and not said.endswith("یم"):
        return "a private fact"  # «۹ بچه بزرگ کرده‌ام»
    parent = reading.text(figure.opening - 1) in _PARENTS
    return "a private fact" if parent or owns(figure) else ""


_RULES: tuple[Callable[[Reading, Figure], str], ...] = (
    _origin,
    _helpers,
    _remainder,
    _before_the_deed,
    _private,
    _distance,
    _statistic,
    _inhabitants,
    _held,
)
