"""Campaigns and activities: the one plan object, as far as entries need it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from karnameh.kernel.period import Period
from karnameh.kernel.text import compact_form
from karnameh.org.public import Named, OrgUnit, Place, Theme
from karnameh.plumbing.public import Personal


class Campaign(Named):
    """A dated effort such as the yearly service week."""

    code = models.SlugField(max_length=40, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    slogan_fa = models.CharField(max_length=200, blank=True)
    slogan_en = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_starts"
            )
        ]

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.starts_on, self.ends_on)


class CampaignDay(models.Model):
    """One day of a campaign and its title."""

    personal: ClassVar[dict[str, Personal]] = {}

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="days")
    on = models.DateField()
    title_fa = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar[list[str]] = ["on"]
        constraints = [models.UniqueConstraint(fields=["campaign", "on"], name="campaign_day_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language in force."""
        return self.title_en if get_language() == "en" else self.title_fa


class Kind(models.TextChoices):
    EVENT = "event", _("event")
    SERVICE = "service", _("service")
    PROJECT = "project", _("project")
    DISTRIBUTION = "distribution", _("distribution")
    CLINIC = "clinic", _("clinic")
    COURSE = "course", _("course")
    DESK = "desk", _("service desk")
    VISIT = "visit", _("visit")
    PRODUCTION = "production", _("production")
    RESPONSE = "response", _("response")


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    RETURNED = "returned", _("returned")
    ACCEPTED = "accepted", _("accepted")
    PACKAGED = "packaged", _("packaged")
    SCHEDULED = "scheduled", _("scheduled")
    UNDER_WAY = "under_way", _("under way")
    COMPLETED = "completed", _("completed")
    REPORTED = "reported", _("reported")
    VERIFIED = "verified", _("verified")
    CLOSED = "closed", _("closed")
    DECLINED = "declined", _("declined")
    MERGED = "merged", _("merged")
    SPLIT = "split", _("split")
    POSTPONED = "postponed", _("postponed")
    CANCELLED = "cancelled", _("cancelled")


# From acceptance on an activity may carry promises; from its first day on, results.
TAKES_PLEDGES = (
    State.ACCEPTED, State.PACKAGED, State.SCHEDULED, State.UNDER_WAY, State.COMPLETED,
    State.REPORTED, State.VERIFIED,
)  # fmt: skip
TAKES_RESULTS = (
    State.PACKAGED, State.SCHEDULED, State.UNDER_WAY, State.COMPLETED, State.REPORTED, State.VERIFIED,
)  # fmt: skip


class Tier(models.TextChoices):
    LOCAL = "local", _("local")
    FLAGSHIP = "flagship", _("flagship of a profession")
    CENTRAL = "central", _("central")
    NATIONAL = "national", _("national")


class Activity(Named):
    """One organisation does one thing at a place in a window of days."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="activities")
    lead_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="activities")
    place = models.ForeignKey(Place, models.PROTECT, related_name="activities")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="activities")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    tier = models.CharField(max_length=8, choices=Tier, default=Tier.LOCAL)
    search = models.CharField(max_length=400, db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_it_starts"
            )
        ]
        indexes = [
            models.Index(fields=["lead_unit", "starts_on"], name="activity_of_unit"),
            models.Index(fields=["campaign", "starts_on"], name="activity_of_day"),
        ]

    def spell(self) -> None:
        """Keep the search column true to the names."""
        self.search = compact_form(f"{self.name_fa} {self.name_en} {self.code}")[:400]


class ShareRole(models.TextChoices):
    LEAD = "lead", _("lead")
    FUNDER = "funder", _("funder")
    PARTNER = "partner", _("partner")
    INSTALLER = "installer", _("installer")
    OWNER = "owner", _("owner")


class Share(models.Model):
    """A unit's part in joint work. Only the lead's results are its own; see the ledger's law."""

    personal: ClassVar[dict[str, Personal]] = {}

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="shares")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="shares")
    role = models.CharField(max_length=9, choices=ShareRole)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "unit"], name="share_once_a_unit"),
            models.UniqueConstraint(
                fields=["activity"], condition=Q(role="lead"), name="share_has_one_lead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.role}"
