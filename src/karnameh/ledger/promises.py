"""Every promise that stands, and what became of it: kept, partly, open, overdue, or nobody can say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection

from karnameh.access.public import Reach
from karnameh.ledger.models import Entry
from karnameh.ledger.queries import entries_in_reach
from karnameh.ledger.rules import Kind
from karnameh.org.public import bounds
from karnameh.plumbing.paging import Page, cut

_SOME = 1_000  # promises read at once
_MOST = 40_000  # promises weighed at once


class Outcome(StrEnum):
    """What became of a promise."""

    OVERDUE = "overdue"
    PARTLY = "partly"
    OPEN = "open"
    KEPT = "kept"
    UNCHECKABLE = "uncheckable"  # no quantity was said, or nobody ever reports this indicator


@dataclass(frozen=True)
class Campaigning:
    """A campaign: its id, its days, and the documents that belong to it."""

    id: int
    start: date
    end: date
    batches: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Sought:
    """Which promises are wanted; what is left out does not narrow them."""

    unit: str = ""  # path
    place: str = ""  # path
    theme: int | None = None
    campaign: Campaigning | None = None
    # Who spoke: documents of an office, and accounts that promised in its name.
    batches: tuple[UUID, ...] | None = None
    posters: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Promise:
    """One promise with what has come of it."""

    entry: Entry
    outcome: Outcome
    fulfilled: Decimal
    late: bool
    fulfilments: Sequence[Entry] = field(default_factory=tuple)


def promises(
    reach: Reach, sought: Sought, *, today: date, outcome: Outcome | None = None,
    after: tuple[date, UUID] | None = None, size: int = 50,
) -> Page[Promise]:  # fmt: skip
    """A page of the promises in reach, the one that is due last first."""
    some = size + 1 if outcome is None else max(size + 1, _SOME)
    found = _weighed(reach, sought, today, outcome, after, some)
    rows = list(islice(found, size + 1))
    entries = _entries([one.id for one in rows])
    kept = _fulfilments(reach, {each: one.id for one in rows for each in one.line})
    made = [
        Promise(entries[one.id], one.outcome, one.fulfilled, one.late, kept.get(one.id, ()))
        for one in rows
    ]
    return cut(made, size, lambda one: f"{one.entry.ends_on.isoformat()}_{one.entry.pk}")


def every_promise(
    reach: Reach, sought: Sought, *, today: date, outcome: Outcome | None = None
) -> Iterator[Sequence[Promise]]:
    """All of them in the same order, some hundred at a time, without the reports that fulfil them."""
    found = _weighed(reach, sought, today, outcome, None, _SOME)
    while rows := list(islice(found, _SOME)):
        entries = _entries([one.id for one in rows])
        yield [Promise(entries[one.id], one.outcome, one.fulfilled, one.late) for one in rows]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A promise while it is looked for."""

    id: UUID
    outcome: Outcome
    fulfilled: Decimal
    ends_on: date
    late: bool
    line: Sequence[UUID]  # itself and what it corrects: reports may name any of them


def _weighed(
    reach: Reach, sought: Sought, today: date, outcome: Outcome | None,
    after: tuple[date, UUID] | None, size: int,
) -> Iterator[_Weighed]:  # fmt: skip
    """Promises in order. An outcome is known only when a promise has been weighed: ever more of them are,
    until whoever asks has enough."""
    while True:
        limit = " ORDER BY e.ends_on DESC, e.id DESC LIMIT %(size)s"
        if after is not None:
            limit = " AND (e.ends_on, e.id) < (%(after_on)s, %(after_id)s)" + limit
        if outcome is Outcome.OPEN:
            limit = " AND e.ends_on >= %(today)s" + limit
        elif outcome is Outcome.OVERDUE:
            limit = " AND e.ends_on < %(today)s" + limit
        judged, values = _judged(reach, sought, today, limit)
        values["size"] = size
        if after is not None:
            values["after_on"], values["after_id"] = after
        values["wanted"] = outcome.value if outcome else ""
        with connection.cursor() as cursor:
            cursor.execute(judged + _FOUND, values)
            rows = cursor.fetchall()
        for _many, _on, _id, pk, said, *more in rows:
            if pk is not None:
                yield _Weighed(pk, Outcome(said), *more)
        if not rows or rows[0][0] < size:
            return
        after = rows[0][1], rows[0][2]
        size = min(size * 8, _MOST)


# How many were weighed and which was the last of them, beside those that are wanted.
_FOUND = """
SELECT last.many, last.ends_on, last.id, j.id, j.outcome, j.fulfilled, j.ends_on, j.ends_on < %(today)s, j.line
  FROM (SELECT count(*) OVER () AS many, ends_on, id FROM promise ORDER BY ends_on, id LIMIT 1) AS last
  LEFT JOIN judged j ON %(wanted)s IN ('', j.outcome)
 ORDER BY j.ends_on DESC, j.id DESC"""


def promise_counts(reach: Reach, sought: Sought, *, today: date) -> dict[Outcome, int]:
    """How many promises of each outcome there are."""
    judged, values = _judged(reach, sought, today)
    with connection.cursor() as cursor:
        cursor.execute(f"{judged} SELECT outcome, count(*) FROM judged GROUP BY outcome", values)
        found = dict(cursor.fetchall())
    return {one: found.get(one.value, 0) for one in Outcome}


def _entries(ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """By their ids; what many of them share is read once."""
    rows = Entry.objects.filter(pk__in=ids).prefetch_related(
        "indicator__measure", "indicator__theme", "unit", "place", "posted_by"
    )
    return {one.pk: one for one in rows}


def _fulfilments(reach: Reach, promise_of: dict[UUID, UUID]) -> dict[UUID, list[Entry]]:
    """The standing reports that fulfil each promise, the first five of each."""
    rows = (
        entries_in_reach(reach)
        .filter(fulfils__in=list(promise_of))
        .exclude(kind=Kind.REVERSAL)
        .exclude(corrections__kind=Kind.REVERSAL)
        .order_by("fulfils", "ends_on", "pk")
    )
    found: dict[UUID, list[Entry]] = {}
    for one in rows[:1000]:
        kept = found.setdefault(promise_of[one.fulfils_id], [])  # type: ignore[index]
        if len(kept) < 5:
            kept.append(one)
    return found


def _judged(
    reach: Reach, sought: Sought, today: date, limit: str = ""
) -> tuple[str, dict[str, Any]]:
    """The common table expression `judged`: every wanted promise, what came of it, and its outcome."""
    values: dict[str, Any] = {"today": today}

    def bind(value: Any) -> str:
        values[f"v{len(values)}"] = value
        return f"%(v{len(values) - 1})s"

    def beneath(path: str, column: str) -> str:
        low, high = bounds(path)
        return f"{column} >= {bind(low)} AND {column} < {bind(high)}"

    seen = [
        f"({beneath(one.path, 'u.path')}"
        + (f" AND i.theme_id = {bind(one.theme)})" if one.theme is not None else ")")
        for one in reach.stretches
    ]
    conditions = [f"({' OR '.join(seen) or 'false'})"]
    if sought.unit:
        conditions.append(beneath(sought.unit, "u.path"))
    if sought.place:
        conditions.append(beneath(sought.place, "l.path"))
    if sought.theme is not None:
        conditions.append(f"i.theme_id = {bind(sought.theme)}")
    if sought.campaign is not None:
        one = sought.campaign
        conditions.append(
            f"(a.campaign_id = {bind(one.id)} OR e.batch = ANY({bind(list(one.batches))}::uuid[]) OR"
            f" (a.campaign_id IS NULL AND e.ends_on BETWEEN {bind(one.start)} AND {bind(one.end)}))"
        )
    if sought.batches is not None or sought.posters is not None:
        conditions.append(
            f"(e.batch = ANY({bind(list(sought.batches or ()))}::uuid[])"
            f" OR e.posted_by_id = ANY({bind(list(sought.posters or ()))}::int[]))"
        )
    return _JUDGED.format(conditions=" AND ".join(conditions), limit=limit), values


# A promise of the unit's own work is fulfilled by the reports that name it (for running totals by the
# last one of each unit and place). What was stated for a whole subtree is held against the sum of what
# is reported beneath it in its days, unless a report names it: totals as deep as days are kept, the
# rows themselves below.
_JUDGED = """
WITH promise AS MATERIALIZED (
    SELECT e.id, e.indicator_id, e.quantity, e.starts_on, e.ends_on, e.unit_id, e.coverage, i.time_rule,
           u.path, cardinality(u.line) AS depth,
           CASE WHEN e.corrects_id IS NULL THEN ARRAY[e.id] ELSE ledger_ancestry(e.id) END AS line,
           e.corrects_id IS NULL AND i.time_rule = 'sum' AS simple
      FROM ledger_entry e
      JOIN org_orgunit u ON u.id = e.unit_id JOIN org_place l ON l.id = e.place_id
      JOIN catalog_indicator i ON i.id = e.indicator_id
      LEFT JOIN activities_activity a ON a.id = e.activity_id
     WHERE e.stage = 1 AND e.kind = 0 AND e.part_of_id IS NULL
       AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = e.id AND x.kind = 1)
       AND {conditions} {limit}
), plain AS MATERIALIZED (
    SELECT p.id, sum(f.quantity) AS quantity
      FROM promise p JOIN ledger_entry f ON f.fulfils_id = p.id
     WHERE p.simple AND f.role = 1 AND f.part_of_id IS NULL GROUP BY p.id
), others AS MATERIALIZED (
    SELECT p.id, CASE WHEN p.time_rule = 'sum' THEN (
        SELECT sum(f.quantity) FROM ledger_entry f
         WHERE f.fulfils_id = ANY(p.line) AND f.role = 1 AND f.part_of_id IS NULL)
      ELSE (
        SELECT sum(last.quantity) FROM (
            SELECT DISTINCT ON (f.unit_id, f.place_id) f.quantity FROM ledger_entry f
             WHERE f.fulfils_id = ANY(p.line) AND f.role = 1 AND f.part_of_id IS NULL AND f.kind <> 1
               AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = f.id AND x.kind = 1)
             ORDER BY f.unit_id, f.place_id, f.ends_on DESC, f.clock DESC) AS last)
      END AS quantity
      FROM promise p WHERE NOT p.simple
), tail AS MATERIALIZED (  -- reports that are in no total yet
    SELECT (SELECT w.path FROM org_orgunit w WHERE w.id = f.unit_id) AS path, f.indicator_id, f.ends_on, f.quantity
      FROM ledger_entry f
     WHERE f.clock >= (SELECT folded_to FROM ledger_foldstate) AND f.stage = 2 AND f.coverage = 1 AND f.role = 1
       AND f.part_of_id IS NULL
), summed AS MATERIALIZED (
    SELECT p.id, CASE WHEN p.depth <= (SELECT levels[2] + 1 FROM ledger_foldstate) THEN (
        SELECT sum(quantity) FROM (
            SELECT t.quantity FROM ledger_total t
             WHERE t.view = 1 AND t.node = p.unit_id AND t.grain = 0 AND t.indicator_id = p.indicator_id
               AND t.stage = 2 AND t.bucket = 0 AND t.at BETWEEN p.starts_on AND p.ends_on
            UNION ALL
            SELECT l.quantity FROM tail l
             WHERE l.path >= p.path AND l.path < left(p.path, -1) || '0' AND l.indicator_id = p.indicator_id
               AND l.ends_on BETWEEN p.starts_on AND p.ends_on) AS known)
      ELSE (
        SELECT sum(f.quantity) FROM ledger_entry f JOIN org_orgunit w ON w.id = f.unit_id
         WHERE w.path >= p.path AND w.path < left(p.path, -1) || '0' AND f.indicator_id = p.indicator_id
           AND f.stage = 2 AND f.coverage = 1 AND f.role = 1 AND f.part_of_id IS NULL
           AND f.ends_on BETWEEN p.starts_on AND p.ends_on)
      END AS quantity
      FROM promise p WHERE p.coverage = 2 AND p.time_rule = 'sum'
), reported AS (
    SELECT i.id FROM catalog_indicator i
     WHERE EXISTS (SELECT FROM ledger_entry r WHERE r.indicator_id = i.id AND r.stage = 2)
), weighed AS (
    SELECT p.*, coalesce(n.quantity, o.quantity, s.quantity, 0) AS fulfilled
      FROM promise p LEFT JOIN plain n ON n.id = p.id LEFT JOIN others o ON o.id = p.id
      LEFT JOIN summed s ON s.id = p.id
), judged AS (
    SELECT w.*, CASE
        WHEN w.quantity IS NULL THEN 'uncheckable'
        WHEN w.fulfilled >= w.quantity THEN 'kept'
        WHEN w.fulfilled > 0 THEN 'partly'
        WHEN w.ends_on >= %(today)s THEN 'open'
        WHEN NOT EXISTS (SELECT FROM reported r WHERE r.id = w.indicator_id) THEN 'uncheckable'
        ELSE 'overdue' END AS outcome
      FROM weighed w
)"""
