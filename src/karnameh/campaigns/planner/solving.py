"""The planner's main road: blocks, first plans, prices of what they share, quotas, whole plans."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import gcd
from typing import Any, Protocol

import numpy as np

from karnameh.campaigns.planner.climbing import climb, dual_value
from karnameh.campaigns.planner.coupling import quotas
from karnameh.campaigns.planner.crew import Crew
from karnameh.campaigns.planner.desk import Answer, Built, Shared, shared_rows
from karnameh.campaigns.planner.faults import Unusable
from karnameh.campaigns.planner.formulation import INF, Floats, Scales, Task
from karnameh.campaigns.planner.model import (
    Instance,
    Pin,
    Placement,
    Plan,
    Progress,
    Proposal,
    Status,
)
from karnameh.campaigns.planner.soundness import faults_of
from karnameh.campaigns.planner.valuing import Valued, Valuer

TOGETHER = 3500  # proposals up to which everything is one block
BLOCK = 3000  # proposals up to which provinces (or counties of one) share a block
GAP = 0.003  # relative; where the planner stops by itself


class Event(Protocol):
    """Such as threading.Event."""

    def is_set(self) -> bool: ...


@dataclass(slots=True)
class Run:
    """One search: its clock, the best plan and bound so far, and who wants to know."""

    valuer: Valuer
    seconds: float
    progress: Callable[[Progress], None] | None
    stop: Event | None
    better: Callable[[Plan], None] | None
    held: tuple[Placement, ...] = ()
    began: float = field(default_factory=time.monotonic)
    placements: tuple[Placement, ...] = ()
    valued: Valued | None = None
    bound: float = INF

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds left; none when the caller wants it to stop."""
        return 0.0 if self.is_stopped else max(0.0, self.seconds - self.spent)

    @property
    def is_stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    @property
    def gap(self) -> float | None:
        """Relative to the bound."""
        if self.valued is None or self.bound == INF:
            return None
        over = self.bound - self.valued.objective
        return max(0.0, over / max(abs(self.bound), 1e-9)) if over > 1e-9 else 0.0

    def is_good(self, gap: float) -> bool:
        return self.gap is not None and self.gap <= gap

    def offer(self, placements: Sequence[Placement]) -> bool:
        """Take a plan if it keeps every rule and is better; whether it was taken."""
        placements = (*self.held, *placements)
        valued = self.valuer.value(placements)
        if not valued.holds:
            return False
        if self.valued is not None and valued.objective <= self.valued.objective + 1e-9:
            return False
        self.placements, self.valued = tuple(placements), valued
        if self.better is not None:
            self.better(self.plan("good"))
        return True

    def prove(self, bound: float) -> None:
        """Nothing is worth more than this."""
        if not self.held:
            self.bound = min(self.bound, bound)

    def tell(self, phase: str) -> None:
        if self.progress is not None:
            best = None if self.valued is None else self.valued.objective
            bound = None if self.bound == INF else self.bound
            self.progress(Progress(phase, self.spent, best, bound, self.gap))

    def plan(self, status: Status) -> Plan:
        """What is known now, as a plan."""
        valued = self.valued
        bound = None if self.bound == INF else self.bound
        if valued is not None and bound is not None:
            bound = max(bound, valued.objective)
        return Plan(
            status=status,
            placements=tuple(sorted(self.placements, key=lambda one: (one.proposal, one.part))),
            objective=0.0 if valued is None else valued.objective,
            bound=bound,
            gap=self.gap,
            seconds=self.spent,
            meters=() if valued is None else valued.meters,
        )


def search(
    instance: Instance,
    *,
    seconds: float,
    gap: float = GAP,
    seed: int = 1,
    processes: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
    better: Callable[[Plan], None] | None = None,
    held: tuple[Placement, ...] = (),
) -> Plan:
    """The plan without its reasons. Raises `Unusable` when the instance has faults.

    `held` placements are in the plan as they are; then bound and gap are not those of the whole.
    """
    found = faults_of(instance)
    if found:
        raise Unusable(found)
    run = Run(Valuer(instance), seconds, progress, stop, better, held=held)
    run.offer(())  # nothing at all is a plan where no rule asks for something
    tasks = _tasks(instance, held, run.valuer)
    workers = processes if processes is not None else min(2, os.cpu_count() or 1)
    with Crew(min(workers, len(tasks)), seed) as crew:
        proven = _search(run, crew, tasks, gap)
    return run.plan(_status(run, proven))


def _status(run: Run, is_infeasible: bool) -> Status:
    if run.valued is None:
        return "infeasible" if is_infeasible else "stopped" if run.is_stopped else "none"
    if run.is_good(1e-7):
        return "optimal"
    return "stopped" if run.is_stopped else "good"


def _search(run: Run, crew: Crew, tasks: list[Task], gap: float) -> bool:
    """Search with these blocks; whether it is proven that there is no plan."""
    run.tell("build")
    built: dict[int, Built] = {}
    for task in tasks:
        crew.settle(task.number, len(task.proposals))
    for number, one in crew.ask([(task.number, "build", (task,)) for task in tasks]):
        built[number] = one
    shared, first = shared_rows(built)
    tops = dict(
        crew.ask(
            [
                (number, "couple", (shared, [first[one.key] == number for one in shared]))
                for number in sorted(built)
            ]
        )
    )
    blocks = sorted(built)
    must = {pin.proposal for task in tasks for pin in task.pins if pin.decision == "accept"}
    is_lost = any(name in must for one in built.values() for name in one.impossible)
    if not shared:
        return _apart(run, crew, blocks, gap) or is_lost
    return _together(run, crew, blocks, shared, max(tops.values()), gap) or is_lost


def _apart(run: Run, crew: Crew, blocks: list[int], gap: float) -> bool:
    """Blocks that share nothing."""
    plans = {number: answer.placements for number, answer in _all(crew, blocks, "greedy")}
    run.offer(_joined(plans))
    run.tell("first plan")
    bounds: dict[int, float] = {}
    waiting = list(blocks)
    nothing = np.zeros(0)
    turn = 0
    while waiting:
        turn += 1
        tolerance = 5e-4 if turn < 40 else 5e-3
        again = []
        questions = [
            (number, "relax", (nothing, max(0.2, run.left), tolerance, 1)) for number in waiting
        ]
        for number, answer in crew.ask(questions):
            bounds[number] = min(bounds.get(number, INF), answer.bound)
            if not answer.is_solved and run.left > 0:
                again.append(number)
            if answer.missing > 1e-6 and answer.bound < -PROOF * answer.top:
                return True
        waiting = again
        if len(bounds) == len(blocks):
            run.prove(sum(bounds.values()))
        run.tell("relaxation")
    return _finish(run, crew, blocks, plans, bounds, gap, exactly=True)


PROOF = 100.0


def _finish(
    run: Run,
    crew: Crew,
    blocks: list[int],
    plans: dict[int, tuple[Placement, ...]],
    bounds: dict[int, float],
    gap: float,
    *,
    exactly: bool,
) -> bool:
    """Whole plans of all blocks; whether one was proven to have none."""
    answers: dict[int, Answer] = {}
    for seconds_for_all in (0.0, 0.6, 1.0):
        todo = [
            one
            for one in blocks
            if one not in answers
            or not (answers[one].is_feasible or answers[one].is_exhausted)
            or bounds[one] - answers[one].worth > gap / 2 * abs(bounds[one])
            or (seconds_for_all == 1.0 and len(blocks) == 1)
        ]
        share = run.left * seconds_for_all / max(1, len(todo)) * min(len(todo), 2)
        if seconds_for_all == 1.0 and not exactly:
            break
        questions = [
            (number, "finish", (share, gap, exactly and seconds_for_all == 1.0)) for number in todo
        ]
        for number, answer in crew.ask(questions):
            answers[number] = answer
            if answer.is_feasible:
                plans[number] = answer.placements
                if exactly:
                    bounds[number] = min(bounds[number], answer.bound)
            elif answer.is_exhausted and exactly:
                return True
            if len(answers) == len(blocks):
                run.offer(_joined(plans))
                if exactly:
                    run.prove(sum(bounds.values()))
                run.tell("whole numbers")
            if run.left <= 0 and len(answers) == len(blocks):
                return False
        enough = all(
            answers[one].is_feasible and bounds[one] - answers[one].worth <= gap * abs(bounds[one])
            for one in blocks
        )
        if run.is_good(1e-7) or (enough and (run.held or len(blocks) > 1)):
            break
    return False


def _together(
    run: Run, crew: Crew, blocks: list[int], shared: list[Shared], top: float, gap: float
) -> bool:
    """Blocks that share rows: prices, quotas, whole plans."""
    potential = dict(_all(crew, blocks, "potential"))
    most = {number: one[0] for number, one in potential.items()}
    least = {number: one[1] for number, one in potential.items()}
    plans: dict[int, tuple[Placement, ...]] = {}
    squares = np.sum([one[2] for one in potential.values()], axis=0)

    def goes_on(bound: float) -> bool:
        run.prove(bound)
        run.tell("prices")
        return run.spent < 0.4 * run.seconds and run.left > 0

    lower = None if run.valued is None else run.valued.objective
    climbed = climb(crew, blocks, shared, squares, lower, goes_on)
    for _ in _all(crew, blocks, "settle"):
        pass
    bound = dual_value(
        climbed.prices,
        np.array([one.low for one in shared]),
        np.array([one.high for one in shared]),
    )
    missing = 0.0
    questions = [
        (one, "relax", (climbed.prices, max(0.5, run.left / 3), 2e-3, 60)) for one in blocks
    ]
    for _, answer in crew.ask(questions):
        bound += answer.bound
        missing += answer.missing if answer.is_solved else 0.0
        run.tell("relaxation")
    if missing > 1e-6 and bound < -PROOF * top:
        return True
    run.prove(bound)
    run.tell("relaxation")
    _set_quotas(crew, quotas(shared, climbed.wanted, most, least))
    nothing = np.zeros(len(shared))
    questions = [(one, "relax", (nothing, max(0.5, run.left / 4), 2e-3, 60)) for one in blocks]
    bounds = {}
    for number, answer in crew.ask(questions):
        bounds[number] = answer.bound
    run.tell("quotas")
    _finish(run, crew, blocks, plans, bounds, gap, exactly=False)
    return False


def _set_quotas(crew: Crew, parts: dict[int, tuple[Floats, Floats]]) -> None:
    for _ in crew.ask([(number, "quotas", part) for number, part in parts.items()]):
        pass


def _all(crew: Crew, blocks: Iterable[int], name: str) -> Iterable[tuple[int, Any]]:
    return crew.ask([(number, name, ()) for number in blocks])


def _joined(plans: dict[int, tuple[Placement, ...]]) -> list[Placement]:
    return [one for number in sorted(plans) for one in plans[number]]


def _tasks(instance: Instance, held: tuple[Placement, ...], valuer: Valuer) -> list[Task]:
    """The blocks: provinces together while they are few, big provinces by their counties."""
    names = {one.proposal for one in held}
    used = valuer.held(held) if held else {}
    if held:
        free = tuple(one for one in instance.proposals if one.id not in names)
        instance = replace(instance, proposals=free)
    province_of = {one.id: one.province for one in instance.counties}
    requirements = tuple(valuer.requirements)
    scales = _scales(instance)
    pins: dict[str, list[Pin]] = {}
    for pin in instance.pins:
        pins.setdefault(pin.proposal, []).append(pin)
    return [
        Task(
            number,
            _frame(instance, group),
            tuple(group),
            tuple(pin for one in group for pin in pins.get(one.id, ())),
            requirements,
            scales,
            used,
        )
        for number, group in enumerate(_groups(instance, province_of))
    ]


def _frame(instance: Instance, group: list[Proposal]) -> Instance:
    """The instance without proposals, and without what this group never uses."""
    units = {one.unit for one in group}
    venues = {venue for one in group for part in one.parts for venue in part.venues}
    people = {
        person for one in group for part in one.parts for person in (*part.teams, *part.needs)
    }
    return replace(
        instance,
        proposals=(),
        rules=(),
        pins=(),
        units=tuple(one for one in instance.units if one.id in units),
        venues=tuple(one for one in instance.venues if one.id in venues),
        people=tuple(one for one in instance.people if one.id in people),
    )


def _groups(instance: Instance, province_of: dict[str, str]) -> list[list[Proposal]]:
    if len(instance.proposals) <= TOGETHER:
        return [list(instance.proposals)]
    by_province: dict[str, dict[str, list[Proposal]]] = {}
    for one in instance.proposals:
        counties = by_province.setdefault(province_of[one.county], {})
        counties.setdefault(one.county, []).append(one)
    pieces: list[list[Proposal]] = []
    for counties in by_province.values():
        whole = [one for many in counties.values() for one in many]
        if len(whole) <= 2 * BLOCK:
            pieces.append(whole)
        else:
            pieces.extend(_bins(list(counties.values())))
    return _bins(pieces)


def _bins(pieces: list[list[Proposal]]) -> list[list[Proposal]]:
    """Neighbours together up to the size of a block."""
    bins: list[list[Proposal]] = []
    for piece in pieces:
        if bins and len(bins[-1]) + len(piece) <= BLOCK:
            bins[-1] = bins[-1] + piece
        else:
            bins.append(piece)
    return bins


def _scales(instance: Instance) -> Scales:
    costs = [one.cost for one in instance.proposals if one.cost]
    heads = [part.attendance for one in instance.proposals for part in one.parts]
    unit = gcd(*costs) if costs else 1
    largest = max(costs, default=1)
    return Scales(max(float(unit), largest / 1000), max(1.0, sum(heads) / max(1, len(heads))))
