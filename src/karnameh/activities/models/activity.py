"""The activity: who does what, where and when, for whom, and with whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities import rules
from karnameh.activities.models.campaign import Campaign
from karnameh.catalog.public import TOTAL, DimensionSet, Indicator
from karnameh.kernel.text import compact_form
from karnameh.org.public import Named, OrgUnit, Place, Profession, Theme
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


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
    """One organisation does one thing at a place in a window of days.

    While it is a proposal its unit writes it; `revision` grows with every writing, so that of two
    people who write at once the slower one is told. `moved_at` is when it came into its state.
    """

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="activities")
    profession = models.ForeignKey(Profession, models.PROTECT, null=True, related_name="activities")
    lead_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="activities")
    place = models.ForeignKey(Place, models.PROTECT, related_name="activities")
    venue = models.ForeignKey(
        "activities.Venue", models.PROTECT, null=True, related_name="wanted_by"
    )
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="activities")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    moved_at = models.DateTimeField(null=True)
    tier = models.CharField(max_length=8, choices=Tier, default=Tier.LOCAL)
    budget_rial = models.BigIntegerField(null=True)
    expected_attendance = models.PositiveIntegerField(null=True)
    participation = models.CharField(max_length=300, blank=True)  # how the public takes part
    description = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    search = models.CharField(max_length=400, db_collation="C")

    personal: ClassVar[dict[str, Personal]] = {
        "description": Personal(
            "what is going to be done; no names are asked for", "as long as the ledger"
        ),
        "participation": Personal(
            "how the public can take part; no names are asked for", "as long as the ledger"
        ),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_it_starts"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="activity_state"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="activity_tier"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="activity_kind"),
            models.CheckConstraint(
                condition=Q(budget_rial=None) | Q(budget_rial__gte=0),
                name="activity_budget_is_no_debt",
            ),
            models.CheckConstraint(
                condition=~Q(tier=Tier.FLAGSHIP) | Q(profession__isnull=False),
                name="activity_flagship_has_a_profession",
            ),
        ]
        indexes = [
            models.Index(fields=["lead_unit", "starts_on"], name="activity_of_unit"),
            models.Index(fields=["campaign", "starts_on"], name="activity_of_day"),
            models.Index(fields=["campaign", "state", "theme"], name="activity_in_a_state"),
        ]

    def spell(self) -> None:
        """Keep the search column true to the names."""
        self.search = compact_form(f"{self.name_fa} {self.name_en} {self.code}")[:400]

    @property
    def open_to_its_unit(self) -> bool:
        """Whether its unit may still write it."""
        return self.state in rules.OPEN_TO_ITS_UNIT

    @property
    def standing(self) -> bool:
        """Whether it counts in the plan."""
        return self.state in rules.STANDING


class Move(models.Model):
    """One step of an activity's life. Nobody changes or removes it."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=10, choices=State)
    to_state = models.CharField(max_length=10, choices=State)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=600, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "by": Personal("who decided, and answers for it", "as long as the ledger"),
        "note": Personal("why, to whoever proposed it", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(to_state__in=sorted(rules.NEEDS_NOTE)) | ~Q(note=""),
                name="move_says_why",
            ),
        ]
        indexes = [models.Index(fields=["activity", "-id"], name="move_of_activity")]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.from_state} → {self.to_state}"


class Lineage(models.Model):
    """An activity came out of another one; its originals are never forgotten."""

    personal: ClassVar[dict[str, Personal]] = {}

    class Kind(models.TextChoices):
        MERGE = "merge", _("merged from")
        SPLIT = "split", _("split from")
        COPY = "copy", _("copied from")

    child = models.ForeignKey(Activity, models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Activity, models.PROTECT, related_name="children")
    kind = models.CharField(max_length=5, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], name="lineage_once"),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="lineage_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} {self.kind} {self.parent_id}"


class Audience(Named):
    """For whom something is done: a group, never a list of people."""

    code = models.SlugField(max_length=40, unique=True)
    position = models.SmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]


class AudienceShare(models.Model):
    """An activity is for an audience: as a whole, or for a part of those who come."""

    personal: ClassVar[dict[str, Personal]] = {}

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="audiences")
    audience = models.ForeignKey(Audience, models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField(
        null=True
    )  # None: it is for them, nobody said how many

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "audience"], name="audience_once"),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=1, percent__lte=100),
                name="audience_percent_1_to_100",
            ),
        ]
        indexes = [models.Index(fields=["audience", "activity"], name="activities_of_audience")]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.audience_id}"


class ActivityPlace(models.Model):
    """A further place of an activity, beside its first one."""

    personal: ClassVar[dict[str, Personal]] = {}

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="further_places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "place"], name="further_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} @ {self.place_id}"


class Slot(models.TextChoices):
    MORNING = "morning", _("morning")
    AFTERNOON = "afternoon", _("afternoon")
    EVENING = "evening", _("evening")


class DayWish(models.Model):
    """A day that the unit would like, the first wish first; at any time when no slot is named."""

    personal: ClassVar[dict[str, Personal]] = {}

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="wishes")
    on = models.DateField()
    slot = models.CharField(max_length=9, choices=Slot, blank=True)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "on"], name="wish_once_a_day"),
            models.UniqueConstraint(fields=["activity", "rank"], name="wish_once_a_rank"),
            models.CheckConstraint(condition=Q(slot__in=[*Slot.values, ""]), name="wish_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.on}"


class Qualifier(models.IntegerChoices):
    """How sure a quantity is; the numbers are the ledger's, which stands above."""

    EXACT = 1, _("exactly")
    AT_LEAST = 2, _("more than")
    ABOUT = 3, _("about")
    AT_MOST = 4, _("at most")
    UNKNOWN = 5, _("unknown quantity")


class Expectation(models.Model):
    """What an activity is expected to bring: frozen with its package, it becomes a promise."""

    personal: ClassVar[dict[str, Personal]] = {}

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="expectations")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=20, decimal_places=3, null=True)  # rials where money
    qualifier = models.SmallIntegerField(choices=Qualifier, default=Qualifier.EXACT)
    dimensions = models.ForeignKey(DimensionSet, models.PROTECT, default=TOTAL, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "indicator", "dimensions"], name="expectation_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity=None, qualifier=Qualifier.UNKNOWN)
                | (Q(quantity__isnull=False) & ~Q(qualifier=Qualifier.UNKNOWN)),
                name="expectation_unknown_has_no_quantity",
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gt=0), name="expectation_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.quantity} {self.indicator_id}"


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
