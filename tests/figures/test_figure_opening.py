"""A public figure opens for everybody down to the single delivery, in a shape that tells nothing else."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from builders import DAY, NOW, a_new_entry
from figures.cast import CANARY, Press
from karnameh.insight.figures import opening
from karnameh.insight.figures.actions import withdraw_figure
from karnameh.insight.figures.models import Figure
from karnameh.ledger.public import VERIFIER, Entry, post_entries, reverse_entry


def rows_of(figure: Figure, **query: Any) -> list[dict[str, str]]:
    answer: Any = Client().get(reverse("figure_deliveries_csv", args=[figure.code]), query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert found[0]["quantity"] == "#value"
    return found[1:]


def summed(rows: list[dict[str, str]], stage: str) -> Decimal:
    return sum((Decimal(row["quantity"]) for row in rows if row["stage"] == stage), Decimal(0))


def addresses(figure: Figure) -> list[str]:
    entry = Entry.objects.filter(indicator=figure.indicator).order_by("pk").first()
    assert entry is not None
    return [
        reverse("figure_deliveries", args=[figure.code]),
        reverse("figure_deliveries_csv", args=[figure.code]),
        reverse("figure_delivery", args=[figure.code, entry.pk]),
        reverse("figure_delivery_receipt", args=[figure.code, entry.pk]),
    ]


def test_the_deliveries_add_up_to_every_number_of_the_figure(press: Press) -> None:
    reverse_entry(
        Entry.objects.filter(indicator=press.parcels, stage=2).order_by("pk")[0],
        note=CANARY, by=press.world.people["officer"], at=NOW,
    )  # fmt: skip
    figure = press.published()
    for stage, (quantity, _how) in figure.document["totals"].items():
        assert summed(rows_of(figure), stage) == Decimal(quantity)
    for part in figure.document["parts"]:
        [key] = part["keys"]
        assert summed(rows_of(figure, part=key), "reported") == Decimal(part["reported"][0])
        for below in part["parts"]:
            found = rows_of(figure, part=below["keys"][0], stage=2)
            assert summed(found, "reported") == Decimal(below["reported"][0])


def test_what_came_after_the_figure_is_not_among_its_deliveries(own_press: Press) -> None:
    figure = own_press.published()
    own_press.report(8)
    assert summed(rows_of(figure), "reported") == 68


def test_every_number_of_the_public_page_leads_to_its_deliveries(press: Press) -> None:
    figure = press.published()
    page = Client().get(reverse("figure", args=[figure.code])).content.decode()
    opened = reverse("figure_deliveries", args=[figure.code])
    assert f"{opened}?stage=1" in page and f"{opened}?stage=2" in page
    assert f"{opened}?part={press.world.fars.pk}&amp;stage=2" in page
    listed = Client().get(opened, {"stage": 2}).content.decode()
    assert press.world.local.name_fa in listed and press.world.shiraz.place.name_fa in listed
    entry = Entry.objects.get(indicator=press.parcels, stage=2, unit=press.world.local)
    one = reverse("figure_delivery", args=[figure.code, entry.pk])
    assert one in listed
    assert press.world.local.name_fa in Client().get(one).content.decode()


def test_neither_words_nor_whoever_posted_them_are_told(own_press: Press) -> None:
    press = own_press
    post_entries(
        [a_new_entry(press.world.local, press.parcels, 5, note=CANARY, as_written=CANARY, ends_on=DAY)],
        by=press.world.people["officer"], at=NOW,
    )  # fmt: skip
    figure = press.published()
    assert summed(rows_of(figure), "reported") == 73
    entry = Entry.objects.get(note=CANARY)
    for address in (
        *addresses(figure), reverse("figure_delivery", args=[figure.code, entry.pk]),
        reverse("figure_delivery_receipt", args=[figure.code, entry.pk]),
    ):  # fmt: skip
        answer: Any = Client().get(address)
        assert answer.status_code == 200
        told = answer.getvalue().decode()
        assert CANARY not in told
        assert entry.posted_by.office not in told and entry.posted_by.username not in told


def test_a_delivery_s_file_shows_that_it_is_in_the_log_and_in_the_sum(
    press: Press, tmp_path: Path
) -> None:
    figure = press.published()
    assert figure.head
    key = bytes(figure.head.key.public).hex()
    for stage, said in ((2, "in this very sum"), (1, "in the sum of its day")):
        entry = Entry.objects.filter(indicator=press.parcels, stage=stage).order_by("pk")[0]
        file = tmp_path / "delivery.json"
        file.write_bytes(
            Client().get(reverse("figure_delivery_receipt", args=[figure.code, entry.pk])).content
        )
        done = subprocess.run(
            [sys.executable, str(VERIFIER), "--key", key, "--lang", "en", str(file)],
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in done.stdout
        bad = json.loads(file.read_text())
        bad["receipts"][0]["index"] += 1
        file.write_text(json.dumps(bad))
        done = subprocess.run(
            [sys.executable, str(VERIFIER), "--key", key, str(file)], capture_output=True, text=True
        )
        assert done.returncode == 1


def test_a_count_of_people_is_opened_to_nobody(press: Press) -> None:
    figure = press.published(indicator=press.taught)
    for address in addresses(figure):
        assert Client().get(address).status_code == 404
    page = Client().get(reverse("figure", args=[figure.code])).content.decode()
    assert reverse("figure_deliveries", args=[figure.code]) not in page


@pytest.mark.parametrize("state", ["draft", "proposed", "approved"])
def test_before_it_is_public_nothing_of_it_is_opened(press: Press, state: str) -> None:
    for address in addresses(getattr(press, state)()):
        assert Client().get(address).status_code == 404


def test_a_withdrawn_figure_stays_open(press: Press) -> None:
    figure = withdraw_figure(press.published(), reason="دو بار شمرده شد", by=press.author, at=NOW)
    for address in addresses(figure):
        assert Client().get(address).status_code == 200


def test_what_is_no_part_of_the_figure_is_not_there(press: Press) -> None:
    figure = press.published(unit=press.world.fars)
    opened = reverse("figure_deliveries", args=[figure.code])
    elsewhere = Entry.objects.get(
        indicator=press.parcels, stage=2, unit=press.world.locals["taft"][0]
    )
    other = Entry.objects.filter(indicator=press.taught).order_by("pk")[0]
    for address in (
        f"{opened}?part={press.world.yazd.pk}", f"{opened}?part=x", f"{opened}?cursor=x",
        reverse("figure_delivery", args=[figure.code, elsewhere.pk]),
        reverse("figure_delivery_receipt", args=[figure.code, elsewhere.pk]),
        reverse("figure_delivery", args=[figure.code, other.pk]),
    ):  # fmt: skip
        assert Client().get(address).status_code == 404


def test_pages_follow_each_other_and_cost_the_same(
    press: Press, queries: CaptureQueriesContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = press.published()
    opened = reverse("figure_deliveries", args=[figure.code])
    costs = []
    for size in (1, 50):
        monkeypatch.setattr(opening, "PAGE", size)
        Client().get(opened)
        with queries:
            page = Client().get(opened).content.decode()
        costs.append(len(queries))
        assert ("cursor=" in page) == (size == 1)
    assert costs[0] == costs[1]


def test_too_many_rows_for_a_file_are_refused_with_a_way_out(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = press.published()
    monkeypatch.setattr(opening, "MOST_ROWS", 3)
    answer = Client().get(reverse("figure_deliveries_csv", args=[figure.code]))
    assert answer.status_code == 409
    assert reverse("figure", args=[figure.code]) in answer.content.decode()
