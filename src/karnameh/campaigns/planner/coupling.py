"""Quotas: every limit that blocks share is parted among them, so that each can finish alone.

Resource-directive decomposition (G. Silverman, 1972), with whole parts by largest remainders.
"""

from __future__ import annotations

import numpy as np

from karnameh.campaigns.planner.desk import Shared
from karnameh.campaigns.planner.formulation import INF, Floats


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
        here = here * (1 + 1e-9 * np.arange(len(here)))  # of equal ones, always the same first
        if np.isfinite(row.high):
            highs[:, at] = _upper(here, row.high, top, is_whole)
        if np.isfinite(row.low):
            lows[:, at] = _lower(-_upper(-here, -row.low, -bottom, is_whole), highs[:, at], row.low)
    return {block: (lows[at], highs[at]) for at, block in enumerate(blocks)}


def _lower(parts: Floats, highs: Floats, limit: float) -> Floats:
    """Parts of a lower limit, none above its upper one; what is cut off goes where there is room."""
    parts = np.minimum(parts, highs)
    for at in np.argsort(-(highs - parts), kind="stable"):
        lacking = limit - float(parts.sum())
        if lacking <= 1e-9:
            break
        parts[at] += min(lacking, highs[at] - parts[at])
    return parts


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
