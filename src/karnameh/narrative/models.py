"""Reports as they arrived, the drafts read from them, and the questions that they raised."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Campaign
from karnameh.catalog.public import Indicator
from karnameh.kernel.ids import new_id
from karnameh.kernel.text import compact_form
from karnameh.ledger.public import Coverage as LedgerCoverage
from karnameh.ledger.public import Qualifier as LedgerQualifier
from karnameh.ledger.public import Stage as LedgerStage
from karnameh.narrative.rules import MOST_WORDS
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class Kind(models.TextChoices):
    PASTE = "paste", _("pasted text")
    TXT = "txt", _("text file")
    DOCX = "docx", _("Word document")
    PDF = "pdf", _("PDF")
    HTML = "html", _("web page")


class State(models.TextChoices):
    READING = "reading", _("being read")
    POSTED = "posted", _("in the ledger")
    UNDONE = "undone", _("taken back")
    DISCARDED = "discarded", _("discarded")


class Verdict(models.TextChoices):
    OPEN = "open", _("undecided")
    CONFIRMED = "confirmed", _("accepted")
    DROPPED = "dropped", _("dropped")
    ASKED = "asked", _("asked")


class Reason(models.TextChoices):
    """Why a number is not posted."""

    NO_RESULT = "no_result", _("It is no result: a date, an age, an order, a name.")
    POTENTIAL = "potential", _("It is a possibility, not a promise.")
    RATE = "rate", _("A daily rate is no total.")
    SAID_ABOVE = "said_above", _("The same figure was said above.")
    IN_LEDGER = "in_ledger", _("It is in the ledger already.")
    NOT_OURS = "not_ours", _("It is not our work.")
    UNSURE = "unsure", _("It is too unclear to be posted.")


NO_GOLD_CHANGE = (Reason.SAID_ABOVE, Reason.IN_LEDGER, Reason.NOT_OURS, Reason.UNSURE, Reason.RATE)


class Stage(models.IntegerChoices):
    PLEDGED = int(LedgerStage.PLEDGED), _("Promised")
    REPORTED = int(LedgerStage.REPORTED), _("Reported as done")


class Qualifier(models.IntegerChoices):
    EXACT = int(LedgerQualifier.EXACT), _("exactly")
    AT_LEAST = int(LedgerQualifier.AT_LEAST), _("more than")
    ABOUT = int(LedgerQualifier.ABOUT), _("about")
    AT_MOST = int(LedgerQualifier.AT_MOST), _("at most")
    UNKNOWN = int(LedgerQualifier.UNKNOWN), _("unknown quantity")


class Coverage(models.IntegerChoices):
    OWN = int(LedgerCoverage.OWN), _("The unit’s own work")
    WHOLE_SUBTREE = int(LedgerCoverage.WHOLE_SUBTREE), _("Stated for everybody beneath it")


def _new_id() -> UUID:
    return new_id()


class Source(models.Model):
    """One report in prose. Its id is the batch of its entries in the ledger."""

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")  # for which it speaks
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.READING)
    title = models.CharField(max_length=160)
    search = models.CharField(max_length=400, db_collation="C")
    outlet = models.CharField(max_length=120, blank=True)
    office = models.CharField(max_length=120, blank=True)  # of the speaker; never a person's name
    dated = models.DateField()  # the report's own day
    kind = models.CharField(max_length=5, choices=Kind)
    sha256 = models.CharField(max_length=64)
    characters = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    undo_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undo_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(max_length=300, blank=True)

    personal: ClassVar[dict[str, Personal]] = {
        "owner": Personal("who entered the report, and answers for it", "as long as the ledger"),
        "office": Personal("the office that spoke; never a name", "as long as the ledger"),
        "title": Personal("by which the report is found again", "as long as the ledger"),
        "undo_by": Personal("who took its entries back", "as long as the ledger"),
        "undo_reason": Personal("why they were taken back", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="source_state"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="source_kind"),
            models.CheckConstraint(condition=~Q(title=""), name="source_has_a_title"),
            models.CheckConstraint(condition=Q(characters__gt=0), name="source_has_a_text"),
            models.CheckConstraint(
                condition=Q(state__in=[State.POSTED, State.UNDONE], posted_at__isnull=False)
                | Q(state__in=[State.READING, State.DISCARDED], posted_at=None),
                name="source_posted_says_when",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state=State.UNDONE, undo_by__isnull=False, undo_at__isnull=False)
                    & ~Q(undo_reason="")
                )
                | (~Q(state=State.UNDONE) & Q(undo_by=None, undo_at=None, undo_reason="")),
                name="source_undone_says_why",
            ),
            models.UniqueConstraint(
                fields=["unit", "sha256"],
                condition=Q(state__in=[State.READING, State.POSTED]),
                name="source_text_once_for_a_unit",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-created_at"], name="source_of_unit"),
            models.Index(fields=["state", "created_at"], name="source_state_at"),
        ]

    def __str__(self) -> str:
        return self.title

    def spell(self) -> None:
        """Keep the search column true to the words."""
        self.search = compact_form(f"{self.title} {self.outlet} {self.office}")[:400]

    @property
    def may_change(self) -> bool:
        """Whether decisions can still be taken: an undone or discarded report is closed."""
        return self.state in (State.READING, State.POSTED)


class SourceText(models.Model):
    """The report's own words, for as long as they are kept."""

    source = models.OneToOneField(Source, models.CASCADE, primary_key=True, related_name="text_row")
    text = models.TextField()
    expires_on = models.DateField()

    personal: ClassVar[dict[str, Personal]] = {
        "text": Personal(
            "what was said, beside the drafts read from it; a report may name office holders",
            "400 days after posting, 30 days without a decision (settings)",
        ),
    }

    class Meta:
        indexes = [models.Index(fields=["expires_on"], name="source_text_expires")]

    def __str__(self) -> str:
        return str(self.source_id)


class Draft(models.Model):
    """One quantity in a report: what the reader proposes, and what a person decides.

    Its id is the id of its entry, made beforehand: posting twice is one row. The words around it are
    kept here, so an entry's words outlive the report.
    """

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="drafts")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    written = models.CharField(max_length=200)  # the number as the report has it
    words = models.CharField(max_length=MOST_WORDS + 20)
    words_at = models.PositiveSmallIntegerField()  # where the number begins in them
    proposed = models.JSONField()  # everything that the reader said
    by_hand = models.BooleanField(default=False)  # a person found it, not the reader
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, related_name="+")
    stage = models.SmallIntegerField(choices=Stage, null=True)
    qualifier = models.SmallIntegerField(choices=Qualifier, default=Qualifier.EXACT)
    quantity = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    rial = models.BigIntegerField(null=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    coverage = models.SmallIntegerField(choices=Coverage, default=Coverage.OWN)
    fulfils = models.UUIDField(null=True)  # the promise's entry
    repeat_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="repeats")
    verdict = models.CharField(max_length=9, choices=Verdict, default=Verdict.OPEN)
    reason = models.CharField(max_length=10, choices=Reason, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "words": Personal(
            "the sentence in which a figure was said, one click from its entry",
            "as long as the ledger",
        ),
        "proposed": Personal(
            "what the reader understood: the office that spoke, the unit that acted",
            "as long as the ledger",
        ),
        "decided_by": Personal("who accepted or dropped a figure", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["source", "start"]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="draft_verdict"),
            models.CheckConstraint(condition=Q(end__gt=F("start")), name="draft_has_words"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="draft_period_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(quantity=None) | ~Q(qualifier=int(LedgerQualifier.UNKNOWN)),
                name="draft_unknown_has_no_quantity",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.CONFIRMED)
                | (
                    Q(indicator__isnull=False, stage__isnull=False)
                    & (Q(quantity__isnull=False) | Q(qualifier=int(LedgerQualifier.UNKNOWN)))
                ),
                name="draft_accepted_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=[Verdict.CONFIRMED, Verdict.ASKED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="draft_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.DROPPED) & ~Q(reason="")
                | ~Q(verdict=Verdict.DROPPED) & Q(reason=""),
                name="draft_dropped_says_why",
            ),
            models.CheckConstraint(
                condition=Q(posted_at=None) | Q(verdict=Verdict.CONFIRMED),
                name="draft_posted_was_accepted",
            ),
            models.CheckConstraint(
                condition=Q(fulfils=None) | Q(stage=int(LedgerStage.REPORTED)),
                name="draft_only_reports_fulfil",
            ),
            models.UniqueConstraint(fields=["source", "start"], name="draft_once_in_a_place"),
        ]

    def __str__(self) -> str:
        return self.written

    @property
    def stage_word(self) -> str:
        """The stage as the components name it; empty when the number is none of them."""
        return {1: "pledged", 2: "reported"}.get(self.stage or 0, "")

    @property
    def qualifier_word(self) -> str:
        """The qualifier as the components name it."""
        return {1: "exact", 2: "at_least", 3: "about", 4: "at_most", 5: "unknown"}[self.qualifier]

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.starts_on, self.ends_on

    @property
    def counted(self) -> str:
        """What is counted, as written."""
        return str(self.proposed.get("counted") or "")

    @property
    def said(self) -> tuple[str, str, str]:
        """The words before the number, the number, and the words after it."""
        at, end = self.words_at, self.words_at + len(self.written)
        return self.words[:at], self.words[at:end], self.words[end:]

    @property
    def as_written(self) -> str:
        """The number with what it counts, as the ledger keeps it."""
        return f"{self.written} {self.counted}".strip()[:200]

    @property
    def confidence(self) -> int:
        """How sure the reader was, in percent; nothing for what a person found."""
        return 0 if self.by_hand else round(100 * float(self.proposed.get("confidence") or 0))


class Asked(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    ANSWERED = "answered", _("answered")
    WITHDRAWN = "withdrawn", _("no longer asked")


class Question(models.Model):
    """A figure that the report leaves open, put to the unit that knows."""

    personal: ClassVar[dict[str, Personal]] = {
        "asked_by": Personal("who wants to know", "as long as the ledger"),
        "answered_by": Personal("who answered for the unit", "as long as the ledger"),
        "sentence": Personal("what was asked", "as long as the ledger"),
        "answer": Personal("what was answered", "as long as the ledger"),
    }

    draft = models.OneToOneField(Draft, models.PROTECT, related_name="question")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=Asked, default=Asked.OPEN)
    sentence = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    quantity = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    rial = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)  # when the entry was corrected by the answer

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=Asked.values), name="question_state"),
            models.CheckConstraint(condition=~Q(sentence=""), name="question_says_something"),
            models.CheckConstraint(
                condition=Q(
                    state=Asked.ANSWERED, answered_by__isnull=False, answered_at__isnull=False
                )
                | (~Q(state=Asked.ANSWERED) & Q(answered_by=None, answered_at=None, quantity=None)),
                name="question_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=Asked.ANSWERED) | Q(quantity__isnull=False) | ~Q(answer=""),
                name="question_answer_says_something",
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="question_of_unit")]

    def __str__(self) -> str:
        return self.sentence


class Example(models.Model):
    """A sentence in which a person corrected the reader: the reader learns from it, nobody else."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="examples")
    start = models.PositiveIntegerField()  # of the sentence in its report
    sentence = models.TextField()
    rows = models.JSONField()  # gold of every quantity in it
    made_on = models.DateField()

    personal: ClassVar[dict[str, Personal]] = {
        "sentence": Personal("shows the reader where it was wrong", "400 days (settings)"),
        "rows": Personal("what a person found in that sentence", "400 days (settings)"),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "start"], name="example_once_a_sentence")
        ]

    def __str__(self) -> str:
        return self.sentence[:60]


def changes(model: models.Model, **values: Any) -> None:
    """Set fields and write just these."""
    for name, value in values.items():
        setattr(model, name, value)
    model.save(update_fields=list(values))
