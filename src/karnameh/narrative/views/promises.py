"""All promises, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karnameh.access.public import Reach, reach_unit, units_where
from karnameh.activities.public import Campaign, campaign_at
from karnameh.ledger.public import Outcome, Sought, documents_of, every_promise, promise_counts
from karnameh.ledger.public import promises as promises_page
from karnameh.narrative import queries
from karnameh.org.public import Place, Theme
from karnameh.people.public import User, user_of
from karnameh.plumbing.addresses import number_in
from karnameh.plumbing.clock import today
from karnameh.plumbing.errors import took_too_long
from karnameh.plumbing.public import OutOfReach
from karnameh.plumbing.tables import Cell, csv_response


@login_required
@require_safe
def promises(request: HttpRequest) -> HttpResponseBase:
    """Every promise that stands, and what became of it."""
    user = user_of(request)
    reach = units_where(user)
    if not reach.stretches:
        raise OutOfReach
    sought, shown = _sought(request, user)
    outcome = next((one for one in Outcome if one.value == request.GET.get("state")), None)
    if request.GET.get("format") == "csv":
        return _promises_csv(request, sought, outcome)

    def here(**changed: str) -> str:
        query = {
            k: str(v) for k, v in request.GET.items() if k not in ("cursor", "format", "counts")
        } | changed
        return "?" + urlencode({k: v for k, v in query.items() if v or k == "campaign"})

    words = outcome_words()
    counting = "counts" in request.GET
    counts = _counts(reach, sought) if counting else {}
    states = {
        "tabs": [
            (_("All"), sum(counts.values()) if counts else None, here(state=""), outcome is None)
        ]
        + [(words[one], counts.get(one), here(state=one.value), outcome is one) for one in Outcome],
        "counts_url": "" if counting else here(counts="1"),
    }
    if counting:
        return render(request, "narrative/_states.html", states)
    page = promises_page(
        reach,
        sought,
        today=today(),
        outcome=outcome,
        after=_cursor(request.GET.get("cursor", "")),
        size=30,
    )
    found = list(page.rows)
    linked = [one.entry for one in found] + [each for one in found for each in one.fulfilments]
    documents, offices = documents_of(user, linked), queries.offices_of(one.entry for one in found)
    return render(
        request,
        "narrative/promises.html",
        {
            "rows": [
                {
                    "promise": one, "word": words[one.outcome], "tone": _TONES[one.outcome],
                    "document": documents.get(one.entry.pk),
                    "office": offices.get(one.entry.pk) or one.entry.posted_by.office,
                    "kept_by": [(each, documents.get(each.pk)) for each in one.fulfilments],
                }
                for one in found
            ],
            "next_url": here(cursor=page.next_key) if page.next_key else "",
            "csv_url": here(format="csv"),
            **states,
            "campaigns": Campaign.objects.order_by("-starts_on")[:20],
            "themes": Theme.objects.order_by("position"),
            **shown,
        },
    )  # fmt: skip


def _counts(reach: Reach, sought: Sought) -> dict[Outcome, int]:
    """How many there are of each; nothing when there are too many to be counted in time."""
    try:
        return promise_counts(reach, sought, today=today())
    except OperationalError as trouble:
        if not took_too_long(trouble):
            raise
        return {}


_TONES = {
    Outcome.OVERDUE: "bad", Outcome.PARTLY: "warn", Outcome.OPEN: "info", Outcome.KEPT: "good",
    Outcome.UNCHECKABLE: "none",
}  # fmt: skip


def outcome_words() -> dict[Outcome, str]:
    """The word for each outcome."""
    return {
        Outcome.OVERDUE: _("Overdue"), Outcome.PARTLY: _("Partly kept"), Outcome.OPEN: _("Open"),
        Outcome.KEPT: _("Kept"), Outcome.UNCHECKABLE: _("Cannot be checked"),
    }  # fmt: skip


def _sought(request: HttpRequest, user: User) -> tuple[Sought, dict[str, Any]]:
    """The filters of the address, and what the form shows of them."""
    query = request.GET
    unit = reach_unit(user, number_in(query["unit"])) if query.get("unit") else None
    place = Place.objects.filter(pk=number_in(query.get("place", ""))).first()
    where = query.get("where", "")[:80].strip()
    if where:
        unit, place = queries.named(user, where)
    # At first those of the campaign that is on; an empty choice means all.
    campaign = (
        Campaign.objects.filter(pk=number_in(query["campaign"])).first()
        if "campaign" in query
        else campaign_at(today())
    )
    theme = Theme.objects.filter(pk=number_in(query.get("theme", ""))).first()
    office = query.get("office", "")[:80].strip()
    documents, accounts = queries.office_filter(user, office) if office else (None, None)
    sought = Sought(
        unit=unit.path if unit else "", place=place.path if place else "", theme=theme.pk if theme else None,
        campaign=queries.campaigning(user, campaign) if campaign else None, batches=documents, posters=accounts,
    )  # fmt: skip
    shown = {
        "unit": unit, "place": place, "campaign": campaign, "theme": theme, "office": office,
        "state": query.get("state", ""), "where": where, "nowhere": bool(where) and not unit and not place,
    }  # fmt: skip
    return sought, shown


def _promises_csv(
    request: HttpRequest, sought: Sought, outcome: Outcome | None
) -> HttpResponseBase:
    header = [
        _("State"), _("Indicator"), _("Unit"), _("Place"), _("Promised"), _("Unit of measure"), _("Fulfilled"),
        _("Until"), _("Office"), _("Words"), _("Identifier"),
    ]  # fmt: skip
    return csv_response(
        "karnameh-promises", header, _promise_rows(user_of(request), sought, outcome)
    )


def _promise_rows(user: User, sought: Sought, outcome: Outcome | None) -> Iterator[Sequence[Cell]]:
    """All promises that are sought, as rows of a table."""
    words = outcome_words()
    for some in every_promise(units_where(user), sought, today=today(), outcome=outcome):
        entries = [one.entry for one in some]
        documents, offices = documents_of(user, entries), queries.offices_of(entries)
        for one in some:
            entry = one.entry
            document = documents.get(entry.pk)
            yield (
                words[one.outcome], entry.indicator.name, entry.unit.name, entry.place.name, entry.quantity,
                entry.indicator.measure.symbol, one.fulfilled, entry.ends_on,
                offices.get(entry.pk) or entry.posted_by.office,
                document.words if document else entry.as_written, str(entry.pk),
            )  # fmt: skip


def _cursor(text: str) -> tuple[date, UUID] | None:
    if not text:
        return None
    day, _mark, pk = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(pk)
    except ValueError:
        raise OutOfReach from None
