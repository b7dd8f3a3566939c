"""Places within the viewer's territory: search, open, move."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.front.administration import actions, forms, queries
from karnameh.front.administration.views.frame import Crumbs, viewer, work
from karnameh.org.public import Place
from karnameh.plumbing.clock import now, today
from karnameh.ui.public import day_text, shown_to


@login_required
@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """Places that words find within the territory; without words, its highest places."""
    reach = queries.require_desk(request.user)
    words, paths = request.GET.get("q", "")[:100], queries.administered_places(reach)
    find, _get = queries.places_to_choose(paths)
    if words.strip():
        found = [one.thing for one in find(words)]
    else:
        found = list(
            Place.objects.filter(path__in=paths).select_related("parent").order_by("sort_key")
        )
    return render(
        request,
        "administration/places.html",
        {"words": words, "places": found, "keeper": bool(paths), "crumbs": _crumbs()},
    )


@login_required
@require_http_methods(["GET", "POST"])
def open_place(request: HttpRequest) -> HttpResponse:
    """A new village, neighbourhood, facility."""
    paths = queries.administered_places(queries.require_desk(request.user))
    pk = request.GET.get("within", "")
    within = Place.objects.filter(pk=pk).first() if pk.isdecimal() else None

    def act(form: forms.OpenPlaceForm) -> str:
        made = actions.open_place_within(by=viewer(request), at=now(), **form.cleaned_data)
        return _("“%(name)s” was opened.") % {"name": made.name}

    def sentence(form: forms.OpenPlaceForm) -> str:
        return _("“%(name)s” (code %(code)s) lies within “%(parent)s” from %(day)s.") % {
            "name": form.cleaned_data["name_fa"], "code": form.cleaned_data["code"],
            "parent": form.cleaned_data["parent"].name, "day": _day(request, form),
        }  # fmt: skip

    return work(
        request,
        partial(forms.OpenPlaceForm, paths=paths, within=within, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_places"),
        context=_context(_("Open a place"), _("Open the place")),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def move_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Another place that contains it, as after a new division of the country."""
    queries.require_desk(request.user)
    place = get_object_or_404(Place.objects.select_related("parent"), pk=pk)
    actions.require_place(viewer(request), place)
    paths = queries.administered_places(queries.administered(request.user))

    def act(form: forms.MovePlaceForm) -> str:
        actions.move_place_to(place, **form.cleaned_data, by=viewer(request), at=now())
        return _("The place was moved.")

    def sentence(form: forms.MovePlaceForm) -> str:
        return _("From %(day)s, “%(name)s” and all within it lie in “%(parent)s”.") % {
            "day": _day(request, form), "name": place.name, "parent": form.cleaned_data["parent"].name
        }  # fmt: skip

    return work(
        request, partial(forms.MovePlaceForm, paths=paths, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_places"),
        context={**_context(_("Move a place"), _("Move the place")), "about": place},
    )  # fmt: skip


def _day(request: HttpRequest, form: Any) -> str:
    return day_text(form.cleaned_data["on"], shown_to(request), today=today())


def _crumbs(*more: str) -> Crumbs:
    first = {"label": _("Administration"), "url": reverse("admin_home")}
    places = {"label": _("Places"), "url": reverse("admin_places") if more else ""}
    return [first, places, *({"label": label, "url": ""} for label in more)]


def _context(heading: str, button: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "button": button,
        "back": reverse("admin_places"),
        "crumbs": _crumbs(heading),
    }
