"""What a package holds, as plain values: its canonical form, its seal, the readable difference of two.

The canonical form is JSON with sorted keys, no spaces, lines in order of their codes: equal content has
equal text and so an equal SHA-256, wherever it is written. Quantities are text, never floats. A package
names the packages beneath it by number and seal, so its own seal covers theirs (a Merkle tree).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

FORM = "karnameh-package/1"


@dataclass(frozen=True, slots=True)
class Line:
    """One activity as it stands in a package. `starts` and `ends` are minutes of the day."""

    activity: int
    code: str
    name: str
    unit: str
    theme: str
    place: str
    tier: str
    day: date | None = None
    starts: int | None = None
    ends: int | None = None
    venue: str = ""
    budget: int = 0
    expects: tuple[tuple[str, str], ...] = ()  # indicator, quantity as plain text

    @property
    def scheduled(self) -> bool:
        """Whether it has its day and hour."""
        return self.day is not None


_NAMES = tuple(one.name for one in fields(Line))


@dataclass(frozen=True, slots=True)
class Part:
    """A package of a unit beneath, as it went into this one."""

    unit: str
    number: int
    seal: str


def canonical(heading: Mapping[str, str], lines: Iterable[Line], parts: Iterable[Part]) -> str:
    """The text that is sealed."""
    spelt = _spelt([_plain(one) for one in sorted(lines, key=lambda one: one.code)])
    return around(heading, spelt[1:-1], parts)


def around(heading: Mapping[str, str], lines: str, parts: Iterable[Part]) -> str:
    """The same with lines that are spelt already, in order, with commas between them."""
    below = _spelt([asdict(one) for one in sorted(parts, key=lambda one: one.unit)])
    return (
        f'{{"form":"{FORM}","heading":{_spelt(dict(heading))},"lines":[{lines}],"parts":{below}}}'
    )


def _spelt(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {name: getattr(line, name) for name in _NAMES}
    found["day"] = line.day.isoformat() if line.day else None
    found["expects"] = sorted([list(pair) for pair in line.expects])
    return found


def seal_of(text: str) -> str:
    """SHA-256, as the database computes it too: `encode(sha256(convert_to(text, 'UTF8')), 'hex')`."""
    return hashlib.sha256(text.encode()).hexdigest()


def lines_of(text: str) -> list[Line]:
    """The lines of a canonical form."""
    return [
        Line(
            **{
                **row,
                "day": date.fromisoformat(row["day"]) if row["day"] else None,
                "expects": tuple((indicator, quantity) for indicator, quantity in row["expects"]),
            }
        )
        for row in json.loads(text)["lines"]
    ]


def parts_of(text: str) -> list[Part]:
    """The packages that a canonical form names."""
    return [Part(**row) for row in json.loads(text)["parts"]]


def quantity_text(quantity: Decimal) -> str:
    """A quantity as it is sealed: `12`, `12.5`, never `1E+1`."""
    return f"{quantity.normalize():f}"


def pledge_id(version: UUID, expectation: int, at: datetime) -> UUID:
    """The id of the promise that freezing `version` writes for an expectation: always the same one.

    A UUID of version 7 whose time is `at`, so that it sorts and is checked like any other entry's, and
    whose other 74 bits are the SHA-256 of what it stands for.
    """
    drawn = hashlib.sha256(f"{version.hex}/{expectation}".encode()).digest()
    noise = int.from_bytes(drawn[:10], "big")
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    high = noise >> 62 & 0xFFF
    low = noise & (1 << 62) - 1
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)


# --- the difference ------------------------------------------------------------------------------------


class What(StrEnum):
    """What became of a line."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # another day, hour or venue
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the difference. `fields` names what differs; `before` and `after` are the lines."""

    what: What
    code: str
    before: Line | None
    after: Line | None
    fields: tuple[str, ...] = ()

    @property
    def line(self) -> Line:
        """The line as it stands, or stood."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class SumChange:
    """What an indicator's promised sum was and is."""

    indicator: str
    before: Decimal
    after: Decimal


_WHERE_AND_WHEN = frozenset({"day", "starts", "ends", "venue"})


def changes(before: Iterable[Line], after: Iterable[Line]) -> list[Change]:
    """What became of each occurrence: left out first, then new ones, then what moved or changed."""
    old = {one.code: one for one in before}
    new = {one.code: one for one in after}
    found = [Change(What.REMOVED, code, old[code], None) for code in old.keys() - new.keys()]
    found += [Change(What.ADDED, code, None, new[code]) for code in new.keys() - old.keys()]
    for code in old.keys() & new.keys():
        differing = tuple(
            one.name
            for one in fields(Line)
            if getattr(old[code], one.name) != getattr(new[code], one.name)
        )
        if differing:
            what = What.MOVED if _WHERE_AND_WHEN.issuperset(differing) else What.CHANGED
            found.append(Change(what, code, old[code], new[code], differing))
    order = {
        what: place
        for place, what in enumerate((What.REMOVED, What.ADDED, What.MOVED, What.CHANGED))
    }
    return sorted(found, key=lambda one: (order[one.what], one.code))


def sums(lines: Iterable[Line]) -> dict[str, Decimal]:
    """What the lines promise together, indicator by indicator."""
    found: dict[str, Decimal] = {}
    for line in lines:
        for indicator, quantity in line.expects:
            found[indicator] = found.get(indicator, Decimal(0)) + Decimal(quantity)
    return found


def sum_changes(before: Sequence[Line], after: Sequence[Line]) -> list[SumChange]:
    """The indicators whose promised sum differs, the largest relative change first."""
    old, new = sums(before), sums(after)
    found = [
        SumChange(one, old.get(one, Decimal(0)), new.get(one, Decimal(0)))
        for one in old.keys() | new.keys()
        if old.get(one) != new.get(one)
    ]
    return sorted(
        found, key=lambda one: (-abs(one.after - one.before) / (one.before + 1), one.indicator)
    )
