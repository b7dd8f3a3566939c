"""Packages of a scope, their what-if drafts and frozen versions, signatures, and the promises written."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Activity, Campaign, Resource, Slot, Venue
from karnameh.catalog.public import DimensionSet, Indicator
from karnameh.kernel.ids import new_id
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


def _new_id() -> UUID:
    return new_id()


class Package(models.Model):
    """The one package of a county, a province or the nation for a campaign."""

    personal: ClassVar[dict[str, Personal]] = {}

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="packages")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="packages")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="package_once_a_scope")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} @ {self.unit_id}"


class VersionState(models.TextChoices):
    DRAFT = "draft", _("draft")
    FROZEN = "frozen", _("frozen")
    DROPPED = "dropped", _("set aside")


class _WithoutContent(models.Manager["Version"]):
    """A nation's canonical form has tens of megabytes: it is fetched by whoever reads it, and by nobody else."""

    def get_queryset(self) -> models.QuerySet[Version]:
        return super().get_queryset().defer("content")


class Version(models.Model):
    """A draft of a package, or what was frozen of it. Frozen ones never change; the database sees to it."""

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    package = models.ForeignKey(Package, models.PROTECT, related_name="versions")
    state = models.CharField(max_length=7, choices=VersionState, default=VersionState.DRAFT)
    name = models.CharField(max_length=80)
    number = models.PositiveSmallIntegerField(null=True)
    basis = models.ForeignKey("self", models.PROTECT, null=True, related_name="drawn_from")
    why = models.CharField(max_length=300, blank=True)  # an amendment says why
    step = models.PositiveIntegerField(default=1)  # grows with every change of a draft
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    content = models.TextField(blank=True)  # the canonical form, once frozen
    seal = models.CharField(max_length=64, blank=True)  # SHA-256 of it

    objects = _WithoutContent()

    personal: ClassVar[dict[str, Personal]] = {
        "made_by": Personal("who drew the draft up", "as long as the ledger"),
        "why": Personal(
            "why a package was amended; no names are asked for", "as long as the ledger"
        ),
        "content": Personal("the activities of the package; no people", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["-number", "-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["package", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="version_state"),
            models.CheckConstraint(
                condition=Q(state=VersionState.FROZEN, number__isnull=False, frozen_at__isnull=False)
                & ~Q(content="")
                & ~Q(seal="")
                | ~Q(state=VersionState.FROZEN) & Q(number=None, frozen_at=None, content="", seal=""),
                name="version_frozen_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(content="")
                | Q(
                    seal=Func(
                        Func(
                            Func(F("content"), Value("UTF8"), function="convert_to"), function="sha256"
                        ),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                name="version_seal_is_of_its_content",
            ),
            models.CheckConstraint(
                condition=Q(number=None) | Q(number=1) | ~Q(why=""), name="version_amendment_says_why"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def frozen(self) -> bool:
        """Whether nothing of it changes any more."""
        return self.state == VersionState.FROZEN


class Line(models.Model):
    """An activity in a version, and where one of its occurrences stands in the calendar, if anywhere.

    An activity that happens several times has several lines, numbered by `part`.
    """

    personal: ClassVar[dict[str, Personal]] = {}

    version = models.ForeignKey(Version, models.CASCADE, related_name="lines")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="lines")
    part = models.PositiveSmallIntegerField(default=0)
    on = models.DateField(null=True)
    slot = models.CharField(max_length=9, choices=Slot, blank=True)
    venue = models.ForeignKey(Venue, models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Resource, models.PROTECT, null=True, related_name="+")
    pinned = models.BooleanField(default=False)  # the planner leaves it where it is

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "activity", "part"], name="line_once_a_version"
            ),
            models.UniqueConstraint(
                fields=["version", "activity", "on", "slot"],
                condition=Q(on__isnull=False),
                name="line_once_a_part_of_a_day",
            ),
            models.CheckConstraint(
                condition=Q(on=None, slot="") | (Q(on__isnull=False) & Q(slot__in=Slot.values)),
                name="line_has_a_day_and_a_slot",
            ),
        ]
        indexes = [models.Index(fields=["version", "on"], name="line_of_day")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.activity_id}"


class Part(models.Model):
    """A frozen version of a unit beneath, as it goes into this one."""

    personal: ClassVar[dict[str, Personal]] = {}

    version = models.ForeignKey(Version, models.CASCADE, related_name="parts")
    part = models.ForeignKey(Version, models.PROTECT, related_name="wholes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "part"], name="part_once"),
            models.CheckConstraint(condition=~Q(version=F("part")), name="part_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} ← {self.part_id}"


class Signature(models.Model):
    """An officer's word for exactly this content. A change of the draft makes it void."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="signatures")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seal = models.CharField(max_length=64)

    personal: ClassVar[dict[str, Personal]] = {
        "by": Personal("who signed, and answers for it", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "by", "seal"], name="signature_once_an_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} by {self.by_id}"


class Pledge(models.Model):
    """A promise that freezing wrote: which expectation of which activity became which entry."""

    personal: ClassVar[dict[str, Personal]] = {}

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="pledges")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    dimensions = models.ForeignKey(DimensionSet, models.PROTECT, related_name="+")
    entry = models.UUIDField(unique=True)
    version = models.ForeignKey(Version, models.PROTECT, related_name="pledges")
    withdrawn_in = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "indicator", "dimensions"],
                condition=Q(withdrawn_in=None),
                name="pledged_once",
            )
        ]

    def __str__(self) -> str:
        return str(self.entry)
