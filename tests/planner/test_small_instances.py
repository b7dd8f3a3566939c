"""Small odd instances against the best plan found by trying everything, and the checker."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from karnameh.campaigns.planner import check, solve
from karnameh.campaigns.planner.soundness import faults_of
from planner.oddities import best_by_trying, odd_instance


def agree(seed: int) -> None:
    """The planner says what trying everything says."""
    instance = odd_instance(seed)
    assert not faults_of(instance)
    plan, best = solve(instance, seconds=20, gap=0.0), best_by_trying(instance)
    if best == "many":
        return
    if best is None:
        assert plan.status == "infeasible" and plan.conflict and not plan.placements
        return
    verdict = check(instance, plan)
    assert not verdict.violations and verdict.is_good
    assert plan.status == "optimal" and plan.objective == pytest.approx(best, abs=1e-6)
    assert plan.bound == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_small_instances_are_solved_to_the_best_plan(seed: int) -> None:
    agree(seed)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_any_small_instance_is_solved_to_the_best_plan(seed: int) -> None:
    agree(seed)
