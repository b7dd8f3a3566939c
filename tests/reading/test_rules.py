"""Which days a mention speaks of."""

from __future__ import annotations

from datetime import date

import pytest

from karnameh.narrative.rules import days_of, is_sure, territory_of


def test_the_week_of_a_year_is_the_week_and_not_the_year() -> None:
    year = {"from": "2026-03-21", "to": "2027-03-20", "text": "امسال"}
    week = (date(2026, 11, 20), date(2026, 11, 26))
    told = {"stage": "pledged", "period": year}
    day = date(2026, 11, 18)
    assert days_of(told, dated=day, week=week, words="برای هفتهٔ همیاری امسال ۱۱۵۰ پروژه") == week
    assert days_of(told, dated=day, week=week, words="هفتهٔ همیاری\u200cهای سراسر امسال") == week
    whole = (date(2026, 3, 21), date(2027, 3, 20))
    assert days_of(told, dated=day, week=week, words="امسال ۱۱۵۰ پروژه در هفته") == whole
    assert days_of(told, dated=day, week=None, words="برای هفتهٔ همیاری امسال") == whole
    over = (date(2025, 11, 20), date(2025, 11, 26))
    assert days_of(told, dated=day, week=over, words="برای هفتهٔ همیاری امسال") == whole


@pytest.mark.parametrize(
    ("office", "words"),
    [
        ("مدیر شعبه استان ایلام فدراسیون", ["ایلام", "فدراسیون"]),
        ("رئیس نمایندگی اسفراین", ["اسفراین"]),
        ("مدیر شعبه", []),
        ("دبیرکل فدراسیون", None),
        ("", None),
    ],
)
def test_the_territory_of_a_branch(office: str, words: list[str] | None) -> None:
    assert territory_of(office) == words


def test_a_unit_alone_chooses_an_indicator_only_when_it_tells_one_apart() -> None:
    assert not is_sure([0.45], "kilometre") and is_sure([0.6], "kilometre")
    assert is_sure([0.45], "parcel") and not is_sure([0.4], "parcel") and not is_sure([], "parcel")
    assert not is_sure([0.45, 0.45], "dwelling") and is_sure([0.6, 0.45], "dwelling")
