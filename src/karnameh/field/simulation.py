"""Phones as the app makes them, on a network as it is: for the tests and for `./karnameh bench sync`.

The rules of the app, once more in Python: every item keeps its id and its very text; what was
acknowledged is kept for 30 days and is sent again in a new epoch; a day made by a wrong clock is asked
about and sent again as a new item that names the old one. The network loses, doubles, delays and
reorders; the server dies in the middle and comes back from an older backup. Everything follows from
one seed.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from karnameh.field.rules import MOST_MENDED

KEPT = timedelta(days=30)  # what was acknowledged stays on the phone this long
SOME = 40  # items of one batch
TEHRAN = ZoneInfo("Asia/Tehran")


class Away(Exception):
    """No answer of ours came: lost, cut, somebody else's page, or a server that is down."""


class Server(Protocol):
    """What the phones speak with, and what may happen to it."""

    def ask(self, token: str, body: bytes) -> dict[str, Any]:
        """One request. Raises `Away`."""

    def ask_twice(self, token: str, body: bytes) -> dict[str, Any]:
        """The same request twice, at the same moment where the server can; the second answer."""

    def ask_and_die(self, token: str, body: bytes, chance: random.Random) -> None:
        """One request in whose middle the server is killed. Nobody hears the answer."""

    def enrol_again(self, token: str) -> None:
        """The person signs in again on a phone that is not known any more."""

    def keep_backup(self) -> None:
        """Remember this moment."""

    def restore(self) -> None:
        """Go back to a moment that was remembered, in a new epoch."""

    def at(self, moment: datetime) -> None:
        """What the server's clock shows from now on."""


@dataclass
class Kept:
    """An item on a phone. `frame` is by how much its phone corrected its clock when it was made."""

    id: UUID
    kind: str
    body: dict[str, Any]
    made: datetime
    frame: timedelta
    work: int  # the piece of work that it stands for; one that replaces it stands for the same
    state: str = "waiting"  # waiting, taken, refused, replaced
    taken_at: datetime | None = None
    asked: str = ""
    waits: int = 0  # how often what it is about was not there yet: others go first

    def as_json(self) -> dict[str, Any]:
        text = json.dumps(self.body)
        return {
            "id": str(self.id), "kind": self.kind, "made": _ms(self.made), "body": text,
            "hash": hashlib.sha256(f"{self.kind}\n{text}".encode()).hexdigest(),
        }  # fmt: skip


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass
class Phone:
    """One phone: what it holds, and a clock that may be wrong."""

    name: int
    token: str
    unit: int
    indicator: int
    chance: random.Random
    skew: timedelta = timedelta()
    frame: timedelta = timedelta()
    epoch: int | None = None
    items: dict[UUID, Kept] = field(default_factory=dict)
    ever: dict[UUID, Kept] = field(default_factory=dict)  # for the oracle: all that it has made
    away_until: datetime | None = None
    locked: bool = False

    def clock(self, now: datetime) -> datetime:
        """What it believes the time to be, after all that it was told."""
        return now + self.skew + self.frame

    def new_id(self, now: datetime) -> UUID:
        stamp = _ms(self.clock(now)) & ((1 << 48) - 1)
        return UUID(
            int=stamp << 80
            | 7 << 76
            | self.chance.getrandbits(12) << 64
            | 2 << 62
            | self.chance.getrandbits(62)
        )

    def record(
        self, now: datetime, work: int, kind: str, body: dict[str, Any], mends: Kept | None = None
    ) -> Kept:
        """Somebody records something."""
        if mends is not None:
            body = {**body, "mends": [str(mends.id), *mends.body.get("mends", [])][:MOST_MENDED]}
            mends.state = "replaced"
        item = Kept(self.new_id(now), kind, body, self.clock(now), self.frame, work)
        self.items[item.id] = self.ever[item.id] = item
        return item

    def waiting(self) -> list[Kept]:
        """What is to be sent, oldest first, all of one frame: a batch says one clock."""
        rows = sorted(
            (one for one in self.items.values() if one.state == "waiting"),
            key=lambda one: (one.waits, one.made),
        )
        return [one for one in rows if one.frame == rows[0].frame][:SOME]

    def batch(self, rows: list[Kept], now: datetime) -> bytes:
        sent = now + self.skew + (rows[0].frame if rows else self.frame)
        given = {
            "v": 2,
            "epoch": self.epoch or 0,
            "sent": _ms(sent),
            "items": [one.as_json() for one in rows],
        }
        return json.dumps(given).encode()

    def hear(self, answer: dict[str, Any], now: datetime) -> None:
        """Take an answer: receipts first, then whether this is still the server that gave the old ones."""
        for said in answer["receipts"]:
            item = self.items.get(UUID(said["id"]))
            if item is not None and item.state == "waiting":
                self._told(item, said, now)
        if self.epoch is not None and answer["epoch"] != self.epoch:
            told = {said["id"] for said in answer["receipts"]}
            for item in self.items.values():
                if item.state == "taken" and str(item.id) not in told:
                    item.state = "waiting"
        self.epoch = answer["epoch"]
        wrong = datetime.fromtimestamp(answer["now"] / 1000, UTC) - self.clock(now)
        if abs(wrong) > timedelta(minutes=10):
            self.frame += wrong
        for key in [
            k
            for k, one in self.items.items()
            if one.taken_at and now - one.taken_at > KEPT and one.state == "taken"
        ]:
            del self.items[key]

    def _told(self, item: Kept, said: dict[str, Any], now: datetime) -> None:
        if said["verdict"] in ("new", "same"):
            item.state, item.taken_at = "taken", now
        elif said["verdict"] == "ask":
            item.state, item.asked = "asked", said["day"]
        elif said["verdict"] == "wait":
            item.waits += 1
        elif said["verdict"] == "refused" and said.get(
            "entry"
        ):  # what it replaces was taken after all
            first = self.items.get(UUID(said["entry"]))
            item.state = "replaced"
            if first is not None:
                first.state, first.taken_at = "taken", now
        else:
            item.state = "refused"

    def mend(self, now: datetime) -> None:
        """The holder answers what was asked: the day that is proposed is the right one."""
        for item in [one for one in self.items.values() if one.state == "asked"]:
            body = {**item.body, "on": item.asked, "sure": True}
            self.record(now, item.work, item.kind, body, mends=item)


@dataclass
class Weather:
    """How bad the network is, in parts of a hundred requests."""

    lost: int = 12
    unanswered: int = 12
    doubled: int = 8
    late: int = 8
    portal: int = 4
    killed: int = 3


@dataclass
class Works:
    """What was truly done: the oracle. Shares nothing with the server."""

    quantity: dict[int, int] = field(default_factory=dict)
    owner: dict[int, int] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)

    def total(self) -> int:
        return sum(q for work, q in self.quantity.items() if work not in self.undone)


@dataclass
class Story:
    """What happened, for the report."""

    sessions: int = 0
    requests: int = 0
    lost: int = 0
    doubled: int = 0
    late: int = 0
    kills: int = 0
    restores: int = 0
    asked: int = 0
    away: int = 0
    skewed: int = 0


class Simulation:
    """One run from one seed."""

    def __init__(
        self, server: Server, phones: list[Phone], *, seed: int, start: datetime,
        weather: Weather | None = None,
    ) -> None:  # fmt: skip
        self.server, self.phones = server, phones
        self.chance = random.Random(seed)
        self.now = start
        self.weather = weather or Weather()
        self.works, self.story = Works(), Story()
        self.late: list[tuple[Phone, bytes]] = []
        self.skewed = True  # whether clocks go wrong and people go away for weeks

    def run(self, sessions: int, *, days: int = 40, restores: int = 4) -> Story:
        """All sessions, spread over the days, with backups and restores between them; then calm weather."""
        step = timedelta(days=days) / sessions
        bad = set(self.chance.sample(range(sessions // 5, sessions), restores) if restores else ())
        for number in range(sessions):
            self.now += step * self.chance.uniform(0.5, 1.5)
            self.server.at(self.now)
            if number % max(1, sessions // 12) == 0:
                self.server.keep_backup()
            if number in bad:
                self.server.restore()
                self.story.restores += 1
            self._session(self.chance.choice(self.phones))
        self._settle()
        return self.story

    def _session(self, phone: Phone) -> None:
        self.story.sessions += 1
        if phone.away_until is not None and self.now < phone.away_until:
            self._work(phone)  # recorded without a network
            return
        if self.skewed and self.chance.random() < 0.03:
            phone.away_until = self.now + timedelta(days=14)
            self.story.away += 1
        if self.skewed and self.chance.random() < 0.03:
            days = self.chance.choice([0, 0, -365, 365, 2, -3])
            phone.skew = timedelta(days=days, minutes=self.chance.randint(-90, 90))
            self.story.skewed += 1
        for _item in range(self.chance.randint(0, 4)):
            self._work(phone)
        phone.mend(self.now)
        self._deliver_late()
        self._talk(phone)

    def _work(self, phone: Phone) -> None:
        """A new quantity, or now and then something about an older one."""
        taken = [one for one in phone.items.values() if one.kind == "entry" and one.state == "taken"
                 and one.work not in self.works.undone]  # fmt: skip
        if taken and self.chance.random() < 0.06:
            old = self.chance.choice(taken)
            self.works.undone.add(old.work)
            phone.record(
                self.now,
                -old.work,
                "correction",
                {
                    "entry": str(old.id),
                    "also": old.body.get("mends", []),
                    "takes_back": True,
                    "note": "twice",
                },
            )
            return
        work, quantity = len(self.works.quantity) + 1, self.chance.randint(1, 500)
        self.works.quantity[work], self.works.owner[work] = quantity, phone.name
        day = phone.clock(self.now).astimezone(TEHRAN).date()
        body = {
            "unit": phone.unit,
            "indicator": phone.indicator,
            "quantity": str(quantity),
            "on": day.isoformat(),
        }
        phone.record(self.now, work, "entry", body)

    def _talk(self, phone: Phone) -> None:
        """Send until nothing waits, or the network has gone."""
        for _try in range(8):
            rows = phone.waiting()
            if not rows and phone.epoch is not None and self.chance.random() < 0.7:
                return
            if not self._request(phone, phone.batch(rows, self.now)) and self.chance.random() < 0.5:
                return

    def _request(self, phone: Phone, body: bytes) -> bool:
        """One request through the weather; whether an answer was heard."""
        self.story.requests += 1
        name = self._luck()
        if name in ("lost", "portal"):
            self.story.lost += 1
            return False
        if name == "late":  # a copy stays on the way and comes after everything else
            self.story.late += 1
            self.late.append((phone, body))
            return False
        if name == "killed":
            self.story.kills += 1
            self.server.ask_and_die(phone.token, body, self.chance)
            return False
        if name == "doubled":
            self.story.doubled += 1
        answer = self._ask(phone, body, twice=name == "doubled")
        if answer is None or name == "unanswered":
            return False
        phone.hear(answer, self.now)
        self.story.asked += sum(one["verdict"] == "ask" for one in answer["receipts"])
        return True

    def _luck(self) -> str:
        """What the weather does to the next request."""
        dice = self.chance.uniform(0, 100)
        for name in ("lost", "portal", "killed", "unanswered", "doubled", "late"):
            share = getattr(self.weather, name)
            if dice < share:
                return name
            dice -= share
        return "fine"

    def _ask(self, phone: Phone, body: bytes, *, twice: bool = False) -> dict[str, Any] | None:
        ask = self.server.ask_twice if twice else self.server.ask
        try:
            answer = ask(phone.token, body)
        except Away:
            return None
        if answer.get("error") == "device_unknown":
            self.server.enrol_again(phone.token)
            return self._ask(phone, body)
        return answer if "receipts" in answer else None

    def _deliver_late(self) -> None:
        while self.late and self.chance.random() < 0.4:
            phone, body = self.late.pop(self.chance.randrange(len(self.late)))
            self._ask(phone, body)

    def _settle(self) -> None:
        """The weather clears up: everybody comes home and sends what he has, late copies come as well."""
        for phone, body in self.late:
            self._ask(phone, body)
        for _round in range(6):
            self.now += timedelta(minutes=5)
            self.server.at(self.now)
            for phone in self.phones:
                phone.mend(self.now)
                for _try in range(40):
                    answer = self._ask(phone, phone.batch(phone.waiting(), self.now))
                    if answer is not None:
                        phone.hear(answer, self.now)
                    if answer is not None and not phone.waiting():
                        break
        for phone, body in self.late:
            self._ask(phone, body)

    def unfinished(self) -> Iterator[tuple[Phone, Kept]]:
        """What did not come to its end: there must be none."""
        for phone in self.phones:
            for item in phone.items.values():
                if item.state not in ("taken", "replaced"):
                    yield phone, item


def phones_of(given: list[tuple[str, int]], indicator: int, seed: int, count: int) -> list[Phone]:
    """`count` phones with these tokens and units."""
    return [
        Phone(n, token, unit, indicator, random.Random(f"{seed} {n}"))
        for n, (token, unit) in enumerate(given[:count])
    ]
