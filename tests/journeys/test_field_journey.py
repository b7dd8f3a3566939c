"""The phone app on a phone of 360 dots, in Persian: without a network, with two tabs, lost and found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from builders import as_owner
from journeys.pocket import (
    PIN,
    _running_clock,
    a_phone,
    forgive,
    look,
    phone,
    record,
    settled,
    unlock,
    woken_by_the_browser,
)
from journeys.scene import Scene
from journeys.visitor import Visitor, Visitors, until
from karnameh.field.actions import revoke_device
from karnameh.field.models import Device, Sent, StoredFile
from karnameh.kernel.number_words import to_words
from karnameh.ledger.public import Entry

__all__ = ["_running_clock", "phone"]
pytestmark = pytest.mark.journey


def test_a_leader_records_without_a_network_and_it_arrives_once(
    phone: Visitor, scene: Scene
) -> None:
    page = phone.page
    look(page)
    before = Entry.objects.count()
    phone.context.set_offline(True)
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "۱۱۵۰")
    expect(page.locator(".echo")).to_contain_text(to_words(1150))
    expect(page.locator(".app-far")).to_be_visible()
    look(page)
    page.locator(".app-foot button").click()
    assert page.locator(".app-done").count() == 0, "far from the promise: asked about once more"
    page.locator(".app-far input").check()
    page.locator(".app-foot button").click()
    expect(page.locator("#strip")).to_contain_text("شبکه نیست")
    record(page, "7")
    expect(page.locator(".app-badge")).to_have_text("۲")
    assert Entry.objects.count() == before
    page.reload()  # a cold start without a network
    page.locator("input[type=password]").fill(PIN)
    page.get_by_role("button", name="باز کن").click()
    expect(page.locator(".app-badge")).to_have_text("۲")
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    mine = Entry.objects.filter(posted_by=scene.world.people["leader"], indicator=scene.packages)
    assert sorted(int(one.quantity or 0) for one in mine) == [7, 1150]
    assert mine.get(quantity=1150).fulfils_id == scene.promise.pk
    page.click("#tabs a[href='#/queue']")
    expect(page.locator(".badge-good")).to_have_count(2)
    look(page)


def test_a_photo_goes_along_without_its_place(phone: Visitor, scene: Scene) -> None:
    from field.test_files import with_place

    page = phone.page
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "5")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": with_place()}
    )
    expect(page.locator("canvas")).to_be_visible()
    page.locator(".app-foot button").click()
    expect(page.locator(".app-done")).to_be_visible()
    entry = until(page, Entry.objects.filter(quantity=5).first)
    officer = Client()
    officer.force_login(scene.world.people["officer"])

    def shown() -> str:
        text = officer.get(f"/entries/{entry.pk}/").content.decode()
        return text if "<img" in text else ""

    assert "/field/evidence/" in until(page, shown)


def test_the_lock_counts_tries_waits_and_erases(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    phone.context.set_offline(True)
    record(page, "9")
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    assert "بسته" not in page.locator("body").inner_text()
    look(page)
    page.locator("input[type=password]").fill("0000")
    page.get_by_role("button", name="باز کن").click()
    expect(page.locator(".notice-bad")).to_contain_text("۹")
    found = page.evaluate(
        """async () => {
          const store = await import('/static/field/store.js');
          let open = 0, waits = 0;
          for (let n = 0; n < 10000; n++) {
            if (n < 12 && n !== 5) await store.keep('not_before', 0); // as if the finder had waited
            const said = await store.unlock(String(n).padStart(4, '0'));
            open += said.ok ? 1 : 0;
            waits += said.wait ? 1 : 0;
            if (said.wiped && n > 30 && n < 7000) n = 7000;
          }
          const left = await store.all('items');
          return { open, waits, left: left.length, key: await store.known(), right: (await store.unlock('7391')).ok };
        }"""
    )
    assert found["open"] == 0 and found["left"] == 0 and not found["key"] and not found["right"]
    assert found["waits"] >= 5


def test_nothing_that_says_something_lies_open_on_the_phone(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    record(page, "4242", sure=True)
    settled(page)
    lying = page.evaluate(
        """async () => {
          const base = await new Promise((done) => { const r = indexedDB.open('karnameh-field'); r.onsuccess = () => done(r.result); });
          const text = (value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value)
            : value instanceof CryptoKey ? `key ${value.extractable}` : value && typeof value === 'object' ? Object.entries(value).map(([k, v]) => `${k}=${text(v)}`).join(' ') : String(value);
          let all = '';
          for (const name of base.objectStoreNames) {
            const rows = await new Promise((done) => { const r = base.transaction(name).objectStore(name).getAll(); r.onsuccess = () => done(r.result); });
            all += rows.map(text).join('\\n');
          }
          return all + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage });
        }"""
    )
    assert "key false" in lying and "key true" not in lying
    for secret in ("4242", scene.world.local.name_fa, "token", "Device ", scene.packages.name_fa):
        assert secret not in lying, secret


def test_two_tabs_send_once(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    phone.context.set_offline(True)
    for number in ("21", "22", "23"):
        record(page, number)
    other = phone.context.new_page()
    other.goto(page.url)
    other.locator("input[type=password]").fill(PIN)
    other.get_by_role("button", name="باز کن").click()
    expect(other.locator(".app-badge")).to_have_text("۳")
    phone.context.set_offline(False)
    for tab in (page, other):
        tab.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    settled(other)
    assert Entry.objects.filter(quantity__in=[21, 22, 23]).count() == 3


def test_a_full_phone_says_so_and_keeps_what_was_typed(phone: Visitor) -> None:
    page = phone.page
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = function () { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "88")
    page.locator(".app-foot button").click()
    expect(page.locator(".notice-bad")).to_contain_text("گوشی پر است")
    assert page.input_value("[data-quantity]") == "88"


def test_a_killed_tab_loses_nothing_that_was_recorded(phone: Visitor) -> None:
    phone.context.set_offline(True)
    record(phone.page, "31")
    phone.page.close(run_before_unload=False)
    page = phone.context.new_page()
    phone.page = page
    phone.open("/field/")
    page.locator("input[type=password]").fill(PIN)
    page.get_by_role("button", name="باز کن").click()
    expect(page.locator(".app-badge")).to_have_text("۱")
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    assert Entry.objects.filter(quantity=31).count() == 1


def test_a_locked_out_phone_forgets_everything(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    phone.context.set_offline(True)
    record(page, "41")
    revoke_device(Device.objects.get(), by=scene.world.people["leader"], at=datetime.now(UTC))
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#screen")).to_contain_text("قفل شده بود")
    assert page.evaluate("import('/static/field/store.js').then((store) => store.known())") is False
    assert Entry.objects.filter(quantity=41).count() == 0


def test_a_foreign_page_with_status_200_is_no_answer(phone: Visitor) -> None:
    page = phone.page
    page.route(
        "**/field/api/**",
        lambda route: route.fulfill(
            status=200, content_type="text/html", body="<h1>Welcome to the café</h1>"
        ),
    )
    record(page, "51")
    expect(page.locator("#strip")).to_contain_text("این شبکه")
    page.unroute("**/field/api/**")
    page.click("#tabs a[href='#/queue']")
    page.locator(".app-stack .btn-main").click()
    settled(page)
    assert Entry.objects.filter(quantity=51).count() == 1


def test_a_refused_item_is_mended_in_the_queue(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    phone.context.set_offline(True)
    record(page, "61")
    scene.packages.retired_on = scene.activity.starts_on
    scene.packages.save()
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.click("#tabs a[href='#/queue']")
    expect(page.locator(".badge-bad")).to_be_visible()
    expect(page.locator(".app-why")).not_to_be_empty()
    look(page)
    assert (
        Entry.objects.filter(quantity=61).count() == 0
        and Sent.objects.get(verdict="refused").content["quantity"] == "61"
    )


def test_the_queue_is_saved_to_a_file_that_an_officer_takes_in(
    phone: Visitor, scene: Scene
) -> None:
    page = phone.page
    phone.context.set_offline(True)
    record(page, "71")
    page.click("#tabs a[href='#/queue']")
    with page.expect_download() as saving:
        page.get_by_role("button", name="ذخیرهٔ صف").click()
    saved = json.loads(Path(saving.value.path()).read_text())
    assert saved["karnameh"] == "field queue" and len(saved["items"]) == 1
    officer = Client()
    officer.force_login(scene.world.people["fars"])
    with open(saving.value.path(), "rb") as file:
        assert officer.post("/field/aside/queue/", {"file": file}).status_code == 200
    assert Entry.objects.filter(quantity=71).count() == 1


def test_the_worker_leaves_the_rest_of_the_site_alone(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) found.push(new URL(one.url).pathname);
          return found;
        }"""
    )
    assert "/field/" in kept
    assert all(one.startswith(("/field/app-", "/static/")) or one == "/field/" for one in kept)
    weight = page.evaluate(
        """async () => {
          let bytes = 0;
          for (const name of await caches.keys()) for (const one of await (await caches.open(name)).matchAll()) {
            const squeezed = new Response(one.body.pipeThrough(new CompressionStream('gzip')));
            bytes += (await squeezed.arrayBuffer()).byteLength;
          }
          return bytes;
        }"""
    )
    assert weight < 150_000, weight
    page_kept = "caches.match('/field/', { ignoreVary: true }).then((one) => one.text())"
    assert 'id="offer"' not in page.evaluate(page_kept), "the page that is kept is nobody's"
    phone.open("/me/")
    assert page.evaluate("navigator.serviceWorker.controller") is None
    phone.context.clear_cookies()
    shell = Client().get("/field/").content.decode()
    for person in (scene.world.people["leader"].office, scene.world.local.name_fa):
        assert person not in shell


def test_a_forgotten_phone_signs_in_again_and_delivers(phone: Visitor, scene: Scene) -> None:
    """The backup that was restored is older than the phone."""
    page = phone.page
    phone.context.set_offline(True)
    record(page, "81")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE field_device DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM field_device")
        cursor.execute("ALTER TABLE field_device ENABLE TRIGGER USER")
    phone.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#strip")).to_contain_text("دوباره وارد شوید")
    client = Client()  # the holder signs in again
    client.force_login(scene.world.people["leader"])
    name = settings.SESSION_COOKIE_NAME
    phone.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": phone.home}]
    )
    page.click("#tabs a[href='#/queue']")
    page.locator(".app-stack .btn-main").click()
    settled(page)
    assert Entry.objects.filter(quantity=81).count() == 1 and Device.objects.count() == 1


def test_what_waits_is_sent_in_the_background_while_the_app_is_locked(
    phone: Visitor, scene: Scene
) -> None:
    page = phone.page
    wake = woken_by_the_browser(phone)
    phone.context.set_offline(True)
    record(page, "91")
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    assert not Entry.objects.filter(quantity=91).exists()
    phone.context.set_offline(False)
    wake()
    until(page, Entry.objects.filter(quantity=91).exists)
    assert page.locator("input[type=password]").is_visible(), "nobody had to open it"
    unlock(page)
    settled(page)
    page.click("#tabs a[href='#/queue']")
    expect(page.locator(".badge-good")).to_have_count(1)
    assert Entry.objects.filter(quantity=91).count() == 1


def test_what_was_refused_while_the_app_was_locked_says_why_when_it_is_opened(
    phone: Visitor, scene: Scene
) -> None:
    page = phone.page
    wake = woken_by_the_browser(phone)
    phone.context.set_offline(True)
    record(page, "94")
    page.click("#lock")
    expect(page.locator("input[type=password]")).to_be_visible()
    scene.packages.retired_on = scene.activity.starts_on
    scene.packages.save()
    phone.context.set_offline(False)
    wake()
    until(page, Sent.objects.filter(verdict="refused").exists)
    unlock(page)
    page.click("#tabs a[href='#/queue']")
    expect(page.locator(".badge-bad")).to_have_count(1)
    expect(page.locator(".app-why")).not_to_be_empty()
    assert Sent.objects.count() == 1 and not Entry.objects.filter(quantity=94).exists()


def test_after_two_weeks_without_a_network_the_app_opens_records_and_delivers(
    visitors: Visitors, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two weeks lie behind us: a browser's worker knows no other time than the true one, and it sends, too."""
    weeks = timedelta(days=14)
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC) - weeks)
    before = f"const now = Date.now.bind(Date); if (!sessionStorage.later) Date.now = () => now() - {weeks // timedelta(milliseconds=1)};"
    phone = a_phone(visitors, scene, "leader", script=before)
    page = phone.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.context.set_offline(True)
    record(page, "92")
    page.evaluate("sessionStorage.later = 'yes'")
    monkeypatch.setattr(timezone, "now", lambda: datetime.now(UTC))
    page.reload()
    unlock(page)
    expect(page.locator(".app-badge")).to_have_text("۱")
    record(page, "93")
    woken = woken_by_the_browser(phone)
    phone.context.set_offline(False)
    woken()
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    first, second = (Entry.objects.get(quantity=number) for number in (92, 93))
    assert second.ends_on - first.ends_on == weeks


def test_a_phone_that_lost_its_store_begins_anew_and_sees_what_it_had_sent(
    phone: Visitor, scene: Scene
) -> None:
    """The app was removed and installed again, or the browser cleared its store."""
    page = phone.page
    record(page, "96")
    settled(page)
    browser = phone.context.new_cdp_session(page)
    browser.send("Storage.clearDataForOrigin", {"origin": phone.home, "storageTypes": "all"})
    client = Client()
    client.force_login(scene.world.people["leader"])
    name = settings.SESSION_COOKIE_NAME
    phone.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": phone.home}]
    )
    phone.open("/field/")
    for number in (0, 1):
        page.locator("input[type=password]").nth(number).fill(PIN)
    page.get_by_role("button", name="شروع").click()
    expect(page.locator("#screen")).to_contain_text("۹۶")
    record(page, "97")
    settled(page)
    assert Entry.objects.filter(quantity__in=[96, 97]).count() == 2 and Device.objects.count() == 2


def test_signing_out_with_a_full_queue_saves_it_first(phone: Visitor, scene: Scene) -> None:
    page = phone.page
    phone.context.set_offline(True)
    record(page, "94")
    page.click("#tabs a[href='#/queue']")
    page.locator("a[href='#/leave']").click()
    out = page.locator("button.btn-bad")
    expect(out).to_be_disabled()
    look(page)
    with page.expect_download() as saving:
        page.get_by_role("button", name="ذخیرهٔ صف").click()
    saved = Path(saving.value.path()).read_bytes()
    page.locator(".check input").check()
    out.click()
    expect(page.locator("#tabs")).to_be_hidden()
    expect(page.locator(".notice-warn")).to_contain_text("پاک شد")
    expect(page.locator("#strip")).to_be_hidden()  # what is erased waits no more
    assert page.evaluate("import('/static/field/store.js').then((store) => store.known())") is False
    officer = Client()
    officer.force_login(scene.world.people["fars"])
    officer.post("/field/aside/queue/", {"file": SimpleUploadedFile("queue.json", saved)})
    assert Entry.objects.filter(quantity=94).count() == 1


def test_the_last_record_is_repeated_with_its_number_at_a_touch(
    phone: Visitor, scene: Scene
) -> None:
    page = phone.page
    record(page, "98")
    page.get_by_role("button", name="یکی دیگر").click()
    page.get_by_role("button", name="همان عدد").click()
    expect(page.locator(".echo")).to_contain_text(to_words(98))
    look(page)
    page.locator(".app-foot button").click()
    expect(page.locator(".app-done")).to_be_visible()
    settled(page)
    assert Entry.objects.filter(quantity=98).count() == 2


def test_the_phone_says_numbers_in_the_same_words_and_reads_the_same_digits(phone: Visitor) -> None:
    """The two rules exist twice: in kernel/ and in words.js."""
    import random

    from karnameh.kernel.malformed import Malformed
    from karnameh.kernel.quantity import parse_quantity

    chance = random.Random(1405)
    numbers = [*range(1_200), *(10**n + d for n in range(3, 18) for d in (-1, 0, 1))]
    numbers += [chance.randrange(10 ** chance.randint(1, 18)) for _ in range(800)]
    ours = phone.page.evaluate(
        "async (given) => { const { words } = await import('/static/field/words.js'); return given.map(words); }",
        [str(one) for one in numbers],
    )
    assert ours == [to_words(one) for one in numbers]
    typed = [
        "۱۲",
        "1,200",
        "۱٬۲۰۰",
        "1.500",
        "1.5",
        "۱٫۵",
        "1,5",
        "12/5",
        "",
        " ٤٢ ",
        "007",
        "1 200",
        "1,20",
        "1'000",
        "x",
        "-3",
        "1e3",
        "۱۲۳۴۵۶۷",
    ]
    read = phone.page.evaluate(
        "async (given) => { const { quantity } = await import('/static/field/words.js'); return given.map((one) => quantity(one, 1)); }",
        typed,
    )
    for text, found in zip(typed, read, strict=True):
        try:
            wanted = parse_quantity(text, decimals=1)
        except Malformed:
            assert found is None, text
        else:
            # What the phone does not read it refuses; it never reads anything otherwise.
            assert found is None if wanted < 0 else found == f"{wanted.normalize():f}", text


def test_a_voice_note_goes_along_and_is_heard_on_the_page_of_its_entry(
    phone: Visitor, scene: Scene
) -> None:
    """The browser's own test tone stands for somebody who speaks."""
    page = phone.page
    page.click("#tabs a[href='#/record']")
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "101")
    voice = page.get_by_role("button", name="یادداشت صوتی")
    voice.click()
    going = page.get_by_role("button", name="پایان")
    expect(going).to_contain_text("۲")  # seconds
    look(page)
    going.click()
    expect(page.locator(".app-file")).to_have_count(1)
    page.locator(".app-foot button").click()
    expect(page.locator(".app-done")).to_be_visible()
    file = until(page, StoredFile.objects.first)
    entry = until(page, Entry.objects.filter(quantity=101).first)
    assert (file.kind, entry.posted_by) == ("voice", scene.world.people["leader"])
    officer = phone.context.browser.new_context()  # type: ignore[union-attr]
    client = Client()
    client.force_login(scene.world.people["officer"])
    name = settings.SESSION_COOKIE_NAME
    officer.add_cookies([{"name": name, "value": client.cookies[name].value, "url": phone.home}])
    listening = officer.new_page()
    listening.goto(f"{phone.home}/entries/{entry.pk}/")
    heard = listening.locator("audio").evaluate(
        "(one) => new Promise((done) => { one.onloadedmetadata = () => done('sound'); one.onerror = () => done(one.error.message); one.load(); })"
    )
    officer.close()
    assert heard == "sound"


def test_the_app_in_english_stays_english_when_the_session_has_ended(
    visitors: Visitors, scene: Scene
) -> None:
    leader = scene.world.people["leader"]
    leader.language, leader.digits, leader.calendar = "en", "latin", "gregorian"
    leader.save()
    visitor = visitors.come(leader, "phone")
    forgive(visitor)
    page = visitor.page
    page.set_viewport_size({"width": 320, "height": 640})
    visitor.open("/field/")
    for number in (0, 1):
        page.locator("input[type=password]").nth(number).fill(PIN)
    page.get_by_role("button", name="Begin on this phone").click()
    expect(page.locator("#tabs a").first).to_be_visible()
    walk(page, "ltr")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.get_by_role("button", name="Open the app")).to_be_visible()
    visitor.context.set_offline(True)
    page.reload()
    page.locator("input[type=password]").fill(PIN)
    page.get_by_role("button", name="Open the app").click()
    expect(page.locator("#tabs a").first).to_contain_text("Today")


def walk(page: Page, direction: str) -> None:
    """Every screen that a leader comes to, at the narrowest width."""
    assert page.locator("html").get_attribute("dir") == direction
    for screen in ("#/", "#/check-in", "#/queue", "#/leave", "#/record"):
        page.evaluate("(hash) => { location.hash = hash; }", screen)
        expect(page.locator("#screen > *").first).to_be_visible()
        look(page)
        assert contrast(page) >= 7, screen
    page.locator(".app-choice").first.click()
    page.fill("[data-quantity]", "1150")
    page.locator(".app-more summary").click()
    expect(page.locator(".app-far")).to_be_visible()
    look(page)
    assert contrast(page) >= 7


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_app_fits_320_dots_and_is_read_in_bright_light(
    visitors: Visitors, scene: Scene, scheme: str
) -> None:
    visitor = a_phone(visitors, scene, "leader", color_scheme=scheme)
    visitor.page.set_viewport_size({"width": 320, "height": 640})
    walk(visitor.page, "rtl")


def contrast(page: Page) -> float:
    """The weakest text of the page against what it stands on, as WCAG computes it; axe passes over some."""
    return float(
        page.evaluate(
            """() => {
              const part = (v) => { const c = v / 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
              const light = ([r, g, b]) => .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
              const read = (text) => text.match(/[\\d.]+/g).map(Number);
              const ground = (node) => { for (let one = node; one; one = one.parentElement) { const c = read(getComputedStyle(one).backgroundColor); if (c.length < 4 || c[3] === 1) return c; } return [255, 255, 255]; };
              let least = 21;
              for (const one of document.querySelectorAll('body *')) {
                if (![...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || !one.getClientRects().length || one.closest('[disabled],script,noscript')) continue;
                const [a, b] = [light(read(getComputedStyle(one).color)), light(ground(one))];
                least = Math.min(least, (Math.max(a, b) + .05) / (Math.min(a, b) + .05));
              }
              return least;
            }"""
        )
    )
