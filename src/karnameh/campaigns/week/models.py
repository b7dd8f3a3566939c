"""The planner's runs with what they say, and the secret addresses of calendar feeds."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Activity, Campaign
from karnameh.campaigns.package.models import Version
from karnameh.kernel.ids import new_id
from karnameh.org.public import OrgUnit, Theme
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


def _new_id() -> UUID:
    return new_id()


class RunState(models.TextChoices):
    QUEUED = "queued", _("waits for its turn")
    RUNNING = "running", _("is being planned")
    DONE = "done", _("planned")
    FAILED = "failed", _("failed")


OPEN_RUNS = (RunState.QUEUED, RunState.RUNNING)


class Run(models.Model):
    """The machine plans a draft. The worker writes how far it is; a person may stop it and keep what is there."""

    personal: ClassVar[dict[str, Personal]] = {
        "asked_by": Personal("who let the machine plan", "as long as the ledger"),
        "conflict": Personal("rules that contradict; no people", "as long as the ledger"),
        "moves": Personal("what a new plan moved; no people", "as long as the ledger"),
        "trouble": Personal("why it failed; no people", "as long as the ledger"),
    }

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    version = models.ForeignKey(Version, models.PROTECT, related_name="runs")
    again = models.BooleanField(default=False)  # moves as little as it can
    seconds = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=7, choices=RunState, default=RunState.QUEUED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    step = models.PositiveIntegerField()  # of the draft that it began with
    heard_at = models.DateTimeField(null=True)  # the worker's last word: a silent one has died
    ended_at = models.DateTimeField(null=True)
    stop = models.BooleanField(default=False)
    phase = models.CharField(max_length=40, blank=True)
    best = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    gap = models.FloatField(null=True)
    status = models.CharField(max_length=10, blank=True)
    proposals = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    conflict = models.JSONField(default=list)
    moves = models.JSONField(default=list)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="run_state"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(state__in=OPEN_RUNS), name="run_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(seconds__gte=1, seconds__lte=600), name="run_has_its_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Whether it still waits or works."""
        return self.state in OPEN_RUNS


class Left(models.Model):
    """A proposal that a run left out: the binding reason, and what would have to change."""

    personal: ClassVar[dict[str, Personal]] = {
        "reason": Personal(
            "a code of the planner and its figures; no people", "as long as the ledger"
        ),
        "changes": Personal("codes of the planner; no people", "as long as the ledger"),
    }

    run = models.ForeignKey(Run, models.CASCADE, related_name="left")
    activity = models.ForeignKey(Activity, models.PROTECT, related_name="+")
    reason = models.JSONField()
    changes = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "activity"], name="left_out_once")]

    def __str__(self) -> str:
        return f"{self.run_id}: {self.activity_id}"


class FeedKind(models.TextChoices):
    UNIT = "unit", _("one unit")
    THEME = "theme", _("one theme of a province")
    COUNTY = "county", _("a county or province")
    PERSON = "person", _("my own week")


class Feed(models.Model):
    """A calendar address that a phone can subscribe to. Only the hash of its secret is kept."""

    personal: ClassVar[dict[str, Personal]] = {
        "owner": Personal("whose address it is, and who may close it", "as long as the account"),
    }

    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=FeedKind)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, related_name="+")
    secret = models.CharField(max_length=64, unique=True)  # SHA-256 of it
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    read_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=FeedKind.PERSON, unit=None, theme=None)
                | Q(kind__in=[FeedKind.UNIT, FeedKind.COUNTY], unit__isnull=False, theme=None)
                | Q(kind=FeedKind.THEME, unit__isnull=False, theme__isnull=False),
                name="feed_says_of_what",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.owner_id}"
