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

from karnameh.config.bench.live import HOST, served
from karnameh.config.bench.sync.phones import enrolled

_DOWN = "/field/api/down/"
_THREADS = 96  # of the client: more sessions than this wait in its own line, and that counts, too


@dataclass(frozen=True)
class _Visit:
    """One phone's return: when it comes, in seconds, and what it then asks: (method, address, body)."""

    comes: float
    token: str
    asks: list[tuple[str, str, bytes | None]]


def for_speed(leaders: list[Any], indicator: int, *, phones: int, items: int, within: int) -> None:
    """`phones` return within so many seconds, each with `items` records and in want of its document.

    They have the dictionary already and nothing else of the document, as after a week away. The client
    that posts record by record is one for every fourth phone, in a quarter of the time: they come as
    densely, and the measurement ends before the machine's other users need it again.
    """
    from karnameh.plumbing.clock import now

    tokens = enrolled(leaders, phones, now() - timedelta(days=1))
    with served() as server:
        have = _dictionary(server.port, tokens[0][0])
        for name, batched, share in (
            ("one batch a phone", True, 1),
            ("a POST for each record", False, 4),
        ):
            count, span = len(tokens) // share, within / share
            visits = _visits(
                name, tokens[:count], indicator, items=items, within=span, have=have if batched else None
            )  # fmt: skip
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
    within: float,
    have: str | None,
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
        sent = (
            [phone.batch(rows, now(), have)]
            if have is not None
            else [phone.batch([one], now()) for one in rows]
        )
        asks: list[tuple[str, str, bytes | None]] = [
            (one.method, one.path, one.body) for one in sent
        ]
        if have is None:
            asks.append(("GET", _DOWN, None))
        made.append(_Visit(chance.uniform(0, within), token, asks))
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
    """Send everything and get the document, over one connection."""
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    parts: dict[str, Any] = {}
    for said in _answers(connection, visit):
        parts = said.get("down", said).get("parts", {})
        if any(one["verdict"] != "new" for one in said.get("receipts", [])):
            raise SystemExit(f"a phone was refused: {said}")
    connection.close()
    if not parts.get("sent"):
        raise SystemExit("a phone was not told what became of what it sent")


def _dictionary(port: int, token: str) -> str:
    """The marks of the parts that are the same for all phones."""
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    [said] = _answers(connection, _Visit(0, token, [("GET", _DOWN, None)]))
    connection.close()
    return ",".join(f"{name}:{said['marks'][name]}" for name in ("indicators", "cuts"))


def _answers(connection: http.client.HTTPConnection, visit: _Visit) -> Iterator[dict[str, Any]]:
    headers = {"Authorization": f"Device {visit.token}", "Content-Type": "application/json"}
    for method, address, body in visit.asks:
        connection.request(method, address, body, headers)
        response = connection.getresponse()
        text = response.read()
        if response.status != 200:
            raise SystemExit(f"{address} answered {response.status}: {text[:200]!r}")
        yield json.loads(text)
