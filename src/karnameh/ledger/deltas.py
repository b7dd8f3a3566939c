"""What a set of entries changes in the totals, as SQL.

Three kinds of change, all additive, so that totals can be folded, unfolded and summed:

* **sums**: an entry of an indicator that is summed over time adds its quantity on its day;
* **steps**: for an indicator whose last value counts, the series of one unit at one place is turned
  into steps (value minus the value before), so that the value on a day is the sum of all steps until
  then. A late or reversed value changes the steps around it: the series is computed at both moments,
  and the difference is the change;
* **promises**: what is open and what is over of each promise touched, again at both moments.

A *moment* is a clock value: an entry counts at a moment when its clock is smaller and no reversal of
it has a smaller clock. Folding computes the change between two moments; reading adds the change
from the last folded moment to now; rebuilding computes everything from nothing to one moment.
"""

from __future__ import annotations

from dataclasses import dataclass

BUCKET = "CASE WHEN {e}.part_of_id IS NOT NULL THEN 2 WHEN {e}.role <> 1 THEN 1 ELSE 0 END"
MEASURES = (
    "quantity",
    "rial",
    "entries",
    "at_least",
    "about",
    "at_most",
    "unknown",
    "open",
    "over",
)
KEYS = (
    "unit_id", "unit_placement_id", "place_id", "place_placement_id", "ends_on", "indicator_id",
    "stage", "bucket", "dimensions_id",
)  # fmt: skip


@dataclass(frozen=True)
class Change:
    """Which entries are looked at, and between which moments.

    `fresh` is a condition on alias `e`; `since` and `until` are SQL for clock values. With
    `spreading`, promises of other units that fresh entries fulfil are touched too; without it, only
    what the fresh entries themselves contribute is computed (for moving one unit's past). `time_rule`
    is SQL for the rule of entry `e`, for whoever asks for indicators that he has looked up and that add
    up over units; otherwise each entry's indicator is looked up here.
    """

    fresh: str
    since: str | None
    until: str
    spreading: bool
    time_rule: str | None = None


def deltas(change: Change) -> str:
    """CTEs ending in `deltas(keys..., measures...)`, to stand after `WITH RECURSIVE`."""
    bucket = BUCKET.format(e="e")
    moments = f"(1, ({change.until}))" + (f", (-1, ({change.since}))" if change.since else "")
    touched = "SELECT corrects_id FROM fresh WHERE stage = 1 UNION SELECT id FROM replaced"
    if not change.spreading:
        touched = "SELECT NULL::uuid WHERE false"
    looked_up, adding = "", ""
    if change.time_rule is None:
        looked_up = "JOIN catalog_indicator i ON i.id = e.indicator_id"
        adding = "AND i.unit_rule = 'sum' AND i.time_rule IN ('sum', 'last')"
    return f"""
fresh AS MATERIALIZED (
    SELECT {", ".join(f"e.{name}" for name in _READ)}, {change.time_rule or "i.time_rule"} AS time_rule,
           {bucket} AS bucket, CASE e.kind WHEN 1 THEN -1 ELSE 1 END AS sign
      FROM ledger_entry e {looked_up}
     WHERE {change.fresh} AND e.coverage = 1 {adding}),
moments (sign, clock) AS (VALUES {moments}),
sums AS (
    SELECT {", ".join(KEYS)}, coalesce(quantity, 0) AS quantity, coalesce(rial, 0)::numeric AS rial, sign AS entries,
           sign * (qualifier = 2)::int AS at_least, sign * (qualifier = 3)::int AS about,
           sign * (qualifier = 4)::int AS at_most, sign * (qualifier = 5)::int AS unknown,
           0::numeric AS open, 0::numeric AS over
      FROM fresh WHERE time_rule = 'sum'),
series_keys AS (
    SELECT unit_id, place_id, item_id, indicator_id, stage, bucket, dimensions_id,
           min(ends_on) AS first_day, max(ends_on) AS last_day
      FROM fresh WHERE time_rule = 'last'
     GROUP BY unit_id, place_id, item_id, indicator_id, stage, bucket, dimensions_id),
{_stretches(change)}
history AS (
    SELECT e.id, e.unit_id, e.unit_placement_id, e.place_id, e.place_placement_id, e.item_id,
           e.indicator_id, e.stage, k.bucket, e.dimensions_id, e.ends_on, e.clock,
           coalesce(e.quantity, 0) AS quantity, coalesce(e.rial, 0) AS rial, e.qualifier,
           (SELECT x.clock FROM ledger_entry x WHERE x.corrects_id = e.id AND x.kind = 1) AS undone
      FROM stretches k JOIN ledger_entry e
        ON {_of_series(bucket)} AND e.ends_on BETWEEN k.from_day AND k.to_day),
series AS (
    SELECT DISTINCT ON (m.sign, h.unit_id, h.place_id, h.item_id, h.indicator_id, h.stage, h.bucket,
                        h.dimensions_id, h.ends_on) m.sign, h.*
      FROM history h JOIN moments m ON h.clock < m.clock AND (h.undone IS NULL OR h.undone >= m.clock)
     ORDER BY m.sign, h.unit_id, h.place_id, h.item_id, h.indicator_id, h.stage, h.bucket,
              h.dimensions_id, h.ends_on, h.clock DESC, h.id DESC),
steps AS (
    SELECT s.*, lag(quantity) OVER w AS old_quantity, lag(rial) OVER w AS old_rial,
           lag(qualifier) OVER w AS old_qualifier,
           lag(unit_placement_id) OVER w AS old_unit_placement,
           lag(place_placement_id) OVER w AS old_place_placement
      FROM series s
    WINDOW w AS (PARTITION BY sign, unit_id, place_id, item_id, indicator_id, stage, bucket, dimensions_id
                 ORDER BY ends_on)),
lasts AS (
    SELECT unit_id, unit_placement_id, place_id, place_placement_id, ends_on, indicator_id, stage, bucket,
           dimensions_id, sign * quantity, sign * rial, sign,
           sign * (qualifier = 2)::int, sign * (qualifier = 3)::int, sign * (qualifier = 4)::int,
           sign * (qualifier = 5)::int, 0::numeric, 0::numeric
      FROM steps
    UNION ALL
    SELECT unit_id, old_unit_placement, place_id, old_place_placement, ends_on, indicator_id, stage, bucket,
           dimensions_id, -sign * old_quantity, -sign * old_rial, -sign,
           -sign * (old_qualifier = 2)::int, -sign * (old_qualifier = 3)::int,
           -sign * (old_qualifier = 4)::int, -sign * (old_qualifier = 5)::int, 0, 0
      FROM steps WHERE old_unit_placement IS NOT NULL),
replaced (id) AS (
    SELECT fulfils_id FROM fresh WHERE fulfils_id IS NOT NULL
    UNION SELECT e.id FROM replaced JOIN ledger_entry e ON e.corrects_id = replaced.id AND e.kind <> 1),
touched (id) AS ({touched}),
promised AS (  -- the fresh ones as they lie here; of older ones those that something happened to
    SELECT {_PROMISED}, p.time_rule FROM fresh p
     WHERE p.stage = 1 AND p.kind <> 1 AND p.role = 1 AND p.part_of_id IS NULL AND p.quantity IS NOT NULL
    UNION ALL
    SELECT {_PROMISED}, i.time_rule
      FROM touched t JOIN ledger_entry p ON p.id = t.id JOIN catalog_indicator i ON i.id = p.indicator_id
     WHERE p.stage = 1 AND p.kind <> 1 AND p.coverage = 1 AND p.role = 1 AND p.part_of_id IS NULL
       AND p.quantity IS NOT NULL AND i.unit_rule = 'sum' AND i.time_rule IN ('sum', 'last')
       AND NOT EXISTS (SELECT FROM fresh f WHERE f.id = p.id)),
promises AS (
    SELECT p.*, (SELECT x.clock FROM ledger_entry x WHERE x.corrects_id = p.id AND x.kind = 1) AS undone
      FROM promised p),
balances AS MATERIALIZED (  -- its balance is used twice and costs a look-up each
    SELECT p.*, m.sign, p.quantity - CASE p.time_rule
        WHEN 'sum' THEN (
            SELECT coalesce(sum(f.quantity), 0) FROM ledger_entry f
             WHERE f.fulfils_id = ANY({_PROMISE}) AND f.clock < m.clock AND {_OWN})
        ELSE (
            SELECT coalesce(sum(l.quantity), 0) FROM (
                SELECT DISTINCT ON (f.unit_id, f.place_id, f.item_id, f.dimensions_id) f.quantity
                  FROM ledger_entry f
                 WHERE f.fulfils_id = ANY({_PROMISE}) AND f.clock < m.clock AND f.kind <> 1 AND {_OWN}
                   AND NOT EXISTS (SELECT FROM ledger_entry x
                                    WHERE x.corrects_id = f.id AND x.kind = 1 AND x.clock < m.clock)
                 ORDER BY f.unit_id, f.place_id, f.item_id, f.dimensions_id, f.ends_on DESC, f.clock DESC) l)
        END AS rest
      FROM promises p JOIN moments m ON p.clock < m.clock AND (p.undone IS NULL OR p.undone >= m.clock)),
deltas AS (
    SELECT * FROM sums
    UNION ALL SELECT * FROM lasts
    UNION ALL SELECT unit_id, unit_placement_id, place_id, place_placement_id, ends_on, indicator_id, stage,
        0, dimensions_id, 0, 0, 0, 0, 0, 0, 0, sign * greatest(rest, 0), sign * greatest(-rest, 0)
      FROM balances)
"""


def month_of(day: str) -> str:
    """The first day of the Jalali month in which `day`, a column, lies."""
    return f"(ledger_months())[width_bucket({day}, ledger_months())]"


def _of_series(bucket: str) -> str:
    """Whether entry `e` is a value of series `k`."""
    return (
        "e.unit_id = k.unit_id AND e.indicator_id = k.indicator_id AND e.place_id = k.place_id"
        " AND e.stage = k.stage AND e.dimensions_id = k.dimensions_id"
        f" AND e.item_id IS NOT DISTINCT FROM k.item_id AND {bucket} = k.bucket"
        " AND e.kind <> 1 AND e.coverage = 1"
    )


def _stretches(change: Change) -> str:
    """Which days of each series are looked at.

    Between two moments, a step changes only on a day that something fresh is of, and on the next day that
    has a value, which follows it. With the last value before both moments agree on everything else: so a
    long series costs no more than a short one. From nothing, all of it counts.
    """
    if change.since is None:
        ever = "'-infinity'::date AS from_day, 'infinity'::date AS to_day"
        return f"stretches AS (SELECT k.*, {ever} FROM series_keys k),"
    live = (
        f"SELECT e.ends_on FROM ledger_entry e WHERE {_of_series(BUCKET.format(e='e'))}"
        f" AND e.clock < ({change.until}) AND NOT EXISTS (SELECT FROM ledger_entry x"
        f" WHERE x.corrects_id = e.id AND x.kind = 1 AND x.clock < ({change.until}))"
    )
    return f"""stretches AS (
    SELECT k.*, coalesce(({live} AND e.ends_on < k.first_day ORDER BY e.ends_on DESC LIMIT 1), k.first_day) AS from_day,
           coalesce(({live} AND e.ends_on > k.last_day ORDER BY e.ends_on LIMIT 1), k.last_day) AS to_day
      FROM series_keys k),"""


# What of an entry is needed here; the rest would only fill memory.
_READ = (
    "id", "clock", *(name for name in KEYS if name != "bucket"), "item_id", "kind", "role", "quantity",
    "rial", "qualifier", "part_of_id", "fulfils_id", "corrects_id",
)  # fmt: skip
_PROMISED = ", ".join(
    f"p.{name}" for name in
    ("id", "clock", *(name for name in KEYS if name != "bucket"), "quantity", "corrects_id")
)  # fmt: skip
_OWN = "f.role = 1 AND f.part_of_id IS NULL AND f.coverage = 1"
# What fulfilled a promise that was corrected since fulfils the promise in its place.
_PROMISE = "CASE WHEN p.corrects_id IS NULL THEN ARRAY[p.id] ELSE ledger_ancestry(p.id) END"


COUNTS = ("entries", "at_least", "about", "at_most", "unknown")


RARE = ("rial", "open", "over")  # mostly 0; adding a 0 costs a sum of its own, skipping it nothing


def added_up(name: str, alias: str = "") -> str:
    """The sum of a measure. Counts stay integers: PostgreSQL would make slow numerics of them."""
    column = f"{alias}.{name}" if alias else name
    if name in RARE:
        return f"coalesce(sum({column}) FILTER (WHERE {column} <> 0), 0)"
    return f"sum({column}){'::int' if name in COUNTS else ''}"


def summed() -> str:
    """`sum(quantity) AS quantity, ...` for all measures."""
    return ", ".join(f"{added_up(name)} AS {name}" for name in MEASURES)
