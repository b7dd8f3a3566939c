"""From a relaxation down to a whole plan: accept what is nearly certain, solve again, and so on.

Diving by rounding (as in the primal heuristics of integer solvers; T. Berthold, "Primal heuristics for
mixed integer programs", 2006), but with whole proposals: all parts of one are fixed together, and only
where they fit together in whole units. So the program never becomes infeasible on the way down.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from karnameh.campaigns.planner.formulation import INF, Floats, Ints
from karnameh.campaigns.planner.relaxation import Relaxation, Relaxed
from karnameh.campaigns.planner.state import Choice, State

SURE = 1 - 1e-6
SHARE = 0.3  # of the proposals that are undecided, fixed in one round
FEW = 8
ROUNDS = 40


def dive(
    relaxation: Relaxation,
    relaxed: Relaxed,
    state: State,
    *,
    deadline: float = INF,
    enough: Callable[[Ints, Floats], bool] = lambda _fixed, _x: False,
) -> tuple[Ints, Floats]:
    """Fill an empty plan, to its end or until it is `enough`.

    Gives the columns that were fixed, and the answer of the program with them. The program is
    afterwards what it was.
    """
    x = relaxed.x
    fixed = _accepted(relaxation, state, x, only_sure=True)
    relaxation.fix(fixed)
    for _ in range(ROUNDS):
        if enough(fixed, x) or time.monotonic() > deadline:
            break
        new = _accepted(relaxation, state, x)
        if not len(new):
            break
        relaxation.fix(new)
        fixed = np.concatenate([fixed, new])
        answer = relaxation.solved_again(deadline - time.monotonic())
        if answer is None:
            break
        x = answer
    relaxation.free(fixed)
    return fixed, x


def _accepted(relaxation: Relaxation, state: State, x: Floats, *, only_sure: bool = False) -> Ints:
    """Accept what is certain and the surest of the others; the columns of all of them."""
    block, pool = relaxation.block, relaxation.pool
    sureness, best = _sureness(relaxation, x)
    open_ones = np.flatnonzero(~state.accepted & (sureness > (SURE if only_sure else 1e-6)))
    order = open_ones[np.argsort(-sureness[open_ones], kind="stable")]
    most = max(FEW, int((sureness[open_ones] < SURE).sum() * SHARE))
    found: list[int] = []
    guessed = 0
    for p in order.tolist():
        is_guess = sureness[p] < SURE
        if is_guess and guessed >= most:
            break
        columns = best[block.parts_at[p] : block.parts_at[p + 1]].tolist()
        choices = tuple(
            Choice(int(pool.w[at]), int(pool.venue[at]), int(pool.team[at])) for at in columns
        )
        if state.put_if_it_fits(p, choices):
            found += columns
            guessed += is_guess
    return np.array(found, np.int64)


def _sureness(relaxation: Relaxation, x: Floats) -> tuple[Floats, Ints]:
    """Of each proposal how much the surest column of its least sure part is chosen; that column of each part."""
    block = relaxation.block
    part = block.window_part[relaxation.pool.w]
    order = np.lexsort((-x, part))
    ordered = part[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    best = np.full(len(block.part_of), -1, np.int64)
    best[ordered[first]] = order[first]
    chosen = np.where(best >= 0, x[best], 0.0)
    return np.minimum.reduceat(chosen, block.parts_at[:-1]), best
