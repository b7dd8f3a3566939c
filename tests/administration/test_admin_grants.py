"""Roles and accounts through the pages: giving, confirming, ending; every way up is closed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from builders import World, a_grant, a_user, an_indicator
from karnameh.access.public import Grant, Role
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.models import Deed

pytestmark = pytest.mark.usefixtures("db")


def browser(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, address: str, data: dict[str, Any]) -> HttpResponse:
    """Ask what will happen, then say yes."""
    asked = client.post(address, data)
    token = re.search(r'name="confirmed" value="(\w+)"', asked.content.decode())
    return client.post(address, {**data, "confirmed": token[1]}) if token else asked


def give(by: User, to: User, role: Role, unit: OrgUnit, theme: object = "") -> HttpResponse:
    """Through the page."""
    data = {
        "user": str(to.pk),
        "user_q": "",
        "role": role,
        "unit": str(unit.pk),
        "unit_q": "",
        "theme": theme,
    }
    return send(browser(by), reverse("admin_grant_give"), data)


def held(user: User) -> list[tuple[str, int]]:
    """Role and unit of every grant that has not ended."""
    return list(Grant.objects.filter(user=user, ends_at=None).values_list("role", "unit"))


def test_a_role_is_given_beneath_and_holds_at_once(world: World) -> None:
    friend = a_user(office="گزارشگر تازه")
    response = give(world.people["fars"], friend, Role.REPORTER, world.shiraz)
    assert response.status_code == 302
    assert held(friend) == [("reporter", world.shiraz.pk)]
    assert not Grant.objects.get(user=friend).needs_second


def test_no_role_is_given_upward_sideways_at_ones_own_unit_or_to_oneself(world: World) -> None:
    friend, fars = a_user(), world.people["fars"]
    assert (
        give(fars, friend, Role.REPORTER, world.nation).status_code == 422
    )  # not even to be chosen
    assert give(fars, friend, Role.REPORTER, world.mehriz).status_code == 422
    assert give(fars, friend, Role.REPORTER, world.fars).status_code == 403
    assert give(fars, fars, Role.REPORTER, world.shiraz).status_code == 403
    assert held(friend) == []


def test_a_role_that_one_does_not_hold_is_not_given(world: World) -> None:
    friend = a_user()
    for role in (Role.VERIFIER, Role.AUDITOR, Role.PRESS, Role.REVIEWER):
        assert give(world.people["fars"], friend, role, world.shiraz).status_code == 403
    assert held(friend) == []


def test_a_role_held_for_one_theme_is_given_for_that_theme_alone(world: World) -> None:
    theme = an_indicator().theme
    keeper, friend = a_user(), a_user()
    a_grant(keeper, Role.ADMINISTRATOR, world.fars)
    a_grant(keeper, Role.REVIEWER, world.fars, theme=theme)
    assert give(keeper, friend, Role.REVIEWER, world.shiraz).status_code == 403
    assert give(keeper, friend, Role.REVIEWER, world.shiraz, theme.pk).status_code == 302
    assert Grant.objects.get(user=friend).theme == theme


def test_a_reporter_gives_nothing(world: World) -> None:
    assert give(world.people["leader"], a_user(), Role.REPORTER, world.local).status_code == 403


def test_above_a_county_a_second_person_confirms_neither_giver_nor_holder(world: World) -> None:
    friend = a_user("friend", "دستیار")
    give(world.people["admin"], friend, Role.REPORTER, world.yazd)
    grant = Grant.objects.get(user=friend)
    assert grant.needs_second and grant.confirmed_at is None
    address = reverse("admin_grant_confirm", args=[grant.pk])
    assert browser(friend).get(reverse("home")).status_code == 200  # nothing is open to him yet
    assert browser(friend).get(reverse("unit", args=[world.yazd.pk])).status_code == 404
    assert browser(world.people["admin"]).post(address).status_code == 403
    assert browser(friend).post(address).status_code == 404
    assert browser(world.people["fars"]).post(address).status_code == 404
    assert browser(world.people["officer"]).post(address).status_code == 403
    assert "دستیار" in browser(world.people["admin2"]).get(reverse("admin_home")).content.decode()
    assert browser(world.people["admin2"]).post(address).status_code == 302
    assert browser(friend).get(reverse("unit", args=[world.yazd.pk])).status_code == 200
    assert browser(world.people["admin2"]).post(address).status_code == 409


def test_the_holder_of_a_waiting_role_does_not_confirm_it_himself(world: World) -> None:
    """Even when he administers the unit already."""
    give(world.people["admin"], world.people["admin2"], Role.REPORTER, world.fars)
    grant = Grant.objects.get(user=world.people["admin2"], role=Role.REPORTER)
    assert (
        browser(world.people["admin2"])
        .post(reverse("admin_grant_confirm", args=[grant.pk]))
        .status_code
        == 403
    )


def test_a_role_is_taken_back_once_and_only_from_above(world: World) -> None:
    grant = Grant.objects.get(user=world.people["leader"])
    address = reverse("admin_grant_end", args=[grant.pk])
    assert browser(world.people["officer"]).post(address).status_code == 403
    assert browser(world.people["stranger"]).post(address).status_code == 404
    own = Grant.objects.get(user=world.people["fars_verifier"])
    assert (
        browser(world.people["fars"]).post(reverse("admin_grant_end", args=[own.pk])).status_code
        == 403
    )
    assert browser(world.people["fars"]).post(address).status_code == 302
    ended = Grant.objects.get(pk=grant.pk).ends_at
    assert browser(world.people["fars"]).post(address).status_code == 409
    assert Grant.objects.get(pk=grant.pk).ends_at == ended
    assert (
        browser(world.people["leader"]).get(reverse("unit", args=[world.local.pk])).status_code
        == 404
    )


def test_confirming_and_ending_are_not_done_by_a_link(world: World) -> None:
    grant = Grant.objects.get(user=world.people["leader"])
    for name in ("admin_grant_end", "admin_grant_confirm"):
        assert browser(world.people["fars"]).get(reverse(name, args=[grant.pk])).status_code == 405


def accounts_found(by: User, words: str) -> str:
    """The list beneath the account field while `words` are typed."""
    return (
        browser(by)
        .get(reverse("admin_grant_give"), {"pick": "user", "user_q": words})
        .content.decode()
    )


def test_accounts_are_found_within_reach_or_by_their_exact_name_and_never_listed(
    world: World,
) -> None:
    elsewhere = a_user("yazd.reports", "گزارشگر یزد")
    a_grant(elsewhere, Role.REPORTER, world.mehriz)
    fars = world.people["fars"]
    assert "leader" in accounts_found(fars, "دفتر leader")
    assert "yazd.reports" not in accounts_found(fars, "گزارشگر")
    assert "yazd.reports" not in accounts_found(fars, "yazd")
    assert "yazd.reports" in accounts_found(fars, "yazd.reports")
    for words in ("", " ", "د", "%", "_"):
        assert "radio" not in accounts_found(fars, words)


def test_an_office_is_found_whatever_its_half_spaces(world: World) -> None:
    a_grant(a_user("half", "مسئول گزارش‌های لار"), Role.REPORTER, world.shiraz)
    for words in ("گزارشهای", "گزارش‌های", "گزارش های لار"):
        assert "half" in accounts_found(world.people["fars"], words)


def new_account(by: User, **values: Any) -> HttpResponse:
    """Through the page."""
    data = {
        "office": "مسئول لار",
        "username": "lar",
        "email": "",
        "role": "reporter",
        "theme": "",
        "unit_q": "",
        **values,
    }
    return send(browser(by), reverse("admin_account_new"), data)


def test_a_new_account_signs_in_with_the_password_that_was_shown_once(world: World) -> None:
    response = new_account(world.people["fars"], unit=str(world.shiraz.pk))
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    shown = re.search(r'id="first-password">([\w-]+)<', response.content.decode())
    assert shown is not None
    user = User.objects.get(username="lar")
    assert user.check_password(shown[1]) and held(user) == [("reporter", world.shiraz.pk)]
    visitor = Client()
    visitor.post(reverse("account_login"), {"login": "LAR", "password": shown[1]})
    assert visitor.get(reverse("my_page")).status_code == 200


def test_an_account_whose_role_is_refused_is_not_made(world: World) -> None:
    refused = new_account(world.people["fars"], unit=str(world.shiraz.pk), role="auditor")
    assert refused.status_code == 403
    assert not User.objects.filter(username="lar").exists()
    assert not Deed.objects.filter(verb="create_user", target="user:lar").exists()


def test_a_taken_user_name_is_said_beside_its_field(world: World) -> None:
    response = new_account(world.people["fars"], unit=str(world.shiraz.pk), username="leader")
    assert response.status_code == 422
    assert 'id="id_username_error"' in response.content.decode()


def disable(by: User, user: User) -> int:
    """Through the page."""
    return browser(by).post(reverse("admin_account_disable", args=[user.pk])).status_code


def test_an_account_is_closed_only_when_all_its_roles_lie_beneath(world: World) -> None:
    fars, leader = world.people["fars"], world.people["leader"]
    both = a_user()
    a_grant(both, Role.REPORTER, world.shiraz)
    a_grant(both, Role.REPORTER, world.mehriz)
    assert disable(fars, both) == 403
    assert disable(fars, world.people["fars_verifier"]) == 403  # beside him
    assert disable(fars, world.people["admin2"]) == 404  # above him
    assert disable(fars, world.people["stranger"]) == 404
    assert disable(fars, fars) == 403
    assert disable(world.people["officer"], leader) == 403
    assert disable(fars, leader) == 302
    assert disable(fars, leader) == 409
    leader.refresh_from_db()
    assert not leader.is_active


def test_a_closed_account_is_out_at_once_and_its_deeds_stay(world: World) -> None:
    leader = world.people["leader"]
    client = browser(leader)
    assert client.get(reverse("my_page")).status_code == 200
    disable(world.people["fars"], leader)
    assert client.get(reverse("my_page")).status_code == 302
    assert Grant.objects.filter(user=leader).exists()
