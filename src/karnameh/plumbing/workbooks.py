"""Workbooks that we hand out to be filled in: the one file that writes with openpyxl.

A template is a sheet with headings, a page that says what each column wants, and a hidden page of lists to
choose from. Every text of ours or of the database is guarded against formulas.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import openpyxl
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from karnameh.plumbing.cells import Cell, guarded

LISTED = 5_000  # a longer list would weigh more than the sheet
_HEAD = PatternFill("solid", fgColor="DFF1EE")
Key = TypeVar("Key")


class Template:
    """A workbook under construction: `sheet` is filled in, the two other pages help."""

    def __init__(self, *, title: str, lists: str, instructions: str) -> None:
        self._book = openpyxl.Workbook()
        sheet = self._book.active
        assert isinstance(sheet, Worksheet)
        sheet.title = title
        self.sheet = sheet
        self._instructions = self._book.create_sheet(instructions)
        self._lists = self._book.create_sheet(lists)
        self._lists.sheet_state = "hidden"

    def offer(self, choices: Mapping[Key, tuple[str, Sequence[str]]]) -> dict[Key, str]:
        """Write the lists, each a heading and its texts; the address of each that is not empty."""
        addresses = {}
        for place, (key, (heading, texts)) in enumerate(choices.items(), 1):
            self._lists.cell(1, place, heading)
            for number, text in enumerate(texts, 2):
                self._lists.cell(number, place, guarded(text))
            letter = get_column_letter(place)
            if texts:
                addresses[key] = f"'{self._lists.title}'!${letter}$2:${letter}${len(texts) + 1}"
        return addresses

    def instruct(self, lines: Iterable[Sequence[str]], *, widths: Sequence[int]) -> None:
        """What each column wants: lines of cells, the first of each in bold."""
        for line in lines:
            self._instructions.append([guarded(text) for text in line])
        for place, width in enumerate(widths, 1):
            self._instructions.column_dimensions[get_column_letter(place)].width = width
        for row in self._instructions.iter_rows():
            for cell in row:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            row[0].font = Font(bold=True)

    def head(self, headings: Sequence[str], rows: Iterable[Sequence[Cell]] = ()) -> None:
        """Bold headings that stay in sight, and what stands beneath them already."""
        self.sheet.append(list(headings))
        for row in rows:
            self.sheet.append([guarded(cell) if isinstance(cell, str) else cell for cell in row])
        self.sheet.freeze_panes = "A2"
        for cell in self.sheet[1]:
            cell.font, cell.fill = Font(bold=True), _HEAD

    def wrap_headings(self) -> None:
        """Long headings take several lines."""
        for cell in self.sheet[1]:
            cell.alignment = Alignment(wrap_text=True, vertical="center")

    def column(
        self, place: int, *, width: int, hidden: bool = False, list_at: str = "", until: int = 0
    ) -> None:
        """The look of a column (from 1 on), and the list that it may be chosen from until a row."""
        letter = get_column_letter(place)
        self.sheet.column_dimensions[letter].width = width
        self.sheet.column_dimensions[letter].hidden = hidden
        if list_at:
            choice = DataValidation(
                "list", formula1=list_at, allow_blank=True, showErrorMessage=False
            )
            choice.add(f"{letter}2:{letter}{until}")
            self.sheet.add_data_validation(choice)

    def as_typed(self, place: int, rows: int) -> None:
        """In so many rows beneath the heading a day or a code stays as it was typed."""
        for number in range(2, rows + 2):
            self.sheet.cell(number, place).number_format = "@"

    def to_bytes(self, *, rtl: bool) -> bytes:
        """The file."""
        for one in self._book.worksheets:
            one.sheet_view.rightToLeft = rtl
        out = io.BytesIO()
        self._book.save(out)
        return out.getvalue()
