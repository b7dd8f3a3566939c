"""What a territory is like: who lives there, how it is made up, groups of its people, levels of nature."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import DEEDS
from karnameh.narrative.reader.lists import list_head
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.verdicts import Verdict

_SETTLED = key_set("روستا روستای محله شهر شهرک منطقه آبادی ده استان شهرستان بخش")
_SETTLEMENT = key_set("روستایی شهرکی محله‌ای آبادی‌ای دهی شهری")
_SETTLEMENTS = frozenset(("village", "neighbourhood", "city", "county", "district", "province"))
_LANDS = key_set("ایران کشور استان شهرستان جهان دنیا شهر تهران")
_GROUPS = key_set(
    "سالمند معلول بیکار بی‌سواد معتاد نابینا ناشنوا یتیم دیابتی مهاجر بازنشسته مستمری‌بگیر جوان زن کودک"
)
_LENGTHS = frozenset(("metre", "centimetre", "millimetre"))
_DEPTHS = key_set("ارتفاع عمق سطح تراز ضخامت")
_WATERS = key_set("آب سیلاب سیل برف رودخانه رود دریاچه گل‌ولای")
_RAINS = key_set("بارش بارندگی بارش‌ها دما")
_REACHED = frozenset(("به", "در", "برای")) | DEEDS
_OF_WEATHER = key_set("آب بارندگی بارش بارش‌ها ذخیره ذخایر سفره‌های دما دمای آبدهی")
_DWELLERS = _SETTLEMENTS | {"household", "person"}


def dwellers(reading: Reading, figure: Figure) -> Verdict | None:
    """«روستای گلبرگ با ۵۴ خانوار در … است», «این شهرستان دارای ۳ بخش و ۱۴۰ روستا است»."""
    verb, unit = figure.clause.verb, figure.phrase.unit
    if _lives_in_it(reading, figure):
        return Verdict(unit, "who lives there")
    head = reading.head(figure)
    within = (
        head[:2] in (["در", "این"], ["در", "آن"])
        and lemma(reading.text(figure.opening - 1)) in _SETTLED
    )
    exists = verb is not None and verb.lemma == "داشت" and verb.tense is Tense.PRESENT
    if unit in _SETTLEMENTS and within and exists and reading.text(figure.after) == "وجود":
        return Verdict(unit, "how a territory is made up")  # «در این شهرستان ۳۴۰ روستا وجود دارد»
    settled = reading.texts(figure.after, figure.after + 2) == ["دارای", "سکنه"]
    if settled and reading.text(figure.opening - 1) not in _REACHED:
        return Verdict(unit, "how a territory is made up")  # «… و ۱۹۰۰ روستای دارای سکنه»
    of_one = reading.text(figure.opening - 2) in _SETTLEMENT and unit == "household"
    if of_one and reading.text(figure.opening - 1) == "با":
        return Verdict(unit, "who lives there")  # «روستایی با ۶۷ خانوار»
    placed = verb is None or verb.lemma in ("داشت", "بود")
    if not placed or unit not in _DWELLERS:
        return None
    opening = list_head(reading, figure)
    led, near = reading.text(opening - 1), reading.texts(opening - 4, opening - 1)
    settled = any(lemma(text) in _SETTLED for text in near)
    counted = any(other.after >= opening - 1 for other in reading.figures_before(figure)[:1])
    among = (
        verb is not None
        and verb.tense is Tense.COPULA
        and "یکی" in reading.texts(figure.after, verb.first)
    )
    if led == "با" and among and unit in _SETTLEMENTS and _SETTLED & set(reading.head(figure)[:2]):
        return Verdict(unit, "how a territory is made up")  # «استان ما با ۱۱۰۰ روستا یکی از … است»
    if led == "با" and settled and not counted and unit in ("household", "person"):
        return Verdict(unit, "who lives there")
    if led == "دارای" and settled and unit in _SETTLEMENTS:
        return Verdict(unit, "how a territory is made up")
    return None


def _lives_in_it(reading: Reading, figure: Figure) -> bool:
    """«روستایی که ۶۴ خانوار در آن زندگی می‌کنند»; «در خانه‌ها ۳۰ خانوار زندگی می‌کنند» is our work."""
    verb = figure.clause.verb
    if verb is None or figure.phrase.unit not in ("household", "person"):
        return False
    said = reading.texts(figure.after, verb.first)
    there = said[:2] in (["در", "آن"], ["در", "آنجا"], ["در", "اینجا"])
    return there and said[2:3] in (["زندگی"], ["ساکن"]) and not _housed(reading, figure)


def _housed(reading: Reading, figure: Figure) -> bool:
    """Whether what they live in was built or repaired in the same sentence."""
    before = reading.figures_before(figure)
    return any(reading.text(one.opening - 1) in DEEDS for one in before)


def group(reading: Reading, figure: Figure) -> Verdict | None:
    """«ایران ۱۲ میلیون سالمند دارد», «در کشور ۲ میلیون معلول وجود دارد»: groups of a people."""
    verb = figure.clause.verb
    if verb is None or verb.lemma != "داشت" or verb.tense is not Tense.PRESENT:
        return None
    if reading.text(verb.first - 1) not in ("وجود", reading.text(figure.after - 1)):
        return None
    head = reading.head(figure)
    land = _LANDS & set(head[:3])
    listed = lemma(reading.text(figure.phrase.first)) in _GROUPS
    return Verdict(figure.phrase.unit, "a group of the people") if land and listed else None


def level(reading: Reading, figure: Figure) -> Verdict | None:
    """«آب سد ۳۰ درصد کاهش یافته است», «بارش ۲۰ درصد کمتر بود», «ارتفاع آب به ۲ متر رسید»."""
    verb = figure.clause.verb
    if verb is None:
        return None
    head = reading.head(figure)
    if figure.phrase.unit in _LENGTHS and _is_depth(head):
        return Verdict(figure.phrase.unit, "a level of nature")
    if figure.phrase.unit != "percent":
        return None
    natural = not _is_own_work(head) and _is_depth(head)  # «سطح آب هامون ۹۰ درصد کم شده است»
    opens = head[head.index(":") + 1 :] if ":" in head else head
    natural |= not _OF_WEATHER.isdisjoint(opens[:1])
    natural |= head[-1:] != [] and head[-1] in _RAINS  # «در سال آبی گذشته بارش ۳۲ درصد کمتر بود»
    told = verb.tense in (Tense.PAST, Tense.COPULA)
    return Verdict("percent", "a level of nature") if natural and told else None


def _is_own_work(head: list[str]) -> bool:
    return not DEEDS.isdisjoint(head)


def _is_depth(head: list[str]) -> bool:
    """«ارتفاع آب», «عمق برف» anywhere before the figure."""
    return any(one in _DEPTHS and other in _WATERS for one, other in pairwise(head))
