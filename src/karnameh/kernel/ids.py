"""Identifiers that the client makes: UUIDv7, so that they sort by the time they were made."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562)."""
    return UUID(int=uuid_utils.uuid7().int)


def made_at(identifier: UUID) -> datetime:
    """The instant inside a UUIDv7, to the millisecond; another version raises `ValueError`."""
    if identifier.version != 7:
        raise ValueError("only a UUIDv7 carries its time")
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
