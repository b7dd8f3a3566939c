"""Campaigns: their days, phases and axes, and what was learnt in them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from karnameh.kernel.period import Period
from karnameh.org.public import Named, OrgUnit, Theme
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class Planning(models.TextChoices):
    """How far the planning of a campaign has come."""

    PREPARING = "preparing", _("in preparation")
    OPEN = "open", _("open for proposals")
    CLOSED = "closed", _("closed for proposals")
    OVER = "over", _("over")


class Campaign(Named):
    """A dated effort such as the yearly service week. Without a unit it is the whole federation's."""

    code = models.SlugField(max_length=40, unique=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="campaigns")
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    starts_on = models.DateField()
    ends_on = models.DateField()
    slogan_fa = models.CharField(max_length=200, blank=True)
    slogan_en = models.CharField(max_length=200, blank=True)
    planning = models.CharField(max_length=9, choices=Planning, default=Planning.PREPARING)
    proposals_open_on = models.DateField(null=True)
    proposals_close_on = models.DateField(null=True)  # open: until the planner closes them

    class Meta:
        ordering: ClassVar[list[str]] = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(planning__in=Planning.values), name="campaign_planning"
            ),
            models.CheckConstraint(
                condition=Q(proposals_close_on=None)
                | Q(proposals_close_on__gte=F("proposals_open_on")),
                name="campaign_proposals_close_after_they_open",
            ),
            models.CheckConstraint(
                condition=Q(proposals_close_on=None) | Q(proposals_close_on__lte=F("ends_on")),
                name="campaign_proposals_close_before_its_end",
            ),
            models.CheckConstraint(
                condition=Q(follows=None) | ~Q(follows=F("id")), name="campaign_follows_another"
            ),
        ]

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.starts_on, self.ends_on)

    @property
    def slogan(self) -> str:
        """The slogan in the language in force."""
        return self.slogan_en if get_language() == "en" and self.slogan_en else self.slogan_fa


class CampaignDay(models.Model):
    """One day of a campaign: its title, and the theme that it is about."""

    personal: ClassVar[dict[str, Personal]] = {}

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="days")
    on = models.DateField()
    title_fa = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["on"]
        constraints = [models.UniqueConstraint(fields=["campaign", "on"], name="campaign_day_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the language in force."""
        return self.title_en if get_language() == "en" and self.title_en else self.title_fa


class Phase(Named):
    """A stretch of a campaign, also before or after its own days."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    position = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="phase_position_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="phase_ends_after_it_starts"
            ),
        ]


class Axis(Named):
    """One of the few subjects that a campaign is about."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="axes")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="axis_position_once")
        ]


class Lesson(models.Model):
    """What a campaign taught; the next one answers it before its planning opens."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="lessons")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=600)
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=600, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "text": Personal(
            "what went well or badly; no names are asked for", "as long as the ledger"
        ),
        "answer": Personal(
            "what is done about it; no names are asked for", "as long as the ledger"
        ),
        "raised_by": Personal("who noted it for the unit", "as long as the ledger"),
        "answered_by": Personal("who answers for what is done", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="lesson_says_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="lesson_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text
