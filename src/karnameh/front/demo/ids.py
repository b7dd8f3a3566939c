"""The demo's day, and UUIDv7s from a fixed seed: the demo is the same on every machine."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time
from uuid import UUID

TODAY = date(2026, 11, 22)  # it stands still in the middle of its week


class DemoIds:
    """Makes ids inside a given day, in growing order."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.steps: dict[date, int] = {}

    def at(self, day: date) -> UUID:
        """A fresh id whose time lies on `day`."""
        step = self.steps[day] = self.steps.get(day, 0) + 1
        morning = datetime.combine(day, time(3), UTC).timestamp() * 1000
        milliseconds = int(morning) + step % 50_000_000
        value = milliseconds << 80 | 7 << 76 | self.chance.getrandbits(12) << 64
        return UUID(int=value | 2 << 62 | self.chance.getrandbits(62))
