"""The meters of rules: all of them counted by one statement, however many rules and activities there are.

What is counted is a `Ground`: the activities of a campaign, those of one theme, or those that a draft
holds. Each activity is read once. It is counted for the deepest unit above it that a rule speaks of
(its zone), so that a nation's activities become a few hundred sums before any rule looks at them; the
sums then go up the tree to every rule above. A page costs the same number of queries with one rule and
with forty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from karnameh.access.public import Reach
from karnameh.activities.public import PENDING, STANDING, Campaign
from karnameh.campaigns.models import Rule, RuleKind
from karnameh.campaigns.rules.meters import Cell, Count, Meter, cell, share_cell
from karnameh.campaigns.rules.parameters import SHAPES
from karnameh.org.public import OrgUnit, Profession, Theme, UnitKind, bounds, is_under

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


@dataclass(frozen=True)
class Ground:
    """The activities that are counted, in the words of the database: `a` is an activity, `h` the table `held`.

    `stands` says whether an activity stands in the plan, `counted` whether it counts at all. `held` gives the
    ids of activities with a calendar of their own, `dated` their days `(activity_id, "on")`, each once; the
    days of all others are those of their occurrences.
    """

    campaign: Campaign
    stands: str
    counted: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    held: str = "SELECT NULL::bigint AS activity_id WHERE false"
    dated: str = 'SELECT NULL::bigint AS activity_id, NULL::date AS "on" WHERE false'


def whole_plan(campaign: Campaign, *, themes: Iterable[int] | None = None) -> Ground:
    """Everything that stands in a campaign or waits; of some themes only where a reader sees no other."""
    counted = "a.state = ANY(%(open)s)"
    said: dict[str, Any] = {"standing": list(STANDING), "open": [*STANDING, *PENDING]}
    if themes is not None:
        counted, said = (
            f"{counted} AND a.theme_id = ANY(%(themes)s)",
            {**said, "themes": sorted(themes)},
        )
    return Ground(campaign, "a.state = ANY(%(standing)s)", counted, said)


def rules_of(campaign: Campaign, *, at: datetime | None = None) -> QuerySet[Rule]:
    """The rules in force; with `at`, those that were in force then."""
    if at is None:
        in_force = Q(valid_until=None)
    else:
        in_force = Q(valid_from__lte=at) & (Q(valid_until=None) | Q(valid_until__gt=at))
    return Rule.objects.filter(in_force, campaign=campaign).select_related("unit")


def meters_for(campaign: Campaign, reach: Reach, unit: OrgUnit) -> list[Metered]:
    """The meters that matter at `unit`: rules of it and beneath, in reach, over their whole scope,
    and of the rules above it those that can be read in a part, over `unit` alone. Who sees some themes
    only is shown what can be read in them.
    """
    themes = reach.themes_at(unit.path)
    if themes is not None:
        return meters_in_themes(campaign, unit, themes)
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
    return meters(whole_plan(campaign), wanted)


# The rules that say something of some themes of a part.
_READ_IN_THEMES = (RuleKind.AUDIENCE_SHARE, RuleKind.UNIT_DAY_CAP, RuleKind.THEME_MINIMUM)


def meters_in_themes(campaign: Campaign, unit: OrgUnit, themes: Iterable[int]) -> list[Metered]:
    """The rules of the unit and from above that can be read in some themes of its area, counted there alone."""
    codes = dict(Theme.objects.filter(pk__in=list(themes)).values_list("pk", "code"))
    if not codes:
        return []
    rules = rules_of(campaign).filter(unit__in=unit.line, kind__in=_READ_IN_THEMES)
    wanted = [
        (one, unit)
        for one in rules
        if one.kind != RuleKind.THEME_MINIMUM or one.parameters["theme"] in codes.values()
    ]
    return meters(whole_plan(campaign, themes=codes), wanted)


def wanted_in(rules: Iterable[Rule], unit: OrgUnit) -> list[tuple[Rule, OrgUnit]]:
    """Of `rules` those that a plan of `unit` has to keep, each with the part that is counted."""
    return [
        (one, one.unit if is_under(one.unit.path, unit.path) else unit)
        for one in rules
        if is_under(one.unit.path, unit.path)
        or (SHAPES[one.kind].divides and is_under(unit.path, one.unit.path))
    ]


def meters(ground: Ground, wanted: Sequence[tuple[Rule, OrgUnit]]) -> list[Metered]:
    """The meter of each rule over the subtree that stands beside it, in the same order."""
    if not wanted:
        return []
    found = _Counted(ground, wanted)
    return [
        Metered(
            rule,
            Meter(rule.kind, rule.parameters, tuple(_CELLS[rule.kind](found, rule.parameters, scope.pk))),
            scope,
        )
        for rule, scope in wanted
    ]  # fmt: skip


# --- counting ------------------------------------------------------------------------------------------

# The asked units, each activity's zone among them, and the days of each activity: those of its calendar,
# or the one that it wishes first.
_WITH = """
WITH scope AS MATERIALIZED (
    SELECT u.id, u.line FROM org_orgunit u WHERE u.id = ANY(%(scopes)s)
), county AS MATERIALIZED (
    SELECT u.id FROM org_orgunit u WHERE u.id = ANY(%(counties)s)
), held AS MATERIALIZED ({held}), plan AS MATERIALIZED (
    SELECT a.id, a.theme_id, a.profession_id, a.tier, a.starts_on, a.lead_unit_id, a.budget_rial,
           {stands} AS stands, {zone} AS zone, {county} AS county
      FROM activities_activity a
      JOIN org_orgunit u ON u.id = a.lead_unit_id AND u.path >= %(low)s AND u.path < %(high)s
      LEFT JOIN held h ON h.activity_id = a.id
           {joins}
     WHERE a.campaign_id = %(campaign)s AND {zone} IS NOT NULL AND {counted}
), above AS (
    SELECT s.id AS zone, unnest(s.line) AS scope FROM scope s
)"""
_DAYS = """, planned AS MATERIALIZED (
    SELECT d.activity_id, d."on" FROM ({dated}) d
    UNION ALL
    SELECT o.activity_id, o."on" FROM activities_occurrence o JOIN plan p ON p.id = o.activity_id
     WHERE o.state <> 'cancelled' AND o.activity_id NOT IN (SELECT activity_id FROM held)
     GROUP BY o.activity_id, o."on"
), days AS MATERIALIZED (
    SELECT p.id, p.zone, p.lead_unit_id, p.stands, d."on" FROM plan p JOIN planned d ON d.activity_id = p.id
    UNION ALL
    SELECT p.id, p.zone, p.lead_unit_id, p.stands, coalesce(w."on", p.starts_on) FROM plan p
      LEFT JOIN activities_daywish w ON w.activity_id = p.id AND w.rank = 1
     WHERE p.id NOT IN (SELECT activity_id FROM planned)
)"""
_N = "count(*) FILTER (WHERE stands) AS standing, count(*) FILTER (WHERE NOT stands) AS pending"
# Each part gives `(part, zone, key, standing, pending)`.
_PARTS: Mapping[str, str] = {
    "all": f"SELECT 'all', zone, '', {_N} FROM plan GROUP BY zone",
    "budget": """
        SELECT 'budget', zone, '', coalesce(sum(budget_rial) FILTER (WHERE stands), 0)::bigint,
               coalesce(sum(budget_rial) FILTER (WHERE NOT stands), 0)::bigint FROM plan GROUP BY zone""",
    "tier": f"SELECT 'tier', zone, tier, {_N} FROM plan GROUP BY zone, tier",
    "theme": f"SELECT 'theme', zone, theme_id::text, {_N} FROM plan GROUP BY zone, theme_id",
    "flagship": f"""
        SELECT 'flagship', zone, profession_id::text, {_N} FROM plan
         WHERE tier = 'flagship' GROUP BY zone, profession_id""",
    "audience": f"""
        SELECT 'audience', p.zone, d.code, {_N} FROM plan p
          JOIN activities_audienceshare f ON f.activity_id = p.id AND (f.percent IS NULL OR f.percent >= 50)
          JOIN activities_audience d ON d.id = f.audience_id AND d.code = ANY(%(audiences)s)
         GROUP BY p.zone, d.code""",
    "day": f"""SELECT 'day', zone, "on"::text, {_N} FROM days GROUP BY zone, "on" """,
    "county": f"""
        SELECT 'county', county, county::text, {_N} FROM plan WHERE county IS NOT NULL GROUP BY county""",
    "cap": f"""
        SELECT 'cap', v.scope, d.lead_unit_id || '@' || d."on", d.standing, d.pending FROM (
            SELECT f.*, row_number() OVER (
                       PARTITION BY f.zone ORDER BY f.standing DESC, f.pending DESC, f.lead_unit_id, f."on") AS place
              FROM (SELECT zone, lead_unit_id, "on", {_N} FROM days GROUP BY zone, lead_unit_id, "on") f) d
          JOIN above v ON v.zone = d.zone AND v.scope = ANY(%(capped)s)
         WHERE d.place <= {_MOST_BROKEN} ORDER BY d.standing DESC, d.pending DESC, d.lead_unit_id, d."on" """,
}
_NEEDS: Mapping[str, tuple[str, ...]] = {
    RuleKind.AUDIENCE_SHARE: ("all", "audience"),
    RuleKind.FLAGSHIPS: ("flagship",),
    RuleKind.TIER_COUNT: ("tier",),
    RuleKind.THEME_MINIMUM: ("theme",),
    RuleKind.DAY_MINIMUM: ("day",),
    RuleKind.COUNTY_MINIMUM: ("county",),
    RuleKind.BUDGET: ("budget",),
    RuleKind.UNIT_DAY_CAP: ("cap",),
}


class _Counted:
    """The sums of a ground, part by part, over every asked unit. At most four questions."""

    def __init__(self, ground: Ground, wanted: Sequence[tuple[Rule, OrgUnit]]) -> None:
        self.days = [day.isoformat() for day in ground.campaign.period.days()]
        self._lines = {scope.pk: scope.line for _rule, scope in wanted}
        kinds = {rule.kind for rule, _scope in wanted}
        self.themes = (
            [(str(one.pk), one.code) for one in Theme.objects.order_by("position")]
            if RuleKind.THEME_MINIMUM in kinds else []
        )  # fmt: skip
        self.professions = (
            [(str(one.pk), one.code) for one in Profession.objects.order_by("position")]
            if RuleKind.FLAGSHIPS in kinds else []
        )  # fmt: skip
        self._sums: dict[tuple[str, int], dict[str, Count]] = defaultdict(dict)
        self._counties: dict[int, list[int]] = (
            dict(OrgUnit.objects.filter(kind=UnitKind.COUNTY, closed_on=None).values_list("pk", "line"))
            if RuleKind.COUNTY_MINIMUM in kinds else {}
        )  # fmt: skip
        for pk in self._counties:  # also those in which there is nothing
            self._put("county", pk, str(pk), Count())
        for part, zone, key, standing, pending in self._asked(ground, wanted):
            self._put(part, zone, key, Count(standing, pending))

    def of(self, part: str, scope: int) -> Mapping[str, Count]:
        """The sums of one part beneath a unit, by key."""
        return self._sums.get((part, scope), {})

    def _put(self, part: str, zone: int, key: str, count: Count) -> None:
        """Add a zone's sum to every asked unit above it; the fullest days come for each asked unit already."""
        if part == "cap":
            if len(self._sums[part, zone]) < _MOST_BROKEN:
                self._sums[part, zone][key] = count
            return
        for scope in self._counties[zone] if part == "county" else self._lines[zone]:
            if scope in self._lines:
                before = self._sums[part, scope].get(key, Count())
                self._sums[part, scope][key] = Count(
                    before.standing + count.standing, before.pending + count.pending
                )

    def _asked(
        self, ground: Ground, wanted: Sequence[tuple[Rule, OrgUnit]]
    ) -> list[tuple[Any, ...]]:
        kinds = {rule.kind for rule, _scope in wanted}
        parts = list(dict.fromkeys(part for kind in sorted(kinds) for part in _NEEDS[kind]))
        low, high = _span([scope.path for _rule, scope in wanted])
        zone, zones = _nearest("scope", {len(line) for line in self._lines.values()})
        county, counties = _nearest("county", {len(line) for line in self._counties.values()})
        statement = _WITH + (_DAYS if {"day", "cap"} & set(parts) else "")
        names = {
            "stands": ground.stands, "counted": ground.counted, "held": ground.held, "dated": ground.dated,
            "zone": zone, "county": county, "joins": f"{zones} {counties}",
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(
                statement.format(**names) + " UNION ALL ".join(f"({_PARTS[part]})" for part in parts),
                {
                    **ground.parameters,
                    "campaign": ground.campaign.pk,
                    "low": low,
                    "high": high,
                    "scopes": list(self._lines),
                    "counties": list(self._counties),
                    "audiences": sorted(
                        {r.parameters["audience"] for r, _s in wanted if r.kind == RuleKind.AUDIENCE_SHARE}
                    ),
                    "capped": sorted({s.pk for r, s in wanted if r.kind == RuleKind.UNIT_DAY_CAP}),
                },
            )  # fmt: skip
            return list(cursor.fetchall())


def _span(paths: Sequence[str]) -> tuple[str, str]:
    """From the first path to behind the last: nothing outside can lie beneath any of them."""
    ranges = [bounds(path) for path in paths]
    return min(low for low, _high in ranges), max(high for _low, high in ranges)


def _nearest(table: str, depths: set[int]) -> tuple[str, str]:
    """The deepest unit of a table of units that stands above the leading unit `u`, and the joins for it.

    A unit's line names those above it from the root on, so each depth is one look-up.
    """
    levels = sorted(depths, reverse=True)
    joins = " ".join(
        f"LEFT JOIN {table} {table}{level} ON {table}{level}.id = u.line[{level}]"
        for level in levels
    )
    found = ", ".join(f"{table}{level}.id" for level in levels)
    return f"coalesce({found})" if levels else "NULL::int", joins


# --- from sums to cells ----------------------------------------------------------------------------------


def _each(
    keys: Iterable[tuple[str, str]], counted: Mapping[str, Count], need: int
) -> Iterable[Cell]:
    """A cell for every key that a rule is about, also for those of which there is nothing."""
    return (cell(name, counted.get(key, Count()), need) for key, name in keys)


def _share(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    every = found.of("all", scope).get("", Count())
    theirs = found.of("audience", scope).get(asked["audience"], Count())
    return (share_cell(asked["percent"], every, theirs),)


def _flagships(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    return _each(found.professions, found.of("flagship", scope), asked["number"])


def _tier(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    return _each([(asked["tier"], "")], found.of("tier", scope), asked["number"])


def _themes(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    themes = [one for one in found.themes if asked["theme"] in ("", one[1])]
    return _each(themes, found.of("theme", scope), asked["number"])


def _days(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    days = [asked["day"]] if asked.get("day") else found.days
    return _each([(day, day) for day in days], found.of("day", scope), asked["number"])


def _counties(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    counted = found.of("county", scope)
    return _each([(key, key) for key in sorted(counted, key=int)], counted, asked["number"])


def _budget(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    return _each([("", "")], found.of("budget", scope), asked["rial"])


def _cap(found: _Counted, asked: Mapping[str, Any], scope: int) -> Iterable[Cell]:
    """Only where a unit has more than the cap, and one cell of the fullest day otherwise."""
    for place, (key, count) in enumerate(found.of("cap", scope).items()):
        if place == 0 or count.standing > asked["number"]:
            yield cell(key, count, asked["number"])


_CELLS: Mapping[str, Callable[[_Counted, Mapping[str, Any], int], Iterable[Cell]]] = {
    RuleKind.AUDIENCE_SHARE: _share,
    RuleKind.FLAGSHIPS: _flagships,
    RuleKind.TIER_COUNT: _tier,
    RuleKind.THEME_MINIMUM: _themes,
    RuleKind.DAY_MINIMUM: _days,
    RuleKind.COUNTY_MINIMUM: _counties,
    RuleKind.BUDGET: _budget,
    RuleKind.UNIT_DAY_CAP: _cap,
}
