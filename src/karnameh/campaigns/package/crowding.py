"""Clashes in the calendars of packages, counted by the database: a nation's calendar is never read line by line.

The parts of the day do not touch each other, so whatever holds more lines of one day and part than it
can bear is one clash: the same that the sweep of `clashes` finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from karnameh.activities.public import Slot
from karnameh.campaigns.clashes import Clash, Holder

# Minutes of the day that a slot takes.
HOURS: dict[str, tuple[int, int]] = {
    Slot.MORNING: (8 * 60, 12 * 60), Slot.AFTERNOON: (13 * 60, 17 * 60), Slot.EVENING: (18 * 60, 21 * 60),
}  # fmt: skip
AT_ONCE = 2  # activities of one local unit

_CROWDED = """
WITH held AS MATERIALIZED (
    SELECT l.id, l."on", l.slot, l.venue_id, l.team_id, a.lead_unit_id
      FROM campaigns_line l JOIN activities_activity a ON a.id = l.activity_id
     WHERE l.version_id = ANY(%(versions)s) AND l."on" IS NOT NULL
)
SELECT 'venue', h.venue_id, h."on", h.slot, v.halls, array_agg(h.id ORDER BY h.id)
  FROM held h JOIN activities_venue v ON v.id = h.venue_id
 GROUP BY h.venue_id, h."on", h.slot, v.halls HAVING count(*) > v.halls
UNION ALL
SELECT r.kind, h.team_id, h."on", h.slot, 1, array_agg(h.id ORDER BY h.id)
  FROM held h JOIN activities_resource r ON r.id = h.team_id
 GROUP BY r.kind, h.team_id, h."on", h.slot HAVING count(*) > 1
UNION ALL
SELECT 'unit', c.lead_unit_id, c."on", c.slot, %(at_once)s, c.ids
  FROM (SELECT lead_unit_id, "on", slot, array_agg(id ORDER BY id) AS ids FROM held
         GROUP BY lead_unit_id, "on", slot HAVING count(*) > %(at_once)s) c
  JOIN org_orgunit u ON u.id = c.lead_unit_id AND u.kind = 'local'
"""


def crowded(versions: Iterable[UUID]) -> list[Clash]:
    """Every clash among the lines of these versions together, in order of day and time. One question."""
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED, {"versions": list(versions), "at_once": AT_ONCE})
        found = [_clash(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda one: (one.day, one.starts, one.holder, one.which))


def _clash(holder: str, which: int, day: Any, slot: str, capacity: int, lines: list[int]) -> Clash:
    starts, ends = HOURS[slot]
    return Clash(Holder(holder), which, day, starts, ends, capacity, tuple(lines))
