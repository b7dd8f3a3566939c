"""Blocks of entries made into leaves and cells, also in a process beside: hashing keeps one core busy.

`python -m karnameh.ledger.proof.taking FD SLOT` is the child: block and answer lie in memory that it shares
with its parent, in slots of `SLOT` bytes; only the numbers of slots go through the pipes.
"""

from __future__ import annotations

import mmap
import os
import pickle
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from karnameh.ledger.proof.canonical import SALT, bucket_of
from karnameh.ledger.proof.merkle import leaf_hash
from karnameh.ledger.proof.rows import row_from
from karnameh.ledger.proof.shape import PageKey, Series, page_of
from karnameh.ledger.proof.sums import CELL, Line

PAGE = 1_024  # leaves of a page
BLOCK = 16 * PAGE  # entries that are taken at once
PLACES = {1: 6, 2: 8}  # where a leaf names the node of an axis
# Of each page its packed cells in the log's order, and beside them whose they are.
Cells = dict[PageKey, tuple[list[int], bytes]]


_Groups = dict[tuple[int, str, int], tuple[list[int], list[bytes]]]  # by series, day and office


class Taken(NamedTuple):
    """A block as it goes into the log: its ids and hashes, first and last clock of each page, its cells."""

    ids: bytes
    hashes: bytes
    clocks: list[tuple[int, int]]
    cells: Cells

    @property
    def entries(self) -> int:
        """How many entries."""
        return len(self.ids) // 16


class Taker:
    """Makes leaves and cells; `lines` says of each axis where its nodes stand."""

    def __init__(self, lines: Mapping[int, Mapping[int, Line]]) -> None:
        self._offices = [
            ({node: page_of(line) for node, line in lines[axis].items()}, place)
            for axis, place in PLACES.items()
        ]
        self._series: dict[tuple[str, str, str, str, bool], list[int]] = {}
        self._days: dict[str, date] = {}

    def take(self, block: Sequence[bytes], salts: bytes, first: int) -> Taken:
        """The entries of these lines as the leaves from number `first` on."""
        ids, hashes, clocks = [], [], []
        groups: _Groups = {}
        for n, line in enumerate(block):
            row = row_from(line)
            leaf = leaf_hash(row.leaf(salts[n * SALT : n * SALT + SALT]))
            given = row.public.split("|")
            ids.append(row.id)
            hashes.append(leaf)
            clocks.append(given[1])
            self._add(groups, given, leaf, first + n)
        starts = range(0, len(block), PAGE)
        return Taken(
            b"".join(ids), b"".join(hashes), [(int(clocks[n]), int(clocks[n : n + PAGE][-1])) for n in starts],
            {self._key(*where): (nodes, b"".join(cells)) for where, (nodes, cells) in groups.items()},
        )  # fmt: skip

    def _add(self, groups: _Groups, given: list[str], leaf: bytes, number: int) -> None:
        """Into the sum tree of each axis. Texts are looked up and not read: most have been seen before."""
        kind = (given[3], given[4], given[19], given[20], given[15] == "")
        series = self._series.get(kind) or self._new_series(*kind)
        amounts = int(given[16] or 0), int(given[17] or 0)
        cell = CELL.pack(number, leaf, *amounts, int(given[18]), given[5] == "1")
        day = given[12]
        for (offices, place), its_series in zip(self._offices, series, strict=True):
            node = int(given[place])
            where = (its_series, day, offices[node])
            group = groups.get(where)
            if group is None:
                groups[where] = [node], [cell]
            else:
                group[0].append(node)
                group[1].append(cell)

    def _key(self, series: int, day: str, page: int) -> PageKey:
        read = self._days.get(day)
        if read is None:
            read = self._days[day] = date.fromisoformat(day)
        return PageKey(series, read, page)

    def _new_series(
        self, indicator: str, stage: str, coverage: str, role: str, is_whole: bool
    ) -> list[int]:
        bucket = bucket_of(int(coverage), int(role), not is_whole)
        found = [Series(axis, int(indicator), int(stage), bucket).id for axis in PLACES]
        self._series[indicator, stage, coverage, role, is_whole] = found
        return found


def main(shared: int, slot: int) -> None:
    """The child: where nodes stand first, then blocks until its parent has no more."""
    taker = Taker(pickle.load(sys.stdin.buffer))
    memory = mmap.mmap(shared, os.fstat(shared).st_size)
    for asked in sys.stdin.buffer:
        at, length, first = map(int, asked.split())
        lines, salts = pickle.loads(memory[at : at + length])
        answer = pickle.dumps(taker.take(lines.split(b"\n"), salts, first), 5)
        if len(answer) > slot:
            sys.exit("an answer is larger than its slot")
        memory[at : at + len(answer)] = answer
        print(at, len(answer), flush=True)


if __name__ == "__main__":
    # By its own name, so that its parent knows the class of an answer.
    from karnameh.ledger.proof import taking

    taking.main(int(sys.argv[1]), int(sys.argv[2]))
