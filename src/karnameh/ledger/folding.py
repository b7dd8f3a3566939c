"""Folding: entries into totals, in the background, exactly.

One folder works at a time (a row lock). It takes every entry between the last folded moment and the
oldest transaction still running, adds what they change to the totals of their ancestors, and moves
the mark, all in one transaction: a killed folder leaves nothing behind. Readers add the tail that is
not folded yet, so a total is never stale and folding never makes a writer wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from karnameh.ledger.deltas import MEASURES, Change, deltas, month_of, summed
from karnameh.ledger.levels import (
    DAY,
    KEPT,
    MONTH,
    Spans,
    Standing,
    joined,
    spans,
    standing,
    written,
)
from karnameh.ledger.reporting import note_days
from karnameh.ledger.rules import Axis

BATCH = 1_000_000  # entries folded in one go at most: bounds memory and the length of a transaction
FILLED = 200_000  # entries in a portion of new levels: folding waits for it
REHOMED = 2_000  # units whose past moves in one go


@dataclass(frozen=True)
class Folded:
    """What one round of folding did."""

    entries: int
    behind: bool


_BETWEEN = "e.clock >= %(since)s AND e.clock < %(until)s"
_FOLDED = Change(_BETWEEN, "%(since)s::bigint", "%(until)s::bigint", spreading=True)


def fold(*, batch: int = BATCH) -> Folded:
    """Fold once. `behind` says whether more is waiting that could be folded now."""
    with _alone() as (cursor, stands):
        if stands is None:
            return Folded(0, False)
        since = stands.folded_to
        cursor.execute(
            'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + "offset" FROM ledger_epoch'
        )
        part = _portion(cursor, since, cursor.fetchone()[0], batch)
        if part.entries:
            moments: dict[str, object] = {"since": since, "until": part.until}
            _settle(cursor, since, part.until)
            _apply(cursor, _FOLDED, moments, spans(stands.kept))
            _note_presence(cursor, _BETWEEN, moments)
        cursor.execute(
            "UPDATE ledger_foldstate SET folded_to = %s WHERE folded_to < %s",
            [part.until, part.until],
        )
    return Folded(part.entries, part.behind)


def deepen(*, batch: int = FILLED) -> bool:
    """Fill in a portion of the levels that this version wants and the totals lack; whether more waits.

    Meanwhile readers are answered by the levels that stand. Killed, it goes on where it was.
    """
    with _alone() as (cursor, stands):
        if stands is None:
            return False
        coming = stands.coming or joined(stands.kept, KEPT)
        missing = spans(coming, beyond=stands.kept)
        if not any(missing.values()):
            return False
        part = _portion(cursor, stands.filled_to, stands.folded_to, batch)
        if part.entries:
            _apply(cursor, _FOLDED, {"since": stands.filled_to, "until": part.until}, missing)
        if part.behind:
            cursor.execute(
                "UPDATE ledger_foldstate SET coming = %s, filled_to = %s",
                [written(coming), part.until],
            )
        else:
            cursor.execute(
                "UPDATE ledger_foldstate SET levels = %s, coming = NULL, filled_to = 0",
                [written(coming)],
            )
    return part.behind


@contextmanager
def _alone() -> Iterator[tuple[Any, Standing | None]]:
    """A transaction in which nobody else folds, and how far the totals have come; None: somebody does."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL statement_timeout = '15min'")  # a large backlog takes its time
        yield cursor, standing(cursor, more="FOR UPDATE SKIP LOCKED")


@dataclass(frozen=True)
class _Portion:
    """The entries until a moment: how many they are, and whether others come after them."""

    until: int
    entries: int
    behind: bool


def _portion(cursor: Any, since: int, horizon: int, most: int) -> _Portion:
    """About `most` entries from `since` on. A transaction is taken whole: no cut falls inside one."""
    cursor.execute(
        "SELECT clock FROM ledger_entry WHERE clock >= %s AND clock < %s ORDER BY clock OFFSET %s LIMIT 1",
        [since, horizon, most],
    )
    cut = cursor.fetchone()
    until = horizon if cut is None else max(cut[0], since + 1)
    cursor.execute(
        "SELECT count(*) FROM ledger_entry WHERE clock >= %s AND clock < %s", [since, until]
    )
    return _Portion(until, cursor.fetchone()[0], cut is not None)


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
        with _alone() as (cursor, stands):
            if stands is None:
                return moved
            cursor.execute(
                f"SELECT h.node FROM ledger_home h JOIN {table} n ON n.id = h.node"
                f" WHERE h.axis = %s AND h.line <> n.line ORDER BY h.node LIMIT %s",
                [axis, REHOMED],
            )
            nodes = [row[0] for row in cursor.fetchall()]
            if not nodes:
                continue
            _move_past(cursor, stands, axis, table, column, nodes)
            moved += len(nodes)
    return moved


def _move_past(
    cursor: Any, stands: Standing, axis: int, table: str, column: str, nodes: Sequence[int]
) -> None:
    change = Change(
        f"e.{column} = ANY(%(nodes)s) AND e.clock < %(until)s",
        None,
        "%(until)s::bigint",
        spreading=False,
    )
    for depths, until in stands.changes():
        _apply(cursor, change, {"nodes": list(nodes), "until": until}, depths, sign=-1)
    cursor.execute(
        f"UPDATE ledger_home h SET line = n.line FROM {table} n"
        " WHERE h.axis = %s AND h.node = n.id AND h.node = ANY(%s)",
        [axis, list(nodes)],
    )
    for depths, until in stands.changes():
        _apply(cursor, change, {"nodes": list(nodes), "until": until}, depths)


def _settle(cursor: Any, since: int, until: int) -> None:
    """Give a home to every unit and place that appears for the first time."""
    for axis, table, column in ((1, "org_orgunit", "unit_id"), (2, "org_place", "place_id")):
        cursor.execute(
            f"INSERT INTO ledger_home (axis, node, line) SELECT %s, n.id, n.line FROM {table} n WHERE n.id IN"
            f" (SELECT {column} FROM ledger_entry WHERE clock >= %s AND clock < %s) ON CONFLICT DO NOTHING",
            [axis, since, until],
        )


def _apply(
    cursor: Any, change: Change, parameters: dict[str, object], depths: Spans, *, sign: int = 1
) -> None:
    if any(depths.values()):
        totals = upsert_sql("ledger_total", change, depths, sign)
        cursor.execute(totals, parameters)


def upsert_sql(table: str, change: Change, depths: Spans, sign: int = 1) -> str:
    """Add a change to the totals of these `depths` in `table`.

    It is done in the order of its key: neighbouring totals lie on the same pages.
    """
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in MEASURES)
    return f"""
WITH RECURSIVE {deltas(change)}, {spread(depths)},
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


def spread(depths: Spans) -> str:
    """CTEs that carry `deltas` to every ancestor at these `depths`, in all four views."""
    stages, levels = _stages(depths)
    moved = [
        _rows(view, f"d.{tree}[%s + 1]", scope, depths, sign)
        for view, scope, trees in (
            (2, "0", ("unit_then", "unit_line")),
            (4, "d.scope", ("place_then", "place_line")),
        )
        for tree, sign in zip(trees, (1, -1), strict=True)
    ]
    return f"""
dated AS MATERIALIZED (
    SELECT d.*, {month_of("d.ends_on")} AS month,
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
           {", ".join(filter(None, moved))}) AS v (view, node, grain, at, scope, sign))"""


_WHAT = ("indicator_id", "stage", "bucket", "dimensions_id")
_TREES = ((1, Axis.UNIT, "unit"), (3, Axis.PLACE, "place"))


def _stages(depths: Spans) -> tuple[str, str]:
    """Sums for every level, each made from the one beneath it, and all of them as rows of totals.

    Only `gathered` looks at every change. Nodes of one level are told apart by the whole line above
    them: while a reorganisation is being moved, a node has two.
    """
    parts, rows = [_gathered(depths)], []
    for view, axis, tree in _TREES:
        scope = ["scope"] if axis is Axis.PLACE else []
        for grain, at in ((DAY, "ends_on"), (MONTH, "month")):
            levels = depths[axis, grain]
            for level in reversed(levels):
                source = "gathered"
                if level + 1 in levels:
                    source = f"{tree}_{at}_{level + 1}"
                elif grain == MONTH and level in depths[axis, DAY]:
                    source = f"{tree}_ends_on_{level}"
                dates = ["ends_on", "month"] if grain == DAY else ["month"]
                keys = [*(f"{tree}{n}" for n in range(level + 1)), *scope, *dates, *_WHAT]
                parts.append(_summed_by(f"{tree}_{at}_{level}", keys, source))
                rows.append(
                    f"SELECT {view} AS view, {tree}{level} AS node, {grain} AS grain, {at} AS at, {', '.join(_WHAT)},"
                    f" {'scope' if scope else '0 AS scope'}, {', '.join(MEASURES)} FROM {tree}_{at}_{level}"
                )
    return ",\n".join(parts), "\n    UNION ALL ".join(rows)


def _gathered(depths: Spans) -> str:
    """All changes of a day and kind, by the deepest nodes of both trees together: few units work elsewhere."""
    keys = ["scope", "ends_on", "month", *_WHAT]
    for _view, axis, tree in _TREES:
        deepest = max(depths[axis, grain].stop for grain in (MONTH, DAY))
        keys += [f"{tree}_line[{n + 1}] AS {tree}{n}" for n in range(deepest)]
    return _summed_by("gathered", keys, "dated")


def _summed_by(name: str, keys: Sequence[str], source: str) -> str:
    order = ", ".join(str(n + 1) for n in range(len(keys)))
    return f"{name} AS (SELECT {', '.join(keys)}, {summed()} FROM {source} GROUP BY {order})"


def _rows(view: int, node: str, scope: str, depths: Spans, sign: int) -> str:
    """One VALUES row for each ancestor and grain; `node` is its SQL with %s for the depth."""
    axis = Axis.UNIT if view == 2 else Axis.PLACE
    return ", ".join(
        f"({view}, {node % depth}, {grain}, {at}, {scope}, {sign})"
        for grain, at in ((MONTH, "d.month"), (DAY, "d.ends_on"))
        for depth in depths[axis, grain]
    )


def _note_presence(cursor: Any, between: str, parameters: dict[str, object]) -> None:
    """Note on which days the touched units have live reports of their own."""
    cursor.execute(
        f"{presence_sql('ledger_presence', between)} RETURNING month, unit_id, days",
        parameters,
    )
    note_days(cursor, cursor.fetchall())


def presence_sql(table: str, touched: str) -> str:
    """Upsert the days of every (unit, month) that entries matching `touched` belong to.

    A report adds its day. Only where one was taken back are all reports of that unit and month read again.
    """
    return f"""
WITH changed AS (
    SELECT e.unit_id, width_bucket(e.ends_on, ledger_months()) AS at, bool_or(e.kind = 1) AS undone,
           bit_or(1 << (e.ends_on - {month_of("e.ends_on")}))
               FILTER (WHERE e.kind = 0) AS added
      FROM ledger_entry e WHERE {touched} AND e.stage = 2 AND e.coverage = 1 AND e.part_of_id IS NULL
     GROUP BY 1, 2),
dated AS (SELECT c.*, (ledger_months())[c.at] AS month, (ledger_months())[c.at + 1] AS following FROM changed c)
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
