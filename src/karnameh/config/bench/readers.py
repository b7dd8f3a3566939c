"""`./karnameh bench readers`: a thousand people at the dashboards while entries are posted.

A real server and a real worker over a database of the benchmark's own. Each reader opens a page, reads it
for a while, and opens the next. Several posters hand in entries at a given rate, or as fast as they go.
Measured alone and together: pages, waiting, entries. At the end nothing may be lost, and the totals must
be what the entries say.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from karnameh.config.bench.filling import (
    federation,
    fill,
    fold_everything,
    new_entries,
    own_database,
)
from karnameh.config.bench.live import HOST, served, session_of
from karnameh.config.bench.machine import (
    Result,
    computed_by,
    computed_in_sessions,
    cores_of,
    cores_of_sessions,
    machine_line,
    metered,
    report,
    sql,
)

SIDE = Path(__file__).with_name("readers_side.py")
BATCH = 500
_PARTS = {
    "readers": "readers_side", "posters": "bench readers", "web": "karnameh.config.wsgi",
    "worker": "karnameh work", "database": "postgres",
}  # fmt: skip
_SEEDS = count(1)
Batches = Iterable[list[Any]]  # of new entries


@dataclass(frozen=True)
class Seen:
    """What readers saw: pages, answers that were no page, and waiting in milliseconds."""

    pages: int
    faults: int
    waits: list[float]
    seconds: float

    def wait(self, share: float) -> float:
        found = sorted(self.waits)
        return found[min(len(found) - 1, int(share * len(found)))] if found else 0.0


def bench(arguments: list[str]) -> int:
    """Run it; 1 when something was lost or somebody was answered with a fault."""
    parser = argparse.ArgumentParser(prog="./karnameh bench readers")
    parser.add_argument("--readers", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=30, help="of each of the three parts")
    parser.add_argument(
        "--think", type=float, default=25.0, help="seconds for which a page is read"
    )
    parser.add_argument(
        "--rate", type=int, default=10_000, help="entries a second that are posted; 0: all they can"
    )
    parser.add_argument("--posters", type=int, default=2, help="who post at the same time")
    parser.add_argument("--entries", type=int, default=300_000)
    parser.add_argument("--units", type=int, default=6_000)
    parser.add_argument("--port", type=int, default=8098)
    given = parser.parse_args(arguments)
    machine = machine_line()
    print(machine, flush=True)
    with own_database():
        from karnameh.front.public import prepare_bench

        made = federation(given.units)
        by = prepare_bench(made)
        fill(given.entries)
        fold_everything(given.entries)
        with served(port=given.port, worker=True):
            plan = _plan(made, by, given)
            alone = _read(plan)
            posted_alone = _post(_batches(made, given), by, given)
            batches = _batches(made, given)
            before, clock = computed_by(_PARTS), time.perf_counter()
            sessions = computed_in_sessions()
            together, posted = _both(plan, batches, by, given)
            wall = time.perf_counter() - clock
            cores = cores_of(_PARTS, before, wall)
            within = cores_of_sessions(sessions, wall)
        lost = _lost(given.entries + posted_alone.entries + posted.entries)
    report(_lines(given, alone, together, posted_alone, posted))
    print(f"cores used by each part while all were at work: {cores}")
    print(f"of the database, in the sessions of: {within}")
    print(f"beside that, in the sessions of the posters: {posted.server / posted.seconds:.2f}")
    print(lost or "nothing was lost; every total is what the entries say")
    return 1 if lost or alone.faults or together.faults else 0


def _plan(made: Any, by: Any, given: Any) -> dict[str, Any]:
    """For whom, where, how long: what the readers' process is told."""
    name, value = session_of(by)
    nodes = [
        made.nation,
        *made.provinces.values(),
        *list(made.counties.values())[:60],
        *made.locals[:40],
    ]
    return {
        "host": HOST, "port": given.port, "readers": given.readers, "seconds": given.seconds,
        "think": given.think, "cookie": f"{name}={value}",
        "paths": [f"/units/{node.pk}/" for node in nodes],
    }  # fmt: skip


def _read(plan: dict[str, Any]) -> Seen:
    done = subprocess.run(
        [sys.executable, str(SIDE)], input=json.dumps(plan), stdout=subprocess.PIPE, text=True, check=True
    )  # fmt: skip
    return Seen(**json.loads(done.stdout))


@dataclass(frozen=True)
class Posted:
    """What the posters have handed in, and what their sessions have computed in the server, in seconds."""

    entries: int
    seconds: float
    server: float

    @property
    def rate(self) -> float:
        return self.entries / self.seconds


def _post(batches: list[Batches], by: Any, given: Any) -> Posted:
    """All posters at once, for so long; each has its own batches."""
    began = time.perf_counter()
    pace = given.rate / given.posters
    with ThreadPoolExecutor(given.posters) as posters:
        each = [posters.submit(_post_on, own, by, given.seconds, pace) for own in batches]
        found = [one.result() for one in each]
    seconds = time.perf_counter() - began
    return Posted(sum(n for n, _server in found), seconds, sum(server for _n, server in found))


def _batches(made: Any, given: Any) -> list[Batches]:
    """What each poster will hand in: other units each time. Made before, as by machines elsewhere."""
    if not given.rate:
        return [_made_on_the_way(made) for _ in range(given.posters)]
    each = -(-given.rate * given.seconds // (BATCH * given.posters)) + 1
    found: list[Batches] = [
        [new_entries(made, BATCH, seed=next(_SEEDS)) for _ in range(each)]
        for _ in range(given.posters)
    ]
    gc.collect()
    gc.freeze()  # they are many, and none of them is a poster's to look after
    return found


def _made_on_the_way(made: Any) -> Batches:
    while True:
        yield new_entries(made, BATCH, seed=next(_SEEDS))


def _post_on(batches: Batches, by: Any, seconds: float, pace: float) -> tuple[int, float]:
    """One batch after the other, `pace` entries a second at most: how many, and the server's work."""
    from django.db import connection

    from karnameh.ledger.public import post_entries
    from karnameh.plumbing.clock import now

    began, posted = time.perf_counter(), 0
    try:
        with metered() as meter:
            for entries in batches:
                passed = time.perf_counter() - began
                if passed >= seconds:
                    break
                if pace and posted > pace * passed:
                    time.sleep(posted / pace - passed)
                post_entries(entries, by=by, at=now())
                posted += BATCH
    finally:
        connection.close()
    return posted, meter.server


def _both(plan: dict[str, Any], batches: list[Batches], by: Any, given: Any) -> tuple[Seen, Posted]:
    with ThreadPoolExecutor(1) as aside:
        reading = aside.submit(_read, plan)
        posted = _post(batches, by, given)
        return reading.result(), posted


def _lost(expected: int) -> str:
    """What is missing or wrong, in words; empty when nothing is."""
    from karnameh.ledger.public import check, fold_all

    there = int(sql("SELECT count(*) FROM ledger_entry")[0][0])
    if there != expected:
        return f"LOST: {expected - there:,} of {expected:,} entries"
    fold_all()
    found = check().findings
    return f"WRONG: {len(found)} totals, the first of them {found[0]}" if found else ""


def _lines(
    given: Any, alone: Seen, together: Seen, posted_alone: Posted, posted: Posted
) -> list[Result]:
    lines = []
    for what, seen in (("readers alone", alone), ("readers while entries are posted", together)):
        lines += [
            Result(f"{what}: pages", seen.pages / seen.seconds, "pages/s"),
            Result(f"{what}: answered with a fault", seen.faults, "pages", "0"),
            Result(f"{what}: waiting, median", seen.wait(0.5), "ms"),
            Result(f"{what}: waiting, p95", seen.wait(0.95), "ms"),
            Result(f"{what}: waiting, longest", seen.wait(1.0), "ms"),
        ]
    return [
        *lines,
        Result(f"posting alone, {given.posters} posters", posted_alone.rate, "entries/s"),
        Result(f"posting under {given.readers:,} readers", posted.rate, "entries/s", ">= 10,000"),
        Result("ratio: p95 with posting to without", together.wait(0.95) / max(alone.wait(0.95), 1), "times"),
        Result("ratio: posting with readers to without", posted.rate / posted_alone.rate, "times"),
    ]  # fmt: skip
