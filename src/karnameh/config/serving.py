"""`up`: database, schema, demo, application server and worker, and a clean end of all of them."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from types import FrameType

from karnameh.config.commands import database, ready_django


def serve(*, host: str, port: int, workers: int) -> int:
    """Serve until interrupted. Returns 1 when the port is taken or the server does not come up."""
    if _taken(host, port):
        print(
            f"Port {port} is in use. Choose another: ./karnameh up --port {port + 1}",
            file=sys.stderr,
        )
        return 1
    began = time.monotonic()
    print("  database …", flush=True)
    embedded = database()
    # Figures and press packs name their address: on this port, unless the installation has another.
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    os.environ.setdefault("KARNAMEH_URL", f"http://{shown}:{port}")
    ready_django()
    _prepare()
    environment = {**os.environ, "KARNAMEH_PROCESS": "web"}
    processes = [subprocess.Popen(gunicorn(host, port, workers), env=environment)]
    ending = _Ending()
    try:
        _fold()
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "karnameh", "work"],
                env={**environment, "KARNAMEH_PROCESS": "work"},
            )
        )
        if answers(host, port, processes):
            _greet(host, port, time.monotonic() - began)
        while not ending.asked and all(process.poll() is None for process in processes):
            time.sleep(0.2)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            _wait(process)
        if embedded is not None:
            embedded.stop()
    if ending.asked:
        print("  stopped.", flush=True)
        return 0
    print("A part of the server ended by itself; its last lines above say why.", file=sys.stderr)
    return 1


class _Ending:
    """Remembers that somebody asked to stop."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def gunicorn(host: str, port: int, workers: int) -> list[str]:
    """The application server's command line."""
    return [
        sys.executable, "-m", "gunicorn", "karnameh.config.wsgi:application",
        "--bind", f"{host}:{port}", "--workers", str(workers), "--threads", "4", "--worker-class", "gthread",
        "--preload", "--timeout", "60", "--graceful-timeout", "10", "--max-requests", "20000",
        "--max-requests-jitter", "2000", "--log-level", "warning",
        "--no-control-socket",
    ]  # fmt: skip


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("  schema …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
    collect_static()
    if os.environ.get("KARNAMEH_DEMO", "1") == "1":
        from karnameh.front.public import load_demo

        say = partial(print, " ", flush=True)
        load_demo(full=False, say=say, only_if_empty=True)
    connection.close()


def _fold() -> None:
    """Fold what waits, while the server starts: a page that adds up a whole demo fails on a busy machine."""
    from django.db import connection

    from karnameh.ledger.public import fold

    fold()
    connection.close()


def collect_static() -> None:
    """Collect and compress the assets when one of them is newer than the last collection."""
    from django.conf import settings

    mark = settings.STATIC_ROOT / ".collected"
    sources = [file for app in settings.PACKAGE.glob("*/static") for file in app.rglob("*")]
    newest = max((file.stat().st_mtime for file in sources), default=0)
    if mark.exists() and mark.stat().st_mtime >= newest:
        return
    print("  assets …", flush=True)
    # In a process of its own: the manifest storage is chosen by the kind of process.
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "--verbosity", "0"],
        env={**os.environ, "KARNAMEH_PROCESS": "web"}, check=True,
    )  # fmt: skip
    mark.touch()


def work() -> int:
    """The worker: folding, following reorganisations; beside it imports, and erasing what has expired."""
    from karnameh.config.chores import lanes
    from karnameh.plumbing.chores import Worker

    workers = [Worker(chores) for chores in lanes()]

    def stop(*_: object) -> None:
        for worker in workers:
            worker.stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # Threads: one lane waits for the server most of the time, the other computes.
    beside = [threading.Thread(target=worker.run) for worker in workers[1:]]
    for thread in beside:
        thread.start()
    workers[0].run()
    for thread in beside:
        thread.join()
    return 0


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def answers(
    host: str, port: int, processes: list[subprocess.Popen[bytes]], seconds: float = 60
) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            connection = http.client.HTTPConnection(host, port, timeout=2)
            connection.request("GET", "/health/live")
            connection.getresponse().read()  # a redirect to https is an answer, too
            connection.close()
            return True
        except (http.client.HTTPException, OSError):
            time.sleep(0.1)
    return False


def _greet(host: str, port: int, seconds: float) -> None:
    from karnameh.front.public import DEMO_ACCOUNTS, PASSWORD

    print(
        f"\n  کارنامه آماده است  ·  Karnameh is ready ({seconds:.1f} s)\n\n      http://{host}:{port}/\n"
    )
    if os.environ.get("KARNAMEH_DEMO", "1") == "1":
        print("  demo sign-ins (password: " + PASSWORD + ")")
        for account in DEMO_ACCOUNTS:
            print(f"      {account.username:<22} {account.office_en}")
    print("\n  Ctrl-C stops everything.\n", flush=True)


def _wait(process: subprocess.Popen[bytes], seconds: float = 15) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
