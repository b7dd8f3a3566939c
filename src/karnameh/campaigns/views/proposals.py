"""Pages of proposals: the list, one with its story, writing it step by step, handing it in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Role, holds, may, units_where
from karnameh.activities.public import Activity, Audience, Campaign, State, Tier
from karnameh.campaigns.actions import proposals as actions
from karnameh.campaigns.comparing import compared, described
from karnameh.campaigns.forms.proposals import (
    STEPS,
    NeedsStep,
    NewForm,
    SayForm,
    WhatForm,
    WhenForm,
    WhomForm,
)
from karnameh.campaigns.queries import proposals as queries
from karnameh.campaigns.queries.proposals import PROPOSE, Sought
from karnameh.campaigns.rules.content import Content, from_data, shortcomings
from karnameh.campaigns.sentences import sentence
from karnameh.campaigns.views.frame import (
    address,
    asked_number,
    campaign_of,
    crumbs,
    reach_of,
    unit_of_page,
)
from karnameh.org.public import OrgUnit, Profession, Theme
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import shown_to

_TABS = ("", "draft", "submitted", "returned", "standing", "declined", "aside")


@login_required
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Proposals in reach, by state, with filters."""
    user, reach = user_of(request), reach_of(request)
    campaign = campaign_of(request)
    if campaign is None:
        return render(request, "campaigns/proposals.html", {"campaign": None, "crumbs": crumbs()})
    sought = _sought(request, campaign, reach)
    page = queries.page_of(user, sought, after=request.GET.get("cursor", ""))
    counts = queries.counts_of(user, sought)
    query = {name: request.GET.get(name, "") for name in _FILTERS}
    tabs = [
        (_TAB_WORDS()[group], counts[group], address("proposals", **{**query, "group": group}), sought.group == group)
        for group in _TABS
    ]  # fmt: skip
    next_url = address("proposals", **query, cursor=page.next_key) if page.next_key else ""
    return render(
        request, "campaigns/proposals.html",
        {
            "crumbs": crumbs(), "campaign": campaign, "page": page, "tabs": tabs, "next_url": next_url,
            "sought": sought, "query": query, "campaigns": Campaign.objects.all(), "themes": Theme.objects.all(),
            "audiences": Audience.objects.all(), "professions": Profession.objects.all(), "tiers": Tier.choices,
            "days": list(campaign.period.days()),
            "may_propose": any(holds(user, role) for role in PROPOSE), "narrowed": any(query.values()),
        },
    )  # fmt: skip


_FILTERS = ("campaign", "unit", "group", "theme", "audience", "tier", "profession", "on", "q")


def _TAB_WORDS() -> dict[str, str]:
    return {
        "": _("All"), "draft": _("Drafts"), "submitted": _("Handed in"), "returned": _("Returned"),
        "standing": _("Accepted"), "declined": _("Not taken"), "aside": _("Set aside"),
    }  # fmt: skip


def _sought(request: HttpRequest, campaign: Campaign, reach: Any) -> Sought:
    get = request.GET.get
    theme = Theme.objects.filter(code=get("theme", "")).first() if get("theme") else None
    try:
        on = date.fromisoformat(get("on", "")) if get("on") else None
    except ValueError:
        on = None
    unit = unit_of_page(request, reach) if asked_number(request, "unit") else None
    group = get("group", "")
    return Sought(
        campaign, unit=unit, group=group if group in queries.GROUPS else "", theme=theme.pk if theme else None,
        audience=get("audience", ""), tier=get("tier", ""), profession=get("profession", ""), on=on,
        words=get("q", "")[:80],
    )  # fmt: skip


# --- writing -------------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_new(request: HttpRequest) -> HttpResponse:
    """Step one of a new proposal; sending it saves a draft."""
    user = user_of(request)
    paths = units_where(user, *PROPOSE).paths
    if not paths:
        raise no_role()
    campaign = campaign_of(request)
    if campaign is None:
        raise Refusal(_("No campaign is planned now."), status=409)
    units = queries.own_units(user, limit=8)
    initial: dict[str, Any] = {"tier": Tier.LOCAL, "unit": asked_number(request, "unit") or ""}
    if not initial["unit"] and units:
        initial["unit"] = units[0].pk
    form = NewForm(
        request.POST if request.method == "POST" else None,
        units=units, paths=paths, planner=holds(user, Role.PLANNER), initial=initial,
    )  # fmt: skip
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_step_url(_drafted(request, form, campaign), "when"))
        except Refusal as refusal:
            refused = _add(form, refusal)
    else:
        refused = _closed_now(campaign, user, units)
    return render(
        request,
        "campaigns/proposal_step.html",
        {
            "crumbs": crumbs((_("Proposals"), reverse("proposals"))),
            "campaign": campaign,
            "form": form,
            "step": "what",
            "steps": _steps(None, "what"),
            "refused": refused,
        },
        status=422 if form.errors else 200,
    )


def _closed_now(campaign: Campaign, user: Any, units: list[OrgUnit]) -> str:
    """Why nothing can be proposed now, said before anybody types; empty when it can."""
    try:
        if units:
            actions.require_open(campaign, on=today(), by=user, unit=units[0])
    except Refusal as refusal:
        return str(refusal)
    return ""


def _drafted(request: HttpRequest, form: NewForm, campaign: Campaign) -> Activity:
    unit = OrgUnit.objects.select_related("place").get(pk=form.cleaned_data["unit"])
    bare = Content(
        name_fa="", kind="", theme="", place=unit.place.code, starts_on=campaign.starts_on, ends_on=campaign.ends_on,
    )  # fmt: skip
    return actions.draft_proposal(
        form.into(bare), campaign=campaign, unit=unit, by=user_of(request), at=now()
    )


def _add(form: Any, refusal: Refusal) -> str:
    """The refusal beside its field; given back where the form has none of that name."""
    if refusal.field in form.fields:
        form.add_error(refusal.field, str(refusal))
        return ""
    form.add_error(None, str(refusal))
    return ""


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_edit(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of a draft or a returned proposal; sending it saves, and leads to the next."""
    if step not in STEPS:
        raise OutOfReach
    user = user_of(request)
    activity = queries.reach_proposal(user, pk)
    if not queries.may_write(user, activity.lead_unit):
        raise no_role()
    if not activity.open_to_its_unit:
        raise Refusal(
            _("It has been handed in; it can be changed when it comes back."),
            status=409,
            href=reverse("proposal", args=[pk]),
        )
    content = queries.content_of(activity)
    data = request.POST if request.method == "POST" else None
    form = _form_of(step, data, activity, content, user, shown_to(request))
    if data is not None and form.is_valid():
        try:
            revision = int(data["revision"]) if data.get("revision", "").isdecimal() else 0
            actions.write_proposal(
                activity, form.into(content), revision=revision, by=user, at=now()
            )
        except Refusal as refusal:
            return _step(request, activity, step, form, refused=str(refusal))
        if "more" in data:  # more empty rows are wanted, on the same page
            return redirect(_step_url(activity, step))
        return redirect(_after(activity, step))
    return _step(request, activity, step, form)


def _form_of(
    step: str, data: Any, activity: Activity, content: Content, user: Any, display: Any
) -> Any:
    if step == "what":
        initial = {
            name: getattr(content, name)
            for name in ("name_fa", "name_en", "kind", "theme", "tier", "profession", "description")
        }
        planner = may(user, Role.PLANNER, activity.lead_unit) or content.tier not in (
            Tier.LOCAL,
            Tier.FLAGSHIP,
        )
        return WhatForm(data, planner=planner, initial=initial)
    if step == "when":
        assert activity.campaign is not None
        return WhenForm(
            data, campaign=activity.campaign, unit=activity.lead_unit, content=content, display=display,
            initial=WhenForm.initial_of(content),
        )  # fmt: skip
    if step == "whom":
        return WhomForm(data, initial=WhomForm.initial_of(content))
    return NeedsStep(data, content=content)


def _step(
    request: HttpRequest, activity: Activity, step: str, form: Any, refused: str = ""
) -> HttpResponse:
    return render(
        request,
        "campaigns/proposal_step.html",
        {
            "crumbs": crumbs(
                (_("Proposals"), reverse("proposals")),
                (activity.name, reverse("proposal", args=[activity.pk])),
            ),
            "activity": activity,
            "campaign": activity.campaign,
            "form": form,
            "step": step,
            "steps": _steps(activity, step),
            "refused": refused,
            "ranks": _ranks(form) if step == "when" else (),
            "revision": request.POST.get("revision")
            if request.method == "POST" and not refused
            else activity.revision,
        },
        status=409 if refused else 422 if form.errors else 200,
    )


def _ranks(form: Any) -> list[tuple[Any, Any]]:
    return [(form[f"wish_{rank}"], form[f"slot_{rank}"]) for rank in (1, 2, 3)]


def _step_url(activity: Activity, step: str) -> str:
    return reverse("proposal_edit", args=[activity.pk, step])


def _after(activity: Activity, step: str) -> str:
    place = STEPS.index(step) + 1
    if place < len(STEPS):
        return _step_url(activity, STEPS[place])
    return reverse("proposal", args=[activity.pk])


def _steps(activity: Activity | None, current: str) -> list[dict[str, Any]]:
    words = {
        "what": _("What"),
        "when": _("Where and when"),
        "whom": _("For whom"),
        "needs": _("Result and needs"),
    }
    return [
        {
            "number": number, "label": words[step], "current": step == current,
            "url": _step_url(activity, step) if activity is not None else "",
        }
        for number, step in enumerate(STEPS, 1)
    ]  # fmt: skip


# --- one proposal --------------------------------------------------------------------------------------


@login_required
@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """What it says, what is missing, and everything that happened to it."""
    return _proposal(request, queries.reach_proposal(user_of(request), pk))


def _proposal(request: HttpRequest, activity: Activity, **more: Any) -> HttpResponse:
    user = user_of(request)
    content = queries.content_of(activity)
    story = queries.story_of(activity)
    writes = queries.may_write(user, activity.lead_unit)
    edits = writes and activity.open_to_its_unit
    missing = (
        [
            (sentence(one.code), _step_url(activity, _STEP_OF.get(one.field, "what")))
            for one in shortcomings(content, queries.frame_of(activity, on=today()))
        ]
        if edits
        else []
    )
    judges = queries.may_judge(user, activity)
    return render(
        request,
        "campaigns/proposal.html",
        {
            "crumbs": crumbs((_("Proposals"), address("proposals", campaign=activity.campaign_id))),
            "activity": activity,
            "content": content,
            "facts": described(content, shown_to(request)),
            "story": story,
            "edits": edits,
            "missing": missing,
            "say": SayForm(auto_id="say_%s"),
            "remark": SayForm(auto_id="remark_%s", prefix="r"),
            "may_withdraw": writes and activity.state in actions.WITHDRAWABLE,
            "may_return": judges and activity.state in (State.SUBMITTED, State.ACCEPTED),
            "may_remark": (judges or writes) and activity.state != State.DRAFT,
            "occurrences": list(activity.occurrences.select_related("venue", "place")),
            "withdraw": SayForm(auto_id="withdraw_%s", prefix="w"),
            "return_form": SayForm(auto_id="return_%s", prefix="b"),
            "status": activity.state,
            **more,
        },
        status=more.get("status_code", 200),
    )


_STEP_OF = {
    "starts_on": "when",
    "wishes": "when",
    "audiences": "whom",
    "expected_attendance": "whom",
    "expectations": "needs",
}


@login_required
@require_POST
def proposal_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it in; a returned one with an answer."""
    activity = queries.reach_proposal(user_of(request), pk)
    form = SayForm(request.POST, auto_id="say_%s")
    form.is_valid()
    try:
        actions.submit_proposal(
            activity, by=user_of(request), at=now(), answer=form.cleaned_data.get("text", "")
        )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        if refusal.field == "answer":
            form.errors.clear()
            form.add_error("text", str(refusal))
            return _proposal(request, activity, say=form, status_code=422)
        return _proposal(request, activity, refused=str(refusal), status_code=422, say=form)
    messages.success(request, _("It is handed in. You will find the answer here."))
    return redirect("proposal", pk=pk)


@login_required
@require_POST
def proposal_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it back with a note."""
    return _said(
        request, pk, "return_form", "b", "return_%s",
        lambda activity, text: actions.return_proposal(activity, note=text, by=user_of(request), at=now()),
        _("It went back to its unit with your note."),
    )  # fmt: skip


@login_required
@require_POST
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it back."""
    return _said(
        request, pk, "withdraw", "w", "withdraw_%s",
        lambda activity, text: actions.withdraw_proposal(activity, reason=text, by=user_of(request), at=now()),
        _("It is withdrawn. It stays in sight with your reason."),
    )  # fmt: skip


@login_required
@require_POST
def proposal_remark(request: HttpRequest, pk: int) -> HttpResponse:
    """A word about it."""
    return _said(
        request, pk, "remark", "r", "remark_%s",
        lambda activity, text: actions.remark_on(activity, text=text, by=user_of(request), at=now()),
        _("Your remark stands in its story."),
    )  # fmt: skip


def _said(
    request: HttpRequest, pk: int, name: str, prefix: str, auto_id: str, act: Any, done: str
) -> HttpResponse:
    activity = queries.reach_proposal(user_of(request), pk)
    form = SayForm(request.POST, prefix=prefix, auto_id=auto_id)
    form.is_valid()
    try:
        act(activity, form.cleaned_data.get("text", ""))
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form.errors.clear()
        form.add_error("text", str(refusal))
        return _proposal(request, activity, **{name: form}, status_code=422)
    messages.success(request, done)
    return redirect("proposal", pk=pk)


@login_required
@require_safe
def proposal_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions side by side: what one says differently from the other."""
    activity = queries.reach_proposal(user_of(request), pk)
    versions = list(activity.versions.select_related("by"))
    if not versions:
        raise OutOfReach
    by_number = {one.number: one for one in versions}
    last = versions[-1].number
    after = by_number.get(asked_number(request, "b") or last, versions[-1])
    before = by_number.get(asked_number(request, "a") or after.number - 1, versions[0])
    rows = compared(from_data(before.content), from_data(after.content), shown_to(request))
    return render(
        request, "campaigns/proposal_versions.html",
        {
            "crumbs": crumbs((_("Proposals"), reverse("proposals")), (activity.name, reverse("proposal", args=[pk]))),
            "activity": activity, "versions": versions, "before": before, "after": after, "rows": rows,
        },
    )  # fmt: skip
