"""The dictionary: indicators and their wordings, items and their prices."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.access.public import Role, may
from karnameh.catalog.public import (
    Item,
    Meaning,
    TimeRule,
    UnitRule,
    Wording,
    Words,
    find_indicators,
    indicators,
)
from karnameh.front.administration import actions, forms, queries
from karnameh.front.administration.views.frame import Crumbs, viewer, work
from karnameh.plumbing.clock import now, today
from karnameh.ui.public import day_text, money_text, shown_to

_TEXTS = ("name_fa", "definition_fa", "means_fa", "name_en", "definition_en", "means_en")


@login_required
@require_safe
def indicator_list(request: HttpRequest) -> HttpResponse:
    """All indicators by theme, or those that words find."""
    queries.require_desk(request.user)
    words = request.GET.get("q", "")[:100]
    rows = find_indicators(words, limit=200) if words.strip() else list(indicators())
    items = Item.objects.select_related("measure").order_by("name_fa")
    return render(
        request,
        "administration/dictionary.html",
        {
            "words": words,
            "indicators": rows,
            "items": [] if words.strip() else items,
            "crumbs": _crumbs(),
            "keeper": _keeps(request),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def new_indicator(request: HttpRequest) -> HttpResponse:
    """A new indicator from the keepers of the dictionary."""
    actions.require_dictionary(viewer(request))
    made: list[int] = []

    def act(form: forms.IndicatorForm) -> str:
        values: dict[str, Any] = dict(form.cleaned_data)
        words = Words(**{name: values.pop(name) for name in _TEXTS})
        added = actions.add(Meaning(**values), words, by=viewer(request), at=now())
        made.append(added.pk)
        return _("“%(name)s” is in the dictionary and can be counted from now on.") % {
            "name": added.name
        }

    def sentence(form: forms.IndicatorForm) -> str:
        chosen = form.cleaned_data
        said = {
            "name": chosen["name_fa"], "measure": chosen["measure"].name,
            "time": TimeRule(chosen["time_rule"]).label, "unit": UnitRule(chosen["unit_rule"]).label,
        }  # fmt: skip
        return (
            _(
                "“%(name)s” is counted in %(measure)s: %(time)s, %(unit)s. This meaning can never be changed"
                " afterwards; only its wording can."
            )
            % said
        )

    return work(
        request, forms.IndicatorForm, sentence=sentence, act=act,
        onwards=lambda: reverse("admin_indicator", args=[made[0]]),
        context={
            "heading": _("New indicator"), "button": _("Add to the dictionary"),
            "back": reverse("admin_dictionary"), "crumbs": _crumbs(_("New indicator")),
        },
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def indicator(request: HttpRequest, pk: int) -> HttpResponse:
    """Its wordings; a clearer one from the keepers of the dictionary."""
    queries.require_desk(request.user)
    row = get_object_or_404(indicators(), pk=pk)
    if request.method == "POST":
        actions.require_dictionary(viewer(request))

    def act(form: forms.RewordForm) -> str:
        actions.reword(row, Words(**form.cleaned_data), by=viewer(request), at=now())
        return _("The new wording is in force; entries made before keep theirs.")

    def sentence(form: forms.RewordForm) -> str:
        altered = sum(form.cleaned_data[name] != getattr(row, name) for name in _TEXTS)
        return _(
            "A new wording of “%(name)s” is kept (%(altered)s texts differ). "
            "Its meaning stays: what is counted, in which unit, and how it is added up."
        ) % {"name": row.name, "altered": altered}

    return work(
        request, forms.RewordForm, sentence=sentence, act=act,
        onwards=lambda: reverse("admin_indicator", args=[pk]),
        template="administration/indicator.html",
        context={
            "indicator": row, "versions": versions(list(row.wordings.all())), "crumbs": _crumbs(row.name),
            "keeper": _keeps(request), "button": _("Keep the new wording"),
        },
        initial={name: getattr(row, name) for name in _TEXTS},
    )  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A run of words in a comparison: kept, added or removed."""

    text: str
    how: str


@dataclass(frozen=True)
class Version:
    """One wording, and for each text that changed its comparison with the one before."""

    wording: Wording
    changes: list[tuple[str, list[Piece]]]


def versions(wordings: list[Wording]) -> list[Version]:
    """Wordings, the latest first, each compared with its forerunner word by word."""
    labels = {name: field.label for name, field in forms.RewordForm.base_fields.items()}
    found = [
        Version(
            new,
            [
                (str(labels[name]), compared(getattr(old, name), getattr(new, name)))
                for name in _TEXTS
                if getattr(old, name) != getattr(new, name)
            ],
        )
        for new, old in pairwise(wordings)
    ]
    return [*found, *(Version(first, []) for first in wordings[-1:])]


def compared(old: str, new: str) -> list[Piece]:
    """`new` against `old` by words: what stayed, what came, what went."""
    before, after = old.split(), new.split()
    pieces = []
    for how, a, b, c, d in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if how == "equal":
            pieces.append(Piece(" ".join(after[c:d]), "kept"))
            continue
        pieces += [Piece(" ".join(before[a:b]), "removed")] if a < b else []
        pieces += [Piece(" ".join(after[c:d]), "added")] if c < d else []
    return pieces


@login_required
@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """No new entries after a day."""
    actions.require_dictionary(viewer(request))
    row = get_object_or_404(indicators(), pk=pk)

    def act(form: forms.RetireForm) -> str:
        actions.retire(row, **form.cleaned_data, by=viewer(request), at=now())
        return _("The indicator is retired. What was counted is still shown.")

    def sentence(form: forms.RetireForm) -> str:
        values = {
            "name": row.name,
            "day": day_text(form.cleaned_data["on"], shown_to(request), today=today()),
            "successor": form.cleaned_data["successor"].name
            if form.cleaned_data["successor"]
            else "",
        }
        if values["successor"]:
            return (
                _("%(day)s is the last day of “%(name)s”; from then on “%(successor)s” is counted.")
                % values
            )
        return _("%(day)s is the last day of “%(name)s”; nothing is counted in its stead.") % values

    return work(
        request, partial(forms.RetireForm, indicator=row, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_indicator", args=[pk]),
        context={
            "heading": _("Retire the indicator"), "about": row, "button": _("Retire it"),
            "back": reverse("admin_indicator", args=[pk]), "crumbs": _crumbs(row.name),
        },
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """A thing and its dated prices."""
    queries.require_desk(request.user)
    row = get_object_or_404(Item.objects.select_related("measure"), pk=pk)
    if request.method == "POST":
        actions.require_dictionary(viewer(request))

    def act(form: forms.RateForm) -> str:
        values: dict[str, Any] = dict(form.cleaned_data)
        actions.add_rate(
            row, rial_per_unit=values.pop("price"), **values, by=viewer(request), at=now()
        )
        return _("The price is kept.")

    def sentence(form: forms.RateForm) -> str:
        display = shown_to(request)
        return _(
            "From %(day)s, one %(item)s is worth %(money)s. Former prices stay in force for former days."
        ) % {
            "day": day_text(form.cleaned_data["valid_from"], display, today=today()), "item": row.name,
            "money": money_text(form.cleaned_data["price"], display),
        }  # fmt: skip

    return work(
        request, partial(forms.RateForm, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_item", args=[pk]),
        template="administration/item.html",
        context={
            "item": row, "rates": row.rates.order_by("-valid_from"), "keeper": _keeps(request),
            "crumbs": _crumbs(row.name), "button": _("Keep the price"),
        },
    )  # fmt: skip


def _keeps(request: HttpRequest) -> bool:
    return may(request.user, Role.ADMINISTRATOR, queries.federation())


def _crumbs(*more: str) -> Crumbs:
    first = {"label": _("Administration"), "url": reverse("admin_home")}
    dictionary = {"label": _("Dictionary"), "url": reverse("admin_dictionary") if more else ""}
    return [first, dictionary, *({"label": label, "url": ""} for label in more)]
