"""What planners do with packages: draw up drafts, place their activities, sign; the second signature freezes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Role, require
from karnameh.activities.public import (
    Activity,
    Campaign,
    Resource,
    Slot,
    Venue,
)
from karnameh.campaigns.contents import seal_of
from karnameh.campaigns.package.crowding import crowded
from karnameh.campaigns.package.freezing import freeze
from karnameh.campaigns.package.models import (
    Line,
    Package,
    Part,
    Signature,
    Version,
    VersionState,
)
from karnameh.campaigns.package.queries import (
    candidates,
    in_force,
    next_number,
)
from karnameh.campaigns.package.sealing import content_of
from karnameh.kernel.ids import new_id
from karnameh.kernel.text import clean
from karnameh.org.public import OrgUnit, is_under
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES, refusing_when_held
from karnameh.plumbing.public import Refusal, deed

MOST_DRAFTS = 12
MOST_FROZEN = 10_000  # activities of a package's own: more of them go in by the packages beneath
MOST_OCCURRENCES = 60  # of one activity: a course of the whole week, morning and evening
SIGNATURES = 2
PATIENCE = "4s"  # for whoever signs while a large package is being frozen

CONSTRAINT_SENTENCES.update(
    {
        "frozen_package_never_changes": gettext_lazy(
            "This package is frozen. Draw up an amendment instead; it becomes the next version."
        ),
        "package_signed_by_two_officers": gettext_lazy("A package is frozen with the signatures of two officers."),
        "package_numbers_follow": gettext_lazy("Somebody has just frozen another version. Look at it first."),
        "version_number_once": gettext_lazy("Somebody has just frozen another version. Look at it first."),
        "package_counts_each_activity_once": gettext_lazy(
            "An activity stands in this draft and in one of the packages that go into it. Take it out of one of them."
        ),
        "only_frozen_packages_go_in": gettext_lazy("Only a frozen package can go into another one."),
        "signature_once_an_account": gettext_lazy("You have signed this already. A second officer signs, too."),
        "only_a_draft_is_signed": gettext_lazy("This version is no draft any more."),
        "pledged_once": gettext_lazy("Somebody has just frozen one of these activities in another package."),
        "line_once_a_part_of_a_day": gettext_lazy(
            "It happens in this part of the day already. Choose another one."
        ),
        "package_once_a_scope": gettext_lazy("This unit has its package already."),
        "occurrence_hall_once_a_slot": gettext_lazy(
            "A venue was given to somebody else meanwhile. Look at the calendar again."
        ),
    }
)  # fmt: skip


# --- drafts ----------------------------------------------------------------------------------------------


def open_package(campaign: Campaign, unit: OrgUnit, *, by: User, at: datetime) -> Package:
    """Begin the one package of a unit."""
    require(by, Role.PLANNER, unit)
    with deed("open_package", by=by, at=at, target=f"unit:{unit.pk}"):
        return Package.objects.create(campaign=campaign, unit=unit)


def draw_up(
    package: Package, *, name: str, by: User, at: datetime, basis: Version | None = None, why: str = "",
    identifier: UUID | None = None,
) -> Version:  # fmt: skip
    """A new draft: empty, or with everything that another version holds.

    `identifier` is for whoever must know the draft's id beforehand; promises are numbered by it.
    """
    require(by, Role.PLANNER, package.unit)
    if not clean(name):
        raise Refusal(
            _("Give the draft a name, so that it can be told from the others."), field="name"
        )
    if basis is not None and basis.package_id != package.pk:
        raise Refusal(_("A draft can only be drawn from a version of the same package."))
    with deed("draw_up_package", by=by, at=at, target=f"package:{package.pk}"):
        Package.objects.select_for_update().get(pk=package.pk)
        if package.versions.filter(state=VersionState.DRAFT).count() >= MOST_DRAFTS:
            raise Refusal(_("Twelve drafts are enough. Set one aside first."), status=409)
        made = Version.objects.create(
            id=identifier or new_id(),
            package=package,
            name=clean(name)[:80],
            basis=basis,
            why=clean(why)[:300],
            made_by=by,
            made_at=at,
        )
        if basis is not None:
            Line.objects.bulk_create(
                Line(
                    version=made, activity_id=one.activity_id, part=one.part, on=one.on, slot=one.slot,
                    venue_id=one.venue_id, team_id=one.team_id, pinned=one.pinned,
                )
                for one in basis.lines.all()
            )  # fmt: skip
            Part.objects.bulk_create(
                Part(version=made, part_id=one.part_id) for one in basis.parts.all()
            )
    return made


def say_why(version: Version, *, why: str, by: User, at: datetime) -> None:
    """Write why a package is amended."""
    with deed("explain_amendment", by=by, at=at, target=f"version:{version.pk}"):
        version = locked(version, by)
        version.why = clean(why)[:300]
        version.save(update_fields=["why"])


def set_aside(version: Version, *, by: User, at: datetime) -> None:
    """Put a draft away. It stays on record."""
    with deed("set_draft_aside", by=by, at=at, target=f"version:{version.pk}"):
        version = locked(version, by)
        version.state = VersionState.DROPPED
        version.save(update_fields=["state"])


def take_in(version: Version, activities: Iterable[int], *, by: User, at: datetime) -> int:
    """Put accepted activities into a draft; how many came in. Those that cannot are left out."""
    with deed("take_into_draft", by=by, at=at, target=f"version:{version.pk}"):
        version = locked(version, by)
        wanted = list(candidates(version).filter(pk__in=list(activities)))
        again = _returning(version, activities)
        made = Line.objects.bulk_create(
            Line(version=version, activity=one) for one in (*wanted, *again)
        )
        _changed(version)
    return len(made)


def take_all(version: Version, *, by: User, at: datetime) -> int:
    """Put everything that is accepted and still free into a draft."""
    return take_in(version, candidates(version).values_list("pk", flat=True), by=by, at=at)


def leave_out(version: Version, activities: Iterable[int], *, by: User, at: datetime) -> int:
    """Take activities out of a draft; they stay accepted."""
    with deed("leave_out_of_draft", by=by, at=at, target=f"version:{version.pk}"):
        version = locked(version, by)
        gone = (
            version.lines.filter(activity__in=list(activities))
            .values("activity")
            .distinct()
            .count()
        )
        version.lines.filter(activity__in=list(activities)).delete()
        _changed(version)
    return gone


def take_packages(version: Version, parts: Iterable[Version], *, by: User, at: datetime) -> None:
    """Put frozen packages of the units beneath into a draft; an older version of the same one makes way."""
    with deed("take_packages_in", by=by, at=at, target=f"version:{version.pk}"):
        version = locked(version, by)
        for part in parts:
            if part.package.unit.parent_id != version.package.unit_id or not part.frozen:
                raise Refusal(_("Only frozen packages of the units right beneath can go in."))
            version.parts.filter(part__package=part.package_id).delete()
            Part.objects.create(version=version, part=part)
            inside = Line.objects.filter(version=part).values("activity")
            version.lines.filter(
                activity__in=inside
            ).delete()  # it counts in the package of its county
        _changed(version)


def leave_package_out(version: Version, part: Version, *, by: User, at: datetime) -> None:
    """Take a package of a unit beneath out of a draft."""
    with deed("leave_package_out", by=by, at=at, target=f"version:{version.pk}"):
        version = locked(version, by)
        version.parts.filter(part=part).delete()
        _changed(version)


@dataclass(frozen=True)
class Spot:
    """Where a line is put. Without a day it goes back to those that wait for one."""

    on: date | None = None
    slot: str = ""
    venue: Venue | None = None
    team: Resource | None = None


def place_line(line: Line, spot: Spot, *, by: User, at: datetime) -> Line:
    """Put one occurrence on a day, into a slot, a venue. A clash is shown, not refused: it is a draft."""
    _require_spot(line, spot)
    with deed("place_in_calendar", by=by, at=at, target=f"version:{line.version_id}"):
        version = locked(line.version, by)
        line = Line.objects.select_for_update(of=("self",)).get(pk=line.pk, version=version)
        _require_apart(line, spot)
        line.on, line.slot, line.venue = spot.on, spot.slot, spot.venue
        line.team = spot.team or line.team
        line.pinned = line.pinned and spot.on is not None
        line.save(update_fields=["on", "slot", "venue", "team", "pinned"])
        _changed(version)
    return line


def add_occurrence(line: Line, spot: Spot, *, by: User, at: datetime) -> Line:
    """The activity of `line` happens once more, at `spot`: a line of its own, with the next number.

    What it expects is counted once, however often it happens.
    """
    _require_spot(line, spot)
    with deed("add_occurrence", by=by, at=at, target=f"version:{line.version_id}"):
        version = locked(line.version, by)
        parts = list(
            version.lines.filter(activity=line.activity_id).order_by("part").values_list("part", flat=True)
        )  # fmt: skip
        if not parts:
            raise Refusal(_("This activity was taken out of the draft meanwhile."), status=409)
        if len(parts) >= MOST_OCCURRENCES:
            raise Refusal(
                _("It happens sixty times already. Propose the rest as an activity of its own.")
            )
        made = Line(
            version=version, activity_id=line.activity_id, part=parts[-1] + 1, on=spot.on, slot=spot.slot,
            venue=spot.venue, team=spot.team,
        )  # fmt: skip
        _require_apart(made, spot)
        made.save(force_insert=True)
        _changed(version)
    return made


def drop_occurrence(line: Line, *, by: User, at: datetime) -> None:
    """Take one of several occurrences off. The last one stays: the activity itself is left out instead."""
    with deed("drop_occurrence", by=by, at=at, target=f"version:{line.version_id}"):
        version = locked(line.version, by)
        rows = list(version.lines.filter(activity=line.activity_id).order_by("part"))
        gone = next((one for one in rows if one.pk == line.pk), None)
        if gone is None:
            raise Refusal(_("This occurrence was taken off meanwhile."), status=409)
        if len(rows) == 1:
            raise Refusal(
                _("It happens only this once. Leave the activity out of the draft instead.")
            )
        version.lines.filter(pk=gone.pk).delete()
        for number, one in enumerate(each for each in rows if each.pk != gone.pk):
            if one.part != number:
                version.lines.filter(pk=one.pk).update(part=number)
        _changed(version)


def _require_spot(line: Line, spot: Spot) -> None:
    """The day, its part and the venue can be chosen for a line of this package at all."""
    package = line.version.package
    if spot.on is not None and spot.on not in package.campaign.period:
        raise Refusal(_("This day is not in the campaign."), field="on")
    if (spot.on is None) != (spot.slot not in Slot.values):
        raise Refusal(
            _("A day needs its part of the day: morning, afternoon or evening."), field="slot"
        )
    if spot.venue is not None and not _may_use(spot.venue, package.unit):
        raise Refusal(_("This venue belongs to another province."), field="venue")


def _require_apart(line: Line, spot: Spot) -> None:
    """The occurrences of one activity lie in different parts of days."""
    if spot.on is None:
        return
    beside = Line.objects.filter(
        version=line.version_id, activity=line.activity_id, on=spot.on, slot=spot.slot
    )
    if beside.exclude(pk=line.pk).exists():
        raise Refusal(CONSTRAINT_SENTENCES["line_once_a_part_of_a_day"], field="when")


def pin_line(line: Line, *, pinned: bool, by: User, at: datetime) -> None:
    """Hold an occurrence where it is, or let the planner move it again."""
    with deed("pin_in_calendar", by=by, at=at, target=f"version:{line.version_id}"):
        version = locked(line.version, by)
        if pinned and line.on is None:
            raise Refusal(_("Give it a day first; then it can be held there."))
        version.lines.filter(pk=line.pk).update(pinned=pinned)


def _may_use(venue: Venue, unit: OrgUnit) -> bool:
    """Venues beneath the scope, and those that stand above it."""
    return is_under(venue.unit.path, unit.path) or is_under(unit.path, venue.unit.path)


def _returning(version: Version, activities: Iterable[int]) -> list[Activity]:
    """Activities of the version in force that an amendment had left out and takes in again."""
    force = in_force(version.package)
    if force is None:
        return []
    here = version.lines.values("activity")
    mine = (
        force.lines.filter(activity__in=list(activities))
        .exclude(activity__in=here)
        .values("activity")
    )
    return list(Activity.objects.filter(pk__in=mine))


def _changed(version: Version) -> None:
    version.step += 1
    version.save(update_fields=["step"])


def locked(version: Version, by: User) -> Version:
    """The draft, locked, if `by` may work on it."""
    found = (
        Version.objects.select_for_update(of=("self",))
        .select_related("package__unit", "package__campaign")
        .get(pk=version.pk)
    )
    require(by, Role.PLANNER, found.package.unit)
    if found.state == VersionState.FROZEN:
        raise Refusal(CONSTRAINT_SENTENCES["frozen_package_never_changes"], status=409)
    if found.state == VersionState.DROPPED:
        raise Refusal(_("This draft was set aside."), status=409)
    return found


# --- signing and freezing ----------------------------------------------------------------------------------


def sign(version: Version, *, seal: str, by: User, at: datetime) -> Version:
    """An officer's word for exactly what he was shown. With the second one the package is frozen.

    `seal` is that of the page he saw: when the draft has changed since, he is told and signs nothing.
    """
    with deed("sign_package", by=by, at=at, target=f"version:{version.pk}"):
        _wait_for_package(version.package_id)
        version = locked(version, by)
        content = content_of(version)
        if seal_of(content) != seal:
            raise Refusal(
                _("The draft has changed since you looked at it. Look again, then sign."),
                status=409,
            )
        _require_ready(version)
        Signature.objects.create(version=version, by=by, at=at, seal=seal)
        signers = version.signatures.filter(seal=seal).values("by").distinct().count()
        if signers >= SIGNATURES:
            freeze(version, content, by=by, at=at)
    return version


def _wait_for_package(pk: int) -> None:
    """One after the other: of two who freeze at once the second finds the first one's version."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    words = _("Somebody is freezing this package just now. Look again in a moment.")
    with refusing_when_held(words, status=409):
        Package.objects.select_for_update().get(pk=pk)


def _require_ready(version: Version) -> None:
    if not version.lines.exists() and not version.parts.exists():
        raise Refusal(_("This draft is empty. Put activities into it first."))
    if version.lines.count() > MOST_FROZEN:
        raise Refusal(
            _(
                "A package holds at most 10,000 activities of its own."
                " Freeze the packages of its provinces or counties first, and take those in."
            ),
            status=409,
        )
    if next_number(version.package) > 1 and not version.why:
        raise Refusal(_("Write why the package is amended."), field="why")
    force = in_force(version.package)
    if force is not None and version.basis_id != force.pk:
        raise Refusal(
            _("This draft was drawn from an older version. Draw one from the version in force."),
            status=409,
        )
    found = crowded([version.pk])
    if found:
        raise Refusal(
            _("%(count)s clashes are left in the calendar. Mend them first.")
            % {"count": len(found)},
            status=409,
        )
