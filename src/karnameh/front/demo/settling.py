"""The committees of a province in the demo: seats, meetings, minutes, and what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from karnameh.campaigns.public import (
    ActionItem,
    Attendance,
    Committee,
    Meeting,
    MeetingState,
    Presence,
    Seat,
    SeatRole,
)
from karnameh.org.public import OrgUnit, UnitKind, under
from karnameh.people.public import User

_MEMBERS = ("نمایندهٔ بهداشت", "نمایندهٔ آموزش", "نمایندهٔ بخش‌ها", "نمایندهٔ گروه‌های داوطلب")
_AGENDA = "کم‌بودِ پیشنهاد در روز محله و سپاس\nسالن‌ها و وسایل\nقرارهای نشست پیش"
_MINUTES = "از هر بخش دو پیشنهاد تازه خواسته شد. فهرست سالن‌ها تا پایان هفته کامل می‌شود."
_AGREED = (
    "فهرست سالن‌ها و ظرفیتشان را کامل کند", "از بخش‌های کم‌برنامه پیشنهاد تازه بگیرد",
    "وسایل میز خدمت را هماهنگ کند",
)  # fmt: skip


def settle_committees(province: OrgUnit, accounts: dict[str, User], *, at: datetime) -> None:
    """A committee in nearly every county of `province`; some with vacant seats and late items."""
    counties = OrgUnit.objects.filter(under(province.path), kind=UnitKind.COUNTY)
    rows = list(counties.order_by("pk"))[:-3]  # three counties have none yet
    committees = Committee.objects.bulk_create(
        [Committee(unit=one, opened_on=(at - timedelta(days=60)).date()) for one in rows]
    )
    seats = Seat.objects.bulk_create(
        [seat for number, one in enumerate(committees) for seat in _seats(one, number, accounts)]
    )
    of = {one.pk: [seat for seat in seats if seat.committee_id == one.pk] for one in committees}
    meetings = Meeting.objects.bulk_create(
        [
            meeting
            for number, one in enumerate(committees)
            for meeting in _meetings(one, number, accounts["fars"], at)
        ]
    )
    held = [one for one in meetings if one.state == MeetingState.HELD]
    Attendance.objects.bulk_create(
        Attendance(meeting=one, seat=seat, presence=_presence(one, seat, number))
        for one in held
        for number, seat in enumerate(of[one.committee_id])
    )
    ActionItem.objects.bulk_create(
        [
            item
            for number, one in enumerate(held)
            for item in _items(one, of[one.committee_id], number, accounts["fars"], at)
        ]
    )


def _seats(committee: Committee, number: int, accounts: dict[str, User]) -> list[Seat]:
    """Seats of office holders; the demo has few accounts, so many seats wait for one."""
    chair = accounts["shiraz"] if committee.unit.place.name_fa == "شیراز" else accounts["fars"]
    return [
        Seat(
            committee=committee,
            role=SeatRole.CHAIR,
            label="رئیس دفتر شهرستان",
            holder=None if number % 9 == 4 else chair,
        ),
        Seat(
            committee=committee,
            role=SeatRole.SECRETARY,
            label="دبیر هفته",
            holder=None if number % 7 == 3 else accounts["leader"],
        ),
        *(
            Seat(
                committee=committee,
                role=SeatRole.MEMBER,
                label=label,
                holder=accounts["fars.verifier"]
                if index == 0
                else accounts["fars.reviewer"]
                if index == 1
                else None,
            )
            for index, label in enumerate(_MEMBERS[: 2 + (number % 5 == 0)])
        ),
    ]


def _meetings(committee: Committee, number: int, by: User, at: datetime) -> list[Meeting]:
    morning = at.replace(hour=5, minute=30, second=0, microsecond=0)  # 9:00 in Tehran
    held, planned = (
        morning - timedelta(days=10 + number % 6),
        morning + timedelta(days=9 + number % 5),
    )
    by_link = number % 3 == 0
    link = f"https://video.example.org/c{committee.pk}" if by_link else ""
    return [
        Meeting(
            committee=committee,
            starts_at=held,
            ends_at=held + timedelta(hours=1),
            room="دفتر شهرستان",
            agenda=_AGENDA,
            minutes=_MINUTES,
            state=MeetingState.HELD,
            called_by=by,
        ),
        Meeting(
            committee=committee,
            starts_at=planned,
            ends_at=planned + timedelta(hours=1),
            room="" if by_link else "دفتر شهرستان",
            link=link,
            agenda=_AGENDA,
            called_by=by,
        ),
    ]


def _presence(meeting: Meeting, seat: Seat, number: int) -> Presence:
    if seat.holder_id is None:
        return Presence.ABSENT
    return (Presence.ROOM, Presence.ROOM, Presence.LINK, Presence.EXCUSED)[
        (meeting.committee_id + number) % 4
    ]


def _items(
    meeting: Meeting, seats: Sequence[Seat], number: int, by: User, at: datetime
) -> list[ActionItem]:
    made = []
    for index, text in enumerate(_AGREED[: 1 + number % 3]):
        done = (number + index) % 4 == 0
        made.append(
            ActionItem(
                committee_id=meeting.committee_id, meeting=meeting, text=text, seat=seats[(number + index) % 3],
                due_on=(at + timedelta(days=(number + index) % 5 * 6 - 3)).date(), made_at=meeting.ends_at,
                done_at=at if done else None, done_by=by if done else None, outcome="انجام شد." if done else "",
            )
        )  # fmt: skip
    return made
