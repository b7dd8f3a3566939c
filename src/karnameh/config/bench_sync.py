"""`./karnameh bench sync`: phones against the real server, first for truth, then for speed.

Truth: simulated sessions over a network that loses, doubles, delays and reorders, with a server that
dies in the middle and comes back from older backups; then every piece of work must be in the ledger
exactly once. Speed: phones that return in the same minute, beside a client that posts record by record.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from karnameh.config.commands import database, ready_django
from karnameh.config.embedded import Cluster, DatabaseTrouble

_NAME = "karnameh_bench_sync"


class Killed(BaseException):
    """The server's process ends here: nothing after this line happens, and nobody is told."""


class InProcess:
    """The product's own request handling in this process, on a database that can be copied and put back.

    A kill is an end at any statement of a request; real kills of processes are the drill's business.
    `owner` is the address of the server with the rights to copy databases.
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

    def ask(self, token: str, body: bytes) -> dict[str, Any]:
        """One request through the whole of the product's stack."""
        import io

        from karnameh.field.public import Away

        said: dict[str, Any] = {}
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": "/field/api/sync/", "SCRIPT_NAME": "", "QUERY_STRING": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
            "HTTP_AUTHORIZATION": f"Device {token}", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr,
            "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False, "HTTP_HOST": "localhost",
        }  # fmt: skip
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
        assert self.moment is not None
        stamp = int(self.moment.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62

        def uuid7() -> SimpleNamespace:
            return SimpleNamespace(int=stamp | secrets.randbits(12) << 64 | secrets.randbits(62))

        with (
            patch("django.utils.timezone.now", return_value=self.moment),
            patch("karnameh.kernel.ids.uuid_utils", SimpleNamespace(uuid7=uuid7)),
        ):
            yield

    def ask_and_die(self, token: str, body: bytes, chance: random.Random) -> None:
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
            self.ask(token, body)
        connection.close()  # what the operating system does with a dead process's socket

    def enrol_again(self, token: str) -> None:
        """As the page of the app does after a sign-in."""
        from karnameh.field.public import enrol_device, read_token
        from karnameh.org.public import OrgUnit
        from karnameh.people.public import User

        found = read_token(token)
        assert found is not None and self.moment is not None
        user = User.objects.get(pk=found[1])
        unit = OrgUnit.objects.get(pk=user.grants.values_list("unit", flat=True)[0])
        enrol_device(unit=unit, name="phone", by=user, at=self.moment, known_as=token)

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


class OverHttp:
    """The product's application server over the network, whose processes and database are really killed."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], embedded: Cluster) -> None:
        self.port, self.process, self.embedded = port, process, embedded
        self.killed = {"worker": 0, "database": 0}

    def at(self, moment: datetime) -> None:
        """Its clock is the machine's."""

    def ask(self, token: str, body: bytes) -> dict[str, Any]:
        """One request, again and again while nobody listens."""
        from karnameh.field.public import Away

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Device {token}", "Content-Type": "application/json"}
        try:
            connection.request("POST", "/field/api/sync/", body, headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            raise Away from None
        finally:
            connection.close()
        if response.status not in (200, 401):
            time.sleep(0.2)
            raise Away(response.status)
        answer: dict[str, Any] = json.loads(text)
        return answer

    def ask_and_die(self, token: str, body: bytes, chance: random.Random) -> None:
        """While the request is under way, kill -9 every worker, or the database."""
        asking = threading.Thread(target=self._ask_quietly, args=(token, body))
        asking.start()
        time.sleep(chance.uniform(0, 0.04))
        if chance.random() < 0.8:
            self.killed["worker"] += 1
            for child in _children(self.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        else:
            self.killed["database"] += 1
            self.embedded.stop(mode="immediate")  # what kill -9 leaves: no checkpoint
            self.embedded.start()
        asking.join()

    def _ask_quietly(self, token: str, body: bytes) -> None:
        from karnameh.field.public import Away

        with suppress(Away, ValueError):
            self.ask(token, body)

    def enrol_again(self, token: str) -> None:
        """Nothing is restored here, so no phone is forgotten."""
        raise AssertionError(token)

    def keep_backup(self) -> None:
        """Restores have their own run."""

    def restore(self) -> None:
        """Restores have their own run."""


def _children(parent: int) -> list[int]:
    """The processes that a process has started."""
    said = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(one) for one in said.split()]


@dataclass(frozen=True)
class Truth:
    """What the ledger holds after a run, compared with what was done."""

    lost: int
    doubled: int
    altered: int
    stray: int
    total: int
    wanted: int
    unfinished: int

    @property
    def exact(self) -> bool:
        return self.total == self.wanted and not (
            self.lost or self.doubled or self.altered or self.stray or self.unfinished
        )


def truth_of(run: Any) -> Truth:
    """Compare each piece of work with the rows of the ledger, by the ids that its phone gave it."""
    from karnameh.ledger.public import Entry, Kind

    indicator = run.phones[0].indicator
    rows = {one.pk: one for one in Entry.objects.filter(indicator=indicator)}
    undone = {one.corrects_id for one in rows.values() if one.kind == Kind.REVERSAL}
    originals = {pk: one for pk, one in rows.items() if one.kind == Kind.ORIGINAL}
    work_of: dict[Any, int] = {}
    for phone in run.phones:
        work_of |= {item.id: item.work for item in phone.ever.values() if item.kind == "entry"}
    found: dict[int, list[Any]] = {}
    for pk, row in originals.items():
        found.setdefault(work_of.get(pk, 0), []).append(row)
    works = run.works
    lost = sum(1 for work in works.quantity if work not in found)
    doubled = sum(len(same) - 1 for work, same in found.items() if work)
    altered = sum(
        1 for work, same in found.items() if work for one in same if int(one.quantity) != works.quantity[work]
    ) + sum(1 for work in works.undone if work in found and found[work][0].pk not in undone) + len(
        undone - {one.pk for work in works.undone for one in found.get(work, [])}
    )  # fmt: skip
    total = sum(int(one.quantity or 0) for one in rows.values())
    return Truth(
        lost,
        doubled,
        altered,
        len(found.get(0, [])),
        total,
        works.total(),
        len(list(run.unfinished())),
    )


# --- the command ------------------------------------------------------------------------------------------


def bench(arguments: list[str]) -> int:
    """Run it; 1 when anything was lost, doubled or altered."""
    parser = argparse.ArgumentParser(prog="./karnameh bench sync")
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--phones", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=300, help="sessions with real kill -9")
    parser.add_argument("--items", type=int, default=8, help="what each returning phone brings")
    given = parser.parse_args(arguments)
    with _own_database() as (embedded, world):
        good = True
        for seed in range(given.first, given.first + given.seeds):
            if given.sessions:
                good &= _for_truth(embedded, world, seed, given.sessions)
        if given.kills:
            good &= _for_kills(embedded, world, given.kills)
        if given.phones:
            _for_speed(world, given.phones, given.items)
    return 0 if good else 1


@contextmanager
def _own_database() -> Iterator[tuple[Cluster, Any]]:
    embedded = database()
    if embedded is None:
        raise DatabaseTrouble("the benchmark fills a database; it runs on the embedded server only")
    embedded.sql(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")
    embedded.sql(f"CREATE DATABASE {_NAME} OWNER karnameh_owner")
    os.environ["DATABASE_OWNER_URL"] = embedded.url("karnameh_owner", _NAME)
    os.environ["DATABASE_URL"] = embedded.url("karnameh_app", _NAME)
    ready_django("manage")
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    try:
        yield embedded, _world()
    finally:
        connection.close()
        embedded.sql(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)")


def _world() -> Any:
    """The dictionary, a small federation, and leaders of local units."""
    from django.db import transaction

    from karnameh.access.public import Role, grant_role
    from karnameh.catalog.public import Indicator, load_dictionary
    from karnameh.front.public import build
    from karnameh.people.public import create_user
    from karnameh.plumbing.clock import now

    with transaction.atomic():
        load_dictionary(at=now())
        made = build(600)
        leaders = []
        for number, unit in enumerate(made.locals[:200]):
            user = create_user(
                username=f"leader-{number}", office="leader", password=None, by=None, at=now()
            )
            grant_role(user=user, role=Role.REPORTER, unit=unit, by=None, at=now())
            leaders.append((user, unit))
    indicator = Indicator.objects.filter(
        time_rule="sum", unit_rule="sum", measure__decimals=0, measure__kind="count"
    ).first()
    assert indicator is not None
    return leaders, indicator.pk


def enrolled(leaders: list[Any], count: int, at: datetime) -> list[tuple[str, int]]:
    """Tokens and units of `count` phones, several of each leader."""
    from karnameh.field.public import enrol_device

    found = []
    for number in range(count):
        user, unit = leaders[number % len(leaders)]
        _device, given = enrol_device(unit=unit, name="phone", by=user, at=at)
        found.append((given.token, unit.pk))
    return found


def _for_truth(embedded: Cluster, world: Any, seed: int, sessions: int) -> bool:
    from django.db import connection

    from karnameh.config.backup import adopt
    from karnameh.field.public import Simulation, phones_of
    from karnameh.plumbing.clock import now

    leaders, indicator = world
    connection.close()
    embedded.sql(f"DROP DATABASE IF EXISTS {_NAME}_clean")
    embedded.sql(f"CREATE DATABASE {_NAME}_clean TEMPLATE {_NAME}")

    def maintain(statement: str) -> None:
        connection.close()
        embedded.sql(statement.replace("TEMPLATE", "OWNER karnameh_owner TEMPLATE"))

    server = InProcess(maintain=maintain, reconnect=connection.close, adopt=adopt)
    start = now() - timedelta(days=60)
    run = Simulation(
        server, phones_of(enrolled(leaders, 60, start), indicator, seed, 60), seed=seed, start=start
    )
    began = time.monotonic()
    story = run.run(sessions, restores=8)
    found = truth_of(run)
    seconds = time.monotonic() - began
    print(
        f"seed {seed}: {story.sessions:,} sessions, {story.requests:,} requests in {seconds:.0f} s; "
        f"{story.lost:,} lost, {story.doubled:,} doubled, {story.late:,} late, {story.kills:,} kills, "
        f"{story.restores} restores, {story.asked:,} days asked about\n"
        f"        {len(run.works.quantity):,} pieces of work: {found.lost} lost, {found.doubled} doubled, "
        f"{found.altered} altered, {found.stray} stray, {found.unfinished} unfinished; "
        f"total {found.total:,} of {found.wanted:,}",
        flush=True,
    )
    server.forget()
    connection.close()
    embedded.sql(f"DROP DATABASE {_NAME}")
    embedded.sql(f"ALTER DATABASE {_NAME}_clean RENAME TO {_NAME}")
    return found.exact


def _for_kills(embedded: Cluster, world: Any, sessions: int) -> bool:
    from django.db import connection

    from karnameh.field.public import Simulation, Weather, phones_of
    from karnameh.plumbing.clock import now

    leaders, indicator = world
    phones = phones_of(enrolled(leaders, 30, now()), indicator, 1, 30)
    connection.close()
    with served() as (port, process):
        server = OverHttp(port, process, embedded)
        weather = Weather(lost=5, unanswered=10, doubled=5, late=5, portal=0, killed=20)
        run = Simulation(
            server, phones, seed=1, start=now() - timedelta(minutes=30), weather=weather
        )
        run.skewed = False
        began = time.monotonic()
        run.run(sessions, days=0, restores=0)
    connection.close()
    found = truth_of(run)
    print(
        f"kill -9: {sessions:,} sessions in {time.monotonic() - began:.0f} s, workers killed "
        f"{server.killed['worker']} times, the database {server.killed['database']} times; "
        f"{found.lost} lost, {found.doubled} doubled, {found.altered} altered, {found.unfinished} unfinished",
        flush=True,
    )
    return found.exact


def _for_speed(world: Any, phones: int, items: int) -> None:
    from karnameh.field.public import Phone
    from karnameh.plumbing.clock import now

    leaders, indicator = world
    count = min(phones, len(leaders) * 8)
    tokens = enrolled(leaders, count, now() - timedelta(days=1))
    with served() as (port, _process):
        for name, size in (("batches", items), ("a POST for each record", 1)):
            bodies = []
            for number in range(phones):
                token, unit = tokens[number % count]
                phone = Phone(number, token, unit, indicator, random.Random(f"{name} {number}"))
                for work in range(items):
                    day = now().astimezone().date().isoformat()
                    phone.record(
                        now(),
                        work,
                        "entry",
                        {
                            "unit": unit,
                            "indicator": indicator,
                            "quantity": str(work + 1),
                            "on": day,
                        },
                    )
                rows = list(phone.items.values())
                bodies.append(
                    (token, [phone.batch(rows[n : n + size], now()) for n in range(0, items, size)])
                )
            took, seconds = _returning(port, bodies)
            took.sort()
            print(
                f"{phones:,} phones with {items} records each, {name}: {phones / seconds:.0f} sessions/s, "
                f"{phones * items / seconds:.0f} records/s; a session p50 "
                f"{statistics.median(took) * 1000:.0f} ms, p99 {took[int(len(took) * 0.99)] * 1000:.0f} ms",
                flush=True,
            )


def _returning(
    port: int, bodies: list[tuple[str, list[bytes]]], at_once: int = 16
) -> tuple[list[float], float]:
    """All sessions, `at_once` of them at a time; how long each took, and all together."""
    waiting, took, lock = iter(bodies), [], threading.Lock()

    def work() -> None:
        while True:
            with lock:
                session = next(waiting, None)
            if session is None:
                return
            token, requests = session
            began = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            for body in requests:
                connection.request(
                    "POST",
                    "/field/api/sync/",
                    body,
                    {"Authorization": f"Device {token}", "Content-Type": "application/json"},
                )
                answer = connection.getresponse()
                said = json.loads(answer.read())
                if answer.status != 200 or any(one["verdict"] != "new" for one in said["receipts"]):
                    raise SystemExit(f"a phone was refused: {answer.status} {said}")
            connection.close()
            with lock:
                took.append(time.monotonic() - began)

    began = time.monotonic()
    threads = [threading.Thread(target=work) for _n in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, time.monotonic() - began


@contextmanager
def served(workers: int = 2) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The product's own application server, as `up` starts it; its port and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    from karnameh.config.serving import answers, gunicorn

    environment = {**os.environ, "KARNAMEH_PROCESS": "web", "KARNAMEH_DEMO": "0"}
    process = subprocess.Popen(
        gunicorn("127.0.0.1", port, workers),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if not answers("127.0.0.1", port, [process], 240):
            raise DatabaseTrouble("the application server did not come up")
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
