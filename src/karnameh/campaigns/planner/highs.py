"""The only file that knows HiGHS: linear programs that grow, and mixed-integer ones. All minimise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

INFINITY = float(highspy.kHighsInf)


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns to add: cost, bounds, and their entries column by column (`starts` has one more)."""

    cost: Floats
    low: Floats
    high: Floats
    starts: Ints
    rows: Ints
    values: Floats

    def __len__(self) -> int:
        return len(self.cost)


def _quiet(seed: int) -> Any:
    solver: Any = highspy._core._Highs()  # the plain one: the other prints a banner
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("parallel", "off"),
        ("random_seed", seed),
        ("simplex_dual_edge_weight_strategy", 1),  # Devex: half the time of steepest edge here
    ):
        solver.setOptionValue(option, value)
    return solver


_DUAL, _PRIMAL = 1, 4  # `simplex_strategy` of HiGHS


class GrowingProgram:
    """A linear program to which rows and columns are added; each solve starts from the last one."""

    def __init__(self, *, seed: int) -> None:
        self._solver = _quiet(seed)
        # Whether the last answer still keeps every limit: only columns or costs are new.
        self._stands = False
        self.rows = 0
        self.columns = 0

    def add_rows(self, low: Floats, high: Floats) -> None:
        """Append empty rows."""
        nothing = np.zeros(0, dtype=np.int32)
        self._solver.addRows(
            len(low), low, high, 0, np.zeros(len(low), np.int32), nothing, np.zeros(0)
        )
        self.rows += len(low)

    def add_columns(self, new: Columns) -> None:
        """Append columns over rows that exist."""
        self._solver.addCols(
            len(new),
            new.cost,
            new.low,
            new.high,
            len(new.rows),
            new.starts[:-1],
            new.rows,
            new.values,
        )
        self.columns += len(new)

    def set_costs(self, costs: Floats) -> None:
        """Give every column its cost anew."""
        self._solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def set_row_bounds(self, rows: Ints, low: Floats, high: Floats) -> None:
        """Change the bounds of some rows."""
        self._stands = False
        self._solver.changeRowsBounds(len(rows), rows, low, high)

    def set_column_bounds(self, column: int, low: float, high: float) -> None:
        """Change the bounds of one column."""
        self._stands = False
        self._solver.changeColBounds(column, low, high)

    def set_bounds_of_columns(self, columns: Ints, low: float, high: float) -> None:
        """Give some columns the same bounds."""
        self._stands = False
        count = len(columns)
        self._solver.changeColsBounds(count, columns, np.full(count, low), np.full(count, high))

    def reduced_costs(self) -> Floats:
        """What one more unit of each column would cost."""
        return np.array(self._solver.getSolution().col_dual)

    def solve(self, seconds: float, *, through: bool = False) -> bool:
        """Solve; True when it is solved to the end. `through` goes by the interior, from no answer."""
        solver = self._solver
        solver.setOptionValue("solver", "ipm" if through else "simplex")
        # From an answer that keeps all limits the primal method goes on; the dual one would begin by losing it.
        solver.setOptionValue("simplex_strategy", _PRIMAL if self._stands else _DUAL)
        # HiGHS counts the time of all its runs together.
        solver.setOptionValue("time_limit", solver.getRunTime() + max(0.05, seconds))
        solver.run()
        ends = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty)
        self._stands = solver.getModelStatus() in ends
        return self._stands

    def values(self) -> Floats:
        """The columns' values."""
        return np.array(self._solver.getSolution().col_value)

    def prices(self) -> Floats:
        """What one more unit of each row's limit would gain: the negative dual of the minimum."""
        return -np.array(self._solver.getSolution().row_dual)


@dataclass(frozen=True, slots=True)
class IntegerAnswer:
    """What a mixed-integer program gave: values (None when none was found) and a proven bound."""

    values: Floats | None
    bound: float
    is_proven_infeasible: bool


def solve_integer(
    new: Columns,
    row_low: Floats,
    row_high: Floats,
    integers: NDArray[np.bool_],
    *,
    start: Floats | None,
    seconds: float,
    gap: float,
    nodes: int,
    seed: int,
    few_cuts: bool = False,
) -> IntegerAnswer:
    """Minimise over columns of which some are whole. `gap` is relative; `nodes` keeps it repeatable.

    `few_cuts` for programs that are done at their root: most of the time there went into cutting planes.
    """
    solver = _quiet(seed)
    if few_cuts:
        solver.setOptionValue("mip_pool_soft_limit", 100)
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("mip_max_nodes", nodes)
    solver.setOptionValue("time_limit", max(0.05, seconds))
    solver.addRows(
        len(row_low),
        row_low,
        row_high,
        0,
        np.zeros(len(row_low), np.int32),
        np.zeros(0, np.int32),
        np.zeros(0),
    )
    solver.addCols(
        len(new), new.cost, new.low, new.high, len(new.rows), new.starts[:-1], new.rows, new.values
    )
    whole = np.flatnonzero(integers).astype(np.int32)
    kinds = np.full(len(whole), int(highspy.HighsVarType.kInteger), np.uint8)
    solver.changeColsIntegrality(len(whole), whole, kinds)
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    found = info.primal_solution_status == 2
    values = np.array(solver.getSolution().col_value) if found else None
    bound = float(info.mip_dual_bound)
    return IntegerAnswer(values, bound, status == highspy.HighsModelStatus.kInfeasible)
