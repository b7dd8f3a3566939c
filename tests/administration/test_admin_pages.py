"""Who may open which page of the desk and of the auditor: in reach, out of reach, without the role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from builders import World, a_grant, a_unit, a_user, an_indicator
from karnameh.access.public import Role
from karnameh.catalog.public import Item, Measure
from karnameh.people.public import User
from karnameh.plumbing.models import Deed

pytestmark = pytest.mark.usefixtures("db")
UNIT_PAGES = (
    "admin_unit", "admin_unit_open", "admin_unit_rename", "admin_unit_move", "admin_unit_merge",
    "admin_unit_split", "admin_unit_close",
)  # fmt: skip
DESK_PAGES = (
    "admin_home", "admin_units", "admin_grants", "admin_grant_give", "admin_account_new", "admin_dictionary",
    "admin_places", "admin_place_open",
)  # fmt: skip


def signed_in(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def status(user: User, name: str, *args: object) -> int:
    """The status of the page for this person."""
    return signed_in(user).get(reverse(name, args=args)).status_code


@pytest.mark.parametrize("name", UNIT_PAGES)
def test_a_unit_page_is_open_in_reach_refused_without_the_role_and_absent_out_of_reach(
    world: World, name: str
) -> None:
    assert status(world.people["fars"], name, world.shiraz.pk) == 200
    assert status(world.people["fars"], name, world.mehriz.pk) == 404
    assert status(world.people["officer"], name, world.shiraz.pk) == 403
    assert status(world.people["leader"], name, world.local.pk) == 403
    assert status(world.people["stranger"], name, world.shiraz.pk) == 404
    assert status(world.people["fars"], name, 10**9) == 404


@pytest.mark.parametrize("name", DESK_PAGES)
def test_the_desk_is_for_administrators(world: World, name: str) -> None:
    assert status(world.people["fars"], name) == 200
    assert status(world.people["officer"], name) == 403
    assert status(world.people["stranger"], name) == 404


@pytest.mark.parametrize("name", [*DESK_PAGES, "audit", "about_data", "my_page"])
def test_who_is_not_signed_in_is_sent_to_sign_in(world: World, name: str) -> None:
    response = Client().get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "name", ["admin_unit_move", "admin_unit_merge", "admin_unit_split", "admin_unit_close"]
)
def test_what_changes_the_tree_around_a_unit_is_decided_above_it(world: World, name: str) -> None:
    """The administrator of Fars does not move or close Fars itself."""
    assert status(world.people["fars"], name, world.fars.pk) == 403
    assert status(world.people["admin"], name, world.fars.pk) == 200


def test_the_twin_with_the_longer_code_is_not_beneath_its_prefix(world: World) -> None:
    """The code of `twin` begins with that of Shiraz; the reach does not follow codes."""
    keeper = a_user()
    a_grant(keeper, Role.ADMINISTRATOR, world.shiraz)
    assert status(keeper, "admin_unit", world.local.pk) == 200
    assert status(keeper, "admin_unit", world.twin.pk) == 404
    page = signed_in(keeper).get(reverse("admin_units"), {"q": "1011"})
    assert world.twin.name not in page.content.decode()


def test_an_administrator_of_one_theme_reorganises_nothing(world: World) -> None:
    limited = a_user()
    a_grant(limited, Role.ADMINISTRATOR, world.fars, theme=an_indicator().theme)
    assert status(limited, "admin_home") == 403
    assert status(limited, "admin_unit_rename", world.shiraz.pk) == 403


def test_the_audit_is_for_auditors(world: World) -> None:
    assert status(world.people["auditor"], "audit") == 200
    assert status(world.people["fars"], "audit") == 403
    assert status(world.people["stranger"], "audit") == 404
    deed = Deed.objects.latest("pk")
    assert status(world.people["auditor"], "audit_deed", deed.pk) == 200
    assert status(world.people["fars"], "audit_deed", deed.pk) == 403
    assert status(world.people["auditor"], "audit_deed", 10**9) == 404


def test_the_dictionary_is_read_at_every_desk_and_kept_at_the_root(world: World) -> None:
    indicator = an_indicator()
    item = Item.objects.create(
        code="parcel", name_fa="بسته", name_en="parcel", measure=Measure.objects.get(code="parcel")
    )
    for name, pk in (("admin_indicator", indicator.pk), ("admin_item", item.pk)):
        assert status(world.people["fars"], name, pk) == 200
        assert status(world.people["officer"], name, pk) == 403
        assert signed_in(world.people["fars"]).post(reverse(name, args=[pk])).status_code == 403
        assert signed_in(world.people["admin2"]).post(reverse(name, args=[pk])).status_code == 422
        assert status(world.people["admin2"], name, 10**9) == 404
    assert status(world.people["fars"], "admin_indicator_retire", indicator.pk) == 403
    assert status(world.people["admin2"], "admin_indicator_retire", indicator.pk) == 200


def test_places_are_kept_within_the_territory(world: World) -> None:
    assert status(world.people["fars"], "admin_place_move", world.shiraz.place.pk) == 200
    assert status(world.people["fars"], "admin_place_move", world.mehriz.place.pk) == 403
    page = signed_in(world.people["fars"]).get(reverse("admin_places"), {"q": "مهریز"})
    assert (
        "مهریز" not in page.content.decode().split("<table")[-1].split("</table")[0]
        or "<table" not in page.content.decode()
    )


def test_everybody_signed_in_reads_what_is_kept_about_people(world: World) -> None:
    for name in ("stranger", "leader", "admin"):
        page = signed_in(world.people[name]).get(reverse("about_data"))
        assert page.status_code == 200
        assert "people_user" in page.content.decode()
        assert "درهم‌شدهٔ Argon2" in page.content.decode()


def everything(world: World) -> Iterator[tuple[str, list[int]]]:
    """Every page of the desk with something to show."""
    yield from ((name, []) for name in DESK_PAGES)
    yield from ((name, [world.shiraz.pk]) for name in UNIT_PAGES)
    yield "admin_account_disable", [world.people["leader"].pk]
    yield "admin_indicator", [an_indicator().pk]
    yield "audit", []
    yield "audit_deed", [Deed.objects.latest("pk").pk]
    yield "about_data", []


@pytest.mark.parametrize("language", ["fa", "en"])
def test_no_page_carries_inline_code_and_all_speak_both_languages(
    world: World, language: str
) -> None:
    admin = world.people["admin"]
    User.objects.filter(pk=admin.pk).update(language=language)
    client = signed_in(admin)
    for name, args in everything(world):
        response = client.get(reverse(name, args=args))
        html = response.content.decode()
        assert response.status_code == 200, name
        assert " style=" not in html and " onclick=" not in html and "<style" not in html, name
        assert html.count("<h1") == 1, name
        assert f'<html lang="{language}"' in html, name
        assert "'unsafe-inline'" not in response["Content-Security-Policy"]


def test_lists_cost_no_more_queries_at_40_rows_than_at_4(world: World) -> None:
    client = signed_in(world.people["admin"])

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as counted:
            client.get(address)
        return len(counted)

    addresses = [
        reverse("admin_unit", args=[world.shiraz.pk]), reverse("admin_grants"), reverse("admin_units") + "?q=سرو",
        reverse("audit"),
    ]  # fmt: skip
    before = [cost(address) for address in addresses]
    for number in range(40):
        unit = a_unit(f"سرو {number}", world.shiraz, world.shiraz.place)
        a_grant(a_user(), Role.REPORTER, unit)
    for address, most in zip(addresses, before, strict=True):
        assert cost(address) <= most, address
