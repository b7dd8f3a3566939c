"""Values as one viewer reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from karnameh.kernel.malformed import Malformed
from karnameh.kernel.number_words import to_words
from karnameh.kernel.period import Period
from karnameh.ui.english_words import to_english
from karnameh.ui.public import (
    Display,
    day_text,
    instant_text,
    money_text,
    number_text,
    numeric_day,
    percent_text,
    period_text,
    short_text,
    words_text,
)

FA = Display()
EN = Display("en", "gregorian", "latin", "rial")
DAY = date(2026, 11, 22)  # Sunday, 1 Azar 1405


@pytest.mark.parametrize(
    ("value", "persian", "latin"),
    [
        (0, "۰", "0"),
        (512340, "۵۱۲٬۳۴۰", "512,340"),
        (Decimal("12.50"), "۱۲٫۵", "12.5"),
        (0.1, "۰٫۱", "0.1"),
        (-3, "\u200e−۳", "-3"),
    ],
)
def test_numbers_are_grouped_in_the_viewers_digits(
    value: Decimal | int | float, persian: str, latin: str
) -> None:
    assert number_text(value, FA) == persian
    assert number_text(value, EN) == latin


def test_percent_never_says_all_before_the_last_nor_none_after_the_first() -> None:
    assert percent_text(1, 2, FA) == "۵۰٪"
    assert percent_text(999, 1000, EN) == "99%"
    assert percent_text(1, 1000, EN) == "1%"
    assert percent_text(0, 1000, EN) == "0%"
    assert percent_text(5, 0, FA) == "—"


def test_large_numbers_are_said_with_their_scale() -> None:
    with translation.override("fa"):
        assert short_text(19_400_000_000, FA) == "۱۹٫۴ میلیارد"
        assert short_text(999, FA) == "۹۹۹"
    with translation.override("en"):
        assert short_text(1_234_000, EN) == "1.23 million"


def test_money_is_in_the_viewers_currency_and_named() -> None:
    with translation.override("fa"):
        assert money_text(110_000_000, FA) == "۱۱٬۰۰۰٬۰۰۰ تومان"
        assert money_text(15, FA) == "۱٫۵ تومان"
    with translation.override("en"):
        assert money_text(110_000_000, EN) == "110,000,000 rial"


def test_a_day_says_its_year_only_when_it_is_another_year() -> None:
    assert day_text(DAY, FA, today=DAY) == "یکشنبه ۱ آذر"
    assert day_text(DAY, FA, today=date(2025, 11, 22)) == "یکشنبه ۱ آذر ۱۴۰۵"
    assert day_text(DAY, EN, today=DAY) == "Sunday 22 November"
    assert day_text(DAY, EN) == "Sunday 22 November 2026"
    assert day_text(DAY, Display("fa", "gregorian"), with_weekday=False) == "۲۲ نوامبر ۲۰۲۶"
    assert numeric_day(DAY, FA) == "۱۴۰۵/۰۹/۰۱"
    assert numeric_day(DAY, EN) == "2026-11-22"


def test_an_instant_is_in_the_time_of_tehran() -> None:
    at = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
    with translation.override("fa"):
        assert instant_text(at, FA, today=DAY) == "یکشنبه ۱ آذر، ساعت ۰۱:۳۰"


def test_periods_are_named_as_people_name_them() -> None:
    with translation.override("fa"):
        assert period_text(Period.year(1405), FA) == "۱۴۰۵"
        assert period_text(Period.month(1405, 8), FA) == "آبان ۱۴۰۵"
        assert period_text(Period.week_of(DAY), FA, today=DAY) == "۳۰ آبان تا ۶ آذر"
        assert period_text(Period(DAY, DAY), FA, today=DAY) == "یکشنبه ۱ آذر"
        assert period_text(Period(DAY, None), FA, today=DAY) == "از ۱ آذر"
        assert period_text(Period(None, DAY), FA, today=DAY) == "تا ۱ آذر"
        assert period_text(Period(None, None), FA) == "همهٔ زمان‌ها"
    with translation.override("en"):
        december = Period(date(2026, 12, 1), date(2026, 12, 31))
        assert period_text(december, EN) == "December 2026"
        assert period_text(Period(date(2026, 1, 1), date(2026, 12, 31)), EN) == "2026"
        # A Jalali year is no whole year to a Gregorian reader.
        assert period_text(Period.year(1405), EN) == "21 March 2026 to 20 March 2027"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (21, "twenty-one"),
        (1150, "one thousand one hundred fifty"),
        (-2_000_000_013, "minus two billion thirteen"),
        (10**18, "one billion billion"),
    ],
)
def test_english_words(number: int, said: str) -> None:
    assert to_english(number) == said
    assert words_text(number, EN) == said
    assert words_text(number, FA) == to_words(number)


def test_english_words_end_where_the_persian_ones_do() -> None:
    with pytest.raises(Malformed):
        to_english(10**18 + 1)
