"""What is hashed, byte by byte: leaves of the log, bodies of heads, commitments.

A leaf is one line of ASCII without spaces. Fields are joined by "|", which no field contains; an
empty field is nothing between two bars. What is personal or free text stands in it only as a salted
commitment: without the salt it says nothing, and once the salt is erased it says nothing for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256

SALT = 16  # bytes of randomness for an entry
COMMITTED = ("posted_by", "as_written", "note", "digest")
_NAMES = tuple(name.encode() for name in COMMITTED)
ENTRY_FIELDS = (
    "id", "clock", "posted_at", "indicator", "stage", "kind", "unit", "unit_placement", "place",
    "place_placement", "activity", "starts_on", "ends_on", "item", "dimensions", "part_of", "milli", "rial",
    "qualifier", "coverage", "role", "fulfils", "verifies", "corrects", "batch", "batch_row",
)  # fmt: skip
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that looks like a digit
ANCHOR = "karnameh.head.1"


def commitments(salt: bytes, values: Sequence[bytes]) -> list[str]:
    """One commitment for each of `COMMITTED`; an empty text is committed as an empty field.

    Each has a key of its own, made of the salt and the field's name, so that one can be opened
    without opening the others.
    """
    # `commitment(field_key(salt, name), value)`, without the calls: this is asked for every entry.
    return [
        sha256(sha256(salt + name).digest() + value).hexdigest() if value else ""
        for name, value in zip(_NAMES, values, strict=True)
    ]


def field_key(salt: bytes, name: str) -> bytes:
    """What opens one field's commitment, and no other's."""
    return sha256(salt + name.encode()).digest()


def commitment(key: bytes, value: bytes) -> str:
    """The commitment to a value, in hexadecimal."""
    return sha256(key + value).hexdigest()


def entry_leaf(public: str, committed: Sequence[str]) -> bytes:
    """The leaf of an entry: its public fields as one text, then its commitments."""
    return f"entry.1|{public}|{'|'.join(committed)}".encode()


def record_leaf(kind: str, name: str, digest: bytes, size: int, at: datetime) -> bytes:
    """The leaf of something else that the log vouches for: a file, a statement.

    `kind` and `name` are short ASCII words without a bar; raises `ValueError` otherwise.
    """
    for word in (kind, name):
        if not word.isascii() or not word.isprintable() or "|" in word:
            raise ValueError(f"{word!r} cannot stand in a leaf")
    return f"record.1|{kind}|{name}|{digest.hex()}|{size}|{microseconds(at)}".encode()


def microseconds(at: datetime) -> int:
    """An instant as whole microseconds since 1970, without rounding through floats."""
    passed = at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


@dataclass(frozen=True, slots=True)
class Fact:
    """What of an entry's leaf decides where it is added, and how much."""

    indicator: int
    stage: int
    bucket: int
    day: date
    unit: int
    place: int
    milli: int
    rial: int
    qualifier: int
    reversal: bool


def fact_of(leaf: bytes) -> Fact | None:
    """Read an entry's leaf; None for a leaf of another kind."""
    kind, *fields = leaf.decode().split("|")
    if kind != "entry.1":
        return None
    given = dict(zip(ENTRY_FIELDS, fields, strict=False))
    return Fact(
        indicator=int(given["indicator"]), stage=int(given["stage"]),
        bucket=bucket_of(int(given["coverage"]), int(given["role"]), bool(given["part_of"])),
        day=date.fromisoformat(given["ends_on"]), unit=int(given["unit"]), place=int(given["place"]),
        milli=int(given["milli"] or 0), rial=int(given["rial"] or 0), qualifier=int(given["qualifier"]),
        reversal=given["kind"] == "1",
    )  # fmt: skip


def bucket_of(coverage: int, role: int, is_part: bool) -> int:
    """0 own results, 1 another's lead, 2 part of a total, 3 stated for a whole subtree."""
    if coverage != 1:
        return 3
    return 2 if is_part else 1 if role != 1 else 0


@dataclass(frozen=True, slots=True)
class HeadBody:
    """What a head says. `previous` is the digest of the head before, empty for the first one."""

    log: str
    number: int
    epoch: int
    size: int
    entries: int
    root: bytes
    totals: bytes
    at: datetime
    previous: bytes

    def text(self) -> bytes:
        """The lines that are signed."""
        return (
            f"{ANCHOR}\n{self.log}\n{self.number}\n{self.epoch}\n{self.size}\n{self.entries}\n{self.root.hex()}\n"
            f"{self.totals.hex()}\n{microseconds(self.at)}\n{self.previous.hex() or '-'}\n"
        ).encode()

    def digest(self) -> bytes:
        """What later heads and printed pages name this head by."""
        return hashlib.sha256(self.text()).digest()


def short_code(digest: bytes) -> str:
    """The first 80 bits of a head's digest as four groups of four letters, to be printed and compared."""
    number = int.from_bytes(digest[:10], "big")
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))
