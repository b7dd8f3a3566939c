"""Grants."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.org.public import OrgUnit, Theme
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class Role(models.TextChoices):
    REPORTER = "reporter", _("reporter")
    VERIFIER = "verifier", _("verifier")
    REVIEWER = "reviewer", _("reviewer")
    PLANNER = "planner", _("planner")
    PRESS = "press", _("press officer")
    ADMINISTRATOR = "administrator", _("administrator")
    PARTNER = "partner", _("partner")
    AUDITOR = "auditor", _("auditor")


class Grant(models.Model):
    """A role at a unit and everything beneath it, from one instant until another.

    Above a county a grant counts only after a second person has confirmed it.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="grants")
    role = models.CharField(_("role"), max_length=13, choices=Role)
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, related_name="+")
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    needs_second = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    personal: ClassVar[dict[str, Personal]] = {
        "user": Personal("which office holder may do what", "as long as the ledger"),
        "granted_by": Personal("who gave it", "as long as the ledger"),
        "confirmed_by": Personal("who confirmed it", "as long as the ledger"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(granted_by=None) | ~Q(confirmed_by=F("granted_by")),
                name="grant_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("user")), name="grant_not_confirmed_by_its_holder"
            ),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")), name="grant_not_given_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="grant_confirmation_is_whole",
            ),
            models.UniqueConstraint(
                fields=["user", "unit", "role", "theme"], condition=Q(ends_at=None),
                name="grant_given_once", nulls_distinct=False,
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["unit", "role"], name="grant_unit_role")]

    def __str__(self) -> str:
        return f"{self.role} @ {self.unit_id}"
