"""The pages of subscriptions: all of them, and one with its messages and attempts."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import units_where
from karnameh.exchange.webhooks import actions, queries
from karnameh.exchange.webhooks.forms import SubscriptionForm
from karnameh.exchange.webhooks.models import Going, Subscription
from karnameh.exchange.webhooks.rules import MOST_TRIES
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach, Refusal


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hooks(request: HttpRequest) -> HttpResponse:
    """The viewer's subscriptions; the secret of a new one is shown once, on the page that answers."""
    user = cast(User, request.user)
    reach = units_where(user)
    if not reach.stretches:
        raise OutOfReach
    units = list(OrgUnit.objects.filter(path__in=reach.paths).order_by("sort_key"))
    form = SubscriptionForm(request.POST or None, units=units)
    made, secret = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = actions.subscribe(form.wanted, by=user, at=now())
            form = SubscriptionForm(units=units)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    response = render(
        request, "exchange/hooks.html",
        {
            "form": form, "made": made, "secret": secret, "hooks": list(queries.listed(user)),
            "may": actions.may_subscribe(user, at=now()), "viewer": user, "crumbs": _crumbs()[:1],
        },
        status=422 if form.errors else 200,
    )  # fmt: skip
    response["Cache-Control"] = "no-store"  # a secret was shown
    return response


@login_required
@require_safe
def hook(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One subscription: what it hears of, what was sent, and how each attempt ended."""
    one = queries.reach_subscription(cast(User, request.user), pk)
    return _page(request, one)


@login_required
@require_POST
def step(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Try it, change its secret, pause it, take it up again, end it."""
    user, at = cast(User, request.user), now()
    one = queries.reach_subscription(user, pk)
    asked = request.POST.get("step", "")
    if asked == "secret":
        secret = actions.change_secret(pk, by=user, at=at)
        return _page(request, queries.reach_subscription(user, pk), secret)
    if asked == "try":
        actions.send_trial(pk, by=user, at=at)
        messages.success(request, _("A trial is on its way. Look again in a moment."))
    elif asked == "pause":
        actions.pause(pk, by=user, at=at)
        messages.success(request, _("Paused. Nothing is sent until you take it up again."))
    elif asked == "resume":
        actions.resume(pk, by=user, at=at)
        messages.success(request, _("It is told again, from now on."))
    elif asked == "end":
        actions.end(pk, by=user, at=at)
        messages.success(request, _("Ended. Nothing more is sent there."))
        return redirect("api_hooks")
    else:
        raise OutOfReach
    return redirect("api_hook", pk=one.pk)


@login_required
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send one message once more."""
    one = actions.send_again(pk, by=cast(User, request.user), at=now())
    messages.success(request, _("It is on its way again, under the same number."))
    return redirect("api_hook", pk=one.subscription_id)


def _page(request: HttpRequest, one: Subscription, secret: str = "") -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in Going.values else ""
    response = render(
        request, "exchange/hook.html",
        {
            "hook": one, "secret": secret, "mine": one.owner_id == request.user.pk, "state": state,
            "states": Going.choices, "messages_sent": queries.messages_of(one, state=state),
            "most_tries": MOST_TRIES, "crumbs": _crumbs(), "shown": queries.SHOWN,
            "former_signs": one.former_until is not None and now() < one.former_until,
        },
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("Keys for programs"), "url": reverse("api_keys")},
        {"label": _("Messages to programs"), "url": reverse("api_hooks")},
    ]
