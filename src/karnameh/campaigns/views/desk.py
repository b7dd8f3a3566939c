"""The first page of planning, and the campaign desk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Role, holds, units_where
from karnameh.activities.public import Campaign, Lesson, Planning
from karnameh.campaigns.actions import desk as actions
from karnameh.campaigns.actions.proposals import copy_plan
from karnameh.campaigns.forms.desk import (
    CampaignForm,
    DaysForm,
    LessonForm,
    PhasesForm,
    answer_form,
)
from karnameh.campaigns.queries.committees import counties_of
from karnameh.campaigns.queries.proposals import PROPOSE, Sought, counts_of, waiting_for
from karnameh.campaigns.showing import meter_rows
from karnameh.campaigns.views.frame import (
    address,
    campaign_of,
    crumbs,
    reach_campaign,
    reach_of,
    unit_of_page,
)
from karnameh.org.public import OrgUnit
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import shown_to

_COMMITTEES = (Role.PLANNER, Role.ADMINISTRATOR, Role.REVIEWER, Role.AUDITOR)


@login_required
@require_safe
def planning(request: HttpRequest) -> HttpResponse:
    """Where the planning of a campaign stands, as far as the viewer's roles reach."""
    user, reach = user_of(request), reach_of(request)
    campaign, unit = campaign_of(request), unit_of_page(request, reach)
    if campaign is None:
        return render(
            request, "campaigns/planning.html", {"campaign": None, "may_make": _may_make(user)}
        )
    counts = counts_of(user, Sought(campaign, unit=unit))
    returned = waiting_for(user, campaign)
    own = any(holds(user, role) for role in PROPOSE)
    county_rows = (
        counties_of(unit, on=today()) if any(holds(user, role) for role in _COMMITTEES) else []
    )
    return render(
        request, "campaigns/planning.html",
        {
            "campaign": campaign, "unit": unit, "days": campaign.days.select_related("theme"),
            "tally": [
                (label, counts[group], address("proposals", campaign=campaign.pk, unit=unit.pk, group=group))
                for group, label in _GROUPS().items()
                if own or group != "draft"
            ],
            "meters": meter_rows(campaign, reach, unit), "returned": returned if own else [],
            "may_propose": own and campaign.planning in (Planning.OPEN, Planning.CLOSED),
            "may_lead": actions.may_lead(user, campaign), "may_make": _may_make(user),
            "lessons_left": actions.unanswered(campaign) if campaign.planning == Planning.PREPARING else 0,
            "committees": _committee_line(county_rows) if county_rows else None,
            "others": Campaign.objects.exclude(pk=campaign.pk),
        },
    )  # fmt: skip


def _GROUPS() -> dict[str, str]:
    return {
        "draft": _("Drafts"), "submitted": _("Handed in"), "returned": _("Returned"), "standing": _("Accepted"),
        "declined": _("Not taken"),
    }  # fmt: skip


def _committee_line(rows: list[Any]) -> dict[str, int]:
    return {
        "counties": len(rows),
        "with_one": sum(one.committee is not None for one in rows),
        "vacant": sum(one.vacant for one in rows),
        "overdue": sum(one.overdue for one in rows),
    }


def _may_make(user: Any) -> bool:
    return any(holds(user, role) for role in actions.DESK)


def _home_of(user: Any) -> OrgUnit:
    """The highest unit whose campaigns the viewer may make."""
    paths = units_where(user, *actions.DESK).paths
    found = OrgUnit.objects.filter(path__in=paths).order_by("path").first()
    if found is None:
        raise no_role()
    return found


# --- the desk -----------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Lay out a new campaign."""
    user = user_of(request)
    reach_of(request)
    unit = _home_of(user)
    last = Campaign.objects.first()
    form = CampaignForm(request.POST or None, initial={"follows": last.pk if last else ""})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_campaign(form.frame(), unit=unit, by=user, at=now())
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("campaign", pk=made.pk)
    return render(
        request, "campaigns/campaign_form.html", {"crumbs": crumbs(), "form": form, "unit": unit, "campaign": None},
        status=422 if form.errors else 200,
    )  # fmt: skip


@login_required
@require_safe
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk of one campaign: what is set, what is missing, and the gate."""
    user = user_of(request)
    reach_of(request)
    one = reach_campaign(pk)
    lessons = list(_lessons(one)) if one.follows_id else []
    own = list(one.lessons.select_related("unit", "theme").order_by("pk"))
    leads = actions.may_lead(user, one)
    planner_units = units_where(user, Role.PLANNER).paths
    return render(
        request, "campaigns/campaign.html",
        {
            "crumbs": crumbs(), "campaign": one, "days": one.days.select_related("theme"), "phases": one.phases.all(),
            "axes": one.axes.all(), "may_lead": leads,
            "lessons": [(lesson, answer_form(lesson)) for lesson in lessons],
            "left": sum(lesson.answered_at is None for lesson in lessons), "own_lessons": own,
            "may_note": any(holds(user, role) for role in (*actions.DESK, Role.REPORTER, Role.REVIEWER)),
            "lesson_form": LessonForm(auto_id="lesson_%s"),
            "may_copy": bool(planner_units) and one.follows_id and one.planning in (Planning.OPEN, Planning.CLOSED),
            "proposed": one.activities.exists(), "rules": one.rules.filter(valid_until=None).count(),
        },
    )  # fmt: skip


def _lessons(one: Campaign) -> Any:
    rows = Lesson.objects.filter(campaign=one.follows_id)
    return rows.select_related("unit", "theme", "raised_by", "answered_by", "campaign__unit")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Dates, slogan, and when proposals are taken."""
    one = _led(request, pk)
    initial = {name: getattr(one, name) for name in actions.Frame.__dataclass_fields__}
    form = CampaignForm(
        request.POST or None, campaign=one, initial={**initial, "follows": one.follows_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_campaign(one, form.frame(), by=user_of(request), at=now())
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("campaign", pk=pk)
    return render(
        request, "campaigns/campaign_form.html",
        {"crumbs": crumbs((one.name, reverse("campaign", args=[pk]))), "form": form, "campaign": one},
        status=422 if form.errors else 200,
    )  # fmt: skip


def _led(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, for whoever leads it; for who has no role at all it does not exist."""
    if not units_where(request.user).stretches:
        raise OutOfReach
    one = reach_campaign(pk)
    if not actions.may_lead(user_of(request), one):
        raise no_role()
    return one


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_days(request: HttpRequest, pk: int) -> HttpResponse:
    """A title and a theme for each day."""
    one = _led(request, pk)
    form = DaysForm(
        request.POST or None,
        days=list(one.days.select_related("theme")),
        display=shown_to(request),
    )
    if request.method == "POST" and form.is_valid():
        actions.set_days(one, form.said(), by=user_of(request), at=now())
        messages.success(request, _("Saved."))
        return redirect("campaign", pk=pk)
    return render(
        request, "campaigns/campaign_days.html",
        {"crumbs": crumbs((one.name, reverse("campaign", args=[pk]))), "form": form, "campaign": one},
        status=422 if form.errors else 200,
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_phases(request: HttpRequest, pk: int) -> HttpResponse:
    """Phases, also before and after the week, and the axes."""
    one = _led(request, pk)
    form = PhasesForm(request.POST if request.method == "POST" else None, campaign=one)
    if request.method == "POST" and form.is_valid():
        phases, axes = form.said()
        actions.set_phases(one, phases, by=user_of(request), at=now())
        actions.set_axes(one, axes, by=user_of(request), at=now())
        messages.success(request, _("Saved."))
        return redirect("campaign_phases" if "more" in request.POST else "campaign", pk=pk)
    return render(
        request, "campaigns/campaign_phases.html",
        {"crumbs": crumbs((one.name, reverse("campaign", args=[pk]))), "form": form, "campaign": one},
        status=422 if form.errors else 200,
    )  # fmt: skip


@login_required
@require_POST
def campaign_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Open planning, close proposals, or end the campaign."""
    one = _led(request, pk)
    moves: dict[str, Any] = {
        "open": (actions.open_planning, _("Planning is open. Units can propose now.")),
        "close": (actions.close_proposals, _("Proposals are closed.")),
        "end": (actions.end_campaign, _("The campaign is over. Note what was learnt.")),
    }
    if request.POST.get("to") not in moves:
        raise Refusal(_("Choose one of the list."))
    act, done = moves[request.POST["to"]]
    try:
        act(one, by=user_of(request), at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(reverse("campaign", args=[pk]) + "#lessons")
    messages.success(request, done)
    return redirect("campaign", pk=pk)


@login_required
@require_POST
def campaign_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Copy last year's plan of the viewer's own part as drafts."""
    reach_of(request)
    one, user = reach_campaign(pk), user_of(request)
    units = OrgUnit.objects.filter(path__in=units_where(user, Role.PLANNER).paths)
    if not units:
        raise no_role()
    copied = sum(copy_plan(one, unit=unit, by=user, at=now()) for unit in units)
    messages.success(
        request,
        ngettext(
            "%(n)s draft was made from last time.", "%(n)s drafts were made from last time.", copied
        )
        % {"n": copied}
        if copied
        else _("There is nothing new to copy."),
    )
    return redirect(address("proposals", campaign=pk, group="draft"))


@login_required
@require_POST
def lesson_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what a campaign taught."""
    reach = reach_of(request)
    one, user = reach_campaign(pk), user_of(request)
    form = LessonForm(request.POST)
    unit = unit_of_page(request, reach)
    if not form.is_valid():
        messages.error(request, _("Write what was learnt, in a sentence."))
        return redirect(reverse("campaign", args=[pk]) + "#lessons")
    actions.note_lesson(
        one,
        unit=unit,
        text=form.cleaned_data["text"],
        theme=form.cleaned_data["theme"],
        by=user,
        at=now(),
    )
    messages.success(request, _("Noted for next time."))
    return redirect(reverse("campaign", args=[pk]) + "#lessons")


@login_required
@require_POST
def lesson_answer(request: HttpRequest, pk: int, lesson: int) -> HttpResponse:
    """Say what is done about a lesson of last time."""
    one = _led(request, pk)
    found = _lessons(one).filter(pk=lesson).first()
    if found is None:
        raise no_role()
    form = answer_form(found, request.POST)
    form.is_valid()
    try:
        actions.answer_lesson(
            found,
            campaign=one,
            answer=form.cleaned_data.get("answer", ""),
            by=user_of(request),
            at=now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("campaign", args=[pk]) + f"#l{lesson}")
