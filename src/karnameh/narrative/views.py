"""Pages of reading: the list, the desk, the summary before posting, questions, and all promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Reach, reach_unit, units_where
from karnameh.activities.public import Campaign, campaign_at
from karnameh.ledger.public import (
    Coverage,
    Entry,
    Outcome,
    Sought,
    documents_of,
    entries_in_reach,
    every_promise,
    promise_counts,
)
from karnameh.ledger.public import promises as promises_page
from karnameh.narrative import actions, queries
from karnameh.narrative.documents import kind_of, text_of
from karnameh.narrative.explaining import why
from karnameh.narrative.forms import (
    AddForm,
    AnswerForm,
    AskForm,
    DraftForm,
    DropForm,
    SourceForm,
    UndoForm,
    found_rows,
)
from karnameh.narrative.models import Asked, Draft, Kind, Question, Reason, Source, State, Verdict
from karnameh.narrative.rules import LARGEST_FILE, Unreadable, pieces
from karnameh.narrative.sentences import sentence
from karnameh.org.public import Place, Theme
from karnameh.people.public import User, user_of
from karnameh.plumbing.addresses import id_in, number_in
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.errors import took_too_long
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.plumbing.tables import Cell, csv_response

# --- the list, and a new report ----------------------------------------------------------------------


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
        request, "narrative/new.html", {"crumbs": _crumbs(), "form": form, "before": before},
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


# --- the desk -----------------------------------------------------------------------------------------


@login_required
@require_safe
def desk(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The text with every quantity underlined, and beside it what each is proposed to be."""
    source = queries.reach_source(user_of(request), pk)
    return _desk(request, source)


def _desk(request: HttpRequest, source: Source, *, status: int = 200, **more: Any) -> HttpResponse:
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
            "crumbs": _crumbs(),
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
    return _desk(request, draft.source, status=422, card=card)


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
    return _desk(request, source, status=422, add_form=form)


@login_required
@require_safe
def find(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a search in one of the lists of a card finds."""
    queries.reach_source(user_of(request), pk)
    kind = next((one for one in ("indicator", "unit", "place") if f"{one}_find" in request.GET), "")
    rows = found_rows(
        kind, request.GET.get(f"{kind}_find", "")[:80], paths=units_where(request.user).paths
    )
    return render(request, "narrative/_options.html", {"rows": rows})


# --- the summary, posting, taking back -----------------------------------------------------------------


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
            "crumbs": [*_crumbs(), {"label": source.title, "url": reverse("reading", args=[pk])}],
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
        return _desk(request, source, status=422, undo_form=form)
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


# --- questions ----------------------------------------------------------------------------------------


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
            "crumbs": _crumbs(),
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
            "crumbs": [*_crumbs(), {"label": _("Questions"), "url": reverse("reading_questions")}],
            "question": question, "form": form,
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


# --- promises -----------------------------------------------------------------------------------------


@login_required
@require_safe
def promises(request: HttpRequest) -> HttpResponseBase:
    """Every promise that stands, and what became of it."""
    user = user_of(request)
    reach = units_where(user)
    if not reach.stretches:
        raise OutOfReach
    sought, shown = _sought(request, user)
    outcome = next((one for one in Outcome if one.value == request.GET.get("state")), None)
    if request.GET.get("format") == "csv":
        return _promises_csv(request, sought, outcome)

    def here(**changed: str) -> str:
        query = {
            k: str(v) for k, v in request.GET.items() if k not in ("cursor", "format", "counts")
        } | changed
        return "?" + urlencode({k: v for k, v in query.items() if v or k == "campaign"})

    words = outcome_words()
    counting = "counts" in request.GET
    counts = _counts(reach, sought) if counting else {}
    states = {
        "tabs": [
            (_("All"), sum(counts.values()) if counts else None, here(state=""), outcome is None)
        ]
        + [(words[one], counts.get(one), here(state=one.value), outcome is one) for one in Outcome],
        "counts_url": "" if counting else here(counts="1"),
    }
    if counting:
        return render(request, "narrative/_states.html", states)
    page = promises_page(
        reach,
        sought,
        today=today(),
        outcome=outcome,
        after=_cursor(request.GET.get("cursor", "")),
        size=30,
    )
    found = list(page.rows)
    linked = [one.entry for one in found] + [each for one in found for each in one.fulfilments]
    documents, offices = documents_of(user, linked), queries.offices_of(one.entry for one in found)
    return render(
        request,
        "narrative/promises.html",
        {
            "rows": [
                {
                    "promise": one, "word": words[one.outcome], "tone": _TONES[one.outcome],
                    "document": documents.get(one.entry.pk),
                    "office": offices.get(one.entry.pk) or one.entry.posted_by.office,
                    "kept_by": [(each, documents.get(each.pk)) for each in one.fulfilments],
                }
                for one in found
            ],
            "next_url": here(cursor=page.next_key) if page.next_key else "",
            "csv_url": here(format="csv"),
            **states,
            "campaigns": Campaign.objects.order_by("-starts_on")[:20],
            "themes": Theme.objects.order_by("position"),
            **shown,
        },
    )  # fmt: skip


def _counts(reach: Reach, sought: Sought) -> dict[Outcome, int]:
    """How many there are of each; nothing when there are too many to be counted in time."""
    try:
        return promise_counts(reach, sought, today=today())
    except OperationalError as trouble:
        if not took_too_long(trouble):
            raise
        return {}


_TONES = {
    Outcome.OVERDUE: "bad", Outcome.PARTLY: "warn", Outcome.OPEN: "info", Outcome.KEPT: "good",
    Outcome.UNCHECKABLE: "none",
}  # fmt: skip


def outcome_words() -> dict[Outcome, str]:
    """The word for each outcome."""
    return {
        Outcome.OVERDUE: _("Overdue"), Outcome.PARTLY: _("Partly kept"), Outcome.OPEN: _("Open"),
        Outcome.KEPT: _("Kept"), Outcome.UNCHECKABLE: _("Cannot be checked"),
    }  # fmt: skip


def _sought(request: HttpRequest, user: User) -> tuple[Sought, dict[str, Any]]:
    """The filters of the address, and what the form shows of them."""
    query = request.GET
    unit = reach_unit(user, number_in(query["unit"])) if query.get("unit") else None
    place = Place.objects.filter(pk=number_in(query.get("place", ""))).first()
    where = query.get("where", "")[:80].strip()
    if where:
        unit, place = queries.named(user, where)
    # At first those of the campaign that is on; an empty choice means all.
    campaign = (
        Campaign.objects.filter(pk=number_in(query["campaign"])).first()
        if "campaign" in query
        else campaign_at(today())
    )
    theme = Theme.objects.filter(pk=number_in(query.get("theme", ""))).first()
    office = query.get("office", "")[:80].strip()
    documents, accounts = queries.office_filter(user, office) if office else (None, None)
    sought = Sought(
        unit=unit.path if unit else "", place=place.path if place else "", theme=theme.pk if theme else None,
        campaign=queries.campaigning(user, campaign) if campaign else None, batches=documents, posters=accounts,
    )  # fmt: skip
    shown = {
        "unit": unit, "place": place, "campaign": campaign, "theme": theme, "office": office,
        "state": query.get("state", ""), "where": where, "nowhere": bool(where) and not unit and not place,
    }  # fmt: skip
    return sought, shown


def _promises_csv(
    request: HttpRequest, sought: Sought, outcome: Outcome | None
) -> HttpResponseBase:
    header = [
        _("State"), _("Indicator"), _("Unit"), _("Place"), _("Promised"), _("Unit of measure"), _("Fulfilled"),
        _("Until"), _("Office"), _("Words"), _("Identifier"),
    ]  # fmt: skip
    return csv_response(
        "karnameh-promises", header, _promise_rows(user_of(request), sought, outcome)
    )


def _promise_rows(user: User, sought: Sought, outcome: Outcome | None) -> Iterator[Sequence[Cell]]:
    """All promises that are sought, as rows of a table."""
    words = outcome_words()
    for some in every_promise(units_where(user), sought, today=today(), outcome=outcome):
        entries = [one.entry for one in some]
        documents, offices = documents_of(user, entries), queries.offices_of(entries)
        for one in some:
            entry = one.entry
            document = documents.get(entry.pk)
            yield (
                words[one.outcome], entry.indicator.name, entry.unit.name, entry.place.name, entry.quantity,
                entry.indicator.measure.symbol, one.fulfilled, entry.ends_on,
                offices.get(entry.pk) or entry.posted_by.office,
                document.words if document else entry.as_written, str(entry.pk),
            )  # fmt: skip


# --- small things ---------------------------------------------------------------------------------------


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Reports in prose"), "url": reverse("readings")}]


def _cursor(text: str) -> tuple[date, UUID] | None:
    if not text:
        return None
    day, _mark, pk = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(pk)
    except ValueError:
        raise OutOfReach from None
