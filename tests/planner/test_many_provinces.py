"""Several provinces at once: early plans, stopping, broken processes, and rules that span provinces."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from karnameh.campaigns.planner import (
    Filter,
    Instance,
    Pin,
    Plan,
    Progress,
    Rule,
    check,
    solve,
    solving,
)
from karnameh.campaigns.planner.coupling import quotas
from karnameh.campaigns.planner.crew import WorkerEnded
from karnameh.campaigns.planner.desk import Shared
from karnameh.campaigns.planner.generating import Recipe, generate
from processes import end_a_solver


@pytest.fixture(autouse=True)
def blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Provinces of 150 proposals are blocks of their own here."""
    monkeypatch.setattr(solving, "TOGETHER", 100)
    monkeypatch.setattr(solving, "BLOCK", 160)


@pytest.fixture(scope="module")
def country() -> Instance:
    return generate(Recipe(provinces=4, proposals=150, national=8, central=3), 1)


def planned(instance: Instance) -> Plan:
    return solve(instance, seconds=60, processes=1)


def with_rules(instance: Instance, *rules: Rule) -> Instance:
    return replace(instance, rules=(*instance.rules, *rules))


def test_a_plan_is_there_early_and_gets_better_block_by_block(country: Instance) -> None:
    heard: list[Progress] = []
    plan = solve(country, seconds=60, processes=1, progress=heard.append)
    phases = [one.phase for one in heard]
    first = heard[phases.index("first plan")]
    assert first.best is not None and first.bound is not None and first.gap is not None
    assert phases.index("first plan") < phases.index("whole numbers")
    bests = [one.best for one in heard if one.best is not None]
    assert bests == sorted(bests) and bests[-1] == plan.objective
    bounds = [one.bound for one in heard if one.bound is not None]
    assert bounds == sorted(bounds, reverse=True)


@pytest.mark.parametrize("processes", [1, 2])
def test_stopped_after_the_first_plan_that_plan_is_kept(country: Instance, processes: int) -> None:
    stop = threading.Event()

    def progress(one: Progress) -> None:
        if one.best is not None:
            stop.set()

    plan = solve(country, seconds=60, processes=processes, progress=progress, stop=stop)
    assert plan.status == "stopped" and plan.placements and plan.bound is not None
    assert not check(country, plan).violations


@pytest.mark.process
def test_a_killed_process_leaves_the_best_plan_until_then(country: Instance) -> None:
    killed: list[bool] = []

    def progress(one: Progress) -> None:
        if one.best is not None and not killed:
            killed.append(True)
            end_a_solver()

    plan = solve(country, seconds=60, processes=2, progress=progress)
    assert plan.status == "stopped" and not check(country, plan).violations


@pytest.mark.process
def test_a_process_killed_before_any_plan_is_said(country: Instance) -> None:
    def progress(one: Progress) -> None:
        if one.phase == "build":
            end_a_solver()

    with pytest.raises(WorkerEnded):
        solve(country, seconds=60, processes=2, progress=progress)


def rules_of(plan: Plan) -> set[object]:
    assert plan.status == "infeasible" and not plan.placements
    return {one.params.get("rule") for one in plan.conflict}


def test_rules_of_all_provinces_that_contradict_are_named(country: Instance) -> None:
    few, many = Rule("few", "count", most=100), Rule("many", "count", least=120)
    assert rules_of(planned(with_rules(country, few, many))) == {"few", "many"}


def test_rules_of_one_day_that_contradict_are_named(country: Instance) -> None:
    day = Filter(days=("d1",))
    few, many = Rule("few", "count", where=day, most=9), Rule("many", "count", where=day, least=10)
    assert rules_of(planned(with_rules(country, few, many))) == {"few", "many"}


def test_more_than_all_halls_can_hold_is_a_conflict_of_one(country: Instance) -> None:
    assert rules_of(planned(with_rules(country, Rule("many", "count", least=590)))) == {"many"}


def test_a_rule_against_the_budget_of_the_nation_is_named(country: Instance) -> None:
    dear = Rule("dear", "count", measure="cost", least=5_000_000_000)
    plan = planned(replace(with_rules(country, dear), budget=4_000_000_000))
    assert {one.code for one in plan.conflict} == {"rule", "budget_limit"}


def test_two_pins_in_one_hall_are_named(country: Instance) -> None:
    alone = [one for one in country.proposals if len(one.parts) == 1 and one.parts[0].venues]
    first, part = alone[0], alone[0].parts[0]
    venue, window = part.venues[0], part.windows[0]
    other = next(one for one in alone[1:] if venue in one.parts[0].venues)
    moved = replace(other, parts=(replace(other.parts[0], windows=(window,)),))
    changed = replace(
        country,
        proposals=tuple(moved if one is other else one for one in country.proposals),
        venues=tuple(replace(one, halls=1, closed=()) if one.id == venue else one for one in country.venues),
        pins=(
            Pin(first.id, day=window.day, slot=window.slot, venue=venue),
            Pin(other.id, venue=venue),
        ),
    )  # fmt: skip
    plan = planned(changed)
    assert plan.status == "infeasible"
    assert {one.params.get("proposal") for one in plan.conflict} == {first.id, other.id}


def test_a_pin_that_can_never_be_kept_is_named(country: Instance) -> None:
    one = next(one for one in country.proposals if one.parts[0].venues and one.county[:3] == "p01")
    plan = planned(replace(country, pins=(Pin(one.id, venue="p02-v0"),)))
    assert [each.params.get("proposal") for each in plan.conflict] == [one.id]


def test_a_province_without_proposals_changes_nothing(country: Instance) -> None:
    rest = tuple(one for one in country.proposals if not one.county.startswith("p03"))
    rules = tuple(one for one in country.rules if one.each not in ("county", "theme"))
    plan = planned(replace(country, proposals=rest, rules=rules))
    assert (
        plan.placements
        and not check(replace(country, proposals=rest, rules=rules), plan).violations
    )


def test_exact_quotas_add_up_whatever_blocks_want() -> None:
    """Equal wishes, and blocks that can use nothing: lower and upper parts still meet."""
    shared = [Shared(("count", "r"), 5.0, 5.0, 1.0)]
    for want in ([0.5] * 10, [0.48, 0.48, 0.04], [2.5, 2.5, 0.0]):
        wanted = {at: np.array([one]) for at, one in enumerate(want)}
        most = {at: np.array([10.0 if one else 0.0]) for at, one in enumerate(want)}
        least = {at: np.zeros(1) for at in wanted}
        parts = quotas(shared, wanted, most, least)
        lows, highs = (np.array([one[side][0] for one in parts.values()]) for side in (0, 1))
        assert lows.sum() >= 5 and highs.sum() <= 5 and (lows <= highs).all()
