"""Chores: the small jobs that a worker process does again and again.

A chore is a function that does one bounded piece of work and says whether more is waiting. The
worker goes round them, sleeps when all are idle, and is woken by `NOTIFY karnameh`. Every chore
commits on its own; a killed worker leaves nothing half done.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import InterfaceError, OperationalError, connection

CHANNEL = "karnameh"
log = logging.getLogger("karnameh.chores")


@dataclass
class Chore:
    """`every`: least seconds between two rounds when the last one was idle.

    `woken`: whether a notification makes it due at once. What follows the clock and not the work waits.
    """

    name: str
    work: Callable[[], bool]
    every: float
    woken: bool = True
    due: float = field(default=0.0)


class Worker:
    """Goes round its chores until told to stop."""

    def __init__(self, chores: list[Chore]) -> None:
        self.chores = chores
        self.stopping = False
        self.away_since: float | None = None  # the database, by this process's clock

    def stop(self, *_: object) -> None:
        """Finish the piece in hand and leave; also a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Work until `stop`; a lost database is waited for, any other fault is logged and passed."""
        while not self.stopping:
            try:
                if not self._round():
                    self._wait(0.5)
                self._is_back()
            except (OperationalError, InterfaceError) as trouble:
                self._is_away(trouble)
                connection.close()
                time.sleep(1)

    def _is_away(self, trouble: Exception) -> None:
        """Said once, with the server's own words, and not every second while it lasts."""
        if self.away_since is None:
            self.away_since = time.monotonic()
            reason = (str(trouble).strip().splitlines() or ["no reason given"])[0]
            log.warning("the database is away (%s); trying again every second", reason)

    def _is_back(self) -> None:
        if self.away_since is not None:
            seconds = time.monotonic() - self.away_since
            log.warning("the database is back after %.0f s; work goes on", seconds)
            self.away_since = None

    def _round(self) -> bool:
        busy = False
        for chore in self.chores:
            if self.stopping or time.monotonic() < chore.due:
                continue
            try:
                more = chore.work()
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception("chore %s failed", chore.name)
                more = False
                connection.close()
            chore.due = 0.0 if more else time.monotonic() + chore.every
            busy = busy or more
        return busy

    def _wait(self, seconds: float) -> None:
        """Sleep until notified, at most `seconds`."""
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        # Waiting is psycopg's own: Django's wrapper makes a lost session an error that `run` knows.
        with connection.wrap_database_errors:
            for _ in connection.connection.notifies(timeout=seconds, stop_after=1):
                for chore in self.chores:
                    chore.due = 0.0 if chore.woken else chore.due


def wake() -> None:
    """Wake the worker when the present transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
