"""For the auditor: deeds, their changed rows, changes without a deed, openings of sealed fields."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karnameh.access.public import Reach, Role, units_where
from karnameh.front.administration import queries, trail
from karnameh.front.administration.forms import TrailForm
from karnameh.front.administration.personal import columns
from karnameh.kernel.digits import to_latin
from karnameh.kernel.text import clean
from karnameh.people.public import User
from karnameh.plumbing.models import Change, Deed, PersonalRead
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach, no_role

SIZE = 50


@login_required
@require_safe
def deeds(request: HttpRequest) -> HttpResponse:
    """Who did what, the latest first; beside it what was changed outside the product, and what was opened."""
    reach = _audited(request)
    whole = queries.sees_everything(reach)
    show = request.GET.get("show", "")
    form = TrailForm(request.GET, verbs=list(trail.VERBS.items()))
    context: dict[str, Any] = {
        "form": form, "whole": whole, "show": show,
        "outside": Change.objects.filter(deed=None).exists() if whole else False,
        "crumbs": [{"label": _("Audit"), "url": ""}],
    }  # fmt: skip
    if show in ("outside", "reads") and not whole:
        raise no_role()
    if show == "outside":
        changes = _page(Change.objects.filter(deed=None).order_by("-pk"), request)
        context |= {"changes": trail.changed(changes.rows), "next": _next(request, changes)}
    elif show == "reads":
        opened = _page(PersonalRead.objects.order_by("-pk"), request)
        context |= {"reads": trail.reads(opened.rows), "next": _next(request, opened)}
    else:
        found = _page(_filtered(queries.deeds_visible(reach), form), request)
        context |= {"deeds": trail.told(found.rows), "next": _next(request, found)}
    return render(
        request, "administration/audit.html", context, status=200 if form.is_valid() else 422
    )


@login_required
@require_safe
def deed(request: HttpRequest, pk: int) -> HttpResponse:
    """One deed and every row that it changed."""
    row = get_object_or_404(queries.deeds_visible(_audited(request)), pk=pk)
    changes = _page(Change.objects.filter(deed=row).order_by("-pk"), request)
    return render(
        request,
        "administration/deed.html",
        {
            "told": trail.told([row])[0],
            "changes": trail.changed(changes.rows),
            "next": _next(request, changes),
            "crumbs": [
                {"label": _("Audit"), "url": reverse("audit")},
                {"label": f"{row.pk}", "url": ""},
            ],
        },
    )


@login_required
@require_safe
def about_data(request: HttpRequest) -> HttpResponse:
    """Every column about a person that this installation keeps: what for, how long, how many rows."""
    return render(request, "administration/about_data.html", {"tables": columns()})


def _audited(request: HttpRequest) -> Reach:
    """What the viewer may audit: 403 without the role, 404 without any grant."""
    reach = units_where(request.user, Role.AUDITOR)
    if reach.stretches:
        return reach
    if units_where(request.user).stretches:
        raise no_role()
    raise OutOfReach


def _filtered(rows: QuerySet[Deed], form: TrailForm) -> QuerySet[Deed]:
    """The filters that could be read; one that could not shows nothing rather than everything."""
    if not form.is_valid():
        return rows.none()
    asked = form.cleaned_data
    if asked["verb"]:
        rows = rows.filter(verb=asked["verb"])
    if asked["target"]:
        rows = rows.filter(target=clean(asked["target"]))
    if asked["account"]:
        named = User.objects.filter(username=to_latin(clean(asked["account"])).casefold())
        rows = rows.filter(account__in=named.values("pk"))
    if asked["since"]:
        rows = rows.filter(at__gte=_midnight(asked["since"]))
    if asked["until"]:
        rows = rows.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _page(rows: QuerySet[Any], request: HttpRequest) -> Page[Any]:
    cursor = request.GET.get("cursor", "")
    if cursor.isdecimal():
        rows = rows.filter(pk__lt=min(int(cursor), 2**62))
    return cut(list(rows[: SIZE + 1]), SIZE, lambda row: str(row.pk))


def _next(request: HttpRequest, page: Page[Any]) -> str:
    if page.next_key is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = page.next_key
    return f"?{query.urlencode()}"
