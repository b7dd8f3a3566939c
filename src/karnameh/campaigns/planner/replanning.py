"""A plan again after something changed: what can stay stays, and every move is listed.

First everything that is still possible is held fast, so that only what lost its place moves: nobody
can move less. Only when the rules cannot be kept that way, as little as possible is let go: each
proposal held counts as one point, and the fewest are given up.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from karnameh.campaigns.planner.faults import Unusable
from karnameh.campaigns.planner.model import (
    Instance,
    Move,
    Placement,
    Plan,
    Progress,
    Weights,
)
from karnameh.campaigns.planner.run import Event
from karnameh.campaigns.planner.solving import search
from karnameh.campaigns.planner.soundness import faults_of
from karnameh.campaigns.planner.valuing import Valuer

GAP = 0.005
GAP_OF_FEW = 0.02  # of what is free beside all that is held: a small part of the whole


def plan_again(
    instance: Instance,
    before: Plan,
    *,
    seconds: float,
    seed: int = 1,
    processes: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
    apart: bool = False,
) -> Plan:
    """A plan for the changed instance that moves as few accepted proposals as can be."""
    began = time.monotonic()
    if found := faults_of(instance):
        raise Unusable(found)
    valuer = Valuer(instance)
    standing = still_possible(valuer, before)
    asked = {pin.proposal for pin in instance.pins}
    held = [one for name in standing for one in standing[name] if name not in asked]

    def run(fixed: list[Placement], most: float) -> Plan:
        return search(
            instance,
            seconds=max(0.2, most - (time.monotonic() - began)),
            gap=GAP_OF_FEW if len(fixed) > len(held) / 2 else GAP,
            seed=seed,
            processes=processes,
            progress=progress,
            stop=stop,
            held=tuple(fixed),
            apart=apart,
            is_sound=True,
        )

    plan = run(held, 0.7 * seconds)
    if not plan.placements and held:
        kept = _most_that_can_stay(instance, held, max(2.0, seconds / 2), seed, processes, apart)
        plan = run(kept, 2 * seconds)
    if not plan.placements and held:
        plan = run([], 3 * seconds)
    plan = replace(plan, seconds=time.monotonic() - began)
    if held:  # what holds with held proposals says nothing of plans without them
        plan = replace(plan, bound=None, gap=None)
        plan = replace(plan, status="good") if plan.status == "optimal" else plan
    return replace(plan, moves=moves(before, plan))


def moves(before: Plan, after: Plan) -> tuple[Move, ...]:
    """What happens to the proposals of the plan before, and nothing of those that are new."""
    old, new = _by_proposal(before), _by_proposal(after)
    return tuple(
        Move(name, tuple(many), tuple(new.get(name, ())))
        for name, many in sorted(old.items())
        if many != new.get(name)
    )


def still_possible(valuer: Valuer, before: Plan) -> dict[str, list[Placement]]:
    """The placements that can stay as they are, proposal by proposal, in the order of their worth."""
    kept: dict[str, list[Placement]] = {}
    used = valuer.empty()
    many = [
        (name, ones)
        for name, ones in _by_proposal(before).items()
        if valuer.is_possible(name, ones)
    ]
    many.sort(key=lambda one: (-valuer.proposals[one[0]].score, one[0]))
    for name, ones in many:
        if valuer.fits_on_top(name, ones, used):
            kept[name] = ones
    return kept


def _by_proposal(plan: Plan) -> dict[str, list[Placement]]:
    found: dict[str, list[Placement]] = defaultdict(list)
    for one in sorted(plan.placements, key=lambda one: (one.proposal, one.part)):
        found[one.proposal].append(one)
    return dict(found)


def _most_that_can_stay(
    instance: Instance,
    held: list[Placement],
    seconds: float,
    seed: int,
    processes: int | None,
    apart: bool,
) -> list[Placement]:
    """The largest part of the held proposals that the rules allow together with others.

    The same problem with other weights: a held proposal is worth a lot in its old place and nothing
    elsewhere. Held proposals can only be where they are; all others are free.
    """
    names = {one.proposal for one in held}
    at: dict[tuple[str, int], Placement] = {(one.proposal, one.part): one for one in held}
    proposals = tuple(
        replace(
            one,
            score=100.0,
            wishes=(),
            parts=tuple(
                replace(
                    part,
                    windows=(),
                    days=(at[one.id, number].day,),
                    slots=(at[one.id, number].slot,),
                    venues=_only(at[one.id, number].venue),
                    teams=_only(at[one.id, number].team),
                )
                for number, part in enumerate(one.parts)
            ),
        )
        if one.id in names
        else replace(one, score=one.score / 1000)
        for one in instance.proposals
    )
    weights = Weights(100.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    plan = search(
        replace(instance, proposals=proposals, weights=weights),
        seconds=seconds,
        gap=0.001,
        seed=seed,
        is_sound=True,
        processes=processes,
        apart=apart,
    )
    return [one for one in held if one.proposal in plan.accepted]


def _only(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)
