"""The product's application server as `up` starts it, whose processes and database are really killed.

It also restores real backups while the server runs. Its clock is the simulation's.
"""

from __future__ import annotations

import http.client
import json
import mmap
import os
import random
import struct
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from karnameh.config.backup import adopt, back_up, restore
from karnameh.config.bench.live import HOST, Served, kill
from karnameh.config.bench.sync.phones import enrol_again
from karnameh.config.embedded import Cluster, DatabaseTrouble

_CLOCKED = "karnameh.config.bench.sync.clocked:application"
_KEPT = 3  # backups
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Outside:
    """What phones speak with over HTTP, and what may happen to it."""

    def __init__(self, embedded: Cluster, name: str, folder: Path, uploads: Path) -> None:
        self.embedded, self.name, self.folder = embedded, name, folder
        self.killed: Counter[str] = Counter()
        self.backups: list[Path] = []
        clock = folder / "clock"
        clock.write_bytes(bytes(8))
        with clock.open("r+b") as file:
            self.face = mmap.mmap(file.fileno(), 8)
        os.environ["KARNAMEH_BENCH_CLOCK"] = str(clock)
        os.environ["KARNAMEH_BENCH_UPLOADS"] = str(uploads)
        self.moment = _EPOCH
        self.server = Served(application=_CLOCKED)

    def at(self, moment: datetime) -> None:
        """The clock of all its processes."""
        self.moment = moment
        passed = moment - _EPOCH
        self.face[:8] = struct.pack("<q", passed.days * 86_400_000_000 + passed.seconds * 1_000_000)

    def ask(self, token: str, ask: Any) -> dict[str, Any]:
        """One request."""
        from karnameh.field.public import Away

        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=20)
        headers = {"Authorization": f"Device {token}", **dict(ask.headers)}
        try:
            connection.request(ask.method, ask.path, ask.body or None, headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
            raise Away from None
        finally:
            connection.close()
        if response.status not in (200, 401):
            time.sleep(0.05)
            raise Away(response.status)
        answer: dict[str, Any] = json.loads(text)
        return answer

    def ask_twice(self, token: str, ask: Any) -> dict[str, Any]:
        """Both at the same moment."""
        beside = threading.Thread(target=self._ask_quietly, args=(token, ask))
        beside.start()
        try:
            return self.ask(token, ask)
        finally:
            beside.join()

    def ask_and_die(self, token: str, ask: Any, chance: random.Random) -> None:
        """While the request is under way, kill -9 of a worker, of the whole server or of the database."""
        asking = threading.Thread(target=self._ask_quietly, args=(token, ask))
        asking.start()
        time.sleep(chance.uniform(0, 0.05))
        dice, workers = chance.random(), self.server.web_processes()
        if dice < 0.75:
            self.killed["worker"] += 1
            for pid in chance.sample(workers, min(len(workers), 1 + (dice < 0.15))):
                kill(pid)
        elif dice < 0.85:
            self.killed["server"] += 1
            self.server.kill()
        else:
            self.killed["database"] += 1
            self._kill_database()
        asking.join()

    def _ask_quietly(self, token: str, ask: Any) -> None:
        from karnameh.field.public import Away

        with suppress(Away, ValueError):
            self.ask(token, ask)

    def _kill_database(self) -> None:
        """kill -9 of the postmaster; its children see that it is gone. Then start it again."""
        first = (self.embedded.data / "postmaster.pid").read_text(encoding="ascii").split()[0]
        kill(int(first))
        deadline = time.monotonic() + 60
        while True:
            try:
                self.embedded.start()
                return
            except DatabaseTrouble:  # the dead one's memory is still held by its last child
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def enrol_again(self, token: str) -> None:
        """The holder signs in again."""
        self._fresh()
        enrol_again(token, self.moment)
        self._fresh()

    def keep_backup(self) -> None:
        """As `./karnameh backup` makes it, while the server runs."""
        made = back_up(
            self.folder,
            self.folder / f"{len(self.backups)}.backup",
            embedded=self.embedded,
            name=self.name,
        )
        self.backups.append(made)

    def restore(self) -> None:
        """The oldest of the last three, as `./karnameh restore` does it, while the server runs."""
        self._fresh()
        restore(self.backups[-_KEPT:][0], embedded=self.embedded, name=self.name)
        adopt()
        self._fresh()

    def _fresh(self) -> None:
        """No connection of this process stands in the way or is one that has died."""
        from django.db import connection

        connection.close()

    def end(self) -> None:
        """Let everything go."""
        self.server.stop()
        self._fresh()
        self.face.close()
