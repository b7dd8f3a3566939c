"""Units: search, page, open, rename, move, merge, split, close."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.access.public import Grant, Role, may, reach_unit, require
from karnameh.front.administration import actions, forms, queries, trail
from karnameh.front.administration.views.frame import Crumbs, viewer, work
from karnameh.org.public import OrgUnit, ancestors, find_units, under
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import Refusal
from karnameh.ui.public import day_text, number_text, shown_to


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits, where to go, what was done last."""
    reach = queries.require_desk(request.user)
    return render(
        request,
        "administration/home.html",
        {
            "tops": queries.tops(reach),
            "waiting": queries.waiting(reach)[:20],
            "deeds": trail.told(queries.own_deeds(viewer(request))),
            "dictionary": may(request.user, Role.ADMINISTRATOR, queries.federation()),
        },
    )


@login_required
@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """Units that the viewer administers, by words; without words the highest ones."""
    reach = queries.require_desk(request.user)
    words = request.GET.get("q", "")[:100]
    found = find_units(words, paths=reach.paths, limit=50) if words.strip() else queries.tops(reach)
    return render(
        request,
        "administration/units.html",
        {"words": words, "units": found, "crumbs": [_desk(), {"label": _("Units"), "url": ""}]},
    )


@login_required
@require_safe
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: where it stands and stood, what it was called, who holds a role, what was done to it."""
    node = administered_unit(request, pk)
    here = (
        Grant.objects.filter(unit=node, ends_at=None)
        .select_related("user", "theme")
        .order_by("role")
    )
    page = queries.children_page(node, request.GET.get("cursor", ""))
    parent = queries.above(node)
    return render(
        request,
        "administration/unit.html",
        {
            "unit": node,
            "crumbs": crumbs_to(request, node),
            "above": parent is not None and may(request.user, Role.ADMINISTRATOR, parent),
            "page": page,
            "closed": queries.closed_beneath(node),
            "placements": trail.placed(node, within=queries.administered(request.user).paths),
            "former": node.former_names.order_by("-until"),
            "grants": here,
            "deeds": trail.told(queries.unit_trail(node)),
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def open_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A new unit beneath this one."""
    parent = _open(administered_unit(request, pk))
    made: list[OrgUnit] = []

    def act(form: forms.OpenUnitForm) -> str:
        new = form.unit()
        made.append(
            actions.open_beneath(
                parent, new, on=form.cleaned_data["on"], by=viewer(request), at=now()
            )
        )
        return _("“%(name)s” was opened.") % {"name": made[0].name}

    def sentence(form: forms.OpenUnitForm) -> str:
        return _("“%(name)s” (code %(code)s) opens beneath “%(parent)s” on %(day)s.") % {
            "name": form.cleaned_data["name_fa"], "code": form.cleaned_data["code"],
            "parent": parent.name, "day": _day(request, form),
        }  # fmt: skip

    return work(
        request, partial(forms.OpenUnitForm, parent=parent, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_unit", args=[made[0].pk]),
        context=_context(request, parent, _("Open a unit beneath it"), _("Open the unit")),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def rename_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A new name; the old one is kept with its last day."""
    node = _open(administered_unit(request, pk))

    def act(form: forms.RenameUnitForm) -> str:
        actions.rename(node, **form.cleaned_data, by=viewer(request), at=now())
        return _("The new name is kept; the former one stays in the history.")

    def sentence(form: forms.RenameUnitForm) -> str:
        return _("From %(day)s, “%(old)s” is called “%(new)s”. The old name stays findable.") % {
            "day": _day(request, form), "old": node.name_fa, "new": form.cleaned_data["name_fa"]
        }  # fmt: skip

    return work(
        request, partial(forms.RenameUnitForm, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_unit", args=[pk]),
        context=_context(request, node, _("Rename"), _("Keep the new name")),
        initial={"name_fa": node.name_fa, "name_en": node.name_en},
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def move_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Another unit above it."""
    node = _decided_above(request, pk)

    def act(form: forms.MoveUnitForm) -> str:
        actions.move(node, **form.cleaned_data, by=viewer(request), at=now())
        return _("The unit was moved.")

    def sentence(form: forms.MoveUnitForm) -> str:
        return _(
            "From %(day)s, “%(name)s” and all beneath it (%(count)s units) stand under “%(parent)s”. "
            "Figures as organised now follow at once; figures as it was then stay."
        ) % {
            "day": _day(request, form), "name": node.name, "count": _beneath(request, node),
            "parent": form.cleaned_data["parent"].name,
        }  # fmt: skip

    return work(
        request, _with_reach(request, forms.MoveUnitForm, node),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_unit", args=[pk]),
        context=_context(request, node, _("Move"), _("Move the unit")),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def merge_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Into another unit: this one closes, its past counts there."""
    node = _decided_above(request, pk)

    def act(form: forms.MergeUnitForm) -> str:
        actions.merge(node, **form.cleaned_data, by=viewer(request), at=now())
        return _("The unit was merged.")

    def sentence(form: forms.MergeUnitForm) -> str:
        return _(
            "On %(day)s, “%(name)s” closes and is merged into “%(into)s”: "
            "as organised now its past counts there, and the %(count)s units beneath it move there. "
            "A merged unit cannot be opened again."
        ) % {
            "day": _day(request, form), "name": node.name, "count": _beneath(request, node),
            "into": form.cleaned_data["into"].name,
        }  # fmt: skip

    return work(
        request, _with_reach(request, forms.MergeUnitForm, node),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_unit", args=[pk]),
        context=_context(request, node, _("Merge"), _("Merge the units")),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def split_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Into two or more beside it."""
    node = _decided_above(request, pk)

    def act(form: forms.SplitUnitForm) -> str:
        parts, on = form.parts(), form.cleaned_data["on"]
        actions.split(node, parts=parts, on=on, by=viewer(request), at=now())
        return _("The unit was split.")

    def sentence(form: forms.SplitUnitForm) -> str:
        parts = form.parts()
        return _(
            "On %(day)s, “%(name)s” closes and %(parts)s open beside it. Its past stays its own; "
            "the %(count)s units beneath it go to “%(first)s”. A closed unit cannot be opened again."
        ) % {
            "day": _day(request, form), "name": node.name, "count": _beneath(request, node),
            "first": parts[0].name_fa, "parts": _(" and ").join(f"“{part.name_fa}”" for part in parts),
        }  # fmt: skip

    return work(
        request, partial(forms.SplitUnitForm, unit=node, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_unit", args=[pk]),
        template="administration/split.html",
        context=_context(request, node, _("Split"), _("Split the unit")),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def close_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its last day."""
    node = _decided_above(request, pk)

    def act(form: forms.CloseUnitForm) -> str:
        actions.close(node, **form.cleaned_data, by=viewer(request), at=now())
        return _("The unit was closed. What it did stays.")

    def sentence(form: forms.CloseUnitForm) -> str:
        return _(
            "%(day)s is the last day of “%(name)s”: no entry for a later day. "
            "What it did stays and still counts. A closed unit cannot be opened again."
        ) % {"day": _day(request, form), "name": node.name}

    return work(
        request, partial(forms.CloseUnitForm, display=shown_to(request), today=today()),
        sentence=sentence, act=act, onwards=lambda: reverse("admin_unit", args=[pk]),
        context=_context(request, node, _("Close"), _("Close the unit")),
    )  # fmt: skip


def administered_unit(request: HttpRequest, pk: int) -> OrgUnit:
    """The unit, for its administrators: 404 out of reach, 403 without the role."""
    node = reach_unit(request.user, pk)
    require(request.user, Role.ADMINISTRATOR, node)
    return node


def crumbs_to(request: HttpRequest, node: OrgUnit, *more: str) -> Crumbs:
    """The way to a unit through those that the viewer administers."""
    line = [one for one in ancestors(node) if may(request.user, Role.ADMINISTRATOR, one)]
    crumbs = [_desk(), {"label": _("Units"), "url": reverse("admin_units")}]
    crumbs += [{"label": one.name, "url": reverse("admin_unit", args=[one.pk])} for one in line]
    crumbs.append(
        {"label": node.name, "url": reverse("admin_unit", args=[node.pk]) if more else ""}
    )
    return [*crumbs, *({"label": label, "url": ""} for label in more)]


def _desk() -> dict[str, str]:
    return {"label": _("Administration"), "url": reverse("admin_home")}


def _open(node: OrgUnit) -> OrgUnit:
    if node.closed_on is not None:
        raise Refusal(_("“%(name)s” is closed.") % {"name": node.name}, status=409)
    return node


def _decided_above(request: HttpRequest, pk: int) -> OrgUnit:
    node = administered_unit(request, pk)
    actions.require_above(viewer(request), node)
    return _open(node)


def _with_reach(request: HttpRequest, form: Any, node: OrgUnit) -> Any:
    reach = queries.administered(request.user)
    return partial(form, reach=reach, unit=node, display=shown_to(request), today=today())


def _context(request: HttpRequest, node: OrgUnit, heading: str, button: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "about": node,
        "button": button,
        "back": reverse("admin_unit", args=[node.pk]),
        "crumbs": crumbs_to(request, node, heading),
    }


def _day(request: HttpRequest, form: Any) -> str:
    return day_text(form.cleaned_data["on"], shown_to(request), today=today())


def _beneath(request: HttpRequest, node: OrgUnit) -> str:
    count = OrgUnit.objects.filter(under(node.path), closed_on=None).count() - 1
    return number_text(count, shown_to(request))
