"""One row: its cells read into plain values, and every doubt about them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from uuid import UUID

from karnameh.exchange.rules.columns import (
    KIND_OF,
    QUALIFIER_OF,
    QUALIFIERS,
    ROLE_OF,
    SHOWN,
    STAGE_OF,
    YES_OF,
    Column,
    Layout,
)
from karnameh.kernel.digits import to_latin
from karnameh.kernel.jalali import parse_date
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.money import RIALS_PER_TOMAN, Money
from karnameh.kernel.quantity import LARGEST, parse_quantity
from karnameh.kernel.text import clean, compact_form
from karnameh.ledger.rules import Kind as Kind
from karnameh.ledger.rules import NewEntry, Role, digest
from karnameh.ledger.rules import Qualifier as Qualifier
from karnameh.ledger.rules import Stage as Stage
from karnameh.plumbing.cells import Cell, raw_text, text_of

Value = TypeVar("Value")

FINEST = 3  # decimal places that the ledger can hold
NOTE_LENGTH, AS_WRITTEN_LENGTH = 500, 200
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEPARATORS = re.compile(r"[؛;،,\n]")
_PLAIN = re.compile(r"[-−]?[0-9٬,. 'E+]*")
# Longest first: «بیش از» before any shorter word that begins alike.
_PREFIXES = sorted(
    ((word, meaning) for meaning, words in QUALIFIERS.items() for word in words),
    key=lambda one: -len(one[0]),
)
_NO_ID = UUID(int=0)
_TEN_YEARS = timedelta(days=3653)
# Cells that are filled in before a person begins: a row with no other cell is a blank one.
_PREPARED = frozenset({Column.UNIT, Column.UNIT_NAME, Column.ID, Column.PROBLEMS})


@dataclass(frozen=True, slots=True)
class Problem:
    """A doubt about one cell: `code` names the sentence. A warning does not hinder posting."""

    column: str
    code: str
    given: Mapping[str, str] = field(default_factory=dict)
    warning: bool = False


@dataclass(slots=True)
class Row:
    """What one row says, before anything is looked up."""

    number: int
    unit: str = ""
    unit_name: str = ""
    indicator: str = ""
    indicator_name: str = ""
    stage: Stage | None = None
    quantity: Cell = None
    qualifier: Qualifier = Qualifier.EXACT
    money: Cell = None
    starts_on: date | None = None
    ends_on: date | None = None
    place: str = ""
    activity: str = ""
    dimensions: str = ""
    covers_all: bool = False
    role: Role = Role.LEAD
    item: str = ""
    part_of: UUID | None = None
    fulfils: UUID | None = None
    verifies: UUID | None = None
    corrects: UUID | None = None
    kind: Kind = Kind.ORIGINAL
    as_written: str = ""
    note: str = ""
    raw_note: str = ""
    raw_as_written: str = ""
    id: UUID | None = None
    shown: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def read_row(number: int, cells: Sequence[Cell], layout: Layout) -> Row | None:
    """Read a row; None when nobody has written anything into it."""
    at = {
        column: cells[place]
        for column, place in layout.positions.items()
        if place < len(cells) and cells[place] not in (None, "")
    }
    if at.keys() <= _PREPARED:
        return None
    row = Row(number)
    row.shown = tuple(text_of(at.get(column))[:80] for column in SHOWN)
    row.unit = to_latin(text_of(at.get(Column.UNIT)).partition("—")[0].strip())
    row.unit_name = text_of(at.get(Column.UNIT_NAME))
    row.indicator = to_latin(text_of(at.get(Column.INDICATOR)))
    row.indicator_name = text_of(at.get(Column.INDICATOR_NAME))
    row.stage = _word(row, Column.STAGE, at, STAGE_OF, None)
    row.qualifier = _word(row, Column.QUALIFIER, at, QUALIFIER_OF, Qualifier.EXACT)
    row.role = _word(row, Column.ROLE, at, ROLE_OF, Role.LEAD)
    row.kind = _word(row, Column.KIND, at, KIND_OF, Kind.ORIGINAL)
    row.covers_all = _word(row, Column.COVERS_ALL, at, YES_OF, False)
    row.quantity, row.money = at.get(Column.QUANTITY), at.get(Column.MONEY)
    row.place = to_latin(text_of(at.get(Column.PLACE)))
    row.activity = to_latin(text_of(at.get(Column.ACTIVITY)))
    row.item = text_of(at.get(Column.ITEM))
    row.dimensions = text_of(at.get(Column.DIMENSIONS))
    _read_dates(row, at)
    for column in _LINKS:
        if column in at:
            setattr(row, column.value, _identifier(row, column, at[column]))
    _read_words(row, at, layout)
    if row.stage is None and Column.STAGE not in at:
        row.problems.append(Problem(Column.STAGE, "stage_missing"))
    return row


_LINKS = (Column.PART_OF, Column.FULFILS, Column.VERIFIES, Column.CORRECTS, Column.ID)


def _word(
    row: Row,
    column: Column,
    at: Mapping[Column, Cell],
    words: Mapping[str, Value],
    otherwise: Value | None,
) -> Value:
    if column not in at:
        return otherwise  # type: ignore[return-value]
    said = text_of(at[column])
    found = words.get(_compact(said))
    if found is None:
        row.problems.append(Problem(column, "word_unknown", {"given": said[:60]}))
        return otherwise  # type: ignore[return-value]
    return found


@lru_cache(maxsize=4_096)
def _compact(text: str) -> str:
    return compact_form(text)


def _read_dates(row: Row, at: Mapping[Column, Cell]) -> None:
    start, end = _day(row, Column.FROM, at), _day(row, Column.TO, at)
    if Column.FROM not in at and Column.TO not in at:
        row.problems.append(Problem(Column.FROM, "date_missing"))
    row.starts_on = start if start is not None or Column.FROM in at else end
    row.ends_on = end if end is not None or Column.TO in at else start
    if row.starts_on and row.ends_on and row.starts_on > row.ends_on:
        row.problems.append(Problem(Column.TO, "period_reversed"))
        row.ends_on = None


def _day(row: Row, column: Column, at: Mapping[Column, Cell]) -> date | None:
    cell = at.get(column)
    if isinstance(cell, date) or cell is None:
        return cell
    return attempt(row, column, _parsed_day, text_of(cell))


@lru_cache(maxsize=4_096)
def _parsed_day(text: str) -> date:
    return parse_date(text)


def _identifier(row: Row, column: Column, cell: Cell) -> UUID | None:
    said = to_latin(text_of(cell)).casefold()
    if _UUID.fullmatch(said):
        return UUID(said)
    row.problems.append(Problem(column, "id_unreadable", {"given": said[:60]}))
    return None


def _read_words(row: Row, at: Mapping[Column, Cell], layout: Layout) -> None:
    """Note and original wording. Without a column for it, what was not typed as a number is kept."""
    row.raw_note = raw_text(at.get(Column.NOTE))
    row.note = text_of(at.get(Column.NOTE))
    if len(row.note) > NOTE_LENGTH:
        row.problems.append(Problem(Column.NOTE, "text_too_long", {"limit": str(NOTE_LENGTH)}))
    if Column.AS_WRITTEN in layout:
        row.raw_as_written = raw_text(at.get(Column.AS_WRITTEN))
        row.as_written = text_of(at.get(Column.AS_WRITTEN))[:AS_WRITTEN_LENGTH]
        return
    said = [text_of(row.money), text_of(row.quantity)]
    worded = [text for text in said if text and not _PLAIN.fullmatch(to_latin(text))]
    row.as_written = row.raw_as_written = " · ".join(worded)[:AS_WRITTEN_LENGTH]


def attempt(
    row: Row, column: str, read: Callable[..., Value], *given: object, **more: object
) -> Value | None:
    """`read(...)`, or a problem of this row when the kernel cannot read it."""
    try:
        return read(*given, **more)
    except Malformed as trouble:
        said = {"given": trouble.given[:60], **trouble.params}
        row.problems.append(Problem(column, trouble.code, said))
        return None


@dataclass(frozen=True)
class Counted:
    """What the indicator says about its quantities."""

    decimals: int
    money: bool
    symbols: tuple[str, ...]


def read_amounts(
    row: Row, counted: Counted, currency: str | None
) -> tuple[Decimal | None, int | None]:
    """Quantity and whole rials. Doubts are added to the row; the values stay, to be compared."""
    rial = None if row.money is None else attempt(row, Column.MONEY, _rial, row.money, currency)
    quantity = None
    if row.quantity is not None:
        read = _amount if counted.money else _quantity
        quantity = attempt(row, Column.QUANTITY, read, row, counted)
        if counted.money and quantity is not None:
            rial = _agreed(row, quantity, rial)
    elif counted.money and rial is not None:
        quantity = Decimal(rial)
    elif row.qualifier is not Qualifier.UNKNOWN:
        row.problems.append(Problem(Column.QUANTITY, "quantity_missing"))
    if quantity is not None and row.qualifier is Qualifier.UNKNOWN:
        row.problems.append(Problem(Column.QUALIFIER, "unknown_with_quantity"))
    if row.kind is Kind.ORIGINAL and ((quantity or 0) < 0 or (rial or 0) < 0):
        row.problems.append(Problem(Column.QUANTITY, "entry_original_is_not_negative"))
    return quantity, rial


def _rial(cell: Cell, currency: str | None) -> int:
    if isinstance(cell, Decimal):
        if currency is None:
            raise Malformed("money_without_currency", text_of(cell))
        rial = cell * (RIALS_PER_TOMAN if currency == "toman" else 1)
        if rial != rial.to_integral_value():
            raise Malformed("money_not_whole", text_of(cell))
        return Money(int(rial), text_of(cell)).rial
    return Money.parse(text_of(cell), currency=currency).rial


def _quantity(row: Row, counted: Counted) -> Decimal:
    cell = row.quantity
    quantity = _typed(cell) if isinstance(cell, Decimal) else _written(row, counted, text_of(cell))
    if quantity != round(quantity, counted.decimals):
        # The value stays: the ledger may have it, from a time before the rule.
        given = {"given": text_of(cell)[:60], "decimals": str(counted.decimals)}
        row.problems.append(Problem(Column.QUANTITY, "quantity_too_fine", given))
    return quantity


def _written(row: Row, counted: Counted, said: str) -> Decimal:
    """A quantity in words or digits, after its qualifier and before its unit, if they are there."""
    for word, meaning in _PREFIXES:
        if said.startswith(word) and meaning is not Qualifier.UNKNOWN:
            row.qualifier, said = meaning, said[len(word) :].strip()
            break
    for symbol in counted.symbols:
        if symbol and said.endswith(symbol):
            said = said[: -len(symbol)].strip()
            break
    return _parsed_quantity(said)


@lru_cache(maxsize=16_384)
def _parsed_quantity(text: str) -> Decimal:
    return parse_quantity(text, decimals=FINEST)


def _typed(number: Decimal) -> Decimal:
    """A number that was typed as one: nothing is ambiguous about it, but it may be impossible."""
    if abs(number) > LARGEST:
        raise Malformed("quantity_too_large", format(number, "f"))
    if number != round(number, FINEST):
        raise Malformed("quantity_too_fine", format(number, "f"), decimals=str(FINEST))
    return number


def _amount(row: Row, counted: Counted) -> Decimal:
    """The quantity of an indicator that counts money: an amount, with or without its currency."""
    said = text_of(row.quantity)
    if isinstance(row.quantity, str) and _names_a_currency(said):
        return Decimal(Money.parse(said).rial)
    return _quantity(row, counted)


def _agreed(row: Row, quantity: Decimal, rial: int | None) -> int | None:
    """The rials of such an indicator. Its quantity alone may be toman as well as rial."""
    said = text_of(row.quantity)
    if rial is None and _names_a_currency(said):
        return int(quantity)
    if rial is None:
        row.problems.append(
            Problem(Column.QUANTITY, "money_without_currency", {"given": said[:60]})
        )
    elif quantity != rial:
        row.problems.append(Problem(Column.MONEY, "amounts_disagree"))
    return rial


def _names_a_currency(text: str) -> bool:
    return bool(re.search(r"(تومان|تومن|ریال|tomans?|rials?|irr)$", text.casefold()))


def dimension_pairs(text: str) -> list[tuple[str, str]] | None:
    """`«جنسیت=زنان؛ سن=زیر ۱۸ سال»` as pairs in compact form; None when it is not written so."""
    pairs = []
    for part in _SEPARATORS.split(text):
        if not part.strip():
            continue
        dimension, mark, option = part.replace(":", "=").partition("=")
        if not mark or not dimension.strip() or not option.strip():
            return None
        pairs.append((compact_form(dimension), compact_form(option)))
    return pairs


def content_of(entry: NewEntry) -> bytes:
    """What an entry says, whatever its id."""
    return digest(replace(entry, id=_NO_ID))


def derived_id(content: bytes, occurrence: int, on: date) -> UUID:
    """The id of a row that has none: the same row makes the same id, in whichever file it comes.

    A UUIDv7 (RFC 9562) whose time lies ten years before the row's day, so that it is never ahead of
    the clock, and whose other 74 bits are a hash of the content and of how many like it came before.
    """
    noise = int.from_bytes(
        hashlib.sha256(content + occurrence.to_bytes(4, "big")).digest()[:10], "big"
    )
    moment = datetime(on.year, on.month, on.day, tzinfo=UTC) - _TEN_YEARS
    stamp = int(moment.timestamp() * 1000) & ((1 << 48) - 1)
    upper = (stamp << 16) | 0x7000 | (noise & 0xFFF)
    lower = (0b10 << 62) | ((noise >> 12) & ((1 << 62) - 1))
    return UUID(int=(upper << 64) | lower)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger has under an id: the digest of what was sent, and what it made of it."""

    digest: bytes
    place: int
    fulfils: UUID | None
    taken_back: bool


def same_content(entry: NewEntry, row: Row, kept: Kept, *, place: int) -> bool:
    """Whether the ledger's entry of this id says what the row says; `place` is where it happened.

    A sheet names the place and the promise that the ledger has added to what was sent, and texts that
    came in on other ways may hold what we would clean away: neither is another content.
    """
    if kept.place != place:
        return False
    links = {entry.fulfils, None if entry.fulfils == kept.fulfils else entry.fulfils}
    texts = {(entry.note, entry.as_written), (row.raw_note, row.raw_as_written)}
    return any(
        digest(replace(entry, place=where, fulfils=link, note=note, as_written=written))
        == kept.digest
        for where in (place, None)
        for link in links
        for note, written in texts
    )


def worst(problems: Iterable[Problem]) -> str:
    """`error`, `warning` or `new`: what a row with these problems is."""
    kinds = {one.warning for one in problems}
    return "error" if False in kinds else "warning" if kinds else "new"


def clean_file_name(name: str) -> str:
    """The last part of a file's name as it may be kept and shown."""
    return clean(re.split(r"[/\\]", name)[-1])[-120:] or "—"
