"""The product's own server, and its worker, over a benchmark's database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from karnameh.config.embedded import DatabaseTrouble
from karnameh.config.serving import answers, collect_static, gunicorn

HOST = "127.0.0.1"
_WSGI = "karnameh.config.wsgi:application"


class Served:
    """An application server as `up` starts it: two web processes, on a free port unless one is named.

    `application` is what is served in the place of the product's own, such as the same with another clock.
    """

    def __init__(self, *, port: int = 0, application: str = _WSGI) -> None:
        collect_static()
        self.port, self.application = port or _free_port(), application
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "KARNAMEH_PROCESS": "web", "KARNAMEH_DEMO": "0"}
        usual = gunicorn(HOST, self.port, 2)
        command = [self.application if one == _WSGI else one for one in usual]
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def wait(self) -> None:
        """Until it answers."""
        if not answers(HOST, self.port, [self.process], 240):
            raise DatabaseTrouble("the application server did not come up")

    def web_processes(self) -> list[int]:
        """The numbers of those that answer requests."""
        return children_of(self.process.pid)

    def kill(self) -> None:
        """kill -9 of all of it, and a new start."""
        for pid in [self.process.pid, *self.web_processes()]:
            kill(pid)
        self.process.wait()
        self.process = self._started()

    def stop(self) -> None:
        """A clean end."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@contextmanager
def served(*, port: int = 0, worker: bool = False) -> Iterator[Served]:
    """A server that answers, with the worker beside it when the block needs one."""
    server = Served(port=port)
    try:
        with _working() if worker else nullcontext():
            server.wait()
            yield server
    finally:
        server.stop()


@contextmanager
def _working() -> Iterator[None]:
    command = [sys.executable, "-m", "karnameh", "work"]
    process = subprocess.Popen(command, env={**os.environ, "KARNAMEH_PROCESS": "work"})
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def children_of(parent: int) -> list[int]:
    """The numbers of a process's children. Each says itself whose child it is: the kernel's own list of
    somebody's children may leave one out while they come and go."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):  # it has ended meanwhile
            said = (folder / "stat").read_text(encoding="ascii", errors="replace")
            if int(said.rsplit(")", 1)[1].split()[1]) == parent:
                found.append(int(folder.name))
    return found


def kill(pid: int) -> None:
    """kill -9; one that has ended already is as good."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def session_of(account: Any) -> tuple[str, str]:
    """Name and value of the cookie of somebody who is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(account)
    name = settings.SESSION_COOKIE_NAME
    return name, client.cookies[name].value
