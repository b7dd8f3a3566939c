"""Checking the log: every leaf made again from its entry, every head's roots made again from the leaves.

It finds what a superuser changed in the database. Whoever has rewritten entries, log and heads alike, and
signed them anew, passes this check and none made against a head that somebody else has kept.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from karnameh.ledger.models import Head, LogRecord
from karnameh.ledger.proof.canonical import SALT, entry_leaf, fact_of, record_leaf
from karnameh.ledger.proof.memory import MemoryTrees
from karnameh.ledger.proof.merkle import leaf_hash, root
from karnameh.ledger.proof.rows import Row
from karnameh.ledger.proof.shape import Series, stored
from karnameh.ledger.proof.signing import is_signed, key_name, succession_text
from karnameh.ledger.proof.sums import Cell
from karnameh.ledger.sealing.checking_trees import check_trees
from karnameh.ledger.sealing.heads import body_of, heads, log_name, totals_root
from karnameh.ledger.sealing.leaves import State, StoredNodes, read_state, rows_between
from karnameh.ledger.sealing.numbering import AXES
from karnameh.ledger.sealing.trees import lines_at

MOST = 1_000_000  # entries whose sums are added up again in memory
_SHOWN = 100  # findings
_SERIES = 10  # whose sums are made again beside a stretch of leaves


@dataclass
class LogCheck:
    """What was looked at, and everything that is not as it was sealed (at most 100)."""

    leaves: int = 0
    heads: int = 0
    is_whole: bool = True  # whether the end of the log was reached
    last_series: int = 0  # of the sums: the last one looked at, 0 at the end
    findings: list[str] = field(default_factory=list)

    def find(self, words: str) -> None:
        if len(self.findings) < _SHOWN:
            self.findings.append(words)


def check_log(
    *, at: datetime | None = None, start: int = 0, most: int | None = None, after_series: int = 0
) -> LogCheck:
    """Compare entries, leaves, sums and heads; with `start` and `most` only so many leaves of the log.

    Then only some of the sums are made again, too: those of the next few series behind `after_series`.
    """
    found = LogCheck()
    alone = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if alone:  # one view of everything: a head that is signed meanwhile is no shorter log
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")
        state = read_state(cursor)
        end = state.size if most is None else min(state.size, start + most)
        cells: list[tuple[Series, Any, Cell]] | None = [] if _adds_up(state, start, end) else None
        found.is_whole = end == state.size
        _check_leaves(cursor, state, start, end, found, cells)
        _check_heads(cursor, state, found, at, most)
        if cells is not None:
            _check_sums(cursor, state, cells, found)
        sizes = [state.size, *Head.objects.values_list("size", flat=True)]
        some = {"after": after_series, "most": _SERIES} if most is not None else {}
        found.last_series = check_trees(cursor, state.master, sizes, found.find, **some)
    return found


class Patrol:
    """Walks the log round and round, a stretch at a time: for the worker."""

    def __init__(self, stretch: int = 50_000) -> None:
        self.stretch, self.next, self.series = stretch, 0, 0

    def walk(self) -> LogCheck:
        """The next stretch."""
        found = check_log(start=self.next, most=self.stretch, after_series=self.series)
        self.series = found.last_series
        self.next = 0 if found.is_whole else self.next + self.stretch
        return found


def _adds_up(state: State, start: int, end: int) -> bool:
    return start == 0 and end == state.size and state.entries <= MOST


# --- leaves ---------------------------------------------------------------------------------------


@dataclass
class _Page:
    first: int
    leaves: int
    low: tuple[int, UUID] | None  # of its first entry
    high: int | None  # the clock of its last one
    ids: bytes
    hashes: bytes
    salts: bytes


def _check_leaves(
    cursor: Any, state: State, start: int, end: int, found: LogCheck, cells: Any
) -> None:
    pages = list(_pages(cursor, start, end))
    with_entries = [page for page in pages if page.low is not None]
    expected = start
    for page in pages:
        if start == 0 and page.first != expected:
            found.find(f"leaves {expected} to {page.first - 1} are missing")
        expected = page.first + page.leaves
        found.leaves += page.leaves
    if end == state.size and expected != state.size and pages:
        found.find(f"leaves {expected} to {state.size - 1} are missing")
    _check_records(cursor, [page for page in pages if page.low is None], found)
    if not with_entries:
        return
    kept = _kept_commitments(cursor, start, end)
    lines = lines_at(cursor, state.size) if cells is not None else {}
    lows = [page.low for page in with_entries if page.low is not None]
    rows: dict[int, list[Row]] = {n: [] for n in range(len(with_entries))}
    since = 0 if start == 0 else lows[0][0]
    after = None if end == state.size else _low_after(cursor, end)
    until = state.numbered_to if after is None else after[0] + 1
    reached = 0
    for row in rows_between(cursor, since, until):
        key = _moment(row)
        n = max(0, bisect_right(lows, key) - 1)
        if (start and key < lows[0]) or (after is not None and key >= after):
            continue  # of the stretch before, or of the next one
        if n > reached:
            for done in range(reached, n):
                _check_page(with_entries[done], rows.pop(done), kept, found, lines, cells)
            reached = n
        rows[n].append(row)
    for n in sorted(rows):
        _check_page(with_entries[n], rows[n], kept, found, lines, cells)


def _pages(cursor: Any, start: int, end: int) -> Iterator[_Page]:
    cursor.execute(
        "SELECT p.first, p.leaves, p.low_clock, p.low_id, p.high_clock, p.ids, p.hashes, s.salts FROM ledger_leafpage p"
        " LEFT JOIN ledger_leafsalt s USING (first) WHERE p.first >= %s AND p.first < %s ORDER BY p.first",
        [start, end],
    )
    for first, leaves, clock, pk, high, ids, hashes, salts in cursor.fetchall():
        low = None if clock is None else (clock, pk)
        yield _Page(first, leaves, low, high, bytes(ids), bytes(hashes), bytes(salts or b""))


def _low_after(cursor: Any, end: int) -> tuple[int, UUID] | None:
    cursor.execute(
        "SELECT low_clock, low_id FROM ledger_leafpage WHERE first >= %s AND low_clock IS NOT NULL"
        " ORDER BY first LIMIT 1",
        [end],
    )
    row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _kept_commitments(cursor: Any, start: int, end: int) -> dict[int, list[str]]:
    cursor.execute(
        "SELECT leaf, commitments FROM ledger_saltless WHERE leaf >= %s AND leaf < %s", [start, end]
    )
    return {leaf: text.split("|") for leaf, text in cursor.fetchall()}


def _check_page(
    page: _Page,
    rows: list[Row],
    kept: dict[int, list[str]],
    found: LogCheck,
    lines: Any,
    cells: Any,
) -> None:
    by_id = {row.id: row for row in rows}
    known = set()
    for n in range(page.leaves):
        pk = page.ids[16 * n : 16 * n + 16]
        known.add(pk)
        row, number = by_id.get(pk), page.first + n
        if row is None:
            found.find(f"entry {UUID(bytes=pk)}, leaf {number}: is gone or was moved in time")
            continue
        salt = page.salts[SALT * n : SALT * n + SALT]
        leaf = entry_leaf(row.public, kept[number]) if number in kept else row.leaf(salt)
        made = leaf_hash(leaf)
        if made != page.hashes[32 * n : 32 * n + 32]:
            found.find(f"entry {UUID(bytes=pk)}, leaf {number}: was changed after it was sealed")
        if cells is not None:
            _take_cells(leaf, made, number, lines, cells)
    for row in rows:
        if row.id not in known:
            found.find(f"entry {UUID(bytes=row.id)}: was slipped in behind the log")
    first, last = by_id.get(page.ids[:16]), by_id.get(page.ids[-16:])
    if first and last and (_moment(first), _moment(last)[0]) != (page.low, page.high):
        found.find(f"leaves from {page.first} on: are kept under a moment that is not theirs")


def _moment(row: Row) -> tuple[int, UUID]:
    """The clock and id of an entry: its place in the log's order."""
    return int(row.public[37 : row.public.index("|", 37)]), UUID(bytes=row.id)


def _take_cells(leaf: bytes, made: bytes, number: int, lines: Any, cells: Any) -> None:
    fact = fact_of(leaf)
    if fact is None:
        return
    for axis in AXES:
        line = lines.get((axis, fact.unit if axis == 1 else fact.place))
        if line is not None:
            amount = (fact.milli, fact.rial, fact.qualifier, fact.reversal)
            series = Series(axis, fact.indicator, fact.stage, fact.bucket)
            cells.append((series, fact.day, Cell(line, number, made, *amount)))


def _check_records(cursor: Any, pages: list[_Page], found: LogCheck) -> None:
    wanted = {
        page.first + n: page.hashes[32 * n : 32 * n + 32]
        for page in pages
        for n in range(page.leaves)
    }
    for one in LogRecord.objects.filter(leaf__in=list(wanted)):
        text = record_leaf(one.kind, one.name, bytes(one.sha256), one.bytes, one.at)
        if leaf_hash(text) != wanted.pop(one.leaf or 0):
            found.find(f"record {one.kind} {one.name}: was changed after it was sealed")
    for number in wanted:
        found.find(f"record with leaf {number}: is gone")


# --- heads and sums -------------------------------------------------------------------------------


_ROOTS = 5  # heads whose roots are made again on each stretch; a whole check makes all of them


def _check_heads(
    cursor: Any, state: State, found: LogCheck, at: datetime | None, most: int | None
) -> None:
    before: Head | None = None
    log = log_name()
    # Its nodes come from the pages alone, not from the kept inner nodes: those are checked with it.
    nodes = StoredNodes(state.size)
    rows = list(heads().order_by("number"))
    newest = rows[-1].number if rows else 0
    for head in rows:
        found.heads += 1
        body = body_of(head, log)
        if bytes(head.digest) != body.digest() or not is_signed(
            bytes(head.key.public), body.text(), bytes(head.signature)
        ):
            found.find(f"head {head.number}: is not what was signed")
        if key_name(bytes(head.key.public)) != head.key_id or not _is_endorsed(head, log):
            found.find(f"head {head.number}: its key was exchanged")
        if before is not None and not _continues(head, before):
            found.find(f"head {head.number}: does not continue head {before.number}")
        if before is None and head.number != 1:
            found.find("the first heads are missing")
        if head.size > state.size:
            found.find(f"head {head.number}: the log is shorter than it was")
        elif most is not None and head.number <= newest - _ROOTS:
            pass
        elif root(nodes, head.size) != bytes(head.root):
            found.find(f"head {head.number}: the leaves are not those that were signed")
        elif totals_root(cursor, state, head.size) != bytes(head.totals):
            found.find(f"head {head.number}: the sums are not those that were signed")
        before = head
    if at is not None and before is not None and before.at > at:
        found.find(f"this machine's clock is behind head {before.number}")
    if most is None:
        _check_nodes(cursor, state, found)


def _is_endorsed(head: Head, log: str) -> bool:
    key = head.key
    if key.endorsed_by is None:
        return True
    text = succession_text(log, bytes(key.endorsed_by.public), bytes(key.public))
    return is_signed(bytes(key.endorsed_by.public), text, bytes(key.endorsement or b""))


def _continues(head: Head, before: Head) -> bool:
    return (
        head.number == before.number + 1
        and bytes(head.previous) == bytes(before.digest)
        and head.size >= before.size
        and head.epoch >= before.epoch
        and head.at >= before.at
    )


def _check_nodes(cursor: Any, state: State, found: LogCheck) -> None:
    """The kept inner nodes, which proofs are made from."""
    cursor.execute("SELECT level, position, hash FROM ledger_lognode ORDER BY level, position")
    nodes = StoredNodes(state.size)
    for level, position, kept in cursor.fetchall():
        if nodes.complete(level, position) != bytes(kept):
            found.find(f"inner node {level}/{position} of the log was changed")


def _check_sums(
    cursor: Any, state: State, cells: list[tuple[Series, Any, Cell]], found: LogCheck
) -> None:
    """All sums added up again from the entries, against the index as it is now."""
    last = heads().first()
    if last is None or last.size != state.size or found.findings:
        return  # between two heads the trees are on their way; a broken leaf has been named already
    trees = MemoryTrees(state.master, cells)
    if trees.root() != bytes(last.totals):
        found.find(f"head {last.number}: the entries do not add up to its sums")
    cursor.execute(
        "SELECT DISTINCT ON (series, day, page) series, day, page, root, parts, core, seal, salt, tally"
        " FROM ledger_sumpage ORDER BY series, day, page, size DESC"
    )
    for series, day, *row in cursor.fetchall():
        if row[2] and stored(row) not in trees.pages(series, [day]).get(day, []):
            found.find(f"page {row[0]} of series {Series.of(series).label} on {day} was changed")
