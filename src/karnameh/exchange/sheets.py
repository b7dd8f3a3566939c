"""Sheets that we hand out: blank templates, and an uploaded sheet with its column of sentences."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from karnameh.catalog.public import Indicator
from karnameh.exchange.rules.columns import (
    QUALIFIERS,
    STAGES,
    TEMPLATE,
    YES,
    Column,
    heading_text,
    in_language,
    layout_of,
)
from karnameh.exchange.rules.rows import Problem
from karnameh.exchange.sentences import sentence
from karnameh.exchange.sheet_writer import csv_bytes, xlsx_bytes
from karnameh.kernel.ids import new_id
from karnameh.org.public import OrgUnit, UnitKind
from karnameh.plumbing.cells import Cell, guarded, unguarded
from karnameh.plumbing.sheets import Line

BLANK_ROWS = 500
LISTED_UNITS = 5_000  # a longer list would weigh more than the sheet
_WIDTHS: Mapping[Column, int] = {
    Column.UNIT: 34, Column.UNIT_NAME: 24, Column.INDICATOR: 18, Column.INDICATOR_NAME: 40, Column.NOTE: 36,
    Column.MONEY: 20, Column.DIMENSIONS: 26, Column.FULFILS: 22, Column.VERIFIES: 22, Column.COVERS_ALL: 20,
    Column.AS_WRITTEN: 28, Column.ID: 38, Column.PROBLEMS: 80,
}  # fmt: skip
_HEAD = PatternFill("solid", fgColor="DFF1EE")


def widths_of(columns: Iterable[Column]) -> list[int]:
    """How wide each column is drawn."""
    return [_WIDTHS.get(column, 15) for column in columns]


# --- templates -------------------------------------------------------------------------------------


def blank_csv(unit: OrgUnit, *, language: str) -> Iterator[bytes]:
    """The template as CSV: heading, and rows that have nothing but their ids."""
    return csv_bytes([[heading_text(column, language) for column in TEMPLATE], *_blank_rows(unit)])


def _blank_rows(unit: OrgUnit) -> Iterator[list[Cell]]:
    """Rows with an id each; those of a unit with nothing beneath it know whose they are."""
    own: dict[Column, Cell] = {}
    if unit.kind == UnitKind.LOCAL:
        own = {Column.UNIT: unit.code, Column.UNIT_NAME: unit.name}
    for _number in range(BLANK_ROWS):
        yield [str(new_id()) if column is Column.ID else own.get(column) for column in TEMPLATE]


def blank_workbook(
    unit: OrgUnit, indicators: Sequence[Indicator], units: Sequence[OrgUnit], *, language: str
) -> bytes:
    """The template as a workbook: sheet to fill in, instructions, and the lists to choose from.

    The ids are made here, so that sending the filled file twice posts nothing twice.
    """
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _("Entries")
    lists = _lists(book.create_sheet(_("Lists")), indicators, units, language)
    _instructions(book.create_sheet(_("How to fill in"), 1), unit, indicators, language)
    sheet.append([heading_text(column, language) for column in TEMPLATE])
    for row in _blank_rows(unit):
        sheet.append([guarded(cell) if isinstance(cell, str) else cell for cell in row])
    _dress(sheet)
    for place, (column, width) in enumerate(zip(TEMPLATE, widths_of(TEMPLATE), strict=True), 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = column is Column.ID
        if column is not Column.QUANTITY:
            for cell in sheet[letter][1:]:
                cell.number_format = "@"  # a date or code that is typed stays as it was typed
        if column in lists:
            choice = DataValidation(
                "list", formula1=lists[column], allow_blank=True, showErrorMessage=False
            )
            choice.add(f"{letter}2:{letter}100001")
            sheet.add_data_validation(choice)
    for one in book.worksheets:
        one.sheet_view.rightToLeft = language != "en"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lists(
    sheet: Worksheet, indicators: Sequence[Indicator], units: Sequence[OrgUnit], language: str
) -> dict[Column, str]:
    """Write the lists; the address of each for the column that chooses from it."""
    sheet.sheet_state = "hidden"
    lists = {
        Column.UNIT: [f"{one.code} — {one.name}" for one in units],
        Column.INDICATOR: [one.code for one in indicators],
        Column.INDICATOR_NAME: [one.name for one in indicators],
        Column.STAGE: [in_language(words, language) for words in STAGES.values()],
        Column.QUALIFIER: [in_language(words, language) for words in QUALIFIERS.values()],
        Column.COVERS_ALL: [in_language(words, language) for words in YES.values()],
    }
    addresses = {}
    for place, (column, choices) in enumerate(lists.items(), 1):
        sheet.cell(1, place, heading_text(column, language))
        for number, choice in enumerate(choices, 2):
            sheet.cell(number, place, guarded(choice))
        letter = get_column_letter(place)
        if choices:
            addresses[column] = f"'{sheet.title}'!${letter}$2:${letter}${len(choices) + 1}"
    return addresses


def _instructions(
    sheet: Worksheet, unit: OrgUnit, indicators: Sequence[Indicator], language: str
) -> None:
    """What each column wants, and what each indicator counts."""
    advice: list[tuple[Column | None, str]] = [
        (None, _("One row is one quantity that a unit promised, reported or verified.")),
        (
            None,
            _("Leave the hidden column of ids: with it a file sent twice counts nothing twice."),
        ),
        (Column.UNIT, _("The unit whose work it is. Choose it, or write its code.")),
        (
            Column.INDICATOR_NAME,
            _("What is counted. Choose it, or write its code in the column beside."),
        ),
        (
            Column.STAGE,
            _("Promised, reported or verified. A verified quantity needs the report's id."),
        ),
        (
            Column.QUANTITY,
            _("In digits or in words. If it is not known, choose “unknown” beside it."),
        ),
        (Column.MONEY, _("In rial. To write toman, write the word after the number.")),
        (Column.FROM, _("For example 1405/08/29. One day is enough; a period has a second day.")),
        (Column.DIMENSIONS, _("For example “sex=women”; several with a semicolon between them.")),
        (
            Column.COVERS_ALL,
            _("“Yes” for a figure about everybody beneath; it is not added to theirs."),
        ),
    ]
    lines: list[tuple[str, ...]] = [
        (_("How to fill in"), unit.name),
        *((heading_text(column, language) if column else "", said) for column, said in advice),
        ("",),
        (_("Indicator"), _("What it counts"), _("Unit of measure")),
        *((one.name, one.definition, one.measure.symbol) for one in indicators),
    ]
    for line in lines:
        sheet.append([guarded(text) for text in line])
    for letter, width in (("A", 34), ("B", 100), ("C", 18)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        row[0].font = Font(bold=True)


def _dress(sheet: Worksheet) -> None:
    """A bold heading that stays in sight."""
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")


# --- errors given back -----------------------------------------------------------------------------


def write_with_errors(
    file: Path,
    lines: Iterable[Line],
    problems: Mapping[int, Sequence[Problem]],
    *,
    kind: str,
    language: str,
) -> None:
    """The sheet as it was sent, every cell with its value, and a last column that says what to mend."""
    write = csv_bytes if kind == "csv" else xlsx_bytes(rtl=language != "en")
    with file.open("wb") as out:
        for piece in write(_with_sentences(lines, problems, language)):
            out.write(piece)


def _with_sentences(
    lines: Iterable[Line], problems: Mapping[int, Sequence[Problem]], language: str
) -> Iterator[list[Cell]]:
    written, own, width = 0, None, 0
    for number, cells in lines:
        if not written:
            own, width = layout_of(cells).positions.get(Column.PROBLEMS), len(cells)
        for _gap in range(number - written - 1):
            yield []  # rows keep their numbers: sentences name them
        filled = [unguarded(cell) if isinstance(cell, str) else cell for cell in cells]
        filled += [None] * (width - len(filled))
        if own is not None:
            del filled[own]  # the sentences of the time before
        said = "\n".join(sentence(one.code, one.given) for one in problems.get(number, ()))
        yield (
            [*filled, said or None]
            if written
            else [*filled, heading_text(Column.PROBLEMS, language)]
        )
        written = number
