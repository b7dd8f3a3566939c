"""Many proposals with several parts: the dive and the neighbourhoods, each by itself and together."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from karnameh.campaigns.planner import Instance, Pin, check, replan, solve
from karnameh.campaigns.planner.desk import Desk
from karnameh.campaigns.planner.diving import dive
from karnameh.campaigns.planner.generating import Recipe, generate
from karnameh.campaigns.planner.integral import BlockSolver
from karnameh.campaigns.planner.neighbours import (
    AT_ONCE,
    Neighbours,
    Palette,
    in_line,
    parted,
    planned_anew,
)
from karnameh.campaigns.planner.solving import _tasks
from karnameh.campaigns.planner.state import State
from karnameh.campaigns.planner.valuing import Valuer

RECIPE = Recipe(parts=0.6, proposals=330, national=6, central=2, name="parts")


@pytest.fixture(scope="module")
def instance() -> Instance:
    return generate(RECIPE, 3)


@pytest.fixture
def solver(instance: Instance) -> BlockSolver:
    [task] = _tasks(instance, (), Valuer(instance))
    desk = Desk(1)
    desk.build(0, task)
    desk.couple(0, [], [])
    made = desk.solvers[0]
    made.greedy()
    relaxed = made.relax(np.zeros(made.block.rows), time.monotonic() + 60, 5e-4)
    assert relaxed.is_solved and made.relaxation.is_tangled
    return made


@pytest.fixture
def programmed(solver: BlockSolver) -> BlockSolver:
    """The same with its linear program solved."""
    assert solver.relax_by_program(time.monotonic() + 60).is_solved
    return solver


def usage_of(state: State) -> np.ndarray:
    """What the plan uses of every row, counted anew."""
    again = State(state.block, state.low, state.high)
    again.put_all(list(state.placed.items()), if_it_fits=False)
    return again.usage


def test_prices_alone_are_near_those_of_the_program_and_give_a_plan(solver: BlockSolver) -> None:
    assert solver.is_by_prices and solver.best is not None and solver.best.is_feasible
    by_prices = solver.relaxed
    assert by_prices is not None and solver.best.value >= 0.9 * by_prices.bound
    relaxed = solver.relax_by_program(time.monotonic() + 60)
    assert not solver.is_by_prices and relaxed.value <= by_prices.bound + 1e-6
    assert by_prices.bound <= 1.005 * relaxed.value


def test_a_dive_ends_in_a_plan_and_leaves_the_program_as_it_was(programmed: BlockSolver) -> None:
    solver = programmed
    relaxation, relaxed = solver.relaxation, solver.relaxed
    assert relaxed is not None
    state = State(solver.block, relaxation.low, relaxation.high)
    fixed, x = dive(relaxation, relaxed, state)
    assert (x[fixed] > 1 - 1e-6).all() and len(np.unique(fixed)) == len(fixed)
    over = state.usage > state.high + 1e-6
    assert state.accepted.any() and not over.any()
    assert np.allclose(state.usage, usage_of(state))
    assert state.objective() <= relaxed.bound + 1e-6
    again = relaxation.solve(time.monotonic() + 60, tolerance=5e-4)
    assert again.value == pytest.approx(relaxed.value, rel=1e-6)


def test_neighbours_planned_anew_are_never_worse_and_break_nothing(solver: BlockSolver) -> None:
    relaxation, relaxed = solver.relaxation, solver.relaxed
    assert relaxed is not None
    best = solver.round()
    assert best.is_feasible
    palette, state = Palette.of(relaxation, relaxed), best.state
    line = in_line(solver.block)
    for turn in (0, 1):
        pieces = parted(line, 60, turn)
        assert sorted(np.concatenate(pieces).tolist()) == list(range(len(line)))
        for free in pieces:
            new = planned_anew(relaxation, state, free, palette, 60, 1)
            assert new is not None and new.shortfall() == 0.0
            assert new.objective() >= state.objective() - 1e-6
            assert np.allclose(new.usage, usage_of(new))
            others = set(state.placed) - set(free.tolist())
            assert {p: new.placed[p] for p in others} == {p: state.placed[p] for p in others}
            state = new
    assert best.value < state.objective() <= relaxed.bound + 1e-6


def test_two_neighbourhoods_planned_at_once_fit_together(solver: BlockSolver) -> None:
    relaxed, standing = solver.relaxed, solver.best
    assert relaxed is not None and standing is not None
    state, end = standing.state, {}
    for time_ in range(2):
        neighbours = Neighbours(solver.relaxation, relaxed, 1)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for pieces in (parted(in_line(solver.block), 60, 0)[at::3] for at in range(2)):
                found = neighbours.tried(state, pieces, 60, threads)
                assert len(found) == len(pieces) == AT_ONCE
                new, free = found[-1], set(np.concatenate(pieces).tolist())
                assert new.shortfall() == 0.0 and np.allclose(new.usage, usage_of(new))
                assert new.objective() >= state.objective() - 1e-6
                others = set(state.placed) - free
                assert {p: new.placed[p] for p in others} == {p: state.placed[p] for p in others}
                end[time_, tuple(sorted(free))] = new.placed
    # The threads change nothing of what comes out.
    assert [end[key] for key in end if key[0] == 0] == [end[key] for key in end if key[0] == 1]


def test_the_neighbourhoods_go_on_where_they_were(solver: BlockSolver) -> None:
    assert solver.relaxed is not None
    best = solver.round()
    neighbours = Neighbours(solver.relaxation, solver.relaxed, 1)
    same = neighbours.better(best.state, deadline=time.monotonic() - 1, enough=best.bound)
    assert same is best.state and neighbours.waiting
    left = len(neighbours.waiting)
    assert neighbours.better(best.state, deadline=0.0, enough=best.bound) is best.state
    assert len(neighbours.waiting) == left
    end = neighbours.better(best.state, deadline=time.monotonic() + 60, enough=best.value + 1)
    assert end.objective() >= best.value + 1


def test_a_plan_of_many_parts_is_near_its_bound_and_planned_again(instance: Instance) -> None:
    plan = solve(instance, seconds=60, processes=1)
    assert plan.gap is not None and plan.gap <= 0.01 and check(instance, plan).is_good
    # What is pinned stays; who has several parts stays with all of them.
    several = [one.id for one in instance.proposals if len(one.parts) > 1]
    kept = [one for one in plan.placements if one.proposal in set(several) & plan.accepted][:4]
    pins = tuple(Pin(one.proposal, part=one.part, day=one.day, slot=one.slot) for one in kept)
    pinned = solve(replace(instance, pins=pins), seconds=60, processes=1)
    assert check(replace(instance, pins=pins), pinned).is_good and pinned.gap is not None
    lost = next(one.venue for one in plan.placements if one.venue is not None)
    venues = tuple(replace(v, halls=0) if v.id == lost else v for v in instance.venues)
    changed = replace(instance, venues=venues)
    again = replan(changed, plan, seconds=30, processes=1)
    assert not check(changed, again).violations
    there = {one.proposal for one in plan.placements if one.venue == lost}
    # What stood there, and at most a few others that make room for it.
    moved = {move.proposal for move in again.moves}
    assert len(moved - there) <= len(plan.accepted) // 100
