"""Sheets that we hand out: blank templates, and an uploaded sheet with its column of sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

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
from karnameh.plumbing.cells import Cell, unguarded
from karnameh.plumbing.sheets import Line
from karnameh.plumbing.workbooks import Template

BLANK_ROWS = 500
_WIDTHS: Mapping[Column, int] = {
    Column.UNIT: 34, Column.UNIT_NAME: 24, Column.INDICATOR: 18, Column.INDICATOR_NAME: 40, Column.NOTE: 36,
    Column.MONEY: 20, Column.DIMENSIONS: 26, Column.FULFILS: 22, Column.VERIFIES: 22, Column.COVERS_ALL: 20,
    Column.AS_WRITTEN: 28, Column.ID: 38, Column.PROBLEMS: 80,
}  # fmt: skip


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
    book = Template(title=_("Entries"), lists=_("Lists"), instructions=_("How to fill in"))
    choices = _choices(indicators, units, language)
    lists = book.offer({key: (heading_text(key, language), said) for key, said in choices.items()})
    book.instruct(_instructions(unit, indicators, language), widths=(34, 100, 18))
    book.head([heading_text(column, language) for column in TEMPLATE], _blank_rows(unit))
    for place, (column, width) in enumerate(zip(TEMPLATE, widths_of(TEMPLATE), strict=True), 1):
        book.column(
            place, width=width, hidden=column is Column.ID, list_at=lists.get(column, ""), until=100_001,
        )  # fmt: skip
        if column is not Column.QUANTITY:
            book.as_typed(place, BLANK_ROWS)
    return book.to_bytes(rtl=language != "en")


def _choices(
    indicators: Sequence[Indicator], units: Sequence[OrgUnit], language: str
) -> Mapping[Column, list[str]]:
    """What can be chosen in each column."""
    return {
        Column.UNIT: [f"{one.code} — {one.name}" for one in units],
        Column.INDICATOR: [one.code for one in indicators],
        Column.INDICATOR_NAME: [one.name for one in indicators],
        Column.STAGE: [in_language(words, language) for words in STAGES.values()],
        Column.QUALIFIER: [in_language(words, language) for words in QUALIFIERS.values()],
        Column.COVERS_ALL: [in_language(words, language) for words in YES.values()],
    }


def _instructions(
    unit: OrgUnit, indicators: Sequence[Indicator], language: str
) -> list[tuple[str, ...]]:
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
    return [
        (_("How to fill in"), unit.name),
        *((heading_text(column, language) if column else "", said) for column, said in advice),
        ("",),
        (_("Indicator"), _("What it counts"), _("Unit of measure")),
        *((one.name, one.definition, one.measure.symbol) for one in indicators),
    ]


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
