"""Sealing: every settled entry becomes a leaf, once, and heads say so. Whatever a superuser changes is found."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from builders import DAY, NOW, World, an_entry, an_indicator
from karnameh.ledger.public import (
    Axis,
    Entry,
    Head,
    ProofQuestion,
    Stage,
    append_record,
    check_log,
    figure_at,
    heads_json,
    prove,
    receipt,
    reverse_entry,
    seal,
)
from karnameh.org.public import move_unit
from workbench import as_owner, next_moment, quantity_of, refused, run

sys.path.insert(0, str(Path(__file__).parents[1] / "proof"))
from histories import verdict


def sealed_now(after: timedelta = timedelta(0)) -> Head:
    """A head over everything posted so far."""
    next_moment()
    head = seal(at=NOW + after)
    run(
        "SET CONSTRAINTS ALL IMMEDIATE"
    )  # as at the end of a transaction; triggers can be tampered with again
    return head


def holds(bundle: dict[str, Any], head: Head, *, alone: bool = False) -> None:
    """The verifier accepts it, and with it all heads."""
    read = json.loads(json.dumps(bundle))
    files = [] if alone else [json.loads(json.dumps(heads_json()))]
    VERIFIED.append(read)
    assert verdict(read, *files, key=None) == ""
    assert read["head"]["public"] == bytes(head.key.public).hex()


VERIFIED: list[Any] = []


def some_entries(world: World) -> tuple[Any, list[Entry]]:
    """A handful of everything: quantities, reversals, unknown ones, two offices, the nation itself."""
    indicator, officer = an_indicator(), world.people["officer"]
    made = [
        an_entry(world.local, indicator, 10, by=world.people["leader"], note="یادداشت"),
        an_entry(world.locals["twin"][0], indicator, 5, by=officer),
        an_entry(world.nation, indicator, 7, by=officer),
        an_entry(world.fars, indicator, "2.5", by=officer),
        an_entry(world.locals["taft"][1], indicator, None, by=officer),
        an_entry(world.local, indicator, 40, by=officer, ends_on=DAY - timedelta(days=40)),
    ]
    reverse_entry(made[1], note="اشتباه", by=officer, at=NOW)
    return indicator, made


def test_a_head_holds_every_settled_entry_and_proves_its_sums(world: World) -> None:
    indicator, made = some_entries(world)
    head = sealed_now()
    assert (head.number, head.entries, Entry.objects.count()) == (1, 7, 7)
    for unit in (world.nation, world.fars, world.shiraz, world.local, world.taft, world.mehriz):
        for start, end in ((DAY, DAY), (None, None), (DAY - timedelta(days=60), DAY)):
            question = ProofQuestion(unit.pk, indicator.pk, Stage.REPORTED, start, end)
            holds(prove(question, head), head)
    assert figure_at(
        ProofQuestion(world.nation.pk, indicator.pk, Stage.REPORTED), head
    ).quantity == quantity_of(world.nation, indicator)
    place = ProofQuestion(world.country.pk, indicator.pk, Stage.REPORTED, axis=Axis.PLACE)
    assert figure_at(place, head).entries == 5
    holds(prove(place, head), head)
    for one in made:
        holds(receipt(one, None, head), head)
        whole = ProofQuestion(world.nation.pk, indicator.pk, Stage.REPORTED)
        holds({**prove(whole, head), "receipts": receipt(one, whole, head)["receipts"]}, head)


def test_nothing_is_numbered_twice_and_what_is_not_settled_waits(world: World) -> None:
    indicator, _made = some_entries(world)
    first = sealed_now()
    assert seal(at=NOW).number == 1
    an_entry(world.local, indicator, 3, by=world.people["leader"])
    assert seal(at=NOW).size == first.size  # its transaction still runs
    append_record("segment", "2026-11-21", digest=bytes(32), size=9, at=NOW)
    second = sealed_now(timedelta(hours=1))
    assert (second.number, second.entries, second.size) == (2, first.entries + 1, first.size + 2)
    assert check_log().findings == []
    # The head of before still proves what it proved.
    holds(prove(ProofQuestion(world.nation.pk, indicator.pk, Stage.REPORTED), first), first)


def test_a_reorganisation_moves_sums_and_the_older_head_keeps_its_own_tree(world: World) -> None:
    indicator, made = some_entries(world)
    before = sealed_now()
    move_unit(world.local, parent=world.taft, on=DAY, by=world.people["admin"], at=NOW)
    after = sealed_now(timedelta(hours=1))
    assert after.number == 2
    old, new = world.fars, world.yazd
    for head, unit, expected in (
        (before, old, 50),
        (before, new, 0),
        (after, old, 0),
        (after, new, 50),
    ):
        question = ProofQuestion(
            unit.pk, indicator.pk, Stage.REPORTED, DAY - timedelta(days=60), DAY
        )
        assert figure_at(question, head).quantity == expected + (
            Decimal("2.5") if unit is old else 0
        )
        holds(prove(question, head), head)
    holds(receipt(made[0], None, before), before)
    holds(
        receipt(made[0], ProofQuestion(world.yazd.pk, indicator.pk, Stage.REPORTED), after), after
    )
    assert check_log().findings == []


def test_heads_and_leaves_are_never_changed_by_anybody(world: World) -> None:
    some_entries(world)
    sealed_now()
    with as_owner():
        for table in ("ledger_head", "ledger_leafpage", "ledger_sumpage", "ledger_sumnode", "ledger_lognode",
                      "ledger_logkey", "ledger_sumhome"):  # fmt: skip
            for change in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
                if table == "ledger_lognode" and change.startswith("DELETE"):
                    continue
                with pytest.raises(Exception, match="log_is_never_changed"), _savepoint():
                    run(change)
        with refused("log_only_grows"):
            run("UPDATE ledger_logstate SET size = 0")
        with refused("head_continues_the_last"):
            run(
                "INSERT INTO ledger_head SELECT number + 2, epoch, size, entries, root, totals, at, digest, digest, signature,"
                " key_id FROM ledger_head"
            )


def _savepoint() -> Any:
    from django.db import transaction

    return transaction.atomic()


# --- a superuser --------------------------------------------------------------------------------------


def _as_superuser(*statements: str) -> None:
    """Past all triggers."""
    with as_owner():
        for table in (
            "ledger_entry",
            "ledger_head",
            "ledger_leafpage",
            "ledger_sumpage",
            "ledger_lognode",
        ):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for one in statements:
            run(one)
        for table in (
            "ledger_entry",
            "ledger_head",
            "ledger_leafpage",
            "ledger_sumpage",
            "ledger_lognode",
        ):
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _copy_of(pk: Any, change: str) -> str:
    columns = [f.column for f in Entry._meta.local_fields]
    values = [
        "gen_random_uuid()" if c == "id" else change if c == "quantity" else f'"{c}"'
        for c in columns
    ]
    names = ", ".join(f'"{c}"' for c in columns)
    return f"INSERT INTO ledger_entry ({names}) SELECT {', '.join(values)} FROM ledger_entry WHERE id = '{pk}'"


KINDS: dict[str, Callable[[Any, Any], list[str]]] = {
    "change a quantity": lambda a, b: [
        f"UPDATE ledger_entry SET quantity = quantity + 1 WHERE id = '{a}'"
    ],
    "change a note": lambda a, b: [f"UPDATE ledger_entry SET note = 'نه' WHERE id = '{a}'"],
    "change who posted": lambda a, b: [
        f"UPDATE ledger_entry SET posted_by_id = (SELECT max(id) FROM people_user) WHERE id = '{a}'"
    ],
    "change the day": lambda a, b: [
        f"UPDATE ledger_entry SET ends_on = ends_on + 1 WHERE id = '{a}'"
    ],
    "move to another unit": lambda a, b: [
        f"UPDATE ledger_entry SET unit_id = (SELECT unit_id FROM ledger_entry WHERE id = '{b}') + 1 WHERE id = '{a}'"
    ],
    "drop": lambda a, b: [f"DELETE FROM ledger_entry WHERE id = '{a}'"],
    "add": lambda a, b: [_copy_of(a, "99")],
    "back-date the clock": lambda a, b: [
        f"UPDATE ledger_entry SET clock = clock - 1 WHERE id = '{a}'"
    ],
    "back-date the posting": lambda a, b: [
        f"UPDATE ledger_entry SET posted_at = posted_at - interval '1 day' WHERE id = '{a}'"
    ],
    "exchange two": lambda a, b: [
        f"UPDATE ledger_entry SET note = id::text WHERE id IN ('{a}', '{b}')",
        f"UPDATE ledger_entry SET id = gen_random_uuid() WHERE id = '{a}'",
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_superuser_does_to_a_sealed_entry_is_found(world: World, kind: str) -> None:
    """Three random places for each kind: the check names it, and the receipt no longer reaches the head."""
    indicator, _made = some_entries(world)
    head = sealed_now()
    assert check_log().findings == []
    from django.db import transaction

    chance = random.Random(kind)
    entries = list(Entry.objects.filter(kind=0, quantity__isnull=False).order_by("pk"))
    for _ in range(3):
        one, other = chance.sample(entries, 2)
        with transaction.atomic():
            _as_superuser(*KINDS[kind](one.pk, other.pk))
            assert check_log().findings, kind
            still = Entry.objects.filter(pk=one.pk).select_related("unit").first()
            if still is not None and kind != "add":
                try:
                    made = receipt(
                        still, ProofQuestion(world.nation.pk, indicator.pk, Stage.REPORTED), head
                    )
                except Exception as trouble:
                    assert str(trouble), kind
                else:
                    assert verdict(json.loads(json.dumps(made)), key=None) != "", kind
            transaction.set_rollback(True)
    assert check_log().findings == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_head SET size = size - 1 WHERE number = 1",
        "UPDATE ledger_head SET root = totals WHERE number = 1",
        "UPDATE ledger_head SET at = at - interval '1 day' WHERE number = 1",
        "DELETE FROM ledger_head WHERE number = 1",
        "UPDATE ledger_leafpage SET hashes = overlay(hashes placing '\\x00' from 1)",
        "UPDATE ledger_sumpage SET tally = '9' || tally",
        "UPDATE ledger_sumnode SET tally = '9' || tally WHERE level = 3",
        "DELETE FROM ledger_sumseries",
    ],
)
def test_whatever_a_superuser_does_to_the_log_is_found(world: World, statement: str) -> None:
    some_entries(world)
    sealed_now()
    append_record("note", "second", digest=bytes(32), size=1, at=NOW)
    sealed_now(timedelta(hours=1))
    with as_owner():
        for table in (
            "ledger_head",
            "ledger_leafpage",
            "ledger_sumpage",
            "ledger_sumnode",
            "ledger_sumseries",
        ):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run(statement)
    assert check_log().findings
