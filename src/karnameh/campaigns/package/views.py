"""Pages of packages: all of them, one with its drafts side by side, a version, differences, signing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Role, holds, reach_unit
from karnameh.activities.public import Activity, Campaign, campaign_planned
from karnameh.campaigns import contents
from karnameh.campaigns.package import actions, queries, sealing
from karnameh.campaigns.package.crowding import crowded
from karnameh.campaigns.package.models import Line, Version, VersionState
from karnameh.campaigns.showing import MeterRow, rows_of
from karnameh.catalog.public import Indicator
from karnameh.people.public import user_of
from karnameh.plumbing.addresses import number_in
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import number_text, shown_to

_SHOWN = 100  # lines of a version on one page of it; the board shows all
_LARGE = 5_000  # lines of a plan whose rules are counted after its page is shown


def _campaign(request: HttpRequest) -> Campaign | None:
    """The campaign that is asked for, or the one that is planned now."""
    code = request.GET.get("campaign", "")
    return Campaign.objects.filter(code=code).first() if code else campaign_planned(today())


@login_required
@require_safe
def packages(request: HttpRequest) -> HttpResponse:
    """Every package in reach, and where a new one can be begun."""
    user = user_of(request)
    if not queries.whole_paths(user):
        raise no_role()
    campaign = _campaign(request)
    rows = queries.standings(user, campaign) if campaign else []
    plans = holds(user, Role.PLANNER)
    return render(
        request,
        "campaigns/package/packages.html",
        {
            "campaign": campaign,
            "rows": rows,
            "frozen": sum(row.version is not None for row in rows),
            "units": queries.planning_units(user, campaign) if plans and campaign else [],
            "others": queries.campaigns_with_packages(user).exclude(
                pk=campaign.pk if campaign else 0
            ),
        },
    )


@login_required
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the package of a unit."""
    unit, campaign = (
        reach_unit(request.user, number_in(request.POST.get("unit", ""))),
        _campaign(request),
    )
    if campaign is None:
        raise OutOfReach
    made = actions.open_package(campaign, unit, by=user_of(request), at=now())
    return redirect("package", pk=made.pk)


@login_required
@require_safe
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """A package: what is in force, and its drafts beside each other."""
    user, one = user_of(request), queries.reach_package(user_of(request), pk)
    may = queries.may_plan(user, one.unit)
    force = queries.in_force(one)
    drafts = list(queries.open_drafts(one)) if may else []
    columns = [_column(version) for version in ([force] if force else []) + drafts]
    return render(
        request,
        "campaigns/package/package.html",
        {
            "crumbs": _crumbs(),
            "package": one,
            "force": force,
            "drafts": drafts,
            "columns": columns,
            "may": may,
            "rules": _meter_rows(columns),
            "promised": _promised_rows(columns),
            "versions": one.versions.filter(state=VersionState.FROZEN).order_by("-number"),
        },
    )


def _column(version: Version) -> dict[str, Any]:
    return {
        "version": version,
        "sums": queries.sums_of(version),
        "clashes": len(crowded(queries.versions_in(version))),
        "meters": _meters(version),
        "promised": queries.promised_by(version),
    }


def _meter_rows(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each rule once, with its meter in every column."""
    if not columns:
        return []
    rules = [one.rule for one in columns[0]["meters"]]
    by_rule = [{one.rule.pk: one for one in column["meters"]} for column in columns]
    return [{"rule": rule, "meters": [found.get(rule.pk) for found in by_rule]} for rule in rules]


def _promised_rows(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = {pk for column in columns for pk in column["promised"]}
    indicators = Indicator.objects.select_related("measure").in_bulk(ids)
    rows: list[dict[str, Any]] = [
        {
            "pk": pk,
            "indicator": indicators[pk],
            "values": [column["promised"].get(pk) for column in columns],
        }
        for pk in ids
    ]
    return sorted(rows, key=lambda row: indicators[row["pk"]].name)[:60]


@login_required
@require_POST
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft: empty, of everything that is accepted, or beside another one."""
    user, one = user_of(request), queries.reach_package(user_of(request), pk)
    basis = None
    if request.POST.get("basis"):
        basis = queries.reach_version(user, _uuid(request.POST["basis"]))
    try:
        made = actions.draw_up(
            one,
            name=request.POST.get("name", ""),
            basis=basis,
            why=request.POST.get("why", ""),
            by=user,
            at=now(),
        )
        if basis is None and request.POST.get("fill"):
            actions.take_all(made, by=user, at=now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
        return redirect("package", pk=pk)
    return redirect("package_version", pk=made.pk)


@login_required
@require_safe
def version(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A version: what it holds, its meters, what else could come in, its signatures."""
    return _version(request, queries.reach_version(user_of(request), pk))


def _version(
    request: HttpRequest, one: Version, *, status: int = 200, trouble: str = ""
) -> HttpResponse:
    lines = one.lines.count()
    is_read = (
        lines <= actions.MOST_FROZEN
    )  # a larger draft cannot be signed: nobody waits for its seal
    basis = one.basis if one.basis and one.basis.frozen else None
    content = sealing.content_of(one) if is_read and (basis or not one.frozen) else ""
    seal = one.seal or (contents.seal_of(content) if content else "")
    is_compared = basis is not None and bool(content)
    mine = contents.lines_of(content) if is_compared else []
    old = contents.lines_of(basis.content) if basis and is_compared else []
    signed = queries.signed_for(one, seal) if seal else []
    free = queries.candidates(one) if not one.frozen else Activity.objects.none()
    return render(
        request,
        "campaigns/package/version.html",
        {
            "crumbs": [
                *_crumbs(),
                {"label": one.package.unit.name, "url": reverse("package", args=[one.package_id])},
            ],
            "version": one,
            "package": one.package,
            **_page_of(request, one, lines),
            "sums": queries.sums_of(one),
            "clashes": len(crowded(queries.versions_in(one))),
            **rules_now(one),
            "seal": seal,
            "signed": signed,
            "mine_signed": any(each.by_id == request.user.pk for each in signed),
            "next_number": queries.next_number(one.package),
            "basis": basis,
            "is_compared": is_compared,
            "changes": contents.changes(old, mine),
            "sum_changes": _named(contents.sum_changes(old, mine)),
            "free": free.order_by("code")[:50],
            "free_count": free.count() if not one.frozen else 0,
            "parts": queries.packages_beneath(one),
            "beneath": queries.beneath(one),
            "pledges": one.pledges.count(),
            "trouble": trouble,
            "may": queries.may_plan(user_of(request), one.package.unit) and not one.frozen,
        },
        status=status,
    )


def _page_of(request: HttpRequest, one: Version, lines: int) -> dict[str, Any]:
    """The lines of one page, in order of code, and the addresses of the pages beside it."""
    pages = max(1, -(-lines // _SHOWN))
    page = min(max(1, number_in(request.GET.get("page", ""))), pages)
    here, first = reverse("package_version", args=[one.pk]), (page - 1) * _SHOWN
    return {
        "lines": queries.shown_lines([one.pk])[first : first + _SHOWN],
        "count": lines,
        "first": first + 1,
        "last": min(lines, first + _SHOWN),
        "page": page,
        "previous_url": f"{here}?page={page - 1}#lines" if page > 1 else "",
        "next_url": f"{here}?page={page + 1}#lines" if page < pages else "",
    }


def rules_now(one: Version) -> dict[str, Any]:
    """What `_rules_now.html` shows of a version: its meters, or for a large plan where they are counted."""
    if Line.objects.filter(version__in=queries.versions_in(one)).count() > _LARGE:
        return {"later": reverse("package_meters", args=[one.pk])}
    return {"meters": _meters(one)}


def _meters(one: Version) -> list[MeterRow]:
    return rows_of(one.package.campaign, queries.meters_of(one), pending="standing")


@login_required
@require_safe
def meters(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rules over a version, for a page that did not wait for them; without a script a page of its own."""
    one = queries.reach_version(user_of(request), pk)
    partial = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "campaigns/_rules_now.html" if partial else "campaigns/package/meters.html",
        {"meters": _meters(one), "version": one, "package": one.package, "crumbs": _crumbs_of(one)},
    )


def _named(rows: list[contents.SumChange]) -> list[dict[str, Any]]:
    """Changes of sums with the names of their indicators."""
    codes = {one.indicator.partition("#")[0] for one in rows}
    names = {
        one.code: one for one in Indicator.objects.filter(code__in=codes).select_related("measure")
    }
    return [
        {"indicator": names[code], "before": one.before, "after": one.after}
        for one in rows
        if (code := one.indicator.partition("#")[0]) in names
    ]


@login_required
@require_POST
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One change of a draft."""
    user, one = user_of(request), queries.reach_version(user_of(request), pk)
    data, at = request.POST, now()
    ids = [number_in(each) for each in data.getlist("activity")]
    try:
        match data.get("do", ""):
            case "take":
                many = actions.take_in(one, ids, by=user, at=at)
                messages.success(
                    request,
                    _("%(count)s activities came in.")
                    % {"count": number_text(many, shown_to(request))},
                )
            case "take_all":
                many = actions.take_all(one, by=user, at=at)
                messages.success(
                    request,
                    _("%(count)s activities came in.")
                    % {"count": number_text(many, shown_to(request))},
                )
            case "leave":
                actions.leave_out(one, ids, by=user, at=at)
            case "why":
                actions.say_why(one, why=data.get("why", ""), by=user, at=at)
            case "aside":
                actions.set_aside(one, by=user, at=at)
                messages.success(request, _("The draft was set aside. It stays on record."))
                return redirect("package", pk=one.package_id)
            case "parts":
                wanted = {_uuid(each) for each in data.getlist("part")}
                parts = [
                    each for each, _in, _old in queries.packages_beneath(one) if each.pk in wanted
                ]
                actions.take_packages(one, parts, by=user, at=at)
            case "part_out":
                actions.leave_package_out(
                    one, queries.reach_version(user, _uuid(data.get("part", ""))), by=user, at=at
                )
            case _:
                raise OutOfReach
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
    page = number_in(data.get("page", ""))
    return redirect(
        reverse("package_version", args=[pk]) + (f"?page={page}#lines" if page > 1 else "")
    )


@login_required
@require_POST
def signing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign what was shown; with the second signature the package is frozen."""
    one = queries.reach_version(user_of(request), pk)
    try:
        made = actions.sign(one, seal=request.POST.get("seal", ""), by=user_of(request), at=now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _version(
            request,
            queries.reach_version(user_of(request), pk),
            status=refusal.status,
            trouble=str(refusal),
        )
    if made.frozen:
        messages.success(
            request,
            _("Frozen as version %(number)s. Its promises are in the ledger.")
            % {"number": number_text(made.number or 0, shown_to(request))},
        )
    else:
        messages.success(
            request, _("Signed. As soon as a second officer signs the same, it is frozen.")
        )
    return redirect("package_version", pk=pk)


@login_required
@require_http_methods(["GET", "HEAD"])
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What differs between two versions, in words."""
    user, one = user_of(request), queries.reach_package(user_of(request), pk)
    a, b = (queries.reach_version(user, _uuid(request.GET.get(key, ""))) for key in ("a", "b"))
    if {a.package_id, b.package_id} != {one.pk}:
        raise OutOfReach
    old, new = (contents.lines_of(sealing.content_of(each)) for each in (a, b))
    return render(
        request,
        "campaigns/package/compare.html",
        {
            "crumbs": [*_crumbs(), {"label": one.unit.name, "url": reverse("package", args=[pk])}],
            "package": one,
            "a": a,
            "b": b,
            "changes": contents.changes(old, new),
            "sum_changes": _named(contents.sum_changes(old, new)),
        },
    )


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Packages"), "url": reverse("packages")}]


def _crumbs_of(one: Version) -> list[dict[str, str]]:
    package = {"label": one.package.unit.name, "url": reverse("package", args=[one.package_id])}
    return [
        *_crumbs(),
        package,
        {"label": one.name, "url": reverse("package_version", args=[one.pk])},
    ]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise OutOfReach from None
