"""Grants: what they open, what may be passed on, and that two persons stand behind the high ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import DAY, NOW, World, a_grant, a_unit, a_user, an_indicator
from karnameh.access.public import (
    Grant,
    Reach,
    Role,
    confirm_grant,
    end_grant,
    grant_role,
    grants_under,
    holds,
    may,
    reach_of,
    reach_unit,
    require,
    units_where,
    users_who,
)
from karnameh.access.rules import may_pass_on
from karnameh.org.public import OrgUnit, Theme, UnitKind, move_unit
from karnameh.people.public import User
from karnameh.plumbing.models import Change
from karnameh.plumbing.public import OutOfReach, Refusal
from workbench import as_owner, refused, run
from worlds import built_world, db, transactional_db, world

__all__ = ["built_world", "db", "transactional_db", "world"]  # a world that costs milliseconds


def again(user: User) -> User:
    """The user as the next request meets him: nothing remembered."""
    return User.objects.get(pk=user.pk)


def give(
    world: World,
    by: str,
    role: Role,
    unit: OrgUnit,
    *,
    to: User | None = None,
    theme: Theme | None = None,
) -> Grant:
    return grant_role(
        user=to or a_user(), role=role, unit=unit, by=again(world.people[by]), at=NOW, theme=theme
    )


@pytest.fixture
def health(db: None) -> Theme:
    return Theme.objects.create(code="health", position=2, name_fa="سلامت", name_en="Health")


# --- Reach -------------------------------------------------------------------------------------------


def test_a_grant_flows_down_and_neither_up_nor_sideways(world: World) -> None:
    user = again(a_grant(a_user(), Role.REPORTER, world.shiraz).user)
    seen = [unit for unit in OrgUnit.objects.all() if may(user, Role.REPORTER, unit)]
    assert {unit.pk for unit in seen} == {
        world.shiraz.pk,
        *(unit.pk for unit in world.locals["shiraz"]),
    }
    assert not may(user, Role.VERIFIER, world.local)
    assert not may(user, Role.REPORTER, world.twin)  # its code begins with the code of Shiraz


def test_every_answer_agrees_with_climbing_the_parents(world: World) -> None:
    """The oracle: a person may do at a unit what a grant at it or at an ancestor says."""
    parents = dict(OrgUnit.objects.values_list("pk", "parent_id"))

    def climbed(pk: int | None) -> set[int]:
        found = set()
        while pk is not None:
            found.add(pk)
            pk = parents[pk]
        return found

    for user in map(again, world.people.values()):
        granted = list(Grant.objects.filter(user=user))
        for unit in OrgUnit.objects.all():
            above = climbed(unit.pk)
            for role in Role:
                expected = any(
                    one.role == role and one.unit_id in above and one.theme_id is None
                    for one in granted
                )
                assert may(user, role, unit) == expected, (user.username, role, unit)
            reached = any(one.unit_id in above for one in granted)
            assert units_where(user).covers(unit.path) == reached
    for unit, role in (
        (world.local, Role.REPORTER),
        (world.nation, Role.VERIFIER),
        (world.taft, Role.REPORTER),
        (world.fars, Role.REVIEWER),
    ):
        above, named = climbed(unit.pk), set(users_who(role, unit))
        assert named == {one.user for one in Grant.objects.filter(role=role, unit__in=above)}


def test_what_is_out_of_reach_does_not_exist_and_what_is_in_reach_is_refused_politely(
    world: World,
) -> None:
    leader = again(world.people["leader"])
    with pytest.raises(OutOfReach):
        reach_unit(leader, world.twin.pk)
    with pytest.raises(OutOfReach):
        reach_unit(leader, 999_999)
    with pytest.raises(OutOfReach):
        require(leader, Role.REPORTER, world.shiraz)
    assert reach_unit(leader, world.local.pk) == world.local
    with pytest.raises(Refusal) as caught:
        require(leader, Role.VERIFIER, world.local)
    assert caught.value.status == 403


@pytest.mark.parametrize("nobody", [None, object(), "admin"])
def test_nobody_in_particular_reaches_nothing(world: World, nobody: Any) -> None:
    assert units_where(nobody) == Reach(())
    assert not may(nobody, Role.AUDITOR, world.local)
    assert not holds(nobody, Role.AUDITOR)


def test_a_disabled_account_and_a_stranger_reach_nothing(world: World) -> None:
    assert units_where(again(world.people["stranger"])) == Reach(())
    User.objects.filter(pk=world.people["officer"].pk).update(is_active=False)
    officer = again(world.people["officer"])
    assert units_where(officer) == Reach(())
    assert officer not in users_who(Role.REPORTER, world.local)


def test_an_ended_or_unconfirmed_grant_gives_nothing(world: World) -> None:
    ended = a_grant(a_user(), Role.REPORTER, world.shiraz)
    Grant.objects.filter(pk=ended.pk).update(ends_at=NOW - timedelta(seconds=1))
    ending = a_grant(a_user(), Role.REPORTER, world.shiraz)
    Grant.objects.filter(pk=ending.pk).update(ends_at=NOW + timedelta(days=1))
    waiting = give(world, "admin", Role.PLANNER, world.yazd)
    assert waiting.needs_second
    every = (ended, ending, waiting)
    found = [may(again(one.user), Role(one.role), one.unit) for one in every]
    assert found == [False, True, False]
    assert [one.user in users_who(Role(one.role), one.unit) for one in every] == found
    assert ended not in grants_under(world.nation.path) and ending in grants_under(
        world.nation.path
    )


def test_a_grant_follows_its_unit_when_that_moves(world: World) -> None:
    leader, fars = again(world.people["leader"]), again(world.people["fars"])
    move_unit(world.local, parent=world.taft, on=DAY, by=again(world.people["admin"]), at=NOW)
    unit = OrgUnit.objects.get(pk=world.local.pk)
    assert may(again(leader), Role.REPORTER, unit)
    assert not units_where(again(fars)).covers(unit.path)


# --- Themes ------------------------------------------------------------------------------------------


def test_a_grant_for_one_theme_opens_that_theme_alone(world: World, health: Theme) -> None:
    user = a_user()
    a_grant(user, Role.REVIEWER, world.fars, theme=health)
    user, construction = again(user), an_indicator().theme
    assert units_where(user).themes_at(world.local.path) == {health.pk}
    assert units_where(user).themes_at(world.taft.path) == frozenset()
    assert may(user, Role.REVIEWER, world.local, theme=health.pk)
    assert not may(user, Role.REVIEWER, world.local, theme=construction.pk)
    assert not may(user, Role.REVIEWER, world.local)
    a_grant(user, Role.REVIEWER, world.shiraz)
    assert units_where(again(user)).themes_at(world.local.path) is None
    assert units_where(again(user)).themes_at(world.twin.path) == {health.pk}


paths = st.lists(st.integers(1, 12), min_size=1, max_size=4).map(
    lambda line: "/" + "".join(f"{n}/" for n in line)
)
stretches = st.lists(st.tuples(paths, st.one_of(st.none(), st.integers(1, 3))), max_size=6)


@given(stretches, paths)
def test_reach_is_what_its_stretches_say_one_by_one(
    given_: list[tuple[str, int | None]], path: str
) -> None:
    reach = reach_of(given_)
    above = [theme for held, theme in given_ if path.startswith(held)]
    assert reach.covers(path) == bool(above)
    expected = None if None in above else frozenset(theme for theme in above if theme is not None)
    assert reach.themes_at(path) == expected
    tops = reach.paths
    assert all(any(held.startswith(top) for top in tops) for held, _ in given_)
    assert not any(one != other and one.startswith(other) for one in tops for other in tops)


@given(paths, paths)
def test_a_role_is_passed_on_only_strictly_below(held: str, given_: str) -> None:
    assert may_pass_on(held=held, given=given_) == (given_ != held and given_.startswith(held))


# --- Giving ------------------------------------------------------------------------------------------


def test_an_administrator_gives_below_himself_what_he_holds(world: World) -> None:
    grant = give(world, "fars", Role.REPORTER, world.shiraz)
    assert not grant.needs_second
    assert may(again(grant.user), Role.REPORTER, world.local)


ESCALATIONS = {
    "at his own unit": ("fars", Role.REPORTER, "fars"),
    "above himself": ("fars", Role.REPORTER, "nation"),
    "beside himself": ("fars", Role.REPORTER, "taft"),
    "a role that he does not hold": ("fars", Role.VERIFIER, "shiraz"),
    "without being administrator": ("officer", Role.REPORTER, "shiraz"),
    "as a leader": ("leader", Role.REPORTER, "local"),
    "as a stranger": ("stranger", Role.REPORTER, "local"),
    "as an auditor": ("auditor", Role.AUDITOR, "shiraz"),
}


@pytest.mark.parametrize(("by", "role", "where"), ESCALATIONS.values(), ids=ESCALATIONS.keys())
def test_nobody_gives_what_he_may_not(world: World, by: str, role: Role, where: str) -> None:
    with pytest.raises((OutOfReach, Refusal)):
        give(world, by, role, getattr(world, where))
    assert Grant.objects.filter(granted_by=world.people[by]).count() == 0


def test_nobody_gives_himself_a_role(world: World) -> None:
    with pytest.raises(Refusal) as caught:
        give(world, "fars", Role.REPORTER, world.shiraz, to=world.people["fars"])
    assert caught.value.status == 403
    fars = world.people["fars"]
    with refused("grant_not_given_to_oneself"):
        Grant.objects.create(
            user=fars, unit=world.shiraz, role=Role.PRESS, granted_by=fars, granted_at=NOW
        )


def test_the_site_gives_no_role_in_nobodys_name(world: World) -> None:
    for unit in (world.nation, world.local):
        with refused("grant_names_its_giver"):
            Grant.objects.create(
                user=world.people["fars"], unit=unit, role=Role.AUDITOR, granted_at=NOW
            )


def test_a_theme_is_not_widened_by_passing_it_on(world: World, health: Theme) -> None:
    narrow = a_user()
    for role in (Role.ADMINISTRATOR, Role.REVIEWER):
        a_grant(narrow, role, world.fars, theme=health)
    construction = an_indicator().theme
    for theme in (None, construction):
        with pytest.raises((OutOfReach, Refusal)), transaction.atomic():
            grant_role(
                user=a_user(),
                role=Role.REVIEWER,
                unit=world.shiraz,
                by=again(narrow),
                at=NOW,
                theme=theme,
            )
    made = grant_role(
        user=a_user(), role=Role.REVIEWER, unit=world.shiraz, by=again(narrow), at=NOW, theme=health
    )
    assert made.theme == health


def test_a_role_is_not_given_twice_nor_at_a_closed_unit(world: World) -> None:
    grant = give(world, "fars", Role.REPORTER, world.local)
    with pytest.raises(Refusal):
        give(world, "fars", Role.REPORTER, world.local, to=grant.user)
    OrgUnit.objects.filter(pk=world.local.pk).update(closed_on=DAY)
    with pytest.raises(Refusal):
        give(world, "fars", Role.REPORTER, OrgUnit.objects.get(pk=world.local.pk))
    with refused("grant_given_once"):
        Grant.objects.create(
            user=grant.user,
            unit=grant.unit,
            role=grant.role,
            granted_by=grant.granted_by,
            granted_at=NOW,
        )


def test_a_grant_is_taken_back_by_an_administrator_above_or_by_its_holder_and_by_nobody_else(
    world: World,
) -> None:
    for by in ("fars", "holder"):
        grant = give(world, "fars", Role.REPORTER, world.local)
        end_grant(grant, by=again(grant.user if by == "holder" else world.people["fars"]), at=NOW)
        assert not may(again(grant.user), Role.REPORTER, world.local)
    grant = give(world, "fars", Role.REPORTER, world.local)
    for by in ("leader", "officer", "stranger", "auditor"):
        with pytest.raises((OutOfReach, Refusal)):
            end_grant(grant, by=again(world.people[by]), at=NOW)


def test_ending_a_grant_again_does_not_move_its_end(world: World) -> None:
    grant = give(world, "fars", Role.REPORTER, world.local)
    end_grant(grant, by=again(world.people["fars"]), at=NOW)
    with pytest.raises(Refusal):
        end_grant(grant, by=again(world.people["fars"]), at=NOW + timedelta(days=9))
    grant.refresh_from_db()
    assert grant.ends_at == NOW


# --- Two persons -------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["nation", "yazd"])
def test_above_a_county_a_grant_counts_only_after_a_second_person(world: World, where: str) -> None:
    unit = getattr(world, where)
    grant = give(world, "admin", Role.PLANNER, unit)
    assert not may(again(grant.user), Role.PLANNER, world.mehriz)
    with pytest.raises(Refusal):
        confirm_grant(grant, by=again(world.people["admin"]), at=NOW)
    with pytest.raises((Refusal, OutOfReach)):
        confirm_grant(grant, by=again(world.people["officer"]), at=NOW)
    confirm_grant(grant, by=again(world.people["admin2"]), at=NOW)
    assert may(again(grant.user), Role.PLANNER, world.mehriz)
    with pytest.raises(Refusal):
        confirm_grant(grant, by=again(world.people["admin2"]), at=NOW)


def test_the_holder_does_not_confirm_his_own_grant(world: World) -> None:
    grant = give(world, "admin", Role.PLANNER, world.yazd, to=world.people["admin2"])
    with pytest.raises(Refusal) as caught:
        confirm_grant(grant, by=again(world.people["admin2"]), at=NOW)
    assert caught.value.status == 403


def test_an_ended_or_ordinary_grant_has_nothing_to_confirm(world: World) -> None:
    ordinary, ended = (
        give(world, "admin", Role.PLANNER, world.shiraz),
        give(world, "admin", Role.PLANNER, world.yazd),
    )
    end_grant(ended, by=again(world.people["admin"]), at=NOW)
    for grant in (ordinary, ended):
        with pytest.raises(Refusal):
            confirm_grant(grant, by=again(world.people["admin2"]), at=NOW)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            "confirmed_by_id = granted_by_id, confirmed_at = granted_at",
            "grant_confirmed_by_another",
        ),
        (
            "confirmed_by_id = user_id, confirmed_at = granted_at",
            "grant_not_confirmed_by_its_holder",
        ),
        ("confirmed_at = granted_at", "grant_confirmation_is_whole"),
    ],
)
@pytest.mark.parametrize("role", ["site", "owner"])
def test_the_database_itself_wants_a_second_person(
    world: World, change: str, rule: str, role: str
) -> None:
    grant = give(world, "admin", Role.PLANNER, world.yazd)
    with as_owner() if role == "owner" else transaction.atomic(), refused(rule):
        run(f"UPDATE access_grant SET {change} WHERE id = %s", [grant.pk])


@pytest.mark.parametrize("where", ["nation", "yazd"])
def test_the_database_refuses_a_high_grant_that_does_not_wait_for_the_second_person(
    world: World, where: str
) -> None:
    """With the application's checks removed: neither made without the need, nor relieved of it later."""
    unit = getattr(world, where)
    with refused("grant_above_a_county_needs_two"):
        Grant.objects.create(
            user=a_user(),
            unit=unit,
            role=Role.PLANNER,
            granted_by=world.people["admin"],
            granted_at=NOW,
        )
    grant = give(world, "admin", Role.PLANNER, unit)
    for change in (
        "needs_second = false",
        "granted_by_id = NULL",
        "unit_id = unit_id + 1",
        "user_id = user_id - 1",
        "role = 'press'",
    ):
        with as_owner(), refused("grant_is_never_rewritten"):
            run(f"UPDATE access_grant SET {change} WHERE id = %s", [grant.pk])


def test_a_second_person_is_needed_at_everything_that_stands_above_the_counties(
    world: World,
) -> None:
    """The partners' root and the sections of professions stand as high as a province."""
    partners = a_unit("سازمان‌های همکار", None, world.country, UnitKind.PARTNER)
    section = a_unit("بخش پزشکان", world.nation, world.country, UnitKind.PROFESSIONAL)
    a_grant(world.people["admin"], Role.ADMINISTRATOR, partners)
    a_grant(world.people["admin"], Role.REPORTER, partners)
    assert [
        give(world, "admin", Role.REPORTER, unit).needs_second for unit in (partners, section)
    ] == [True, True]


deeds = st.lists(
    st.tuples(st.sampled_from(["give", "confirm", "end"]), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.sampled_from(list(Role))),
    max_size=25,
)  # fmt: skip


@given(deeds)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_sequence_of_deeds_gives_one_person_alone_a_role_above_a_county(
    world: World, taken: list[tuple[str, int, int, int, Role]]
) -> None:
    """Whoever gains a role at a province or the nation has two others behind him, each entitled."""
    people = [
        world.people[name] for name in ("admin", "admin2", "fars", "officer", "leader", "stranger")
    ]
    places = [world.nation, world.fars, world.yazd, world.shiraz, world.local]
    with transaction.atomic():
        before = set(Grant.objects.values_list("pk", flat=True))
        for deed, a, b, c, role in taken:
            by = again(people[a % len(people)])
            open_grants = list(Grant.objects.exclude(pk__in=before).order_by("pk"))
            try:
                with transaction.atomic():
                    if deed == "give":
                        grant_role(
                            user=people[b % len(people)],
                            role=role,
                            unit=places[c % len(places)],
                            by=by,
                            at=NOW,
                        )
                    elif open_grants and deed == "confirm":
                        confirm_grant(open_grants[b % len(open_grants)], by=by, at=NOW)
                    elif open_grants:
                        end_grant(open_grants[b % len(open_grants)], by=by, at=NOW)
            except (Refusal, OutOfReach):
                pass
        for grant in Grant.objects.exclude(pk__in=before).filter(
            unit__kind__in=[UnitKind.NATIONAL, UnitKind.PROVINCE]
        ):
            if may(again(grant.user), Role(grant.role), grant.unit) and grant.confirmed_by_id:
                assert len({grant.user_id, grant.granted_by_id, grant.confirmed_by_id}) == 3
            if grant.confirmed_by_id is None:
                held = Grant.objects.filter(
                    user=grant.user, role=grant.role, unit__in=grant.unit.line
                ).exclude(pk=grant.pk)
                assert not may(again(grant.user), Role(grant.role), grant.unit) or held.exists()
        transaction.set_rollback(True)


def test_grants_are_in_the_trail(world: World) -> None:
    grant = give(world, "admin", Role.PLANNER, world.yazd)
    confirm_grant(grant, by=again(world.people["admin2"]), at=NOW)
    rows = Change.objects.filter(table="access_grant", row=str(grant.pk)).order_by("pk")
    assert [(row.operation, row.deed.verb if row.deed else None) for row in rows] == [
        ("insert", "grant_role"),
        ("update", "confirm_grant"),
    ]
    assert rows[1].after["confirmed_by_id"] == world.people["admin2"].pk
