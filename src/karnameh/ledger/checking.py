"""`check`: rebuild every stored total from the entries alone and compare, with zero tolerance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db import connection, transaction

from karnameh.ledger.deltas import MEASURES, Change
from karnameh.ledger.folding import presence_sql, upsert_sql
from karnameh.ledger.levels import standing
from karnameh.ledger.reporting import from_bytes, reporting_of

_KEY = "view, node, grain, at, indicator_id, stage, bucket, dimensions_id, scope"


@dataclass(frozen=True)
class Finding:
    """A stored total that is not what the entries say."""

    table: str
    key: str
    stored: str
    rebuilt: str


@dataclass(frozen=True)
class Check:
    """What was compared, and every difference (at most 100)."""

    entries: int
    totals: int
    findings: list[Finding]


def check() -> Check:
    """Compare all totals and presences with the entries they were folded from."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        stands = standing(cursor, more="FOR UPDATE")
        assert stands is not None  # it waits for the one row
        until = stands.folded_to
        cursor.execute(
            "CREATE TEMP TABLE check_total (LIKE ledger_total INCLUDING ALL) ON COMMIT DROP"
        )
        cursor.execute(
            "CREATE TEMP TABLE check_presence (LIKE ledger_presence INCLUDING ALL) ON COMMIT DROP"
        )
        everything = Change("e.clock < %(until)s", None, "%(until)s::bigint", spreading=False)
        for depths, moment in stands.changes():
            rebuilding = upsert_sql("check_total", everything, depths)
            cursor.execute(rebuilding, {"until": moment})
        presences = presence_sql("check_presence", "e.clock < %(until)s")
        cursor.execute(presences, {"until": until})
        findings = _differences(cursor, "ledger_total", "check_total", _KEY, MEASURES)
        findings += _differences(
            cursor, "ledger_presence", "check_presence", "month, unit_id", ("days",)
        )
        findings += _sets_that_differ(cursor)
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE clock < %s", [until])
        entries = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM check_total")
        totals = cursor.fetchone()[0]
    return Check(entries, totals, findings)


def _sets_that_differ(cursor: Any) -> list[Finding]:
    """Days and months whose set of reporting units is not what the presences say."""
    cursor.execute("SELECT month, unit_id, days FROM check_presence ORDER BY month")
    rebuilt: dict[tuple[int, date], int] = {}
    for month, rows in groupby(cursor.fetchall(), key=lambda row: row[0]):
        present = reporting_of(month, [(unit, days) for _month, unit, days in rows])
        rebuilt |= {(0, day): units for day, units in present.items()}
        rebuilt[1, month] = reduce(or_, present.values(), 0)
    cursor.execute("SELECT grain, at, units FROM ledger_reporting")
    stored = {(grain, at): from_bytes(units) for grain, at, units in cursor}
    pairs = ((key, stored.get(key, 0), rebuilt.get(key, 0)) for key in sorted({*stored, *rebuilt}))
    return [
        Finding("ledger_reporting", f"{grain} {at}", f"{one:x}", f"{two:x}")
        for (grain, at), one, two in pairs
        if one != two
    ][:100]


def _differences(
    cursor: Any, stored: str, rebuilt: str, key: str, columns: tuple[str, ...]
) -> list[Finding]:
    """Rows that differ; a stored row of zeros is the same as none."""
    kept = " OR ".join(f"{name} <> 0" for name in columns)
    values = ", ".join(f"trim_scale({name}::numeric)" for name in columns)
    cursor.execute(
        f"SELECT concat_ws(' ', {key}), s.v, r.v FROM"
        f" (SELECT {key}, ROW({values})::text AS v FROM {stored} WHERE {kept}) s FULL JOIN"
        f" (SELECT {key}, ROW({values})::text AS v FROM {rebuilt} WHERE {kept}) r USING ({key})"
        " WHERE s.v IS DISTINCT FROM r.v LIMIT 100"
    )
    return [
        Finding(stored, str(where), str(one), str(two)) for where, one, two in cursor.fetchall()
    ]
