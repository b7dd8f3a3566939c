"""What a rule's meter says, from plain counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karnameh.campaigns.rules.parameters import Bound, bound_of


@dataclass(frozen=True)
class Count:
    """How many stand in the plan, and how many more may still come into it."""

    standing: int = 0
    pending: int = 0


@dataclass(frozen=True)
class Cell:
    """One thing that a rule is about: a profession, a theme, a day, a county, or the whole.

    `key` is its code, day or unit; `have` counts what stands, `hope` also what is pending. A share
    needs a part of `of`, where `of_hope` is with the pending ones of its audience; elsewhere both are None.
    """

    key: str
    have: int
    hope: int
    need: int
    need_hope: int
    of: int | None = None
    of_hope: int | None = None

    def kept(self, bound: Bound) -> bool:
        """Whether the rule holds over what stands."""
        return _holds(self.have, self.need, bound)

    def hopeful(self, bound: Bound) -> bool:
        """Whether it would hold, or still could, with what is pending."""
        if bound == "at_most":
            return self.hope <= self.need_hope
        if bound == "exactly":
            return self.have <= self.need <= self.hope
        return self.hope >= self.need_hope


def _holds(have: int, need: int, bound: Bound) -> bool:
    if bound == "at_least":
        return have >= need
    return have == need if bound == "exactly" else have <= need


@dataclass(frozen=True)
class Meter:
    """How a rule stands. `cells` are all that it is about; several where it is about each of them."""

    kind: str
    parameters: Mapping[str, Any]
    cells: tuple[Cell, ...]

    @property
    def bound(self) -> Bound:
        """At least, exactly or at most."""
        return bound_of(self.kind, self.parameters)

    @property
    def kept(self) -> bool:
        """Whether the rule holds over what stands."""
        return all(one.kept(self.bound) for one in self.cells)

    @property
    def hopeful(self) -> bool:
        """Whether it could hold with what is pending."""
        return all(one.kept(self.bound) or one.hopeful(self.bound) for one in self.cells)

    @property
    def many(self) -> bool:
        """Whether it is about each of several things."""
        return self.kind in ("flagships", "county_minimum", "unit_day_cap") or len(self.cells) > 1

    @property
    def broken(self) -> tuple[Cell, ...]:
        """The cells in which it does not hold, the worst first."""
        amiss = [one for one in self.cells if not one.kept(self.bound)]
        return tuple(sorted(amiss, key=lambda one: (-abs(one.need - one.have), one.key)))

    @property
    def over(self) -> bool:
        """Whether there are too many of something, so that fewer would mend it."""
        return any(one.have > one.need for one in self.broken)


def share_cell(percent: int, of: Count, wanted: Count) -> Cell:
    """The cell of a share: `wanted` among all `of`; the need is rounded up to whole activities.

    What could be reached is counted as if only pending ones of the audience were accepted.
    """
    every = of.standing + wanted.pending
    return Cell(
        "", wanted.standing, wanted.standing + wanted.pending,
        need=-(-percent * of.standing // 100), need_hope=-(-percent * every // 100),
        of=of.standing, of_hope=every,
    )  # fmt: skip


def cell(key: str, count: Count, need: int) -> Cell:
    """The cell of a plain number."""
    return Cell(key, count.standing, count.standing + count.pending, need, need)
