"""Proposals, desks and drafts for the tests of review and planning."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from builders import DAY, NOW, World, a_campaign, a_grant, a_user, an_indicator
from karnameh.access.public import Role
from karnameh.activities.public import (
    Activity,
    Campaign,
    Expectation,
    Kind,
    State,
    Venue,
    begin_activities,
)
from karnameh.campaigns.contents import seal_of
from karnameh.campaigns.models import Package, Version
from karnameh.campaigns.package.actions import draw_up, open_package, sign, take_all
from karnameh.campaigns.package.sealing import content_of
from karnameh.campaigns.review.queries import Desk
from karnameh.catalog.public import Indicator
from karnameh.org.public import OrgUnit, Theme
from karnameh.people.public import User

_numbers = itertools.count(1)


def a_proposal(
    unit: OrgUnit, campaign: Campaign, name: str = "کاشت نهال در پارک", *, expects: dict[Indicator, int | None] | None = None,
    state: State = State.SUBMITTED, day: date = DAY, **more: Any,
) -> Activity:  # fmt: skip
    """A proposal of `unit`, with what it expects."""
    activity = Activity(
        code=f"p{next(_numbers)}", name_fa=name, name_en=name, lead_unit=unit,
        place=unit.place, campaign=campaign, starts_on=day, state=state,
        **{"theme": Theme.objects.get(code="construction"), "kind": Kind.SERVICE, "ends_on": day, **more},
    )  # fmt: skip
    [made] = begin_activities([activity], by=None, at=NOW)
    Expectation.objects.bulk_create(
        Expectation(
            activity=made, indicator=indicator, quantity=None if quantity is None else Decimal(quantity),
            qualifier=5 if quantity is None else 1,
        )
        for indicator, quantity in (expects or {}).items()
    )  # fmt: skip
    return made


def a_desk(world: World, campaign: Campaign | None = None) -> Desk:
    """The construction desk of Fars."""
    return Desk(campaign or a_campaign(), world.fars, Theme.objects.get(code="construction"))


def a_venue(unit: OrgUnit, halls: int = 1, name: str = "سالن شهر") -> Venue:
    """A hall kept by `unit`."""
    return Venue.objects.create(
        code=f"v{next(_numbers)}",
        name_fa=name,
        name_en=name,
        unit=unit,
        place=unit.place,
        seats=200,
        halls=halls,
    )


def a_planner(unit: OrgUnit, office: str = "برنامه‌ریز") -> User:
    """An account that plans at `unit`."""
    user = a_user(office=office)
    a_grant(user, Role.PLANNER, unit)
    return user


def a_draft(campaign: Campaign, unit: OrgUnit, by: User, *, name: str = "طرح نخست") -> Version:
    """A draft of the package of `unit` with everything that is accepted."""
    package = Package.objects.filter(campaign=campaign, unit=unit).first() or open_package(
        campaign, unit, by=by, at=NOW
    )
    draft = draw_up(package, name=name, by=by, at=NOW)
    take_all(draft, by=by, at=NOW)
    return Version.objects.get(pk=draft.pk)


def seal_now(version: Version) -> str:
    """The seal that a page would show for the draft as it is."""
    return seal_of(content_of(Version.objects.get(pk=version.pk)))


def frozen(version: Version, *signers: User) -> Version:
    """Sign with each, and give back what came of it."""
    for signer in signers:
        sign(version, seal=seal_now(version), by=signer, at=NOW)
    return Version.objects.get(pk=version.pk)


def two_indicators() -> tuple[Indicator, Indicator]:
    """What the proposals of these tests expect."""
    return an_indicator("trees"), an_indicator("parcels")
