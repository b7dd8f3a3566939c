"""The reading desk in a real browser, in Persian: a report becomes entries without a mouse, and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from journeys.scene import Scene
from journeys.visitor import Visitor, Visitors
from karnameh.ledger.public import Entry, Stage
from karnameh.narrative.models import Draft, Source, State

pytestmark = pytest.mark.journey

REPORT = """گزارش هفتهٔ همیاری
دیروز ۱۲۰ نهال در شیراز کاشته شد و هزاران نهال نیز در روستاها کاشته شد.
همیاران قول داده‌اند که تا پایان هفته ۲۵۰ نهال دیگر بکارند. این هفته در سال ۱۴۰۵ برگزار شد."""


def _entered(visitor: Visitor) -> None:
    """From the list to the desk, with the keyboard alone."""
    page = visitor.page
    visitor.open("/reading/")
    visitor.heading("گزارش‌های متنی")
    visitor.look()
    page.keyboard.press("n")
    visitor.heading("خواندن گزارش")
    visitor.look()
    page.locator("#id_text").focus()
    page.keyboard.insert_text(REPORT)
    page.get_by_role("button", name="خواندن", exact=True).focus()
    page.keyboard.press("Enter")
    visitor.heading("گزارش هفتهٔ همیاری")


def _stands_at(page: Page, number: int) -> None:
    """The draft is open and the desk takes keys again: while it waits for the server it drops them."""
    expect(page.locator("[data-desk]")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".draft").nth(number)).to_have_class(re.compile(r"\bis-chosen\b"))


def test_a_report_becomes_entries_with_the_keyboard_alone(
    officer: Visitor, scene: Scene, size: str
) -> None:
    page = officer.page
    _entered(officer)
    officer.look()
    chosen = page.locator(".draft.is-chosen")
    expect(chosen.locator(".draft-figure")).to_contain_text("۱۲۰")

    # The first figure: its indicator is searched for, then it is accepted.
    page.keyboard.press("e")
    search = chosen.locator("input[name=indicator_find]")
    search.focus()
    search.press_sequentially("نهال", delay=400)  # slower than the list is asked for
    expect(search).to_be_focused()
    expect(search).to_have_value("نهال")
    expect(chosen.locator("select[name=indicator]")).to_have_value(str(scene.trees.pk))
    officer.look()
    # A phone's browser empties the search at Escape and asks for the list again: the choice must stay.
    page.keyboard.press("Escape")
    page.wait_for_timeout(600)
    expect(chosen.locator("select[name=indicator]")).to_have_value(str(scene.trees.pk))
    page.keyboard.press("c")
    expect(page.locator("#tally")).to_contain_text("۱ پذیرفته")

    # The second has no quantity: its unit is asked.
    expect(chosen.locator(".draft-figure")).to_contain_text("مقدار نامعلوم")
    page.keyboard.press("a")
    page.keyboard.insert_text("چند نهال؟")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#tally")).to_contain_text("۱ پرسیده")

    # The third is left out, taken back, looked at with the letters of a Persian keyboard, and left out.
    expect(chosen.locator(".draft-figure")).to_contain_text("۲۵۰")
    page.keyboard.press("d")
    expect(page.locator("#tally")).to_contain_text("۲ کنارگذاشته")
    page.keyboard.press("u")
    expect(page.locator("#tally")).to_contain_text("۱ کنارگذاشته")
    expect(chosen.locator(".draft-figure")).to_contain_text("۲۵۰")
    _stands_at(page, 2)
    for key, number in (("ن", 1), ("ت", 2)):
        page.evaluate(
            "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))",
            key,
        )
        _stands_at(page, number)
    expect(chosen.locator(".draft-figure")).to_contain_text("۲۵۰")
    page.keyboard.press("d")
    expect(page.locator("#tally")).to_contain_text("۲ کنارگذاشته")
    officer.look()

    page.keyboard.press("p")
    officer.heading("خلاصه و ثبت")
    expect(page.locator("main")).to_contain_text("۵۲۰")  # 400 before, 120 more
    officer.look()
    page.keyboard.press("p")
    officer.heading("گزارش هفتهٔ همیاری")
    officer.said("ثبت شد")
    officer.look()

    source = Source.objects.get()
    assert source.state == State.POSTED
    entry = Entry.objects.get(batch=source.pk)
    assert (entry.quantity, entry.stage, entry.indicator_id) == (
        120,
        Stage.REPORTED,
        scene.trees.pk,
    )
    officer.open(f"/entries/{entry.pk}/")
    expect(page.locator(".said")).to_contain_text("۱۲۰ نهال در شیراز کاشته شد")
    officer.look()
    page.locator(".said a").click()
    expect(page.locator(f"#m{Draft.objects.get(pk=entry.pk).start}")).to_be_visible()


def test_the_unit_answers_and_the_figure_comes_back(
    officer: Visitor, visitors: Visitors, scene: Scene, size: str
) -> None:
    _entered(officer)
    officer.page.keyboard.press("j")
    _stands_at(officer.page, 1)
    officer.page.keyboard.press("a")
    officer.page.keyboard.insert_text("چند نهال؟")
    officer.page.keyboard.press("Control+Enter")
    expect(officer.page.locator("#tally")).to_contain_text("۱ پرسیده")
    officer.open("/reading/questions/")
    officer.look()
    officer.link("پاسخ").click()
    officer.look()
    officer.page.get_by_label("چقدر؟").fill("۳ هزار و ۲۰۰")
    officer.button("پاسخ").click()
    officer.said("سپاس")
    assert Draft.objects.get(written="هزاران").quantity == 3200


@pytest.mark.parametrize("size", ["phone"])
def test_all_promises_on_a_phone(leader: Visitor, scene: Scene, size: str) -> None:
    leader.open("/promises/?campaign=")
    leader.heading("وعده‌ها")
    expect(leader.page.locator(".promised")).to_contain_text(scene.packages.name)
    leader.look()
