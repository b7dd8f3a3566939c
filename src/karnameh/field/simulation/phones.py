"""A phone as the app makes it, for the tests and for `./karnameh bench sync`.

The rules of the app, once more in Python: every item keeps its id and its very text; what was
acknowledged is kept for 30 days and is sent again in a new epoch; a day made by a wrong clock is asked
about and sent again as a new item that names the old one; photos go in parts after the receipt of what
they belong to, and the phone begins where the site says that it is.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from karnameh.field.rules import CHUNK, MOST_MENDED

KEPT = timedelta(days=30)  # what was acknowledged stays on the phone this long
SOME = 40  # items of one batch
TEHRAN = ZoneInfo("Asia/Tehran")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request of a phone."""

    method: str
    path: str
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)


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
    beside: str = ""  # the entry that was taken in its place: a new epoch must hear of both
    told: list[str] = field(default_factory=list)  # its whole history, for who looks for a fault

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
    checks: bool = False  # whether its holder counts again what others reported
    pictures: list[bytes] = field(default_factory=list)  # what its camera sees
    done: set[str] = field(default_factory=set)  # photos of which the site said that it has them

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
            mends.state, mends.beside = "replaced", ""
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

    def batch(self, rows: list[Kept], now: datetime, have: str | None = None) -> Ask:
        sent = now + self.skew + (rows[0].frame if rows else self.frame)
        given = {
            "v": 2,
            "epoch": self.epoch or 0,
            "sent": _ms(sent),
            "items": [one.as_json() for one in rows],
            **({} if have is None else {"have": have}),
        }
        return Ask("POST", "/field/api/sync/", json.dumps(given).encode())

    def hear(self, answer: dict[str, Any], now: datetime) -> None:
        """Take an answer: receipts first, then whether this is still the server that gave the old ones."""
        for said in answer["receipts"]:
            item = self.items.get(UUID(said["id"]))
            if item is not None and item.state == "waiting":
                self._told(item, said, now)
                item.told.append(
                    f"{now:%m-%d %H:%M} epoch {answer['epoch']}: {said['verdict']} {said.get('sentence', '')}"
                    f" {said.get('entry', '')} -> {item.state}"
                )
        if self.epoch is not None and answer["epoch"] != self.epoch:
            told = {said["id"] for said in answer["receipts"]}
            for item in self.items.values():
                if (item.state == "taken" or item.beside) and str(item.id) not in told:
                    item.state = "waiting"
        self.epoch = answer["epoch"]
        self.done -= set(answer.get("wanted", ()))
        wrong = datetime.fromtimestamp(answer["now"] / 1000, UTC) - self.clock(now)
        if abs(wrong) > timedelta(minutes=10):
            self.frame += wrong
        for key in [
            k
            for k, one in self.items.items()
            if one.taken_at and now - one.taken_at > KEPT and one.state in ("taken", "replaced")
        ]:
            del self.items[key]

    def _told(self, item: Kept, said: dict[str, Any], now: datetime) -> None:
        item.beside = ""
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
            item.state, item.taken_at, item.beside = "replaced", now, said["entry"]
            if first is not None:
                first.state, first.taken_at, first.beside = "taken", now, ""
        else:
            item.state = "refused"

    def photos(self) -> Iterator[tuple[str, bytes]]:
        """Those of what was taken that the site has not yet said to have, by their hash."""
        named: dict[str, None] = {}
        for item in self.items.values():
            if item.state == "taken":
                named |= dict.fromkeys(one["sha256"] for one in item.body.get("files", ()))
        by = {hashlib.sha256(one).hexdigest(): one for one in self.pictures}
        return ((name, by[name]) for name in named if name not in self.done)

    def photograph(self) -> dict[str, Any]:
        """A photo as an item names it."""
        data = self.chance.choice(self.pictures)
        name = hashlib.sha256(data).hexdigest()
        return {"sha256": name, "kind": "photo", "size": len(data), "consent": True}

    def mend(self, now: datetime) -> None:
        """The holder answers what was asked: the day that is proposed is the right one."""
        for item in [one for one in self.items.values() if one.state == "asked"]:
            body = {**item.body, "on": item.asked, "sure": True}
            self.record(now, item.work, item.kind, body, mends=item)


def how_far(sha256: str) -> Ask:
    """How much of a file is there?"""
    return Ask("GET", f"/field/api/files/{sha256}/", headers=())


def part_of(sha256: str, data: bytes, start: int) -> Ask:
    """The next part of a photo."""
    named = (
        ("Content-Type", "application/octet-stream"), ("Upload-Kind", "photo"),
        ("Upload-Length", str(len(data))), ("Upload-Offset", str(start)),
    )  # fmt: skip
    return Ask("PUT", f"/field/api/files/{sha256}/", data[start : start + CHUNK], named)


def phones_of(
    given: list[tuple[str, int]], indicator: int, seed: int, count: int, pictures: int = 0
) -> list[Phone]:
    """`count` phones with these tokens and units, each of which sees so many different things."""
    return [
        Phone(
            n, token, unit, indicator, random.Random(f"{seed} {n}"),
            pictures=[a_picture(f"{seed} {n} {one}") for one in range(pictures)],
        )
        for n, (token, unit) in enumerate(given[:count])
    ]  # fmt: skip


def a_picture(name: str) -> bytes:
    """A JPEG of noise which takes more than one part."""
    from PIL import Image

    size = (220, 160)
    noise = random.Random(name).randbytes(size[0] * size[1] * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", size, noise).save(out, "JPEG", quality=95)
    return out.getvalue()
