"""DHIS2 and Kobo: what they send becomes entries once, and what we send comes back the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from builders import DAY, World, a_money_indicator, an_entry, an_indicator
from exchange.test_api import writer
from karnameh.exchange.api.foreign import answers_of, days_of, instance_of
from karnameh.ledger.public import Entry, Stage

database = pytest.mark.usefixtures("db")


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("20261121", (date(2026, 11, 21), date(2026, 11, 21))),
        ("202602", (date(2026, 2, 1), date(2026, 2, 28))),
        ("2026W1", (date(2025, 12, 29), date(2026, 1, 4))),
        ("2026Q4", (date(2026, 10, 1), date(2026, 12, 31))),
        ("2026", (date(2026, 1, 1), date(2026, 12, 31))),
    ],
)
def test_periods_are_read_as_dhis2_means_them(period: str, days: tuple[date, date]) -> None:
    assert days_of(period) == days


@pytest.mark.parametrize(
    "period", ["", "20261301", "2026W54", "2026Q5", "1405-08", "last year", "٢٠٢٦x"]
)
def test_other_periods_are_refused(period: str) -> None:
    with pytest.raises(ValueError):
        days_of(period)


def test_groups_and_repeats_are_taken_apart() -> None:
    submission = {
        "_uuid": "a-b", "head/unit": "101-1", "head/date": "2026-11-21",
        "work": [{"work/indicator": "x", "work/quantity": "3"}, {"work/indicator": "y", "work/quantity": "4"}],
        "_geolocation": [None, None],
    }  # fmt: skip
    found = list(answers_of(submission))
    assert [one["indicator"] for one in found] == ["x", "y"]
    assert all(one["unit"] == "101-1" and one["date"] == "2026-11-21" for one in found)
    assert instance_of(submission) == "a-b" and instance_of({"meta/instanceID": "uuid:q"}) == "q"


def values(unit: str, indicator: str, value: str = "12", **more: Any) -> dict[str, Any]:
    return {
        "orgUnit": unit,
        "period": "20261121",
        "dataValues": [{"dataElement": indicator, "value": value, **more}],
    }


@database
def test_a_data_value_sent_twice_counts_once_and_a_changed_one_is_a_conflict(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    first = program.post("dhis2/dataValueSets", values(world.local.code, indicator.code)).json()
    assert (first["status"], first["importCount"]["imported"]) == ("SUCCESS", 1)
    again = program.post("dhis2/dataValueSets", values(world.local.code, indicator.code)).json()
    assert (again["status"], again["importCount"]["ignored"]) == ("SUCCESS", 1)
    changed = program.post(
        "dhis2/dataValueSets", values(world.local.code, indicator.code, "13")
    ).json()
    assert (changed["status"], len(changed["conflicts"])) == ("WARNING", 1)
    assert [one.quantity for one in Entry.objects.all()] == [12]


@database
def test_what_dhis2_was_given_and_gives_back_is_not_counted_twice(world: World) -> None:
    indicator = an_indicator()
    an_entry(world.local, indicator, 12, by=world.people["officer"], ends_on=DAY)
    an_entry(world.local, indicator, 50, by=world.people["officer"], stage=Stage.PLEDGED)
    program = writer(world)
    query = {"orgUnit": world.local.code, "startDate": "2026-11-20", "endDate": "2026-11-26"}
    given = program.get("dhis2/dataValueSets", **query).json()
    assert {(one["attributeOptionCombo"], one["value"]) for one in given["dataValues"]} == {
        ("REPORTED", "12"),
        ("PLEDGED", "50"),
    }
    again = program.post("dhis2/dataValueSets", given).json()
    assert (again["status"], again["importCount"]["ignored"]) == ("SUCCESS", 2)
    given["dataValues"].append(values(world.local.code, indicator.code, "7")["dataValues"][0])
    given["dataValues"][-1] |= {"orgUnit": world.local.code, "period": "20261122"}
    given["dataValues"][0]["value"] = "99"
    mixed = program.post("dhis2/dataValueSets", given).json()
    assert (mixed["status"], mixed["importCount"]["imported"]) == ("WARNING", 1)
    assert [one["object"] for one in mixed["conflicts"]] == ["0"]
    reported = Entry.objects.filter(stage=Stage.REPORTED)
    assert sum(one.quantity or 0 for one in reported) == 19  # 12 of before, 7 of DHIS2's own


@database
def test_data_values_that_mean_nothing_here_are_all_refused_with_their_sentences(
    world: World,
) -> None:
    indicator = an_indicator()
    program = writer(world)
    for wrong in (
        values("no-such", indicator.code), values(world.local.code, "no-such"),
        values(world.local.code, indicator.code, "many"), values(world.local.code, indicator.code, "-3"),
        values(world.local.code, indicator.code, period="1405-08"),
        values(world.local.code, indicator.code, attributeOptionCombo="DREAMT"),
    ):  # fmt: skip
        answer = program.post("dhis2/dataValueSets", wrong)
        assert answer.status_code == 409 and answer.json()["status"] == "ERROR", wrong
        assert answer.json()["conflicts"][0]["value"]
    assert not Entry.objects.exists()


@database
def test_a_submission_becomes_entries_once_in_persian_too(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    submission = {
        "_uuid": "0f9e-1", "formhub/uuid": "f", "کد واحد": world.local.code, "تاریخ": "۱۴۰۵/۰۸/۳۰",
        "کارها": [
            {"کارها/کد شاخص": indicator.code, "کارها/مقدار": "دوازده"},
            {"کارها/کد شاخص": indicator.code, "کارها/مقدار": "۱۳"},
        ],
    }  # fmt: skip
    first, again = program.post("kobo", submission), program.post("kobo", submission)
    assert first.status_code == 200, first.content.decode()
    assert [one["verdict"] for one in first.json()["receipts"]] == ["new", "new"]
    assert [one["verdict"] for one in again.json()["receipts"]] == ["same", "same"]
    assert sorted(one.quantity for one in Entry.objects.all()) == [Decimal(12), Decimal(13)]  # type: ignore[type-var]


@database
def test_a_submission_that_cannot_count_once_or_says_too_little_is_refused(world: World) -> None:
    indicator = an_indicator()
    program = writer(world)
    whole = {
        "_uuid": "u",
        "unit": world.local.code,
        "indicator": indicator.code,
        "quantity": "3",
        "date": "2026-11-21",
    }
    for missing in ("_uuid", "unit", "indicator", "quantity", "date"):
        sent = {name: value for name, value in whole.items() if name != missing}
        answer = program.post("kobo", sent)
        assert answer.status_code in (400, 422) and answer.json()["error"]["sentence"], missing
    answer = program.post("kobo", whole | {"quantity": "lots"})
    assert answer.status_code == 422, answer.content
    assert not Entry.objects.exists()


@database
def test_money_is_whole_rials(world: World) -> None:
    paid = a_money_indicator("paid")
    from exchange.test_api import an_item

    body = {"entries": [an_item(world.local.code, "paid", None, rial=12_000_000)]}
    assert writer(world).post("entries", body).status_code == 200
    assert [(one.quantity, one.rial) for one in Entry.objects.filter(indicator=paid)] == [
        (12_000_000, 12_000_000)
    ]
