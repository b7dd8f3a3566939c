"""Phones on a network as it is: it loses, doubles, delays and reorders; the server dies in the middle and comes
back from an older backup. Everything follows from one seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from karnameh.field.simulation.phones import TEHRAN, Ask, Kept, Phone, how_far, part_of

CHECK = 10_000_000  # a check of a piece of work is the piece of work of this much more


class Away(Exception):
    """No answer of ours came: lost, cut, somebody else's page, or a server that is down."""


class Server(Protocol):
    """What the phones speak with, and what may happen to it."""

    def ask(self, token: str, ask: Ask) -> dict[str, Any]:
        """One request. Raises `Away`."""

    def ask_twice(self, token: str, ask: Ask) -> dict[str, Any]:
        """The same request twice, at the same moment where the server can; the second answer."""

    def ask_and_die(self, token: str, ask: Ask, chance: random.Random) -> None:
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
    counted: dict[int, int] = field(default_factory=dict)  # what somebody else found, by work
    pictured: set[int] = field(default_factory=set)  # with a photo

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
    checks: int = 0
    photos: int = 0


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
        self.late: list[tuple[Phone, Ask, list[Kept]]] = []
        self.restored: list[datetime] = []
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
                self.restored.append(self.now)
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
        """A new quantity, now and then with a photo, or something about an older one."""
        if phone.checks:
            self._check(phone)
            return
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
        body: dict[str, Any] = {
            "unit": phone.unit,
            "indicator": phone.indicator,
            "quantity": str(quantity),
            "on": day.isoformat(),
        }
        if phone.pictures and phone.chance.random() < 0.1:
            body["files"] = [phone.photograph()]
            self.works.pictured.add(work)
        phone.record(self.now, work, "entry", body)

    def _check(self, phone: Phone) -> None:
        """A report of another phone that nobody has checked is counted again."""
        other = self.chance.choice(self.phones)
        found = [one for one in other.items.values() if one.kind == "entry" and one.state == "taken"
                 and one.work not in self.works.undone and one.work not in self.works.counted]  # fmt: skip
        if not found:
            return
        report, quantity = self.chance.choice(found), self.chance.randint(1, 500)
        self.works.counted[report.work] = quantity
        self.story.checks += 1
        body: dict[str, Any] = {"report": str(report.id), "quantity": str(quantity)}
        if phone.pictures and phone.chance.random() < 0.3:
            body["files"] = [phone.photograph()]
        phone.record(self.now, CHECK + report.work, "verification", body)

    def _talk(self, phone: Phone) -> None:
        """Send until nothing waits, or the network has gone."""
        for _try in range(8):
            rows = phone.waiting()
            if not rows and phone.epoch is not None and self.chance.random() < 0.7:
                break
            if not self._send(phone, rows) and self.chance.random() < 0.5:
                return
        self._upload(phone)

    def _send(self, phone: Phone, rows: list[Kept]) -> bool:
        answer = self._request(phone, phone.batch(rows, self.now), rows)
        if answer is None or "receipts" not in answer:
            return False
        phone.hear(answer, self.now)
        self.story.asked += sum(one["verdict"] == "ask" for one in answer["receipts"])
        return True

    def _upload(self, phone: Phone, *, calm: bool = False) -> None:
        """Photos of what was taken, part by part, until one answer does not come."""
        request = self._ask if calm else self._request
        for name, data in list(phone.photos()):
            answer = request(phone, how_far(name))
            for _part in range(40):
                if answer is None or "here" not in answer:
                    break
                answer = request(phone, part_of(name, data, answer["here"]))
            if answer is None or not answer.get("done"):
                return
            phone.done.add(name)
            self.story.photos += 1

    def _request(self, phone: Phone, ask: Ask, rows: Sequence[Kept] = ()) -> dict[str, Any] | None:
        """One request through the weather, with these items; the answer, if one was heard."""
        self.story.requests += 1
        name = self._luck()
        self._note(rows, f"sent, {name}")
        if name in ("lost", "portal"):
            self.story.lost += 1
            return None
        if name == "late":  # a copy stays on the way and comes after everything else
            self.story.late += 1
            self.late.append((phone, ask, list(rows)))
            return None
        if name == "killed":
            self.story.kills += 1
            self.server.ask_and_die(phone.token, ask, self.chance)
            return None
        if name == "doubled":
            self.story.doubled += 1
        answer = self._ask(phone, ask, twice=name == "doubled")
        return None if name == "unanswered" else answer

    def _luck(self) -> str:
        """What the weather does to the next request."""
        dice = self.chance.uniform(0, 100)
        for name in ("lost", "portal", "killed", "unanswered", "doubled", "late"):
            share = getattr(self.weather, name)
            if dice < share:
                return name
            dice -= share
        return "fine"

    def _ask(self, phone: Phone, ask: Ask, *, twice: bool = False) -> dict[str, Any] | None:
        try:
            answer = (self.server.ask_twice if twice else self.server.ask)(phone.token, ask)
        except Away:
            return None
        if answer.get("error") == "device_unknown":
            self.server.enrol_again(phone.token)
            return self._ask(phone, ask)
        return None if "error" in answer else answer

    def _deliver_late(self) -> None:
        while self.late and self.chance.random() < 0.4:
            phone, ask, rows = self.late.pop(self.chance.randrange(len(self.late)))
            self._note(rows, "a late copy comes")
            self._ask(phone, ask)

    def _note(self, rows: Sequence[Kept], what: str) -> None:
        for one in rows:
            one.told.append(f"{self.now:%m-%d %H:%M} {what}")

    def _settle(self) -> None:
        """The weather clears up: everybody comes home and sends what he has, late copies come as well."""
        for phone, ask, rows in self.late:
            self._note(rows, "a late copy comes")
            self._ask(phone, ask)
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
                self._upload(phone, calm=True)
        for phone, ask, _rows in self.late:
            self._ask(phone, ask)

    def history_of(self, work: int) -> Iterator[str]:
        """All that happened to a piece of work, to its check and to its correction, item by item."""
        wanted = {work, work + CHECK, work - CHECK, -work}
        yield f"restored {', '.join(f'{one:%m-%d %H:%M}' for one in self.restored)}"
        for phone in self.phones:
            for item in phone.ever.values():
                if item.work in wanted:
                    yield f"phone {phone.name}, {item.kind} {item.id} ({item.work}), {item.state}: {item.body}"
                    yield from (f"    {line}" for line in item.told)

    def unfinished(self) -> Iterator[tuple[Phone, Kept]]:
        """What did not come to its end: there must be none, but a check of what was taken back."""
        for phone in self.phones:
            for item in phone.items.values():
                late = item.work >= CHECK and item.work - CHECK in self.works.undone
                if item.state not in ("taken", "replaced") and not late:
                    yield phone, item
