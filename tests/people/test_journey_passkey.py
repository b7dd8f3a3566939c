"""A passkey is added and used in a real browser with a virtual authenticator."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browsing import accessible, sign_in
from builders import PASSWORD, a_user

pytestmark = [pytest.mark.journey, pytest.mark.django_db]


def authenticator(page: Page) -> None:
    """A device with a screen lock that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip


def prove_it_is_still_me(page: Page) -> None:
    """What changes how one signs in asks for the password once more."""
    page.wait_for_url("**/reauthenticate/**")
    accessible(page)
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="خودم هستم").click()


def test_a_passkey_is_added_and_signs_in_alone(phone: Page) -> None:
    a_user("officer", "دبیر آمار", password=PASSWORD)
    authenticator(phone)
    sign_in(phone, "officer", PASSWORD)
    phone.goto("/accounts/2fa/")
    phone.get_by_role("link", name="افزودن کلید عبور").click()
    prove_it_is_still_me(phone)
    phone.wait_for_url("**/webauthn/add/")
    accessible(phone)
    phone.fill("#id_name", "گوشی من")
    phone.get_by_role("button", name="کلید عبور را بساز").click()
    phone.wait_for_url("**/recovery-codes/**")
    assert phone.locator("#spare-codes li").count() == 10
    phone.goto("/accounts/2fa/webauthn/")
    expect(phone.get_by_text("گوشی من")).to_be_visible()
    expect(phone.get_by_text("ورود به‌تنهایی")).to_be_visible()

    phone.goto("/accounts/logout/")
    phone.get_by_role("button", name="خروج").click()
    phone.wait_for_url("**/login/**")
    accessible(phone)
    phone.get_by_role("button", name="با کلید عبور").click()
    phone.wait_for_url(lambda address: "/accounts/" not in address)
    phone.goto("/me/")
    expect(phone.get_by_role("heading", name="صفحهٔ من")).to_be_visible()


def test_a_passkey_is_the_second_step_after_a_password(phone: Page) -> None:
    a_user("officer", "دبیر آمار", password=PASSWORD)
    authenticator(phone)
    sign_in(phone, "officer", PASSWORD)
    phone.goto("/accounts/2fa/webauthn/add/")
    prove_it_is_still_me(phone)
    phone.uncheck("#id_passwordless")
    phone.get_by_role("button", name="کلید عبور را بساز").click()
    phone.wait_for_url("**/recovery-codes/**")
    phone.context.clear_cookies()
    phone.goto("/accounts/login/")
    phone.fill("#id_login", "officer")
    phone.fill("#id_password", PASSWORD)
    phone.click("#sign-in [type=submit]")
    phone.wait_for_url("**/2fa/authenticate/**")
    accessible(phone)
    phone.get_by_role("button", name="با کلید عبورم").click()
    phone.wait_for_url(lambda address: "/accounts/" not in address)


def test_without_an_authenticator_the_page_says_what_to_do(phone: Page) -> None:
    """The browser refuses; the sentence appears, and the password still works."""
    a_user("officer", "دبیر آمار", password=PASSWORD)
    phone.goto("/accounts/login/")
    phone.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new Error('refused')) }"
    )
    phone.get_by_role("button", name="با کلید عبور").click()
    expect(phone.get_by_text("کلید عبور کار نکرد")).to_be_visible()
    sign_in(phone, "officer", PASSWORD)


def test_a_demo_account_fills_the_form(phone: Page) -> None:
    phone.goto("/accounts/login/")
    phone.get_by_role("button", name="ناظر مستقل").click()
    expect(phone.locator("#id_login")).to_have_value("auditor")
