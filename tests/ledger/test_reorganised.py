"""Totals while the trees change: as it was then, as it is now, and the moments between."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from builders import DAY, NOW, World, a_unit, an_entry, an_indicator
from karnameh.catalog.public import Indicator
from karnameh.kernel.period import Period
from karnameh.ledger.public import rehome
from karnameh.org.public import OrgUnit, Place, UnitKind, merge_units, move_place, move_unit
from workbench import cells_of, findings, fold_now, quantity_of, sound

BEFORE, AFTER = DAY - timedelta(days=3), DAY + timedelta(days=3)
PART = Period(
    DAY - timedelta(days=2), AFTER
)  # begins and ends inside months: rows where no days are folded
WHOLE = Period(None, None)


def follow() -> None:
    """Fold, and let the totals follow the trees."""
    fold_now()
    while rehome():
        pass
    sound()


def again(node: OrgUnit) -> OrgUnit:
    return OrgUnit.objects.get(pk=node.pk)


def seen(
    world: World, indicator: Indicator, *, then: bool = False, period: Period = WHOLE
) -> dict[str, Decimal | None]:
    names = ("nation", "fars", "yazd", "shiraz", "twin", "mehriz", "taft")
    return {
        n: q
        for n in names
        if (q := quantity_of(again(getattr(world, n)), indicator, then=then, period=period))
        is not None
    }


@pytest.mark.parametrize("period", [WHOLE, PART], ids=["whole", "part"])
@pytest.mark.parametrize("rule", ["sum", "last"])
def test_a_unit_that_moved_counts_here_now_and_there_then(
    world: World, period: Period, rule: str
) -> None:
    indicator, officer = (
        an_indicator(time_rule=rule, nature="flow" if rule == "sum" else "stock"),
        world.people["officer"],
    )
    an_entry(world.local, indicator, 10, by=officer)
    fold_now()
    move_unit(world.local, parent=world.taft, on=AFTER, by=world.people["admin"], at=NOW)
    an_entry(world.local, indicator, 5, by=officer, ends_on=AFTER)
    total, moved = (15, {"yazd": 15, "taft": 15}) if rule == "sum" else (5, {"yazd": 5, "taft": 5})
    then = (
        {"nation": 15, "fars": 10, "shiraz": 10, "yazd": 5, "taft": 5}
        if rule == "sum"
        else {"nation": 5, "yazd": 5, "taft": 5}
    )
    assert seen(world, indicator, then=True, period=period) == then
    follow()
    assert seen(world, indicator, period=period) == {"nation": total, **moved}
    assert seen(world, indicator, then=True, period=period) == then
    assert seen(world, indicator, then=True, period=Period(None, DAY)) == {
        "nation": 10,
        "fars": 10,
        "shiraz": 10,
    }


@pytest.mark.parametrize("period", [WHOLE, PART], ids=["whole", "part"])
def test_a_county_that_moved_keeps_its_own_past_as_it_was_then(
    world: World, period: Period
) -> None:
    indicator = an_indicator()
    an_entry(world.local, indicator, 10, by=world.people["officer"])
    move_unit(world.shiraz, parent=world.yazd, on=AFTER, by=world.people["admin"], at=NOW)
    for _ in range(2):
        assert seen(world, indicator, then=True, period=period) == {
            "nation": 10,
            "fars": 10,
            "shiraz": 10,
        }
        children = cells_of(again(world.shiraz), indicator, period, by="child", then=True)
        assert [(cell.key, cell.tally.quantity) for cell in children] == [(world.local.pk, 10)]
        assert quantity_of(again(world.local), indicator, then=True, period=period) == 10
        follow()
    assert seen(world, indicator, period=period) == {"nation": 10, "yazd": 10, "shiraz": 10}


@pytest.mark.parametrize("period", [WHOLE, PART], ids=["whole", "part"])
def test_a_county_that_moved_is_a_child_of_each_parent_for_its_own_time(
    world: World, period: Period
) -> None:
    indicator, officer = an_indicator(), world.people["officer"]
    an_entry(world.local, indicator, 10, by=officer)
    move_unit(world.shiraz, parent=world.yazd, on=AFTER, by=world.people["admin"], at=NOW)
    an_entry(world.local, indicator, 3, by=officer, ends_on=AFTER)
    for _ in range(2):
        for parent, quantity in ((world.fars, 10), (world.yazd, 3)):
            children = cells_of(again(parent), indicator, period, by="child", then=True)
            assert [(cell.key, cell.tally.quantity) for cell in children] == [
                (world.shiraz.pk, quantity)
            ]
        follow()


@pytest.mark.parametrize("period", [WHOLE, PART], ids=["whole", "part"])
def test_a_unit_that_changed_its_level_is_found_then_and_now(world: World, period: Period) -> None:
    indicator, admin = an_indicator(), world.people["admin"]
    district = a_unit("بخش مرکزی", world.shiraz, world.shiraz.place, UnitKind.DISTRICT)
    unit = a_unit("همیاران بخش", district, world.shiraz.place)
    an_entry(unit, indicator, 10, by=world.people["officer"])
    move_unit(unit, parent=world.shiraz, on=AFTER, by=admin, at=NOW)
    move_unit(world.twin, parent=world.shiraz, on=AFTER, by=admin, at=NOW)
    an_entry(world.locals["twin"][0], indicator, 3, by=world.people["officer"])
    for _ in range(2):
        assert quantity_of(again(unit), indicator, then=True, period=period) == 10
        assert quantity_of(again(district), indicator, then=True, period=period) == 10
        assert quantity_of(again(world.twin), indicator, then=True, period=period) == 3
        assert {c.key: c.tally.quantity for c in cells_of(world.fars, indicator, period, by="child", then=True)} == {
            world.shiraz.pk: 10, world.twin.pk: 3,
        }  # fmt: skip
        follow()
    assert quantity_of(again(world.twin), indicator, period=period) == 3
    assert {
        c.key: c.tally.quantity for c in cells_of(world.fars, indicator, period, by="child")
    } == {world.shiraz.pk: 13}


def test_two_moves_on_one_day_with_entries_between_leave_no_residue_in_the_totals(
    world: World,
) -> None:
    indicator, admin, officer = an_indicator(), world.people["admin"], world.people["officer"]
    move_unit(world.local, parent=world.taft, on=DAY, by=admin, at=NOW)
    an_entry(world.local, indicator, 10, by=officer)
    follow()
    move_unit(world.local, parent=world.mehriz, on=DAY, by=admin, at=NOW)
    follow()
    assert findings() == []
    assert seen(world, indicator) == {"nation": 10, "yazd": 10, "mehriz": 10}
    # As it was then: where the unit stood when this was posted.
    assert seen(world, indicator, then=True) == {"nation": 10, "yazd": 10, "taft": 10}


@pytest.mark.parametrize("period", [WHOLE, PART], ids=["whole", "part"])
def test_between_a_move_and_the_totals_nothing_is_lost_and_nothing_counted_twice(
    world: World, period: Period
) -> None:
    indicator = an_indicator()
    an_entry(world.local, indicator, 10, by=world.people["officer"])
    fold_now()
    move_unit(world.local, parent=world.taft, on=AFTER, by=world.people["admin"], at=NOW)
    for by, parents in (
        ("county", ("shiraz", "twin", "mehriz", "taft")),
        ("province", ("fars", "yazd")),
    ):
        found = [
            quantity_of(again(getattr(world, name)), indicator, period=period) for name in parents
        ]
        assert [q for q in found if q is not None] == [10], by
    assert quantity_of(again(world.local), indicator, period=period) == 10


@pytest.mark.parametrize("period", [WHOLE, PART], ids=["whole", "part"])
def test_the_past_of_a_merged_unit_counts_under_the_one_it_went_into(
    world: World, period: Period
) -> None:
    indicator, admin, officer = an_indicator(), world.people["admin"], world.people["officer"]
    an_entry(world.shiraz, indicator, 7, by=officer)
    an_entry(world.local, indicator, 10, by=officer)
    fold_now()
    merge_units([world.shiraz], into=world.taft, on=AFTER, by=admin, at=NOW)
    follow()
    assert seen(world, indicator, period=period) == {
        "nation": 17,
        "yazd": 17,
        "taft": 17,
        "shiraz": 7,
    }
    assert seen(world, indicator, then=True, period=period) == {
        "nation": 17,
        "fars": 17,
        "shiraz": 17,
    }
    merge_units([world.taft], into=world.mehriz, on=AFTER, by=admin, at=NOW)
    follow()
    assert seen(world, indicator, period=period) == {
        "nation": 17,
        "yazd": 17,
        "mehriz": 17,
        "taft": 7,
        "shiraz": 7,
    }


@pytest.mark.parametrize("period", [WHOLE, PART], ids=["whole", "part"])
def test_a_merged_province_stands_among_the_children_of_the_one_it_went_into(
    world: World, period: Period
) -> None:
    indicator, officer = an_indicator(), world.people["officer"]
    an_entry(world.fars, indicator, 7, by=officer)
    an_entry(world.local, indicator, 10, by=officer)
    merge_units([world.fars], into=world.yazd, on=AFTER, by=world.people["admin"], at=NOW)
    follow()
    found = {
        cell.key: cell.tally.quantity
        for cell in cells_of(again(world.yazd), indicator, period, by="child")
    }
    assert found == {world.fars.pk: 7, world.shiraz.pk: 10}


def test_a_place_that_moved_counts_here_now_and_there_then(world: World) -> None:
    indicator = an_indicator()
    an_entry(world.local, indicator, 10, by=world.people["officer"])
    fold_now()
    move_place(
        world.shiraz.place, parent=world.yazd.place, on=AFTER, by=world.people["admin"], at=NOW
    )
    follow()
    fars, yazd = (Place.objects.get(pk=unit.place_id) for unit in (world.fars, world.yazd))
    assert [quantity_of(node, indicator) for node in (fars, yazd)] == [None, 10]
    assert [quantity_of(node, indicator, then=True) for node in (fars, yazd)] == [10, None]
    assert seen(world, indicator) == {"nation": 10, "fars": 10, "shiraz": 10}


def test_what_a_province_may_see_of_a_place_follows_the_unit_and_not_the_place(
    world: World,
) -> None:
    """A unit of Fars that cooked in Yazd and then moved to Yazd is no longer in the numbers of Fars, before folding and after."""
    indicator, officer = an_indicator(), world.people["officer"]
    an_entry(world.local, indicator, 10, by=officer, place=world.mehriz.place_id)
    move_unit(world.local, parent=world.taft, on=AFTER, by=world.people["admin"], at=NOW)
    follow()
    an_entry(world.local, indicator, 5, by=officer, place=world.mehriz.place_id, ends_on=AFTER)
    reach = world.reach("fars")
    for then in (False, True):
        before = [
            quantity_of(place, indicator, then=then, reach=reach)
            for place in (world.country, world.mehriz.place)
        ]
        fold_now()
        after = [
            quantity_of(place, indicator, then=then, reach=reach)
            for place in (world.country, world.mehriz.place)
        ]
        assert before == after == [None, None], then
