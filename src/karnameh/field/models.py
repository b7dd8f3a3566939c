"""Phones, what they sent, the files that came with it, and what was asked of a unit.

What a phone sent is append-only: a refused item stays as it was, and what became of it is a row more.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Activity
from karnameh.field import rules
from karnameh.kernel.ids import new_id
from karnameh.ledger.public import Entry
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class Kind(models.TextChoices):
    ENTRY = rules.Kind.ENTRY, _("a quantity")
    VERIFICATION = rules.Kind.VERIFICATION, _("a check")
    CORRECTION = rules.Kind.CORRECTION, _("a correction")
    CHECK_IN = rules.Kind.CHECK_IN, _("a check-in")


class Verdict(models.TextChoices):
    NEW = rules.Verdict.NEW, _("in the ledger")
    CONFLICT = rules.Verdict.CONFLICT, _("set aside")
    REFUSED = rules.Verdict.REFUSED, _("refused")


class FileKind(models.TextChoices):
    PHOTO = "photo", _("photo")
    VOICE = "voice", _("voice note")


def _new_id() -> UUID:
    return new_id()


def _entry(**options: Any) -> Any:
    """A reference without a trigger: an entry is never deleted, and may arrive after its photo."""
    return models.ForeignKey(
        Entry, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **options
    )


class Device(models.Model):
    """A phone of an account, bound to the unit that it records for. Its secret is kept nowhere."""

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    account = models.ForeignKey(User, models.PROTECT, related_name="devices")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    personal: ClassVar[dict[str, Personal]] = {
        "account": Personal("whose phone it is", "as long as the ledger"),
        "name": Personal("by which its holder knows it again", "as long as the ledger"),
        "revoked_by": Personal("who locked it out", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="device_has_a_name"),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="device_revoked_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["account", "-created_at"], name="device_of_account")]

    def __str__(self) -> str:
        return self.name


class Sent(models.Model):
    """One item as a phone sent it, and what was said to it. Never changed.

    An item that was taken is in the ledger, so its content is not kept a second time; what was
    refused or set aside is kept with its content until somebody has settled it.
    """

    item = models.UUIDField()
    device = models.ForeignKey(Device, models.PROTECT, related_name="sent")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    hash = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()  # as the phone's clock had it
    received_at = models.DateTimeField()
    on = models.DateField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=60, blank=True)  # of a refusal: a rule's or a code's name
    sentence = models.CharField(max_length=300, blank=True)
    content = models.JSONField(null=True)
    entry = _entry(null=True)
    latitude = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    longitude = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "content": Personal(
            "what could not be taken, so that it is not lost; may hold a note",
            "as long as the ledger",
        ),
        "latitude": Personal("where it was done, to about a kilometre", "as long as the ledger"),
        "longitude": Personal("where it was done, to about a kilometre", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="sent_kind"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="sent_verdict"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.NEW, content=None, entry__isnull=False)
                | (~Q(verdict=Verdict.NEW) & Q(content__isnull=False, entry=None)),
                name="sent_is_in_the_ledger_or_kept",
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(verdict=Verdict.NEW), name="sent_item_taken_once"
            ),
            models.UniqueConstraint(
                fields=["item", "hash", "verdict", "reason"], name="sent_said_once"
            ),
        ]
        indexes = [
            models.Index(fields=["device", "-id"], name="sent_by_device"),
            models.Index(
                fields=["unit", "-id"], name="sent_unsettled", condition=~Q(verdict=Verdict.NEW)
            ),
            models.Index(fields=["entry"], name="sent_entry", condition=Q(entry__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item}"


class How(models.TextChoices):
    POSTED = "posted", _("posted after all")
    DROPPED = "dropped", _("left out")
    MENDED = "mended", _("sent again, mended")


class Settled(models.Model):
    """What became of an item that was refused or set aside."""

    sent = models.OneToOneField(Sent, models.PROTECT, primary_key=True, related_name="settled")
    how = models.CharField(max_length=7, choices=How)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = _entry(null=True)
    note = models.CharField(max_length=300, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "by": Personal("who settled it", "as long as the ledger"),
        "note": Personal("why it was left out", "as long as the ledger"),
    }

    def __str__(self) -> str:
        return f"{self.sent_id} {self.how}"


class StoredFile(models.Model):
    """A photo or a voice note, made anew by us from what was sent, under a random name on the disk."""

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    account = models.ForeignKey(User, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)  # of what was sent, by which the phone names it
    kind = models.CharField(max_length=5, choices=FileKind)
    name = models.CharField(max_length=32, unique=True)  # on the disk; tells nothing
    stored_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "account": Personal("who sent the file", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=FileKind.values), name="file_kind"),
            models.UniqueConstraint(fields=["account", "sha256"], name="file_once_an_account"),
        ]

    def __str__(self) -> str:
        return self.sha256


class Evidence(models.Model):
    """That a file shows what an entry says: when, roughly where, and whether people in it agreed.

    It may be there before its file: then the page of the entry says that a photo is on its way.
    """

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    entry = _entry()
    account = models.ForeignKey(User, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=5, choices=FileKind)
    taken_at = models.DateTimeField(null=True)
    latitude = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    longitude = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    consent = models.BooleanField(default=False)
    at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "account": Personal("who took it", "as long as the ledger"),
        "latitude": Personal("where it was taken, to about a kilometre", "as long as the ledger"),
        "longitude": Personal("where it was taken, to about a kilometre", "as long as the ledger"),
        "consent": Personal(
            "whether the people in the picture agreed to it; never who they are",
            "as long as the ledger",
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "sha256"], name="evidence_once_an_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.entry_id}"


class Asked(models.Model):
    """Somebody above asks a unit to look at one of its entries again."""

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    entry = _entry()
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.CharField(max_length=300)

    personal: ClassVar[dict[str, Personal]] = {
        "by": Personal("who asked", "as long as the ledger"),
        "words": Personal("what is asked about a number; no names", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="asked_says_what"),
            models.UniqueConstraint(fields=["entry"], name="asked_once_an_entry"),
        ]
        indexes = [models.Index(fields=["unit", "-at"], name="asked_of_unit")]

    def __str__(self) -> str:
        return f"about {self.entry_id}"


class Answered(models.Model):
    """The unit's answer: a new entry in place of the old one, or that it stands."""

    asked = models.OneToOneField(Asked, models.PROTECT, primary_key=True, related_name="answered")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    entry = _entry(null=True)
    words = models.CharField(max_length=300, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "by": Personal("who answered", "as long as the ledger"),
        "words": Personal("why it stands or was corrected", "as long as the ledger"),
    }

    def __str__(self) -> str:
        return f"answer to {self.asked_id}"


class Point(models.Model):
    """A check-in point: a short code at a venue, for the days of one activity. It counts heads."""

    code = models.CharField(max_length=8, primary_key=True)
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")  # that receives
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "opened_by": Personal("who answers for the point", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "place"], name="point_once_a_venue"),
        ]

    def __str__(self) -> str:
        return self.code


class CheckIn(models.Model):
    """Heads at a point on a day: of a team, or those who walked up. Nobody's name."""

    item = models.UUIDField(primary_key=True)
    point = models.ForeignKey(Point, models.PROTECT, related_name="check_ins")
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, related_name="+"
    )  # none: the plain form
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    on = models.DateField()
    people = models.PositiveIntegerField()
    team = models.BooleanField()

    personal: ClassVar[dict[str, Personal]] = {}

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=2000), name="check_in_counts_heads"
            ),
            models.UniqueConstraint(
                fields=["point", "unit", "on"],
                condition=Q(team=True),
                name="check_in_of_a_team_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} at {self.point_id}"
