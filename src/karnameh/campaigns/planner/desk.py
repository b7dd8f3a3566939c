"""What a worker does for its blocks: small questions and answers that can travel between processes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from karnameh.campaigns.planner.ascent import Climber, squares
from karnameh.campaigns.planner.formulation import INF, Block, Floats, Ints, Key, Task, build
from karnameh.campaigns.planner.integral import BlockSolver, Standing
from karnameh.campaigns.planner.model import Placement


@dataclass(frozen=True, slots=True)
class Shared:
    """A row that several blocks use: its limits, and what it is divided by in linear programs."""

    key: Key
    low: float
    high: float
    scale: float


@dataclass(frozen=True, slots=True)
class Built:
    """What a block says of itself: rows with a key, and the venues and people that it uses."""

    rows: dict[Key, tuple[float, float, float]]
    limits: dict[tuple[str, str], tuple[float, ...]]  # venue or person: limit at each atom
    impossible: tuple[str, ...]
    top: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a block: usage of the shared rows, worth, bound, and the plan when wanted."""

    worth: float
    bound: float
    usage: Floats
    missing: float
    placements: tuple[Placement, ...] = ()
    is_feasible: bool = False
    is_exhausted: bool = False
    is_solved: bool = True
    top: float = 1.0


@dataclass(slots=True)
class Desk:
    """The blocks of one worker."""

    seed: int
    blocks: dict[int, Block] = field(default_factory=dict)
    solvers: dict[int, BlockSolver] = field(default_factory=dict)
    shared: dict[int, np.ndarray] = field(default_factory=dict)
    climbers: dict[int, Climber] = field(default_factory=dict)

    def build(self, number: int, task: Task) -> Built:
        """Make the arrays of a block."""
        block = self.blocks[number] = build(task)
        count = block.atoms_in_all
        limits = {}
        for kind, ids, base in (
            ("venue", block.venue_ids, 0),
            ("person", block.person_ids, block.people_at),
        ):
            for at, one in enumerate(ids):
                first = base + at * count
                limits[kind, one] = tuple(block.high[first : first + count].tolist())
        rows = {
            key: (float(block.low[row]), float(block.high[row]), float(block.scale[row]))
            for key, row in block.keys.items()
        }
        return Built(rows, limits, tuple(block.impossible), 0.0)

    def couple(self, number: int, shared: list[Shared], owns: list[bool]) -> float:
        """Tell a block which of its rows are shared; its largest value of a proposal."""
        block = self.blocks[number]
        rows = [block.row_of(one.key) for one in shared]
        foreign, disowned = np.zeros(block.rows, bool), np.zeros(block.rows, bool)
        for row, own in zip(rows, owns, strict=True):
            if row is not None:
                foreign[row] = True
                disowned[row] = row in block.bonus and not own
        self.shared[number] = np.array([-1 if row is None else row for row in rows], np.int64)
        solver = BlockSolver(block, seed=self.seed, foreign=foreign, disowned=disowned)
        self.solvers[number] = solver
        return solver.relaxation.top

    def climb(
        self, number: int, prices: Floats, size: float, was_best: bool, goes_back: bool
    ) -> tuple[float, Floats, float]:
        """One turn of the ascent; see `Climber`. The last turn's bound was the best, or is left."""
        solver, rows = self.solvers[number], self.shared[number]
        climber = self.climbers.setdefault(number, Climber(solver.relaxation))
        if was_best:
            climber.mark()
        if goes_back:
            climber.back()
        else:
            climber.step(size)
        here = np.flatnonzero(rows >= 0)
        outside = np.zeros(solver.block.rows)
        outside[rows[here]] = prices[here]
        solver.relaxation.outside, solver.relaxation.proven = outside, None
        bound, used, length = climber.look()
        usage = np.zeros(len(rows))
        usage[here] = used[rows[here]]
        return bound, usage, length

    def settle(self, number: int) -> None:
        """The ascent is over: the prices become those of its best turn, its columns a program's."""
        climber = self.climbers.pop(number)
        relaxation = climber.relaxation
        relaxation.own, relaxation.proven = climber.best_own, None
        climber.settle()

    def potential(self, number: int) -> tuple[Floats, Floats, Floats]:
        """By shared row: what the block could use at most and at least, every proposal for itself.

        And how much the row is in demand, for the steps of the ascent.
        """
        block, rows = self.blocks[number], self.shared[number]
        entries = block.by_proposal, block.by_window
        high, low = np.zeros(block.rows), np.zeros(block.rows)
        for one in entries:
            high += np.bincount(one.rows, np.maximum(0, one.values), block.rows)
            low += np.bincount(one.rows, np.minimum(0, one.values), block.rows)
        first = block.people_at + len(block.person_ids) * block.atoms_in_all
        high[:first] = np.minimum(np.maximum(high[:first], 1.0), block.high[:first])
        here = rows >= 0
        demand = squares(block)
        return (
            np.where(here, high[rows], 0.0),
            np.where(here, low[rows], 0.0),
            np.where(here, demand[rows], 0.0),
        )

    def relax(
        self, number: int, prices: Floats, until: float, tolerance: float, rounds: int
    ) -> Answer:
        """Solve the relaxation at prices of the shared rows, until then (`time.monotonic`)."""
        solver, rows = self.solvers[number], self.shared[number]
        here = np.flatnonzero(rows >= 0)
        outside = np.zeros(solver.block.rows)
        outside[rows[here]] = prices[here]
        relaxed = solver.relax(outside, until, tolerance, rounds)
        usage = np.zeros(len(rows))
        usage[here] = solver.relaxation.usage(relaxed.x, rows[here])
        worth = solver.relaxation.worth(relaxed.x)
        return Answer(
            worth,
            relaxed.bound,
            usage,
            relaxed.missing,
            is_solved=relaxed.is_solved,
            top=solver.relaxation.top,
        )

    def sketch(self, number: int, low: Floats, high: Floats) -> Answer:
        """A plan within these parts of the shared rows in a moment, at the prices known until now."""
        solver, (here, rows) = self.solvers[number], self._here(number)
        lows, highs = solver.relaxation.low.copy(), solver.relaxation.high.copy()
        lows[rows], highs[rows] = low[here], high[here]
        prices = solver.relaxation.outside + solver.relaxation.own
        return self._answer(number, solver.sketch(lows, highs, prices))

    def conclude(
        self,
        number: int,
        prices: Floats,
        parts: tuple[Floats, Floats],
        until: tuple[float, float],
        gap: float,
    ) -> tuple[float, Answer]:
        """The bound at prices of the shared rows, and a whole plan within parts of them.

        `until` says when each of the two has to end (`time.monotonic`, one clock for all processes).
        With that the block is done, and everything of it is given back.
        """
        outer = self.relax(number, prices, until[0], 2e-3, 60)
        solver, (here, rows) = self.solvers[number], self._here(number)
        solver.set_quotas(rows, parts[0][here], parts[1][here])
        self.relax(number, np.zeros(len(prices)), until[1], 2e-3, 60)
        solver.round()
        standing = solver.improve(until[1], gap)
        answer = self._answer(number, standing, is_solved=outer.is_solved, missing=outer.missing)
        for kept in (self.solvers, self.blocks, self.shared):
            del kept[number]
        return outer.bound, answer

    def _here(self, number: int) -> tuple[Ints, Ints]:
        """Which of the shared rows this block has, and where."""
        rows = self.shared[number]
        here = np.flatnonzero(rows >= 0)
        return here, rows[here]

    def greedy(self, number: int) -> Answer:
        """A first plan within the quotas."""
        return self._answer(number, self.solvers[number].greedy())

    def finish(self, number: int, seconds: float, gap: float, exactly: bool) -> Answer:
        """A plan within the quotas, as good as the time allows; `relax` comes before."""
        solver, deadline = self.solvers[number], time.monotonic() + seconds
        standing = solver.rounded()
        if seconds > 0:
            standing = solver.improve(deadline, gap)
        if exactly and seconds > 0:
            standing = solver.exhaust(deadline, gap)
        return self._answer(number, standing)

    def _answer(
        self,
        number: int,
        standing: Standing,
        *,
        is_solved: bool = True,
        missing: float | None = None,
    ) -> Answer:
        solver, (here, rows) = self.solvers[number], self._here(number)
        usage = np.zeros(len(self.shared[number]))
        usage[here] = standing.state.usage[rows]
        return Answer(
            standing.value,
            standing.bound,
            usage,
            standing.state.shortfall() if missing is None else missing,
            tuple(solver.placements(standing.state)),
            standing.is_feasible,
            standing.is_exhausted,
            is_solved,
        )


def shared_rows(built: dict[int, Built]) -> tuple[list[Shared], dict[Key, int]]:
    """The rows that more than one block uses, and for each the first block."""
    seen: dict[Key, tuple[int, tuple[float, float, float]]] = {}
    of_ones: dict[tuple[str, str], tuple[int, tuple[float, ...]]] = {}
    shared: dict[Key, Shared] = {}
    first: dict[Key, int] = {}
    for number, one in sorted(built.items()):
        for key, limits in one.rows.items():
            if key in seen:
                shared[key] = Shared(key, *limits)
                first[key] = seen[key][0]
            else:
                seen[key] = number, limits
        for name, of_atoms in one.limits.items():
            if name in of_ones:
                for atom, high in enumerate(of_atoms):
                    key = (*name, str(atom))
                    shared[key] = Shared(key, -INF, high, 1.0)
                    first[key] = of_ones[name][0]
            else:
                of_ones[name] = number, of_atoms
    return list(shared.values()), first
