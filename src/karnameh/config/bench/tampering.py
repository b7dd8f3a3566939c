"""`bench tampering`: the database's superuser lies at random places, thousands of times. Who finds it?

Two look after each lie: `./karnameh check`, which has the database and remembers heads in a file beside
it, and a stranger with `karnameh-verify.py`, who has kept the heads, the key and where units stand, and
is given figures, heads and leaves by the lying server. A lie that neither finds ends the command with 1.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karnameh.config.bench.filling import federation, own_database
from karnameh.config.bench.machine import sql

_LOG = (
    "ledger_head", "ledger_leafpage", "ledger_leafsalt", "ledger_lognode", "ledger_sumpage", "ledger_sumnode",
    "ledger_sumseries", "ledger_sumhome", "ledger_logrecord", "ledger_logstate",
)  # fmt: skip
_ENTRIES, _HEADS = 24, 4  # of each of the four sealings
_DAYS = 4


@dataclass(frozen=True)
class Places:
    """Where a lie may be told."""

    entries: Sequence[str]  # ids, in the order of the log
    units: Sequence[int]
    indicators: Sequence[int]


Lie = Callable[[random.Random, Places], None]


@dataclass(frozen=True)
class Kept:
    """What a stranger took along while the server was honest."""

    key: str
    number: int
    size: int
    heads: dict[str, Any]
    trees: Sequence[str]
    questions: Sequence[Any]


# --- lies about entries --------------------------------------------------------------------------------


def _changed(assignment: str) -> Lie:
    """One column of one entry; `:other` is the id of another entry, `:n` a small number."""

    def lie(chance: random.Random, places: Places) -> None:
        one, other = chance.sample(list(places.entries), 2)
        values = {
            "one": one, "other": other, "n": chance.randrange(1, 9), "unit": chance.choice(places.units),
            "indicator": chance.choice(places.indicators),
        }  # fmt: skip
        sql(f"UPDATE ledger_entry SET {assignment} WHERE id = %(one)s", values)

    return lie


def _drop(chance: random.Random, places: Places) -> None:
    sql("DELETE FROM ledger_entry WHERE id = %(one)s", {"one": chance.choice(places.entries)})


def _add(chance: random.Random, places: Places) -> None:
    from karnameh.ledger.public import Entry

    columns = [str(one.column) for one in Entry._meta.local_fields]
    values = {"id": "gen_random_uuid()", "quantity": "coalesce(quantity, 0) + 5", "qualifier": "1"}
    names = ", ".join(f'"{one}"' for one in columns)
    taken = ", ".join(values.get(one, f'"{one}"') for one in columns)
    sql(
        f"INSERT INTO ledger_entry ({names}) SELECT {taken} FROM ledger_entry WHERE id = %(one)s",
        {"one": chance.choice(places.entries)},
    )


def _exchange(chance: random.Random, places: Places) -> None:
    """Two entries of different transactions change their places in time."""
    half = len(places.entries) // 2
    pair = {"a": chance.choice(places.entries[:half]), "b": chance.choice(places.entries[half:])}
    sql(
        "UPDATE ledger_entry e SET clock = o.clock, posted_at = o.posted_at FROM ledger_entry o"
        " WHERE (e.id = %(a)s AND o.id = %(b)s) OR (e.id = %(b)s AND o.id = %(a)s)",
        pair,
    )


# --- lies about the log --------------------------------------------------------------------------------


def _byte_of(table: str, column: str, where: str = "true") -> Lie:
    """One bit of a random row of the log."""

    def lie(chance: random.Random, _places: Places) -> None:
        rows = sql(
            f"SELECT ctid::text, length({column}) FROM {table} WHERE {where} AND length({column}) > 0"
        )
        place, length = chance.choice(sorted(rows))
        sql(
            f"UPDATE {table} SET {column} = set_bit({column}, %(bit)s, 1 - get_bit({column}, %(bit)s))"
            " WHERE ctid = %(place)s::tid",
            {"bit": chance.randrange(8 * length), "place": place},
        )

    return lie


def _row_of(table: str, assignment: str, where: str = "true") -> Lie:
    """One column of a random row of the log."""

    def lie(chance: random.Random, _places: Places) -> None:
        rows = sorted(sql(f"SELECT ctid::text FROM {table} WHERE {where}"))
        sql(
            f"UPDATE {table} SET {assignment} WHERE ctid = %(place)s::tid",
            {"place": chance.choice(rows)[0]},
        )

    return lie


def _head(assignment: str) -> Lie:
    def lie(chance: random.Random, _places: Places) -> None:
        sql(
            f"UPDATE ledger_head SET {assignment} WHERE number = %(number)s",
            {"number": chance.randrange(1, _HEADS + 1)},
        )

    return lie


def _lose_a_head(chance: random.Random, _places: Places) -> None:
    sql("DELETE FROM ledger_head WHERE number = %(n)s", {"n": chance.randrange(1, _HEADS + 1)})


def _lose_a_page(chance: random.Random, _places: Places) -> None:
    rows = sorted(sql("SELECT ctid::text FROM ledger_leafpage"))
    sql("DELETE FROM ledger_leafpage WHERE ctid = %(p)s::tid", {"p": chance.choice(rows)[0]})


def _replay(chance: random.Random, _places: Places) -> None:
    """An old head is shown as the newest, and the log goes on from there with the operator's own key."""
    old = chance.randrange(1, _HEADS)
    sql("DELETE FROM ledger_head WHERE number > %(old)s", {"old": old})
    _seal_anew()


def _fork(chance: random.Random, places: Places) -> None:
    """Everything is rewritten around a lie and signed anew, with the operator's own key."""
    chance.choice(ENTRY_LIES)(chance, places)
    for table in _LOG[:-1]:
        sql(f"DELETE FROM {table}")
    sql("UPDATE ledger_logstate SET numbered_to = 0, size = 0, entries = 0")
    _seal_anew()


def _seal_anew() -> None:
    from karnameh.ledger.public import seal
    from karnameh.plumbing.clock import now

    seal(at=now())


ENTRY_LIES: list[Lie] = [
    _changed("quantity = coalesce(quantity, 0) + %(n)s, qualifier = 1"),
    _changed("stage = 3 - stage"),
    _changed("ends_on = ends_on + 1, starts_on = starts_on + 1"),
    _drop,
    _add,
]
LIES: dict[str, tuple[Lie, ...]] = {
    "change a quantity": (ENTRY_LIES[0],),
    "change money": (_changed("rial = coalesce(rial, 0) + %(n)s"),),
    "change how sure it is": (_changed("qualifier = 2 + qualifier %% 3"),),
    "change the stage": (ENTRY_LIES[1],),
    "change the day": (ENTRY_LIES[2],),
    "change what is counted": (_changed("indicator_id = %(indicator)s"),),
    "move to another unit": (_changed("unit_id = %(unit)s"),),
    "change a note": (_changed("note = note || '.'"),),
    "change what was written": (_changed("as_written = as_written || '.'"),),
    "change who posted it": (
        _changed("posted_by_id = (SELECT max(id) FROM people_user WHERE id <> posted_by_id)"),
    ),
    "change its fingerprint": (_byte_of("ledger_entry", "digest"),),
    "drop an entry": (_drop,),
    "add an entry": (_add,),
    "reorder two entries": (_exchange,),
    "back-date its clock": (_changed("clock = clock - %(n)s"),),
    "back-date its posting": (_changed("posted_at = posted_at - %(n)s * interval '1 day'"),),
    "change a page of leaves": (
        _byte_of("ledger_leafpage", "hashes"),
        _byte_of("ledger_leafpage", "ids"),
        _byte_of("ledger_leafsalt", "salts"),
    ),
    "lose a page of leaves": (_lose_a_page,),
    "change a sum": (
        _byte_of("ledger_sumpage", "core"),
        _byte_of("ledger_sumpage", "seal"),
        _byte_of("ledger_sumpage", "cells"),
        _byte_of("ledger_sumnode", "core"),
        _byte_of("ledger_sumnode", "seal"),
        _byte_of("ledger_sumnode", "salt"),
    ),
    "change a head": (
        _head("size = size - 1"),
        _head("at = at - interval '1 day'"),
        _head("entries = entries + 1"),
        _byte_of("ledger_head", "root"),
        _byte_of("ledger_head", "totals"),
        _byte_of("ledger_head", "signature"),
        _byte_of("ledger_head", "previous", "number > 1"),
    ),
    "change what finds a leaf": (
        _row_of("ledger_leafpage", "low_clock = low_clock - 1", "low_clock IS NOT NULL"),
        _row_of("ledger_leafpage", "high_clock = high_clock + 1", "high_clock IS NOT NULL"),
        _row_of("ledger_leafpage", "low_id = gen_random_uuid()", "low_id IS NOT NULL"),
        _row_of("ledger_leafpage", "leaves = leaves - 1"),
        _row_of("ledger_leafpage", "first = first + 1000000"),
    ),
    "change what is said of a sum": (
        _row_of("ledger_sumpage", "root = root + 1"),
        _row_of("ledger_sumpage", "parts = parts + 1"),
        _row_of("ledger_sumpage", "tally = '9' || tally"),
        _row_of("ledger_sumpage", "page = page + 1000000"),
        _row_of("ledger_sumpage", "size = size + 1"),
        _row_of("ledger_sumnode", "parts = parts + 1"),
        _row_of("ledger_sumnode", "tally = '9' || tally"),
        _row_of("ledger_sumnode", "at = at + 400"),
        _row_of("ledger_sumseries", "series = series + 10"),
    ),
    "change where a unit stood": (
        _row_of("ledger_sumhome", "line = line[1:1] || 0 || line[3:]", "cardinality(line) > 2"),
        _row_of("ledger_sumhome", "size = size + 1"),
    ),
    "change a record": (
        _byte_of("ledger_logrecord", "sha256"),
        _row_of("ledger_logrecord", "name = name || 'x'"),
        _row_of("ledger_logrecord", "leaf = leaf + 1", "leaf IS NOT NULL"),
    ),
    "lose a head": (_lose_a_head,),
    "replay an old head": (_replay,),
    "fork the history": (_fork,),
}


# --- those who look ------------------------------------------------------------------------------------


def _verifier() -> Any:
    from karnameh.ledger.public import VERIFIER

    spec = importlib.util.spec_from_file_location("karnameh_verify", VERIFIER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found_by_check() -> list[str]:
    """What `./karnameh check` would say of the log."""
    from karnameh.ledger.public import check_log, heads_seen

    try:
        return check_log().findings or heads_seen()
    except Exception as trouble:  # a log that cannot even be read is found, too
        return [f"cannot be read: {trouble!r}"]


def found_by_stranger(verify: Any, kept: Kept) -> str:
    """What somebody says who checks every figure, every leaf and the heads against what he has kept."""
    from django.db import connection

    from karnameh.ledger.public import Head, every_leaf, heads_json, prove

    try:
        shown = _as_read(heads_json())
        if gone := _numbers(kept.heads) - _numbers(shown):
            return f"heads {sorted(gone)} are not shown any more"
        verify.check_heads(kept.heads["heads"][-1], [kept.heads, shown], kept.key)
        head = Head.objects.select_related("key").get(number=kept.number)
        with connection.cursor() as cursor:
            leaves = [leaf.decode() for leaf in every_leaf(cursor, kept.size)]
        said = _said_now()
        for question in kept.questions:
            bundle = _as_read(prove(question, head))
            verify.check_head(bundle["head"], kept.key)
            verify.check_heads(bundle["head"], [kept.heads], kept.key)
            tally = verify.check_figure(bundle)
            verify.check_leaves(bundle, leaves, kept.trees)
            if said.get((question.indicator, int(question.stage)), 0) != tally[2] - tally[3]:
                return "the site says another number than the log"
    except verify.Wrong as wrong:
        return str(wrong)
    except Exception as trouble:  # what cannot be shown is found, too
        return f"cannot be shown: {trouble!r}"
    return ""


def _numbers(heads: dict[str, Any]) -> set[int]:
    return {one["number"] for one in heads["heads"]}


def _said_now() -> dict[tuple[int, int], int]:
    """The numbers on the pages: thousandths by indicator and stage."""
    rows = sql(
        "SELECT indicator_id, stage, sum(quantity * 1000)::bigint FROM ledger_entry"
        " WHERE coverage = 1 AND role = 1 AND part_of_id IS NULL GROUP BY 1, 2"
    )
    return {(indicator, stage): milli or 0 for indicator, stage, milli in rows}


def _as_read(given: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(given))
    return read


# --- the run -------------------------------------------------------------------------------------------


def prepare() -> tuple[Places, Kept]:
    """A small ledger, sealed four times, and what a stranger keeps of it."""
    from django.db import connection, transaction

    from karnameh.catalog.public import Indicator
    from karnameh.front.public import prepare_bench
    from karnameh.ledger.public import (
        ProofQuestion,
        Stage,
        heads_json,
        latest_head,
        lines_at,
        post_entries,
        seal,
    )
    from karnameh.plumbing.clock import now

    made = federation(40)
    by = prepare_bench(made)
    chance = random.Random(1)
    rows = Indicator.objects.filter(unit_rule="sum", time_rule="sum", people="items")
    indicators = list(
        rows.exclude(measure__kind="money").order_by("pk").values_list("pk", flat=True)[:2]
    )
    for _ in range(_HEADS):
        with transaction.atomic():
            post_entries(_reports(made, indicators, chance), by=by, at=now())
        seal(at=now())
    head = latest_head()
    assert head is not None and head.number == _HEADS and head.entries == _HEADS * _ENTRIES
    with connection.cursor() as cursor:
        trees = [
            f"{axis} {node} {'/'.join(map(str, line))}"
            for (axis, node), line in lines_at(cursor, head.size).items()
        ]
    [(nation,)] = sql("SELECT id FROM org_orgunit WHERE kind = 'national'")
    questions = [
        ProofQuestion(nation, indicator, stage)
        for indicator in indicators
        for stage in (Stage.PLEDGED, Stage.REPORTED)
    ]
    entries = [str(pk) for (pk,) in sql("SELECT id FROM ledger_entry ORDER BY clock, id")]
    units = [unit.pk for unit in made.locals]
    kept = Kept(
        bytes(head.key.public).hex(),
        head.number,
        head.size,
        _as_read(heads_json()),
        trees,
        questions,
    )
    return Places(entries, units, indicators), kept


def _reports(made: Any, indicators: Sequence[int], chance: random.Random) -> list[Any]:
    from datetime import date, timedelta
    from decimal import Decimal

    from karnameh.kernel.ids import new_id
    from karnameh.ledger.public import NewEntry, Stage

    found = []
    for unit in chance.choices(made.locals, k=_ENTRIES):
        day = date(2026, 5, 1) + timedelta(days=chance.randrange(_DAYS))
        found.append(
            NewEntry(
                id=new_id(), indicator=chance.choice(indicators), unit=unit.pk, place=unit.place_id,
                stage=chance.choice([Stage.PLEDGED, Stage.REPORTED]), starts_on=day, ends_on=day,
                quantity=Decimal(chance.randrange(1, 500)), note=chance.choice(["", "note"]),
            )
        )  # fmt: skip
    return found


@dataclass
class Score:
    """Of one kind of lie: how often it was told, and who found it."""

    told: int = 0
    check: int = 0
    stranger: int = 0
    missed: int = 0


def tell(cases: int, places: Places, kept: Kept, *, seed: int = 1) -> dict[str, Score]:
    """Tell `cases` lies, one at a time, each in a transaction that is rolled back."""
    from django.db import transaction

    verify, chance = _verifier(), random.Random(seed)
    scores = {kind: Score() for kind in LIES}
    for number in range(cases):
        kind = list(LIES)[number % len(LIES)]
        with transaction.atomic():
            for table in ("ledger_entry", *_LOG):
                sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            before = _state()
            chance.choice(LIES[kind])(chance, places)
            if _state() != before:
                score = scores[kind]
                score.told += 1
                by_check, by_stranger = (
                    bool(found_by_check()),
                    bool(found_by_stranger(verify, kept)),
                )
                score.check += by_check
                score.stranger += by_stranger
                score.missed += not (by_check or by_stranger)
            transaction.set_rollback(True)
    return scores


def _state() -> list[Any]:
    """A digest of everything that may be lied about: a lie that changes nothing is none."""
    found = []
    for table in ("ledger_entry", *_LOG):
        found += sql(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
    return found


def bench(arguments: Sequence[str]) -> int:
    """`./karnameh bench tampering [--cases N] [--seed N]`."""
    parser = argparse.ArgumentParser(prog="./karnameh bench tampering")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with own_database(), tempfile.TemporaryDirectory() as folder:
        from django.conf import settings

        settings.HEADS_SEEN = Path(folder) / "seen.json"
        places, kept = prepare()
        honest = found_by_check() or found_by_stranger(_verifier(), kept)
        if honest:
            print(f"something is wrong before any lie: {honest}")
            return 1
        began = time.perf_counter()
        scores = tell(given.cases, places, kept, seed=given.seed)
        taken = time.perf_counter() - began
    report(scores)
    told, missed = (
        sum(getattr(one, name) for one in scores.values()) for name in ("told", "missed")
    )
    print(f"{told:,} lies in {taken:,.0f} s; {missed:,} found by nobody")
    return 1 if missed or told < given.cases * 9 // 10 else 0


def report(scores: dict[str, Score]) -> None:
    """A table: each kind of lie, how often, and how often each of the two found it."""
    print(f"{'lie':26} {'told':>7} {'check':>7} {'verifier':>9} {'nobody':>7}")
    for kind, one in scores.items():
        print(f"{kind:26} {one.told:7,} {one.check:7,} {one.stranger:9,} {one.missed:7,}")
