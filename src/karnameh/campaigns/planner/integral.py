"""One block solved in whole numbers: relaxation, rounding, a small integer program, repair, filling."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from karnameh.campaigns.planner.ascent import AGAIN, LONGEST, PATIENT, TURNS, ascend
from karnameh.campaigns.planner.diving import dive
from karnameh.campaigns.planner.formulation import Block, Flags, Floats, Ints
from karnameh.campaigns.planner.highs import Columns, solve_integer
from karnameh.campaigns.planner.model import Placement
from karnameh.campaigns.planner.neighbours import Neighbours
from karnameh.campaigns.planner.relaxation import Relaxation, Relaxed
from karnameh.campaigns.planner.state import Choice, State

WHOLE = 1 - 1e-6
NODES = 400  # of one integer program: a limit by work, so that the same input gives the same plan
OPEN = 2_000  # columns that a dive leaves open for one program
FAR = 0.01  # relative: with a larger gap after it, what was fixed is filled up by value
NEAR = 0.1  # relative: within it, a plan made by prices alone is what neighbourhoods begin with
EXACT = 30_000  # columns up to which all that could improve a plan are put into one program
ENDED = 1e-7


@dataclass(slots=True)
class Standing:
    """The best plan of a block so far and what is proven about it, within its quotas."""

    state: State
    bound: float
    is_feasible: bool
    is_exhausted: bool  # an integer program over every useful column went to its end

    @property
    def value(self) -> float:
        """Its points."""
        return self.state.objective()


class BlockSolver:
    """A block from its first greedy plan to the last."""

    def __init__(self, block: Block, *, seed: int, foreign: Flags, disowned: Flags) -> None:
        self.block, self.seed = block, seed
        self.relaxation = Relaxation(block, seed=seed, foreign=foreign, disowned=disowned)
        self.best: Standing | None = None
        self.relaxed: Relaxed | None = None
        self.tried = 0  # integer programs over this relaxation's columns
        self.has_rounded = self.has_dived = False
        self.is_by_prices = False  # what the ascent found is used; the linear program is not solved
        self.neighbours: Neighbours | None = None

    def greedy(self) -> Standing:
        """By value, rules first: a first plan in a moment."""
        reduced = self.block.reduced(np.zeros(self.block.rows))
        state = self._empty()
        order = np.argsort(-reduced.proposals, kind="stable")
        state.serve(order)
        state.fill(order[reduced.proposals[order] > 0])
        return self._keep(state, float("inf"))

    def sketch(self, low: Floats, high: Floats, prices: Floats) -> Standing:
        """The same within other limits and at some prices; nothing is kept of it."""
        state = State(self.block, low, high)
        order = np.argsort(-self.block.reduced(prices).proposals, kind="stable")
        worth = self.block.reduced(np.zeros(self.block.rows)).proposals
        state.serve(order, prices)
        state.fill(order[worth[order] > 0], prices)
        return Standing(state, float("inf"), state.shortfall() == 0.0, False)

    def relax(
        self,
        prices: Floats,
        deadline: float,
        tolerance: float,
        rounds: int = 200,
        climbs: bool = True,
    ) -> Relaxed:
        """The relaxation at outside prices of the foreign rows."""
        relaxation, self.tried = self.relaxation, 0
        self.has_rounded = self.has_dived = self.is_by_prices = False
        self.neighbours = None
        is_first = not len(relaxation.pool)
        relaxation.set_outside(prices)
        if relaxation.proven is None and len(self.block.proposals) and climbs:
            is_feasible = self.best is not None and self.best.is_feasible
            lower = self.best.value if self.best is not None and is_feasible else None
            if is_first and relaxation.is_tangled:
                ascend(relaxation, lower, deadline, LONGEST, PATIENT)
                if self._is_near_by_prices():
                    return self._relaxed()
            else:
                turns = TURNS if is_first else AGAIN
                ascend(relaxation, lower if is_first else None, deadline, turns)
        if is_first:
            relaxation.add_first(self.best.state if self.best else None)
        self.relaxed = self.relaxation.solve(deadline, tolerance=tolerance, rounds=rounds)
        return self.relaxed

    def _is_near_by_prices(self) -> bool:
        """Whether the prices of the ascent alone give a plan near their bound: no program is needed yet."""
        relaxation = self.relaxation
        if relaxation.proven is None or relaxation.foreign.any():
            return False
        relaxed = relaxation.by_prices()
        standing = self.sketch(relaxation.low, relaxation.high, relaxed.prices)
        standing = self._keep(standing.state, relaxed.bound)
        if not self._is_good(standing, NEAR):
            return False
        self.relaxed, self.is_by_prices, self.has_rounded = relaxed, True, True
        return True

    def relax_by_program(self, deadline: float) -> Relaxed:
        """The relaxation after all: what its prices alone allow is used up."""
        self.is_by_prices, self.neighbours = False, None
        self.relaxation.add_first(self.best.state if self.best else None)
        self.relaxed = self.relaxation.solve(deadline, tolerance=5e-4)
        return self.relaxed

    def set_quotas(self, rows: Ints, low: Floats, high: Floats) -> None:
        """Bound the foreign rows; what was found before counts no more."""
        self.relaxation.set_quotas(rows, low, high)
        self.best = None

    def round(self) -> Standing:
        """A plan from the relaxation: its whole columns, then what fits, by what it is worth."""
        relaxed = self._relaxed()
        state, order = self._empty(), self._order(relaxed)
        state.put_all(self._wholes(relaxed.x > 0.5, relaxed.x), if_it_fits=True)
        state.serve(order, relaxed.prices)
        likely = self._likely(relaxed.x)
        state.fill(likely, relaxed.prices)
        self._fill(state, order, relaxed)
        return self._keep(state, relaxed.bound)

    def rounded(self) -> Standing:
        """A plan from the relaxation, made once."""
        if self.has_rounded and self.best is not None:
            return self.best
        self.has_rounded = True
        return self.round()

    def _likely(self, x: Floats) -> Ints:
        """Proposals that the relaxation accepts at least half, whatever their places: the surest first."""
        pool, block = self.relaxation.pool, self.block
        y = np.zeros(len(block.proposals))
        np.add.at(y, block.part_of[block.window_part[pool.w[: len(x)]]], x)
        y /= np.maximum(1, np.diff(block.parts_at))
        order = np.argsort(-y, kind="stable")
        return order[y[order] > 0.5]

    def improve(self, deadline: float, gap: float) -> Standing:
        """Integer programs, small ones first, until the gap is reached or the time is over."""
        relaxed = self._relaxed()
        best = self.best or self.round()
        if self.relaxation.is_tangled:
            best = self._piece_by_piece(relaxed, best, deadline, gap)
            relaxed = self._relaxed()
            if self.is_by_prices:
                return best
        programs = ((True, 0.03, NODES), (True, 0.15, NODES), (False, 0.3, 4 * NODES))
        for fix, share, nodes in programs[self.tried :]:
            if self._is_good(best, gap) or time.monotonic() > deadline:
                return best
            self.tried += 1
            fixed = np.flatnonzero(relaxed.x > WHOLE) if fix else np.zeros(0, np.int64)
            loss = share * self.relaxation.top
            best = self._try_columns(relaxed, fixed, relaxed.x, loss, nodes, deadline, gap)
        return best

    def _piece_by_piece(
        self, relaxed: Relaxed, best: Standing, deadline: float, gap: float
    ) -> Standing:
        """Where one program over all is too hard: neighbourhoods, and of what a dive leaves open."""
        if self.is_by_prices:
            best = self._among_neighbours(relaxed, best, deadline, gap)
            if self._is_good(best, gap) or time.monotonic() > deadline:
                return best
            relaxed = self.relax_by_program(deadline)
        if not self.has_dived and not self._is_good(best, gap):
            self.has_dived = True
            best = self._dive(relaxed, deadline, gap)
        if not best.is_feasible or self._is_good(best, gap):
            return best
        return self._among_neighbours(relaxed, best, deadline, gap)

    def _among_neighbours(
        self, relaxed: Relaxed, best: Standing, deadline: float, gap: float
    ) -> Standing:
        """The best plan, with its neighbourhoods planned anew one after another."""
        if self.neighbours is None:
            self.neighbours = Neighbours(self.relaxation, relaxed, self.seed)
        enough = best.bound - gap * max(1e-9, abs(best.bound))
        better = self.neighbours.better(best.state, deadline=deadline, enough=enough)
        return self._keep(better, relaxed.bound)

    def _dive(self, relaxed: Relaxed, deadline: float, gap: float) -> Standing:
        """Down until few enough columns are open for an integer program; without a good answer, filled up."""
        state = self._empty()
        loss = 0.03 * self.relaxation.top
        fixed, x = dive(
            self.relaxation,
            relaxed,
            state,
            deadline=deadline,
            enough=lambda fixed, x: (
                int(self._near(relaxed, fixed, x, loss).sum()) - len(fixed) <= OPEN
            ),
        )
        began = time.monotonic()
        until = began + max(0.0, deadline - began) / 2
        best = self._try_columns(relaxed, fixed, x, loss, NODES, until, gap)
        if self._is_good(best, FAR):
            return best
        order = self._order(relaxed)
        state.serve(order, relaxed.prices)
        self._fill(state, order, relaxed)
        return self._keep(state, relaxed.bound)

    def exhaust(self, deadline: float, gap: float = 0.0) -> Standing:
        """An integer program over every column that could improve the plan, to its end.

        A plan that is within the gap already gets a short try only.
        """
        relaxed, best = self._relaxed(), self.best or self.round()
        if self._is_good(best, ENDED) or time.monotonic() > deadline or not relaxed.is_solved:
            return best
        loss = relaxed.bound - best.value if best.is_feasible else float("inf")
        is_good = self._is_good(best, gap)
        most, nodes = (EXACT // 4, NODES) if is_good else (EXACT, 500 * NODES)
        near = self.relaxation.near(relaxed, loss + 1e-6 * self.relaxation.top, most)
        if near is None:
            return best
        self.relaxation.add(*near)
        return self._whole_program(relaxed, deadline, nodes)

    def _whole_program(self, relaxed: Relaxed, deadline: float, nodes: int) -> Standing:
        relaxation = self.relaxation
        chosen = np.arange(len(relaxation.pool))
        columns, low, high = relaxation.integer_columns(chosen)
        x = np.zeros(len(chosen))
        x[: len(relaxed.x)] = relaxed.x
        relaxed.x = x
        answer = solve_integer(
            columns,
            low,
            high,
            self._integers(len(chosen)),
            start=self._start(chosen),
            seconds=deadline - time.monotonic(),
            gap=0.0,
            nodes=nodes,
            seed=self.seed,
        )
        best = self.best
        if answer.values is not None:
            best = self._take(answer.values, chosen, relaxed)
        assert best is not None
        proven = -answer.bound
        if best.is_feasible and np.isfinite(proven):
            # What is left out could not be worth more than the plan that we had.
            best.bound = min(best.bound, max(proven, best.value))
            best.is_exhausted = best.bound - best.value <= 1e-6 * max(1.0, abs(best.value))
        missing = proven < -relaxation.top * (len(self.block.proposals) + 1)
        if not best.is_feasible and (missing or answer.is_proven_infeasible):
            best.is_exhausted = True
        return best

    def _near(self, relaxed: Relaxed, fixed: Ints, x: Floats, loss: float) -> Flags:
        """The columns that are fixed, and of all other parts those that lose little."""
        relaxation, block = self.relaxation, self.block
        pool = relaxation.pool
        part = block.window_part[pool.w]
        p = block.part_of[part]
        lost = relaxed.reduced.parts[part] - relaxed.reduced.windows[pool.w]
        lost = lost + np.maximum(0.0, -relaxed.reduced.proposals[p])
        near = (lost <= loss) | (relaxed.x > 1e-9) | (x > 1e-9)
        if self.best is not None and self.best.is_feasible:
            near |= self._marks()
        settled = np.zeros(len(block.part_of), bool)
        settled[part[fixed]] = True
        near &= ~settled[part]
        near[fixed] = True
        return near

    def _try_columns(
        self,
        relaxed: Relaxed,
        fixed: Ints,
        x: Floats,
        loss: float,
        nodes: int,
        deadline: float,
        gap: float,
    ) -> Standing:
        """An integer program over the columns that lose little, with some of them fixed."""
        relaxation = self.relaxation
        chosen = np.flatnonzero(self._near(relaxed, fixed, x, loss))
        columns, low, high = relaxation.integer_columns(chosen)
        if len(fixed):
            whole = np.zeros(len(relaxation.pool), bool)
            whole[fixed] = True
            columns = _fixed(columns, relaxation.fixed + np.flatnonzero(whole[chosen]))
        answer = solve_integer(
            columns,
            low,
            high,
            self._integers(len(chosen)),
            start=None if len(fixed) else self._start(chosen),
            seconds=deadline - time.monotonic(),
            gap=gap / 4,
            nodes=nodes,
            seed=self.seed,
        )
        if answer.values is None:
            assert self.best is not None
            return self.best
        return self._take(answer.values, chosen, relaxed)

    def _integers(self, count: int) -> Flags:
        """Which columns are whole: those of placements; the others then are by themselves."""
        return np.concatenate([np.zeros(self.relaxation.fixed, bool), np.ones(count, bool)])

    def _take(self, values: Floats, chosen: Ints, relaxed: Relaxed) -> Standing:
        x = np.zeros(len(self.relaxation.pool))
        x[chosen] = values[self.relaxation.fixed :]
        state = self._empty()
        state.put_all(self._wholes(x > 0.5, x), if_it_fits=False)
        state.mend()
        order = self._order(relaxed)
        state.serve(order, relaxed.prices)
        self._fill(state, order, relaxed)
        return self._keep(state, relaxed.bound)

    def _fill(self, state: State, order: Ints, relaxed: Relaxed) -> None:
        worth = self.block.reduced(np.zeros(self.block.rows)).proposals
        state.fill(order[worth[order] > 0], relaxed.prices)

    def _order(self, relaxed: Relaxed) -> Ints:
        return np.argsort(-relaxed.reduced.proposals, kind="stable")

    def _wholes(self, chosen: Flags, x: Floats) -> list[tuple[int, tuple[Choice, ...]]]:
        """Proposals all of whose parts have a chosen column, the surest first."""
        pool, block = self.relaxation.pool, self.block
        found: dict[int, dict[int, Choice]] = {}
        at = np.flatnonzero(chosen[: len(pool)])
        for one in at[np.argsort(-x[at], kind="stable")].tolist():
            w = int(pool.w[one])
            k = int(block.window_part[w])
            of_parts = found.setdefault(int(block.part_of[k]), {})
            of_parts.setdefault(k, Choice(w, int(pool.venue[one]), int(pool.team[one])))
        return [
            (p, tuple(of_parts[k] for k in sorted(of_parts)))
            for p, of_parts in found.items()
            if len(of_parts) == block.parts_at[p + 1] - block.parts_at[p]
        ]

    def _marks(self) -> Flags:
        """The pool's columns that the best plan uses; they join the pool if they are not there."""
        assert self.best is not None
        used = [one for many in self.best.state.placed.values() for one in many]
        wanted = {(one.w, one.venue, one.team) for one in used}
        pool = self.relaxation.pool
        keys = zip(pool.w.tolist(), pool.venue.tolist(), pool.team.tolist(), strict=True)
        return np.array([one in wanted for one in keys], bool)

    def _start(self, chosen: Ints) -> Floats | None:
        """The best plan as a start for the solver, when all its columns are among the chosen."""
        if self.best is None or not self.best.is_feasible:
            return None
        state, relaxation, block = self.best.state, self.relaxation, self.block
        marks = self._marks()[chosen]
        if int(marks.sum()) != sum(len(one) for one in state.placed.values()):
            return None
        own = np.zeros(relaxation.fixed)
        for at, row in enumerate(relaxation.fair):
            own[relaxation.slacks + at] = min(
                block.bonus[row][1], block.high[row] - state.usage[row]
            )
        own[relaxation.slacks + len(relaxation.fair) :] = state.accepted[relaxation.multi]
        return np.concatenate([own, marks.astype(float)])

    def _empty(self) -> State:
        return State(self.block, self.relaxation.low, self.relaxation.high)

    def _relaxed(self) -> Relaxed:
        assert self.relaxed is not None
        return self.relaxed

    def _keep(self, state: State, bound: float) -> Standing:
        """Remember a plan when it is better than the last."""
        new = Standing(state, bound, state.shortfall() == 0.0, False)
        old = self.best
        if old is not None:
            bound = min(bound, old.bound)
            same = old.is_feasible == new.is_feasible
            lacks = (old.state.shortfall(), -old.value) <= (state.shortfall(), -new.value)
            if (old.is_feasible and not new.is_feasible) or (same and lacks):
                old.bound = bound
                return old
            new.bound = bound
        self.best = new
        return new

    def _is_good(self, one: Standing, gap: float) -> bool:
        if not one.is_feasible:
            return False
        return one.bound - one.value <= gap * max(1e-9, abs(one.bound)) + 1e-9

    def placements(self, state: State) -> list[Placement]:
        """A plan in the words of the instance."""
        return [one for p in sorted(state.placed) for one in self._placed(p, state.placed[p])]

    def _placed(self, p: int, choices: tuple[Choice, ...]) -> list[Placement]:
        block, frame_slots = self.block, self.block.slots
        made = []
        for choice in choices:
            window = int(block.window[choice.w])
            venue = int(block.venues.choices[choice.venue])
            team = int(block.teams.choices[choice.team])
            made.append(
                Placement(
                    proposal=block.proposals[p],
                    day=block.day_ids[window // frame_slots],
                    slot=block.slot_ids[window % frame_slots],
                    venue=block.venue_ids[venue] if venue < len(block.venue_ids) else None,
                    team=block.person_ids[team] if team < len(block.person_ids) else None,
                    part=int(block.part_number[block.window_part[choice.w]]),
                )
            )
        return made


def _fixed(columns: Columns, ones: Ints) -> Columns:
    low = columns.low.copy()
    low[ones] = 1.0
    return Columns(columns.cost, low, columns.high, columns.starts, columns.rows, columns.values)
