"""Leaves of the log: how entries become leaves, and how leaves are kept and found again.

Leaves stand in pages of up to 1,024, each with the ids of its entries, their hashes and, apart and
erasable, their salts. There is no row for an entry: its page is found by its clock and id.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from karnameh.ledger.proof.canonical import SALT, entry_leaf
from karnameh.ledger.proof.merkle import complete_subtree, node_hash
from karnameh.ledger.proof.rows import Row, row_from
from karnameh.ledger.proof.taking import PAGE

LEVELS = (10, 20, 30)  # of the inner nodes that are kept

# The public fields of `canonical.ENTRY_FIELDS`, as one text.
_PUBLIC = """concat(e.id, '|', e.clock, '|', (extract(epoch FROM e.posted_at) * 1000000)::bigint, '|', e.indicator_id,
 '|', e.stage, '|', e.kind, '|', e.unit_id, '|', e.unit_placement_id, '|', e.place_id, '|', e.place_placement_id,
 '|', e.activity_id, '|', to_char(e.starts_on, 'YYYY-MM-DD'), '|', to_char(e.ends_on, 'YYYY-MM-DD'), '|', e.item_id,
 '|', e.dimensions_id, '|', e.part_of_id, '|', (e.quantity * 1000)::bigint, '|', e.rial, '|', e.qualifier,
 '|', e.coverage, '|', e.role, '|', e.fulfils_id, '|', e.verifies_id, '|', e.corrects_id, '|', e.batch,
 '|', e.batch_row)"""
_HIDDEN = """e.posted_by_id, encode(convert_to(e.as_written, 'UTF8'), 'hex'),
 encode(convert_to(e.note, 'UTF8'), 'hex'), encode(e.digest, 'hex')"""


def rows_between(cursor: Any, since: int, until: int) -> Iterator[Row]:
    """Entries with since <= clock < until, in the order in which the log takes them."""
    yield from _rows(cursor, f"e.clock >= {since:d} AND e.clock < {until:d} ORDER BY e.clock, e.id")


def row_of(cursor: Any, entry: UUID) -> Row | None:
    """One entry."""
    return next(_rows(cursor, f"e.id = '{UUID(str(entry))}'"), None)


def lines_between(cursor: Any, since: int, until: int) -> Iterator[bytes]:
    """The same entries as the server writes them, one line each: see `row_from`."""
    yield from _lines(
        cursor, f"e.clock >= {since:d} AND e.clock < {until:d} ORDER BY e.clock, e.id"
    )


def _rows(cursor: Any, condition: str) -> Iterator[Row]:
    return map(row_from, _lines(cursor, condition))


def _lines(cursor: Any, condition: str) -> Iterator[bytes]:
    statement = (
        f"COPY (SELECT {_PUBLIC}, {_HIDDEN} FROM ledger_entry e WHERE {condition}) TO STDOUT"
    )
    rest = b""
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for block in copy:
            *whole, rest = (rest + bytes(block)).split(b"\n")
            yield from whole


@dataclass(frozen=True, slots=True)
class Page:
    """Leaves from `first` on."""

    first: int
    ids: bytes  # 16 for each leaf, or nothing in a page of records
    hashes: bytes
    salts: bytes
    low_clock: int | None = None
    high_clock: int | None = None

    @property
    def leaves(self) -> int:
        return len(self.hashes) // 32


def fresh_salts(count: int) -> bytes:
    """Randomness for so many entries."""
    return os.urandom(SALT * count)


def write_pages(cursor: Any, pages: Sequence[Page]) -> None:
    """Append pages."""
    cursor.executemany(
        "INSERT INTO ledger_leafpage (first, leaves, low_clock, low_id, high_clock, ids, hashes)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (p.first, p.leaves, p.low_clock, UUID(bytes=p.ids[:16]) if p.ids else None, p.high_clock,
             p.ids, p.hashes)
            for p in pages
        ],
    )  # fmt: skip
    cursor.executemany(
        "INSERT INTO ledger_leafsalt (first, salts) VALUES (%s, %s)",
        [(p.first, p.salts) for p in pages if p.ids],
    )


def write_nodes(cursor: Any, before: int, size: int) -> None:
    """Keep the roots of the subtrees that have become complete between two sizes."""
    for level in LEVELS:
        first, last = before >> level, size >> level
        if first == last:
            continue
        stored = StoredNodes(size)
        cursor.executemany(
            "INSERT INTO ledger_lognode (level, position, hash) VALUES (%s, %s, %s)",
            [
                (level, position, stored.complete(level, position))
                for position in range(first, last)
            ],
        )


class StoredNodes:
    """The log's tree, read from the database as far as it is asked for."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._known: dict[tuple[int, int], bytes] = {}
        self._loaded: set[tuple[int, int]] = set()

    def __call__(self, level: int, position: int) -> bytes:
        """The hash of a complete subtree."""
        found = self._known.get((level, position))
        if found is None and (level == 0 or level in LEVELS):
            self._load(level, position)
            found = self._known.get((level, position))
        if found is None:
            found = node_hash(self(level - 1, 2 * position), self(level - 1, 2 * position + 1))
            self._known[level, position] = found
        return found

    def complete(self, level: int, position: int) -> bytes:
        """The same, computed from the kept level below."""
        below = 1 << 10
        start = position * below
        return complete_subtree(self(level - 10, start + n) for n in range(below))

    def _load(self, level: int, position: int) -> None:
        """A thousand neighbours at once."""
        start = position >> 10 << 10
        if (level, start) in self._loaded:
            return
        self._loaded.add((level, start))
        with connection.cursor() as cursor:
            if level:
                cursor.execute(
                    "SELECT position, hash FROM ledger_lognode WHERE level = %s AND position >= %s AND position < %s",
                    [level, start, start + 1024],
                )
                for at, kept in cursor.fetchall():
                    self._known[level, at] = bytes(kept)
                return
            for first, hashes in hashes_between(cursor, start, min(start + 1024, self.size)):
                for n in range(len(hashes) // 32):
                    self._known[0, first + n] = hashes[32 * n : 32 * n + 32]


def hashes_between(cursor: Any, start: int, end: int) -> list[tuple[int, bytes]]:
    """The hashes of the pages that hold leaves start … end - 1."""
    cursor.execute(
        "SELECT first, hashes FROM ledger_leafpage WHERE first > %s AND first < %s ORDER BY first",
        [start - PAGE, end],
    )
    return [(first, bytes(hashes)) for first, hashes in cursor.fetchall()]


def index_of(cursor: Any, entry: UUID, clock: int) -> int | None:
    """The number of an entry's leaf; None when it is not in the log."""
    cursor.execute(
        "SELECT first, ids FROM ledger_leafpage WHERE (low_clock, low_id) <= (%s, %s)"
        " ORDER BY low_clock DESC, low_id DESC LIMIT 1",
        [clock, entry],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    first, ids, wanted = row[0], bytes(row[1]), UUID(str(entry)).bytes
    at = ids.find(wanted)
    while at % 16 and at >= 0:
        at = ids.find(wanted, at + 1)
    return None if at < 0 else int(first) + at // 16


def leaf_text(cursor: Any, index: int, entry: UUID) -> bytes | None:
    """The leaf of a numbered entry as it reads today; None when the entry is gone."""
    row = row_of(cursor, entry)
    if row is None:
        return None
    cursor.execute("SELECT commitments FROM ledger_saltless WHERE leaf = %s", [index])
    kept = cursor.fetchone()
    if kept is not None:
        return entry_leaf(row.public, kept[0].split("|"))
    return row.leaf(salt_of(cursor, index))


def salt_of(cursor: Any, index: int) -> bytes:
    """The salt of a leaf."""
    cursor.execute(
        "SELECT first, salts FROM ledger_leafsalt WHERE first <= %s ORDER BY first DESC LIMIT 1",
        [index],
    )
    first, salts = cursor.fetchone()
    start = (index - first) * SALT
    return bytes(salts)[start : start + SALT]


def salts_of(cursor: Any, first: int, leaves: int) -> tuple[bytes, dict[int, list[str]]]:
    """The salts of a page, and the commitments of those that were erased."""
    cursor.execute("SELECT salts FROM ledger_leafsalt WHERE first = %s", [first])
    salts = bytes(cursor.fetchone()[0])
    cursor.execute(
        "SELECT leaf, commitments FROM ledger_saltless WHERE leaf >= %s AND leaf < %s",
        [first, first + leaves],
    )
    return salts, {leaf: text.split("|") for leaf, text in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class State:
    """How far the log is."""

    name: str
    master: bytes
    numbered_to: int
    size: int
    entries: int


def read_state(cursor: Any) -> State:
    """The log's only row."""
    cursor.execute("SELECT name, master, numbered_to, size, entries FROM ledger_logstate")
    name, master, numbered_to, size, entries = cursor.fetchone()
    return State(name.hex, bytes(master), numbered_to, size, entries)


def horizon(cursor: Any) -> int:
    """Every entry with a smaller clock has been committed or never will be."""
    cursor.execute(
        'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + "offset" FROM ledger_epoch'
    )
    return int(cursor.fetchone()[0])
