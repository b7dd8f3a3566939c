"""The period of a page: what the address says, and the choices offered beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.http import QueryDict
from django.utils.translation import gettext as _

from karnameh.activities.public import Campaign, campaign_at
from karnameh.kernel.jalali import JalaliDate
from karnameh.kernel.period import Period
from karnameh.plumbing.public import refusing_malformed


@dataclass(frozen=True)
class Choice:
    """One period to choose; `value` is what the address carries."""

    label: str
    value: str
    current: bool


def period_of(query: QueryDict, *, today: date) -> Period:
    """The period that the address names; otherwise the campaign's, otherwise this Jalali year."""
    written = query.get("period", "")
    if written == "all":
        return Period(None, None)
    if written:
        with refusing_malformed("period"):
            return Period.parse(written)
    campaign = campaign_at(today)
    return campaign.period if campaign else Period.year(JalaliDate.from_date(today).year)


def choices(period: Period, *, today: date) -> list[Choice]:
    """The campaign, its month, its year, the year before, and all time."""
    campaign = campaign_at(today)
    year = JalaliDate.from_date(today).year
    offered: list[tuple[str, Period, str]] = []
    if campaign:
        offered.append((campaign.name, campaign.period, str(campaign.period)))
    offered += [
        (_("Year %(year)s") % {"year": number}, Period.year(number), str(number))
        for number in (year, year - 1)
    ]
    offered.append((_("All time"), Period(None, None), "all"))
    return [Choice(label, value, one == period) for label, one, value in offered]


def campaign_of(period: Period) -> Campaign | None:
    """The campaign that the period lies in, if any."""
    if period.start is None or period.end is None:
        return None
    return Campaign.objects.filter(starts_on__lte=period.start, ends_on__gte=period.end).first()


@lru_cache(maxsize=256)  # a page writes the same period into a hundred addresses
def written(period: Period) -> str:
    """The period as addresses carry it."""
    return "all" if period == Period(None, None) else str(period)
