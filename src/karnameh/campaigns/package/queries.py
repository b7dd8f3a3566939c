"""Reads of packages: who sees them, what they hold, what may still come in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum

from karnameh.access.public import Role, may, units_where
from karnameh.activities.public import STANDING, Activity, Campaign, Expectation, State
from karnameh.campaigns.clashes import Booking, Held, Holder
from karnameh.campaigns.package.crowding import AT_ONCE, HOURS
from karnameh.campaigns.package.models import Line, Package, Part, Pledge, Version, VersionState
from karnameh.campaigns.queries.metering import Ground, Metered, meters, rules_of, wanted_in
from karnameh.org.public import OrgUnit, UnitKind, is_under, under, under_any
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach, no_role

SCOPES = (UnitKind.NATIONAL, UnitKind.PROVINCE, UnitKind.COUNTY)
FIXED = [
    one for one in STANDING if one != State.ACCEPTED
]  # it is packaged, planned or done already


# --- who sees what -------------------------------------------------------------------------------------


def may_plan(user: User, unit: OrgUnit) -> bool:
    """Whether `user` draws up packages of `unit`."""
    return may(user, Role.PLANNER, unit)


def whole_paths(user: User) -> list[str]:
    """What the reader's grants open to him as a whole: a package speaks of all themes at once."""
    return [one.path for one in units_where(user).stretches if one.theme is None]


def packages_for(user: User, campaign: Campaign) -> QuerySet[Package]:
    """Packages of units in the reader's reach, higher units first."""
    return (
        Package.objects.filter(under_any(whole_paths(user), "unit__path"), campaign=campaign)
        .select_related("unit", "campaign")
        .order_by("unit__line__len", "unit__sort_key")
    )


def campaigns_with_packages(user: User) -> QuerySet[Campaign]:
    """The campaigns of which the reader sees a package."""
    mine = Package.objects.filter(under_any(whole_paths(user), "unit__path"))
    return Campaign.objects.filter(pk__in=mine.values("campaign"))


def planning_units(user: User, campaign: Campaign) -> list[OrgUnit]:
    """The units of a scope for which the reader may plan and has no package yet."""
    have = Package.objects.filter(campaign=campaign).values("unit")
    rows = OrgUnit.objects.filter(
        under_any(units_where(user, Role.PLANNER).paths), kind__in=SCOPES, closed_on=None
    ).exclude(pk__in=have)
    return list(rows.order_by("line__len", "sort_key")[:600])


def reach_package(user: User, pk: int) -> Package:
    """The package, if the reader may see it; otherwise it does not exist (404)."""
    found = Package.objects.select_related("unit", "campaign").filter(pk=pk).first()
    if found is None or not any(is_under(found.unit.path, one) for one in whole_paths(user)):
        raise OutOfReach
    return found


def reach_version(user: User, pk: UUID) -> Version:
    """A version: frozen ones for all who see the package, drafts for its planners."""
    found = (
        Version.objects.select_related("package__unit", "package__campaign", "basis", "made_by")
        .defer("content", "basis__content")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise OutOfReach
    reach_package(user, found.package_id)
    if found.state != VersionState.FROZEN and not may_plan(user, found.package.unit):
        raise no_role()
    return found


def latest_frozen(campaign: Campaign) -> QuerySet[Version]:
    """The version in force of every package: its highest number."""
    newest = (
        Version.objects.filter(package=OuterRef("package"), number__isnull=False)
        .order_by("-number")
        .values("pk")[:1]
    )
    return Version.objects.filter(
        package__campaign=campaign, state=VersionState.FROZEN, pk=Subquery(newest)
    ).select_related("package__unit")


def in_force(package: Package) -> Version | None:
    """The version of this package that counts."""
    return package.versions.filter(state=VersionState.FROZEN).order_by("-number").first()


def first_calendar(user: User, campaign: Campaign) -> UUID | None:
    """The version whose calendar the reader looks at first: of his highest package in force or being drawn up.

    Three questions, however many packages there are.
    """
    packages = list(packages_for(user, campaign))
    force = {one.package_id: one.pk for one in latest_frozen(campaign)}
    drafts = dict(
        Version.objects.filter(package__in=packages, state=VersionState.DRAFT)
        .order_by("made_at", "pk")
        .values_list("package", "pk")
    )  # of several the newest one
    plans = units_where(user, Role.PLANNER)
    for one in packages:
        draft = drafts.get(one.pk) if plans.themes_at(one.unit.path) is None else None
        if found := force.get(one.pk) or draft:
            return found
    return None


@dataclass(frozen=True)
class Standing:
    """A package in a list."""

    package: Package
    version: Version | None
    activities: int
    drafts: int
    candidates: int


def standings(user: User, campaign: Campaign) -> list[Standing]:
    """Every package in reach with its state, for the same number of questions whatever their number."""
    packages = list(packages_for(user, campaign))
    versions = {one.package_id: one for one in latest_frozen(campaign)}
    lines = _counted(
        Line.objects.filter(version__in=[one.pk for one in versions.values()]), "version__package"
    )
    drafts = _counted(
        Version.objects.filter(package__in=packages, state=VersionState.DRAFT), "package", "pk"
    )
    accepted = _accepted_beneath(campaign, [one.unit_id for one in packages])
    return [
        Standing(
            one, versions.get(one.pk), lines.get(one.pk, 0), drafts.get(one.pk, 0), accepted.get(one.unit_id, 0)
        )
        for one in packages
    ]  # fmt: skip


def _accepted_beneath(campaign: Campaign, units: Sequence[int]) -> dict[int, int]:
    """How many accepted activities stand in no package yet, beneath each of these units."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT node, sum(many)::int FROM (
                SELECT unnest(u.line) AS node, a.many FROM org_orgunit u JOIN (
                    SELECT lead_unit_id, count(*) AS many FROM activities_activity
                     WHERE campaign_id = %s AND state = %s GROUP BY lead_unit_id) a ON a.lead_unit_id = u.id
            ) above WHERE node = ANY(%s) GROUP BY node
            """,
            [campaign.pk, State.ACCEPTED, list(units)],
        )
        return dict(cursor.fetchall())


def _counted(rows: QuerySet[Any], by: str, what: str = "activity") -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(Count(what, distinct=True)))


# --- what a version holds --------------------------------------------------------------------------------


def shown_lines(versions: Iterable[UUID]) -> QuerySet[Line]:
    """The lines of these versions with all that a board shows, in order of code."""
    return (
        Line.objects.filter(version__in=list(versions))
        .select_related(
            "activity__lead_unit",
            "activity__theme",
            "activity__place",
            "activity__venue",
            "venue__place",
            "team",
            "version__package__campaign",
        )
        .order_by("activity__code", "part")
    )


def lines_of(version: Version) -> list[Line]:
    """Every line of a version: for what is done with all of them, such as freezing."""
    return list(shown_lines([version.pk]))


def versions_in(version: Version) -> list[UUID]:
    """A version and all that are in it."""
    return [version.pk, *(one.pk for one in beneath(version))]


def beneath(version: Version) -> list[Version]:
    """The frozen packages in it, and those in them."""
    found: dict[UUID, Version] = {}
    layer = [version.pk]
    while layer:
        rows = (
            Part.objects.filter(version__in=layer)
            .select_related("part__package__unit")
            .defer("part__content")
        )
        layer = []
        for row in rows:
            if row.part_id not in found:
                found[row.part_id] = row.part
                layer.append(row.part_id)
    return list(found.values())


def activities_in(version: Version) -> QuerySet[Activity]:
    """Every activity of a version, its own and those of the packages beneath."""
    held = Line.objects.filter(version__in=versions_in(version))
    return Activity.objects.filter(pk__in=held.values("activity"))


def next_number(package: Package) -> int:
    """The number that the next frozen version gets."""
    last = package.versions.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def candidates(version: Version) -> QuerySet[Activity]:
    """Accepted activities of the scope that stand in no package yet, nor in this draft."""
    here = version.lines.values("activity")
    return (
        Activity.objects.filter(
            under(version.package.unit.path, "lead_unit__path"), campaign=version.package.campaign,
            state=State.ACCEPTED,
        )
        .exclude(pk__in=here)
        .select_related("lead_unit", "theme", "place")
    )  # fmt: skip


def packages_beneath(version: Version) -> list[tuple[Version, bool, Version | None]]:
    """Frozen packages that can go in: `(newest, is it in, an older one that is in)`."""
    unit = version.package.unit
    inside = version.parts.select_related("part").defer("part__content")
    mine = {row.part.package_id: row.part for row in inside}
    rows = [
        one
        for one in latest_frozen(version.package.campaign).filter(
            under(unit.path, "package__unit__path")
        )
        if one.package_id != version.package_id and one.package.unit.parent_id == unit.pk
    ]
    return [
        (
            one,
            mine.get(one.package_id) == one,
            old if (old := mine.get(one.package_id)) != one else None,
        )
        for one in sorted(rows, key=lambda one: one.package.unit.sort_key)
    ]


@dataclass(frozen=True)
class Sums:
    """What a version comes to, its own activities and those of the packages beneath."""

    activities: int
    scheduled: int
    units: int
    budget: int
    attendance: int


def sums_of(version: Version) -> Sums:
    """In three questions."""
    everything = activities_in(version)
    found = everything.aggregate(
        many=Count("pk"), units=Count("lead_unit", distinct=True), budget=Sum("budget_rial"),
        guests=Sum("expected_attendance"),
    )  # fmt: skip
    scheduled = (
        Line.objects.filter(version__in=versions_in(version), on__isnull=False)
        .values("activity")
        .distinct()
        .count()
    )
    return Sums(
        found["many"], scheduled, found["units"], found["budget"] or 0, found["guests"] or 0
    )


def promised_by(version: Version) -> dict[int, Any]:
    """What the activities expect together: indicator → sum of the known quantities."""
    rows = Expectation.objects.filter(
        activity__in=activities_in(version).values("pk"), dimensions=1
    )
    return dict(rows.order_by().values_list("indicator").annotate(Sum("quantity")))


# --- rules -------------------------------------------------------------------------------------------------

_HELD = "SELECT DISTINCT l.activity_id FROM campaigns_line l WHERE l.version_id = ANY(%(versions)s)"
_DATED = """
    SELECT l.activity_id, l."on" FROM campaigns_line l
     WHERE l.version_id = ANY(%(versions)s) AND l."on" IS NOT NULL GROUP BY l.activity_id, l."on" """


def ground_of(version: Version) -> Ground:
    """What a version would make of the plan: what is in it or fixed beside it stands, what is free may come in."""
    return Ground(
        version.package.campaign,
        "h.activity_id IS NOT NULL OR a.state = ANY(%(fixed)s)",
        "(h.activity_id IS NOT NULL OR a.state = ANY(%(open)s))",
        {
            "versions": versions_in(version), "fixed": FIXED,
            "open": FIXED if version.frozen else [*FIXED, State.ACCEPTED],
        },
        held=_HELD, dated=_DATED,
    )  # fmt: skip


def meters_of(version: Version) -> list[Metered]:
    """The rules over what a version holds; what is accepted beside it could still come in."""
    return meters(
        ground_of(version), wanted_in(rules_of(version.package.campaign), version.package.unit)
    )


# --- clashes -------------------------------------------------------------------------------------------


def booking_of(line: Line) -> Booking | None:
    """A line as the clash rules see it; None while it has no day."""
    if line.on is None:
        return None
    holds: list[Held] = []
    if line.venue_id:
        holds.append((Holder.VENUE, line.venue_id))
    if line.team_id and line.team:
        kind = {"team": Holder.TEAM, "speaker": Holder.SPEAKER, "official": Holder.OFFICIAL}
        holds.append((kind[line.team.kind], line.team_id))
    if line.activity.lead_unit.kind == UnitKind.LOCAL:
        holds.append((Holder.UNIT, line.activity.lead_unit_id))
    starts, ends = HOURS[line.slot]
    return Booking(line.pk or 0, line.on, starts, ends, tuple(holds))


def capacities(lines: Iterable[Line]) -> dict[Held, int]:
    """How many at once: the halls of a venue, two for a local unit, one for anybody else."""
    found: dict[Held, int] = {}
    for line in lines:
        if line.venue:
            found[Holder.VENUE, line.venue_id or 0] = line.venue.halls
        found[Holder.UNIT, line.activity.lead_unit_id] = AT_ONCE
    return found


# --- pledges ---------------------------------------------------------------------------------------------


def standing_pledges(activities: Iterable[int]) -> list[Pledge]:
    """The promises that freezing wrote for these activities and that stand."""
    return list(Pledge.objects.filter(activity__in=list(activities), withdrawn_in=None))


def days_of(campaign: Campaign) -> list[date]:
    """The campaign's days."""
    return list(campaign.period.days())


def signed_for(version: Version, seal: str) -> list[Any]:
    """The signatures that stand for exactly this content."""
    return list(version.signatures.filter(seal=seal).select_related("by"))


def open_drafts(package: Package) -> QuerySet[Version]:
    """The what-if drafts that are being worked on."""
    return package.versions.filter(state=VersionState.DRAFT).select_related("made_by")


def holders(activities: Iterable[int]) -> dict[int, str]:
    """Which of these activities stand in a package in force, and in whose."""
    rows = Line.objects.filter(
        Q(version__state=VersionState.FROZEN), activity__in=list(activities)
    ).values_list("activity", "version__package__unit__name_fa")
    return dict(rows)
