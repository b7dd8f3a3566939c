"""On a phone, in Persian: a leader proposes in four steps, and answers when it comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browsing import accessible, sign_in
from builders import NOW, PASSWORD, World, a_grant, a_user
from karnameh.access.public import Role
from karnameh.activities.public import Activity, State
from karnameh.campaigns.actions.proposals import return_proposal
from karnameh.campaigns.queries.proposals import content_of
from planned import a_theme, an_indicator_to_expect, an_open_campaign

pytestmark = pytest.mark.journey


def test_a_leader_proposes_and_answers_a_returned_proposal(world: World, phone: Page) -> None:
    theme, indicator = a_theme("construction"), an_indicator_to_expect()
    campaign = an_open_campaign()
    leader = a_user("roya", "سرگروه محلهٔ سرو", password=PASSWORD)
    a_grant(leader, Role.REPORTER, world.local)
    sign_in(phone, "roya", PASSWORD)

    phone.goto("/planning/")
    accessible(phone)
    phone.get_by_role("link", name="پیشنهاد تازه").first.click()
    # One: what. Sent too early, nothing typed is lost.
    phone.select_option("#id_theme", theme.code)
    phone.fill("#id_description", "درخت‌کاری با کمک مردم محله")
    phone.get_by_role("button", name="ذخیره و ادامه").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    expect(phone.locator("#id_description")).to_have_value("درخت‌کاری با کمک مردم محله")
    accessible(phone)
    phone.fill("#id_name_fa", "درخت‌کاری در محلهٔ سرو")
    phone.get_by_role("button", name="ذخیره و ادامه").click()

    # Two: where and when. It is a draft already.
    draft = Activity.objects.get(lead_unit=world.local)
    assert draft.state == State.DRAFT
    accessible(phone)
    phone.select_option("#id_wish_1", campaign.ends_on.isoformat())
    phone.get_by_role("button", name="ذخیره و ادامه").click()

    # Three: for whom; the number is echoed in words.
    phone.get_by_label("زنان و دختران").check()
    phone.fill("#id_expected_attendance", "۸۰")
    expect(phone.locator("output[for=id_expected_attendance]")).to_contain_text("هشتاد")
    accessible(phone)
    phone.get_by_role("button", name="ذخیره و ادامه").click()

    # Four: what it brings.
    phone.select_option("#id_e-0-indicator", str(indicator.pk))
    phone.fill("#id_e-0-quantity", "صد و بیست")
    phone.fill("#id_n-0-label", "نهال")
    phone.fill("#id_n-0-number", "۱۲۰")
    accessible(phone)
    phone.get_by_role("button", name="ذخیره و دیدن").click()

    accessible(phone)
    phone.get_by_role("button", name="فرستادن پیشنهاد").click()
    expect(phone.get_by_text("فرستاده شد. پاسخ را همین‌جا می‌بینید.")).to_be_visible()
    draft.refresh_from_db()
    said = content_of(draft)
    assert draft.state == State.SUBMITTED and said.expectations[0].quantity == 120
    assert said.expected_attendance == 80 and said.audiences == (("women", None),)

    # It comes back with a note, and is answered.
    return_proposal(draft, note="نهال از کجا می‌آید؟", by=world.people["fars"], at=NOW)
    phone.goto("/planning/")
    phone.get_by_role("link", name="درخت‌کاری در محلهٔ سرو").click()
    expect(phone.get_by_text("نهال از کجا می‌آید؟").first).to_be_visible()
    phone.get_by_role("button", name="پاسخ و فرستادن").click()
    expect(phone.get_by_text("در یک جمله به یادداشت پاسخ دهید").first).to_be_visible()
    phone.fill("#say_text", "از نهالستان شهرداری")
    phone.get_by_role("button", name="پاسخ و فرستادن").click()
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED
    expect(phone.get_by_text("از نهالستان شهرداری")).to_be_visible()
    accessible(phone)
