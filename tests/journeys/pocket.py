"""The phone in a pocket: the app in a browser of 360 dots, and what its holder does with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from journeys.scene import Scene
from journeys.visitor import AXE, Axe, Visitor, Visitors, until

PIN = "7391"


@pytest.fixture(autouse=True)
def _running_clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A browser's clock runs, so the site's does; and a phone made of plain files for the app's names."""
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC))
    monkeypatch.setattr(settings, "UPLOADS", tmp_path)


@pytest.fixture
def phone(visitors: Visitors, scene: Scene) -> Visitor:
    """The leader's phone, with the app open."""
    return a_phone(visitors, scene, "leader")


def forgive(visitor: Visitor) -> None:
    """A browser notes every request that a missing network or a refused phone ends; no script may fail."""
    thrown = f"{visitor.home}/"
    visitor.forgives = lambda fault: "/field/" in fault and not fault.startswith(thrown)


def a_phone(
    visitors: Visitors, scene: Scene, who: str, *, script: str = "", **options: Any
) -> Visitor:
    """The phone of one of the people, enrolled and open; `script` runs in every page of it first."""
    visitor = visitors.come(scene.world.people[who], "phone", **options)
    visitor.context.add_init_script(script)
    forgive(visitor)
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    visitor.open("/field/")
    pins = visitor.page.locator("input[type=password]")
    pins.nth(0).fill("۷۳۹۱")
    pins.nth(1).fill(PIN)
    visitor.page.get_by_role("button", name="شروع").click()
    expect(visitor.page.locator("#tabs a").first).to_be_visible()
    # From now on the app opens without a network, too.
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # Journeys look into the store with the app's own module; it is loaded while there is a network.
    visitor.page.evaluate("import('/static/field/store.js').then(() => true)")
    return visitor


def look(page: Page) -> None:
    """Nothing wider than the screen, and nothing that axe finds serious."""
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    small = page.evaluate(
        "[...document.querySelectorAll('button:not([hidden]),a.btn,#tabs a')].filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"
    )
    assert small == []
    found: Any = Axe().run(page, options=AXE).response
    grave = [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
    assert not grave, grave


def record(page: Page, quantity: str, *, sure: bool = False) -> None:
    """Record parcels, as a leader does."""
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", quantity)
    if sure:
        page.locator(".app-far input").check()
    page.locator(".app-foot button").click()
    expect(page.locator(".app-done")).to_be_visible()


def settled(page: Page) -> None:
    """Nothing waits any more."""
    expect(page.locator(".app-badge")).to_have_count(0)
    expect(page.locator("#strip")).to_be_hidden()


def unlock(page: Page) -> None:
    """The holder opens the app with his PIN."""
    page.locator("input[type=password]").fill(PIN)
    page.get_by_role("button", name="باز کن").click()
    expect(page.locator("#tabs a").first).to_be_visible()


def woken_by_the_browser(phone: Visitor) -> Callable[[], None]:
    """What makes the browser say to the worker that there is a network again, as it does in a pocket."""
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    browser, known = phone.context.new_cdp_session(phone.page), list[str]()
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: known.extend(one["registrationId"] for one in said["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    until(phone.page, lambda: known)
    woken = {"origin": phone.home, "registrationId": known[-1], "tag": "karnameh-outbox"}
    return lambda: browser.send("ServiceWorker.dispatchSyncEvent", woken | {"lastChance": False})
