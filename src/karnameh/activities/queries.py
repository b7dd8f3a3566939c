"""Reads of campaigns and activities."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from karnameh.access.public import Reach
from karnameh.activities.models import Activity, Campaign, Planning
from karnameh.org.public import matching, under, under_any

_NEAR = timedelta(days=45)


def activities_for(reach: Reach) -> QuerySet[Activity]:
    """The activities whose lead unit `reach` covers."""
    rows = Activity.objects.filter(under_any(reach.paths, "lead_unit__path"))
    return rows.select_related("theme", "lead_unit", "place", "campaign")


def within(reach: Reach, *, unit: str = "lead_unit__path", theme: str = "theme") -> Q:
    """Activities whose lead unit and theme the reader's grants open to him, as a condition.

    `unit` and `theme` name the columns in a query of something that belongs to an activity.
    """
    seen = Q(pk__in=[])
    for stretch in reach.stretches:
        one = under(stretch.path, unit)
        if stretch.theme is not None:
            one &= Q(**{theme: stretch.theme})
        seen |= one
    return seen


def find_activities(text: str, *, reach: Reach, limit: int = 20) -> list[Activity]:
    """Activities in reach that `text` names, latest first."""
    return list(activities_for(reach).filter(matching(text)).order_by("-starts_on", "pk")[:limit])


def activities_under(reach: Reach, path: str) -> QuerySet[Activity]:
    """Those led at or beneath `path`."""
    return activities_for(reach).filter(under(path, "lead_unit__path"))


def campaign_at(day: date) -> Campaign | None:
    """The campaign that is on, was last on, or is about to begin."""
    begun = Campaign.objects.filter(starts_on__lte=day + _NEAR).first()
    return begun or Campaign.objects.last()


def campaign_planned(day: date) -> Campaign | None:
    """The campaign that is planned now: the first open one that is not over; otherwise the one of the day."""
    open_ones = Campaign.objects.filter(planning=Planning.OPEN).order_by("starts_on")
    ahead = open_ones.filter(ends_on__gte=day).first()
    return ahead or open_ones.last() or campaign_at(day)
