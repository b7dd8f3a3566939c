"""Phones that return in the same minute, beside a client that posts record by record."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from karnameh.config.bench.sync.outside import served
from karnameh.config.bench.sync.phones import enrolled

_THREADS = 96  # of the client: more sessions than this wait in its own line, and that counts, too


@dataclass(frozen=True)
class _Visit:
    """One phone's return: when it comes, in seconds, and what it then asks."""

    comes: float
    token: str
    batches: list[bytes]


def for_speed(leaders: list[Any], indicator: int, *, phones: int, items: int, within: int) -> None:
    """`phones` return within so many seconds, each with `items` records and in want of its document.

    The client that posts record by record is one for every fourth phone, in a quarter of the time: they
    come as densely, and the measurement ends before the machine's other users need it again.
    """
    from karnameh.plumbing.clock import now

    tokens = enrolled(leaders, phones, now() - timedelta(days=1))
    with served() as server:
        for name, size, share in (
            ("one batch a phone", items, 1),
            ("a POST for each record", 1, 4),
        ):
            count, span = len(tokens) // share, within / share
            visits = _visits(name, tokens[:count], indicator, items=items, size=size, within=span)
            took, seconds = _returning(server.port, visits)
            took.sort()
            print(
                f"{count:,} phones return within {span:.0f} s, {items} records each, {name}: "
                f"all served after {seconds:.0f} s, {count / seconds:.0f} sessions/s, "
                f"{count * items / seconds:.0f} records/s; a session p50 {_at(took, 0.5)}, p99 {_at(took, 0.99)}",
                flush=True,
            )


def _at(took: list[float], share: float) -> str:
    seconds = took[min(len(took) - 1, int(len(took) * share))]
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _visits(
    name: str,
    tokens: list[tuple[str, int]],
    indicator: int,
    *,
    items: int,
    size: int,
    within: float,
) -> list[_Visit]:
    from karnameh.field.public import Phone
    from karnameh.plumbing.clock import now, today

    made = []
    for number, (token, unit) in enumerate(tokens):
        chance = random.Random(f"{name} {number}")
        phone = Phone(number, token, unit, indicator, chance)
        for work in range(items):
            body = {"unit": unit, "indicator": indicator, "quantity": str(work + 1)}
            phone.record(now(), work, "entry", {**body, "on": today().isoformat()})
        rows = list(phone.items.values())
        batches = [phone.batch(rows[n : n + size], now()) for n in range(0, items, size)]
        made.append(_Visit(chance.uniform(0, within), token, batches))
    return sorted(made, key=lambda one: one.comes)


def _returning(port: int, visits: list[_Visit]) -> tuple[list[float], float]:
    """All sessions at their times; how long each took from its own beginning, and all together."""
    waiting, took, lock = iter(visits), [], threading.Lock()
    began = time.monotonic()

    def work() -> None:
        while True:
            with lock:
                visit = next(waiting, None)
            if visit is None:
                return
            time.sleep(max(0.0, began + visit.comes - time.monotonic()))
            _session(port, visit)
            with lock:
                took.append(time.monotonic() - began - visit.comes)

    threads = [threading.Thread(target=work) for _n in range(min(_THREADS, len(visits)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(took) < len(visits):
        raise SystemExit("some phones were not served; the lines above say why")
    return took, time.monotonic() - began


def _session(port: int, visit: _Visit) -> None:
    """Send everything, then fetch the document, over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for said in _answers(connection, visit):
        if any(one["verdict"] != "new" for one in said.get("receipts", [])):
            raise SystemExit(f"a phone was refused: {said}")
    connection.close()


def _answers(connection: http.client.HTTPConnection, visit: _Visit) -> Iterator[dict[str, Any]]:
    headers = {"Authorization": f"Device {visit.token}", "Content-Type": "application/json"}
    asked = [("POST", "/field/api/sync/", body) for body in visit.batches]
    for method, address, body in [*asked, ("GET", "/field/api/down/", None)]:
        connection.request(method, address, body, headers)
        response = connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise SystemExit(f"{address} answered {response.status}: {text[:200]!r}")
        yield json.loads(text)
