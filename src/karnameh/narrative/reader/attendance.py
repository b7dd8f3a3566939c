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
_HOSTED = frozenset(("person", "county", "province", "organization", ""))
_ESCORTED = frozenset(("وی", "او", "ایشان"))  # «سه نفر از مسئولان وی را همراهی می‌کردند»
_MET = key_set("جلسه نشست دیدار گردهمایی گفت‌وگو ملاقات")
_SEATED = _OFFICES | {"خبرنگار"}
_MET_OR_PRESENT = _MET | {"حضور"}


def attendance(reading: Reading, figure: Figure) -> Verdict | None:
    """«با حضور دو وزیر», «با حضور مسئولان ۲۸ شهرستان»: officials at a meeting."""
    for rule in (_attends, _sits_in):
        if rule(reading, figure):
            return Verdict(figure.phrase.unit, "who was present")
    if (figure.number.value or 0) >= MANY_HOURS:
        return None
    for rule in (_beside_presence, _appears, _takes_part, _speak, _is_led_by_officials):
        if rule(reading, figure):
            return Verdict(figure.phrase.unit, "who was present")
    return None


def _beside_presence(reading: Reading, figure: Figure) -> bool:
    """«با حضور سه معاون», «با شرکت ۳۰ نفر از مسئولان», «در جمع ۲۰ خبرنگار»."""
    noun = counted_noun(reading, figure)
    near = reading.texts(max(figure.sentence.first, figure.opening - 3), figure.opening)
    beside = "حضور" in near or near[-2:] == ["با", "شرکت"]
    if beside and (noun in _OFFICES or _are_of_officials(reading, figure)):
        return True
    if noun != "خبرنگار":
        return False
    return not _FACING_REPORTERS.isdisjoint(_before_list(reading, figure)[-1:])


def _are_of_officials(reading: Reading, figure: Figure) -> bool:
    """«۱۲ نفر از مدیران»."""
    whose = reading.texts(figure.after, figure.after + 2)
    return whose[:1] == ["از"] and whose[-1] in _OFFICIALS


def _appears(reading: Reading, figure: Figure) -> bool:
    """«روسای ۱۷ شعبه گزارش دادند», «دو وزیر سخن گفتند»: those who appear before others."""
    verb = figure.clause.verb
    if verb is None:
        return False
    if reading.text(verb.first - 1) in _HELD and figure.phrase.unit in _HOSTED:
        return _stands_among_officials(reading.head(figure))
    if reading.text(verb.first - 1) not in _APPEARING:
        return False
    if counted_noun(reading, figure) in _TITLES or _are_of_officials(reading, figure):
        return True
    led = reading.text(figure.opening - 1) in _OFFICIALS
    return led or _before_list(reading, figure)[-2:] == ["مدیران", "کل"]


def _takes_part(reading: Reading, figure: Figure) -> bool:
    """«… مهمان این نشست بودند», «… وی را همراهی می‌کردند», «… در آن شرکت داشتند»."""
    verb = figure.clause.verb
    there = reading.texts(figure.after, verb.first) if verb is not None else []
    people = figure.phrase.unit == "person"
    if there[-1:] == ["همراهی"] and _ESCORTED & set(there) and people:
        return True
    stays = verb is not None and verb.lemma == "بود"
    if stays and ((there[-1:] == ["حاضر"] and people) or ("مهمان" in there and _MET & set(there))):
        return True
    territory = figure.phrase.unit in ("province", "county")
    if territory and "گزارشی" in _before_list(reading, figure)[-3:]:
        return True  # «گزارشی از کار ۱۴ استان ارائه داد»
    joined = there[-1:] in (["شرکت"], ["حضور"])
    met = joined and not _MET.isdisjoint(reading.said_in(figure.sentence))
    return met and counted_noun(reading, figure) in _SEATED


def _is_led_by_officials(reading: Reading, figure: Figure) -> bool:
    """«مسئولان ۲۸ شهرستان» of a meeting, or of those who were present."""
    verb = figure.clause.verb
    near = _before_list(reading, figure)
    if near[-1:] == [] or near[-1] not in _OFFICIALS:
        return False
    met = _MET & set(reading.texts(figure.opening - 8, figure.opening - 1))
    if verb is not None and verb.lemma in ("بود", "داشت"):
        met = met or _MET_OR_PRESENT & set(reading.texts(figure.after, verb.first))
    present = "حضور" in near or ("با", "حضور") in pairwise(reading.head(figure))
    return present or bool(met)


def _before_list(reading: Reading, figure: Figure) -> list[str]:
    """The words in front of a figure's list that may say who they are; in front of itself without one."""
    head = list_head(reading, figure)
    return reading.texts(max(figure.sentence.first, head - 9), head) or reading.texts(
        max(figure.sentence.first, figure.opening - 9), figure.opening
    )


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


def _stands_among_officials(head: list[str]) -> bool:
    """«با حضور رئیس شعبه، معاون اداره و ۴۲ نفر از سرگروه‌ها برگزار شد»."""
    joined = (("با", "حضور"), ("با", "شرکت"))
    at = next((i for i, pair in enumerate(pairwise(head)) if pair in joined), -1)
    return at >= 0 and not _HEADS_OF_BODIES.isdisjoint(head[at + 2 :])
