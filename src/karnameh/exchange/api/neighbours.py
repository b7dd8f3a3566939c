"""Data value sets of DHIS2 in both directions, and submissions of Kobo or ODK in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Body

from karnameh.catalog.public import Indicator
from karnameh.exchange.api.etags import etagged
from karnameh.exchange.api.foreign import answers_of, days_of, id_of_value, instance_of
from karnameh.exchange.api.routes import NO, READING, WRITING, router
from karnameh.exchange.api.shapes import (
    Code,
    DataValue,
    DataValueSet,
    Day,
    ImportConflict,
    ImportCount,
    ImportSummary,
    ReceiptOut,
    ReceiptsOut,
    RefusedItems,
)
from karnameh.exchange.api.taking import said, take, writer_of
from karnameh.exchange.api.tokens import Caller
from karnameh.exchange.api.words import STAGES
from karnameh.exchange.api.writing import refusal_of
from karnameh.exchange.rules.columns import layout_of
from karnameh.exchange.rules.rows import Problem, Row, Stage, read_row
from karnameh.exchange.sentences import file_sentence
from karnameh.kernel.period import Period
from karnameh.ledger.public import Bucket, Question, epoch, log_name, roll_up
from karnameh.plumbing.cells import Unreadable
from karnameh.plumbing.public import Refusal

_STAGE_OF = {word.upper(): Stage(stage) for stage, word in STAGES.items()}
_LONGEST_DAYS = 366


@router.get(
    "/dhis2/dataValueSets",
    response={200: DataValueSet, **NO},
    url_name="api_dhis2",
    summary="Data value sets, out",
    tags=["neighbours"],
    throttle=READING,
)
@etagged
def data_values(
    request: HttpRequest, orgUnit: Code, startDate: Day, endDate: Day
) -> DataValueSet:  # the names are DHIS2's own
    """Sums of a unit by day, for DHIS2's importer with all id schemes set to `code`.

    The stage is the attribute option: PLEDGED, REPORTED or VERIFIED.
    """
    caller = cast(Caller, request.auth)  # type: ignore[attr-defined]
    unit = caller.unit(orgUnit)
    if (endDate - startDate).days > _LONGEST_DAYS:
        raise Refusal(_("Choose a year at most."), field="endDate")
    cells = roll_up(caller.reach, Question(unit, Period(startDate, endDate)), by="day")
    codes = dict(
        Indicator.objects.filter(pk__in={cell.indicator for cell in cells}).values_list(
            "pk", "code"
        )
    )
    mark = _mark()
    return DataValueSet(
        dataValues=[
            DataValue(
                dataElement=codes[cell.indicator], period=cast(date, cell.key).strftime("%Y%m%d"),
                orgUnit=unit.code, attributeOptionCombo=STAGES[cell.stage].upper(),
                value=(value := f"{cell.tally.quantity.normalize():f}"), comment=f"{mark}{value}",
            )
            for cell in cells
            if cell.bucket is Bucket.OWN and cell.tally.known
        ]
    )  # fmt: skip


@router.post(
    "/dhis2/dataValueSets",
    response={**NO, 200: ImportSummary, 409: ImportSummary},
    url_name="api_dhis2_send",
    summary="Data value sets, in",
    tags=["neighbours"],
    throttle=WRITING,
)
def send_data_values(request: HttpRequest, sent: DataValueSet) -> tuple[int, ImportSummary]:
    """Entries from data values whose ids are our codes. Sent again, a value counts once.

    A value that has changed since is not written over: it is answered as a conflict, and corrected
    on the page of its entry. A sum that came from here is no new report and is ignored. As in DHIS2,
    values may leave their period and unit to the set.
    """
    caller, mark = writer_of(request), _mark()
    ours = {
        number: value
        for number, value in enumerate(sent.dataValues)
        if (value.comment or "").startswith(mark)
    }
    rows = [
        _row_of(number, value, sent)
        for number, value in enumerate(sent.dataValues)
        if number not in ours
    ]
    taken = take(caller, rows)
    conflicts = [
        ImportConflict(object=str(one.row), value=problem.sentence)
        for one in taken.refused
        for problem in said(one.problems)
    ]
    if taken.refused:
        return 409, ImportSummary(
            error=refusal_of(taken.refused).error, status="ERROR",
            importCount=ImportCount(ignored=len(sent.dataValues)), conflicts=conflicts,
        )  # fmt: skip
    became = list(taken.became.values())
    conflicts = [
        ImportConflict(object=str(number), value=said(taken.notes[number])[0].sentence)
        for number, verdict in taken.became.items()
        if verdict == "conflict"
    ]
    conflicts += [
        ImportConflict(
            object=str(number),
            value=_(
                "This number came from here and was changed since. Correct the entries behind it."
            ),
        )
        for number, value in ours.items()
        if value.comment != f"{mark}{value.value}"
    ]
    new = became.count("new")
    count = ImportCount(imported=new, ignored=len(sent.dataValues) - new)
    return 200, ImportSummary(
        status="WARNING" if conflicts else "SUCCESS", importCount=count, conflicts=conflicts
    )


def _mark() -> str:
    """How the comment of a value begins that was given out here."""
    return f"karnameh:{log_name()[:12]}:"


def _row_of(number: int, value: DataValue, whole: DataValueSet) -> Row:
    unit, period = value.orgUnit or whole.orgUnit or "", value.period or whole.period or ""
    stage = _STAGE_OF.get((value.attributeOptionCombo or "REPORTED").upper())
    row = Row(
        number, unit=unit, indicator=value.dataElement, stage=stage, note=value.comment or "",
        raw_note=value.comment or "", as_written=value.value, raw_as_written=value.value,
    )  # fmt: skip
    if stage is None:
        given = {"given": value.attributeOptionCombo or ""}
        row.problems.append(Problem("stage", "word_unknown", given))
    try:
        row.starts_on, row.ends_on = days_of(period)
        row.id = id_of_value("dhis2", value.dataElement, period, unit, str(stage), on=row.starts_on)
    except ValueError:
        row.problems.append(Problem("from", "date_unreadable", {"given": period[:20]}))
    try:
        row.quantity = Decimal(value.value)
    except InvalidOperation:
        row.quantity = value.value  # the sheets' own reader says what is wrong with it
    return row


@router.post(
    "/kobo",
    response={**NO, 200: ReceiptsOut, 422: RefusedItems},
    url_name="api_kobo",
    summary="A submission of Kobo or ODK, in",
    tags=["neighbours"],
    throttle=WRITING,
)
def send_submission(
    request: HttpRequest, sent: Annotated[dict[str, Any], Body()]
) -> tuple[int, ReceiptsOut | RefusedItems]:
    """Entries from one submission, as Kobo's REST service sends it.

    Questions are called like the columns of our sheets (`unit`, `indicator`, `quantity`, `date`, `stage`,
    `note` …, in English or Persian); a repeat makes one entry for each of its elements. Without a stage
    it is a report. The submission's `_uuid` makes it count once.
    """
    caller, instance = writer_of(request), instance_of(sent)
    if not instance:
        raise Refusal(_("A submission needs its _uuid, so that it counts once."), field="_uuid")
    rows = [_row_from(n, answers, instance) for n, answers in enumerate(answers_of(sent))]
    taken = take(caller, [row for row in rows if row is not None])
    if taken.refused:
        return 422, refusal_of(taken.refused)
    receipts = [
        ReceiptOut(id=row.id, verdict=taken.became[row.number], notes=said(taken.notes[row.number]))
        for row in rows
        if row is not None and row.id is not None
    ]
    return 200, ReceiptsOut(epoch=epoch(), receipts=receipts)


# A form asks for a code where a sheet has a column for the name beside it.
_CALLED = {"indicator": "indicator code"}


def _row_from(number: int, answers: Mapping[str, Any], instance: str) -> Row | None:
    filled = {"stage": "reported"} | {k: v for k, v in answers.items() if v not in (None, "")}
    names: Sequence[str] = list(filled)
    try:
        layout = layout_of([_CALLED.get(name, name) for name in names])
    except Unreadable as trouble:
        if trouble.code == "column_missing":
            raise Refusal(
                _("The answer to “%(given)s” is missing.") % {"given": trouble.given},
                field=trouble.given,
            ) from None
        words = file_sentence(trouble.code, trouble.given, "en")
        raise Refusal(words, field=trouble.given) from None
    row = read_row(number, [str(filled[name])[:500] for name in names], layout)
    if row is not None and row.id is None and row.starts_on is not None:
        row.id = id_of_value("kobo", instance, str(number), on=row.starts_on)
    return row
