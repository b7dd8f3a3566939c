"""A reviewer's session with the keyboard alone, a package frozen by two, the programme on a phone."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from builders import DAY, NOW
from desks.plans import a_draft, a_planner, a_proposal, a_venue, frozen
from journeys.scene import Scene
from journeys.visitor import Visitors, until
from karnameh.activities.public import Activity, Campaign, Kind, Slot, State, begin_activities
from karnameh.campaigns.models import Decision, Verdict, Version, VersionState
from karnameh.campaigns.package.actions import Spot, place_line
from karnameh.campaigns.review.actions import Ruling, decide
from karnameh.campaigns.review.queries import Desk
from karnameh.ledger.public import Entry, Stage
from karnameh.org.public import Theme

pytestmark = pytest.mark.journey


def _week() -> Campaign:
    found = Campaign.objects.first()
    assert found is not None
    return found


def _press(page: object, key: str) -> None:
    """A key of a Persian keyboard."""
    page.evaluate(  # type: ignore[attr-defined]
        "key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}))",
        key,
    )


def test_a_reviewer_works_through_the_queue_with_the_keyboard_alone(
    visitors: Visitors, scene: Scene
) -> None:
    world, week = scene.world, _week()
    names = (
        "کاشت نهال در پارک سعدی",
        "تعمیر مدرسهٔ احمدی",
        "کاشت نهال پارک محلهٔ سعدی",
        "پاکسازی رودخانه",
        "مرمت کتابخانه",
    )
    rows = [a_proposal(world.local, week, name, expects={scene.trees: 120}) for name in names]
    reviewer = visitors.come(world.people["reviewer"], "desk")
    page = reviewer.page
    reviewer.open(
        f"{reverse('review_desk', args=[world.fars.pk, Theme.objects.get(code='construction').code])}"
    )
    reviewer.look()
    title = page.locator("[data-title]")
    expect(title).to_have_text(names[0])
    # Four marks with four keys, two of them Persian digits.
    for key in ("3", "4"):
        page.keyboard.press(key)
    for key in ("۴", "۲"):
        _press(page, key)
    expect(page.locator(f"#p{rows[0].pk}")).to_contain_text("۱ از")
    page.keyboard.press("a")
    expect(title).to_have_text(names[1])
    expect(page.locator("#tally")).to_contain_text("۲ پذیرفته")  # one stood before
    # Forward and back with the letters of a Persian keyboard; then one is returned with a note.
    _press(page, "ت")
    expect(title).to_have_text(names[2])
    _press(page, "ن")
    expect(title).to_have_text(names[1])
    page.keyboard.press("r")
    page.keyboard.insert_text("نشانی مدرسه را بنویسید")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#tally")).to_contain_text("۱ نزد واحد")
    expect(title).to_have_text(names[2])
    reviewer.look()
    # Its twin is compared and merged.
    page.keyboard.press("m")
    reviewer.heading("کنار هم")
    reviewer.look()
    page.keyboard.press("2")
    expect(title).to_have_text(names[0])
    # One is declined, and the decision taken back.
    reviewer.open(f"{reverse('review_desk', args=[world.fars.pk, 'construction'])}")
    expect(title).to_have_text(names[3])
    page.keyboard.press("d")
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#tally")).to_contain_text("۱ ردشده")
    page.keyboard.press("u")
    expect(page.locator("#tally")).to_contain_text("۰ ردشده")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("پذیرفتن")
    assert set(Decision.objects.values_list("verdict", flat=True)) == {
        "accept",
        "return",
        "merge",
        "decline",
    }
    rows[2].refresh_from_db()
    assert rows[2].state == State.MERGED


def test_a_key_is_answered_before_the_server_is_at_300_proposals(
    visitors: Visitors, scene: Scene
) -> None:
    """How fast it is answered says `./karnameh bench desks`; here, that nobody waits for a network."""
    world, week = scene.world, _week()
    begin_activities(
        [
            Activity(
                code=f"many{i}", name_fa=f"کار شمارهٔ {i}", name_en=f"work {i}", lead_unit=world.local,
                place=world.local.place, campaign=week, starts_on=DAY, ends_on=DAY, state=State.SUBMITTED,
                theme=Theme.objects.get(code="construction"), kind=Kind.SERVICE,
            )
            for i in range(300)
        ], by=None, at=NOW,
    )  # fmt: skip
    reviewer = visitors.come(world.people["reviewer"], "desk")
    page = reviewer.page
    fetched: list[str] = []
    page.on("requestfinished", lambda request: fetched.append(request.url))
    reviewer.open(f"{reverse('review_desk', args=[world.fars.pk, 'construction'])}")
    title, rows = page.locator("[data-title]"), page.locator(".queue-row")
    names = [rows.nth(place).locator(".queue-name").inner_text() for place in (0, 1, 2)]
    expect(title).to_have_text(names[0])
    near = [rows.nth(place).get_attribute("data-url") or "" for place in (1, 2)]
    until(page, lambda: all(any(one.endswith(each) for one in fetched) for each in near))
    asked: list[str] = []
    page.route("**/*", lambda route: asked.append(route.request.url))  # never answered
    for key, name in (("j", names[1]), ("k", names[0]), ("j", names[1])):
        page.keyboard.press(key)
        expect(title).to_have_text(name)
    page.keyboard.press("3")
    expect(page.locator("#card .step[aria-pressed=true]")).to_contain_text("۳")
    page.keyboard.press("x")
    expect(page.locator("[name=chosen]:checked")).to_have_count(1)
    page.keyboard.press("a")
    expect(title).to_have_text(names[2])
    expect(rows.nth(1)).to_have_class(re.compile("is-sending"))
    page.keyboard.press("a")  # twice by mistake: nobody can have read the next one
    expect(page.locator(".is-sending")).to_have_count(1)
    assert asked, "the mark is on its way"


def test_an_acceptance_that_does_not_hold_comes_back(visitors: Visitors, scene: Scene) -> None:
    """The next proposal is open before the server answers; a lost network and a colleague who was first bring it back."""
    world, week = scene.world, _week()
    theme = Theme.objects.get(code="construction")
    first, second = (
        a_proposal(world.local, week, name, expects={scene.trees: 120})
        for name in ("کاشت نهال", "تعمیر مدرسه")
    )
    reviewer = visitors.come(world.people["reviewer"], "desk")
    page = reviewer.page
    reviewer.forgives = lambda fault: "/review/" in fault or "ERR_FAILED" in fault
    answered: list[str] = []
    page.on("requestfinished", lambda request: answered.append(request.url))
    reviewer.open(f"{reverse('review_desk', args=[world.fars.pk, theme.code])}")
    title = page.locator("[data-title]")
    expect(title).to_have_text(first.name_fa)
    near = page.locator(f"#p{second.pk}").get_attribute("data-url") or ""
    until(page, lambda: any(one.endswith(near) for one in answered))
    page.route("**/review/**", lambda route: route.abort())
    page.keyboard.press("a")
    expect(page.locator(".toast-bad")).to_be_visible()
    expect(title).to_have_text(first.name_fa)
    expect(page.locator(".is-sending")).to_have_count(0)
    assert not Decision.objects.exists()
    page.unroute("**/review/**")
    page.keyboard.press("j")
    expect(title).to_have_text(second.name_fa)
    page.keyboard.press("k")
    expect(title).to_have_text(first.name_fa)
    ruling = Ruling(Verdict.RETURN, 1, note="روزش را بنویسید")
    decide(Desk(week, world.fars, theme), first, ruling, by=world.people["reviewer"], at=NOW)
    page.keyboard.press("a")
    expect(page.locator("#card .notice-bad")).to_be_visible()
    expect(title).to_have_text(first.name_fa)
    assert Decision.objects.get().verdict == Verdict.RETURN


def test_two_officers_freeze_a_package(visitors: Visitors, scene: Scene) -> None:
    world, week = scene.world, _week()
    first, second = (
        a_planner(world.shiraz, "برنامه‌ریز شیراز"),
        a_planner(world.fars, "برنامه‌ریز فارس"),
    )
    for name in ("کاشت نهال", "جشن محله"):
        a_proposal(world.local, week, name, state=State.ACCEPTED, expects={scene.trees: 60})
    a_venue(world.shiraz)
    planner = visitors.come(first, "desk")
    page = planner.page
    planner.open("/packages/")
    planner.look()
    page.locator("#unit").select_option(label=world.shiraz.name_fa)
    planner.button("آغاز").click()
    page.get_by_label("نام پیش‌نویس").fill("طرح نخست")
    planner.button("ساختن").click()
    planner.heading("طرح نخست")
    planner.look()
    # The calendar: a card is moved with the arrow keys.
    page.keyboard.press("c")
    planner.look()
    chip = page.locator(".board-waiting .chip").first
    chip.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".board .chip")).to_have_count(1)
    page.keyboard.press("p")
    expect(page.locator(".board .chip.is-pinned")).to_have_count(1)
    planner.look()
    draft = Version.objects.get()
    assert draft.lines.get(on__isnull=False).pinned
    for signer, word in ((planner, "امضا شد"), (visitors.come(second, "desk"), "نهایی شد")):
        signer.open(reverse("package_version", args=[draft.pk]))
        signer.page.locator(".signing form[action$='sign/'] button").click()
        signer.page.locator("#confirm [data-confirm-yes]").click()
        signer.said(word)
        signer.look()
    draft.refresh_from_db()
    assert draft.state == VersionState.FROZEN and draft.number == 1
    assert Entry.objects.filter(batch=draft.pk, stage=Stage.PLEDGED).count() == 2


def test_everybody_reads_the_programme_on_a_phone(visitors: Visitors, scene: Scene) -> None:
    world, week = scene.world, _week()
    first, second = a_planner(world.fars), a_planner(world.fars)
    a_proposal(
        world.local,
        week,
        "جشن محله",
        kind="event",
        state=State.ACCEPTED,
        participation="برای همه آزاد است",
    )
    draft = a_draft(week, world.fars, first)
    place_line(draft.lines.get(), Spot(DAY, Slot.EVENING, a_venue(world.shiraz)), by=first, at=NOW)
    frozen(draft, first, second)
    guest = visitors.come(None, "phone")
    guest.open(f"{reverse('programme', args=[week.code])}?day={DAY}")
    expect(guest.page.locator(".programme")).to_contain_text("جشن محله")
    guest.look()
    guest.fits()
    reviewer = visitors.come(world.people["reviewer"], "phone")
    a_proposal(world.local, week, "تعمیر پل")
    reviewer.open(f"{reverse('review_desk', args=[world.fars.pk, 'construction'])}")
    reviewer.look()
    reviewer.fits()
    assert Activity.objects.filter(state=State.SCHEDULED).count() >= 1
