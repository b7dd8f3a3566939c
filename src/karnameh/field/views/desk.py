"""Pages of the site around phones: my phones, photos, what could not be delivered, check-in points."""

from __future__ import annotations

import io
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import Role, holds, may, units_where
from karnameh.activities.public import activities_for
from karnameh.catalog.public import Indicator
from karnameh.field import actions, queries
from karnameh.field.forms import AskForm, CheckInForm, DropForm, MendForm, PointForm, QueueForm
from karnameh.field.models import Device, Kind, Sent
from karnameh.field.receiving import Receipt
from karnameh.kernel.ids import new_id
from karnameh.ledger.public import Entry, entries_in_reach
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, no_role

_MOST_FILE = 8_000_000  # bytes of a saved queue


# --- my phones -------------------------------------------------------------------------------------------


@login_required
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """The viewer's phones, each with a way to lock it out."""
    rows = queries.devices_of(user_of(request))
    return render(request, "field/devices.html", {"devices": rows, "crumbs": _my_crumbs()})


def _my_crumbs() -> list[dict[str, str]]:
    return [{"label": _("My page"), "url": reverse("my_page")}]


@login_required
@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lock a phone out."""
    device = get_object_or_404(Device, pk=pk)
    actions.revoke_device(device, by=user_of(request), at=now())
    messages.success(
        request, _("This phone is locked out. It forgets everything when it next goes online.")
    )
    return redirect("field_devices")


# --- photos, questions -----------------------------------------------------------------------------------


@login_required
@require_safe
def evidence(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A photo or a voice note, for those who may see its entry."""
    file = queries.reach_file(user_of(request), pk)
    kind = "image/jpeg" if file.kind == "photo" else "audio/webm"
    try:
        response = FileResponse(queries.open_file(file), content_type=kind)
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the unit to look at one of its entries again."""
    user = user_of(request)
    entry = entries_in_reach(units_where(user)).filter(pk=pk).first()
    if entry is None:
        raise OutOfReach
    if not any(may(user, role, entry.unit) for role in queries.ASKERS):
        raise no_role()
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_unit(entry, words=form.cleaned_data["words"], by=user, at=now())
        except Refusal as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, _("Asked. It waits on the unit’s phones."))
            return redirect("entry", pk=pk)
    return render(
        request,
        "field/ask.html",
        {"form": form, "entry": entry},
        status=422 if form.errors else 200,
    )


# --- what could not be delivered ---------------------------------------------------------------------------


@login_required
@require_safe
def aside(request: HttpRequest) -> HttpResponse:
    """What phones could not deliver, and the file of a phone that could not send at all."""
    user = user_of(request)
    if not any(holds(user, role) for role in queries.OFFICERS):
        raise no_role()
    settled = request.GET.get("settled") == "1"
    page = queries.aside_page(user, settled=settled, before=request.GET.get("cursor", ""))
    rows = [(one, _about(one)) for one in page.rows]
    link = f"?cursor={page.next_key}{'&settled=1' if settled else ''}" if page.next_key else ""
    tabs = [(_("Waiting"), "?", not settled), (_("Settled"), "?settled=1", settled)]
    return render(
        request, "field/aside.html",
        {"rows": rows, "next_url": link, "tabs": tabs, "form": QueueForm(), "settled": settled},
    )  # fmt: skip


def _about(sent: Sent) -> str:
    """What an item was about, in a few words."""
    content = sent.content or {}
    pk = content.get("indicator")
    if isinstance(pk, int):
        found = Indicator.objects.filter(pk=pk).first()
        return found.name if found else ""
    name = content.get("report") or content.get("entry")
    if isinstance(name, str):
        entry = (
            Entry.objects.filter(pk=name).select_related("indicator").first()
            if _is_uuid(name)
            else None
        )
        return entry.indicator.name if entry else ""
    return str(content.get("point", ""))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@login_required
@require_http_methods(["GET", "POST"])
def aside_one(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: mend and post it, or leave it out with a reason."""
    user = user_of(request)
    sent = queries.reach_aside(user, pk)
    content = sent.content or {}
    initial = {"quantity": content.get("quantity") or "", "on": sent.on or content.get("on") or ""}
    mend, drop = MendForm(initial=initial), DropForm(auto_id="drop_%s")
    status = 200
    if request.method == "POST":
        dropping = "drop" in request.POST
        form: MendForm | DropForm = (
            DropForm(request.POST, auto_id="drop_%s") if dropping else MendForm(request.POST)
        )
        if form.is_valid():
            try:
                if isinstance(form, DropForm):
                    actions.drop_aside(sent, note=form.cleaned_data["note"], by=user, at=now())
                    messages.success(request, _("Left out, with your reason."))
                    return redirect("field_aside")
                posted = actions.post_aside(sent, body=form.body, by=user, at=now())
            except Refusal as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
            else:
                messages.success(request, _("Posted. It is in every total from this moment on."))
                return (
                    redirect("entry", pk=posted.entry) if posted.entry else redirect("field_aside")
                )
        mend, drop = (mend, form) if isinstance(form, DropForm) else (form, drop)
        status = 422
    mendable = sent.kind != Kind.CORRECTION and bool(content)
    return render(
        request, "field/aside_one.html",
        {
            "sent": sent, "about": _about(sent), "mend": mend, "drop": drop, "mendable": mendable,
            "settled": getattr(sent, "settled", None), "quantity": content.get("quantity"),
            "note": content.get("note"), "on": content.get("on"),
            "crumbs": [{"label": _("Not delivered"), "url": reverse("field_aside")}],
        },
        status=status,
    )  # fmt: skip


@login_required
@require_POST
def take_queue(request: HttpRequest) -> HttpResponse:
    """Take in the saved queue of a phone."""
    user = user_of(request)
    form = QueueForm(request.POST, request.FILES)
    receipts: list[Receipt] = []
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > _MOST_FILE:
                raise Refusal(_("This file is too large."), field="file")
            receipts = actions.take_file(upload.read(), by=user, at=now())
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    if form.errors:
        return render(request, "field/taken.html", {"form": form}, status=422)
    counts = {
        word: sum(one.verdict == word for one in receipts)
        for word in ("new", "same", "conflict", "refused", "ask")
    }
    entries = queries.entries_of(user, [one.entry for one in receipts if one.entry])
    rows = [(one, entries.get(one.entry) if one.entry else None) for one in receipts]
    return render(
        request, "field/taken.html", {"rows": rows, "counts": counts, "form": QueueForm()}
    )


# --- checking in without the app ------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def check_in(request: HttpRequest) -> HttpResponse:
    """Heads at a venue, by a plain form: for a browser without script, while there is a network."""
    user = user_of(request)
    units = queries.units_of_officer(user)
    if not units:
        raise no_role()
    first = {"item": new_id(), "on": today(), "unit": units[0], "how": "team"}
    form = CheckInForm(request.POST or None, units=units, initial=first)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.check_in(
                data["point"], unit=data["unit"], people=data["quantity"], on=data["on"],
                team=data["how"] == "team", identifier=data["item"], by=user, at=now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Checked in. It counts as person-days from now on."))
            return redirect("field_check_in")
    return render(
        request, "field/check_in.html", {"form": form}, status=422 if form.errors else 200
    )


# --- check-in points ---------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def points(request: HttpRequest) -> HttpResponse:
    """Check-in points in reach, and a new one for an activity."""
    user = user_of(request)
    if not holds(user, Role.REPORTER):
        raise no_role()
    near = activities_for(units_where(user, Role.REPORTER)).filter(ends_on__gte=today())
    form = PointForm(request.POST or None, activities=near.order_by("starts_on", "pk"))
    if request.method == "POST" and form.is_valid():
        activity = form.cleaned_data["activity"]
        try:
            point = actions.open_point(activity, unit=activity.lead_unit, by=user, at=now())
            return redirect("field_point", code=point.code)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    few = near.order_by("starts_on", "pk")[:200]
    form.fields["activity"].choices = [(one.pk, one.name) for one in few]  # type: ignore[attr-defined]
    return render(
        request, "field/points.html",
        {"points": queries.points_for(user), "form": form, "any": bool(few)},
        status=422 if form.errors else 200,
    )  # fmt: skip


@login_required
@require_safe
def point(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet for the wall of the venue: a square code and the same code in letters."""
    found = queries.reach_point(user_of(request), code)
    address = request.build_absolute_uri(f"{reverse('field_app')}#/check-in/{found.code}")
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=8,
        border=2,
        svgclass="qr",
        lineclass="qr-dots",
    )
    heads = sum(found.check_ins.values_list("people", flat=True))
    return render(
        request, "field/point.html",
        {
            "point": found, "qr": SafeString(drawn.getvalue().decode()), "heads": heads,
            "crumbs": [{"label": _("Check-in points"), "url": reverse("field_points")}],
        },
    )  # fmt: skip
