"""The sum trees made again, node by node, from what stands beneath each: pages from their cells, days from pages.

Only versions are looked at that a head vouches for, or the log as it stands: nothing is ever shown of the
others. That the topmost nodes are those that were signed is the heads' own check.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from karnameh.ledger.proof.shape import (
    DAY,
    MONTH,
    Series,
    Stored,
    day_knot,
    hiding_key,
    lines_of,
    month_knot,
    month_label,
    month_of,
    office_knot,
    page_of,
    series_knot,
    stored,
)
from karnameh.ledger.proof.sums import Knot, Line, page_core

Find = Callable[[str], None]
_MANY = 1_000_000_000  # every series


def check_trees(
    cursor: Any,
    master: bytes,
    sizes: Iterable[int],
    find: Find,
    *,
    after: int = 0,
    most: int = _MANY,
) -> int:
    """Look at `most` series behind `after`; the last one that was looked at, 0 at the end.

    `sizes` are those of the log that matter: of its heads, and its own.
    """
    cursor.execute(
        "SELECT series FROM ledger_sumseries WHERE series %% 10 = 0 AND series > %s ORDER BY series LIMIT %s",
        [after, most],
    )
    found = [series for (series,) in cursor.fetchall()]
    wanted, homes = sorted(set(sizes)), _homes(cursor)
    for series in found:
        try:
            _Tree(cursor, series, hiding_key(master, series), wanted, homes, find).check()
        except (ValueError, LookupError, struct.error):  # not even of the shape of a node
            find(f"sums of series {Series.of(series).label}: cannot be read")
    return found[-1] if len(found) == most else 0


@dataclass
class _Versions:
    """The versions of one node: from which sizes on they hold, and what they say."""

    sizes: list[int] = field(default_factory=list)
    kept: list[Stored] = field(default_factory=list)
    cells: list[bytes] = field(default_factory=list)

    def at(self, size: int) -> Stored | None:
        """What holds at a size; None where there is nothing yet, or nothing any more."""
        n = bisect_right(self.sizes, size)
        return self.kept[n - 1] if n and self.kept[n - 1].parts else None

    def needed(self, sizes: Sequence[int]) -> list[int]:
        """Which of them hold at one of these sizes."""
        return sorted({n - 1 for size in sizes if (n := bisect_right(self.sizes, size))})


class _Tree:
    """One series and its twin by months."""

    def __init__(
        self, cursor: Any, series: int, key: bytes, sizes: Sequence[int], homes: Homes, find: Find
    ) -> None:
        self.series, self.twin = Series.of(series), Series.of(series).by_months
        self.key, self.sizes, self.homes, self.find = key, sizes, homes, find
        self.pages, self.months = _pages(cursor, series), _pages(cursor, self.twin.id)
        self.nodes, self.twin_nodes = _nodes(cursor, series), _nodes(cursor, self.twin.id)
        self.of_office: dict[tuple[date, int], list[tuple[date, _Versions]]] = {}
        self.of_day: dict[date, list[_Versions]] = defaultdict(list)
        self.of_month: dict[date, list[_Versions]] = defaultdict(list)
        for (start, _page), versions in self.months.items():
            self.of_month[start].append(versions)
        for (day, page), versions in self.pages.items():  # in the order of days
            self.of_day[day].append(versions)
            self.of_office.setdefault((month_of(day)[0], page), []).append((day, versions))

    def check(self) -> None:
        """Every node that matters, from below."""
        for (day, page), versions in self.pages.items():
            self._pages_of_cells(f"page {page} on {day}", page, versions)
        for (level, at), versions in self.nodes.items():
            self._compare(f"level {level} at {at}", versions, self._maker(level, at))
        for (start, page), versions in self.months.items():
            self._compare(f"page {page} from {start}", versions, self._office(start, page))
        for (level, at), versions in self.twin_nodes.items():
            self._compare(f"months, level {level} at {at}", versions, self._twin_maker(level, at))

    def _pages_of_cells(self, what: str, page: int, versions: _Versions) -> None:
        for n in versions.needed(self.sizes):
            if not page_holds(self.key, page, versions.kept[n], versions.cells[n]):
                self._wrong(what)
            for line in lines_of(versions.cells[n]):
                homes = self.homes.get((self.series.axis, line[-1]), [])
                at = bisect_right(homes, versions.sizes[n], key=_size)
                if not at or homes[at - 1][1] != line:
                    self.find(f"node {line[-1]}: is not kept where its sums stand")

    def _compare(
        self, what: str, versions: _Versions, made_at: Callable[[int], Knot | None]
    ) -> None:
        for n in versions.needed(self.sizes):
            kept, made = versions.kept[n], made_at(versions.sizes[n])
            said = (made.count, made.core) if made is not None else None
            if said != ((kept.parts, kept.core) if kept.parts else None):
                self._wrong(what)

    def _wrong(self, what: str) -> None:
        self.find(
            f"sums of series {self.series.label}, {what}: are not those of what stands beneath"
        )

    def _maker(self, level: int, at: date) -> Callable[[int], Knot | None]:
        if level == DAY:
            return lambda size: _knot(
                _standing(self.of_day[at], size),
                lambda found: day_knot(self.key, at.isoformat(), found),
            )
        if level == MONTH:
            start, end = month_of(at)
            days = _between(self.nodes, DAY, start, end)
            return lambda size: _knot(
                _standing(days, size), lambda found: month_knot(self.key, start, end, found)
            )
        return self._series_maker(self.nodes, self.series)

    def _twin_maker(self, level: int, at: date) -> Callable[[int], Knot | None]:
        if level == MONTH:
            label = month_label(*month_of(at))
            return lambda size: _knot(
                _standing(self.of_month[at], size), lambda found: day_knot(self.key, label, found)
            )
        return self._series_maker(self.twin_nodes, self.twin)

    def _series_maker(
        self, nodes: dict[tuple[int, date], _Versions], series: Series
    ) -> Callable[[int], Knot | None]:
        months = _between(nodes, MONTH, date.min, date.max)
        return lambda size: _knot(
            _standing(months, size), lambda found: series_knot(self.key, series.label, found)
        )

    def _office(self, start: date, page: int) -> Callable[[int], Knot | None]:
        days = self.of_office.get((start, page), [])

        def made(size: int) -> Knot | None:
            found = [
                kept._replace(at=day)
                for day, versions in days
                if (kept := versions.at(size)) is not None
            ]
            return office_knot(self.key, page, found) if found else None

        return made


Homes = dict[tuple[int, int], list[tuple[int, Line]]]


def _homes(cursor: Any) -> Homes:
    """Of each axis and node, from which size on it stood where."""
    cursor.execute("SELECT axis, node, size, line FROM ledger_sumhome ORDER BY axis, node, size")
    found: Homes = defaultdict(list)
    for axis, node, size, line in cursor.fetchall():
        found[axis, node].append((size, tuple(line)))
    return found


def _size(home: tuple[int, Line]) -> int:
    return home[0]


def page_holds(key: bytes, page: int, kept: Stored, cells: bytes) -> bool:
    """Whether a page is what its cells join to. Raises for cells that cannot even be read.

    No bit of the cells is without a say: what is hashed changes the core, and what is not (root and office
    of a line, which the nodes above name; how many cells follow) is looked at here and in `lines_of`.
    """
    lines = lines_of(cells)
    if not lines or not kept.parts:
        return not lines and not kept.parts
    first = next(iter(lines))
    if any(line[0] != kept.root or page_of(line) != page for line in lines):
        return False
    return page_core(key, lines, -1 if len(first) == 1 else 1) == (kept.parts, kept.core)


def _knot(found: list[Stored], make: Callable[[list[Stored]], Knot]) -> Knot | None:
    return make(found) if found else None


def _standing(versions: Iterable[_Versions], size: int) -> list[Stored]:
    """Those of these nodes that are there at a size."""
    return [kept for one in versions if (kept := one.at(size)) is not None]


def _between(
    nodes: dict[tuple[int, date], _Versions], level: int, start: date, end: date
) -> list[_Versions]:
    """The nodes of a level with their days, which the table gives in order."""
    return [one for (its, at), one in nodes.items() if its == level and start <= at <= end]


def _pages(cursor: Any, series: int) -> dict[tuple[date, int], _Versions]:
    """The pages of a series by day and office, or of a twin by month and office."""
    cursor.execute(
        "SELECT day, page, size, root, parts, core, seal, salt, tally, cells FROM ledger_sumpage"
        " WHERE series = %s ORDER BY day, page, size",
        [series],
    )
    found: dict[tuple[date, int], _Versions] = {}
    for day, page, size, root, parts, core, seal, salt, tally, cells in cursor.fetchall():
        versions = found.setdefault((day, page), _Versions())
        versions.sizes.append(size)
        versions.kept.append(stored((page, root, parts, core, seal, salt, tally)))
        versions.cells.append(bytes(cells))
    return found


def _nodes(cursor: Any, series: int) -> dict[tuple[int, date], _Versions]:
    cursor.execute(
        "SELECT level, at, size, parts, core, seal, salt, tally FROM ledger_sumnode"
        " WHERE series = %s ORDER BY level, at, size",
        [series],
    )
    found: dict[tuple[int, date], _Versions] = {}
    for level, at, size, parts, core, seal, salt, tally in cursor.fetchall():
        versions = found.setdefault((level, at), _Versions())
        versions.sizes.append(size)
        versions.kept.append(stored((at, 0, parts, core, seal, salt, tally)))
    return found
