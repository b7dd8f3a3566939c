"""The desk: a report beside what it proposes, and each decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import units_where
from karnameh.kernel.text import clean
from karnameh.ledger.public import Entry, entries_in_reach
from karnameh.narrative import actions, queries
from karnameh.narrative.explaining import why
from karnameh.narrative.forms import AddForm, AskForm, DraftForm, DropForm, UndoForm, found_rows
from karnameh.narrative.models import Asked, Draft, Question, Reason, Source, Verdict
from karnameh.narrative.rules import pieces
from karnameh.narrative.views.frame import crumbs
from karnameh.people.public import User, user_of
from karnameh.plumbing.addresses import id_in
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach, Refusal, no_role


@login_required
@require_safe
def desk(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The text with every quantity underlined, and beside it what each is proposed to be."""
    source = queries.reach_source(user_of(request), pk)
    return page_of(request, source)


def page_of(
    request: HttpRequest, source: Source, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The desk of a report, with the draft opened that the address names or that is open first."""
    user = user_of(request)
    drafts = queries.drafts_of(source)
    text = actions.text_of(source)
    entries = queries.entries_of(source) if source.posted_at else {}
    asked = request.GET.get("m", "")
    chosen = next((one for one in drafts if str(one.start) == asked), None) or next(
        (one for one in drafts if one.verdict == Verdict.OPEN), drafts[0] if drafts else None
    )
    known = queries.recognised(units_where(user), drafts) if source.may_change else {}
    cards = [_card(request, one, known, entries, opened=one is chosen) for one in drafts]
    if chosen is not None and "card" in more:
        cards = [
            more["card"] if one["draft"].pk == more["card"]["draft"].pk else one for one in cards
        ]
    spans = [(one.start, one.end) for one in drafts]
    shown = [
        (piece, cards[piece.mark] if piece.mark is not None else None)
        for piece in pieces(text, spans)
    ]
    return render(
        request,
        "narrative/desk.html",
        {
            "crumbs": crumbs(),
            "source": source,
            "shown": shown,
            "cards": cards,
            "progress": queries.progress_of([source.pk])[source.pk],
            "may_decide": queries.may_decide(user, source) and source.may_change,
            "add_form": AddForm(auto_id="add_%s"),
            "undo_form": UndoForm(auto_id="undo_%s"),
            "standing": sum(stands for _entry, stands in entries.values()),
            **more,
        },
        status=status,
    )


def _card(
    request: HttpRequest, draft: Draft, known: Mapping[UUID, Sequence[queries.Recognised]],
    entries: Mapping[UUID, tuple[Entry, bool]], *, opened: bool, form: DraftForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A draft with all that its card shows; the form only where it is open."""
    user = user_of(request)
    question = getattr(draft, "question", None)
    card: dict[str, Any] = {
        "draft": draft,
        "opened": opened,
        "known": known.get(draft.pk, ()),
        "question": question
        if question is not None and question.state != Asked.WITHDRAWN
        else None,
        "entry": entries.get(draft.pk),
    }
    if opened:
        promises = queries.fulfillable(units_where(user), [draft]).get(draft.pk, [])
        card |= {
            "why": why(str(draft.proposed.get("why") or "")),
            "may_decide": queries.may_decide(user, draft.source) and draft.source.may_change,
            "promises": promises,
            "form": form
            or DraftForm(
                draft=draft,
                paths=units_where(user).paths,
                promises=promises,
                auto_id=f"d{draft.start}_%s",
            ),
            "drop_form": DropForm(
                initial={"reason": _likely_reason(draft, card["known"])},
                auto_id=f"drop{draft.start}_%s",
            ),
            "ask_form": AskForm(auto_id=f"ask{draft.start}_%s"),
        }
    return card


def _likely_reason(draft: Draft, known: Sequence[queries.Recognised]) -> Reason:
    if any(one.kind == "said" for one in known):
        return Reason.IN_LEDGER
    return Reason.SAID_ABOVE if draft.repeat_of_id else Reason.NO_RESULT


def _reach_draft(user: User, pk: UUID, draft: UUID) -> Draft:
    source = queries.reach_source(user, pk)
    found = next((one for one in queries.drafts_of(source) if one.pk == draft), None)
    if found is None:
        raise OutOfReach
    found.source = source
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: UUID, draft: UUID) -> HttpResponse:
    """One draft: open it, change it, accept, drop, ask, or take a decision back."""
    user = user_of(request)
    one = _reach_draft(user, pk, draft)
    if request.method != "POST":
        if not request.headers.get("HX-Request"):
            return redirect(f"{reverse('reading', args=[pk])}?m={one.start}#d{one.start}")
        return _cards(
            request, one.source, opened=one.pk, closed=id_in(request.GET.get("close", ""))
        )
    if not queries.may_decide(user, one.source):
        raise no_role()
    form: DraftForm | None = None
    try:
        do = request.POST.get("do", "")
        if do in ("confirm", "save"):
            form = _bound(request, one)
            if not form.is_valid():
                return _unclear(request, one, form)
            step = actions.confirm_draft if do == "confirm" else actions.choose_draft
            step(one, form.choice(), by=user, at=now())
        elif do == "drop":
            actions.drop_draft(one, reason=request.POST.get("reason", ""), by=user, at=now())
        elif do == "ask":
            actions.ask_reporter(one, words=request.POST.get("words", ""), by=user, at=now())
        elif do == "reopen":
            actions.reopen_draft(one, by=user, at=now())
        elif do == "take":
            question = Question.objects.select_related("answered_by", "draft__source").get(
                draft=one
            )
            actions.take_answer(question, by=user, at=now())
        else:
            raise OutOfReach
    except Refusal as refusal:
        if form is None or refusal.status == 403:
            raise
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _unclear(request, one, form)
    return _decided(request, one, do)


def _bound(request: HttpRequest, draft: Draft) -> DraftForm:
    reach = units_where(request.user)
    # A promise of the indicator that is being chosen, not only of the one that was.
    promises = queries.fulfillable(reach, [draft]).get(draft.pk, [])
    sent = id_in(request.POST.get("fulfils", "")) if request.POST.get("fulfils") else None
    if sent is not None and sent not in {one.pk for one in promises}:
        promises = [*promises, *entries_in_reach(reach).filter(pk=sent, stage=1)]
    return DraftForm(
        request.POST,
        draft=draft,
        paths=reach.paths,
        promises=promises,
        auto_id=f"d{draft.start}_%s",
    )


def _unclear(request: HttpRequest, draft: Draft, form: DraftForm) -> HttpResponse:
    """The card with what hinders it, nothing typed lost."""
    card = _card(request, draft, {}, {}, opened=True, form=form)
    card["editing"] = True
    if request.headers.get("HX-Request"):
        return render(
            request,
            "narrative/_card.html",
            {**card, "source": draft.source, "oob": True},
            status=422,
        )
    return page_of(request, draft.source, status=422, card=card)


def _decided(request: HttpRequest, draft: Draft, do: str) -> HttpResponse:
    """After a decision the next undecided draft is open; after changing one, that one stays open."""
    drafts = queries.drafts_of(draft.source)
    stays = do in ("save", "reopen", "take")
    waiting = [one for one in drafts if one.verdict == Verdict.OPEN]
    following = next(
        (one for one in waiting if one.start > draft.start), waiting[0] if waiting else None
    )
    opened = draft.pk if stays or following is None else following.pk
    if request.headers.get("HX-Request"):
        return _cards(request, draft.source, opened=opened, closed=draft.pk)
    start = next(one.start for one in drafts if one.pk == opened)
    return redirect(f"{reverse('reading', args=[draft.source_id])}?m={start}#d{start}")


def _cards(
    request: HttpRequest, source: Source, *, opened: UUID, closed: UUID | None
) -> HttpResponse:
    """The parts of the desk that changed: two cards, their marks, and the progress."""
    user = user_of(request)
    drafts = [one for one in queries.drafts_of(source) if one.pk in (opened, closed)]
    for one in drafts:
        one.source = source
    known = queries.recognised(units_where(user), drafts) if source.may_change else {}
    entries = queries.entries_of(source) if source.posted_at else {}
    cards = [_card(request, one, known, entries, opened=one.pk == opened) for one in drafts]
    return render(
        request,
        "narrative/_cards.html",
        {
            "source": source,
            "cards": cards,
            "progress": queries.progress_of([source.pk])[source.pk],
            "may_decide": queries.may_decide(user, source) and source.may_change,
        },
    )


@login_required
@require_POST
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Underline words that the reader passed over."""
    source = queries.reach_source(user_of(request), pk)
    form = AddForm(request.POST, auto_id="add_%s")
    if form.is_valid():
        try:
            draft = actions.add_draft(
                source, words=form.cleaned_data["words"], start=form.cleaned_data["start"],
                by=user_of(request), at=now(),
            )  # fmt: skip
            return redirect(f"{reverse('reading', args=[pk])}?m={draft.start}#d{draft.start}")
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return page_of(request, source, status=422, add_form=form)


@login_required
@require_safe
def find(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a search in one of the lists of a card finds; an emptied search leaves the list as it is."""
    queries.reach_source(user_of(request), pk)
    kind = next((one for one in ("indicator", "unit", "place") if f"{one}_find" in request.GET), "")
    words = request.GET.get(f"{kind}_find", "")[:80]
    if not clean(words):
        return HttpResponse(status=204)
    rows = found_rows(kind, words, paths=units_where(request.user).paths)
    return render(request, "narrative/_options.html", {"rows": rows})
