"""A new indicator at the administration desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from builders import World, an_indicator
from karnameh.catalog.public import Indicator, find_indicators
from karnameh.plumbing.models import Deed

pytestmark = pytest.mark.usefixtures("db")


def _new_indicator(world: World, **changed: Any) -> dict[str, Any]:
    known = an_indicator()
    return {
        "name_fa": "درخت کاشته‌شده", "short_fa": "درخت", "definition_fa": "نهالی که در زمین کاشته شد.",
        "means_fa": "عکس و نشانی زمین", "keywords_fa": "نهال، درختکاری", "theme": known.theme_id,
        "measure": known.measure_id, "nature": "flow", "time_rule": "sum", "unit_rule": "sum", "people": "items",
        "level": "output", "name_en": "Trees planted", "definition_en": "A sapling put into the ground.",
        "means_en": "Photo and place", "code": "trees-planted", **changed,
    }  # fmt: skip


def test_a_keeper_adds_an_indicator_after_reading_what_it_will_mean(world: World) -> None:
    client = Client()
    client.force_login(world.people["admin2"])
    values = _new_indicator(world)
    plan = client.post(reverse("admin_indicator_new"), values)
    assert plan.status_code == 200 and not Indicator.objects.filter(code="trees-planted").exists()
    assert "درخت کاشته‌شده" in plan.content.decode()
    sent = {**values, "confirmed": plan.context["token"]}
    made = client.post(reverse("admin_indicator_new"), sent)
    row = Indicator.objects.get(code="trees-planted")
    assert made.status_code == 302 and made["Location"] == reverse("admin_indicator", args=[row.pk])
    assert row.wordings.get().version == 1 and row.keywords_fa == ["نهال", "درختکاری"]
    assert [one.pk for one in find_indicators("نهال")] == [row.pk]
    assert Deed.objects.filter(verb="add_indicator", account=world.people["admin2"].pk).exists()
    again = client.post(reverse("admin_indicator_new"), sent)
    assert again.status_code in (409, 422) and "trees-planted" in again.content.decode()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"nature": "rate"}, 422),  # a rate is never summed over time
        ({"nature": "stock"}, 422),
        ({"code": "ت"}, 422),
        ({"definition_en": ""}, 422),
    ],
)
def test_what_cannot_be_counted_so_is_refused_beside_its_field(
    world: World, changed: dict[str, str], status: int
) -> None:
    client = Client()
    client.force_login(world.people["admin2"])
    values = _new_indicator(world, **changed)
    answer = client.post(reverse("admin_indicator_new"), values)
    if answer.status_code == 200:
        answer = client.post(
            reverse("admin_indicator_new"), {**values, "confirmed": answer.context["token"]}
        )
    assert answer.status_code == status
    assert not Indicator.objects.filter(name_en="Trees planted").exists()
