"""Rules: set, edited by a new version, ended. Nothing is written over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from karnameh.access.public import Role, may
from karnameh.activities.public import Audience, Campaign, Planning
from karnameh.campaigns.models import Rule
from karnameh.campaigns.rules.parameters import Amiss, checked
from karnameh.campaigns.sentences import sentence
from karnameh.org.public import OrgUnit, Theme
from karnameh.plumbing.public import Refusal, deed, no_role


@dataclass(frozen=True)
class RuleSaid:
    """A rule as it is set: `parameters` are checked against its kind."""

    kind: str
    parameters: Mapping[str, Any]
    name_fa: str
    name_en: str
    hard: bool = True
    weight: int = 10


def may_rule(user: Any, unit: OrgUnit) -> bool:
    """Whether `user` may set rules for `unit` and everything beneath it."""
    return may(user, Role.PLANNER, unit)


def _checked(campaign: Campaign, said: RuleSaid) -> dict[str, Any]:
    """The parameters, once they are of the kind and name things that exist."""
    try:
        parameters = checked(said.kind, said.parameters)
    except Amiss as amiss:
        raise Refusal(sentence(amiss.code), field=amiss.field) from None
    theme, day = parameters.get("theme"), parameters.get("day")
    if theme and not Theme.objects.filter(code=theme).exists():
        raise Refusal(sentence("rule_choice"), field="theme")
    audience = parameters.get("audience")
    if audience and not Audience.objects.filter(code=audience).exists():
        raise Refusal(sentence("rule_choice"), field="audience")
    if day and day not in {one.isoformat() for one in campaign.period.days()}:
        raise Refusal(sentence("rule_day"), field="day")
    return parameters


def _require_ruler(by: Any, campaign: Campaign, unit: OrgUnit) -> None:
    if not may_rule(by, unit):
        raise no_role()
    if campaign.planning == Planning.OVER:
        raise Refusal(_("This campaign is over; its past is not changed."), status=409)


def set_rule(said: RuleSaid, *, campaign: Campaign, unit: OrgUnit, by: Any, at: datetime) -> Rule:
    """A new rule of `campaign` for the activities led at `unit` or beneath it."""
    _require_ruler(by, campaign, unit)
    with deed("set_rule", by=by, at=at, target=f"campaign:{campaign.pk}"):
        return Rule.objects.create(
            campaign=campaign, unit=unit, kind=said.kind, parameters=_checked(campaign, said),
            name_fa=said.name_fa, name_en=said.name_en, hard=said.hard, weight=said.weight, valid_from=at, made_by=by,
        )  # fmt: skip


def edit_rule(rule: Rule, said: RuleSaid, *, by: Any, at: datetime) -> Rule:
    """End this version and begin another. Its kind stays; another kind is another rule."""
    _require_ruler(by, rule.campaign, rule.unit)
    with deed("edit_rule", by=by, at=at, target=f"campaign:{rule.campaign_id}"):
        _end(rule, at)
        return Rule.objects.create(
            rule=rule.rule, campaign=rule.campaign, unit=rule.unit, kind=rule.kind,
            parameters=_checked(rule.campaign, said), name_fa=said.name_fa, name_en=said.name_en,
            hard=said.hard, weight=said.weight, valid_from=at, made_by=by,
        )  # fmt: skip


def end_rule(rule: Rule, *, by: Any, at: datetime) -> None:
    """The rule no longer holds; that it held stays known."""
    _require_ruler(by, rule.campaign, rule.unit)
    with deed("end_rule", by=by, at=at, target=f"campaign:{rule.campaign_id}"):
        _end(rule, at)


def _end(rule: Rule, at: datetime) -> None:
    ended = Rule.objects.filter(pk=rule.pk, valid_until=None).update(valid_until=at)
    if not ended:
        raise Refusal(
            _("Somebody else has edited this rule meanwhile. Look at it again."), status=409
        )
