"""Proposals by spreadsheet: the template, the verdict of each row, and taking all of them or none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from karnameh.access.public import units_where
from karnameh.activities.public import Campaign
from karnameh.campaigns.actions.sheets import import_proposals
from karnameh.campaigns.queries.proposals import PROPOSE
from karnameh.campaigns.rules.columns import HEADINGS, heading_of
from karnameh.campaigns.rules.content import as_data, from_data
from karnameh.campaigns.sheets import Judged, judge, read_rows
from karnameh.campaigns.views.frame import address, campaign_of, crumbs
from karnameh.campaigns.workbook import blank_workbook
from karnameh.org.public import OrgUnit
from karnameh.people.public import user_of
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import Refusal, no_role
from karnameh.plumbing.tables import csv_response
from karnameh.ui.public import number_text, shown_to

_SALT = "karnameh.campaigns.sheet"
_KEPT = 24 * 3600  # seconds between looking and deciding
_LARGEST = 4_000_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SheetForm(forms.Form):
    """A sheet of proposals."""

    file = forms.FileField(
        label=gettext_lazy("Sheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy(
            "Excel (.xlsx) or .csv, at most 500 proposals. Nothing is written before you have looked."
        ),
    )


def _campaign(request: HttpRequest) -> Campaign:
    if not units_where(request.user, *PROPOSE).stretches:
        raise no_role()
    campaign = campaign_of(request)
    if campaign is None:
        raise Refusal(_("No campaign is planned now."), status=409)
    return campaign


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def proposal_sheet(request: HttpRequest) -> HttpResponse:
    """Send a sheet, and see what each of its rows would become."""
    campaign = _campaign(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    judged: list[Judged] = []
    if request.method == "POST" and form.is_valid():
        try:
            if form.cleaned_data["file"].size > _LARGEST:
                raise Refusal(
                    _("This file is too large for a sheet of proposals. Send it in parts."),
                    field="file",
                )
            rows = read_rows(form.cleaned_data["file"].read(), form.cleaned_data["file"].name)
            judged = judge(rows, campaign=campaign, user=user_of(request), on=today())
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    bad = [one for one in judged if not one.good]
    return render(
        request,
        "campaigns/proposal_sheet.html",
        {
            "crumbs": crumbs((_("Proposals"), address("proposals", campaign=campaign.pk))),
            "campaign": campaign,
            "form": form,
            "judged": judged,
            "bad": len(bad),
            "good": len(judged) - len(bad),
            "kept": _sealed(judged) if judged and not bad else "",
            "given_back": _given_back(bad) if bad else "",
        },
        status=422 if form.errors else 200,
    )


def _sealed(judged: list[Judged]) -> str:
    """The rows as they were looked at, sealed: what is taken is what was shown."""
    rows = [
        (one.unit.pk, as_data(one.content))
        for one in judged
        if one.unit is not None and one.content is not None
    ]
    return signing.dumps(rows, salt=_SALT, compress=True)


def _given_back(bad: list[Judged]) -> str:
    rows = [
        (
            [one.row.text(name) for name in HEADINGS],
            "؛ ".join(f"{head}: {why}" for head, why in one.amiss),
        )
        for one in bad
    ]
    return signing.dumps(rows, salt=_SALT + ".bad", compress=True)


def _opened(text: str, salt: str) -> Any:
    try:
        return signing.loads(text, salt=salt, max_age=_KEPT)
    except signing.BadSignature:
        raise Refusal(_("This is no longer kept. Send the sheet again."), status=409) from None


@login_required
@require_POST
def proposal_sheet_take(request: HttpRequest) -> HttpResponse:
    """Take all rows as drafts, or hand all of them in."""
    campaign = _campaign(request)
    rows = _opened(request.POST.get("kept", ""), _SALT)
    units = OrgUnit.objects.select_related("place").in_bulk({pk for pk, _content in rows})
    hand_in = "hand_in" in request.POST
    made = import_proposals(
        [(units[pk], from_data(content)) for pk, content in rows], campaign=campaign, hand_in=hand_in,
        by=user_of(request), at=now(),
    )  # fmt: skip
    messages.success(
        request,
        ngettext("%(n)s proposal was taken from the sheet.", "%(n)s proposals were taken from the sheet.", len(made))
        % {"n": number_text(len(made), shown_to(request))},
    )  # fmt: skip
    return redirect(
        address("proposals", campaign=campaign.pk, group="submitted" if hand_in else "draft")
    )


@login_required
@require_POST
def proposal_sheet_errors(request: HttpRequest) -> HttpResponseBase:
    """The rows that cannot be taken, as a sheet with what is amiss in the last column."""
    _campaign(request)
    rows = _opened(request.POST.get("given_back", ""), _SALT + ".bad")
    language = get_language() or "fa"
    head = [*(heading_of(name, language) for name in HEADINGS), _("What to mend")]
    return csv_response("proposals-to-mend", head, ([*cells, why] for cells, why in rows))


@login_required
@require_safe
def proposal_template(request: HttpRequest) -> HttpResponseBase:
    """A workbook to fill in, with lists to choose from: of the reader's units, days, venues and words."""
    campaign = _campaign(request)
    paths = units_where(user_of(request), *PROPOSE).paths
    book = blank_workbook(campaign, paths, language=get_language() or "fa")
    response = HttpResponse(book, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="proposals-{campaign.code}.xlsx"'
    return response
