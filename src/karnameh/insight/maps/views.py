"""The map page and its table."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from karnameh.access.public import Reach, reach_unit, units_where
from karnameh.catalog.public import Indicator, MeasureKind, indicators
from karnameh.insight.maps import queries, shapes
from karnameh.insight.maps.queries import Area, Show
from karnameh.insight.periods import choices, period_of, written
from karnameh.insight.queries import Node, indicator_url, node_url
from karnameh.kernel.period import Period
from karnameh.org.public import OrgUnit, Place
from karnameh.plumbing.addresses import number_in, number_or_none
from karnameh.plumbing.clock import today
from karnameh.plumbing.public import OutOfReach
from karnameh.plumbing.tables import csv_response
from karnameh.ui.formats import money_text, number_text, percent_text
from karnameh.ui.public import Display, shown_to

SHOWS: tuple[Show, ...] = ("coverage", "pledged", "reported", "verified")


@login_required
@require_safe
def map_page(request: HttpRequest) -> HttpResponseBase:
    """Provinces as shapes, counties as a table: who reported, or how much was done, in all or by inhabitants."""
    reach = units_where(request.user)
    if not reach.stretches:
        raise OutOfReach
    query = request.GET
    indicator = _indicator(query.get("indicator", ""))
    show = cast(Show, query.get("show")) if query.get("show") in SHOWS and indicator else "coverage"
    if indicator is not None and show == "coverage" and "show" not in query:
        show = "reported"
    per_head = query.get("per") == "1" and show != "coverage"
    period = period_of(query, today=today())
    node = _node(request, reach, by_place=query.get("by") == "place" and show != "coverage")
    found = queries.areas(reach, node, period, show, indicator)
    display = shown_to(request)
    rows = [_row(one, show, indicator, period, per_head, display, request) for one in found]
    if query.get("format") == "csv":
        return _csv(found, show)
    rows.sort(key=lambda row: (row["value"] is None, -(row["value"] or 0)))
    top = max((row["value"] for row in rows if row["value"] is not None), default=0)
    nation = node.parent_id is None
    return render(
        request,
        "insight/maps/map.html",
        {
            "node": node,
            "rows": rows,
            "top": top,
            "show": show,
            "per_head": per_head,
            "indicator": indicator,
            "period": period,
            "nation": nation,
            "by_place": isinstance(node, Place),
            "drawn": shapes.province_map(rows, display, _title(show, indicator)) if nation else "",
            "legend": shapes.legend(rows) if nation else "",
            "title": _title(show, indicator),
            "attribution": shapes.canvas().attribution,
            "choices": [
                (one, _with(request, period=one.value)) for one in choices(period, today=today())
            ],
            "shows": [
                (key, _show_word(key), _with(request, show=key))
                for key in SHOWS
                if key == "coverage" or indicator
            ],
            "by_url": _with(request, by="" if isinstance(node, Place) else "place", at=""),
            "per_url": _with(request, per="" if per_head else "1"),
            "csv_url": _with(request, format="csv"),
            "up_url": _with(request, at="") if query.get("at") else "",
            "indicators": indicators(),
            "inhabitants": queries.INHABITANTS,
            "period_value": written(period),
        },
    )


def _row(
    area: Area,
    show: Show,
    indicator: Indicator | None,
    period: Period,
    per_head: bool,
    display: Display,
    request: HttpRequest,
) -> dict[str, Any]:
    if show == "coverage":
        value, label = area.share, percent_text(area.value or 0, area.whole or 0, display)
        page = node_url(area.node, period)
    else:
        assert indicator is not None
        value = area.rate if per_head else area.value
        label = _text(value, indicator, per_head, display)
        page = indicator_url(indicator.pk, area.node, period)
    deeper = area.node.depth == 1
    return {
        "name": area.place.name_fa,
        "title": area.place.name,
        "value": value,
        "label": label,
        "area": area,
        "href": _with(request, at=str(area.node.pk)) if deeper else page,
        "page": page,
    }


def _text(value: Any, indicator: Indicator, per_head: bool, display: Display) -> str:
    if value is None:
        return "—"
    if indicator.measure.kind == MeasureKind.MONEY:
        return money_text(int(value), display, short=True)
    return number_text(value, display, 1 if per_head else None)


def _node(request: HttpRequest, reach: Reach, *, by_place: bool) -> Node:
    """The node whose children are shown: the one that was chosen, or the highest in reach."""
    chosen = number_in(request.GET.get("at", ""))
    if by_place:
        return get_object_or_404(Place, pk=chosen) if chosen else Place.objects.get(parent=None)
    if chosen:
        return reach_unit(request.user, chosen)
    tops = list(
        OrgUnit.objects.filter(path__in=reach.paths)
        .select_related("parent")
        .order_by("line__len", "sort_key")
    )
    if not tops:
        raise OutOfReach
    return next((one for one in tops if one.kind == "national"), tops[0])


def _indicator(text: str) -> Indicator | None:
    wanted = number_or_none(text)
    return None if wanted is None else get_object_or_404(indicators(), pk=wanted)


def _title(show: Show, indicator: Indicator | None) -> str:
    if show == "coverage" or indicator is None:
        return _("Share of local units that have reported")
    return f"{indicator.name}: {_show_word(show)}"


def _show_word(show: Show) -> str:
    return {
        "coverage": _("Who has reported"),
        "pledged": pgettext("stage", "Promised"),
        "reported": pgettext("stage", "Reported"),
        "verified": pgettext("stage", "Verified"),
    }[show]


def _with(request: HttpRequest, **changed: str) -> str:
    """This page with some parts changed; an empty value removes its part."""
    kept = {key: value for key, value in request.GET.items() if key != "format"} | changed
    return f"{reverse('map')}?{urlencode({key: value for key, value in kept.items() if value})}"


def _csv(found: list[Area], show: Show) -> HttpResponseBase:
    header = [
        _("place"),
        _("code"),
        _show_word(show),
        _("local units"),
        _("inhabitants"),
        _("for 100,000 inhabitants"),
    ]
    rows = (
        (one.place.name, one.place.code, one.value, one.whole, one.people, one.rate)
        for one in found
    )
    return csv_response("karnameh-map", header, rows)
