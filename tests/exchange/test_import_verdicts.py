"""Every verdict that a row can get."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from builders import (
    DAY,
    FOUNDED,
    NOW,
    World,
    a_grant,
    a_money_indicator,
    a_unit,
    a_user,
    an_activity,
    an_entry,
    an_indicator,
)
from karnameh.access.public import Role
from karnameh.activities.models import State
from karnameh.catalog.models import Dimension, DimensionOption, Item
from karnameh.catalog.public import Indicator
from karnameh.exchange.models import Import
from karnameh.exchange.rules.columns import EXPORT, Column
from karnameh.kernel.ids import new_id
from karnameh.ledger.public import Coverage, Stage, reverse_entry, verify_entry
from karnameh.org.public import close_unit
from sheets import a_filled_row, as_csv, checked, found, sent, table, worked

pytestmark = pytest.mark.usefixtures("db")

TOMORROW = (NOW.date() + timedelta(days=1)).isoformat()


def verdict_of(
    world: World, row: dict[Column, Any], *, by: str = "fars", unit: Any = None
) -> tuple[str, list[str]]:
    """The verdict of a single row, sent by somebody of the cast (the reporter of a province, if not named)."""
    job = checked([row], by=world.people[by], unit=unit or world.fars, columns=EXPORT)
    assert job.state == "checked", job.trouble
    return found(job)[2]


@pytest.fixture
def indicator(db: None) -> Indicator:
    return an_indicator("parcels", typical_max=0)


def test_a_plain_row_is_good(world: World, indicator: Indicator) -> None:
    assert verdict_of(world, a_filled_row(world.local, indicator)) == ("new", [])


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "no unit": ({"unit": None}, "unit_missing"),
    "a unit that is not there": ({"unit": "999"}, "unit_unknown"),
    "no indicator": ({"indicator": None}, "indicator_missing"),
    "an indicator that is not there": ({"indicator": "zzz"}, "indicator_unknown"),
    "no stage": ({"stage": None}, "stage_missing"),
    "a stage that is no word for one": ({"stage": "شاید"}, "word_unknown"),
    "no quantity": ({"quantity": None}, "quantity_missing"),
    "a fraction of a counted thing": ({"quantity": "2.5"}, "quantity_too_fine"),
    "digits in two ways": ({"quantity": "1.234"}, "quantity_ambiguous"),
    "a negative quantity": ({"quantity": "-3"}, "entry_original_is_not_negative"),
    "an absurd quantity": ({"quantity": "9" * 17}, "quantity_too_large"),
    "unknown, with a quantity": ({"qualifier": "نامعلوم"}, "unknown_with_quantity"),
    "money without a currency word": ({"money": "پنج هزار دلار"}, "quantity_unreadable"),
    "no day": ({"from_": None}, "date_missing"),
    "a day in two ways": ({"from_": "97/8/29"}, "date_ambiguous"),
    "a day that does not exist": ({"from_": "1405/07/31"}, "date_impossible"),
    "a period backwards": ({"from_": "1405/08/30", "to": "1405/08/01"}, "period_reversed"),
    "a day to come": ({"from_": TOMORROW}, "day_not_come"),
    "a day before the unit": ({"from_": "1380/01/01"}, "unit_not_open_yet"),
    "a place that is not there": ({"place": "nowhere"}, "place_unknown"),
    "an activity that is not there": ({"activity": "nothing"}, "activity_unknown"),
    "an item that is not there": ({"item": "nothing"}, "item_unknown"),
    "a breakdown that is none": ({"dimensions": "زنان"}, "breakdown_unreadable"),
    "a breakdown that is not there": ({"dimensions": "رنگ=سبز"}, "breakdown_unknown"),
    "a note without end": ({"note": "x" * 501}, "text_too_long"),
    "an id that is none": ({"id": "12"}, "id_unreadable"),
    "an id of another kind": ({"id": str(uuid4())}, "id_not_made_for_rows"),
    "an id of the day after tomorrow": (
        {"id": "02aaaaaa-aaaa-7000-8000-000000000000"},
        "id_of_tomorrow",
    ),
    "a verification of nothing": ({"stage": "تأیید"}, "no_role_here"),
    "a promise that is not there": ({"fulfils": str(new_id())}, "entry_fulfils_a_promise"),
    "a reversal": ({"kind": "برگشت", "corrects": str(new_id())}, "only_originals"),
}


def test_what_is_wrong_is_said(world: World, indicator: Indicator) -> None:
    rows = [a_filled_row(world.local, indicator, **changes) for changes, _code in CASES.values()]
    verdicts = found(checked(rows, by=world.people["fars"], unit=world.fars, columns=EXPORT))
    for number, (case, (_changes, code)) in enumerate(CASES.items(), 2):
        verdict, codes = verdicts[number]
        assert verdict == "error" and code in codes, case


def test_names_do_instead_of_codes_and_must_agree_with_them(
    world: World, indicator: Indicator
) -> None:
    other = an_indicator("others")
    by_name = a_filled_row(f"{world.local.code} — هر چه", "", indicator_name="شاخص  parcels")
    assert verdict_of(world, by_name) == ("new", [])
    disagree = a_filled_row(world.local, indicator, indicator_name=other.name_fa)
    assert verdict_of(world, disagree) == ("error", ["indicators_disagree"])
    misnamed = a_filled_row(world.local, indicator, unit_name="همیاران نرگس شیراز")
    assert verdict_of(world, misnamed) == ("warning", ["unit_name_differs"])


def test_a_unit_out_of_reach_does_not_exist(world: World, indicator: Indicator) -> None:
    assert verdict_of(world, a_filled_row(world.mehriz, indicator)) == ("error", ["unit_unknown"])
    # Reachable by another grant, but not beneath the unit that was chosen for the file.
    assert verdict_of(world, a_filled_row(world.mehriz, indicator), by="officer") == (
        "error",
        ["unit_outside"],
    )
    twin = a_filled_row(world.twin, indicator)
    assert verdict_of(world, twin, unit=world.shiraz) == ("error", ["unit_outside"])


def test_a_closed_unit_and_a_retired_indicator_take_nothing(
    world: World, indicator: Indicator
) -> None:
    closing = a_unit("بسته", world.shiraz, world.shiraz.place, code="closing")
    close_unit(closing, on=DAY - timedelta(days=1), by=world.people["admin"], at=NOW)
    assert verdict_of(world, a_filled_row("closing", indicator)) == (
        "error",
        ["entry_unit_is_closed"],
    )
    retired = an_indicator("old", retired_on=DAY - timedelta(days=1))
    assert verdict_of(world, a_filled_row(world.local, retired)) == (
        "error",
        ["entry_indicator_is_retired"],
    )


def test_roles_are_asked_for_each_stage(world: World, indicator: Indicator) -> None:
    verifier = world.people["fars_verifier"]
    job = checked([a_filled_row(world.local, indicator)], by=verifier, unit=world.fars)
    assert found(job)[2] == ("error", ["no_role_here"])
    liaison = a_user("liaison")
    a_grant(liaison, Role.PARTNER, world.shiraz)
    promise = a_filled_row(world.local, indicator, stage="وعده")
    report = a_filled_row(world.local, indicator)
    job = checked([promise, report], by=liaison, unit=world.shiraz)
    assert found(job) == {2: ("error", ["no_role_here"]), 3: ("new", [])}


def test_an_activity_must_take_the_entry(world: World, indicator: Indicator) -> None:
    draft = an_activity(world.local, state=State.DRAFT)
    later = an_activity(world.local, day=DAY + timedelta(days=9))
    foreign = an_activity(world.mehriz)
    good = an_activity(world.local)
    codes = {
        activity.code: verdict_of(
            world, a_filled_row(world.local, indicator, activity=activity.code)
        )[1]
        for activity in (draft, later, foreign, good)
    }
    refused = ["entry_activity_does_not_take_it"]
    assert codes == {
        draft.code: refused,
        later.code: refused,
        foreign.code: ["activity_unknown"],
        good.code: [],
    }


def test_breakdowns_are_those_of_the_indicator(world: World, indicator: Indicator) -> None:
    sex = Dimension.objects.create(code="sex", position=1, name_fa="جنسیت", name_en="Sex")
    DimensionOption.objects.create(
        dimension=sex, code="women", position=1, name_fa="زنان و دختران", name_en="Women"
    )
    row = a_filled_row(world.local, indicator, dimensions="جنسیت=زنان")
    assert verdict_of(world, row) == ("error", ["breakdown_not_counted"])
    indicator.dimensions.add(sex)
    assert verdict_of(world, row) == ("new", [])


def test_parts_fit_their_total(world: World, indicator: Indicator) -> None:
    sex = Dimension.objects.create(code="sex", position=1, name_fa="جنسیت", name_en="Sex")
    for code, name in (("women", "زنان"), ("men", "مردان")):
        DimensionOption.objects.create(
            dimension=sex, code=code, position=1, name_fa=name, name_en=code
        )
    indicator.dimensions.add(sex)
    total = str(new_id())

    def rows(men: str) -> list[dict[Column, Any]]:
        return [
            a_filled_row(world.local, indicator, "6", dimensions="جنسیت=زنان", part_of=total),
            a_filled_row(world.local, indicator, "10", id=total),
            a_filled_row(world.local, indicator, men, dimensions="جنسیت=مردان", part_of=total),
        ]

    fitting = checked(rows("4"), by=world.people["fars"], unit=world.fars, columns=EXPORT)
    assert {verdict for verdict, _codes in found(fitting).values()} == {"new"}
    crowded = found(checked(rows("5"), by=world.people["fars"], unit=world.fars, columns=EXPORT))
    too_much = ("error", ["entry_parts_exceed_their_total"])
    assert crowded == {2: too_much, 3: ("new", []), 4: too_much}


def test_verifying_is_for_somebody_else_and_once(world: World, indicator: Indicator) -> None:
    report = an_entry(world.local, indicator, 10, by=world.people["fars"])
    a_grant(world.people["fars"], Role.VERIFIER, world.fars)

    def row(quantity: str = "9", **changes: Any) -> dict[Column, Any]:
        return a_filled_row(
            world.local, indicator, quantity, stage="تأیید", verifies=str(report.pk), **changes
        )

    assert verdict_of(world, row()) == ("error", ["entry_not_verified_by_its_reporter"])
    assert verdict_of(world, row(), by="fars_verifier") == ("new", [])
    assert verdict_of(world, row("12"), by="fars_verifier") == ("warning", ["verified_more"])
    twice = checked([row(), row("8")], by=world.people["fars_verifier"], unit=world.fars)
    assert found(twice)[3] == ("error", ["entry_verified_once"])
    verify_entry(report, quantity=report.quantity, note="", by=world.people["verifier"], at=NOW)
    assert verdict_of(world, row(), by="fars_verifier") == ("error", ["entry_verified_once"])
    reverse_entry(report, note="اشتباه", by=world.people["fars"], at=NOW)
    assert verdict_of(world, row(), by="fars_verifier") == (
        "error",
        ["entry_verifies_a_live_report"],
    )


def test_nobody_verifies_a_report_of_his_own_file(world: World, indicator: Indicator) -> None:
    a_grant(world.people["fars"], Role.VERIFIER, world.fars)
    report = str(new_id())
    check = a_filled_row(world.local, indicator, stage="تأیید", verifies=report)
    job = checked(
        [check, a_filled_row(world.local, indicator, id=report)],
        by=world.people["fars"],
        unit=world.fars,
    )
    assert found(job) == {2: ("error", ["entry_not_verified_by_its_reporter"]), 3: ("new", [])}


def test_a_report_may_fulfil_a_promise_of_the_same_file(world: World, indicator: Indicator) -> None:
    promise = str(new_id())
    rows = [
        a_filled_row(world.local, indicator, fulfils=promise),
        a_filled_row(world.local, indicator, stage="وعده", id=promise, from_=TOMORROW),
    ]
    job = checked(rows, by=world.people["fars"], unit=world.fars)
    assert {verdict for verdict, _codes in found(job).values()} == {"new"}


def test_a_quantity_far_from_its_promise_is_asked_about(world: World, indicator: Indicator) -> None:
    an_entry(world.local, indicator, 10, by=world.people["fars"], stage=Stage.PLEDGED)
    assert verdict_of(world, a_filled_row(world.local, indicator, "49")) == ("new", [])
    assert verdict_of(world, a_filled_row(world.local, indicator, "50")) == (
        "warning",
        ["far_from_promise"],
    )
    usual = an_indicator("usual", typical_max=100)
    assert verdict_of(world, a_filled_row(world.local, usual, "1001")) == (
        "warning",
        ["far_above_usual"],
    )
    assert verdict_of(world, a_filled_row(world.fars, usual, "1001")) == ("new", [])


def test_a_period_that_is_not_over_is_asked_about(world: World, indicator: Indicator) -> None:
    row = a_filled_row(world.local, indicator, to=TOMORROW)
    assert verdict_of(world, row) == ("warning", ["period_not_over"])


def test_ids_stand_once(world: World, indicator: Indicator) -> None:
    one = str(new_id())
    rows = [a_filled_row(world.local, indicator, quantity, id=one) for quantity in ("1", "2")]
    job = checked(rows, by=world.people["fars"], unit=world.fars)
    assert found(job) == {2: ("new", []), 3: ("error", ["id_twice"])}


def test_an_id_that_the_ledger_has_is_the_same_or_a_conflict(
    world: World, indicator: Indicator
) -> None:
    entry = an_entry(world.local, indicator, 12, by=world.people["leader"])
    assert verdict_of(world, a_filled_row(world.local, indicator, "۱۲", id=str(entry.pk))) == (
        "same",
        [],
    )
    other = checked(
        [a_filled_row(world.local, indicator, "13", id=str(entry.pk))],
        by=world.people["fars"],
        unit=world.fars,
    )
    assert found(other)[2] == ("error", ["id_taken"]) and other.conflicts == 1
    reverse_entry(entry, note="اشتباه", by=world.people["leader"], at=NOW)
    assert verdict_of(world, a_filled_row(world.local, indicator, "12", id=str(entry.pk))) == (
        "same",
        ["taken_back"],
    )


def test_rows_that_say_the_same_are_asked_about(world: World, indicator: Indicator) -> None:
    row = a_filled_row(world.local, indicator)
    job = checked([row, row], by=world.people["fars"], unit=world.fars)
    assert found(job) == {2: ("new", []), 3: ("warning", ["says_the_same"])}


def test_money_counts_in_whole_rials_with_the_words_that_were_written(world: World) -> None:
    spent = a_money_indicator("spent")
    job = checked(
        [a_filled_row(world.local, spent, "۱۹ میلیارد تومان")],
        by=world.people["fars"],
        unit=world.fars,
    )
    from karnameh.exchange.queries import findings_of

    findings = findings_of(job)
    assert findings is not None
    [judged] = findings.rows("new")
    assert judged.entry is not None
    assert judged.entry.rial == 190_000_000_000 and judged.entry.quantity == Decimal(
        190_000_000_000
    )
    assert judged.entry.as_written == "۱۹ میلیارد تومان"


def test_a_statement_about_everybody_beneath_is_never_added(
    world: World, indicator: Indicator
) -> None:
    from karnameh.exchange.queries import added_sums, findings_of

    rows = [
        a_filled_row(world.fars, indicator, "100", covers_all="بله"),
        a_filled_row(world.local, indicator, "7"),
    ]
    job = checked(rows, by=world.people["fars"], unit=world.fars)
    findings = findings_of(job)
    assert findings is not None
    coverages = [one.entry.coverage for one in findings.rows("new") if one.entry]
    assert coverages == [Coverage.WHOLE_SUBTREE, Coverage.OWN]
    assert [one.quantity for one in added_sums(job)] == [7]


def test_items_are_known_by_code(world: World, indicator: Indicator) -> None:
    Item.objects.create(code="blanket", name_fa="پتو", name_en="Blanket", measure=indicator.measure)
    assert verdict_of(world, a_filled_row(world.local, indicator, item="blanket")) == ("new", [])


def test_the_same_look_ups_serve_one_row_and_forty(
    world: World, indicator: Indicator, queries: Any
) -> None:
    counts = []
    for number in (1, 40):
        rows = [
            a_filled_row(world.local, indicator, str(n + 1), id=str(new_id()))
            for n in range(number)
        ]
        job = sent(as_csv(table(rows)), by=world.people["fars"], unit=world.fars)
        with queries:
            worked(job)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("code", ["no_rows", "column_missing"])
def test_a_sheet_without_rows_or_columns_is_refused(world: World, code: str) -> None:
    content = as_csv(table([])) if code == "no_rows" else as_csv([["نام", "مقدار"], ["x", "1"]])
    job: Import = worked(sent(content, by=world.people["fars"], unit=world.fars))
    assert (job.state, job.trouble) == ("failed", code)


def test_days_of_both_calendars_and_period_words_are_read(
    world: World, indicator: Indicator
) -> None:
    for written in ("۱۴۰۵/۸/۲۹", "2026-11-20", "۲۹ آبان ۱۴۰۵"):
        assert verdict_of(world, a_filled_row(world.local, indicator, from_=written)) == ("new", [])
    assert date(2026, 11, 20) > FOUNDED
