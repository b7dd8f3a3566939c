"""Good prices in a moment: subgradient ascent, before linear programs make them exact.

Every proposal takes its best column at the prices; what is asked for too much gets dearer. Sources:
M. Held, P. Wolfe, H. Crowder, "Validation of subgradient optimization" (1974); the deflected direction
of P. Camerini, L. Fratta, F. Maffioli (1975); usage averaged over the last turns as an estimate of the
fractional plan, as in the volume algorithm of F. Barahona, R. Anbil (2000). The columns that were taken
on the way are a far better start for the linear program than any of our own choosing.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import numpy as np

from karnameh.campaigns.planner.formulation import Block, Floats, Ints, Reduced
from karnameh.campaigns.planner.relaxation import Relaxation
from karnameh.campaigns.planner.state import argmax_of

TURNS = 90
AGAIN = 30  # turns when limits or outside prices have changed
KEPT = 25  # of the last turns: their columns join the program
DEFLECTED = 0.5  # how much of the last direction stays


@dataclass(frozen=True, slots=True)
class Temper:
    """How long the ascent goes on at one pace without a better bound, and at what pace it ends."""

    patience: int
    smallest: float


BRISK = Temper(6, 0.02)  # a linear program follows
PATIENT = Temper(12, 5e-4)  # its prices are the last ones: within a thousandth of the program's
LONGEST = 600  # turns of a patient one, which ends by its pace


@dataclass(slots=True)
class Taken:
    """The columns that the proposals take at some prices, and what they use of every row."""

    w: Ints
    venues: Ints
    teams: Ints
    usage: Floats


class Climber:
    """The prices of one block on their way. Steps are sized from outside: blocks climb together."""

    def __init__(self, relaxation: Relaxation) -> None:
        self.relaxation, self.block = relaxation, relaxation.block
        self.own = self.best_own = relaxation.signed(relaxation.own)
        self.trend: Floats | None = None
        self.slope = np.zeros(self.block.rows)
        self.weights = 1.0 / np.maximum(1.0, squares(self.block))
        self.found: deque[tuple[Ints, Ints, Ints]] = deque(maxlen=KEPT)

    def look(self) -> tuple[float, Floats, float]:
        """The bound at the prices now, the usage of every row, and the size of the slope."""
        relaxation = self.relaxation
        prices = relaxation.outside + self.own
        reduced = self.block.reduced(prices)
        bound = relaxation.bound(prices, reduced)
        relaxation.prove(prices, reduced, bound)
        taken = _taken(self.block, reduced)
        rows = relaxation.fair_rows
        wanted = relaxation.fair_points > prices[rows]
        taken.usage[rows] += relaxation.fair_most * wanted
        self.found.append((taken.w, taken.venues, taken.teams))
        slope = slope_of(self.own, taken.usage, relaxation.low, relaxation.high)
        self.trend = slope if self.trend is None else deflected(self.trend, slope)
        self.slope = self.trend
        return bound, taken.usage, float((self.slope**2 * self.weights).sum())

    def step(self, size: float) -> None:
        """Go along the slope."""
        self.own = self.relaxation.signed(self.own + size * self.slope * self.weights)

    def mark(self) -> None:
        """The prices now are the best until now."""
        self.best_own = self.own

    def back(self) -> None:
        """Return to the best prices, to go on from there in smaller steps."""
        self.own, self.trend = self.best_own, None

    def settle(self) -> None:
        """Hand the columns of the last turns to the program."""
        for one in self.found:
            self.relaxation.add(*one)


@dataclass(slots=True)
class Pace:
    """When to go on, when to return and go slower, and how far: the same for one block and many."""

    temper: Temper = BRISK
    best: float = float("inf")
    pace: float = 1.0
    since: int = 0

    def is_better(self, bound: float) -> bool:
        """Take note of a bound; whether it is the best."""
        self.since = 0 if bound < self.best - 1e-4 * abs(self.best) else self.since + 1
        is_better = bound < self.best
        self.best = min(self.best, bound)
        return is_better

    def is_lost(self) -> bool:
        """Whether to return to the best prices now."""
        if self.since < self.temper.patience:
            return False
        self.pace, self.since = self.pace / 2, 0
        return True

    @property
    def is_over(self) -> bool:
        """Whether steps have become too small to matter."""
        return self.pace < self.temper.smallest

    def size(self, bound: float, lower: float | None, length: float) -> float:
        """How far to go along the slope (B. Polyak, 1969)."""
        aim = 0.9 * bound if lower is None else lower
        return self.pace * max(bound - aim, 0.002 * abs(bound)) / max(length, 1e-12)


def ascend(
    relaxation: Relaxation,
    lower: float | None,
    deadline: float,
    turns: int = TURNS,
    temper: Temper = BRISK,
) -> None:
    """Climb with one block alone. `lower` is the worth of some plan, if there is one."""
    climber, pace = Climber(relaxation), Pace(temper)
    for _ in range(turns):
        bound, _, length = climber.look()
        if pace.is_better(bound):
            climber.mark()
        if length < 1e-12 or pace.is_over or time.monotonic() > deadline:
            break
        if pace.is_lost():
            climber.back()
        else:
            climber.step(pace.size(bound, lower, length))
    climber.settle()


def _taken(block: Block, reduced: Reduced) -> Taken:
    chosen = (reduced.proposals > 0) | block.must
    parts = np.flatnonzero(chosen[block.part_of])
    w = argmax_of(reduced.windows, block.windows_at, parts)
    venues = block.venues.best_of(w, reduced.venue_table)
    teams = block.teams.best_of(w, reduced.team_table)
    _, rows, values = block.rows_of(w, block.venues.choices[venues], block.teams.choices[teams])
    _, rows2, values2 = block.by_proposal.gathered(np.flatnonzero(chosen))
    usage = np.bincount(rows, values, block.rows) + np.bincount(rows2, values2, block.rows)
    return Taken(w, venues, teams, usage.astype(np.float64))


def squares(block: Block) -> Floats:
    """How much a row is in demand: rows that many share move in smaller steps."""
    total = np.zeros(block.rows)
    for one in (block.by_proposal, block.by_window):
        total += np.bincount(one.rows, one.values**2, block.rows)
    first = block.people_at + len(block.person_ids) * block.atoms_in_all
    total[:first] = 4.0
    return total


def deflected(trend: Floats, slope: Floats) -> Floats:
    """The new direction: some of the last one stays."""
    return DEFLECTED * trend + (1 - DEFLECTED) * slope


def slope_of(own: Floats, usage: Floats, low: Floats, high: Floats) -> Floats:
    """How much too much of each row is asked for (negative: too little)."""
    slope = np.zeros(len(own))
    over = np.isfinite(high) & ((usage > high) | (own > 0))
    slope[over] = usage[over] - high[over]
    under = np.isfinite(low) & ((usage < low) | (own < 0))
    slope[under] = usage[under] - low[under]
    return slope
