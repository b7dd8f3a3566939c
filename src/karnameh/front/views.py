"""Home by role, and the search over everything a person may find."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karnameh.access.public import Reach, Role, units_where
from karnameh.activities.public import find_activities
from karnameh.catalog.public import find_indicators
from karnameh.kernel.text import search_terms
from karnameh.narrative.public import find_sources
from karnameh.org.public import OrgUnit, find_places, find_units
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach

_RECORDERS = (Role.REPORTER, Role.PLANNER, Role.PARTNER)


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One granted unit: its page. Several: the choice. None: what to do about it."""
    return _one_or_choice(units_where(request.user), "unit", _("Your units"), request)


@login_required
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Where to record: the viewer's own unit, or the choice among several."""
    reach = units_where(request.user, *_RECORDERS)
    if not reach.stretches:
        raise OutOfReach
    found = _tops(reach)
    if len(found) == 1:
        return redirect(f"{reverse('entry_new')}?unit={found[0].pk}")
    rows = [(unit, f"{reverse('entry_new')}?unit={unit.pk}") for unit in found]
    return render(
        request, "front/choose.html", {"heading": _("Record for which unit?"), "rows": rows}
    )


def _one_or_choice(reach: Reach, name: str, heading: str, request: HttpRequest) -> HttpResponse:
    found = _tops(reach)
    federation = [unit for unit in found if unit.kind == "national"]
    if len(found) == 1 or federation:
        return redirect(name, pk=(federation or found)[0].pk)
    rows = [(unit, reverse(name, args=[unit.pk])) for unit in found]
    return render(request, "front/choose.html", {"heading": heading, "rows": rows})


def _tops(reach: Reach) -> list[OrgUnit]:
    """The highest units of a reach."""
    return list(OrgUnit.objects.filter(path__in=reach.paths).order_by("sort_key"))


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Units in reach, places, indicators and activities, tolerant of Persian spelling."""
    query = request.GET.get("q", "")[:100]
    reader = request.user
    assert isinstance(reader, User)
    reach = units_where(request.user)
    groups: list[tuple[str, list[tuple[str, str, str]]]] = []
    if search_terms(query):
        groups = [
            (_("Units"), [
                (u.name, _beneath(u), reverse("unit", args=[u.pk])) for u in find_units(query, paths=reach.paths)
            ]),
            (_("Indicators"), [
                (i.name, i.theme.name, reverse("indicator", args=[i.pk])) for i in find_indicators(query)
            ]),
            (_("Places"), [(p.name, _beneath(p), reverse("place", args=[p.pk])) for p in find_places(query)]),
            (_("Activities"), [
                (a.name, a.lead_unit.name, f"{reverse('unit', args=[a.lead_unit_id])}?period=all")
                for a in find_activities(query, reach=reach)
            ]),
        ]  # fmt: skip
        groups.append(
            (
                _("Reports"),
                [
                    (one.title, one.unit.name, reverse("reading", args=[one.pk]))
                    for one in find_sources(query, reader=reader)
                ],
            )
        )
    found = [(label, rows) for label, rows in groups if rows]
    if not reach.stretches:
        found = []
    return render(request, "front/search.html", {"query": query, "groups": found})


def _beneath(node: Any) -> str:
    return node.parent.name if node.parent else ""
