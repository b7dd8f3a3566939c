"""Committees: one for each county, seats and who is missing, meetings, minutes, and what is overdue."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from builders import NOW, World, a_unit
from karnameh.campaigns.actions.committees import (
    Call,
    add_seat,
    agree_on,
    call_meeting,
    cancel_meeting,
    close_seat,
    fill_seat,
    finish_item,
    hold_meeting,
    may_run,
    open_committee,
)
from karnameh.campaigns.models import (
    ActionItem,
    Committee,
    Meeting,
    MeetingState,
    Presence,
    Seat,
    SeatRole,
)
from karnameh.campaigns.queries.committees import counties_of, overdue_items, reach_committee
from karnameh.org.public import UnitKind
from karnameh.plumbing.public import OutOfReach, Refusal
from planned import refused

HOUR = timedelta(hours=1)


@pytest.fixture
def committee(world: World) -> Committee:
    # The world's counties are made as local units: here they are what they stand for.
    return open_committee(as_county(world.shiraz), by=world.people["fars"], at=NOW)


def as_county(unit: Any) -> Any:
    type(unit).objects.filter(pk=unit.pk).update(kind=UnitKind.COUNTY)
    unit.kind = UnitKind.COUNTY
    return unit


def a_meeting(committee: Committee, by: Any, **values: Any) -> Meeting:
    call = Call(
        **{
            "starts_at": NOW - HOUR,
            "ends_at": NOW,
            "room": "دفتر",
            "link": "",
            "agenda": "سالن‌ها",
            **values,
        }
    )
    return call_meeting(committee, call, by=by, at=NOW)


def test_a_county_has_one_committee_with_a_vacant_chair_and_secretary(
    world: World, committee: Committee
) -> None:
    assert {seat.role for seat in committee.seats.all()} == {SeatRole.CHAIR, SeatRole.SECRETARY}
    with pytest.raises(Refusal):
        open_committee(world.shiraz, by=world.people["fars"], at=NOW)
    for unit in (world.local, world.fars):
        with pytest.raises(Refusal):
            open_committee(unit, by=world.people["fars"], at=NOW)
    refused(
        "committee_of_a_county", lambda: Committee.objects.create(unit=world.fars, opened_on=NOW)
    )
    with pytest.raises(OutOfReach):
        open_committee(world.taft, by=world.people["fars"], at=NOW)


def test_the_coverage_check_names_vacant_seats_and_counties_without_a_committee(
    world: World, committee: Committee
) -> None:
    as_county(world.twin)
    chair = committee.seats.get(role=SeatRole.CHAIR)
    fill_seat(chair, holder=world.people["leader"], by=world.people["fars"], at=NOW)
    shiraz, twin = sorted(counties_of(world.fars, on=NOW.date()), key=lambda one: one.unit.pk)
    assert (shiraz.seats, shiraz.vacant, len(shiraz.missing)) == (2, 1, 1)
    assert twin.committee is None and not twin.complete


def test_there_is_one_chair_and_a_holder_has_one_seat(world: World, committee: Committee) -> None:
    by, leader = world.people["fars"], world.people["leader"]
    with pytest.raises(Refusal):
        add_seat(committee, role=SeatRole.CHAIR, label="رئیس دوم", holder=None, by=by, at=NOW)
    add_seat(committee, role=SeatRole.MEMBER, label="نمایندهٔ بهداشت", holder=leader, by=by, at=NOW)
    with pytest.raises(Refusal):
        add_seat(
            committee, role=SeatRole.MEMBER, label="نمایندهٔ آموزش", holder=leader, by=by, at=NOW
        )
    with pytest.raises(Refusal):
        close_seat(committee.seats.get(role=SeatRole.CHAIR), by=by, at=NOW)


def test_the_secretary_calls_meetings_and_a_member_does_not(
    world: World, committee: Committee
) -> None:
    by, leader = world.people["fars"], world.people["leader"]
    assert not may_run(leader, committee)
    with pytest.raises(OutOfReach):  # the leader's reach ends at his unit
        a_meeting(committee, leader)
    fill_seat(committee.seats.get(role=SeatRole.SECRETARY), holder=leader, by=by, at=NOW)
    a_meeting(committee, leader)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"room": "", "link": ""}, "room"),
        ({"ends_at": NOW - 2 * HOUR}, "ends"),
        ({"agenda": " "}, "agenda"),
    ],
)
def test_a_meeting_is_somewhere_ends_after_it_begins_and_is_about_something(
    world: World, committee: Committee, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        a_meeting(committee, world.people["fars"], **values)
    assert refusal.value.field == field


def test_minutes_are_kept_once_the_meeting_has_begun_and_by_seat(
    world: World, committee: Committee
) -> None:
    by = world.people["fars"]
    later = a_meeting(committee, by, starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    with pytest.raises(Refusal):
        hold_meeting(later, minutes="متن", presence={}, by=by, at=NOW)
    meeting = a_meeting(committee, by, room="", link="https://video.example.org/x")
    seat = committee.seats.earliest("pk")
    for words, presence in (
        (" ", {}),
        ("متن", {seat.pk: "asleep"}),
        ("متن", {seat.pk + 999: Presence.ROOM}),
    ):
        with pytest.raises(Refusal):
            hold_meeting(meeting, minutes=words, presence=presence, by=by, at=NOW)  # type: ignore[arg-type]
    for text in ("نخست", "بهتر"):
        hold_meeting(meeting, minutes=text, presence={seat.pk: Presence.LINK}, by=by, at=NOW)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes) == (MeetingState.HELD, "بهتر")
    assert [one.presence for one in meeting.attendance.all()] == [Presence.LINK]
    with pytest.raises(Refusal):
        cancel_meeting(meeting, by=by, at=NOW)


def test_what_was_agreed_has_one_owner_a_day_and_becomes_overdue(
    world: World, committee: Committee
) -> None:
    by, seat = world.people["fars"], committee.seats.earliest("pk")
    said: dict[str, Any] = {
        "text": "فهرست سالن‌ها",
        "due_on": NOW.date(),
        "meeting": None,
        "by": by,
        "at": NOW,
    }
    for seat_or_none, unit in ((None, None), (seat, world.local), (None, world.taft)):
        with pytest.raises(Refusal):
            agree_on(committee, seat=seat_or_none, unit=unit, **said)
    with pytest.raises(Refusal):
        agree_on(
            committee, seat=seat, unit=None, **{**said, "due_on": NOW.date() - timedelta(days=1)}
        )
    item = agree_on(committee, seat=None, unit=world.local, **said)
    assert overdue_items(world.fars, on=NOW.date()) == []
    assert overdue_items(world.fars, on=NOW.date() + timedelta(days=1)) == [item]
    assert overdue_items(world.yazd, on=NOW.date() + timedelta(days=1)) == []
    finish_item(item, outcome="کامل شد", by=world.people["officer"], at=NOW)
    with pytest.raises(Refusal) as refusal:
        finish_item(item, outcome="دوباره", by=by, at=NOW)
    assert refusal.value.status == 409
    refused(
        "action_item_has_one_owner", lambda: ActionItem.objects.filter(pk=item.pk).update(unit=None)
    )


def test_a_committee_out_of_reach_does_not_exist(world: World, committee: Committee) -> None:
    assert reach_committee(world.people["fars"], committee.pk) == committee
    for who in ("leader", "stranger"):
        with pytest.raises(OutOfReach):
            reach_committee(world.people[who], committee.pk)


def test_the_overview_costs_the_same_for_2_and_for_40_counties(
    world: World, committee: Committee, queries: CaptureQueriesContext
) -> None:
    costs = []
    for extra in (0, 38):
        for number in range(extra):
            unit = a_unit(f"شهرستان {number}", world.fars, world.fars.place, UnitKind.COUNTY)
            made = Committee.objects.create(unit=unit, opened_on=NOW)
            Seat.objects.create(committee=made, role=SeatRole.CHAIR, label="رئیس")
        with queries:
            counties_of(world.fars, on=NOW.date())
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 5
