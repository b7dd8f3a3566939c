"""The public pages of open data, and the two steps of the press officers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from karnameh.access.public import Role, reach_unit, units_where
from karnameh.activities.public import Campaign
from karnameh.exchange.opendata import queries
from karnameh.exchange.opendata.actions import ask_to_publish, confirm_publishing
from karnameh.exchange.opendata.columns import INDICATORS, WHO_WHAT_WHERE, Column, names, tags
from karnameh.exchange.opendata.formats import Cell
from karnameh.exchange.opendata.making import FORMATS, LICENCE, folder_of
from karnameh.people.public import User
from karnameh.plumbing.addresses import number_or_none
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach
from karnameh.plumbing.tables import csv_response

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xml": "application/xml",
}


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything that anybody may download, and what waits for the officers who look."""
    return render(
        request,
        "exchange/open.html",
        {
            "published": list(queries.published()[:100]),
            "in_hand": queries.in_hand(request.user),
            "units": queries.may_publish(request.user),
            "campaigns": Campaign.objects.filter(starts_on__lte=today())[:6],
            "licence": LICENCE,
            "viewer": request.user,
        },
    )


@require_safe
def data_page(request: HttpRequest, code: str) -> HttpResponse:
    """One publication: its figures, its files and their fingerprints."""
    one = queries.published_as(code)
    rows = queries.whole_rows(one)
    return render(
        request,
        "exchange/open_data.html",
        {
            "one": one,
            "files": [one.files[kind] for kind in FORMATS],
            "rows": rows,
            "licence": LICENCE,
            "crumbs": [{"label": _("Open data"), "url": reverse("open_data")}],
        },
    )


@require_safe
def download(request: HttpRequest, code: str, kind: str) -> HttpResponseBase:
    """A file of a publication, as it was made."""
    one = queries.published_as(code)
    if kind not in FORMATS:
        raise OutOfReach
    etag = f'"{one.files[kind].sha256}"'
    if there := get_conditional_response(request, etag=etag):
        return there  # whoever has the file already is sent nothing
    file = (folder_of(one.folder) / f"figures.{kind}").open("rb")
    response = FileResponse(file, as_attachment=True, filename=f"karnameh-{one.code}.{kind}")
    response["Content-Type"] = _TYPES[kind]
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def dictionary(request: HttpRequest) -> HttpResponseBase:
    """The indicator dictionary with HXL tags."""
    return _tagged("karnameh-indicators", INDICATORS, queries.dictionary_rows())


@require_safe
def activities(request: HttpRequest) -> HttpResponseBase:
    """Who does what where in a campaign, as the field's 3W table."""
    campaign = get_object_or_404(Campaign, code=request.GET.get("campaign", ""))
    rows = queries.who_what_where(campaign)
    return _tagged(f"karnameh-3w-{campaign.code}", WHO_WHAT_WHERE, rows)


def _tagged(name: str, columns: tuple[Column, ...], rows: Iterable[list[Cell]]) -> HttpResponseBase:
    return csv_response(name, names(columns), [tags(columns), *rows])


@login_required
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """A press officer asks for a publication."""
    unit = reach_unit(request.user, _number(request.POST.get("unit", "")))
    campaign = get_object_or_404(Campaign, code=request.POST.get("campaign", ""))
    ask_to_publish(campaign=campaign, unit=unit, by=cast(User, request.user), at=now())
    messages.success(request, _("It waits for another press officer to confirm."))
    return redirect("open_data")


@login_required
@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """Another press officer confirms it."""
    if not units_where(request.user, Role.PRESS).stretches:
        raise OutOfReach
    confirm_publishing(code, by=cast(User, request.user), at=now())
    messages.success(request, _("Confirmed. The files are being made."))
    return redirect("open_data")


def _number(text: str) -> int:
    found = number_or_none(text)
    if found is None:
        raise OutOfReach
    return found
