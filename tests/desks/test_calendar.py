"""The calendar: the board, the planner at work, feeds behind secret addresses, the public programme."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from builders import DAY, NOW, World, a_campaign, an_indicator
from desks.plans import a_draft, a_planner, a_proposal, a_venue, frozen
from karnameh.activities.public import Activity, DayWish, Resource, ResourceKind, Slot, State
from karnameh.campaigns import planner
from karnameh.campaigns.models import (
    Feed,
    FeedKind,
    Left,
    Line,
    Rule,
    RuleKind,
    Run,
    RunState,
    Version,
)
from karnameh.campaigns.package.actions import Spot, pin_line, place_line
from karnameh.campaigns.package.crowding import crowded as clashes_now
from karnameh.campaigns.week import running
from karnameh.campaigns.week.board import board_of, chances, coverage, silent_proposers
from karnameh.campaigns.week.feeding import (
    calendar_of,
    close_feed,
    feed_at,
    occurrences_of,
    open_feed,
    public_occurrences,
)
from karnameh.campaigns.week.instance import problem_of
from karnameh.campaigns.week.running import ask_plan, plan_once, stop_run
from karnameh.campaigns.week.saying import Names, say
from karnameh.campaigns.week.wishes import place_by_wish
from karnameh.plumbing.public import OutOfReach
from processes import end_a_solver
from workbench import refused, refused_kindly

SUNDAY = DAY + timedelta(days=1)


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def crowded(world: World, number: int = 5) -> tuple[Any, Any, Any]:
    """More proposals than a single hall has room for in two days: `(week, planner, hall)`."""
    week, by = a_campaign(), a_planner(world.fars)
    hall = a_venue(world.shiraz)
    for i in range(number):
        one = a_proposal(
            world.locals["shiraz"][i % 2], week, f"نشست {i}", state=State.ACCEPTED, day=DAY, venue=hall,
        )  # fmt: skip
        DayWish.objects.create(activity=one, on=DAY, rank=1)
    return week, by, hall


# --- the board -------------------------------------------------------------------------------------------


def test_wishes_are_granted_as_far_as_nothing_clashes(world: World) -> None:
    week, by, _hall = crowded(world)
    draft = a_draft(week, world.fars, by)
    assert place_by_wish(draft, by=by, at=NOW) == 3  # one hall, three parts of one day
    lines = list(draft.lines.select_related("activity__lead_unit", "venue", "team"))
    assert clashes_now([lines[0].version_id]) == [] and sum(one.on is None for one in lines) == 2


def test_the_board_says_where_a_card_would_clash_and_where_not(world: World) -> None:
    week, by, hall = crowded(world, 2)
    draft = a_draft(week, world.fars, by)
    one, two = draft.lines.all()
    place_line(one, Spot(DAY, Slot.MORNING, hall), by=by, at=NOW)
    place_line(two, Spot(SUNDAY, Slot.MORNING, hall), by=by, at=NOW)
    two = draft.lines.select_related(
        "activity__lead_unit", "venue", "team", "version__package"
    ).get(pk=two.pk)
    found = chances(draft, two, [])
    assert (
        found[f"{DAY} morning 0"] == 1
        and found[f"{DAY} evening 0"] == 0 == found[f"{SUNDAY} morning 0"]
    )
    place_line(two, Spot(DAY, Slot.MORNING, hall), by=by, at=NOW)
    board = board_of(draft, by="county", node=world.fars)
    assert len(board.clashes) == 1 and board.waiting == []
    [row] = [row for row in board.rows if row.name == world.shiraz.name]
    assert row.cells[DAY].clashing == 2 == row.cells[DAY].count
    venues = board_of(draft, by="venue", node=world.fars)
    assert any(row.venue == hall and row.cells[DAY].count == 2 for row in venues.rows)


def test_the_board_costs_the_same_for_ten_and_for_sixty(world: World, queries: Any) -> None:
    week, by = a_campaign(), a_planner(world.fars)
    draft = a_draft(week, world.fars, by)
    client, counts = client_of(by), []
    from karnameh.campaigns.package.actions import take_all

    for number in (10, 50):
        for i in range(number):
            a_proposal(world.local, week, f"کار {i}", state=State.ACCEPTED)
        take_all(draft, by=by, at=NOW)
        draft = Version.objects.get(pk=draft.pk)
        place_by_wish(draft, by=by, at=NOW)
        client.get(reverse("board", args=[draft.pk]))
        with queries:
            assert client.get(reverse("board", args=[draft.pk])).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], counts


def test_a_card_is_put_pinned_and_taken_off_through_its_page(world: World) -> None:
    week, by, hall = crowded(world, 1)
    draft = a_draft(week, world.fars, by)
    line = draft.lines.get()
    client, url = client_of(by), reverse("board_line", args=[draft.pk, line.pk])
    assert client.get(url).status_code == 200
    partial = client.post(
        url, {"when": f"{SUNDAY} evening", "venue": hall.pk}, headers={"HX-Request": "true"}
    )
    assert partial.status_code == 200 and "<html" not in partial.content.decode()
    client.post(url, {"do": "pin"})
    line.refresh_from_db()
    assert (line.on, line.slot, line.venue_id, line.pinned) == (SUNDAY, "evening", hall.pk, True)
    client.post(url, {"when": ""})
    line.refresh_from_db()
    assert line.on is None and not line.pinned
    late = client.post(url, {"when": "2027-05-05 morning"}, headers={"HX-Request": "true"})
    assert late.status_code == 422
    assert client.post(url, {"when": "nonsense morning"}).status_code == 404
    assert client_of(world.people["leader"]).get(url).status_code == 404
    assert set(client.get(reverse("board_chances", args=[draft.pk, line.pk])).json().values()) == {
        0
    }
    for paper in ("a4", "a3"):
        assert (
            client.get(f"{reverse('board_print', args=[draft.pk])}?paper={paper}").status_code
            == 200
        )


def test_a_pin_needs_a_day(world: World) -> None:
    week, by, _hall = crowded(world, 1)
    line = a_draft(week, world.fars, by).lines.get()
    with refused_kindly():
        pin_line(line, pinned=True, by=by, at=NOW)
    with refused("line_has_a_day_and_a_slot"):
        Line.objects.filter(pk=line.pk).update(on=DAY)


def test_coverage_names_those_who_proposed_nothing(world: World) -> None:
    week = a_campaign()
    a_proposal(world.local, week, state=State.ACCEPTED)
    by_name = {row.unit.pk: row for row in coverage(week, world.fars)}
    assert (by_name[world.shiraz.pk].silent, by_name[world.twin.pk].silent) == (1, 2)
    assert [unit.pk for unit in silent_proposers(week, world.shiraz)] == [
        world.locals["shiraz"][1].pk
    ]
    client = client_of(world.people["fars"])
    assert client.get(reverse("coverage", args=[world.shiraz.pk])).status_code == 200
    assert client.get(reverse("coverage", args=[world.yazd.pk])).status_code == 404
    # The nation's map says how many of each province stand in the plan.
    nation = client_of(world.people["officer"]).get(reverse("coverage", args=[world.nation.pk]))
    assert "<title>فارس: ۱</title>" in nation.content.decode()
    assert (
        client_of(world.people["reviewer"])
        .get(reverse("coverage", args=[world.fars.pk]))
        .status_code
        == 403
    )


# --- the planner at work -----------------------------------------------------------------------------------


def test_the_machine_plans_a_draft_of_its_own_and_says_of_the_rest_why(world: World) -> None:
    week, by, _hall = crowded(world)
    draft = a_draft(week, world.fars, by)
    run = ask_plan(draft, seconds=5, again=False, by=by, at=NOW)
    with refused("run_once_at_a_time"):
        Run.objects.create(version=run.version, seconds=5, asked_by=by, asked_at=NOW, step=1)
    assert plan_once() and not plan_once()
    run.refresh_from_db()
    assert (run.state, run.proposals, run.accepted) == (RunState.DONE, 5, 3), run.trouble
    assert run.bound is not None and run.gap is not None and run.gap <= 0.005
    planned = Version.objects.get(pk=run.version_id)
    lines = list(planned.lines.select_related("activity__lead_unit", "venue", "team"))
    assert len(lines) == 3 and clashes_now([lines[0].version_id]) == [] and draft.lines.count() == 5
    left = list(Left.objects.filter(run=run))
    assert {one.reason["code"] for one in left} == {"venue_full"}
    said = say(left[0].reason, Names([left[0].reason]))
    assert "سالن شهر" in said or "full" in said
    client = client_of(by)
    page = client.get(reverse("run", args=[run.pk])).content.decode()
    assert "سالن شهر" in page
    assert (
        client.get(reverse("run", args=[run.pk]), headers={"HX-Request": "true"})["HX-Refresh"]
        == "true"
    )
    assert client_of(world.people["leader"]).get(reverse("run", args=[run.pk])).status_code in (
        403,
        404,
    )


def test_pins_stay_and_planning_again_lists_every_move(world: World) -> None:
    week, by, hall = crowded(world, 3)
    draft = a_draft(week, world.fars, by)
    place_by_wish(draft, by=by, at=NOW)
    line = draft.lines.order_by("pk").first()
    assert line is not None
    pin_line(line, pinned=True, by=by, at=NOW)
    first = ask_plan(draft, seconds=4, again=False, by=by, at=NOW)
    assert plan_once()
    planned = first.version.lines.get(activity=line.activity_id)
    assert (planned.on, planned.slot, planned.pinned) == (line.on, line.slot, True)
    # A late one with a better score comes in; nothing else may move.
    late = a_proposal(world.local, week, "دیرآمده", state=State.ACCEPTED, day=SUNDAY, venue=hall)
    again = ask_plan(Version.objects.get(pk=first.version_id), seconds=4, again=True, by=by, at=NOW)
    assert plan_once()
    again.refresh_from_db()
    assert again.state == RunState.DONE, again.trouble
    assert [row["activity"] for row in again.moves] == [late.pk] and again.moves[0]["before"] == []


def test_rules_and_limits_reach_the_planner(world: World) -> None:
    week, by, _hall = crowded(world, 4)
    for kind, parameters in (
        (RuleKind.AUDIENCE_SHARE, {"audience": "women", "percent": 50}),
        (RuleKind.BUDGET, {"rial": 1000}),
        (RuleKind.UNIT_DAY_CAP, {"number": 1}),
        (RuleKind.DAY_MINIMUM, {"day": DAY.isoformat(), "number": 1}),
        (RuleKind.TIER_COUNT, {"tier": "local", "how": "at_most", "number": 2}),
        (RuleKind.THEME_MINIMUM, {"theme": "construction", "number": 1}),
        (RuleKind.COUNTY_MINIMUM, {"number": 0}),
        (RuleKind.FLAGSHIPS, {"number": 0}),
    ):
        Rule.objects.create(
            campaign=week, unit=world.fars, kind=kind, parameters=parameters, name_fa=str(kind), name_en=str(kind),
            valid_from=NOW,
        )  # fmt: skip
    problem = problem_of(a_draft(week, world.fars, by))
    rules = problem.instance.rules
    assert {one.kind for one in rules} == {"count", "share"} and len(rules) == 5
    assert {one.per_day for one in problem.instance.units} == {1}
    # No proposal is for women, so the share allows none; the other rules want one: they contradict.
    plan = planner.solve(problem.instance, seconds=5, processes=1)
    assert plan.status == "infeasible" and plan.conflict


def test_a_contradiction_is_named_on_the_page(world: World) -> None:
    week, by, _hall = crowded(world, 2)
    for number, how in ((2, "at_least"), (1, "at_most")):
        Rule.objects.create(
            campaign=week, unit=world.fars, kind=RuleKind.TIER_COUNT, name_fa=f"قانون {number}", name_en=f"rule {number}",
            parameters={"tier": "local", "how": how, "number": number}, valid_from=NOW,
        )  # fmt: skip
    draft = a_draft(week, world.fars, by)
    run = ask_plan(draft, seconds=4, again=False, by=by, at=NOW)
    assert plan_once()
    run.refresh_from_db()
    assert run.status == "infeasible" and len(run.conflict) == 2
    page = client_of(by).get(reverse("run", args=[run.pk])).content.decode()
    assert "قانون 2" in page and "قانون 1" in page
    assert run.version.lines.count() == 2  # what was there is still there


def test_a_contradiction_that_cannot_be_named_says_what_to_do(world: World) -> None:
    week, by, _hall = crowded(world, 1)
    draft = a_draft(week, world.fars, by)
    run = ask_plan(draft, seconds=4, again=False, by=by, at=NOW)
    Run.objects.filter(pk=run.pk).update(state=RunState.DONE, ended_at=NOW, status="infeasible")
    page = client_of(by).get(reverse("run", args=[run.pk])).content.decode()
    assert "یک‌به‌یک" in page and reverse("rules", args=[week.pk]) in page


def test_a_stopped_run_keeps_what_was_found_and_a_killed_worker_leaves_no_ghost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    week, by, _hall = crowded(world, 3)
    draft = a_draft(week, world.fars, by)
    run = ask_plan(draft, seconds=4, again=False, by=by, at=NOW)
    stop_run(run, by=by, at=NOW)
    assert plan_once()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    ghost = ask_plan(draft, seconds=4, again=False, by=by, at=NOW)
    Run.objects.filter(pk=ghost.pk).update(
        state=RunState.RUNNING, heard_at=NOW - timedelta(minutes=5)
    )
    assert not plan_once()
    ghost.refresh_from_db()
    assert (ghost.state, ghost.trouble) == (RunState.FAILED, "silent")

    def broken(*_given: Any, **_more: Any) -> Any:
        raise RuntimeError("solver died")

    monkeypatch.setattr(running.planner, "solve", broken)  # type: ignore[attr-defined]
    dead = ask_plan(draft, seconds=4, again=False, by=by, at=NOW)
    with pytest.raises(RuntimeError):
        plan_once()
    dead.refresh_from_db()
    assert dead.state == RunState.FAILED and dead.version.lines.count() == 3


@pytest.mark.process
@pytest.mark.parametrize("phase", ["build", "first plan"])
def test_a_solver_killed_in_the_middle_takes_nothing_with_it(
    world: World, monkeypatch: pytest.MonkeyPatch, phase: str
) -> None:
    week, by, _hall = crowded(world, 3)
    draft = a_draft(week, world.fars, by)
    run = ask_plan(draft, seconds=20, again=False, by=by, at=NOW)
    said = running._Word.__call__
    killed: list[int] = []

    def kill(word: Any, progress: planner.Progress) -> None:
        said(word, progress)
        if progress.phase == phase and not killed:
            killed.append(end_a_solver())

    monkeypatch.setattr(running._Word, "__call__", kill)
    assert plan_once() and killed
    run.refresh_from_db()
    page = client_of(by).get(reverse("run", args=[run.pk])).content.decode()
    assert run.trouble == "killed" and "کمبود حافظه" in page
    # Before there was a plan nothing is changed; afterwards the plan until then is kept, and whole.
    if phase == "build":
        assert run.state == RunState.FAILED and run.version.lines.count() == 3
    else:
        assert (run.state, run.status) == (RunState.DONE, "stopped")
        assert clashes_now([run.version_id]) == []
        assert run.version.lines.filter(on__isnull=False).count() == run.accepted == 3
    # The worker lives on, and plans the next one.
    monkeypatch.setattr(running._Word, "__call__", said)
    again = ask_plan(draft, seconds=5, again=False, by=by, at=NOW)
    assert plan_once()
    again.refresh_from_db()
    assert (again.state, again.trouble, again.accepted) == (RunState.DONE, "", 3)


def test_an_empty_scope_is_planned_without_a_fault(world: World) -> None:
    week, by = a_campaign(), a_planner(world.yazd)
    run = ask_plan(a_draft(week, world.yazd, by), seconds=2, again=False, by=by, at=NOW)
    assert plan_once()
    run.refresh_from_db()
    assert run.state == RunState.DONE and run.accepted == 0, run.trouble
    with refused_kindly():
        ask_plan(run.version, seconds=9999, again=False, by=by, at=NOW)


# --- feeds and the public programme ---------------------------------------------------------------------------


def scheduled(world: World) -> tuple[Any, Any]:
    """A frozen package with one public and one inner activity."""
    week, first, second = a_campaign(), a_planner(world.fars), a_planner(world.fars)
    trees = an_indicator("trees")
    a_proposal(
        world.local, week, "جشن همگانی", kind="event", state=State.ACCEPTED, expects={trees: 3}
    )
    a_proposal(world.local, week, "انبارگردانی", kind="production", state=State.ACCEPTED)
    team = Resource.objects.create(
        unit=world.fars, kind=ResourceKind.SPEAKER, label="کارشناس سلامت"
    )
    draft = a_draft(week, world.fars, first)
    for line, slot in zip(draft.lines.all(), (Slot.MORNING, Slot.EVENING), strict=True):
        place_line(line, Spot(DAY, slot, None, team), by=first, at=NOW)
    return week, frozen(draft, first, second)


def test_a_secret_address_shows_what_its_owner_may_see_until_it_is_closed(world: World) -> None:
    week, _version = scheduled(world)
    leader = world.people["leader"]
    feed, secret = open_feed(kind=FeedKind.UNIT, unit=world.local.pk, by=leader, at=NOW)
    assert secret not in str(Feed.objects.values()) and len(feed.secret) == 64
    client = Client()  # a phone without a session
    answer = client.get(reverse("feed", args=[secret]))
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert sorted(str(one["SUMMARY"]) for one in events) == ["انبارگردانی", "جشن همگانی"]
    assert events[0].decoded("DTSTART").utcoffset() == timedelta(0)
    assert "آبان" in str(events[0]["DESCRIPTION"]) and "کارشناس" not in answer.content.decode()
    Feed.objects.get(pk=feed.pk, read_on=NOW.date())
    for wrong in ("x" * 32, secret[:-1]):
        assert client.get(reverse("feed", args=[wrong])).status_code == 404
    with pytest.raises(OutOfReach):
        close_feed(feed, by=world.people["fars"], at=NOW)
    close_feed(feed, by=leader, at=NOW)
    assert client.get(reverse("feed", args=[secret])).status_code == 404
    with pytest.raises(OutOfReach):
        open_feed(kind=FeedKind.COUNTY, unit=world.yazd.pk, by=leader, at=NOW)
    with refused_kindly():
        open_feed(kind=FeedKind.THEME, unit=world.local.pk, by=leader, at=NOW)
    assert week.period is not None


def test_a_feed_follows_its_owners_grants(world: World) -> None:
    scheduled(world)
    stranger = world.people["stranger"]
    _feed, secret = open_feed(kind=FeedKind.PERSON, by=stranger, at=NOW)
    assert not occurrences_of(feed_at(secret, on=DAY)).exists()
    _feed, secret = open_feed(kind=FeedKind.PERSON, by=world.people["officer"], at=NOW)
    assert occurrences_of(feed_at(secret, on=DAY)).count() == 2
    body = calendar_of(occurrences_of(feed_at(secret, on=DAY)), name="x", since=DAY)
    assert body.startswith(b"BEGIN:VCALENDAR") and body == calendar_of(
        occurrences_of(feed_at(secret, on=DAY)), name="x", since=DAY
    )


def test_addresses_are_made_and_closed_on_the_page(world: World) -> None:
    client = client_of(world.people["leader"])
    page = client.post(reverse("feeds"), {"kind": "unit", "unit": world.local.pk}).content.decode()
    assert ".ics" in page
    assert (
        client.post(reverse("feeds"), {"kind": "theme", "unit": world.local.pk}).status_code == 422
    )
    assert client.post(reverse("feed_close", args=[Feed.objects.get().pk])).status_code == 302
    assert Feed.objects.get().closed_at is not None
    assert client.post(reverse("feed_close", args=[999])).status_code == 404


def test_everybody_sees_what_is_packaged_and_public_and_nothing_else(world: World) -> None:
    week, version = scheduled(world)
    a_proposal(world.local, week, "هنوز پذیرفته نشده", kind="event")
    names = set(public_occurrences(week).values_list("activity__name_fa", flat=True))
    assert names == {"جشن همگانی"}
    client = Client()
    page = client.get(f"{reverse('programme', args=[week.code])}?day={DAY}").content.decode()
    assert "جشن همگانی" in page and "انبارگردانی" not in page and "کارشناس سلامت" not in page
    assert (
        client.get(
            f"{reverse('programme', args=[week.code])}?day={DAY}&province={world.yazd.pk}"
        ).status_code
        == 200
    )
    assert b"BEGIN:VEVENT" in client.get(reverse("programme_feed", args=[week.code])).content
    assert client.get(reverse("programme", args=["no-such-week"])).status_code == 404
    assert client.get(f"{reverse('programme', args=[week.code])}?day=nonsense").status_code == 404
    assert version.frozen and Activity.objects.filter(state=State.SCHEDULED).count() == 2
