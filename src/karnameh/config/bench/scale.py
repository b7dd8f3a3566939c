"""`./karnameh bench scale`: how everything grows with the ledger, step by step, beside other ways.

One database grows from step to step. At each step the same things are measured: posting, import,
folding, sealing, every roll-up of the dashboards, the past as it was then, proofs, and the sealed
files; and beside them what a user would pick instead: plain `GROUP BY`, a table of sums that is
refreshed whole (what DHIS2's analytics job does), DuckDB over the same files, and the time that this
machine's memory needs to hand over the columns at all.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from karnameh.config.bench.filling import (
    DAYS,
    FIRST_DAY,
    federation,
    fill,
    fold_everything,
    new_entries,
    own_database,
)
from karnameh.config.bench.machine import Meter, Result, machine_line, metered, report, samples, sql
from karnameh.config.bench.proof import measure_proof
from karnameh.config.bench.questions import questions

NATIONAL = """
SELECT indicator_id, stage, sum(quantity), count(*) FROM {source}
 WHERE coverage = 1 AND role = 1 AND part_of_id IS NULL AND ends_on BETWEEN DATE '2026-03-21' AND DATE '2027-03-20'
 GROUP BY indicator_id, stage"""
COLUMNS_OF_IT = 4 + 2 + 16 + 2 + 2 + 1 + 4  # bytes of one entry that the question looks at
SEALED_DAY = 1_000_000


def bench(arguments: list[str]) -> int:
    """Run it. `--steps` are the sizes; each is reached from the one before."""
    parser = argparse.ArgumentParser(prog="./karnameh bench scale")
    parser.add_argument("--steps", default="1e6,1e7")
    parser.add_argument("--units", type=int, default=60_000)
    parser.add_argument(
        "--unsealed-from",
        default="inf",
        help="at this size and above the log is left out: it takes hours",
    )
    parser.add_argument(
        "--unfolded-from",
        default="inf",
        help="at this size and above the totals are left out, and history is sealed while it comes",
    )
    given = parser.parse_args(arguments)
    steps = sorted(int(float(step)) for step in given.steps.split(","))
    machine = machine_line()
    print(machine, flush=True)
    curve: dict[int, list[Result]] = {}
    with own_database(), tempfile.TemporaryDirectory() as folder:
        from django.conf import settings

        from karnameh.front.public import prepare_bench

        settings.SEGMENTS = folder
        _give_a_key()
        made = federation(given.units)
        by = prepare_bench(made)
        gc.collect()
        gc.freeze()
        reached = 0
        for number, step in enumerate(steps):
            print(f"\n{step:,} entries …", flush=True)
            size = Size(
                step,
                more=step - reached,
                day=FIRST_DAY + timedelta(days=DAYS + number),
                sealed=step < float(given.unsealed_from),
                folded=step < float(given.unfolded_from),
            )
            curve[step] = list(_at(size, made, by))
            report(curve[step])
            reached = _count()
    _growth(curve)
    print(f"\n{machine}\n{machine_line().replace('as it began', 'at the end')}")
    return 0


def _give_a_key() -> None:
    """A key that signs heads of this throw-away log."""
    import os

    from django.conf import settings

    settings.LOG_KEYS = {"bench": os.urandom(32)}


def _count() -> int:
    return int(sql("SELECT count(*) FROM ledger_entry")[0][0])


@dataclass(frozen=True)
class Size:
    """One step: how many entries there are when it begins, and what is measured then."""

    entries: int
    more: int  # than at the step before
    day: date  # of what is posted: each step has its own, as each day of an organisation is one
    sealed: bool
    folded: bool


def _at(size: Size, made: Any, by: Any) -> Iterator[Result]:
    if size.folded:
        yield from _history(size)
    else:
        yield from _history_sealed_while_it_comes(size)
    yield from _posting(size, made, by)
    if size.folded:
        yield from _rollups(made, by)
    yield from _past(size, made, by)
    if size.sealed:
        yield from _proofs()
    yield from _peers(sealed=size.sealed)
    bytes_each = sql(
        "SELECT pg_total_relation_size('ledger_entry') / (SELECT count(*) FROM ledger_entry)"
    )
    yield Result("an entry in the database, with its indexes", float(bytes_each[0][0]), "bytes")


def _history(size: Size) -> Iterator[Result]:
    taken = fill(size.more, already=size.entries - size.more, in_order=True)
    yield Result("history: made by the server", size.more / taken, "entries/s")
    with metered() as meter:
        fold_everything(size.more)
    yield Result("history: folded", size.more / meter.wall, "entries/s", note=meter.each(size.more))
    if size.sealed:
        yield from _sealing("history: sealed", size.more)


def _history_sealed_while_it_comes(size: Size) -> Iterator[Result]:
    """The quickest way to a long log: one core makes the entries, the other numbers them and writes files."""
    from karnameh.ledger.public import number_portion, write_segments
    from karnameh.plumbing.clock import now

    left = size.more
    with metered() as meter, ThreadPoolExecutor(1) as beside:
        filling = beside.submit(_fill_beside, size)
        while size.sealed and not filling.done():
            numbered = number_portion(at=now()).entries
            left -= numbered
            if not numbered:
                time.sleep(1)
            write_segments(at=now(), least=SEALED_DAY)
        filling.result()
        if size.sealed:
            yield from _sealing("history: what was left, sealed", left)
    what = "history: made and sealed at once" if size.sealed else "history: made by the server"
    yield Result(what, size.more / meter.wall, "entries/s", note=meter.each(size.more))


def _fill_beside(size: Size) -> None:
    """In a thread with a session of its own; the server does the work."""
    from django.db import connection

    try:
        fill(size.more, already=size.entries - size.more, in_order=True)
    finally:
        connection.close()


def _sealing(what: str, entries: int) -> Iterator[Result]:
    """Leaves, sums and a signed head; then the same entries as files."""
    from karnameh.ledger.public import seal, write_segments
    from karnameh.plumbing.clock import now

    with metered() as meter:
        seal(at=now())
    yield Result(
        f"{what}: leaves and head", entries / meter.wall, "entries/s", note=meter.each(entries)
    )
    with metered() as meter:
        written = write_segments(at=now())
    rows = sum(one.rows for one in written)
    if rows:
        yield Result(f"{what}: files", rows / meter.wall, "entries/s", note=meter.each(rows))
        size = sum(one.bytes for one in written) / rows
        yield Result(f"{what}: one entry in a file", size, "bytes")


def _posting(size: Size, made: Any, by: Any) -> Iterator[Result]:
    from karnameh.ledger.public import fold, post_entries
    from karnameh.plumbing.clock import now
    from karnameh.plumbing.sheet_reader import ROWS  # of a file: an import posts them at once

    def posted(count: int, at_once: int) -> Meter:
        batch = new_entries(made, count, day=size.day, seed=next(seeds))
        with metered() as meter:
            for start in range(0, count, at_once):
                post_entries(batch[start : start + at_once], by=by, at=now())
        return meter

    seeds = itertools.count()
    warm, few = 500, min(size.entries, 20_000)
    many = min(size.entries, SEALED_DAY - 2 * few - warm)
    posted(warm, warm)
    # The first of a day fetch the last page of every unit from the disk; the later find them in memory.
    for when, count, at_once, wanted in (
        ("posting in batches of 500: a day's first", few, 500, ""),
        ("import", many, ROWS, ">= 30,000"),
        ("posting in batches of 500: later that day", few, 500, ""),
    ):
        meter = posted(count, at_once)
        yield Result(when, count / meter.wall, "entries/s", wanted, meter.each(count))
    if size.folded:
        with metered() as meter:
            folded = fold().entries
        yield Result(
            "folding what was posted", folded / meter.wall, "entries/s", note=meter.each(folded)
        )
    if not size.sealed:
        return
    whole = warm + 2 * few + many
    began = time.perf_counter()
    lines = list(_sealing("what was posted, sealed", whole))
    taken = time.perf_counter() - began
    yield from lines
    if whole == SEALED_DAY:
        yield Result("sealing a day of a million entries", taken, "s", "<= 60", "files and all")


def _rollups(made: Any, by: Any) -> Iterator[Result]:
    worst: dict[str, float] = {}
    every = []
    for name, ask in questions(made, by).items():
        taken = samples(ask, 10)
        every += taken
        worst[name] = _p95(taken)
    yield Result("roll-ups of the dashboards: median", statistics.median(every), "ms")
    yield Result("roll-ups of the dashboards: p95 of all", _p95(every), "ms", "<= 100")
    slowest = sorted(worst, key=lambda name: -worst[name])
    for place, name in enumerate(slowest[:5], 1):
        what = f"roll-ups of the dashboards: p95 of slowest {place}"
        yield Result(what, worst[name], "ms", "<= 100", name)


def _p95(taken: Sequence[float]) -> float:
    return sorted(taken)[min(len(taken) - 1, int(0.95 * len(taken)))]


def _past(size: Size, made: Any, by: Any) -> Iterator[Result]:
    """The cube of the nation as it was then: all indicators, stages and provinces at once."""
    from karnameh.access.public import units_where
    from karnameh.kernel.period import Period
    from karnameh.ledger.public import Question, roll_up, roll_up_sealed
    from karnameh.org.public import OrgUnit
    from karnameh.people.public import User

    reach = units_where(User.objects.get(pk=by.pk))
    nation = OrgUnit.objects.get(pk=made.nation.pk)
    question = Question(nation, Period.year(1405), then=True)
    answers = []
    if size.folded:
        taken, answer = _timed(lambda: roll_up(reach, question, by="child"))
        yield Result("national cube as it was then, from totals", taken, "s", "<= 3")
        answers.append(answer)
    if size.sealed:
        taken, answer = _timed(lambda: roll_up_sealed(reach, question, by="child"))
        yield Result("national cube as it was then, from files and tail", taken, "s")
        answers.append(answer)
    if answers[1:] and answers[0] != answers[1]:
        raise RuntimeError("totals and sealed files give different answers")


def _timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = ask()
    return time.perf_counter() - began, answer


def _proofs() -> Iterator[Result]:
    found = measure_proof()
    yield Result("proof of the largest figure: made", found["prove_s"], "s", "<= 2")
    yield Result("its size with a receipt", found["bundle_bytes"] / 1000, "KB", "<= 20")
    yield Result("its check by the verifier", found["check_s"] * 1000, "ms", "<= 50")
    yield Result("a receipt of one entry: made", found["receipt_s"], "s")


def _peers(*, sealed: bool) -> Iterator[Result]:
    import duckdb
    from django.conf import settings

    plain = samples(lambda: sql(NATIONAL.format(source="ledger_entry")), 2)
    yield Result("peer: GROUP BY, nation, all indicators, year", min(plain), "ms")
    taken, _rows = _timed(_refresh)
    yield Result("peer: refreshing a table of sums whole", taken, "s")
    if sealed:
        with duckdb.connect() as engine:
            text = NATIONAL.format(source=f"read_parquet('{settings.SEGMENTS}/*.parquet')")
            files = samples(lambda: engine.execute(text).fetchall(), 3)
        yield Result("peer: DuckDB over the files, same question", min(files), "ms")
    block = bytearray(min(_count() * COLUMNS_OF_IT, 2**30))
    copied = min(samples(lambda: bytes(block), 3)) * (_count() * COLUMNS_OF_IT / len(block))
    yield Result("limit: memory hands over these columns once", copied, "ms")


def _refresh() -> None:
    """Sums by unit, indicator, stage and day, made anew: what a reporting platform does every night."""
    sql("DROP TABLE IF EXISTS bench_sums")
    sql(
        "CREATE TABLE bench_sums AS SELECT unit_id, indicator_id, stage, ends_on, sum(quantity) AS quantity,"
        " sum(rial) AS rial, count(*) AS entries FROM ledger_entry WHERE coverage = 1"
        " GROUP BY unit_id, indicator_id, stage, ends_on"
    )
    sql("DROP TABLE bench_sums")


def _growth(curve: dict[int, list[Result]]) -> None:
    """The same line at every size, and how it grew from the first to the last."""
    names = {one.what: one.unit for results in curve.values() for one in results}
    width = max(map(len, names))
    print(f"\n{'growth':<{width}} " + "".join(f"{step:>15,}" for step in curve) + "   last / first")
    for name, unit in names.items():
        row = [
            next((one.figure for one in results if one.what == name), None)
            for results in curve.values()
        ]
        shown = "".join(f"{'—' if one is None else f'{one:,.1f}':>15}" for one in row)
        grew = f"{row[-1] / row[0]:.2f}" if row[0] and row[-1] else "—"
        print(f"{name:<{width}} {shown}   {grew:>7}   {unit}")
    last = {one.what: one.figure for one in list(curve.values())[-1]}
    ours = last.get("roll-ups of the dashboards: median")
    if ours is None:
        return
    print("\nratios at the last step, to the median roll-up:")
    for name, figure in last.items():
        if name.startswith(("peer:", "limit:")):
            print(
                f"  {name}: {figure * (1000 if names[name] == 's' else 1) / ours:,.1f} times as long"
            )
