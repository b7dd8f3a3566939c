"""The desk of the press officers, and the public pages of figures. Thin: actions do, queries gather."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Role, reach_unit, require, units_where
from karnameh.catalog.public import indicators
from karnameh.insight.figures import actions, publishing, queries, reading, rules, wording
from karnameh.insight.figures.forms import NoteForm, StageForm, WordsForm
from karnameh.insight.figures.models import OPEN, Figure, State
from karnameh.insight.figures.opening import STAGES, opened_address
from karnameh.insight.figures.showing import shown_of
from karnameh.insight.maps.shapes import canvas, legend, province_map
from karnameh.insight.periods import period_of, written
from karnameh.insight.queries import indicator_url
from karnameh.kernel.period import Period
from karnameh.ledger.public import Stage, preview
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User, user_of
from karnameh.plumbing.addresses import number_in, number_or_none
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import Display, shown_to
from karnameh.ui.tiles import tile_of

FIRST_PARTS = 10  # of a figure; the others open below them

# --- the desk ------------------------------------------------------------------------------------------


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this officer, what is out, and what has moved since."""
    user = user_of(request)
    if not units_where(user).stretches:
        raise OutOfReach
    if not units_where(user, Role.PRESS).stretches:
        raise no_role()
    found = queries.piles(user)
    written_anew = [one for pile in found.values() for one in pile.figures if not one.shown]
    tallies = queries.tallies_of(written_anew)
    labels = {
        "second": (_("For you to approve"), _("Written by another officer. You are the second.")),
        "publish": (_("Approved, to be published"), ""),
        "moved": (
            _("The ledger says otherwise now"),
            _("Published, and the sum has moved since. Supersede what matters."),
        ),
        "drafts": (_("Drafts"), ""),
        "waiting": (_("Waiting for a second officer"), ""),
        "out": (_("Public now"), ""),
        "closed": (_("Superseded and withdrawn"), ""),
    }
    shown = [
        (
            found[key],
            *words,
            [
                (one, wording.as_it_stands(one, tallies.get(one.code, {})),
                 tallies.get(one.code, {}).get(Stage(one.stage)))
                for one in found[key].figures
            ],
        )
        for key, words in labels.items()
        if found[key].figures
    ]  # fmt: skip
    return render(request, "insight/figures/desk.html", {"piles": shown, "now": now()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write the sentence of a number that stands on a dashboard."""
    user = user_of(request)
    query, period = _query_of(request, user)
    form, stage_form = (
        WordsForm(request.POST or None),
        StageForm(request.POST or None, initial=_stage_of(request.GET)),
    )
    sketch = _sketch(query, stage_form)
    if request.method == "POST" and form.is_valid() and stage_form.is_valid():
        figure = actions.write_figure(
            _with_stage(query, stage_form.chosen), form.words, by=user, at=now()
        )
        messages.success(
            request, _("Kept as a draft. Read it once more, then hand it to a second officer.")
        )
        return redirect("figure_desk", code=figure.code)
    return render(
        request, "insight/figures/new.html",
        {**_writing(sketch, form), "stage_form": stage_form, "period": period, "crumbs": _crumbs(),
         "back": indicator_url(query.indicator.pk, query.place or query.unit, period)},
        status=422 if form.errors or (request.method == "POST" and stage_form.errors) else 200,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def figure_desk(request: HttpRequest, code: str) -> HttpResponse:
    """One figure at the desk: its words while it is a draft, its steps, and what it says."""
    user = user_of(request)
    figure = queries.reach_figure(user, code)
    form = WordsForm(request.POST or None, figure=figure) if figure.state in OPEN else None
    if request.method == "POST" and form is not None and form.is_valid():
        before = figure.state
        figure = actions.edit_figure(figure, form.words, by=user, at=now())
        if before != figure.state:
            messages.warning(
                request, _("Changed, so it is a draft again: the approval was for other words.")
            )
        else:
            messages.success(request, _("Kept."))
        return redirect("figure_desk", code=code)
    return _desk_page(
        request, figure, form, status=422 if form is not None and form.errors else 200
    )


def _desk_page(
    request: HttpRequest,
    figure: Figure,
    form: WordsForm | None,
    *,
    status: int = 200,
    trouble: str = "",
) -> HttpResponse:
    user = user_of(request)
    tallies = queries.present_tallies(figure)
    present = tallies.get(Stage(figure.stage))
    hand = user.pk in figure.authors or user.pk == figure.proposed_by_id
    return render(
        request, "insight/figures/figure_desk.html",
        {
            **(_writing(figure, form) if form is not None else {}),
            "figure": figure, "form": form, "trouble": trouble, "present": present, "tallies": _stages(tallies),
            "moved": figure.value is not None and present is not None and present.quantity != figure.value,
            "is_second": figure.state == State.PROPOSED and not hand, "hand": hand,
            "successor": queries.being_superseded(figure) or queries.successor_of(figure, at=now()),
            "is_public": figure.is_public(now()), "note_form": NoteForm(), "crumbs": _crumbs(),
            "numbers_url": indicator_url(figure.indicator.pk, figure.node, figure.period),
            "people": figure.publishing.about_people, "work": getattr(figure, "work", None),
        },
        status=status,
    )  # fmt: skip


@login_required
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """One step in the life of a figure."""
    user = user_of(request)
    figure = queries.reach_figure(user, code)
    note = request.POST.get("note", "")
    steps: dict[str, tuple[Callable[[], Figure], str]] = {
        "propose": (
            lambda: actions.propose_figure(figure, by=user, at=now()),
            _("Handed over. A second officer looks at it now."),
        ),
        "return": (
            lambda: actions.return_figure(figure, note=note, by=user, at=now()),
            _("Given back to its author."),
        ),
        "approve": (
            lambda: actions.approve_figure(
                figure, digest=request.POST.get("digest", ""), by=user, at=now()
            ),
            _("Approved. It can be published now."),
        ),
        "publish": (
            lambda: _publish(figure, user),
            _("Published. From now on it never changes."),
        ),
        "supersede": (
            lambda: actions.supersede_figure(figure, reason=note, by=user, at=now()),
            _("The old figure stays public until the new one is published."),
        ),
        "withdraw": (
            lambda: actions.withdraw_figure(figure, reason=note, by=user, at=now()),
            _("Withdrawn, and it says why."),
        ),
    }
    chosen = steps.get(request.POST.get("step", ""))
    if chosen is None:
        raise OutOfReach
    try:
        after = chosen[0]()
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form = WordsForm(figure=figure) if figure.state in OPEN else None
        return _desk_page(
            request, figure, form, status=max(refusal.status, 409), trouble=str(refusal)
        )
    if not hasattr(after, "work"):
        messages.success(request, chosen[1])
    return redirect("figure_desk", code=after.code)


def _publish(figure: Figure, user: User) -> Figure:
    publishing.begin_publishing(figure, by=user, at=now())
    return queries.reach_figure(user, figure.code)


@login_required
@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """How far the worker is with a large figure; the page asks again and again, and comes anew at the end."""
    figure = queries.reach_figure(user_of(request), code)
    work = getattr(figure, "work", None)
    response = render(request, "insight/figures/_work.html", {"figure": figure, "work": work})
    if work is None or not work.goes_on:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def sentence(request: HttpRequest) -> HttpResponse:
    """The sentences as they would be read, while they are written."""
    user = user_of(request)
    if code := request.POST.get("code", ""):
        figure = queries.reach_figure(user, code)
    else:
        query, _period = _query_of(request, user)
        figure = _sketch(query, StageForm(request.POST))
    figure.sentence_fa = request.POST.get("sentence_fa", "")[: rules.LONGEST + 1]
    figure.sentence_en = request.POST.get("sentence_en", "")[: rules.LONGEST + 1]
    return render(request, "insight/figures/_preview.html", {"previews": _previews(figure)})


@login_required
@require_safe
def public_preview(request: HttpRequest, code: str) -> HttpResponse:
    """The public page as it would be, before anything is public."""
    figure = queries.reach_figure(user_of(request), code)
    if figure.shown is None:
        figure.shown = shown_of(figure, preview(figure.publishing))
    return _public_page(request, figure, sketch=True)


# --- public --------------------------------------------------------------------------------------------


@require_safe
def published(request: HttpRequest) -> HttpResponse:
    """All figures that are public and stand."""
    rows = queries.public_figures(at=now())
    page = list(rows[:200])
    return render(
        request,
        "insight/figures/published.html",
        {"figures": [(one, reading.counts_of(one.document["totals"])) for one in page]},
    )


@require_safe
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """A published figure, for everybody: the citation address."""
    return _public_page(request, queries.public_figure(code, at=now()))


def _public_page(request: HttpRequest, figure: Figure, *, sketch: bool = False) -> HttpResponse:
    display = shown_to(request)
    document = figure.document
    chosen = number_or_none(request.GET.get("part", ""))
    counts = reading.counts_of(document["totals"])
    before = document.get("before")
    part = next((one for one in document["parts"] if one["keys"] == [chosen]), None)
    opened = partial(opened_address, figure)
    parts = reading.part_rows(
        document, display, link=f"{request.path}?part=%s#within", opened=opened
    )
    context = {
        "figure": figure, "document": document, "sketch": sketch, "counts": counts,
        "measure": "" if document["money"] else reading.word(document["measure"]),
        "unit_name": reading.word(document["unit"]), "place_name": reading.word(document["place"]),
        "indicator": {key: reading.word(document["indicator"][key]) for key in ("name", "definition", "means")},
        "period": reading.period_of(document["period"]), "campaign_name": reading.word(document["campaign"]),
        "parts": parts, "first": parts[:FIRST_PARTS], "rest": parts[FIRST_PARTS:],
        **_drawn(document, parts, display),
        "chosen": reading.part_name(part, display) if part else "",
        "within": reading.part_rows(document, display, chosen=chosen, opened=opened) if part else [],
        "times": reading.time_rows(document, display),
        "before": (reading.word(before["name"]), reading.counts_of(before)) if before else None,
        "successor": None if sketch else queries.successor_of(figure, at=now()),
        "chain": [] if sketch else queries.chain_of(figure, at=now()),
        "address": request.build_absolute_uri(reverse("figure", args=[figure.code])),
        "open": {word: opened(stage=number) for number, word in STAGES.items()} | {"all": opened(stage=figure.stage)},
        "entries_url": _entries_url(request, figure),
        "check_url": f"{reverse('verify')}?bundle={reverse('figure_bundle', args=[figure.code])}"
        if figure.bundle
        else "",
    }  # fmt: skip
    response = render(request, "insight/figures/figure.html", context)
    if not sketch and not request.user.is_authenticated:
        response["Cache-Control"] = "public, max-age=60"
        response["Vary"] = "Cookie, Accept-Encoding"
    return response


def _drawn(
    document: dict[str, Any], parts: list[dict[str, Any]], display: Display
) -> dict[str, Any]:
    """The parts of a national figure on the map: provinces that stand alone, by the stage that is said."""
    alone = [one for one in document["parts"] if len(one["keys"]) == 1]
    if document["level"] or not alone:
        return {}
    numbers = {row["name"]: row for row in parts}
    rows = []
    for one in alone:
        row = numbers[reading.part_name(one, display)]
        value = row.get(document["stage"])
        label = wording.number_said(value, display, money=document["money"])
        rows.append(
            {"name": one["names"][0]["fa"], "value": value, "label": label, "href": row["href"]}
        )
    if not any(tile_of(row["name"]) for row in rows):
        return {}
    title = _("Promised, reported and verified by place")
    return {
        "drawn": province_map(rows, display, title), "legend": legend(rows),
        "attribution": canvas().attribution,
    }  # fmt: skip


@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The citation address as a picture."""
    queries.public_figure(code, at=now())
    address = request.build_absolute_uri(reverse("figure", args=[code]))
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=4, border=2, dark="#1d2526", light="#ffffff", xmldecl=False
    )
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@require_safe
def bundle(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is public of a figure as one file, with its proof where there is one."""
    figure = queries.public_figure(code, at=now())
    published: dict[str, Any] = {
        "figure": figure.shown, "state": figure.state, "head_code": figure.head_code,
        "published_at": figure.published_at.isoformat() if figure.published_at else None,
        "as_of": figure.as_of.isoformat() if figure.as_of else None,
    }  # fmt: skip
    if not figure.document["protected"]:
        # The approved content, so that anybody can compute its fingerprint; of people it would tell the true count.
        published |= {"content": rules.canonical(figure.content), "digest": figure.digest}
    found = {**(figure.bundle or {}), "published": published}
    response = HttpResponse(
        json.dumps(found, ensure_ascii=False, indent=1), content_type="application/json"
    )
    response["Content-Disposition"] = f'attachment; filename="karnameh-{figure.code}.json"'
    return response


# --- small things ----------------------------------------------------------------------------------------


def _entries_url(request: HttpRequest, figure: Figure) -> str:
    """Down to the single delivery, for those whose reach it is."""
    if not request.user.is_authenticated or not units_where(request.user).covers(figure.unit.path):
        return ""
    axis = f"place={figure.place_id}" if figure.place_id else f"unit={figure.unit_id}"
    query = f"{axis}&indicator={figure.indicator_id}&stage={figure.stage}&period={written(figure.period)}"
    return f"{reverse('entries')}?{query}"


def _query_of(request: HttpRequest, user: User) -> tuple[actions.Query, Period]:
    """The number that the address names, if this officer may publish it."""
    given = request.GET if request.GET.get("indicator") else request.POST
    indicator = get_object_or_404(indicators(), pk=number_in(given.get("indicator", "")))
    place: Place | None = None
    if given.get("place"):
        place = get_object_or_404(Place, pk=number_in(given["place"]))
        unit = _own_unit(user)
    else:
        unit = reach_unit(user, number_in(given.get("unit", "")))
    require(user, Role.PRESS, unit, theme=indicator.theme_id)
    period = period_of(given, today=today())
    query = actions.Query(unit, place, indicator, Stage.REPORTED, period.start, period.end)
    return query, period


def _own_unit(user: User) -> OrgUnit:
    """The highest unit for which this officer speaks: a place has no press officer of its own."""
    paths = units_where(user, Role.PRESS).paths
    if not paths:
        raise no_role() if units_where(user).stretches else OutOfReach
    return OrgUnit.objects.get(path=paths[0])


def _with_stage(query: actions.Query, stage: int) -> actions.Query:
    return actions.Query(
        query.unit, query.place, query.indicator, Stage(stage), query.starts_on, query.ends_on
    )


def _stage_of(query: QueryDict) -> dict[str, Any]:
    stage = number_or_none(query.get("stage", ""))
    return {"stage": stage} if stage in (1, 2, 3) else {}


def _sketch(query: actions.Query, stage_form: StageForm) -> Figure:
    """A figure that is not kept: for previews."""
    stage = (
        stage_form.chosen
        if stage_form.is_bound and stage_form.is_valid()
        else stage_form.initial.get("stage", 2)
    )
    campaign = actions.campaign_of(query)
    return Figure(
        unit=query.unit, place=query.place, indicator=query.indicator, stage=stage, bucket=query.bucket,
        starts_on=query.starts_on, ends_on=query.ends_on, campaign=campaign,
    )  # fmt: skip


def _writing(figure: Figure, form: WordsForm) -> dict[str, Any]:
    """What a page needs on which a sentence is written."""
    names = [(name, word) for name, word in rules.PLACEHOLDERS.items()]
    if form.is_bound:
        figure.sentence_fa, figure.sentence_en = (
            form.data.get("sentence_fa", ""),
            form.data.get("sentence_en", ""),
        )
    return {
        "form": form, "previews": _previews(figure), "placeholders": names, "sketch": figure,
        "tallies": _stages(queries.present_tallies(figure)), "people": figure.publishing.about_people,
    }  # fmt: skip


def _previews(figure: Figure) -> list[tuple[str, wording.Said]]:
    protected = figure.publishing.about_people
    counts = wording.public_counts(queries.present_tallies(figure), protected=protected)
    return [
        (language, wording.said(figure, counts, language, protected=protected))
        for language in wording.LANGUAGES
        if (figure.sentence_en if language == "en" else figure.sentence_fa)
    ]


def _stages(tallies: Any) -> list[tuple[str, Any]]:
    return [
        (word, tallies[stage])
        for stage, word in ((Stage.PLEDGED, "pledged"), (Stage.REPORTED, "reported"), (Stage.VERIFIED, "verified"))
        if stage in tallies
    ]  # fmt: skip


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Public figures"), "url": reverse("figures")}]
