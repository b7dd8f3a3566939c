"""A local leader's phone finds his contribution in the log, and a stranger's browser finds a lie."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browsing import accessible, sign_in
from builders import DAY, NOW, PASSWORD, World, an_entry, an_indicator
from karnameh.ledger.public import ProofQuestion, Stage, prove, receipt, seal
from workbench import next_moment

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("db")]


def test_is_my_contribution_inside(world: World, phone: Page, tmp_path: Path) -> None:
    leader, indicator = world.people["leader"], an_indicator()
    leader.set_password(PASSWORD)
    leader.save()
    entry = an_entry(world.local, indicator, 10, by=leader)
    an_entry(world.locals["twin"][0], indicator, 5, by=world.people["officer"])
    next_moment()
    head = seal(at=NOW)
    sign_in(phone, leader.username, PASSWORD)
    phone.goto(f"/entries/{entry.pk}/")
    phone.get_by_role("link", name="آیا سهم من هم در آن است؟").click()
    phone.get_by_role("link", name="روی همین دستگاه بسنجید").click()
    verdict = phone.locator("#verify-verdict")
    expect(verdict).to_have_attribute(
        "data-state", "warn", timeout=20_000
    )  # the key is seen for the first time
    expect(phone.locator('[data-step="receipt"]')).to_have_attribute("data-state", "good")
    expect(phone.locator('[data-say="code"]')).to_have_text(head.code)
    phone.reload()
    expect(verdict).to_have_attribute("data-state", "good", timeout=20_000)
    question = ProofQuestion(world.nation.pk, indicator.pk, Stage.REPORTED, DAY, DAY)
    bundle = {**prove(question, head), "receipts": receipt(entry, question, head)["receipts"]}
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(bundle), encoding="utf-8")
    bad.write_text(json.dumps({**bundle, "answer": "2,0,16000"}), encoding="utf-8")
    phone.goto("/verify/")
    phone.set_input_files("#verify-file", str(good))
    expect(verdict).to_have_attribute("data-state", "good", timeout=20_000)
    expect(phone.locator('[data-say="amount"]')).to_have_text(re.compile("۱۵"))
    accessible(phone)
    phone.set_input_files("#verify-file", str(bad))
    expect(verdict).to_have_attribute("data-state", "bad", timeout=20_000)
    accessible(phone)
    phone.goto("/log/")
    accessible(phone)
    phone.get_by_role("link", name=re.compile("۱$")).first.click()
    accessible(phone)
