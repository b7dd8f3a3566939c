"""Cursor paging: a page is found by the key of the row before it, never by counting rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order; `next_key` asks for the page after, None at the end."""

    rows: Sequence[Row]
    next_key: str | None


def cut(rows: Sequence[Row], size: int, key: Callable[[Row], str]) -> Page[Row]:
    """A page from `size` + 1 fetched rows."""
    if len(rows) <= size:
        return Page(rows, None)
    return Page(rows[:size], key(rows[size - 1]))
