"""Sealing killed at every step, keys exchanged and lost, clocks that run backwards, witnesses, pages, the command."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from builders import DAY, NOW, World, a_grant, a_unit, a_user, an_entry, an_indicator
from karnameh.access.public import Role
from karnameh.ledger.public import (
    VERIFIER,
    Head,
    Patrol,
    ProofQuestion,
    Stage,
    accept_heads,
    check_log,
    countersign,
    erase_salt,
    figure_at,
    heads_json,
    heads_seen,
    latest_head,
    prove,
    receipt,
    register_witness,
    retire_witness,
    seal,
)
from karnameh.ledger.sealing import heads, numbering
from karnameh.org.public import UnitKind
from workbench import as_owner, next_moment, refused_kindly, run

sys.path.insert(0, str(Path(__file__).parents[1] / "proof"))
from histories import VERIFY, verdict


def sealed_now(after: timedelta = timedelta(0)) -> Head:
    next_moment()
    head = seal(at=NOW + after)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    return head


def as_read(given: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(given))
    return read


def nation(world: World, indicator: Any) -> ProofQuestion:
    return ProofQuestion(world.nation.pk, indicator.pk, Stage.REPORTED, DAY, DAY)


STEPS = (
    "taken_from",
    "_take_moves",
    "_take_records",
    "write_pages",
    "write_nodes",
    "added_up",
    "write_sums",
    "_keep_homes",
)


@pytest.mark.parametrize("step", [*STEPS, "_sign"])
def test_killed_at_any_step_the_log_is_what_it_was_and_goes_on(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    an_entry(world.local, indicator, 10, by=leader)
    first = sealed_now()
    an_entry(world.local, indicator, 5, by=leader)
    next_moment()
    place = heads if step == "_sign" else numbering
    real = getattr(place, step)

    def dies(*args: Any, **more: Any) -> Any:
        real(*args, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(place, step, dies)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        seal(at=NOW)
    monkeypatch.undo()
    assert check_log().findings == [] and latest_head() == first
    second = sealed_now(timedelta(hours=1))
    assert (second.number, second.entries) == (2, 2)
    assert figure_at(nation(world, indicator), second).quantity == 15
    assert check_log().findings == []


def test_portions_of_any_size_make_the_same_sums(world: World) -> None:
    indicator, officer = an_indicator(), world.people["officer"]
    for n in range(7):
        an_entry(world.locals["twin"][n % 2], indicator, n, by=officer)
        next_moment()
    while numbering.number_portion(at=NOW, limit=2).behind:
        pass
    head = sealed_now()
    assert head.entries == 7
    patrol, seen = Patrol(stretch=3), 0
    for _ in range(4):
        found = patrol.walk()
        assert found.findings == []
        seen += found.leaves
    assert seen >= head.size
    assert figure_at(nation(world, indicator), head).quantity == 21
    assert check_log().findings == []


def test_a_new_key_is_vouched_for_by_the_old_one_and_a_lost_one_by_nobody(
    world: World, settings: Any
) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    keys = {name: Ed25519PrivateKey.generate() for name in ("k1", "k2", "k3")}
    secret = {name: key.private_bytes_raw() for name, key in keys.items()}
    bundles = []
    for hour, names in enumerate((["k1"], ["k1", "k2"], ["k3"])):
        settings.LOG_KEYS = {name: secret[name] for name in names}
        an_entry(world.local, indicator, 10, by=leader)
        head = sealed_now(timedelta(hours=hour))
        bundles.append(as_read(prove(nation(world, indicator), head)))
    assert check_log().findings == []
    assert [verdict(one, key=secret["k1"]) for one in bundles[:2]] == ["", ""]
    assert verdict(bundles[2], key=secret["k1"]).startswith("key:")
    assert verdict(bundles[2], key=secret["k3"]) == ""
    stolen = bundles[1]["head"]["keys"][0]
    stolen["endorsement"] = bundles[1]["head"]["signature"]
    assert verdict(bundles[1], key=secret["k1"]).startswith("key:")


def test_without_a_key_nothing_is_sealed_and_the_sentence_says_what_to_do(
    world: World, settings: Any
) -> None:
    settings.LOG_KEYS = {}
    with refused_kindly(status=503):
        seal(at=NOW)


def test_a_clock_that_runs_backwards_dates_no_head_before_the_last(world: World) -> None:
    an_entry(world.local, an_indicator(), 10, by=world.people["leader"])
    first = sealed_now()
    an_entry(world.local, an_indicator(), 10, by=world.people["leader"])
    second = sealed_now(-timedelta(days=2))
    assert second.number == 2 and second.at == first.at
    assert any("clock" in words for words in check_log(at=NOW - timedelta(days=2)).findings)


def test_an_erased_salt_leaves_a_leaf_that_holds_and_says_nothing(world: World) -> None:
    entry = an_entry(world.local, an_indicator(), 10, by=world.people["leader"], note="نام کسی")
    with refused_kindly(status=409):
        erase_salt(entry, by=None, at=NOW)
    head = sealed_now()
    before = receipt(entry, None, head)
    for _ in range(2):
        erase_salt(entry, by=None, at=NOW)
    assert check_log().findings == []
    assert receipt(entry, None, head)["receipts"] == before["receipts"]
    assert verdict(as_read(receipt(entry, None, head)), key=None) == ""


@pytest.fixture
def partner(world: World) -> Any:
    unit = a_unit("همکار آزمون", None, world.country, UnitKind.PARTNER)
    user = a_user("partner")
    a_grant(user, Role.PARTNER, unit)
    return unit, user


def test_a_partner_signs_beside_a_head_with_his_own_key(world: World, partner: Any) -> None:
    unit, user = partner
    indicator = an_indicator()
    an_entry(world.local, indicator, 10, by=world.people["leader"])
    head = sealed_now()
    key = Ed25519PrivateKey.generate()
    site = Client()
    site.force_login(user)
    page = reverse("log_head", args=[head.number])
    message = site.get(reverse("log_message", args=[head.number])).content
    site.post(
        reverse("log_witness"),
        {"unit": unit.pk, "public": key.public_key().public_bytes_raw().hex()},
    )
    wrong = site.post(page, {"witness": _witness_id(), "signature": key.sign(b"another").hex()})
    assert wrong.status_code == 400 and key.sign(b"another").hex() in wrong.content.decode()
    assert (
        site.post(
            page, {"witness": _witness_id(), "signature": key.sign(message).hex()}
        ).status_code
        == 302
    )
    assert "همکار آزمون" in Client().get(page).content.decode()
    bundle = as_read(prove(nation(world, indicator), head))
    assert len(bundle["head"]["witnesses"]) == 1 and verdict(bundle, key=None) == ""
    bundle["head"]["witnesses"][0]["signature"] = bundle["head"]["signature"]
    assert verdict(bundle, key=None).startswith("witness:")


def _witness_id() -> int:
    from karnameh.ledger.public import Witness

    return Witness.objects.get().pk


def test_only_who_speaks_for_a_partner_registers_and_retires_its_key(
    world: World, partner: Any
) -> None:
    unit, user = partner
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with refused_kindly():
        register_witness(unit, public=b"short", by=user, at=NOW)
    witness = register_witness(unit, public=key, by=user, at=NOW)
    assert register_witness(unit, public=key, by=user, at=NOW) == witness
    with pytest.raises(Exception):  # noqa: B017
        register_witness(unit, public=bytes(32), by=world.people["leader"], at=NOW)
    an_entry(world.local, an_indicator(), 1, by=world.people["leader"])
    head = sealed_now()
    retire_witness(witness, by=user, at=NOW)
    with refused_kindly(status=409):
        countersign(head, witness, bytes(64), by=user, at=NOW)


def test_the_public_pages_open_for_everybody_and_a_receipt_for_who_may_see_its_entry(
    world: World,
) -> None:
    indicator = an_indicator()
    entry = an_entry(world.local, indicator, 10, by=world.people["leader"])
    stranger, leader = Client(), Client()
    leader.force_login(world.people["leader"])
    assert stranger.get(reverse("log")).status_code == 200
    waiting = leader.get(reverse("entry_receipt", args=[entry.pk]))
    assert waiting.status_code == 200 and "receipt.json" not in waiting.content.decode()
    assert leader.get(reverse("entry_receipt_json", args=[entry.pk])).status_code == 409
    sealed_now()
    an_entry(world.local, indicator, 10, by=world.people["leader"])
    head = sealed_now(timedelta(hours=1))
    for name, arguments in (
        ("log", []), ("log_heads", []), ("log_head", [1]), ("log_head_json", [2]), ("log_message", [1]), ("verify", []),
    ):  # fmt: skip
        assert stranger.get(reverse(name, args=arguments)).status_code == 200, name
    assert stranger.get(reverse("log_head", args=[9])).status_code == 404
    assert stranger.get(reverse("log_consistency", args=[2, 1])).status_code == 400
    step = stranger.get(reverse("log_consistency", args=[1, 2])).json()["consistency"]
    one, two = (stranger.get(reverse("log_head_json", args=[n])).json() for n in (1, 2))
    assert VERIFY.consistent(one, two, [VERIFY.unb64(x) for x in step])
    taken = b"".join(stranger.get(reverse("verifier")).streaming_content)
    assert taken == VERIFIER.read_bytes()
    page = leader.get(reverse("entry_receipt", args=[entry.pk])).content.decode()
    assert "receipt.json" in page
    bundle = leader.get(reverse("entry_receipt_json", args=[entry.pk])).json()
    assert verdict(bundle, stranger.get(reverse("log_heads")).json(), key=None) == ""
    other = Client()
    other.force_login(world.people["stranger"])
    for name in ("entry_receipt", "entry_receipt_json"):
        assert other.get(reverse(name, args=[entry.pk])).status_code == 404
        assert stranger.get(reverse(name, args=[entry.pk])).status_code == 302
    assert head.number == 2


def test_the_list_of_heads_asks_as_much_for_one_as_for_many(world: World, queries: Any) -> None:
    counts = []
    for hour in range(4):
        an_entry(world.local, an_indicator(), 10, by=world.people["leader"])
        sealed_now(timedelta(hours=hour))
        with queries:
            Client().get(reverse("log"))
        counts.append(len(queries))
    assert counts[1] == counts[3] <= 12


def test_a_log_that_was_exchanged_whole_is_noticed_beside_the_database(
    world: World, settings: Any, tmp_path: Path
) -> None:
    """Signed anew with the right key, a log contradicts nothing in itself; only memory outside of it does."""
    settings.HEADS_SEEN = tmp_path / "seen.json"
    assert heads_seen() == []
    indicator, leader = an_indicator(), world.people["leader"]
    for hour in range(2):
        an_entry(world.local, indicator, 10, by=leader)
        sealed_now(timedelta(hours=hour))
        assert heads_seen() == []
    with as_owner():
        run("ALTER TABLE ledger_head DISABLE TRIGGER USER")
        run("DELETE FROM ledger_head WHERE number = 2")
        run("ALTER TABLE ledger_head ENABLE TRIGGER USER")
    assert check_log().findings == []
    assert [words[:7] for words in heads_seen()] == ["head 2:"]
    sealed_now(timedelta(hours=2))
    assert check_log().findings == []
    assert "another one" in heads_seen()[0]
    assert (
        accept_heads() == [] and heads_seen() == []
    )  # what an operator says after a restored backup


def test_the_command_ends_with_what_it_found(world: World, tmp_path: Path) -> None:
    indicator = an_indicator()
    entry = an_entry(world.local, indicator, 10, by=world.people["leader"])
    head = sealed_now()
    question = nation(world, indicator)
    good = {**prove(question, head), "receipts": receipt(entry, question, head)["receipts"]}
    bad = {**as_read(good), "answer": "1,0,11000"}
    for name, content in (("good", good), ("bad", bad), ("heads", heads_json())):
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "broken").write_text("{")
    key = bytes(head.key.public).hex()
    at = {name: str(tmp_path / name) for name in ("good", "bad", "heads", "broken")}
    assert (
        VERIFY.main([at["good"], "--key", key, "--heads", at["heads"]]) == 0
    )  # one head alone is linked to nothing
    assert VERIFY.main([at["good"], "--key", key]) == 0
    assert VERIFY.main([at["good"]]) == 3
    assert VERIFY.main([at["good"], "--key", "00" * 32]) == 1
    assert VERIFY.main([at["bad"], "--key", key]) == 1
    assert VERIFY.main([at["broken"], "--key", key]) == 2
    call_command("log_leaves", str(tmp_path), stdout=StringIO())
    audit = ["--leaves", str(tmp_path / "leaves.txt"), "--trees", str(tmp_path / "trees.txt")]
    assert VERIFY.main([at["good"], "--key", key, *audit]) == 0
    leaves = (tmp_path / "leaves.txt").read_text().splitlines()
    (tmp_path / "leaves.txt").write_text("\n".join(leaves[1:]))
    assert VERIFY.main([at["good"], "--key", key, *audit]) == 1
