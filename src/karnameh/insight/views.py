"""Pages of units, places and indicators. Thin: the query gathers, the template shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karnameh.access.public import Reach, Role, holds, may, reach_unit, units_where
from karnameh.activities.public import activities_under
from karnameh.catalog.public import Indicator, find_indicators, indicators
from karnameh.insight import queries
from karnameh.insight.periods import campaign_of, choices, period_of, written
from karnameh.kernel.period import Period
from karnameh.ledger.public import Drill, Stage, entries_behind, silent_units
from karnameh.org.public import OrgUnit, Place, ancestors, children
from karnameh.plumbing.clock import today
from karnameh.plumbing.public import OutOfReach
from karnameh.plumbing.tables import csv_response
from karnameh.ui.public import percent_text, shown_to

_CSV_STAGES = (Stage.PLEDGED, Stage.REPORTED, Stage.VERIFIED)


@login_required
@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The dashboard of a unit: of the whole country for the root."""
    node = reach_unit(request.user, pk)
    reach = units_where(request.user)
    period = period_of(request.GET, today=today())
    rows = queries.indicator_rows(reach, node, period, then=_then(request.GET))
    if request.GET.get("format") == "csv":
        return _rows_csv(f"karnameh-{node.code}", rows)
    everything = "all" in request.GET
    shown = queries.sorted_rows(
        rows if everything else queries.key_rows(rows), request.GET.get("sort", "name")
    )
    below = children(node)
    coverage, children_covered = queries.coverage_below(reach, node, period, below)
    checked, reported = queries.verified_share(rows)
    campaign = campaign_of(period)
    return render(
        request,
        "insight/unit.html",
        {
            **_frame(request, reach, node, period),
            "rows": [
                {
                    **row.as_dict(),
                    "publish_href": _publish_url(request, node, row.key, row.theme, period),
                }
                for row in shown
            ],
            "all_rows": len(rows),
            "everything": everything,
            "gaps": queries.gaps(reach, node, period, rows)[: 20 if everything else 3],
            "coverage": coverage,
            "children": children_covered,
            "tiles": _tiles(request, children_covered) if node.parent_id is None else None,
            "campaign": campaign,
            "days": queries.day_cards(reach, node, campaign, today=today()) if campaign else [],
            "checked": checked,
            "reported": reported,
            "activities": _next_activities(reach, node, period) if not children_covered else [],
            "latest": entries_behind(reach, Drill(node, period), size=8).rows
            if not children_covered
            else [],
            "others": _other_children(below, children_covered),
            "may_record": may(request.user, Role.REPORTER, node)
            or may(request.user, Role.PLANNER, node),
        },
    )


def _next_activities(reach: Reach, node: OrgUnit, period: Period) -> list[Any]:
    rows = activities_under(reach, node.path)
    if period.start and period.end:
        rows = rows.filter(starts_on__lte=period.end, ends_on__gte=period.start)
    return list(rows.order_by("starts_on", "pk")[:8])


def _other_children(
    below: Sequence[OrgUnit], covered: list[queries.ChildCoverage]
) -> list[OrgUnit]:
    """Children without local units beneath them: sections and partners."""
    shown = {one.node.pk for one in covered}
    return [child for child in below if child.pk not in shown]


def _tiles(request: HttpRequest, covered: list[queries.ChildCoverage]) -> list[dict[str, Any]]:
    shown = shown_to(request)
    return [
        {
            "name": one.node.place.name_fa,
            "value": one.percent,
            "label": percent_text(one.reporting.reported, one.reporting.units, shown),
            "href": one.href,
        }
        for one in covered
    ]


@login_required
@require_safe
def place(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was done in a place, by whichever units in the reader's reach."""
    node = get_object_or_404(Place.objects.select_related("parent"), pk=pk)
    reach = units_where(request.user)
    if not reach.stretches:
        raise OutOfReach
    period = period_of(request.GET, today=today())
    rows = queries.indicator_rows(reach, node, period, then=_then(request.GET))
    if request.GET.get("format") == "csv":
        return _rows_csv(f"karnameh-{node.code}", rows)
    shown = queries.sorted_rows(rows, request.GET.get("sort", "name"))
    return render(
        request,
        "insight/place.html",
        {
            **_frame(request, reach, node, period),
            "rows": [row.as_dict() for row in shown],
            "population": node.populations.order_by("-counted_on").first(),
            "children": [(child, queries.node_url(child, period)) for child in children(node)],
            "units": [
                one
                for one in OrgUnit.objects.filter(place=node, closed_on=None)[:30]
                if reach.covers(one.path)
            ],
        },
    )


@login_required
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """The dictionary, by theme, with a search."""
    query = request.GET.get("q", "")
    found = find_indicators(query, limit=200) if query else list(indicators())
    themes: dict[Any, list[Indicator]] = {}
    for one in found:
        themes.setdefault(one.theme, []).append(one)
    return render(
        request, "insight/indicators.html", {"themes": themes, "query": query, "count": len(found)}
    )


@login_required
@require_safe
def indicator(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One indicator at one node: its meaning, its sums, who stands where."""
    one = get_object_or_404(indicators(), pk=pk)
    reach = units_where(request.user)
    node = _node(request, reach)
    period = period_of(request.GET, today=today())
    then = _then(request.GET)
    rows = queries.child_rows(reach, node, one, period, then=then)
    if request.GET.get("format") == "csv":
        return _rows_csv(f"karnameh-{one.code}", rows)
    own = next(
        (
            row
            for row in queries.indicator_rows(reach, node, period, then=then)
            if row.key == one.pk
        ),
        None,
    )
    sort = request.GET.get("sort", "-reported")
    with_entries = [row for row in rows if row.tallies]
    gaps = [
        gap for gap in (queries.gaps(reach, node, period, [own] if own else []) if isinstance(node, OrgUnit) else [])
        if gap.indicator.pk == one.pk
    ]  # fmt: skip
    return render(
        request,
        "insight/indicator.html",
        {
            **_frame(request, reach, node, period),
            "indicator": one,
            "publish_url": _publish_url(request, node, one.pk, one.theme_id, period)
            if own and not then
            else "",
            "own": own.as_dict() if own else None,
            "took_part": own.took_part if own else {},
            "rows": [row.as_dict() for row in queries.sorted_rows(with_entries, sort)],
            "silent": [row for row in rows if not row.tallies],
            "sort": sort,
            "gaps": gaps,
            "cuts": queries.dimension_rows(reach, node, one, period),
            "wordings": one.wordings.all(),
        },
    )


@login_required
@require_safe
def silent(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Which local units beneath a unit have not reported in the period."""
    node = reach_unit(request.user, pk)
    reach = units_where(request.user)
    period = period_of(request.GET, today=today())
    if request.GET.get("format") == "csv":
        rows = silent_units(reach, node, period, size=100_000).rows
        return csv_response(
            f"silent-{node.code}", [_("code"), _("unit"), _("beneath")],
            ((row.code, row.name, row.parent.name if row.parent else "") for row in rows),
        )  # fmt: skip
    page = silent_units(reach, node, period, after=request.GET.get("cursor", ""))
    return render(
        request,
        "insight/silent.html",
        {
            **_frame(request, reach, node, period),
            "page": page,
            "next_url": _with(request.GET, cursor=page.next_key) if page.next_key else "",
            "coverage": queries.coverage_of(reach, node, period),
        },
    )


def _publish_url(
    request: HttpRequest, node: OrgUnit | Place, indicator: object, theme: int, period: Period
) -> str:
    """Where a press officer makes a public figure of the number; empty for everybody else."""
    if isinstance(node, OrgUnit):
        allowed = may(request.user, Role.PRESS, node, theme=theme)
    else:
        allowed = holds(request.user, Role.PRESS)
    if not allowed:
        return ""
    return queries.address("figure_new", node, indicator=str(indicator), period=written(period))


def _node(request: HttpRequest, reach: Reach) -> OrgUnit | Place:
    """The unit or place that the address names; otherwise the highest unit in reach."""
    if "place" in request.GET and request.GET["place"].isdecimal():
        if not reach.stretches:
            raise OutOfReach
        return get_object_or_404(Place, pk=request.GET["place"])
    if request.GET.get("unit", "").isdecimal():
        return reach_unit(request.user, request.GET["unit"])
    if not reach.paths:
        raise OutOfReach
    return reach_unit(request.user, reach.paths[0].strip("/").split("/")[-1])


def _frame(
    request: HttpRequest, reach: Reach, node: OrgUnit | Place, period: Period
) -> dict[str, Any]:
    """What every page about a node carries: crumbs within reach, the period and its choices."""
    above = [one for one in ancestors(node) if isinstance(one, Place) or reach.covers(one.path)]
    return {
        "node": node,
        "crumbs": [{"label": one.name, "url": queries.node_url(one, period)} for one in above],
        "period": period,
        "period_value": written(period),
        "choices": [
            (choice, _with(request.GET, period=choice.value))
            for choice in choices(period, today=today())
        ],
        "then": _then(request.GET),
        "csv_url": _with(request.GET, format="csv"),
        "all_url": _with(request.GET, all="1"),
        "then_url": _with(request.GET, then="" if _then(request.GET) else "1"),
        "entries_url": queries.address("entries", node, period=written(period)),
    }


def _then(query: QueryDict) -> bool:
    return query.get("then") == "1"


def _with(query: QueryDict, **changed: str | None) -> str:
    """This page's query with some parts changed; an empty value removes its part."""
    fresh = query.copy()
    fresh.pop("cursor", None)
    for name, value in changed.items():
        fresh.pop(name, None)
        if value:
            fresh[name] = value
    return f"?{fresh.urlencode()}"


def _rows_csv(filename: str, rows: list[queries.Row]) -> HttpResponseBase:
    header = [
        _("name"), _("unit of measure"), _("promised"), _("how sure"), _("reported"), _("how sure"),
        _("verified"), _("how sure"), _("open"), _("over"),
    ]  # fmt: skip

    def line(row: queries.Row) -> list[Any]:
        cells: list[Any] = [row.name, row.unit]
        for stage in _CSV_STAGES:
            tally = row.tallies.get(stage)
            cells += [
                tally.quantity if tally and tally.known else None,
                tally.qualifier.name.lower() if tally else None,
            ]
        return [*cells, row.open, row.over]

    return csv_response(filename, header, (line(row) for row in rows))
