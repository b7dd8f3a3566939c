"""Requirements that cannot hold together: a smallest set of them, found by trying.

The elastic programs say that no plan exists. A deletion filter (J. Chinneck, E. Dravnieks, 1991) then
leaves requirements out one after another, keeping those without which a plan exists; what is left
contradicts itself and nothing of it can be spared. Single requirements and pairs are tried first, so
that a set of one or two is the smallest there is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from karnameh.campaigns.planner.counting import Asked, filtered, reason_of
from karnameh.campaigns.planner.formulation import Block, Scales, Task, build
from karnameh.campaigns.planner.integral import BlockSolver
from karnameh.campaigns.planner.model import Instance, Pin, Reason, Weights
from karnameh.campaigns.planner.relaxation import Relaxed
from karnameh.campaigns.planner.requirements import Requirement, requirements_of

NOTHING = Weights(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def smallest_conflict(instance: Instance, *, seconds: float, seed: int = 1) -> tuple[Reason, ...]:
    """A smallest set of requirements without any plan; empty when none was found in the time."""
    deadline = time.monotonic() + seconds
    trial = _Trial(instance, deadline, seed)
    everything = trial.everything()
    if trial.has_plan(everything) is not False:
        return ()
    rules = [one for one in everything if one.kind in ("rule", "pin")]
    for one in rules:
        if trial.has_plan([one]) is False:
            return (trial.reason(one),)
    kept = filtered(trial.suspects(everything), trial.has_plan)
    if len(kept) > 2:
        kept = trial.pair(rules) or kept
    return tuple(trial.reason(one) for one in kept)


class _Trial:
    """Asks whether a plan exists that keeps some of the requirements and all capacities."""

    def __init__(self, instance: Instance, deadline: float, seed: int) -> None:
        self.instance, self.deadline, self.seed = instance, deadline, seed
        self.requirements = {one.key: one for one in requirements_of(instance)}
        self._known: dict[frozenset[Asked], bool | None] = {}
        self._priced: dict[frozenset[Asked], frozenset[Asked]] = {}

    def everything(self) -> list[Asked]:
        """All that may be left out, what people change last first."""
        made = [
            Asked("budget", level, name)
            for level, name, budget in self._budgets()
            if budget is not None
        ]
        if any(one.per_day is not None or one.in_all is not None for one in self.instance.units):
            made.append(Asked("units", ""))
        pinned = dict.fromkeys(one.proposal for one in self.instance.pins)
        made += [Asked("pin", one) for one in pinned]
        made += [Asked("rule", one.key, one.of) for one in self.requirements.values()]
        return made

    def _budgets(self) -> list[tuple[str, str, int | None]]:
        one = self.instance
        return [
            *(("county", county.id, county.budget) for county in one.counties),
            *(("province", province.id, province.budget) for province in one.provinces),
            ("nation", "", one.budget),
        ]

    def reason(self, one: Asked) -> Reason:
        """A requirement in the words of a reason."""
        return reason_of(one, self.requirements)

    def has_plan(self, asked: Sequence[Asked]) -> bool | None:
        """Whether a plan exists; None when the time was too short to say."""
        key = frozenset(asked)
        if key not in self._known:
            left = self.deadline - time.monotonic()
            self._known[key] = None if left <= 0 else self._try(key, left)
        return self._known[key]

    def _try(self, asked: frozenset[Asked], seconds: float) -> bool | None:
        task = self._task(asked)
        block = build(task)
        if set(block.impossible) & {one.proposal for one in task.pins if one.decision == "accept"}:
            return False
        nothing = np.zeros(block.rows, bool)
        solver = BlockSolver(block, seed=self.seed, foreign=nothing, disowned=nothing)
        if not len(block.proposals):
            return bool((block.low <= 0).all())
        if solver.greedy().is_feasible:
            return True
        deadline = time.monotonic() + seconds
        relaxed = solver.relax(np.zeros(block.rows), deadline, 1e-9)
        if relaxed.bound < -1e-3 * solver.relaxation.top:
            self._priced[asked] = frozenset(_with_price(block, relaxed, asked))
            return False
        if not relaxed.is_solved:
            return None
        standing = solver.exhaust(deadline)
        if standing.is_feasible:
            return True
        return False if standing.is_exhausted else None

    def _task(self, asked: frozenset[Asked]) -> Task:
        """The problem with only some of its requirements, and nothing to gain."""
        one = self.instance
        budgets = {(each.key, each.of) for each in asked if each.kind == "budget"}
        pins = {each.key for each in asked if each.kind == "pin"}
        rules = {each.key for each in asked if each.kind == "rule"}
        units = any(each.kind == "units" for each in asked)
        frame = replace(
            one,
            proposals=(),
            rules=(),
            pins=(),
            weights=NOTHING,
            budget=one.budget if ("nation", "") in budgets else None,
            provinces=tuple(
                each if ("province", each.id) in budgets else replace(each, budget=None)
                for each in one.provinces
            ),
            counties=tuple(
                each if ("county", each.id) in budgets else replace(each, budget=None)
                for each in one.counties
            ),
            units=one.units
            if units
            else tuple(replace(each, per_day=None, in_all=None) for each in one.units),
        )
        kept: tuple[Requirement, ...] = tuple(
            each for key, each in self.requirements.items() if key in rules
        )
        kept_pins: tuple[Pin, ...] = tuple(each for each in one.pins if each.proposal in pins)
        largest = max((each.cost for each in one.proposals), default=1)
        scales = Scales(max(1.0, largest / 1000), 1.0)
        return Task(0, frame, one.proposals, kept_pins, kept, scales)

    def suspects(self, asked: list[Asked]) -> list[Asked]:
        """Those whose rows have a price in the proof that no plan exists, if they suffice for it."""
        priced = self._priced.get(frozenset(asked), frozenset())
        few = [one for one in asked if one in priced]
        return few if few and self.has_plan(few) is False else asked

    def pair(self, rules: list[Asked]) -> list[Asked] | None:
        """Two requirements that contradict each other by themselves."""
        if len(rules) > 40:
            return None
        for at, one in enumerate(rules):
            for other in rules[at + 1 :]:
                if self.has_plan([one, other]) is False:
                    return [one, other]
        return None


def _with_price(block: Block, relaxed: Relaxed, asked: frozenset[Asked]) -> list[Asked]:
    """What was asked for and has a price, and every pin: pins have no row of their own."""
    names = {(one.kind, one.key, one.of): one for one in asked}
    found = [one for one in asked if one.kind == "pin"]
    for key, row in block.keys.items():
        if abs(relaxed.prices[row]) < 1e-9:
            continue
        if key[0] in ("count", "least", "most"):
            found += [one for one in asked if one.kind == "rule" and one.key == key[1]]
        elif key[0] == "budget" and ("budget", key[1], key[2]) in names:
            found.append(names["budget", key[1], key[2]])
        elif key[0] in ("unit", "unit_day") and ("units", "", None) in names:
            found.append(names["units", "", None])
    return found
