"""The auditor's pages, and what must never stand in the trail."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

import karnameh
from builders import NOW, World, a_grant, a_place, a_unit, a_user, an_indicator
from karnameh.access.public import Role
from karnameh.front.administration.personal import WORDS
from karnameh.front.administration.queries import unit_trail
from karnameh.front.administration.trail import VERBS
from karnameh.org.public import OrgUnit, rename_unit
from karnameh.people.actions import keep_contact, read_phone
from karnameh.people.public import User, create_user, disable_user
from karnameh.plumbing import deeds
from karnameh.plumbing.models import Change, Deed
from karnameh.plumbing.personal import dictionary

pytestmark = pytest.mark.usefixtures("db")


def browser(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def read(user: User, address: str, **query: object) -> str:
    """The page as text."""
    return browser(user).get(address, query).content.decode()


def renamed(world: World, unit: OrgUnit, name: str) -> Deed:
    """A rename by the administrator of Fars, and its deed."""
    rename_unit(unit, name_fa=name, name_en=name, on=NOW.date(), by=world.people["fars"], at=NOW)
    return Deed.objects.latest("pk")


def test_a_deed_shows_its_rows_before_and_after(world: World) -> None:
    before = world.local.name_fa
    done = renamed(world, world.local, "همیاران یاس")
    page = read(world.people["auditor"], reverse("audit_deed", args=[done.pk]))
    assert f'<del class="cell"><bdi>{before}</bdi></del>' in page
    assert '<ins class="cell"><bdi>همیاران یاس</bdi></ins>' in page
    assert "org_orgunit" in page and "بیرون از هر کار" not in page


def test_deeds_are_told_in_words_with_the_names_of_people_and_units(world: World) -> None:
    renamed(world, world.local, "همیاران یاس")
    page = read(world.people["auditor"], reverse("audit"))
    for said in ("نام واحدی را عوض کرد", "همیاران یاس", "دفتر fars", "گردانندهٔ سامانه"):
        assert said in page


def rows(page: str) -> int:
    """How many deeds a page shows."""
    return len(re.findall(r'href="/audit/\d+/"', page))


def test_deeds_are_filtered_by_verb_target_account_and_day(world: World) -> None:
    renamed(world, world.local, "همیاران یاس")
    auditor, address = world.people["auditor"], reverse("audit")
    assert rows(read(auditor, address, verb="rename_unit")) == 1
    assert rows(read(auditor, address, target=f"unit:{world.local.pk}")) == 1
    assert rows(read(auditor, address, account="FARS")) == 1
    assert rows(read(auditor, address, account="nobody")) == 0
    assert (
        rows(read(auditor, address, verb="rename_unit", since="1405/09/01", until="۱۴۰۵/۰۹/۰۱"))
        == 1
    )
    assert rows(read(auditor, address, verb="rename_unit", until="1405/08/30")) == 0


def test_a_day_that_cannot_be_read_shows_nothing_and_says_why(world: World) -> None:
    response = browser(world.people["auditor"]).get(reverse("audit"), {"since": "دیروز"})
    assert response.status_code == 422
    assert rows(response.content.decode()) == 0
    assert 'id="id_since_error"' in response.content.decode()


def test_pages_of_deeds_follow_one_another_without_gap_or_repetition(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM plumbing_deed")
        (total,) = cursor.fetchone()
    seen: list[str] = []
    address = reverse("audit")
    while address:
        page = read(world.people["auditor"], address)
        seen += re.findall(r'href="/audit/(\d+)/"', page)
        onwards = re.search(r'rel="next" href="(\?cursor=\d+)"', page)
        address = reverse("audit") + onwards[1] if onwards else ""
    assert len(seen) == len(set(seen)) == total
    assert seen == sorted(seen, key=int, reverse=True)


def test_a_change_past_the_product_is_shown_as_such(world: World) -> None:
    auditor = world.people["auditor"]
    OrgUnit.objects.filter(pk=world.local.pk).update(name_fa="نام پنهانی")
    page = read(auditor, reverse("audit"), show="outside")
    assert "نام پنهانی" in page and "بیرون از هر کار" in page
    assert "badge-bad" in read(auditor, reverse("audit"))


def test_signing_in_is_no_change_outside_a_deed(world: World) -> None:
    before = Change.objects.filter(deed=None).count()
    browser(world.people["leader"])
    assert Change.objects.filter(deed=None).count() == before


def test_an_auditor_of_a_province_sees_the_deeds_of_that_province(world: World) -> None:
    local_auditor = a_user()
    a_grant(local_auditor, Role.AUDITOR, world.fars)
    here = renamed(world, world.local, "نام در فارس")
    there = renamed(world, world.mehriz, "نام در یزد")
    page = read(local_auditor, reverse("audit"))
    assert "نام در فارس" in page and "نام در یزد" not in page
    assert f"/audit/{there.pk}/" not in page
    assert browser(local_auditor).get(reverse("audit_deed", args=[here.pk])).status_code == 200
    assert browser(local_auditor).get(reverse("audit_deed", args=[there.pk])).status_code == 404
    for show in ("outside", "reads"):
        assert browser(local_auditor).get(reverse("audit"), {"show": show}).status_code == 403


def test_a_units_number_that_is_another_ones_code_opens_nothing(world: World) -> None:
    local_auditor = a_user()
    a_grant(local_auditor, Role.AUDITOR, world.fars)
    named_so = a_unit("همیاران یاس", world.shiraz, world.shiraz.place, code=str(world.taft.pk))
    there = renamed(world, world.taft, "نام در یزد")
    page = read(local_auditor, reverse("audit"))
    assert f"/audit/{there.pk}/" not in page
    assert browser(local_auditor).get(reverse("audit_deed", args=[there.pk])).status_code == 404
    assert there not in unit_trail(named_so)
    everything = read(world.people["auditor"], reverse("audit"))
    assert "نام در یزد" in everything and "همیاران یاس" in everything  # each by its own name


def test_deeds_about_accounts_follow_their_roles(world: World) -> None:
    local_auditor = a_user()
    a_grant(local_auditor, Role.AUDITOR, world.fars)
    disable_user(world.people["leader"], by=world.people["fars"], at=NOW)
    shown = Deed.objects.latest("pk")
    disable_user(world.people["admin2"], by=world.people["admin"], at=NOW)
    hidden = Deed.objects.latest("pk")
    page = read(local_auditor, reverse("audit"))
    assert f"/audit/{shown.pk}/" in page and f"/audit/{hidden.pk}/" not in page


def test_a_thing_opened_is_named_though_its_number_did_not_exist_yet(world: World) -> None:
    place = a_place("روستای آزمون", world.shiraz.place, "village")
    page = read(
        world.people["auditor"], reverse("audit"), verb="open_place", target=f"place:{place.code}"
    )
    assert "روستای آزمون" in page


def test_openings_of_sealed_fields_are_listed_with_their_purpose_and_without_the_number(
    world: World,
) -> None:
    leader = world.people["leader"]
    contact = keep_contact(leader, phone="09121234567", at=NOW)
    read_phone(contact, by=world.people["fars"], at=NOW, purpose="پرسش دربارهٔ گزارش دیروز")
    page = read(world.people["auditor"], reverse("audit"), show="reads")
    assert "پرسش دربارهٔ گزارش دیروز" in page and "دفتر fars" in page
    assert "1234567" not in page


def everything_in_the_trail() -> str:
    """All three tables of the trail as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(string_agg(t, ' '), '') FROM ("
            " SELECT d::text FROM plumbing_deed d UNION ALL SELECT c::text FROM plumbing_change c"
            " UNION ALL SELECT r::text FROM plumbing_personalread r) AS every(t)"
        )
        return str(cursor.fetchone()[0])


def test_no_password_address_or_number_ever_stands_in_the_trail(world: World) -> None:
    user = create_user(
        username="canary",
        office="دفتر قناری",
        password="canary-password-1",
        by=None,
        at=NOW,
        email="canary@example.org",
    )
    contact = keep_contact(user, phone="۰۹۱۲ ۷۶۵ ۴۳۲۱", at=NOW)
    read_phone(contact, by=world.people["fars"], at=NOW, purpose="آزمون")
    user.email = "second-canary@example.org"
    user.set_password("canary-password-2")
    user.save()
    trail = everything_in_the_trail()
    assert "دفتر قناری" in trail  # the trail does hold the account
    for secret in (
        "canary-password",
        "argon2",
        "@example.org",
        "7654321",
        "۷۶۵",
        contact.phone_sealed.hex(),
    ):
        assert secret not in trail


def test_the_trail_is_not_changed_by_the_site(world: World) -> None:
    from django.db import DatabaseError, transaction

    for statement in (
        "UPDATE plumbing_deed SET verb = 'x'",
        "DELETE FROM plumbing_change",
        "TRUNCATE plumbing_personalread",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_deed_within_a_deed_gives_the_rest_back_to_the_outer_one(world: World) -> None:
    admin = world.people["admin"]
    with deeds.deed("outer", by=admin, at=NOW) as outer:
        with deeds.deed("inner", by=admin, at=NOW):
            pass
        User.objects.filter(pk=world.people["leader"].pk).update(office="نام تازه")
    assert Change.objects.latest("pk").deed_id == outer.pk


def test_every_purpose_and_term_of_the_dictionary_of_personal_columns_has_its_words() -> None:
    said = {text for _model, _column, why in dictionary() for text in (why.purpose, why.retention)}
    assert said - set(WORDS) == set()


def test_the_page_of_personal_columns_counts_the_rows(world: World) -> None:
    page = read(world.people["leader"], reverse("about_data"))
    assert "people_contact" in page and "phone_sealed" in page
    keep_contact(world.people["leader"], phone="09121234567", at=NOW - timedelta(days=1))
    section = read(world.people["leader"], reverse("about_data")).split("people_contact")[1]
    assert "ردیف‌ها: ۱" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", section))


def test_rewording_shows_what_came_and_what_went(world: World) -> None:
    indicator = an_indicator()
    client, address = (
        browser(world.people["admin2"]),
        reverse("admin_indicator", args=[indicator.pk]),
    )
    for definition in ("شمار بسته‌های تحویل‌شده", "شمار بسته‌های رسیده به دست مردم"):
        data = {
            "name_fa": indicator.name_fa, "name_en": indicator.name_en, "definition_fa": definition,
            "definition_en": "parcels", "means_fa": "رسید", "means_en": "receipt",
        }  # fmt: skip
        asked = client.post(address, data).content.decode()
        token = re.search(r'name="confirmed" value="(\w+)"', asked)
        assert token is not None
        assert client.post(address, {**data, "confirmed": token[1]}).status_code == 302
    page = client.get(address).content.decode()
    assert "<del>تحویل‌شده</del>" in page and "<ins>رسیده به دست مردم</ins>" in page
    assert indicator.wordings.count() == 2


def test_a_price_is_typed_in_the_viewers_currency_and_only_once_a_day(world: World) -> None:
    from karnameh.catalog.public import Item, Measure, Rate

    an_indicator()
    item = Item.objects.create(
        code="parcel",
        name_fa="بستهٔ غذا",
        name_en="food parcel",
        measure=Measure.objects.get(code="parcel"),
    )
    client, address = browser(world.people["admin2"]), reverse("admin_item", args=[item.pk])
    data = {
        "price": "یک میلیون و دویست هزار",
        "valid_from": "۱۴۰۵/۰۹/۰۱",
        "source_fa": "بازار",
        "source_en": "market",
    }
    for expected in (302, 409):
        asked = client.post(address, data).content.decode()
        token = re.search(r'name="confirmed" value="(\w+)"', asked)
        assert token is not None and "۱٬۲۰۰٬۰۰۰ تومان" in asked
        assert client.post(address, {**data, "confirmed": token[1]}).status_code == expected
    assert Rate.objects.get(item=item).rial_per_unit == 12_000_000
    assert client.post(address, {**data, "price": "-5"}).status_code in (200, 422)


def test_an_indicator_is_retired_in_favour_of_another(world: World) -> None:
    old, new = an_indicator("old-one"), an_indicator("new-one")
    client, address = (
        browser(world.people["admin2"]),
        reverse("admin_indicator_retire", args=[old.pk]),
    )
    data = {"successor": "", "successor_q": "new-one", "on": "1405/09/01"}
    asked = client.post(address, data).content.decode()
    token = re.search(r'name="confirmed" value="(\w+)"', asked)
    assert token is not None and new.name in asked
    assert client.post(address, {**data, "confirmed": token[1]}).status_code == 302
    old.refresh_from_db()
    assert old.successor == new and old.retired_on is not None
    assert new.name in client.get(reverse("admin_indicator", args=[old.pk])).content.decode()


def test_every_deed_has_its_words() -> None:
    sources = (Path(karnameh.__file__).parent).rglob("*.py")
    verbs = {
        verb
        for file in sources
        for verb in re.findall(r'\bdeed\(\s*"([a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(verbs) > 40
    assert verbs - set(VERBS) == set()
