"""The meters of rules: one set-based query for each kind of rule, however many rules there are.

Every kind is counted for all its rules at once: the rules come in as arrays of numbers and path
bounds, and the activities of the campaign are joined to the tree of units once. So a page costs the
same number of queries with one rule and with forty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from karnameh.access.public import Reach
from karnameh.activities.public import PENDING, STANDING, Campaign
from karnameh.campaigns.models import Rule, RuleKind
from karnameh.campaigns.rules.meters import Cell, Count, Meter, cell, share_cell
from karnameh.campaigns.rules.parameters import SHAPES
from karnameh.org.public import OrgUnit, bounds, is_under

_MOST_BROKEN = 50  # of a cap: so many units with too much on a day are named


@dataclass(frozen=True)
class Metered:
    """A rule with its meter; `scope` is the part of the federation that was counted."""

    rule: Rule
    meter: Meter
    scope: OrgUnit

    @property
    def whole(self) -> bool:
        """Whether the rule's own scope was counted, and not a part of it."""
        return self.scope.pk == self.rule.unit_id


def rules_of(campaign: Campaign, *, at: datetime | None = None) -> QuerySet[Rule]:
    """The rules in force; with `at`, those that were in force then."""
    if at is None:
        in_force = Q(valid_until=None)
    else:
        in_force = Q(valid_from__lte=at) & (Q(valid_until=None) | Q(valid_until__gt=at))
    return Rule.objects.filter(in_force, campaign=campaign).select_related("unit")


def meters_for(campaign: Campaign, reach: Reach, unit: OrgUnit) -> list[Metered]:
    """The meters that matter at `unit`: rules of it and beneath, in reach, over their whole scope,
    and of the rules above it those that can be read in a part, over `unit` alone.

    Three queries and one more for each kind in use.
    """
    wanted: list[tuple[Rule, OrgUnit]] = []
    for rule in rules_of(campaign):
        if reach.themes_at(rule.unit.path) is None and is_under(rule.unit.path, unit.path):
            wanted.append((rule, rule.unit))
        elif (
            SHAPES[rule.kind].divides
            and is_under(unit.path, rule.unit.path)
            and reach.themes_at(unit.path) is None
        ):
            wanted.append((rule, unit))
    return meters(campaign, wanted)


def meters(campaign: Campaign, wanted: Sequence[tuple[Rule, OrgUnit]]) -> list[Metered]:
    """The meter of each rule over the subtree that stands beside it, in the same order."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for index, (rule, _scope) in enumerate(wanted):
        by_kind[rule.kind].append(index)
    cells: dict[int, tuple[Cell, ...]] = {}
    for kind, indexes in by_kind.items():
        rows = [
            _Asked(index, wanted[index][1], dict(wanted[index][0].parameters)) for index in indexes
        ]
        cells.update(_COUNTERS[kind](campaign, rows))
    return [
        Metered(rule, Meter(rule.kind, rule.parameters, cells[index]), scope)
        for index, (rule, scope) in enumerate(wanted)
    ]


@dataclass(frozen=True)
class _Asked:
    """One rule in a query: its number there, the subtree, and its parameters."""

    index: int
    scope: OrgUnit
    parameters: Mapping[str, Any]


_Cells = dict[int, tuple[Cell, ...]]
_STATES = (list(STANDING), list(PENDING))

# `asked` are the rules, `plan` the campaign's activities that count or may come to count.
_WITH = """
WITH asked AS (
    SELECT * FROM unnest(%(index)s::int[], %(low)s::text[], %(high)s::text[], %(word)s::text[])
        AS asked(index, low, high, word)
), plan AS (
    SELECT a.id, a.theme_id, a.profession_id, a.tier, a.starts_on, a.lead_unit_id, a.budget_rial,
           u.path COLLATE "C" AS path, a.state = ANY(%(standing)s) AS stands
      FROM activities_activity a JOIN org_orgunit u ON u.id = a.lead_unit_id
     WHERE a.campaign_id = %(campaign)s AND a.state = ANY(%(counted)s)
       AND EXISTS (SELECT FROM asked s WHERE u.path >= s.low AND u.path < s.high)
)
"""
_COUNTS_AS = (
    "count(*) FILTER (WHERE p.stands) AS standing, count(*) FILTER (WHERE NOT p.stands) AS pending"
)
_COUNTS = "count(*) FILTER (WHERE p.stands), count(*) FILTER (WHERE NOT p.stands)"


def _ask(
    campaign: Campaign, asked: Sequence[_Asked], select: str, word: str = ""
) -> list[tuple[Any, ...]]:
    """Run `select` behind the common tables; `word` names the parameter that each rule brings along."""
    ranges = [bounds(one.scope.path) for one in asked]
    with connection.cursor() as cursor:
        cursor.execute(
            _WITH + select,
            {
                "index": [one.index for one in asked],
                "low": [low for low, _high in ranges],
                "high": [high for _low, high in ranges],
                "word": [str(one.parameters.get(word, "")) for one in asked],
                "campaign": campaign.pk,
                "standing": _STATES[0],
                "counted": _STATES[0] + _STATES[1],
            },
        )
        return list(cursor.fetchall())


def _keyed(rows: Iterable[tuple[Any, ...]]) -> dict[int, dict[str, Count]]:
    found: dict[int, dict[str, Count]] = defaultdict(dict)
    for index, key, standing, pending in rows:
        found[index][str(key)] = Count(standing, pending)
    return found


def _each(
    asked: Sequence[_Asked],
    counted: Mapping[int, Mapping[str, Count]],
    keys: Callable[[_Asked], Iterable[str]],
) -> _Cells:
    """A cell for every key that a rule is about, also for those of which there is nothing."""
    return {
        one.index: tuple(
            cell(key, counted.get(one.index, {}).get(key, Count()), one.parameters["number"])
            for key in keys(one)
        )
        for one in asked
    }


def _audience_shares(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    rows = _ask(
        campaign,
        asked,
        """
        SELECT s.index, count(*) FILTER (WHERE p.stands), count(*) FILTER (WHERE NOT p.stands),
               count(f.activity_id) FILTER (WHERE p.stands),
               count(f.activity_id) FILTER (WHERE NOT p.stands)
          FROM asked s JOIN plan p ON p.path >= s.low AND p.path < s.high
          LEFT JOIN (SELECT f.activity_id, d.code FROM activities_audienceshare f
                       JOIN activities_audience d ON d.id = f.audience_id
                      WHERE f.percent IS NULL OR f.percent >= 50) f
                 ON f.activity_id = p.id AND f.code = s.word
         GROUP BY s.index
        """,
        "audience",
    )
    found = {index: (Count(a, b), Count(c, d)) for index, a, b, c, d in rows}
    nothing = (Count(), Count())
    return {
        one.index: (share_cell(one.parameters["percent"], *found.get(one.index, nothing)),)
        for one in asked
    }


def _flagships(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    rows = _ask(
        campaign,
        asked,
        f"""
        , counted AS (
            SELECT s.index, p.profession_id, {_COUNTS_AS}
              FROM asked s JOIN plan p ON p.path >= s.low AND p.path < s.high
             WHERE p.tier = 'flagship' GROUP BY s.index, p.profession_id
        )
        SELECT s.index, w.code, coalesce(c.standing, 0), coalesce(c.pending, 0)
          FROM asked s CROSS JOIN org_profession w
          LEFT JOIN counted c ON c.index = s.index AND c.profession_id = w.id
         ORDER BY s.index, w.position
        """,
    )
    counted = _keyed(rows)
    return _each(asked, counted, lambda one: counted.get(one.index, {}))


def _tiers(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    rows = _ask(
        campaign,
        asked,
        f"""
        SELECT s.index, '', {_COUNTS}
          FROM asked s JOIN plan p ON p.path >= s.low AND p.path < s.high AND p.tier = s.word
         GROUP BY s.index
        """,
        "tier",
    )
    return _each(asked, _keyed(rows), lambda one: ("",))


def _themes(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    rows = _ask(
        campaign,
        asked,
        f"""
        , counted AS (
            SELECT s.index, p.theme_id, {_COUNTS_AS}
              FROM asked s JOIN plan p ON p.path >= s.low AND p.path < s.high
             GROUP BY s.index, p.theme_id
        )
        SELECT s.index, t.code, coalesce(c.standing, 0), coalesce(c.pending, 0)
          FROM asked s JOIN org_theme t ON s.word IN ('', t.code)
          LEFT JOIN counted c ON c.index = s.index AND c.theme_id = t.id
         ORDER BY s.index, t.position
        """,
        "theme",
    )
    counted = _keyed(rows)
    return _each(asked, counted, lambda one: counted.get(one.index, {}))


# The days of an activity: those of its occurrences, or the day that it wishes first.
_DAYS = """
    days AS (
        SELECT o.activity_id, o."on" FROM activities_occurrence o JOIN plan p ON p.id = o.activity_id
         WHERE o.state <> 'cancelled' GROUP BY o.activity_id, o."on"
        UNION ALL
        SELECT p.id, coalesce(w."on", p.starts_on) FROM plan p
          LEFT JOIN activities_daywish w ON w.activity_id = p.id AND w.rank = 1
         WHERE NOT EXISTS (SELECT FROM activities_occurrence o
                            WHERE o.activity_id = p.id AND o.state <> 'cancelled')
    )
"""


def _days(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    rows = _ask(
        campaign,
        asked,
        f"""
        , {_DAYS}
        SELECT s.index, d."on", {_COUNTS}
          FROM asked s JOIN plan p ON p.path >= s.low AND p.path < s.high
          JOIN days d ON d.activity_id = p.id
         GROUP BY s.index, d."on"
        """,
    )
    every = [day.isoformat() for day in campaign.period.days()]
    return _each(
        asked,
        _keyed(rows),
        lambda one: [one.parameters["day"]] if one.parameters.get("day") else every,
    )


def _counties(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    rows = _ask(
        campaign,
        asked,
        """
        , led AS (
            SELECT p.lead_unit_id, count(*) FILTER (WHERE p.stands) AS standing,
                   count(*) FILTER (WHERE NOT p.stands) AS pending
              FROM plan p GROUP BY p.lead_unit_id
        ), above AS (
            SELECT unnest(u.line) AS node, led.standing, led.pending
              FROM led JOIN org_orgunit u ON u.id = led.lead_unit_id
        ), county AS (
            SELECT c.id, c.path COLLATE "C" AS path, sum(a.standing)::bigint AS standing,
                   sum(a.pending)::bigint AS pending
              FROM org_orgunit c LEFT JOIN above a ON a.node = c.id
             WHERE c.kind = 'county' AND c.closed_on IS NULL GROUP BY c.id
        )
        SELECT s.index, c.id, coalesce(c.standing, 0), coalesce(c.pending, 0)
          FROM asked s JOIN county c ON c.path >= s.low AND c.path < s.high
        """,
    )
    counted = _keyed(rows)
    return _each(asked, counted, lambda one: sorted(counted.get(one.index, {}), key=int))


def _budgets(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    rows = _ask(
        campaign,
        asked,
        """
        SELECT s.index, '', coalesce(sum(p.budget_rial) FILTER (WHERE p.stands), 0)::bigint,
               coalesce(sum(p.budget_rial) FILTER (WHERE NOT p.stands), 0)::bigint
          FROM asked s JOIN plan p ON p.path >= s.low AND p.path < s.high
         GROUP BY s.index
        """,
    )
    counted = _keyed(rows)
    return {
        one.index: (cell("", counted.get(one.index, {}).get("", Count()), one.parameters["rial"]),)
        for one in asked
    }


def _caps(campaign: Campaign, asked: Sequence[_Asked]) -> _Cells:
    """Only where a unit has more than the cap, and one cell of the fullest day otherwise."""
    rows = _ask(
        campaign,
        asked,
        f"""
        , {_DAYS}, full_days AS MATERIALIZED (
            SELECT s.index, s.word::int AS most, p.lead_unit_id, d."on", {_COUNTS_AS}
              FROM asked s JOIN plan p ON p.path >= s.low AND p.path < s.high
              JOIN days d ON d.activity_id = p.id
             GROUP BY s.index, s.word, p.lead_unit_id, d."on"
        ), fullest AS (
            SELECT index, max(standing) AS standing FROM full_days GROUP BY index
        ), ranked AS (
            SELECT f.*, row_number() OVER (
                PARTITION BY f.index ORDER BY f.standing DESC, f.pending DESC, f.lead_unit_id, f."on") AS place
              FROM full_days f JOIN fullest t ON t.index = f.index
             WHERE f.standing > f.most OR (f.standing = t.standing AND t.standing <= f.most)
        )
        SELECT index, lead_unit_id || '@' || "on", standing, pending
          FROM ranked WHERE place = 1 OR (standing > most AND place <= {_MOST_BROKEN})
         ORDER BY index, place
        """,
        "number",
    )
    counted = _keyed(rows)
    return _each(asked, counted, lambda one: counted.get(one.index, {}))


_COUNTERS: dict[str, Callable[[Campaign, Sequence[_Asked]], _Cells]] = {
    RuleKind.AUDIENCE_SHARE: _audience_shares,
    RuleKind.FLAGSHIPS: _flagships,
    RuleKind.TIER_COUNT: _tiers,
    RuleKind.THEME_MINIMUM: _themes,
    RuleKind.DAY_MINIMUM: _days,
    RuleKind.COUNTY_MINIMUM: _counties,
    RuleKind.BUDGET: _budgets,
    RuleKind.UNIT_DAY_CAP: _caps,
}
