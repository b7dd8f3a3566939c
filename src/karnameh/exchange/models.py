"""The queue and the record of imports, whose rows lie in files; keys of programs; open data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Campaign
from karnameh.exchange.webhooks.models import Attempt, Delivery, Subscription
from karnameh.kernel.ids import new_id
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.public import Personal

__all__ = [
    "ApiToken", "Attempt", "Delivery", "FilePrint", "Import", "OpenData", "OpenState", "State",
    "Subscription",
]  # fmt: skip


class State(models.TextChoices):
    UPLOADED = "uploaded", _("waiting to be read")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    POSTING = "posting", _("being posted")
    POSTED = "posted", _("posted")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    FAILED = "failed", _("not taken")
    DISCARDED = "discarded", _("discarded")


WAITING = (State.UPLOADED, State.CHECKING, State.POSTING, State.UNDOING)  # for the worker
UNDECIDED = (State.UPLOADED, State.CHECKING, State.CHECKED, State.FAILED)  # for their owner
LARGE = 1_000  # so many entries are taken back by two persons only
LONGEST = timedelta(days=366)  # a key that nobody renews ends by itself
STANDING = (State.POSTED, State.UNDOING, State.UNDONE)  # their entries are in the ledger


def _new_id() -> UUID:
    return new_id()


class Import(models.Model):
    """One uploaded sheet, from its arrival until its entries stand, are taken back, or never came.

    Its id is the batch of its entries in the ledger.
    """

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="imports")
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+"
    )  # nothing outside it is taken
    state = models.CharField(max_length=9, choices=State, default=State.UPLOADED)
    file_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4)
    folder = models.CharField(max_length=32, unique=True)  # random, under UPLOADS
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    # Who works on it: a worker that falls silent loses it to the next one.
    worker = models.UUIDField(null=True)
    findings = models.UUIDField(null=True)  # the finished check whose files count
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    progress = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)  # rows that would be, or were, posted
    same = models.PositiveIntegerField(default=0)  # rows that the ledger had already
    conflicts = models.PositiveIntegerField(default=0)  # errors by an id that other content has
    trouble = models.CharField(max_length=40, blank=True)  # names the sentence
    trouble_given = models.CharField(max_length=300, blank=True)
    undo_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undo_confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undo_reason = models.CharField(max_length=300, blank=True)
    undone = models.PositiveIntegerField(default=0)  # entries that were taken back

    personal: ClassVar[dict[str, Personal]] = {
        "owner": Personal("who sent the sheet, and posts its entries", "as long as the ledger"),
        "file_name": Personal("by which its sender knows the sheet again", "as long as the ledger"),
        "undo_by": Personal("who took the entries back", "as long as the ledger"),
        "undo_confirmed_by": Personal("who agreed to it", "as long as the ledger"),
        "undo_reason": Personal("why they were taken back", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="import_state"),
            models.CheckConstraint(condition=Q(kind__in=["xlsx", "csv"]), name="import_kind"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="import_progress_to_100"),
            models.CheckConstraint(
                condition=~Q(file_name="") & Q(size__gt=0), name="import_has_a_file"
            ),
            models.CheckConstraint(
                condition=Q(state__in=STANDING, posted_at__isnull=False)
                | (~Q(state__in=STANDING) & Q(posted_at=None)),
                name="import_posted_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.POSTING, *STANDING]) | Q(errors=0),
                name="import_posted_without_errors",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.UNDOING, State.UNDONE])
                | (Q(undo_by__isnull=False) & ~Q(undo_reason="")),
                name="import_undone_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.UNDOING, State.UNDONE])
                | Q(new__lte=LARGE)
                | Q(undo_confirmed_by__isnull=False),
                name="import_large_undo_needs_two",
            ),
            models.CheckConstraint(
                condition=Q(undo_confirmed_by=None) | ~Q(undo_confirmed_by=F("undo_by")),
                name="import_undo_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(rows=F("errors") + F("new") + F("same")),
                name="import_rows_have_one_verdict",
            ),
            models.CheckConstraint(
                condition=Q(conflicts__lte=F("errors")), name="import_conflicts_are_errors"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="import_of_owner"),
            models.Index(
                fields=["created_at"], name="import_waiting", condition=Q(state__in=WAITING)
            ),
            models.Index(fields=["unit"], name="import_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.state}"

    @property
    def is_large(self) -> bool:
        """Whether taking it back needs two persons."""
        return self.new > LARGE

    @property
    def undo_asked(self) -> bool:
        """Whether somebody wants it taken back, and a second person has not agreed yet."""
        waits = self.undo_by_id is not None and self.undo_confirmed_by_id is None
        return self.state == State.POSTED and self.is_large and waits

    @property
    def waits(self) -> bool:
        """Whether the worker has it: pages ask again until it has not."""
        return self.state in WAITING


class ApiToken(models.Model):
    """A key by which a program acts for an account: with its grants, never with more.

    `unit` narrows it to one unit and what lies beneath; without `may_write` it only reads. The key
    itself is shown once and kept only as a digest.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32, unique=True)
    hint = models.CharField(max_length=8)  # its first letters, by which its owner knows it again
    unit = models.ForeignKey(OrgUnit, models.PROTECT, null=True, related_name="+")
    may_write = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)
    used_on = models.DateField(null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "user": Personal("for which account a program acts", "as long as the ledger"),
        "name": Personal("by which its owner knows the key again", "as long as the ledger"),
        "used_on": Personal("lets its owner find keys that nothing uses", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="token_has_a_name"),
            models.CheckConstraint(
                condition=Q(expires_on__lte=F("created_at") + LONGEST), name="token_ends_in_a_year"
            ),
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="token_of_user")]

    def __str__(self) -> str:
        return f"{self.hint}… {self.name}"


@dataclass(frozen=True)
class FilePrint:
    """One published file: its format, its size in bytes, its SHA-256 in hexadecimal."""

    kind: str
    bytes: int
    sha256: str


class OpenState(models.TextChoices):
    ASKED = "asked", _("waits for a second officer")
    CONFIRMED = "confirmed", _("being made")
    PUBLISHED = "published", _("published")
    FAILED = "failed", _("not made")


class OpenData(models.Model):
    """One publication of everything that the public may know of a period, as files that never change.

    Asked by one press officer, confirmed by another, made by the worker. What may be said of people is
    decided, and kept, by the ledger's own release.
    """

    code = models.SlugField(max_length=40, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=9, choices=OpenState, default=OpenState.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    head = models.CharField(
        max_length=40, blank=True
    )  # short code of the sealed head it was made at
    folder = models.CharField(max_length=32, blank=True)  # random, under UPLOADS
    prints = ArrayField(models.CharField(max_length=90), default=list)  # "csv 12345 <SHA-256>"
    rows = models.PositiveIntegerField(default=0)
    # codes of indicators that would have told too much
    left_out = ArrayField(models.CharField(max_length=60), default=list)

    personal: ClassVar[dict[str, Personal]] = {
        "asked_by": Personal("who published the data", "as long as the ledger"),
        "confirmed_by": Personal("who agreed to it", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="open_data_runs_forward"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")),
                name="open_data_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state=OpenState.ASKED, confirmed_by=None)
                | (~Q(state=OpenState.ASKED) & Q(confirmed_by__isnull=False)),
                name="open_data_goes_out_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state=OpenState.PUBLISHED)
                | (Q(published_at__isnull=False) & ~Q(folder="")),
                name="open_data_published_has_files",
            ),
        ]
        indexes = [models.Index(fields=["state", "-asked_at"], name="open_data_state")]

    def __str__(self) -> str:
        return self.code

    @property
    def files(self) -> dict[str, FilePrint]:
        """Each format's size and fingerprint."""
        rows = (line.split(" ") for line in self.prints)
        return {kind: FilePrint(kind, int(size), sha256) for kind, size, sha256 in rows}
