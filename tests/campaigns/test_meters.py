"""Meters of rules against a plain oracle that counts row by row; what they cost; what contradicts."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import NOW, World, an_activity
from karnameh.activities.public import (
    PENDING,
    STANDING,
    Activity,
    AudienceShare,
    Campaign,
    Occurrence,
    Slot,
    State,
)
from karnameh.campaigns.actions.rulebook import edit_rule, end_rule, set_rule
from karnameh.campaigns.models import Rule
from karnameh.campaigns.public import RuleSaid, Wish, meter_rows, meters, rules_of, whole_plan
from karnameh.campaigns.rules.conflicts import Wanted, contradictions
from karnameh.campaigns.rules.meters import Count, share_cell
from karnameh.campaigns.rules.parameters import SHAPES, Amiss, checked
from karnameh.org.public import OrgUnit, Profession, Theme
from karnameh.plumbing.public import Refusal
from planned import (
    RULE_PARAMETERS,
    a_plan,
    a_profession,
    a_rule,
    a_theme,
    an_open_campaign,
    days_of,
)

# --- the oracle: walks over rows, shares no code with the meters -------------------------------------


def _under(activity: Activity, unit: OrgUnit) -> bool:
    node: OrgUnit | None = activity.lead_unit
    while node is not None:
        if node.pk == unit.pk:
            return True
        node = OrgUnit.objects.filter(pk=node.parent_id).first() if node.parent_id else None
    return False


def _days(activity: Activity) -> set[date]:
    planned = {o.on for o in activity.occurrences.all() if o.state != "cancelled"}
    if planned:
        return planned
    wished = [one.on for one in activity.wishes.all() if one.rank == 1]
    return {wished[0] if wished else activity.starts_on}


def _county(activity: Activity) -> int | None:
    node: OrgUnit | None = activity.lead_unit
    while node is not None and node.kind != "county":
        node = OrgUnit.objects.filter(pk=node.parent_id).first() if node.parent_id else None
    return node.pk if node else None


def oracle(rule: Rule, scope: OrgUnit, *, theme: str = "") -> dict[str, tuple[int, int]]:
    """Key → (have, have with pending), counted by hand; keys of which there is nothing are left out."""
    have: Counter[str] = Counter()
    hope: Counter[str] = Counter()

    def add(key: str, activity: Activity, weight: int = 1) -> None:
        hope[key] += weight
        if activity.state in STANDING:
            have[key] += weight

    for one in Activity.objects.filter(campaign=rule.campaign).select_related(
        "lead_unit", "theme", "profession"
    ):
        if one.state not in STANDING | PENDING or not _under(one, scope):
            continue
        if theme and one.theme.code != theme:
            continue
        match rule.kind:
            case "audience_share":
                shares = AudienceShare.objects.filter(
                    activity=one, audience__code=rule.parameters["audience"]
                )
                if any(s.percent is None or s.percent >= 50 for s in shares):
                    add("", one)
            case "flagships" if one.tier == "flagship":
                assert one.profession is not None
                add(one.profession.code, one)
            case "tier_count" if one.tier == rule.parameters["tier"]:
                add("", one)
            case "theme_minimum" if rule.parameters["theme"] in ("", one.theme.code):
                add(one.theme.code, one)
            case "day_minimum":
                for day in _days(one):
                    if rule.parameters["day"] in ("", day.isoformat()):
                        add(day.isoformat(), one)
            case "county_minimum" if _county(one):
                add(str(_county(one)), one)
            case "budget":
                add("", one, one.budget_rial or 0)
            case "unit_day_cap":
                for day in _days(one):
                    add(f"{one.lead_unit_id}@{day.isoformat()}", one)
    return {key: (have[key], hope[key]) for key in hope}


def _expected_keys(rule: Rule, scope: OrgUnit) -> set[str] | None:
    match rule.kind:
        case "flagships":
            return set(Profession.objects.values_list("code", flat=True))
        case "theme_minimum" if not rule.parameters["theme"]:
            return set(Theme.objects.values_list("code", flat=True))
        case "day_minimum" if not rule.parameters["day"]:
            return {one.isoformat() for one in days_of(rule.campaign)}
        case "county_minimum":
            counties = OrgUnit.objects.filter(kind="county")
            return {str(one.pk) for one in counties if scope.pk in one.line}
    return None


def agrees(rule: Rule, scope: OrgUnit) -> None:
    (found,) = meters(whole_plan(rule.campaign), [(rule, scope)])
    counted = oracle(rule, scope)
    shown = {one.key: (one.have, one.hope) for one in found.meter.cells}
    if rule.kind == "unit_day_cap":
        most = rule.parameters["number"]
        assert {key for key, (have, _hope) in counted.items() if have > most} == {
            key for key, (have, _hope) in shown.items() if have > most
        }
        assert all(counted[key] == value for key, value in shown.items())
        assert found.meter.kept == all(have <= most for have, _hope in counted.values())
        return
    keys = _expected_keys(rule, scope)
    if keys is not None:
        assert set(shown) == keys
    assert shown == {key: counted.get(key, (0, 0)) for key in shown}
    assert set(counted) <= set(shown)


def a_mixed_plan(world: World, campaign: Campaign, picks: list[tuple[int, ...]]) -> None:
    """Activities from plain numbers, so that hypothesis can draw any mixture."""
    units = [
        world.nation,
        *world.locals["shiraz"],
        *world.locals["twin"],
        world.locals["taft"][0],
        world.shiraz,
    ]
    states = [
        State.ACCEPTED,
        State.SUBMITTED,
        State.SCHEDULED,
        State.DRAFT,
        State.DECLINED,
        State.RETURNED,
        State.CLOSED,
    ]
    tiers = ["local", "national", "flagship", "central"]
    days = days_of(campaign)
    rows = []
    for unit, state, tier, day, audience, theme, money in picks:
        rows.append(
            (
                units[unit % len(units)], states[state % len(states)],
                {
                    "tier": tiers[tier % 4], "profession": ("doctors", "teachers")[theme % 2],
                    "theme": ("construction", "education", "media")[theme % 3],
                    "wishes": (Wish(days[day % 7]),) if day % 8 != 7 else (),
                    "audiences": ((("women", None),), (("women", 40), ("men", 60)), (("women", 50),), (("men", None),))[audience % 4],
                    "budget_rial": money or None,
                },
            )
        )  # fmt: skip
    made = a_plan(campaign, rows)
    for index, one in enumerate(made):
        if index % 4 == 0:
            for day in (days[index % 7], days[(index + 3) % 7]):
                Occurrence.objects.create(activity=one, on=day, slot=Slot.MORNING, place=one.place)


@pytest.fixture
def planned_world(world: World) -> tuple[World, Campaign]:
    for code in ("construction", "education", "media", "unused"):
        a_theme(code)
    for code in ("doctors", "teachers", "artists"):
        a_profession(code)
    return world, an_open_campaign()


PICK = st.tuples(*[st.integers(0, 15)] * 6, st.integers(0, 400))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(picks=st.lists(PICK, max_size=14))
def test_every_meter_counts_what_the_oracle_counts(
    planned_world: tuple[World, Campaign], picks: list[tuple[int, ...]]
) -> None:
    world, _unused = planned_world
    campaign = an_open_campaign()
    a_mixed_plan(world, campaign, picks)
    for scope in (world.nation, world.fars, world.shiraz):
        for kind in RULE_PARAMETERS:
            agrees(a_rule(campaign, scope, kind), scope)


def test_a_rule_read_in_a_part_counts_the_part_alone(planned_world: tuple[World, Campaign]) -> None:
    world, campaign = planned_world
    a_mixed_plan(world, campaign, [(i, i, i, i, i, i, 10 * i) for i in range(16)])
    share = a_rule(campaign, world.nation, "audience_share")
    a_rule(campaign, world.nation, "tier_count")
    rows = meter_rows(campaign, world.reach("fars"), world.fars)
    assert [(one.rule.kind, one.whole, one.scope) for one in rows] == [
        ("audience_share", False, world.fars)
    ]
    agrees(share, world.fars)


def test_a_reviewer_of_one_theme_is_shown_no_number_over_all_themes(
    planned_world: tuple[World, Campaign],
) -> None:
    world, campaign = planned_world
    a_mixed_plan(world, campaign, [(i, i, i, i, i, i, 10 * i) for i in range(16)])
    rule = a_rule(campaign, world.fars, "audience_share")
    a_rule(campaign, world.fars, "budget")
    [row] = meter_rows(campaign, world.reach("reviewer"), world.fars)
    counted = oracle(rule, world.fars, theme="construction")[""]
    assert row.rule == rule and (row.have, row.hope) == counted
    assert counted != oracle(rule, world.fars)[""]


def test_meters_cost_the_same_number_of_queries_for_10_and_300_rows_and_for_more_rules(
    planned_world: tuple[World, Campaign], queries: CaptureQueriesContext
) -> None:
    world, campaign = planned_world
    reach = world.reach("officer")
    costs = []
    for count, scopes in ((10, 1), (300, 3)):
        a_mixed_plan(world, campaign, [(i, i, i, i, i, i, i) for i in range(count)])
        for scope in (world.nation, world.fars, world.yazd)[:scopes]:
            for kind in RULE_PARAMETERS:
                a_rule(campaign, scope, kind)
        with queries:
            assert len(meter_rows(campaign, reach, world.nation)) >= len(RULE_PARAMETERS)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8


def test_the_activities_that_would_mend_a_rule_are_behind_its_link(
    planned_world: tuple[World, Campaign], client: Any
) -> None:
    world, campaign = planned_world
    days = days_of(campaign)
    women, other = a_plan(
        campaign,
        [
            (world.local, State.SUBMITTED, {"name_fa": "برای زنان", "wishes": (Wish(days[1]),)}),
            (
                world.local,
                State.SUBMITTED,
                {"name_fa": "برای مردان", "audiences": (("men", None),)},
            ),
        ],
    )
    a_plan(campaign, [(world.local, State.ACCEPTED, {"audiences": (("men", None),)})])
    a_rule(campaign, world.fars, "audience_share")
    [row] = meter_rows(campaign, world.reach("fars"), world.fars)
    assert row.tone == "warn" and (row.have, row.hope, row.need) == (0, 1, 1)
    client.force_login(world.people["fars"])
    listed = client.get(row.mend_url).content.decode()
    assert women.name_fa in listed and other.name_fa not in listed


# --- rules as data ------------------------------------------------------------------------------------


def test_an_edit_ends_the_old_version_and_begins_another(
    planned_world: tuple[World, Campaign],
) -> None:
    world, campaign = planned_world
    by = world.people["officer"]
    said = RuleSaid(
        "tier_count", {"tier": "national", "how": "exactly", "number": 28}, "۲۸ برنامه", "28"
    )
    first = set_rule(said, campaign=campaign, unit=world.nation, by=by, at=NOW)
    later = NOW.replace(hour=12)
    again = RuleSaid("tier_count", {**said.parameters, "number": 30}, "۳۰ برنامه", "30")
    second = edit_rule(first, again, by=by, at=later)
    assert [one.pk for one in rules_of(campaign)] == [second.pk]
    assert [one.pk for one in rules_of(campaign, at=NOW)] == [first.pk]
    with pytest.raises(Refusal) as refusal:  # two planners at once: the slower one is told
        edit_rule(first, again, by=by, at=later)
    assert refusal.value.status == 409
    end_rule(second, by=by, at=later)
    assert not rules_of(campaign)


@pytest.mark.parametrize(
    ("kind", "parameters", "field"),
    [
        ("audience_share", {"audience": "women", "percent": 0}, "percent"),
        ("audience_share", {"audience": "", "percent": 50}, "audience"),
        ("tier_count", {"tier": "galactic", "how": "exactly", "number": 1}, "tier"),
        ("tier_count", {"tier": "local", "how": "roughly", "number": 1}, "how"),
        ("flagships", {"number": -1}, "number"),
        ("flagships", {"number": True}, "number"),
        ("budget", {"rial": "many"}, "rial"),
        ("day_minimum", {"day": "tomorrow", "number": 1}, "day"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_by_name(
    kind: str, parameters: dict[str, Any], field: str
) -> None:
    with pytest.raises(Amiss) as amiss:
        checked(kind, parameters)
    assert amiss.value.field == field


def test_a_rule_of_a_day_outside_the_campaign_or_of_nothing_known_is_refused(
    planned_world: tuple[World, Campaign],
) -> None:
    world, campaign = planned_world
    for kind, parameters, field in (
        ("day_minimum", {"day": "2030-01-01", "number": 1}, "day"),
        ("theme_minimum", {"theme": "nowhere", "number": 1}, "theme"),
        ("audience_share", {"audience": "nobody", "percent": 5}, "audience"),
    ):
        with pytest.raises(Refusal) as refusal:
            set_rule(
                RuleSaid(kind, parameters, "نام", ""), campaign=campaign, unit=world.nation, by=world.people["officer"],
                at=NOW,
            )  # fmt: skip
        assert refusal.value.field == field


def test_only_a_planner_of_the_scope_sets_its_rules(planned_world: tuple[World, Campaign]) -> None:
    world, campaign = planned_world
    said = RuleSaid("flagships", {"number": 1}, "نام", "")
    set_rule(said, campaign=campaign, unit=world.fars, by=world.people["fars"], at=NOW)
    for who, unit in (("fars", world.nation), ("fars", world.yazd), ("leader", world.local)):
        with pytest.raises(Refusal):
            set_rule(said, campaign=campaign, unit=unit, by=world.people[who], at=NOW)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(1, 100), *[st.integers(0, 500)] * 4)
def test_a_share_is_kept_exactly_when_it_is_large_enough(
    percent: int, of: int, more: int, wanted: int, hoped: int
) -> None:
    wanted, hoped = min(wanted, of), min(hoped, more)
    cell = share_cell(percent, Count(of, more), Count(wanted, hoped))
    assert cell.kept("at_least") == (100 * wanted >= percent * of)
    reachable = any(100 * (wanted + n) >= percent * (of + n) for n in range(hoped + 1))
    assert cell.hopeful("at_least") == reachable


def test_rules_that_contradict_are_named_and_others_are_not() -> None:
    def tier(key: int, scope: str, how: str, number: int, name: str = "national") -> Wanted:
        return Wanted(key, scope, "tier_count", {"tier": name, "how": how, "number": number})

    exactly = tier(1, "/1/", "exactly", 28)
    for other, code in (
        (tier(2, "/1/", "exactly", 6), "rule_numbers_contradict"),
        (tier(2, "/1/", "at_least", 29), "rule_numbers_contradict"),
        (tier(2, "/1/5/", "at_least", 29), "rule_part_above_whole"),
        (Wanted(2, "/1/", "flagships", {"number": 1}), None),
        (tier(2, "/1/", "at_least", 28), None),
        (tier(2, "/1/5/", "exactly", 3), None),
        (tier(2, "/1/", "exactly", 6, "central"), None),
        (tier(2, "/2/", "exactly", 6), None),
    ):
        found = contradictions([exactly, other], professions=21)
        assert [one.code for one in found] == ([code] if code else [])
    flagships = Wanted(3, "/1/", "flagships", {"number": 1})
    found = contradictions([flagships, tier(4, "/1/", "at_most", 20, "flagship")], professions=21)
    assert [(one.code, one.keys) for one in found] == [("rule_flagships_contradict", (4, 3))]
    cap = Wanted(5, "/1/", "unit_day_cap", {"number": 0})
    assert contradictions([cap, flagships], professions=21)[0].code == "rule_cap_of_nothing"


def test_contradicting_rules_are_said_on_the_rules_page(
    planned_world: tuple[World, Campaign], client: Any
) -> None:
    world, campaign = planned_world
    one = a_rule(campaign, world.nation, "tier_count", number=28)
    a_rule(campaign, world.nation, "tier_count", number=6)
    client.force_login(world.people["officer"])
    page = client.get(f"/planning/campaigns/{campaign.pk}/rules/").content.decode()
    assert "با هم نمی‌خوانند" in page and f"/planning/rules/{one.pk}/" in page


def test_every_kind_has_a_shape_and_words() -> None:
    assert set(SHAPES) == set(RULE_PARAMETERS)


def test_an_activity_without_a_campaign_is_in_no_meter(
    planned_world: tuple[World, Campaign],
) -> None:
    world, campaign = planned_world
    an_activity(world.local, state=State.ACCEPTED)
    rule = a_rule(campaign, world.nation, "audience_share")
    (found,) = meters(whole_plan(campaign), [(rule, world.nation)])
    assert found.meter.cells[0].of == 0
