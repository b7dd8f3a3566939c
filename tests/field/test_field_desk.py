"""The site's pages around phones: locking out, settling, the saved queue, points, the document."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from builders import DAY, NOW, World, a_campaign, an_activity, an_entry, an_indicator
from field.conftest import a_phone
from field.sending import Sender, a_quantity, an_item, milliseconds, old_id
from field.test_protocol import an_indicator_by_sex
from karnameh.activities.models import State
from karnameh.activities.public import move_activities
from karnameh.catalog.public import Indicator, load_dictionary
from karnameh.field.actions import check_in
from karnameh.field.models import Asked, CheckIn, Device, Point, Sent, Settled
from karnameh.field.public import ask_unit, open_point
from karnameh.ledger.public import Entry, Stage
from karnameh.plumbing.public import OutOfReach


def signed_in(world: World, who: str) -> Client:
    client = Client()
    client.force_login(world.people[who])
    return client


def test_a_phone_is_taken_in_by_the_session_and_locked_out_on_the_accounts_page(
    world: World, indicator: Indicator
) -> None:
    client = signed_in(world, "leader")
    offered = client.get("/field/api/enrol/").json()
    assert offered["units"] == [[world.local.pk, world.local.name]] and offered["csrf"]
    assert client.post("/field/api/enrol/", {"unit": world.fars.pk}).status_code == 404
    given = client.post("/field/api/enrol/", {"unit": world.local.pk, "name": "سامسونگ"}).json()
    assert set(given) >= {"token", "store", "envelope", "device"}
    assert client.get("/field/phones/").status_code == 302, "the site is not left signed in"
    client = signed_in(world, "leader")
    assert "سامسونگ" in client.get("/field/phones/").content.decode()
    assert "/field/phones/" in client.get("/me/").content.decode()
    assert (
        signed_in(world, "officer").post(f"/field/phones/{given['device']}/lock/").status_code
        == 404
    )
    assert client.post(f"/field/phones/{given['device']}/lock/").status_code == 302
    headers = {"Authorization": f"Device {given['token']}"}
    assert Client().get("/field/api/down/", headers=headers).json()["error"] == "device_revoked"


def test_an_administrator_locks_out_the_phone_of_a_unit_beneath_him(
    world: World, phone: Sender
) -> None:
    assert (
        signed_in(world, "fars").post(f"/field/phones/{phone.device.pk}/lock/").status_code == 302
    )
    device = Device.objects.get()
    assert device.revoked_by == world.people["fars"]


def test_one_account_has_few_phones(world: World) -> None:
    answers = [
        signed_in(world, "leader").post("/field/api/enrol/", {"unit": world.local.pk}).status_code
        for _ in range(9)
    ]
    assert answers == [200] * 8 + [409]


def test_a_stranger_gets_an_answer_and_no_page(world: World) -> None:
    response = Client().get("/field/api/enrol/")
    assert response.status_code == 401 and response.json()["error"] == "not_signed_in"


# --- what could not be delivered ------------------------------------------------------------------------------


def a_refused_item(phone: Sender, world: World, indicator: Indicator) -> dict[str, Any]:
    activity = an_activity(world.local, state=State.ACCEPTED)
    item = a_quantity(world.local, indicator, "40", activity=activity.pk, note="در مسجد")
    assert phone.verdicts(item) == ["refused"]
    move_activities([activity.pk], State.PACKAGED, by=world.people["fars"], at=NOW)
    return item


def test_an_officer_mends_and_posts_what_was_refused(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    item = a_refused_item(phone, world, indicator)
    officer = signed_in(world, "fars")
    page = officer.get("/field/aside/").content.decode()
    sent = Sent.objects.get()
    assert f"/field/aside/{sent.pk}/" in page
    assert "در مسجد" in officer.get(f"/field/aside/{sent.pk}/").content.decode()
    wrong = officer.post(f"/field/aside/{sent.pk}/", {"quantity": "1.500", "on": "1405/08/30"})
    assert wrong.status_code == 422 and Entry.objects.count() == 0
    done = officer.post(f"/field/aside/{sent.pk}/", {"quantity": "۴۵", "on": "1405/08/30"})
    entry = Entry.objects.get()
    assert (
        done.status_code == 302 and entry.quantity == 45 and entry.posted_by == world.people["fars"]
    )
    assert Settled.objects.get().how == "posted"
    assert phone.verdicts(item) == ["refused"], "the phone's own copy stays out"
    again = officer.post(f"/field/aside/{sent.pk}/", {"quantity": "45", "on": "1405/08/30"})
    assert again.status_code == 422 and Entry.objects.count() == 1
    [line] = [one for one in phone.down().json()["parts"]["sent"] if one["id"] == item["id"]]
    assert line["settled"] == "posted"
    mended = a_quantity(world.local, indicator, "40", mends=[item["id"]])
    [said] = phone.send(mended)  # the leader mended it, too, before he heard of the officer
    assert said["verdict"] == "refused" and said["entry"] == str(entry.pk)
    assert Entry.objects.count() == 1


def test_what_was_set_aside_is_left_out_only_with_a_reason(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    pk = old_id()
    phone.send(a_quantity(world.local, indicator, "5", pk=pk))
    phone.send(a_quantity(world.local, indicator, "7", pk=pk))
    sent = Sent.objects.get(verdict="conflict")
    officer = signed_in(world, "fars")
    assert officer.post(f"/field/aside/{sent.pk}/", {"drop": "1", "note": " "}).status_code == 422
    assert (
        officer.post(f"/field/aside/{sent.pk}/", {"drop": "1", "note": "دوباره"}).status_code == 302
    )
    assert Settled.objects.get().how == "dropped"
    assert "دوباره" in officer.get(f"/field/aside/{sent.pk}/").content.decode()


def test_what_is_set_aside_is_seen_in_reach_and_settled_by_role(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    a_refused_item(phone, world, indicator)
    address = f"/field/aside/{Sent.objects.get().pk}/"
    for who, status in (
        ("fars", 200),
        ("leader", 200),
        ("auditor", 403),
        ("verifier", 403),
        ("stranger", 404),
    ):
        assert signed_in(world, who).get(address).status_code == status, who
    mehriz = a_phone(world, "officer", "mehriz")
    assert mehriz.down().status_code == 200


def a_file(device: Device, *items: Any) -> SimpleUploadedFile:
    given = {"karnameh": "field queue", "device": str(device.pk), "items": list(items)}
    return SimpleUploadedFile("queue.json", json.dumps(given).encode())


def test_a_saved_queue_is_taken_in_once(phone: Sender, world: World, indicator: Indicator) -> None:
    first, second = a_quantity(world.local, indicator, "1"), a_quantity(world.local, indicator, "2")
    phone.send(first)
    officer = signed_in(world, "fars")
    page = officer.post(
        "/field/aside/queue/", {"file": a_file(phone.device, first, second, {"id": "x"})}
    )
    assert page.status_code == 200 and Entry.objects.count() == 2
    text = page.content.decode()
    for item in (first, second):  # what it was, for people, beside what became of it
        assert f'href="/entries/{item["id"]}/"' in text
    assert indicator.name in text and world.local.name in text
    assert phone.verdicts(second) == ["same"]
    for who in ("stranger", "auditor"):
        client = signed_in(world, who)
        assert client.post(
            "/field/aside/queue/", {"file": a_file(phone.device, first)}
        ).status_code in (403, 404)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b'{"karnameh": "field queue", "device": 7, "items": []}', b"\xff"]
)
def test_a_file_that_is_no_queue_is_refused_kindly(world: World, text: bytes) -> None:
    page = signed_in(world, "fars").post(
        "/field/aside/queue/", {"file": SimpleUploadedFile("q", text)}
    )
    assert page.status_code == 422


# --- questions and points ---------------------------------------------------------------------------------------


def test_a_question_is_asked_on_the_page_of_the_entry(world: World, indicator: Indicator) -> None:
    entry = an_entry(world.local, indicator, 400, by=world.people["leader"])
    fars, leader = signed_in(world, "fars"), signed_in(world, "leader")
    assert f"/field/ask/{entry.pk}/" in fars.get(f"/entries/{entry.pk}/").content.decode()
    assert f"/field/ask/{entry.pk}/" not in leader.get(f"/entries/{entry.pk}/").content.decode()
    assert fars.post(f"/field/ask/{entry.pk}/", {"words": ""}).status_code == 422
    assert fars.post(f"/field/ask/{entry.pk}/", {"words": "درست است؟"}).status_code == 302
    assert fars.post(f"/field/ask/{entry.pk}/", {"words": "و باز؟"}).status_code == 422
    assert Asked.objects.count() == 1
    assert "درست است؟" in leader.get(f"/entries/{entry.pk}/").content.decode()
    assert signed_in(world, "auditor").get(f"/field/ask/{entry.pk}/").status_code == 403


def test_a_point_has_a_sheet_with_a_square_code(world: World) -> None:
    activity = an_activity(world.local, day=NOW.date())
    leader = signed_in(world, "leader")
    made = leader.post("/field/points/", {"activity": activity.pk})
    point = Point.objects.get()
    assert made.status_code == 302 and len(point.code) == 6
    page = leader.get(f"/field/points/{point.code}/").content.decode()
    assert (
        "<svg" in page
        and point.code in page
        and "style=" not in page.split("sheet-qr")[1].split("</svg>")[0]
    )
    assert leader.post("/field/points/", {"activity": activity.pk}).status_code == 422
    assert signed_in(world, "stranger").get(f"/field/points/{point.code}/").status_code == 404
    other = an_activity(world.locals["taft"][0], day=NOW.date())
    assert leader.post("/field/points/", {"activity": other.pk}).status_code == 422


# --- checking in without the app --------------------------------------------------------------------------------


def a_check_in(point: str, **more: Any) -> dict[str, Any]:
    given = {
        "item": str(old_id()),
        "point": point,
        "how": "team",
        "quantity": "۱۲",
        "on": "1405/08/30",
    }
    return given | more


def test_heads_are_checked_in_by_a_plain_form_once_however_often_it_is_sent(world: World) -> None:
    an_indicator("volunteer-day")
    point = open_point(
        an_activity(world.local), unit=world.local, by=world.people["leader"], at=NOW
    )
    leader = signed_in(world, "leader")
    page = leader.get("/field/check-in/").content.decode()
    assert (
        world.local.name_fa in page and "<script" not in page.split("<main")[1].split("</main")[0]
    )
    given = a_check_in(point.code.lower(), unit=world.local.pk)
    for _time in range(2):
        assert leader.post("/field/check-in/", given).status_code == 302
    entry = Entry.objects.get()
    assert entry.quantity == 12 and entry.unit == world.local and entry.activity_id
    assert CheckIn.objects.get().people == 12 and CheckIn.objects.get().device is None
    again = leader.post("/field/check-in/", a_check_in(point.code, unit=world.local.pk))
    assert again.status_code == 422 and "۱۲" in again.content.decode(), "the team was here today"
    walked = a_check_in(point.code, unit=world.local.pk, how="walk-up", quantity="3")
    assert leader.post("/field/check-in/", walked).status_code == 302
    assert Entry.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"point": "222222"}, {"quantity": "0"}, {"quantity": "2001"}, {"quantity": "x"}, {"quantity": "1.500"},
        {"on": "1405/01/01"}, {"on": "1499/01/01"}, {"on": ""}, {"item": "x"}, {"how": "x"}, {"point": "\x00"},
    ],
)  # fmt: skip
def test_a_plain_check_in_that_cannot_be_is_refused_and_keeps_what_was_typed(
    world: World, wrong: dict[str, Any]
) -> None:
    an_indicator("volunteer-day")
    point = open_point(
        an_activity(world.local), unit=world.local, by=world.people["leader"], at=NOW
    )
    given = a_check_in(point.code, unit=world.local.pk) | wrong
    said = signed_in(world, "leader").post("/field/check-in/", given)
    assert said.status_code == 422 and not Entry.objects.exists() and not CheckIn.objects.exists()
    if "point" not in wrong:
        assert point.code in said.content.decode()


def test_nobody_is_checked_in_for_a_unit_of_others(world: World) -> None:
    an_indicator("volunteer-day")
    point = open_point(
        an_activity(world.local), unit=world.local, by=world.people["leader"], at=NOW
    )
    other = world.locals["taft"][0]
    said = signed_in(world, "leader").post(
        "/field/check-in/", a_check_in(point.code, unit=other.pk)
    )
    assert said.status_code == 422 and not Entry.objects.exists()
    with pytest.raises(OutOfReach):
        check_in(point.code, unit=other, people=Decimal(3), on=DAY, team=True, identifier=old_id(), by=world.people["leader"], at=NOW)  # fmt: skip
    assert signed_in(world, "verifier").get("/field/check-in/").status_code == 403


# --- the document -----------------------------------------------------------------------------------------------


def test_the_document_comes_by_parts_and_not_at_all_when_nothing_changed(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    campaign = a_campaign()
    activity = an_activity(world.local, campaign=campaign)
    an_entry(
        world.local,
        indicator,
        100,
        by=world.people["fars"],
        stage=Stage.PLEDGED,
        activity=activity.pk,
    )
    first = phone.down()
    whole = first.json()
    assert set(whole["parts"]) == set(whole["marks"])
    assert whole["parts"]["promised"] == [[indicator.pk, activity.pk, "100", 0]]
    assert [one["id"] for one in whole["parts"]["week"]["activities"]] == [activity.pk]
    assert phone.down(**{"If-None-Match": first["ETag"]}).status_code == 304
    assert phone.down(**{"If-None-Match": f"W/{first['ETag']}"}).status_code == 304
    have = ",".join(f"{name}:{mark}" for name, mark in whole["marks"].items())
    assert phone.down(have).json()["parts"] == {}
    item = a_quantity(world.local, indicator, "90", activity=activity.pk)
    phone.send(item)
    changed = phone.down(have).json()["parts"]
    assert set(changed) == {"sent", "promised", "fitting"} - (
        {"fitting"} if "fitting" not in changed else set()
    )
    assert changed["promised"] == [[indicator.pk, activity.pk, "100", 1]]
    [line] = changed["sent"]
    assert (line["id"], line["verdict"], line["quantity"]) == (item["id"], "new", "90")


def test_the_last_batch_brings_the_document_along_but_never_for_a_locked_phone(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    whole = phone.down()
    have = ",".join(f"{name}:{mark}" for name, mark in whole.json()["marks"].items())
    assert "down" not in phone.batch([]).json()
    assert phone.batch([], have=have).json()["down"]["parts"] == {}
    said = phone.batch([a_quantity(world.local, indicator, "90")], have=have).json()
    [line] = said["down"]["parts"]["sent"]
    assert line["quantity"] == "90" and set(said["down"]["parts"]) <= {"sent", "fitting"}
    assert phone.down(**{"If-None-Match": said["down"]["tag"]}).status_code == 304
    sealed = {"v": 2, "sent": milliseconds(NOW), "device": str(phone.device.pk), "have": have,
              "sealed": [phone.seal(a_quantity(world.local, indicator))]}  # fmt: skip
    answer = phone.client.post("/field/api/sync/", json.dumps(sealed), "application/json").json()
    assert [one["verdict"] for one in answer["receipts"]] == ["new"] and "down" not in answer


def test_no_fault_in_the_document_keeps_back_a_receipt(
    phone: Sender, world: World, indicator: Indicator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any, **_more: Any) -> Any:
        raise ValueError("broken")

    monkeypatch.setattr("karnameh.field.views.phone.document", broken)
    said = phone.batch([a_quantity(world.local, indicator)], have="").json()
    assert [one["verdict"] for one in said["receipts"]] == ["new"] and "down" not in said


def test_the_dictionary_on_a_phone_follows_every_change_of_it(phone: Sender, world: World) -> None:
    indicator = an_indicator_by_sex()

    def shown() -> Any:
        parts = phone.down().json()["parts"]
        return next((one for one in parts["indicators"] if one[0] == indicator.pk), None), parts[
            "cuts"
        ]

    first = shown()
    indicator.name_fa = "نامی دیگر"
    indicator.save()
    assert first[0] != shown()[0] and shown()[0][1] == "نامی دیگر"
    indicator.dimensions.clear()
    assert shown()[0][6] == []
    indicator.retired_on = DAY
    indicator.save()
    assert shown()[0] is None


def test_the_document_tells_what_somebody_else_counted_and_what_was_taken_back(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    item, other = a_quantity(world.local, indicator, "90"), a_quantity(world.local, indicator, "7")
    phone.send(item, other)
    verifier = a_phone(world, "fars_verifier", "shiraz")
    verifier.send(an_item("verification", {"report": item["id"], "quantity": "88"}))
    phone.send(an_item("correction", {"entry": other["id"], "takes_back": True, "note": "اشتباه"}))
    lines = {one["id"]: one for one in phone.down().json()["parts"]["sent"]}
    assert lines[item["id"]]["checked"] == "88" and lines[other["id"]]["undone"] is True


def test_the_document_with_the_whole_dictionary_is_small(phone: Sender, world: World) -> None:
    load_dictionary(at=NOW)
    campaign = a_campaign()
    found = list(Indicator.objects.filter(time_rule="sum")[:40])
    for number, indicator in enumerate(found):
        activity = an_activity(world.local, campaign=campaign, day=DAY + timedelta(days=number % 3))
        an_entry(world.local, indicator, 10 + number, by=world.people["fars"], stage=Stage.PLEDGED, activity=activity.pk, place=world.shiraz.place_id)  # fmt: skip
        if activity.starts_on == DAY:
            report = an_entry(
                world.local, indicator, 5, by=world.people["leader"], activity=activity.pk
            )
            if number < 18:
                ask_unit(report, words="لطفاً دوباره نگاه کنید", by=world.people["fars"], at=NOW)
    phone.send(*(a_quantity(world.local, one, "3") for one in found if one.measure.decimals == 0))
    assert len(gzip.compress(phone.down().content)) < 20_000


def test_the_document_costs_the_same_for_few_and_for_many(
    phone: Sender, world: World, queries: Any
) -> None:
    indicator = an_indicator()
    point = open_point(
        an_activity(world.local, day=NOW.date()),
        unit=world.local,
        by=world.people["leader"],
        at=NOW,
    )
    assert point.code
    phone.send(a_quantity(world.local, indicator))
    with queries:
        phone.down()
    few = len(queries)
    phone.send(*(a_quantity(world.local, indicator, str(n)) for n in range(2, 40)))
    with queries:
        phone.down()
    assert len(queries) <= few and few < 45
