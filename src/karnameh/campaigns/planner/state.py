"""A plan of a block while it is made: who is placed where, and how full every row is.

All limits are compared in their own units (whole rials, whole halls), never in those of the solver.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karnameh.campaigns.planner.formulation import (
    Block,
    Floats,
    Ints,
    Options,
    best_places,
    expanded,
)

EPSILON = 1e-6
BLOCKED = 1e15


@dataclass(frozen=True, slots=True)
class Choice:
    """A window of a part, with positions among its venue and team options."""

    w: int
    venue: int
    team: int


class State:
    """Placements of a block's proposals that keep every upper limit."""

    def __init__(self, block: Block, low: Floats, high: Floats) -> None:
        self.block = block
        self.low, self.high = low, high
        self.usage = np.zeros(block.rows)
        self.placed: dict[int, tuple[Choice, ...]] = {}
        self.accepted = np.zeros(len(block.proposals), bool)

    def copy(self) -> State:
        """The same plan, to go on with."""
        other = State(self.block, self.low, self.high)
        other.usage, other.accepted = self.usage.copy(), self.accepted.copy()
        other.placed = dict(self.placed)
        return other

    def rows_of(self, p: int, choices: tuple[Choice, ...]) -> tuple[Ints, Floats]:
        """The rows that a proposal with these choices uses, and how much."""
        block = self.block
        w = np.array([one.w for one in choices], np.int64)
        venues = block.venues.choices[[one.venue for one in choices]]
        teams = block.teams.choices[[one.team for one in choices]]
        _, rows, values = block.rows_of(w, venues, teams)
        own_rows, own_values = block.by_proposal.at(p)
        return np.concatenate([own_rows, rows]), np.concatenate([own_values, values])

    def put_all(self, many: list[tuple[int, tuple[Choice, ...]]], *, if_it_fits: bool) -> None:
        """Accept proposals in this order, whatever the limits say or as far as they allow it."""
        if not many:
            return
        counts = np.array([len(choices) for _, choices in many])
        flat = [(one.w, one.venue, one.team) for _, choices in many for one in choices]
        w, venues, teams = np.array(flat, np.int64).T
        rows, values, starts = self._rows_of_many(
            np.array([p for p, _ in many]),
            np.repeat(np.arange(len(many)), counts),
            w,
            venues,
            teams,
        )
        if not if_it_fits:
            np.add.at(self.usage, rows, values)
            self.placed.update(many)
            self.accepted[[p for p, _ in many]] = True
            return
        for at, (p, choices) in enumerate(many):
            inside = slice(starts[at], starts[at + 1])
            if len(choices) > 1:  # its parts may stand in the same rows
                self.put_if_it_fits(p, choices)
            elif not self._breaks(rows[inside], values[inside]).any():
                self.usage[rows[inside]] += values[inside]
                self.placed[p] = choices
                self.accepted[p] = True

    def _rows_of_many(
        self, ps: Ints, owners: Ints, w: Ints, venues: Ints, teams: Ints
    ) -> tuple[Ints, Floats, list[int]]:
        """Rows and values of proposals, one after another, and where each begins.

        `owners` says for each column to which of `ps` it belongs.
        """
        block = self.block
        own, rows, values = block.rows_of(
            w, block.venues.choices[venues], block.teams.choices[teams]
        )
        own2, rows2, values2 = block.by_proposal.gathered(ps)
        own = np.concatenate([owners[own], own2])
        rows, values = np.concatenate([rows, rows2]), np.concatenate([values, values2])
        sorting = np.argsort(own, kind="stable")
        starts = np.searchsorted(own[sorting], np.arange(len(ps) + 1)).tolist()
        return rows[sorting], values[sorting], starts

    def take_out(self, p: int) -> None:
        """Decline it again."""
        rows, values = self.rows_of(p, self.placed.pop(p))
        np.subtract.at(self.usage, rows, values)
        self.accepted[p] = False

    def put_if_it_fits(self, p: int, choices: tuple[Choice, ...]) -> bool:
        """Accept a proposal if every limit holds afterwards."""
        rows, values = self.rows_of(p, choices)
        many, at = np.unique(rows, return_inverse=True)
        added = np.bincount(at, values, len(many)).astype(np.float64)
        if self._breaks(many, added).any():
            return False
        self.usage[many] += added
        self.placed[p] = choices
        self.accepted[p] = True
        return True

    def _breaks(self, rows: Ints, added: Floats) -> np.ndarray:
        after = self.usage[rows] + added
        over = (added > 0) & (after > self.high[rows] + EPSILON)
        under = (added < 0) & (after < self.low[rows] - EPSILON)
        return np.asarray(over | under)

    def walls(self) -> tuple[Floats, Floats, Floats, Floats]:
        """What is blocked just now: by proposal, by window, and the tables of venues and teams."""
        block = self.block
        full = np.where(self.usage + 1 > self.high + EPSILON, BLOCKED, 0.0)
        venue_table, team_table = block.tables(full)
        mine, windows = block.by_proposal, block.by_window
        by_proposal = np.bincount(
            mine.owners, self._breaks(mine.rows, mine.values) * BLOCKED, len(block.values)
        ).astype(np.float64)
        by_window = np.bincount(
            windows.owners, self._breaks(windows.rows, windows.values) * BLOCKED, len(block.window)
        ).astype(np.float64)
        return by_proposal, by_window, venue_table, team_table

    def fill(self, order: Ints, prices: Floats | None = None) -> int:
        """Accept, in this order, whatever still fits; how many were accepted.

        `prices` of the rows choose the window; only `order` says who is accepted.
        """
        block, added = self.block, 0
        if prices is None:
            prices = np.zeros(block.rows)
        reduced = block.reduced(prices)
        for _ in range(6):
            by_proposal, by_window, venue_table, team_table = self.walls()
            venue_table += reduced.venue_table
            team_table += reduced.team_table
            windows = (
                block.window_value
                - by_window
                - block.by_window.priced(prices, len(block.window))
                + block.venues.best(venue_table)
                + block.teams.best(team_table)
            )
            parts = np.maximum.reduceat(windows, block.windows_at[:-1])
            blocked = np.bincount(block.part_of, parts < -BLOCKED / 2, len(block.values)) > 0
            can = ~self.accepted & ~blocked & (by_proposal < BLOCKED / 2)
            chosen = order[can[order]]
            before = added
            added += self._put_all(chosen, windows, venue_table, team_table, prices)
            if added == before:
                return added
        return added

    def _put_all(
        self, chosen: Ints, windows: Floats, venue_table: Floats, team_table: Floats, prices: Floats
    ) -> int:
        """Try each of these in its best window; who finds it taken meanwhile, in any other."""
        block = self.block
        if not len(chosen):
            return 0
        alone = np.diff(block.parts_at)[chosen] == 1
        k = block.parts_at[chosen]
        w = argmax_of(windows, block.windows_at, k)
        venues, teams = block.venues.best_of(w, venue_table), block.teams.best_of(w, team_table)
        rows, values, starts = self._rows_of_many(chosen, np.arange(len(chosen)), w, venues, teams)
        added = 0
        for at, p in enumerate(chosen.tolist()):
            inside = slice(starts[at], starts[at + 1])
            if not alone[at] or self._breaks(rows[inside], values[inside]).any():
                added += self._try(p, prices)
            else:
                self.usage[rows[inside]] += values[inside]
                self.placed[p] = (Choice(int(w[at]), int(venues[at]), int(teams[at])),)
                self.accepted[p] = True
                added += 1
        return added

    def _try(self, p: int, prices: Floats) -> bool:
        """Place the parts of a proposal one after another, each in its best window."""
        choices: list[Choice] = []
        taken: list[tuple[Ints, Floats]] = []
        rows, values = self.block.by_proposal.at(p)
        if self._breaks(rows, values).any():
            return False
        for k in range(self.block.parts_at[p], self.block.parts_at[p + 1]):
            choice = self._best_choice(k, prices)
            if choice is None:
                break
            choices.append(choice)
            used = self._part_rows(choice)
            np.add.at(self.usage, *used)
            taken.append(used)
        for used in taken:
            np.subtract.at(self.usage, *used)
        whole = len(choices) == self.block.parts_at[p + 1] - self.block.parts_at[p]
        return whole and self.put_if_it_fits(p, tuple(choices))

    def _part_rows(self, choice: Choice) -> tuple[Ints, Floats]:
        block = self.block
        _, rows, values = block.rows_of(
            np.array([choice.w]),
            block.venues.choices[[choice.venue]],
            block.teams.choices[[choice.team]],
        )
        return rows, values

    def _best_choice(self, k: int, prices: Floats) -> Choice | None:
        block = self.block
        first, last = int(block.windows_at[k]), int(block.windows_at[k + 1])
        values = block.window_value[first:last].copy()
        inside = slice(block.by_window.starts[first], block.by_window.starts[last])
        rows, own = block.by_window.rows[inside], block.by_window.owners[inside] - first
        sizes = block.by_window.values[inside]
        values -= np.bincount(
            own, sizes * prices[rows] + self._breaks(rows, sizes) * BLOCKED, last - first
        )
        picked = []
        for options, count, base in (
            (block.venues, len(block.venue_ids), 0),
            (block.teams, len(block.person_ids), block.people_at),
        ):
            best, at = self._best_options(options, count, base, first, last, prices)
            values += best
            picked.append(at)
        w = int(np.argmax(values))
        if values[w] < -BLOCKED / 2:
            return None
        return Choice(first + w, int(picked[0][w]), int(picked[1][w]))

    def _best_options(
        self, options: Options, count: int, base: int, first: int, last: int, prices: Floats
    ) -> tuple[Floats, Ints]:
        block = self.block
        starts = options.starts[first : last + 1]
        inside = slice(starts[0], starts[-1])
        choices = options.choices[inside]
        own = np.repeat(np.arange(last - first), np.diff(starts))
        values = -options.costs[inside]
        real = np.flatnonzero(choices < count)
        if len(real):
            at, atoms, _ = block.atom_entries.gathered(block.window[first + own[real]])
            rows = base + choices[real[at]] * block.atoms_in_all + atoms
            full = self.usage[rows] + 1 > self.high[rows] + EPSILON
            values = values - np.bincount(real[at], prices[rows] + full * BLOCKED, len(values))
        best = np.maximum.reduceat(values, starts[:-1] - starts[0])
        order = np.lexsort((-values, own))
        return best, starts[0] + order[starts[:-1] - starts[0]]

    def serve(self, order: Ints, prices: Floats | None = None) -> None:
        """First what is pinned, then what the rules lack, in this order of proposals."""
        block = self.block
        prices = np.zeros(block.rows) if prices is None else prices
        for p in np.flatnonzero(block.must & ~self.accepted):
            self._try(int(p), prices)
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        for row in np.flatnonzero((self.low > 0) & (self.usage < self.low - EPSILON)):
            self._lift(int(row), rank, prices)

    def _lift(self, row: int, rank: Ints, prices: Floats) -> None:
        block = self.block
        helps = (block.by_proposal.rows == row) & (block.by_proposal.values > 0)
        who = np.unique(block.by_proposal.owners[helps])
        by_window = (block.by_window.rows == row) & (block.by_window.values > 0)
        there = block.window_part[block.by_window.owners[by_window]]
        who = np.union1d(who, block.part_of[there])
        dear = prices
        if by_window.any():  # choose a day that counts
            dear = prices.copy()
            dear[row] -= 1e6
        for p in who[np.argsort(rank[who], kind="stable")]:
            if self.usage[row] >= self.low[row] - EPSILON:
                return
            if not self.accepted[p]:
                self._try(int(p), dear)

    def mend(self) -> None:
        """Take out what breaks an upper limit, the least valuable first."""
        for _ in range(len(self.placed) + 1):
            over = np.flatnonzero(self.usage > self.high + EPSILON)
            if not len(over):
                return
            users = [
                p
                for p, choices in self.placed.items()
                if np.isin(self.rows_of(p, choices)[0], over).any()
            ]
            users.sort(key=lambda p: (bool(self.block.must[p]), float(self.block.values[p])))
            if not users:
                return
            self.take_out(users[0])

    def shortfall(self, skip: np.ndarray | None = None) -> float:
        """By how much limits are missed, all together; 0 for a feasible plan."""
        under = np.maximum(0.0, self.low - self.usage - EPSILON)
        over = np.maximum(0.0, self.usage - self.high - EPSILON)
        missed = np.where(np.isfinite(under), under, 0.0) + np.where(np.isfinite(over), over, 0.0)
        if skip is not None:
            missed[skip] = 0.0
        pinned = float((self.block.must & ~self.accepted).sum())
        return float((missed * self.block.scale).sum()) + pinned

    def objective(self) -> float:
        """Points, without those of fair rows that another block owns."""
        block = self.block
        total = float(block.values[self.accepted].sum())
        chosen = [one for choices in self.placed.values() for one in choices]
        if chosen:
            total += float(block.window_value[[one.w for one in chosen]].sum())
            total -= float(block.venues.costs[[one.venue for one in chosen]].sum())
            total -= float(block.teams.costs[[one.team for one in chosen]].sum())
        rows = np.array(list(block.bonus), np.int64)
        bonus = np.array(list(block.bonus.values())).reshape(-1, 2)
        got = np.minimum(bonus[:, 1], np.round(block.high[rows] - self.usage[rows]))
        return total + float((bonus[:, 0] * got).sum())


def argmax_of(values: Floats, starts: Ints, segments: Ints) -> Ints:
    """The place of the largest value in each of these segments, the first of equal ones."""
    counts = starts[segments + 1] - starts[segments]
    at = expanded(starts[segments], counts)
    return at[best_places(values[at], counts)]
