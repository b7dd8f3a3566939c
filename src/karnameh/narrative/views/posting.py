"""The summary before posting, taking back, and leaving a report out."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from karnameh.access.public import units_where
from karnameh.ledger.public import Coverage
from karnameh.narrative import actions, queries
from karnameh.narrative.forms import UndoForm
from karnameh.narrative.views.desk import page_of
from karnameh.narrative.views.frame import crumbs
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import Refusal, no_role


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What posting would do to totals and promises; then post."""
    user = user_of(request)
    source = queries.reach_source(user, pk)
    if not queries.may_decide(user, source):
        raise no_role()
    trouble = ""
    if request.method == "POST":
        try:
            count = actions.post_source(
                source, seal=request.POST.get("seal", ""), by=user, at=now()
            )
        except Refusal as refusal:
            trouble = str(refusal)
        else:
            if count:
                messages.success(
                    request, _("Posted. Each figure leads from its totals back to these words.")
                )
            return redirect("reading", pk=pk)
    rehearsal = actions.rehearse(source, by=user, at=now())
    known = queries.recognised(units_where(user), rehearsal.drafts)
    progress = queries.progress_of([source.pk])[source.pk]
    return render(
        request,
        "narrative/review.html",
        {
            "crumbs": [*crumbs(), {"label": source.title, "url": reverse("reading", args=[pk])}],
            "source": source,
            "rehearsal": rehearsal,
            "rows": [
                (one, rehearsal.refused.get(one.pk, ""), known.get(one.pk, ()))
                for one in rehearsal.drafts
            ],
            "twice": sum(
                draft.coverage == Coverage.OWN
                and any(one.kind == "said" for one in known[draft.pk])
                for draft in rehearsal.drafts
                if draft.pk in known
            ),
            "progress": progress,
            "trouble": trouble,
        },
        status=409 if trouble else 200,
    )


@login_required
@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take all entries of a report back."""
    source = queries.reach_source(user_of(request), pk)
    form = UndoForm(request.POST, auto_id="undo_%s")
    if not form.is_valid():
        return page_of(request, source, status=422, undo_form=form)
    actions.undo_source(source, reason=form.cleaned_data["reason"], by=user_of(request), at=now())
    messages.success(
        request,
        _("Taken back. The entries and their reversals stay in sight; the totals have moved."),
    )
    return redirect("reading", pk=pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Erase a report of which nothing is in the ledger."""
    source = queries.reach_source(user_of(request), pk)
    actions.discard_source(source, by=user_of(request), at=now())
    messages.success(
        request, _("The report was discarded and its text erased. Nothing of it is in the ledger.")
    )
    return redirect("readings")
