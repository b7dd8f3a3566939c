"""Committees: opened, their seats filled, meetings called and held, what was agreed done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from karnameh.access.public import Role, may, units_where
from karnameh.campaigns.models import (
    ActionItem,
    Attendance,
    Committee,
    Meeting,
    MeetingState,
    Presence,
    Seat,
    SeatRole,
)
from karnameh.org.public import OrgUnit, UnitKind, is_under
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

SETTLE = (Role.PLANNER, Role.ADMINISTRATOR)


def may_settle(user: Any, unit: OrgUnit) -> bool:
    """Whether `user` may open the committee of `unit` and fill its seats."""
    return any(may(user, role, unit) for role in SETTLE)


def may_run(user: Any, committee: Committee) -> bool:
    """Whether `user` may call meetings and keep minutes: the chair, the secretary, or a planner."""
    if may_settle(user, committee.unit):
        return True
    return committee.seats.filter(
        holder=user.pk, closed_on=None, role__in=(SeatRole.CHAIR, SeatRole.SECRETARY)
    ).exists()


def _require(allowed: bool, by: Any, unit: OrgUnit) -> None:
    if allowed:
        return
    if not units_where(by).covers(unit.path):
        raise OutOfReach
    raise no_role()


def open_committee(unit: OrgUnit, *, by: Any, at: datetime) -> Committee:
    """The committee of a county, with an empty chair and an empty secretary's seat."""
    _require(may_settle(by, unit), by, unit)
    if unit.kind != UnitKind.COUNTY:
        raise Refusal(_("A committee belongs to a county."))
    if Committee.objects.filter(unit=unit).exists():
        raise Refusal(_("This county has a committee already."), status=409)
    with deed("open_committee", by=by, at=at, target=f"unit:{unit.pk}"):
        committee = Committee.objects.create(unit=unit, opened_on=at.date())
        Seat.objects.bulk_create(
            [
                Seat(
                    committee=committee, role=SeatRole.CHAIR, label=_("Head of the county office")
                ),
                Seat(
                    committee=committee, role=SeatRole.SECRETARY, label=_("Secretary of the week")
                ),
            ]
        )
    return committee


def add_seat(
    committee: Committee, *, role: str, label: str, holder: User | None, by: Any, at: datetime
) -> Seat:
    """A further seat; the chair and the secretary's are there once."""
    _require(may_settle(by, committee.unit), by, committee.unit)
    if not label.strip():
        raise Refusal(_("Name the office of this seat."), field="label")
    with deed("add_seat", by=by, at=at, target=f"unit:{committee.unit_id}"):
        return Seat.objects.create(
            committee=committee, role=role, label=label.strip()[:120], holder=holder
        )


def fill_seat(seat: Seat, *, holder: User | None, by: Any, at: datetime) -> Seat:
    """Who sits there from now on; None leaves it vacant."""
    unit = seat.committee.unit
    _require(may_settle(by, unit), by, unit)
    if seat.closed_on is not None:
        raise Refusal(_("This seat is closed."), status=409)
    if holder is not None and not holder.is_active:
        raise Refusal(_("This account is closed."), field="holder")
    with deed("fill_seat", by=by, at=at, target=f"unit:{unit.pk}"):
        seat.holder = holder
        seat.save(update_fields=["holder"])
    return seat


def close_seat(seat: Seat, *, by: Any, at: datetime) -> None:
    """The seat is no longer there; what it attended stays."""
    unit = seat.committee.unit
    _require(may_settle(by, unit), by, unit)
    if seat.role != SeatRole.MEMBER:
        raise Refusal(_("A committee has a chair and a secretary. Leave the seat vacant instead."))
    with deed("close_seat", by=by, at=at, target=f"unit:{unit.pk}"):
        seat.closed_on = at.date()
        seat.save(update_fields=["closed_on"])


@dataclass(frozen=True)
class Call:
    """A meeting as it is called: in a room, by a video link, or both."""

    starts_at: datetime
    ends_at: datetime
    room: str
    link: str
    agenda: str


def call_meeting(committee: Committee, call: Call, *, by: Any, at: datetime) -> Meeting:
    """Call a meeting."""
    _require(may_run(by, committee), by, committee.unit)
    _check(call)
    with deed("call_meeting", by=by, at=at, target=f"unit:{committee.unit_id}"):
        return Meeting.objects.create(committee=committee, called_by=by, **call.__dict__)


def _check(call: Call) -> None:
    if call.ends_at <= call.starts_at:
        raise Refusal(_("The meeting ends before it begins."), field="ends")
    if not (call.room or call.link):
        raise Refusal(_("Say where: a room, or the address of a video call."), field="room")
    if not call.agenda.strip():
        raise Refusal(_("Say what it is about."), field="agenda")


def cancel_meeting(meeting: Meeting, *, by: Any, at: datetime) -> None:
    """It does not take place."""
    _require(may_run(by, meeting.committee), by, meeting.committee.unit)
    if meeting.state != MeetingState.PLANNED:
        raise Refusal(_("This meeting was held or cancelled already."), status=409)
    with deed("cancel_meeting", by=by, at=at, target=f"unit:{meeting.committee.unit_id}"):
        meeting.state = MeetingState.CANCELLED
        meeting.save(update_fields=["state"])


def hold_meeting(
    meeting: Meeting, *, minutes: str, presence: Mapping[int, str], by: Any, at: datetime
) -> Meeting:
    """Keep who was there, by seat, and what was agreed. Minutes may be written better later."""
    committee = meeting.committee
    _require(may_run(by, committee), by, committee.unit)
    if meeting.state == MeetingState.CANCELLED:
        raise Refusal(_("This meeting was cancelled."), status=409)
    if meeting.starts_at > at:
        raise Refusal(_("This meeting has not begun yet."), status=409)
    if not minutes.strip():
        raise Refusal(_("Write what was agreed."), field="minutes")
    seats = {one.pk: one for one in committee.seats.filter(closed_on=None)}
    if set(presence) - set(seats) or set(presence.values()) - set(Presence.values):
        raise Refusal(_("Choose one of the list."), field="presence")
    with deed("hold_meeting", by=by, at=at, target=f"unit:{committee.unit_id}"):
        meeting.state, meeting.minutes = MeetingState.HELD, minutes.strip()
        meeting.save(update_fields=["state", "minutes"])
        meeting.attendance.all().delete()
        Attendance.objects.bulk_create(
            Attendance(meeting=meeting, seat=seats[pk], presence=how)
            for pk, how in presence.items()
        )
    return meeting


def agree_on(
    committee: Committee, *, text: str, due_on: date, seat: Seat | None, unit: OrgUnit | None,
    meeting: Meeting | None, by: Any, at: datetime,
) -> ActionItem:  # fmt: skip
    """Something is done until a day, by a seat of the committee or by a unit of the county."""
    _require(may_run(by, committee), by, committee.unit)
    if not text.strip():
        raise Refusal(_("Say what is to be done."), field="text")
    if (seat is None) == (unit is None):
        raise Refusal(_("Say who does it: one seat, or one unit."), field="owner")
    if due_on < at.date():
        raise Refusal(_("That day is over. Choose a later one."), field="due_on")
    if seat is not None and seat.committee_id != committee.pk:
        raise OutOfReach
    if unit is not None and not is_under(unit.path, committee.unit.path):
        raise Refusal(_("Choose a unit of this county."), field="owner")
    with deed("agree_on", by=by, at=at, target=f"unit:{committee.unit_id}"):
        return ActionItem.objects.create(
            committee=committee, meeting=meeting, text=text.strip()[:300], seat=seat, unit=unit, due_on=due_on,
            made_at=at,
        )  # fmt: skip


def may_finish(user: Any, item: ActionItem) -> bool:
    """Whether `user` may say that it is done: who runs the committee, the seat, or the unit's reporter."""
    if may_run(user, item.committee):
        return True
    if item.seat is not None and item.seat.holder_id == user.pk:
        return True
    return item.unit is not None and may(user, Role.REPORTER, item.unit)


def finish_item(item: ActionItem, *, outcome: str, by: Any, at: datetime) -> ActionItem:
    """It is done, and this came of it."""
    _require(may_finish(by, item), by, item.committee.unit)
    with deed("finish_item", by=by, at=at, target=f"unit:{item.committee.unit_id}"):
        done = ActionItem.objects.filter(pk=item.pk, done_at=None).update(
            done_at=at, done_by=by, outcome=outcome.strip()[:300]
        )
        if not done:
            raise Refusal(_("Somebody else has said so already."), status=409)
    item.refresh_from_db()
    return item
