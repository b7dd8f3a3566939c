"""Twins are found across spelling, order and half-spaces; what only looks alike is left alone."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest

from karnameh.campaigns.twins import LIKELY, Proposed, Twins, groups

DAY = date(2026, 11, 21)
COUNTRY, PROVINCE, COUNTY, OTHER = 1, 2, 3, 4


def proposed(pk: int, name: str, place: int = 30, day: date = DAY, **more: object) -> Proposed:
    values: dict[str, object] = {
        "text": "", "theme": 1, "unit": pk, "places": (COUNTRY, PROVINCE, COUNTY, place),
        "starts_on": day, "ends_on": day, **more,
    }  # fmt: skip
    return Proposed(id=pk, name=name, **values)  # type: ignore[arg-type]


# A background, so that words have their usual weight.
BACKGROUND = [
    proposed(1000 + i, f"{deed} {thing} {where}", place=60 + i)
    for i, (deed, thing, where) in enumerate(
        (deed, thing, where)
        for deed in ("توزیع", "تعمیر", "آموزش", "جشن", "کاشت")
        for thing in ("بسته معیشتی", "مدرسه", "کودکان", "نهال", "لوازم تحریر", "کتابخانه")
        for where in ("سعدی", "احمدی", "گلستان", "بهار")
    )
]


def score(one: Proposed, other: Proposed) -> int:
    found = Twins([*BACKGROUND, one, other]).of(one, least=0, most=200)
    return next((twin.score for twin in found if twin.id == other.id), 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("توزیع ۲۰۰ بستهٔ معیشتی در محلهٔ سعدی", "پخش بسته‌های معيشتی محله سعدي"),
        ("دوره آموزشی کمک‌های اولیه بانوان", "آموزش کمک های اولیه برای زنان"),
        ("کاشت ۵۰۰ نهال در پارک بهار", "نهال‌کاری پارک بهار، کاشت نهال"),
        ("مرمت کتابخانهٔ مدرسهٔ بهار", "تعمیر کتابخانه‌ی مدرسه بهار"),
        ("ویزیت رایگان دندانپزشکی روستای گلستان", "معاینه رایگان دندان‌پزشکی در روستای گلستان"),
        ("جشن شكوفه‌هاي كلاس‌اولي‌ها", "جشن شکوفه های کلاس اولی ها"),
        ("برگزاری نمایشگاه صنایع‌دستی", "بازارچهٔ صنایع دستی"),
    ],
)  # fmt: skip
def test_one_deed_in_two_wordings_is_found(one: str, other: str) -> None:
    assert score(proposed(1, one), proposed(2, other)) >= LIKELY


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("توزیع بستهٔ معیشتی مرحلهٔ اول", "توزیع بستهٔ معیشتی مرحلهٔ دوم"),
        ("آموزش خیاطی کلاس ۱", "آموزش خیاطی کلاس ۲"),
        ("تعمیر مدرسهٔ احمدی", "تعمیر مدرسهٔ گلستان"),
        ("آموزش کمک‌های اولیه", "آموزش قالی‌بافی"),
        ("جشن کودکان", "توزیع لوازم تحریر کودکان"),
    ],
)
def test_what_only_looks_alike_is_left_alone(one: str, other: str) -> None:
    assert score(proposed(1, one), proposed(2, other)) < LIKELY


def test_the_same_words_in_another_village_on_another_day_are_no_twins() -> None:
    name = "توزیع بستهٔ معیشتی میان خانواده‌ها"
    here = proposed(1, name)
    assert score(here, proposed(2, name)) == 100
    elsewhere = proposed(3, name, place=31, day=date(2026, 11, 24))
    assert score(here, elsewhere) < score(here, proposed(4, name, place=31)) < 100
    far = proposed(5, name, places=(COUNTRY, PROVINCE, OTHER, 40))
    assert score(here, far) == 0


def test_a_name_of_empty_words_or_of_no_letter_finds_nothing() -> None:
    for name in ("اجرای برنامهٔ ویژه", "…", "۱۲۳۴", ""):
        assert Twins([proposed(1, name), proposed(2, "توزیع بسته")]).of(proposed(1, name)) == []


def test_it_does_not_matter_who_asks() -> None:
    a, b = proposed(1, "پخش بستهٔ معیشتی سعدی"), proposed(2, "توزیع بسته‌های معیشتی محلهٔ سعدی")
    assert score(a, b) == score(b, a)


def test_groups_join_twins_of_twins() -> None:
    assert groups([(1, 2, 90), (2, 3, 80), (7, 8, 60)]) == [frozenset({1, 2, 3}), frozenset({7, 8})]


def test_a_province_takes_well_under_a_second() -> None:
    chance = random.Random(1405)
    deeds = [
        "توزیع",
        "آموزش",
        "تعمیر",
        "کاشت",
        "جشن",
        "ویزیت رایگان",
        "پاکسازی",
        "دیدار با",
        "نمایشگاه",
    ]
    things = [
        "بستهٔ معیشتی", "مدرسه", "نهال", "لوازم‌التحریر", "کتابخانه", "کمک‌های اولیه", "صنایع دستی", "سالمندان",
        "کودکان کار", "پوشاک گرم", "جهیزیه", "غذای گرم", "دندان‌پزشکی", "چشم‌پزشکی", "خانهٔ بهداشت",
    ]  # fmt: skip
    names = [f"نام{i}" for i in range(120)]
    rows = [
        proposed(
            pk, f"{chance.choice(deeds)} {chance.choice(things)} {chance.choice(names)}",
            places=(COUNTRY, PROVINCE, chance.randrange(10, 46), chance.randrange(100, 600)),
        )
        for pk in range(2_500)
    ]  # fmt: skip
    planted = [
        proposed(5_000 + i, f"پخش {one.name}", places=one.places) for i, one in enumerate(rows[:50])
    ]
    began = time.process_time()  # the time of this process alone: others use the machine, too
    index = Twins([*rows, *planted])
    pairs = index.pairs()
    taken = time.process_time() - began
    assert taken < 5, taken  # 0.7 s on the build machine
    began = time.process_time()
    index.of(rows[7])
    assert time.process_time() - began < 0.3
    found = {(a, b) for a, b, _ in pairs}
    assert sum((i, 5_000 + i) in found for i in range(50)) >= 45
