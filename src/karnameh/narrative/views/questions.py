"""Questions to units, and their answers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from karnameh.narrative import actions, queries
from karnameh.narrative.forms import AnswerForm
from karnameh.narrative.views.frame import crumbs
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import Refusal, no_role


@login_required
@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """What the units in the viewer's care are asked."""
    user = user_of(request)
    answered = request.GET.get("answered") == "1"
    page = queries.questions_page(user, answered=answered, before=request.GET.get("cursor", ""))
    query = {"answered": "1" if answered else "", "cursor": page.next_key or ""}
    return render(
        request,
        "narrative/questions.html",
        {
            "crumbs": crumbs(),
            "page": page,
            "rows": [(one, queries.may_answer(user, one)) for one in page.rows],
            "tabs": [(_("Open"), "?", not answered), (_("Answered"), "?answered=1", answered)],
            "next_url": f"?{urlencode({k: v for k, v in query.items() if v})}"
            if page.next_key
            else "",
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question for the unit."""
    user = user_of(request)
    question = queries.reach_question(user, pk)
    if not queries.may_answer(user, question):
        raise no_role()
    form = AnswerForm(request.POST or None, question=question)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.answer_question(
                question,
                quantity=data["quantity"],
                rial=data["rial"],
                words=data["words"],
                by=user,
                at=now(),
            )
            messages.success(request, _("Thank you. Your answer is back at the desk that asked."))
            return redirect("reading_questions")
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return render(
        request, "narrative/answer.html",
        {
            "crumbs": [*crumbs(), {"label": _("Questions"), "url": reverse("reading_questions")}],
            "question": question, "form": form,
        },
        status=422 if form.errors else 200,
    )  # fmt: skip
