"""Typed builders for planning: a campaign that is open, a proposal that can be handed in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from builders import NOW, World, a_campaign, an_indicator
from karnameh.activities.public import Activity, Campaign, CampaignDay, Planning, State
from karnameh.campaigns.actions.proposals import draft_proposal, submit_proposal
from karnameh.campaigns.models import Rule
from karnameh.campaigns.public import Content, Expected, Wish, put_down
from karnameh.catalog.public import Indicator
from karnameh.org.public import OrgUnit, Profession, Theme

_numbers = itertools.count(1)

RULE_PARAMETERS: dict[str, dict[str, Any]] = {
    "audience_share": {"audience": "women", "percent": 50},
    "flagships": {"number": 1},
    "tier_count": {"tier": "national", "how": "exactly", "number": 2},
    "theme_minimum": {"theme": "", "number": 2},
    "day_minimum": {"day": "", "number": 1},
    "county_minimum": {"number": 2},
    "budget": {"rial": 500},
    "unit_day_cap": {"number": 1},
}


def an_open_campaign(**values: Any) -> Campaign:
    """A week that takes proposals, with a title for each day."""
    campaign = a_campaign()
    for name, value in {"planning": Planning.OPEN, **values}.items():
        setattr(campaign, name, value)
    campaign.save()
    CampaignDay.objects.bulk_create(
        CampaignDay(campaign=campaign, on=day, title_fa="روز", title_en="Day")
        for day in campaign.period.days()
    )
    return campaign


def an_indicator_to_expect() -> Indicator:
    return Indicator.objects.filter(code="expected").first() or an_indicator("expected")


def a_rule(campaign: Campaign, unit: OrgUnit, kind: str, **parameters: Any) -> Rule:
    """A rule of a kind with parameters that fit it."""
    return Rule.objects.create(
        campaign=campaign, unit=unit, kind=kind, parameters={**RULE_PARAMETERS[kind], **parameters}, name_fa=kind,
        valid_from=NOW,
    )  # fmt: skip


def a_theme(code: str) -> Theme:
    return Theme.objects.get_or_create(
        code=code,
        defaults={"position": next(_numbers), "name_fa": f"موضوع {code}", "name_en": code},
    )[0]


def a_profession(code: str) -> Profession:
    return Profession.objects.get_or_create(
        code=code, defaults={"position": next(_numbers), "name_fa": f"قشر {code}", "name_en": code}
    )[0]


def a_content(unit: OrgUnit, campaign: Campaign, **values: Any) -> Content:
    """A content from which nothing is missing."""
    content = Content(
        name_fa=f"برنامهٔ {next(_numbers)}", kind="service", theme=a_theme("construction").code,
        place=unit.place.code, starts_on=campaign.starts_on, ends_on=campaign.ends_on,
        wishes=(Wish(campaign.ends_on),), audiences=(("women", None),),
        expectations=(Expected(an_indicator_to_expect().code, Decimal(30), 3),),
    )  # fmt: skip
    return replace(content, **values)


def a_draft(world: World, campaign: Campaign, **values: Any) -> Activity:
    """A complete draft of the leader's unit."""
    content = a_content(world.local, campaign, **values)
    return draft_proposal(
        content, campaign=campaign, unit=world.local, by=world.people["leader"], at=NOW
    )


def a_proposal(world: World, campaign: Campaign, **values: Any) -> Activity:
    """The same, handed in."""
    draft = a_draft(world, campaign, **values)
    return submit_proposal(draft, by=world.people["leader"], at=NOW).activity


def a_plan(campaign: Campaign, rows: list[tuple[OrgUnit, State, dict[str, Any]]]) -> list[Activity]:
    """Activities in any state, for what is counted: written without a story."""
    contents = [(unit, a_content(unit, campaign, **values)) for unit, _state, values in rows]
    return put_down(contents, campaign=campaign, states=[state for _u, state, _v in rows], at=NOW)


def days_of(campaign: Campaign) -> list[date]:
    return list(campaign.period.days())


def refused(rule: str, deed: Callable[[], Any]) -> None:
    """The database refuses `deed`, naming `rule`; deferred rules are asked at once."""
    with pytest.raises(DatabaseError) as trouble, transaction.atomic():
        deed()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cause = trouble.value.__cause__
    assert cause is not None and cause.diag.constraint_name == rule  # type: ignore[attr-defined]
