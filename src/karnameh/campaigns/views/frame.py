"""What the pages of planning share: who looks, at which campaign, from which unit."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from karnameh.access.public import Reach, reach_unit, units_where
from karnameh.activities.public import Campaign, campaign_planned
from karnameh.org.public import OrgUnit
from karnameh.plumbing.addresses import number_or_none
from karnameh.plumbing.clock import today
from karnameh.plumbing.public import OutOfReach, no_role


def reach_of(request: HttpRequest) -> Reach:
    """What the viewer may see; who has no grant at all is refused politely."""
    reach = units_where(request.user)
    if not reach.stretches:
        raise no_role()
    return reach


def asked_number(request: HttpRequest, name: str) -> int | None:
    """A whole number of the query, None when there is none."""
    return number_or_none(request.GET.get(name, ""))


def campaign_of(request: HttpRequest) -> Campaign | None:
    """The campaign that the page is about: the one asked for, or the one that is planned now."""
    if (asked := asked_number(request, "campaign")) is not None:
        return reach_campaign(asked)
    return campaign_planned(today())


def reach_campaign(pk: int) -> Campaign:
    """A campaign by its number; everybody with a role may look at its frame."""
    found = Campaign.objects.select_related("unit", "follows").filter(pk=pk).first()
    if found is None:
        raise OutOfReach
    return found


def unit_of_page(request: HttpRequest, reach: Reach) -> OrgUnit:
    """The unit from which the page looks: the one asked for, or the highest in reach."""
    if (asked := asked_number(request, "unit")) is not None:
        return reach_unit(request.user, asked)
    tops = OrgUnit.objects.filter(path__in=reach.paths).order_by("path")
    found = tops.select_related("place", "parent").first()
    if found is None:
        raise OutOfReach
    return found


def crumbs(*more: tuple[str, str]) -> list[dict[str, Any]]:
    """The way back to planning, and what lies between."""
    return [
        {"label": _("Planning"), "url": reverse("planning")},
        *({"label": label, "url": url} for label, url in more),
    ]


def address(name: str, *args: Any, **query: Any) -> str:
    """An address with those of `query` that say something."""
    said = {key: value for key, value in query.items() if value not in (None, "")}
    return reverse(name, args=args) + (f"?{urlencode(said)}" if said else "")
