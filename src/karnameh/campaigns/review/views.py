"""Pages of review: the desks, the queue with one proposal open, many at once, side by side, splitting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.activities.public import Activity, Campaign, campaign_planned
from karnameh.campaigns.review import actions, queries
from karnameh.campaigns.review.forms import DeclineForm, MergeForm, ReturnForm, SplitForm
from karnameh.campaigns.review.merging import How
from karnameh.campaigns.review.models import Verdict
from karnameh.campaigns.review.queries import Desk, Standing
from karnameh.campaigns.review.rubric import CRITERIA, next_of
from karnameh.campaigns.showing import MeterRow, rows_of
from karnameh.catalog.public import Indicator
from karnameh.people.public import user_of
from karnameh.plumbing.addresses import number_in
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import number_text, shown_to


def _campaign(request: HttpRequest) -> Campaign | None:
    code = request.GET.get("campaign", "")
    return Campaign.objects.filter(code=code).first() if code else campaign_planned(today())


def _reach(request: HttpRequest, unit: int, theme: str) -> Desk:
    return queries.reach_desk(user_of(request), _campaign(request), unit, theme)


@login_required
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """Every desk of the reviewer, with what waits there."""
    user, campaign = user_of(request), _campaign(request)
    rows = queries.desks_of(user, campaign) if campaign else []
    if not queries.is_judge(user):
        raise no_role()
    return render(
        request,
        "campaigns/review/desks.html",
        {
            "rows": rows,
            "campaign": campaign,
            "pending": sum(row.pending for row in rows),
            "total": sum(row.total for row in rows),
        },
    )


# --- the desk --------------------------------------------------------------------------------------------


@login_required
@require_safe
def desk(request: HttpRequest, unit: int, theme: str) -> HttpResponse:
    """The queue, and one proposal open beside it."""
    return _desk(request, _reach(request, unit, theme))


def _desk(request: HttpRequest, at: Desk, *, status: int = 200, **more: Any) -> HttpResponse:
    user = user_of(request)
    show = _one_of(queries.SHOWS, request.GET.get("show", ""), "pending")
    order = _one_of(queries.ORDERS, request.GET.get("order", ""), queries.ORDERS[0])
    text = request.GET.get("q", "").strip()[:80]
    rows = queries.queue(at, user, show=show, text=text)
    asked = str(more.pop("at_pk", "")) or request.GET.get("p", "")
    if (
        asked.isascii()
        and asked.isdecimal()
        and not any(str(one.activity.pk) == asked for one in rows)
    ):
        rows = [*queries.queue(at, user, only=[int(asked)]), *rows]  # led here from elsewhere
    stand = queries.standings(at, user)
    twins = queries.twin_counts(stand)
    for row in rows:
        row.twins = twins.get(row.activity.pk, 0)
    rows = queries.in_order(rows, order)
    opened = next((row for row in rows if str(row.activity.pk) == asked), rows[0] if rows else None)
    card = _card(request, at, opened.activity.pk, stand=stand, **more) if opened else {}
    return render(
        request,
        "campaigns/review/desk.html",
        {
            "crumbs": [{"label": _("Review"), "url": reverse("review_desks")}],
            "desk": at,
            "rows": rows,
            "opened": opened,
            "show": show,
            "order": order,
            "orders": _orders(),
            "text": text,
            "tabs": _tabs(show, order=order, q=text),
            "judges": queries.judges(at),
            "tally": queries.tally(stand),
            "meters": _meters(at),
            "card": card,
        },
        status=status,
    )


def _one_of(known: Sequence[str], asked: str, otherwise: str) -> str:
    return asked if asked in known else otherwise


def _orders() -> list[tuple[str, str]]:
    words = {
        "received": _("As they came in"),
        "score": _("Best score first"),
        "twins": _("Those with twins first"),
        "day": _("By day"),
    }
    return [(one, words[one]) for one in queries.ORDERS]


def _tabs(show: str, **kept: str) -> list[tuple[str, str, bool]]:
    words = {
        "pending": _("Undecided"),
        "mine": _("For me"),
        "decided": _("Decided"),
        "all": _("All"),
    }
    said = {name: value for name, value in kept.items() if value and value != queries.ORDERS[0]}
    return [(words[one], f"?{urlencode({'show': one, **said})}", one == show) for one in words]


def _meters(at: Desk) -> list[MeterRow]:
    """How the rules stand within this theme alone: what the reviewer may see, and can mend."""
    return rows_of(at.campaign, queries.meters_at(at))


def _card(
    request: HttpRequest, at: Desk, pk: int, *, stand: Sequence[Standing] = (), **more: Any
) -> dict[str, Any]:
    """One proposal with everything that is decided by; `stand` where it is known already."""
    user = user_of(request)
    stand = stand or queries.standings(at, user)
    activity = queries.reach_proposal(at, pk)
    mine = next((one for one in activity.opinions.all() if one.reviewer_id == user.pk), None)
    marks = queries.marks_of(mine)
    kept = more.get("kept") or (mine.note if mine else "")
    decisions = list(activity.decisions.all())
    parents, children = queries.kin_of(activity)
    return {
        "desk": at,
        "activity": activity,
        "marks": marks,
        "round": len(decisions) + 1,  # each decision ends one
        "rubric": _rubric(marks),
        "pending": activity.state == "submitted",
        "others": [one for one in activity.opinions.all() if one.reviewer_id != user.pk],
        "twins": queries.twins_of(stand, activity),
        "decision": decisions[0] if decisions else None,
        "parents": parents,
        "children": children,
        "return_form": ReturnForm(initial={"note": kept}, auto_id=f"return{pk}_%s"),
        "decline_form": DeclineForm(initial={"note": kept}, auto_id=f"decline{pk}_%s"),
        "url": reverse("review_proposal", args=[at.unit.pk, at.theme.code, pk]),
        **more,
    }


def _rubric(marks: Any) -> list[dict[str, Any]]:
    """Each criterion with a word for each of its marks."""
    words = {
        "quality": (
            _("Quality"),
            (_("unclear"), _("weak"), _("fair"), _("good"), _("exemplary")),
        ),
        "service": (
            _("Service"),
            (
                _("helps nobody"),
                _("helps a few"),
                _("helps some"),
                _("helps many"),
                _("meets a great need"),
            ),
        ),
        "openness": (
            _("Open to all"),
            (
                _("for one group"),
                _("mostly closed"),
                _("half open"),
                _("open"),
                _("everybody is invited"),
            ),
        ),
        "media": (
            _("Media interest"),
            (_("none"), _("local"), _("the county"), _("the province"), _("the nation")),
        ),
    }
    return [
        {
            "name": one,
            "label": words[one][0],
            "mark": getattr(marks, one),
            "steps": [
                (step, word, step == getattr(marks, one)) for step, word in enumerate(words[one][1])
            ],
        }
        for one in CRITERIA
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, unit: int, theme: str, pk: int) -> HttpResponse:
    """One proposal: open it, mark it, keep words, decide, take a decision back."""
    at = _reach(request, unit, theme)
    if request.method != "POST":
        if not request.headers.get("HX-Request"):
            return redirect(f"{reverse('review_desk', args=[unit, theme])}?show=all&p={pk}#p{pk}")
        return _opened(request, at, pk)
    activity = queries.reach_bare(at, pk)
    do = request.POST.get("do", "")
    try:
        if do in ("mark", "keep"):
            return _marked(request, at, activity)
        if do == "back":
            actions.take_back(at, activity, by=user_of(request), at=now())
            return _after(request, at, pk, here=True)
        actions.decide(at, activity, _ruling(request, do), by=user_of(request), at=now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _refused(request, at, pk, refusal)
    return _after(request, at, pk)


def _ruling(request: HttpRequest, do: str) -> actions.Ruling:
    if do not in (Verdict.ACCEPT, Verdict.RETURN, Verdict.DECLINE):
        raise OutOfReach
    data = request.POST
    return actions.Ruling(
        Verdict(do),
        number_in(data.get("round", "")),
        data.get("reason", "") if do == Verdict.DECLINE else "",
        data.get("note", ""),
    )


def _marked(request: HttpRequest, at: Desk, activity: Activity) -> HttpResponse:
    marks = {
        one: number_in(request.POST[one]) if request.POST[one] else None
        for one in CRITERIA
        if one in request.POST
    }
    actions.save_opinion(
        at, activity, marks=marks, note=request.POST.get("note"), by=user_of(request), at=now()
    )
    if not request.headers.get("HX-Request"):
        return redirect(
            f"{reverse('review_desk', args=[at.unit.pk, at.theme.code])}?show=all&p={activity.pk}"
        )
    return _rows(request, at, [activity.pk])


def _rows(
    request: HttpRequest, at: Desk, ids: list[int], *, stand: Sequence[Standing] = (), **more: Any
) -> HttpResponse:
    """The rows of the queue as they are now, and how far the desk is; `stand` where it is known already."""
    stand = stand or queries.standings(at, user_of(request))
    return render(
        request,
        "campaigns/review/_rows.html",
        {
            "desk": at,
            "rows": queries.queue(at, user_of(request), only=ids),
            "tally": queries.tally(stand),
            "judges": queries.judges(at),
            "oob": True,
            **more,
        },
    )


def _opened(request: HttpRequest, at: Desk, pk: int) -> HttpResponse:
    return render(request, "campaigns/review/_card.html", _card(request, at, pk))


def _next(stand: Sequence[Standing], pk: int) -> int:
    """Where to go after a decision: the next undecided one of the queue that is shown."""
    rows = queries.waiting(stand)
    ahead = next_of(rows, pk)
    if ahead is None or pk not in {row.id for row in rows}:
        later = [one for one in rows if one.id > pk]
        ahead = next((one.id for one in later if not one.mine), later[0].id if later else ahead)
    return ahead or pk


def _after(request: HttpRequest, at: Desk, pk: int, *, here: bool = False) -> HttpResponse:
    """What follows a decision: the next proposal, or with `here` the same one."""
    stand = queries.standings(at, user_of(request))
    # The desk's script says which one follows in the order that it shows.
    wanted = number_in(request.POST.get("next", ""))
    if here:
        following = pk
    elif any(one.id == wanted and one.state == "submitted" for one in stand):
        following = wanted
    else:
        following = _next(stand, pk)
    if not request.headers.get("HX-Request"):
        show = request.POST.get("show", "pending")
        return redirect(
            f"{reverse('review_desk', args=[at.unit.pk, at.theme.code])}?show={show}&p={following}#p{following}"
        )
    # The meters follow by themselves (`meters`): nobody waits for them before he reads on. Nor for a card
    # that the script has fetched beforehand; who decides by one that has aged is told so (`met_another`).
    if request.POST.get("have") == str(following):
        return _rows(request, at, [pk], stand=stand, kept=following)
    card = _card(request, at, following, stand=stand)
    return _rows(request, at, [pk], stand=stand, card=card)


@login_required
@require_safe
def meters(request: HttpRequest, unit: int, theme: str) -> HttpResponse:
    """The rules as they stand now: what the desk asks for after each decision."""
    at = _reach(request, unit, theme)
    return render(request, "campaigns/_rules_now.html", {"meters": _meters(at), "oob": True})


def _refused(request: HttpRequest, at: Desk, pk: int, refusal: Refusal) -> HttpResponse:
    """Nothing typed is lost: the card as it stands now, with the sentence and the words."""
    kept = refusal.kept or request.POST.get("note", "")
    more = {
        "trouble": str(refusal),
        "kept": kept,
        "do": request.POST.get("do", ""),
    }
    if request.headers.get("HX-Request"):
        stand = queries.standings(at, user_of(request))
        card = _card(request, at, pk, stand=stand, **more)
        response = _rows(request, at, [pk], stand=stand, card=card)
        response.status_code = 422
        return response
    return _desk(request, at, status=refusal.status, at_pk=pk, **more)


@login_required
@require_POST
def many(request: HttpRequest, unit: int, theme: str) -> HttpResponse:
    """One decision over several proposals."""
    at = _reach(request, unit, theme)
    home = (
        f"{reverse('review_desk', args=[unit, theme])}?show={request.POST.get('show', 'pending')}"
    )
    chosen = {
        number_in(pk): number_in(round)
        for pk, _mark, round in (one.partition(":") for one in request.POST.getlist("chosen"))
    }
    do = request.POST.get("do", "")
    if do == "compare":
        ids = list(chosen)[:2]
        if len(ids) < 2:
            messages.warning(request, _("Choose two proposals to compare."))
            return redirect(home)
        return redirect(f"{reverse('review_compare', args=[unit, theme])}?a={ids[0]}&b={ids[1]}")
    try:
        made, passed = actions.decide_many(
            at, chosen, _ruling(request, do), by=user_of(request), at=now()
        )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
        return redirect(home)
    messages.success(
        request,
        _("%(count)s proposals decided.") % {"count": number_text(len(made), shown_to(request))},
    )
    if passed:
        messages.warning(
            request,
            _("%(count)s were passed over: somebody else has decided over them meanwhile.")
            % {"count": number_text(len(passed), shown_to(request))},
        )
    return redirect(home)


# --- side by side ------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, unit: int, theme: str) -> HttpResponse:
    """Two proposals beside each other; merge the right one into the left one, or the other way round."""
    at = _reach(request, unit, theme)
    a, b = (queries.reach_proposal(at, number_in(request.GET.get(one, ""))) for one in ("a", "b"))
    form = MergeForm(request.POST or None)
    trouble = ""
    if request.method == "POST" and form.is_valid():
        kept, other = (b, a) if request.POST.get("keep") == "b" else (a, b)
        try:
            actions.merge(
                at, kept, [other], how=How(form.cleaned_data["how"]), by=user_of(request), at=now()
            )
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            trouble = str(refusal)
        else:
            messages.success(request, _("Merged. The other one leads here from its own page."))
            return redirect(
                f"{reverse('review_desk', args=[unit, theme])}?show=all&p={kept.pk}#p{kept.pk}"
            )
    stand = queries.standings(at, user_of(request))
    twin = next((one for one in queries.twins_of(stand, a) if one.activity.pk == b.pk), None)
    return render(
        request,
        "campaigns/review/compare.html",
        {
            "crumbs": _crumbs(at),
            "desk": at,
            "a": a,
            "b": b,
            "rows": _side_by_side(a, b),
            "form": form,
            "twin": twin,
            "trouble": trouble,
            "may_merge": a.pk != b.pk
            and all(one.state in ("submitted", "accepted") for one in (a, b)),
        },
        status=409 if trouble else 200,
    )


def _side_by_side(a: Activity, b: Activity) -> list[dict[str, Any]]:
    """What both say, row by row; `same` where they agree."""

    def row(label: str, kind: str, of: Any) -> dict[str, Any]:
        left, right = of(a), of(b)
        return {"label": label, "kind": kind, "a": left, "b": right, "same": left == right}

    expected = {one.pk: {e.indicator.name: e for e in one.expectations.all()} for one in (a, b)}
    names = dict.fromkeys([*expected[a.pk], *expected[b.pk]])
    return [
        row(_("Unit"), "name", lambda one: one.lead_unit.name),
        row(_("Place"), "name", lambda one: one.place.name),
        row(_("From"), "day", lambda one: one.starts_on),
        row(_("Until"), "day", lambda one: one.ends_on),
        row(
            _("For whom"),
            "name",
            lambda one: "، ".join(s.audience.name for s in one.audiences.all()),
        ),
        row(_("People expected"), "number", lambda one: one.expected_attendance),
        row(_("Budget"), "money", lambda one: one.budget_rial),
        *(
            row(
                name,
                "number",
                lambda one, name=name: getattr(expected[one.pk].get(name), "quantity", None),
            )
            for name in names
        ),
        row(_("Needs"), "name", lambda one: "، ".join(n.label for n in one.needs.all())),
        row(_("What will be done"), "text", lambda one: one.description),
    ]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def divide(request: HttpRequest, unit: int, theme: str, pk: int) -> HttpResponse:
    """Split a proposal into parts."""
    at = _reach(request, unit, theme)
    activity = queries.reach_proposal(at, pk)
    count = number_in(request.POST.get("count", request.GET.get("count", "2"))) or 2
    form = SplitForm(
        request.POST if "do" in request.POST else None, count=count, name=activity.name
    )
    if request.POST.get("do") == "split" and form.is_valid():
        try:
            made = actions.split(at, activity, form.parts(), by=user_of(request), at=now())
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Split. Each part is reviewed for itself."))
            return redirect(
                f"{reverse('review_desk', args=[unit, theme])}?p={made[0].pk}#p{made[0].pk}"
            )
    return render(
        request,
        "campaigns/review/split.html",
        {"crumbs": _crumbs(at), "desk": at, "activity": activity, "form": form, "count": count},
        status=422 if form.errors else 200,
    )


# --- from an original to its results -----------------------------------------------------------------------


@login_required
@require_safe
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """What an activity came out of, what became of it, and what the ledger says of that."""
    user = user_of(request)
    activity = queries.activity_in_reach(user, pk)
    line = {
        "originals": queries.originals(pk),
        "ends": [one for one in queries.results(pk) if one != pk],
    }
    named = Activity.objects.select_related("lead_unit").in_bulk(
        [*line["originals"], *line["ends"]]
    )
    rows = queries.ledger_of(user, line["ends"] or [pk])
    indicators = Indicator.objects.select_related("measure").in_bulk(
        [row["indicator"] for row in rows]
    )
    return render(
        request,
        "campaigns/review/story.html",
        {
            "activity": activity,
            "originals": [named[one] for one in line["originals"]],
            "ends": [named[one] for one in line["ends"]],
            "shares": activity.shares.select_related("unit"),
            "occurrences": activity.occurrences.select_related("venue"),
            "rows": [
                {
                    **row,
                    "name": indicators[row["indicator"]].name,
                    "unit": indicators[row["indicator"]].measure.symbol,
                }
                for row in rows
            ],
        },
    )


def _crumbs(at: Desk) -> list[dict[str, str]]:
    return [
        {"label": _("Review"), "url": reverse("review_desks")},
        {
            "label": f"{at.theme.name} · {at.unit.name}",
            "url": reverse("review_desk", args=[at.unit.pk, at.theme.code]),
        },
    ]
