"""The map: all provinces once, the numbers of the table, and only what the reader may see."""

from __future__ import annotations

from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from figures.cast import Press
from karnameh.insight.maps.shapes import canvas
from karnameh.ui.tiles import TILES


def test_every_province_has_one_shape() -> None:
    assert sorted(one.tile.name_en for one in canvas().shapes) == sorted(
        one.name_en for one in TILES
    )
    assert all(
        0 <= one.x <= canvas().width and 0 <= one.y <= canvas().height for one in canvas().shapes
    )


def page(press: Press, who: str, **query: str | int) -> str:
    client = Client()
    client.force_login(press.world.people[who])
    asked: dict[str, str | int] = {"period": str(press.campaign.period), **query}
    return client.get(reverse("map"), asked).content.decode()


def test_shapes_and_table_say_the_same(press: Press) -> None:
    text = page(press, "officer", indicator=press.parcels.pk)
    assert text.count("<path") >= len(TILES)
    assert f'aria-label="{press.world.fars.place.name_fa}: ۳۴"' in text
    assert ">۳۴</a>" in text


def test_by_place_and_by_inhabitants(press: Press) -> None:
    assert press.world.yazd.place.name_fa in page(
        press, "officer", indicator=press.parcels.pk, by="place"
    )
    assert "—" in page(
        press, "officer", indicator=press.parcels.pk, per="1"
    )  # nobody counted the inhabitants


def test_a_province_sees_its_own_counties_and_no_others(press: Press) -> None:
    text = page(press, "fars", indicator=press.parcels.pk)
    assert press.world.shiraz.place.name_fa in text
    assert press.world.taft.place.name_fa not in text
    client = Client()
    client.force_login(press.world.people["fars"])
    assert client.get(reverse("map"), {"at": press.world.yazd.pk}).status_code == 404


def test_the_map_costs_the_same_questions_for_one_province_and_for_all(
    press: Press, queries: CaptureQueriesContext
) -> None:
    client = Client()
    client.force_login(press.world.people["officer"])
    asked: dict[str, str | int] = {
        "period": str(press.campaign.period),
        "indicator": press.parcels.pk,
    }
    client.get(reverse("map"), asked)
    costs = []
    for at in (press.world.fars.pk, ""):
        with queries:
            client.get(reverse("map"), {**asked, "at": at})
        costs.append(len(queries))
    assert abs(costs[0] - costs[1]) <= 2
    assert max(costs) <= 26
