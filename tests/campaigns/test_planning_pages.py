"""Pages of planning over HTTP: what they cost, who may act, and what they say when something is amiss."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from builders import DAY, NOW, World, a_campaign, an_activity
from karnameh.activities.public import (
    Activity,
    Campaign,
    Planning,
    State,
    campaign_at,
    campaign_planned,
    move_activities,
)
from karnameh.activities.rules import MOVES, NEEDS_NOTE
from karnameh.campaigns.actions import desk
from karnameh.campaigns.actions.committees import open_committee
from karnameh.campaigns.actions.proposals import return_proposal, submit_proposal, withdraw_proposal
from karnameh.campaigns.models import Committee, Rule
from karnameh.org.public import UnitKind
from karnameh.plumbing.public import Refusal
from planned import a_draft, a_plan, a_proposal, an_open_campaign


@pytest.fixture
def campaign(world: World) -> Campaign:
    return an_open_campaign()


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


@pytest.mark.parametrize("page", ["proposals", "planning"])
def test_a_page_costs_the_same_number_of_queries_at_10_and_at_300_rows(
    world: World, campaign: Campaign, queries: CaptureQueriesContext, page: str
) -> None:
    client, costs = signed_in(world, "fars"), []
    units = [*world.locals["shiraz"], *world.locals["twin"]]
    for count in (10, 290):
        a_plan(
            campaign,
            [
                (units[n % 4], (State.SUBMITTED, State.ACCEPTED, State.RETURNED)[n % 3], {})
                for n in range(count)
            ],
        )
        with queries:
            assert client.get(f"{reverse(page)}?campaign={campaign.pk}").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] < 40


def test_the_page_of_a_proposal_costs_the_same_however_long_its_story_is(
    world: World, campaign: Campaign, queries: CaptureQueriesContext
) -> None:
    client, costs = signed_in(world, "fars"), []
    one = a_proposal(world, campaign)
    for rounds in (1, 8):
        for _round in range(rounds):
            return_proposal(one, note="چرا؟", by=world.people["fars"], at=NOW)
            one.refresh_from_db()
            submit_proposal(one, by=world.people["leader"], at=NOW, answer="چون")
            one.refresh_from_db()
        with queries:
            assert client.get(reverse("proposal", args=[one.pk])).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] < 50


def test_filters_find_what_they_say(world: World, campaign: Campaign) -> None:
    client = signed_in(world, "fars")
    a_plan(
        campaign,
        [
            (world.local, State.SUBMITTED, {"name_fa": "الف یکم"}),
            (
                world.locals["twin"][0],
                State.ACCEPTED,
                {"name_fa": "ب دوم", "audiences": (("men", None),)},
            ),
        ],
    )
    for query, found, missed in (
        ("group=submitted", "الف یکم", "ب دوم"), ("audience=men", "ب دوم", "الف یکم"), ("q=دوم", "ب دوم", "الف یکم"),
        (f"unit={world.shiraz.pk}", "الف یکم", "ب دوم"), (f"on={campaign.ends_on}", "الف یکم", "هرگز"),
    ):  # fmt: skip
        page = client.get(f"{reverse('proposals')}?campaign={campaign.pk}&{query}").content.decode()
        assert found in page and missed not in page, query
    for broken in ("on=never", "theme=x", "cursor=abc", "group=x", "unit=x", "campaign=x"):
        assert client.get(f"{reverse('proposals')}?{broken}").status_code == 200, broken
    assert client.get(f"{reverse('proposals')}?unit={world.taft.pk}").status_code == 404
    assert client.get(f"{reverse('proposals')}?campaign=999999").status_code == 404


# --- who may act: every POST, by everybody who may not ---------------------------------------------------

Targets = dict[str, tuple[str, list[int]]]


def _targets(world: World, campaign: Campaign) -> Targets:
    """Every address that only takes POST, on things of Yazd, which nobody of Fars may reach."""
    unit = world.locals["taft"][0]
    [handed_in] = a_plan(campaign, [(unit, State.SUBMITTED, {})])
    type(world.taft).objects.filter(pk=world.taft.pk).update(kind=UnitKind.COUNTY)
    world.taft.kind = UnitKind.COUNTY
    committee = open_committee(world.taft, by=world.people["officer"], at=NOW)
    seat = committee.seats.earliest("pk")
    meeting = committee.meetings.create(
        starts_at=NOW, ends_at=NOW.replace(hour=23), room="دفتر", agenda="کار"
    )
    item = committee.action_items.create(text="کار", seat=seat, due_on=NOW, made_at=NOW)
    rule = Rule.objects.create(
        campaign=campaign,
        unit=world.yazd,
        kind="flagships",
        parameters={"number": 1},
        name_fa="قاعده",
        valid_from=NOW,
    )
    lesson = desk.note_lesson(
        campaign, unit=world.yazd, text="درس", theme=None, by=world.people["officer"], at=NOW
    )
    return {
        **{name: (name, [handed_in.pk]) for name in ("proposal_submit", "proposal_return", "proposal_withdraw", "proposal_remark")},
        **{name: (name, [committee.pk]) for name in ("seat_add", "meeting_call", "item_add")},
        "seat_fill": ("seat_fill", [seat.pk]), "seat_close": ("seat_close", [seat.pk]), "item_done": ("item_done", [item.pk]),
        "meeting_cancel": ("meeting_cancel", [meeting.pk]), "rule_end": ("rule_end", [rule.pk]),
        "campaign_move": ("campaign_move", [campaign.pk]), "lesson_answer": ("lesson_answer", [campaign.pk, lesson.pk]),
        "committee_open": ("committee_open", [world.mehriz.pk]),
    }  # fmt: skip


def test_nobody_acts_where_he_may_not(world: World, campaign: Campaign) -> None:
    targets = _targets(world, campaign)
    before = [
        list(m.objects.order_by("pk").values()) for m in (Activity, Committee, Rule, Campaign)
    ]
    for who in ("fars", "leader", "reviewer", "verifier", "auditor", "stranger"):
        client = signed_in(world, who)
        for name, (address, arguments) in targets.items():
            data = {
                "to": "close",
                "text": "متن",
                "r-text": "متن",
                "w-text": "متن",
                "b-text": "متن",
                "outcome": "شد",
            }
            status = client.post(reverse(address, args=arguments), data).status_code
            assert status in (403, 404), (who, name, status)
    assert before == [
        list(m.objects.order_by("pk").values()) for m in (Activity, Committee, Rule, Campaign)
    ]


@pytest.mark.parametrize("name", ["committee", "meeting", "rule", "proposal_versions"])
def test_pages_of_things_out_of_reach_do_not_exist(
    world: World, campaign: Campaign, name: str
) -> None:
    targets = _targets(world, campaign)
    source = {
        "committee": "seat_add",
        "meeting": "meeting_cancel",
        "rule": "rule_end",
        "proposal_versions": "proposal_submit",
    }
    url = reverse(name, args=targets[source[name]][1])
    for who in ("fars", "leader", "stranger"):
        assert signed_in(world, who).get(url).status_code in (403, 404)
    assert signed_in(world, "officer").get(url).status_code in (200, 404)


def test_the_gate_says_why_it_stays_shut(world: World, campaign: Campaign) -> None:
    following = an_open_campaign(planning=Planning.PREPARING, follows=campaign)
    desk.note_lesson(
        campaign, unit=world.fars, text="دیر رسید", theme=None, by=world.people["fars"], at=NOW
    )
    client = signed_in(world, "officer")
    page = client.post(reverse("campaign_move", args=[following.pk]), {"to": "open"}, follow=True)
    assert "هنوز پاسخ ندارد" in page.content.decode()
    following.refresh_from_db()
    assert following.planning == Planning.PREPARING


def test_a_refused_hand_in_names_everything_and_leads_to_its_step(
    world: World, campaign: Campaign
) -> None:
    draft = a_draft(world, campaign, audiences=(), expectations=())
    client = signed_in(world, "leader")
    page = client.get(reverse("proposal", args=[draft.pk])).content.decode()
    for step in ("whom", "needs"):
        assert reverse("proposal_edit", args=[draft.pk, step]) in page
    answer = client.post(reverse("proposal_submit", args=[draft.pk]))
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()


def test_an_old_form_is_told_that_somebody_else_wrote_and_keeps_what_was_typed(
    world: World, campaign: Campaign
) -> None:
    draft = a_draft(world, campaign)
    client = signed_in(world, "leader")
    url = reverse("proposal_edit", args=[draft.pk, "whom"])
    data = {"audiences": ["women"], "participation": "نوشتهٔ دوم", "revision": "1"}
    assert client.post(url, {**data, "participation": "نوشتهٔ نخست"}).status_code == 302
    answer = client.post(url, data)
    assert answer.status_code == 409 and "نوشتهٔ دوم" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.participation == "نوشتهٔ نخست"


# --- the life of an activity as a machine ----------------------------------------------------------------


def test_random_lives_follow_the_rules_and_tell_their_story(
    world: World, campaign: Campaign
) -> None:
    """Seeded walks over the real actions beside a plain model of the states."""
    chance = random.Random(7)
    by: Callable[[str], Any] = world.people.__getitem__
    for number in range(12):
        one = a_draft(world, campaign, name_fa=f"گام {number}")
        state, told = "draft", ["draft"]
        for _step in range(14):
            to = chance.choice(list(MOVES))
            note = "دلیل" if chance.random() < 0.8 else ""
            allowed = to in MOVES[state] and (note or to not in NEEDS_NOTE)
            try:
                moves = move_activities([one.pk], State(to), by=by("fars"), at=NOW, note=note)
            except Refusal:
                assert (not allowed and to != state) or (to in NEEDS_NOTE and not note)
            else:
                assert allowed or to == state
                if moves:
                    state = to
                    told.append(to)
            one.refresh_from_db()
            assert one.state == state
        assert list(one.moves.order_by("pk").values_list("to_state", flat=True)) == told
        chain = list(one.moves.order_by("pk").values_list("from_state", "to_state"))
        assert all(before[1] == after[0] for before, after in zip(chain, chain[1:], strict=False))


def test_the_unit_and_the_reviewer_go_to_and_fro_and_nothing_is_lost(
    world: World, campaign: Campaign
) -> None:
    chance = random.Random(11)
    leader, fars = world.people["leader"], world.people["fars"]
    for number in range(6):
        one, state, notes = a_draft(world, campaign, name_fa=f"رفت و آمد {number}"), "draft", 0
        for _step in range(8):
            deed = chance.choice(("submit", "return", "withdraw"))
            try:
                if deed == "submit":
                    submit_proposal(one, by=leader, at=NOW, answer="پاسخ")
                elif deed == "return":
                    return_proposal(one, note="یادداشت", by=fars, at=NOW)
                elif chance.random() < 0.2:
                    withdraw_proposal(one, reason="نشد", by=leader, at=NOW)
                else:
                    continue
            except Refusal:
                assert (deed, state) not in (
                    ("submit", "draft"),
                    ("submit", "returned"),
                    ("return", "submitted"),
                )
                continue
            if deed == "submit" and state == "returned":
                notes += 1
            if deed == "return" and state in ("submitted", "accepted"):
                notes += 1
            before = state
            one.refresh_from_db()
            state = one.state
            assert state != before
        assert one.notes.count() == notes


def test_the_present_activities_need_no_campaign(world: World) -> None:
    assert an_activity(world.local).standing


def test_planning_is_about_the_open_week_ahead_and_not_about_the_one_that_is_on(
    world: World,
) -> None:
    is_on, spring = a_campaign(), a_campaign(DAY + timedelta(days=160))
    assert campaign_planned(DAY) == campaign_at(DAY) == is_on
    Campaign.objects.update(planning=Planning.OPEN)
    assert campaign_planned(DAY) == is_on
    assert campaign_planned(is_on.ends_on + timedelta(days=1)) == spring
    Campaign.objects.filter(pk=is_on.pk).update(planning=Planning.OVER)
    assert campaign_planned(DAY) == spring and campaign_at(DAY) == is_on
    # After the last open one it is still the one to look at.
    assert campaign_planned(spring.ends_on + timedelta(days=90)) == spring
