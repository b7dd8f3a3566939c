"""Which units have live reports on which days, folded: one set of units a day, and one a Jalali month.

A set is kept as bytes: bit n of them, from the lowest on, is the unit with id n.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any

from karnameh.kernel.jalali import JalaliDate, month_end
from karnameh.org.public import set_of

Touched = list[
    tuple[int, int]
]  # units, and on which days of the month they report: bit 0 is the first


def note_days(cursor: Any, presences: Iterable[tuple[date, int, int]]) -> None:
    """Bring the sets of all months in `presences` (first day, unit, days) up to date."""
    months: defaultdict[date, Touched] = defaultdict(list)
    for month, unit, days in presences:
        months[month].append((unit, days))
    for month, touched in sorted(months.items()):
        _note_month(cursor, month, touched)


def reporting_of(month: date, touched: Touched) -> dict[date, int]:
    """The set of units of each day of the month on which any report."""
    present: defaultdict[int, list[int]] = defaultdict(list)
    for unit, days in touched:
        while days:
            lowest = days & -days
            present[lowest.bit_length() - 1].append(unit)
            days ^= lowest
    return {month + timedelta(days=day): set_of(units) for day, units in present.items()}


def _note_month(cursor: Any, month: date, touched: Touched) -> None:
    jalali = JalaliDate.from_date(month)
    last = month_end(jalali.year, jalali.month)
    cursor.execute(
        "SELECT at, units FROM ledger_reporting WHERE grain = 0 AND at BETWEEN %s AND %s",
        [month, last],
    )
    before = {at: from_bytes(units) for at, units in cursor.fetchall()}
    present = reporting_of(month, touched)
    looked_at = set_of(unit for unit, _days in touched)
    now = {
        day: before.get(day, 0) & ~looked_at | present.get(day, 0) for day in {*before, *present}
    }
    changed = {day: units for day, units in now.items() if units != before.get(day, 0)}
    if changed:
        _write(cursor, 0, changed)
        _write(cursor, 1, {month: reduce(or_, now.values())})


def _write(cursor: Any, grain: int, sets: Mapping[date, int]) -> None:
    cursor.executemany(
        "INSERT INTO ledger_reporting (grain, at, units) VALUES (%s, %s, %s)"
        " ON CONFLICT (grain, at) DO UPDATE SET units = excluded.units",
        [(grain, at, to_bytes(units)) for at, units in sorted(sets.items())],
    )


def to_bytes(units: int) -> bytes:
    """As it is kept."""
    return units.to_bytes((units.bit_length() + 7) // 8, "little")


def from_bytes(kept: bytes) -> int:
    """The set again."""
    return int.from_bytes(kept, "little")
