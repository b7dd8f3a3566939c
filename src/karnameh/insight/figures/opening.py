"""A published figure of things opened for everybody: its deliveries, one of them, and its receipt."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karnameh.insight.figures import queries, reading
from karnameh.insight.figures.models import Figure
from karnameh.ledger.public import (
    Delivery,
    Kind,
    Publishing,
    Stage,
    deliveries,
    delivery,
    every_delivery,
    more_than,
    receipt,
)
from karnameh.org.public import OrgUnit, Place
from karnameh.plumbing.addresses import id_in
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import OutOfReach, Refusal
from karnameh.plumbing.tables import Cell, csv_response

PAGE = 50
MOST_ROWS = 50_000  # in one file; a part or a stage of its own makes it smaller
STAGES = {1: "pledged", 2: "reported", 3: "verified"}
# Names for people, tags of HXL 1.1 for the field's tools.
COLUMNS = (
    ("id", "#meta+id"), ("stage", "#status"), ("kind", "#meta+kind"), ("starts_on", "#date+start"),
    ("ends_on", "#date+end"), ("unit", "#org+code"), ("unit_fa", "#org+name+v_fa"),
    ("unit_en", "#org+name+v_en"), ("place", "#loc+code"), ("place_fa", "#loc+name+v_fa"),
    ("place_en", "#loc+name+v_en"), ("qualifier", "#meta+qualifier"), ("quantity", "#value"),
)  # fmt: skip


@require_safe
def figure_deliveries(request: HttpRequest, code: str) -> HttpResponse:
    """The rows that the figure adds up, as of its moment, a page at a time."""
    figure, asked, stage, part = _asked(request, code)
    before = id_in(request.GET.get("cursor", ""))
    page = deliveries(asked, stage=stage, part=part, before=before, size=PAGE)
    here = reverse("figure_deliveries", args=[code])
    query = _query(stage, part)
    response = render(
        request,
        "insight/figures/deliveries.html",
        {
            **_frame(figure),
            "rows": [_row(one, figure) for one in page.rows],
            "part": part,
            "stages": [
                (word, _address(here, _query(one, part)), one == stage) for one, word in _stages()
            ],
            "next_url": _address(here, query | {"cursor": page.next_key}) if page.next_key else "",
            "csv_url": _address(reverse("figure_deliveries_csv", args=[code]), query),
            "whole_url": _address(here, _query(stage, None)) if part else "",
        },
    )
    return _kept(request, response)


@require_safe
def figure_deliveries_csv(request: HttpRequest, code: str) -> HttpResponseBase:
    """The same as one file, to be added up by whoever doubts."""
    _figure, asked, stage, part = _asked(request, code)
    if more_than(asked, MOST_ROWS, stage=stage, part=part):
        raise Refusal(
            _("These are too many rows for one file. Choose one of its parts, or one stage."),
            status=409,
            href=reverse("figure", args=[code]),
        )
    found = every_delivery(asked, stage=stage, part=part, most=MOST_ROWS)
    header, tags = zip(*COLUMNS, strict=True)
    return csv_response(f"karnameh-{code}-deliveries", header, _lines(tags, found))


@require_safe
def figure_delivery(request: HttpRequest, code: str, pk: UUID) -> HttpResponse:
    """One delivery: who, where, when and how much, what it answers and who checked it."""
    figure, asked, _stage, _part = _asked(request, code)
    found = delivery(asked, pk)
    ties = [
        (label, _row(one, figure))
        for label, those in (
            (_("Fulfils the promise"), found.fulfils),
            (_("Is a check of"), found.verifies),
            (_("Corrects"), found.corrects),
            (_("Was fulfilled by"), found.fulfilments),
            (_("Was checked by somebody else"), found.verifications),
            (_("Was corrected by"), found.corrections),
        )
        for one in those
    ]
    paper = reverse("figure_delivery_receipt", args=[code, pk])
    context = {
        **_frame(figure), "row": _row(found.delivery, figure), "ties": ties, "entry_id": pk,
        "receipt_url": paper if figure.bundle else "",
        "check_url": f"{reverse('verify')}?{urlencode({'bundle': paper})}" if figure.bundle else "",
    }  # fmt: skip
    return _kept(request, render(request, "insight/figures/delivery.html", context))


@require_safe
def figure_delivery_receipt(request: HttpRequest, code: str, pk: UUID) -> JsonResponse:
    """The figure's proof with the receipt of this delivery beside it: it is in the log and in this sum."""
    figure, asked, _stage, _part = _asked(request, code)
    found = delivery(asked, pk)
    if figure.bundle is None or figure.head is None:
        raise OutOfReach
    question = figure.proof_question
    if found.delivery.stage == figure.stage:
        bundle = {
            **figure.bundle,
            "receipts": receipt(found.entry, question, figure.head)["receipts"],
        }
    else:  # a promise or a check stands in a sum of its own
        bundle = receipt(found.entry, None, figure.head)
    answer = JsonResponse(bundle)
    answer["Content-Disposition"] = f'inline; filename="karnameh-{code}-{pk}.json"'
    return answer


def opened_address(figure: Figure, **query: Any) -> str:
    """Where a number of the figure is opened into its deliveries; empty for counts of people."""
    if figure.document.get("protected", True) or figure.published_at is None:
        return ""
    return _address(reverse("figure_deliveries", args=[figure.code]), query)


# --- small things --------------------------------------------------------------------------------------


def _asked(
    request: HttpRequest, code: str
) -> tuple[Figure, Publishing, Stage | None, OrgUnit | Place | None]:
    """The public figure and which of its rows are wanted; 404 for a part that it does not name."""
    figure = queries.public_figure(code, at=now())
    if figure.document["protected"]:
        raise OutOfReach
    stage = request.GET.get("stage", "")
    wanted = request.GET.get("part", "")
    part: OrgUnit | Place | None = None
    if wanted:
        if wanted not in _parts_of(figure.document):
            raise OutOfReach
        model: Any = Place if figure.place_id else OrgUnit
        part = model.objects.get(pk=int(wanted))
    return figure, figure.publishing, Stage(int(stage)) if stage in ("1", "2", "3") else None, part


def _parts_of(document: dict[str, Any]) -> set[str]:
    """The nodes that the public document names, one by one."""
    parts = [
        *document["parts"],
        *(one for part in document["parts"] for one in part.get("parts", [])),
    ]
    return {str(part["keys"][0]) for part in parts if len(part["keys"]) == 1}


def _frame(figure: Figure) -> dict[str, Any]:
    document = figure.document
    return {
        "figure": figure, "document": document, "indicator": reading.word(document["indicator"]["name"]),
        "period": reading.period_of(document["period"]),
        "measure": "" if document["money"] else reading.word(document["measure"]),
        "crumbs": [
            {"label": _("Published figures"), "url": reverse("figures_public")},
            {"label": figure.code, "url": reverse("figure", args=[figure.code])},
        ],
    }  # fmt: skip


def _row(one: Delivery, figure: Figure) -> dict[str, Any]:
    """A delivery for a template."""
    return {
        "delivery": one, "url": reverse("figure_delivery", args=[figure.code, one.id]),
        "stage_word": STAGES[one.stage], "qualifier": one.qualifier.name.lower(),
        "reversal": one.kind == Kind.REVERSAL, "adjustment": one.kind == Kind.ADJUSTMENT,
    }  # fmt: skip


def _stages() -> list[tuple[Stage | None, str]]:
    return [(None, ""), *((Stage(number), word) for number, word in STAGES.items())]


def _query(stage: Stage | None, part: OrgUnit | Place | None) -> dict[str, Any]:
    return {"stage": int(stage) if stage else "", "part": part.pk if part else ""}


def _address(page: str, query: dict[str, Any]) -> str:
    kept = {key: value for key, value in query.items() if value not in ("", None)}
    return f"{page}?{urlencode(kept)}" if kept else page


def _lines(tags: tuple[str, ...], found: Iterator[Delivery]) -> Iterator[list[Cell]]:
    yield list(tags)
    for one in found:
        # A number, not a text: what was taken back is negative, and a text with a minus would be guarded.
        quantity = None if one.quantity is None else Decimal(f"{one.quantity.normalize():f}")
        yield [
            str(one.id), STAGES[one.stage], one.kind.name.lower(), one.starts_on, one.ends_on, one.unit.code,
            one.unit.name_fa, one.unit.name_en, one.place.code, one.place.name_fa, one.place.name_en,
            one.qualifier.name.lower(), quantity,
        ]  # fmt: skip


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Rows of a frozen figure hardly ever change: let everybody's caches keep them for an hour."""
    if not request.user.is_authenticated:
        response["Cache-Control"] = "public, max-age=3600"
        response["Vary"] = "Cookie, Accept-Encoding"
    return response
