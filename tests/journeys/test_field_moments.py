"""The phone app when two things happen at the same moment: tabs, the worker, the lock, erasing, a slow network.

Each test holds one side still where it can be overtaken, lets the other pass, and lets go. Where no page
shows such a place, the app's own modules run a second time in the page, beside the app.
"""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from journeys.pocket import (
    PIN,
    _running_clock,
    a_phone,
    look,
    phone,
    record,
    settled,
    unlock,
    woken_by_the_browser,
)
from journeys.scene import Scene
from journeys.visitor import Visitor, Visitors, until
from karnameh.field.models import Device, Sent
from karnameh.field.views import phone as phone_views
from karnameh.field.views import shell
from karnameh.kernel.ids import new_id
from karnameh.ledger.public import Entry

__all__ = ["_running_clock", "phone"]
pytestmark = pytest.mark.journey

# The app's modules once more, opened with the PIN; `one` is what a page of the app would record.
BESIDE = f"""
  const store = await import('/static/field/store.js'), sending = await import('/static/field/sending.js');
  if (!(await store.unlock('{PIN}')).ok) throw new Error('not opened');
  const unit = store.mine().unit;
  const one = (quantity, more) => Object.assign(
    {{ unit, indicator: given.indicator, quantity: String(quantity), on: given.on }}, more);
"""


def beside(page: Page, scene: Scene, script: str, **more: Any) -> Any:
    """What a script answers that runs beside the app with the app's own modules."""
    given = {"indicator": scene.packages.pk, "on": scene.activity.starts_on.isoformat(), **more}
    return page.evaluate(f"async (given) => {{ {BESIDE} {script} }}", given)


def modules(page: Page) -> None:
    """Load the app's modules while there is a network, for `beside`."""
    page.evaluate("import('/static/field/sending.js').then(() => true)")


def run_over(page: Page) -> None:
    """The app is sending nothing at this moment."""
    page.evaluate("navigator.locks.request('karnameh-send', () => true)")


def ids_in(batch: str) -> set[str]:
    """The items that a request brings."""
    return {one["id"] for one in json.loads(batch).get("items", [])}


class Held:
    """Requests of the app that are held back until they are let go."""

    def __init__(self, page: Page, pattern: str) -> None:
        self.page, self.routes, self.passing = page, list[Route](), False
        page.route(pattern, self._meet)

    def _meet(self, route: Route) -> None:
        if self.passing:
            route.continue_()
        else:
            self.routes.append(route)

    def arrived(self) -> None:
        until(self.page, lambda: self.routes)

    def let_go(self) -> None:
        self.passing = True
        for route in self.routes:
            route.continue_()


def test_what_is_typed_stays_whatever_arrives_meanwhile(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    page.click("#lock")
    held = Held(page, "**/field/api/sync/")
    unlock(page)
    held.arrived()
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "12")
    held.let_go()
    run_over(page)
    expect(page.locator("[data-quantity]")).to_have_value("12")
    page.locator(".app-foot button").click()
    expect(page.locator(".app-done")).to_be_visible()
    until(page, Entry.objects.filter(quantity=12).exists)


def test_a_button_that_is_touched_twice_records_once(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    modules(page)
    phone.context.set_offline(True)
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "13")
    page.evaluate(
        "() => { const button = document.querySelector('.app-foot button'); button.click(); button.click(); }"
    )
    expect(page.locator(".app-done")).to_be_visible()
    expect(page.locator(".app-badge")).to_have_text("۱")
    assert beside(page, scene, "return (await sending.items()).length") == 1


def test_a_screen_that_was_left_does_not_come_back_over_the_next_one(phone: Visitor) -> None:
    page = phone.page
    record(page, "14")
    settled(page)
    page.evaluate(
        """() => {
          const subtle = Object.getPrototypeOf(crypto.subtle), decrypt = subtle.decrypt;
          self.slow = new Promise((go) => { self.faster = go; });
          subtle.decrypt = async function (...given) { await self.slow; return decrypt.apply(this, given); };
          location.hash = '#/queue';
          self.normal = () => { subtle.decrypt = decrypt; };
        }"""
    )
    expect(page.locator("#title")).to_have_text("صف")
    page.evaluate("() => { self.normal(); location.hash = '#/record'; }")
    expect(page.locator(".app-choice").first).to_be_visible()
    page.evaluate(
        "async () => { self.faster(); await new Promise((next) => setTimeout(next, 300)); }"
    )
    expect(page.locator(".app-choice").first).to_be_visible()
    expect(page.locator("#title")).to_have_text("ثبت")


def test_a_photo_that_comes_while_old_ones_are_forgotten_stays(
    phone: Visitor, scene: Scene
) -> None:
    page = phone.page
    record(page, "15")
    settled(page)
    left = beside(
        page,
        scene,
        """
          const { getAll } = IDBObjectStore.prototype, subtle = Object.getPrototypeOf(crypto.subtle), { decrypt } = subtle;
          let forgetting = false, recorded = false;
          IDBObjectStore.prototype.getAll = function (...given) { forgetting ||= this.name === 'files'; return getAll.apply(this, given); };
          subtle.decrypt = async function (...given) {
            if (forgetting && !recorded) {
              recorded = true;
              const data = new Uint8Array([1, 2, 3]).buffer, id = await store.sha256(data);
              const row = { id, kind: 'photo', box: await store.seal(data), done: false };
              await sending.record('entry', one(16, { files: [{ sha256: id, kind: 'photo', size: 3 }] }), { files: [row] });
            }
            return decrypt.apply(this, given);
          };
          try { await sending.send(); } finally { IDBObjectStore.prototype.getAll = getAll; subtle.decrypt = decrypt; }
          return [recorded, (await store.all('files')).length];
        """,
    )
    assert left == [True, 1]


def test_what_one_tab_erases_no_other_tab_goes_on_with(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    other = phone.context.new_page()
    other.goto(page.url)
    unlock(other)
    page.click("#tabs a[href='#/queue']")
    page.locator("a[href='#/leave']").click()
    page.locator("button.btn-bad").click()
    for tab in (page, other):
        expect(tab.locator("#tabs")).to_be_hidden()
        expect(tab.locator("a.btn-main")).to_be_visible()
        expect(tab.locator(".notice-warn")).to_be_visible()


def test_an_erased_store_takes_nothing_more_from_who_still_has_its_key(
    phone: Visitor, scene: Scene
) -> None:
    found = beside(
        phone.page,
        scene,
        """
          const second = await import('/static/field/store.js?second');
          const before = await store.sealed({ said: 1 });
          await second.wipe();
          const kept = [
            await store.putAll({ items: [{ id: 'x', box: before }] }).then(() => 'written', (error) => error.message),
            await sending.record('entry', one(1)).then(() => 'written', (error) => error.message),
            await store.keepSealed('last', {}).then(() => 'written', (error) => error.message),
          ];
          const given_ = { token: 't', store: '00'.repeat(32), envelope: '00'.repeat(32), device: 'second', unit: 1, epoch: 1 };
          const begun = await second.begin('8264', given_), third = await import('/static/field/store.js?third');
          const again = await third.begin('9173', { ...given_, device: 'third' });
          kept.push(await store.putAll({ items: [{ id: 'x', box: before }] }).then(() => 'written', (error) => error.message));
          const rows = (await second.all('items')).length;
          second.close();
          return { kept, begun, again, rows, opens: (await second.unlock('8264')).ok };
        """,
    )
    assert found == {
        "kept": ["locked"] * 4, "begun": True, "again": False, "rows": 0, "opens": True,
    }  # fmt: skip


def test_the_lock_that_falls_while_something_is_sent_loses_and_says_nothing_wrong(
    phone: Visitor, scene: Scene
) -> None:
    page = phone.page
    held = Held(page, "**/field/api/sync/")
    record(page, "17")
    held.arrived()
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    held.let_go()
    run_over(page)
    expect(page.locator("#strip")).not_to_contain_text("دوباره وارد شوید")
    unlock(page)
    settled(page)
    assert Entry.objects.filter(quantity=17).count() == 1


def test_what_was_being_typed_when_the_lock_fell_is_there_again(
    phone: Visitor, scene: Scene
) -> None:
    from field.test_files import with_place

    page = phone.page
    phone.context.set_offline(True)
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "۱۸")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": with_place()}
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.locator("canvas")).to_be_visible()
    page.locator(".app-more summary").click()
    page.locator("textarea").fill("در مدرسه")
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    page.reload()  # the browser ended the app meanwhile
    unlock(page)
    expect(page.locator("[data-quantity]")).to_have_value("۱۸")
    expect(page.locator("textarea")).to_have_value("در مدرسه")
    expect(page.locator("canvas")).to_be_visible()
    page.locator(".app-foot button").click()
    expect(page.locator(".app-done")).to_be_visible()
    page.click("#tabs a[href='#/record']")
    expect(page.locator(".app-choice").first).to_be_visible()
    assert page.locator("[data-quantity]").count() == 0, "what was recorded does not come back"
    phone.context.set_offline(False)
    body = beside(page, scene, "return (await sending.items())[0].body")
    assert json.loads(body)["note"] == "در مدرسه" and len(json.loads(body)["files"]) == 1


def test_an_empty_pin_and_a_key_that_is_held_down_cost_no_tries(phone: Visitor) -> None:
    page = phone.page
    page.click("#lock")
    pin = page.locator("input[type=password]")
    for _time in range(12):
        pin.press("Enter")
    expect(page.locator(".notice-bad")).to_contain_text("۴ تا ۸")
    pin.fill("0001")
    page.evaluate(
        """() => { const pin = document.querySelector('input[type=password]');
          for (let n = 0; n < 12; n++) pin.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', repeat: n > 0 })); }"""
    )
    expect(page.locator(".notice-bad")).to_contain_text("۹")
    unlock(page)


def test_a_network_that_answers_nothing_keeps_the_worker_no_longer_than_its_patience(
    visitors: Visitors, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "PATIENCE", 300)
    visitor = a_phone(visitors, scene, "leader")
    page, wake = visitor.page, woken_by_the_browser(visitor)
    taken, entered, go = phone_views.receive, threading.Event(), threading.Event()

    def stuck(*given: Any, **more: Any) -> Any:
        if not entered.is_set():
            entered.set()
            go.wait(120)
        return taken(*given, **more)

    monkeypatch.setattr(phone_views, "receive", stuck)
    visitor.context.set_offline(True)
    record(page, "19")
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    visitor.context.set_offline(False)
    wake()
    until(page, entered.is_set)
    unlock(page)
    try:
        settled(page)
        assert Entry.objects.filter(quantity=19).count() == 1
    finally:
        go.set()


def test_the_worker_sends_all_that_waits_however_much(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    wake = woken_by_the_browser(phone)
    modules(page)
    phone.context.set_offline(True)
    beside(page, scene, "for (let n = 1; n <= 90; n++) await sending.record('entry', one(n));")
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    phone.context.set_offline(False)
    wake()
    mine = Entry.objects.filter(indicator=scene.packages, posted_by=scene.world.people["leader"])
    until(page, lambda: mine.count() == 90)
    unlock(page)
    settled(page)
    assert Sent.objects.count() == 90


def test_what_the_worker_heard_in_another_epoch_is_sent_once_more(
    phone: Visitor, scene: Scene
) -> None:
    """A backup was restored between the worker's sending and the opening of the app."""
    page = phone.page
    modules(page)
    phone.context.set_offline(True)
    record(page, "21")
    heard = "const [item] = await sending.items(); await store.put('heard', { id: item.id, verdict: 'new', epoch: 99 }); await store.drop('outbox', item.id);"
    beside(page, scene, heard)
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    assert Entry.objects.filter(quantity=21).count() == 1


def test_a_version_in_whose_place_another_one_stands_is_said_again_in_a_new_epoch(
    phone: Visitor, scene: Scene
) -> None:
    """Others may name it, and a site that was restored has forgotten that the two are one."""
    page, batches = phone.page, list[set[str]]()
    page.on("request", lambda sent: batches.append(ids_in(sent.post_data or "{}")))
    first, second = beside(
        page,
        scene,
        """
          const first = await sending.record('entry', one(23));
          await sending.send();
          const second = await sending.record('entry', one(23), { mends: first });
          await sending.send();
          return [first.id, second.id];
        """,
    )
    assert {first, second} not in batches
    states = beside(
        page,
        scene,
        """
          await store.keep('epoch', 99);
          await sending.send();
          return Object.fromEntries((await sending.items()).map((item) => [item.id, item.state]));
        """,
    )
    assert {first, second} in batches
    assert states == {first: "taken", second: "replaced"}
    assert Entry.objects.filter(quantity=23).count() == 1


def test_what_is_not_there_yet_is_asked_about_once_each_time(phone: Visitor, scene: Scene) -> None:
    page, asked = phone.page, list[str]()
    page.on(
        "request", lambda request: asked.append(request.url) if "/sync/" in request.url else None
    )
    report = str(new_id())
    beside(
        page,
        scene,
        """
          await sending.send();
          await sending.record('verification', { report: given.report, quantity: '1' });
          await sending.send();
        """,
        report=report,
    )
    assert len(asked) <= 8, "the app, the worker and this script each asked once or twice"
    asked.clear()
    beside(page, scene, "await sending.send();")
    assert 1 <= len(asked) <= 3


def test_what_waits_in_vain_is_left_out_by_its_holder(phone: Visitor, scene: Scene) -> None:
    """The phone that recorded it may be lost, and a restore has taken it from the site."""
    page = phone.page
    beside(
        page,
        scene,
        """
          await sending.record('verification', { report: given.report, quantity: '1' });
          for (let n = 0; n < 3; n++) await sending.send();
        """,
        report=str(new_id()),
    )
    page.click("#tabs a[href='#/queue']")
    expect(page.locator(".app-why")).to_be_visible()
    look(page)
    page.get_by_role("button", name="کنار بگذار").click()
    settled(page)
    expect(page.locator(".app-item")).to_have_count(0)


def test_a_phone_that_was_locked_out_is_erased_also_while_nobody_opens_it(
    phone: Visitor, scene: Scene
) -> None:
    from datetime import UTC, datetime

    from karnameh.field.actions import revoke_device

    page = phone.page
    wake = woken_by_the_browser(phone)
    phone.context.set_offline(True)
    record(page, "22")
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    revoke_device(Device.objects.get(), by=scene.world.people["leader"], at=datetime.now(UTC))
    phone.context.set_offline(False)
    wake()
    expect(page.locator("#screen")).to_contain_text("قفل شده بود")
    left = page.evaluate(
        "async () => { const store = await import('/static/field/store.js'); return [(await store.all('items')).length, (await store.all('outbox')).length, await store.known()]; }"
    )
    assert left == [0, 0, False]
    assert not Entry.objects.filter(quantity=22).exists()


def test_a_photo_that_is_being_sent_lets_a_new_record_pass(phone: Visitor, scene: Scene) -> None:
    from field.test_files import with_place

    page = phone.page
    held = Held(page, "**/field/api/files/**")
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "23")
    photo = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": with_place()}
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.locator("canvas")).to_be_visible()
    page.locator(".app-foot button").click()
    expect(page.locator(".app-done")).to_be_visible()
    held.arrived()
    record(page, "24")
    assert not Entry.objects.filter(quantity=24).exists()
    held.let_go()
    until(page, Entry.objects.filter(quantity=24).exists)
    settled(page)
    done = "return (await store.all('files')).map((one) => one.done)"
    until(page, lambda: beside(page, scene, done) == [True])
