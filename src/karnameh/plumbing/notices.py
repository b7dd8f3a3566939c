"""Notices: a context says what has happened; whoever stands above may pass it on.

A notice is a row of the same transaction as what it tells of, so it is there exactly when that is.
The one reader takes notices away in the order of their ids and never skips one that commits late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from karnameh.plumbing.chores import wake
from karnameh.plumbing.models import Notice

__all__ = ["Notice", "announce", "due_notices"]


def announce(
    kind: str,
    body: Mapping[str, Any],
    *,
    at: datetime,
    path: str = "",
    account: int | None = None,
    not_before: datetime | None = None,
) -> None:
    """Say that something happened: codes and counts in JSON, nothing about a person.

    `path` is the unit that it concerns (everybody when empty), `account` the only one who may hear of
    it, `not_before` the instant until which nobody may.
    """
    Notice.objects.create(
        kind=kind, body=dict(body), at=at, path=path, account=account, due=not_before or at
    )
    wake()


def due_notices(*, at: datetime, most: int) -> Sequence[Notice]:
    """The oldest notices that may be heard now, locked: the reader deletes them in this transaction."""
    waiting = Notice.objects.filter(due__lte=at).order_by("pk")
    return list(waiting.select_for_update(skip_locked=True)[:most])
