"""The columns of a sheet of entries, and the words in them, in both languages.

A heading or a word is recognised in its normal form, so spelling, half-spaces, brackets and the
order of columns do not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from karnameh.kernel.text import compact_form
from karnameh.ledger.rules import Kind, Qualifier, Role, Stage
from karnameh.plumbing.cells import Cell, Unreadable, text_of

Word = TypeVar("Word")


class Column(StrEnum):
    """What a column holds."""

    UNIT = "unit"
    UNIT_NAME = "unit_name"
    INDICATOR = "indicator"
    INDICATOR_NAME = "indicator_name"
    STAGE = "stage"
    QUANTITY = "quantity"
    QUALIFIER = "qualifier"
    MONEY = "money"
    FROM = "from"
    TO = "to"
    PLACE = "place"
    ACTIVITY = "activity"
    DIMENSIONS = "dimensions"
    COVERS_ALL = "covers_all"
    FULFILS = "fulfils"
    VERIFIES = "verifies"
    NOTE = "note"
    ROLE = "role"
    ITEM = "item"
    PART_OF = "part_of"
    KIND = "kind"
    CORRECTS = "corrects"
    AS_WRITTEN = "as_written"
    ID = "id"
    PROBLEMS = "problems"  # our own last column: ignored when the file comes back


@dataclass(frozen=True)
class Heading:
    """A column's name in Persian and English, and what else people call it."""

    fa: str
    en: str
    others: tuple[str, ...] = ()


HEADINGS: Mapping[Column, Heading] = {
    Column.UNIT: Heading("کد واحد", "Unit code", ("واحد", "unit")),
    Column.UNIT_NAME: Heading("نام واحد", "Unit name"),
    Column.INDICATOR: Heading("کد شاخص", "Indicator code"),
    Column.INDICATOR_NAME: Heading("شاخص", "Indicator", ("نام شاخص", "indicator name")),
    Column.STAGE: Heading("مرحله", "Stage"),
    Column.QUANTITY: Heading("مقدار", "Quantity", ("تعداد", "number", "amount of things")),
    Column.QUALIFIER: Heading("دقت مقدار", "How sure", ("قید", "قید مقدار", "qualifier")),
    Column.MONEY: Heading("مبلغ (ریال)", "Money (rial)"),
    Column.FROM: Heading("از تاریخ", "From date", ("تاریخ", "date", "from")),
    Column.TO: Heading("تا تاریخ", "To date", ("to",)),
    Column.PLACE: Heading("کد محل", "Place code", ("محل", "place")),
    Column.ACTIVITY: Heading("کد برنامه", "Activity code", ("برنامه", "activity")),
    Column.DIMENSIONS: Heading("تفکیک", "Breakdown", ("dimensions",)),
    Column.COVERS_ALL: Heading("گفته دربارهٔ همهٔ زیرمجموعه", "Stated for everybody beneath"),
    Column.FULFILS: Heading("انجام وعدهٔ (شناسه)", "Fulfils promise (id)", ("fulfils",)),
    Column.VERIFIES: Heading("بازبینی گزارش (شناسه)", "Verifies report (id)", ("verifies",)),
    Column.NOTE: Heading("یادداشت", "Note", ("توضیح", "توضیحات")),
    Column.ROLE: Heading("نقش در کار مشترک", "Part in joint work", ("role",)),
    Column.ITEM: Heading("کد کالا", "Item code", ("item",)),
    Column.PART_OF: Heading("جزئی از (شناسه)", "Part of (id)", ("part of",)),
    Column.KIND: Heading("نوع ثبت", "Kind of entry", ("kind",)),
    Column.CORRECTS: Heading("به جای (شناسه)", "In place of (id)", ("corrects",)),
    Column.AS_WRITTEN: Heading("آن‌گونه که نوشته شد", "As written"),
    Column.ID: Heading("شناسه", "Id", ("شناسهٔ ردیف",)),
    Column.PROBLEMS: Heading("چه باید درست شود", "What to mend"),
}
# The amount column may name its currency; without one every cell must.
_MONEY: Mapping[str, str | None] = {
    "مبلغ (ریال)": "rial", "مبلغ به ریال": "rial", "Money (rial)": "rial", "rial": "rial", "ریال": "rial",
    "مبلغ (تومان)": "toman", "مبلغ به تومان": "toman", "Money (toman)": "toman", "toman": "toman",
    "تومان": "toman", "مبلغ": None, "money": None,
}  # fmt: skip

# What a person fills in, in this order; the id stands last and hidden.
TEMPLATE: tuple[Column, ...] = (
    Column.UNIT, Column.UNIT_NAME, Column.INDICATOR, Column.INDICATOR_NAME, Column.STAGE, Column.QUANTITY,
    Column.QUALIFIER, Column.MONEY, Column.FROM, Column.TO, Column.PLACE, Column.ACTIVITY, Column.DIMENSIONS,
    Column.COVERS_ALL, Column.FULFILS, Column.VERIFIES, Column.NOTE, Column.ID,
)  # fmt: skip
# An export adds everything else that an entry holds, so that it comes back exactly as it left.
EXPORT: tuple[Column, ...] = (
    *TEMPLATE[:-1], Column.ROLE, Column.ITEM, Column.PART_OF, Column.KIND, Column.CORRECTS, Column.AS_WRITTEN,
    Column.ID,
)  # fmt: skip
# What a page shows of a row.
SHOWN: tuple[Column, ...] = (
    Column.UNIT, Column.UNIT_NAME, Column.INDICATOR, Column.INDICATOR_NAME, Column.STAGE, Column.QUANTITY,
    Column.MONEY, Column.FROM,
)  # fmt: skip
# Each of these groups must be there by at least one of its columns.
_NEEDED: tuple[tuple[Column, ...], ...] = (
    (Column.UNIT,),
    (Column.INDICATOR, Column.INDICATOR_NAME),
    (Column.STAGE,),
    (Column.QUANTITY, Column.MONEY),
    (Column.FROM, Column.TO),
)

# The first word of each language is the one that we write.
STAGES: Mapping[Stage, tuple[str, ...]] = {
    Stage.PLEDGED: ("وعده", "promised", "وعده‌شده", "تعهد", "pledged", "promise"),
    Stage.REPORTED: ("گزارش", "reported", "گزارش‌شده", "انجام‌شده", "report"),
    Stage.VERIFIED: ("تأیید", "verified", "تأییدشده", "بازبینی", "بازبینی‌شده"),
}
QUALIFIERS: Mapping[Qualifier, tuple[str, ...]] = {
    Qualifier.EXACT: ("دقیق", "exactly", "دقیقاً", "exact"),
    Qualifier.AT_LEAST: ("بیش از", "more than", "دست‌کم", "حداقل", "at least", "at_least"),
    Qualifier.ABOUT: ("حدود", "about", "نزدیک به", "تقریباً"),
    Qualifier.AT_MOST: ("حداکثر", "at most", "کمتر از", "at_most"),
    Qualifier.UNKNOWN: ("نامعلوم", "unknown", "نامشخص"),
}
ROLES: Mapping[Role, tuple[str, ...]] = {
    Role.LEAD: ("مجری اصلی", "lead"),
    Role.PARTNER: ("همکار", "partner"),
    Role.INSTALLER: ("نصاب", "installer"),
    Role.FUNDER: ("تأمین‌کنندهٔ هزینه", "funder"),
    Role.OWNER: ("مالک", "owner"),
}
KINDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ORIGINAL: ("ثبت", "original"),
    Kind.REVERSAL: ("برگشت", "reversal"),
    Kind.ADJUSTMENT: ("تعدیل", "adjustment"),
}
YES: Mapping[bool, tuple[str, ...]] = {
    True: ("بله", "yes", "true", "1", "بلی", "آری"),
    False: ("خیر", "no", "false", "0", "نه"),
}


def in_language(words: Sequence[str], language: str) -> str:
    """The word that we write, out of all that we read."""
    return words[1] if language == "en" else words[0]


def heading_text(column: Column, language: str) -> str:
    """The heading that we write."""
    return HEADINGS[column].en if language == "en" else HEADINGS[column].fa


def _index(words: Iterable[tuple[Word, Iterable[str]]]) -> dict[str, Word]:
    return {compact_form(word): meaning for meaning, group in words for word in group}


_HEADINGS = _index((column, (one.fa, one.en, *one.others)) for column, one in HEADINGS.items())
_CURRENCIES = {compact_form(words): currency for words, currency in _MONEY.items()}
STAGE_OF: dict[str, Stage] = _index(STAGES.items())
QUALIFIER_OF: dict[str, Qualifier] = _index(QUALIFIERS.items())
ROLE_OF: dict[str, Role] = _index(ROLES.items())
KIND_OF: dict[str, Kind] = _index(KINDS.items())
YES_OF: dict[str, bool] = _index(YES.items())


@dataclass(frozen=True)
class Layout:
    """Where each column stands in one file, and the currency that the amount column names."""

    positions: Mapping[Column, int]
    currency: str | None

    def __contains__(self, column: Column) -> bool:
        return column in self.positions


def layout_of(header: Sequence[Cell]) -> Layout:
    """Recognise the headings. Raises `Unreadable` when a needed one is missing or one stands twice."""
    positions: dict[Column, int] = {}
    currency: str | None = None
    for place, cell in enumerate(header):
        said = compact_form(text_of(cell))
        column = Column.MONEY if said in _CURRENCIES else _HEADINGS.get(said)
        if column is None:
            continue
        if column in positions:
            raise Unreadable("column_twice", text_of(cell))
        positions[column] = place
        if column is Column.MONEY:
            currency = _CURRENCIES[said]
    for group in _NEEDED:
        if not any(column in positions for column in group):
            raise Unreadable("column_missing", group[0].value)
    return Layout(positions, currency)
