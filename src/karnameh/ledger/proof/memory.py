"""A whole log in memory: the reference for the stored one, for checking it and for trying to cheat it.

It begins from leaves alone and computes everything else anew, every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from karnameh.ledger.proof.bundles import Asked, Showing
from karnameh.ledger.proof.canonical import HeadBody, fact_of
from karnameh.ledger.proof.merkle import consistency, in_memory, inclusion, leaf_hash, root
from karnameh.ledger.proof.shape import (
    PageKey,
    Series,
    Stored,
    day_knot,
    hiding_key,
    index_knot,
    month_knot,
    month_label,
    month_of,
    office_knot,
    page_knot,
    page_of,
    series_knot,
)
from karnameh.ledger.proof.signing import key_name, public_of, sign
from karnameh.ledger.proof.sums import Cell, Knot, b64, tally_text

Lines = Mapping[tuple[int, int], tuple[int, ...]]  # axis and node → where it stands


class MemoryTrees:
    """The sum trees over some cells; a source of proofs."""

    def __init__(self, master: bytes, cells: Iterable[tuple[Series, date, Cell]]) -> None:
        self.master = master
        self._cells: dict[PageKey, list[Cell]] = {}
        for of, day, cell in cells:
            key = PageKey(of.id, day, page_of(cell.line))
            self._cells.setdefault(key, []).append(cell)
        self._pages: dict[tuple[int, date], list[Stored]] = {}
        for page_key, its_cells in sorted(self._cells.items()):
            knot = page_knot(self._key(page_key.series), page_key.page, its_cells)
            kept = Stored(page_key.page, its_cells[0].line[0], knot.count, knot.core)
            self._pages.setdefault((page_key.series, page_key.day), []).append(kept)
        self._days: dict[int, list[Stored]] = {}
        for (series, day), pages in sorted(self._pages.items()):
            knot = day_knot(self._key(series), day.isoformat(), pages)
            self._days.setdefault(series, []).append(_kept(day, knot))
        self._add_twins()
        self._months = {one: self._months_of(one) for one in self._days}

    def _key(self, series: int) -> bytes:
        return hiding_key(self.master, series)

    def _add_twins(self) -> None:
        offices: dict[PageKey, list[Stored]] = {}
        for (series, day), pages in sorted(self._pages.items()):
            for one in pages:
                where = PageKey(Series.of(series).by_months.id, month_of(day)[0], one.at)
                offices.setdefault(where, []).append(one._replace(at=day))
        for where, days in sorted(offices.items()):
            knot = office_knot(self._key(where.series), where.page, days)
            kept = Stored(where.page, days[0].root, knot.count, knot.core)
            self._pages.setdefault((where.series, where.day), []).append(kept)
        for twin, month in sorted({(one.series, one.day) for one in offices}):
            label = month_label(*month_of(month))
            knot = day_knot(self._key(twin), label, self._pages[twin, month])
            self._days.setdefault(twin, []).append(_kept(month, knot))

    def _months_of(self, series: int) -> list[Stored]:
        if Series.of(series).grain:
            return self._days[series]
        by_month: dict[date, list[Stored]] = {}
        for day in self._days[series]:
            by_month.setdefault(month_of(day.at)[0], []).append(day)
        return [
            _kept(start, month_knot(self._key(series), *month_of(start), days))
            for start, days in by_month.items()
        ]

    def series(self) -> list[Stored]:
        return [
            _kept(one, series_knot(self._key(one), Series.of(one).label, months))
            for one, months in sorted(self._months.items())
        ]

    def months(self, series: int) -> list[Stored]:
        return self._months.get(series, [])

    def days(self, series: int, start: date, end: date) -> list[Stored]:
        return [one for one in self._days.get(series, []) if start <= one.at <= end]

    def pages(self, series: int, days: Sequence[date]) -> dict[date, list[Stored]]:
        return {day: self._pages[series, day] for day in days if (series, day) in self._pages}

    def cells(self, series: int, day: date, page: int) -> list[Cell]:
        return self._cells.get(PageKey(series, day, page), [])

    def root(self) -> bytes:
        """What a head says of all sums."""
        return index_knot(self.master, self.series()).item.hash


def _kept(at: Any, knot: Knot) -> Stored:
    return Stored(at, 0, knot.count, knot.core)


class MemoryLog:
    """Leaves, and the heads signed over them."""

    def __init__(self, name: str, secret: bytes, master: bytes, lines: Lines) -> None:
        self.name, self.secret, self.master, self.lines = name, secret, master, lines
        self.leaves: list[bytes] = []
        self._trees: dict[tuple[bytes, ...], MemoryTrees] = {}
        self.heads: list[HeadBody] = []

    def trees(self, size: int | None = None) -> MemoryTrees:
        """The sum trees over the first leaves."""
        leaves = tuple(self.leaves[:size])
        if leaves not in self._trees:
            self._trees[leaves] = MemoryTrees(self.master, self._cells(leaves))
        return self._trees[leaves]

    def _cells(self, leaves: Sequence[bytes]) -> Iterable[tuple[Series, date, Cell]]:
        for number, leaf in enumerate(leaves):
            fact = fact_of(leaf)
            if fact is None:
                continue
            for axis, node in ((1, fact.unit), (2, fact.place)):
                line = self.lines[axis, node]
                amount = (fact.milli, fact.rial, fact.qualifier, fact.reversal)
                series = Series(axis, fact.indicator, fact.stage, fact.bucket)
                yield series, fact.day, Cell(line, number, leaf_hash(leaf), *amount)

    def seal(self, *, at: datetime, epoch: int = 1) -> HeadBody:
        """A head over all leaves."""
        last = self.heads[-1] if self.heads else None
        hashes = [leaf_hash(leaf) for leaf in self.leaves]
        body = HeadBody(
            self.name, len(self.heads) + 1, epoch, len(hashes), sum(map(_is_entry, self.leaves)),
            root(in_memory(hashes), len(hashes)), self.trees().root(), at, last.digest() if last else b"",
        )  # fmt: skip
        self.heads.append(body)
        return body

    def head_json(self, body: HeadBody) -> dict[str, Any]:
        """A head as it is published."""
        public = public_of(self.secret)
        return {
            "log": body.log, "number": body.number, "epoch": body.epoch, "size": body.size,
            "entries": body.entries, "root": body.root.hex(), "totals": body.totals.hex(),
            "at": body.at.isoformat(), "previous": body.previous.hex(), "key": key_name(public),
            "public": public.hex(), "signature": b64(sign(self.secret, body.text())), "witnesses": [],
            "keys": [{"public": public.hex()}],
        }  # fmt: skip

    def heads_json(self) -> dict[str, Any]:
        """All heads, each with the proof that it continues the one before."""
        nodes = in_memory([leaf_hash(leaf) for leaf in self.leaves])
        listed: list[dict[str, Any]] = []
        for before, body in zip([None, *self.heads], self.heads, strict=False):
            one = self.head_json(body)
            if before is not None:
                one["consistency"] = [b64(x) for x in consistency(nodes, before.size, body.size)]
            listed.append(one)
        return {"format": "karnameh.heads.1", "log": self.name, "heads": listed}

    def bundle(self, asked: Asked, body: HeadBody, receipts: Sequence[int] = ()) -> dict[str, Any]:
        """The bundle of a figure with receipts of these leaves."""
        trees = self.trees(body.size)
        totals, amount = Showing(trees, asked).figure()
        nodes = in_memory([leaf_hash(leaf) for leaf in self.leaves])
        made = []
        for number in receipts:
            leaf = self.leaves[number]
            fact = fact_of(leaf)
            if fact is None:
                raise ValueError("this leaf is no entry")
            office = page_of(
                self.lines[asked.series.axis, (0, fact.unit, fact.place)[asked.series.axis]]
            )
            made.append(
                {
                    "index": number,
                    "path": [b64(one) for one in inclusion(nodes, number, body.size)],
                    "totals": Showing(trees, asked).receipt(number, leaf, fact.day, office),
                }
            )
        series = asked.series
        return {
            "format": "karnameh.bundle.1", "head": self.head_json(body),
            "question": {
                "axis": series.axis, "node": asked.line[-1], "line": [str(one) for one in asked.line],
                "indicator": series.indicator, "stage": series.stage, "bucket": series.bucket,
                "start": asked.start.isoformat(), "end": asked.end.isoformat(),
            },
            "answer": tally_text(amount), "totals": totals, "receipts": made,
        }  # fmt: skip


def _is_entry(leaf: bytes) -> bool:
    return leaf.startswith(b"entry.1|")
