"""The local units as sets: which stand beneath a node, and which were open in a period.

A set is an integer whose bit n is the unit with id n. Sixty thousand units are 8 kilobytes, and what two
sets have in common is one instruction for every 64 of them. The sets are kept in memory until some unit
changes: the database gives the tree another version with every change.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

UnitSet = int


def set_of(units: Iterable[int]) -> UnitSet:
    """The set of these ids."""
    members = list(units)
    found = bytearray((max(members, default=0) >> 3) + 1)
    for unit in members:
        found[unit >> 3] |= 1 << (unit & 7)
    return int.from_bytes(found, "little")


@dataclass(frozen=True)
class LocalUnits:
    """All local units as they are organised now."""

    beneath: dict[int, UnitSet]  # of every node with local units, itself among them when it is one
    opened: list[tuple[date, int]]  # in the order of time
    closed: list[tuple[date, int]]

    def open_between(self, start: date, end: date) -> UnitSet:
        """Those that were open on some day of the period; bits of other numbers are set as well."""
        later = self.opened[bisect_right(self.opened, end, key=_day) :]
        before = self.closed[: bisect_left(self.closed, start, key=_day)]
        return ~(set_of(unit for _, unit in later) | set_of(unit for _, unit in before))


def _day(row: tuple[date, int]) -> date:
    return row[0]


_kept: dict[str, tuple[UUID, LocalUnits]] = {}  # by database


def local_units() -> LocalUnits:
    """The sets of this moment; read anew when a unit has changed since they were."""
    name = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, coalesce(current_setting('karnameh.units_changed', true)"
            " = pg_current_xact_id_if_assigned()::text, false) FROM org_unitversion"
        )
        version, mine = cursor.fetchone()
    kept = _kept.get(name)
    if kept is not None and kept[0] == version and not mine:
        return kept[1]
    version, found = _read()
    if not mine:  # of a change that is still going on nobody else may hear
        _kept[name] = version, found
    return found


def _read() -> tuple[UUID, LocalUnits]:
    beneath: dict[int, list[int]] = {}
    opened, closed = [], []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.version, u.id, u.line, u.opened_on, u.closed_on"
            " FROM org_unitversion v LEFT JOIN org_orgunit u ON u.kind = 'local'"
        )
        rows = cursor.fetchall()
    for _version, unit, line, opened_on, closed_on in rows:
        for node in line or ():
            beneath.setdefault(node, []).append(unit)
        if unit is not None:
            opened.append((opened_on, unit))
        if closed_on is not None:
            closed.append((closed_on, unit))
    sets = {node: set_of(units) for node, units in beneath.items()}
    return rows[0][0], LocalUnits(sets, sorted(opened), sorted(closed))
