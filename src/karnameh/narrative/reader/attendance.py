"""Who was present at the meeting that a report tells of: none of its results («با حضور دو وزیر»)."""

from __future__ import annotations

from itertools import pairwise

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lists import list_head
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense
from karnameh.narrative.reader.verdicts import MANY_HOURS, Verdict, counted_noun

_FACING_REPORTERS = key_set("با جمع حضور پرسش‌های سوال‌های سوالات پرسشهای میان میزبان")
_HELD = key_set("برگزار تشکیل برپا آغاز")
_GUESTS = key_set(
    "مسیولان مدیران نمایندگان پیشکسوتان اهالی اعضا اعضای سرگروه‌ها سرگروه‌های دهیاران خیران خانواده‌های"
)
_WHOSE = 7
_HEADS_OF_BODIES = key_set(
    "رییس مدیر ناظر معاون مدیرکل دبیر نمایندگان نماینده استاندار فرماندار مدیران مدیرانی مسیولان"
)
_OFFICES = key_set(
    """
    وزیر عضو معاون دبیر رییس استاندار فرماندار مسیول نماینده مدیر شهردار بخشدار
    دهیار دستگاه نهاد سازمان اداره وزارتخانه کشور سفیر
    """
)
_TITLES = key_set("وزیر معاون استاندار فرماندار سفیر شهردار بخشدار")
_APPEARING = key_set("گزارش حضور شرکت ارایه بیان تشریح مطرح حاضر سخن سخنرانی")
_OFFICIALS = key_set(
    """
    دبیران رابطان مسیولان مدیران نمایندگان روسای رئیسان رییسان سران معاونان مقامات اعضای اعضا سرپرستان دهیاران
    فرمانداران
    شهرداران بخشداران
    """
)
_ESCORTED = frozenset(("وی", "او", "ایشان"))  # «سه نفر از مسئولان وی را همراهی می‌کردند»
_MET = key_set("جلسه نشست دیدار گردهمایی گفت‌وگو ملاقات")


def attendance(reading: Reading, figure: Figure) -> Verdict | None:
    """«با حضور دو وزیر», «با حضور مسئولان ۲۸ شهرستان»: officials at a meeting."""
    if _attends(reading, figure) or _sits_in(reading, figure):
        return Verdict(figure.phrase.unit, "who was present")
    if (figure.number.value or 0) >= MANY_HOURS:
        return None
    near = reading.texts(max(figure.sentence.first, figure.opening - 9), figure.opening)
    beside = "حضور" in near[-3:] or near[-2:] == ["با", "شرکت"]
    officials = counted_noun(reading, figure) in _OFFICES and beside
    verb = figure.clause.verb
    appeared = verb is not None and reading.text(verb.first - 1) in _APPEARING
    officials |= appeared and counted_noun(reading, figure) in _TITLES
    officials |= appeared and near[-1:] != [] and near[-1] in _OFFICIALS
    whose = reading.texts(figure.after, figure.after + 2)
    officials |= appeared and whose[:1] == ["از"] and whose[-1] in _OFFICIALS
    beside = "حضور" in near[-3:] or near[-2:] == ["با", "شرکت"]
    officials |= beside and whose[:1] == ["از"] and whose[-1] in _OFFICIALS
    meeting = _MET & set(reading.texts(figure.opening - 8, figure.opening - 1))
    if verb is not None and verb.lemma in ("بود", "داشت"):
        meeting = meeting or (_MET | {"حضور"}) & set(reading.texts(figure.after, verb.first))
    near = reading.texts(near_first(reading, figure), list_head(reading, figure)) or near
    led = near[-1:] != [] and near[-1] in _OFFICIALS
    officials |= appeared and near[-2:] == ["مدیران", "کل"]
    officials |= _speak(reading, figure)
    reporters = counted_noun(reading, figure) == "خبرنگار"
    officials |= reporters and near[-1:] != [] and near[-1] in _FACING_REPORTERS
    head = reading.head(figure)
    held = verb is not None and reading.text(verb.first - 1) in _HELD
    if held and figure.phrase.unit in ("person", "county", "province", "organization", ""):
        officials |= _stands_among_officials(head)
    there = reading.texts(figure.after, verb.first) if verb is not None else []
    along = there[-1:] == ["همراهی"] and bool(_ESCORTED & set(there))
    officials |= along and figure.phrase.unit == "person"
    guests = "مهمان" in there and verb is not None and verb.lemma == "بود"
    officials |= guests and not _MET.isdisjoint(there)
    told = "گزارشی" in near[-3:] and figure.phrase.unit in ("province", "county")
    officials |= told  # «گزارشی از کار ۱۴ استان ارائه داد»
    joined = there[-1:] in (["شرکت"], ["حضور"]) and not _MET.isdisjoint(
        reading.said_in(figure.sentence)
    )
    officials |= joined and counted_noun(reading, figure) in _OFFICES | {"خبرنگار"}
    attended = there[-1:] == ["حاضر"] and verb is not None and verb.lemma == "بود"
    officials |= attended and figure.phrase.unit == "person"
    present = "حضور" in near or ("با", "حضور") in pairwise(head)
    if officials or (led and (present or meeting)):
        return Verdict(figure.phrase.unit, "who was present")
    return None


def _attends(reading: Reading, figure: Figure) -> bool:
    """«آیین … با حضور ۴۰۰ نفر از پیشکسوتان و مسئولان شعبه‌ها برگزار شد»: guests of one occasion."""
    verb = figure.clause.verb
    held = verb is not None and verb.tense is Tense.PAST and reading.text(verb.first - 1) in _HELD
    if not held or verb is None or figure.phrase.unit != "person":
        return False
    whose = reading.texts(figure.after, min(figure.after + _WHOSE, verb.first))
    if whose[:1] != ["از"] or _GUESTS.isdisjoint(whose) or reading.figures_before(figure):
        return False
    return any(one == "با" and other == "حضور" for one, other in pairwise(reading.head(figure)))


def _speak(reading: Reading, figure: Figure) -> bool:
    """«در این نشست … روسای نمایندگی‌های هشت شهرستان به بیان مسائل پرداختند»: whom the speakers stand for."""
    verb = figure.clause.verb
    near = reading.texts(max(figure.sentence.first, figure.opening - 2), figure.opening)
    discussed = verb is not None and verb.lemma in ("پرداخت", "گفت", "کرد")
    if (
        not discussed
        or _OFFICIALS.isdisjoint(near)
        or _MET.isdisjoint(reading.said_in(figure.sentence))
    ):
        return False
    return figure.phrase.unit in ("county", "province", "city")


def _sits_in(reading: Reading, figure: Figure) -> bool:
    """«این نشست که ۷۳ نفر در آن شرکت داشتند»: who sat in the meeting that is told of."""
    first, verb = min(figure.clause.words, default=0), figure.clause.verb
    meeting = reading.text(first - 1) == "که" and reading.text(first - 2) in ("نشست", "جلسه")
    there = verb is not None and reading.text(verb.first - 1) in ("شرکت", "حضور", "حاضر")
    return meeting and there and figure.opening - first <= 1


def near_first(reading: Reading, figure: Figure) -> int:
    """Where the words in front of a figure's list begin that may say who they are."""
    return max(figure.sentence.first, list_head(reading, figure) - 9)


def _stands_among_officials(head: list[str]) -> bool:
    """«با حضور رئیس شعبه، معاون اداره و ۴۲ نفر از سرگروه‌ها برگزار شد»."""
    joined = (("با", "حضور"), ("با", "شرکت"))
    at = next((i for i, pair in enumerate(pairwise(head)) if pair in joined), -1)
    return at >= 0 and not _HEADS_OF_BODIES.isdisjoint(head[at + 2 :])
