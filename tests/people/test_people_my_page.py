"""The holder's own page: how he reads, his sealed number; the switches of the menu."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from builders import NOW, a_user
from karnameh.people.actions import expire_contacts, keep_contact, read_phone, reseal
from karnameh.people.allauth_adapter import MFAAdapter
from karnameh.people.models import Contact
from karnameh.people.public import User
from karnameh.plumbing.models import Deed, PersonalRead
from karnameh.plumbing.public import Refusal
from karnameh.plumbing.sealed import SealBroken, resealed

pytestmark = pytest.mark.django_db
CHOICES = {
    "language": "en",
    "calendar": "gregorian",
    "digits": "latin",
    "currency": "rial",
    "theme": "dark",
}


def browser(user: User) -> Client:
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def test_preferences_are_kept_with_the_account_and_change_the_pages() -> None:
    user = a_user()
    client = browser(user)
    assert client.post(reverse("my_preferences"), CHOICES).status_code == 302
    user.refresh_from_db()
    assert {name: getattr(user, name) for name in CHOICES} == CHOICES
    page = client.get(reverse("my_page")).content.decode()
    assert '<html lang="en" dir="ltr" data-theme="dark" data-digits="latin">' in page
    assert "How I like to read" in page


def test_a_preference_that_does_not_exist_is_refused_and_nothing_is_kept() -> None:
    user = a_user()
    response = browser(user).post(reverse("my_preferences"), {**CHOICES, "calendar": "mayan"})
    assert response.status_code == 422
    user.refresh_from_db()
    assert user.language == "fa"


def switch(client: Client, **data: str) -> HttpResponse:
    """A switch of the menu."""
    return client.post(reverse("display"), data)


def test_the_menu_switches_language_and_theme_of_an_account() -> None:
    user = a_user()
    client = browser(user)
    assert switch(client, language="en", next="/me/")["Location"] == "/me/"
    switch(client, theme="dark")
    user.refresh_from_db()
    assert (user.language, user.theme) == ("en", "dark")
    assert "karnameh_language" not in client.cookies


def test_a_visitor_keeps_his_language_in_a_cookie() -> None:
    client = Client()
    switch(client, language="en", next="/accounts/login/")
    assert client.cookies["karnameh_language"].value == "en"
    assert '<html lang="en"' in client.get(reverse("account_login")).content.decode()


def test_a_language_that_does_not_exist_changes_nothing() -> None:
    client = Client()
    assert switch(client, language="xx").status_code == 302
    assert "karnameh_language" not in client.cookies


@pytest.mark.parametrize(
    "onwards",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "http:///evil",
    ],
)
def test_a_switch_never_leads_elsewhere(onwards: str) -> None:
    assert switch(Client(), language="en", next=onwards)["Location"] == "/"


def test_a_switch_is_no_link_and_needs_its_token() -> None:
    assert Client().get(reverse("display")).status_code == 405
    assert (
        Client(enforce_csrf_checks=True).post(reverse("display"), {"language": "en"}).status_code
        == 403
    )


def test_a_number_is_kept_sealed_at_the_holders_word_and_erased_at_it() -> None:
    user = a_user()
    client = browser(user)
    assert (
        client.post(reverse("my_contact_keep"), {"phone": "09121234567"}).status_code == 422
    )  # without his word
    assert not Contact.objects.exists()
    assert (
        client.post(
            reverse("my_contact_keep"), {"phone": "۰۹۱۲ ۱۲۳-۴۵۶۷", "consent": "on"}
        ).status_code
        == 302
    )
    contact = Contact.objects.get(user=user)
    assert b"1234567" not in bytes(contact.phone_sealed)
    assert contact.expires_on == (NOW + timedelta(days=365)).date()
    page = client.get(reverse("my_page")).content.decode()
    assert "1234567" not in page and "۱۲۳۴۵۶۷" not in page and "مهروموم" in page
    assert not PersonalRead.objects.exists()  # the page does not open it
    client.post(reverse("my_contact_forget"))
    assert not Contact.objects.exists()


def test_a_number_that_is_none_is_said_beside_its_field_and_stays_typed() -> None:
    response = browser(a_user()).post(
        reverse("my_contact_keep"), {"phone": "071-3222", "consent": "on"}
    )
    assert response.status_code == 422
    assert (
        'id="id_phone_error"' in response.content.decode()
        and 'value="071-3222"' in response.content.decode()
    )


def test_reading_a_number_says_what_for_and_is_written_down() -> None:
    holder, reader = a_user(), a_user()
    contact = keep_contact(holder, phone="+98 912 123 4567", at=NOW)
    with pytest.raises(Refusal):
        read_phone(contact, by=reader, at=NOW, purpose=" ")
    assert not PersonalRead.objects.exists()
    assert read_phone(contact, by=reader, at=NOW, purpose="گزارش دیروز") == "09121234567"
    kept = PersonalRead.objects.get()
    assert (kept.account, kept.table, kept.field, kept.row) == (
        reader.pk, "people_contact", "phone_sealed", str(contact.pk)
    )  # fmt: skip
    assert Deed.objects.filter(verb="read_phone", account=reader.pk, reason="گزارش دیروز").exists()


def test_a_sealed_number_moved_to_another_row_does_not_open() -> None:
    one, other = (keep_contact(a_user(), phone=f"0912123456{n}", at=NOW) for n in (1, 2))
    Contact.objects.filter(pk=other.pk).update(phone_sealed=one.phone_sealed)
    other.refresh_from_db()
    with pytest.raises(SealBroken):
        read_phone(other, by=one.user, at=NOW, purpose="آزمون")
    assert not PersonalRead.objects.exists()


def test_a_sealed_number_that_was_tampered_with_does_not_open() -> None:
    contact = keep_contact(a_user(), phone="09121234567", at=NOW)
    sealed = bytearray(contact.phone_sealed)
    sealed[-1] ^= 1
    contact.phone_sealed = bytes(sealed)
    with pytest.raises(SealBroken):
        read_phone(contact, by=contact.user, at=NOW, purpose="آزمون")


def test_keys_rotate_and_the_old_one_can_then_go(settings: Settings) -> None:
    contact = keep_contact(a_user(), phone="09121234567", at=NOW)
    bound = {"table": "people_contact", "row": str(contact.pk), "field": "phone_sealed"}
    assert resealed(bytes(contact.phone_sealed), **bound) is None  # newest already
    old = dict(settings.SEAL_KEYS)
    settings.SEAL_KEYS = {**old, "k-new": bytes(range(32))}
    fresh = resealed(bytes(contact.phone_sealed), **bound)
    assert fresh is not None and fresh.startswith(b"k-new\x00")
    assert read_phone(contact, by=contact.user, at=NOW, purpose="پیش از چرخش") == "09121234567"
    Contact.objects.filter(pk=contact.pk).update(phone_sealed=fresh)
    settings.SEAL_KEYS = {"k-new": bytes(range(32))}
    with pytest.raises(SealBroken):
        read_phone(contact, by=contact.user, at=NOW, purpose="مهر کهنه")
    contact.refresh_from_db()
    assert read_phone(contact, by=contact.user, at=NOW, purpose="پس از چرخش") == "09121234567"


def test_one_command_moves_numbers_and_code_secrets_to_a_new_key(settings: Settings) -> None:
    user = a_user()
    contact = keep_contact(user, phone="09121234567", at=NOW)
    adapter = MFAAdapter()
    factor = Authenticator.objects.create(
        user=user,
        type=Authenticator.Type.TOTP,
        data={"secret": adapter.encrypt("JBSWY3DPEHPK3PXP")},
    )
    assert "JBSWY3DPEHPK3PXP" not in str(factor.data)
    old = dict(settings.SEAL_KEYS)
    settings.SEAL_KEYS = {**old, "k-new": bytes(range(32))}
    assert reseal(at=NOW) == 2
    assert reseal(at=NOW) == 0
    settings.SEAL_KEYS = {"k-new": bytes(range(32))}
    contact.refresh_from_db()
    factor.refresh_from_db()
    assert read_phone(contact, by=user, at=NOW, purpose="پس از چرخش") == "09121234567"
    assert adapter.decrypt(factor.data["secret"]) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(SealBroken):
        adapter.decrypt("JBSWY3DPEHPK3PXP")


def test_a_number_is_erased_when_the_consent_runs_out() -> None:
    contact = keep_contact(a_user(), phone="09121234567", at=NOW)
    last_day = NOW + timedelta(days=365)
    assert expire_contacts(at=last_day) == 0
    assert not Deed.objects.filter(
        verb="expire_contacts"
    ).exists()  # nothing done, nothing written down
    assert expire_contacts(at=last_day + timedelta(days=1)) == 1
    assert not Contact.objects.filter(pk=contact.pk).exists()


def test_a_new_number_takes_the_place_of_the_old_one() -> None:
    user = a_user()
    keep_contact(user, phone="09121234567", at=NOW)
    contact = keep_contact(user, phone="09127654321", at=NOW)
    assert Contact.objects.filter(user=user).count() == 1
    assert read_phone(contact, by=user, at=NOW, purpose="آزمون") == "09127654321"
