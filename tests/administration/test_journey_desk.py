"""A unit is found and moved on a phone, with script, in Persian."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browsing import accessible, sign_in
from builders import PASSWORD, World

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("db")]


def test_a_unit_is_found_while_typing_and_moved(world: World, phone: Page) -> None:
    keeper = world.people["fars"]
    keeper.set_password(PASSWORD)
    keeper.save()
    sign_in(phone, "fars", PASSWORD)
    phone.goto(f"/administration/units/{world.local.pk}/")
    accessible(phone)
    phone.get_by_role("link", name="جابه‌جایی").click()
    phone.locator("#id_parent").press_sequentially("شهرستان شیرازک")
    choice = phone.get_by_role("radio", name="شهرستان شیرازک")
    expect(choice).to_be_visible()
    choice.check()
    accessible(phone)
    phone.get_by_role("button", name="نشان بده چه می‌شود").click()
    expect(phone.get_by_text("چنین می‌شود")).to_be_visible()
    accessible(phone)
    phone.get_by_role("button", name="واحد را جابه‌جا کن").click()
    expect(phone.get_by_text("واحد جابه‌جا شد.")).to_be_visible()
    world.local.refresh_from_db()
    assert world.local.parent_id == world.twin.pk


@pytest.mark.parametrize(
    "address",
    [
        "/administration/", "/administration/units/", "/administration/roles/", "/administration/roles/give/",
        "/administration/accounts/new/", "/administration/dictionary/", "/administration/places/", "/audit/",
        "/about/data/", "/me/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/email/",
    ],
)  # fmt: skip
def test_every_page_is_accessible_and_fits_a_phone(world: World, phone: Page, address: str) -> None:
    admin = world.people["admin"]
    admin.set_password(PASSWORD)
    admin.save()
    sign_in(phone, "admin", PASSWORD)
    phone.goto(address)
    accessible(phone)
