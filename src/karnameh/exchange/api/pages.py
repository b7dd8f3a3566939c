"""Two pages for people: what the interface offers, and one's own keys."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import units_where
from karnameh.exchange.api.forms import KeyForm
from karnameh.exchange.api.interface import described as description
from karnameh.exchange.api.routes import READS, WRITES
from karnameh.exchange.api.tokens import make_token, revoke_token, tokens_of
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The same for programs: OpenAPI 3.1."""
    return JsonResponse(description())


@require_safe
def described(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, from the description that programs read."""
    return render(
        request,
        "exchange/api.html",
        {
            "operations": _operations(description()),
            "address": request.build_absolute_uri("/api/v1/"),
            "reads": READS,
            "writes": WRITES,
            "events": _events(description()),
            "signed_in": isinstance(request.user, User),
        },
    )


def _operations(described: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "description": operation.get("description", ""),
            "parameters": [one["name"] for one in operation.get("parameters", [])],
        }
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def _events(described: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for kind, methods in described["webhooks"].items():
        told = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
        found.append(
            {
                "kind": kind,
                "summary": methods["post"]["summary"],
                "description": methods["post"]["description"],
                "fields": list(told["properties"]["data"]["properties"]),
            }
        )
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The viewer's keys; a new one is shown once, on the page that answers its making."""
    user = cast(User, request.user)
    reach = units_where(user)
    if not reach.stretches:
        raise OutOfReach
    units = list(OrgUnit.objects.filter(path__in=reach.paths).order_by("sort_key"))
    form = KeyForm(request.POST or None, units=units)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = make_token(**form.wanted, by=user, at=now())
            form = KeyForm(units=units)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    response = render(
        request,
        "exchange/keys.html",
        {"form": form, "secret": secret, "keys": tokens_of(user), "now_on": today()},
        status=422 if form.errors else 200,
    )
    response["Cache-Control"] = "no-store"  # a key was shown
    return response


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the viewer's keys."""
    revoke_token(pk, by=cast(User, request.user), at=now())
    messages.success(
        request, _("The key is revoked. Programs that use it are refused from now on.")
    )
    return redirect("api_keys")
