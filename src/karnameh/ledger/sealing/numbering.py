"""Numbering: settled entries and waiting records become leaves, and are added up, a portion at a time.

Settled is what lies below the oldest transaction still running, as for folding. A portion is read,
hashed and added up first and written at the end, in one transaction: killed anywhere, it leaves nothing
behind, and the next one begins where the last whole one ended. Only the writing holds the horizon back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from karnameh.kernel.collecting import without_collecting
from karnameh.ledger.proof.canonical import SALT, record_leaf
from karnameh.ledger.proof.merkle import leaf_hash
from karnameh.ledger.proof.shape import PageKey, Series, page_of
from karnameh.ledger.proof.sums import CELL, Line
from karnameh.ledger.proof.taking import PAGE, Taken
from karnameh.ledger.sealing.adding import Additions, added_up, write_sums
from karnameh.ledger.sealing.leaves import (
    Page,
    State,
    horizon,
    read_state,
    write_nodes,
    write_pages,
)
from karnameh.ledger.sealing.taking import taken_from

PORTION = 1_000_000  # entries in one transaction: bounds memory, and a day is mostly one portion
LOCK = 4022  # one sequencer at a time
AXES = {1: ("org_orgunit", "unit_id"), 2: ("org_place", "place_id")}


@dataclass(frozen=True)
class Numbered:
    """What one portion did."""

    entries: int
    behind: bool


def number_portion(*, at: datetime, limit: int = PORTION) -> Numbered:
    """Append one portion of what is settled. `behind` says whether more is waiting."""
    with without_collecting(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '15min'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        only_one(cursor)
        state = read_state(cursor)
        until, behind = _until(cursor, state.numbered_to, limit)
        portion = _Portion(state, _lines(cursor))
        found = taken_from(cursor, state.numbered_to, until, portion.lines, state.size)
        for taken, salts in found:
            portion.take(taken, salts)
        _take_moves(cursor, portion)
        sums = added_up(cursor, portion.additions, state)
        # From here on the transaction writes, and nothing that came after it is folded until it ends.
        records = _take_records(cursor, portion, at)
        write_pages(cursor, portion.pages)
        write_nodes(cursor, state.size, portion.size)
        write_sums(cursor, sums, state, portion.size)
        cursor.executemany(
            "UPDATE ledger_logrecord SET leaf = %s WHERE id = %s",
            [(leaf, pk) for pk, leaf in records],
        )
        _keep_homes(cursor, portion)
        if portion.size > state.size:
            # The mark stands right behind the last entry, not at the horizon: a restored backup goes on
            # from the largest clock it holds, and nothing that is posted then may lie behind the mark.
            cursor.execute(
                "UPDATE ledger_logstate SET numbered_to = %s, size = %s, entries = entries + %s",
                [max(portion.last_clock + 1, state.numbered_to), portion.size, portion.entries],
            )
    return Numbered(portion.entries, behind)


def only_one(cursor: Any) -> None:
    """One sequencer at a time. The worker waits for another one's portion, a web page as long as it may."""
    if settings.PROCESS == "work":
        cursor.execute("SET LOCAL lock_timeout = '2min'")
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _until(cursor: Any, since: int, limit: int) -> tuple[int, bool]:
    """Up to which clock this portion goes; a transaction is numbered whole."""
    settled = horizon(cursor)
    cursor.execute(
        "SELECT clock FROM ledger_entry WHERE clock >= %s AND clock < %s ORDER BY clock OFFSET %s LIMIT 1",
        [since, settled, limit],
    )
    cut = cursor.fetchone()
    return (settled, False) if cut is None else (max(cut[0], since + 1), True)


def _lines(cursor: Any) -> dict[int, dict[int, Line]]:
    """Where every node stands now, by axis."""
    found = {}
    for axis, (table, _column) in AXES.items():
        cursor.execute(f"SELECT id, line FROM {table}")
        found[axis] = {node: tuple(line) for node, line in cursor.fetchall()}
    return found


@dataclass
class _Portion:
    """Leaves under construction."""

    state: State
    lines: dict[int, dict[int, Line]]
    size: int = 0
    entries: int = 0
    last_clock: int = -1
    pages: list[Page] = field(default_factory=list)
    additions: Additions = field(default_factory=Additions)
    homes: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.size = self.state.size
        self.additions.lines = self.lines
        self.homes = {axis: set() for axis in AXES}

    def take(self, taken: Taken, salts: bytes) -> None:
        """The next block: its leaves into pages, its cells into the sum trees."""
        for n, (low, high) in enumerate(taken.clocks):
            at = n * PAGE
            page = Page(
                self.size + at, taken.ids[16 * at : 16 * (at + PAGE)], taken.hashes[32 * at : 32 * (at + PAGE)],
                salts[SALT * at : SALT * (at + PAGE)], low, high,
            )  # fmt: skip
            self.pages.append(page)
            self.last_clock = high
        for key, (nodes, cells) in taken.cells.items():
            axis = Series.of(key.series).axis
            lines = self.lines[axis]
            self.homes[axis].update(nodes)
            placed = self.additions.cells.setdefault(key, [])
            each = range(0, len(cells), CELL.size)
            placed += [
                (lines[n], cells[at : at + CELL.size]) for n, at in zip(nodes, each, strict=True)
            ]
        self.size += taken.entries
        self.entries += taken.entries

    def append_records(self, hashes: list[bytes]) -> None:
        """Leaves that are no entries."""
        for start in range(0, len(hashes), PAGE):
            self.pages.append(Page(self.size, b"", b"".join(hashes[start : start + PAGE]), b""))
            self.size += len(hashes[start : start + PAGE])


def _take_moves(cursor: Any, portion: _Portion) -> None:
    """Pages of nodes that stand elsewhere since their entries were last added up."""
    found = portion.additions
    for axis, (table, column) in AXES.items():
        cursor.execute(
            "SELECT h.node, h.line, n.line FROM (SELECT DISTINCT ON (node) node, line FROM ledger_sumhome"
            f" WHERE axis = %s ORDER BY node, size DESC) h JOIN {table} n ON n.id = h.node WHERE h.line <> n.line",
            [axis],
        )
        moved = {node: (tuple(old), tuple(new)) for node, old, new in cursor.fetchall()}
        if not moved:
            continue
        found.moved |= {(axis, node) for node in moved}
        cursor.execute(
            f"SELECT DISTINCT {column}, indicator_id, stage, CASE WHEN coverage <> 1 THEN 3 WHEN part_of_id IS NOT NULL"
            " THEN 2 WHEN role <> 1 THEN 1 ELSE 0 END, ends_on FROM ledger_entry"
            f" WHERE {column} = ANY(%s) AND clock < %s",
            [list(moved), portion.state.numbered_to],
        )
        for node, indicator, stage, bucket, day in cursor.fetchall():
            series = Series(axis, indicator, stage, bucket).id
            found.touched |= {PageKey(series, day, page_of(line)) for line in moved[node]}


def _take_records(cursor: Any, portion: _Portion, at: datetime) -> list[tuple[int, int]]:
    """Waiting records as leaves: (id, number of its leaf). A reorganisation is a record of its own."""
    if portion.additions.moved:
        # Also makes the log longer, so that the trees as they are now have a size of their own.
        text = register_text(portion.lines)
        cursor.execute(
            "INSERT INTO ledger_logrecord (kind, name, sha256, bytes, at) VALUES ('trees', 'reorganised', %s, %s, %s)",
            [sha256(text).digest(), len(text), at],
        )
    cursor.execute(
        "SELECT id, kind, name, sha256, bytes, at FROM ledger_logrecord WHERE leaf IS NULL ORDER BY id"
    )
    waiting = cursor.fetchall()
    leaves = [(pk, portion.size + position) for position, (pk, *_rest) in enumerate(waiting)]
    portion.append_records(
        [
            leaf_hash(record_leaf(kind, name, bytes(digest), size, when))
            for _pk, kind, name, digest, size, when in waiting
        ]
    )
    return leaves


def register_text(lines: dict[int, dict[int, Line]]) -> bytes:
    """Both trees as text: axis, node, line; what a record of kind "trees" is the digest of."""
    return "".join(
        f"{axis} {node} {'/'.join(map(str, line))}\n"
        for axis, nodes in sorted(lines.items())
        for node, line in sorted(nodes.items())
    ).encode()


def _keep_homes(cursor: Any, portion: _Portion) -> None:
    """Where nodes that are new to the log, or have moved, stand from this size on."""
    for axis, nodes in portion.homes.items():
        cursor.execute("SELECT DISTINCT node FROM ledger_sumhome WHERE axis = %s", [axis])
        fresh = nodes - {node for (node,) in cursor.fetchall()}
        fresh |= {node for its_axis, node in portion.additions.moved if its_axis == axis}
        homes = "COPY ledger_sumhome (axis, node, size, line) FROM STDIN"
        with connection.wrap_database_errors, cursor.copy(homes) as copy:
            for node in sorted(fresh):
                copy.write_row((axis, node, portion.size, list(portion.lines[axis][node])))
