"""Committees: one in each county, with seats, meetings and what was agreed there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class Committee(models.Model):
    """The committee of a county."""

    personal: ClassVar[dict[str, Personal]] = {}

    unit = models.OneToOneField(OrgUnit, models.PROTECT, related_name="committee")
    opened_on = models.DateField()

    def __str__(self) -> str:
        return f"committee of {self.unit_id}"


class SeatRole(models.TextChoices):
    CHAIR = "chair", _("chair")
    SECRETARY = "secretary", _("secretary")
    MEMBER = "member", _("member")


class Seat(models.Model):
    """A seat, by the office it belongs to; the account of who sits there, or nobody yet."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="seats")
    role = models.CharField(max_length=9, choices=SeatRole)
    label = models.CharField(max_length=120)  # the office; never a name
    holder = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField(null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "holder": Personal("which office holder sits there", "as long as the ledger"),
        "label": Personal("the office of the seat, never a name", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=SeatRole.values), name="seat_role"),
            models.CheckConstraint(condition=~Q(label=""), name="seat_says_which_office"),
            models.UniqueConstraint(
                fields=["committee", "role"],
                condition=Q(role__in=[SeatRole.CHAIR, SeatRole.SECRETARY], closed_on=None),
                name="seat_one_chair_one_secretary",
            ),
            models.UniqueConstraint(
                fields=["committee", "holder"],
                condition=Q(holder__isnull=False, closed_on=None),
                name="seat_one_for_a_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.label}"


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Meeting(models.Model):
    """A meeting in a room, by video link, or both."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.CharField(max_length=160, blank=True)
    link = models.URLField(max_length=300, blank=True)
    agenda = models.TextField()
    minutes = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=MeetingState, default=MeetingState.PLANNED)
    called_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    personal: ClassVar[dict[str, Personal]] = {
        "agenda": Personal("what is going to be talked about", "as long as the ledger"),
        "minutes": Personal("what was agreed; no names are asked for", "as long as the ledger"),
        "called_by": Personal("who called the meeting", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(room="") | ~Q(link=""), name="meeting_is_somewhere"
            ),
            models.CheckConstraint(condition=~Q(agenda=""), name="meeting_has_an_agenda"),
            models.CheckConstraint(
                condition=Q(minutes="") | Q(state=MeetingState.HELD), name="meeting_minutes_of_a_held_one"
            ),
            models.UniqueConstraint(
                fields=["committee", "starts_at"],
                condition=~Q(state=MeetingState.CANCELLED),
                name="meeting_one_at_a_time",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.committee_id} {self.starts_at}"


class Presence(models.TextChoices):
    ROOM = "room", _("in the room")
    LINK = "link", _("by video")
    EXCUSED = "excused", _("excused")
    ABSENT = "absent", _("absent")


class Attendance(models.Model):
    """Whether a seat was filled at a meeting: by seat, not by person."""

    personal: ClassVar[dict[str, Personal]] = {}

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attendance")
    presence = models.CharField(max_length=7, choices=Presence)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(presence__in=Presence.values), name="attendance_presence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.seat_id} {self.presence}"


class ActionItem(models.Model):
    """Something agreed: a seat or a unit does it until a day."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="action_items")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="action_items")
    text = models.CharField(max_length=300)
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=300, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "text": Personal("what was agreed; no names are asked for", "as long as the ledger"),
        "outcome": Personal("what came of it; no names are asked for", "as long as the ledger"),
        "done_by": Personal("who said that it is done", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="action_item_says_something"),
            models.CheckConstraint(
                condition=Q(seat__isnull=False, unit=None) | Q(seat=None, unit__isnull=False),
                name="action_item_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, outcome="")
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="action_item_done_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["committee", "done_at", "due_on"], name="action_items_due")]

    def __str__(self) -> str:
        return self.text
