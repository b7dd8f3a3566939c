"""What may be said in public about counts of people: see the README beside this file."""

from __future__ import annotations

from karnameh.ledger.disclosure.attack import Said, Target, ranges
from karnameh.ledger.disclosure.rules import (
    BASE,
    SMALLEST,
    SPREAD,
    is_small,
    merged,
    rounded,
)
from karnameh.ledger.disclosure.safe import (
    Shown,
    Table,
    TooTelling,
    Unknown,
    Wanted,
    recoverable,
    safe_release,
)

__all__ = [
    "BASE", "SMALLEST", "SPREAD", "Said", "Shown", "Table", "Target", "TooTelling", "Unknown", "Wanted",
    "is_small", "merged", "ranges", "recoverable", "rounded", "safe_release",
]  # fmt: skip
