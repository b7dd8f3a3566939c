"""Ids of a time that a benchmark chooses. Imports nothing of the product: it must come before it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace


def ids_at(clock: Callable[[], datetime]) -> SimpleNamespace:
    """What `kernel.ids` asks for a UUIDv7, by this clock."""

    def uuid7() -> SimpleNamespace:
        stamp = int(clock().timestamp() * 1000) << 80 | 7 << 76 | 2 << 62
        return SimpleNamespace(int=stamp | secrets.randbits(12) << 64 | secrets.randbits(62))

    return SimpleNamespace(uuid7=uuid7)
