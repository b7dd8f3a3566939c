"""The protocol, item by item: what is taken once, what is refused with which words, what is kept."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from builders import (
    DAY,
    NOW,
    World,
    a_grant,
    a_money_indicator,
    an_activity,
    an_entry,
    an_indicator,
)
from field.conftest import a_phone
from field.sending import Sender, a_quantity, an_item, milliseconds, old_id
from karnameh.access.public import Role
from karnameh.activities.models import State
from karnameh.activities.public import move_activities
from karnameh.catalog.public import Dimension, Indicator
from karnameh.field.actions import revoke_device
from karnameh.field.models import Answered, CheckIn, Evidence, Sent, Settled
from karnameh.field.public import ask_unit, enrol_device, open_point
from karnameh.kernel.period import Period
from karnameh.ledger.public import Entry, Kind, Question, Stage, roll_up
from karnameh.ledger.public import Role as Part

ALWAYS = Period(None, None)


def total(world: World, indicator: Indicator) -> Decimal:
    """What the nation's dashboard says was reported."""
    cells = roll_up(world.reach("officer"), Question(world.nation, ALWAYS))
    return sum(
        (
            c.tally.quantity
            for c in cells
            if c.indicator == indicator.pk and c.stage == Stage.REPORTED
        ),
        Decimal(0),
    )


def test_an_item_is_taken_once_however_often_it_comes(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    item = a_quantity(world.local, indicator, "1150", written="۱٬۱۵۰")
    assert phone.verdicts(item) == ["new"]
    assert phone.verdicts(item, item) == ["same", "same"]
    entry = Entry.objects.get(pk=item["id"])
    assert entry.quantity == 1150 and entry.as_written == "۱٬۱۵۰" and entry.stage == Stage.REPORTED
    assert entry.posted_by == world.people["leader"] and entry.ends_on == DAY
    assert total(world, indicator) == 1150


def test_a_double_inside_a_batch_is_one_entry(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    item = a_quantity(world.local, indicator)
    assert phone.verdicts(item, item) == ["new", "new"]  # one receipt for each line, one entry
    assert Entry.objects.count() == 1 and Sent.objects.count() == 1


def test_one_bad_item_does_not_hold_up_the_others(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    good = [a_quantity(world.local, indicator, str(n)) for n in (1, 2, 3)]
    closed = an_activity(world.local, state=State.DRAFT)
    bad = a_quantity(world.local, indicator, "4", activity=closed.pk)
    first, second, refused, third = phone.send(good[0], good[1], bad, good[2])
    assert [one["verdict"] for one in (first, second, third)] == ["new"] * 3
    assert refused["verdict"] == "refused" and refused["mend"] == "activity"
    assert "برنامه" in refused["sentence"]
    assert total(world, indicator) == 6


def test_the_same_id_with_other_content_is_kept_beside_and_changes_nothing(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    pk = old_id()
    assert phone.verdicts(a_quantity(world.local, indicator, "5", pk=pk)) == ["new"]
    other = a_quantity(world.local, indicator, "7", pk=pk)
    assert phone.verdicts(other) == ["conflict"] and phone.verdicts(other) == ["conflict"]
    assert total(world, indicator) == 5
    kept = Sent.objects.get(verdict="conflict")
    assert kept.content is not None and kept.content["quantity"] == "7"
    in_one_batch = old_id()
    said = phone.verdicts(
        a_quantity(world.local, indicator, "1", pk=in_one_batch), a_quantity(world.local, indicator, "2", pk=in_one_batch)
    )  # fmt: skip
    assert said == ["new", "conflict"] and total(world, indicator) == 6


def test_an_id_that_came_another_way_is_never_taken_over(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    there = an_entry(world.local, indicator, 9, by=world.people["fars"])
    assert phone.verdicts(a_quantity(world.local, indicator, "1000", pk=there.pk)) == ["conflict"]
    assert total(world, indicator) == 9


def test_a_refusal_is_final_for_its_id_and_mending_ends_the_old_one(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    activity = an_activity(world.local, state=State.ACCEPTED)
    item = a_quantity(world.local, indicator, "4", activity=activity.pk)
    assert phone.verdicts(item) == ["refused"]
    move_activities([activity.pk], State.PACKAGED, by=world.people["fars"], at=NOW)
    assert phone.verdicts(item) == ["refused"], "a late copy must not slip in beside its successor"
    assert phone.verdicts(
        a_quantity(world.local, indicator, "4", activity=activity.pk, mends=item["id"])
    ) == ["new"]
    assert phone.verdicts(item) == ["refused"]
    assert total(world, indicator) == 4
    assert Settled.objects.get().how == "mended"


def test_what_replaces_an_item_that_never_arrived_keeps_it_out(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    late = a_quantity(world.local, indicator, "4")
    assert phone.verdicts(a_quantity(world.local, indicator, "5", mends=late["id"])) == ["new"]
    assert phone.verdicts(late) == ["refused"]
    assert total(world, indicator) == 5


def test_what_replaces_an_item_that_was_taken_is_refused(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    first = a_quantity(world.local, indicator, "4")
    phone.send(first)
    assert phone.verdicts(a_quantity(world.local, indicator, "5", mends=first["id"])) == ["refused"]
    assert total(world, indicator) == 4


def test_a_late_copy_of_the_first_of_three_finds_its_place_taken(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """Found by the simulation: after a restore the site knew neither the first nor the second."""
    first, second = a_quantity(world.local, indicator, "4"), a_quantity(world.local, indicator, "5")
    third = a_quantity(world.local, indicator, "6", mends=[second["id"], first["id"]])
    assert phone.verdicts(third) == ["new"]
    assert phone.verdicts(first, second) == ["refused", "refused"]
    assert total(world, indicator) == 6


def test_a_correction_finds_the_first_version_when_the_mended_one_came_too_late(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """Found by the simulation: it was about the mended one, which a restore had put behind the first."""
    first = a_quantity(world.local, indicator, "4")
    second = a_quantity(world.local, indicator, "4", mends=[first["id"]])
    assert phone.verdicts(first) == ["new"]
    assert phone.send(second)[0]["entry"] == first["id"]
    body = {"entry": second["id"], "takes_back": True, "note": "twice"}
    assert phone.verdicts(an_item("correction", body)) == ["new"]
    assert total(world, indicator) == 0


def test_a_correction_of_a_mended_item_finds_its_first_version_after_a_restore(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """Found by the simulation: nobody sends the mended one again, once the first was taken after all."""
    first, mended = a_quantity(world.local, indicator, "4"), str(old_id())
    assert phone.verdicts(first) == ["new"]
    body = {"entry": mended, "takes_back": True, "note": "twice"}
    assert phone.verdicts(an_item("correction", body)) == ["wait"]
    assert phone.verdicts(an_item("correction", {**body, "also": [first["id"]]})) == ["new"]
    assert total(world, indicator) == 0


def test_two_versions_that_never_heard_of_each_other_are_one_entry(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """Found by the simulation: both replaced the first, one of them on the other side of a restore."""
    first = a_quantity(world.local, indicator, "4")
    one = a_quantity(world.local, indicator, "4", mends=[first["id"]])
    other = a_quantity(world.local, indicator, "4", mends=[first["id"]])
    assert phone.verdicts(one) == ["new"]
    [said] = phone.send(other)
    assert said["verdict"] == "refused" and said["entry"] == one["id"]
    [said] = phone.send(first)
    assert said["verdict"] == "refused" and said["entry"] == one["id"]
    assert phone.send(other)[0]["entry"] == one["id"], "a copy hears the same"
    assert total(world, indicator) == 4


def test_of_several_versions_in_one_batch_the_newest_is_taken(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """A phone says all of them again in a new epoch: others may name any of them."""
    first = a_quantity(world.local, indicator, "4")
    second = a_quantity(world.local, indicator, "5", mends=[first["id"]])
    third = a_quantity(world.local, indicator, "6", mends=[second["id"], first["id"]])
    said = phone.send(first, third, second)
    assert [one["verdict"] for one in said] == ["refused", "new", "refused"]
    assert {one["entry"] for one in said} == {third["id"]}
    assert phone.send(second, first) == [said[2], said[0]], "a copy hears the same"
    assert total(world, indicator) == 6


def test_two_versions_in_one_batch_that_never_heard_of_each_other_are_one_entry(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    first = str(old_id())
    one = a_quantity(world.local, indicator, "4", mends=[first])
    other = a_quantity(world.local, indicator, "4", mends=[first])
    said = phone.send(one, other)
    assert [one["verdict"] for one in said] == ["new", "refused"]
    assert said[1]["entry"] == one["id"] and total(world, indicator) == 4


def test_a_refused_version_in_a_batch_does_not_keep_out_the_one_before(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    first = a_quantity(world.local, indicator, "4")
    second = a_quantity(world.local, indicator, "a few", mends=[first["id"]])
    assert phone.verdicts(first, second) == ["new", "refused"]
    assert total(world, indicator) == 4


def test_items_that_replace_each_other_in_a_ring_are_one_entry(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    one, other = str(old_id()), str(old_id())
    ring = [
        a_quantity(world.local, indicator, "4", pk=pk, mends=[mended])
        for pk, mended in ((one, other), (other, one))
    ]
    assert phone.verdicts(*ring) == ["new", "refused"]
    assert total(world, indicator) == 4


def test_a_check_finds_its_report_when_both_versions_are_said_again(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """Found by the simulation (seed 1405): the check names a version in whose place an older one stands."""
    first = a_quantity(world.local, indicator, "4")
    second = a_quantity(world.local, indicator, "4", mends=[first["id"]])
    verifier = a_phone(world, "verifier", "nation")
    check = an_item("verification", {"report": second["id"], "quantity": "3"})
    assert phone.verdicts(first) == ["new"]
    assert verifier.verdicts(check) == ["wait"]
    assert phone.send(second)[0]["entry"] == first["id"]
    assert verifier.verdicts(check) == ["new"]


@pytest.mark.parametrize("mends", ["x", 7, [None, {}], ["not an id"] * 50, {"a": 1}])
def test_what_names_nothing_replaces_nothing(
    phone: Sender, world: World, indicator: Indicator, mends: Any
) -> None:
    assert phone.verdicts(a_quantity(world.local, indicator, "4", mends=mends)) == ["new"]
    assert total(world, indicator) == 4 and not Settled.objects.exists()


# --- the clock -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-365, 365, 3, -3])
def test_a_clock_that_is_wrong_is_noticed_and_the_day_is_asked_about(
    phone: Sender, world: World, indicator: Indicator, days: int
) -> None:
    wrong = NOW + timedelta(days=days)
    claimed = (DAY + timedelta(days=days)).isoformat()
    item = a_quantity(world.local, indicator, made=wrong, on=claimed)
    [said] = phone.send(item, sent=milliseconds(wrong))
    assert said["verdict"] == "ask" and said["day"] == DAY.isoformat() and said["sentence"]
    assert Entry.objects.count() == 0
    assert phone.send(item, sent=milliseconds(NOW))[0] == said, "a late copy hears the same"
    mended = a_quantity(world.local, indicator, on=said["day"], sure=True, mends=item["id"])
    assert phone.verdicts(mended, sent=milliseconds(wrong)) == ["new"]
    assert phone.verdicts(item, sent=milliseconds(NOW)) == ["ask"]
    assert Entry.objects.count() == 1


def test_a_day_to_come_is_never_taken_however_sure(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    tomorrow = (NOW.date() + timedelta(days=1)).isoformat()
    [said] = phone.send(a_quantity(world.local, indicator, on=tomorrow, sure=True))
    assert said["verdict"] == "ask" and said["day"] == NOW.date().isoformat()


def test_an_item_from_a_clock_that_was_set_right_before_sending_is_asked_about(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    item = a_quantity(world.local, indicator, made=NOW + timedelta(days=365))
    assert phone.verdicts(item) == ["ask"]


def test_a_few_hours_are_no_matter(phone: Sender, world: World, indicator: Indicator) -> None:
    early = NOW - timedelta(hours=9)
    assert phone.verdicts(
        a_quantity(world.local, indicator, made=early), sent=milliseconds(early)
    ) == ["new"]


# --- what cannot be read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"unit": None}, {"unit": "1"}, {"unit": 2**40}, {"unit": True}, {"indicator": []}, {"indicator": {}}, {"indicator": 2**31 - 1},
        {"quantity": "-4"}, {"quantity": "1e9"}, {"quantity": 10}, {"quantity": "9" * 17}, {"quantity": "1.2345"}, {"quantity": "NaN"},
        {"quantity": "1.5"}, {"on": "1405-08-30"}, {"on": "tomorrow"}, {"on": None}, {"place": "x"}, {"place": 2**31 - 1},
        {"activity": 2**31 - 1}, {"qualifier": 77}, {"qualifier": "x"}, {"files": [1]}, {"files": [{}] * 5}, {"dimensions": 999999},
        {"note": 7}, {"files": [{"sha256": "../../etc/passwd", "kind": "photo", "size": 1}]},
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_refused_with_words_and_nothing_is_posted(
    phone: Sender, world: World, indicator: Indicator, change: dict[str, Any]
) -> None:
    [bad, good] = phone.send(
        a_quantity(world.local, indicator, body=change), a_quantity(world.local, indicator, "3")
    )
    assert bad["verdict"] in ("refused", "ask") and bad["sentence"]
    assert good["verdict"] == "new" and total(world, indicator) == 3


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 400), ("{", 400), ("[]", 400), ("null", 400), ('{"v": "1"}', 400), ('{"v": 99}', 400), ('{"v": true}', 400),
        ('{"v": 1, "items": {}}', 400), ("[" * 100_000, 400), ('{"v": 1, "items": [' + "0," * 300 + "0]}", 413), (b"\xff\xfe", 400),
    ],
)  # fmt: skip
def test_a_batch_that_cannot_be_read_is_answered_in_our_words(
    phone: Sender, text: str, status: int
) -> None:
    response = phone.raw(text)
    assert response.status_code == status and response["X-Karnameh"] == "field"
    assert response.json()["sentence"]


@pytest.mark.parametrize("row", [None, 1, [], {}, {"id": "x"}, {"id": "0" * 5000}])
def test_a_spoilt_row_never_spoils_the_others(
    phone: Sender, world: World, indicator: Indicator, row: Any
) -> None:
    assert "new" in phone.verdicts(row, a_quantity(world.local, indicator))


def test_an_item_that_changed_on_its_way_is_told_so_and_is_not_final(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    item = a_quantity(world.local, indicator, "10")
    broken = {**item, "body": item["body"].replace('"10"', '"90"')}
    assert phone.verdicts(broken) == ["refused"]
    assert phone.verdicts(item) == ["new"] and total(world, indicator) == 10


def test_a_batch_of_the_first_version_is_taken_for_ever(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """The very bytes of a phone of the first release, which knew no clock and no files."""
    pk, body = (
        old_id(),
        f'{{"unit": {world.local.pk}, "indicator": {indicator.pk}, "quantity": "12", "on": "2026-11-21"}}',
    )
    item = an_item("entry", json.loads(body), pk=pk)
    assert (
        phone.raw(
            json.dumps({"v": 1, "items": [{k: item[k] for k in ("id", "kind", "hash", "body")}]})
        ).status_code
        == 200
    )
    assert Entry.objects.get(pk=pk).quantity == 12


# --- who speaks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "x", "x.1.y", "00000000-0000-7000-8000-000000000000.1.aa"])
def test_a_forged_token_opens_nothing(
    phone: Sender, world: World, indicator: Indicator, token: str
) -> None:
    item = a_quantity(world.local, indicator)
    headers = {"Authorization": f"Device {token}"}
    body = json.dumps({"v": 1, "items": [item]})
    for response in (
        Client().post("/field/api/sync/", body, content_type="application/json", headers=headers),
        Client().get("/field/api/down/", headers=headers),
        Client().get(f"/field/api/files/{'0' * 64}/", headers=headers),
    ):
        assert response.status_code == 401 and response.json()["error"] == "not_signed_in"
    assert Entry.objects.count() == 0


def test_a_cookie_alone_posts_nothing(world: World, phone: Sender, indicator: Indicator) -> None:
    """A foreign site can make a signed-in browser send a request, but not the phone's header."""
    client = Client()
    client.force_login(world.people["leader"])
    body = json.dumps({"v": 1, "items": [a_quantity(world.local, indicator)]})
    assert client.post("/field/api/sync/", body, content_type="text/plain").status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["leader"])
    assert strict.post("/field/api/enrol/", {"unit": world.local.pk}).status_code == 403


def test_a_stolen_session_of_a_phone_opens_no_page_and_nothing_of_others(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    """Whoever copies the token out of an open phone has what the phone has, until it is locked out."""
    thief = Client()
    thief.cookies["sessionid"] = phone.secrets.token
    thief.cookies["karnameh_session"] = phone.secrets.token
    for page in ("/", "/me/", "/field/phones/", f"/units/{world.local.pk}/", "/field/aside/"):
        answer = thief.get(page, headers=phone.headers)
        assert answer.status_code == 302 and "/login" in answer["Location"], page
    assert thief.post("/field/api/enrol/", {"unit": 1}, headers=phone.headers).status_code == 401
    stolen = Sender(phone.device, phone.secrets)
    assert stolen.verdicts(a_quantity(world.twin, indicator)) == ["refused"]
    text = stolen.down().content.decode()
    assert world.twin.name_fa not in text and world.people["fars"].office not in text
    revoke_device(phone.device, by=world.people["leader"], at=NOW)
    assert stolen.down().status_code == 401


def test_a_token_of_another_account_cannot_be_made_from_ones_own(
    world: World, phone: Sender
) -> None:
    device, _account, mark = phone.secrets.token.split(".")
    other = Sender(
        phone.device, type(phone.secrets)(f"{device}.{world.people['officer'].pk}.{mark}", "", "")
    )
    assert other.down().status_code == 401


def test_a_locked_out_phone_is_told_to_forget_and_posts_nothing(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    revoke_device(phone.device, by=world.people["leader"], at=NOW)
    for response in (phone.batch([a_quantity(world.local, indicator)]), phone.down()):
        assert response.status_code == 401 and response.json()["error"] == "device_revoked"
    sealed = phone.seal(a_quantity(world.local, indicator))
    assert phone.batch([], sealed=[sealed], device=str(phone.device.pk), v=2).status_code == 401
    assert Entry.objects.count() == 0


def test_a_closed_account_and_an_ended_grant_stop_its_phone(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    leader = world.people["leader"]
    leader.is_active = False
    leader.save()
    assert phone.batch([a_quantity(world.local, indicator)]).json()["error"] == "account_closed"
    leader.is_active = True
    leader.save()
    leader.grants.update(ends_at=NOW)
    assert phone.verdicts(a_quantity(world.local, indicator)) == ["refused"]
    assert Entry.objects.count() == 0


def test_a_phone_records_for_its_unit_alone_and_keeps_nothing_of_others(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    theirs = world.locals["taft"][0]
    [said] = phone.send(a_quantity(theirs, indicator, note="برای دیگری"))
    assert said["verdict"] == "refused" and Entry.objects.count() == 0
    assert Sent.objects.get().content == {}
    wide = a_phone(world, "officer", "shiraz")
    assert wide.verdicts(a_quantity(theirs, indicator)) == ["refused"], (
        "in the account's reach, not in the phone's"
    )
    assert wide.verdicts(a_quantity(world.local, indicator)) == ["new"]


def test_someone_who_only_reads_posts_nothing(world: World, indicator: Indicator) -> None:
    reader = a_phone(world, "auditor")
    [said] = reader.send(a_quantity(world.local, indicator))
    assert said["verdict"] == "refused" and Entry.objects.count() == 0


def test_a_phone_whose_row_was_lost_comes_back_under_its_own_id(
    phone: Sender, world: World
) -> None:
    before = phone.secrets
    strange = enrol_device(
        unit=world.local, name="دیگر", by=world.people["fars"], at=NOW, known_as=before.token
    )
    assert strange[0].pk != phone.device.pk, "another account cannot take its place"
    again, secrets = enrol_device(
        unit=world.local, name="x", by=world.people["leader"], at=NOW, known_as=before.token
    )
    assert again.pk == phone.device.pk and secrets == before


# --- sealed ------------------------------------------------------------------------------------------------


def test_a_locked_phone_delivers_what_it_sealed_and_learns_only_the_verdict(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    items = [a_quantity(world.local, indicator, str(n)) for n in (1, 2)]
    body = {
        "v": 2,
        "sent": milliseconds(NOW),
        "device": str(phone.device.pk),
        "sealed": [phone.seal(i) for i in items],
    }
    for verdict in ("new", "same"):
        response = Client().post(
            "/field/api/sync/", json.dumps(body), content_type="application/json"
        )
        assert response.json()["receipts"] == [{"id": i["id"], "verdict": verdict} for i in items]
    assert total(world, indicator) == 3


def test_a_seal_of_another_phone_or_a_changed_one_is_nothing(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    other = a_phone(world, "fars")
    sealed = other.seal(a_quantity(world.local, indicator))
    good = phone.seal(a_quantity(world.local, indicator))
    for forged in (sealed, good[:-8] + "AAAAAAA=", "", "x", "AAAA"):
        body = {"v": 2, "device": str(phone.device.pk), "sealed": [forged]}
        response = Client().post(
            "/field/api/sync/", json.dumps(body), content_type="application/json"
        )
        assert response.status_code in (400, 401), forged
    assert Entry.objects.count() == 0


# --- checks, corrections, questions ------------------------------------------------------------------------


def test_a_check_from_a_phone_stands_beside_the_report(world: World, indicator: Indicator) -> None:
    report = an_entry(world.local, indicator, 400, by=world.people["leader"])
    verifier = a_phone(world, "fars_verifier", "shiraz")
    [task] = [
        one for one in verifier.down().json()["parts"]["to_check"] if one["entry"] == str(report.pk)
    ]
    assert "quantity" not in task, "who counts again does not know what is expected"
    check = an_item("verification", {"report": str(report.pk), "quantity": "380", "note": "شمردم"})
    assert verifier.verdicts(check) == ["new"] and verifier.verdicts(check) == ["same"]
    found = Entry.objects.get(verifies=report.pk)
    assert found.quantity == 380 and found.stage == Stage.VERIFIED and str(found.pk) == check["id"]
    second = an_item("verification", {"report": str(report.pk), "quantity": "1"})
    assert verifier.verdicts(second) == ["refused"]


def test_nobody_checks_his_own_report_from_a_phone(
    world: World, phone: Sender, indicator: Indicator
) -> None:
    a_grant(world.people["leader"], Role.VERIFIER, world.local)
    report = an_entry(world.local, indicator, 400, by=world.people["leader"])
    [said] = phone.send(an_item("verification", {"report": str(report.pk), "quantity": "400"}))
    assert said["verdict"] == "refused" and "خود" in said["sentence"]


def test_a_question_from_above_waits_and_its_correction_answers_it(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    report = an_entry(world.local, indicator, 1200, by=world.people["leader"])
    ask_unit(report, words="صفرها درست است؟", by=world.people["fars"], at=NOW)
    [asked] = phone.down().json()["parts"]["asked"]
    assert asked["words"] == "صفرها درست است؟" and asked["quantity"] == "1200"
    item = an_item(
        "correction", {"entry": str(report.pk), "quantity": "120", "note": "یک صفر زیادی بود"}
    )
    assert phone.verdicts(item) == ["new"] and phone.verdicts(item) == ["same"]
    assert total(world, indicator) == 120
    assert Answered.objects.get().entry_id == Entry.objects.get(pk=item["id"]).pk
    assert phone.down().json()["parts"]["asked"] == []


def test_an_answer_may_be_that_it_stands(phone: Sender, world: World, indicator: Indicator) -> None:
    report = an_entry(world.local, indicator, 1200, by=world.people["leader"])
    ask_unit(report, words="مطمئنید؟", by=world.people["fars"], at=NOW)
    assert phone.verdicts(an_item("correction", {"entry": str(report.pk), "stands": True})) == [
        "new"
    ]
    assert total(world, indicator) == 1200 and Answered.objects.get().entry_id is None
    again = an_item("correction", {"entry": str(report.pk), "stands": True})
    assert phone.verdicts(again) == ["wait"], "nobody has asked any more"


def test_a_wrong_entry_is_taken_back_from_the_phone_once(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    report = an_entry(world.local, indicator, 7, by=world.people["leader"])
    item = an_item(
        "correction", {"entry": str(report.pk), "takes_back": True, "note": "دو بار ثبت شد"}
    )
    assert phone.verdicts(item) == ["new"] and phone.verdicts(item) == ["same"]
    assert total(world, indicator) == 0
    assert Entry.objects.filter(corrects=report.pk, kind=Kind.REVERSAL).count() == 1
    silent = an_item("correction", {"entry": str(report.pk), "takes_back": True})
    assert phone.send(silent)[0]["mend"] == "note"


def test_nothing_of_another_unit_can_be_corrected_or_checked(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    theirs = an_entry(world.locals["taft"][0], indicator, 5, by=world.people["officer"])
    for item in (
        an_item("correction", {"entry": str(theirs.pk), "takes_back": True, "note": "x"}),
        an_item("verification", {"report": str(theirs.pk), "quantity": "5"}),
        an_item("correction", {"entry": str(old_id()), "takes_back": True, "note": "x"}),
    ):
        [said] = phone.send(item)
        assert said["verdict"] == "wait" and "وجود ندارد" in said["sentence"]
    assert Entry.objects.count() == 1


# --- check-in ------------------------------------------------------------------------------------------------


def person_days() -> Indicator:
    return an_indicator("volunteer-day")


def test_heads_at_a_venue_become_person_days_of_ones_own_unit(phone: Sender, world: World) -> None:
    days = person_days()
    host = world.locals["shiraz"][1]
    point = open_point(an_activity(host), unit=host, by=world.people["fars"], at=NOW)
    body = {"point": point.code.lower(), "quantity": "12", "on": DAY.isoformat()}
    item = an_item("check-in", body)
    assert phone.verdicts(item) == ["new"] and phone.verdicts(item) == ["same"]
    entry = Entry.objects.get(pk=item["id"])
    assert entry.unit == world.local and entry.indicator == days
    assert entry.quantity == 12 and entry.role == Part.PARTNER
    assert CheckIn.objects.get().people == 12
    assert phone.verdicts(an_item("check-in", body)) == ["refused"], "a team is there once a day"
    walk_up = an_item("check-in", {**body, "how": "walk-up", "quantity": "3"})
    assert phone.verdicts(
        walk_up, an_item("check-in", {**body, "how": "walk-up", "quantity": "2"})
    ) == ["new", "new"]


@pytest.mark.parametrize(
    "change", [{"point": "ZZZZZZ"}, {"point": 7}, {"quantity": "0"}, {"quantity": "2001"}, {"quantity": None}, {"on": "2026-11-20"}]
)  # fmt: skip
def test_a_check_in_that_cannot_be_is_refused(
    phone: Sender, world: World, change: dict[str, Any]
) -> None:
    person_days()
    point = open_point(
        an_activity(world.local), unit=world.local, by=world.people["leader"], at=NOW
    )
    body = {"point": point.code, "quantity": "12", "on": DAY.isoformat(), **change}
    assert phone.verdicts(an_item("check-in", body)) == ["refused"]
    assert CheckIn.objects.count() == 0 and Entry.objects.count() == 0


# --- places, positions, money ----------------------------------------------------------------------------------


def test_a_position_is_rounded_here_whatever_the_phone_did(
    phone: Sender, world: World, indicator: Indicator
) -> None:
    files = [
        {
            "sha256": "ab" * 32,
            "kind": "photo",
            "size": 9,
            "taken": milliseconds(NOW),
            "consent": True,
        }
    ]
    phone.send(a_quantity(world.local, indicator, near=[29.591768, 52.583698], files=files))
    sent, evidence = Sent.objects.get(), Evidence.objects.get()
    assert (sent.latitude, sent.longitude) == (Decimal("29.59"), Decimal("52.58"))
    assert (evidence.latitude, evidence.consent) == (Decimal("29.59"), True)
    for near in ([999, 1], [1], "x", [None, 2], [1e400, 2]):
        assert phone.verdicts(a_quantity(world.local, indicator, near=near)) == ["new"]


def an_indicator_by_sex() -> Indicator:
    """Parcels that may be cut by sex, and another cut that they do not have."""
    for code, parts in (("sex", ("women", "men")), ("sector", ("state",))):
        cut = Dimension.objects.create(code=code, name_fa=code, name_en=code, position=1)
        for part in parts:
            cut.options.create(code=part, name_fa=part, name_en=part, position=1)
    made = an_indicator()
    made.dimensions.add(Dimension.objects.get(code="sex"))
    return made


def test_a_part_of_a_total_is_said_by_its_codes(phone: Sender, world: World) -> None:
    indicator = an_indicator_by_sex()
    women = a_quantity(world.local, indicator, "4", parts={"sex": "women"})
    men = a_quantity(world.local, indicator, "3", parts={"sex": "men"})
    whole = a_quantity(world.local, indicator, "9")
    assert phone.verdicts(women, men, whole) == ["new"] * 3
    assert Entry.objects.get(pk=women["id"]).dimensions.key == "sex=women"
    assert Entry.objects.get(pk=whole["id"]).dimensions_id == 1
    assert total(world, indicator) == 16
    parts = phone.down().json()["parts"]
    [row] = [one for one in parts["indicators"] if one[0] == indicator.pk]
    assert row[6] == ["sex"] and ["women", "women"] in {c: p for c, _n, p in parts["cuts"]}["sex"]


@pytest.mark.parametrize(
    "parts",
    [
        {"sex": "x"},
        {"sector": "state"},
        {"shoe": "42"},
        ["sex"],
        {"sex": 1},
        {"sex": ""},
        {"a": "b" * 99},
    ],
)
def test_a_part_that_does_not_exist_is_refused_in_words(
    phone: Sender, world: World, parts: Any
) -> None:
    indicator = an_indicator_by_sex()
    [said] = phone.send(a_quantity(world.local, indicator, "4", parts=parts))
    assert said["verdict"] == "refused" and said["mend"] == "parts" and said["sentence"]
    assert not Entry.objects.exists()


def test_money_is_whole_rials(phone: Sender, world: World) -> None:
    money = a_money_indicator("spent")
    item = a_quantity(world.local, money, "190000000", written="۱۹ میلیون تومان")
    assert phone.verdicts(item) == ["new"]
    assert Entry.objects.get(pk=item["id"]).rial == 190_000_000


def test_an_unknown_quantity_is_no_zero(phone: Sender, world: World, indicator: Indicator) -> None:
    unknown, zero = (
        a_quantity(world.local, indicator, None),
        a_quantity(world.local, indicator, "0"),
    )
    assert phone.verdicts(unknown, zero) == ["new", "new"]
    assert Entry.objects.get(pk=unknown["id"]).quantity is None
    assert Entry.objects.get(pk=zero["id"]).quantity == 0


def test_the_epoch_and_the_time_are_in_every_answer(phone: Sender) -> None:
    for response in (phone.batch([]), phone.down(), phone.raw("{")):
        said = response.json()
        assert said["epoch"] == 1 and said["now"] == milliseconds(NOW)
        assert response["Cache-Control"] == "no-store"
