"""Adding up: new cells go into their pages, and every node above a changed page is written anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from karnameh.ledger.proof.joining import Joined, Task
from karnameh.ledger.proof.shape import (
    DAY,
    MONTH,
    ONCE,
    SERIES,
    PageKey,
    Series,
    Stored,
    day_knot,
    hiding_key,
    lines_of,
    month_knot,
    month_label,
    month_of,
    office_knot,
    pack,
    page_of,
    series_knot,
    stored,
)
from karnameh.ledger.proof.sums import Item, Knot, Line, tally_text
from karnameh.ledger.sealing.beside import joined
from karnameh.ledger.sealing.leaves import State

_PAGE = "series, day, page, size, root, parts, core, seal, salt, tally, cells"
_PAGE_TYPES = ["int8", "date", "int4", "int8", "int4", "int4", *["bytea"] * 3, "text", "bytea"]
_NODE = "series, level, at, size, parts, core, seal, salt, tally"
_NODE_TYPES = ["int8", "int2", "date", "int8", "int4", *["bytea"] * 3, "text"]
_GONE = (0, b"", b"", b"", "")
Placed = tuple[Line, bytes]  # packed cells of one line, in the log's order


@dataclass
class Additions:
    """What is to be put into the trees: new cells, and pages whose units have moved."""

    cells: dict[PageKey, list[Placed]] = field(default_factory=dict)
    lines: dict[int, dict[int, Line]] = field(default_factory=dict)  # by axis and node
    moved: set[tuple[int, int]] = field(default_factory=set)  # axis and node
    touched: set[PageKey] = field(default_factory=set)  # old and new pages of what moved


@dataclass(frozen=True)
class Sums:
    """Changed pages, joined and packed: the root of each, its cells as they are kept, parts and core."""

    full: Mapping[PageKey, tuple[int, bytes, Joined]]
    empty: Collection[PageKey]


def added_up(cursor: Any, additions: Additions, state: State) -> Sums:
    """What the changed pages are now. Reads and computes, which takes long, and writes nothing yet."""
    keys = {*additions.cells, *additions.touched}
    pages = _changed_pages(cursor, additions, keys) if keys else {}
    full = {where: cells for where, cells in pages.items() if cells}
    tasks = [
        Task(hiding_key(state.master, where.series), -1 if len(cells[0][0]) == 1 else 1, pack(cells))
        for where, cells in full.items()
    ]  # fmt: skip
    made = zip(full.items(), tasks, joined(tasks), strict=True)
    return Sums(
        {where: (cells[0][0][0], task.packed, core) for (where, cells), task, core in made},
        pages.keys() - full.keys(),
    )


def write_sums(cursor: Any, sums: Sums, state: State, size: int) -> None:
    """Write the versions that hold from `size` on, from the pages up to the series."""
    pages = [*sums.full, *sums.empty]
    if not pages:
        return
    _write_pages(cursor, sums, size)
    days = sorted({(key.series, key.day) for key in pages})
    _write_days(cursor, days, state, size, DAY)
    _write_months(cursor, days, state, size)
    months = _write_offices(cursor, pages, state, size)
    _write_days(cursor, months, state, size, MONTH)
    changed = {series for series, _day in (*days, *months)}
    _write_series(cursor, sorted(changed), state, size)


def _changed_pages(
    cursor: Any, additions: Additions, keys: set[PageKey]
) -> dict[PageKey, list[Placed]]:
    """All cells of the pages in question: what stood there, moved where its unit went, and what is new."""
    wanted = sorted(keys)
    cursor.execute(
        "SELECT w.series, w.day, w.page, p.cells"
        " FROM unnest(%s::bigint[], %s::date[], %s::int[]) w (series, day, page),"
        " LATERAL (SELECT cells FROM ledger_sumpage p WHERE p.series = w.series AND p.day = w.day"
        "  AND p.page = w.page ORDER BY size DESC LIMIT 1) p",
        [[k.series for k in wanted], [k.day for k in wanted], [k.page for k in wanted]],
    )
    found: dict[PageKey, list[Placed]] = {key: [] for key in wanted}
    for series, day, page, kept in cursor.fetchall():
        axis = Series.of(series).axis
        for line, cells in lines_of(bytes(kept)).items():
            if (axis, line[-1]) in additions.moved:
                now = additions.lines[axis][line[-1]]
                found[PageKey(series, day, page_of(now))].append((now, cells))
            else:
                found[PageKey(series, day, page)].append((line, cells))
    for key, fresh in additions.cells.items():
        found[key] += fresh
    return found


def _write_pages(cursor: Any, sums: Sums, size: int) -> None:
    with _copy(cursor, "ledger_sumpage", _PAGE, _PAGE_TYPES) as copy:
        for where, (root, packed, (count, core)) in sums.full.items():
            copy.write_row((*where, size, root, count, *_core(core), packed))
        for where in sums.empty:
            copy.write_row((*where, size, 0, *_GONE, b""))


def _write_days(
    cursor: Any, days: Sequence[tuple[int, date]], state: State, size: int, level: int
) -> None:
    """Days from their pages; months of the twins from theirs."""
    cursor.execute(
        "SELECT DISTINCT ON (p.series, p.day, p.page) p.series, p.day, p.page, p.root, p.parts, p.core, p.seal,"
        " p.salt, p.tally FROM unnest(%s::bigint[], %s::date[]) w (series, day)"
        " JOIN ledger_sumpage p USING (series, day) ORDER BY p.series, p.day, p.page, p.size DESC",
        [[series for series, _day in days], [day for _series, day in days]],
    )
    pages: dict[tuple[int, date], list[Stored]] = {one: [] for one in days}
    for series, day, *row in cursor.fetchall():
        if row[2]:
            pages[series, day].append(stored(row))
    made = []
    for (series, day), found in pages.items():
        label = day.isoformat() if level == DAY else month_label(*month_of(day))
        knot = day_knot(hiding_key(state.master, series), label, found) if found else None
        made.append((series, day, knot))
    _write_nodes(cursor, level, size, made)


def _write_months(
    cursor: Any, changed: Sequence[tuple[int, date]], state: State, size: int
) -> None:
    months = sorted({(series, *month_of(day)) for series, day in changed})
    cursor.execute(
        "SELECT DISTINCT ON (w.series, w.start, n.at) w.series, w.start, n.at, 0, n.parts, n.core, n.seal, n.salt,"
        " n.tally FROM unnest(%s::bigint[], %s::date[], %s::date[]) w (series, start, stop)"
        " JOIN ledger_sumnode n ON n.series = w.series AND n.level = 1 AND n.at BETWEEN w.start AND w.stop"
        " ORDER BY w.series, w.start, n.at, n.size DESC",
        [[one[position] for one in months] for position in range(3)],
    )
    days: dict[tuple[int, date], list[Stored]] = {}
    for series, start, *row in cursor.fetchall():
        if row[2]:
            days.setdefault((series, start), []).append(stored(row))
    made = []
    for series, start, end in months:
        found = days.get((series, start))
        knot = month_knot(hiding_key(state.master, series), start, end, found) if found else None
        made.append((series, start, knot))
    _write_nodes(cursor, MONTH, size, made)


def _write_offices(
    cursor: Any, pages: Collection[PageKey], state: State, size: int
) -> list[tuple[int, date]]:
    """Each office's month in the twin, over its pages day by day. Which months those were."""
    offices = sorted({(key.series, key.page, *month_of(key.day)) for key in pages})
    cursor.execute(
        "SELECT DISTINCT ON (w.series, w.page, w.start, p.day) w.series, w.page, w.start, p.day, p.root, p.parts,"
        " p.core, p.seal, p.salt, p.tally"
        " FROM unnest(%s::bigint[], %s::int[], %s::date[], %s::date[]) w (series, page, start, stop)"
        " JOIN ledger_sumpage p ON p.series = w.series AND p.page = w.page AND p.day BETWEEN w.start AND w.stop"
        " ORDER BY w.series, w.page, w.start, p.day, p.size DESC",
        [[one[position] for one in offices] for position in range(4)],
    )
    found: dict[tuple[int, int, date], list[Stored]] = {one[:3]: [] for one in offices}
    for series, page, start, *row in cursor.fetchall():
        if row[2]:
            found[series, page, start].append(stored(row))
    months = set()
    with _copy(cursor, "ledger_sumpage", _PAGE, _PAGE_TYPES) as copy:
        for (series, page, start), days in found.items():
            twin = Series.of(series).by_months.id
            months.add((twin, start))
            if days:
                knot = office_knot(hiding_key(state.master, series), page, days)
                row = (twin, start, page, size, days[0].root, *_kept(knot), b"")
            else:
                row = (twin, start, page, size, 0, *_GONE, b"")
            copy.write_row(row)
    return sorted(months)


def _write_series(cursor: Any, series: Sequence[int], state: State, size: int) -> None:
    cursor.execute(
        "SELECT DISTINCT ON (series, at) series, at, 0, parts, core, seal, salt, tally FROM ledger_sumnode"
        " WHERE series = ANY(%s) AND level = 2 ORDER BY series, at, size DESC",
        [list(series)],
    )
    months: dict[int, list[Stored]] = {one: [] for one in series}
    for one, *row in cursor.fetchall():
        if row[2]:
            months[one].append(stored(row))
    made = []
    for one, found in months.items():
        label = Series.of(one).label
        made.append(
            (one, ONCE, series_knot(hiding_key(state.master, one), label, found) if found else None)
        )
    _write_nodes(cursor, SERIES, size, made)
    cursor.execute(
        "INSERT INTO ledger_sumseries SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING",
        [list(series)],
    )


def _write_nodes(
    cursor: Any, level: int, size: int, nodes: Sequence[tuple[int, date, Knot | None]]
) -> None:
    with _copy(cursor, "ledger_sumnode", _NODE, _NODE_TYPES) as copy:
        for series, at, knot in nodes:
            copy.write_row((series, level, at, size, *(_kept(knot) if knot else _GONE)))


def _kept(knot: Knot) -> tuple[int, bytes, bytes, bytes, str]:
    return knot.count, *_core(knot.core)


def _core(core: Item) -> tuple[bytes, bytes, bytes, str]:
    return core.hash, core.seal, core.salt, tally_text(core.tally)


@contextmanager
def _copy(cursor: Any, table: str, columns: str, types: Sequence[str]) -> Iterator[Any]:
    """A binary COPY that knows the types of its columns. A lost session is an error that the worker knows."""
    statement = f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        copy.set_types(types)
        yield copy
