"""Committees: one overview of a province, one page for each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Grant, reach_unit
from karnameh.campaigns.actions import committees as actions
from karnameh.campaigns.forms.committees import (
    DoneForm,
    FillForm,
    ItemForm,
    MeetingForm,
    MinutesForm,
    SeatForm,
)
from karnameh.campaigns.models import ActionItem, Committee, Meeting, Seat, SeatRole
from karnameh.campaigns.queries import committees as queries
from karnameh.campaigns.views.frame import address, crumbs, reach_of, unit_of_page
from karnameh.org.public import OrgUnit, UnitKind, under
from karnameh.people.public import User, user_of
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role


@login_required
@require_safe
def committees(request: HttpRequest) -> HttpResponse:
    """Every county with its committee: who has none, what is vacant, what is late."""
    reach = reach_of(request)
    unit = unit_of_page(request, reach)
    rows = queries.counties_of(unit, on=today())
    return render(
        request,
        "campaigns/committees.html",
        {
            "crumbs": crumbs(),
            "unit": unit,
            "rows": rows,
            "overdue": queries.overdue_items(unit, on=today()),
            "without": [one for one in rows if one.committee is None],
            "with_one": sum(one.committee is not None for one in rows),
            "vacant": sum(one.vacant for one in rows),
            "may_settle": actions.may_settle(user_of(request), unit),
            "provinces": OrgUnit.objects.filter(
                under(unit.path), kind=UnitKind.PROVINCE, closed_on=None
            ).order_by("sort_key")
            if unit.kind == UnitKind.NATIONAL
            else [],
        },
    )


@login_required
@require_POST
def committee_open(request: HttpRequest, unit: int) -> HttpResponse:
    """Open the committee of a county."""
    made = actions.open_committee(reach_unit(request.user, unit), by=user_of(request), at=now())
    messages.success(request, _("The committee is there. Fill its seats."))
    return redirect("committee", pk=made.pk)


def _holders(committee: Committee) -> Any:
    """Accounts that may sit there: those with a role in the county or above it, up to the province."""
    line = committee.unit.line
    grants = Grant.objects.filter(under(committee.unit.path, "unit__path")) | Grant.objects.filter(
        unit__in=line[1:-1]
    )
    return User.objects.filter(is_active=True, pk__in=grants.values("user")).order_by("office")


@login_required
@require_safe
def committee(request: HttpRequest, pk: int) -> HttpResponse:
    """Seats, meetings, minutes, and what was agreed."""
    return _page(request, queries.reach_committee(user_of(request), pk))


def _page(request: HttpRequest, one: Committee, status: int = 200, **more: Any) -> HttpResponse:
    user = user_of(request)
    table = queries.table_of(one)
    settles, runs = actions.may_settle(user, one.unit), actions.may_run(user, one)
    holders = _holders(one)
    seats = [
        (
            seat,
            FillForm(
                holders=holders,
                prefix=f"f{seat.pk}",
                auto_id=f"f{seat.pk}_%s",
                initial={"holder": seat.holder_id},
            )
            if settles
            else None,
        )
        for seat in table.seats
    ]
    return render(
        request,
        "campaigns/committee.html",
        {
            "crumbs": crumbs(
                (_("Committees"), address("committees", unit=one.unit.parent_id or one.unit_id))
            ),
            "committee": one,
            "table": table,
            "seats": seats,
            "settles": settles,
            "runs": runs,
            "today_is": today(),
            "seat_form": SeatForm(holders=holders, auto_id="seat_%s") if settles else None,
            "meeting_form": MeetingForm(auto_id="meeting_%s", initial={"on": today()})
            if runs
            else None,
            "item_form": _item_form(one, table.seats) if runs else None,
            "items": [
                (item, actions.may_finish(user, item))
                for item in table.items
                if item.done_at is None
            ],
            "done": [item for item in table.items if item.done_at is not None],
            "done_form": DoneForm(auto_id=False),
            **more,
        },
        status=status,
    )


def _item_form(one: Committee, seats: list[Seat], data: Any = None) -> ItemForm:
    units = OrgUnit.objects.filter(under(one.unit.path), closed_on=None).exclude(
        kind=UnitKind.LOCAL
    )
    return ItemForm(data, seats=seats, units=list(units.order_by("path")[:60]), auto_id="item_%s")


@login_required
@require_POST
def seat_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A further seat."""
    one = queries.reach_committee(user_of(request), pk)
    if not actions.may_settle(user_of(request), one.unit):
        raise no_role()
    form = SeatForm(request.POST, holders=_holders(one), auto_id="seat_%s")
    if not form.is_valid():
        return _page(request, one, 422, seat_form=form)
    try:
        actions.add_seat(
            one, role=SeatRole.MEMBER, label=form.cleaned_data["label"], holder=form.cleaned_data["holder"],
            by=user_of(request), at=now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        form.add_error(None, str(refusal))
        return _page(request, one, 422, seat_form=form)
    return redirect("committee", pk=pk)


def _seat(request: HttpRequest, pk: int) -> Seat:
    seat = get_object_or_404(Seat.objects.select_related("committee__unit"), pk=pk)
    queries.reach_committee(user_of(request), seat.committee_id)
    return seat


@login_required
@require_POST
def seat_fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits there from now on."""
    seat = _seat(request, pk)
    form = FillForm(request.POST, holders=_holders(seat.committee), prefix=f"f{seat.pk}")
    if not actions.may_settle(user_of(request), seat.committee.unit):
        raise no_role()
    if not form.is_valid():
        raise Refusal(_("Choose one of the list."))
    try:
        actions.fill_seat(seat, holder=form.cleaned_data["holder"], by=user_of(request), at=now())
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        messages.error(request, str(refusal))
    return redirect("committee", pk=seat.committee_id)


@login_required
@require_POST
def seat_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The seat is no longer there."""
    seat = _seat(request, pk)
    actions.close_seat(seat, by=user_of(request), at=now())
    return redirect("committee", pk=seat.committee_id)


@login_required
@require_POST
def meeting_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a meeting."""
    one = queries.reach_committee(user_of(request), pk)
    if not actions.may_run(user_of(request), one):
        raise no_role()
    form = MeetingForm(request.POST, auto_id="meeting_%s")
    if form.is_valid():
        try:
            made = actions.call_meeting(one, form.call(), by=user_of(request), at=now())
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect("meeting", pk=made.pk)
    return _page(request, one, 422, meeting_form=form)


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    found = get_object_or_404(
        Meeting.objects.select_related("committee__unit__parent", "called_by"), pk=pk
    )
    queries.reach_committee(user_of(request), found.committee_id)
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: where, what about, who was there, what was agreed."""
    one, user = _meeting(request, pk), user_of(request)
    runs = actions.may_run(user, one.committee)
    there = dict(one.attendance.values_list("seat", "presence"))
    seats = list(one.committee.seats.filter(closed_on=None))
    form = MinutesForm(
        request.POST or None, seats=seats, there=there, initial={"minutes": one.minutes}
    )
    if request.method == "POST":
        if not runs:
            raise no_role()
        if form.is_valid():
            try:
                actions.hold_meeting(
                    one,
                    minutes=form.cleaned_data["minutes"],
                    presence=form.presence(),
                    by=user,
                    at=now(),
                )
            except Refusal as refusal:
                if refusal.status == 403:
                    raise
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
            else:
                messages.success(request, _("The minutes are kept."))
                return redirect("meeting", pk=pk)
    page = {
        "crumbs": crumbs((one.committee.unit.name, reverse("committee", args=[one.committee_id]))), "meeting": one,
        "runs": runs, "form": form, "begun": one.starts_at <= now(),
        "attendance": one.attendance.select_related("seat"),
        "items": one.action_items.select_related("seat", "unit"), "today_is": today(),
    }  # fmt: skip
    return render(request, "campaigns/meeting.html", page, status=422 if form.errors else 200)


@login_required
@require_POST
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not take place."""
    one = _meeting(request, pk)
    actions.cancel_meeting(one, by=user_of(request), at=now())
    return redirect("committee", pk=one.committee_id)


@login_required
@require_POST
def item_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Something is done until a day."""
    one, user = queries.reach_committee(user_of(request), pk), user_of(request)
    if not actions.may_run(user, one):
        raise no_role()
    form = _item_form(one, list(one.seats.filter(closed_on=None)), request.POST)
    if form.is_valid():
        owner = form.cleaned_data["owner"]
        try:
            actions.agree_on(
                one, text=form.cleaned_data["text"], due_on=form.cleaned_data["due_on"],
                seat=Seat.objects.get(pk=owner[1:]) if owner.startswith("s") else None,
                unit=OrgUnit.objects.get(pk=owner[1:]) if owner.startswith("u") else None,
                meeting=None, by=user, at=now(),
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            return redirect(reverse("committee", args=[pk]) + "#items")
    return _page(request, one, 422, item_form=form)


@login_required
@require_POST
def item_done(request: HttpRequest, pk: int) -> HttpResponse:
    """It is done."""
    item = (
        ActionItem.objects.select_related("committee__unit", "seat", "unit").filter(pk=pk).first()
    )
    if item is None:
        raise OutOfReach
    queries.reach_committee(user_of(request), item.committee_id)
    actions.finish_item(
        item, outcome=request.POST.get("outcome", "")[:300], by=user_of(request), at=now()
    )
    messages.success(request, _("Done. It stays in the list of what was agreed."))
    return redirect(reverse("committee", args=[item.committee_id]) + "#items")
