"""Rules: what a campaign's plan must hold, as data."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Campaign
from karnameh.kernel.ids import new_id
from karnameh.org.public import Named, OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.public import Personal


class RuleKind(models.TextChoices):
    """What a rule is about. Its parameters are checked by `rules.parameters.checked`."""

    AUDIENCE_SHARE = "audience_share", _("share for an audience")
    FLAGSHIPS = "flagships", _("flagship of each profession")
    TIER_COUNT = "tier_count", _("number of a tier")
    THEME_MINIMUM = "theme_minimum", _("minimum of a theme")
    DAY_MINIMUM = "day_minimum", _("minimum of a day")
    COUNTY_MINIMUM = "county_minimum", _("minimum of a county")
    BUDGET = "budget", _("budget")
    UNIT_DAY_CAP = "unit_day_cap", _("most of a unit on a day")


def _new_id() -> UUID:
    return new_id()


class Rule(Named):
    """One version of a rule of a campaign, for the activities led beneath `unit`.

    A rule is never written over: an edit ends this version and begins another with the same `rule`.
    """

    rule = models.UUIDField(default=_new_id, editable=False)  # what its versions have in common
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="rules")
    unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=RuleKind)
    parameters = models.JSONField()
    hard = models.BooleanField(default=True)  # a soft one only has a weight
    weight = models.PositiveSmallIntegerField(default=10)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    personal: ClassVar[dict[str, Personal]] = {
        "parameters": Personal("numbers and codes; nothing about people", "as long as the ledger"),
        "made_by": Personal("who set the rule, and answers for it", "as long as the ledger"),
    }

    class Meta:
        ordering: ClassVar[list[str]] = ["unit__path", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RuleKind.values), name="rule_kind"),
            models.CheckConstraint(condition=~Q(name_fa=""), name="rule_has_a_name"),
            models.CheckConstraint(
                condition=Q(weight__gte=1, weight__lte=1000), name="rule_weight_1_to_1000"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="rule_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(valid_until=None), name="rule_has_one_version"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "valid_until"], name="rules_of_campaign")]
