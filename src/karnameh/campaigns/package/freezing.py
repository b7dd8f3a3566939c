"""What freezing a package writes: moves of its activities, their calendar, their promises. Once, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min, OuterRef
from django.utils.translation import gettext as _

from karnameh.activities.public import (
    Activity,
    Assignment,
    Expectation,
    Occurrence,
    OccurrenceState,
    State,
    move_activities,
)
from karnameh.campaigns.contents import pledge_id, seal_of
from karnameh.campaigns.package.models import Line, Pledge, Version, VersionState
from karnameh.campaigns.package.queries import in_force, lines_of, next_number, standing_pledges
from karnameh.catalog.public import TOTAL
from karnameh.ledger.public import (
    Entry,
    NewEntry,
    Qualifier,
    Stage,
    Verdict,
    post_entries,
    reverse_entry,
)
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal


def freeze(version: Version, content: str, *, by: User, at: datetime) -> None:
    """Make a signed draft the next version: states, calendar and promises with it, in the caller's deed."""
    with connection.cursor() as cursor:  # thousands of rows, each with the law looked at
        cursor.execute("SET LOCAL statement_timeout = '60s'")
    before = in_force(version.package)
    lines = lines_of(version)
    mine = {one.activity_id for one in lines}
    old = set(before.lines.values_list("activity", flat=True)) if before else set()
    _require_free(mine, old)
    version.state, version.number = VersionState.FROZEN, next_number(version.package)
    version.frozen_at, version.content, version.seal = at, content, seal_of(content)
    version.save(update_fields=["state", "number", "frozen_at", "content", "seal"])
    _release(old - mine, version, by=by, at=at)
    move_activities(mine - old, State.PACKAGED, by=by, at=at)
    _schedule(version, lines, by=by, at=at)
    _pledge(version, lines, by=by, at=at)


def _require_free(mine: set[int], old: set[int]) -> None:
    """Lock the activities: each is accepted, or was in this package before."""
    rows = Activity.objects.select_for_update(of=("self",)).filter(pk__in=mine | old).order_by("pk")
    taken = [
        one.code
        for one in rows.only("code", "state")
        if one.pk not in old and one.state != State.ACCEPTED
    ]
    if taken:
        raise Refusal(
            _("These activities are no longer free: %(codes)s. Take them out of the draft.")
            % {"codes": "، ".join(taken[:5])},
            status=409,
        )


def _release(gone: set[int], version: Version, *, by: User, at: datetime) -> None:
    """What an amendment leaves out is accepted again; its promises are taken back, its calendar cleared."""
    if not gone:
        return
    why = version.why or version.name
    for pledge in standing_pledges(gone):
        _withdraw(pledge, version, why, by=by, at=at)
    Occurrence.objects.filter(activity__in=gone, state=OccurrenceState.PLANNED).update(
        state=OccurrenceState.CANCELLED, cancelled_reason=why[:300]
    )
    scheduled = Activity.objects.filter(pk__in=gone, state=State.SCHEDULED).values_list(
        "pk", flat=True
    )
    move_activities(list(scheduled), State.PACKAGED, by=by, at=at)
    packaged = Activity.objects.filter(pk__in=gone, state=State.PACKAGED).values_list(
        "pk", flat=True
    )
    move_activities(list(packaged), State.ACCEPTED, by=by, at=at, note=why)


def _withdraw(pledge: Pledge, version: Version, why: str, *, by: User, at: datetime) -> None:
    pledge.withdrawn_in = version
    pledge.save(update_fields=["withdrawn_in"])
    reverse_entry(Entry.objects.get(pk=pledge.entry), note=why, by=by, at=at)


# --- the calendar that freezing writes ---------------------------------------------------------------------


def _schedule(version: Version, lines: Sequence[Line], *, by: User, at: datetime) -> None:
    """One occurrence for each line with a day, each in a hall of its own; moved ones are moved."""
    standing = {
        (one.activity_id, number): one
        for activity in _by_activity(
            Occurrence.objects.filter(
                activity__in={one.activity_id for one in lines}, state=OccurrenceState.PLANNED
            ).order_by("pk")
        )
        for number, one in enumerate(activity)
    }
    halls = _Halls(lines, [one.pk for one in standing.values()])
    fresh: list[tuple[Line, Occurrence]] = []
    moved: list[Occurrence] = []
    for line in lines:
        if line.on is None:
            continue
        one = standing.pop((line.activity_id, line.part), None) or Occurrence(
            activity_id=line.activity_id
        )
        before = _spot_of(one)
        one.on, one.slot, one.venue = line.on, line.slot, line.venue
        one.place_id = line.venue.place_id if line.venue else line.activity.place_id
        one.hall, one.capacity = halls.next(line), line.activity.expected_attendance
        one.starts_at = one.ends_at = None
        fresh.append((line, one))
        if one.pk is not None and _spot_of(one) != before:
            moved.append(one)
    Occurrence.objects.filter(pk__in=[one.pk for one in standing.values()]).update(
        hall=None,
        state=OccurrenceState.CANCELLED,
        cancelled_reason=(version.why or version.name)[:300],
    )
    # Numbers are given back first, so that two may change places.
    Occurrence.objects.filter(pk__in=[one.pk for one in moved]).update(hall=None)
    Occurrence.objects.bulk_create([one for _line, one in fresh if one.pk is None])
    Occurrence.objects.bulk_update(
        moved,
        ["on", "slot", "venue", "place", "hall", "capacity", "starts_at", "ends_at"],
        batch_size=500,
    )
    Assignment.objects.filter(occurrence__in=[one.pk for _line, one in fresh]).delete()
    Assignment.objects.bulk_create(
        Assignment(occurrence=one, resource_id=line.team_id) for line, one in fresh if line.team_id
    )
    dated = {line.activity_id for line, _one in fresh}
    undated = {one.activity_id for one in lines} - dated
    packaged = Activity.objects.filter(pk__in=dated, state=State.PACKAGED).values_list(
        "pk", flat=True
    )
    move_activities(list(packaged), State.SCHEDULED, by=by, at=at)
    loosened = Activity.objects.filter(pk__in=undated, state=State.SCHEDULED).values_list(
        "pk", flat=True
    )
    move_activities(list(loosened), State.PACKAGED, by=by, at=at)
    _keep_days(dated)


def _spot_of(one: Occurrence) -> tuple[Any, ...]:
    """Everything of an occurrence that a calendar says."""
    when = one.on, one.slot, one.starts_at, one.ends_at
    return *when, one.venue_id, one.place_id, one.hall, one.capacity


def _by_activity(rows: Iterable[Occurrence]) -> Iterable[list[Occurrence]]:
    found: dict[int, list[Occurrence]] = {}
    for one in rows:
        found.setdefault(one.activity_id, []).append(one)
    return found.values()


def _keep_days(activities: Iterable[int]) -> None:
    """An activity's own days are those of its calendar."""
    planned = (
        Occurrence.objects.filter(activity=OuterRef("pk"), state=OccurrenceState.PLANNED)
        .order_by()
        .values("activity")
    )
    Activity.objects.filter(pk__in=activities).update(
        starts_on=planned.annotate(day=Min("on")).values("day"),
        ends_on=planned.annotate(day=Max("on")).values("day"),
    )


class _Halls:
    """Gives out the halls of each venue, slot by slot, passing over those that others have."""

    def __init__(self, lines: Sequence[Line], own: Sequence[int]) -> None:
        """`own` occurrences are those that are given out anew."""
        venues = {one.venue_id for one in lines if one.venue_id and one.on}
        taken = (
            Occurrence.objects.filter(venue__in=venues, hall__isnull=False)
            .exclude(state=OccurrenceState.CANCELLED)
            .exclude(pk__in=own)
        )
        self.taken: set[tuple[Any, ...]] = set(taken.values_list("venue", "on", "slot", "hall"))

    def next(self, line: Line) -> int | None:
        if line.venue is None:
            return None
        for hall in range(1, line.venue.halls + 1):
            key = (line.venue.pk, line.on, line.slot, hall)
            if key not in self.taken:
                self.taken.add(key)
                return hall
        raise Refusal(
            _("%(venue)s is given to somebody else in that part of the day.")
            % {"venue": line.venue.name},
            status=409,
        )


# --- the promises that freezing writes -----------------------------------------------------------------------


def _pledge(version: Version, lines: Sequence[Line], *, by: User, at: datetime) -> None:
    """Each expectation becomes one promise in the ledger, once; what is promised already stays."""
    activities = {one.activity_id: one.activity for one in lines}
    standing = {
        (one.activity_id, one.indicator_id, one.dimensions_id): one
        for one in standing_pledges(activities)
    }
    entries = Entry.objects.in_bulk([one.entry for one in standing.values()])
    days = {
        one.pk: one
        for one in Activity.objects.filter(pk__in=activities).only("starts_on", "ends_on")
    }
    fresh: list[tuple[Expectation, NewEntry]] = []
    for one in Expectation.objects.filter(activity__in=activities).select_related(
        "indicator__measure"
    ):
        pledge = standing.pop((one.activity_id, one.indicator_id, one.dimensions_id or TOTAL), None)
        if pledge is not None:
            entry = entries[pledge.entry]
            if (entry.quantity, entry.qualifier) == (one.quantity, one.qualifier):
                continue
            _withdraw(pledge, version, version.why, by=by, at=at)
        activity = activities[one.activity_id]
        fresh.append((one, _promise(version, one, activity, days[activity.pk])))
    for pledge in standing.values():
        _withdraw(pledge, version, version.why, by=by, at=at)
    receipts = post_entries([entry for _one, entry in fresh], by=by, at=at) if fresh else []
    if any(one.verdict is not Verdict.NEW for one in receipts):
        raise Refusal(
            _("A promise of this package is in the ledger already. Nothing was frozen."), status=409
        )
    Pledge.objects.bulk_create(
        Pledge(
            activity_id=one.activity_id, indicator_id=one.indicator_id, dimensions_id=entry.dimensions,
            entry=entry.id, version=version,
        )
        for one, entry in fresh
    )  # fmt: skip


def _promise(version: Version, one: Expectation, activity: Activity, days: Activity) -> NewEntry:
    money = one.indicator.measure.kind == "money"
    return NewEntry(
        id=pledge_id(version.pk, one.pk, version.made_at), indicator=one.indicator_id, stage=Stage.PLEDGED,
        unit=activity.lead_unit_id, place=activity.place_id, activity=activity.pk, starts_on=days.starts_on,
        ends_on=days.ends_on, quantity=one.quantity, qualifier=Qualifier(one.qualifier),
        dimensions=one.dimensions_id or TOTAL, rial=int(one.quantity) if money and one.quantity is not None else None,
        batch=version.pk,
    )  # fmt: skip
