"""Reorganising through the pages: what is said before it happens, what happens, what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from builders import World, a_unit
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.models import Change, Deed

pytestmark = pytest.mark.usefixtures("db")
TODAY = "1405/09/01"  # the builders' clock


def browser(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, address: str, data: dict[str, Any]) -> HttpResponse:
    """Ask what will happen, then say yes: as a person does."""
    asked = client.post(address, data)
    token = re.search(r'name="confirmed" value="(\w+)"', asked.content.decode())
    if token is None:
        return asked
    return client.post(address, {**data, "confirmed": token[1]})


def test_a_unit_is_opened_after_its_sentence_was_shown(world: World) -> None:
    client, address = (
        browser(world.people["fars"]),
        reverse("admin_unit_open", args=[world.shiraz.pk]),
    )
    data = {
        "name_fa": "همیاران لاله شیراز", "name_en": "Tulip", "kind": "local", "code": "101-9",
        "place": str(world.shiraz.place_id), "place_q": "", "on": "۱۴۰۵/۸/۲۹",
    }  # fmt: skip
    asked = client.post(address, data)
    assert "همیاران لاله شیراز" in asked.content.decode() and "۲۹ آبان" in asked.content.decode()
    assert not OrgUnit.objects.filter(code="101-9").exists()
    done = send(client, address, data)
    made = OrgUnit.objects.get(code="101-9")
    assert done.status_code == 302 and done["Location"] == reverse("admin_unit", args=[made.pk])
    assert made.parent_id == world.shiraz.pk and made.opened_on.isoformat() == "2026-11-20"
    deed = Deed.objects.get(verb="open_unit", target="unit:101-9")
    assert deed.account == world.people["fars"].pk


def test_whatever_is_changed_after_the_sentence_is_shown_again(world: World) -> None:
    client, address = (
        browser(world.people["fars"]),
        reverse("admin_unit_rename", args=[world.local.pk]),
    )
    data = {"name_fa": "نام یکم", "name_en": "One", "on": TODAY}
    asked = client.post(address, data)
    token = re.search(r'name="confirmed" value="(\w+)"', asked.content.decode())
    assert token is not None
    again = client.post(address, {**data, "name_en": "Two", "confirmed": token[1]})
    assert again.status_code == 200 and b'name="confirmed"' in again.content
    world.local.refresh_from_db()
    assert world.local.name_en != "Two"


def test_a_renamed_unit_keeps_its_former_name(world: World) -> None:
    old = world.local.name_fa
    send(browser(world.people["fars"]), reverse("admin_unit_rename", args=[world.local.pk]),
         {"name_fa": "همیاران یاس", "name_en": "Jasmine", "on": TODAY})  # fmt: skip
    page = (
        browser(world.people["fars"])
        .get(reverse("admin_unit", args=[world.local.pk]))
        .content.decode()
    )
    assert "همیاران یاس" in page and old in page
    assert "نام واحدی را عوض کرد" in page


@pytest.mark.parametrize("words", ["شهرستان شيرازك", "۱۰۱۱"])
def test_a_unit_is_moved_by_a_whole_name_or_a_code_in_any_spelling(
    world: World, words: str
) -> None:
    send(browser(world.people["fars"]), reverse("admin_unit_move", args=[world.local.pk]),
         {"parent": "", "parent_q": words, "on": TODAY})  # fmt: skip
    world.local.refresh_from_db()
    assert world.local.parent_id == world.twin.pk


def test_words_that_find_several_ask_for_a_choice(world: World) -> None:
    response = browser(world.people["fars"]).post(
        reverse("admin_unit_move", args=[world.local.pk]),
        {"parent": "", "parent_q": "شیراز", "on": TODAY},
    )
    assert response.status_code == 422
    assert "چند مورد پیدا شد" in response.content.decode()
    assert response.content.decode().count('name="parent"') > 1


def test_the_search_works_without_script_and_keeps_what_was_typed(world: World) -> None:
    response = browser(world.people["fars"]).post(
        reverse("admin_unit_move", args=[world.local.pk]),
        {"look": "parent", "parent_q": "شیراز", "on": "نیمه‌کاره"},
    )
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="نیمه‌کاره"' in page and "field-bad" not in page
    assert f'value="{world.twin.pk}"' in page


def test_the_search_with_script_gives_the_list_alone_and_only_from_within_reach(
    world: World,
) -> None:
    client, address = (
        browser(world.people["fars"]),
        reverse("admin_unit_move", args=[world.local.pk]),
    )
    found = client.get(address, {"pick": "parent", "parent_q": "شهرستان"}).content.decode()
    assert "<html" not in found
    assert world.twin.name in found and world.mehriz.name not in found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "پر"), ("دیروز", "«دیروز»"), ("97/8/29", "97/8/29"), ("1405/12/30", "1405/12/30"),
        ("1405/09/02", "هنوز نرسیده"), ("1380/01/01", "پیش از آغاز کار"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    world: World, typed: str, said: str
) -> None:
    data = {"name_fa": "نام تازه", "name_en": "New", "on": typed}
    response = send(
        browser(world.people["fars"]), reverse("admin_unit_rename", args=[world.local.pk]), data
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_on_error"' in page and 'value="نام تازه"' in page
    if said != "پر":
        assert said in page
    world.local.refresh_from_db()
    assert world.local.name_fa != "نام تازه"


def test_a_merge_counts_the_past_there_and_says_that_it_is_for_ever(world: World) -> None:
    gone, into = world.locals["shiraz"]
    client, address = browser(world.people["fars"]), reverse("admin_unit_merge", args=[gone.pk])
    asked = client.post(address, {"into": str(into.pk), "into_q": "", "on": TODAY}).content.decode()
    assert "دوباره باز نمی‌شود" in asked and into.name in asked
    send(client, address, {"into": str(into.pk), "into_q": "", "on": TODAY})
    gone.refresh_from_db()
    assert gone.merged_into_id == into.pk and gone.closed_on is not None
    page = client.get(reverse("admin_unit", args=[gone.pk])).content.decode()
    assert into.name in page and "واحدها را ادغام کرد" in page


def test_a_county_is_split_and_its_units_go_to_the_first_part(world: World) -> None:
    data = {
        "name_fa_1": "شیراز شمالی", "name_en_1": "North", "code_1": "1012",
        "name_fa_2": "شیراز جنوبی", "name_en_2": "South", "code_2": "1013", "on": TODAY,
    }  # fmt: skip
    send(browser(world.people["fars"]), reverse("admin_unit_split", args=[world.shiraz.pk]), data)
    north = OrgUnit.objects.get(code="1012")
    assert north.parent_id == world.fars.pk
    world.local.refresh_from_db()
    world.shiraz.refresh_from_db()
    assert world.local.parent_id == north.pk and world.shiraz.closed_on is not None


def test_every_row_that_a_split_changes_belongs_to_a_deed(world: World) -> None:
    """Opening the parts is a deed inside the deed; what follows it still belongs to the outer one."""
    last = Change.objects.latest("pk").pk
    data = {
        "name_fa_1": "شیراز شمالی", "name_en_1": "North", "code_1": "1012",
        "name_fa_2": "شیراز جنوبی", "name_en_2": "South", "code_2": "1013", "on": TODAY,
    }  # fmt: skip
    send(browser(world.people["fars"]), reverse("admin_unit_split", args=[world.shiraz.pk]), data)
    fresh = Change.objects.filter(pk__gt=last)
    assert fresh.exists()
    assert not fresh.filter(deed=None).exists()


def test_a_part_that_was_begun_is_finished_and_codes_differ(world: World) -> None:
    data = {
        "name_fa_1": "یک", "name_en_1": "One", "code_1": "x1", "name_fa_2": "دو", "name_en_2": "Two", "code_2": "x1",
        "name_fa_3": "سه", "on": TODAY,
    }  # fmt: skip
    page = browser(world.people["fars"]).post(
        reverse("admin_unit_split", args=[world.shiraz.pk]), data
    )
    assert page.status_code == 422
    for name in ("code_2", "name_en_3", "code_3"):
        assert f'id="id_{name}_error"' in page.content.decode()


def test_a_unit_with_open_units_beneath_is_not_closed(world: World) -> None:
    response = send(
        browser(world.people["fars"]),
        reverse("admin_unit_close", args=[world.shiraz.pk]),
        {"on": TODAY},
    )
    assert response.status_code == 422
    assert "نخست آن‌ها را ببندید" in response.content.decode()


def test_a_target_that_was_closed_meanwhile_is_refused(world: World) -> None:
    gone, into = world.locals["shiraz"]
    client, address = browser(world.people["fars"]), reverse("admin_unit_merge", args=[gone.pk])
    data = {"into": str(into.pk), "into_q": "", "on": TODAY}
    asked = client.post(address, data).content.decode()
    token = re.search(r'name="confirmed" value="(\w+)"', asked)
    assert token is not None
    send(client, reverse("admin_unit_close", args=[into.pk]), {"on": TODAY})
    late = client.post(address, {**data, "confirmed": token[1]})
    assert late.status_code == 422
    assert "دیگر انتخاب‌شدنی نیست" in late.content.decode()
    gone.refresh_from_db()
    assert gone.closed_on is None


def test_a_closed_unit_has_no_more_to_be_done_to_it(world: World) -> None:
    client = browser(world.people["fars"])
    send(client, reverse("admin_unit_close", args=[world.local.pk]), {"on": TODAY})
    for name in ("open", "rename", "move", "merge", "split", "close"):
        assert client.get(reverse(f"admin_unit_{name}", args=[world.local.pk])).status_code == 409
    assert client.get(reverse("admin_unit", args=[world.local.pk])).status_code == 200


def test_a_unit_out_of_reach_is_no_target_even_by_its_number(world: World) -> None:
    data = {"parent": str(world.mehriz.pk), "parent_q": "", "on": TODAY}
    response = send(
        browser(world.people["fars"]), reverse("admin_unit_move", args=[world.local.pk]), data
    )
    assert response.status_code == 422
    world.local.refresh_from_db()
    assert world.local.parent_id == world.shiraz.pk


def test_a_page_of_many_children_goes_on_by_its_cursor(world: World) -> None:
    for number in range(105):
        a_unit(f"واحد {number}", world.mehriz, world.mehriz.place)
    client = browser(world.people["admin"])
    first = client.get(reverse("admin_unit", args=[world.mehriz.pk])).content.decode()
    onwards = re.search(r'href="(\?cursor=\d+)"', first)
    assert onwards is not None
    second = client.get(reverse("admin_unit", args=[world.mehriz.pk]) + onwards[1]).content.decode()
    rows = [
        set(re.findall(r"/administration/units/(\d+)/\"><bdi>واحد", page))
        for page in (first, second)
    ]
    assert not rows[0] & rows[1] and len(rows[0] | rows[1]) == 105
