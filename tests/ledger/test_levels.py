"""Which levels totals are kept for, and how a database comes to hold more of them."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from builders import DAY, World, an_entry, an_indicator
from karnameh.catalog.public import Indicator
from karnameh.kernel.period import Period
from karnameh.ledger.levels import KEPT, Kept, joined, read, spans, written
from karnameh.ledger.public import Axis, Cell, Stage, deepen
from karnameh.ledger.rolling import stands_now
from workbench import as_owner, ask, cells_of, fold_now, quantity_of, run, sound

WEEK = Period(DAY - timedelta(days=3), DAY + timedelta(days=3))  # begins and ends inside a month
OLD = [2, 1, 1, -1]


def as_before() -> None:
    """As a version before has left it: no days of counties nor of places."""
    with as_owner():
        run("UPDATE ledger_foldstate SET levels = %s", [OLD])


def a_week(world: World) -> Indicator:
    """Entries of several units, days, stages and transactions, some of them taken back or fulfilled."""
    indicator, officer = an_indicator(), world.people["officer"]
    pledge = an_entry(world.local, indicator, 90, by=officer, stage=Stage.PLEDGED)
    for n, unit in enumerate([world.local, world.shiraz, world.twin, world.mehriz, world.local]):
        day = DAY + timedelta(days=n - 2)
        fulfils = pledge.pk if unit == world.local else None
        an_entry(unit, indicator, 7 + n, by=officer, ends_on=day, fulfils=fulfils)
        fold_now()
    return indicator


def asked(world: World, indicator: Indicator) -> list[list[Cell]]:
    """The week of every node that gains levels, in every grouping that a page asks for."""
    nodes = [world.shiraz, world.fars, world.fars.place, world.nation.place, world.shiraz.place]
    return [
        cells_of(node, indicator, WEEK, by=by) for node in nodes for by in ("node", "child", "day")
    ]


def test_a_week_of_a_county_and_of_a_place_is_read_from_totals(world: World) -> None:
    """Shown by a total that lies: only who reads it repeats the lie."""
    indicator = an_indicator()
    an_entry(world.local, indicator, 7, by=world.people["officer"])
    fold_now()
    with as_owner():
        run("UPDATE ledger_total SET quantity = quantity + 100 WHERE grain = 0")
    for node in (world.nation, world.fars, world.shiraz, world.nation.place, world.fars.place):
        assert quantity_of(node, indicator, period=WEEK) == 107, node
    assert quantity_of(world.local, indicator, period=WEEK) == 7
    assert quantity_of(world.shiraz.place, indicator, period=WEEK) == 7


def test_more_levels_are_filled_in_portion_by_portion_and_every_answer_stays(world: World) -> None:
    as_before()
    indicator = a_week(world)
    before = asked(world, indicator)
    assert any(before)
    portions = 0
    while deepen(batch=1):
        portions += 1
        assert stands_now().kept == read(OLD)
        assert asked(world, indicator) == before
        sound()
    assert portions > 3
    assert stands_now().kept == KEPT
    assert asked(world, indicator) == before
    sound()
    assert not deepen()


def test_folding_goes_on_while_more_levels_are_filled_in(world: World) -> None:
    as_before()
    indicator = a_week(world)
    assert deepen(batch=1)
    an_entry(world.shiraz, indicator, 1000, by=world.people["officer"])
    assert quantity_of(world.shiraz, indicator, period=WEEK) == 7 + 8 + 11 + 1000
    fold_now()
    sound()
    while deepen(batch=1):
        sound()
    assert quantity_of(world.shiraz, indicator, period=WEEK) == 7 + 8 + 11 + 1000
    sound()


def test_levels_that_a_third_version_wants_come_after_those_that_are_being_filled_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_before()
    indicator = a_week(world)
    before = asked(world, indicator)
    assert deepen(batch=1)
    third = {Axis.UNIT: Kept(months=3, days=2), Axis.PLACE: Kept(months=2, days=2)}
    monkeypatch.setattr("karnameh.ledger.folding.KEPT", third)
    while deepen(batch=1):
        sound()
    assert stands_now().kept == KEPT
    while deepen(batch=1):
        sound()
    assert stands_now().kept == third
    assert asked(world, indicator) == before
    sound()


def test_what_a_database_holds_is_never_given_up() -> None:
    deeper = {Axis.UNIT: Kept(months=1, days=3), Axis.PLACE: Kept(months=2, days=-1)}
    both = joined(KEPT, deeper)
    assert written(both) == [2, 3, 2, 1]
    assert {key: list(depths) for key, depths in spans(both, beyond=KEPT).items()} == {
        (Axis.UNIT, 1): [], (Axis.UNIT, 0): [3], (Axis.PLACE, 1): [], (Axis.PLACE, 0): [],
    }  # fmt: skip


@pytest.mark.parametrize("folded", [False, True], ids=["nothing is folded", "entries are folded"])
def test_a_database_that_is_brought_up_to_date_says_what_its_totals_hold(
    world: World, folded: bool
) -> None:
    migration = import_module("karnameh.ledger.migrations.0012_levels")
    if folded:
        an_entry(world.local, an_indicator(), 7, by=world.people["officer"])
        fold_now()
    with as_owner():
        run("UPDATE ledger_foldstate SET levels = %s", [migration.UNTIL_NOW])
        migration.where_nothing_is_folded(None, SimpleNamespace(connection=connection))
    stored = ask("SELECT levels FROM ledger_foldstate")
    assert stored == (migration.UNTIL_NOW if folded else written(KEPT))
