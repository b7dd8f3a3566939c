"""Which levels of the two trees have totals: those that are wanted, and those that a database holds by now.

A version of the product may want more levels than the one before. Their totals are then filled in by
the worker, portion by portion, up to a mark of their own (`filled_to`), while entries go on being folded
into the levels that stand. Only when both marks meet do readers ask the new levels; until then they are
answered from the rows, as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karnameh.ledger.rules import Axis

MONTH, DAY = 1, 0  # grains of a total


@dataclass(frozen=True)
class Kept:
    """Down to which depth (nation 0, province 1, county 2; -1: none) totals are kept, by month and by day."""

    months: int
    days: int


Levels = Mapping[Axis, Kept]
Spans = Mapping[tuple[Axis, int], range]  # depths by tree and grain

# Deeper nodes have few entries each and are summed from the rows; so are the days of a county on the
# place tree. Every kept level costs each entry a row to write, where it shares none with others.
KEPT: Levels = {Axis.UNIT: Kept(months=2, days=2), Axis.PLACE: Kept(months=2, days=1)}


@dataclass(frozen=True)
class Standing:
    """How far the totals of a database have come.

    Every entry with a smaller clock than `folded_to` is in the totals of the levels `kept`; every one
    with a smaller clock than `filled_to` in those that `coming` has beyond them.
    """

    folded_to: int
    kept: Levels
    coming: Levels | None
    filled_to: int

    def changes(self) -> list[tuple[Spans, int]]:
        """Which depths hold the entries up to which moment."""
        found = [(spans(self.kept), self.folded_to)]
        if self.coming is not None:
            found.append((spans(self.coming, beyond=self.kept), self.filled_to))
        return [(depths, until) for depths, until in found if any(depths.values())]


STANDING = "SELECT folded_to, levels, coming, filled_to FROM ledger_foldstate"


def standing(cursor: Any, *, more: str = "") -> Standing | None:
    """What the one row says; None when it is locked and `more` is to skip it then."""
    cursor.execute(f"{STANDING} {more}")
    row = cursor.fetchone()
    if row is None:
        return None
    folded_to, levels, coming, filled_to = row
    return Standing(folded_to, read(levels), read(coming) if coming else None, filled_to)


def written(levels: Levels) -> list[int]:
    """As it is stored: depths of months and days of units, then of places."""
    return [depth for axis in Axis for depth in (levels[axis].months, levels[axis].days)]


def read(stored: list[int]) -> Levels:
    """The levels again."""
    return {axis: Kept(*stored[2 * n : 2 * n + 2]) for n, axis in enumerate(Axis)}


def joined(one: Levels, other: Levels) -> Levels:
    """The deeper of both: what a database holds is never given up."""
    return read([max(pair) for pair in zip(written(one), written(other), strict=True)])


def spans(levels: Levels, *, beyond: Levels | None = None) -> Spans:
    """The depths of `levels`; only those that `beyond` does not have."""
    found = {}
    for axis in Axis:
        before = beyond[axis] if beyond else Kept(-1, -1)
        found[axis, MONTH] = range(before.months + 1, levels[axis].months + 1)
        found[axis, DAY] = range(before.days + 1, levels[axis].days + 1)
    return found
