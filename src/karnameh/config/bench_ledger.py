"""`./karnameh bench ledger`: the ledger at size, beside what a user would pick instead, in one run.

Peers: plain `GROUP BY` over the same rows on the same server, and DuckDB over the same rows in
Parquet. Everything is measured in a database of its own, which is dropped at the end.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from karnameh.config.commands import database, ready_django
from karnameh.config.embedded import DatabaseTrouble


@dataclass(frozen=True)
class Result:
    """One line of the report: a figure, its unit, and what was asked for."""

    what: str
    figure: float
    unit: str
    wanted: str = ""


def bench(arguments: list[str]) -> int:
    """Run it. `--entries` and `--units` choose the size."""
    parser = argparse.ArgumentParser(prog="./karnameh bench ledger")
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--units", type=int, default=60_000)
    given = parser.parse_args(arguments)
    with _own_database():
        from django.core.management import call_command

        print("schema …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
        results = list(_measure(given.entries, given.units))
    _report(results)
    return 0


@contextmanager
def _own_database() -> Iterator[None]:
    """A throw-away database beside the product's."""
    embedded = database()
    if embedded is None:
        raise DatabaseTrouble("the benchmark fills a database; it runs on the embedded server only")
    name = "karnameh_bench"
    embedded.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    embedded.sql(f"CREATE DATABASE {name} OWNER karnameh_owner")
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = embedded.url(
        "karnameh_owner", name
    )
    ready_django("manage")
    try:
        yield
    finally:
        from django.db import connection

        connection.close()
        embedded.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _measure(entries: int, units: int) -> Iterator[Result]:
    from karnameh.front.public import prepare_bench

    print(f"{units:,} units …", flush=True)
    made = _federation(units)
    by = prepare_bench(made)
    gc.collect()
    gc.freeze()  # the federation is the benchmark's own; a web process does not hold it
    days = [date(2025, 12, 1) + timedelta(days=n) for n in range(355)]
    print(f"{entries:,} entries, loaded and folded …", flush=True)
    filled, seconds = _fill(entries, made, days)
    yield Result("bulk load of history (raw COPY)", filled / seconds, "entries/s")
    yield from _folding(filled)
    _sql("VACUUM ANALYZE ledger_entry")
    _sql("VACUUM ANALYZE ledger_total")
    _sql("ANALYZE")
    yield from _posting(made, by)
    yield from _peer_posting(made, by)
    yield from _rollups(made, by)
    yield from _pages(made, by)
    yield from _peers()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Result("memory of this process at its peak", peak, "MB")


def _federation(units: int) -> Any:
    """The shipped dictionary and the demo's trees."""
    from django.db import transaction

    from karnameh.catalog.public import load_dictionary
    from karnameh.front.public import build
    from karnameh.plumbing.clock import now

    with transaction.atomic():
        load_dictionary(at=now())
        return build(units)


def _fill(entries: int, made: Any, days: list[date]) -> tuple[int, float]:
    """History made by the server itself: one statement a million rows, with the law's checks on."""
    from karnameh.catalog.public import Indicator

    indicators = list(
        Indicator.objects.filter(unit_rule="sum", time_rule="sum").values_list("pk", flat=True)
    )[:110]
    began = time.perf_counter()
    done = 0
    while done < entries:
        chunk = min(500_000, entries - done)
        _sql(
            _HISTORY,
            {
                "n": chunk,
                "indicators": indicators,
                "first": days[0],
                "seed": done,
                "days": len(days),
            },
        )
        done += chunk
    return done, time.perf_counter() - began


_HISTORY = """
WITH chosen AS MATERIALIZED (
    SELECT u.id AS unit, up.id AS up, u.place_id AS place, pp.id AS pp, row_number() OVER (ORDER BY u.id) - 1 AS n
      FROM org_orgunit u JOIN org_unitplacement up ON up.node_id = u.id
      JOIN org_placeplacement pp ON pp.node_id = u.place_id WHERE u.kind = 'local'),
many AS MATERIALIZED (SELECT count(*)::int AS c FROM chosen),
who AS MATERIALIZED (SELECT min(id) AS id FROM people_user),
moment AS MATERIALIZED (SELECT ledger_now() AS c),
raw AS (
    SELECT g + %(seed)s AS g, hashint8(g + %(seed)s) & 2147483647 AS h,
           hashint8((g + %(seed)s) * 7919) & 2147483647 AS k
      FROM generate_series(1::bigint, %(n)s) g)
INSERT INTO ledger_entry (id, clock, posted_at, posted_by_id, indicator_id, stage, kind, unit_id, unit_placement_id,
    place_id, place_placement_id, starts_on, ends_on, dimensions_id, quantity, qualifier, coverage, role, as_written,
    note, digest)
SELECT (lpad(to_hex(1764547200000 + g * 3), 12, '0') || '7' || lpad(to_hex(h & 4095), 3, '0')
        || '8' || lpad(to_hex(k & 4095), 3, '0') || lpad(to_hex(g), 12, '0'))::uuid,
       moment.c, now(), who.id, (%(indicators)s::int[])[1 + k %% cardinality(%(indicators)s::int[])], 1 + (h %% 2), 0,
       c.unit, c.up, c.place, c.pp, %(first)s::date + (h / 3) %% %(days)s, %(first)s::date + (h / 3) %% %(days)s, 1,
       1 + k %% 500, 1, 1, 1, '', '', '\\x00'
  FROM raw JOIN many ON true JOIN who ON true JOIN moment ON true JOIN chosen c ON c.n = h %% many.c"""


def _folding(entries: int) -> Iterator[Result]:
    from karnameh.ledger.public import fold

    began = time.perf_counter()
    rounds = 0
    while fold().behind:
        rounds += 1
        if rounds % 5 == 0:
            print(f"  folded {rounds} rounds, {time.perf_counter() - began:.0f} s", flush=True)
    yield Result(
        "folding the backlog",
        entries / (time.perf_counter() - began),
        "entries/s",
        "keeps up with posting",
    )


def _posting(made: Any, by: Any) -> Iterator[Result]:
    from django.db import transaction

    from karnameh.ledger.public import fold, post_entries
    from karnameh.plumbing.clock import now

    print("posting …", flush=True)
    batch = _new_entries(made, 30_000)
    began = time.perf_counter()
    for start in range(0, len(batch), 500):
        post_entries(batch[start : start + 500], by=by, at=now())
    yield Result(
        "posting in batches of 500",
        len(batch) / (time.perf_counter() - began),
        "entries/s",
        ">= 10,000",
    )
    began = time.perf_counter()
    folded = fold()
    yield Result(
        "folding what was posted",
        folded.entries / (time.perf_counter() - began),
        "entries/s",
        ">= posting",
    )
    batch = _new_entries(made, 100_000)
    began = time.perf_counter()
    with transaction.atomic():
        for start in range(0, len(batch), 50_000):
            post_entries(batch[start : start + 50_000], by=by, at=now())
    yield Result(
        "posting by import (100,000 at once)",
        len(batch) / (time.perf_counter() - began),
        "entries/s",
        ">= 30,000",
    )
    began = time.perf_counter()
    folded = fold()
    yield Result(
        "folding the import",
        folded.entries / (time.perf_counter() - began),
        "entries/s",
        ">= posting",
    )


def _peer_posting(made: Any, by: Any) -> Iterator[Result]:
    """Django's `bulk_create` of the same entries, prepared beforehand, under the same law."""
    from django.db import connection, transaction

    from karnameh.ledger.public import Entry, post_entries
    from karnameh.plumbing.clock import now

    with transaction.atomic():
        post_entries(_new_entries(made, 20_000), by=by, at=now())
        rows = list(Entry.objects.order_by("-clock")[:20_000])
        transaction.set_rollback(True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_now()")
            clock = cursor.fetchone()[0]
        for row in rows:
            row.clock = clock
        began = time.perf_counter()
        for start in range(0, len(rows), 500):
            Entry.objects.bulk_create(rows[start : start + 500])
        taken = time.perf_counter() - began
        transaction.set_rollback(True)
    yield Result("peer: bulk_create in batches of 500", len(rows) / taken, "entries/s")


def _new_entries(made: Any, count: int) -> list[Any]:
    from decimal import Decimal

    from karnameh.catalog.public import Indicator
    from karnameh.kernel.ids import new_id
    from karnameh.ledger.public import NewEntry, Stage

    chance = random.Random(count)
    indicators = list(
        Indicator.objects.filter(unit_rule="sum", time_rule="sum").values_list("pk", flat=True)
    )
    day = date(2026, 11, 21)
    return [
        NewEntry(
            id=new_id(), indicator=chance.choice(indicators), stage=Stage.REPORTED, unit=unit.pk,
            place=unit.place_id, starts_on=day, ends_on=day, quantity=Decimal(chance.randrange(1, 500)),
        )
        for unit in chance.choices(made.locals, k=count)
    ]  # fmt: skip


def _rollups(made: Any, by: Any) -> Iterator[Result]:
    from karnameh.access.public import units_where
    from karnameh.catalog.public import Indicator
    from karnameh.kernel.period import Period
    from karnameh.ledger.public import Question, coverage_by, roll_up
    from karnameh.org.public import OrgUnit
    from karnameh.people.public import User

    print("roll-ups …", flush=True)
    reach = units_where(User.objects.get(pk=by.pk))
    nation = OrgUnit.objects.get(pk=made.nation.pk)
    province = OrgUnit.objects.get(pk=made.provinces["فارس"].pk)
    county = OrgUnit.objects.get(pk=made.counties[("فارس", "شیراز")].pk)
    local = OrgUnit.objects.get(pk=made.locals[0].pk)
    one = Indicator.objects.filter(unit_rule="sum", time_rule="sum").first()
    assert one is not None
    week, year = Period(date(2026, 11, 20), date(2026, 11, 26)), Period.year(1405)
    asked: dict[str, Callable[[], Any]] = {}
    for name, node in (
        ("nation", nation),
        ("province", province),
        ("county", county),
        ("local unit", local),
    ):
        for span, period in (("week", week), ("year", year)):
            asked[f"{name}, all indicators, {span}"] = partial(
                roll_up, reach, Question(node, period)
            )
    for name, node in (
        ("nation by province", nation),
        ("province by county", province),
        ("county by district", county),
    ):
        for span, period in (("week", week), ("year", year)):
            question = Question(node, period, indicators=(one.pk,))
            asked[f"{name}, one indicator, {span}"] = partial(roll_up, reach, question, by="child")
    asked["nation by day, one indicator, week"] = lambda: roll_up(
        reach, Question(nation, week, indicators=(one.pk,)), by="day"
    )
    asked["nation as it was then, year"] = lambda: roll_up(reach, Question(nation, year, then=True))
    asked["nation by province as it was then, one indicator, year"] = lambda: roll_up(
        reach, Question(nation, year, then=True, indicators=(one.pk,)), by="child"
    )
    asked["place: province, all indicators, year"] = lambda: roll_up(
        reach, Question(province.place, year)
    )
    asked["coverage of the nation by province, week"] = lambda: coverage_by(
        reach, nation, week, by_child=True
    )
    medians = []
    for name, ask in asked.items():
        median = _median(ask)
        medians.append(median)
        yield Result(f"roll-up: {name}", median, "ms", "<= 50")
    yield Result("roll-ups: median of all", statistics.median(medians), "ms", "<= 50")


def _pages(made: Any, by: Any) -> Iterator[Result]:
    from django.test import Client

    client = Client()
    client.force_login(by)
    for name, node in (("nation", made.nation), ("province", made.provinces["فارس"])):
        path = f"/units/{node.pk}/"
        visit = partial(client.get, path, headers={"host": "localhost", "accept-encoding": "gzip"})
        yield Result(f"page: dashboard of the {name}", _median(visit), "ms", "<= 150")
        response = visit()
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")
        yield Result(
            f"page: weight of the {name}, compressed", len(response.content) / 1024, "KB", "<= 150"
        )


_NATIONAL = """
SELECT indicator_id, stage, sum(quantity), count(*) FROM ledger_entry
 WHERE coverage = 1 AND role = 1 AND part_of_id IS NULL AND ends_on BETWEEN '2026-03-21' AND '2027-03-20'
 GROUP BY indicator_id, stage"""


def _peers() -> Iterator[Result]:
    import duckdb

    print("peers …", flush=True)
    yield Result(
        "peer: GROUP BY, nation, all indicators, year", _median(lambda: _sql(_NATIONAL), 3), "ms"
    )
    with tempfile.TemporaryDirectory() as folder:
        parquet = Path(folder) / "entries.parquet"
        _to_parquet(parquet)
        engine = duckdb.connect()
        query = _NATIONAL.replace("ledger_entry", f"'{parquet}'")
        yield Result(
            "peer: DuckDB over Parquet, same question",
            _median(lambda: engine.sql(query).fetchall(), 5),
            "ms",
        )


def _to_parquet(target: Path) -> None:
    """The columns that the question needs, through a CSV on local disk."""
    import duckdb
    from django.db import connection

    rows = target.with_suffix(".csv")
    columns = "indicator_id, stage, quantity, coverage, role, part_of_id, ends_on, unit_id"
    whole = f"COPY (SELECT {columns} FROM ledger_entry) TO STDOUT (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, rows.open("wb") as file, cursor.copy(whole) as copy:
        for block in copy:
            file.write(block)
    duckdb.connect().execute(
        f"COPY (SELECT * FROM read_csv('{rows}', types={{'part_of_id': 'VARCHAR', 'quantity': 'DECIMAL(18,3)'}}))"
        f" TO '{target}' (FORMAT parquet)"
    )


def _median(ask: Callable[[], Any], times: int = 9) -> float:
    """Milliseconds, after one warm-up."""
    ask()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def _sql(statement: str, parameters: dict[str, Any] | None = None) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        if cursor.description:
            cursor.fetchall()


def _report(results: list[Result]) -> None:
    width = max(len(result.what) for result in results)
    print()
    for result in results:
        print(f"{result.what:<{width}}  {result.figure:>12,.1f} {result.unit:<10} {result.wanted}")
    by_name = {result.what: result.figure for result in results}
    ours = by_name["roll-up: nation, all indicators, year"]
    print("\nratios, same question (nation, all indicators, year):")
    for peer in (
        "peer: GROUP BY, nation, all indicators, year",
        "peer: DuckDB over Parquet, same question",
    ):
        print(f"  {peer.removeprefix('peer: ')} takes {by_name[peer] / ours:,.0f} times as long")
    posting = by_name["posting in batches of 500"] / by_name["peer: bulk_create in batches of 500"]
    print(
        f"\nposting in batches of 500: {posting:.1f} times as fast as bulk_create of prepared rows"
    )
    sys.stdout.flush()
