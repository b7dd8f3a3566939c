"""The linear relaxation of a block, by column generation, and the bound that its prices prove.

For any prices of the rows, what every proposal is worth beyond the prices of what it uses, plus the
limits at their prices, is at least the value of any plan (weak duality). The bound is computed that
way from the arrays, over all columns; it never trusts the solver.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from karnameh.campaigns.planner.formulation import (
    INF,
    Block,
    Flags,
    Floats,
    Ints,
    Reduced,
    expanded,
)
from karnameh.campaigns.planner.highs import INFINITY, Columns, GrowingProgram
from karnameh.campaigns.planner.state import Choice, State

PENALTY = 1000.0  # times the largest value of a proposal: what a missing unit of a rule costs
A_ROUND = 3  # columns of one part that join the program in one round
AT_FIRST = 1
MANY_IN_PARTS = 0.25  # of the proposals of a block


@dataclass(slots=True)
class Pool:
    """The columns that have been made: their window and options, and their value."""

    w: Ints
    venue: Ints
    team: Ints
    value: Floats  # with that of the proposal where it has one part

    def __len__(self) -> int:
        return len(self.w)


@dataclass(slots=True)
class Relaxed:
    """A solved relaxation: prices (of all rows, raw units), bound, what is missing of hard rows."""

    prices: Floats
    reduced: Reduced
    bound: float
    value: float
    missing: float
    x: Floats  # by pool column
    is_solved: bool


class Relaxation:
    """The growing linear program of one block."""

    def __init__(self, block: Block, *, seed: int, foreign: Flags, disowned: Flags) -> None:
        """`foreign` rows couple blocks: free until they get a quota, with prices from outside.

        `disowned` fair rows get their points in another block.
        """
        self.block, self.foreign, self.seed = block, foreign, seed
        self.low, self.high = block.low.copy(), block.high.copy()
        self.low[foreign], self.high[foreign] = -INF, INF
        self.outside = np.zeros(block.rows)  # prices of foreign rows
        self.own = np.zeros(block.rows)  # the best prices of the other rows so far
        self.proven: tuple[Floats, Reduced, float] | None = None
        self.program = GrowingProgram(seed=seed)
        self.is_begun = False
        self.top = max(1e-6, float(self._top()))
        nothing = np.zeros(0, np.int64)
        self.pool = Pool(nothing, nothing, nothing, np.zeros(0))
        self.single = np.diff(block.parts_at) == 1
        self._line = np.full(block.rows, -1, np.int64)  # row -> row of the program
        self._part_line = np.full(len(block.part_of), -1, np.int64)
        self._known: set[tuple[int, int, int]] = set()
        self._build(disowned)

    def _top(self) -> float:
        """The largest value of a proposal."""
        block = self.block
        if not len(block.values):
            return 1.0
        parts = np.maximum.reduceat(block.window_value, block.windows_at[:-1])
        best = block.values + np.bincount(block.part_of, parts, len(block.values))
        fair = sum(points for points, _ in block.bonus.values()) and max(
            points for points, _ in block.bonus.values()
        )
        return float(np.abs(best).max()) + 2 * fair

    @property
    def is_tangled(self) -> bool:
        """Whether so many proposals have several parts that its programs are much harder."""
        return len(self.multi) > MANY_IN_PARTS * len(self.block.proposals)

    def _build(self, disowned: Flags) -> None:
        block, count = self.block, len(self.block.proposals)
        must = block.must.astype(float)
        self.program.add_rows(must, np.ones(count))
        multi = np.flatnonzero(~self.single[block.part_of])
        self._part_line[multi] = count + np.arange(len(multi))
        self._part_line[self.single[block.part_of]] = block.part_of[self.single[block.part_of]]
        self.program.add_rows(np.zeros(len(multi)), np.zeros(len(multi)))
        fair = [row for row in block.bonus if not disowned[row]]
        elastic = np.flatnonzero((block.low > 0) | (block.high < 0) | self.foreign)
        self._lines_for(np.concatenate([np.array(fair, np.int64), elastic]))
        penalty = PENALTY * self.top
        own: list[tuple[float, float, float, list[tuple[int, float]]]] = []
        for p in np.flatnonzero(block.must).tolist():
            own.append((penalty, 0.0, 1.0, [(int(p), 1.0)]))
        for row in elastic.tolist():
            for sign in (1.0, -1.0):
                own.append((penalty, 0.0, INFINITY, [(int(self._line[row]), sign)]))
        self.slacks = len(own)
        for row in fair:
            points, most = block.bonus[row]
            line = int(self._line[row])
            own.append((-points, 0.0, most, [(line, 1.0)]))
        self.fair = fair
        self.fair_rows = np.array(fair, np.int64)
        bonus = np.array([block.bonus[row] for row in fair]).reshape(-1, 2)
        self.fair_points, self.fair_most = bonus[:, 0], bonus[:, 1]
        self.multi = np.flatnonzero(~self.single)
        for p in self.multi.tolist():
            rows, values = block.by_proposal.at(p)
            self._lines_for(rows)
            entries = [(int(p), 1.0)]
            entries += list(
                zip(self._line[rows].tolist(), (values * block.scale[rows]).tolist(), strict=True)
            )
            for k in range(block.parts_at[p], block.parts_at[p + 1]):
                entries.append((int(self._part_line[k]), -1.0))
            own.append((-float(block.values[p]), 0.0, 1.0, entries))
        self.fixed = len(own)
        self.fixed_costs = np.array([one[0] for one in own])
        self.fixed_columns = _columns(own)
        if own:
            self.program.add_columns(self.fixed_columns)

    def _lines_for(self, rows: Ints) -> None:
        """Give rows of the block a row of the program."""
        new = np.unique(rows[self._line[rows] < 0])
        if len(new):
            self._line[new] = self.program.rows + np.arange(len(new))
            low, high = self._scaled(self.low[new], new), self._scaled(self.high[new], new)
            self.program.add_rows(low, high)

    def _scaled(self, limits: Floats, rows: Ints) -> Floats:
        scaled = np.where(np.isfinite(limits), limits, 0.0) * self.block.scale[rows]
        return np.where(np.isfinite(limits), scaled, np.where(limits > 0, INFINITY, -INFINITY))

    def signed(self, own: Floats) -> Floats:
        """Prices without those that would pay for a limit that is not there."""
        own = np.where(np.isfinite(self.high), own, np.minimum(own, 0.0))
        return np.where(np.isfinite(self.low), own, np.maximum(own, 0.0))

    def prove(self, prices: Floats, reduced: Reduced, bound: float) -> None:
        """Remember prices that prove more than all before, for these limits and outside prices."""
        if self.proven is None or bound < self.proven[2]:
            self.proven = prices, reduced, bound
            self.own = prices - self.outside

    def set_outside(self, prices: Floats) -> None:
        """New prices of the foreign rows; what these cost until now, they go on costing."""
        if not np.array_equal(prices, self.outside):
            self.proven = None
            self.own = self.signed(self.own + self.outside - prices)
        self.outside = prices
        self.program.set_costs(np.concatenate([self._fixed_costs(), self._pool_costs()]))

    def _fixed_costs(self) -> Floats:
        block, costs = self.block, self.fixed_costs.copy()
        costs[self.slacks : self.slacks + len(self.fair)] += self.outside[self.fair_rows]
        if len(self.multi):
            paid = block.by_proposal.priced(self.outside, len(block.values))
            costs[self.slacks + len(self.fair) :] += paid[self.multi]
        return costs

    def _pool_costs(self) -> Floats:
        pool = self.pool
        if not len(pool):
            return np.zeros(0)
        own, rows, values = self.entries(pool.w, pool.venue, pool.team)
        return -pool.value + np.bincount(own, values * self.outside[rows], len(pool))

    def set_quotas(self, rows: Ints, low: Floats, high: Floats) -> None:
        """Bound foreign rows."""
        self.low[rows], self.high[rows] = low, high
        self.proven = None
        lines = self._line[rows].astype(np.int32)
        self.program.set_row_bounds(lines, self._scaled(low, rows), self._scaled(high, rows))

    def entries(self, w: Ints, venues: Ints, teams: Ints) -> tuple[Ints, Ints, Floats]:
        """Entries of columns in rows of the block, those of single proposals with them."""
        block = self.block
        choices = block.venues.choices[venues], block.teams.choices[teams]
        own, rows, values = block.rows_of(w, *choices)
        p = block.part_of[block.window_part[w]]
        alone = np.flatnonzero(self.single[p])
        own2, rows2, values2 = block.by_proposal.gathered(p[alone])
        return (
            np.concatenate([own, alone[own2]]),
            np.concatenate([rows, rows2]),
            np.concatenate([values, values2]),
        )

    def add(self, w: Ints, venues: Ints, teams: Ints) -> int:
        """Put columns into the program, those that are there already left out; how many were new."""
        fresh = []
        for at, key in enumerate(zip(w.tolist(), venues.tolist(), teams.tolist(), strict=True)):
            if key not in self._known:
                self._known.add(key)
                fresh.append(at)
        if not fresh:
            return 0
        w, venues, teams = w[fresh], venues[fresh], teams[fresh]
        block = self.block
        own, rows, values = self.entries(w, venues, teams)
        self._lines_for(rows)
        k = block.window_part[w]
        p = block.part_of[k]
        value = block.window_value[w] - block.venues.costs[venues] - block.teams.costs[teams]
        value = value + np.where(self.single[p], block.values[p], 0.0)
        costs = -value + np.bincount(own, values * self.outside[rows], len(w))
        columns = sparse_columns(
            costs,
            np.concatenate([np.arange(len(w)), own]),
            np.concatenate([self._part_line[k], self._line[rows]]),
            np.concatenate([np.ones(len(w)), values * block.scale[rows]]),
        )
        self.program.add_columns(columns)
        pool = self.pool
        self.pool = Pool(
            np.concatenate([pool.w, w]),
            np.concatenate([pool.venue, venues]),
            np.concatenate([pool.team, teams]),
            np.concatenate([pool.value, value]),
        )
        return len(w)

    def add_choices(self, choices: list[Choice]) -> None:
        """Put the columns of a plan into the program."""
        if choices:
            many = [(one.w, one.venue, one.team) for one in choices]
            w, venues, teams = (np.array(one, np.int64) for one in zip(*many, strict=True))
            self.add(w, venues, teams)

    def add_first(self, state: State | None) -> None:
        """The columns of a plan, and for each part some of its best windows, spread by chance."""
        block = self.block
        if not len(block.proposals):
            return
        reduced = block.reduced(self.outside)
        chance = np.random.default_rng(self.seed).random(len(block.window)) * 0.05 * self.top
        self._add_best(
            reduced, reduced.windows + chance, np.ones(len(block.window), bool), AT_FIRST
        )
        if state is not None:
            self.add_choices([one for many in state.placed.values() for one in many])

    def _add_best(self, reduced: Reduced, values: Floats, allowed: Flags, most: int) -> int:
        """Of each part, the best allowed windows in their best venue and team."""
        block = self.block
        candidates = np.flatnonzero(allowed)
        part = block.window_part[candidates]
        order = np.lexsort((-values[candidates], part))
        candidates, part = candidates[order], part[order]
        firsts = np.searchsorted(part, part)
        chosen = candidates[np.arange(len(part)) - firsts < most]
        if not len(chosen):
            return 0
        venues = block.venues.best_of(chosen, reduced.venue_table)
        teams = block.teams.best_of(chosen, reduced.team_table)
        return self.add(chosen, venues, teams)

    def solve(self, deadline: float, *, tolerance: float, rounds: int = 200) -> Relaxed:
        """Column generation until the bound is within `tolerance` of the relaxation's value."""
        block = self.block
        best: Relaxed | None = None
        # Where many proposals have several parts, the first program ties the simplex up for seconds.
        for _turn in range(rounds):
            left = max(0.1, deadline - time.monotonic())
            solved = self.program.solve(left, through=self.is_tangled and not self.is_begun)
            self.is_begun = True
            values, duals = self.program.values(), self.program.prices()
            if len(values) < self.program.columns or len(duals) < self.program.rows:
                break  # the solver gave nothing in its time
            now = self._read(values, duals, solved)
            self.prove(now.prices, now.reduced, now.bound)
            assert self.proven is not None
            now.prices, now.reduced, now.bound = self.proven
            enough = tolerance * max(self.top, abs(now.value))
            now.is_solved = solved and now.missing < 1e-6 and now.bound - now.value <= enough
            best = now
            if now.is_solved or time.monotonic() > deadline:
                break
            last = self._last
            if not self._add_best(last, last.windows, self._beyond(last, duals), A_ROUND):
                best.is_solved = solved
                break
        if best is None:
            prices = self.outside.copy()
            reduced = block.reduced(prices)
            nothing = np.zeros(len(self.pool))
            best = Relaxed(prices, reduced, self.bound(prices, reduced), 0.0, INF, nothing, False)
        best.x = np.concatenate([best.x, np.zeros(len(self.pool) - len(best.x))])
        return best

    def by_prices(self) -> Relaxed:
        """What the best prices so far prove, without the program; no column is chosen."""
        assert self.proven is not None
        prices, reduced, bound = self.proven
        return Relaxed(prices, reduced, bound, bound, 0.0, np.zeros(len(self.pool)), True)

    def fix(self, columns: Ints) -> None:
        """These columns of the pool are chosen, whatever else is."""
        where = (self.fixed + columns).astype(np.int32)
        self.program.set_bounds_of_columns(where, 1.0, INFINITY)

    def free(self, columns: Ints) -> None:
        """They are free again."""
        where = (self.fixed + columns).astype(np.int32)
        self.program.set_bounds_of_columns(where, 0.0, INFINITY)

    def solved_again(self, seconds: float) -> Floats | None:
        """The columns of the pool when the program is solved as it stands; None when it is not."""
        if not self.program.solve(max(0.05, seconds)):
            return None
        values = self.program.values()[self.fixed :]
        return np.concatenate([values, np.zeros(len(self.pool) - len(values))])

    def _read(self, values: Floats, duals: Floats, solved: bool) -> Relaxed:
        block = self.block
        prices = self.outside.copy()
        used = np.flatnonzero(self._line >= 0)
        prices[used] += duals[self._line[used]] * block.scale[used]
        prices = self._clipped(prices)
        reduced = self._last = block.reduced(prices)
        self._last_prices = prices
        missing = float(values[: self.slacks].sum())
        costs = np.concatenate([self._fixed_costs(), self._pool_costs()])
        value = -float((costs[self.slacks :] * values[self.slacks :]).sum())
        x = values[self.fixed :]
        return Relaxed(prices, reduced, self.bound(prices, reduced), value, missing, x, solved)

    def _clipped(self, prices: Floats) -> Floats:
        """No price where there is no limit."""
        return self.outside + self.signed(prices - self.outside)

    def bound(self, prices: Floats, reduced: Reduced) -> float:
        """No plan of this block is worth more, outside prices taken off (weak duality)."""
        own = prices - self.outside
        limits = np.where(own > 0, self.high, self.low)
        limits = np.where(own == 0, 0.0, limits)
        total = float((own * limits).sum())
        gains = np.where(self.block.must, reduced.proposals, np.maximum(0.0, reduced.proposals))
        total += float(gains.sum())
        over = np.maximum(0.0, self.fair_points - prices[self.fair_rows])
        return total + float((self.fair_most * over).sum())

    def _beyond(self, now: Reduced, duals: Floats) -> Flags:
        """The windows whose best column is worth more than what its part earns now."""
        block = self.block
        earns = duals[self._part_line]  # by part
        own = block.values - block.by_proposal.priced(self._last_prices, len(block.values))
        alone = self.single[block.part_of]
        wanted = np.where(alone, earns - own[block.part_of], earns)
        margin = 1e-7 * self.top
        return np.asarray(now.windows > wanted[block.window_part] + margin)

    def usage(self, x: Floats, rows: Ints) -> Floats:
        """How much of some rows a (fractional) answer uses, in their own units."""
        pool, block = self.pool, self.block
        own, entry_rows, values = self.entries(pool.w, pool.venue, pool.team)
        total = np.bincount(entry_rows, values * x[own], block.rows).astype(np.float64)
        if len(self.multi):
            y = np.zeros(len(block.proposals))
            np.add.at(y, block.part_of[block.window_part[pool.w]], x)
            y /= np.diff(block.parts_at)
            y[self.single] = 0.0
            mine = block.by_proposal
            total += np.bincount(mine.rows, mine.values * y[mine.owners], block.rows)
        return total[rows]

    def worth(self, x: Floats) -> float:
        """The points of a (fractional) answer, outside prices not taken off."""
        pool, block = self.pool, self.block
        total = float((pool.value * x).sum())
        y = np.zeros(len(block.proposals))
        np.add.at(y, block.part_of[block.window_part[pool.w]], x)
        y /= np.diff(block.parts_at)
        total += float((block.values * y)[~self.single].sum())
        got = np.minimum(self.fair_most, block.high[self.fair_rows] - self.usage(x, self.fair_rows))
        return total + float((self.fair_points * got).sum())

    def near(self, now: Relaxed, loss: float, most: int) -> tuple[Ints, Ints, Ints] | None:
        """All columns that lose at most `loss` against the bound; None when they are too many."""
        block = self.block
        gain = np.where(block.must, now.reduced.proposals, np.maximum(0.0, now.reduced.proposals))
        spare = loss - (gain - now.reduced.proposals)  # by proposal, with its best columns
        room = spare[block.part_of][block.window_part]
        lost = now.reduced.parts[block.window_part] - now.reduced.windows
        w = np.flatnonzero(lost <= room)
        venues = np.diff(block.venues.starts)[w]
        teams = np.diff(block.teams.starts)[w]
        if int((venues * teams).sum()) > 40 * most:
            return None
        pair = np.repeat(np.arange(len(w)), venues)
        venue = expanded(block.venues.starts[w], venues)
        again = teams[pair]
        both = np.repeat(np.arange(len(pair)), again)
        team = expanded(block.teams.starts[w[pair]], again)
        w, venue = w[pair][both], venue[both]
        cells = -block.venues.costs[venue] - now.reduced.venue_table[block.venues.cells[venue]]
        cells += -block.teams.costs[team] - now.reduced.team_table[block.teams.cells[team]]
        best = block.venues.best(now.reduced.venue_table) + block.teams.best(now.reduced.team_table)
        fits = lost[w] + best[w] - cells <= room[w]
        if int(fits.sum()) > most:
            return None
        return w[fits], venue[fits], team[fits]

    def integer_columns(self, chosen: Ints) -> tuple[Columns, Floats, Floats]:
        """The program's own columns and the chosen ones of the pool, with all rows and bounds."""
        pool, block = self.pool, self.block
        w, venues, teams = pool.w[chosen], pool.venue[chosen], pool.team[chosen]
        own, rows, values = self.entries(w, venues, teams)
        k = block.window_part[w]
        costs = np.concatenate([self._fixed_costs(), self._pool_costs()[chosen]])
        fixed = self.fixed_columns
        owners = np.repeat(np.arange(self.fixed), np.diff(fixed.starts))
        columns = sparse_columns(
            costs,
            np.concatenate([owners, self.fixed + np.arange(len(w)), self.fixed + own]),
            np.concatenate([fixed.rows, self._part_line[k], self._line[rows]]),
            np.concatenate([fixed.values, np.ones(len(w)), values * block.scale[rows]]),
            high=np.concatenate([fixed.high, np.ones(len(w))]),
        )
        low, high = np.zeros(self.program.rows), np.zeros(self.program.rows)
        low[: len(block.must)], high[: len(block.must)] = block.must, 1.0
        used = np.flatnonzero(self._line >= 0)
        low[self._line[used]] = self._scaled(self.low[used], used)
        high[self._line[used]] = self._scaled(self.high[used], used)
        return columns, low, high


def _columns(own: list[tuple[float, float, float, list[tuple[int, float]]]]) -> Columns:
    owners = [at for at, one in enumerate(own) for _ in one[3]]
    rows = [row for one in own for row, _ in one[3]]
    values = [value for one in own for _, value in one[3]]
    return sparse_columns(
        np.array([one[0] for one in own]),
        np.array(owners, np.int64),
        np.array(rows, np.int64),
        np.array(values),
        high=np.array([one[2] for one in own]),
    )


def sparse_columns(
    costs: Floats, owners: Ints, rows: Ints, values: Floats, high: Floats | None = None
) -> Columns:
    """Columns from entries in any order; entries of one place are added up."""
    count = len(costs)
    order = np.lexsort((rows, owners))
    owners, rows, values = owners[order], rows[order], values[order]
    if len(owners):
        first = np.concatenate([[True], (owners[1:] != owners[:-1]) | (rows[1:] != rows[:-1])])
        values = np.add.reduceat(values, np.flatnonzero(first))
        owners, rows = owners[first], rows[first]
    starts = np.searchsorted(owners, np.arange(count + 1))
    return Columns(
        np.ascontiguousarray(costs, np.float64),
        np.zeros(count),
        np.full(count, INFINITY) if high is None else high.astype(np.float64),
        starts.astype(np.int32),
        rows.astype(np.int32),
        values.astype(np.float64),
    )
