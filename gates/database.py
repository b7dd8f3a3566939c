"""A PostgreSQL for one run of the tests: the embedded one, without its protections against power loss."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from gates.findings import ROOT
from karnameh.config import embedded

PLACES = ROOT / "var" / "test"  # one numbered folder for each run that goes on at the same time
# Tests throw their rows away; waiting for the disk would be most of their time.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextlib.contextmanager
def test_environment() -> Iterator[dict[str, str]]:
    """The environment in which tests run: their own var folder and server, stopped at the end.

    With DATABASE_URL set, that server is used as it is.
    """
    with _own_place() as place:
        environment = {**os.environ, "KARNAMEH_VAR": str(place)}
        if "DATABASE_URL" in os.environ:
            yield environment
            return
        server = _started(place / "pg")
        try:
            yield environment | {
                "DATABASE_URL": server.url(embedded.APP),
                "DATABASE_OWNER_URL": server.url(embedded.OWNER),
            }
        finally:
            server.stop()


@contextlib.contextmanager
def _own_place() -> Iterator[Path]:
    """A folder that no other run is using, so that two can go on side by side."""
    number, held = 0, None
    while held is None:
        place = PLACES / str(number)
        place.mkdir(parents=True, exist_ok=True)
        held = _held(place / "lock")
        number += 1
    with held:
        yield place


def _held(lock: Path) -> IO[str] | None:
    """The lock, held until it is closed or this process dies; None when somebody else has it."""
    file = lock.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _started(home: Path) -> embedded.Cluster:
    """The server of this place; made anew when a crash without fsync left it broken."""
    server = embedded.cluster(home)
    try:
        server.start()
    except embedded.DatabaseTrouble:
        server.stop(mode="immediate")
        shutil.rmtree(server.data, ignore_errors=True)
        server.start()
    for name, value in CARELESS.items():
        server.sql(f"ALTER SYSTEM SET {name} = {value}")
    server.sql("SELECT pg_reload_conf()")
    return server
