"""Which units have live reports on which days, folded: one set of units a day, and one a Jalali month.

A set is kept as bytes: bit n of them, from the lowest on, is the unit with id n.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from karnameh.kernel.jalali import JalaliDate, month_end

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


def reporting_of(month: date, touched: Touched) -> tuple[dict[date, int], int]:
    """The sets of units by day, and the set of all units that were looked at."""
    highest = max(unit for unit, _days in touched)
    size = (highest >> 3) + 1
    looked_at = bytearray(size)
    present: defaultdict[int, bytearray] = defaultdict(lambda: bytearray(size))
    for unit, days in touched:
        byte, bit = unit >> 3, 1 << (unit & 7)
        looked_at[byte] |= bit
        while days:
            lowest = days & -days
            present[lowest.bit_length() - 1][byte] |= bit
            days ^= lowest
    sets = {
        month + timedelta(days=day): int.from_bytes(units, "little")
        for day, units in present.items()
    }
    return sets, int.from_bytes(looked_at, "little")


def _note_month(cursor: Any, month: date, touched: Touched) -> None:
    jalali = JalaliDate.from_date(month)
    last = month_end(jalali.year, jalali.month)
    cursor.execute(
        "SELECT at, units FROM ledger_reporting WHERE grain = 0 AND at BETWEEN %s AND %s",
        [month, last],
    )
    before = {at: int.from_bytes(units, "little") for at, units in cursor.fetchall()}
    present, looked_at = reporting_of(month, touched)
    now = {
        day: before.get(day, 0) & ~looked_at | present.get(day, 0) for day in {*before, *present}
    }
    _write(cursor, 0, {day: units for day, units in now.items() if units != before.get(day, 0)})
    whole = 0
    for units in now.values():
        whole |= units
    _write(cursor, 1, {month: whole})


def _write(cursor: Any, grain: int, sets: Mapping[date, int]) -> None:
    cursor.executemany(
        "INSERT INTO ledger_reporting (grain, at, units) VALUES (%s, %s, %s)"
        " ON CONFLICT (grain, at) DO UPDATE SET units = excluded.units",
        [(grain, at, to_bytes(units)) for at, units in sorted(sets.items())],
    )


def to_bytes(units: int) -> bytes:
    """As it is kept."""
    return units.to_bytes((units.bit_length() + 7) // 8, "little")
