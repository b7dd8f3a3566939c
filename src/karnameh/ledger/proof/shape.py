"""The shape of the sum trees: index → series → month → day → units → entries.

A series is one axis, indicator, stage and bucket. Its entries of one day stand in pages, one for each
office beneath the root (and one for the root's own entries). Every series has a twin by months:
month → root → office → its pages day by day, so that the year of a province is twelve nodes and not 365.
Every node is kept as versions, each of which holds from a size of the log on.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from karnameh.kernel.jalali import JalaliDate, month_end, month_start
from karnameh.ledger.proof.sums import (
    CELL,
    OWN,
    Cell,
    Item,
    Knot,
    Line,
    Part,
    Shut,
    own_knot,
    tally_from,
    unit_knot,
)

DAY, MONTH, SERIES = 1, 2, 3
ONCE = date(2000, 1, 1)  # the `at` of a whole series


class Series(NamedTuple):
    """What is added up together. `bucket` is that of `canonical.bucket_of`; `grain` 0 by days, 1 by months."""

    axis: int
    indicator: int
    stage: int
    bucket: int
    grain: int = 0

    @property
    def id(self) -> int:
        """One number for the tables; sorts as the series does."""
        first = (self.axis * 10**9 + self.indicator) * 10 + self.stage
        return first * 100 + self.bucket * 10 + self.grain

    @property
    def label(self) -> str:
        return f"{self.axis}/{self.indicator}/{self.stage}/{self.bucket}/{self.grain}"

    @property
    def by_months(self) -> Series:
        """Its twin."""
        return self._replace(grain=1)

    @classmethod
    def of(cls, number: int) -> Series:
        """The series of an id."""
        rest, grain = divmod(number, 10)
        rest, bucket = divmod(rest, 10)
        rest, stage = divmod(rest, 10)
        return cls(*divmod(rest, 10**9), stage, bucket, grain)


class PageKey(NamedTuple):
    """A page: one office's entries of a series on a day, or in a month (by its first day) of a twin."""

    series: int
    day: date
    page: int


def page_of(line: Sequence[int]) -> int:
    """The office in whose page a line stands: the node beneath the root, or the root for its own."""
    return line[1] if len(line) > 1 else line[0]


@cache
def month_of(day: date) -> tuple[date, date]:
    """First and last day of its Jalali month."""
    found = JalaliDate.from_date(day)
    return month_start(found.year, found.month), month_end(found.year, found.month)


def month_label(start: date, end: date) -> str:
    """How a month names itself: by its days."""
    return f"{start.isoformat()}/{end.isoformat()}"


@cache
def hiding_key(master: bytes, series: int | None) -> bytes:
    """What hides a series' sums, or those of the index. Both twins hide alike: they are the same sums."""
    label = "" if series is None else Series.of(series)._replace(grain=0).label
    return sha256(master + label.encode()).digest()


# --- pages as bytes -------------------------------------------------------------------------------


def pack(cells: Iterable[tuple[Line, bytes]]) -> bytes:
    """A page as bytes: packed cells with their lines, those of one line together."""
    grouped: dict[Line, list[bytes]] = {}
    for line, cell in cells:
        grouped.setdefault(line, []).append(cell)
    parts: list[bytes] = []
    for line, group in grouped.items():
        packed = b"".join(group)
        parts.append(struct.pack(f">B{len(line)}II", len(line), *line, len(packed) // CELL.size))
        parts.append(packed)
    return b"".join(parts)


def lines_of(data: bytes) -> dict[Line, bytes]:
    """The packed cells of each line of a page. Raises `ValueError` where a line is cut short or comes twice."""
    found: dict[Line, bytes] = {}
    at = 0
    while at < len(data):
        length = data[at]
        *line, count = struct.unpack_from(f">{length}II", data, at + 1)
        at += 1 + 4 * (length + 1)
        end = at + count * CELL.size
        if end > len(data) or not count or tuple(line) in found:
            raise ValueError("cells of a page are not whole")
        found[tuple(line)] = data[at:end]
        at = end
    return found


def unpack(data: bytes) -> list[Cell]:
    """The cells of a page."""
    return [
        Cell(line, number, leaf, milli, rial, qualifier, bool(back))
        for line, packed in lines_of(data).items()
        for number, leaf, milli, rial, qualifier, back in CELL.iter_unpack(packed)
    ]


# --- knots ----------------------------------------------------------------------------------------


class Stored(NamedTuple):
    """A node's version as it is kept; without parts it is gone."""

    at: Any  # a day, a month's first day, or a page
    root: int
    parts: int
    core: Item

    def shut(self, label: str) -> Shut:
        return Shut(label, self.parts, self.core)


def stored(row: Sequence[Any]) -> Stored:
    """From `at, root, parts, core, seal, salt, tally`."""
    at, root, parts, core, seal, salt, text = row
    return Stored(at, root, parts, Item(bytes(core), bytes(seal), tally_from(text), bytes(salt)))


def page_label(page: int, root: int) -> str:
    """How a page's knot is called: an office by its id, the root's own entries as own."""
    return OWN if page == root else str(page)


def page_knot(key: bytes, page: int, cells: Sequence[Cell]) -> Knot:
    """The knot of a page."""
    if len(cells[0].line) == 1:
        return own_knot(key, cells)
    return unit_knot(key, str(page), cells, 1)


def day_knot(key: bytes, label: str, pages: Iterable[Stored]) -> Knot:
    """A day, or a month of a twin, over the roots of the tree, each over its offices."""
    roots: dict[int, list[Part]] = {}
    for page in sorted(pages, key=lambda one: (one.root, one.at != one.root, one.at)):
        part = page.shut(page_label(page.at, page.root))
        roots.setdefault(page.root, []).append(part)
    return Knot(key, label, [Knot(key, str(root), parts) for root, parts in roots.items()])


def office_knot(key: bytes, page: int, days: Sequence[Stored]) -> Knot:
    """One office's month: for each day its page."""
    label = page_label(page, days[0].root)
    return Knot(key, label, [Knot(key, one.at.isoformat(), [one.shut(label)]) for one in days])


def month_knot(key: bytes, start: date, end: date, days: Iterable[Stored]) -> Knot:
    """A month over its days."""
    label = month_label(start, end)
    return Knot(key, label, [day.shut(day.at.isoformat()) for day in days])


def series_knot(key: bytes, label: str, months: Iterable[Stored]) -> Knot:
    """A series over its months."""
    return Knot(key, label, [one.shut(month_label(*month_of(one.at))) for one in months])


def index_knot(master: bytes, series: Iterable[Stored]) -> Knot:
    """The index over all series, twins included: what a head signs as its totals."""
    parts = [one.shut(Series.of(one.at).label) for one in series]
    return Knot(hiding_key(master, None), "", parts)
