"""What the views of the desk share: who looks, and how a form becomes a deed.

A form is sent twice: the first time the page says in one sentence what will happen, the second time
it happens, if the sentence is still the same. A target that changed meanwhile gives a new sentence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from karnameh.front.administration.fields import PickField, PickWidget
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal

AnyForm = TypeVar("AnyForm", bound=forms.Form)
Crumbs = list[dict[str, str]]
MENDABLE = (400, 409)  # refusals that are said beside the field; the others are a page


def viewer(request: HttpRequest) -> User:
    """The signed-in person; every view of the desk demands one."""
    return cast(User, request.user)


def work(
    request: HttpRequest,
    build: Callable[..., AnyForm],
    *,
    sentence: Callable[[AnyForm], str],
    act: Callable[[AnyForm], str | HttpResponse],
    onwards: Callable[[], str],
    template: str = "administration/form.html",
    context: dict[str, Any],
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show `build(...)`, say what will happen, do it.

    `act` gives the sentence to show on the page at `onwards()`, or a page of its own.
    """
    if request.method != "POST":
        form = build(initial=initial or {})
        return _found(request, form) or render(request, template, {**context, "form": form})
    if "look" in request.POST:
        form = build(initial=_typed(request, build()))
        return render(request, template, {**context, "form": form})
    form = build(request.POST)
    if not form.is_valid():
        return render(request, template, {**context, "form": form}, status=422)
    plan = sentence(form)
    token = _token(plan, form)
    if request.POST.get("confirmed") != token:
        return render(request, template, {**context, "form": form, "plan": plan, "token": token})
    try:
        done = act(form)
    except Refusal as refusal:
        if refusal.status not in MENDABLE:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return render(
            request,
            template,
            {**context, "form": form},
            status=422 if refusal.status == 400 else 409,
        )
    if isinstance(done, HttpResponse):
        return done
    messages.success(request, done)
    return redirect(onwards())


def _token(plan: str, form: forms.Form) -> str:
    """Stands for exactly this sentence about exactly these values."""
    values = [
        (name, str(getattr(value, "pk", value)))
        for name, value in sorted(form.cleaned_data.items())
    ]
    return hashlib.sha256(repr((plan, values)).encode()).hexdigest()[:24]


def _typed(request: HttpRequest, form: forms.Form) -> dict[str, Any]:
    """What was typed so far, to be shown again without a verdict."""
    return {
        name: field.widget.value_from_datadict(request.POST, request.FILES, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def _found(request: HttpRequest, form: forms.Form) -> HttpResponse | None:
    """The list beneath a search field, asked for while somebody types."""
    name = request.GET.get("pick", "")
    field = form.fields.get(name)
    if not isinstance(field, PickField):
        return None
    key, text = cast(PickWidget, field.widget).value_from_datadict(request.GET, {}, name)
    return render(
        request,
        "administration/parts/found.html",
        {"name": name, "chosen": key, "found": field.choices_for(key, text), "asked": bool(text)},
    )
