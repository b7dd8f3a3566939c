"""The product's own request handling in this process: every run of a seed is the same, to the last request."""

from __future__ import annotations

import io
import json
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, cast
from unittest.mock import patch

from karnameh.config.bench.sync.moments import ids_at
from karnameh.config.bench.sync.phones import enrol_again


class Killed(BaseException):
    """The server's process ends here: nothing after this line happens, and nobody is told."""


class InProcess:
    """The product in this process, on a database that can be copied and put back.

    A kill is an end at any statement of a request; processes are really killed outside (`outside.py`).
    `maintain` runs a statement with the right to copy databases.
    """

    def __init__(self, *, maintain: Any, reconnect: Any, adopt: Any) -> None:
        from django.core.handlers.wsgi import WSGIHandler

        self.maintain, self.reconnect, self.adopt_here = maintain, reconnect, adopt
        self.handler = WSGIHandler()
        self.backups = 0
        self.moment: datetime | None = None

    def at(self, moment: datetime) -> None:
        """The server's clock."""
        self.moment = moment

    def ask(self, token: str, ask: Any) -> dict[str, Any]:
        """One request through the whole of the product's stack."""
        from karnameh.field.public import Away

        said: dict[str, Any] = {}
        environ = {
            "REQUEST_METHOD": ask.method, "PATH_INFO": ask.path, "SCRIPT_NAME": "", "QUERY_STRING": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(ask.body)), "HTTP_AUTHORIZATION": f"Device {token}", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(ask.body), "wsgi.errors": sys.stderr,
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False, "HTTP_HOST": "localhost",
        }  # fmt: skip
        for name, value in ask.headers:
            named = name.upper().replace("-", "_")
            environ[named if named == "CONTENT_TYPE" else f"HTTP_{named}"] = value
        with self._clock(), patch("django.db.close_old_connections"):
            response: Any = cast(Any, self.handler)(
                environ, lambda status, _headers: said.update(status=status)
            )
            text = b"".join(response)
        if not said["status"].startswith(("200", "401")):
            raise Away(said["status"])
        answer: dict[str, Any] = json.loads(text)
        return answer

    @contextmanager
    def _clock(self) -> Iterator[None]:
        """The product's clock, and that of its ids, show the simulation's time."""
        moment = self.moment
        assert moment is not None
        with (
            patch("django.utils.timezone.now", return_value=moment),
            patch("karnameh.kernel.ids.uuid_utils", ids_at(lambda: moment)),
        ):
            yield

    def ask_twice(self, token: str, ask: Any) -> dict[str, Any]:
        """One after the other: there is only one process."""
        self.ask(token, ask)
        return self.ask(token, ask)

    def ask_and_die(self, token: str, ask: Any, chance: random.Random) -> None:
        """The process ends at one of the request's statements."""
        from django.db import connection

        left = chance.randint(1, 34)

        def dying(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            return execute(sql, params, many, context)

        with suppress(Killed, Exception), connection.execute_wrapper(dying):
            self.ask(token, ask)
        connection.close()  # what the operating system does with a dead process's socket

    def enrol_again(self, token: str) -> None:
        """As the page of the app does after a sign-in."""
        assert self.moment is not None
        enrol_again(token, self.moment)

    def keep_backup(self) -> None:
        """A copy of the database; the two before it stay, older ones go."""
        self.backups += 1
        self.maintain(f'CREATE DATABASE "{self._backup(self.backups)}" TEMPLATE "{self.name}"')
        if self.backups > 3:
            self.maintain(f'DROP DATABASE IF EXISTS "{self._backup(self.backups - 3)}"')

    def restore(self) -> None:
        """Back to the oldest copy that is kept, in a new epoch, as `./karnameh restore` does."""
        oldest = max(1, self.backups - 2)
        self.maintain(f'DROP DATABASE "{self.name}"')
        self.maintain(f'CREATE DATABASE "{self.name}" TEMPLATE "{self._backup(oldest)}"')
        self.reconnect()
        self.adopt_here()

    def forget(self) -> None:
        """Drop the copies."""
        for number in range(max(1, self.backups - 3), self.backups + 1):
            self.maintain(f'DROP DATABASE IF EXISTS "{self._backup(number)}"')

    @property
    def name(self) -> str:
        from django.db import connection

        return str(connection.settings_dict["NAME"])

    def _backup(self, number: int) -> str:
        return f"{self.name}_b{number}"
