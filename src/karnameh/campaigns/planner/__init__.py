"""The planner of a week: proposals in, a calendar without clashes out, with a proven bound.

A plain library: no Django, no database. See README.md for the problem that it solves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from karnameh.campaigns.planner.checking import check_json
from karnameh.campaigns.planner.conflicts import smallest_conflict
from karnameh.campaigns.planner.crew import WorkerEnded
from karnameh.campaigns.planner.explaining import reasons_for
from karnameh.campaigns.planner.faults import Fault, Unusable
from karnameh.campaigns.planner.model import (
    County,
    Day,
    Declined,
    Filter,
    Instance,
    Meter,
    Move,
    Part,
    Person,
    Pin,
    Placement,
    Plan,
    Progress,
    Proposal,
    Province,
    Reason,
    Rule,
    Slot,
    Unit,
    Venue,
    Verdict,
    Violation,
    Weights,
    Window,
)
from karnameh.campaigns.planner.replanning import plan_again
from karnameh.campaigns.planner.run import Event
from karnameh.campaigns.planner.shapes import written
from karnameh.campaigns.planner.solving import GAP, search

__all__ = [
    "County",
    "Day",
    "Declined",
    "Fault",
    "Filter",
    "Instance",
    "Meter",
    "Move",
    "Part",
    "Person",
    "Pin",
    "Placement",
    "Plan",
    "Progress",
    "Proposal",
    "Province",
    "Reason",
    "Rule",
    "Slot",
    "Unit",
    "Unusable",
    "Venue",
    "Verdict",
    "Violation",
    "Weights",
    "Window",
    "WorkerEnded",
    "check",
    "explain",
    "replan",
    "solve",
]


SEARCH = 0.94  # of the time; the rest is for the reasons


def solve(
    instance: Instance,
    *,
    seconds: float = 60.0,
    gap: float = GAP,
    seed: int = 1,
    processes: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
    better: Callable[[Plan], None] | None = None,
    reasons: bool = True,
    apart: bool = False,
) -> Plan:
    """The best plan that was found in `seconds`, with its bound, gap and reasons.

    Stops early at the relative `gap`. `progress` hears how far it is; `stop` is asked between steps
    (a `threading.Event`), what was found until then is returned; `better` is handed every better
    plan at once, without reasons. `processes`: 1 keeps everything in this one. The same instance and
    seed give the same plan as long as the time suffices. Raises `Unusable` with the faults, and
    `WorkerEnded` when a process was killed before there was any plan. `apart`: `processes` are others
    than this one even where one would do, so that a solver that is killed takes nobody with it.
    """
    plan = search(
        instance,
        seconds=SEARCH * seconds if reasons else seconds,
        gap=gap,
        seed=seed,
        processes=processes,
        progress=progress,
        stop=stop,
        better=better,
        apart=apart,
    )
    return _told(instance, plan, seconds, seed) if reasons else plan


def replan(
    instance: Instance,
    before: Plan,
    *,
    seconds: float = 10.0,
    seed: int = 1,
    processes: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Event | None = None,
    reasons: bool = True,
    apart: bool = False,
) -> Plan:
    """A plan for a changed instance that moves as few accepted proposals of `before` as can be.

    Every change is in `moves`. Pins of the instance are obeyed and are no reason to spare anything.
    """
    plan = plan_again(
        instance,
        before,
        seconds=seconds,
        seed=seed,
        processes=processes,
        progress=progress,
        stop=stop,
        apart=apart,
    )
    return _told(instance, plan, seconds, seed) if reasons else plan


def explain(
    instance: Instance, plan: Plan, proposals: Iterable[str] | None = None
) -> tuple[Declined, ...]:
    """Why each proposal (or each of these) is not in the plan, and what would have to change."""
    return reasons_for(instance, plan, proposals)


def check(instance: Instance, plan: Plan) -> Verdict:
    """Count everything that a plan breaks, without the model; see `checking`."""
    return check_json(written(instance), written(plan))


def _told(instance: Instance, plan: Plan, seconds: float, seed: int) -> Plan:
    """The plan with the reasons of its declined proposals, or of there being no plan."""
    if plan.status == "infeasible" and not plan.conflict:
        conflict = smallest_conflict(instance, seconds=max(10.0, seconds), seed=seed)
        return replace(plan, conflict=conflict)
    if plan.status in ("infeasible", "none"):
        return plan
    return replace(plan, declined=reasons_for(instance, plan))
