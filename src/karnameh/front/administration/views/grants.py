"""Roles: who holds what, giving, confirming, taking back; accounts: a new one, closing one."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Grant, Role, require
from karnameh.front.administration import actions, forms, queries
from karnameh.front.administration.views.frame import Crumbs, viewer, work
from karnameh.front.administration.views.units import administered_unit
from karnameh.people.public import User
from karnameh.plumbing.clock import now


@login_required
@require_safe
def grant_list(request: HttpRequest) -> HttpResponse:
    """Every role beneath what the viewer administers; above all, those that wait for a second person."""
    reach = queries.require_desk(request.user)
    words, role = request.GET.get("q", "")[:100], request.GET.get("role", "")
    page = queries.grants_page(reach, words=words, role=role, cursor=request.GET.get("cursor", ""))
    return render(
        request,
        "administration/grants.html",
        {
            "crumbs": _crumbs(),
            "words": words,
            "role": role,
            "roles": Role.choices,
            "page": page,
            "next": _next(request, page.next_key),
            "waiting": queries.waiting(reach),
        },
    )


def _next(request: HttpRequest, cursor: str | None) -> str:
    if cursor is None:
        return ""
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"?{query.urlencode()}"


@login_required
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """A role for an account that is there."""
    reach = queries.require_desk(request.user)

    def act(form: forms.GiveForm) -> str:
        grant = actions.give(
            user=form.cleaned_data["user"],
            role=Role(form.cleaned_data["role"]),
            unit=form.cleaned_data["unit"],
            theme=form.cleaned_data["theme"],
            by=viewer(request),
            at=now(),
        )
        return _given(grant)

    def sentence(form: forms.GiveForm) -> str:
        return _role_sentence(form, form.cleaned_data["user"].office)

    return work(
        request, partial(forms.GiveForm, reach=reach), sentence=sentence, act=act,
        onwards=lambda: reverse("admin_grants"),
        context=_context(_("Give a role"), _("Give the role")),
        initial=_at_unit(request) | _for_user(request),
    )  # fmt: skip


def _role_sentence(form: Any, office: str) -> str:
    values = {
        "office": office,
        "role": dict(Role.choices)[form.cleaned_data["role"]],
        "unit": form.cleaned_data["unit"].name,
        "theme": form.cleaned_data["theme"].name if form.cleaned_data["theme"] else "",
    }
    if values["theme"]:
        limited = _(
            "“%(office)s” becomes %(role)s of “%(unit)s” and all beneath it, "
            "for the theme “%(theme)s” only."
        )
        return limited % values
    return _("“%(office)s” becomes %(role)s of “%(unit)s” and all beneath it.") % values


def _given(grant: Grant) -> str:
    if grant.needs_second:
        return _(
            "The role waits for a second administrator: above a county one alone cannot give it."
        )
    return _("The role is given and holds from now on.")


def _at_unit(request: HttpRequest) -> dict[str, Any]:
    """`?unit=5`: the unit is chosen already, if it is administered."""
    pk = request.GET.get("unit", "")
    return {"unit": (str(administered_unit(request, int(pk)).pk), "")} if pk.isdecimal() else {}


def _for_user(request: HttpRequest) -> dict[str, Any]:
    name = request.GET.get("account", "")
    user = User.objects.filter(username=name, is_active=True).first()
    return {"user": (str(user.pk), "")} if user else {}


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person's word."""
    grant = _grant(request, pk)
    actions.confirm(grant, by=viewer(request), at=now())
    messages.success(request, _("Confirmed: the role holds from now on."))
    return redirect("admin_grants")


@login_required
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role back."""
    grant = _grant(request, pk)
    actions.end(grant, by=viewer(request), at=now())
    messages.success(request, _("The role has ended. What was done with it stays."))
    return redirect("admin_grants")


def _grant(request: HttpRequest, pk: int) -> Grant:
    grant = get_object_or_404(Grant.objects.select_related("unit", "user"), pk=pk)
    require(request.user, Role.ADMINISTRATOR, grant.unit)
    return grant


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """An account with its first role; the first password is shown on the next page and never again."""
    reach = queries.require_desk(request.user)

    def act(form: forms.NewAccountForm) -> HttpResponse:
        values = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        grant, password = actions.create_account(**values, by=viewer(request), at=now())
        return render(
            request,
            "administration/account_made.html",
            {"grant": grant, "password": password, "crumbs": [*_crumbs(_("New account"))]},
        )

    def sentence(form: forms.NewAccountForm) -> str:
        return _role_sentence(
            form, f"{form.cleaned_data['office']} ({form.cleaned_data['username']})"
        )

    return work(
        request, partial(forms.NewAccountForm, reach=reach), sentence=sentence, act=act,
        onwards=lambda: reverse("admin_grants"),
        context=_context(_("New account"), _("Make the account")),
        initial=_at_unit(request),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def account_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account; its roles are listed first."""
    queries.require_desk(request.user)
    user = get_object_or_404(User, pk=pk)
    actions.require_over(viewer(request), user)
    if request.method == "POST":
        actions.disable_account(user, by=viewer(request), at=now())
        messages.success(request, _("The account is closed. What it did stays."))
        return redirect("admin_grants")
    return render(
        request,
        "administration/account_disable.html",
        {"account": user, "held": queries.unended(user), "crumbs": _crumbs(_("Close an account"))},
    )


def _crumbs(*more: str) -> Crumbs:
    first = {"label": _("Administration"), "url": reverse("admin_home")}
    grants = {"label": _("Roles and accounts"), "url": reverse("admin_grants") if more else ""}
    return [first, grants, *({"label": label, "url": ""} for label in more)]


def _context(heading: str, button: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "button": button,
        "back": reverse("admin_grants"),
        "crumbs": _crumbs(heading),
    }
