"""`./karnameh bench ledger`: the ledger at size, beside what a user would pick instead, in one run.

Peers: plain `GROUP BY` over the same rows on the same server, and DuckDB over the same rows in
Parquet. Everything is measured in a database of its own, which is dropped at the end.
"""

from __future__ import annotations

import argparse
import gc
import resource
import statistics
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from karnameh.config.bench.filling import (
    federation,
    fill,
    fold_everything,
    new_entries,
    own_database,
)
from karnameh.config.bench.machine import Meter, Result, machine_line, median, metered, report, sql
from karnameh.config.bench.questions import questions


def bench(arguments: list[str]) -> int:
    """Run it. `--entries` and `--units` choose the size."""
    parser = argparse.ArgumentParser(prog="./karnameh bench ledger")
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--units", type=int, default=60_000)
    given = parser.parse_args(arguments)
    machine = machine_line()
    print(machine, flush=True)
    with own_database():
        results = list(_measure(given.entries, given.units))
    report(results)
    _ratios({result.what: result.figure for result in results})
    print(f"\n{machine}\n{machine_line().replace('as it began', 'at the end')}")
    return 0


def _measure(entries: int, units: int) -> Iterator[Result]:
    from karnameh.front.public import prepare_bench

    made = federation(units)
    by = prepare_bench(made)
    gc.collect()
    gc.freeze()  # the federation is the benchmark's own; a web process does not hold it
    print(f"{entries:,} entries …", flush=True)
    yield Result(
        "history: made by the server, with its indexes", entries / fill(entries), "entries/s"
    )
    print("folding it …", flush=True)
    with metered() as meter:
        fold_everything(entries)
    yield Result("history: folded", entries / meter.wall, "entries/s", note=meter.each(entries))
    yield from _posting(made, by)
    yield from _peer_posting(made, by)
    yield from _rollups(made, by)
    yield from _pages(made, by)
    yield from _peers()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Result("memory of this process at its peak", peak, "MB")


def _posting(made: Any, by: Any) -> Iterator[Result]:
    from django.db import transaction

    from karnameh.ledger.public import fold, post_entries
    from karnameh.plumbing.clock import now

    print("posting …", flush=True)
    post_entries(new_entries(made, 5_000), by=by, at=now())
    batch = new_entries(made, 30_000)
    with metered() as meter:
        for start in range(0, len(batch), 500):
            post_entries(batch[start : start + 500], by=by, at=now())
    yield _rate("posting in batches of 500", len(batch), meter, ">= 10,000")
    with metered() as meter:
        folded = fold()
    yield _rate("folding what was posted", folded.entries, meter, ">= posting")
    batch = new_entries(made, 100_000)
    with metered() as meter, transaction.atomic():
        for start in range(0, len(batch), 50_000):
            post_entries(batch[start : start + 50_000], by=by, at=now())
    yield _rate("posting by import (100,000 at once)", len(batch), meter, ">= 30,000")
    with metered() as meter:
        folded = fold()
    yield _rate("folding the import", folded.entries, meter, ">= posting")


def _rate(what: str, count: int, meter: Meter, wanted: str = "") -> Result:
    return Result(what, count / meter.wall, "entries/s", wanted, meter.each(count))


def _peer_posting(made: Any, by: Any) -> Iterator[Result]:
    """Django's `bulk_create` of the same entries, prepared beforehand, under the same law."""
    from django.db import connection, transaction

    from karnameh.ledger.public import Entry, post_entries
    from karnameh.plumbing.clock import now

    with transaction.atomic():
        post_entries(new_entries(made, 20_000), by=by, at=now())
        rows = list(Entry.objects.order_by("-clock")[:20_000])
        transaction.set_rollback(True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_now()")
            clock = cursor.fetchone()[0]
        for row in rows:
            row.clock = clock
        with metered() as meter:
            for start in range(0, len(rows), 500):
                Entry.objects.bulk_create(rows[start : start + 500])
        transaction.set_rollback(True)
    yield _rate("peer: bulk_create in batches of 500", len(rows), meter)


def _rollups(made: Any, by: Any) -> Iterator[Result]:
    print("roll-ups …", flush=True)
    medians = []
    for name, ask in questions(made, by).items():
        taken = median(ask)
        medians.append(taken)
        yield Result(f"roll-up: {name}", taken, "ms", "<= 50")
    yield Result("roll-ups: median of all", statistics.median(medians), "ms", "<= 50")


def _pages(made: Any, by: Any) -> Iterator[Result]:
    from django.test import Client

    client = Client()
    client.force_login(by)
    for name, node in (("nation", made.nation), ("province", made.provinces["فارس"])):
        path = f"/units/{node.pk}/"
        visit = partial(client.get, path, headers={"host": "localhost", "accept-encoding": "gzip"})
        yield Result(f"page: dashboard of the {name}", median(visit), "ms", "<= 150")
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
        "peer: GROUP BY, nation, all indicators, year", median(lambda: sql(_NATIONAL), 3), "ms"
    )
    with tempfile.TemporaryDirectory() as folder:
        parquet = Path(folder) / "entries.parquet"
        _to_parquet(parquet)
        engine = duckdb.connect()
        query = _NATIONAL.replace("ledger_entry", f"'{parquet}'")
        yield Result(
            "peer: DuckDB over Parquet, same question",
            median(lambda: engine.sql(query).fetchall(), 5),
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


def _ratios(figure: dict[str, float]) -> None:
    ours = figure["roll-up: nation, all indicators, year"]
    print("\nratios, same question (nation, all indicators, year):")
    for peer in (
        "peer: GROUP BY, nation, all indicators, year",
        "peer: DuckDB over Parquet, same question",
    ):
        print(f"  {peer.removeprefix('peer: ')} takes {figure[peer] / ours:,.0f} times as long")
    posting = figure["posting in batches of 500"]
    print("ratios of rates:")
    for what, other in (
        ("bulk_create of prepared rows in batches of 500", "peer: bulk_create in batches of 500"),
        ("folding what was posted", "folding what was posted"),
    ):
        print(
            f"  posting in batches of 500 is {posting / figure[other]:.1f} times as fast as {what}"
        )
    imported = figure["posting by import (100,000 at once)"]
    print(f"  posting by import is {imported / posting:.1f} times as fast as in batches of 500")
