"""The list of reports, and a new one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.access.public import reach_unit
from karnameh.narrative import actions, queries
from karnameh.narrative.documents import kind_of, text_of
from karnameh.narrative.forms import SourceForm
from karnameh.narrative.models import Asked, Kind, Source, State
from karnameh.narrative.rules import LARGEST_FILE, Unreadable
from karnameh.narrative.sentences import sentence
from karnameh.narrative.views.frame import crumbs
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import Refusal, no_role


@login_required
@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """Reports in reach, with how far each has come."""
    user = user_of(request)
    state = request.GET.get("state", "")
    page = queries.sources_page(user, state=state, before=request.GET.get("cursor", ""))
    tabs = [(_("All"), "?", state not in State.values)] + [
        (one.label, f"?state={one}", state == one)
        for one in (State.READING, State.POSTED, State.UNDONE)
    ]
    query = {"state": state, "cursor": page.next_key or ""}
    return render(
        request,
        "narrative/readings.html",
        {
            "page": page,
            "tabs": tabs,
            "next_url": f"?{urlencode({k: v for k, v in query.items() if v})}"
            if page.next_key
            else "",
            "may_enter": bool(queries.desk_units(user)),
            "questions": queries.questions_for(user).filter(state=Asked.OPEN).count(),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Paste a report, or send it as a file."""
    user = user_of(request)
    units = queries.desk_units(user)
    if not units:
        raise no_role()
    sent = request.method == "POST"
    form = (
        SourceForm(request.POST, request.FILES, units=units, today=today())
        if sent
        else SourceForm(units=units, today=today())
    )
    before: Source | None = None
    if sent and form.is_valid():
        try:
            return redirect("reading", pk=_entered(request, form).pk)
        except actions.SaidBefore as refusal:
            before = refusal.source
            form.add_error("file" if form.cleaned_data.get("file") else "text", str(refusal))
        except Refusal as refusal:
            field = refusal.field
            if field == "text" and form.cleaned_data.get("file"):
                field = "file"
            form.add_error(field if field in form.fields else None, str(refusal))
    return render(
        request, "narrative/new.html", {"crumbs": crumbs(), "form": form, "before": before},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _entered(request: HttpRequest, form: SourceForm) -> Source:
    data = form.cleaned_data
    unit = reach_unit(request.user, data["unit"])
    kind, text = Kind.PASTE, data["text"]
    if data["file"]:
        if data["file"].size > LARGEST_FILE:
            raise Refusal(sentence("too_large"), field="file")
        try:
            kind = kind_of(data["file"].name)
            text = text_of(data["file"].read(), kind)
        except Unreadable as trouble:
            raise Refusal(sentence(trouble.code, trouble.given), field="file") from None
    heading = actions.Heading(
        title=data["title"], dated=data["dated"], outlet=data["outlet"], office=data["office"],
        campaign=data["campaign"],
    )  # fmt: skip
    return actions.enter_source(
        text, heading=heading, kind=kind, unit=unit, by=user_of(request), at=now()
    )
