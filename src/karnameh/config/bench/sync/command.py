"""`./karnameh bench sync`: phones against the real server, first for truth, then for speed.

Truth: simulated sessions over a network that loses, doubles, delays and reorders, with a server that
dies in the middle and comes back from older backups; then every piece of work must be in the ledger
exactly once, every check beside its report and every photo with its entry. `--sessions` run inside this
process, where a seed is the same run every time; `--outside` run over HTTP against the processes that
`up` starts, with kill -9 of workers, server and database and with real backups restored while it runs.
Speed: phones that return in the same minute, beside a client that posts record by record.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from karnameh.config.backup import adopt
from karnameh.config.bench.machine import machine_line
from karnameh.config.bench.sync.inside import InProcess
from karnameh.config.bench.sync.outside import Outside
from karnameh.config.bench.sync.phones import NAME, enrolled, own_database
from karnameh.config.bench.sync.speed import for_speed
from karnameh.config.bench.sync.truth import truth_of
from karnameh.config.embedded import Cluster

_PHONES, _CHECKING = 60, 4
_PICTURES = 2  # things that a phone's camera sees: it sends each many times
_START = datetime(2026, 9, 1, 6, tzinfo=UTC)  # the same in every run, and over before any of them
_TOLD = 3  # pieces of work that did not come out right whose history is printed
_CLEAN = f"{NAME}_clean"


def bench(arguments: list[str]) -> int:
    """Run it; 1 when anything was lost, doubled or altered."""
    parser = argparse.ArgumentParser(prog="./karnameh bench sync")
    parser.add_argument("--sessions", type=int, default=10_000, help="inside this process, a seed")
    parser.add_argument("--outside", type=int, default=0, help="over HTTP with real kills, a seed")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1405, help="the first seed")
    parser.add_argument("--phones", type=int, default=2_000, help="that return in the same minute")
    parser.add_argument("--items", type=int, default=8, help="what each returning phone brings")
    parser.add_argument("--within", type=int, default=60, help="seconds in which they return")
    parser.add_argument("--killed", type=int, help="of a hundred requests outside (2)", default=2)
    given = parser.parse_args(arguments)
    good = True
    print(machine_line(), flush=True)
    with own_database() as (embedded, leaders, verifiers, indicator):
        cast = _Cast(leaders, verifiers, indicator)
        for seed in range(given.first, given.first + given.seeds):
            if given.sessions:
                good &= _inside(embedded, cast, seed, given.sessions)
            if given.outside:
                good &= _outside(embedded, cast, seed, given.outside, given.killed)
        if given.phones:
            for_speed(
                leaders, indicator, phones=given.phones, items=given.items, within=given.within
            )
    return 0 if good else 1


@dataclass(frozen=True)
class _Cast:
    """Who has phones: accounts with their units; and the indicator that they report."""

    leaders: list[Any]
    verifiers: list[Any]
    indicator: int

    def phones(self, seed: int, start: datetime) -> list[Any]:
        """Phones that record, and some that check."""
        from karnameh.field.public import phones_of

        count = _PHONES + _CHECKING
        given = enrolled(self.leaders, _PHONES, start) + enrolled(self.verifiers, _CHECKING, start)
        phones = phones_of(given, self.indicator, seed, count, _PICTURES)
        for one in phones[_PHONES:]:
            one.checks = True
        return phones


@contextmanager
def _photos_aside() -> Iterator[Path]:
    """Photos of a run lie in a folder of their own."""
    from django.conf import settings

    usual = settings.UPLOADS
    with tempfile.TemporaryDirectory() as folder:
        settings.UPLOADS = Path(folder)
        try:
            yield Path(folder)
        finally:
            settings.UPLOADS = usual


def _inside(embedded: Cluster, cast: _Cast, seed: int, sessions: int) -> bool:
    from django.db import connection

    from karnameh.field.public import Weather

    def maintain(statement: str) -> None:
        connection.close()
        embedded.sql(statement.replace("TEMPLATE", "OWNER karnameh_owner TEMPLATE"))

    _copy(embedded)
    server = InProcess(maintain=maintain, reconnect=connection.close, adopt=adopt)
    try:
        with _photos_aside():
            return _told(server, cast, seed, sessions, Weather())
    finally:
        server.forget()
        _back(embedded)


def _outside(embedded: Cluster, cast: _Cast, seed: int, sessions: int, killed: int) -> bool:
    from karnameh.field.public import Weather

    _copy(embedded)
    with tempfile.TemporaryDirectory() as folder, _photos_aside() as uploads:
        server = Outside(embedded, NAME, Path(folder), uploads)
        try:
            server.server.wait()
            good = _told(server, cast, seed, sessions, Weather(killed=killed))
            died = server.killed
            print(
                f"        over HTTP; kill -9 of workers {died['worker']} times, of the whole server"
                f" {died['server']} times, of PostgreSQL {died['database']} times",
                flush=True,
            )
        finally:
            server.end()
            _back(embedded)
    return good


def _copy(embedded: Cluster) -> None:
    """Keep the database as it is before a run."""
    from django.db import connection

    connection.close()
    embedded.sql(f"DROP DATABASE IF EXISTS {_CLEAN} WITH (FORCE)")
    embedded.sql(f"CREATE DATABASE {_CLEAN} OWNER karnameh_owner TEMPLATE {NAME}")


def _back(embedded: Cluster) -> None:
    """As it was before the run."""
    from django.db import connection

    connection.close()
    embedded.sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    embedded.sql(f"ALTER DATABASE {_CLEAN} RENAME TO {NAME}")


def _told(server: Any, cast: _Cast, seed: int, sessions: int, weather: Any) -> bool:
    """One run of one seed, told in a few lines; whether it came out exact."""
    from karnameh.field.public import Simulation

    run = Simulation(server, cast.phones(seed, _START), seed=seed, start=_START, weather=weather)
    began = time.monotonic()
    story = run.run(sessions, restores=8)
    found = truth_of(run)
    print(
        f"seed {seed}: {story.sessions:,} sessions, {story.requests:,} requests in"
        f" {time.monotonic() - began:.0f} s; {story.lost:,} lost, {story.doubled:,} doubled,"
        f" {story.late:,} late, {story.kills:,} kills, {story.restores} restores,"
        f" {story.away:,} absences of two weeks, {story.skewed:,} clocks gone wrong,"
        f" {story.asked:,} days asked about\n"
        f"        {len(run.works.quantity):,} pieces of work: {found.lost} lost, {found.doubled} doubled,"
        f" {found.altered} altered, {found.stray} stray, {found.unfinished} unfinished;"
        f" total {found.total:,} of {found.wanted:,}\n"
        f"        {story.checks:,} checks: {found.checks_wrong} wrong; {len(run.works.pictured):,} entries with a"
        f" photo in {found.photos:,} files ({story.photos:,} uploads): {found.photos_wrong} wrong",
        flush=True,
    )
    for work in sorted(found.about)[:_TOLD]:
        print(f"work {work}:", *run.history_of(work), sep="\n    ", flush=True)
    return found.exact
