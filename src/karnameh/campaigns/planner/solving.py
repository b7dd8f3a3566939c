"""The planner's main road: blocks, first plans, prices of what they share, quotas, whole plans."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import gcd
from typing import Any

import numpy as np

from karnameh.campaigns.planner.climbing import Climbed, climb, dual_value
from karnameh.campaigns.planner.conflicts import smallest_conflict
from karnameh.campaigns.planner.counting import conflict_by_counting
from karnameh.campaigns.planner.coupling import quotas
from karnameh.campaigns.planner.crew import Crew, Interrupted, Question, WorkerEnded
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
    Reason,
    Status,
)
from karnameh.campaigns.planner.run import Event, Run
from karnameh.campaigns.planner.soundness import faults_of
from karnameh.campaigns.planner.valuing import Valuer

TOGETHER = 3500  # proposals up to which everything is one block
BLOCK = 3000  # proposals up to which provinces (or counties of one) share a block
GAP = 0.003  # relative; where the planner stops by itself


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
    apart: bool = False,
    is_sound: bool = False,
) -> Plan:
    """The plan without its reasons. Raises `Unusable` when the instance has faults.

    `held` placements are in the plan as they are; then bound and gap are not those of the whole.
    `apart`: not even one block is worked on in this process. `is_sound`: its faults were looked for already.
    """
    if not is_sound and (found := faults_of(instance)):
        raise Unusable(found)
    run = Run(Valuer(instance), seconds, progress, stop, better, held=held)
    run.offer({})  # nothing at all is a plan where no rule asks for something
    tasks = _tasks(instance, held, run.valuer)
    workers = processes if processes is not None else min(2, os.cpu_count() or 1)
    # One block alone comes to a good end by itself, soon after its time is over.
    is_over = run.is_over if len(tasks) > 1 else run.is_enough if apart else lambda: False
    with Crew(min(workers, len(tasks)), seed, is_over, apart=apart) as crew:
        try:
            proven = _search(run, crew, tasks, gap, seed)
        except Interrupted:
            proven = False
        except WorkerEnded:
            if run.valued is None:
                raise
            proven, run.is_broken = False, True
    run.tell("end")
    return run.plan(_status(run, proven))


def _status(run: Run, is_infeasible: bool) -> Status:
    if run.valued is None:
        return "infeasible" if is_infeasible else "stopped" if run.is_stopped else "none"
    if run.is_good(1e-7):
        return "optimal"
    return "stopped" if run.is_stopped or run.is_broken else "good"


def _search(run: Run, crew: Crew, tasks: list[Task], gap: float, seed: int) -> bool:
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
    if is_lost:
        run.conflict = tuple(
            Reason("pin", {"proposal": name})
            for one in built.values()
            for name in one.impossible
            if name in must
        )[:1]
        return True
    lost = _together(run, crew, blocks, shared, max(tops.values()), gap, seed)
    if lost is not None:
        task = next(one for one in tasks if one.number == lost)
        own = replace(task.frame, proposals=task.proposals, pins=task.pins, rules=())
        run.conflict = smallest_conflict(own, seconds=max(10.0, run.left), seed=seed)
    return bool(run.conflict)


def _apart(run: Run, crew: Crew, blocks: list[int], gap: float) -> bool:
    """Blocks that share nothing."""
    plans = {number: answer.placements for number, answer in _all(crew, blocks, "greedy")}
    run.offer(plans)
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
            (number, "relax", (nothing, time.monotonic() + max(0.2, run.left), tolerance, 1))
            for number in waiting
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
    return _finish(run, crew, blocks, plans, bounds, gap)


PROOF = 100.0
LAST = 0.95  # of the time, for the blocks one after another


def _finish(
    run: Run,
    crew: Crew,
    blocks: list[int],
    plans: dict[int, tuple[Placement, ...]],
    bounds: dict[int, float],
    gap: float,
) -> bool:
    """Whole plans of all blocks; whether one was proven to have none."""
    answers: dict[int, Answer] = {}
    for seconds_for_all in (0.0, 0.6 if len(blocks) > 1 else 0.85, 1.0):
        todo = [
            one
            for one in blocks
            if one not in answers
            or not (answers[one].is_feasible or answers[one].is_exhausted)
            or bounds[one] - answers[one].worth > gap / 2 * abs(bounds[one])
            or (seconds_for_all == 1.0 and len(blocks) == 1)
        ]
        share = run.left * seconds_for_all / max(1, len(todo)) * min(len(todo), 2)
        questions = [(number, "finish", (share, gap, seconds_for_all == 1.0)) for number in todo]
        for number, answer in crew.ask(questions):
            answers[number] = answer
            if answer.is_feasible:
                plans[number] = answer.placements
                bounds[number] = min(bounds[number], answer.bound)
            elif answer.is_exhausted:
                return True
            if len(answers) == len(blocks):
                run.offer(plans)
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
    run: Run,
    crew: Crew,
    blocks: list[int],
    shared: list[Shared],
    top: float,
    gap: float,
    seed: int,
) -> int | None:
    """Blocks that share rows: a sketch, prices, quotas, whole plans.

    Returns a block that was proven to have no plan even by itself, if there is one.
    """
    potential = dict(_all(crew, blocks, "potential"))
    most = {number: one[0] for number, one in potential.items()}
    least = {number: one[1] for number, one in potential.items()}
    squares = np.sum([one[2] for one in potential.values()], axis=0)

    def goes_on(bound: float) -> bool:
        run.prove(bound)
        run.tell("prices")
        return run.spent < 0.4 * run.seconds and run.left > 0

    lower = None if run.valued is None else run.valued.objective
    climbed = climb(crew, blocks, shared, squares, lower, goes_on)
    for _ in _all(crew, blocks, "settle"):
        pass
    parts = quotas(shared, climbed.wanted, most, least)
    plans = _sketched(run, crew, parts)
    run.tell("first plan")
    if not run.is_whole and not run.held:
        seconds = max(10.0, run.left / 3)
        run.conflict = conflict_by_counting(run.valuer, seconds=seconds, seed=seed)
        if run.conflict:
            return None
        run.tell("counted")
    return _concluded(run, crew, blocks, shared, climbed, parts, plans, top, gap)


def _sketched(
    run: Run, crew: Crew, parts: dict[int, tuple[Floats, Floats]]
) -> dict[int, tuple[Placement, ...]]:
    """Plans of all blocks within their quotas, made in a moment."""
    answers = dict(crew.ask([(number, "sketch", part) for number, part in parts.items()]))
    plans = {number: one.placements for number, one in answers.items()}
    if all(one.is_feasible for one in answers.values()):
        run.offer(plans)
    return plans


def _concluded(
    run: Run,
    crew: Crew,
    blocks: list[int],
    shared: list[Shared],
    climbed: Climbed,
    parts: dict[int, tuple[Floats, Floats]],
    plans: dict[int, tuple[Placement, ...]],
    top: float,
    gap: float,
) -> int | None:
    """Whole plans block by block, each bettering the plan of all; a block that has none, if any."""
    low, high = (np.array([getattr(one, side) for one in shared]) for side in ("low", "high"))
    over_all, bounds = dual_value(climbed.prices, low, high), dict(climbed.bounds)
    began, left = time.monotonic(), run.left
    questions: list[Question] = []
    for number in blocks:
        turn, turns = crew.place(number, blocks)
        until = tuple(began + left * LAST * (turn + part) / turns for part in (0.5, 1.0))
        questions.append((number, "conclude", (climbed.prices, parts[number], until, gap)))
    for concluded, (number, (bound, answer)) in enumerate(crew.ask(questions), 1):
        bounds[number] = min(bounds[number], bound)
        if answer.is_solved and answer.missing > 1e-6 and bound < -PROOF * top:
            return number
        if answer.is_feasible:
            plans[number] = answer.placements
        if run.spent >= run.ready_at or concluded == len(blocks):
            run.offer(plans)
        run.prove(over_all + sum(bounds.values()))
        run.tell("whole numbers")
    return None


def _all(crew: Crew, blocks: Iterable[int], name: str) -> Iterable[tuple[int, Any]]:
    return crew.ask([(number, name, ()) for number in blocks])


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
