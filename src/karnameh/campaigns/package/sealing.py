"""The canonical form of a version, spelt by the database: a nation's tens of thousands of lines take seconds in Python.

`contents.canonical` says what it looks like; the tests hold the two against each other.
"""

from __future__ import annotations

from django.db import connection

from karnameh.campaigns import contents
from karnameh.campaigns.package.crowding import HOURS
from karnameh.campaigns.package.models import Version
from karnameh.campaigns.package.queries import next_number

# Texts are escaped alike by `to_json` and by Python, and "C" orders as Python does: by code point.
_LINES = """
WITH held AS MATERIALIZED (
    SELECT l.activity_id, l.part, l."on", l.slot, l.venue_id FROM campaigns_line l WHERE l.version_id = %(version)s
), expected AS (
    SELECT e.activity_id,
           string_agg('[' || to_json(e.label)::text || ',"' || e.quantity || '"]', ','
                      ORDER BY e.label COLLATE "C", e.quantity COLLATE "C") AS pairs
      FROM (SELECT x.activity_id, coalesce(trim_scale(x.quantity)::text, '') AS quantity,
                   i.code || CASE WHEN x.dimensions_id = 1 THEN '' ELSE '#' || x.dimensions_id END AS label
              FROM activities_expectation x JOIN catalog_indicator i ON i.id = x.indicator_id
             WHERE x.activity_id IN (SELECT activity_id FROM held)) e
     GROUP BY e.activity_id
), spelt AS (
    SELECT a.code || CASE WHEN l.part = 0 THEN '' ELSE '/' || l.part END AS code, a.id, l.part, l."on",
           h.starts, h.ends, a.name_fa AS name, u.code AS unit, t.code AS theme, p.code AS place, a.tier,
           coalesce(v.name_fa, '') AS venue,
           CASE WHEN l.part = 0 THEN coalesce(a.budget_rial, 0) ELSE 0 END AS budget,
           CASE WHEN l.part = 0 THEN coalesce(x.pairs, '') ELSE '' END AS pairs
      FROM held l
      JOIN activities_activity a ON a.id = l.activity_id
      JOIN org_orgunit u ON u.id = a.lead_unit_id
      JOIN org_theme t ON t.id = a.theme_id
      JOIN org_place p ON p.id = a.place_id
      LEFT JOIN activities_venue v ON v.id = l.venue_id
      LEFT JOIN expected x ON x.activity_id = a.id
      LEFT JOIN (SELECT * FROM unnest(%(slots)s::text[], %(starts)s::int[], %(ends)s::int[])
                     AS hour (slot, starts, ends)) h ON h.slot = l.slot
)
SELECT coalesce(string_agg(
    '{"activity":' || id || ',"budget":' || budget || ',"code":' || to_json(code)::text
    || ',"day":' || coalesce('"' || "on" || '"', 'null') || ',"ends":' || coalesce(ends::text, 'null')
    || ',"expects":[' || pairs || '],"name":' || to_json(name)::text || ',"place":' || to_json(place)::text
    || ',"starts":' || coalesce(starts::text, 'null') || ',"theme":' || to_json(theme)::text
    || ',"tier":' || to_json(tier)::text || ',"unit":' || to_json(unit)::text
    || ',"venue":' || to_json(venue)::text || '}', ',' ORDER BY code COLLATE "C"), '') FROM spelt
"""


def content_of(version: Version) -> str:
    """The canonical form of a draft as it would be frozen now, or of a frozen version as it was."""
    if version.frozen:
        return version.content
    package = version.package
    heading = {
        "campaign": package.campaign.code, "unit": package.unit.code, "number": str(next_number(package)),
        "why": version.why,
    }  # fmt: skip
    return contents.around(heading, _lines(version), _parts(version))


def seal_now(version: Version) -> str:
    """The seal of a draft as it is at this moment: what a page shows to whoever signs."""
    return contents.seal_of(
        content_of(Version.objects.select_related("package").get(pk=version.pk))
    )


def _lines(version: Version) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            _LINES,
            {
                "version": version.pk,
                "slots": list(HOURS),
                "starts": [starts for starts, _ends in HOURS.values()],
                "ends": [ends for _starts, ends in HOURS.values()],
            },
        )
        return str(cursor.fetchone()[0])


def _parts(version: Version) -> list[contents.Part]:
    """The packages beneath as they are sealed."""
    rows = version.parts.select_related("part__package__unit").defer("part__content")
    return [
        contents.Part(row.part.package.unit.code, row.part.number or 0, row.part.seal)
        for row in rows
    ]
