"""The pages of one entry when somebody else was faster, or something was left out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from builders import DAY, NOW, World, an_entry, an_indicator
from field.test_protocol import an_indicator_by_sex
from karnameh.catalog.public import TOTAL, Indicator, dimension_set
from karnameh.kernel.ids import new_id
from karnameh.ledger.public import Entry, Stage, reverse_entry
from karnameh.people.actions import keep_contact
from karnameh.plumbing import clock
from karnameh.plumbing.models import PersonalRead


def signed_in(world: World) -> Client:
    client = Client()
    client.force_login(world.people["leader"])
    return client


@pytest.mark.parametrize("page", ["entry_reverse", "entry_correct"])
def test_the_slower_one_is_led_to_the_entry_and_keeps_his_reason(world: World, page: str) -> None:
    leader = world.people["leader"]
    entry = an_entry(world.local, an_indicator(), 12, by=leader)
    reverse_entry(entry, note="دوباره ثبت شده بود", by=leader, at=NOW)
    before = Entry.objects.count()
    answer = signed_in(world).post(
        reverse(page, args=[entry.pk]), {"note": "دلیلِ من <b>", "quantity": "3", "qualifier": "1"}
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert reverse("entry", args=[entry.pk]) in text
    assert "دلیلِ من &lt;b&gt;" in text
    assert Entry.objects.count() == before


def test_an_empty_quantity_is_answered_with_what_to_do(world: World) -> None:
    entry = an_entry(world.local, an_indicator(), 12, by=world.people["leader"])
    answer = signed_in(world).post(
        reverse("entry_correct", args=[entry.pk]),
        {"note": "شمارش دوباره", "quantity": "", "qualifier": "1"},
    )
    assert answer.status_code == 422
    assert "مقدار را بنویسید. اگر معلوم نیست، همین را بگویید." in answer.content.decode()


def test_a_number_is_shown_for_a_purpose_only_and_the_reading_is_kept(world: World) -> None:
    leader, verifier = world.people["leader"], world.people["fars_verifier"]
    entry = an_entry(world.local, an_indicator(), 12, by=leader)
    page, client = reverse("entry_call", args=[entry.pk]), Client()
    client.force_login(verifier)
    assert page not in client.get(reverse("entry", args=[entry.pk])).content.decode()
    assert "شماره‌ای نگذاشته" in client.get(page).content.decode()
    assert "شماره‌ای نگذاشته" in client.post(page, {"purpose": "پرسش"}).content.decode()
    keep_contact(leader, phone="09121234567", at=NOW)
    assert page in client.get(reverse("entry", args=[entry.pk])).content.decode()
    for sent in (client.get(page), client.post(page, {"purpose": " "})):
        assert "09121234567" not in sent.content.decode()
    assert not PersonalRead.objects.exists()
    told = client.post(page, {"purpose": "دو گزارش یکی است؟"})
    assert "09121234567" in told.content.decode() and told["Cache-Control"] == "no-store"
    kept = PersonalRead.objects.get()
    assert (kept.account, kept.purpose) == (verifier.pk, "دو گزارش یکی است؟")
    client.force_login(leader)
    assert client.get(page).status_code == 403


@pytest.mark.parametrize(("stage", "said"), [(Stage.REPORTED, 422), (Stage.PLEDGED, 302)])
def test_what_lies_ahead_can_only_be_promised(world: World, stage: Stage, said: int) -> None:
    indicator = an_indicator()
    place = f"{reverse('entry_new')}?unit={world.local.pk}&indicator={indicator.pk}"
    ahead = clock.today() + timedelta(days=2)
    answer = signed_in(world).post(
        place,
        {"stage": int(stage), "quantity": "12", "qualifier": "1", "on": ahead.isoformat(),
         "place": world.local.place_id, "id": str(new_id())},
    )  # fmt: skip
    assert answer.status_code == said
    if said == 422:
        assert "این روز هنوز نرسیده است" in answer.content.decode()
    assert Entry.objects.count() == (said == 302)


def recording(world: World, indicator: Indicator, **more: str) -> dict[str, str]:
    """What the page of recording sends."""
    return {
        "stage": str(int(Stage.REPORTED)), "quantity": "12", "qualifier": "1", "on": DAY.isoformat(),
        "place": str(world.local.place_id), "id": str(new_id()), **more,
    }  # fmt: skip


def test_a_form_that_is_sent_twice_is_one_entry_and_changed_it_is_asked_about(world: World) -> None:
    indicator = an_indicator()
    place = f"{reverse('entry_new')}?unit={world.local.pk}&indicator={indicator.pk}"
    client, sent = signed_in(world), recording(world, indicator)
    assert [client.post(place, sent).status_code for _time in range(2)] == [302, 302]
    assert Entry.objects.filter(indicator=indicator).count() == 1
    answer = client.post(place, sent | {"quantity": "13"})
    assert answer.status_code == 422 and "پیش‌تر" in answer.content.decode()
    fresh = answer.context["form"]["id"].value()
    assert client.post(place, sent | {"quantity": "13", "id": fresh}).status_code == 302
    quantities = Entry.objects.filter(indicator=indicator).values_list("quantity", flat=True)
    assert sorted(int(one or 0) for one in quantities) == [12, 13]


def test_a_part_is_recorded_on_the_page_and_nothing_means_not_disaggregated(world: World) -> None:
    indicator = an_indicator_by_sex()
    place = f"{reverse('entry_new')}?unit={world.local.pk}&indicator={indicator.pk}"
    client = signed_in(world)
    text = client.get(place).content.decode()
    assert 'name="cut_sex"' in text and "بدون تفکیک" in text
    assert client.post(place, recording(world, indicator)).status_code == 302
    assert client.post(place, recording(world, indicator, cut_sex="women")).status_code == 302
    assert client.post(place, recording(world, indicator, cut_sex="x")).status_code == 422
    kept = Entry.objects.filter(indicator=indicator).order_by("pk")
    assert [one.dimensions_id == TOTAL for one in kept] == [True, False]
    assert kept[1].dimensions_id == dimension_set({"sex": "women"}).pk
