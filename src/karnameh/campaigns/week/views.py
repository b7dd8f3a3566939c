"""Pages of the calendar: the board, one occurrence, the planner at work, coverage, feeds, the public programme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import reach_unit, units_where
from karnameh.activities.public import Activity, Campaign, Resource, Slot, Venue, campaign_planned
from karnameh.campaigns.package import queries as packages
from karnameh.campaigns.package.actions import (
    Spot,
    add_occurrence,
    drop_occurrence,
    pin_line,
    place_line,
)
from karnameh.campaigns.package.models import Line, Version
from karnameh.campaigns.package.views import rules_now
from karnameh.campaigns.week import board as boards
from karnameh.campaigns.week import feeding, running
from karnameh.campaigns.week.models import FeedKind, Run, RunState
from karnameh.campaigns.week.saying import Names, changes_in_words, say
from karnameh.campaigns.week.wishes import place_by_wish
from karnameh.org.public import OrgUnit, Theme, UnitKind, is_under, under
from karnameh.people.public import user_of
from karnameh.plumbing.addresses import number_in
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role
from karnameh.ui.public import number_text, shown_to

_SHOWN = 300
_PRINTED = 3_000  # lines of one programme on paper; more are printed part by part


@login_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The calendar that matters most to the reader: of the highest package in his reach that has one."""
    user = user_of(request)
    paths = packages.whole_paths(user)
    if not paths:
        raise no_role()
    campaign = campaign_planned(today())
    found = packages.first_calendar(user, campaign) if campaign else None
    if found is not None:
        return redirect("board", pk=found)
    return render(request, "campaigns/week/empty.html", {"campaign": campaign})


# --- the board -------------------------------------------------------------------------------------------


@login_required
@require_safe
def board(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Days across; counties, units or venues down."""
    return _board(request, packages.reach_version(user_of(request), pk))


def _board(
    request: HttpRequest, version: Version, *, status: int = 200, **more: Any
) -> HttpResponse:
    by, node = _seen(request, version)
    made = boards.board_of(version, by=by, node=node)
    may = packages.may_plan(user_of(request), version.package.unit) and not version.frozen
    partial = bool(request.headers.get("HX-Request"))
    return render(
        request,
        "campaigns/week/_board.html" if partial else "campaigns/week/board.html",
        {
            "crumbs": _crumbs(version),
            "version": version,
            "package": version.package,
            "board": made,
            "by": by,
            "node": node,
            "may": may,
            **rules_now(version),
            "slots": Slot.choices,
            "clashes": boards.said(made.clashes[:40], version),
            "run": running.open_run(version),
            "up": node.parent if node.pk != version.package.unit_id else None,
            "oob": partial,
            **more,
        },
        status=status,
    )


def _seen(request: HttpRequest, version: Version) -> tuple[str, OrgUnit]:
    by = "venue" if request.GET.get("by") == "venue" else "county"
    node = version.package.unit
    at = number_in(request.GET.get("at", ""))
    if at:
        found = OrgUnit.objects.filter(pk=at).first()
        if found is None or not is_under(found.path, node.path):
            raise OutOfReach
        node = found
    return by, node


def _line(version: Version, pk: int) -> Line:
    """A line of the version, or of a package that went into it: that one is looked at only."""
    found = (
        Line.objects.filter(version__in=packages.versions_in(version), pk=pk)
        .select_related(
            "activity__lead_unit",
            "activity__theme",
            "activity__place",
            "venue",
            "team",
            "version__package__unit",
            "version__package__campaign",
        )
        .first()
    )
    if found is None:
        raise OutOfReach
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """One occurrence: where it stands and where it could; put it somewhere, hold it there."""
    version = packages.reach_version(user_of(request), pk)
    one = _line(version, line)
    by, node = _seen(request, version)
    back = f"{reverse('board', args=[pk])}?by={by}&at={node.pk}"
    if request.method == "POST":
        try:
            if request.POST.get("do") == "drop":
                drop_occurrence(one, by=user_of(request), at=now())
                messages.success(request, _("This occurrence was taken off; the others stay."))
                return redirect(back)
            _put(request, one)
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            if request.headers.get("HX-Request"):
                return _board(request, version, status=422, trouble=str(refusal))
            messages.error(request, str(refusal))
            return redirect("board_line", pk=pk, line=line)
        if request.headers.get("HX-Request"):
            return _board(request, packages.reach_version(user_of(request), pk), moved=line)
        return redirect(f"{back}#l{line}")
    return _line_page(request, version, one, back)


def _line_page(
    request: HttpRequest, version: Version, one: Line, back: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """One occurrence, or with `again` the form for a further one."""
    return render(
        request,
        "campaigns/week/line.html",
        {
            "crumbs": _crumbs(version),
            "version": version,
            "line": one,
            "others": boards.others_of(one),
            "venues": boards.venues_for(version, version.package.unit),
            "back": back,
            "teams": boards.teams_for(version),
            "slots": Slot.choices,
            "days": boards.days_of(version.package.campaign),
            "chances": _grid(version, one, [one.venue] if one.venue else []),
            "may": packages.may_plan(user_of(request), version.package.unit)
            and not version.frozen
            and one.version_id == version.pk,
            **more,
        },
        status=status,
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """A further occurrence of an activity: when and where it would clash, and putting it there."""
    version = packages.reach_version(user_of(request), pk)
    one = _line(version, line)
    if not packages.may_plan(user_of(request), version.package.unit):
        raise no_role()
    if one.version_id != version.pk:
        raise OutOfReach  # it happens in the package of its own unit
    by, node = _seen(request, version)
    back = f"{reverse('board', args=[pk])}?by={by}&at={node.pk}"
    fresh = Line(version=version, activity=one.activity, venue=one.venue, team=one.team)
    if request.method != "POST":
        return _line_page(request, version, fresh, back, again=one)
    spot = _spot(request, one)
    fresh.on, fresh.slot, fresh.venue, fresh.team = spot.on, spot.slot, spot.venue, spot.team
    try:
        made = add_occurrence(one, spot, by=user_of(request), at=now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _line_page(
            request, version, fresh, back, status=422, again=one, trouble=str(refusal)
        )
    messages.success(request, _("It happens once more. What it expects is still counted once."))
    return redirect(f"{back}#l{made.pk}")


def _grid(version: Version, one: Line, venues: list[Venue]) -> list[dict[str, Any]]:
    """For each day and part of the day, how many clashes there would be in the present venue.

    `taken` says that the same activity happens there already, as another occurrence.
    """
    found = boards.chances(version, one, venues)
    own = {(each.on, each.slot) for each in boards.others_of(one)}
    return [
        {
            "day": day,
            "slots": [
                {
                    "slot": slot,
                    "clashes": found[f"{day.on.isoformat()} {slot.value} 0"],
                    "here": (one.on, one.slot) == (day.on, slot),
                    "taken": (day.on, slot.value) in own,
                }
                for slot in Slot
            ],
        }
        for day in boards.days_of(version.package.campaign)
    ]


def _put(request: HttpRequest, one: Line) -> None:
    data, user, at = request.POST, user_of(request), now()
    if data.get("do") == "pin":
        pin_line(one, pinned=not one.pinned, by=user, at=at)
        return
    spot = _spot(request, one)
    place_line(one, spot, by=user, at=at)
    if data.get("pinned") == "on" and spot.on is not None and not one.pinned:
        pin_line(one, pinned=True, by=user, at=at)


def _spot(request: HttpRequest, one: Line) -> Spot:
    """Where the form or the script puts a line; what it does not name stays as it is."""
    data = request.POST
    when = data.get("when", "")  # a day and a part of it in one, as the grid and the script send it
    on_text, _space, slot = (
        when.partition(" ") if when else (data.get("on", ""), "", data.get("slot", ""))
    )
    on = _day(on_text)
    venue = one.venue
    if "venue" in data:
        venue = Venue.objects.select_related("unit").filter(pk=number_in(data["venue"])).first()
    team = None
    if data.get("team"):
        team = Resource.objects.filter(pk=number_in(data["team"])).first()
    return Spot(on, slot if on else "", venue, team)


@login_required
@require_safe
def chances(request: HttpRequest, pk: UUID, line: int) -> HttpResponse:
    """What a card that is being dragged would meet, everywhere: numbers of clashes."""
    version = packages.reach_version(user_of(request), pk)
    one = _line(version, line)
    _by, node = _seen(request, version)
    venues = boards.venues_for(version, node) if request.GET.get("by") == "venue" else []
    return JsonResponse(boards.chances(version, one, venues))


_LOOSE = 16  # so many items of a day fit on a wall sheet with air between them


@login_required
@require_safe
def printed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The programme on paper: a page for each day, or one wall sheet."""
    version = packages.reach_version(user_of(request), pk)
    _by, node = _seen(request, version)
    dated = boards.lines_at(version, node).filter(on__isnull=False)
    many = dated.count()
    parts = boards.children_of(node) if many > _PRINTED else []
    lines = [] if parts else list(dated)
    order = {slot.value: place for place, slot in enumerate(Slot)}
    days = [
        {
            "day": day,
            "lines": sorted(
                (one for one in lines if one.on == day.on),
                key=lambda one: (order[one.slot], one.activity.lead_unit.sort_key),
            ),
        }
        for day in boards.days_of(version.package.campaign)
    ]
    return render(
        request,
        "campaigns/week/print.html",
        {
            "version": version,
            "package": version.package,
            "days": [] if parts else days,
            "parts": parts,
            "many": many,
            "paper": "a3" if request.GET.get("paper") == "a3" else "a4",
            "dense": max(Counter(one.on for one in lines).values(), default=0) > _LOOSE,
            "node": node,
            "crumbs": _crumbs(version),
        },
    )


# --- the planner at work -------------------------------------------------------------------------------------


@login_required
@require_POST
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the machine plan, or just grant wishes as far as nothing clashes."""
    version = packages.reach_version(user_of(request), pk)
    if request.POST.get("do") == "wishes":
        placed = place_by_wish(version, by=user_of(request), at=now())
        messages.success(
            request,
            _("%(count)s activities got a day.")
            % {"count": number_text(placed, shown_to(request))},
        )
        return redirect("board", pk=pk)
    seconds = number_in(request.POST.get("seconds", "20"))
    try:
        made = running.ask_plan(
            version,
            seconds=seconds,
            again=request.POST.get("again") == "1",
            by=user_of(request),
            at=now(),
        )
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
        return redirect("board", pk=pk)
    return redirect("run", pk=made.pk)


@login_required
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a run is; afterwards what it did, and of each declined proposal why."""
    one = running.reach_run(user_of(request), pk)
    context: dict[str, Any] = {"run": one, "version": one.version, "crumbs": _crumbs(one.version)}
    if request.headers.get("HX-Request"):
        response = render(request, "campaigns/week/_run.html", context)
        if not one.is_open:
            response["HX-Refresh"] = "true"
        return response
    if one.state == RunState.DONE:
        context |= _told(request, one)
    return render(request, "campaigns/week/run.html", context)


def _told(request: HttpRequest, one: Run) -> dict[str, Any]:
    left = list(
        one.left.select_related("activity__lead_unit", "activity__theme").order_by(
            "activity__code"
        )[:_SHOWN]
    )
    reasons = (
        [row.reason for row in left]
        + [each for row in left for each in row.changes]
        + list(one.conflict)
    )
    display = shown_to(request)
    names = Names(reasons, display)
    moved = Activity.objects.select_related("lead_unit").in_bulk(
        [row["activity"] for row in one.moves]
    )
    venues = Venue.objects.in_bulk(
        {
            number_in(str(spot[2]))
            for row in one.moves
            for spot in (*row["before"], *row["after"])
            if spot[2]
        }
    )

    def spots(rows: Any) -> str:
        return "، ".join(
            " ".join(
                part
                for part in (
                    names.day(day),
                    names.slot(slot),
                    venues[int(venue)].name if venue and int(venue) in venues else "",
                )
                if part
            )
            for day, slot, venue in rows
        )

    return {
        "left": [
            {
                "activity": row.activity,
                "why": say(row.reason, names),
                "also": changes_in_words(row.changes, names),
            }
            for row in left
        ],
        "left_more": max(0, one.left.count() - _SHOWN),
        "conflict": [say(each, names) for each in one.conflict],
        "moves": [
            {
                "activity": moved[row["activity"]],
                "before": spots(row["before"]),
                "after": spots(row["after"]),
            }
            for row in one.moves[:_SHOWN]
            if row["activity"] in moved
        ],
        "percent_gap": None if one.gap is None else round(100 * one.gap, 2),
    }


@login_required
@require_POST
def run_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Enough: keep what was found."""
    running.stop_run(running.reach_run(user_of(request), pk), by=user_of(request), at=now())
    return redirect("run", pk=pk)


# --- coverage, feeds, the public programme ---------------------------------------------------------------------


@login_required
@require_safe
def coverage(request: HttpRequest, unit: int) -> HttpResponse:
    """Which counties take part, and which units proposed nothing."""
    node = reach_unit(request.user, unit)
    campaign = campaign_planned(today())
    if units_where(request.user).themes_at(node.path) is not None:
        raise no_role()
    rows = boards.coverage(campaign, node) if campaign else []
    silent = (
        boards.silent_proposers(campaign, node)
        if campaign and node.kind in (UnitKind.COUNTY, UnitKind.DISTRICT)
        else []
    )
    return render(
        request,
        "campaigns/week/coverage.html",
        {
            "node": node,
            "campaign": campaign,
            "rows": [row for row in rows if row.locals or row.standing or row.pending],
            "silent": silent,
            "tiles": [
                {
                    "name": row.unit.place.name_fa,
                    "value": row.standing,
                    "href": reverse("coverage", args=[row.unit.pk]),
                }
                for row in rows
            ]
            if node.kind == UnitKind.NATIONAL
            else [],
            "total_silent": sum(row.silent for row in rows),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """The reader's calendar addresses: make one, see those that are open."""
    user = user_of(request)
    if not units_where(user).stretches:
        raise no_role()
    made, trouble = "", ""
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        try:
            if kind not in FeedKind.values:
                raise Refusal(_("Choose what this calendar is about."))
            theme = Theme.objects.filter(code=request.POST.get("theme", "")).first()
            _feed, secret = feeding.open_feed(
                kind=FeedKind(kind),
                unit=number_in(request.POST.get("unit", "")),
                theme=theme,
                by=user,
                at=now(),
            )
            made = request.build_absolute_uri(reverse("feed", args=[secret]))
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            trouble = str(refusal)
    paths = units_where(user).paths
    units = OrgUnit.objects.filter(path__in=paths) | OrgUnit.objects.filter(
        parent__path__in=paths, closed_on=None
    )
    return render(
        request,
        "campaigns/week/feeds.html",
        {
            "feeds": feeding.feeds_of(user),
            "made": made,
            "trouble": trouble,
            "kinds": FeedKind.choices,
            "units": units.order_by("line__len", "sort_key")[:200],
            "themes": Theme.objects.all(),
        },
        status=422 if trouble else 200,
    )


@login_required
@require_POST
def feed_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one of the reader's addresses."""
    found = next((one for one in feeding.feeds_of(user_of(request)) if one.pk == pk), None)
    if found is None:
        raise OutOfReach
    feeding.close_feed(found, by=user_of(request), at=now())
    messages.success(request, _("This address is closed. Calendars that still ask it get nothing."))
    return redirect("feeds")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A calendar behind its secret address: no sign-in, for phones that subscribe."""
    found = feeding.feed_at(secret, on=today())
    name = (
        _("Karnameh")
        if found.unit is None
        else f"{found.unit.name}{' · ' + found.theme.name if found.theme else ''}"
    )
    body = feeding.calendar_of(feeding.occurrences_of(found), name=name, since=_since())
    return _ics(body, private=True)


def _since() -> date:
    return date.fromordinal(today().toordinal() - 31)


def _ics(body: bytes, *, private: bool) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900" if private else "public, max-age=900"
    response["Content-Disposition"] = 'inline; filename="karnameh.ics"'
    return response


@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    """The programme of the week for everybody: what is packaged and open to the public. No people."""
    campaign = get_object_or_404(Campaign, code=code)
    rows = feeding.public_occurrences(campaign)
    days = boards.days_of(campaign)
    province = request.GET.get("province", "")
    provinces = {
        unit.pk: unit
        for unit in OrgUnit.objects.filter(kind=UnitKind.PROVINCE, closed_on=None).order_by(
            "sort_key"
        )
    }
    chosen = provinces.get(number_in(province))
    if chosen is not None:
        rows = rows.filter(under(chosen.path, "activity__lead_unit__path"))
    counts = _by_day(rows)
    day = _day(request.GET.get("day", "")) or _likely_day(campaign, counts)
    shown = (
        rows.filter(on=day)
        .select_related("activity__lead_unit__parent", "activity__theme", "venue", "place")
        .order_by("activity__lead_unit__path", "slot", "pk")
    )
    return render(
        request,
        "campaigns/week/programme.html",
        {
            "campaign": campaign,
            "rows": list(shown[:_SHOWN]),
            "more": max(0, counts.get(day, 0) - _SHOWN),
            "day": day,
            "days": [
                {
                    "date": one.on,
                    "title": one.title,
                    "count": counts.get(one.on, 0),
                    "url": f"?day={one.on.isoformat()}"
                    + (f"&province={chosen.pk}" if chosen else ""),
                    "current": one.on == day,
                }
                for one in days
            ],
            "provinces": provinces.values(),
            "chosen": chosen,
            "title": next((one.title for one in days if one.on == day), ""),
            "total": sum(counts.values()),
        },
    )


def _by_day(rows: Any) -> dict[date, int]:
    return dict(rows.order_by().values_list("on").annotate(Count("pk", distinct=True)))


def _likely_day(campaign: Campaign, counts: Mapping[date, int]) -> date:
    """Today or the next day on which there is something; after the week the last one."""
    day = min(max(today(), campaign.starts_on), campaign.ends_on)
    return min((one for one in counts if one >= day), default=max(counts, default=day))


@require_safe
def programme_feed(request: HttpRequest, code: str) -> HttpResponse:
    """The public programme as a calendar."""
    campaign = get_object_or_404(Campaign, code=code)
    body = feeding.calendar_of(
        feeding.public_occurrences(campaign), name=campaign.name, since=campaign.starts_on
    )
    return _ics(body, private=False)


# --- small things ------------------------------------------------------------------------------------------------


def _crumbs(version: Version) -> list[dict[str, str]]:
    return [
        {"label": _("Packages"), "url": reverse("packages")},
        {"label": version.package.unit.name, "url": reverse("package", args=[version.package_id])},
        {"label": version.name, "url": reverse("package_version", args=[version.pk])},
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise OutOfReach from None
