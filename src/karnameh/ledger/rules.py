"""The ledger's law on plain values: what an entry may be, and how qualifiers travel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

LARGEST = Decimal(10) ** 15  # beyond this a count of anything on earth is a slip of the finger
MOST_RIALS = 9 * 10**18  # what fits the column
FIRST_DAY, LAST_DAY = date(1821, 3, 21), date(2122, 3, 20)  # the Jalali years 1200 to 1500


class Axis(IntEnum):
    """Which tree a sum follows: who acts, or where it happened."""

    UNIT = 1
    PLACE = 2


class Stage(IntEnum):
    """Who stands behind a quantity: a promise, a claim, a check by somebody else."""

    PLEDGED = 1
    REPORTED = 2
    VERIFIED = 3


class Kind(IntEnum):
    """How an entry came to be."""

    ORIGINAL = 0
    REVERSAL = 1
    ADJUSTMENT = 2


class Qualifier(IntEnum):
    """How sure the quantity is, as it was said."""

    EXACT = 1
    AT_LEAST = 2
    ABOUT = 3
    AT_MOST = 4
    UNKNOWN = 5


class Coverage(IntEnum):
    """Whether a quantity is the unit's own, or a statement about everybody beneath it."""

    OWN = 1
    WHOLE_SUBTREE = 2


class Role(IntEnum):
    """The unit's part in joint work; only the lead's quantities are its own results."""

    LEAD = 1
    PARTNER = 2
    INSTALLER = 3
    FUNDER = 4
    OWNER = 5


class Bucket(IntEnum):
    """Where a quantity is added: own results, joint work of another's lead, or a part of a total."""

    OWN = 0
    TOOK_PART = 1
    PART = 2


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry before it is posted. Ids are those of the rows named; `None` place is the unit's."""

    id: UUID
    indicator: int
    stage: Stage
    unit: int
    starts_on: date
    ends_on: date
    quantity: Decimal | None = None
    qualifier: Qualifier = Qualifier.EXACT
    place: int | None = None
    activity: int | None = None
    dimensions: int = 1
    item: int | None = None
    rial: int | None = None
    coverage: Coverage = Coverage.OWN
    role: Role = Role.LEAD
    kind: Kind = Kind.ORIGINAL
    part_of: UUID | None = None
    fulfils: UUID | None = None
    verifies: UUID | None = None
    corrects: UUID | None = None
    batch: UUID | None = None
    batch_row: int | None = None
    as_written: str = ""
    note: str = ""
    # Where unit and place stood; a reversal keeps those of its entry, others are looked up.
    placements: tuple[int, int] | None = None


# Of stages, kinds, roles: found four times quicker than formatted.
CODES = tuple(map(str, range(10)))


def digest(entry: NewEntry) -> bytes:
    """SHA-256 of the canonical form of what was sent: equal content, equal digest, at any time.

    What the server adds (the link to a promise, the unit's own place) is not in it: a phone that
    sends the same again must be recognised whatever has been posted meanwhile.
    """
    e = entry
    if e.quantity is None:
        quantity = ""
    elif not (quantity := str(e.quantity)).isdigit():  # 1.50 is 1.5, and 1E+2 is 100
        quantity = f"{e.quantity.normalize():f}"
    canonical = (
        f"{e.id.int:032x}\x1f{e.indicator}\x1f{CODES[e.stage]}\x1f{CODES[e.kind]}\x1f{e.unit}\x1f"
        f"{'' if e.place is None else e.place}\x1f{'' if e.activity is None else e.activity}\x1f"
        f"{e.starts_on.isoformat()}\x1f{e.ends_on.isoformat()}\x1f{'' if e.item is None else e.item}\x1f"
        f"{e.dimensions}\x1f{e.part_of or ''}\x1f{quantity}\x1f{'' if e.rial is None else e.rial}\x1f"
        f"{CODES[e.qualifier]}\x1f{CODES[e.coverage]}\x1f{CODES[e.role]}\x1f"
        f"{e.fulfils or ''}\x1f{e.verifies or ''}\x1f{e.corrects or ''}\x1f{e.as_written}\x1f{e.note}"
    )
    return hashlib.sha256(canonical.encode()).digest()


@dataclass(frozen=True, slots=True)
class Tally:
    """What a set of entries adds up to, before anybody rounds or words it."""

    quantity: Decimal = Decimal(0)
    rial: int = 0
    entries: int = 0
    at_least: int = 0
    about: int = 0
    at_most: int = 0
    unknown: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.quantity + other.quantity, self.rial + other.rial, self.entries + other.entries,
            self.at_least + other.at_least, self.about + other.about,
            self.at_most + other.at_most, self.unknown + other.unknown,
        )  # fmt: skip

    @property
    def qualifier(self) -> Qualifier:
        """What a sum may claim. Lower and upper bounds together leave only "about"."""
        if self.entries == self.unknown:
            return Qualifier.UNKNOWN
        lower = self.at_least > 0 or self.unknown > 0  # an unknown quantity is zero or more
        if self.about > 0 or (lower and self.at_most > 0):
            return Qualifier.ABOUT
        if lower:
            return Qualifier.AT_LEAST
        return Qualifier.AT_MOST if self.at_most > 0 else Qualifier.EXACT

    @property
    def known(self) -> bool:
        """Whether any quantity is there at all: zero and nothing are different."""
        return self.entries > self.unknown


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of several tallies."""
    result = Tally()
    for tally in tallies:
        result = result + tally
    return result


def open_balance(pledged: Decimal, fulfilled: Decimal) -> tuple[Decimal, Decimal]:
    """`(open, over)`: what is still owed, and what came beyond the promise."""
    rest = pledged - fulfilled
    return (rest, Decimal(0)) if rest >= 0 else (Decimal(0), -rest)


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """A statement about a whole subtree beside the sum of what its units say."""

    stated: Decimal
    summed: Decimal

    @property
    def gap(self) -> Decimal:
        """Stated minus summed: positive when the statement is larger."""
        return self.stated - self.summed


# A quantity this many times its plan is asked about once more before it is posted.
FAR_FROM_PLAN = 5


def far_from(quantity: Decimal, expected: Decimal | None) -> bool:
    """Whether a person should look again."""
    return expected is not None and expected > 0 and quantity >= expected * FAR_FROM_PLAN
