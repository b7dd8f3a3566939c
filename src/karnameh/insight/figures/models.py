"""The registry of published figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Campaign
from karnameh.catalog.public import Indicator, MeasureKind
from karnameh.insight.figures import rules
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Axis,
    Bucket,
    Head,
    ProofQuestion,
    Publishing,
    Qualifier,
    short_code,
)
from karnameh.ledger.public import Stage as LedgerStage
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class State(models.TextChoices):
    DRAFT = rules.State.DRAFT, _("draft")
    PROPOSED = rules.State.PROPOSED, _("waits for a second officer")
    APPROVED = rules.State.APPROVED, _("approved")
    PUBLISHED = rules.State.PUBLISHED, _("published")
    SUPERSEDED = rules.State.SUPERSEDED, _("superseded")
    WITHDRAWN = rules.State.WITHDRAWN, _("withdrawn")


OPEN = (State.DRAFT, State.PROPOSED, State.APPROVED)
OUT = (State.PUBLISHED, State.SUPERSEDED, State.WITHDRAWN)


class Stage(models.IntegerChoices):
    PLEDGED = int(LedgerStage.PLEDGED), pgettext_lazy("stage", "Promised")
    REPORTED = int(LedgerStage.REPORTED), pgettext_lazy("stage", "Reported")
    VERIFIED = int(LedgerStage.VERIFIED), pgettext_lazy("stage", "Verified")


def _account(**options: Any) -> Any:
    return models.ForeignKey(User, models.PROTECT, related_name="+", **options)


class Figure(models.Model):
    """A number that is said in public: its sentence, its query, its value, and who stands behind it.

    A trigger holds the steps of its life, computes `digest`, clears the approval at every edit, and
    freezes what is published.
    """

    code = models.CharField(max_length=12, unique=True)
    salt = models.CharField(max_length=32)  # makes the fingerprint say nothing about a hidden value
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="figures"
    )  # whose work, who answers
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, related_name="+"
    )  # only what was done there
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    stage = models.SmallIntegerField(_("Which of the three numbers?"), choices=Stage)
    bucket = models.SmallIntegerField(default=int(Bucket.OWN))
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    sentence_fa = models.CharField(max_length=rules.LONGEST)
    sentence_en = models.CharField(max_length=rules.LONGEST)
    method_fa = models.CharField(max_length=600, blank=True)
    method_en = models.CharField(max_length=600, blank=True)
    as_of = models.DateTimeField(null=True)
    moment = models.BigIntegerField(null=True)  # entries with a smaller clock are in the value
    value = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    qualifier = models.SmallIntegerField(default=int(Qualifier.EXACT))
    head = models.ForeignKey(
        Head, models.PROTECT, null=True, related_name="+"
    )  # that holds the value
    embargo_until = models.DateTimeField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    reason = models.CharField(max_length=300, blank=True)  # why another figure takes its place
    digest = models.CharField(max_length=64, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = _account()
    authors = ArrayField(models.IntegerField())  # everybody whose hand is in it
    edited_by = _account()
    edited_at = models.DateTimeField()
    created_at = models.DateTimeField()
    proposed_by = _account(null=True)
    proposed_at = models.DateTimeField(null=True)
    approved_by = _account(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_digest = models.CharField(max_length=64, blank=True)
    returned_note = models.CharField(max_length=300, blank=True)
    published_by = _account(null=True)
    published_at = models.DateTimeField(null=True)
    shown = models.JSONField(null=True)  # all that the public sees, computed for the public
    bundle = models.JSONField(null=True)  # the proof
    closed_by = _account(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_reason = models.CharField(max_length=300, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "author": Personal("the office that wrote a public figure", "as long as the ledger"),
        "authors": Personal("whoever wrote in it may not approve it", "as long as the ledger"),
        "edited_by": Personal("who changed it last", "as long as the ledger"),
        "proposed_by": Personal("who proposed it", "as long as the ledger"),
        "approved_by": Personal("who approved it", "as long as the ledger"),
        "published_by": Personal("who published it", "as long as the ledger"),
        "closed_by": Personal("who superseded or withdrew it", "as long as the ledger"),
        "shown": Personal("counts made for the public; nothing about a person", "as long as the ledger"),
        "bundle": Personal("the proof of a sum; nothing about a person", "as long as the ledger"),
    }  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supersedes"], condition=~Q(state="withdrawn"), name="figure_superseded_once"
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="figure_state"),
            models.CheckConstraint(
                condition=Q(approved_by=None)
                | (~Q(approved_by=F("author")) & ~Q(approved_by=F("edited_by")) & ~Q(approved_by=F("proposed_by"))),
                name="figure_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, approved_digest="")
                | Q(approved_by__isnull=False, approved_at__isnull=False, approved_digest=F("digest")),
                name="figure_approval_is_of_this_content",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.APPROVED, State.PUBLISHED, State.SUPERSEDED])
                | Q(approved_by__isnull=False),
                name="figure_public_was_approved",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None, shown=None)
                | Q(published_at__isnull=False, published_by__isnull=False, shown__isnull=False),
                name="figure_publication_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.PUBLISHED, State.SUPERSEDED]) | Q(published_at__isnull=False),
                name="figure_published_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.PROPOSED, State.APPROVED, State.PUBLISHED, State.SUPERSEDED])
                | (Q(value__isnull=False, as_of__isnull=False, head__isnull=False) 
                   & ~Q(qualifier=int(Qualifier.UNKNOWN))),
                name="figure_proposed_has_a_value",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SUPERSEDED, State.WITHDRAWN])
                | (Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(closed_reason="")),
                name="figure_closed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | (~Q(reason="") & ~Q(supersedes=F("id"))),
                name="figure_superseding_says_why",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="figure_period_runs_forward",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["state", "-edited_at"], name="figure_state_edited"),
            models.Index(fields=["unit", "state"], name="figure_of_unit"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def period(self) -> Period:
        """The days that are counted."""
        return Period(self.starts_on, self.ends_on)

    @property
    def money(self) -> bool:
        """Whether the value is in rials."""
        return self.indicator.measure.kind == MeasureKind.MONEY

    @property
    def node(self) -> OrgUnit | Place:
        """Of whom or where the number speaks."""
        return self.place or self.unit

    @property
    def stage_word(self) -> str:
        """The stage as the components name it."""
        return {1: "pledged", 2: "reported", 3: "verified"}[self.stage]

    @property
    def qualifier_word(self) -> str:
        """The qualifier as the components name it."""
        return {1: "exact", 2: "at_least", 3: "about", 4: "at_most", 5: "unknown"}[self.qualifier]

    @property
    def publishing(self) -> Publishing:
        """Its question to the ledger, with the campaign before it beside it."""
        before = None
        if self.campaign is not None:
            earlier = Campaign.objects.filter(starts_on__lt=self.campaign.starts_on).first()
            before = earlier.period if earlier else None
        return Publishing(
            self.unit,
            self.place,
            self.indicator,
            self.period,
            before,
            Bucket(self.bucket),
            self.moment,
        )

    @property
    def about_people(self) -> bool:
        """Whether its counts are protected."""
        return Publishing(self.unit, None, self.indicator, self.period).about_people

    @property
    def proof_question(self) -> ProofQuestion:
        """The same question to the log."""
        return ProofQuestion(
            self.node.pk, self.indicator_id, LedgerStage(self.stage), self.starts_on, self.ends_on,
            Axis.PLACE if self.place_id else Axis.UNIT, Bucket(self.bucket),
        )  # fmt: skip

    @property
    def head_code(self) -> str:
        """The short code of the head that holds the value; empty before it is proposed."""
        return short_code(self.head) if self.head else ""

    @property
    def content(self) -> rules.Content:
        """What an approval is bound to."""
        return rules.Content(
            self.code, self.salt, self.unit.code, self.place.code if self.place else "", self.indicator.code,
            self.stage, self.bucket, self.starts_on, self.ends_on, self.campaign.code if self.campaign else "",
            self.sentence_fa, self.sentence_en, self.method_fa, self.method_en, self.as_of, self.moment,
            self.value, self.qualifier, bytes(self.head.root).hex() if self.head else "", self.embargo_until,
            self.supersedes.code if self.supersedes else "", self.reason,
        )  # fmt: skip

    def is_public(self, at: datetime) -> bool:
        """Whether everybody may see it at that instant."""
        return self.published_at is not None and (
            self.embargo_until is None or self.embargo_until <= at
        )

    @property
    def document(self) -> dict[str, Any]:
        """All that the public sees of it; empty before it is published."""
        return self.shown or {}

    @property
    def sentence(self) -> str:
        """The published sentence in the language in force; before that, with its placeholders."""
        language = "en" if get_language() == "en" else "fa"
        if self.shown:
            return str(self.shown["sentence"][language])
        return self.sentence_en if language == "en" else self.sentence_fa

    @property
    def method(self) -> str:
        """The note on how the number was made, in the language in force."""
        return self.method_en if get_language() == "en" and self.method_en else self.method_fa


class Step(models.TextChoices):
    WAITING = "waiting", _("waits for the worker")
    SEALING = "sealing", _("the ledger is being sealed")
    COUNTING = "counting", _("its parts are counted and its proof is made")
    STOPPED = "stopped", _("could not be published")


class FigureWork(models.Model):
    """A figure over so many entries that the worker publishes it; gone when it is public."""

    figure = models.OneToOneField(Figure, models.CASCADE, primary_key=True, related_name="work")
    asked_by = _account()
    asked_at = models.DateTimeField()
    entries = models.BigIntegerField()
    step = models.CharField(max_length=8, choices=Step, default=Step.WAITING)
    step_at = models.DateTimeField()
    trouble = models.CharField(max_length=300, blank=True)  # why it stopped, in words

    personal: ClassVar[dict[str, Personal]] = {
        "asked_by": Personal("in whose name it is published", "until it is public"),
        "trouble": Personal("a sentence of the product itself", "until it is public"),
    }

    def __str__(self) -> str:
        return f"{self.figure_id} {self.step}"

    @property
    def goes_on(self) -> bool:
        """Whether the worker has it: pages ask again until it has not."""
        return self.step != Step.STOPPED


class FigureWatch(models.Model):
    """What the ledger says now of a published figure's question: looked at now and then by the worker."""

    personal: ClassVar[dict[str, Personal]] = {}

    figure = models.OneToOneField(Figure, models.CASCADE, primary_key=True, related_name="watch")
    value = models.DecimalField(max_digits=24, decimal_places=3, null=True)
    looked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.figure_id)
