"""Messages to programs: who hears what, how often, and that nothing about people leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.test import Client
from pydantic import ValidationError

from builders import NOW, World, a_grant, a_user, an_entry, an_indicator, as_owner
from exchange.receiver import Receiver, listening
from karnameh.access.public import Grant, Role
from karnameh.exchange.api.interface import described
from karnameh.exchange.api.tokens import make_token
from karnameh.exchange.models import Attempt, Delivery, Subscription
from karnameh.exchange.webhooks import actions
from karnameh.exchange.webhooks.actions import Wanted, subscribe
from karnameh.exchange.webhooks.events import SHAPES, message
from karnameh.exchange.webhooks.models import Going, Kind, Paused
from karnameh.exchange.webhooks.rules import MOST_TRIES, PATIENCE
from karnameh.exchange.webhooks.working import (
    LEASE,
    count_arrivals,
    forget_messages,
    send_messages,
    spread_notices,
)
from karnameh.ledger.public import reverse_entry, seal
from karnameh.people.public import User
from karnameh.plumbing.models import Notice
from karnameh.plumbing.public import OutOfReach, Refusal, announce
from workbench import next_moment

pytestmark = pytest.mark.usefixtures("db")
ALL = tuple(one for one in Kind.values if one != "ping")
ADDRESS = "https://hooks.example.org/karnameh"


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.WEBHOOK_LOOPBACK = True


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as one:
        yield one


def a_hook(
    user: User, unit: Any, address: str = ADDRESS, kinds: tuple[str, ...] = ALL
) -> tuple[Subscription, str]:
    user.__dict__.pop("_grants_in_force", None)
    if not actions.may_subscribe(user, at=NOW):
        make_token(name="سامانهٔ آزمون", unit=None, may_write=False, days=30, by=user, at=NOW)
    return subscribe(Wanted(address, unit.pk, kinds), by=user, at=NOW)


def told(kind: str, hook: Subscription) -> list[dict[str, Any]]:
    return [
        json.loads(one.body)["data"] for one in hook.deliveries.filter(kind=kind).order_by("pk")
    ]


# --- subscribing ----------------------------------------------------------------------------------


def test_only_programs_with_a_key_and_administrators_subscribe(world: World) -> None:
    leader = world.people["leader"]
    with pytest.raises(Refusal) as refused:
        subscribe(Wanted(ADDRESS, world.local.pk, ALL), by=leader, at=NOW)
    assert refused.value.status == 403
    make_token(name="x", unit=None, may_write=False, days=1, by=leader, at=NOW)
    made, secret = subscribe(Wanted(ADDRESS, world.local.pk, ALL), by=leader, at=NOW)
    assert made.kinds == list(ALL) and secret.startswith("whsec_")
    with pytest.raises(Refusal):  # the key has ended since
        subscribe(Wanted(ADDRESS, world.local.pk, ALL), by=leader, at=NOW + timedelta(days=2))
    assert subscribe(Wanted(ADDRESS, world.nation.pk, ALL), by=world.people["admin2"], at=NOW)
    with pytest.raises(OutOfReach):
        subscribe(Wanted(ADDRESS, world.fars.pk, ALL), by=leader, at=NOW)


@pytest.mark.parametrize(
    ("address", "kinds", "field"),
    [
        ("http://example.org/", ALL, "address"), ("https://localhost/", ALL, "address"),
        ("https://10.0.0.1/", ALL, "address"), (ADDRESS, (), "kinds"), (ADDRESS, ("ping",), "kinds"),
        (ADDRESS, ("none.such",), "kinds"),
    ],
)  # fmt: skip
def test_a_wrong_wish_is_refused_at_its_field(
    world: World, address: str, kinds: tuple[str, ...], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        a_hook(world.people["admin"], world.nation, address, kinds)
    assert refused.value.field == field and str(refused.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(
            owner=world.people["admin"], unit=world.nation, address="http://10.0.0.1/", kinds=["ping"],
            secret="x", created_at=NOW, counted_to=0, counted_at=NOW,
        )  # fmt: skip


def test_ten_subscriptions_are_enough_and_an_ended_one_does_not_count(world: World) -> None:
    admin = world.people["admin"]
    made = [a_hook(admin, world.nation, f"{ADDRESS}?{n}")[0] for n in range(10)]
    with pytest.raises(Refusal):
        a_hook(admin, world.nation)
    actions.end(made[0].pk, by=admin, at=NOW)
    assert a_hook(admin, world.nation)
    with pytest.raises(Refusal):
        actions.resume(made[0].pk, by=admin, at=NOW)


def test_a_second_click_makes_no_second_subscription(world: World) -> None:
    admin = world.people["admin"]
    hook, _secret = a_hook(admin, world.nation)
    with pytest.raises(Refusal) as refused:
        a_hook(admin, world.nation, ADDRESS, ("head.sealed",))
    assert refused.value.status == 409
    assert a_hook(admin, world.fars) and a_hook(world.people["admin2"], world.nation)
    actions.end(hook.pk, by=admin, at=NOW)
    assert a_hook(admin, world.nation)


def test_the_secret_is_kept_only_sealed_and_reaches_no_trail(world: World) -> None:
    hook, first = a_hook(world.people["admin"], world.nation)
    second = actions.change_secret(hook.pk, by=world.people["admin"], at=NOW)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM exchange_subscription t")
        kept = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(c::text, ' ') FROM plumbing_change c")
        trail = cursor.fetchone()[0]
    hook.refresh_from_db()
    for secret in (first, second, hook.secret, hook.former_secret):
        assert secret not in trail
    assert first not in kept and second not in kept and "exchange_subscription" in trail


def test_a_subscription_is_never_deleted(world: World) -> None:
    a_hook(world.people["admin"], world.nation)
    with (
        pytest.raises((IntegrityError, InternalError, ProgrammingError)),
        as_owner(), transaction.atomic(), connection.cursor() as cursor,
    ):  # fmt: skip
        cursor.execute("DELETE FROM exchange_subscription")


def test_the_owner_speaks_for_it_an_administrator_above_only_stops_it(world: World) -> None:
    hook, _secret = a_hook(world.people["leader"], world.local)
    for stranger in ("fars_verifier", "stranger", "officer"):
        with pytest.raises(OutOfReach):
            actions.pause(hook.pk, by=world.people[stranger], at=NOW)
    for deed in (actions.change_secret, actions.send_trial, actions.resume):
        with pytest.raises(Refusal) as refused:
            deed(hook.pk, by=world.people["fars"], at=NOW)
        assert refused.value.status == 403
    actions.pause(hook.pk, by=world.people["fars"], at=NOW)
    assert Subscription.objects.get().paused == Paused.BY_HAND
    actions.end(hook.pk, by=world.people["admin"], at=NOW)
    assert Subscription.objects.get().ended


# --- who hears what -------------------------------------------------------------------------------


def test_entries_are_told_as_counts_of_the_reach_alone(world: World) -> None:
    indicator, officer = an_indicator(), world.people["officer"]
    an_entry(world.local, indicator, 1, by=officer)
    next_moment()
    seal(at=NOW)
    nation, _s = a_hook(officer, world.nation)
    fars, _s = a_hook(officer, world.fars)
    leader, _s = a_hook(world.people["leader"], world.local)
    before = an_entry(world.local, indicator, 5, by=officer)
    an_entry(world.locals["taft"][0], indicator, 7, by=officer)
    reverse_entry(before, note="آزمون", by=officer, at=NOW)
    next_moment()
    seal(at=NOW)
    assert not count_arrivals(at=NOW)  # a minute has not passed
    assert Delivery.objects.count() == 0
    count_arrivals(at=NOW + timedelta(minutes=2))
    count_arrivals(at=NOW + timedelta(minutes=4))
    for hook, entries in ((nation, 2), (fars, 1), (leader, 1)):
        [one] = told("entries.posted", hook)
        assert one == {
            "unit": hook.unit.code,
            "arrived": [{"stage": "reported", "entries": entries, "reversals": 1}],
        }


def test_notices_go_to_those_who_see_the_unit_and_asked_for_the_kind(world: World) -> None:
    officer = world.people["officer"]
    nation, _s = a_hook(officer, world.nation)
    yazd, _s = a_hook(officer, world.yazd)
    heads, _s = a_hook(officer, world.nation, f"{ADDRESS}?heads", ("head.sealed",))
    paused, _s = a_hook(officer, world.nation, f"{ADDRESS}?paused")
    actions.pause(paused.pk, by=officer, at=NOW)
    other, _s = a_hook(world.people["fars"], world.fars)
    body = {"number": str(uuid4()), "state": "posted", "unit": "10", "new": 3, "same": 0}
    announce("import.finished", body, at=NOW, path=world.fars.path, account=officer.pk)
    assert not spread_notices(at=NOW)
    assert Notice.objects.count() == 0
    assert told("import.finished", nation) == [body]
    assert [one.deliveries.count() for one in (yazd, heads, paused, other)] == [0, 0, 0, 0]


def test_a_head_is_told_to_everybody_who_asked(world: World) -> None:
    hook, _s = a_hook(world.people["leader"], world.local)
    an_entry(world.local, an_indicator(), 3, by=world.people["officer"])
    next_moment()
    head = seal(at=NOW)
    spread_notices(at=NOW)
    [one] = told("head.sealed", hook)
    assert (one["number"], one["digest"]) == (head.number, bytes(head.digest).hex())
    assert one["short_code"] == head.code


def test_nobody_hears_before_an_embargo_ends(world: World) -> None:
    hook, _s = a_hook(world.people["officer"], world.nation)
    body = {"figure": "x", "address": "/figures/x/", "by": None}
    announce("figure.withdrawn", body, at=NOW, not_before=NOW + timedelta(hours=1))
    spread_notices(at=NOW + timedelta(minutes=59))
    assert not hook.deliveries.exists()
    spread_notices(at=NOW + timedelta(hours=1))
    assert told("figure.withdrawn", hook) == [body]


def test_whoever_lost_his_roles_hears_nothing_more(world: World, receiver: Receiver) -> None:
    user = a_user()
    a_grant(user, Role.REPORTER, world.fars)
    hook, _s = a_hook(user, world.fars, receiver.address)
    actions.send_trial(hook.pk, by=user, at=NOW)
    with as_owner():
        Grant.objects.filter(user=user).update(ends_at=NOW - timedelta(days=1))
    announce("figure.withdrawn", {"figure": "x", "address": "/", "by": None}, at=NOW)
    spread_notices(at=NOW)
    assert hook.deliveries.count() == 1
    assert send_messages(at=NOW)
    assert Attempt.objects.get().outcome == "out_of_reach" and not receiver.got


def test_a_notice_with_more_than_its_shape_never_leaves(world: World) -> None:
    a_hook(world.people["officer"], world.nation)
    body = {"figure": "x", "address": "/", "by": None, "author": "دفتر رسانه"}
    with pytest.raises(ValidationError):
        message("figure.withdrawn", body, at=NOW)


def test_a_notice_that_cannot_be_told_hinders_no_other(world: World) -> None:
    hook, _s = a_hook(world.people["officer"], world.nation)
    announce("figure.withdrawn", {"figure": "x", "author": "دفتر"}, at=NOW)
    announce("none.such", {}, at=NOW)
    good = {"figure": "y", "address": "/", "by": None}
    announce("figure.withdrawn", good, at=NOW)
    spread_notices(at=NOW)
    assert told("figure.withdrawn", hook) == [good] and not Notice.objects.exists()


# --- sending --------------------------------------------------------------------------------------


def test_a_message_arrives_signed_and_once(world: World, receiver: Receiver) -> None:
    admin = world.people["admin"]
    hook, secret = a_hook(admin, world.nation, receiver.address)
    made = actions.send_trial(hook.pk, by=admin, at=NOW)
    assert send_messages(at=NOW) and not send_messages(at=NOW + timedelta(days=1))
    [(headers, body)] = receiver.got
    assert headers["webhook-id"] == str(made.pk)
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert receiver.signed_by(secret) and not receiver.signed_by("whsec_" + "A" * 43 + "=")
    assert json.loads(body)["type"] == "ping" and json.loads(body)["data"] == {"unit": "N"}
    made.refresh_from_db()
    assert (made.state, made.tries, made.attempts.get().status) == (Going.SENT, 1, 200)


def test_a_new_secret_and_the_one_before_sign_together_for_a_day(
    world: World, receiver: Receiver
) -> None:
    admin = world.people["admin"]
    hook, first = a_hook(admin, world.nation, receiver.address)
    second = actions.change_secret(hook.pk, by=admin, at=NOW)
    for at, both in ((NOW, True), (NOW + timedelta(days=1), False)):
        actions.send_trial(hook.pk, by=admin, at=at)
        assert send_messages(at=at)
        assert receiver.signed_by(second) and receiver.signed_by(first) is both


def test_what_is_not_taken_is_tried_again_then_given_up_and_can_be_sent_again(
    world: World, receiver: Receiver
) -> None:
    admin, at = world.people["admin"], NOW
    hook, _s = a_hook(admin, world.nation, receiver.address)
    made = actions.send_trial(hook.pk, by=admin, at=at)
    receiver.answers = [500, 302, 404, *[503] * MOST_TRIES][:MOST_TRIES]
    for tries in range(1, MOST_TRIES + 1):
        assert send_messages(at=at)
        made.refresh_from_db()
        assert made.tries == tries
        if tries < MOST_TRIES:
            assert not send_messages(at=made.due - timedelta(seconds=1))
            at = made.due
    assert made.state == Going.DEAD and Attempt.objects.count() == MOST_TRIES
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    actions.send_again(made.pk, by=admin, at=at)
    assert send_messages(at=at)
    made.refresh_from_db()
    assert (made.state, len(receiver.got)) == (Going.SENT, MOST_TRIES + 1)
    assert receiver.got[-1][1] == receiver.got[0][1]


def test_a_receiver_that_takes_nothing_is_left_alone_until_its_owner_mends_it(
    world: World, receiver: Receiver
) -> None:
    admin = world.people["admin"]
    hook, _s = a_hook(admin, world.nation, receiver.address)
    Subscription.objects.update(lost=PATIENCE - 1)
    made = actions.send_trial(hook.pk, by=admin, at=NOW)
    Delivery.objects.update(tries=MOST_TRIES - 1)
    receiver.answers = [500]
    send_messages(at=NOW)
    assert Subscription.objects.get().paused == Paused.FAILING
    actions.send_again(made.pk, by=admin, at=NOW)
    assert not send_messages(at=NOW)
    actions.resume(hook.pk, by=admin, at=NOW)
    assert send_messages(at=NOW) and Subscription.objects.get().lost == 0


def test_a_message_in_the_hands_of_a_dead_worker_comes_back(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    from karnameh.exchange.webhooks import working

    admin = world.people["admin"]
    hook, _s = a_hook(admin, world.nation, receiver.address)
    actions.send_trial(hook.pk, by=admin, at=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(working, "_write_down", lambda *_: None)  # killed before it wrote
        send_messages(at=NOW)
    assert not send_messages(at=NOW + LEASE / 2)
    assert send_messages(at=NOW + LEASE)
    assert len({headers["webhook-id"] for headers, _b in receiver.got}) == 1 < len(receiver.got)


def test_a_slow_receiver_takes_one_place_of_a_round(world: World, receiver: Receiver) -> None:
    admin = world.people["admin"]
    slow, _s = a_hook(admin, world.nation, "https://slow.example.org/")
    quick, _s = a_hook(admin, world.nation, receiver.address)
    for number in range(30):
        announce("figure.withdrawn", {"figure": str(number), "address": "/", "by": None}, at=NOW)
    spread_notices(at=NOW)
    claimed = set()
    from karnameh.exchange.webhooks.working import _claim

    for one in _claim(NOW):
        claimed.add(one.subscription_id)
    assert claimed == {slow.pk, quick.pk}
    assert Delivery.objects.filter(due__gt=NOW).count() == 2


def test_a_secret_that_no_key_opens_is_said_and_nothing_is_sent(
    world: World, receiver: Receiver, settings: Any
) -> None:
    admin = world.people["admin"]
    hook, _s = a_hook(admin, world.nation, receiver.address)
    actions.send_trial(hook.pk, by=admin, at=NOW)
    settings.SEAL_KEYS = {"other": b"\x01" * 32}
    send_messages(at=NOW)
    assert Attempt.objects.get().outcome == "no_secret" and not receiver.got


def test_secrets_move_to_the_newest_key(world: World, receiver: Receiver, settings: Any) -> None:
    admin = world.people["admin"]
    hook, secret = a_hook(admin, world.nation, receiver.address)
    settings.SEAL_KEYS = {**site.SEAL_KEYS, "new": b"\x02" * 32}
    assert actions.reseal_hooks(at=NOW) == 1 and actions.reseal_hooks(at=NOW) == 0
    settings.SEAL_KEYS = {"new": b"\x02" * 32}
    actions.send_trial(hook.pk, by=admin, at=NOW)
    send_messages(at=NOW)
    assert receiver.signed_by(secret)


def test_old_messages_are_erased_with_their_attempts(world: World, receiver: Receiver) -> None:
    admin = world.people["admin"]
    hook, _s = a_hook(admin, world.nation, receiver.address)
    actions.send_trial(hook.pk, by=admin, at=NOW)
    send_messages(at=NOW)
    forget_messages(at=NOW + timedelta(days=29))
    assert Delivery.objects.exists()
    assert not forget_messages(at=NOW + timedelta(days=31))
    assert not Delivery.objects.exists() and not Attempt.objects.exists()


# --- pages and description ------------------------------------------------------------------------


def test_every_message_is_in_the_description_and_fits_it() -> None:
    told = described()["webhooks"]
    assert set(told) == set(SHAPES) == set(Kind.values)
    for kind, methods in told.items():
        operation = methods["post"]
        shape = operation["requestBody"]["content"]["application/json"]["schema"]
        assert set(shape["required"]) == {"type", "timestamp", "data"}, kind
        assert not shape["properties"]["data"]["additionalProperties"]
        assert "$ref" not in json.dumps(operation)


def test_the_pages_show_the_secret_once_and_every_attempt(world: World, receiver: Receiver) -> None:
    admin, client = world.people["admin"], Client()
    client.force_login(admin)
    given = {"address": "ftp://x", "unit": world.nation.pk, "kinds": ["head.sealed"]}
    refused = client.post("/api/hooks/", given)
    assert refused.status_code == 422 and "ftp://x" in refused.content.decode()
    page = client.post("/api/hooks/", given | {"address": receiver.address})
    assert page.status_code == 200 and "whsec_" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "whsec_" not in client.get("/api/hooks/").content.decode()
    hook = Subscription.objects.get()
    url = f"/api/hooks/{hook.pk}/"
    assert client.post(url + "step/", {"step": "try"}).status_code == 302
    receiver.answers = [500]
    send_messages(at=NOW)
    page = client.get(url).content.decode()
    assert "500" in page and "whsec_" not in page
    made = Delivery.objects.get()
    assert client.post(f"/api/hooks/messages/{made.pk}/again/").status_code == 302
    assert "whsec_" in client.post(url + "step/", {"step": "secret"}).content.decode()
    for step in ("pause", "resume", "end"):
        assert client.post(url + "step/", {"step": step}).status_code == 302
    assert client.post(url + "step/", {"step": "nonsense"}).status_code == 404
    assert client.post(url + "step/", {"step": "try"}).status_code == 409


def test_a_subscription_of_another_does_not_exist(world: World) -> None:
    hook, _s = a_hook(world.people["admin"], world.nation)
    made = actions.send_trial(hook.pk, by=world.people["admin"], at=NOW)
    client = Client()
    client.force_login(world.people["leader"])
    assert client.get(f"/api/hooks/{hook.pk}/").status_code == 404
    assert client.post(f"/api/hooks/{hook.pk}/step/", {"step": "end"}).status_code == 404
    assert client.post(f"/api/hooks/messages/{made.pk}/again/").status_code == 404
    page = client.get("/api/hooks/").content.decode()
    assert ADDRESS not in page and "/api/keys/" in page
