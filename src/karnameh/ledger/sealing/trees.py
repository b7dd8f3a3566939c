"""The sum trees as the database keeps them: nodes in versions, each of which holds from a size on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from karnameh.ledger.proof.shape import DAY, MONTH, ONCE, Stored, stored, unpack
from karnameh.ledger.proof.sums import Cell
from karnameh.ledger.rules import FIRST_DAY, LAST_DAY
from karnameh.ledger.sealing.leaves import State


def pages_of(cursor: Any, series: int, days: Sequence[date], size: int) -> dict[date, list[Stored]]:
    """The pages of these days as of `size`, without their cells."""
    cursor.execute(
        "SELECT DISTINCT ON (day, page) day, page, root, parts, core, seal, salt, tally FROM ledger_sumpage"
        " WHERE series = %s AND day = ANY(%s) AND size <= %s ORDER BY day, page, size DESC",
        [series, list(days), size],
    )
    found: dict[date, list[Stored]] = {}
    for day, *row in cursor.fetchall():
        if row[2]:
            found.setdefault(day, []).append(stored(row))
    return found


def nodes_of(
    cursor: Any, series: int, level: int, start: date, end: date, size: int
) -> list[Stored]:
    """Days or months of a series as of `size`, in order."""
    cursor.execute(
        "SELECT DISTINCT ON (at) at, 0, parts, core, seal, salt, tally FROM ledger_sumnode"
        " WHERE series = %s AND level = %s AND at >= %s AND at <= %s AND size <= %s ORDER BY at, size DESC",
        [series, level, start, end, size],
    )
    return [stored(row) for row in cursor.fetchall() if row[2]]


def series_of(cursor: Any, size: int) -> list[Stored]:
    """All series, twins included, as of `size`."""
    cursor.execute(
        "SELECT s.series, 0, n.parts, n.core, n.seal, n.salt, n.tally FROM ledger_sumseries s, LATERAL ("
        " SELECT * FROM ledger_sumnode n WHERE n.series = s.series AND n.level = 3 AND n.at = %s AND n.size <= %s"
        " ORDER BY n.size DESC LIMIT 1) n ORDER BY s.series",
        [ONCE, size],
    )
    return [stored(row) for row in cursor.fetchall() if row[2]]


def cells_of(cursor: Any, series: int, day: date, page: int, size: int) -> list[Cell]:
    """The entries of a page as of `size`."""
    cursor.execute(
        "SELECT cells FROM ledger_sumpage WHERE series = %s AND day = %s AND page = %s AND size <= %s"
        " ORDER BY size DESC LIMIT 1",
        [series, day, page, size],
    )
    row = cursor.fetchone()
    return unpack(bytes(row[0])) if row else []


def line_at(cursor: Any, axis: int, node: int, size: int) -> tuple[int, ...] | None:
    """Where a node stood as of `size`; None when nothing beneath it was counted then."""
    cursor.execute(
        "SELECT line FROM (SELECT DISTINCT ON (node) node, line FROM ledger_sumhome WHERE axis = %s AND size <= %s"
        " ORDER BY node, size DESC) h WHERE line @> ARRAY[%s::int] LIMIT 1",
        [axis, size, node],
    )
    row = cursor.fetchone()
    return tuple(row[0][: row[0].index(node) + 1]) if row else None


def lines_at(cursor: Any, size: int) -> dict[tuple[int, int], tuple[int, ...]]:
    """Where every node with entries stood as of `size`, by axis and node."""
    cursor.execute(
        "SELECT DISTINCT ON (axis, node) axis, node, line FROM ledger_sumhome WHERE size <= %s"
        " ORDER BY axis, node, size DESC",
        [size],
    )
    return {(axis, node): tuple(line) for axis, node, line in cursor.fetchall()}


class StoredTrees:
    """The source of proofs: what the database holds, as of one size of the log."""

    def __init__(self, cursor: Any, state: State, size: int) -> None:
        self.cursor, self.master, self.size = cursor, state.master, size

    def series(self) -> list[Stored]:
        return series_of(self.cursor, self.size)

    def months(self, series: int) -> list[Stored]:
        return nodes_of(self.cursor, series, MONTH, FIRST_DAY, LAST_DAY, self.size)

    def days(self, series: int, start: date, end: date) -> list[Stored]:
        return nodes_of(self.cursor, series, DAY, start, end, self.size)

    def pages(self, series: int, days: Sequence[date]) -> dict[date, list[Stored]]:
        return pages_of(self.cursor, series, days, self.size)

    def cells(self, series: int, day: date, page: int) -> list[Cell]:
        return cells_of(self.cursor, series, day, page, self.size)
