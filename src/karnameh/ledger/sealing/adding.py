"""The sum trees on the database: index → series → Jalali month → day → units → entries.

A series is one axis, indicator, stage and bucket. Its entries of one day stand in pages, one for each
office beneath the root (and one for the root's own entries), which are rebuilt whole when something
is added. Every node is written as a version that holds from a size of the log on.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from karnameh.kernel.jalali import JalaliDate, month_end, month_start
from karnameh.ledger.proof.sums import (
    OWN,
    Cell,
    Item,
    Knot,
    Part,
    Shut,
    own_knot,
    tally_from,
    tally_text,
    unit_knot,
)
from karnameh.ledger.sealing.leaves import State

DAY, MONTH, SERIES = 1, 2, 3
_ONCE = date(2000, 1, 1)  # the `at` of a whole series
_CELL = struct.Struct(">Q32sqqBB")


class Series(NamedTuple):
    """What is added up together. `bucket` is that of `canonical.bucket_of`."""

    axis: int
    indicator: int
    stage: int
    bucket: int

    @property
    def id(self) -> int:
        """One number for the tables; sorts as the series does."""
        return ((self.axis * 10**9 + self.indicator) * 10 + self.stage) * 10 + self.bucket

    @property
    def label(self) -> str:
        return f"{self.axis}/{self.indicator}/{self.stage}/{self.bucket}"

    @classmethod
    def of(cls, number: int) -> Series:
        """The series of an id."""
        rest, bucket = divmod(number, 10)
        rest, stage = divmod(rest, 10)
        return cls(*divmod(rest, 10**9), stage, bucket)


class PageKey(NamedTuple):
    """A page: one office's entries of a series on a day."""

    series: int
    day: date
    page: int


@dataclass
class Additions:
    """What is to be put into the trees: new cells, and pages whose units have moved."""

    cells: dict[PageKey, list[Cell]] = field(default_factory=dict)
    lines: dict[int, dict[int, tuple[int, ...]]] = field(default_factory=dict)  # by axis and node
    moved: set[tuple[int, int]] = field(default_factory=set)  # axis and node
    touched: set[PageKey] = field(default_factory=set)  # old and new pages of what moved

    def add(self, series: Series, day: date, cell: Cell) -> None:
        key = PageKey(series.id, day, page_of(cell.line))
        self.cells.setdefault(key, []).append(cell)


def page_of(line: Sequence[int]) -> int:
    """The office in whose page a line stands: the node beneath the root, or the root for its own."""
    return line[1] if len(line) > 1 else line[0]


@cache
def month_of(day: date) -> tuple[date, date]:
    """First and last day of its Jalali month."""
    found = JalaliDate.from_date(day)
    return month_start(found.year, found.month), month_end(found.year, found.month)


def pack(cells: Sequence[Cell]) -> bytes:
    """Cells as bytes, those of one line together."""
    grouped: dict[tuple[int, ...], list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(cell.line, []).append(cell)
    parts: list[bytes] = []
    for line, group in grouped.items():
        parts.append(struct.pack(f">B{len(line)}II", len(line), *line, len(group)))
        parts += [
            _CELL.pack(c.number, c.log_leaf, c.milli, c.rial, c.qualifier, c.reversal)
            for c in group
        ]
    return b"".join(parts)


def unpack(data: bytes) -> list[Cell]:
    """Undo `pack`."""
    found, at = [], 0
    while at < len(data):
        length = data[at]
        *line, count = struct.unpack_from(f">{length}II", data, at + 1)
        at += 1 + 4 * (length + 1)
        end = at + count * _CELL.size
        key = tuple(line)
        found += [
            Cell(key, number, leaf, milli, rial, qualifier, bool(back))
            for number, leaf, milli, rial, qualifier, back in _CELL.iter_unpack(data[at:end])
        ]
        at = end
    return found


def page_knot(key: bytes, page: int, cells: Sequence[Cell]) -> Knot:
    """The knot of a page; the root's own entries are the root's part "0"."""
    if len(cells[0].line) == 1:
        return own_knot(key, cells)
    return unit_knot(key, str(page), cells, 1)


class Stored(NamedTuple):
    """A node's version as it is kept; without parts it is gone."""

    at: Any  # a day, a month's first day, or a page
    root: int
    parts: int
    core: Item

    def shut(self, label: str) -> Shut:
        return Shut(label, self.parts, self.core)


def _stored(row: Sequence[Any]) -> Stored:
    at, root, parts, core, seal, salt, text = row
    return Stored(at, root, parts, Item(bytes(core), bytes(seal), tally_from(text), bytes(salt)))


def add_up(cursor: Any, additions: Additions, state: State, size: int) -> None:
    """Write the versions that hold from `size` on, from the pages up to the series."""
    keys = {*additions.cells, *additions.touched}
    if not keys:
        return
    pages = _changed_pages(cursor, additions, keys)
    _write_pages(cursor, pages, state, size)
    days = sorted({(key.series, key.day) for key in pages})
    _write_days(cursor, days, state, size)
    months = sorted({(series, *month_of(day)) for series, day in days})
    _write_months(cursor, months, state, size)
    _write_series(cursor, sorted({series for series, _day in days}), state, size)


def _changed_pages(
    cursor: Any, additions: Additions, keys: set[PageKey]
) -> dict[PageKey, list[Cell]]:
    """All cells of the pages in question: what stood there, moved where its unit went, and what is new."""
    wanted = sorted(keys)
    cursor.execute(
        "SELECT w.series, w.day, w.page, p.cells"
        " FROM unnest(%s::bigint[], %s::date[], %s::int[]) w (series, day, page),"
        " LATERAL (SELECT cells FROM ledger_sumpage p WHERE p.series = w.series AND p.day = w.day"
        "  AND p.page = w.page ORDER BY size DESC LIMIT 1) p",
        [[k.series for k in wanted], [k.day for k in wanted], [k.page for k in wanted]],
    )
    found: dict[PageKey, list[Cell]] = {key: [] for key in wanted}
    for series, day, page, cells in cursor.fetchall():
        axis = Series.of(series).axis
        for cell in unpack(bytes(cells)):
            node = cell.line[-1]
            if (axis, node) in additions.moved:
                cell = cell._replace(line=additions.lines[axis][node])
                found[PageKey(series, day, page_of(cell.line))].append(cell)
            else:
                found[PageKey(series, day, page)].append(cell)
    for key, fresh in additions.cells.items():
        found[key] += fresh
    for key in additions.touched:
        found[key].sort(key=lambda cell: cell.number)
    return found


def _write_pages(cursor: Any, pages: dict[PageKey, list[Cell]], state: State, size: int) -> None:
    keys: dict[int, bytes] = {}
    columns = "series, day, page, size, root, parts, core, seal, salt, tally, cells"
    with cursor.copy(f"COPY ledger_sumpage ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(
            [
                "int8",
                "date",
                "int4",
                "int8",
                "int4",
                "int4",
                "bytea",
                "bytea",
                "bytea",
                "text",
                "bytea",
            ]
        )
        for where, cells in pages.items():
            if where.series not in keys:
                keys[where.series] = state.series_key(Series.of(where.series).label)
            if cells:
                knot = page_knot(keys[where.series], where.page, cells)
                made = (knot.count, *_core(knot.core), pack(cells))
                root = cells[0].line[0]
            else:
                made, root = (0, b"", b"", b"", "", b""), 0
            copy.write_row((*where, size, root, *made))


def _core(core: Item) -> tuple[bytes, bytes, bytes, str]:
    return core.hash, core.seal, core.salt, tally_text(core.tally)


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
            found.setdefault(day, []).append(_stored(row))
    return found


def day_knot(key: bytes, day: date, pages: Iterable[Stored]) -> Knot:
    """A day over the roots of the tree, each over its offices."""
    roots: dict[int, list[Part]] = {}
    for page in sorted(pages, key=lambda one: (one.root, one.at != one.root, one.at)):
        label = OWN if page.at == page.root else str(page.at)
        roots.setdefault(page.root, []).append(page.shut(label))
    return Knot(
        key, day.isoformat(), [Knot(key, str(root), parts) for root, parts in roots.items()]
    )


def _write_days(cursor: Any, days: Sequence[tuple[int, date]], state: State, size: int) -> None:
    cursor.execute(
        "SELECT DISTINCT ON (p.series, p.day, p.page) p.series, p.day, p.page, p.root, p.parts, p.core, p.seal, p.salt,"
        " p.tally FROM unnest(%s::bigint[], %s::date[]) w (series, day) JOIN ledger_sumpage p USING (series, day)"
        " ORDER BY p.series, p.day, p.page, p.size DESC",
        [[series for series, _day in days], [day for _series, day in days]],
    )
    pages: dict[tuple[int, date], list[Stored]] = {one: [] for one in days}
    for series, day, *row in cursor.fetchall():
        if row[2]:
            pages[series, day].append(_stored(row))
    _write_nodes(
        cursor, DAY, size,
        [
            (series, day, day_knot(_key(state, series), day, found) if found else None)
            for (series, day), found in pages.items()
        ],
    )  # fmt: skip


def month_label(start: date, end: date) -> str:
    """How a month names itself: its days."""
    return f"{start.isoformat()}/{end.isoformat()}"


def month_knot(key: bytes, start: date, end: date, days: Iterable[Stored]) -> Knot:
    """A month over its days."""
    return Knot(key, month_label(start, end), [day.shut(day.at.isoformat()) for day in days])


def series_knot(key: bytes, label: str, months: Iterable[Stored]) -> Knot:
    """A series over its months."""
    return Knot(key, label, [one.shut(month_label(*month_of(one.at))) for one in months])


def _write_months(
    cursor: Any, months: Sequence[tuple[int, date, date]], state: State, size: int
) -> None:
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
            days.setdefault((series, start), []).append(_stored(row))
    made = []
    for series, start, end in months:
        found = days.get((series, start))
        knot = month_knot(_key(state, series), start, end, found) if found else None
        made.append((series, start, knot))
    _write_nodes(cursor, MONTH, size, made)


def _write_series(cursor: Any, series: Sequence[int], state: State, size: int) -> None:
    cursor.execute(
        "SELECT DISTINCT ON (series, at) series, at, 0, parts, core, seal, salt, tally FROM ledger_sumnode"
        " WHERE series = ANY(%s) AND level = 2 ORDER BY series, at, size DESC",
        [list(series)],
    )
    months: dict[int, list[Stored]] = {one: [] for one in series}
    for one, *row in cursor.fetchall():
        if row[2]:
            months[one].append(_stored(row))
    made = []
    for one, found in months.items():
        knot = series_knot(_key(state, one), Series.of(one).label, found) if found else None
        made.append((one, _ONCE, knot))
    _write_nodes(cursor, SERIES, size, made)
    cursor.execute(
        "INSERT INTO ledger_sumseries SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING",
        [list(series)],
    )


def _key(state: State, series: int) -> bytes:
    return state.series_key(Series.of(series).label)


def _write_nodes(
    cursor: Any, level: int, size: int, nodes: Sequence[tuple[int, date, Knot | None]]
) -> None:
    columns = "series, level, at, size, parts, core, seal, salt, tally"
    with cursor.copy(f"COPY ledger_sumnode ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "int2", "date", "int8", "int4", "bytea", "bytea", "bytea", "text"])
        for series, at, knot in nodes:
            made = (knot.count, *_core(knot.core)) if knot else (0, b"", b"", b"", "")
            copy.write_row((series, level, at, size, *made))


def nodes_of(
    cursor: Any, series: int, level: int, start: date, end: date, size: int
) -> list[Stored]:
    """Days or months of a series as of `size`, in order."""
    cursor.execute(
        "SELECT DISTINCT ON (at) at, 0, parts, core, seal, salt, tally FROM ledger_sumnode"
        " WHERE series = %s AND level = %s AND at >= %s AND at <= %s AND size <= %s ORDER BY at, size DESC",
        [series, level, start, end, size],
    )
    return [_stored(row) for row in cursor.fetchall() if row[2]]


def index_knot(cursor: Any, state: State, size: int) -> Knot:
    """The index of all series as of `size`: what a head signs as its totals."""
    cursor.execute(
        "SELECT s.series, 0, n.parts, n.core, n.seal, n.salt, n.tally FROM ledger_sumseries s, LATERAL ("
        " SELECT * FROM ledger_sumnode n WHERE n.series = s.series AND n.level = 3 AND n.at = %s AND n.size <= %s"
        " ORDER BY n.size DESC LIMIT 1) n ORDER BY s.series",
        [_ONCE, size],
    )
    found = [_stored(row) for row in cursor.fetchall() if row[2]]
    parts = [one.shut(Series.of(one.at).label) for one in found]
    return Knot(state.series_key(""), "", parts)


def cells_of(cursor: Any, series: int, day: date, page: int, size: int) -> list[Cell]:
    """The entries of a page as of `size`."""
    cursor.execute(
        "SELECT cells FROM ledger_sumpage WHERE series = %s AND day = %s AND page = %s AND size <= %s"
        " ORDER BY size DESC LIMIT 1",
        [series, day, page, size],
    )
    row = cursor.fetchone()
    return unpack(bytes(row[0])) if row else []
