"""Press packs, as they were issued."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from karnameh.activities.public import Campaign
from karnameh.insight.figures.models import Figure
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.public import Personal

LANGUAGES = ("fa", "en")
KINDS = ("pdf", "docx")


class Pack(models.Model):
    """Published figures for the press, with what stands around them. Never changed once it is issued."""

    code = models.CharField(max_length=12, unique=True)
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    title_fa = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    document = models.JSONField()  # everything that is printed

    personal: ClassVar[dict[str, Personal]] = {
        "issued_by": Personal("who issued the pack", "as long as the ledger"),
        "document": Personal(
            "published figures and titles of days; nothing about a person", "as long as the ledger"
        ),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["-issued_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title_fa="") & ~Q(title_en=""), name="pack_has_a_title"
            )
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """The title in the language in force."""
        return self.title_en if get_language() == "en" else self.title_fa


class PackFigure(models.Model):
    """A figure in a pack: a number comes into a pack in no other way. A trigger asks that it is published."""

    personal: ClassVar[dict[str, Personal]] = {}

    pack = models.ForeignKey(Pack, models.PROTECT, related_name="figures")
    figure = models.ForeignKey(Figure, models.PROTECT, related_name="packs")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "figure"], name="pack_holds_a_figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}: {self.figure_id}"


class PackFile(models.Model):
    """A pack as a file: made by the worker, and made again from the document when it is lost."""

    personal: ClassVar[dict[str, Personal]] = {}

    pack = models.ForeignKey(Pack, models.CASCADE, related_name="files")
    language = models.CharField(max_length=2)
    kind = models.CharField(max_length=4)
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "language", "kind"], name="pack_file_once"),
            models.CheckConstraint(
                condition=Q(kind__in=KINDS, language__in=LANGUAGES), name="pack_file_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}.{self.language}.{self.kind}"
