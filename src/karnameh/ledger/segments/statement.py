"""The roll-up over segments as SQL that DuckDB and Apache Spark both understand.

It says the same as `deltas.py` says for PostgreSQL, from nothing to now: flows are added up, the last
values of a series become steps, promises are held against what fulfilled them. The engine is given

* `entries`: the columns of `layout.py`, sealed and not yet sealed together;
* `indicators` (id, time_rule, theme_id): those that are asked for and can be added up;
* `unit_now`, `place_now`, `unit_then`, `place_then` (node, l1 … l8), by node and by placement: where
  nodes stand, and stood, the root first; what is below a node's own level is null;
* `months` (begins, ends): of the Jalali calendar, when a grouping by months is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from karnameh.ledger.deltas import MEASURES

LEVELS = 8  # more than any tree has; a deeper one is refused where the lines are given
LINE = [f"l{n}" for n in range(1, LEVELS + 1)]

_SERIES = "unit_id, place_id, item_id, indicator_id, stage, bucket, dimensions_id"
_WHERE = "unit_id, unit_placement_id, place_id, place_placement_id, ends_on, indicator_id, stage, bucket, dimensions_id"
_DEC = "DECIMAL(38, 3)"


def _marks(qualifier: str, sign: str) -> str:
    return ", ".join(f"CASE WHEN {qualifier} = {n} THEN {sign} ELSE 0 END" for n in (2, 3, 4, 5))


CHANGES = f"""
RECURSIVE known AS (
    SELECT e.*, i.time_rule, i.theme_id, CAST(coalesce(e.quantity, 0) AS {_DEC}) AS amount,
           CAST(coalesce(e.rial, 0) AS {_DEC}) AS money,
           CASE WHEN e.part_of_id IS NOT NULL THEN 2 WHEN e.role <> 1 THEN 1 ELSE 0 END AS bucket
      FROM entries e JOIN indicators i ON i.id = e.indicator_id WHERE e.coverage = 1),
undone AS (SELECT corrects_id AS gone FROM entries WHERE kind = 1),
standing AS (SELECT k.* FROM known k LEFT JOIN undone u ON u.gone = k.id WHERE k.kind <> 1 AND u.gone IS NULL),
ranked AS (
    SELECT s.*, row_number() OVER (PARTITION BY {_SERIES}, ends_on ORDER BY clock DESC, id DESC) AS newest
      FROM standing s WHERE time_rule = 'last'),
steps AS (
    SELECT r.*, lag(amount) OVER w AS old_amount, lag(money) OVER w AS old_money,
           lag(qualifier) OVER w AS old_qualifier, lag(unit_placement_id) OVER w AS old_unit_placement,
           lag(place_placement_id) OVER w AS old_place_placement
      FROM ranked r WHERE newest = 1 WINDOW w AS (PARTITION BY {_SERIES} ORDER BY ends_on)),
promised AS (
    SELECT * FROM standing WHERE stage = 1 AND role = 1 AND part_of_id IS NULL AND quantity IS NOT NULL),
family (root, id) AS (  -- what fulfilled a promise that was corrected since fulfils the one in its place
    SELECT id, id FROM promised
    UNION ALL SELECT f.root, e.corrects_id FROM family f JOIN entries e ON e.id = f.id
     WHERE e.corrects_id IS NOT NULL AND e.kind <> 1),
delivered AS (
    SELECT f.root, p.time_rule, d.id, d.kind, d.unit_id, d.place_id, d.item_id, d.dimensions_id, d.ends_on,
           d.clock, CAST(coalesce(d.quantity, 0) AS {_DEC}) AS amount
      FROM family f JOIN promised p ON p.id = f.root JOIN entries d ON d.fulfils_id = f.id
     WHERE d.role = 1 AND d.part_of_id IS NULL AND d.coverage = 1),
latest AS (
    SELECT d.*, row_number() OVER (
               PARTITION BY root, unit_id, place_id, item_id, dimensions_id ORDER BY ends_on DESC, clock DESC) AS newest
      FROM delivered d LEFT JOIN undone u ON u.gone = d.id
     WHERE d.time_rule = 'last' AND d.kind <> 1 AND u.gone IS NULL),
kept AS (
    SELECT root, sum(amount) AS amount FROM (
        SELECT root, amount FROM delivered WHERE time_rule = 'sum'
        UNION ALL SELECT root, amount FROM latest WHERE newest = 1) AS one GROUP BY root),
balances AS (
    SELECT p.*, p.amount - coalesce(k.amount, 0) AS rest FROM promised p LEFT JOIN kept k ON k.root = p.id),
changes AS (
    SELECT {_WHERE}, amount AS quantity, money AS rial, CASE kind WHEN 1 THEN -1 ELSE 1 END AS entries,
           CASE WHEN qualifier = 2 THEN CASE kind WHEN 1 THEN -1 ELSE 1 END ELSE 0 END AS at_least,
           CASE WHEN qualifier = 3 THEN CASE kind WHEN 1 THEN -1 ELSE 1 END ELSE 0 END AS about,
           CASE WHEN qualifier = 4 THEN CASE kind WHEN 1 THEN -1 ELSE 1 END ELSE 0 END AS at_most,
           CASE WHEN qualifier = 5 THEN CASE kind WHEN 1 THEN -1 ELSE 1 END ELSE 0 END AS unknown,
           CAST(0 AS {_DEC}) AS open, CAST(0 AS {_DEC}) AS over
      FROM known WHERE time_rule = 'sum'
    UNION ALL
    SELECT {_WHERE}, amount, money, 1, {_marks("qualifier", "1")}, 0, 0 FROM steps
    UNION ALL
    SELECT unit_id, old_unit_placement, place_id, old_place_placement, ends_on, indicator_id, stage, bucket,
           dimensions_id, -old_amount, -old_money, -1, {_marks("old_qualifier", "-1")}, 0, 0
      FROM steps WHERE old_unit_placement IS NOT NULL
    UNION ALL
    SELECT unit_id, unit_placement_id, place_id, place_placement_id, ends_on, indicator_id, stage, 0,
           dimensions_id, 0, 0, 0, 0, 0, 0, 0, CASE WHEN rest > 0 THEN rest ELSE 0 END,
           CASE WHEN rest < 0 THEN -rest ELSE 0 END
      FROM balances)"""


def statement(
    *, axis: str, node: int, by: str, then: bool, start: str, end: str,
    reach: Sequence[tuple[int, int | None]] | None,
) -> str:  # fmt: skip
    """The whole question. `start` and `end` are ISO dates, both included; `reach` are (unit, theme) pairs.

    Rows: key, indicator_id, stage, bucket, and the nine measures, ordered.
    """
    wanted = f"{axis}_{'then' if then else 'now'}"
    column = f"{axis}_placement_id" if then else f"{axis}_id"
    joins = [
        f"JOIN {wanted} t ON t.node = d.{column}",
        "JOIN indicators i ON i.id = d.indicator_id",
    ]
    conditions = [f"{node:d} IN ({', '.join(f't.{one}' for one in LINE)})"]
    conditions.append(f"d.ends_on <= DATE '{end}'")
    conditions.append(f"(i.time_rule <> 'sum' OR d.ends_on >= DATE '{start}')")
    child = " ".join(f"WHEN t.{one} = {node:d} THEN t.{below}" for one, below in pairwise(LINE))
    key = {
        "node": "CAST(NULL AS INTEGER)",
        "child": f"CASE {child} END",
        "day": "d.ends_on",
        "month": "m.begins",
        "dimension": "d.dimensions_id",
    }[by]
    if by == "child":
        conditions.append(f"{key} IS NOT NULL")
    if by == "month":
        joins.append("JOIN months m ON d.ends_on >= m.begins AND d.ends_on <= m.ends")
    if reach is not None:
        joins.append("JOIN unit_now r ON r.node = d.unit_id")
        seen = [
            f"({unit:d} IN ({', '.join(f'r.{one}' for one in LINE)})"
            + (f" AND i.theme_id = {theme:d})" if theme is not None else ")")
            for unit, theme in reach
        ]
        conditions.append(f"({' OR '.join(seen) or 'false'})")
    sums = ", ".join(f"sum({name}) AS {name}" for name in MEASURES)
    return f"""WITH {CHANGES},
found AS (
    SELECT {key} AS key, d.indicator_id, d.stage, d.bucket, {", ".join(f"d.{name}" for name in MEASURES)}
      FROM changes d {" ".join(joins)} WHERE {" AND ".join(conditions)})
SELECT key, indicator_id, stage, bucket, {sums} FROM found GROUP BY key, indicator_id, stage, bucket
HAVING {" OR ".join(f"sum({name}) <> 0" for name in MEASURES)}
 ORDER BY indicator_id, stage, bucket, key"""
