"""What stands in an address: whatever somebody types there is a value of ours or leads nowhere."""

from __future__ import annotations

from uuid import UUID

from karnameh.plumbing.errors import OutOfReach


def number_or_none(text: str) -> int | None:
    """A whole number of at most nine digits, None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def number_in(text: str) -> int:
    """The same; 0, which is the number of no row, for anything else."""
    return number_or_none(text) or 0


def id_in(text: str) -> UUID | None:
    """The id of a row, None when nothing is said. Raises `OutOfReach` for anything else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise OutOfReach from None
