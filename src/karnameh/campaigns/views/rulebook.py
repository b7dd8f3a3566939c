"""Rules of a campaign: their meters, what would mend them, and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Role, units_where
from karnameh.activities.public import Activity, Campaign
from karnameh.campaigns.actions import rulebook as actions
from karnameh.campaigns.forms.rulebook import RuleForm
from karnameh.campaigns.models import Rule, RuleKind
from karnameh.campaigns.queries.metering import Metered, meters, rules_of, whole_plan
from karnameh.campaigns.queries.proposals import Sought, page_of
from karnameh.campaigns.rules.conflicts import Wanted, contradictions
from karnameh.campaigns.rules.parameters import SHAPES
from karnameh.campaigns.sentences import sentence
from karnameh.campaigns.showing import filters_of, meter_rows, rows_of
from karnameh.campaigns.views.frame import crumbs, reach_campaign, reach_of, unit_of_page
from karnameh.org.public import OrgUnit, Profession, Theme, UnitKind
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import shown_to

_MENDING = 8  # activities named on a rule's page


@login_required
@require_safe
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Every rule that matters to the viewer, with its meter; and those that contradict each other."""
    reach = reach_of(request)
    one, unit = reach_campaign(pk), unit_of_page(request, reach)
    return render(
        request, "campaigns/rules.html",
        {
            "crumbs": crumbs((one.name, reverse("campaign", args=[pk]))), "campaign": one, "unit": unit,
            "meters": meter_rows(one, reach, unit), "amiss": _amiss(one, reach.covers), "kinds": RuleKind.choices,
            "may_rule": bool(_scopes(user_of(request))),
        },
    )  # fmt: skip


def _amiss(campaign: Campaign, seen: Any) -> list[tuple[Rule, Rule, str]]:
    """Pairs of rules that cannot hold together, as far as the viewer may see both."""
    known = {rule.pk: rule for rule in rules_of(campaign)}
    found = contradictions(
        [Wanted(r.pk, r.unit.path, r.kind, r.parameters) for r in known.values() if r.hard],
        professions=Profession.objects.count(),
    )
    pairs = [(known[one.keys[0]], known[one.keys[1]], sentence(one.code)) for one in found]
    return [pair for pair in pairs if seen(pair[0].unit.path) or seen(pair[1].unit.path)]


def _scopes(user: Any) -> Sequence[OrgUnit]:
    """The units for which the viewer may set rules: his highest ones and their provinces and counties."""
    paths = units_where(user, Role.PLANNER).paths
    tops = list(OrgUnit.objects.filter(path__in=paths).order_by("path"))
    beneath = OrgUnit.objects.filter(
        parent__in=tops, kind__in=(UnitKind.PROVINCE, UnitKind.COUNTY), closed_on=None
    ).order_by("sort_key")
    return [*tops, *beneath]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Set a rule of a kind."""
    reach_of(request)
    one, user = reach_campaign(pk), user_of(request)
    units = _scopes(user)
    if not units:
        raise no_role()
    if kind not in RuleKind.values:
        raise OutOfReach
    form = RuleForm(
        request.POST or None,
        kind=kind,
        campaign=one,
        units=units,
        display=shown_to(request),
    )
    if request.method == "POST" and form.is_valid():
        unit = OrgUnit.objects.get(pk=form.cleaned_data["unit"])
        try:
            made = actions.set_rule(form.said(), campaign=one, unit=unit, by=user, at=now())
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("The rule holds from now on."))
            return redirect("rule", pk=made.pk)
    return render(
        request, "campaigns/rule_form.html",
        {
            "crumbs": crumbs((_("Rules"), reverse("rules", args=[pk]))), "campaign": one, "form": form,
            "kind": RuleKind(kind).label,
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _reach_rule(request: HttpRequest, pk: int) -> Rule:
    """A rule is seen where its own unit is in reach, or lies above the viewer and can be read in a part."""
    reach = reach_of(request)
    rule = Rule.objects.select_related("unit", "campaign", "made_by").filter(pk=pk).first()
    if rule is None:
        raise OutOfReach
    inside = reach.covers(rule.unit.path)
    above = any(path.startswith(rule.unit.path) for path in reach.paths)
    if not inside and not above:
        raise OutOfReach
    return rule


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """One rule: how it stands, what would mend it, its words and its versions."""
    user, reach = user_of(request), reach_of(request)
    one = _reach_rule(request, pk)
    form = RuleForm(
        request.POST or None, kind=one.kind, campaign=one.campaign, units=[one.unit], rule=one,
        display=shown_to(request),
    )  # fmt: skip
    may_rule = actions.may_rule(user, one.unit) and one.valid_until is None
    if request.method == "POST":
        if not may_rule:
            raise no_role()
        if form.is_valid():
            try:
                made = actions.edit_rule(one, form.said(), by=user, at=now())
            except Refusal as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
            else:
                messages.success(request, _("The rule holds in its new wording from now on."))
                return redirect("rule", pk=made.pk)
    # Without reach over the whole scope the viewer sees his own part of it, and no other number.
    scope = one.unit if reach.themes_at(one.unit.path) is None else unit_of_page(request, reach)
    whole = scope.pk == one.unit_id
    (found,) = (
        meters(whole_plan(one.campaign), [(one, scope)])
        if whole or SHAPES[one.kind].divides
        else (None,)
    )
    rows = rows_of(one.campaign, [found], most=200) if found is not None else []
    return render(
        request, "campaigns/rule.html",
        {
            "crumbs": crumbs((_("Rules"), reverse("rules", args=[one.campaign_id]))), "rule": one, "meters": rows,
            "mending": _mending(user, one, found) if found is not None else [], "form": form, "may_rule": may_rule,
            "versions": Rule.objects.filter(rule=one.rule).select_related("made_by").order_by("-valid_from"),
        },
        status=422 if request.method == "POST" else 200,
    )  # fmt: skip


def _mending(user: Any, one: Rule, found: Metered) -> Sequence[Activity]:
    """The first few activities that would mend a rule: pending ones, or standing ones where too many are."""
    if found.meter.kept or not found.meter.broken:
        return []
    cell = found.meter.broken[0]
    said = filters_of(one, cell.key)
    unit = OrgUnit.objects.filter(pk=said["unit"]).first() if "unit" in said else found.scope
    theme = Theme.objects.filter(code=said["theme"]).first() if "theme" in said else None
    sought = Sought(
        one.campaign, unit=unit, group="standing" if cell.have > cell.need else "submitted",
        theme=theme.pk if theme else None, audience=said.get("audience", ""), tier=said.get("tier", ""),
        profession=said.get("profession", ""), on=date.fromisoformat(said["on"]) if "on" in said else None,
    )  # fmt: skip
    return page_of(user, sought, size=_MENDING).rows


@login_required
@require_POST
def rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The rule no longer holds."""
    one = _reach_rule(request, pk)
    actions.end_rule(one, by=user_of(request), at=now())
    messages.success(request, _("The rule no longer holds. Its versions stay."))
    return redirect("rules", pk=one.campaign_id)
