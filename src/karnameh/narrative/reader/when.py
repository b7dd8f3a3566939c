"""When: the time expression that goes with a figure, resolved against the report's own date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from karnameh.kernel.jalali import JalaliDate, month_end, month_start, weekday
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.period import LUNAR_SPANS, Period
from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.clauses import Sentence
from karnameh.narrative.reader.lexicon import MONTHS, WEEKDAYS
from karnameh.narrative.reader.model import Stage, TimeSpan
from karnameh.narrative.reader.number_words import ORDINALS, SMALL
from karnameh.narrative.reader.reading import Figure, Reading

Days = tuple[date | None, date | None]
_LUNAR = {"رمضان": "رمضان", "محرم": "محرم"}
_PAST = frozenset(("گذشته", "قبل", "پیش"))
_NEXT = frozenset(("آینده", "بعد", "آتی"))
_NOW = frozenset(("جاری", "این", "همین", "همان"))
# Only these (and digits) can begin a time expression.
_OPENERS = (
    key_set("از تا تاکنون سال امسال پارسال ماه هفته امروز دیروز فردا دیشب امشب")
    | frozenset(MONTHS)
    | frozenset(WEEKDAYS)
    | frozenset(SMALL)
    | frozenset(ORDINALS)
)


@dataclass(frozen=True, slots=True)
class Expression:
    """One time expression: its words and its days as far as they can be told."""

    first: int
    after: int
    days: Days


@dataclass(frozen=True, slots=True)
class _Clock:
    """The report's own day, and its Jalali parts; all empty when the day is unknown."""

    day: date | None
    year: int
    month: int

    @classmethod
    def at(cls, reported_on: date | None) -> _Clock:
        if reported_on is None:
            return cls(None, 0, 0)
        try:
            jalali = JalaliDate.from_date(reported_on)
        except Malformed:
            return cls(None, 0, 0)
        return cls(reported_on, jalali.year, jalali.month)


class Calendar:
    """Finds and resolves the time expressions of a text."""

    def __init__(self, reading: Reading, reported_on: date | None) -> None:
        self._reading = reading
        self._clock = _Clock.at(reported_on)
        self._found: dict[int, list[Expression]] = {}

    def of(self, figure: Figure, stage: Stage) -> TimeSpan | None:
        """The nearest expression in the figure's clause, or else in front of it in its sentence."""
        best: Expression | None = None
        for expression in self._in(figure.sentence):
            if expression.first <= figure.first < expression.after:
                continue
            clause = figure.sentence.clause_of.get(expression.first)
            if clause is figure.clause or expression.after <= figure.first:
                best = expression if best is None or clause is figure.clause else best
        if best is None:
            return None
        text = self._reading.between(best.first, best.after)
        return TimeSpan(*self._turned(best, stage), text)

    def _turned(self, expression: Expression, stage: Stage) -> Days:
        """A bare weekday lies ahead in a promise and behind in a report."""
        start, end = expression.days
        name = self._reading.text(expression.after - 1)
        today = self._clock.day
        if stage != "pledged" or name not in WEEKDAYS or start is None or today is None:
            return start, end
        return (start + timedelta(days=7),) * 2 if start < today else (start, end)

    def _in(self, sentence: Sentence) -> list[Expression]:
        found = self._found.get(sentence.first)
        if found is None:
            found = self._found[sentence.first] = self._search(sentence)
        return found

    def _search(self, sentence: Sentence) -> list[Expression]:
        found: list[Expression] = []
        at = sentence.first
        while at < sentence.after:
            text = self._reading.forms[at]
            if text not in _OPENERS and not text[:1].isdecimal():
                at += 1
                continue
            expression = self._at(at, sentence.after)
            if expression is not None:
                found.append(expression)
            at = expression.after if expression is not None else at + 1
        return found

    def _at(self, at: int, after: int) -> Expression | None:
        for rule in _RULES:
            found = rule(self._reading, at, self._clock)
            if found is not None and found.after <= after:
                return found
        return None


def _number(text: str) -> int | None:
    """A day or year in digits or as one numeral word."""
    if text.isdecimal() and len(text) <= 4:
        return int(text)
    return SMALL.get(text, ORDINALS.get(text))


def _year(value: int | None) -> int | None:
    """A full Jalali year; two digits are of the century 1300 or, up to 20, of 1400."""
    if value is None:
        return None
    if 1300 <= value <= 1499:
        return value
    if 21 <= value <= 99:
        return 1300 + value
    return 1400 + value if 0 < value <= 20 else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return JalaliDate(year, month, day).to_date()
    except Malformed:
        return None


def _day_of_month(reading: Reading, at: int, clock: _Clock) -> tuple[int, date | None, int] | None:
    """«۲۱ آذر ۱۴۰۱»: the word behind it, the day, the month."""
    day, month = _number(reading.text(at)), MONTHS.get(reading.text(at + 1))
    if day is None or month is None or not 1 <= day <= 31:
        return None
    after = at + 2
    if reading.text(after) == "ماه":
        after += 1
    if reading.text(after) == "سال":
        after += 1
    text = reading.text(after)
    year = _year(int(text)) if text.isdecimal() and len(text) == 4 else None
    if year is not None:
        return after + 1, _day(year, month, day), month
    after = after - 1 if reading.text(after - 1) == "سال" else after
    return after, _day(clock.year, month, day) if clock.year else None, month


def _days_range(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«از ۲۹ آبان تا ۵ آذر»."""
    first = at + 1 if reading.text(at) == "از" else at
    start = _day_of_month(reading, first, clock)
    if start is None or reading.text(start[0]) not in ("تا", "الی"):
        return None
    end = _day_of_month(reading, start[0] + 1, clock)
    if end is None:
        return None
    begins, ends = start[1], end[1]
    if begins and ends and begins > ends:  # over the new year
        begins = _day(clock.year - 1, start[2], _number(reading.text(first)) or 1)
    return Expression(at, end[0], (begins, ends))


def _single_day(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    found = _day_of_month(reading, at, clock)
    return Expression(at, found[0], (found[1], found[1])) if found else None


def _numeric_day(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    parts = reading.text(at).replace("-", "/").replace(".", "/").split("/")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    year, month, day = (int(part) for part in parts)
    full = _year(year)
    found = _day(full, month, day) if full else None
    return Expression(at, at + 1, (found, found)) if found else None


def _month(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«آبان ۱۴۰۲», «مهر ماه امسال», «پایان مهر»."""
    first = at + 1 if reading.text(at) == "ماه" else at
    month = MONTHS.get(reading.text(first))
    if month is None:
        return None
    after = first + 1
    if reading.text(after) == "ماه":
        after += 1
    text = reading.text(after)
    year = _year(int(text)) if text.isdecimal() and len(text) in (2, 4) else None
    if year is not None:
        after += 1
    elif text in ("امسال", "پارسال"):
        year, after = clock.year - (text == "پارسال"), after + 1
    year = year or clock.year
    days = (month_start(year, month), month_end(year, month)) if _sane(year) else (None, None)
    return Expression(at, after, days)


def _sane(year: int) -> bool:
    return 1300 <= year <= 1499


def _lunar_month(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«ماه رمضان»: the last one that began before the report, as it fell in Iran's calendar."""
    if reading.text(at) != "ماه":
        return None
    first = at + 2 if reading.text(at + 1) == "مبارک" else at + 1
    name = _LUNAR.get(reading.text(first))
    if name is None:
        return None
    spans = [
        span.period for span in LUNAR_SPANS if span.name_fa == name and _began(span.period, clock)
    ]
    period = spans[-1] if spans else Period(None, None)
    return Expression(at, first + 1, (period.start, period.end))


def _began(period: Period, clock: _Clock) -> bool:
    return clock.day is not None and period.start is not None and period.start <= clock.day


def _whole_year(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«سال ۱۴۰۱», «سال گذشته», «امسال», «پارسال»."""
    text = reading.text(at)
    if text in ("امسال", "پارسال"):
        return Expression(
            at, at + 1, _year_days(clock.year - (text == "پارسال") if clock.year else 0)
        )
    if text != "سال":
        return None
    following = reading.text(at + 1)
    if following.isdecimal() and len(following) in (2, 4):
        year = _year(int(following))
        return Expression(at, at + 2, _year_days(year)) if year else None
    step = (
        -1 if following in _PAST else 1 if following in _NEXT else 0 if following in _NOW else None
    )
    if step is None:
        return None
    return Expression(at, at + 2, _year_days(clock.year + step if clock.year else 0))


def _year_days(year: int) -> Days:
    return (month_start(year, 1), month_end(year, 12)) if _sane(year) else (None, None)


def _since(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«از ابتدای سال ۱۴۰۲ تاکنون», «از سال ۹۱», «از ابتدای ۹۷», «از ابتدای امسال»."""
    if reading.text(at) != "از":
        return None
    after = at + 1
    while reading.text(after) in ("ابتدای", "اول", "آغاز", "سال", "اوایل", "زمان"):
        after += 1
    if after == at + 1:
        return None
    text = reading.text(after)
    if text in ("امسال", "پارسال"):
        year: int | None = clock.year - (text == "پارسال")
    else:
        year = _year(int(text)) if text.isdecimal() and len(text) in (2, 4) else None
    if year is None or not _sane(year):
        return None
    after += 1
    limit = clock.day
    if reading.text(after) == "تا" and (end := _whole_year(reading, after + 1, clock)):
        limit, after = end.days[1], end.after
    elif reading.text(after) == "تاکنون":
        after += 1
    return Expression(at, after, (month_start(year, 1), limit))


def _until(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«تا پایان مهر», «تا پایان سال», «تا نوروز», «تاکنون»."""
    text = reading.text(at)
    if text == "تاکنون":
        return Expression(at, at + 1, (None, clock.day))
    if text != "تا":
        return None
    if reading.text(at + 1) in ("امروز", "امروز،") or reading.texts(at + 1, at + 3) == [
        "این",
        "لحظه",
    ]:
        return Expression(at, at + 2 + (reading.text(at + 1) == "این"), (None, clock.day))
    first = at + 2 if reading.text(at + 1) in ("پایان", "آخر") else at + 1
    if reading.text(first) == "نوروز":
        return Expression(at, first + 1, (None, _year_days(clock.year)[1]))
    if reading.text(first) == "سال" and reading.text(at + 1) in ("پایان", "آخر"):
        whole = _whole_year(reading, first, clock)
        end = whole.days[1] if whole else _year_days(clock.year)[1]
        return Expression(at, whole.after if whole else first + 1, (None, end))
    month = _month(reading, first, clock)
    return Expression(at, month.after, (None, month.days[1])) if month else None


def _near_day(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«امروز», «دیروز», «فردا», «روز سه‌شنبه», «هفته گذشته», «ماه آینده»."""
    text = reading.text(at)
    steps = {"امروز": 0, "دیروز": -1, "فردا": 1, "دیشب": -1, "امشب": 0}
    if text in steps:
        day = clock.day + timedelta(days=steps[text]) if clock.day else None
        return Expression(at, at + 1, (day, day))
    if text in WEEKDAYS:
        back = (weekday(clock.day) - WEEKDAYS[text]) % 7 if clock.day else 0
        day = clock.day - timedelta(days=back) if clock.day else None
        return Expression(at, at + 1, (day, day))
    if text not in ("هفته", "ماه"):
        return None
    following = reading.text(at + 1)
    if following == "پیش" and reading.text(at + 2) in ("رو", "روی"):
        return Expression(at, at + 3, _week(clock, 1) if text == "هفته" else _month_away(clock, 1))
    step = (
        -1
        if following in _PAST
        else 1
        if following in _NEXT
        else 0
        if following == "جاری"
        else None
    )
    if step is None:
        return None
    return Expression(
        at, at + 2, _week(clock, step) if text == "هفته" else _month_away(clock, step)
    )


def _week(clock: _Clock, step: int) -> Days:
    if clock.day is None:
        return None, None
    period = Period.week_of(clock.day + timedelta(days=7 * step))
    return period.start, period.end


def _month_away(clock: _Clock, step: int) -> Days:
    if not clock.year:
        return None, None
    year, month = divmod(clock.year * 12 + clock.month - 1 + step, 12)
    return month_start(year, month + 1), month_end(year, month + 1)


def _named_week(reading: Reading, at: int, clock: _Clock) -> Expression | None:
    """«در هفته سلامت»: a named week has no days here; its words are kept."""
    if reading.text(at) != "هفته" or reading.text(at - 1) not in ("در", "این"):
        return None
    return Expression(at, at + 1 if reading.text(at - 1) == "این" else at + 2, (None, None))


_RULES: tuple[Callable[[Reading, int, _Clock], Expression | None], ...] = (
    _days_range,
    _since,
    _until,
    _single_day,
    _numeric_day,
    _whole_year,
    _lunar_month,
    _month,
    _near_day,
    _named_week,
)
