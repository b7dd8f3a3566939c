"""The Solar Hijri (Jalali) calendar, exact as browsers and ICU have it for 1200-1500.

The arithmetic is persiantools'; `tests/kernel` compares it with ICU on every day of those years.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from persiantools.jdatetime import JalaliDate as _Library

from karnameh.kernel.digits import to_latin
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.text import ZWNJ, clean, normal_form

FIRST_YEAR, LAST_YEAR = 1200, 1500
_library: Any = _Library  # it carries no types

MONTHS_FA = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
MONTHS_EN = (
    "Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
    "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand",
)  # fmt: skip
# Saturday first: the week of the calendar begins there.
WEEKDAYS_FA = ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه")
WEEKDAYS_EN = ("Saturday", "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

_MONTH_NUMBERS = {normal_form(name): index + 1 for index, name in enumerate(MONTHS_FA)}
_MONTH_NUMBERS |= {name.casefold(): index + 1 for index, name in enumerate(MONTHS_EN)}
_NUMERIC = re.compile(r"([0-9]{2,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})")
_IN_WORDS = re.compile(r"([0-9]{1,2})\s+([^\W\d]+)(?:\s+ماه)?\s+([0-9]{2,4})")


@dataclass(frozen=True, order=True, slots=True)
class JalaliDate:
    """One day of the Jalali calendar; `Malformed("date_impossible")` when there is no such day."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not (
            FIRST_YEAR <= self.year <= LAST_YEAR
            and 1 <= self.month <= 12
            and 1 <= self.day <= month_length(self.year, self.month)
        ):
            raise Malformed("date_impossible", f"{self.year}/{self.month}/{self.day}")

    @classmethod
    def from_date(cls, day: date) -> JalaliDate:
        """The Jalali day of a Gregorian `day` between 1821-03-21 and 2122-03-20."""
        try:
            found = _library(day)
        except ValueError:
            raise Malformed("date_impossible", day.isoformat()) from None
        return cls(found.year, found.month, found.day)

    def to_date(self) -> date:
        """The Gregorian day."""
        gregorian: date = _library(self.year, self.month, self.day).to_gregorian()
        return gregorian

    def isoformat(self) -> str:
        """`1405-08-29`: sortable, for codes and files, never for people."""
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    @property
    def weekday(self) -> int:
        """0 for Saturday to 6 for Friday."""
        return weekday(self.to_date())


def weekday(day: date) -> int:
    """0 for Saturday to 6 for Friday."""
    return (day.weekday() + 2) % 7


def is_leap(year: int) -> bool:
    """Whether Esfand of `year` has 30 days."""
    return bool(_Library.is_leap(year))


def month_length(year: int, month: int) -> int:
    """29, 30 or 31 days."""
    if month <= 6:
        return 31
    return 30 if month <= 11 or is_leap(year) else 29


def month_start(year: int, month: int) -> date:
    """The Gregorian first day of a Jalali month."""
    return JalaliDate(year, month, 1).to_date()


def month_end(year: int, month: int) -> date:
    """The Gregorian last day of a Jalali month."""
    return month_start(year, month) + timedelta(days=month_length(year, month) - 1)


def parse_date(text: str) -> date:
    """A day that a person wrote: `۱۴۰۵/۸/۲۹`, `29 آبان 1405`, `1405-08-29` or ISO `2026-11-20`.

    Years below 1600 are Jalali, years from 1900 Gregorian. Raises `Malformed` for a two-digit year
    (`97/8/29` may be 1397 or 1497), a day-first numeric date, or a day that does not exist.
    """
    written = to_latin(clean(text)).replace(ZWNJ, " ")
    if numeric := _NUMERIC.fullmatch(written):
        year, month, day = numeric[1], int(numeric[3]), numeric[4]
        if len(year) != 4 or len(day) > 2:
            raise Malformed("date_ambiguous", text)
        return _day(int(year), month, int(day), text)
    if named := _IN_WORDS.fullmatch(written):
        found = _MONTH_NUMBERS.get(normal_form(named[2]))
        if found is None:
            raise Malformed("date_unreadable", text)
        if len(named[3]) != 4:
            raise Malformed("date_ambiguous", text)
        return _day(int(named[3]), found, int(named[1]), text)
    raise Malformed("date_unreadable" if written else "date_missing", text)


def _day(year: int, month: int, day: int, text: str) -> date:
    try:
        if year < 1600:
            return JalaliDate(year, month, day).to_date()
        if year >= 1900:
            return date(year, month, day)
    except ValueError:
        raise Malformed("date_impossible", text) from None
    raise Malformed("date_impossible", text)
