"""Measure the planner on generated instances, beside what a user would try: `./karnameh bench plan`.

Every plan is judged by the independent checker. Memory is that of this process and its largest child
together; CPU seconds are those of all its processes (on a busy machine, read these first).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from dataclasses import replace
from typing import Any

from karnameh.campaigns.planner import replan, solve
from karnameh.campaigns.planner.checking import check_json
from karnameh.campaigns.planner.generating import Recipe, generate
from karnameh.campaigns.planner.model import Instance, Plan
from karnameh.campaigns.planner.peers import Peer, greedy, one_model
from karnameh.campaigns.planner.shapes import written

RECIPES: dict[str, tuple[Recipe, float]] = {
    "province": (Recipe(name="one province"), 10.0),
    "tight": (Recipe(room=0.4, money=0.4, name="one province, tight"), 10.0),
    "loose": (Recipe(room=1.5, money=2.0, name="one province, loose"), 10.0),
    "equal": (Recipe(equal_scores=True, name="one province, equal scores"), 10.0),
    "wide": (Recipe(windows=20, open_venues=6, name="one province, any time"), 10.0),
    "parts": (Recipe(parts=0.5, name="one province, many parts"), 10.0),
    "nation": (Recipe(provinces=31, name="the nation"), 90.0),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the wanted cases; 1 when a plan breaks a rule."""
    parser = argparse.ArgumentParser(prog="./karnameh bench plan")
    parser.add_argument("cases", nargs="*", help=f"any of: {', '.join(RECIPES)} (all but nation)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time", type=float, help="seconds instead of each case's own")
    parser.add_argument("--peers", action="store_true", help="also greedy and OR-Tools, same time")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    names = options.cases or [one for one in RECIPES if one != "nation"]
    unknown = [one for one in names if one not in RECIPES]
    if unknown:
        parser.error(f"no such case: {unknown[0]}")
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(_HEAD)
    is_good = True
    for name in names:
        recipe, seconds = RECIPES[name]
        for row in _in_child(recipe, options, options.time or seconds):
            print(json.dumps(row) if options.json else _line(row), flush=True)
            is_good &= bool(row["peer"]) or row["violations"] == 0
    return 0 if is_good else 1


def _in_child(recipe: Recipe, options: argparse.Namespace, seconds: float) -> list[dict[str, Any]]:
    """Each case in a process of its own, so that memory is that of the case."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        given = recipe, options.seed, seconds, options.peers, options.processes
        return pool.apply(_case, given)


def _case(
    recipe: Recipe, seed: int, seconds: float, peers: bool, processes: int | None
) -> list[dict[str, Any]]:
    instance = generate(recipe, seed)
    began, cpu = time.monotonic(), _cpu()
    plan = solve(instance, seconds=seconds, processes=processes)
    spent, used = time.monotonic() - began, _cpu() - cpu
    own = _row(recipe.name, "karnameh", instance, plan, spent, used)
    rows = [own]
    if recipe.provinces == 1 and plan.placements:
        rows.append(_after_a_loss(recipe.name, instance, plan))
    if peers:
        rows.append(_peer(recipe.name, "greedy by score", instance, greedy(instance), plan.bound))
        try:
            other = one_model(instance, seconds)
            rows.append(_peer(recipe.name, "OR-Tools CP-SAT", instance, other, plan.bound))
        except ImportError:
            pass
    return rows


def _after_a_loss(name: str, instance: Instance, plan: Plan) -> dict[str, Any]:
    """Plan again after a venue is lost that is used as much as half of them are."""
    uses: dict[str, int] = {}
    for one in plan.placements:
        if one.venue is not None:
            uses[one.venue] = uses.get(one.venue, 0) + 1
    lost = sorted(uses, key=lambda one: (-uses[one], one))[len(uses) // 2]
    venues = tuple(replace(one, halls=0) if one.id == lost else one for one in instance.venues)
    changed = replace(instance, venues=venues)
    began, cpu = time.monotonic(), _cpu()
    again = replan(changed, plan, seconds=3.0)
    spent, used = time.monotonic() - began, _cpu() - cpu
    row = _row(name, f"a venue of {uses[lost]} lost", changed, again, spent, used)
    row["moved"] = len(again.moves) / max(1, len(plan.accepted))
    return row


def _peer(
    name: str, who: str, instance: Instance, peer: Peer, bound: float | None
) -> dict[str, Any]:
    plan = Plan("good", peer.placements)
    row = _row(name, who, instance, plan, peer.seconds, None)
    row["peer"], row["bound"] = True, peer.bound
    if bound and peer.placements:
        row["gap"] = 1 - row["points"] / bound
    if not peer.placements:
        row["points"] = None
    return row


def _row(
    name: str, who: str, instance: Instance, plan: Plan, spent: float, used: float | None
) -> dict[str, Any]:
    verdict = check_json(written(instance), written(plan))
    return {
        "case": name,
        "who": who,
        "seconds": spent,
        "cpu": used,
        "megabytes": _memory(),
        "accepted": verdict.accepted,
        "points": verdict.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "violations": len(verdict.violations),
        "moved": None,
        "peer": False,
        "status": plan.status,
    }


def _cpu() -> float:
    own, children = (
        resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _memory() -> float:
    """Megabytes: this process and two of the largest child."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + 2 * child) / 1024


_HEAD = (
    f"{'case':<28} {'who':<20} {'wall s':>7} {'cpu s':>7} {'MB':>6} {'accepted':>9} "
    f"{'points':>12} {'bound':>12} {'gap':>8} {'broken':>7} {'moved':>7}"
)


def _line(row: dict[str, Any]) -> str:
    def shown(value: Any, pattern: str) -> str:
        return "—" if value is None else format(value, pattern)

    return (
        f"{row['case']:<28} {row['who']:<20} {row['seconds']:7.1f} {shown(row['cpu'], '.1f'):>7} "
        f"{row['megabytes']:6.0f} {row['accepted']:9,} {shown(row['points'], ',.0f'):>12} "
        f"{shown(row['bound'], ',.0f'):>12} {shown(row['gap'], '.3%'):>8} "
        f"{row['violations']:7,} {shown(row['moved'], '.2%'):>7}"
    )


if __name__ == "__main__":
    sys.exit(main())
