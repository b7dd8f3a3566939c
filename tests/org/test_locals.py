"""The sets of local units: who is in them, and that they are read anew after every change."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from builders import DAY, FOUNDED, NOW, World
from karnameh.org.public import (
    NewUnit,
    OrgUnit,
    UnitKind,
    close_unit,
    local_units,
    move_unit,
    open_unit,
    set_of,
)

ONE = timedelta(days=1)


@given(st.sets(st.integers(0, 5000)))
def test_a_set_has_the_bit_of_each_member(units: set[int]) -> None:
    assert set_of(units) == sum(1 << unit for unit in units)


def members(units: int) -> set[int]:
    return {bit for bit in range(units.bit_length()) if units >> bit & 1}


def locals_under(unit: OrgUnit) -> set[int]:
    rows = OrgUnit.objects.filter(kind="local", line__contains=[unit.pk])
    return set(rows.values_list("pk", flat=True))


def a_new_one(world: World, code: str) -> OrgUnit:
    place = world.local.place
    new = NewUnit(code=code, name_fa="واحد تازه", name_en="New", kind=UnitKind.LOCAL, place=place)
    return open_unit(new, parent=world.local.parent, on=DAY, by=world.people["officer"], at=NOW)


def test_every_node_has_the_local_units_beneath_it(world: World) -> None:
    beneath = local_units().beneath
    for unit in OrgUnit.objects.all():
        assert members(beneath.get(unit.pk, 0)) == locals_under(unit)


def test_the_days_of_opening_and_closing_are_days_of_work(world: World) -> None:
    officer, unit = world.people["officer"], a_new_one(world, "T-9")
    bit = 1 << unit.pk
    close_unit(unit, on=DAY + 9 * ONE, by=officer, at=NOW)
    units = local_units()
    assert units.beneath[unit.pk] == bit
    assert not units.open_between(FOUNDED, DAY - ONE) & bit
    assert units.open_between(FOUNDED, DAY) & bit
    assert units.open_between(DAY + 9 * ONE, DAY + 20 * ONE) & bit
    assert not units.open_between(DAY + 10 * ONE, DAY + 20 * ONE) & bit
    assert units.open_between(FOUNDED, DAY - ONE) & 1 << world.local.pk


def test_they_are_kept_until_a_unit_changes(own_world: World) -> None:
    world, officer = own_world, own_world.people["officer"]
    assert local_units() is local_units()
    unit = a_new_one(world, "T-9")
    assert local_units().beneath[world.fars.pk] >> unit.pk & 1
    move_unit(unit, parent=world.locals["taft"][0].parent, on=DAY, by=officer, at=NOW)
    assert not local_units().beneath[world.fars.pk] >> unit.pk & 1
    assert local_units() is local_units()


def test_a_change_that_is_going_on_is_seen_by_its_own_transaction_only(own_world: World) -> None:
    seen = []

    def look_from_beside() -> None:
        seen.append(local_units())
        connection.close()

    before = local_units()
    with transaction.atomic():
        first = a_new_one(own_world, "T-8")
        assert local_units().beneath[first.pk]
        beside = Thread(target=look_from_beside)
        beside.start()
        beside.join()
        second = a_new_one(own_world, "T-9")
        assert local_units().beneath[second.pk]
    assert seen == [before]
    assert {first.pk, second.pk} <= members(local_units().beneath[own_world.fars.pk])
