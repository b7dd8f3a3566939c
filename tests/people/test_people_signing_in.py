"""Signing in: our pages, one sentence for all mistakes, rates by address, no lock of an account."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings as product
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.fixtures import Settings

from builders import PASSWORD, a_user
from karnameh.people.public import User, disable_user
from karnameh.plumbing.clock import now

pytestmark = pytest.mark.django_db


def attempt(
    username: str, password: str, *, address: str = "192.0.2.1", client: Client | None = None
) -> HttpResponse:
    """One try at the sign-in page from a network address."""
    return (client or Client()).post(
        reverse("account_login"), {"login": username, "password": password}, REMOTE_ADDR=address
    )


def bare(page: str) -> str:
    """A page without what is different each time it is shown."""
    return re.sub(r'(value|nonce)="[^"]*"|"X-CSRFToken": "\w+"', "", page)


def is_in(client: Client) -> bool:
    """Whether this browser is signed in."""
    return client.get(reverse("my_page")).status_code == 200


def test_a_holder_signs_in_with_name_and_password_in_any_digits() -> None:
    a_user("shiraz.1405", password=PASSWORD)
    for typed in ("shiraz.1405", " Shiraz.1405 ", "shiraz.۱۴۰۵"):
        client = Client()
        assert attempt(typed, PASSWORD, client=client).status_code == 302
        assert is_in(client)


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer() -> None:
    a_user("officer", password=PASSWORD)
    wrong, unknown, by_mail = (
        attempt(name, "something else").content.decode()
        for name in ("officer", "nobody", "nobody@example.org")
    )
    sentence = "نام کاربری یا گذرواژه درست نیست."

    assert sentence in wrong and sentence in by_mail
    assert bare(wrong) == bare(unknown) == bare(by_mail)


def test_fifty_wrong_tries_from_one_address_lock_nobody_out_elsewhere() -> None:
    a_user("officer", password=PASSWORD)
    answers = [
        attempt("officer", f"wrong {number}", address="198.51.100.7") for number in range(50)
    ]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert answers[-1].status_code == 429
    holder = Client()
    assert attempt("officer", PASSWORD, address="192.0.2.44", client=holder).status_code == 302
    assert is_in(holder)


def test_too_many_tries_are_answered_with_429_and_our_page() -> None:
    for _number in range(20):
        attempt("nobody", "wrong")
    answer = attempt("nobody", "wrong")
    assert answer.status_code == 429
    assert "پشت سر هم زیاد شد" in answer.content.decode()
    assert "هیچ حسابی قفل نشده است" in answer.content.decode()


def test_a_forwarded_address_is_not_believed() -> None:
    """Otherwise every try would come from a new address."""
    for number in range(20):
        Client().post(
            reverse("account_login"), {"login": "nobody", "password": "x"},
            REMOTE_ADDR="198.51.100.7", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}",
        )  # fmt: skip
    assert attempt("nobody", "x", address="198.51.100.7").status_code == 429


def test_a_closed_account_does_not_sign_in() -> None:
    user, by = a_user("officer", password=PASSWORD), a_user()
    disable_user(user, by=by, at=now())
    client = Client()
    attempt("officer", PASSWORD, client=client)
    assert not is_in(client)


def test_nobody_signs_himself_up() -> None:
    page = Client().get(reverse("account_signup"))
    assert "حساب را می‌دهند" in page.content.decode()
    Client().post(reverse("account_signup"), {"username": "intruder", "password1": PASSWORD})
    assert not User.objects.filter(username="intruder").exists()


def test_argon2_takes_19_mib_two_passes_and_one_lane() -> None:
    assert make_password("x").startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_cookies_are_httponly_lax_and_secure_under_https(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.HTTPS = True
    a_user("officer", password=PASSWORD)
    client = Client()
    client.get(reverse("account_login"), secure=True)
    client.post(reverse("account_login"), {"login": "officer", "password": PASSWORD}, secure=True)
    visitor = Client()
    visitor.post(reverse("display"), {"language": "en"}, secure=True)
    found = {**client.cookies, **visitor.cookies}
    assert {"karnameh", "karnameh_csrf", "karnameh_language"} <= found.keys()
    for name in ("karnameh", "karnameh_csrf", "karnameh_language"):
        assert (
            found[name]["httponly"] and found[name]["secure"] and found[name]["samesite"] == "Lax"
        ), name


def test_an_https_address_makes_the_settings_secure() -> None:
    """The settings themselves, as an installation with KARNAMEH_URL=https://… loads them."""
    import os
    import subprocess
    import sys

    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
    )
    code = f"from karnameh.config import settings as s; print(*(bool(getattr(s, n)) for n in {names!r}))"
    for address, expected in (("https://karnameh.example", "True"), ("", "False")):
        told = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "KARNAMEH_URL": address, "PYTHONPATH": "src"},
            cwd=product.ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert set(told.stdout.split()) == {expected}


def test_signing_in_changes_the_session_key() -> None:
    """A key that somebody planted before is worth nothing after."""
    a_user("officer", password=PASSWORD)
    client = Client()
    client.get(reverse("account_login"))
    client.post(reverse("display"), {"language": "en"})
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    attempt("officer", PASSWORD, client=client)
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "onwards", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(onwards: str) -> None:
    a_user("officer", password=PASSWORD)
    answer = Client().post(
        reverse("account_login"), {"login": "officer", "password": PASSWORD, "next": onwards}
    )
    assert answer["Location"].startswith("/") and "evil" not in answer["Location"]


def test_a_one_time_code_comes_by_mail_and_signs_in_once() -> None:
    user = a_user("officer")
    User.objects.filter(pk=user.pk).update(email="officer@example.org")
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": "officer@example.org"})
    letter = mail.outbox[0]
    assert letter.subject == "کد ورود شما" and "ده دقیقه" in letter.body
    code = re.search(r"^\s*([A-Z0-9-]{4,12})\s*$", letter.body, re.MULTILINE)
    assert code is not None
    assert client.post(reverse("account_confirm_login_code"), {"code": "wrong"}).status_code == 200
    client.post(reverse("account_confirm_login_code"), {"code": code[1]})
    assert is_in(client)


def test_an_unknown_address_gets_the_same_page_and_a_letter_without_a_code() -> None:
    User.objects.filter(pk=a_user("officer").pk).update(email="officer@example.org")
    answers = []
    for address in ("officer@example.org", "nobody@example.org"):
        client = Client()
        first = client.post(reverse("account_request_login_code"), {"email": address})
        page = client.get(first["Location"]).content.decode().replace(address, "")
        answers.append((first.status_code, first["Location"], bare(page)))
    assert answers[0] == answers[1]
    assert mail.outbox[1].subject == "حسابی با این نشانی نیست"


def test_a_forgotten_password_is_replaced_through_a_link() -> None:
    user = a_user("officer", password=PASSWORD)
    User.objects.filter(pk=user.pk).update(email="officer@example.org")
    client = Client()
    client.post(reverse("account_reset_password"), {"email": "officer@example.org"})
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)
    assert link is not None
    form = client.get(link[1], follow=True)
    done = client.post(
        form.request["PATH_INFO"], {"password1": "sarv-narges-sib", "password2": "sarv-narges-sib"}
    )
    assert done.status_code == 302
    assert attempt("officer", "sarv-narges-sib").status_code == 302
    assert "این پیوند دیگر به کار نمی‌آید" in Client().get(link[1], follow=True).content.decode()


def allauth_pages() -> Iterator[str]:
    """The template of every page that allauth's addresses can show."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
                continue
            view = getattr(pattern.callback, "view_class", None)
            if view is not None and view.__module__.startswith("allauth."):
                names = (
                    getattr(view, "template_name", None),
                    getattr(view, "template_name_signup_closed", None),
                )
                yield from (name for name in names if name)

    yield from sorted(set(walk(get_resolver().url_patterns)))


def test_every_page_of_allauth_is_ours() -> None:
    pages = [
        name for name in allauth_pages() if name.endswith(".html") and name != "account/signup.html"
    ]
    assert len(pages) >= 20
    for name in pages:
        origin = get_template(name).origin.name  # type: ignore[attr-defined]
        assert "/karnameh/front/templates/" in str(origin), name


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_request_login_code", "account_reset_password"],
)
@pytest.mark.parametrize("language", ["fa", "en"])
def test_pages_before_signing_in_speak_both_languages_without_inline_code(
    name: str, language: str
) -> None:
    client = Client()
    client.cookies["karnameh_language"] = language
    response = client.get(reverse(name))
    page = response.content.decode()
    assert f'<html lang="{language}"' in page
    assert " style=" not in page and " onclick=" not in page
    assert all(" src=" in script for script in re.findall(r"<script[^>]*>", page))
    assert "unsafe" not in response["Content-Security-Policy"]


def test_the_scripts_of_signing_in_carry_the_nonce_of_the_policy() -> None:
    response = Client().get(reverse("account_login"))
    nonce = re.search(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    assert nonce is not None
    scripts = re.findall(r'<script src="[^"]*(?:mfa|people)/[^>]*>', response.content.decode())
    assert len(scripts) == 3
    assert all(f'nonce="{nonce[1]}"' in script for script in scripts)


def test_labels_are_ours_and_persian() -> None:
    page = Client().get(reverse("account_login")).content.decode()
    assert "نام کاربری یا رایانامه" in page and "placeholder" not in page


def test_the_demo_accounts_are_offered_in_the_demo_only(settings: Settings) -> None:
    settings.DEMO = True
    page = Client().get(reverse("account_login"), {"account": "auditor"}).content.decode()
    assert "ناظر مستقل" in page and 'value="auditor"' in page and "hamyari-1405" in page
    settings.DEMO = False
    page = Client().get(reverse("account_login")).content.decode()
    assert "ناظر مستقل" not in page and "hamyari-1405" not in page


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index", "mfa_list_webauthn", "usersessions_list", "account_email", "account_change_password",
        "account_logout", "account_reauthenticate",
    ],
)  # fmt: skip
def test_pages_of_the_own_account_open(name: str) -> None:
    a_user("officer", password=PASSWORD)
    client = Client()
    attempt("officer", PASSWORD, client=client)
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert " style=" not in response.content.decode()


def test_what_changes_the_way_of_signing_in_asks_for_the_password_once_more() -> None:
    a_user("officer", password=PASSWORD)
    client = Client()
    attempt("officer", PASSWORD, client=client)
    for name in ("mfa_add_webauthn", "mfa_activate_totp", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302 and "reauthenticate" in answer["Location"]
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_a_code_app_and_its_spare_codes_guard_the_account() -> None:
    from allauth.mfa.totp.internal.auth import (
        format_hotp_value,
        hotp_value,
        yield_hotp_counters_from_time,
    )

    a_user("officer", password=PASSWORD)
    client = Client()
    attempt("officer", PASSWORD, client=client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = re.search(
        r'id="secret"[^>]*value="(\w+)"', client.get(reverse("mfa_activate_totp")).content.decode()
    )
    assert secret is not None
    code = format_hotp_value(hotp_value(secret[1], next(iter(yield_hotp_counters_from_time()))))
    typed = code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert client.post(reverse("mfa_activate_totp"), {"code": typed}).status_code == 302
    spare = re.findall(
        r"<li><code>(\d+)</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode()
    )
    assert len(spare) == 10
    again = Client()
    answer = attempt("officer", PASSWORD, client=again)
    assert "authenticate" in answer["Location"] and not is_in(again)
    assert again.get(answer["Location"]).status_code == 200
    assert again.post(answer["Location"], {"code": "000000"}).status_code == 200
    assert again.post(answer["Location"], {"code": spare[0]}).status_code == 302
    assert is_in(again)
