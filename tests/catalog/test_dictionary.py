"""The dictionary: versioned words, fixed meanings, dated prices, canonical dimension sets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from builders import DAY, NOW, World, an_entry, an_indicator
from karnameh.catalog.public import (
    TOTAL,
    Dimension,
    DimensionOption,
    DimensionSet,
    Indicator,
    Item,
    Measure,
    Rate,
    Wording,
    Words,
    dimension_set,
    dimension_sets_for,
    find_indicators,
    load_dictionary,
    rate_on,
    retire_indicator,
    reword_indicator,
    set_rate,
)
from karnameh.catalog.rules import canonical_key, cut_of
from workbench import as_owner, refused, refused_kindly, run

WORDS = Words("نام تازه", "New name", "تعریف روشن‌تر", "A clearer definition", "سند", "Document")


def a_dimension(code: str, *options: str) -> Dimension:
    dimension = Dimension.objects.create(code=code, position=1, name_fa=code, name_en=code)
    for place, option in enumerate(options):
        DimensionOption.objects.create(
            dimension=dimension, code=option, position=place, name_fa=option, name_en=option
        )
    return dimension


def an_item(db: Any = None) -> Item:
    an_indicator()
    return Item.objects.create(
        code="parcel-item",
        name_fa="بسته",
        name_en="parcel",
        measure=Measure.objects.get(code="parcel"),
    )


# --- Wording -----------------------------------------------------------------------------------------


def test_a_clearer_wording_is_a_new_version_and_the_old_one_stays(world: World) -> None:
    indicator, admin = an_indicator("worded"), world.people["admin"]
    first = reword_indicator(indicator, words=WORDS, by=admin, at=NOW)
    second = reword_indicator(
        indicator, words=Words(*["متن"] * 6), by=admin, at=NOW + timedelta(days=1)
    )
    assert [w.version for w in Wording.objects.filter(indicator=indicator)] == [2, 1]
    first.refresh_from_db()
    assert (first.name_fa, second.name_fa) == ("نام تازه", "متن")
    indicator.refresh_from_db()
    assert indicator.name_fa == "متن"
    assert indicator in find_indicators("متن") and indicator not in find_indicators("نام تازه")
    with as_owner():
        with refused("wording_is_never_changed"):
            run("UPDATE catalog_wording SET name_fa = 'x'")
        with refused("dictionary_is_never_deleted"):
            run("DELETE FROM catalog_wording")


@pytest.mark.parametrize("missing", range(6))
def test_both_languages_need_every_text(world: World, missing: int) -> None:
    words = ["متن"] * 6
    words[missing] = " \u200c "
    with refused_kindly():
        reword_indicator(an_indicator(), words=Words(*words), by=world.people["admin"], at=NOW)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("code", "'other'"), ("nature", "'rate'"), ("time_rule", "'last'"), ("unit_rule", "'max'"), ("people", "'people'"),
        ("level", "'outcome'"), ("act", "'other'"), ("measure_id", "measure_id + 1"), ("theme_id", "theme_id + 1"), ("item_id", "1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", ["site", "owner"])
def test_the_meaning_of_an_indicator_is_fixed_for_everybody(
    world: World, column: str, value: str, role: str
) -> None:
    indicator = an_indicator()
    with (
        as_owner() if role == "owner" else transaction.atomic(),
        refused("indicator_meaning_is_fixed"),
    ):
        run(f"UPDATE catalog_indicator SET {column} = {value} WHERE id = %s", [indicator.pk])


@pytest.mark.parametrize(
    "table",
    [
        "catalog_indicator",
        "catalog_item",
        "catalog_rate",
        "catalog_measure",
        "catalog_dimensionset",
        "catalog_dimension",
        "catalog_dimensionoption",
    ],
)
def test_nothing_in_the_dictionary_is_ever_deleted(world: World, table: str) -> None:
    item = an_item()
    set_rate(
        item,
        rial_per_unit=5,
        valid_from=DAY,
        source_fa="بازار",
        source_en="market",
        by=world.people["admin"],
        at=NOW,
    )
    a_dimension("sex", "women")
    with as_owner():
        with refused("dictionary_is_never_deleted"):
            run(f"DELETE FROM {table}")
        with pytest.raises(DatabaseError), transaction.atomic():
            run(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("role", ["site", "owner"])
def test_a_dimension_set_never_changes_under_the_entries_made_with_it(
    world: World, role: str
) -> None:
    a_dimension("sex", "women", "men")
    made = dimension_set({"sex": "women"})
    with as_owner() if role == "owner" else transaction.atomic():
        for change in ("key = 'sex=men'", "options = '{}'", "cut = ''"):
            with pytest.raises(DatabaseError), transaction.atomic():
                run(f"UPDATE catalog_dimensionset SET {change} WHERE id = %s", [made.pk])


def test_a_retired_indicator_keeps_its_past_and_takes_no_more(world: World) -> None:
    indicator, successor, leader = an_indicator(), an_indicator(), world.people["leader"]
    an_entry(world.local, indicator, 5, by=leader)
    retire_indicator(indicator, successor=successor, on=DAY, by=world.people["admin"], at=NOW)
    an_entry(world.local, indicator, 5, by=leader, ends_on=DAY)
    with refused_kindly("entry_indicator_is_retired"):
        an_entry(world.local, indicator, 5, by=leader, ends_on=DAY + timedelta(days=1))
    with refused_kindly():
        retire_indicator(indicator, successor=indicator, on=DAY, by=world.people["admin"], at=NOW)
    with as_owner(), refused("indicator_succeeds_another"):
        run("UPDATE catalog_indicator SET successor_id = id")


# --- Prices ------------------------------------------------------------------------------------------


def test_a_price_is_the_one_in_force_that_day(world: World) -> None:
    item, admin = an_item(), world.people["admin"]
    for day, price in ((date(2026, 3, 21), 100), (date(2026, 9, 23), 150)):
        set_rate(
            item,
            rial_per_unit=price,
            valid_from=day,
            source_fa="بازار",
            source_en="market",
            by=admin,
            at=NOW,
        )
    days = (
        date(2026, 3, 20),
        date(2026, 3, 21),
        date(2026, 9, 22),
        date(2026, 9, 23),
        date(2030, 1, 1),
    )
    found = [rate_on(item.pk, day) for day in days]
    assert [rate.rial_per_unit if rate else None for rate in found] == [None, 100, 100, 150, 150]


@pytest.mark.parametrize(("price", "source"), [(0, "بازار"), (-5, "بازار"), (5, " ")])
def test_a_price_is_more_than_nothing_and_has_a_source(
    world: World, price: int, source: str
) -> None:
    with refused_kindly():
        set_rate(
            an_item(),
            rial_per_unit=price,
            valid_from=DAY,
            source_fa=source,
            source_en="",
            by=world.people["admin"],
            at=NOW,
        )


def test_there_is_one_price_a_day_also_for_those_who_go_round_the_action(world: World) -> None:
    item, admin = an_item(), world.people["admin"]
    set_rate(
        item,
        rial_per_unit=5,
        valid_from=DAY,
        source_fa="بازار",
        source_en="market",
        by=admin,
        at=NOW,
    )
    with refused_kindly(status=409):
        set_rate(
            item,
            rial_per_unit=6,
            valid_from=DAY,
            source_fa="بازار",
            source_en="market",
            by=admin,
            at=NOW,
        )
    with refused("rate_once_a_day"):
        Rate.objects.create(item=item, rial_per_unit=6, valid_from=DAY)
    with refused("rate_is_positive"):
        Rate.objects.create(item=item, rial_per_unit=0, valid_from=DAY + timedelta(days=1))


# --- Dimension sets ----------------------------------------------------------------------------------


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["x", "y"]), max_size=5),
    st.randoms(),
)
def test_one_set_has_one_key_in_whatever_order_it_is_given(
    options: dict[str, str], chance: Any
) -> None:
    pairs = list(options.items())
    chance.shuffle(pairs)
    assert canonical_key(dict(pairs)) == canonical_key(options)
    assert cut_of(options) == ",".join(sorted(options))
    assert canonical_key(options).count("=") == len(options)


def test_a_set_is_made_once_and_the_empty_one_is_the_total(world: World) -> None:
    a_dimension("sex", "women", "men")
    a_dimension("age", "young")
    made = dimension_set({"sex": "women", "age": "young"})
    assert dimension_set({"age": "young", "sex": "women"}) == made
    assert (made.key, made.cut, len(made.options)) == ("age=young,sex=women", "age,sex", 2)
    assert dimension_set({}).pk == TOTAL
    assert DimensionSet.objects.filter(key="").count() == 1
    for unknown in ({"sex": "other"}, {"colour": "red"}):
        with refused_kindly():
            dimension_set(unknown)


def test_an_indicator_offers_only_the_sets_of_its_own_dimensions(world: World) -> None:
    sex, _age = a_dimension("sex", "women"), a_dimension("age", "young")
    indicator = an_indicator()
    indicator.dimensions.add(sex)
    women, _both = dimension_set({"sex": "women"}), dimension_set({"sex": "women", "age": "young"})
    assert list(dimension_sets_for(indicator)) == [women]


# --- Loading -----------------------------------------------------------------------------------------


def test_the_shipped_dictionary_is_loaded_into_an_empty_catalogue_only(world: World) -> None:
    before = Indicator.objects.count()
    load_dictionary(at=NOW)
    assert Indicator.objects.count() == before > 0


@pytest.mark.parametrize("asked", ["پروژه", "پروژة", "projects-opened", "پروژه‌های"])
def test_an_indicator_is_found_however_it_is_typed(world: World, asked: str) -> None:
    indicator = an_indicator("projects-opened", name_fa="پروژه‌های افتتاح‌شده")
    assert indicator in find_indicators(asked)
