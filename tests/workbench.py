"""Tools of the tests that go round the actions: raw rows, the owner's role, the passing of moments.

A test runs inside one transaction, and folding never takes a transaction that is still open. So
`next_moment` lifts the clock's offset, as a restore does (by a million, for the other worker may hold an older transaction): for the ledger, what was posted before it
was posted by an earlier transaction, and folding takes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from builders import DAY, NOW
from builders import as_owner as as_owner  # for those who use the other tools, too
from karnameh.access.public import Reach, Stretch
from karnameh.catalog.public import Indicator
from karnameh.kernel.ids import new_id
from karnameh.kernel.period import Period
from karnameh.ledger.checking import Finding
from karnameh.ledger.public import (
    Bucket,
    Cell,
    Entry,
    Question,
    Stage,
    Tally,
    check,
    fold_all,
    roll_up,
)
from karnameh.org.public import OrgUnit, Place, PlacePlacement, UnitPlacement
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal

ALWAYS = Period(None, None)


def run(sql: str, parameters: Sequence[Any] = ()) -> None:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)


def ask(sql: str, parameters: Sequence[Any] = ()) -> Any:
    """The first column of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        row = cursor.fetchone()
    return row[0] if row else None


def next_moment() -> None:
    """Let everything posted so far belong to a finished transaction."""
    with as_owner():
        run('UPDATE ledger_epoch SET "offset" = "offset" + 1000000')


def fold_now() -> int:
    """Fold everything posted so far; how many entries that were."""
    next_moment()
    return fold_all()


def findings() -> list[Finding]:
    """What `check` finds; its scratch tables are gone afterwards, though the transaction goes on."""
    with transaction.atomic():
        found = check().findings
        transaction.set_rollback(True)
    return found


def sound() -> None:
    """Every stored total is what the entries say."""
    assert findings() == []


def rule_of(trouble: BaseException) -> str:
    """The name of the rule that a database error, or a refusal made from one, carries."""
    cause: BaseException | None = trouble
    while cause is not None:
        name = getattr(getattr(cause, "diag", None), "constraint_name", None)
        if name:
            return str(name)
        cause = cause.__cause__
    return ""


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """The database itself refuses the block, by this rule."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert rule_of(caught.value) == rule, str(caught.value)


@contextmanager
def refused_kindly(rule: str = "", *, status: int = 0) -> Iterator[None]:
    """The action refuses the block with a sentence; `rule` when the database found it out."""
    with pytest.raises(Refusal) as caught, transaction.atomic():
        yield
    assert str(caught.value.sentence)
    assert rule_of(caught.value) == rule, rule_of(caught.value)
    assert status in (0, caught.value.status)


def a_raw_row(
    unit: OrgUnit,
    indicator: Indicator,
    quantity: int | str | None = 10,
    *,
    by: User,
    **columns: Any,
) -> dict[str, Any]:
    """All columns of an entry, made without the product's actions."""
    place = columns.get("place_id", unit.place_id)
    day = columns.get("ends_on", DAY)
    row: dict[str, Any] = {
        "id": new_id(), "posted_at": NOW, "posted_by_id": by.pk, "indicator_id": indicator.pk, "stage": 2,
        "kind": 0, "unit_id": unit.pk, "unit_placement_id": UnitPlacement.objects.get(node=unit, valid_to=None).pk,
        "place_id": place, "place_placement_id": PlacePlacement.objects.get(node=place, valid_to=None).pk,
        "activity_id": None, "starts_on": day, "ends_on": day, "item_id": None, "dimensions_id": 1,
        "part_of_id": None, "quantity": None if quantity is None else Decimal(quantity), "rial": None,
        "qualifier": 5 if quantity is None else 1, "coverage": 1, "role": 1, "fulfils_id": None,
        "verifies_id": None, "corrects_id": None, "batch": None, "batch_row": None, "as_written": "",
        "note": "", "digest": b"\0" * 32,
    }  # fmt: skip
    return row | columns


def a_raw_reversal(entry: Entry, **columns: Any) -> dict[str, Any]:
    """The exact mirror of `entry`, with some columns set otherwise."""
    fields = [one.attname for one in Entry._meta.concrete_fields if one.attname != "clock"]
    row = {name: getattr(entry, name) for name in fields}
    row |= {
        "id": new_id(), "kind": 1, "corrects_id": entry.pk,
        "quantity": None if entry.quantity is None else -entry.quantity,
        "rial": None if entry.rial is None else -entry.rial,
    }  # fmt: skip
    return row | columns


def insert_raw(row: dict[str, Any], *, clock: str = "ledger_now()") -> UUID:
    """INSERT without asking any action; `clock` is SQL."""
    names = list(row)
    run(
        f"INSERT INTO ledger_entry (clock, {', '.join(names)}) VALUES ({clock}, {', '.join(['%s'] * len(names))})",
        list(row.values()),
    )
    identifier: UUID = row["id"]
    return identifier


def everywhere() -> Reach:
    """The reach of somebody who may see every unit of every tree."""
    roots = OrgUnit.objects.filter(parent=None).values_list("path", flat=True)
    return Reach(tuple(Stretch(path) for path in roots))


def cells_of(
    node: OrgUnit | Place,
    indicator: Indicator,
    period: Period = ALWAYS,
    *,
    by: Any = "node",
    then: bool = False,
    reach: Reach | None = None,
) -> list[Cell]:
    """The roll-up of one indicator."""
    return roll_up(
        reach or everywhere(), Question(node, period, then=then, indicators=(indicator.pk,)), by=by
    )


def cell_of(
    node: OrgUnit | Place, indicator: Indicator, stage: Stage = Stage.REPORTED, bucket: Bucket = Bucket.OWN,
    period: Period = ALWAYS, *, then: bool = False, reach: Reach | None = None,
) -> Cell | None:  # fmt: skip
    """The one sum for a stage and bucket; None when there is none."""
    found = [
        one for one in cells_of(node, indicator, period, then=then, reach=reach)
        if one.stage == stage and one.bucket == bucket
    ]  # fmt: skip
    assert len(found) <= 1
    return found[0] if found else None


def quantity_of(
    node: OrgUnit | Place, indicator: Indicator, stage: Stage = Stage.REPORTED, bucket: Bucket = Bucket.OWN,
    period: Period = ALWAYS, *, then: bool = False, reach: Reach | None = None,
) -> Decimal | None:  # fmt: skip
    """Its quantity; None when there is nothing at all."""
    found = cell_of(node, indicator, stage, bucket, period, then=then, reach=reach)
    return found.tally.quantity if found else None


def tally_at(
    node: OrgUnit | Place,
    indicator: Indicator,
    stage: Stage = Stage.REPORTED,
    bucket: Bucket = Bucket.OWN,
) -> Tally:
    """Its tally; an empty one when there is nothing."""
    found = cell_of(node, indicator, stage, bucket)
    return found.tally if found else Tally()


def balance_of(
    node: OrgUnit | Place, indicator: Indicator, period: Period = ALWAYS
) -> tuple[Decimal, Decimal]:
    """What is open and what is over of the promises beneath `node`."""
    found = cell_of(node, indicator, Stage.PLEDGED, period=period)
    return (found.open, found.over) if found else (Decimal(0), Decimal(0))
