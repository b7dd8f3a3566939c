"""Who has reported and who has not: sets of units, which are counted a word at a time.

The folded days give a set each, the units beneath a node another. Only units of which a report was
taken back since the last folding are looked up one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from karnameh.access.public import Reach
from karnameh.kernel.period import Period
from karnameh.ledger.reporting import from_bytes, to_bytes
from karnameh.ledger.rolling import Statement, days_of, split, stands_now, unfolded
from karnameh.org.public import OrgUnit, local_units, set_of, under
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach


@dataclass(frozen=True)
class Reporting:
    """How many local units there are, and how many of them have reported in the period."""

    units: int
    reported: int


def coverage_by(
    reach: Reach, unit: OrgUnit, period: Period, *, by_child: bool = False
) -> dict[int, Reporting]:
    """Coverage of the local units beneath `unit` (key: its id), or beneath each of its children."""
    if not reach.covers(unit.path):
        raise OutOfReach
    start, end = days_of(period)
    organised = local_units()
    nodes = _children_of(unit) if by_child else [unit.pk]
    open_then = organised.open_between(start, end)
    reported = _reported(start, end)
    found = {}
    for node in nodes:
        units = organised.beneath.get(node, 0) & open_then
        if units:
            found[node] = Reporting(units.bit_count(), (units & reported).bit_count())
    return found


def _children_of(unit: OrgUnit) -> list[int]:
    return list(OrgUnit.objects.filter(parent=unit).values_list("pk", flat=True))


def _reported(start: date, end: date) -> int:
    """The set of all units, of every kind, that have a live report of their own in the period."""
    statement = Statement()
    bind = statement.bind
    windows = " OR ".join(
        f"(grain = {window.grain} AND at BETWEEN {bind(window.start)} AND {bind(window.end)})"
        for window in split(start, end)
    )
    tail = unfolded(statement, stands_now().folded_to)
    sql = f"""
    WITH tail AS MATERIALIZED (  -- a report adds its unit; only where one was taken back are all looked at anew
        SELECT e.unit_id, bool_or(e.kind = 1) AS undone,
               bool_or(e.kind = 0 AND e.coverage = 1 AND e.part_of_id IS NULL
                       AND e.ends_on BETWEEN {bind(start)} AND {bind(end)}) AS added
          FROM ledger_entry e WHERE {tail} AND e.stage = 2 GROUP BY e.unit_id)
    SELECT units, NULL::int, NULL::boolean, NULL::boolean FROM ledger_reporting WHERE {windows}
    UNION ALL
    SELECT NULL, t.unit_id, t.undone, CASE WHEN t.undone THEN EXISTS (
        SELECT FROM ledger_entry e
         WHERE e.unit_id = t.unit_id AND e.stage = 2 AND e.kind = 0 AND e.coverage = 1
           AND e.part_of_id IS NULL AND e.ends_on BETWEEN {bind(start)} AND {bind(end)}
           AND NOT EXISTS (SELECT FROM ledger_entry x WHERE x.corrects_id = e.id AND x.kind = 1)) ELSE t.added END
      FROM tail t"""
    folded, undone, present = 0, [], []
    with connection.cursor() as cursor:
        cursor.execute(sql, statement.parameters)
        for units, unit, was_undone, reports in cursor.fetchall():
            if unit is None:
                folded |= from_bytes(units)
                continue
            if was_undone:
                undone.append(unit)
            if reports:
                present.append(unit)
    return folded & ~set_of(undone) | set_of(present)


def silent_units(
    reach: Reach, unit: OrgUnit, period: Period, *, after: str = "", size: int = 50
) -> Page[OrgUnit]:
    """Open local units beneath `unit` without a live report in the period, in the order of their codes."""
    if not reach.covers(unit.path):
        raise OutOfReach
    start, end = days_of(period)
    silent = local_units().beneath.get(unit.pk, 0) & ~_reported(start, end)
    rows = (
        OrgUnit.objects.filter(
            _is_in(silent),
            under(unit.path),
            kind="local",
            closed_on=None,
            opened_on__lte=end,
            code__gt=after,
        )
        .select_related("parent")
        .order_by("code")
    )
    return cut(list(rows[: size + 1]), size, lambda one: one.code)


def _is_in(units: int) -> RawSQL:
    """Whether a unit is in the set."""
    return RawSQL(
        "CASE WHEN org_orgunit.id < %s THEN get_bit(%s, org_orgunit.id) = 1 ELSE false END",
        (units.bit_length(), to_bytes(units)),
        output_field=BooleanField(),
    )
