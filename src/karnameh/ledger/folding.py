"""Folding: entries into totals, in the background, exactly.

One folder works at a time (a row lock). It takes every entry between the last folded moment and the
oldest transaction still running, adds what they change to the totals of their ancestors, and moves
the mark, all in one transaction: a killed folder leaves nothing behind. Readers add the tail that is
not folded yet, so a total is never stale and folding never makes a writer wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import connection, transaction

from karnameh.kernel.period import month_starts
from karnameh.ledger.deltas import MEASURES, Change, deltas, summed
from karnameh.ledger.reporting import note_days


@dataclass(frozen=True)
class Kept:
    """Down to which depth (nation 0, province 1, county 2; -1: none) totals are kept, by month and by day."""

    months: int
    days: int


# Deeper nodes have few entries each and are summed from the rows; so are days of a place, which few
# ask for, and the days of the whole country are those of all units: every kept level costs each
# entry a row to write.
KEPT = {1: Kept(months=2, days=1), 2: Kept(months=1, days=-1)}  # by axis: units, places

BATCH = 1_000_000  # entries folded in one go at most: bounds memory and the length of a transaction
REHOMED = 2_000  # units whose past moves in one go


@dataclass(frozen=True)
class Folded:
    """What one round of folding did."""

    entries: int
    behind: bool


@cache
def month_array() -> list[date]:
    """First days of all Jalali months: `width_bucket` finds a day's month in them."""
    return month_starts()


def fold(*, batch: int = BATCH) -> Folded:
    """Fold once. `behind` says whether more is waiting that could be folded now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL statement_timeout = '15min'")  # a large backlog takes its time
        since = _lock(cursor)
        if since is None:
            return Folded(0, False)
        cursor.execute(
            'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + "offset" FROM ledger_epoch'
        )
        horizon = cursor.fetchone()[0]
        cursor.execute(
            "SELECT clock FROM ledger_entry WHERE clock >= %s AND clock < %s ORDER BY clock OFFSET %s LIMIT 1",
            [since, horizon, batch],
        )
        cut = cursor.fetchone()
        # A transaction is folded whole: the cut never falls inside one.
        until = horizon if cut is None else max(cut[0], since + 1)
        cursor.execute(
            "SELECT count(*) FROM ledger_entry WHERE clock >= %s AND clock < %s", [since, until]
        )
        entries = cursor.fetchone()[0]
        if entries:
            _settle(cursor, since, until)
            between = "e.clock >= %(since)s AND e.clock < %(until)s"
            change = Change(between, "%(since)s::bigint", "%(until)s::bigint", spreading=True)
            _apply(cursor, change, {"since": since, "until": until})
            _note_presence(cursor, between, {"since": since, "until": until})
        cursor.execute(
            "UPDATE ledger_foldstate SET folded_to = %s WHERE folded_to < %s", [until, until]
        )
    return Folded(entries, cut is not None)


def fold_all() -> int:
    """Fold until nothing that can be folded is left; how many entries that were."""
    entries = 0
    while True:
        done = fold()
        entries += done.entries
        if not done.behind:
            return entries


def rehome() -> int:
    """Let totals follow a reorganisation: move the past of nodes whose line has changed."""
    moved = 0
    for axis, table, column in ((1, "org_orgunit", "unit_id"), (2, "org_place", "place_id")):
        with transaction.atomic(), connection.cursor() as cursor:
            if _lock(cursor) is None:
                return moved
            cursor.execute(
                f"SELECT h.node FROM ledger_home h JOIN {table} n ON n.id = h.node"
                f" WHERE h.axis = %s AND h.line <> n.line ORDER BY h.node LIMIT %s",
                [axis, REHOMED],
            )
            nodes = [row[0] for row in cursor.fetchall()]
            if not nodes:
                continue
            _move_past(cursor, axis, table, column, nodes)
            moved += len(nodes)
    return moved


def _move_past(cursor: Any, axis: int, table: str, column: str, nodes: Sequence[int]) -> None:
    change = Change(
        f"e.{column} = ANY(%(nodes)s) AND e.clock < %(until)s",
        None,
        "%(until)s::bigint",
        spreading=False,
    )
    cursor.execute("SELECT folded_to FROM ledger_foldstate")
    parameters = {"nodes": list(nodes), "until": cursor.fetchone()[0]}
    _apply(cursor, change, parameters, sign=-1)
    cursor.execute(
        f"UPDATE ledger_home h SET line = n.line FROM {table} n"
        " WHERE h.axis = %s AND h.node = n.id AND h.node = ANY(%s)",
        [axis, list(nodes)],
    )
    _apply(cursor, change, parameters)


def _lock(cursor: Any) -> int | None:
    """The last folded moment, if nobody else is folding."""
    cursor.execute("SELECT folded_to FROM ledger_foldstate FOR UPDATE SKIP LOCKED")
    row = cursor.fetchone()
    return row[0] if row else None


def _settle(cursor: Any, since: int, until: int) -> None:
    """Give a home to every unit and place that appears for the first time."""
    for axis, table, column in ((1, "org_orgunit", "unit_id"), (2, "org_place", "place_id")):
        cursor.execute(
            f"INSERT INTO ledger_home (axis, node, line) SELECT %s, n.id, n.line FROM {table} n WHERE n.id IN"
            f" (SELECT {column} FROM ledger_entry WHERE clock >= %s AND clock < %s) ON CONFLICT DO NOTHING",
            [axis, since, until],
        )


def _apply(cursor: Any, change: Change, parameters: dict[str, object], *, sign: int = 1) -> None:
    cursor.execute(
        upsert_sql("ledger_total", change, sign), {**parameters, "months": month_array()}
    )


def upsert_sql(table: str, change: Change, sign: int) -> str:
    """Add a change to `table`, in the order of its key: neighbouring totals lie on the same pages."""
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in MEASURES)
    return f"""
WITH RECURSIVE {deltas(change)}, {spread()},
totalled AS (  -- nearly all are alone by now; a node that is being moved may come twice
    SELECT view, node, grain, at, indicator_id, stage, bucket, dimensions_id, scope, {summed()}
      FROM spread WHERE node IS NOT NULL
     GROUP BY view, node, grain, at, indicator_id, stage, bucket, dimensions_id, scope)
INSERT INTO {table} (view, node, grain, at, indicator_id, stage, bucket, dimensions_id, scope, {", ".join(MEASURES)})
SELECT view, node, grain, at, indicator_id, stage, bucket, dimensions_id, scope,
       {", ".join(f"{sign} * {name}" for name in MEASURES)}
  FROM totalled WHERE {" OR ".join(f"{name} <> 0" for name in MEASURES)}
 ORDER BY view, node, grain, indicator_id, stage, at, bucket, dimensions_id, scope
ON CONFLICT (view, node, grain, indicator_id, stage, at, bucket, dimensions_id, scope) DO UPDATE SET {added}"""


def spread() -> str:
    """CTEs that carry `deltas` to every ancestor with folded totals, in all four views."""
    stages, levels = _stages()
    return f"""
dated AS MATERIALIZED (
    SELECT d.*, (%(months)s::date[])[width_bucket(d.ends_on, %(months)s::date[])] AS month,
           u.line AS unit_line, p.line AS place_line, coalesce(u.line[2], u.line[1]) AS scope
      FROM deltas d
      JOIN ledger_home u ON u.axis = 1 AND u.node = d.unit_id
      JOIN ledger_home p ON p.axis = 2 AND p.node = d.place_id),
displaced AS (
    SELECT d.*, up.line AS unit_then, pp.line AS place_then
      FROM dated d JOIN org_unitplacement up ON up.id = d.unit_placement_id
      JOIN org_placeplacement pp ON pp.id = d.place_placement_id
     WHERE up.line <> d.unit_line OR pp.line <> d.place_line),
{stages},
spread AS (
    {levels}
    UNION ALL
    SELECT v.view, v.node, v.grain, v.at, d.indicator_id, d.stage, d.bucket, d.dimensions_id, v.scope,
           {", ".join(f"v.sign * d.{name}" for name in MEASURES)}
      FROM displaced d CROSS JOIN LATERAL (VALUES
           {_rows(2, "d.unit_then[%s + 1]", "0", 1)}, {_rows(2, "d.unit_line[%s + 1]", "0", -1)},
           {_rows(4, "d.place_then[%s + 1]", "d.scope", 1)},
           {_rows(4, "d.place_line[%s + 1]", "d.scope", -1)}) AS v (view, node, grain, at, scope, sign))"""


_WHAT = ("indicator_id", "stage", "bucket", "dimensions_id")


def _stages() -> tuple[str, str]:
    """Sums for every kept level, each made from the one beneath it, and all of them as rows of totals.

    Only the deepest level of each kind looks at every change. Nodes of one level are told apart by
    the whole line above them: while a reorganisation is being moved, a node has two.
    """
    parts, rows = [], []
    for view, axis, tree in ((1, 1, "unit"), (3, 2, "place")):
        scope = ["scope"] if axis == 2 else []
        for grain, at, depth in ((1, "month", KEPT[axis].months), (0, "ends_on", KEPT[axis].days)):
            source, line = "dated", [f"{tree}_line[{n + 1}]" for n in range(depth + 1)]
            for level in range(depth, -1, -1):
                name = f"{tree}_{at}_{level}"
                nodes = [f"{node} AS n{n}" for n, node in enumerate(line[: level + 1])]
                keys = [*scope, f"{at if source == 'dated' else 'at'} AS at", *_WHAT]
                order = ", ".join(str(n + 1) for n in range(len(nodes) + len(keys)))
                parts.append(
                    f"{name} AS (SELECT {', '.join([*nodes, *keys])}, {summed()} FROM {source} GROUP BY {order})"
                )
                rows.append(
                    f"SELECT {view} AS view, n{level} AS node, {grain} AS grain, at, {', '.join(_WHAT)},"
                    f" {'scope' if scope else '0 AS scope'}, {', '.join(MEASURES)} FROM {name}"
                )
                source, line = name, [f"n{n}" for n in range(level)]
    return ",\n".join(parts), "\n    UNION ALL ".join(rows)


def _rows(view: int, node: str, scope: str, sign: int | None = None) -> str:
    """One VALUES row for each ancestor and grain that is kept; `node` is its SQL with %s for the depth."""
    tail = "" if sign is None else f", {sign}"
    depths = KEPT[1 if view <= 2 else 2]
    kept = [(depth, 1, "d.month") for depth in range(depths.months + 1)]
    kept += [(depth, 0, "d.ends_on") for depth in range(depths.days + 1)]
    return ", ".join(
        f"({view}, {node % depth}, {grain}, {at}, {scope}{tail})" for depth, grain, at in kept
    )


def _note_presence(cursor: Any, between: str, parameters: dict[str, object]) -> None:
    """Note on which days the touched units have live reports of their own."""
    cursor.execute(
        f"{presence_sql('ledger_presence', between)} RETURNING month, unit_id, days",
        {**parameters, "months": month_array()},
    )
    note_days(cursor, cursor.fetchall())


def presence_sql(table: str, touched: str) -> str:
    """Upsert the days of every (unit, month) that entries matching `touched` belong to.

    A report adds its day. Only where one was taken back are all reports of that unit and month read again.
    """
    return f"""
WITH changed AS (
    SELECT e.unit_id, width_bucket(e.ends_on, %(months)s::date[]) AS at, bool_or(e.kind = 1) AS undone,
           bit_or(1 << (e.ends_on - (%(months)s::date[])[width_bucket(e.ends_on, %(months)s::date[])]))
               FILTER (WHERE e.kind = 0) AS added
      FROM ledger_entry e WHERE {touched} AND e.stage = 2 AND e.coverage = 1 AND e.part_of_id IS NULL
     GROUP BY 1, 2),
dated AS (SELECT c.*, (%(months)s::date[])[c.at] AS month, (%(months)s::date[])[c.at + 1] AS following FROM changed c)
INSERT INTO {table} (month, unit_id, days)
SELECT d.month, d.unit_id, CASE WHEN d.undone THEN (
           SELECT coalesce(bit_or(1 << (e.ends_on - d.month)), 0) FROM ledger_entry e
            WHERE e.unit_id = d.unit_id AND e.stage = 2 AND e.coverage = 1 AND e.kind = 0 AND e.part_of_id IS NULL
              AND e.ends_on >= d.month AND e.ends_on < d.following AND e.clock < %(until)s
              AND NOT EXISTS (SELECT FROM ledger_entry x
                               WHERE x.corrects_id = e.id AND x.kind = 1 AND x.clock < %(until)s))
       ELSE coalesce(d.added, 0) | coalesce(p.days, 0) END
  FROM dated d LEFT JOIN {table} p ON p.month = d.month AND p.unit_id = d.unit_id
 WHERE d.undone OR p.days IS NULL OR (d.added & ~p.days) <> 0
ON CONFLICT (month, unit_id) DO UPDATE SET days = excluded.days"""
