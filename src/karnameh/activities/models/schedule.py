"""When and where an activity happens, what it needs, and who or what is given to it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.models.activity import Activity, Slot
from karnameh.org.public import Named, OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class Venue(Named):
    """A hall, a school yard, a clinic: where something can take place, kept by a unit."""

    code = models.CharField(max_length=40, unique=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="venues")
    place = models.ForeignKey(Place, models.PROTECT, related_name="venues")
    seats = models.PositiveIntegerField()
    halls = models.PositiveSmallIntegerField(default=1)  # how much can happen there at once
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="venue_has_seats"),
            models.CheckConstraint(condition=Q(halls__gte=1), name="venue_has_a_hall"),
        ]
        indexes = [models.Index(fields=["unit"], name="venue_of_unit")]


class OpenSlot(models.Model):
    """When a venue is open; a venue without such rows is always open."""

    personal: ClassVar[dict[str, Personal]] = {}

    venue = models.ForeignKey(Venue, models.CASCADE, related_name="open_slots")
    on = models.DateField()
    slot = models.CharField(max_length=9, choices=Slot)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["venue", "on", "slot"], name="open_slot_once"),
            models.CheckConstraint(condition=Q(slot__in=Slot.values), name="open_slot_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.venue_id}: {self.on} {self.slot}"


class OccurrenceState(models.TextChoices):
    PLANNED = "planned", _("planned")
    CONFIRMED = "confirmed", _("confirmed")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Occurrence(models.Model):
    """One time that an activity happens: on a day in a slot, or from one hour to another.

    A hall is numbered when it is given out: the database gives a numbered hall to one occurrence of
    a slot only. Without a number two may still want the same venue, which the calendar shows.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="occurrences")
    on = models.DateField()
    slot = models.CharField(max_length=9, choices=Slot, blank=True)
    starts_at = models.TimeField(null=True)
    ends_at = models.TimeField(null=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="occurrences")
    hall = models.PositiveSmallIntegerField(null=True)
    capacity = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=OccurrenceState, default=OccurrenceState.PLANNED)
    cancelled_reason = models.CharField(max_length=300, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "cancelled_reason": Personal(
            "why it does not take place; no names are asked for", "as long as the ledger"
        ),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["on", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(slot__in=[*Slot.values, ""]), name="occurrence_slot"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OccurrenceState.values), name="occurrence_state"
            ),
            models.CheckConstraint(
                condition=~Q(slot="") | Q(starts_at__isnull=False, ends_at__isnull=False),
                name="occurrence_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="occurrence_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(hall=None) | (Q(venue__isnull=False, hall__gte=1) & ~Q(slot="")),
                name="occurrence_hall_is_in_a_venue",
            ),
            models.CheckConstraint(
                condition=(Q(state=OccurrenceState.CANCELLED) & ~Q(cancelled_reason=""))
                | (~Q(state=OccurrenceState.CANCELLED) & Q(cancelled_reason="")),
                name="occurrence_cancelled_says_why",
            ),
            models.UniqueConstraint(
                fields=["venue", "on", "slot", "hall"],
                condition=Q(hall__isnull=False) & ~Q(state=OccurrenceState.CANCELLED),
                name="occurrence_hall_once_a_slot",
            ),
        ]
        indexes = [
            models.Index(fields=["on", "venue"], name="occurrence_of_day"),
            models.Index(fields=["activity", "on"], name="occurrence_of_activity"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.on} {self.slot}"


class NeedKind(models.TextChoices):
    MATERIAL = "material", _("material")
    TEAM = "team", _("team")
    SPEAKER = "speaker", _("speaker")
    OFFICIAL = "official", _("official")


class Need(models.Model):
    """What an activity needs of others: so many of something, or of somebody by office."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="needs")
    kind = models.CharField(max_length=8, choices=NeedKind)
    number = models.PositiveIntegerField(default=1)
    label = models.CharField(max_length=120)

    personal: ClassVar[dict[str, Personal]] = {
        "label": Personal("a thing or an office, never a name", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NeedKind.values), name="need_kind"),
            models.CheckConstraint(condition=Q(number__gte=1), name="need_of_something"),
            models.CheckConstraint(condition=~Q(label=""), name="need_says_what"),
            models.UniqueConstraint(fields=["activity", "kind", "label"], name="need_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class ResourceKind(models.TextChoices):
    TEAM = "team", _("team")
    SPEAKER = "speaker", _("speaker")
    OFFICIAL = "official", _("official")


class Resource(models.Model):
    """Somebody who can be in one place at a time: a team, or a speaker or official by office.

    A team is its leader's account and a head-count; nobody is listed.
    """

    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="resources")
    kind = models.CharField(max_length=8, choices=ResourceKind)
    label = models.CharField(max_length=120)  # what the team is for, or the office
    leader = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    head_count = models.PositiveIntegerField(null=True)
    closed_on = models.DateField(null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "leader": Personal("whom the office calls about the team", "as long as the ledger"),
        "label": Personal("an office or a kind of team, never a name", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="resource_says_what"),
            models.CheckConstraint(
                condition=Q(
                    kind=ResourceKind.TEAM, leader__isnull=False, head_count__isnull=False,
                    head_count__gte=1,
                )
                | (
                    Q(kind__in=[ResourceKind.SPEAKER, ResourceKind.OFFICIAL])
                    & Q(leader=None, head_count=None)
                ),
                name="resource_team_has_a_leader",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit", "kind"], name="resource_of_unit")]

    def __str__(self) -> str:
        return self.label


class Assignment(models.Model):
    """A resource is at an occurrence."""

    personal: ClassVar[dict[str, Personal]] = {}

    occurrence = models.ForeignKey(Occurrence, models.CASCADE, related_name="assignments")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="assignments")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["occurrence", "resource"], name="assignment_once")
        ]

    def __str__(self) -> str:
        return f"{self.occurrence_id} {self.resource_id}"
