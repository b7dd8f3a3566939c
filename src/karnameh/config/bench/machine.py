"""What a benchmark says about itself: the machine's own speed, time by the clock and by the processor."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One line of the report: a figure, its unit, and what was asked for."""

    what: str
    figure: float
    unit: str
    wanted: str = ""
    note: str = ""


def machine_line() -> str:
    """How fast this machine is at this moment: compare it before you compare figures of two runs.

    A desktop of these years adds 20 to 30 million numbers a second in plain Python and copies 10
    gigabytes a second.
    """
    began = time.perf_counter()
    number = 0
    for step in range(3_000_000):
        number += step
    loop = 3 / (time.perf_counter() - began)
    block = bytearray(64 * 2**20)
    began = time.perf_counter()
    for _ in range(8):
        bytes(block)
    copied = 8 * len(block) / 2**30 / (time.perf_counter() - began)
    load = os.getloadavg()[0]
    return (
        f"machine: {os.cpu_count()} cores, plain Python loop {loop:.0f} million additions/s,"
        f" memory copied at {copied:.1f} GB/s, load {load:.1f} as it began"
    )


@dataclass
class Meter:
    """Time by the clock, and processor time of this process and of its server process, in seconds."""

    wall: float = 0.0
    here: float = 0.0
    server: float = 0.0
    _began: list[float] = field(default_factory=list)

    def each(self, count: int) -> str:
        """Microseconds of processor time for one of `count`: what a quiet machine would be held to."""
        count = max(count, 1)
        here, server = self.here / count * 1e6, self.server / count * 1e6
        return f"{here:.0f} µs here + {server:.0f} µs on the server each"


@contextmanager
def metered() -> Iterator[Meter]:
    """Measure the block; the server's share only where it runs on this machine."""
    backend = _backend()
    meter = Meter()
    began = time.perf_counter(), time.process_time(), _processor_time(backend)
    try:
        yield meter
    finally:
        meter.wall = time.perf_counter() - began[0]
        meter.here = time.process_time() - began[1]
        meter.server = _processor_time(backend) - began[2]


def cores_of(parts: Mapping[str, str], began: Mapping[str, float], wall: float) -> str:
    """How many cores each part has used since `began`: «web 0.8, database 0.5»."""
    used = computed_by(parts)
    return ", ".join(f"{part} {(used[part] - began[part]) / wall:.2f}" for part in parts)


def computed_by(parts: Mapping[str, str]) -> dict[str, float]:
    """Seconds that the processes of some parts have computed; each part by a word of their command lines."""
    used = dict.fromkeys(parts, 0.0)
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        part = next((part for part, word in parts.items() if word in line), None)
        if part is not None:
            used[part] += _processor_time(int(folder.name))
    return used


def computed_in_sessions() -> dict[tuple[str, int], float]:
    """Seconds that the server's process of each session has computed, by the session's name and process."""
    rows = sql(
        "SELECT coalesce(nullif(application_name, ''), backend_type), pid FROM pg_stat_activity"
    )
    return {(name, process): _processor_time(process) for name, process in rows}


def cores_of_sessions(began: Mapping[tuple[str, int], float], wall: float) -> str:
    """How many cores sessions have used since `began`; those that have ended meanwhile are missing."""
    used: dict[str, float] = {}
    for session, seconds in computed_in_sessions().items():
        name = session[0]
        used[name] = used.get(name, 0.0) + (seconds - began.get(session, 0.0)) / wall
    return ", ".join(f"{name} {cores:.2f}" for name, cores in used.items() if cores >= 0.005)


def _backend() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _processor_time(process: int) -> float:
    """Seconds that a process of this machine has computed; 0 where that cannot be read."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def median(ask: Callable[[], Any], times: int = 9) -> float:
    """Milliseconds, after one warm-up."""
    return statistics.median(samples(ask, times))


def samples(ask: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each call, after one warm-up."""
    ask()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def sql(statement: str, parameters: dict[str, Any] | None = None) -> list[Any]:
    """One statement, and its rows when it has any."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def report(results: Sequence[Result]) -> None:
    """The figures, one a line."""
    width = max(len(result.what) for result in results)
    print()
    for one in results:
        figure = f"{one.figure:>12,.1f} {one.unit:<10}"
        print(f"{one.what:<{width}}  {figure} {one.wanted:<22} {one.note}".rstrip())
