"""Finding things, the keyboard, the other language, the dark and the printed page, and spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from journeys.scene import Scene
from journeys.visitor import SIZES, Visitor, Visitors, fa
from karnameh.exchange.rules.columns import Column, heading_text
from karnameh.exchange.working import work_once
from karnameh.ledger.public import Entry

pytestmark = pytest.mark.journey


# --- 5. Search and the keyboard ------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["phone"])
def test_search_does_not_mind_the_spelling(officer: Visitor, scene: Scene) -> None:
    officer.open("/search/")
    field = officer.page.locator("#q")
    for written, name in (
        ("مي رسند", scene.packages.name),  # Arabic ya, a space for the half-space
        ("دانش آموزان", scene.packages.name),
        ("كشوري", scene.world.nation.name),  # Arabic kaf and ya
        ("هميار سرو شيراز", scene.world.local.name),
    ):
        field.fill(written)
        field.press("Enter")
        expect(
            officer.page.locator("main .list").get_by_role("link", name=name, exact=True)
        ).to_be_visible()
        expect(field).to_have_value(written)
    officer.look()
    field.fill("چیزی که نیست")
    field.press("Enter")
    expect(officer.page.locator(".empty-title")).to_have_text("چیزی به این نام نیست.")
    officer.look()


_RING = """(one) => {
  const shown = getComputedStyle(one);
  return (shown.outlineStyle !== "none" && shown.outlineWidth !== "0px") || shown.boxShadow !== "none";
}"""


def _ring(place: Locator) -> bool:
    """Whether an outline or a shadow shows that the focus is here."""
    return bool(place.evaluate(_RING))


def test_everything_is_reached_by_the_keyboard(visitors: Visitors, scene: Scene) -> None:
    officer = visitors.come(scene.world.people["officer"], "desk")
    page = officer.page
    officer.open("/")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    assert _ring(skip)
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()
    for _ in range(12):
        here = page.locator(":focus")
        assert here.count() == 1 and _ring(here), here.evaluate("(one) => one.outerHTML")
        page.keyboard.press("Tab")
    page.keyboard.press("/")
    search = page.locator(".find input")
    expect(search).to_be_focused()
    assert _ring(search)
    page.keyboard.type("يزد")
    page.keyboard.press("Enter")
    officer.heading("جست‌وجو")
    expect(officer.link(scene.world.yazd.name)).to_be_visible()


# --- 6. Language, dark, print ---------------------------------------------------------------------------


def _menu(page: Page) -> Locator:
    page.locator("details.menu:not(.nav-more) summary").click()
    return page.locator(".menu-pop")


@pytest.mark.parametrize("size", ["desk"])
def test_english_and_back(officer: Visitor, scene: Scene) -> None:
    officer.open("/")
    _menu(officer.page).get_by_role("button", name="English").click()
    expect(officer.page.locator("html")).to_have_attribute("lang", "en")
    officer.look("ltr")
    officer.open(f"/entries/{scene.report.pk}/")
    expect(officer.page.get_by_role("link", name="Take back")).to_be_visible()
    officer.look("ltr")
    _menu(officer.page).get_by_role("button", name="فارسی").click()
    expect(officer.page.locator("html")).to_have_attribute("lang", "fa")
    expect(officer.page.get_by_role("link", name="پس گرفتن")).to_be_visible()
    officer.look()


@pytest.mark.parametrize("size", ["phone"])
def test_the_dark_theme_is_kept_and_readable(officer: Visitor, scene: Scene) -> None:
    officer.open("/")
    dark = _menu(officer.page).get_by_role("button", name="تیره")
    with officer.page.expect_response(lambda answer: answer.request.method == "POST"):
        dark.click()
    expect(dark).to_have_attribute("aria-pressed", "true")
    for address in ("/", f"/entries/{scene.report.pk}/", f"/entries/{scene.report.pk}/correct/"):
        officer.open(address)
        expect(officer.page.locator("html")).to_have_attribute("data-theme", "dark")
        officer.look()


def test_the_printed_dashboard_fits_the_sheet(visitors: Visitors, scene: Scene) -> None:
    officer = visitors.come(scene.world.people["officer"], "desk")
    officer.open("/")
    officer.page.set_viewport_size({"width": 718, "height": 1047})  # A4 within margins of 1 cm
    officer.page.emulate_media(media="print")
    officer.fits()
    expect(officer.page.locator("table.stages")).to_be_visible()
    for hidden in (".tabbar", ".nav", ".find", ".actions .btn"):
        expect(officer.page.locator(hidden).first).to_be_hidden()
    officer.page.set_viewport_size(SIZES["desk"])
    officer.fits()


# --- 7. Spreadsheets ------------------------------------------------------------------------------------


def test_a_sheet_is_filled_in_posted_and_taken_back(
    visitors: Visitors, scene: Scene, size: str, settings: Any, tmp_path: Path
) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    sender = visitors.come(scene.world.people["fars"], size)
    officer = visitors.come(scene.world.people["officer"], size)
    page = sender.page
    sender.open("/imports/")
    sender.link("فرستادن فایل").click()
    sender.heading("فرستادن فایل")
    sender.look()
    page.get_by_label("نوع فایل").select_option("csv")
    with page.expect_download() as coming:
        sender.button("دریافت نمونه‌برگه").click()
    template = coming.value.path().read_text(encoding="utf-8-sig")
    filled = tmp_path / "کارهای هفته.csv"
    filled.write_text(_filled(template, scene), encoding="utf-8-sig")
    page.locator("#id_file").set_input_files(filled)
    sender.button("فایل را بررسی کن").click()
    sender.heading("کارهای هفته.csv")
    sender.look()
    _work()
    expect(
        page.get_by_text("فایل درست است. هنوز چیزی ثبت نشده.")
    ).to_be_visible()  # the page asks by itself
    sender.look()
    before = Entry.objects.count()
    officer.open("/")
    assert officer.figure(scene.trees, "reported") == 400

    sender.button(f"همهٔ {fa(2)} ردیف را ثبت کن").click()
    page.get_by_role("button", name="بله، انجام شود").click()
    expect(page.locator(".progress")).to_be_visible()
    _work()
    expect(page.get_by_text(f"{fa(2)} ردیف در دفتر ثبت شد")).to_be_visible()
    sender.look()
    assert Entry.objects.count() == before + 2
    officer.page.reload()
    assert officer.figure(scene.trees, "reported") == 430

    page.locator("summary", has_text="همه را برگردان").click()
    page.get_by_label("دلیل").fill("فایل هفتهٔ دیگری بود")
    sender.button("همه را برگردان").click()
    expect(page.locator(".progress")).to_be_visible()
    _work()
    expect(page.locator(".notice-info")).to_contain_text("فایل هفتهٔ دیگری بود")
    sender.look()
    officer.page.reload()
    assert officer.figure(scene.trees, "reported") == 400


def _filled(template: str, scene: Scene) -> str:
    """The template with two rows of trees beneath its headings."""
    heading = next(csv.reader(io.StringIO(template)))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, heading, restval="")
    writer.writeheader()
    for unit, quantity in ((scene.world.local, "۱۲"), (scene.world.locals["shiraz"][1], "۱۸")):
        row = {
            Column.UNIT: unit.code, Column.INDICATOR: scene.trees.code, Column.STAGE: "گزارش",
            Column.QUANTITY: quantity, Column.FROM: "۱۴۰۵/۰۸/۳۰",
        }  # fmt: skip
        writer.writerow({heading_text(column, "fa"): value for column, value in row.items()})
    return out.getvalue()


def _work() -> None:
    while work_once():
        pass
