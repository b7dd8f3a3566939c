"""From a draft to the planner's plain values, and from its plan back to lines.

The one file that speaks to the planner. Ids are the rows' own, as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q

from karnameh.activities.public import (
    Activity,
    AudienceShare,
    Need,
    NeedKind,
    OpenSlot,
    Resource,
    Slot,
    Venue,
)
from karnameh.campaigns import planner
from karnameh.campaigns.models import Rule
from karnameh.campaigns.package.models import Line, Version
from karnameh.campaigns.package.queries import FIXED, candidates
from karnameh.campaigns.queries.metering import Ground, meters, wanted_in
from karnameh.campaigns.review.models import Opinion
from karnameh.campaigns.review.queries import marks_of
from karnameh.campaigns.review.rubric import Marks, score_of
from karnameh.campaigns.rules.meters import Cell
from karnameh.kernel.text import compact_form
from karnameh.org.public import OrgUnit, is_under, under

UNJUDGED = 50  # the score of an accepted proposal without a complete opinion


@dataclass(frozen=True)
class Problem:
    """An instance with what it was made of."""

    instance: planner.Instance
    activities: dict[str, Activity]


def problem_of(version: Version) -> Problem:
    """The problem of a draft: what is in it and what else is accepted; what is pinned stays."""
    package = version.package
    lines = list(version.lines.select_related("venue", "team"))
    activities = _activities(version, lines)
    counties = _Counties(package.unit, activities)
    venues = list(
        Venue.objects.filter(under(package.unit.path, "unit__path"), closed_on=None).select_related(
            "unit"
        )
    )
    people = list(
        Resource.objects.filter(
            under(package.unit.path, "unit__path"), closed_on=None
        ).select_related("unit")
    )
    days = list(package.campaign.period.days())
    offer = _Offer(venues, people, counties)
    scores = _scores(activities)
    parts: dict[int, int] = defaultdict(lambda: 1)
    for line in lines:
        parts[line.activity_id] = max(parts[line.activity_id], line.part + 1)
    return Problem(
        planner.Instance(
            days=tuple(
                planner.Day(day.isoformat(), themes=themes)
                for day, themes in _themes(version, days)
            ),
            slots=tuple(planner.Slot(one.value) for one in Slot),
            provinces=(planner.Province("P"),),
            counties=tuple(
                planner.County(key, "P", name, fair_share=counties.fair(len(activities)))
                for key, name in counties.named()
            ),
            units=tuple(
                planner.Unit(str(pk), counties.of(path), per_day=_cap(version, path))
                for pk, path in {one.lead_unit_id: one.lead_unit.path for one in activities}.items()
            ),
            venues=tuple(
                planner.Venue(
                    str(one.pk),
                    counties.of(one.unit.path),
                    one.name_fa,
                    one.seats,
                    one.halls,
                    closed,
                )
                for one, closed in _closed(venues, days)
            ),
            people=tuple(
                planner.Person(str(one.pk), one.kind, one.label, counties.of(one.unit.path))
                for one in people
            ),
            proposals=tuple(
                _proposal(one, days, counties, offer, scores.get(one.pk, UNJUDGED), parts[one.pk])
                for one in activities
            ),
            rules=tuple(_rules(version, activities, counties)),
            pins=tuple(_pins(lines)),
            name=f"{package.campaign.code}/{package.unit.code}",
        ),
        {str(one.pk): one for one in activities},
    )


def _activities(version: Version, lines: Sequence[Line]) -> list[Activity]:
    ids = {one.activity_id for one in lines} | set(candidates(version).values_list("pk", flat=True))
    return list(
        Activity.objects.filter(pk__in=ids)
        .select_related("lead_unit", "theme", "profession")
        .prefetch_related(
            "wishes",
            "needs",
            Prefetch("audiences", AudienceShare.objects.select_related("audience")),
        )
        .order_by("pk")
    )


class _Counties:
    """The node right above each unit that counts as its county: a county, or what stands in its place."""

    def __init__(self, scope: OrgUnit, activities: Sequence[Activity]) -> None:
        self.scope = scope
        rows = OrgUnit.objects.filter(parent=scope, closed_on=None).order_by("sort_key")
        self.paths = {one.path: (str(one.pk), one.name_fa) for one in rows}
        self.home = (str(scope.pk), scope.name_fa)

    def of(self, path: str) -> str:
        depth = len(self.scope.line) + 1
        parts = path.strip("/").split("/")
        return self.paths.get(f"/{'/'.join(parts[:depth])}/", self.home)[0]

    def named(self) -> list[tuple[str, str]]:
        return [*self.paths.values(), self.home]

    def fair(self, activities: int) -> int:
        """An even share of half of the proposals: beyond it, score alone decides."""
        return max(1, activities // (2 * max(1, len(self.paths))))


def _themes(version: Version, days: Iterable[date]) -> list[tuple[date, tuple[str, ...]]]:
    of_day = dict(
        version.package.campaign.days.filter(theme__isnull=False).values_list("on", "theme__code")
    )
    return [(day, (of_day[day],) if day in of_day else ()) for day in days]


def _closed(
    venues: Sequence[Venue], days: Sequence[date]
) -> list[tuple[Venue, tuple[planner.Window, ...]]]:
    """When each venue is closed; one without open slots is always open."""
    opened: dict[int, set[tuple[date, str]]] = defaultdict(set)
    for venue, on, slot in OpenSlot.objects.filter(venue__in=venues).values_list(
        "venue", "on", "slot"
    ):
        opened[venue].add((on, slot))
    return [
        (
            one,
            tuple(
                planner.Window(day.isoformat(), slot.value)
                for day in days
                for slot in Slot
                if one.pk in opened and (day, slot.value) not in opened[one.pk]
            ),
        )
        for one in venues
    ]


class _Offer:
    """Who and what can be given: teams of a county by what they are for, offices by their name."""

    def __init__(
        self, venues: Sequence[Venue], people: Sequence[Resource], counties: _Counties
    ) -> None:
        self.venues = {one.pk for one in venues}
        self.teams: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.offices: dict[str, list[str]] = defaultdict(list)
        for one in people:
            label = compact_form(one.label)
            if one.kind == "team":
                for key in ((counties.of(one.unit.path), label), (counties.of(one.unit.path), "")):
                    self.teams[key].append(str(one.pk))
            else:
                self.offices[label].append(str(one.pk))

    def team(self, county: str, need: Need) -> tuple[str, ...]:
        label = compact_form(need.label)
        found = self.teams.get((county, label)) or self.teams.get((county, "")) or []
        return tuple(found[:8])

    def office(self, need: Need) -> str | None:
        found = self.offices.get(compact_form(need.label))
        return found[0] if found else None


def _proposal(
    one: Activity, days: Sequence[date], counties: _Counties, offer: _Offer, score: int, parts: int
) -> planner.Proposal:
    county = counties.of(one.lead_unit.path)
    wishes = [wish for wish in one.wishes.all() if wish.on in days]
    window = [day.isoformat() for day in days if one.starts_on <= day <= one.ends_on]
    needs = list(one.needs.all())
    teams = next((offer.team(county, need) for need in needs if need.kind == NeedKind.TEAM), ())
    offices = [
        offer.office(need) for need in needs if need.kind in (NeedKind.SPEAKER, NeedKind.OFFICIAL)
    ]
    slots = {wish.slot for wish in wishes if wish.slot}
    part = planner.Part(
        days=tuple(window or [day.isoformat() for day in days]),
        slots=tuple(sorted(slots))
        if slots and len({wish.slot for wish in wishes}) == len(slots)
        else (),
        venues=(str(one.venue_id),) if one.venue_id in offer.venues else (),
        teams=teams,
        needs=tuple(dict.fromkeys(office for office in offices if office)),
        attendance=one.expected_attendance or 0,
    )
    return planner.Proposal(
        id=str(one.pk),
        county=county,
        unit=str(one.lead_unit_id),
        name=one.name_fa,
        theme=one.theme.code,
        kind=one.kind,
        tier=one.tier,
        profession=one.profession.code if one.profession else None,
        score=float(score),
        cost=one.budget_rial or 0,
        wishes=tuple(dict.fromkeys(w.on.isoformat() for w in wishes)),
        audience={
            s.audience.code: (100 if s.percent is None else s.percent) / 100
            for s in one.audiences.all()
        },
        parts=(part,) * parts,
        different_days=parts > 1,
    )


def _scores(activities: Sequence[Activity]) -> dict[int, int]:
    marks: dict[int, list[Marks]] = defaultdict(list)
    for opinion in Opinion.objects.filter(activity__in=activities):
        marks[opinion.activity_id].append(marks_of(opinion))
    return {pk: score for pk, several in marks.items() if (score := score_of(several)) is not None}


# --- rules ----------------------------------------------------------------------------------------------


def _in_force(version: Version) -> list[Rule]:
    """Hard rules of the scope, those beneath it, and those above that can be asked of a part."""
    unit = version.package.unit
    rows = Rule.objects.filter(
        Q(unit__in=unit.line) | under(unit.path, "unit__path"),
        campaign=version.package.campaign,
        valid_until=None,
        hard=True,
    ).select_related("unit")
    divides = ("audience_share", "county_minimum", "unit_day_cap")
    return [one for one in rows if is_under(one.unit.path, unit.path) or one.kind in divides]


def _cap(version: Version, path: str) -> int | None:
    """The least cap of a unit and day over the unit at `path`."""
    rules = _kept(version)
    caps = [
        one.parameters["number"]
        for one in rules
        if one.kind == "unit_day_cap" and is_under(path, one.unit.path)
    ]
    return min(caps) if caps else None


def _kept(version: Version) -> list[Rule]:
    kept: list[Rule] | None = getattr(version, "_rules_in_force", None)
    if kept is None:
        kept = _in_force(version)
        version._rules_in_force = kept  # type: ignore[attr-defined]
    return kept


def _rules(
    version: Version, activities: Sequence[Activity], counties: _Counties
) -> Iterable[planner.Rule]:
    """The site's rules in the planner's words, thing by thing: what stands already counts towards them.

    A floor that the proposals cannot reach is lowered to what they can, so that the best plan is found;
    the meters still show that it is not kept. Caps of units are limits of the units themselves. A share is
    kept within the plan itself.
    """
    scope = version.package.unit
    ground = _around(version, [one.pk for one in activities])
    for one in meters(ground, wanted_in(_kept(version), scope)):
        rule, asked = one.rule, one.rule.parameters
        where = _where(rule, scope)
        if where is None or rule.kind == "unit_day_cap":
            continue
        if rule.kind == "audience_share":
            yield planner.Rule(
                str(rule.pk),
                "share",
                rule.name_fa,
                planner.Filter(**where, audience={asked["audience"]: 0.5}),
                planner.Filter(**where),
                least=asked["percent"] / 100,
            )
            continue
        for cell in one.meter.cells:
            made = _of_cell(rule, one.meter.bound, cell, where, counties, len(activities))
            if made is not None:
                yield made


def _around(version: Version, mine: list[int]) -> Ground:
    """What stands beside the proposals that are planned; these are all pending still."""
    return Ground(
        version.package.campaign,
        "h.activity_id IS NULL",
        "(h.activity_id IS NOT NULL OR a.state = ANY(%(fixed)s))",
        {"mine": mine, "fixed": FIXED},
        held="SELECT unnest(%(mine)s::bigint[]) AS activity_id",
    )


def _where(rule: Rule, scope: OrgUnit) -> dict[str, Any] | None:
    """The part of the scope that a rule speaks of; None where it lies deeper than the planner sees."""
    if rule.unit.path == scope.path or not is_under(rule.unit.path, scope.path):
        return {}
    return {"counties": (str(rule.unit_id),)} if rule.unit.parent_id == scope.pk else None


def _of_cell(
    rule: Rule, bound: str, cell: Cell, where: dict[str, Any], counties: _Counties, proposals: int
) -> planner.Rule | None:
    narrowed = dict(where)
    match rule.kind:
        case "flagships":
            narrowed |= {"tiers": ("flagship",), "professions": (cell.key,)}
        case "tier_count":
            narrowed |= {"tiers": (rule.parameters["tier"],)}
        case "theme_minimum":
            narrowed |= {"themes": (cell.key,)}
        case "day_minimum":
            narrowed |= {"days": (cell.key,)}
        case "county_minimum":
            if cell.key not in {key for key, _name in counties.named()}:
                return None
            narrowed = {"counties": (cell.key,)}
    there = proposals if rule.kind == "day_minimum" else cell.hope - cell.have
    rest = max(0, cell.need - cell.have)
    least = min(rest, there) if bound in ("at_least", "exactly") and rule.kind != "budget" else None
    most = rest if bound in ("at_most", "exactly") else None
    if not least and most is None:
        return None
    return planner.Rule(
        f"{rule.pk}:{cell.key}",
        "count",
        rule.name_fa,
        planner.Filter(**narrowed),
        measure="cost" if rule.kind == "budget" else "activities",
        least=least,
        most=most,
    )


def _pins(lines: Sequence[Line]) -> Iterable[planner.Pin]:
    for one in lines:
        if one.pinned and one.on is not None:
            yield planner.Pin(
                str(one.activity_id),
                part=one.part,
                day=one.on.isoformat(),
                slot=one.slot,
                venue=str(one.venue_id)
                if one.venue_id and one.venue_id == one.activity.venue_id
                else None,
            )


# --- and back ---------------------------------------------------------------------------------------------


def plan_of(version: Version) -> planner.Plan:
    """The draft's calendar as a plan, for planning again."""
    lines = version.lines.filter(on__isnull=False)
    return planner.Plan(
        status="good",
        placements=tuple(
            planner.Placement(
                str(one.activity_id),
                one.on.isoformat(),
                one.slot,
                str(one.venue_id) if one.venue_id else None,
                str(one.team_id) if one.team_id else None,
                one.part,
            )
            for one in lines
            if one.on is not None
        ),
    )


def lines_from(version: Version, plan: planner.Plan, pinned: set[tuple[int, int]]) -> list[Line]:
    """The lines that a plan makes of a draft; pins stay pins."""
    return [
        Line(
            version=version,
            activity_id=int(one.proposal),
            part=one.part,
            on=date.fromisoformat(one.day),
            slot=one.slot,
            venue_id=int(one.venue) if one.venue else None,
            team_id=int(one.team) if one.team else None,
            pinned=(int(one.proposal), one.part) in pinned,
        )
        for one in plan.placements
    ]
