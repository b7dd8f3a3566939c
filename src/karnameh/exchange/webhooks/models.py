"""Subscriptions of programs, what was sent to them, and every attempt."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.exchange.webhooks.rules import EventKind, Outcome
from karnameh.kernel.ids import new_id
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


def _new_id() -> UUID:
    return new_id()


class Kind(models.TextChoices):
    FIGURE_PUBLISHED = EventKind.FIGURE_PUBLISHED, _("a figure is published")
    FIGURE_SUPERSEDED = EventKind.FIGURE_SUPERSEDED, _("a figure is superseded")
    FIGURE_WITHDRAWN = EventKind.FIGURE_WITHDRAWN, _("a figure is withdrawn")
    ENTRIES_POSTED = EventKind.ENTRIES_POSTED, _("entries are posted (counts only)")
    IMPORT_FINISHED = EventKind.IMPORT_FINISHED, _("a spreadsheet of yours is finished")
    HEAD_SEALED = EventKind.HEAD_SEALED, _("a head of the log is sealed")
    PING = EventKind.PING, _("a trial")


class Paused(models.TextChoices):
    NO = "", _("receiving")
    BY_HAND = "by_hand", _("paused")
    FAILING = "failing", _("paused, because nothing arrived")
    ENDED = "ended", _("ended")


class Going(models.TextChoices):
    WAITING = "waiting", _("on its way")
    SENT = "sent", _("arrived")
    DEAD = "dead", _("given up")


class Ending(models.TextChoices):
    TAKEN = Outcome.TAKEN, _("taken")
    REFUSED = Outcome.REFUSED, _("the receiver answered with an error")
    REDIRECT = Outcome.REDIRECT, _("the receiver led elsewhere, which is not followed")
    TIMEOUT = Outcome.TIMEOUT, _("no answer in time")
    UNREACHABLE = Outcome.UNREACHABLE, _("not reachable")
    CERTIFICATE = Outcome.CERTIFICATE, _("its certificate is not valid")
    FORBIDDEN = Outcome.FORBIDDEN, _("its name leads into a private network")
    NO_SECRET = Outcome.NO_SECRET, _("its secret cannot be opened here; change it")
    OUT_OF_REACH = Outcome.OUT_OF_REACH, _("its owner does not see this any more")


class Subscription(models.Model):
    """An address that hears what happens in its owner's reach, narrowed to `unit` and what is beneath.

    The secret that signs is sealed; the one before it signs along until `former_until`.
    """

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    owner = models.ForeignKey(User, models.PROTECT, related_name="subscriptions")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    address = models.CharField(max_length=300)
    kinds = ArrayField(models.CharField(max_length=24, choices=Kind))
    secret = models.TextField()
    former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    paused = models.CharField(max_length=8, choices=Paused, default=Paused.NO, blank=True)
    paused_at = models.DateTimeField(null=True)
    lost = models.PositiveSmallIntegerField(default=0)  # deliveries given up since one arrived
    counted_to = models.BigIntegerField()  # clock up to which entries were told of
    counted_at = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "owner": Personal("whose reach decides what a program hears", "as long as the ledger"),
        "address": Personal("of a program, not of a person", "as long as the ledger"),
        "secret": Personal("signs messages; sealed", "until it is changed"),
        "former_secret": Personal("the one before; sealed", "until the next change"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(address__startswith="https://")
                | Q(address__startswith="http://127.0.0.1:"),  # a receiver of the tests
                name="hook_address_is_https",
            ),
            models.CheckConstraint(condition=~Q(kinds=[]), name="hook_wants_something"),
            models.CheckConstraint(
                condition=Q(paused="", paused_at=None) | (~Q(paused="") & Q(paused_at__isnull=False)),
                name="hook_paused_says_when",
            ),
            models.CheckConstraint(
                condition=Q(former_secret="", former_until=None)
                | (~Q(former_secret="") & Q(former_until__isnull=False)),
                name="hook_former_secret_ends",
            ),
            models.UniqueConstraint(  # a second click, or the page sent again
                fields=["owner", "unit", "address"], condition=~Q(paused=Paused.ENDED),
                name="hook_once_for_an_address",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["owner", "-created_at"], name="hook_of_owner"),
            models.Index(fields=["unit"], name="hook_of_unit"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def ended(self) -> bool:
        """Whether it is over for good."""
        return self.paused == Paused.ENDED

    @property
    def wants(self) -> list[str]:
        """What it hears of, in words."""
        return [str(Kind(one).label) for one in self.kinds]


class Delivery(models.Model):
    """One message to one subscription. Its id is what the receiver knows it by, however often it comes."""

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=24, choices=Kind)
    body = models.TextField()
    made_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=Going, default=Going.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)  # since it was last set on its way
    due = models.DateTimeField()

    personal: ClassVar[dict[str, Personal]] = {
        "body": Personal("codes and counts; nothing about a person", "thirty days"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due__gte=F("made_at")), name="delivery_after_made"),
        ]
        indexes = [
            models.Index(fields=["due"], condition=Q(state="waiting"), name="delivery_waiting"),
            models.Index(fields=["subscription", "-made_at"], name="delivery_of_hook"),
            models.Index(fields=["made_at"], name="delivery_made"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Attempt(models.Model):
    """One try to deliver, and how it ended."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Ending)
    status = models.PositiveSmallIntegerField(null=True)  # the HTTP status, where there was one
    took = models.PositiveIntegerField()  # milliseconds

    personal: ClassVar[dict[str, Personal]] = {}

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.status or ''}".strip()
