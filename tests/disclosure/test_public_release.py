"""What of the ledger becomes public: exact for things, protected for people, attacked with all before."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError

from builders import NOW, World, a_new_entry, an_indicator, as_owner
from karnameh.catalog.public import Indicator
from karnameh.kernel.period import Period
from karnameh.ledger.disclosure import SMALLEST, SPREAD, Target, ranges
from karnameh.ledger.models import Release
from karnameh.ledger.public import (
    Entry,
    Publishing,
    Qualifier,
    Stage,
    post_entries,
    preview,
    release,
    reverse_entry,
)
from karnameh.ledger.releasing import _unpacked
from karnameh.plumbing.public import Refusal

FIRST = date(2026, 10, 31)  # a Saturday
WEEKS = Period(FIRST, FIRST + timedelta(days=20))


def people(world: World) -> Indicator:
    """An indicator about people, with small and large counts in every county."""
    indicator = an_indicator(people="people")
    chance = random.Random(5)
    entries = []
    for county, units in world.locals.items():
        for unit in units:
            for day in range(0, 21, 2):
                count = chance.choice((1, 2, 3, 30)) if county != "taft" else 1
                on = FIRST + timedelta(days=day)
                entries.append(a_new_entry(unit, indicator, count, ends_on=on))
    post_entries(entries, by=world.people["officer"], at=NOW)
    return indicator


def test_things_are_exact_down_to_the_day(world: World) -> None:
    indicator = an_indicator()
    by = world.people["officer"]
    entries = [
        a_new_entry(world.local, indicator, 3, ends_on=FIRST),
        a_new_entry(world.locals["taft"][0], indicator, 4, ends_on=FIRST + timedelta(days=1),
                    qualifier=Qualifier.AT_LEAST),
    ]  # fmt: skip
    post_entries(entries, by=by, at=NOW)
    public = release(Publishing(world.nation, None, indicator, WEEKS), what="test", by=by, at=NOW)
    whole = public.totals["whole"][Stage.REPORTED]
    assert whole.quantity == 7
    assert whole.qualifier is Qualifier.AT_LEAST
    assert {row.keys[0]: row.counts[Stage.REPORTED].quantity for row in public.parts} == {
        str(world.fars.pk): 3, str(world.yazd.pk): 4
    }  # fmt: skip
    assert [row.counts[Stage.REPORTED].quantity for row in public.times] == [3, 4]
    assert not public.protected
    assert not Release.objects.exists()


def test_people_are_rounded_merged_and_kept_for_the_attack(world: World) -> None:
    indicator = people(world)
    asked = Publishing(world.nation, None, indicator, WEEKS)
    seen = preview(asked)
    assert not Release.objects.exists()
    public = release(asked, what="test", by=world.people["officer"], at=NOW)
    assert public == seen  # a preview is what then happens
    assert Release.objects.get().what == "test"
    every = [public.totals["whole"], *(row.counts for row in public.parts)]
    every += [row.counts for rows in public.parts_of.values() for row in rows]
    every += [row.counts for row in public.times]
    for counts in every:
        for count in counts.values():
            assert count.quantity is not None
            assert count.quantity % 5 == 0
            assert count.quantity == 0 or count.quantity >= SMALLEST


def test_nothing_public_together_tells_a_small_count_of_a_real_ledger(world: World) -> None:
    """Several releases, a correction between them; then the attacker with all that was kept."""
    indicator = people(world)
    officer = world.people["officer"]
    refused = 0
    periods = [
        WEEKS,
        Period(FIRST, FIRST + timedelta(days=6)),
        Period(FIRST, FIRST + timedelta(days=13)),
    ]
    places = [(world.nation, None), (world.fars, None), (world.nation, world.yazd.place)]
    for number, (unit, place) in enumerate(places):
        for period in periods:
            try:
                release(Publishing(unit, place, indicator, period), what="t", by=officer, at=NOW)
            except Refusal:
                refused += 1
        late = a_new_entry(
            world.locals["mehriz"][0], indicator, 2, ends_on=FIRST + timedelta(days=number)
        )
        post_entries([late], by=officer, at=NOW)
    said = [one for row in Release.objects.all() for one in _unpacked(bytes(row.content))]
    cells: dict[object, set[Any]] = {}
    for one in said:
        for unknown in one.unknowns:
            stage, atom, _count = unknown
            cells.setdefault((stage, atom.unit, atom.on), set()).add(unknown)
    targets = [
        Target(str(name), frozenset({unknown}))
        for name, members in cells.items()
        for unknown in members
        if unknown[2] < SMALLEST
    ]
    assert len(targets) > 30
    for _target, (low, high) in ranges(said, targets).items():
        assert high - low >= SPREAD
        assert high >= SMALLEST
    assert refused < 9


def test_below_a_county_or_within_a_week_nothing_about_people_is_published(world: World) -> None:
    indicator = people(world)
    for unit, period in ((world.local, WEEKS), (world.nation, Period(FIRST, FIRST + timedelta(days=5))),
                         (world.nation, Period(None, None))):  # fmt: skip
        with pytest.raises(Refusal):
            preview(Publishing(unit, None, indicator, period))


def test_a_reversed_count_is_in_no_public_number(world: World) -> None:
    indicator = an_indicator()
    by = world.people["officer"]
    entry = a_new_entry(world.local, indicator, 30, ends_on=FIRST)
    post_entries([entry, a_new_entry(world.local, indicator, 5, ends_on=FIRST)], by=by, at=NOW)
    reverse_entry(Entry.objects.get(pk=entry.id), note="خطا", by=by, at=NOW)
    public = preview(Publishing(world.nation, None, indicator, WEEKS))
    assert public.totals["whole"][Stage.REPORTED].quantity == 5


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_release SET what = 'x'", "DELETE FROM ledger_release"]
)
def test_what_was_released_is_never_changed_also_by_the_owner(world: World, statement: str) -> None:
    release(
        Publishing(world.nation, None, people(world), WEEKS), what="t", by=world.people["officer"], at=NOW
    )  # fmt: skip
    with as_owner(), connection.cursor() as cursor, transaction.atomic():
        with pytest.raises((InternalError, IntegrityError), match="release_is_never_changed"):
            cursor.execute(statement)
        transaction.set_rollback(True)
