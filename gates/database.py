"""The PostgreSQL of one run of the tests: the embedded one, without its protections against power loss."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from gates.findings import ROOT
from karnameh.config import embedded

PLACES = ROOT / "var" / "test"  # one numbered folder for each run that goes on at the same time
# Tests throw their rows away; waiting for the disk would be most of their time.
# And nobody cleans up in databases that live for seconds: a cleaner at work holds up their copying.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Servers:
    """The servers of one run: one for everything, and for pytest another one for each further worker.

    What a transaction holds open is felt in the whole server: folding and sealing wait for it, whichever
    database it is in. With servers of their own no worker ever waits for the other's test.
    """

    def __init__(self, place: Path | None) -> None:
        self.place = place  # None: the server of DATABASE_URL, used as it is
        self.all: list[embedded.Cluster] = []
        if place is not None:
            self.all = [embedded.cluster(place / name) for name in ("pg", "pg-1")]

    @property
    def environment(self) -> dict[str, str]:
        """What a part's process must know to find them."""
        if self.place is None:
            return {}
        return {
            "DATABASE_URL": self.all[0].url(embedded.APP),
            "DATABASE_OWNER_URL": self.all[0].url(embedded.OWNER),
            "KARNAMEH_TEST_SERVERS": " ".join(str(one.socket_dir) for one in self.all),
        }

    def start(self) -> None:
        """The first one, which is enough for whatever is not pytest."""
        if self.place is not None:
            _start(self.all[0])

    def start_others(self, schema: str) -> None:
        """The others, each with the database `schema`: a copy of all files of the first where it is missing."""
        for server in self.all[1:]:
            has = server.data / "karnameh_schema"
            if not has.exists() or has.read_text() != schema:
                self.all[0].stop()
                _copy(self.all[0], server)
                has.write_text(schema)
                self.all[0].start()
            _start(server)

    def stop(self) -> None:
        for server in self.all:
            server.stop()


@contextlib.contextmanager
def servers_for_tests() -> Iterator[tuple[Servers, dict[str, str]]]:
    """The servers of a run and the environment of its parts, with a var folder of their own.

    With DATABASE_URL set, that server is used as it is.
    """
    with _own_place() as place:
        servers = Servers(None if "DATABASE_URL" in os.environ else place)
        try:
            servers.start()
            yield servers, {**os.environ, "KARNAMEH_VAR": str(place), **servers.environment}
        finally:
            servers.stop()


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


def _start(server: embedded.Cluster) -> None:
    """Made anew when a crash without fsync left it broken."""
    try:
        server.start()
    except embedded.DatabaseTrouble:
        server.stop(mode="immediate")
        shutil.rmtree(server.data, ignore_errors=True)
        server.start()
    for name, value in CARELESS.items():
        server.sql(f"ALTER SYSTEM SET {name} = {value}")
    server.sql("SELECT pg_reload_conf()")


def _copy(source: embedded.Cluster, target: embedded.Cluster) -> None:
    """All files of a server that is down become those of another one."""
    target.stop(mode="immediate")
    shutil.rmtree(target.home, ignore_errors=True)
    target.home.mkdir(parents=True)
    if target.user:
        shutil.chown(target.home, target.user)
    subprocess.run(["cp", "-a", str(source.data), str(target.data)], check=True)
