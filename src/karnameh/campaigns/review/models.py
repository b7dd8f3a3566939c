"""Opinions of reviewers, and the decisions that end a round of review."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Activity
from karnameh.people.public import User
from karnameh.plumbing.public import Personal

MOST = 4  # the best mark of a criterion


class Verdict(models.TextChoices):
    ACCEPT = "accept", _("accepted")
    RETURN = "return", _("returned")
    DECLINE = "decline", _("declined")
    MERGE = "merge", _("merged")
    SPLIT = "split", _("split")


class Reason(models.TextChoices):
    """Why a proposal is declined, in words that its unit can do something with."""

    DOUBLE = "double", _("Somebody else has proposed it already.")
    VAGUE = "vague", _("It does not say clearly what will be done.")
    CLOSED = "closed", _("It is not open to everybody.")
    COSTLY = "costly", _("It costs too much for what it brings.")
    NO_ROOM = "no_room", _("There is no room for it in this week.")
    NOT_OURS = "not_ours", _("It is no public service.")


def _mark() -> models.PositiveSmallIntegerField[int | None, int | None]:
    return models.PositiveSmallIntegerField(null=True)


class Opinion(models.Model):
    """What one reviewer thinks of a proposal: a mark for each criterion, kept as it is pressed."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="opinions")
    reviewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    quality = _mark()
    service = _mark()
    openness = _mark()
    media = _mark()
    note = models.CharField(max_length=600, blank=True)  # kept while it is being written
    revision = models.PositiveIntegerField()  # of the proposal that was read
    saved_at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "reviewer": Personal("whose opinion it is", "as long as the ledger"),
        "note": Personal(
            "what is thought of a proposal; no names are asked for", "as long as the ledger"
        ),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "reviewer"], name="opinion_once_a_reviewer"
            ),
            models.CheckConstraint(
                condition=(Q(quality=None) | Q(quality__lte=MOST))
                & (Q(service=None) | Q(service__lte=MOST))
                & (Q(openness=None) | Q(openness__lte=MOST))
                & (Q(media=None) | Q(media__lte=MOST)),
                name="opinion_marks_0_to_4",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} by {self.reviewer_id}"


class Decision(models.Model):
    """What a round of review ended with. One a round, whoever is quicker; nobody changes it.

    Rounds count on: a proposal that comes back, or whose decision was taken back, is in the next one.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=7, choices=Verdict)
    reason = models.CharField(max_length=8, choices=Reason, blank=True)
    note = models.CharField(max_length=600, blank=True)
    points = models.PositiveSmallIntegerField(null=True)  # 0-100, of the opinions at that moment
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "by": Personal("who decided, and answers for it", "as long as the ledger"),
        "note": Personal("what its unit is told; no names are asked for", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["activity", "round"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "round"], name="decision_once_a_round"),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="decision_verdict"
            ),
            models.CheckConstraint(
                condition=(Q(verdict=Verdict.DECLINE) & Q(reason__in=Reason.values))
                | (~Q(verdict=Verdict.DECLINE) & Q(reason="")),
                name="decision_declined_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.RETURN) | ~Q(note=""),
                name="decision_returned_says_what",
            ),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__lte=100), name="decision_points_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}/{self.round}: {self.verdict}"
