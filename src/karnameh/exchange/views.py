"""Pages of imports and the export of entries. Thin: queries gather, actions decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import reach_unit, units_where
from karnameh.catalog.public import indicators
from karnameh.exchange import actions, queries
from karnameh.exchange.exporting import export_entries
from karnameh.exchange.forms import TemplateForm, UndoForm, UploadForm
from karnameh.exchange.models import Import, State
from karnameh.exchange.rules.columns import EXPORT, Column
from karnameh.exchange.rules.rows import Stage
from karnameh.exchange.rules.verdicts import VERDICTS
from karnameh.exchange.sentences import file_sentence
from karnameh.exchange.sheet_writer import Writer, csv_bytes, xlsx_bytes
from karnameh.exchange.sheets import blank_csv, blank_workbook, widths_of
from karnameh.kernel.period import Period
from karnameh.ledger.public import Drill
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import user_of
from karnameh.plumbing.addresses import number_in
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach, Refusal, no_role, refusing_malformed
from karnameh.plumbing.workbooks import LISTED
from karnameh.ui.public import shown_to

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_LISTED = 100


@login_required
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """The viewer's imports, and those that he oversees."""
    rows = list(queries.imports_for(user_of(request))[:_LISTED])
    may_send = bool(units_where(request.user, *actions.POSTERS).stretches)
    return render(request, "exchange/imports.html", {"rows": rows, "may_send": may_send})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """Take a template, or send a filled one."""
    units = _units_or_refusal(request)
    sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES, units=units) if sent else UploadForm(units=units)
    if sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            unit = reach_unit(request.user, form.cleaned_data["unit"])
            job = actions.upload_import(
                name=file.name, chunks=file.chunks(), unit=unit, by=user_of(request), at=now()
            )
            return redirect("import_page", pk=job.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return render(
        request,
        "exchange/new.html",
        {
            "crumbs": _crumbs(),
            "form": form,
            "template_form": TemplateForm(units=units, auto_id="template_%s"),
        },
        status=422 if form.errors else 200,
    )


@login_required
@require_safe
def import_template(request: HttpRequest) -> HttpResponseBase:
    """The blank sheet for a unit and a group of indicators."""
    form = TemplateForm(request.GET, units=_units_or_refusal(request))
    if not form.is_valid():
        raise OutOfReach
    unit = reach_unit(request.user, form.cleaned_data["unit"])
    theme, kind = form.cleaned_data["theme"], form.cleaned_data["format"]
    language = shown_to(request).language
    name = f"karnameh-{unit.code}{f'-{theme.code}' if theme else ''}.{kind}"
    if kind == "csv":
        return _download(blank_csv(unit, language=language), name, kind)
    rows = indicators().filter(retired_on=None)
    if theme is not None:
        rows = rows.filter(theme=theme)
    units = queries.units_beneath(unit, limit=LISTED)
    return _download([blank_workbook(unit, list(rows), units, language=language)], name, kind)


@login_required
@require_safe
def import_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One import in whatever state it is: under way, to be decided, or done."""
    job = queries.reach_import(user_of(request), pk)
    return render(request, "exchange/import.html", _page(request, job))


def _page(request: HttpRequest, job: Import, undo_form: UndoForm | None = None) -> dict[str, Any]:
    mine = job.owner_id == user_of(request).pk
    standing, checks = queries.standing_entries(job) if job.state == State.POSTED else (0, 0)
    trouble = (
        file_sentence(job.trouble, job.trouble_given, shown_to(request).language)
        if job.trouble
        else ""
    )
    return {
        "crumbs": _crumbs(),
        "job": job,
        "mine": mine,
        "trouble": trouble,
        "before": queries.posted_before(job) if job.state == State.CHECKED else None,
        "sums": _linked(job, queries.added_sums(job)) if job.findings and not job.waits else [],
        "standing": standing,
        "checks": checks,
        "second": actions.may_agree(job, user_of(request)),
        "asked_by_me": job.undo_by_id == user_of(request).pk,
        "undo_form": undo_form or UndoForm(),
        "entries_url": f"{reverse('entries')}?{urlencode({'unit': job.unit_id, 'period': 'all'})}",
        **_rows(request, job),
    }


def _linked(job: Import, sums: Iterable[queries.AddedSum]) -> list[tuple[queries.AddedSum, str]]:
    """Each sum with the page of the entries behind it, once they are there."""
    found = []
    for one in sums:
        query = {
            "unit": job.unit_id,
            "period": "all",
            "indicator": one.indicator.pk,
            "stage": int(one.stage),
        }
        there = job.state == State.POSTED
        found.append((one, f"{reverse('entries')}?{urlencode(query)}" if there else ""))
    return found


def _rows(request: HttpRequest, job: Import) -> dict[str, Any]:
    """The rows of one verdict: the one asked for, otherwise the worst there is."""
    counts = {
        "error": job.errors,
        "warning": job.warnings,
        "new": job.new - job.warnings,
        "same": job.same,
    }
    if job.state == State.POSTED:
        counts["new"] = max(0, counts["new"])
    verdict = request.GET.get("show", "")
    if verdict not in VERDICTS:
        verdict = next((one for one in VERDICTS if counts[one]), "new")
    after = request.GET.get("after", "")
    place = int(after) if after.isascii() and after.isdecimal() and len(after) < 12 else 0
    page = queries.verdict_rows(job, verdict, after=place, language=shown_to(request).language)
    words = {
        "error": _("Errors"),
        "warning": _("To look at"),
        "new": _("Good"),
        "same": _("There already"),
    }
    tabs = [
        (words[one], f"?show={one}", counts[one], one == verdict) for one in VERDICTS if counts[one]
    ]
    return {
        "page": page,
        "show": verdict,
        "tabs": tabs,
        "next_url": f"?show={verdict}&after={page.next_key}" if page.next_key else "",
        "first_url": f"?show={verdict}" if place else "",
    }


@login_required
@require_safe
def import_rows(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The table of rows alone, for the page that is open already."""
    job = queries.reach_import(user_of(request), pk)
    return render(request, "exchange/_rows.html", {"job": job, **_rows(request, job)})


@login_required
@require_safe
def import_errors(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The sheet as it was sent, with a column that says what to mend."""
    job = queries.reach_import(user_of(request), pk)
    findings = queries.findings_of(job)
    if findings is None or not findings.with_errors.exists():
        raise OutOfReach
    name = f"{job.file_name.rpartition('.')[0]} ({_('to mend')}).{job.kind}"
    return FileResponse(
        findings.with_errors.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=_TYPES[job.kind],
    )


@login_required
@require_POST
def import_post(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have all rows posted."""
    job = queries.reach_import(user_of(request), pk)
    actions.ask_posting(job, by=user_of(request), at=now())
    return redirect("import_page", pk=pk)


@login_required
@require_POST
def import_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have all entries taken back."""
    job = queries.reach_import(user_of(request), pk)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return render(request, "exchange/import.html", _page(request, job, form), status=422)
    actions.ask_undo(job, reason=form.cleaned_data["reason"], by=user_of(request), at=now())
    return redirect("import_page", pk=pk)


@login_required
@require_POST
def import_undo_second(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person agrees that a large import is taken back, or leaves it standing."""
    user = user_of(request)
    job = queries.reach_import(user, pk)
    if request.POST.get("do") == "agree":
        actions.confirm_undo(job, by=user, at=now())
    else:
        actions.decline_undo(job, by=user, at=now())
        messages.success(request, _("The entries stay. Nothing was taken back."))
    return redirect("import_page", pk=pk)


@login_required
@require_POST
def import_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Erase the file; nothing of it is in the ledger."""
    job = queries.reach_import(user_of(request), pk)
    actions.discard_import(job, by=user_of(request), at=now())
    messages.success(request, _("The file was discarded. Nothing of it is in the ledger."))
    return redirect("imports")


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The entries of the page of entries as a sheet that can be sent back."""
    reach = units_where(request.user)
    node: OrgUnit | Place
    if request.GET.get("place", "").isdecimal():
        if not reach.stretches:
            raise OutOfReach
        node = get_object_or_404(Place, pk=number_in(request.GET["place"]))
    else:
        node = reach_unit(request.user, number_in(request.GET.get("unit", "")))
    drill = Drill(
        node,
        _period(request.GET),
        number_in(request.GET.get("indicator", "")) or None,
        _stage(request.GET),
    )
    display = shown_to(request)
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    writer: Writer = csv_bytes
    if kind == "xlsx":
        hidden = [EXPORT.index(Column.ID)]
        writer = xlsx_bytes(rtl=display.persian, widths=widths_of(EXPORT), hidden=hidden)
    return _download(
        export_entries(reach, drill, writer, display), f"karnameh-{node.code}.{kind}", kind
    )


def _period(query: Mapping[str, str]) -> Period:
    written = query.get("period", "all") or "all"
    with refusing_malformed("period"):
        return Period(None, None) if written == "all" else Period.parse(written)


def _stage(query: Mapping[str, str]) -> Stage | None:
    return Stage(int(query["stage"])) if query.get("stage") in ("1", "2", "3") else None


def _download(pieces: Iterable[bytes], name: str, kind: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=_TYPES[kind])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Spreadsheets"), "url": reverse("imports")}]


def _posting_units(request: HttpRequest) -> list[OrgUnit]:
    return queries.granted_units(units_where(request.user, *actions.POSTERS))


def _units_or_refusal(request: HttpRequest) -> list[OrgUnit]:
    units = _posting_units(request)
    if not units:
        raise no_role()
    return units
