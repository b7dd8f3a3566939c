"""Committees in reach: which counties have one, which seats are vacant, what is overdue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q

from karnameh.access.public import units_where
from karnameh.campaigns.models import ActionItem, Committee, Meeting, MeetingState, Seat, SeatRole
from karnameh.org.public import OrgUnit, UnitKind, under
from karnameh.plumbing.public import OutOfReach


def reach_committee(user: Any, pk: int) -> Committee:
    """The committee, if its county is in reach; otherwise it does not exist for him (404)."""
    found = Committee.objects.select_related("unit__parent").filter(pk=pk).first()
    if found is None or not units_where(user).covers(found.unit.path):
        raise OutOfReach
    return found


@dataclass
class County:
    """One county in the overview; without a committee only its name."""

    unit: OrgUnit
    committee: Committee | None = None
    seats: int = 0
    vacant: int = 0
    missing: list[str] = field(default_factory=list)  # words for a vacant chair or secretary
    next_meeting: Meeting | None = None
    last_held: Meeting | None = None
    open_items: int = 0
    overdue: int = 0

    @property
    def complete(self) -> bool:
        """Whether there is a committee with a chair, a secretary and no empty seat."""
        return self.committee is not None and not self.vacant


def counties_of(unit: OrgUnit, *, on: date) -> list[County]:
    """Every open county at or beneath `unit` with its committee. Five queries."""
    rows = OrgUnit.objects.filter(under(unit.path), kind=UnitKind.COUNTY, closed_on=None)
    counties = {one.pk: County(one) for one in rows.order_by("parent__sort_key", "sort_key")}
    committees = Committee.objects.filter(unit__in=counties).prefetch_related(
        Prefetch("seats", Seat.objects.filter(closed_on=None))
    )
    of = {}
    for committee in committees:
        county = counties[committee.unit_id]
        county.committee, of[committee.pk] = committee, county
        seats = list(committee.seats.all())
        county.seats, county.vacant = len(seats), sum(one.holder_id is None for one in seats)
        county.missing = [
            one.get_role_display()
            for one in seats
            if one.holder_id is None and one.role != SeatRole.MEMBER
        ]
    for meeting in Meeting.objects.filter(committee__in=of).order_by("starts_at"):
        county = of[meeting.committee_id]
        if meeting.state == MeetingState.HELD:
            county.last_held = meeting
        elif meeting.state == MeetingState.PLANNED and county.next_meeting is None:
            county.next_meeting = meeting
    items = (
        ActionItem.objects.filter(committee__in=of, done_at=None)
        .order_by()
        .values("committee")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(due_on__lt=on)))
    )
    for row in items:
        county = of[row["committee"]]
        county.open_items, county.overdue = row["n"], row["late"]
    return list(counties.values())


def overdue_items(unit: OrgUnit, *, on: date, limit: int = 50) -> list[ActionItem]:
    """What was due before `on` beneath `unit` and is not done, the oldest first."""
    rows = ActionItem.objects.filter(
        under(unit.path, "committee__unit__path"), done_at=None, due_on__lt=on
    )
    return list(
        rows.select_related("committee__unit", "seat", "unit").order_by("due_on", "pk")[:limit]
    )


@dataclass(frozen=True)
class Table:
    """A committee with everything on its page."""

    committee: Committee
    seats: list[Seat]
    meetings: list[Meeting]
    items: list[ActionItem]

    @property
    def vacant(self) -> list[Seat]:
        """Seats in which nobody sits."""
        return [one for one in self.seats if one.holder_id is None]


def table_of(committee: Committee) -> Table:
    """Three queries and one for the attendance."""
    return Table(
        committee,
        sorted(
            committee.seats.filter(closed_on=None).select_related("holder"),
            key=lambda one: (("chair", "secretary", "member").index(one.role), one.pk),
        ),
        list(
            committee.meetings.select_related("called_by").prefetch_related(
                "attendance__seat", "action_items"
            )
        ),
        list(
            committee.action_items.select_related("seat", "unit", "done_by", "meeting").order_by(
                "done_at", "due_on", "pk"
            )
        ),
    )
