"""What a pack prints, gathered once: published figures, the days of the week, who has reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count

from karnameh.access.public import reach_of
from karnameh.activities.public import Campaign, activities_under
from karnameh.insight.figures.models import Figure
from karnameh.insight.figures.reading import counts_of
from karnameh.insight.press.models import Pack
from karnameh.ledger.public import Head, coverage_by, short_code
from karnameh.org.public import OrgUnit

PARTS = 12  # of each figure, the largest; the page of the figure has all


def document_of(pack: Pack, figures: Sequence[Figure], *, head: Head, site: str) -> dict[str, Any]:
    """The document: plain JSON in both languages. Numbers come from published figures alone.

    `site` is the address under which everybody finds this installation.
    """
    return {
        "version": 1,
        "code": pack.code,
        "site": site.rstrip("/"),
        "title": {"fa": pack.title_fa, "en": pack.title_en},
        "federation": {"fa": settings.FEDERATION_FA, "en": settings.FEDERATION_EN},
        "unit": {"fa": pack.unit.name_fa, "en": pack.unit.name_en},
        "issued_at": pack.issued_at.isoformat(),
        "head_code": short_code(head),
        "campaign": _campaign(pack.campaign),
        "days": _days(pack.unit, pack.campaign),
        "coverage": _coverage(pack.unit, pack.campaign),
        "figures": [_figure(one) for one in figures],
        "promises": _promises(figures),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    document = figure.document
    stage = document["stage"]

    def size(part: dict[str, Any]) -> Decimal:
        return Decimal((part.get(stage) or ["0"])[0] or 0)

    parts = sorted(document["parts"], key=size, reverse=True)
    return {
        **{
            key: document[key]
            for key in (
                "code",
                "sentence",
                "indicator",
                "measure",
                "money",
                "stage",
                "totals",
                "before",
                "protected",
                "axis",
                "period",
                "level",
            )
        },
        "method": {"fa": figure.method_fa, "en": figure.method_en or figure.method_fa},
        "head_code": figure.head_code,
        "as_of": figure.as_of.isoformat() if figure.as_of else None,
        "parts": [{key: value for key, value in part.items() if key != "parts"} for part in parts],
    }


def _campaign(campaign: Campaign | None) -> dict[str, Any] | None:
    if campaign is None:
        return None
    return {
        "name": {"fa": campaign.name_fa, "en": campaign.name_en},
        "slogan": {"fa": campaign.slogan_fa, "en": campaign.slogan_en},
        "days": [campaign.starts_on.isoformat(), campaign.ends_on.isoformat()],
    }


def _days(unit: OrgUnit, campaign: Campaign | None) -> list[dict[str, Any]]:
    """The programme: each day's title and how many activities are planned for it."""
    if campaign is None:
        return []
    rows = activities_under(reach_of([(unit.path, None)]), unit.path).filter(campaign=campaign)
    counts: dict[date, int] = dict(
        rows.values_list("starts_on").annotate(n=Count("pk")).order_by("starts_on")
    )
    return [
        {
            "on": day.on.isoformat(),
            "title": {"fa": day.title_fa, "en": day.title_en},
            "activities": counts.get(day.on, 0),
        }
        for day in campaign.days.all()
    ]


def _coverage(unit: OrgUnit, campaign: Campaign | None) -> list[dict[str, Any]]:
    """Of each part the local units there are, and those that have reported."""
    if campaign is None:
        return []
    counts = coverage_by(reach_of([(unit.path, None)]), unit, campaign.period, by_child=True)
    nodes = OrgUnit.objects.filter(pk__in=counts).select_related("place").order_by("sort_key")
    return [
        {
            "name": {"fa": one.place.name_fa, "en": one.place.name_en},
            "units": counts[one.pk].units,
            "reported": counts[one.pk].reported,
        }
        for one in nodes
    ]


def _promises(figures: Sequence[Figure]) -> dict[str, int]:
    """Of the figures with a promise: how many are kept in full, and how many are open still."""
    kept = still_open = 0
    for figure in figures:
        counts = counts_of(figure.document["totals"])
        if counts.pledged.quantity and counts.open is not None:
            kept += counts.open == 0
            still_open += counts.open > 0
    return {"kept": kept, "open": still_open}
