"""Rows that several blocks share: their prices by Dantzig-Wolfe decomposition, and then quotas.

Source: G. Dantzig, P. Wolfe, "Decomposition principle for linear programs" (1960), with the prices
smoothed as by P. Wentges (1997); whole quotas by largest remainders.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from karnameh.campaigns.planner.desk import Answer, Shared
from karnameh.campaigns.planner.formulation import INF, Floats
from karnameh.campaigns.planner.highs import INFINITY, GrowingProgram
from karnameh.campaigns.planner.relaxation import PENALTY, sparse_columns


@dataclass(slots=True)
class Prices:
    """What the master program says now."""

    prices: Floats
    value: float
    missing: float


@dataclass
class Master:
    """Mixes what the blocks answered so that the shared rows hold, at the best worth."""

    shared: list[Shared]
    blocks: list[int]
    top: float
    points: list[tuple[int, Answer]] = field(default_factory=list)
    weights: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        self.low = np.array([one.low for one in self.shared])
        self.high = np.array([one.high for one in self.shared])
        self.scale = np.array([one.scale for one in self.shared])
        self._program = GrowingProgram(seed=1)
        self._program.add_rows(self._scaled(self.low), self._scaled(self.high))
        self._program.add_rows(np.ones(len(self.blocks)), np.ones(len(self.blocks)))
        count = len(self.shared)
        rows = np.repeat(np.arange(count), 2)
        signs = np.tile([1.0, -1.0], count)
        costs = np.full(2 * count, PENALTY * self.top)
        self._program.add_columns(sparse_columns(costs, np.arange(2 * count), rows, signs))

    def _scaled(self, limits: Floats) -> Floats:
        finite = np.isfinite(limits)
        scaled = np.where(finite, limits, 0.0) * self.scale
        return np.where(finite, scaled, np.where(limits > 0, INFINITY, -INFINITY))

    def add(self, block: int, answer: Answer) -> None:
        """Take an answer of a block in."""
        used = np.flatnonzero(answer.usage)
        rows = np.concatenate([used, [len(self.shared) + self.blocks.index(block)]])
        values = np.concatenate([answer.usage[used] * self.scale[used], [1.0]])
        owners = np.zeros(len(rows), np.int64)
        self._program.add_columns(sparse_columns(np.array([-answer.worth]), owners, rows, values))
        self.points.append((block, answer))

    def solve(self) -> Prices:
        """The best mix, and the prices that it gives the shared rows."""
        self._program.solve(10.0)
        values = self._program.values()
        slacks = 2 * len(self.shared)
        self.weights = values[slacks:]
        value = sum(
            float(weight) * answer.worth
            for weight, (_, answer) in zip(self.weights, self.points, strict=True)
        )
        prices = self._program.prices()[: len(self.shared)] * self.scale
        return Prices(prices, value, float(values[:slacks].sum()))

    def dual(self, prices: Floats, bounds: float) -> float:
        """The bound that these prices prove, with the blocks' own bounds at them."""
        limits = np.where(prices > 0, self.high, self.low)
        limits = np.where(prices == 0, 0.0, limits)
        return bounds + float((prices * limits).sum())

    def clipped(self, prices: Floats) -> Floats:
        """No price where there is no limit."""
        prices = np.where((prices > 0) & ~np.isfinite(self.high), 0.0, prices)
        return np.where((prices < 0) & ~np.isfinite(self.low), 0.0, prices)

    def usage(self) -> dict[int, Floats]:
        """What each block uses of the shared rows in the best mix."""
        total = {block: np.zeros(len(self.shared)) for block in self.blocks}
        for weight, (block, answer) in zip(self.weights, self.points, strict=True):
            if weight > 0:
                total[block] = total[block] + weight * answer.usage
        return total


def quotas(
    shared: list[Shared],
    wanted: dict[int, Floats],
    most: dict[int, Floats],
    least: dict[int, Floats],
) -> dict[int, tuple[Floats, Floats]]:
    """Part every limit among the blocks, near what each wants and within what it can use.

    The parts of every limit add up to no more (no less, for lower limits) than the limit itself, so
    that blocks which keep their parts keep the limit together.
    """
    blocks = sorted(wanted)
    want = np.array([wanted[one] for one in blocks])
    high_at, low_at = (np.array([one[b] for b in blocks]) for one in (most, least))
    lows, highs = np.full(want.shape, -INF), np.full(want.shape, INF)
    for at, row in enumerate(shared):
        is_whole = row.scale == 1.0 and row.key[0] not in ("least", "most")
        here, top, bottom = want[:, at], high_at[:, at], low_at[:, at]
        if np.isfinite(row.high):
            highs[:, at] = _upper(here, row.high, top, is_whole)
        if np.isfinite(row.low):
            lows[:, at] = -_upper(-here, -row.low, -bottom, is_whole)
            lows[:, at] = np.minimum(lows[:, at], highs[:, at])
    return {block: (lows[at], highs[at]) for at, block in enumerate(blocks)}


def _upper(want: Floats, limit: float, most: Floats, is_whole: bool) -> Floats:
    """Parts of an upper limit: what is wanted, cut to the limit, and the rest by what can be used."""
    parts = np.minimum(want, most)
    over = float(parts.sum()) - limit
    if over > 0:
        movable = np.abs(parts)
        parts = parts - over * _weights(movable if movable.sum() else np.ones(len(parts)))
    else:
        room = np.maximum(0.0, most - parts)
        parts = parts - over * _weights(room if room.sum() else np.ones(len(parts)))
    if not is_whole:
        return parts
    whole = np.floor(parts + 1e-9)
    left = round(limit - float(whole.sum()))
    if left > 0:
        order = np.argsort(-(parts - whole), kind="stable")
        whole[np.resize(order, left) if left <= len(order) else order] += 1
    return whole


def _weights(of: Floats) -> Floats:
    return np.asarray(of / of.sum())
