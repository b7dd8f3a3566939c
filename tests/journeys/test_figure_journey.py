"""A figure in a real browser, in Persian: one officer writes it, another approves it, everybody reads it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from builders import a_money_indicator, an_entry
from journeys.scene import Scene
from journeys.visitor import Visitor, Visitors
from karnameh.insight.public import Figure
from karnameh.ledger.public import Stage

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", ["phone"])
def test_from_the_number_to_the_public_page(
    officer: Visitor, visitors: Visitors, scene: Scene, size: str
) -> None:

    page = officer.page
    officer.open(f"/indicators/{scene.trees.pk}/?unit={scene.world.nation.pk}&period=1405")
    officer.link("انتشار این عدد").click()
    officer.heading("انتشار این عدد")
    page.locator("#id_sentence_fa").fill("داوطلبان ۴۰۰ نهال کاشتند.")
    expect(page.locator("#preview")).to_contain_text("عدد را با دست ننویسید")
    page.locator("#id_sentence_fa").fill("داوطلبان {عدد} نهال کاشتند.")
    page.locator("#id_sentence_en").fill("Volunteers planted {value} trees.")
    expect(page.locator("#preview")).to_contain_text("داوطلبان ۴۰۰ نهال کاشتند.")
    officer.look()
    officer.button("نگه‌داشتن به‌صورت پیش‌نویس").click()
    officer.said("پیش‌نویس نگه داشته شد")
    officer.look()
    officer.button("سپردن به مسئول دوم").click()
    officer.said("سپرده شد")
    expect(page.get_by_role("button", name="همین را تأیید می‌کنم")).to_have_count(0)

    second = visitors.come(scene.world.people["admin"], "desk")
    second.open("/figures/")
    second.look()
    second.page.locator("main").get_by_role("link", name="داوطلبان").first.click()
    second.look()
    second.page.keyboard.press("a")
    second.said("تأیید شد")

    officer.open(f"/figures/{Figure.objects.get().code}/desk/")
    officer.button("انتشار").click()
    page.locator("dialog[open] button.btn-main, dialog[open] button[value=yes]").first.click()
    officer.said("منتشر شد")
    officer.look()

    stranger = visitors.come(None, "phone")
    stranger.open(f"/figures/{Figure.objects.get().code}/")
    stranger.heading("داوطلبان ۴۰۰ نهال کاشتند.")
    expect(stranger.page.locator("main")).to_contain_text("فارس")
    expect(stranger.page.locator("img.qr")).to_be_visible()
    stranger.look()
    stranger.open("/figures/all/")
    stranger.look()


@pytest.mark.parametrize("size", ["phone"])
def test_three_sums_of_money_stand_side_by_side(officer: Visitor, scene: Scene, size: str) -> None:
    loans = a_money_indicator("loans")
    for stage, by in ((Stage.PLEDGED, "fars"), (Stage.REPORTED, "leader")):
        an_entry(
            scene.world.local, loans, 178_650_000_000, by=scene.world.people[by], stage=stage,
            rial=178_650_000_000,
        )  # fmt: skip
    officer.open(f"/indicators/{loans.pk}/?unit={scene.world.nation.pk}&period=1405")
    expect(officer.page.locator("main")).to_contain_text("میلیارد تومان")
    officer.look()


def test_the_map_and_the_packs(officer: Visitor, scene: Scene, size: str) -> None:
    officer.open(f"/map/?indicator={scene.trees.pk}&period=1405")
    expect(officer.page.locator("svg.provinces")).to_be_visible()
    officer.look()
    officer.open("/press/")
    officer.heading("بسته‌های خبری")
    officer.look()
