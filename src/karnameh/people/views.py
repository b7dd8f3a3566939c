"""The holder's own page, and the switches for language and theme."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from karnameh.people.actions import forget_contact, keep_contact, set_preferences
from karnameh.people.doors import doors
from karnameh.people.forms import ContactForm, DisplayForm, PreferencesForm
from karnameh.people.middleware import keep_language
from karnameh.people.models import Contact, User
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import Refusal


@login_required
@require_safe
def my_page(request: HttpRequest) -> HttpResponse:
    """Preferences, number, passkeys and sessions of the viewer himself."""
    return _page(request)


@login_required
@require_POST
def my_preferences(request: HttpRequest) -> HttpResponse:
    """Keep how the viewer likes to read."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        return _page(request, preferences=form)
    set_preferences(_viewer(request), values=form.cleaned_data, at=now())
    with translation.override(form.cleaned_data["language"]):
        messages.success(request, _("Saved. Pages now look as you chose."))
    return redirect("my_page")


@login_required
@require_POST
def my_contact_keep(request: HttpRequest) -> HttpResponse:
    """Keep the viewer's number because he agrees to it now."""
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            keep_contact(_viewer(request), phone=form.cleaned_data["phone"], at=now())
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(
                request, _("Your number is kept, sealed. You can have it erased at any time.")
            )
            return redirect("my_page")
    return _page(request, contact=form)


@login_required
@require_POST
def my_contact_forget(request: HttpRequest) -> HttpResponse:
    """Erase the viewer's number at his word."""
    forget_contact(_viewer(request), at=now())
    messages.success(request, _("Your number was erased."))
    return redirect("my_page")


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Language or theme: kept with the account, or in a cookie for who is not signed in."""
    onwards = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        onwards, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = redirect(onwards if safe else "/")
    form = DisplayForm(request.POST)
    chosen = (
        {name: value for name, value in form.cleaned_data.items() if value}
        if form.is_valid()
        else {}
    )
    if isinstance(request.user, User):
        if chosen:
            set_preferences(request.user, values=chosen, at=now())
    elif "language" in chosen:
        keep_language(response, chosen["language"])
    return response


def _page(
    request: HttpRequest,
    *,
    preferences: PreferencesForm | None = None,
    contact: ContactForm | None = None,
) -> HttpResponse:
    viewer = _viewer(request)
    shown = {name: getattr(viewer, name) for name in PreferencesForm.base_fields}
    wrong = preferences is not None or contact is not None
    return render(
        request,
        "people/my_page.html",
        {
            "viewer": viewer,
            "doors": doors(),
            "preferences": preferences or PreferencesForm(initial=shown),
            "contact_form": contact or ContactForm(),
            "contact": Contact.objects.filter(user=viewer).first(),
        },
        status=422 if wrong else 200,
    )


def _viewer(request: HttpRequest) -> User:
    return cast(User, request.user)
