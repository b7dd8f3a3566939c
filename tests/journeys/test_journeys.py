"""What people come for, from the first page to the last, on a phone and at a desk, in Persian."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from builders import PASSWORD, an_entry
from journeys.scene import Scene
from journeys.visitor import Visitor, Visitors, fa
from karnameh.ledger.public import Entry, Stage

pytestmark = pytest.mark.journey


# --- 1. From the national number to the unit and back ------------------------------------------------


def test_an_officer_signs_in_and_goes_from_the_number_to_the_unit_and_back(
    visitors: Visitors, scene: Scene, size: str
) -> None:
    visitor = visitors.come(size=size)
    page, world = visitor.page, scene.world
    visitor.open("/")
    visitor.heading("ورود")
    visitor.look()
    page.get_by_label("نام کاربری یا رایانامه").fill("officer")
    page.get_by_label("گذرواژه").fill(PASSWORD)
    page.locator("#sign-in").get_by_role("button", name="ورود").click()

    visitor.heading(world.nation.name)
    visitor.look()
    assert visitor.figure(scene.trees, "reported") == 400
    page.locator("td.reported").get_by_role("link", name=fa(400)).click()

    visitor.heading(scene.trees.name)
    visitor.look()
    page.locator("tbody tr").get_by_role("link", name=scene.trees.name).click()

    visitor.heading(scene.trees.name)
    expect(page.locator(".figures")).to_contain_text(fa(400))
    expect(page.locator(".facts")).to_contain_text("چهارصد")
    visitor.look()
    visitor.link(world.local.name).click()

    visitor.heading(world.local.name)
    visitor.look()
    for unit in (world.shiraz, world.fars, world.nation):
        visitor.crumb(unit.name)
        assert visitor.figure(scene.trees, "reported") == 400
        visitor.look()
    expect(page.locator(".crumbs a")).to_have_count(0)


@pytest.mark.parametrize("size", ["phone"])
def test_a_wrong_password_is_answered_politely(visitors: Visitors, scene: Scene, size: str) -> None:
    visitor = visitors.come(size=size)
    visitor.open("/accounts/login/")
    visitor.page.locator("#id_login").fill("officer")
    visitor.page.locator("#id_password").fill("not-the-password")
    visitor.page.locator("#sign-in").get_by_role("button", name="ورود").click()
    expect(
        visitor.page.get_by_role("alert").filter(has_text="نام کاربری یا گذرواژه درست نیست.")
    ).to_be_visible()
    expect(visitor.page.get_by_label("نام کاربری یا رایانامه")).to_have_value("officer")
    visitor.look()


# --- 2. Recording ---------------------------------------------------------------------------------------


def _to_the_form(leader: Visitor, scene: Scene) -> None:
    """From the leader's first page to the form for the promise that is open."""
    leader.open("/")
    leader.heading(scene.world.local.name)
    leader.link("ثبت کار").click()
    leader.heading("چه کاری انجام شد؟")
    leader.look()
    leader.link(scene.packages.name).click()
    leader.heading(scene.packages.name)


def test_a_report_for_an_open_promise_moves_the_national_total(
    leader: Visitor, visitors: Visitors, scene: Scene, size: str
) -> None:
    officer = visitors.come(scene.world.people["officer"], size)
    officer.open("/")
    assert (
        officer.figure(scene.packages, "pledged"),
        officer.figure(scene.packages, "reported"),
    ) == (100, None)
    assert officer.figure(scene.packages, "c-left") == 100

    _to_the_form(leader, scene)
    leader.look()
    quantity = leader.page.get_by_label("چقدر؟")
    quantity.press_sequentially("۴۲")
    expect(leader.page.locator(".echo")).to_have_text("چهل و دو بسته")
    leader.button("ثبت").click()
    leader.said("ثبت شد. از همین لحظه در همهٔ جمع‌ها هست.")
    expect(leader.page.locator(".figures")).to_contain_text(fa(42))
    expect(leader.page.locator(".trail")).to_contain_text(fa(100))
    leader.look()

    posted = Entry.objects.get(indicator=scene.packages, stage=Stage.REPORTED)
    assert posted.quantity == 42
    assert posted.fulfils_id == scene.promise.pk
    assert posted.activity_id == scene.activity.pk
    officer.page.reload()
    assert officer.figure(scene.packages, "reported") == 42
    assert officer.figure(scene.packages, "c-left") == 58


WRONG = {
    "1.234": "«1.234» را دو جور می‌شود خواند.",
    "۱٫۲۳۴": "این با حداکثر",
    "۱،۵": "«۱،۵» را دو جور می‌شود خواند.",
    "-۵": "مقدار منفی نمی‌شود.",
    "چندتا": "«چندتا» عدد نیست.",
    "": "مقدار را بنویسید. اگر معلوم نیست، همین را بگویید.",
}


@pytest.mark.parametrize("size", ["phone"])
def test_a_wrong_number_gets_its_sentence_beside_the_field_and_is_kept(
    leader: Visitor, scene: Scene
) -> None:
    _to_the_form(leader, scene)
    before = Entry.objects.count()
    leader.page.get_by_label("یادداشت").fill("دو مدرسهٔ روستایی")
    for wrong, sentence in WRONG.items():
        quantity = leader.page.locator("#id_quantity")
        quantity.fill(wrong)
        leader.button("ثبت").click()
        error = leader.page.locator("#id_quantity_error")
        expect(error, wrong).to_contain_text(sentence)
        expect(quantity).to_have_value(wrong)
        expect(quantity).to_have_attribute("aria-invalid", "true")
        assert "id_quantity_error" in (quantity.get_attribute("aria-describedby") or "")
        expect(leader.page.locator("#id_note")).to_have_value("دو مدرسهٔ روستایی")
        expect(leader.page.locator("[data-focus]")).to_be_focused()
    leader.look()
    assert Entry.objects.count() == before


@pytest.mark.parametrize("size", ["desk"])
def test_many_times_the_promise_is_asked_once_more(leader: Visitor, scene: Scene) -> None:
    _to_the_form(leader, scene)
    leader.page.locator("#id_quantity").fill("۵۰۰۰۰")
    leader.button("ثبت").click()
    expect(leader.page.locator(".notice-warn")).to_contain_text(
        "این عدد چند برابر وعدهٔ همین برنامه است. درست است؟"
    )
    expect(leader.page.locator("#id_quantity")).to_have_value(fa(50000))
    leader.look()
    assert not Entry.objects.filter(indicator=scene.packages, stage=Stage.REPORTED).exists()
    leader.button("ثبت").click()  # without looking again it asks again
    leader.page.get_by_label("دوباره نگاه کردم: عدد درست است.").check()
    leader.button("ثبت").click()
    leader.said("ثبت شد.")
    assert Entry.objects.get(indicator=scene.packages, stage=Stage.REPORTED).quantity == 50000


# --- 3. Verifying ---------------------------------------------------------------------------------------


def test_a_verifiers_count_stands_beside_the_report(
    visitors: Visitors, scene: Scene, size: str
) -> None:
    verifier = visitors.come(scene.world.people["verifier"], size)
    page = verifier.page
    verifier.open("/")
    page.locator("nav.nav, nav.tabbar").locator("visible=true").get_by_role(
        "link", name="برای بازبینی"
    ).click()
    verifier.heading("برای بازبینی")
    verifier.look()
    verifier.link(scene.trees.name).click()
    verifier.link("بازبینی").click()
    verifier.heading("بازبینی")
    verifier.look()
    page.get_by_label("شما چقدر شمردید؟").fill("۳۹۰")
    verifier.button("ثبت بازبینی").click()
    verifier.said("شمارش شما کنار گزارش نشست.")
    expect(page.locator(".figures .is-reported dd").first).to_contain_text(fa(400))
    expect(page.locator(".figures .is-verified dd")).to_contain_text(fa(390))
    expect(verifier.link("بازبینی")).to_have_count(0)
    verifier.look()
    verifier.open("/entries/to-verify/")
    expect(page.locator("main")).not_to_contain_text(scene.trees.name)
    verifier.open("/")
    assert (verifier.figure(scene.trees, "reported"), verifier.figure(scene.trees, "verified")) == (
        400,
        390,
    )


OWN = "هیچ‌کس نمی‌تواند گزارش خودش را تأیید کند."
NO_ROLE = "این را می‌بینید، ولی نقش شما اجازهٔ این کار را نمی‌دهد."


@pytest.mark.parametrize(
    ("name", "words"),
    [("leader", OWN), ("admin", OWN), ("officer", NO_ROLE)],
    ids=["leader", "admin", "officer"],
)
def test_nobody_verifies_his_own_report_or_without_the_role(
    visitors: Visitors, scene: Scene, name: str, words: str
) -> None:
    user, report = scene.world.people[name], scene.report
    if name == "admin":  # who holds every role
        report = an_entry(scene.world.local, scene.packages, 7, by=user)
    visitor = visitors.come(user, "phone")
    visitor.open(f"/entries/{report.pk}/")
    expect(visitor.page.locator(".figures")).to_be_visible()
    expect(visitor.link("بازبینی")).to_have_count(0)
    visitor.open(f"/entries/{report.pk}/verify/")
    expect(visitor.page.locator("main")).to_contain_text(words)
    expect(visitor.page.locator("#id_quantity")).to_have_count(0)
    visitor.look()
    assert not Entry.objects.filter(verifies=report).exists()


# --- 4. Taking back and correcting -----------------------------------------------------------------------


def test_an_entry_is_taken_back_once_and_the_total_falls(officer: Visitor, scene: Scene) -> None:
    officer.open("/")
    assert officer.figure(scene.trees, "reported") == 400
    officer.open(f"/entries/{scene.report.pk}/")
    officer.link("پس گرفتن").click()
    officer.heading("پس گرفتن")
    officer.look()
    first = officer.page
    officer.new_tab()  # somebody else has the same page open
    officer.open(f"/entries/{scene.report.pk}/reverse/")

    first.get_by_label("چرا؟").fill("دو بار شمرده شده بود")
    first.locator("main").get_by_role("button", name="پس گرفتن").click()
    expect(first.locator("#messages")).to_contain_text(
        "پس گرفته شد. هر دو سطر در دفتر می‌ماند و جمع‌ها تغییر کرد."
    )
    expect(first.locator(".lede .badge-bad")).to_have_text("پس گرفته شده")
    expect(first.locator(".trail")).to_contain_text("دو بار شمرده شده بود")

    officer.page.get_by_label("چرا؟").fill("من هم")
    officer.button("پس گرفتن").click()
    expect(officer.page.locator("main")).to_contain_text(
        "کس دیگری این ثبت را پیش از شما پس گرفته است."
    )
    officer.look()
    assert Entry.objects.filter(corrects=scene.report).count() == 1

    officer.open(f"/entries/{scene.report.pk}/")
    officer.look()
    expect(officer.link("پس گرفتن")).to_have_count(0)
    officer.open(f"/entries/?unit={scene.world.nation.pk}&indicator={scene.trees.pk}&period=all")
    expect(officer.page.locator("tr.void")).to_have_count(1)
    officer.look()
    officer.open("/")
    assert officer.figure(scene.trees, "reported") in (None, 0)


@pytest.mark.parametrize("size", ["desk"])
def test_an_entry_is_corrected_and_both_stay(officer: Visitor, scene: Scene) -> None:
    officer.open(f"/entries/{scene.report.pk}/")
    officer.link("اصلاح").click()
    officer.heading("اصلاح")
    officer.look()
    officer.page.get_by_label("چقدر؟").fill("چهارصد و بیست")
    officer.button("اصلاح").click()  # without a reason
    expect(officer.page.locator("#id_note_error")).to_be_visible()
    expect(officer.page.locator("#id_quantity")).to_have_value("چهارصد و بیست")
    officer.page.get_by_label("چرا؟").fill("بیست نهال جا مانده بود")
    officer.button("اصلاح").click()
    officer.said("اصلاح شد. سطر پیشین پس گرفته شد و کنار سطر تازه می‌ماند.")
    expect(officer.page.locator(".figures")).to_contain_text(fa(420))
    expect(officer.page.locator(".trail")).to_contain_text("به جای")
    officer.look()
    officer.page.locator(".trail").get_by_role("link").first.click()
    expect(officer.page.locator(".lede .badge-bad")).to_have_text("پس گرفته شده")
    officer.open("/")
    assert officer.figure(scene.trees, "reported") == 420
