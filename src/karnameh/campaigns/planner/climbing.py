"""Blocks that share rows climb together: one ascent over all prices, the shared ones kept here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from karnameh.campaigns.planner.ascent import KEPT, TURNS, Pace, deflected, slope_of
from karnameh.campaigns.planner.crew import Crew
from karnameh.campaigns.planner.desk import Shared
from karnameh.campaigns.planner.formulation import Floats


@dataclass(slots=True)
class Climbed:
    """The best prices of the shared rows, and what each block uses of them on average."""

    prices: Floats
    bounds: dict[int, float]  # of each block at these prices
    wanted: dict[int, Floats]


def climb(
    crew: Crew,
    blocks: list[int],
    shared: list[Shared],
    squares: Floats,
    lower: float | None,
    goes_on: Callable[[float], bool],
) -> Climbed:
    """Climb until it gets slow; `goes_on` hears every bound and may end it."""
    low, high = np.array([one.low for one in shared]), np.array([one.high for one in shared])
    weights = 1.0 / np.maximum(1.0, squares)
    prices = best_prices = np.zeros(len(shared))
    best_bounds: dict[int, float] = {}
    trend: Floats | None = None
    size, is_best, is_back = 0.0, False, False
    pace = Pace()
    last: list[dict[int, Floats]] = []
    for _ in range(TURNS):
        bound, length = dual_value(prices, low, high), 0.0
        usage: dict[int, Floats] = {}
        bounds: dict[int, float] = {}
        questions = [(one, "climb", (prices, size, is_best, is_back)) for one in blocks]
        for number, (own_bound, own_usage, own_length) in crew.ask(questions):
            bound, length = bound + own_bound, length + own_length
            usage[number], bounds[number] = own_usage, own_bound
        last = [*last[-KEPT + 1 :], usage]
        is_best, is_back = pace.is_better(bound), False
        if is_best:
            best_prices, best_bounds = prices, bounds
        total = np.sum([usage[one] for one in blocks], axis=0)
        slope = slope_of(prices, total, low, high)
        trend = slope if trend is None else deflected(trend, slope)
        length += float((trend**2 * weights).sum())
        if length < 1e-12 or pace.is_over or not goes_on(bound):
            break
        if pace.is_lost():
            is_back, trend, prices, size = True, None, best_prices, 0.0
        else:
            size = pace.size(bound, lower, length)
            prices = clipped(prices + size * trend * weights, low, high)
    wanted = {one: np.mean([turn[one] for turn in last], axis=0) for one in blocks}
    return Climbed(best_prices, best_bounds, wanted)


def dual_value(prices: Floats, low: Floats, high: Floats) -> float:
    """The limits at their prices."""
    limits = np.where(prices > 0, high, low)
    return float((prices * np.where(prices == 0, 0.0, limits)).sum())


def clipped(prices: Floats, low: Floats, high: Floats) -> Floats:
    """No price where there is no limit."""
    prices = np.where(np.isfinite(high), prices, np.minimum(prices, 0.0))
    return np.where(np.isfinite(low), prices, np.maximum(prices, 0.0))
