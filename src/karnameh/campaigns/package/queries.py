"""Reads of packages: who sees them, what they hold, what may still come in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum

from karnameh.access.public import Role, may, units_where
from karnameh.activities.public import STANDING, Activity, Campaign, Expectation, Slot, State
from karnameh.campaigns import contents
from karnameh.campaigns.clashes import Booking, Clash, Held, Holder, clashes
from karnameh.campaigns.package.models import Line, Package, Part, Pledge, Version, VersionState
from karnameh.org.public import OrgUnit, UnitKind, is_under, under, under_any
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach, no_role

# Minutes of the day that a slot takes.
HOURS: dict[str, tuple[int, int]] = {
    Slot.MORNING: (8 * 60, 12 * 60), Slot.AFTERNOON: (13 * 60, 17 * 60), Slot.EVENING: (18 * 60, 21 * 60),
}  # fmt: skip
SCOPES = (UnitKind.NATIONAL, UnitKind.PROVINCE, UnitKind.COUNTY)


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
    accepted = list(
        Activity.objects.filter(campaign=campaign, state=State.ACCEPTED)
        .order_by()
        .values_list("lead_unit__path")
        .annotate(Count("pk"))
    )
    return [
        Standing(
            one, versions.get(one.pk), lines.get(one.pk, 0), drafts.get(one.pk, 0),
            sum(many for path, many in accepted if is_under(path, one.unit.path)),
        )
        for one in packages
    ]  # fmt: skip


def _counted(rows: QuerySet[Any], by: str, what: str = "activity") -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(Count(what, distinct=True)))


# --- what a version holds --------------------------------------------------------------------------------


def lines_of(version: Version) -> list[Line]:
    """The lines with all that a board shows, in order of code."""
    return list(
        version.lines.select_related(
            "activity__lead_unit",
            "activity__theme",
            "activity__place",
            "activity__venue",
            "venue__place",
            "team",
            "version__package__campaign",
        ).order_by("activity__code", "part")
    )


def beneath(version: Version) -> list[Version]:
    """The frozen packages in it, and those in them."""
    found: dict[UUID, Version] = {}
    layer = [version.pk]
    while layer:
        rows = Part.objects.filter(version__in=layer).select_related("part__package__unit")
        layer = []
        for row in rows:
            if row.part_id not in found:
                found[row.part_id] = row.part
                layer.append(row.part_id)
    return list(found.values())


def activities_in(version: Version) -> QuerySet[Activity]:
    """Every activity of a version, its own and those of the packages beneath."""
    versions = [version.pk, *(one.pk for one in beneath(version))]
    return Activity.objects.filter(
        pk__in=Line.objects.filter(version__in=versions).values("activity")
    )


def content_lines(version: Version) -> list[contents.Line]:
    """The lines as they are sealed."""
    lines = lines_of(version)
    expects: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Expectation.objects.filter(activity__in={one.activity_id for one in lines})
    for activity, code, quantity, dimensions in rows.order_by("pk").values_list(
        "activity", "indicator__code", "quantity", "dimensions"
    ):
        label = code if dimensions == 1 else f"{code}#{dimensions}"
        expects[activity].append(
            (label, "" if quantity is None else contents.quantity_text(quantity))
        )
    return [
        contents.Line(
            activity=one.activity_id, code=one.activity.code + (f"/{one.part}" if one.part else ""),
            name=one.activity.name_fa, unit=one.activity.lead_unit.code, theme=one.activity.theme.code,
            place=one.activity.place.code, tier=one.activity.tier, day=one.on,
            starts=HOURS[one.slot][0] if one.slot else None, ends=HOURS[one.slot][1] if one.slot else None,
            venue=one.venue.name_fa if one.venue else "",
            budget=0 if one.part else one.activity.budget_rial or 0,
            expects=() if one.part else tuple(expects[one.activity_id]),
        )
        for one in lines
    ]  # fmt: skip


def content_parts(version: Version) -> list[contents.Part]:
    """The packages beneath as they are sealed."""
    rows = version.parts.select_related("part__package__unit")
    return [
        contents.Part(row.part.package.unit.code, row.part.number or 0, row.part.seal)
        for row in rows
    ]


def next_number(package: Package) -> int:
    """The number that the next frozen version gets."""
    last = package.versions.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def content_of(version: Version) -> str:
    """The canonical form of a draft as it would be frozen now, or of a frozen version as it was."""
    if version.frozen:
        return version.content
    package = version.package
    heading = {
        "campaign": package.campaign.code, "unit": package.unit.code, "number": str(next_number(package)),
        "why": version.why,
    }  # fmt: skip
    return contents.canonical(heading, content_lines(version), content_parts(version))


def seal_now(version: Version) -> str:
    """The seal of a draft as it is at this moment: what a page shows to whoever signs."""
    return contents.seal_of(
        content_of(Version.objects.select_related("package").get(pk=version.pk))
    )


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


def standing_beside(version: Version) -> QuerySet[Activity]:
    """What stands in the scope whatever this draft holds: it is packaged, planned or done already."""
    fixed = [one for one in STANDING if one != State.ACCEPTED]
    return Activity.objects.filter(
        under(version.package.unit.path, "lead_unit__path"),
        campaign=version.package.campaign,
        state__in=fixed,
    )


def packages_beneath(version: Version) -> list[tuple[Version, bool, Version | None]]:
    """Frozen packages that can go in: `(newest, is it in, an older one that is in)`."""
    unit = version.package.unit
    mine = {row.part.package_id: row.part for row in version.parts.select_related("part")}
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
    versions = [version.pk, *(one.pk for one in beneath(version))]
    everything = activities_in(version)
    found = everything.aggregate(
        many=Count("pk"), units=Count("lead_unit", distinct=True), budget=Sum("budget_rial"),
        guests=Sum("expected_attendance"),
    )  # fmt: skip
    scheduled = (
        Line.objects.filter(version__in=versions, on__isnull=False)
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
    return Booking(line.pk, line.on, starts, ends, tuple(holds))


def capacities(lines: Iterable[Line]) -> dict[Held, int]:
    """How many at once: the halls of a venue, two for a local unit, one for anybody else."""
    found: dict[Held, int] = {}
    for line in lines:
        if line.venue:
            found[Holder.VENUE, line.venue_id or 0] = line.venue.halls
        found[Holder.UNIT, line.activity.lead_unit_id] = 2
    return found


def clashes_of(lines: Sequence[Line]) -> list[Clash]:
    """Every clash among the lines of a version."""
    bookings = [booking for one in lines if (booking := booking_of(one)) is not None]
    return clashes(bookings, capacities(lines))


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
    return package.versions.filter(state=VersionState.DRAFT).select_related("made_by", "basis")


def holders(activities: Iterable[int]) -> dict[int, str]:
    """Which of these activities stand in a package in force, and in whose."""
    rows = Line.objects.filter(
        Q(version__state=VersionState.FROZEN), activity__in=list(activities)
    ).values_list("activity", "version__package__unit__name_fa")
    return dict(rows)
