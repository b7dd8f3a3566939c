"""A plan made better part by part: all stay where they are but some neighbours, who are planned anew.

Large neighbourhood search (P. Shaw, 1998) with an integer program for each neighbourhood. Where many
proposals have several parts, one program over all of them is at its root for longer than the whole
search may take; a hundred proposals that share venues are solved in a tenth of a second. Neighbours
are planned over every column that loses little at the prices of the relaxation, those among them that
were never made for the linear program. Two neighbourhoods with little in common are planned at once.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from karnameh.campaigns.planner.formulation import Block, Floats, Ints, expanded
from karnameh.campaigns.planner.highs import solve_integer
from karnameh.campaigns.planner.relaxation import Relaxation, Relaxed, sparse_columns
from karnameh.campaigns.planner.state import Choice, State

TOGETHER = 100  # proposals in a neighbourhood at first
LARGEST = 900
LOSS = 0.02  # of the largest value of a proposal: what a column may lose
COLUMNS = 60_000  # of all neighbourhoods together
GAP = 5e-4  # relative, of one program
NODES = 20  # of one program: a limit by work
MOMENT = 3.0  # seconds for one program: few need them
GROWTH = 1.8  # of neighbourhoods, from turn to turn
AT_ONCE = 2  # neighbourhoods: the solver runs beside Python


@dataclass(slots=True)
class Palette:
    """The columns that lose little, proposal by proposal."""

    w: Ints
    venues: Ints
    teams: Ints
    starts: Ints

    @classmethod
    def of(cls, relaxation: Relaxation, relaxed: Relaxed) -> Palette:
        """As many as there may be; fewer where that is too many."""
        block, loss = relaxation.block, LOSS * relaxation.top
        near = relaxation.near(relaxed, loss, COLUMNS)
        while near is None:
            loss /= 2
            near = relaxation.near(relaxed, loss, COLUMNS)
        w, venues, teams = near
        p = block.part_of[block.window_part[w]]
        order = np.argsort(p, kind="stable")
        starts = np.searchsorted(p[order], np.arange(len(block.proposals) + 1))
        return cls(w[order], venues[order], teams[order], starts.astype(np.int64))

    def for_some(self, free: Ints, state: State) -> tuple[Ints, Ints, Ints]:
        """The columns of these proposals, those of the plan first, each once."""
        own = [one for p in free.tolist() for one in state.placed.get(p, ())]
        at = expanded(self.starts[free], self.starts[free + 1] - self.starts[free])
        w, venues, teams = (
            np.concatenate([np.array(mine, np.int64), others[at]])
            for mine, others in (
                ([one.w for one in own], self.w),
                ([one.venue for one in own], self.venues),
                ([one.team for one in own], self.teams),
            )
        )
        _, first = np.unique(np.stack([w, venues, teams]), axis=1, return_index=True)
        first = np.sort(first)
        return w[first], venues[first], teams[first]


def in_line(block: Block) -> Ints:
    """The proposals so that those who share counties and venues stand beside each other."""
    first = block.windows_at[block.parts_at[:-1]]
    venue = block.venues.choices[block.venues.starts[first]]
    return np.lexsort((venue, block.home)).astype(np.int64)


def parted(line: Ints, size: float, turn: int) -> list[Ints]:
    """The line in pieces of about `size`; every second turn has its borders elsewhere."""
    pieces = max(1, round(len(line) / size))
    shifted = np.roll(line, -(turn % 2) * (len(line) // pieces // 2))
    return [np.sort(one) for one in np.array_split(shifted, pieces)]


class Neighbours:
    """Goes round the neighbourhoods of a plan; when it is interrupted, it goes on where it was."""

    def __init__(self, relaxation: Relaxation, relaxed: Relaxed, seed: int) -> None:
        self.relaxation, self.seed = relaxation, seed
        self.line, self.palette = in_line(relaxation.block), Palette.of(relaxation, relaxed)
        self.size, self.turn = float(TOGETHER), 0
        self.waiting: list[list[Ints]] = []

    def better(self, state: State, *, deadline: float, enough: float) -> State:
        """The best plan from this one on, until the deadline or until it is worth `enough`."""
        best = state.objective()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            while best < enough and self._has_next():
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                seconds = min(left, MOMENT)
                for new in self.tried(state, self.waiting.pop(), seconds, threads):
                    if (value := new.objective()) > best + 1e-7:
                        state, best = new, value
        return state

    def tried(
        self, state: State, pieces: list[Ints], seconds: float, threads: ThreadPoolExecutor
    ) -> list[State]:
        """Plans with the first, then with all of these neighbourhoods planned anew."""
        programs = [
            _Program(self.relaxation, state, free, *self.palette.for_some(free, state))
            for free in pieces
        ]
        if len(programs) > 1:
            _share_room(programs[0], programs[1], self.relaxation.fair_rows)
        answers = threads.map(lambda one: one.answer(seconds, self.seed), programs)
        found: list[State] = []
        for program, values in zip(programs, answers, strict=True):
            new = program.applied(values, found[-1] if found else state)
            if new is not None:
                found.append(new)
        return found

    def _has_next(self) -> bool:
        """Begin the next turn when one is over, with larger neighbourhoods."""
        if self.waiting:
            return True
        if self.size > LARGEST:
            return False
        pieces = parted(self.line, self.size, self.turn)
        apart = -(-len(pieces) // AT_ONCE)  # those of one moment have little in common
        self.waiting = [pieces[at::apart] for at in range(apart)]
        self.turn, self.size = self.turn + 1, self.size * GROWTH
        return True


def planned_anew(
    relaxation: Relaxation, state: State, free: Ints, palette: Palette, seconds: float, seed: int
) -> State | None:
    """The plan with its `free` proposals planned anew, all others left alone; None when nothing came of it."""
    program = _Program(relaxation, state, free, *palette.for_some(free, state))
    return program.applied(program.answer(seconds, seed), state)


class _Program:
    """The integer program of a neighbourhood: what the others use is taken off every limit."""

    def __init__(
        self,
        relaxation: Relaxation,
        state: State,
        free: Ints,
        w: Ints,
        venues: Ints,
        teams: Ints,
    ) -> None:
        block = self.block = relaxation.block
        self.state, self.free = state, free
        self.w, self.venues, self.teams = w, venues, teams
        rest = _without(state, free)
        own, rows, values = relaxation.entries(w, venues, teams)
        there = np.unique(block.part_of[block.window_part[w]])  # who has columns at all
        multi = there[~relaxation.single[there]]
        of_multi, multi_rows, multi_values = block.by_proposal.gathered(multi)
        touched = self.rows = np.unique(np.concatenate([rows, multi_rows]))
        fair = np.isin(relaxation.fair_rows, touched)
        self.fair, self.points = relaxation.fair_rows[fair], relaxation.fair_points[fair]
        # Columns: accepted or not for proposals of several parts, points of fair shares, placements.
        self.multi, self.first = multi, len(multi) + len(self.fair)
        count = self.first + len(w)
        k = block.window_part[w]
        parts = np.unique(k)
        line = len(touched) + np.searchsorted(parts, k)
        p = block.part_of[k]
        value = block.window_value[w] - block.venues.costs[venues] - block.teams.costs[teams]
        value = value + np.where(relaxation.single[p], block.values[p], 0.0)
        high = np.ones(count)
        high[len(multi) : self.first] = relaxation.fair_most[fair]
        of_parts = np.flatnonzero(np.isin(block.part_of[parts], multi))
        self.columns = sparse_columns(
            np.concatenate([-block.values[multi], -self.points, -value]),
            np.concatenate(
                [
                    of_multi,
                    np.searchsorted(multi, block.part_of[parts[of_parts]]),
                    len(multi) + np.arange(len(self.fair)),
                    self.first + own,
                    self.first + np.arange(len(w)),
                ]
            ),
            np.concatenate(
                [
                    np.searchsorted(touched, multi_rows),
                    len(touched) + of_parts,
                    np.searchsorted(touched, self.fair),
                    np.searchsorted(touched, rows),
                    line,
                ]
            ),
            np.concatenate(
                [
                    multi_values * block.scale[multi_rows],
                    -np.ones(len(of_parts)),
                    block.scale[self.fair],
                    values * block.scale[rows],
                    np.ones(len(w)),
                ]
            ),
            high=high,
        )
        alone = relaxation.single[block.part_of[parts]]
        must = block.must[block.part_of[parts]]
        used = rest.usage[touched]
        self.low = np.concatenate(
            [(state.low[touched] - used) * block.scale[touched], alone & must]
        )
        self.high = np.concatenate([(state.high[touched] - used) * block.scale[touched], alone])
        self._must_be_in(multi)
        self.integers = np.concatenate(
            [np.ones(len(multi), bool), np.zeros(len(self.fair), bool), np.ones(len(w), bool)]
        )
        self.start = self._start()

    def _must_be_in(self, multi: Ints) -> None:
        self.columns.low[: len(multi)] = self.block.must[multi]

    def _start(self) -> Floats:
        """The plan as it is."""
        placed = self.state.placed
        wanted = {
            (one.w, one.venue, one.team) for p in self.free.tolist() for one in placed.get(p, ())
        }
        keys = zip(self.w.tolist(), self.venues.tolist(), self.teams.tolist(), strict=True)
        chosen = np.array([key in wanted for key in keys], float)
        room = self.state.high[self.fair] - self.state.usage[self.fair]
        points = np.minimum(self.columns.high[len(self.multi) : self.first], room)
        return np.concatenate([self.state.accepted[self.multi].astype(float), points, chosen])

    def answer(self, seconds: float, seed: int) -> Floats | None:
        """The values of its columns, if the solver finds any."""
        return solve_integer(
            self.columns,
            self.low,
            self.high,
            self.integers,
            start=self.start,
            seconds=seconds,
            gap=GAP,
            nodes=NODES,
            seed=seed,
            few_cuts=True,
        ).values

    def applied(self, values: Floats | None, state: State) -> State | None:
        """A plan with the answer in it, if it keeps every limit in whole units, too."""
        if values is None:
            return None
        chosen = np.flatnonzero(values[self.first :] > 0.5)
        found: dict[int, dict[int, Choice]] = {}
        for at in chosen.tolist():
            k = int(self.block.window_part[self.w[at]])
            choice = Choice(int(self.w[at]), int(self.venues[at]), int(self.teams[at]))
            found.setdefault(int(self.block.part_of[k]), {})[k] = choice
        whole = [
            (p, tuple(of_parts[k] for k in sorted(of_parts)))
            for p, of_parts in found.items()
            if len(of_parts) == self.block.parts_at[p + 1] - self.block.parts_at[p]
        ]
        new = _without(state, self.free)
        new.put_all(whole, if_it_fits=False)
        return new if new.shortfall() == 0.0 else None


def _share_room(one: _Program, other: _Program, fair: Ints) -> None:
    """Halve the room in the rows that both may change, so that their answers fit together."""
    state, scale = one.state, one.block.scale
    rows = np.setdiff1d(np.intersect1d(one.rows, other.rows), fair)
    here, there = np.searchsorted(one.rows, rows), np.searchsorted(other.rows, rows)
    for limits, sign in ((state.high, 1.0), (state.low, -1.0)):
        room = np.maximum(0.0, sign * (limits[rows] - state.usage[rows]))
        ends = np.flatnonzero(np.isfinite(room))
        half = np.floor(room[ends] / 2)
        at = rows[ends]
        name = "high" if sign > 0 else "low"
        getattr(one, name)[here[ends]] -= sign * half * scale[at]
        getattr(other, name)[there[ends]] -= sign * (room[ends] - half) * scale[at]


def _without(state: State, free: Ints) -> State:
    """The plan without these proposals."""
    rest = state.copy()
    for p in free.tolist():
        if rest.accepted[p]:
            rest.take_out(p)
    return rest
