"""Periods: inclusive ranges of days, open on either side, with the names people give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from karnameh.kernel.digits import to_latin
from karnameh.kernel.jalali import (
    FIRST_YEAR,
    LAST_YEAR,
    JalaliDate,
    month_end,
    month_start,
    parse_date,
    weekday,
)
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.text import clean

_YEAR = re.compile(r"1[2-4][0-9]{2}|1500")
_MONTH = re.compile(r"(1[2-4][0-9]{2}|1500)[-/]([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Period:
    """All days from `start` to `end`, both included; `None` leaves that side open."""

    start: date | None
    end: date | None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start > self.end:
            raise Malformed("period_reversed", f"{self.start} > {self.end}")

    @classmethod
    def year(cls, year: int) -> Period:
        """A Jalali year."""
        return cls(month_start(year, 1), month_end(year, 12))

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A Jalali month."""
        return cls(month_start(year, month), month_end(year, month))

    @classmethod
    def week_of(cls, day: date) -> Period:
        """The week from Saturday to Friday around `day`."""
        start = day - timedelta(days=weekday(day))
        return cls(start, start + timedelta(days=6))

    @classmethod
    def parse(cls, text: str) -> Period:
        """`1405`, `1405-08`, `1405/08/29`, or two days joined by `..` (either may be missing)."""
        written = to_latin(clean(text))
        if _YEAR.fullmatch(written):
            return cls.year(int(written))
        if found := _MONTH.fullmatch(written):
            return cls.month(int(found[1]), int(found[2]))
        if ".." in written:
            start, _, end = written.partition("..")
            return cls(parse_date(start) if start else None, parse_date(end) if end else None)
        day = parse_date(written)
        return cls(day, day)

    def __contains__(self, day: date) -> bool:
        return (self.start is None or day >= self.start) and (self.end is None or day <= self.end)

    def days(self) -> Iterator[date]:
        """Each day in order. Raises `Malformed` for an open period."""
        if self.start is None or self.end is None:
            raise Malformed("period_open", str(self))
        for step in range((self.end - self.start).days + 1):
            yield self.start + timedelta(days=step)

    def __str__(self) -> str:
        """The form that `parse` reads, in Jalali days."""
        return "..".join(
            JalaliDate.from_date(day).isoformat() if day else "" for day in (self.start, self.end)
        )


@cache
def month_starts() -> tuple[date, ...]:
    """The first day of every Jalali month the calendar covers, in order; reckoned once."""
    return tuple(
        month_start(year, month)
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for month in range(1, 13)
    )


@dataclass(frozen=True, slots=True)
class LunarSpan:
    """A named lunar time as it fell in Iran's civil calendar; the moon decides, so it is data."""

    name_fa: str
    name_en: str
    lunar_year: int
    period: Period


def _span(fa: str, en: str, year: int, start: str, end: str) -> LunarSpan:
    return LunarSpan(fa, en, year, Period(date.fromisoformat(start), date.fromisoformat(end)))


# First and last day as observed; a year that is not listed is asked for, never computed.
LUNAR_SPANS: tuple[LunarSpan, ...] = (
    _span("رمضان", "Ramadan", 1439, "2018-05-17", "2018-06-14"),
    _span("رمضان", "Ramadan", 1440, "2019-05-07", "2019-06-04"),
    _span("رمضان", "Ramadan", 1441, "2020-04-25", "2020-05-23"),
    _span("رمضان", "Ramadan", 1442, "2021-04-14", "2021-05-12"),
    _span("رمضان", "Ramadan", 1443, "2022-04-03", "2022-05-02"),
    _span("رمضان", "Ramadan", 1444, "2023-03-23", "2023-04-21"),
    _span("رمضان", "Ramadan", 1445, "2024-03-12", "2024-04-09"),
    _span("رمضان", "Ramadan", 1446, "2025-03-02", "2025-03-30"),
    _span("رمضان", "Ramadan", 1447, "2026-02-19", "2026-03-20"),
    _span("محرم", "Muharram", 1440, "2018-09-11", "2018-10-10"),
    _span("محرم", "Muharram", 1441, "2019-09-01", "2019-09-29"),
    _span("محرم", "Muharram", 1442, "2020-08-21", "2020-09-18"),
    _span("محرم", "Muharram", 1443, "2021-08-10", "2021-09-08"),
    _span("محرم", "Muharram", 1444, "2022-07-30", "2022-08-28"),
    _span("محرم", "Muharram", 1445, "2023-07-19", "2023-08-17"),
    _span("محرم", "Muharram", 1446, "2024-07-08", "2024-08-05"),
    _span("محرم", "Muharram", 1447, "2025-06-27", "2025-07-26"),
)
