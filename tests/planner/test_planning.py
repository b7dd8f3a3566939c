"""Whole plans: reasons, conflicts, pins, planning again, stopping, many blocks, repeatability."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from karnameh.campaigns.planner import (
    County,
    Day,
    Filter,
    Instance,
    Part,
    Person,
    Pin,
    Plan,
    Progress,
    Proposal,
    Province,
    Rule,
    Slot,
    Unit,
    Venue,
    check,
    explain,
    replan,
    solve,
    solving,
)
from karnameh.campaigns.planner.generating import Recipe, generate
from karnameh.campaigns.planner.words import say

DAYS, SLOTS = (Day("d1"), Day("d2")), (Slot("s1"),)
LAND = {"provinces": (Province("p"),), "counties": (County("c", "p"),)}
SMALL = Recipe(proposals=300, national=6, central=2)


def a_week(*proposals: Proposal, **more: object) -> Instance:
    return Instance(days=DAYS, slots=SLOTS, proposals=proposals, **{**LAND, **more})  # type: ignore[arg-type]


def a_proposal(name: str, score: float = 50.0, **more: object) -> Proposal:
    part = Part(**{key: more.pop(key) for key in list(more) if key in Part.__slots__})  # type: ignore[arg-type]
    return Proposal(name, "c", score=score, parts=(part,), **more)  # type: ignore[arg-type]


def reason(instance: Instance, name: str) -> tuple[str, dict[str, object]]:
    plan = solve(instance, seconds=5, gap=0.0)
    assert not check(instance, plan).violations
    (one,) = [each for each in plan.declined if each.proposal == name]
    for persian in (True, False):
        assert "{" not in say(one.reason.code, one.reason.params, persian=persian)
    return one.reason.code, one.reason.params


def test_a_full_hall_is_named_with_who_is_inside() -> None:
    inside = {"venues": ("v",), "days": ("d1",)}
    week = a_week(
        a_proposal("a", 90, **inside), a_proposal("b", 80, **inside), a_proposal("x", 30, **inside),
        venues=(Venue("v", "c", halls=2),),
    )  # fmt: skip
    code, params = reason(week, "x")
    assert code == "venue_full" and params["venue"] == "v" and params["day"] == "d1"
    assert params["higher"] == 2 and params["inside"] == ["a", "b"]


def test_a_busy_speaker_a_budget_and_a_units_limit_are_named() -> None:
    busy = {"needs": ("t",), "days": ("d1",)}
    week = a_week(a_proposal("a", 90, **busy), a_proposal("x", 30, **busy), people=(Person("t"),))
    assert reason(week, "x")[0] == "person_busy"
    dear = a_week(a_proposal("a", 90, cost=8), a_proposal("x", 30, cost=5), budget=10)
    assert reason(dear, "x") == ("budget", {"level": "nation", "id": "", "short": 3})
    unit = (Unit("u", "c", in_all=1),)
    many = a_week(a_proposal("a", 90, unit="u"), a_proposal("x", 30, unit="u"), units=unit)
    assert reason(many, "x")[0] == "unit_in_all"


def test_what_can_never_take_place_is_declined_with_its_reason() -> None:
    far = a_proposal("x", days=("d1",), windows=(), venues=("v",), attendance=500)
    assert reason(a_week(far, venues=(Venue("v", "c", seats=100),)), "x")[0] == "no_seats"
    closed = a_week(a_proposal("x", venues=("v",)), venues=(Venue("v", "c", halls=0),))
    assert reason(closed, "x")[0] == "never_open"
    assert not solve(a_week(), seconds=5).placements


def test_a_rule_that_leaves_no_room_is_named() -> None:
    rule = Rule("one", "count", most=1)
    assert (
        reason(a_week(a_proposal("a", 90), a_proposal("x", 30), rules=(rule,)), "x")[0]
        == "rule_most"
    )
    women = Rule("women", "share", where=Filter(audience={"women": 0.5}), least=0.5)
    week = a_week(
        a_proposal("a", 90, audience={"women": 0.9}),
        a_proposal("b", 80),
        a_proposal("x", 30),
        rules=(women,),
    )
    assert reason(week, "x")[0] == "rule_share_least"


def test_removing_the_obstacles_that_are_named_makes_room() -> None:
    """The reason is true: with one more hall, the proposal is in."""
    inside = {"venues": ("v",), "days": ("d1",)}
    week = a_week(
        a_proposal("a", 90, **inside), a_proposal("x", 30, **inside), venues=(Venue("v", "c"),)
    )
    assert reason(week, "x")[0] == "venue_full"
    wider = replace(week, venues=(Venue("v", "c", halls=2),))
    assert "x" in solve(wider, seconds=5).accepted


def test_rules_that_contradict_are_named_and_no_others() -> None:
    rules = (
        Rule("many", "count", least=2),
        Rule("few", "count", most=1),
        Rule("harmless", "count", where=Filter(themes=("t",)), most=5),
    )
    plan = solve(a_week(a_proposal("a"), a_proposal("b"), rules=rules), seconds=5)
    assert plan.status == "infeasible" and not plan.placements
    assert {one.params["rule"] for one in plan.conflict} == {"many", "few"}


def test_a_rule_that_nothing_can_meet_is_a_conflict_of_one() -> None:
    rules = (
        Rule("flagship", "count", where=Filter(tiers=("flagship",)), each="profession", least=1),
    )
    week = a_week(
        a_proposal("a", tier="flagship", profession="x"), rules=rules, professions=("x", "y")
    )
    plan = solve(week, seconds=5)
    assert [one.params["of"] for one in plan.conflict] == ["y"]


def test_a_contradiction_of_whole_numbers_is_found() -> None:
    """Half of three: the relaxation has an answer, whole proposals have none."""
    share = Rule("half", "share", where=Filter(kinds=("k",)), least=0.5, most=0.5)
    three = Rule("three", "count", least=3)
    names = [a_proposal("a", kind="k"), a_proposal("b", kind="k"), a_proposal("x")]
    plan = solve(a_week(*names, rules=(share, three)), seconds=10)
    assert plan.status == "infeasible"
    assert {one.params["rule"] for one in plan.conflict} == {"half", "three"}


def test_pins_stay() -> None:
    inside = {"venues": ("v",)}
    week = a_week(
        a_proposal("a", 90, **inside), a_proposal("b", 80, **inside), a_proposal("x", 0, **inside),
        venues=(Venue("v", "c"),),
        pins=(Pin("x", day="d2", venue="v"), Pin("a", "decline")),
    )  # fmt: skip
    plan = solve(week, seconds=5)
    assert {(one.proposal, one.day) for one in plan.placements} == {("x", "d2"), ("b", "d1")}
    assert not check(week, plan).violations


@pytest.fixture(scope="module")
def province() -> tuple[Instance, Plan]:
    instance = generate(SMALL, 1)
    return instance, solve(instance, seconds=20, processes=1)


def test_a_province_is_planned_within_half_a_percent(province: tuple[Instance, Plan]) -> None:
    instance, plan = province
    assert plan.gap is not None and plan.gap <= 0.005 and len(plan.accepted) > 100
    verdict = check(instance, plan)
    assert verdict.is_good and not verdict.violations
    assert {one.proposal for one in plan.declined} | plan.accepted == {
        one.id for one in instance.proposals
    }
    assert all(one.holds for one in plan.meters)


def test_the_same_seed_gives_the_same_plan(province: tuple[Instance, Plan]) -> None:
    instance, plan = province
    again = solve(instance, seconds=60, processes=1)
    assert again.placements == plan.placements and again.bound == plan.bound


def test_after_a_venue_is_lost_only_what_was_there_moves(province: tuple[Instance, Plan]) -> None:
    instance, plan = province
    lost = next(one.venue for one in plan.placements if one.venue is not None)
    there = {one.proposal for one in plan.placements if one.venue == lost}
    venues = tuple(replace(one, halls=0) if one.id == lost else one for one in instance.venues)
    rules = tuple(one for one in instance.rules if one.kind == "count")  # shares may move others
    changed = replace(instance, venues=venues, rules=rules)
    after = replan(changed, plan, seconds=20, processes=1)
    assert not check(changed, after).violations
    assert {one.proposal for one in after.moves} == there
    for one in after.moves:
        assert any(each.venue == lost for each in one.before)
        assert one.after == tuple(
            each for each in after.placements if each.proposal == one.proposal
        )


def test_when_a_new_rule_forces_it_as_few_as_possible_are_let_go() -> None:
    names = [a_proposal(f"x{n}", 50 + n) for n in range(6)]
    week = a_week(*names)
    plan = solve(week, seconds=5)
    tighter = replace(week, rules=(Rule("four", "count", most=4),))
    after = replan(tighter, plan, seconds=10)
    assert len(after.accepted) == 4 and len(after.moves) == 2
    assert all(not one.after for one in after.moves)


def test_late_proposals_find_room_without_moving_anybody(province: tuple[Instance, Plan]) -> None:
    instance, plan = province
    county = instance.counties[0].id
    late = tuple(Proposal(f"late-{n}", county, score=90) for n in range(5))
    women = {"women": 0.9}
    late = tuple(replace(one, audience=women, kind="visit", tier="local") for one in late)
    changed = replace(instance, proposals=instance.proposals + late)
    after = replan(changed, plan, seconds=20, processes=1)
    assert not after.moves and {one.id for one in late} <= after.accepted
    assert not check(changed, after).violations


def test_it_can_be_stopped_and_keeps_what_it_has() -> None:
    instance, stop, heard = generate(SMALL, 2), threading.Event(), []

    def progress(one: Progress) -> None:
        heard.append(one)
        if one.best is not None:
            stop.set()

    plan = solve(instance, seconds=60, progress=progress, stop=stop, processes=1)
    assert plan.status == "stopped" and plan.placements and not check(instance, plan).violations
    assert heard[-1].best == plan.objective


@pytest.mark.parametrize("processes", [1, 2])
def test_blocks_that_share_rules_keep_them_together(
    monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    """Four small provinces as four blocks: national rules and budgets hold over all of them."""
    monkeypatch.setattr(solving, "TOGETHER", 100)
    monkeypatch.setattr(solving, "BLOCK", 160)
    instance = generate(Recipe(provinces=4, proposals=150, national=8, central=3), 1)
    plan = solve(instance, seconds=60, processes=processes, reasons=False)
    assert plan.placements and not check(instance, plan).violations
    assert plan.gap is not None and plan.gap < 0.05
    monkeypatch.undo()
    whole = solve(instance, seconds=60, processes=1, reasons=False)
    assert whole.objective <= plan.bound + 1e-6 if plan.bound else False
    assert plan.objective >= 0.97 * whole.objective


def test_explain_takes_some_proposals_only(province: tuple[Instance, Plan]) -> None:
    instance, plan = province
    asked = plan.declined[0].proposal
    assert [one.proposal for one in explain(instance, plan, [asked])] == [asked]
