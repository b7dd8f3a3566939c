"""The protocol on plain values: what a phone sends, what it gets back, and what its clock is worth.

A batch is JSON: `{"v": 1, "epoch": 3, "sent": ms, "items": [item, …]}`. An item is
`{"id": UUIDv7, "kind": …, "made": ms, "hash": hex, "body": "{…}"}`. Its body travels as the very text
that was hashed, so both sides never have to agree how JSON is written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

VERSIONS = (
    1,
    2,
)  # what is still understood; a phone that slept through releases must still deliver
MOST_ITEMS = 200  # of one batch
MOST_BYTES = 400_000  # of one batch
MOST_BODY = 6_000  # characters of one item
CHUNK = 64 * 1024  # bytes of a file in one request
PHOTO, VOICE = 12_000_000, 1_500_000  # bytes of one file as it is sent
MOST_FILES = 4  # of one entry
MOST_MENDED = 20  # items that one item replaces: each was asked about or refused before
MOST_HEADS = 2000  # of one check-in
PIECES = 2  # decimal places of a position: about a kilometre, so no house is marked
WRONG_CLOCK = timedelta(hours=26)  # a difference that is no time zone any more
OLD = timedelta(days=400)  # a day this long ago is asked about


class Kind(StrEnum):
    """What an item says."""

    ENTRY = "entry"
    VERIFICATION = "verification"
    CORRECTION = "correction"
    CHECK_IN = "check-in"


class Verdict(StrEnum):
    """What became of an item."""

    NEW = "new"
    SAME = "same"
    CONFLICT = "conflict"  # the id is taken by other content: kept beside it, for an officer
    REFUSED = "refused"  # with a sentence, and which field to mend
    WAIT = "wait"  # what it is about is not here yet: the phone sends it again by itself
    ASK = "ask"  # its day came from a wrong clock: the phone asks and sends again


class Unreadable(Exception):
    """A batch or an item that cannot be read: `code` names the sentence, `field` what to mend."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class File:
    """A file that belongs to an item: named by the hash of what the phone sends."""

    sha256: str
    kind: str  # photo or voice
    size: int
    taken: datetime | None
    consent: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it was sent; `body` is already JSON, its values are not judged yet."""

    id: UUID
    kind: Kind
    made: datetime
    hash: bytes
    text: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one request brings; `spoilt` are items that cannot be read, by the id they claim.

    `have` are the marks of the phone's document, when it wants the parts that differ with the answer.
    """

    version: int
    epoch: int
    sent: datetime | None
    items: Sequence[Item]
    sealed: Sequence[str] = ()
    spoilt: Mapping[str, Unreadable] = field(default_factory=dict)
    have: str | None = None


def read_batch(text: bytes) -> Batch:
    """The batch in a request's body. Raises `Unreadable` when nothing of it can be used."""
    if len(text) > MOST_BYTES:
        raise Unreadable("batch_too_large")
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("batch_unreadable") from None
    if not isinstance(given, dict):
        raise Unreadable("batch_unreadable")
    version, rows, sealed = given.get("v"), given.get("items", []), given.get("sealed", [])
    if not isinstance(version, int) or isinstance(version, bool):
        raise Unreadable("batch_unreadable")
    if version not in VERSIONS:
        raise Unreadable("version_unknown")
    if not isinstance(rows, list) or not isinstance(sealed, list):
        raise Unreadable("batch_unreadable")
    if len(rows) + len(sealed) > MOST_ITEMS:
        raise Unreadable("batch_too_large")
    have = given.get("have")
    items, spoilt = read_items(rows)
    return Batch(
        version, _whole(given.get("epoch")) or 0, instant(given.get("sent")), items,
        [one for one in sealed if isinstance(one, str)], spoilt, have if isinstance(have, str) else None,
    )  # fmt: skip


def read_items(rows: Sequence[Any]) -> tuple[list[Item], dict[str, Unreadable]]:
    """The items that can be read, and what is wrong with each other one."""
    items: list[Item] = []
    spoilt: dict[str, Unreadable] = {}
    for row in rows:
        try:
            items.append(_item(row))
        except Unreadable as trouble:
            claimed = row.get("id") if isinstance(row, dict) else None
            if isinstance(claimed, str) and len(claimed) <= 64:
                spoilt[claimed] = trouble
    return items, spoilt


def _item(row: Any) -> Item:
    if not isinstance(row, dict):
        raise Unreadable("item_unreadable")
    try:
        identifier = UUID(str(row["id"]))
        kind = Kind(row["kind"])
        text = row["body"]
        sent = bytes.fromhex(row["hash"])
    except (KeyError, ValueError, TypeError):
        raise Unreadable("item_unreadable") from None
    if identifier.version != 7 or not isinstance(text, str) or len(text) > MOST_BODY:
        raise Unreadable("item_unreadable")
    if content_hash(kind, text) != sent:
        raise Unreadable("item_damaged")
    made = instant(row.get("made")) or made_at(identifier)
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("item_unreadable") from None
    if not isinstance(body, dict) or "\x00" in text or "\\u0000" in text:
        raise Unreadable("item_unreadable")
    return Item(identifier, kind, made, sent, text, body)


def content_hash(kind: str, text: str) -> bytes:
    """SHA-256 of an item's kind and body, as the phone computes it."""
    try:
        return hashlib.sha256(f"{kind}\n{text}".encode()).digest()
    except UnicodeEncodeError:  # half a surrogate pair
        raise Unreadable("item_unreadable") from None


def made_at(identifier: UUID) -> datetime:
    """The instant inside a UUIDv7, as its maker's clock had it."""
    return _from_ms(identifier.int >> 80)


def instant(value: Any) -> datetime | None:
    """Milliseconds since 1970, if that is what `value` is."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**52:
        return None
    return _from_ms(int(value))


def _from_ms(milliseconds: int) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime(9999, 1, 1, tzinfo=UTC)


# --- the values of a body -----------------------------------------------------------------------------


def _whole(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31:
        return value
    return None


def number_of(body: Mapping[str, Any], name: str) -> int:
    """The id of a row. Raises `Unreadable`."""
    found = _whole(body.get(name))
    if found is None:
        raise Unreadable("item_unreadable", name)
    return found


def number_or_none(body: Mapping[str, Any], name: str) -> int | None:
    """The id of a row, when there is one."""
    return None if body.get(name) is None else number_of(body, name)


def text_of(body: Mapping[str, Any], name: str, most: int) -> str:
    """A text, without what would not fit."""
    found = body.get(name) or ""
    if not isinstance(found, str):
        raise Unreadable("item_unreadable", name)
    return found[:most]


def uuid_of(body: Mapping[str, Any], name: str) -> UUID:
    """The id of an entry. Raises `Unreadable`."""
    try:
        return UUID(str(body[name]))
    except (KeyError, ValueError):
        raise Unreadable("item_unreadable", name) from None


def newest_first(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items of a batch in turns: one that replaces others before them, and two that replace the same
    one after the other. So of several versions in one batch the newest is taken, and only that one.
    """
    left = list(items)
    while left:
        older = {pk for one in left for pk in mended_by(one.body) if pk != one.id}
        replaced: set[UUID] = set()
        some: list[Item] = []
        later: list[Item] = []
        for one in left:
            mends = mended_by(one.body)
            if one.id in older or not replaced.isdisjoint(mends):
                later.append(one)
            else:
                some.append(one)
                replaced.update(mends)
        if not some:  # they replace each other in a ring: nobody's honest work
            some, later = left[:1], left[1:]
        yield some
        left = later


def mended_by(body: Mapping[str, Any]) -> list[UUID]:
    """The items that this one replaces: the last one, or a list of all of them, the last one first.

    All, because after a restore the site knows none of them: a late copy of the first must still find
    that its place is taken, also when nobody ever sends the second again.
    """
    return ids_of(body, "mends")


def ids_of(body: Mapping[str, Any], name: str) -> list[UUID]:
    """The ids under a name, one or a list; what is no id is passed over."""
    named = body.get(name) or []
    found: dict[UUID, None] = {}
    for one in named if isinstance(named, list) else [named]:
        try:
            found[UUID(str(one))] = None
        except ValueError:
            continue
    return list(found)[:MOST_MENDED]


def quantity_of(body: Mapping[str, Any], *, decimals: int) -> Decimal | None:
    """The quantity, written in plain digits; None is one that nobody knows. Raises `Unreadable`."""
    written = body.get("quantity")
    if written is None:
        return None
    if not isinstance(written, str) or not re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,3})?", written):
        raise Unreadable("quantity_wrong", "quantity")
    try:
        quantity = Decimal(written)
    except InvalidOperation:
        raise Unreadable("quantity_wrong", "quantity") from None
    if quantity > Decimal(10) ** 15 or quantity != round(quantity, decimals):
        raise Unreadable("quantity_wrong", "quantity")
    return quantity


def day_of(body: Mapping[str, Any]) -> date:
    """The claimed day. Raises `Unreadable`."""
    try:
        return date.fromisoformat(str(body["on"]))
    except (KeyError, ValueError):
        raise Unreadable("day_wrong", "on") from None


def near_of(body: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Where it was, rounded again here whatever the phone did; None without a position."""
    found = body.get("near")
    if not isinstance(found, list) or len(found) != 2:
        return None
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in found):
        return None
    north, east = (Decimal(str(round(float(one), PIECES))) for one in found)
    if not (abs(north) <= 90 and abs(east) <= 180):
        return None
    return north, east


def parts_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Of whom or what the quantity is, by dimension: `{"sex": "women"}`. Raises `Unreadable`."""
    given = body.get("parts") or {}
    if not isinstance(given, dict) or len(given) > 4:
        raise Unreadable("parts_wrong", "parts")
    if not all(isinstance(one, str) and 0 < len(one) <= 40 for one in given.values()):
        raise Unreadable("parts_wrong", "parts")
    return dict(given)


def files_of(body: Mapping[str, Any]) -> list[File]:
    """The files that belong to it. Raises `Unreadable`."""
    rows = body.get("files") or []
    if not isinstance(rows, list) or len(rows) > MOST_FILES:
        raise Unreadable("files_wrong", "files")
    found = []
    for row in rows:
        if not isinstance(row, dict) or not is_hash(row.get("sha256")):
            raise Unreadable("files_wrong", "files")
        kind, size = row.get("kind"), _whole(row.get("size"))
        if kind not in ("photo", "voice") or size is None or size > most_of(kind):
            raise Unreadable("file_too_large", "files")
        found.append(
            File(row["sha256"], kind, size, instant(row.get("taken")), row.get("consent") is True)
        )
    return found


def is_hash(value: Any) -> bool:
    """Whether this names a file: 64 hexadecimal digits."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def most_of(kind: str) -> int:
    """How many bytes a file of that kind may have."""
    return VOICE if kind == "voice" else PHOTO


# --- the clock ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """How wrong a phone's clock is, told from one request."""

    skew: timedelta = timedelta()

    @classmethod
    def of(cls, sent: datetime | None, at: datetime) -> Clock:
        """`sent` is the phone's own time of sending, `at` the server's of receiving."""
        return cls(sent - at) if sent is not None else cls()

    @property
    def wrong(self) -> bool:
        """Whether the days that it claims cannot be trusted."""
        return abs(self.skew) > WRONG_CLOCK

    def day(self, on: date) -> date:
        """The day that was meant, when the clock was wrong all along."""
        return on - timedelta(days=round(self.skew / timedelta(days=1)))


def judge_day(
    on: date, *, made: datetime, clock: Clock, at: datetime, today: date, sure: bool
) -> date | None:
    """None when the claimed day can be believed; otherwise the day to ask about.

    A wrong clock shows while it is wrong, by what it says on sending; or afterwards, when an item
    was made later than now. A day that has not come yet is never believed, however sure.
    """
    if on > today:
        proposed = clock.day(on)
        return proposed if today - OLD < proposed <= today else today
    if sure:
        return None
    if clock.wrong:
        proposed = clock.day(on)
        return proposed if proposed <= today else today
    if made - at > WRONG_CLOCK or on < today - OLD:
        return today
    return None


def claims_future(identifier: UUID, at: datetime) -> bool:
    """Whether an id was made by a clock so far ahead that the ledger would refuse it."""
    return made_at(identifier) > at + timedelta(hours=23)
