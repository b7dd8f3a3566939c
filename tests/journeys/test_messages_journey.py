"""A partner's technician lets his program be told, sees whether it arrives, and stops it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from journeys.scene import Scene
from journeys.visitor import Visitor

pytestmark = pytest.mark.journey


def test_a_program_is_told_and_its_owner_sees_what_became_of_it(
    officer: Visitor, scene: Scene
) -> None:
    officer.open("/api/hooks/")
    officer.look()
    officer.link("ساختن کلید").click()  # only programs with a key are told
    officer.page.locator("#id_name").fill("داشبورد همکار")
    officer.button("کلید را بساز").click()
    expect(officer.page.locator("#secret")).to_contain_text("kn_")

    officer.open("/api/hooks/")
    address = officer.page.locator("#id_address")
    address.fill("https://10.0.0.1/")
    officer.page.get_by_label("عددی منتشر شد").check()
    officer.button("مشترک کردن").click()
    expect(officer.page.locator(".error").first).to_be_visible()
    expect(address).to_have_value("https://10.0.0.1/")  # nothing typed is lost
    address.fill("https://hooks.example.org/karnameh")
    officer.button("مشترک کردن").click()
    expect(officer.page.locator("#secret")).to_contain_text("whsec_")
    officer.look()

    officer.link("به صفحهٔ اشتراک، برای آزمودن").click()
    officer.button("فرستادن پیام آزمایشی").click()
    expect(officer.page.locator("main .list").first).to_contain_text("پیام آزمایشی")
    officer.look()
    officer.button("نگه داشتن").click()
    officer.button("از سر گرفتن").click()
    expect(officer.page.locator(".badge-good").first).to_have_text("باخبر می‌شود")
