"""What a proposal said each time it was handed in, and the notes that went to and fro."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Activity
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class ProposalVersion(models.Model):
    """A proposal as it was handed in. Nobody changes or removes it.

    `content` has the shape that `rules.content` describes; `digest` is the SHA-256 of its canonical
    JSON, so that the same content handed in again is known as such.
    """

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "content": Personal("what was proposed; no names are asked for", "as long as the ledger"),
        "by": Personal("who handed it in for the unit", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "number"], name="proposal_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="proposal_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} v{self.number}"


class NoteKind(models.TextChoices):
    RETURNED = "returned", _("returned with a note")
    ANSWER = "answer", _("answer")
    REMARK = "remark", _("remark")


class Note(models.Model):
    """Words between a reviewer and the unit about a proposal. Nobody changes or removes them."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=8, choices=NoteKind)
    answers = models.ForeignKey("self", models.PROTECT, null=True, related_name="answered_in")
    text = models.CharField(max_length=600)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "text": Personal("what should be changed, and the answer", "as long as the ledger"),
        "by": Personal("who wrote it, for the office or the unit", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=NoteKind.values), name="note_kind"),
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.CheckConstraint(
                condition=Q(kind=NoteKind.ANSWER) | Q(answers=None), name="note_only_an_answer_answers"
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["activity", "id"], name="note_of_activity")]

    def __str__(self) -> str:
        return self.text
