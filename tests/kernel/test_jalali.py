from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karnameh.kernel.jalali import (
    FIRST_YEAR,
    LAST_YEAR,
    JalaliDate,
    month_length,
    parse_date,
    weekday,
)
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.period import LUNAR_SPANS, Period, month_starts


def new_years() -> dict[int, date]:
    lines = Path(__file__).with_name("new_years.txt").read_text().splitlines()[1:]
    return {int(line.split()[0]): date.fromisoformat(line.split()[1]) for line in lines}


def test_every_day_of_1200_to_1500_is_the_day_that_icu_says() -> None:
    starts = new_years()
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        day = starts[year]
        for month in range(1, 13):
            for number in range(1, month_length(year, month) + 1):
                jalali = JalaliDate(year, month, number)
                assert jalali.to_date() == day
                assert JalaliDate.from_date(day) == jalali
                day += timedelta(days=1)
        assert day == starts[year + 1]


@pytest.mark.parametrize("wrong", [(1404, 12, 30), (1405, 13, 1), (1405, 0, 1), (1199, 1, 1)])
def test_a_day_that_does_not_exist_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(Malformed, match="date_impossible"):
        JalaliDate(*wrong)


@pytest.mark.parametrize(
    "written",
    ["۱۴۰۵/۰۸/۲۹", "1405-8-29", "29 آبان 1405", "۲۹ آبان‌ماه ۱۴۰۵", "29 Aban 1405", "2026-11-20"],
)
def test_dates_are_read_as_people_write_them(written: str) -> None:
    assert parse_date(written) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("97/8/29", "date_ambiguous"),
        ("29/08/1405", "date_ambiguous"),
        ("29 آبان 97", "date_ambiguous"),
        ("29 برج 1405", "date_unreadable"),
        ("1405/12/30", "date_impossible"),
        ("1700/01/01", "date_impossible"),
        ("", "date_missing"),
        ("دیروز", "date_unreadable"),
    ],
)
def test_a_doubtful_date_is_refused_and_never_guessed(written: str, code: str) -> None:
    with pytest.raises(Malformed) as trouble:
        parse_date(written)
    assert trouble.value.code == code


def test_the_week_begins_on_saturday() -> None:
    week = Period.week_of(date(2026, 11, 22))
    assert week == Period(date(2026, 11, 21), date(2026, 11, 27))
    assert weekday(week.start) == 0 if week.start else False


@given(st.dates(date(1830, 1, 1), date(2110, 1, 1)), st.integers(0, 4000))
def test_a_period_survives_being_written_and_read(start: date, length: int) -> None:
    period = Period(start, min(start + timedelta(days=length), date(2120, 1, 1)))
    assert Period.parse(str(period)) == period
    assert start in period
    assert start - timedelta(days=1) not in period


def test_open_periods_and_names() -> None:
    assert Period.parse("1405") == Period.year(1405)
    assert Period.parse("۱۴۰۵/۸") == Period.month(1405, 8)
    since = Period.parse("1391/01/01..")
    assert since.end is None
    assert date(2100, 1, 1) in since
    with pytest.raises(Malformed, match="period_reversed"):
        Period.parse("1405-02-01..1405-01-01")
    with pytest.raises(Malformed, match="period_open"):
        list(since.days())


def test_month_starts_cover_the_calendar_without_a_hole() -> None:
    starts = month_starts()
    assert len(starts) == 301 * 12
    assert all(29 <= (b - a).days <= 31 for a, b in itertools.pairwise(starts))


def test_lunar_spans_are_lunar_months_in_order() -> None:
    for name in ("Ramadan", "Muharram"):
        spans = [span for span in LUNAR_SPANS if span.name_en == name]
        for span in spans:
            assert len(list(span.period.days())) in (29, 30)
        for one, two in itertools.pairwise(spans):
            assert one.period.start and two.period.start
            assert 353 <= (two.period.start - one.period.start).days <= 355
