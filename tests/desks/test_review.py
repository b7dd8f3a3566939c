"""Deciding over proposals: one decision a round, nothing typed is lost, every original is found again."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import NOW, World, a_grant, a_user, an_indicator
from desks.plans import a_desk, a_draft, a_planner, a_proposal, frozen
from karnameh.access.public import Role
from karnameh.activities.public import Activity, Expectation, Lineage, Share, State
from karnameh.campaigns.models import Decision, Note, Opinion, Reason, Verdict
from karnameh.campaigns.review.actions import (
    PartOf,
    Ruling,
    decide,
    decide_many,
    merge,
    save_opinion,
    split,
    take_back,
)
from karnameh.campaigns.review.merging import Expected, How, shared_out, together
from karnameh.campaigns.review.queries import (
    desks_of,
    originals,
    queue,
    results,
    round_of,
    standings,
    tally,
    twin_counts,
    twins_of,
)
from karnameh.campaigns.review.rubric import Marks, Waiting, next_of, score_of
from karnameh.campaigns.rules.content import from_data
from karnameh.ledger.public import Stage
from karnameh.plumbing.public import OutOfReach, Refusal
from workbench import quantity_of, refused, refused_kindly, run


def expected_of(activities: list[Activity]) -> Decimal:
    """What these activities expect together."""
    rows = Expectation.objects.filter(activity__in=activities)
    return sum((one.quantity or Decimal(0) for one in rows), Decimal(0))


def accept(round: int = 1) -> Ruling:
    return Ruling(Verdict.ACCEPT, round)


# --- rules ----------------------------------------------------------------------------------------------


def test_a_score_needs_all_four_marks_and_is_the_mean_of_complete_opinions() -> None:
    assert Marks(4, 4, 4).score is None and Marks(4, 4, 4).given == 3
    assert Marks(4, 4, 4, 4).score == 100 and Marks(0, 0, 0, 0).score == 0
    assert Marks(0, 4, 0, 0).score == 40
    assert score_of([Marks(4, 4, 4, 4), Marks(0, 0, 0, 0), Marks(1)]) == 50
    assert score_of([Marks()]) is None


def test_the_next_one_is_undecided_and_not_judged_by_me_first() -> None:
    rows = [
        Waiting(1, True, True),
        Waiting(2, False, False),
        Waiting(3, True, False),
        Waiting(4, True, True),
    ]
    assert next_of(rows, 1) == 3
    assert next_of(rows, 3) == 4  # nothing unjudged is left: the next undecided one
    assert next_of(rows, 4) == 3
    done = [Waiting(1, False, True), Waiting(2, False, True)]
    assert next_of(done, 1) == 2 and next_of(done, 2) is None and next_of([], 9) is None


@given(
    st.decimals(0, 10**9, places=3),
    st.lists(st.integers(0, 50), min_size=2, max_size=8).filter(any),
)
@settings(max_examples=200, deadline=None)
def test_parts_add_up_to_the_whole_exactly(quantity: Decimal, weights: list[int]) -> None:
    parts = shared_out(quantity, weights)
    assert sum(parts) == quantity and all(part >= 0 for part in parts)
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    if quantity == quantity.to_integral_value():
        assert all(part == part.to_integral_value() for part in parts)


def test_merged_quantities_are_the_larger_or_the_sum_and_say_how_sure_they_are() -> None:
    a, b = Expected(1, 1, Decimal(10)), Expected(1, 1, Decimal(30), 3)
    other, unknown = Expected(2, 1, Decimal(5)), Expected(1, 1, None, 5)
    assert together([a, b, other], How.LARGER) == [b, other]
    assert together([a, b], How.ADDED) == [Expected(1, 1, Decimal(40), 3)]
    assert together([a, unknown], How.ADDED) == [Expected(1, 1, Decimal(10), 2)]
    assert together([unknown, unknown], How.ADDED) == [unknown]
    assert together([], How.ADDED) == []


# --- decisions -------------------------------------------------------------------------------------------


def test_marks_are_kept_one_by_one_and_a_decision_carries_their_score(world: World) -> None:
    desk, reviewer = a_desk(world), world.people["reviewer"]
    one = a_proposal(world.local, desk.campaign)
    for criterion, mark in (("quality", 3), ("service", 4), ("openness", 4), ("media", 2)):
        save_opinion(desk, one, marks={criterion: mark}, by=reviewer, at=NOW)
    save_opinion(desk, one, marks={}, note="خوب است", by=reviewer, at=NOW)
    opinion = Opinion.objects.get()
    assert (opinion.quality, opinion.media, opinion.note) == (3, 2, "خوب است")
    [row] = queue(desk, reviewer)
    assert row.mine.complete and row.judged == 1 and row.score == 88
    decision = decide(desk, one, accept(), by=reviewer, at=NOW)
    assert decision.points == 88
    one.refresh_from_db()
    assert one.state == State.ACCEPTED
    assert tally(standings(desk, reviewer)).accepted == 1
    assert tally(standings(desk, reviewer)).done == 1
    with refused_kindly():
        save_opinion(desk, one, marks={"quality": 5}, by=reviewer, at=NOW)


def test_returned_says_what_and_declined_says_why(world: World) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    one, two = (a_proposal(world.local, desk.campaign) for _ in range(2))
    for bad in (
        Ruling(Verdict.RETURN, 1),
        Ruling(Verdict.DECLINE, 1),
        Ruling(Verdict.ACCEPT, 1, "vague"),
    ):
        with refused_kindly():
            decide(desk, one, bad, by=by, at=NOW)
    decide(desk, one, Ruling(Verdict.RETURN, 1, note="روزش را بنویسید"), by=by, at=NOW)
    assert Note.objects.get().text == "روزش را بنویسید"
    decide(desk, two, Ruling(Verdict.DECLINE, 1, Reason.COSTLY), by=by, at=NOW)
    moved = two.moves.last()
    assert moved and str(Reason.COSTLY.label) in moved.note
    take_back(desk, two, by=by, at=NOW)
    two.refresh_from_db()
    assert two.state == State.SUBMITTED and round_of(two.pk) == 2
    decide(desk, two, accept(2), by=by, at=NOW)
    assert list(Decision.objects.filter(activity=two).values_list("verdict", flat=True)) == [
        "decline",
        "accept",
    ]


def test_the_slower_of_two_is_led_to_the_newer_state_and_keeps_his_words(world: World) -> None:
    desk, quick, slow = a_desk(world), world.people["reviewer"], world.people["fars"]
    one = a_proposal(world.local, desk.campaign)
    decide(desk, one, accept(), by=quick, at=NOW)
    with pytest.raises(Refusal) as caught:
        decide(desk, one, Ruling(Verdict.RETURN, 1, note="نشانی کامل نیست"), by=slow, at=NOW)
    assert caught.value.status == 409 and caught.value.kept == "نشانی کامل نیست"
    assert f"p={one.pk}" in caught.value.href and quick.office in str(caught.value)
    # Also when it has come back meanwhile: he saw the first round, this is the second.
    take_back(desk, one, by=quick, at=NOW)
    with refused_kindly(status=409):
        decide(desk, one, accept(1), by=slow, at=NOW)
    decide(desk, one, accept(2), by=slow, at=NOW)


def test_the_database_takes_one_decision_a_round_and_never_changes_it(world: World) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    one = a_proposal(world.local, desk.campaign)
    decide(desk, one, accept(), by=by, at=NOW)
    with refused("decision_once_a_round"):
        Decision.objects.create(activity=one, round=1, verdict="return", note="x", by=by, at=NOW)
    for verdict, more, rule in (
        ("decline", {}, "decision_declined_says_why"),
        ("accept", {"reason": "vague"}, "decision_declined_says_why"),
        ("return", {}, "decision_returned_says_what"),
        ("accept", {"points": 101}, "decision_points_0_to_100"),
    ):
        with refused(rule):
            Decision.objects.create(activity=one, round=9, verdict=verdict, by=by, at=NOW, **more)
    with refused("opinion_marks_0_to_4"):
        Opinion.objects.create(activity=one, reviewer=by, revision=1, saved_at=NOW, quality=5)


def test_two_reviewers_who_decide_at_once_make_one_decision(own_world: World) -> None:
    desk = a_desk(own_world)
    one = a_proposal(own_world.local, desk.campaign)
    people = [own_world.people[name] for name in ("reviewer", "fars", "officer", "admin")]
    gate = threading.Barrier(len(people))

    def press(by: Any) -> Any:
        by.__dict__.pop("_grants_in_force", None)
        try:
            connection.ensure_connection()
            gate.wait(20)
            return decide(desk, one, Ruling(Verdict.RETURN, 1, note=by.office), by=by, at=NOW)
        except Exception as trouble:
            return trouble
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(press, people))
    lost = [one for one in answers if isinstance(one, Refusal)]
    assert sum(isinstance(one, Decision) for one in answers) == 1 and len(lost) == 3, answers
    assert {one.kept for one in lost} < {by.office for by in people}
    assert Decision.objects.count() == 1 == Note.objects.count()


def test_many_at_once_pass_over_those_that_somebody_else_has_decided(world: World) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    rows = [a_proposal(world.local, desk.campaign) for _ in range(4)]
    decide(desk, rows[0], accept(), by=by, at=NOW)
    made, passed = decide_many(desk, {one.pk: 1 for one in rows}, accept(), by=by, at=NOW)
    assert len(made) == 3 and passed == [rows[0].pk]
    with refused_kindly():
        decide_many(desk, {}, accept(), by=by, at=NOW)


def test_who_has_another_theme_or_another_province_decides_nothing(world: World) -> None:
    desk = a_desk(world)
    one, far = (
        a_proposal(world.local, desk.campaign),
        a_proposal(world.locals["taft"][0], desk.campaign),
    )
    other = a_user()
    a_grant(other, Role.REVIEWER, world.fars, theme=an_indicator("x", theme=_another_theme()).theme)
    with refused_kindly(status=403):
        decide(desk, one, accept(), by=other, at=NOW)
    with pytest.raises(OutOfReach):
        decide(desk, far, accept(), by=world.people["reviewer"], at=NOW)
    made, passed = decide_many(desk, {far.pk: 1}, accept(), by=world.people["reviewer"], at=NOW)
    assert made == [] and passed == [far.pk]


def _another_theme() -> Any:
    from karnameh.org.public import Theme

    return Theme.objects.create(code="health", name_fa="سلامت", name_en="Health", position=2)


def test_desks_are_listed_with_what_waits(world: World) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    one, _two = (a_proposal(world.local, desk.campaign) for _ in range(2))
    save_opinion(
        desk,
        one,
        marks=dict.fromkeys(("quality", "service", "openness", "media"), 2),
        by=by,
        at=NOW,
    )
    [row] = desks_of(by, desk.campaign)
    assert (row.unit.pk, row.theme.pk, row.total, row.pending, row.mine) == (
        world.fars.pk, desk.theme.pk, 2, 2, 1,
    )  # fmt: skip


def test_twins_stand_beside_their_proposal(world: World) -> None:
    desk = a_desk(world)
    one = a_proposal(world.local, desk.campaign, "توزیع بستهٔ معیشتی محلهٔ سعدی")
    two = a_proposal(world.local, desk.campaign, "پخش بسته‌های معیشتی سعدی")
    a_proposal(world.local, desk.campaign, "تعمیر مدرسه")
    by = world.people["reviewer"]
    [found] = twins_of(standings(desk, by), one)
    assert found.activity.pk == two.pk and found.twin.same_place and found.twin.same_days
    assert twin_counts(standings(desk, by)) == {one.pk: 1, two.pk: 1}
    # Who is declined is nobody's twin any more, and comes back with the next round.
    decide(desk, two, Ruling(Verdict.DECLINE, 1, reason="vague"), by=by, at=NOW)
    assert twins_of(standings(desk, by), one) == [] == twins_of(standings(desk, by), two)
    assert twin_counts(standings(desk, by)) == {}
    take_back(desk, two, by=by, at=NOW)
    assert twin_counts(standings(desk, by)) == {one.pk: 1, two.pk: 1}
    # What is written anew is compared anew.
    Activity.objects.filter(pk=two.pk).update(name_fa="تعمیر سقف", revision=two.revision + 1)
    assert twins_of(standings(desk, by), one) == []


# --- merging and splitting -----------------------------------------------------------------------------


def test_merged_work_counts_once_and_leads_back_to_every_original(world: World) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    trees = an_indicator("trees")
    one = a_proposal(world.local, desk.campaign, expects={trees: 100}, budget_rial=5)
    two = a_proposal(world.locals["shiraz"][1], desk.campaign, expects={trees: 60}, budget_rial=9)
    decide(desk, two, accept(), by=by, at=NOW)  # also one that was accepted already
    kept = merge(desk, one, [two], how=How.LARGER, by=by, at=NOW)
    two.refresh_from_db()
    assert (
        two.state == State.MERGED
        and originals(kept.pk) == [two.pk]
        and results(two.pk) == [kept.pk]
    )
    assert Expectation.objects.get(activity=kept).quantity == 100
    version = kept.versions.get()  # what the joint proposal says now is kept like any other wording
    assert from_data(version.content).budget_rial == 9 and version.by == by
    assert dict(Share.objects.filter(activity=kept).values_list("unit", "role")) == {
        world.local.pk: "lead", world.locals["shiraz"][1].pk: "partner",
    }  # fmt: skip
    decide(desk, kept, accept(round_of(kept.pk)), by=by, at=NOW)
    planners = a_planner(world.shiraz), a_planner(world.shiraz)
    frozen(a_draft(desk.campaign, world.shiraz, planners[0]), *planners)
    assert quantity_of(world.nation, trees, Stage.PLEDGED) == 100
    with refused_kindly(status=409):
        merge(desk, kept, [two], how=How.ADDED, by=by, at=NOW)
    with refused_kindly():
        merge(desk, kept, [kept], how=How.ADDED, by=by, at=NOW)


def test_a_split_shares_out_what_was_expected(world: World) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    trees = an_indicator("trees")
    one = a_proposal(world.local, desk.campaign, expects={trees: 100}, budget_rial=10)
    parts = split(desk, one, [PartOf("یک", 1), PartOf("دو", 2)], by=by, at=NOW)
    one.refresh_from_db()
    assert one.state == State.SPLIT and results(one.pk) == [part.pk for part in parts]
    quantities = [Expectation.objects.get(activity=part).quantity for part in parts]
    kept = [from_data(part.versions.get().content) for part in parts]
    assert [(one.name_fa, one.budget_rial) for one in kept] == [("یک", 3), ("دو", 7)]
    assert quantities == [33, 67] and [part.budget_rial for part in parts] == [3, 7]
    for bad in ([PartOf("یک")], [PartOf("یک"), PartOf("")], [PartOf("یک"), PartOf("دو", 0)]):
        with refused_kindly():
            split(desk, parts[0], bad, by=by, at=NOW)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_merged_and_split_every_original_is_found_and_nothing_counts_twice(
    world: World, seed: int
) -> None:
    """Random histories: what the results expect together is what the originals said, none lost, none doubled."""
    chance, desk, by = random.Random(seed), a_desk(world), world.people["reviewer"]
    trees = an_indicator(f"trees{seed}")
    units = [*world.locals["shiraz"], *world.locals["twin"]]
    first = [
        a_proposal(
            chance.choice(units),
            desk.campaign,
            f"برنامهٔ {i}",
            expects={trees: chance.randint(1, 500)},
        )
        for i in range(8)
    ]
    told = expected_of(first)
    live = list(first)
    for _step in range(7):
        if len(live) > 1 and chance.random() < 0.55:
            kept, *others = chance.sample(live, chance.randint(2, min(3, len(live))))
            merge(desk, kept, others, how=How.ADDED, by=by, at=NOW)
            live = [one for one in live if one not in others]
        else:
            one = live.pop(chance.randrange(len(live)))
            weights = [chance.randint(1, 5) for _ in range(chance.randint(2, 3))]
            live += split(desk, one, [PartOf(f"بخش {w}", w) for w in weights], by=by, at=NOW)
    standing = set(desk.activities().filter(state=State.SUBMITTED).values_list("pk", flat=True))
    assert standing == {one.pk for one in live}
    for one in first:
        ends = results(one.pk)
        assert ends and set(ends) <= standing, "an original got lost"
        assert all(one.pk == end or one.pk in originals(end) for end in ends)
    assert expected_of(live) == told
    for one in live:
        decide(desk, one, accept(round_of(one.pk)), by=by, at=NOW)
    planners = a_planner(world.fars), a_planner(world.fars)
    frozen(a_draft(desk.campaign, world.fars, planners[0]), *planners)
    assert quantity_of(world.nation, trees, Stage.PLEDGED) == told


def test_lineage_is_kept_by_the_database(world: World) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    one, two = (a_proposal(world.local, desk.campaign) for _ in range(2))
    merge(desk, one, [two], how=How.LARGER, by=by, at=NOW)
    row = Lineage.objects.get()
    with pytest.raises(Exception, match=r"denied|refused"):
        run("DELETE FROM activities_lineage WHERE id = %s", [row.pk])


def test_a_queue_of_ten_and_of_forty_costs_the_same(world: World, queries: Any) -> None:
    desk, by = a_desk(world), world.people["reviewer"]
    counts = []
    for number in (10, 30):
        for i in range(number):
            one = a_proposal(world.local, desk.campaign, f"کار {i}")
            save_opinion(desk, one, marks={"quality": 1}, by=by, at=NOW)
        with queries:
            queue(desk, by)
            tally(standings(desk, by))
            twin_counts(standings(desk, by))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Activity.objects.count() == 40
