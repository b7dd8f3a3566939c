"""The columns of a sheet of proposals, by their words in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from karnameh.kernel.text import compact_form
from karnameh.plumbing.cells import Cell, Unreadable, text_of

BETWEEN = " — "  # a code and the name beside it, as the lists of the template have them
MOST_ROWS = 500  # a county's proposals; more are sent in parts


@dataclass(frozen=True)
class Heading:
    """How a column is called; the first word of each language is the one that we write."""

    fa: str
    en: str
    others: tuple[str, ...] = ()
    example: str = ""


HEADINGS: Mapping[str, Heading] = {
    "unit": Heading("کد واحد", "Unit code", ("واحد", "unit"), "170101-0001"),
    "name": Heading("نام برنامه", "Name", ("نام", "برنامه", "عنوان"), "ویزیت رایگان دندان‌پزشکی"),
    "kind": Heading("نوع", "Kind", (), "درمانگاه"),
    "theme": Heading("موضوع", "Theme", (), "امداد، سلامت و آمادگی"),
    "tier": Heading("سطح", "Level", (), "محلی"),
    "profession": Heading("قشر", "Profession"),
    "place": Heading("کد جا", "Place code", ("جا", "place")),
    "from": Heading("از روز", "From", ("از",), "1405/08/29"),
    "to": Heading("تا روز", "To", ("تا",), "1405/09/05"),
    "wish_1": Heading("روز دلخواه نخست", "First wish", ("روز دلخواه", "روز"), "1405/08/30"),
    "wish_2": Heading("روز دلخواه دوم", "Second wish"),
    "venue": Heading("کد محل", "Venue code", ("محل", "سالن")),
    "audiences": Heading("برای چه کسانی", "For whom", ("مخاطب", "مخاطبان"), "زنان و دختران ۶۰٪؛ کودکان"),
    "attendance": Heading("شمار شرکت‌کنندگان", "People expected", ("شرکت‌کننده",), "۸۰"),
    "participation": Heading("همراهی مردم", "How people take part", (), "برای همه آزاد است"),
    "indicator": Heading("شاخص", "Indicator", ("نتیجه",), "medical-visits"),
    "quantity": Heading("مقدار", "Quantity", (), "۶۰"),
    "needs": Heading("نیازها", "What it needs", ("وسایل",), "گروه: ۱ گروه پزشکی؛ ۲ میز"),
    "budget": Heading("بودجه", "Budget", ("هزینه",), "۲۰ میلیون تومان"),
    "description": Heading("توضیح", "Description", ("شرح",)),
}  # fmt: skip
NEEDED = ("unit", "name", "theme")

_KNOWN = {
    compact_form(word): field
    for field, one in HEADINGS.items()
    for word in (one.fa, one.en, *one.others)
}


def heading_of(field: str, language: str) -> str:
    """How a column is called in a language."""
    return HEADINGS[field].en if language == "en" else HEADINGS[field].fa


def layout_of(header: Sequence[Cell]) -> dict[str, int]:
    """Where each column stands. Raises `Unreadable` when a needed one is missing or one stands twice."""
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        field = _KNOWN.get(compact_form(text_of(cell)))
        if field is None:
            continue
        if field in found:
            raise Unreadable("column_twice", text_of(cell))
        found[field] = place
    for field in NEEDED:
        if field not in found:
            raise Unreadable("column_missing", field)
    return found


@dataclass(frozen=True)
class Row:
    """One row of a sheet: its number there, and what stands in each known column."""

    number: int
    cells: Mapping[str, Cell]

    def text(self, field: str) -> str:
        """A cell as text that may be kept."""
        return text_of(self.cells.get(field))


def pieces_of(text: str) -> list[str]:
    """The parts of a cell that lists several things, whatever they are separated by."""
    for mark in ("؛", "\n", "|"):
        text = text.replace(mark, ";")
    return [piece.strip() for piece in text.split(";") if piece.strip()]
