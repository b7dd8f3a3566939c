"""An attacker: what all published numbers together say about a count that was not published.

Every published number is a row `low ≤ Σ unknowns ≤ high` over counts that are not negative. The least
and the largest value of a target under all rows are two linear programs. Unknowns that stand in exactly
the same rows cannot be told apart and become one column (their sum); a target that holds only some of
them gets anything between nothing and the whole sum.

Source of the method: P. Doyle et al. (eds.), Confidentiality, Disclosure and Data Access, 2001, ch. 7-8
(audit of suppressed tables by linear programming).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy

_SLACK = 1e-6  # what the solver's arithmetic may be off


@dataclass(frozen=True)
class Said:
    """A published number: the sum of these unknowns lies between `low` and `high`."""

    unknowns: frozenset[Any]
    low: int
    high: int


@dataclass(frozen=True)
class Target:
    """What the attacker wants to know: the sum of `plus`, less the sum of `minus`."""

    name: str
    plus: frozenset[Any]
    minus: frozenset[Any] = frozenset()


@dataclass(frozen=True)
class _Aim:
    """A target over columns: coefficients for its least and its largest value, and what is added."""

    least: tuple[tuple[int, int], ...]
    largest: tuple[tuple[int, int], ...]
    base: int


def ranges(
    said: Sequence[Said], targets: Iterable[Target], least: Mapping[Any, int] | None = None
) -> dict[Target, tuple[int, int]]:
    """The least and the largest whole value of each target that everything said allows.

    `least` gives unknowns that may be below nothing (a correction) their least value. A target that
    nothing was said about has no largest value; its range ends at 10^15. Raises `ValueError` when what
    was said contradicts itself.
    """
    floors = least or {}
    columns = _Columns(said, floors)
    program = _Program(said, columns)
    found: dict[Target, tuple[int, int]] = {}
    known: dict[_Aim, tuple[int, int]] = {}
    for target in targets:
        aim = columns.aim(target)
        if aim not in known:
            low = program.extreme(aim.least, largest=False)
            high = program.extreme(aim.largest, largest=True)
            known[aim] = (
                math.ceil(low + aim.base - _SLACK),
                math.floor(high + aim.base + _SLACK),
            )
        found[target] = known[aim]
    return found


class _Columns:
    """Unknowns by the rows in which they stand."""

    def __init__(self, said: Sequence[Said], floors: Mapping[Any, int]) -> None:
        rows_of: dict[Any, list[int]] = {}
        for number, row in enumerate(said):
            for unknown in row.unknowns:
                rows_of.setdefault(unknown, []).append(number)
        numbers: dict[tuple[int, ...], int] = {}
        self.of: dict[Any, int] = {}
        self.size: dict[int, int] = {}
        for unknown, rows in rows_of.items():
            column = numbers.setdefault(tuple(rows), len(numbers))
            self.of[unknown] = column
            self.size[column] = self.size.get(column, 0) + 1
        self.rows = list(numbers)
        self.floors = floors

    def floor_of(self, unknowns: Iterable[Any]) -> int:
        """What the unknowns are together at least."""
        return sum(self.floors.get(unknown, 0) for unknown in unknowns)

    def aim(self, target: Target) -> _Aim:
        """The target over columns."""
        base = self.floor_of(target.plus) - self.floor_of(target.minus)
        plus, minus = self._counted(target.plus), self._counted(target.minus)
        least, largest = [], []
        for column in sorted(set(plus) | set(minus)):
            whole = self.size.get(column, 0)
            some_plus, some_minus = plus.get(column, 0), minus.get(column, 0)
            up = 1 if some_plus else -1 if some_minus == whole else 0
            down = -1 if some_minus else 1 if some_plus == whole else 0
            largest.append((column, up))
            least.append((column, down))
        return _Aim(tuple(least), tuple(largest), base)

    def _counted(self, unknowns: Iterable[Any]) -> dict[int, int]:
        found: dict[int, int] = {}
        for unknown in unknowns:
            column = self.of.get(unknown, -1)  # -1: nothing was said about it
            found[column] = found.get(column, 0) + 1
        return found


_BOUNDLESS = 1e15


class _Program:
    """One linear program whose aim changes."""

    def __init__(self, said: Sequence[Said], columns: _Columns) -> None:
        self.model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.model.setOptionValue("log_to_console", False)
        self.model.setOptionValue("output_flag", False)
        self.model.setOptionValue("threads", 1)
        self.count = len(columns.rows)
        members: list[list[int]] = [[] for _ in said]
        for column, rows in enumerate(columns.rows):
            self.model.addVar(0.0, _BOUNDLESS)
            for row in rows:
                members[row].append(column)
        for one, inside in zip(said, members, strict=True):
            floor = columns.floor_of(one.unknowns)
            low, high = float(one.low - floor), float(one.high - floor)
            self.model.addRow(low, high, len(inside), inside, [1.0] * len(inside))
        self.aimed: tuple[tuple[int, int], ...] = ()

    def extreme(self, aim: tuple[tuple[int, int], ...], *, largest: bool) -> float:
        """The largest or the least value of the aim."""
        if any(column < 0 and weight for column, weight in aim):
            return _BOUNDLESS if largest else -_BOUNDLESS
        for column, _weight in self.aimed:
            self.model.changeColCost(column, 0.0)
        self.aimed = tuple((column, weight) for column, weight in aim if weight)
        if not self.aimed:
            return 0.0
        for column, weight in self.aimed:
            self.model.changeColCost(column, float(weight))
        sense = highspy.ObjSense.kMaximize if largest else highspy.ObjSense.kMinimize
        self.model.changeObjectiveSense(sense)
        self.model.run()
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ValueError("What was said contradicts itself.")
        return float(self.model.getInfo().objective_function_value)
