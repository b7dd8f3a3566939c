"""What programs may read: the trees, the dictionary, entries and sums, each within the caller's reach."""

from __future__ import annotations

from datetime import date
from typing import Annotated, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from karnameh.catalog.public import DimensionSet, Indicator, indicators
from karnameh.exchange.api.etags import etagged
from karnameh.exchange.api.routes import NO, READING, router
from karnameh.exchange.api.shapes import (
    Code,
    Day,
    EntryOut,
    EntryPage,
    Grouping,
    IndicatorOut,
    PlaceOut,
    StageName,
    TotalOut,
    TotalsOut,
    UnitOut,
    UnitPage,
)
from karnameh.exchange.api.tokens import Caller
from karnameh.exchange.api.words import BUCKETS, QUALIFIERS, STAGES, entry_out, stage_of
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Axis,
    Cell,
    Drill,
    Question,
    entries_behind,
    entries_in_reach,
    roll_up,
)
from karnameh.org.public import OrgUnit, Place, matching, under, under_any
from karnameh.plumbing.public import OutOfReach, Refusal

Under = Annotated[Code | None, Query(alias="under")]
Codes = Annotated[list[Code], Query(max_length=50)]
Size = Annotated[int, Field(ge=1, le=500)]
Find = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]


@router.get(
    "/units",
    response={200: UnitPage, **NO},
    url_name="api_units",
    summary="Units",
    tags=["read"],
    throttle=READING,
)
@etagged
def units(
    request: HttpRequest,
    under_unit: Under = None,
    kind: Code | None = None,
    q: Find = "",
    after: Find = "",
    size: Size = 100,
) -> UnitPage:
    """The units in reach, by code; `q` finds them by name, tolerant of Persian spelling."""
    caller = _caller(request)
    rows = OrgUnit.objects.filter(under_any(caller.reach.paths)).select_related("parent", "place")
    if under_unit is not None:
        rows = rows.filter(under(caller.unit(under_unit).path))
    if kind is not None:
        rows = rows.filter(kind=kind)
    if q:
        rows = rows.filter(matching(q))
    found = list(rows.filter(code__gt=after).order_by("code")[: size + 1])
    page = found[:size]
    return UnitPage(
        rows=[_unit(one) for one in page], next=page[-1].code if len(found) > size else None
    )


@router.get(
    "/units/{code}",
    response={200: UnitOut, **NO},
    url_name="api_unit",
    summary="A unit",
    tags=["read"],
    throttle=READING,
)
@etagged
def unit(request: HttpRequest, code: str) -> UnitOut:
    """One unit in reach."""
    return _unit(_caller(request).unit(code))


@router.get(
    "/places",
    response={200: list[PlaceOut], **NO},
    url_name="api_places",
    summary="Places",
    tags=["read"],
    throttle=READING,
)
@etagged
def places(
    request: HttpRequest,
    under_place: Under = None,
    q: Find = "",
    size: Size = 100,
) -> list[PlaceOut]:
    """The children of a place (the country without one), or the places that `q` names beneath it."""
    _caller(request)
    rows = Place.objects.select_related("parent").order_by("line__len", "sort_key", "pk")
    above = _place(under_place) if under_place is not None else None
    if q:
        rows = rows.filter(matching(q))
        rows = rows.filter(under(above.path)) if above is not None else rows
    else:
        rows = rows.filter(parent=above)
    return [
        PlaceOut(
            code=one.code, name_fa=one.name_fa, name_en=one.name_en, level=one.level,
            parent=one.parent.code if one.parent else None,
        )
        for one in rows[:size]
    ]  # fmt: skip


@router.get(
    "/indicators",
    response={200: list[IndicatorOut], **NO},
    url_name="api_indicators",
    summary="The indicator dictionary",
    tags=["read"],
    throttle=READING,
)
@etagged
def dictionary(request: HttpRequest) -> list[IndicatorOut]:
    """Every indicator with its definition and the rules by which it is added up."""
    return [_indicator(one) for one in indicators()]


@router.get(
    "/entries",
    response={200: EntryPage, **NO},
    url_name="api_entries",
    summary="Entries",
    tags=["read"],
    throttle=READING,
)
@etagged
def entries(
    request: HttpRequest,
    unit: Code | None = None,
    place: Code | None = None,
    indicator: Code | None = None,
    stage: StageName | None = None,
    since: Day | None = None,
    until: Day | None = None,
    before: UUID | None = None,
    size: Size = 100,
) -> EntryPage:
    """The rows behind a number, newest first. Name a unit or a place; both axes are never mixed."""
    caller = _caller(request)
    drill = Drill(
        _node(caller, unit, place),
        _period(since, until),
        indicator=_indicator_id(indicator),
        stage=stage_of(stage) if stage else None,
    )
    page = entries_behind(caller.reach, drill, before=before, size=size)
    return EntryPage(rows=entry_out(page.rows), next=page.next_key)


@router.get(
    "/entries/{pk}",
    response={200: EntryOut, **NO},
    url_name="api_entry",
    summary="An entry",
    tags=["read"],
    throttle=READING,
)
@etagged
def entry(request: HttpRequest, pk: UUID) -> EntryOut:
    """One entry in reach."""
    found = entries_in_reach(_caller(request).reach).filter(pk=pk).first()
    if found is None:
        raise OutOfReach
    return entry_out([found])[0]


@router.get(
    "/totals",
    response={200: TotalsOut, **NO},
    url_name="api_totals",
    summary="Sums",
    tags=["read"],
    throttle=READING,
)
@etagged
def totals(
    request: HttpRequest,
    unit: Code | None = None,
    place: Code | None = None,
    indicator: Codes = [],  # noqa: B006 (the framework copies it)
    since: Day | None = None,
    until: Day | None = None,
    by: Grouping = "node",
    then: bool = False,
) -> TotalsOut:
    """Promised, reported and verified, as the dashboards show them; `then`: as the trees stood that day."""
    caller = _caller(request)
    node, period = _node(caller, unit, place), _period(since, until)
    wanted = tuple(cast(int, _indicator_id(code)) for code in indicator)
    question = Question(node, period, then=then, indicators=wanted or None)
    if by in ("day", "month") and (since is None or until is None):
        raise Refusal(_("Sums by day or month need a first and a last day."), field="since")
    cells = roll_up(caller.reach, question, by=by)
    named = _Keys(cells, by, question.axis)
    return TotalsOut(
        unit=unit, place=place, since=since, until=until, by=by, then=then,
        rows=[named.row(cell) for cell in cells],
    )  # fmt: skip


class _Keys:
    """Cells in codes instead of ids, looked up once for all of them."""

    def __init__(self, cells: list[Cell], by: Grouping, axis: Axis) -> None:
        self.by = by
        ids = {cell.key for cell in cells if isinstance(cell.key, int)}
        self.codes: dict[int, str] = {}
        if by == "child":
            tree = OrgUnit if axis is Axis.UNIT else Place
            self.codes = dict(tree._default_manager.filter(pk__in=ids).values_list("pk", "code"))
        elif by == "dimension":
            self.codes = dict(DimensionSet.objects.filter(pk__in=ids).values_list("pk", "key"))
        used = {cell.indicator for cell in cells}
        self.indicators = dict(Indicator.objects.filter(pk__in=used).values_list("pk", "code"))

    def row(self, cell: Cell) -> TotalOut:
        """One sum."""
        key = self.codes.get(cell.key) if isinstance(cell.key, int) else cell.key
        tally = cell.tally
        return TotalOut(
            key=None if key is None else str(key), indicator=self.indicators[cell.indicator],
            stage=STAGES[cell.stage], bucket=BUCKETS[cell.bucket],
            quantity=tally.quantity if tally.known else None, rial=tally.rial,
            qualifier=QUALIFIERS[tally.qualifier], entries=tally.entries,
            open=cell.open, over=cell.over,
        )  # fmt: skip


def _caller(request: HttpRequest) -> Caller:
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def _node(caller: Caller, unit: str | None, place: str | None) -> OrgUnit | Place:
    if (unit is None) == (place is None):
        raise Refusal(_("Name either a unit or a place."), field="unit")
    return caller.unit(unit) if unit is not None else _place(cast(str, place))


def _place(code: str) -> Place:
    place = Place.objects.filter(code=code).first()
    if place is None:
        raise OutOfReach
    return place


def _period(since: date | None, until: date | None) -> Period:
    return Period(since, until)


def _indicator_id(code: str | None) -> int | None:
    if code is None:
        return None
    found = Indicator.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise Refusal(_("There is no indicator with this code."), field="indicator", status=404)
    return found


def _unit(one: OrgUnit) -> UnitOut:
    return UnitOut(
        code=one.code, name_fa=one.name_fa, name_en=one.name_en, kind=one.kind,
        parent=one.parent.code if one.parent else None, place=one.place.code,
        opened_on=one.opened_on, closed_on=one.closed_on,
    )  # fmt: skip


def _indicator(one: Indicator) -> IndicatorOut:
    return IndicatorOut(
        code=one.code, name_fa=one.name_fa, name_en=one.name_en, definition_fa=one.definition_fa,
        definition_en=one.definition_en, means_fa=one.means_fa, means_en=one.means_en,
        theme=one.theme.code, measure=one.measure.code, nature=one.nature, time_rule=one.time_rule,
        unit_rule=one.unit_rule, people=one.people, retired_on=one.retired_on,
    )  # fmt: skip
