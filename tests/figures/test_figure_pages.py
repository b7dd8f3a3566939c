"""The desk and the public pages: what they show, what they keep back, and what they cost."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from builders import NOW
from figures.cast import CANARY, Press
from karnameh.insight.figures import rules
from karnameh.insight.figures.actions import (
    Words,
    approve_figure,
    propose_figure,
    publish_figure,
    supersede_figure,
    withdraw_figure,
)
from karnameh.insight.figures.models import Figure, State
from karnameh.people.public import User

PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def public_addresses(figure: Figure) -> list[str]:
    return [reverse(name, args=[figure.code]) for name in ("figure", "figure_qr", "figure_bundle")]


def test_everybody_reads_a_published_figure(press: Press) -> None:
    figure = press.published()
    for address in public_addresses(figure):
        assert Client().get(address).status_code == 200
    page = Client().get(reverse("figure", args=[figure.code])).content.decode()
    assert "همیاران ۶۸ بسته به خانه‌ها رساندند." in page
    assert "۹۰۰" in page
    assert figure.head_code in page
    assert press.world.fars.name_fa in page
    assert (
        reverse("figure", args=[figure.code])
        in Client().get(reverse("figures_public")).content.decode()
    )


def test_places_beyond_the_first_are_folded_away_with_their_names(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once another sentence of the page took their place, letter by letter, where something was unchecked."""
    monkeypatch.setattr("karnameh.insight.figures.views.FIRST_PARTS", 1)
    figure = press.published()
    page = Client().get(reverse("figure", args=[figure.code])).content.decode()
    assert "هنوز کسی دیگر بازبینی نکرده" in page
    parts = figure.document["parts"]
    count = str(len(parts) - 1).translate(PERSIAN)
    folded = page.partition(f"<summary>{count} جای دیگر</summary>")[2].partition("</details>")[0]
    assert len(parts) > 1 and folded.count('<th scope="row">') == len(parts) - 1
    assert sum(part["names"][0]["fa"] in folded for part in parts) == len(parts) - 1


@pytest.mark.parametrize("state", ["draft", "proposed", "approved"])
def test_nothing_is_public_before_it_is_published(press: Press, state: str) -> None:
    figure = getattr(press, state)(Words(f"{CANARY} {{value}}", f"{CANARY} {{value}}"))
    for address in public_addresses(figure):
        for client in (Client(), signed_in(press.author)):
            assert client.get(address).status_code == 404
    assert CANARY not in Client().get(reverse("figures_public")).content.decode()


def test_before_its_embargo_a_figure_does_not_exist_and_is_in_no_list(press: Press) -> None:
    figure = press.published(
        Words(f"{CANARY} {{value}}", "{value}", embargo_until=NOW + timedelta(hours=1))
    )
    for address in public_addresses(figure):
        assert Client().get(address).status_code == 404
    assert CANARY not in Client().get(reverse("figures_public")).content.decode()


def test_the_public_pages_leak_no_true_count_of_people(press: Press) -> None:
    """Odd counts that no rounding gives, in counties and in all: none of them is on any public page."""
    figure = press.published(indicator=press.taught)
    assert figure.value == 4341
    address = reverse("figure", args=[figure.code])
    texts = [Client().get(one).content.decode() for one in public_addresses(figure)]
    texts += [
        Client().get(f"{address}?part={unit.pk}").content.decode()
        for unit in (press.world.fars, press.world.yazd)
    ]
    texts.append(Client().get(reverse("figures_public")).content.decode())
    published = json.loads(texts[2])
    hidden = ("113", "4003", "218", "4221", "4,003", "۱۱۳", "۴٬۰۰۳", "۲۱۸", "۴٬۲۲۱")
    for text in texts:
        outlines = re.sub(r' d="[^"]*"', "", text)  # of provinces are no counts
        for true in hidden:
            assert true not in outlines.replace(figure.head_code, "")
    assert set(published) == {"published"}  # no proof: it would tell the true counts
    assert not {"content", "digest"} & set(published["published"])
    assert published["published"]["figure"]["protected"]
    assert published["published"]["figure"]["totals"]["reported"][0] in ("4340", "4345")


def test_the_file_to_verify_carries_the_proof_and_the_approved_content(press: Press) -> None:
    figure = press.published()
    kept = json.loads(Client().get(reverse("figure_bundle", args=[figure.code])).content)
    assert kept["format"].startswith("karnameh.bundle")
    assert kept["head"]["code"] == figure.head_code
    assert kept["published"]["content"] == rules.canonical(figure.content)
    assert kept["published"]["digest"] == figure.digest


def _verified(program: Path, file: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, str(program), "--lang", "en", *options, str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The verifier as everybody downloads it."""
    sent: Any = Client().get(reverse("verifier"))
    file = tmp_path / "karnameh-verify.py"
    file.write_bytes(b"".join(sent.streaming_content))
    return file


def test_the_file_passes_the_verifier_that_everybody_may_take_home(
    press: Press, program: Path, tmp_path: Path
) -> None:
    figure = press.published()
    assert figure.head
    key = bytes(figure.head.key.public).hex()
    file, heads = tmp_path / "figure.json", tmp_path / "heads.json"
    file.write_bytes(Client().get(reverse("figure_bundle", args=[figure.code])).content)
    heads.write_bytes(Client().get(reverse("log_heads")).content)
    code, said = _verified(program, file, "--key", key, "--heads", str(heads))
    assert code == 0, said
    assert "68" in said and "Volunteers brought 68 parcels home." in said
    file.write_text(file.read_text().replace("68", "69"))
    assert _verified(program, file, "--key", key)[0] == 1


@pytest.mark.parametrize("lie", ["value", "total", "stage", "days", "figure", "head"])
def test_a_proof_of_something_else_than_what_was_published_is_refused(
    press: Press, program: Path, tmp_path: Path, lie: str
) -> None:
    """Every hash of the proof is right, and the words around it are about another number."""
    figure = press.published()
    kept = json.loads(Client().get(reverse("figure_bundle", args=[figure.code])).content)
    published, place = (
        kept["published"],
        {"value": 16, "stage": 5, "days": 8, "figure": 0, "head": 18},
    )
    if lie == "total":
        published["figure"]["totals"]["reported"][0] = "69"
    else:
        approved = published["content"].split("\x1f")
        approved[place[lie]] = {"value": "69", "stage": "3", "days": "2026-11-25"}.get(lie, "00")
        published["content"] = "\x1f".join(approved)
        published["digest"] = hashlib.sha256(published["content"].encode()).hexdigest()
    file = tmp_path / "figure.json"
    file.write_text(json.dumps(kept))
    code, said = _verified(program, file)
    assert code == 1 and "published:" in said


def test_a_file_without_a_proof_is_not_called_a_lie(
    press: Press, program: Path, tmp_path: Path
) -> None:
    figure = press.published(indicator=press.taught)
    file = tmp_path / "figure.json"
    file.write_bytes(Client().get(reverse("figure_bundle", args=[figure.code])).content)
    code, said = _verified(program, file)
    assert code == 2 and "carries no proof" in said


def test_a_withdrawn_figure_stays_and_says_why(press: Press) -> None:
    figure = withdraw_figure(press.published(), reason="دو بار شمرده شد", by=press.author, at=NOW)
    page = Client().get(reverse("figure", args=[figure.code])).content.decode()
    assert "دو بار شمرده شد" in page
    assert figure.code not in Client().get(reverse("figures_public")).content.decode()


def test_a_superseded_figure_shows_both_values_and_the_reason(own_press: Press) -> None:
    press = own_press
    old = press.published()
    press.report(8)
    fresh = propose_figure(
        supersede_figure(old, reason="گزارش دیررسیده", by=press.author, at=NOW),
        by=press.author,
        at=NOW,
    )
    fresh = approve_figure(fresh, digest=fresh.digest, by=press.second, at=NOW)
    fresh = publish_figure(fresh, by=press.author, at=NOW)
    for code in (old.code, fresh.code):
        page = Client().get(reverse("figure", args=[code])).content.decode()
        for said in ("۶۸", "۷۶", "گزارش دیررسیده"):
            assert said in page


def test_only_those_with_reach_are_led_to_the_deliveries(press: Press) -> None:
    address = reverse("figure", args=[press.published().code])
    assert reverse("entries") in signed_in(press.author).get(address).content.decode()
    for client in (
        Client(),
        signed_in(press.world.people["leader"]),
        signed_in(press.world.people["stranger"]),
    ):
        assert reverse("entries") + "?" not in client.get(address).content.decode()


def test_the_desk_is_for_press_officers_in_reach(press: Press) -> None:
    figure = press.proposed()
    for name in ("figure_desk", "figure_preview"):
        address = reverse(name, args=[figure.code])
        assert signed_in(press.author).get(address).status_code == 200
        assert signed_in(press.world.people["verifier"]).get(address).status_code == 403
        assert signed_in(press.world.people["fars"]).get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert signed_in(press.world.people["verifier"]).post(
        reverse("figure_step", args=[figure.code]), {"step": "approve", "digest": figure.digest}
    ).status_code == 403  # fmt: skip
    assert signed_in(press.author).post(
        reverse("figure_step", args=[figure.code]), {"step": "approve", "digest": figure.digest}
    ).status_code == 403  # fmt: skip


def test_at_the_desk_from_the_number_to_the_public(press: Press) -> None:
    author, second = signed_in(press.author), signed_in(press.second)
    query = (
        f"unit={press.world.nation.pk}&indicator={press.parcels.pk}&period={press.campaign.period}"
    )
    number = author.get(f"{reverse('indicator', args=[press.parcels.pk])}?{query}").content.decode()
    assert reverse("figure_new") in number
    assert reverse("figure_new") not in signed_in(press.world.people["verifier"]).get(
        f"{reverse('indicator', args=[press.parcels.pk])}?{query}"
    ).content.decode()  # fmt: skip
    address = f"{reverse('figure_new')}?{query}"
    assert author.get(address).status_code == 200
    words = {"sentence_fa": "بیش از {عدد} بسته", "sentence_en": "{value} parcels", "stage": 2}
    shown = author.post(f"{reverse('figure_sentence')}?{query}", words).content.decode()
    assert "بیش از" in shown
    assert "notice-warn" in shown  # the ledger says exactly
    assert author.post(address, {**words, "embargo_time": "99"}).status_code == 422
    author.post(address, {**words, "sentence_fa": "{عدد} بسته"})
    figure = Figure.objects.get()
    desk = reverse("figure_desk", args=[figure.code])
    step = reverse("figure_step", args=[figure.code])
    assert author.get(reverse("figures")).status_code == 200
    author.post(step, {"step": "propose"})
    assert "همین را تأیید می‌کنم" not in author.get(desk).content.decode()
    assert "همین را تأیید می‌کنم" in second.get(desk).content.decode()
    second.post(step, {"step": "approve", "digest": Figure.objects.get().digest})
    author.post(step, {"step": "publish"})
    assert Figure.objects.get().state == State.PUBLISHED
    assert author.post(step, {"step": "withdraw", "note": ""}).status_code == 409
    assert author.post(desk, words).status_code in (200, 302)
    assert Figure.objects.get().sentence_fa == "{عدد} بسته"


def test_a_sentence_is_given_back_with_what_is_wrong_and_nothing_is_lost(press: Press) -> None:
    figure = press.draft(Words("۱۲ بسته", "{value}"))
    page = signed_in(press.author).post(
        reverse("figure_step", args=[figure.code]), {"step": "propose"}
    )
    assert page.status_code == 409
    assert "با دست" in page.content.decode()
    assert "۱۲ بسته" in page.content.decode()


def test_the_desk_shows_every_sentence_with_its_number(press: Press) -> None:
    press.draft()
    press.proposed(Words("تا امروز {value} {measure}", "{value} {measure} so far"))
    press.published()
    press.draft(Words("{verified} از {value}", "{verified} of {value}"))
    page = signed_in(press.author).get(reverse("figures")).content.decode()
    assert page.count("همیاران ۶۸ بسته به خانه‌ها رساندند.") == 2  # the draft and the published one
    assert "تا امروز ۶۸ بسته" in page and "{value}" not in page
    assert "{verified} از ۶۸" in page  # what nobody has recorded stays to be seen


def test_lists_cost_the_same_for_one_and_for_many(
    press: Press, queries: CaptureQueriesContext
) -> None:
    press.published()
    client = signed_in(press.author)
    costs = []
    for many in (1, 12):
        for _n in range(many):
            press.draft()
        for address in (reverse("figures"), reverse("figures_public")):
            client.get(address)
            with queries:
                client.get(address)
            costs.append(len(queries))
    assert costs[:2] == costs[2:]
    with queries:
        Client().get(reverse("figure", args=[Figure.objects.filter(state="published").get().code]))
    assert len(queries) <= 4
