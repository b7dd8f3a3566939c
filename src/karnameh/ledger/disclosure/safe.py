"""A release that an attacker gains nothing from: merged, rounded, attacked, and merged again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from karnameh.ledger.disclosure.attack import Said, Target, ranges
from karnameh.ledger.disclosure.rules import SMALLEST, SPREAD, bounds, is_small, merged, rounded

Atom = Any  # the smallest thing that is told apart, such as (unit, place, day)
Unknown = tuple[
    int, Atom, int
]  # stage, atom, and its true count: a changed count is another unknown
Cell = Callable[[Atom], Any]  # which cell of a level an atom lies in; None: in none of it


class TooTelling(Exception):
    """Whatever is merged, the numbers together would tell a small count. `cells` says which."""

    def __init__(self, cells: Sequence[str]) -> None:
        super().__init__(", ".join(cells))
        self.cells = tuple(cells)


@dataclass(frozen=True)
class Table:
    """A breakdown of one whole: each part's atoms, by its name. Parts of a whole do not overlap."""

    name: str
    parts: Mapping[str, frozenset[Atom]]


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to publish: the true counts by stage and atom, the totals, the tables.

    `levels` say for which cells a small count must stay unknown: by county, by county and week, and
    so on. A table comes after the table that it refines, and is left out with the part it refines.
    """

    truth: Mapping[int, Mapping[Atom, int]]
    totals: Mapping[str, frozenset[Atom]]
    tables: Sequence[Table]
    levels: Mapping[str, Cell]
    refines: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # table → (table, part)


@dataclass(frozen=True)
class Shown:
    """What may be published: counts by stage; None is a count too small to be shown.

    A table's rows are groups of its parts' names; a table that is missing says nothing safe.
    """

    totals: Mapping[str, Mapping[int, int | None]]
    tables: Mapping[str, Mapping[tuple[str, ...], Mapping[int, int]]]
    said: tuple[Said, ...]


def safe_release(wanted: Wanted, former: Sequence[Sequence[Said]], *, key: bytes) -> Shown:
    """The most that may be published of what is wanted, given all former releases.

    Raises `TooTelling` when even the totals alone would tell a small count that is not told already.
    """
    ties: dict[str, list[frozenset[str]]] = {table.name: [] for table in wanted.tables}
    dropped: set[str] = set()
    before = [one for release in former for one in release]
    targets = _targets(wanted, former)
    while True:
        shown = _shown(wanted, ties, dropped, key)
        told = recoverable([*before, *shown.said], targets)
        if told and before:  # what cannot be taken back any more is no reason
            known = set(recoverable(before, told))
            told = [target for target in told if target not in known]
        if not told:
            return shown
        if not _merge_further(wanted, shown, told, ties, dropped):
            raise TooTelling([target.name for target in told])


def recoverable(said: Sequence[Said], targets: Iterable[Target]) -> list[Target]:
    """The targets about which everything said leaves too little open."""
    floors = {
        unknown: unknown[2]
        for one in said
        for unknown in one.unknowns
        if isinstance(unknown, tuple) and unknown[2] < 0
    }
    found = []
    for target, (low, high) in ranges(said, targets, floors).items():
        narrow = high - low < SPREAD
        surely_small = not target.minus and high < SMALLEST
        if narrow or surely_small:
            found.append(target)
    return found


# --- what would be shown ----------------------------------------------------------------------------


def _shown(
    wanted: Wanted, ties: Mapping[str, Sequence[frozenset[str]]], dropped: set[str], key: bytes
) -> Shown:
    said: list[Said] = []
    totals = {
        name: {stage: _say(wanted, stage, atoms, key, said) for stage in wanted.truth}
        for name, atoms in wanted.totals.items()
    }
    tables: dict[str, Mapping[tuple[str, ...], Mapping[int, int]]] = {}
    for table in wanted.tables:
        if table.name in dropped or not _open(wanted, table, tables):
            continue
        counts = {
            name: [_count(wanted, stage, atoms) for stage in wanted.truth]
            for name, atoms in table.parts.items()
        }
        groups = merged(counts, ties[table.name])
        if sum(any(any(counts[name]) for name in group) for group in groups) < 2:
            continue
        rows: dict[tuple[str, ...], dict[int, int]] = {}
        for group in groups:
            atoms = frozenset().union(*(table.parts[name] for name in group))
            rows[group] = {
                stage: _say(wanted, stage, atoms, key, said) or 0 for stage in wanted.truth
            }
        tables[table.name] = rows
    return Shown(totals, tables, tuple(said))


def _open(
    wanted: Wanted, table: Table, tables: Mapping[str, Mapping[tuple[str, ...], object]]
) -> bool:
    """Whether the part that a table refines is itself shown, and alone."""
    if table.name not in wanted.refines:
        return True
    above, part = wanted.refines[table.name]
    return (part,) in tables.get(above, {})


def _count(wanted: Wanted, stage: int, atoms: frozenset[Atom]) -> int:
    truth = wanted.truth[stage]
    return sum(truth.get(atom, 0) for atom in atoms)


def _say(
    wanted: Wanted, stage: int, atoms: frozenset[Atom], key: bytes, said: list[Said]
) -> int | None:
    """The shown count of some atoms; what it gives away is added to `said`."""
    truth = wanted.truth[stage]
    unknowns = frozenset((stage, atom, truth[atom]) for atom in atoms if truth.get(atom))
    count = sum(unknown[2] for unknown in unknowns)
    if is_small(count):
        return None
    shown = rounded(count, key=key, cell=_cell_name(unknowns))
    if unknowns:
        said.append(Said(unknowns, *bounds(shown)))
    return shown


def _cell_name(unknowns: frozenset[Unknown]) -> str:
    """The same for the same counts, under whatever name they are shown."""
    return hashlib.sha256("\n".join(sorted(map(repr, unknowns))).encode()).hexdigest()


# --- what must not be told ---------------------------------------------------------------------------


def _targets(wanted: Wanted, former: Sequence[Sequence[Said]]) -> list[Target]:
    """Small counts of every level, as they are and as they were said before, and small changes."""
    now = frozenset(
        (stage, atom, count)
        for stage, counts in wanted.truth.items()
        for atom, count in counts.items()
        if count
    )
    pasts = [frozenset(_unknowns(release)) for release in former]
    found: dict[tuple[frozenset[Unknown], frozenset[Unknown]], Target] = {}

    def aim(name: str, plus: Iterable[Unknown], minus: Iterable[Unknown] = ()) -> None:
        key = frozenset(plus), frozenset(minus)
        count = sum(one[2] for one in key[0]) - sum(one[2] for one in key[1])
        if is_small(count) or (key[1] and 0 < abs(count) < SMALLEST):
            found.setdefault(key, Target(name, *key))

    for level, cell in wanted.levels.items():
        present = _cells(now, cell)
        for where, unknowns in present.items():
            aim(f"{level} {where}", unknowns)
        for past in pasts:
            for where, unknowns in _cells(past, cell).items():
                aim(f"{level} {where}, as it was", unknowns)
                fresh = {one[:2]: one for one in present.get(where, ())}
                changed = [(fresh[one[:2]], one) for one in unknowns - now if one[:2] in fresh]
                if changed:
                    aim(f"{level} {where}, the change", *zip(*changed, strict=True))
    return list(found.values())


def _unknowns(release: Iterable[Said]) -> Iterable[Unknown]:
    for one in release:
        yield from one.unknowns


def _cells(unknowns: Iterable[Unknown], cell: Cell) -> dict[tuple[int, Any], set[Unknown]]:
    found: dict[tuple[int, Any], set[Unknown]] = {}
    for unknown in unknowns:
        where = cell(unknown[1])
        if where is not None:
            found.setdefault((unknown[0], where), set()).add(unknown)
    return found


def _merge_further(
    wanted: Wanted, shown: Shown, told: Sequence[Target], ties: dict[str, list[frozenset[str]]], dropped: set[str]
) -> bool:  # fmt: skip
    """Merge the row that a told count stands in with the smallest beside it, finest table first."""
    for table in reversed(wanted.tables):
        rows = shown.tables.get(table.name)
        if rows is None:
            continue
        hit = _rows_with(table, rows, told)
        if not hit:
            continue
        filled = [group for group, counts in rows.items() if any(counts.values())]
        others = sorted(
            (group for group in filled if group not in hit),
            key=lambda group: sum(rows[group].values()),
        )
        together = [*hit, *others[:1]]
        if len(filled) - len(together) < 1 or len(together) < 2:
            dropped.add(table.name)
        else:
            ties[table.name].append(frozenset(name for group in together for name in group))
        return True
    return False


def _rows_with(
    table: Table, rows: Mapping[tuple[str, ...], object], told: Sequence[Target]
) -> list[tuple[str, ...]]:
    wanted = {unknown[1] for target in told for unknown in (*target.plus, *target.minus)}
    return [
        group for group in rows if any(not wanted.isdisjoint(table.parts[name]) for name in group)
    ]
