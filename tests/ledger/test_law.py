"""The ledger's law, line by line; each line also by going round the actions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from builders import (
    DAY,
    NOW,
    World,
    a_grant,
    a_money_indicator,
    a_new_entry,
    a_unit,
    a_user,
    an_activity,
    an_entry,
    an_indicator,
)
from karnameh.access.public import Role as Grantable
from karnameh.activities.public import State
from karnameh.catalog.public import (
    Dimension,
    DimensionOption,
    DimensionSet,
    Indicator,
    dimension_set,
)
from karnameh.kernel.ids import new_id
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Bucket,
    Coverage,
    Entry,
    Kind,
    Qualifier,
    Question,
    Role,
    Stage,
    Tally,
    Verdict,
    adjust,
    correct_entry,
    coverage_by,
    fold,
    post_entries,
    reverse_batch,
    reverse_entry,
    roll_up,
    silent_units,
    stated_totals,
    total,
    verify_entry,
)
from karnameh.org.public import OrgUnit, Theme, UnitKind, close_unit, move_unit
from karnameh.plumbing.public import OutOfReach
from workbench import (
    a_raw_reversal,
    a_raw_row,
    as_owner,
    ask,
    balance_of,
    cell_of,
    cells_of,
    everywhere,
    findings,
    fold_now,
    insert_raw,
    next_moment,
    quantity_of,
    refused,
    refused_kindly,
    rule_of,
    run,
    sound,
    tally_at,
)

BOTH_ROLES = pytest.mark.parametrize("role", ["site", "owner"])
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def as_(role: str) -> Any:
    """A context in which raw SQL runs as the site or as the owner of the tables."""
    return as_owner() if role == "owner" else transaction.atomic()


def a_cut(code: str = "sex", *options: str) -> list[DimensionSet]:
    """The sets of one dimension: men and women unless named."""
    dimension = Dimension.objects.create(code=code, position=1, name_fa=code, name_en=code)
    for place, option in enumerate(options or ("men", "women")):
        DimensionOption.objects.create(
            dimension=dimension, code=option, position=place, name_fa=option, name_en=option
        )
    return [dimension_set({code: option}) for option in options or ("men", "women")]


def at_every_moment(see: Callable[[], Any]) -> Any:
    """What `see` answers, which must be the same before folding and after it."""
    before = see()
    fold_now()
    after = see()
    assert before == after
    sound()
    return after


# --- 1. Immutable ------------------------------------------------------------------------------------

CHANGES = {
    "update": "UPDATE ledger_entry SET quantity = quantity + 1",
    "delete": "DELETE FROM ledger_entry",
    "truncate": "TRUNCATE ledger_entry",
    "truncate cascade": "TRUNCATE ledger_entry CASCADE",
    "upsert": "INSERT INTO ledger_entry SELECT * FROM ledger_entry ON CONFLICT (id) DO UPDATE SET quantity = 99",
    "merge": "MERGE INTO ledger_entry e USING ledger_entry x ON e.id = x.id WHEN MATCHED THEN DELETE",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_site_has_no_privilege_to_change_an_entry(world: World, change: str) -> None:
    an_entry(world.local, an_indicator(), by=world.people["leader"])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(change)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_trigger_refuses_even_the_owner_to_change_an_entry_and_says_the_rule(
    world: World, change: str
) -> None:
    entry = an_entry(world.local, an_indicator(), 10, by=world.people["leader"])
    with as_owner(), refused("entry_is_never_changed"):
        run(change)
    entry.refresh_from_db()
    assert entry.quantity == 10


@pytest.mark.parametrize(
    "deed",
    [
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER law ON ledger_entry",
        "ALTER TABLE ledger_entry DROP CONSTRAINT entry_original_is_not_negative",
        "DROP TABLE ledger_entry",
        "CREATE OR REPLACE FUNCTION ledger_now() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "SET session_replication_role = replica",
        "SET ROLE karnameh_owner",
        "UPDATE ledger_epoch SET number = 0",
        'UPDATE ledger_epoch SET "offset" = 0',
        "DELETE FROM ledger_foldstate",
        "DELETE FROM ledger_total",
        "CREATE TABLE public.mine (x int)",
    ],
)
def test_the_site_cannot_take_the_law_down(world: World, deed: str) -> None:
    # The tests sign in as the owner and step down, so stepping up again is asked of a real session.
    run("SET LOCAL SESSION AUTHORIZATION DEFAULT")
    if deed == "SET ROLE karnameh_owner":
        assert not ask("SELECT pg_has_role('karnameh_app', 'karnameh_owner', 'MEMBER')")
        return
    with (
        pytest.raises(DatabaseError, match=r"must be owner|permission denied|must be able"),
        transaction.atomic(),
    ):
        run(deed)


def test_a_correction_is_a_reversal_and_a_new_entry_and_the_wrong_one_stays(world: World) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    wrong = an_entry(world.local, indicator, 100, by=leader)
    right = correct_entry(
        wrong,
        quantity=Decimal(80),
        qualifier=Qualifier.EXACT,
        note="اشتباه شمارش",
        by=leader,
        at=NOW,
    )
    kinds = sorted(Entry.objects.filter(indicator=indicator).values_list("kind", "quantity"))
    assert kinds == [(Kind.ORIGINAL, 80), (Kind.ORIGINAL, 100), (Kind.REVERSAL, -100)]
    assert right.corrects_id == wrong.pk
    wrong.refresh_from_db()
    assert wrong.quantity == 100
    assert at_every_moment(lambda: quantity_of(world.nation, indicator)) == 80


@pytest.mark.parametrize(
    "column",
    [
        {"quantity": Decimal(-9)}, {"quantity": Decimal(10)}, {"quantity": None, "qualifier": 5}, {"stage": 1},
        {"qualifier": 2}, {"coverage": 2}, {"role": 2}, {"rial": 7}, {"ends_on": AFTER},
        {"starts_on": BEFORE}, {"dimensions_id": 0}, {"unit": "mehriz"}, {"place": "mehriz"}, {"indicator": True},
    ],
    ids=str,
)  # fmt: skip
@BOTH_ROLES
def test_a_reversal_that_is_no_exact_mirror_is_refused(
    world: World, column: dict[str, Any], role: str
) -> None:
    entry, column = an_entry(world.local, an_indicator(), 10, by=world.people["leader"]), {**column}
    if column.pop("unit", None):
        other = world.locals["mehriz"][0]
        column |= {"unit_id": other.pk, "unit_placement_id": other.placements.get().pk}
    if column.pop("place", None):
        place = world.mehriz.place
        column |= {"place_id": place.pk, "place_placement_id": place.placements.get().pk}
    if column.pop("indicator", None):
        column["indicator_id"] = an_indicator().pk
    if "dimensions_id" in column:
        column["dimensions_id"] = a_cut()[0].pk
    row = a_raw_reversal(entry, **column)
    with as_(role), refused("entry_reversal_mirrors_its_entry"):
        insert_raw(row)


@BOTH_ROLES
def test_an_entry_is_reversed_once_and_a_reversal_never(world: World, role: str) -> None:
    entry = an_entry(world.local, an_indicator(), 10, by=world.people["leader"])
    insert_raw(a_raw_reversal(entry))
    reversal = Entry.objects.get(corrects=entry)
    with as_(role):
        with refused("entry_reversed_once"):
            insert_raw(a_raw_reversal(entry))
        with refused("entry_reversal_mirrors_its_entry"):
            insert_raw(a_raw_reversal(reversal))
        with refused("entry_reversal_names_its_entry"):
            insert_raw(a_raw_reversal(entry, corrects_id=None))


def test_reversing_twice_or_reversing_a_reversal_is_refused_with_a_sentence(world: World) -> None:
    leader = world.people["leader"]
    entry = an_entry(world.local, an_indicator(), 10, by=leader)
    [reversal] = reverse_entry(entry, note="دو بار", by=leader, at=NOW)
    with refused_kindly("entry_reversed_once", status=409):
        reverse_entry(entry, note="باز هم", by=leader, at=NOW)
    with refused_kindly(status=409):
        reverse_entry(reversal, note="پشیمان شدم", by=leader, at=NOW)


def test_a_reversal_takes_the_parts_and_the_checks_with_it(world: World) -> None:
    indicator, leader, verifier = an_indicator(), world.people["leader"], world.people["verifier"]
    _men, women = a_cut()
    whole = an_entry(world.local, indicator, 100, by=leader)
    an_entry(world.local, indicator, 60, by=leader, part_of=whole.pk, dimensions=women.pk)
    verify_entry(whole, quantity=Decimal(90), note="", by=verifier, at=NOW)
    reverse_entry(whole, note="برنامه انجام نشده بود", by=leader, at=NOW)
    assert at_every_moment(lambda: cells_of(world.nation, indicator)) == []


@BOTH_ROLES
def test_a_reversal_that_leaves_a_check_or_a_part_standing_on_nothing_is_refused(
    world: World, role: str
) -> None:
    leader, (_men, women) = world.people["leader"], a_cut()
    checked, cut = (an_entry(world.local, an_indicator(), 100, by=leader) for _ in range(2))
    verify_entry(checked, quantity=Decimal(90), note="", by=world.people["verifier"], at=NOW)
    an_entry(
        world.local,
        Indicator.objects.get(pk=cut.indicator_id),
        60,
        by=leader,
        part_of=cut.pk,
        dimensions=women.pk,
    )
    with as_(role):
        for entry in (checked, cut):
            with pytest.raises(DatabaseError) as caught, transaction.atomic():
                insert_raw(a_raw_reversal(entry))
            assert rule_of(caught.value).startswith("entry_")


def test_an_entry_can_be_reversed_after_its_unit_has_moved_on_that_day(world: World) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    entry = an_entry(world.local, indicator, 10, by=leader)
    move_unit(world.local, parent=world.twin, on=DAY, by=world.people["admin"], at=NOW)
    reverse_entry(entry, note="اشتباه", by=world.people["fars"], at=NOW)
    assert at_every_moment(lambda: cells_of(world.nation, indicator)) == []


def test_an_entry_of_a_unit_that_has_closed_since_can_still_be_reversed(world: World) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    entry = an_entry(world.local, indicator, 10, by=leader)
    close_unit(world.local, on=BEFORE, by=world.people["admin"], at=NOW)
    reverse_entry(entry, note="اشتباه", by=world.people["officer"], at=NOW)
    assert at_every_moment(lambda: cells_of(world.nation, indicator)) == []


def test_a_higher_level_adjusts_in_its_own_name_and_the_lower_level_stays_as_it_said(
    world: World,
) -> None:
    indicator = an_indicator()
    an_entry(world.local, indicator, 100, by=world.people["leader"])
    made = adjust(
        unit=world.fars, indicator=indicator.pk, stage=Stage.REPORTED, quantity=Decimal(-15), ends_on=DAY,
        note="دوباره‌شماری استان", by=world.people["fars"], at=NOW,
    )  # fmt: skip
    assert (made.kind, made.unit_id) == (Kind.ADJUSTMENT, world.fars.pk)
    seen = at_every_moment(
        lambda: [
            quantity_of(node, indicator)
            for node in (world.local, world.shiraz, world.fars, world.nation)
        ]
    )
    assert seen == [100, 100, 85, 85]


def test_an_adjustment_without_a_reason_is_refused_by_action_and_database(world: World) -> None:
    indicator, fars = an_indicator(), world.people["fars"]
    with refused_kindly():
        adjust(
            unit=world.fars,
            indicator=indicator.pk,
            stage=Stage.REPORTED,
            quantity=Decimal(1),
            ends_on=DAY,
            note=" ",
            by=fars,
            at=NOW,
        )
    for role in ("site", "owner"):
        with as_(role), refused("entry_adjustment_says_why"):
            insert_raw(a_raw_row(world.fars, indicator, -5, by=fars, kind=2, note=""))


def test_a_check_cannot_be_adjusted_and_the_refusal_is_a_sentence(world: World) -> None:
    admin = world.people["admin"]
    with refused_kindly("entry_verified_names_its_report"):
        adjust(
            unit=world.fars, indicator=an_indicator().pk, stage=Stage.VERIFIED, quantity=Decimal(-5), ends_on=DAY,
            note="بازبینی", by=admin, at=NOW,
        )  # fmt: skip


def test_an_adjustment_can_be_corrected_and_stays_an_adjustment(world: World) -> None:
    fars = world.people["fars"]
    made = adjust(
        unit=world.fars, indicator=an_indicator().pk, stage=Stage.REPORTED, quantity=Decimal(-15), ends_on=DAY,
        note="دوباره‌شماری", by=fars, at=NOW,
    )  # fmt: skip
    again = correct_entry(
        made,
        quantity=Decimal(-12),
        qualifier=Qualifier.EXACT,
        note="سه تا پیدا شد",
        by=fars,
        at=NOW,
    )
    assert (again.kind, again.quantity) == (Kind.ADJUSTMENT, -12)


def test_temporary_tables_of_the_site_do_not_deceive_the_law(world: World) -> None:
    """A temporary table hides a table of the same name unless the law names where it looks."""
    leader = world.people["leader"]
    report = an_entry(world.local, an_indicator(), 10, by=leader)
    run("CREATE TEMP TABLE ledger_entry AS SELECT * FROM public.ledger_entry")
    run("UPDATE pg_temp.ledger_entry SET posted_by_id = posted_by_id + 1")
    run("GRANT ALL ON pg_temp.ledger_entry TO PUBLIC")
    row = a_raw_row(
        world.local,
        Indicator.objects.get(pk=report.indicator_id),
        10,
        by=leader,
        stage=3,
        verifies_id=report.pk,
    )
    names = ", ".join(row)
    with refused("entry_not_verified_by_its_reporter"):
        run(
            f"INSERT INTO public.ledger_entry (clock, {names}) VALUES (ledger_now(), {', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


# --- 2. Idempotent -----------------------------------------------------------------------------------


def test_the_same_entry_sent_again_is_one_row_and_its_receipt_says_so(world: World) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    entries = [a_new_entry(world.local, indicator, n) for n in range(5)]
    assert [r.verdict for r in post_entries(entries, by=leader, at=NOW)] == [Verdict.NEW] * 5
    again = post_entries(
        [*entries, a_new_entry(world.local, indicator, 7)],
        by=world.people["officer"],
        at=NOW + timedelta(days=3),
    )
    assert [r.verdict for r in again] == [Verdict.SAME] * 5 + [Verdict.NEW]
    assert Entry.objects.filter(indicator=indicator).count() == 6


@pytest.mark.parametrize(
    "change",
    [
        {"quantity": Decimal(6)}, {"quantity": Decimal("5.001")}, {"qualifier": Qualifier.ABOUT}, {"stage": Stage.PLEDGED},
        {"note": "دیگر"}, {"as_written": "پنج"}, {"rial": 5}, {"ends_on": AFTER}, {"role": Role.PARTNER},
        {"coverage": Coverage.WHOLE_SUBTREE}, {"quantity": None, "qualifier": Qualifier.UNKNOWN},
    ],
    ids=str,
)  # fmt: skip
def test_a_taken_id_with_other_content_is_a_conflict_and_changes_nothing(
    world: World, change: dict[str, Any]
) -> None:
    leader, entry = world.people["leader"], a_new_entry(world.local, an_indicator(), 5)
    post_entries([entry], by=leader, at=NOW)
    good = a_new_entry(world.local, an_indicator(), 9)
    receipts = post_entries([replace(entry, **change), good], by=leader, at=NOW)
    assert [r.verdict for r in receipts] == [Verdict.CONFLICT, Verdict.NEW]
    assert Entry.objects.get(pk=entry.id).quantity == 5
    assert Entry.objects.filter(pk=good.id).exists()


@pytest.mark.parametrize("quantity", ["5", "5.0", "5.000"])
def test_the_way_a_number_is_written_does_not_make_another_content(
    world: World, quantity: str
) -> None:
    leader, entry = world.people["leader"], a_new_entry(world.local, an_indicator(), 5)
    post_entries([entry], by=leader, at=NOW)
    [receipt] = post_entries([replace(entry, quantity=Decimal(quantity))], by=leader, at=NOW)
    assert receipt.verdict is Verdict.SAME


def test_one_id_twice_in_one_call_is_one_row_and_a_conflict_when_the_contents_differ(
    world: World,
) -> None:
    leader, entry = world.people["leader"], a_new_entry(world.local, an_indicator(), 5)
    receipts = post_entries([entry, entry, replace(entry, quantity=Decimal(6))], by=leader, at=NOW)
    assert Entry.objects.get(pk=entry.id).quantity == 5
    assert receipts[2].verdict is Verdict.CONFLICT


def test_a_large_batch_takes_the_copy_path_and_is_just_as_idempotent(world: World) -> None:
    indicator, officer = an_indicator(), world.people["officer"]
    written = 'tab\tnew\nline\\N "q" \\. ۱۲'
    entries = [
        a_new_entry(world.local, indicator, n, as_written=written, note="\\N") for n in range(2_100)
    ]
    assert {r.verdict for r in post_entries(entries, by=officer, at=NOW)} == {Verdict.NEW}
    kept = Entry.objects.get(pk=entries[7].id)
    assert (kept.as_written, kept.note, kept.quantity) == (written, "\\N", 7)
    receipts = post_entries(
        [
            *entries,
            replace(entries[0], quantity=Decimal(9)),
            a_new_entry(world.local, indicator, 1),
        ],
        by=officer,
        at=NOW,
    )
    assert [r.verdict for r in receipts] == [Verdict.SAME] * 2_100 + [Verdict.CONFLICT, Verdict.NEW]
    assert tally_at(world.fars, indicator).entries == 2_101


def test_one_bad_entry_in_a_large_batch_refuses_the_whole_call(world: World) -> None:
    indicator, officer = an_indicator(), world.people["officer"]
    entries = [a_new_entry(world.local, indicator, n) for n in range(2_100)]
    entries[2_050] = replace(entries[2_050], quantity=Decimal(-1))
    with refused_kindly("entry_original_is_not_negative"):
        post_entries(entries, by=officer, at=NOW)
    assert not Entry.objects.filter(indicator=indicator).exists()


@BOTH_ROLES
def test_a_raw_row_with_a_taken_id_is_refused(world: World, role: str) -> None:
    entry = an_entry(world.local, an_indicator(), by=world.people["leader"])
    row = a_raw_row(world.local, an_indicator(), by=world.people["leader"], id=entry.pk)
    with as_(role), refused("ledger_entry_pkey"):
        insert_raw(row)


def test_an_id_that_carries_no_time_or_a_time_in_the_future_is_refused(world: World) -> None:
    from uuid import UUID, uuid4

    leader, entry = world.people["leader"], a_new_entry(world.local, an_indicator())
    with refused_kindly():
        post_entries([replace(entry, id=uuid4())], by=leader, at=NOW)
    ahead = int((NOW + timedelta(days=2)).timestamp() * 1000)
    with refused_kindly():
        post_entries(
            [replace(entry, id=UUID(int=ahead << 80 | 7 << 76 | 2 << 62))], by=leader, at=NOW
        )


@BOTH_ROLES
def test_an_entry_cannot_claim_another_moment_than_its_transaction(world: World, role: str) -> None:
    row = a_raw_row(world.local, an_indicator(), by=world.people["leader"])
    for clock in ("ledger_now() - 1", "ledger_now() + 1", "0"):
        with as_(role), refused("entry_clock_is_the_transaction"):
            insert_raw(row, clock=clock)


# --- 3. Stage ----------------------------------------------------------------------------------------


def test_promised_reported_and_checked_are_three_quantities_that_may_differ(world: World) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    pledge = an_entry(world.local, indicator, 100, by=leader, stage=Stage.PLEDGED)
    report = an_entry(world.local, indicator, 80, by=leader, fulfils=pledge.pk)
    verify_entry(report, quantity=Decimal(75), note="", by=world.people["verifier"], at=NOW)
    seen = at_every_moment(lambda: [quantity_of(world.nation, indicator, stage) for stage in Stage])
    assert seen == [100, 80, 75]


def test_a_check_larger_than_its_report_is_allowed_and_both_stay(world: World) -> None:
    indicator = an_indicator()
    report = an_entry(world.local, indicator, 80, by=world.people["leader"])
    verify_entry(
        report, quantity=Decimal(95), note="بیشتر بود", by=world.people["verifier"], at=NOW
    )
    assert at_every_moment(
        lambda: [quantity_of(world.fars, indicator, s) for s in (Stage.REPORTED, Stage.VERIFIED)]
    ) == [80, 95]


def test_nobody_checks_his_own_report(world: World) -> None:
    admin = world.people["admin"]
    report = an_entry(world.local, an_indicator(), 80, by=admin)
    with refused_kindly("entry_not_verified_by_its_reporter", status=409):
        verify_entry(report, quantity=Decimal(80), note="", by=admin, at=NOW)


def test_two_checks_of_one_report_are_one_too_many(world: World) -> None:
    report = an_entry(world.local, an_indicator(), 80, by=world.people["leader"])
    verify_entry(report, quantity=Decimal(80), note="", by=world.people["verifier"], at=NOW)
    with refused_kindly("entry_verified_once", status=409):
        verify_entry(
            report, quantity=Decimal(70), note="", by=world.people["fars_verifier"], at=NOW
        )


def test_a_check_taken_back_can_be_made_again(world: World) -> None:
    indicator, verifier = an_indicator(), world.people["verifier"]
    report = an_entry(world.local, indicator, 80, by=world.people["leader"])
    first = verify_entry(report, quantity=Decimal(80), note="", by=verifier, at=NOW)
    reverse_entry(first, note="جای دیگری بود", by=verifier, at=NOW)
    verify_entry(report, quantity=Decimal(60), note="", by=verifier, at=NOW)
    assert at_every_moment(lambda: quantity_of(world.nation, indicator, Stage.VERIFIED)) == 60


@BOTH_ROLES
def test_raw_checks_need_a_live_report_of_the_same_unit_and_another_person(
    world: World, role: str
) -> None:
    indicator, leader, verifier = an_indicator(), world.people["leader"], world.people["verifier"]
    report = an_entry(world.local, indicator, 80, by=leader)
    pledge = an_entry(world.local, indicator, 80, by=leader, stage=Stage.PLEDGED)
    gone = an_entry(world.local, indicator, 80, by=leader)
    reverse_entry(gone, note="اشتباه", by=leader, at=NOW)
    other = world.locals["taft"][0]

    def check_of(
        target: Any,
        by: Any = verifier,
        unit: OrgUnit = world.local,
        of: Indicator = indicator,
        **more: Any,
    ) -> None:
        insert_raw(a_raw_row(unit, of, 80, by=by, stage=3, verifies_id=target, **more))

    wrong = "entry_verifies_a_live_report"
    with as_(role):
        for target in (pledge.pk, gone.pk, Entry.objects.get(corrects=gone).pk, new_id()):
            with refused(wrong):
                check_of(target)
        with refused(wrong):
            check_of(report.pk, unit=other)
        with refused(wrong):
            check_of(report.pk, of=an_indicator())
        with refused(wrong):
            check_of(report.pk, dimensions_id=a_cut()[0].pk)
        with refused("entry_not_verified_by_its_reporter"):
            check_of(report.pk, by=leader)
        with refused("entry_verified_names_its_report"):
            check_of(None)
        with refused("entry_verified_names_its_report"):
            insert_raw(a_raw_row(world.local, indicator, by=leader, stage=2, verifies_id=report.pk))
        check_of(report.pk)
        with refused("entry_verified_once"):
            check_of(report.pk, by=world.people["fars_verifier"])


@BOTH_ROLES
def test_raw_fulfilment_ties_a_report_to_a_promise_of_the_same_indicator_only(
    world: World, role: str
) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    pledge = an_entry(world.local, indicator, 80, by=leader, stage=Stage.PLEDGED)
    report = an_entry(world.local, indicator, 80, by=leader)
    gone = an_entry(world.local, indicator, 80, by=leader, stage=Stage.PLEDGED)
    [reversal] = reverse_entry(gone, note="اشتباه", by=leader, at=NOW)
    wrong = "entry_fulfils_a_promise"
    with as_(role):
        for target in (report.pk, reversal.pk, new_id()):
            with refused(wrong):
                insert_raw(a_raw_row(world.local, indicator, by=leader, fulfils_id=target))
        with refused(wrong):
            insert_raw(a_raw_row(world.local, an_indicator(), by=leader, fulfils_id=pledge.pk))
        with refused("entry_only_reports_fulfil"):
            insert_raw(a_raw_row(world.local, indicator, by=leader, stage=1, fulfils_id=pledge.pk))


def test_the_database_knows_no_other_stage_kind_qualifier_coverage_or_role(world: World) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    for column, value, rule in (
        ("stage", 0, "entry_stage"), ("stage", 4, "entry_stage"), ("kind", 3, "entry_kind"),
        ("qualifier", 0, "entry_qualifier"), ("qualifier", 6, "entry_qualifier"),
        ("coverage", 3, "entry_coverage"), ("role", 0, "entry_role"), ("role", 6, "entry_role"),
        ("starts_on", AFTER, "entry_period_runs_forward"), ("quantity", Decimal(-1), "entry_original_is_not_negative"),
        ("rial", -1, "entry_original_is_not_negative"),
    ):  # fmt: skip
        with refused(rule):
            insert_raw(a_raw_row(world.local, indicator, by=leader, **{column: value}))


@pytest.mark.parametrize(
    "column",
    [
        "unit_id",
        "unit_placement_id",
        "place_id",
        "place_placement_id",
        "indicator_id",
        "dimensions_id",
        "posted_by_id",
        "item_id",
    ],
)
@BOTH_ROLES
def test_an_entry_that_names_something_that_does_not_exist_is_refused(
    world: World, column: str, role: str
) -> None:
    row = a_raw_row(world.local, an_indicator(), by=world.people["leader"]) | {column: 999_999}
    with as_(role), refused("entry_refers_to_nothing"):
        insert_raw(row)


@BOTH_ROLES
def test_closed_units_retired_indicators_and_unready_activities_take_no_entry(
    world: World, role: str
) -> None:
    leader, admin = world.people["leader"], world.people["admin"]
    indicator, retired = an_indicator(), an_indicator()
    Indicator.objects.filter(pk=retired.pk).update(retired_on=BEFORE)
    closed = world.locals["shiraz"][1]
    close_unit(closed, on=BEFORE, by=admin, at=NOW)
    takes_none = [
        State.DRAFT,
        State.SUBMITTED,
        State.RETURNED,
        State.DECLINED,
        State.CANCELLED,
        State.CLOSED,
        State.MERGED,
    ]
    unready = [an_activity(world.local, state=state) for state in takes_none]
    later = an_activity(world.local, day=AFTER)
    with as_(role):
        with refused("entry_unit_is_closed"):
            insert_raw(a_raw_row(closed, indicator, by=leader))
        insert_raw(a_raw_row(closed, indicator, by=leader, ends_on=BEFORE))
        with refused("entry_indicator_is_retired"):
            insert_raw(a_raw_row(world.local, retired, by=leader))
        insert_raw(a_raw_row(world.local, retired, by=leader, ends_on=BEFORE))
        for activity in unready:
            for stage in (1, 2):
                with refused("entry_activity_does_not_take_it"):
                    insert_raw(
                        a_raw_row(
                            world.local, indicator, by=leader, stage=stage, activity_id=activity.pk
                        )
                    )
        with refused("entry_activity_does_not_take_it"):
            insert_raw(a_raw_row(world.local, indicator, by=leader, activity_id=later.pk))
        with refused("entry_activity_does_not_take_it"):
            insert_raw(a_raw_row(world.local, indicator, by=leader, activity_id=999_999))
        insert_raw(a_raw_row(world.local, indicator, by=leader, stage=1, activity_id=later.pk))


def test_absurd_quantities_and_days_are_refused_with_a_sentence(world: World) -> None:
    """What would poison every sum above it, or stop folding for ever, never gets in."""
    leader, indicator = world.people["leader"], an_indicator()
    for quantity in (Decimal("NaN"), Decimal("Infinity"), Decimal(10) ** 18, Decimal("1E+30")):
        with pytest.raises(Exception) as caught, transaction.atomic():
            post_entries(
                [
                    a_new_entry(world.local, indicator, 1, id=new_id()).__class__(
                        **{**_fields(a_new_entry(world.local, indicator)), "quantity": quantity}
                    )
                ],
                by=leader,
                at=NOW,
            )
        assert type(caught.value).__name__ == "Refusal", (quantity, caught.value)
    for day in (date(1700, 1, 1), date(1, 1, 1), date(9999, 12, 31), date(2300, 1, 1)):
        with pytest.raises(Exception) as caught, transaction.atomic():
            post_entries([a_new_entry(world.local, indicator, 1, ends_on=day)], by=leader, at=NOW)
        assert type(caught.value).__name__ == "Refusal", (day, caught.value)


def _fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}


@BOTH_ROLES
def test_no_raw_entry_can_poison_the_totals(world: World, role: str) -> None:
    leader, indicator = world.people["leader"], an_indicator()
    with as_(role):
        for columns in (
            {"quantity": Decimal("NaN")},
            {"ends_on": date(1700, 1, 1)},
            {"ends_on": date(2300, 1, 1)},
        ):
            with pytest.raises(DatabaseError) as caught, transaction.atomic():
                insert_raw(a_raw_row(world.local, indicator, by=leader, **columns))
            assert rule_of(caught.value).startswith("entry_")
    fold_now()
    sound()


def test_folding_survives_every_day_that_an_entry_may_have(world: World) -> None:
    leader, indicator = world.people["leader"], an_indicator()
    for day in (date(1821, 3, 21), date(2122, 3, 20)):
        an_entry(world.local, indicator, 3, by=leader, ends_on=day)
    assert at_every_moment(lambda: quantity_of(world.nation, indicator)) == 6


# --- 4. Where is not who -----------------------------------------------------------------------------


def test_a_province_that_cooks_in_another_counts_here_by_unit_and_there_by_place(
    world: World,
) -> None:
    meals = an_indicator()
    an_entry(world.local, meals, 50_000, by=world.people["leader"], place=world.mehriz.place_id)
    an_entry(world.local, meals, 7, by=world.people["leader"])

    def see() -> list[Decimal | None]:
        nodes = (
            world.fars,
            world.yazd,
            world.fars.place,
            world.yazd.place,
            world.mehriz.place,
            world.country,
        )
        return [quantity_of(node, meals) for node in nodes]

    assert at_every_moment(see) == [50_007, None, 7, 50_000, 50_000, 50_007]


def test_an_entry_without_a_place_happened_at_the_home_of_its_unit(world: World) -> None:
    entry = an_entry(world.local, an_indicator(), by=world.people["leader"])
    assert entry.place_id == world.local.place_id == world.shiraz.place_id


# --- 5. Two aggregation rules ------------------------------------------------------------------------


def a_stock() -> Indicator:
    return an_indicator(nature="stock", time_rule="last")


def test_a_stock_takes_the_last_value_of_each_unit_and_the_sum_over_units(world: World) -> None:
    teams, leader, officer = a_stock(), world.people["leader"], world.people["officer"]
    an_entry(world.local, teams, 40, by=leader, ends_on=BEFORE)
    an_entry(world.local, teams, 42, by=leader, ends_on=DAY)
    an_entry(world.locals["shiraz"][1], teams, 8, by=officer, ends_on=BEFORE)
    an_entry(world.locals["taft"][0], teams, 5, by=officer, ends_on=AFTER)
    upto = [Period(None, day) for day in (BEFORE - timedelta(days=1), BEFORE, DAY, AFTER)]
    assert at_every_moment(lambda: [quantity_of(world.nation, teams, period=p) for p in upto]) == [
        None,
        48,
        50,
        55,
    ]
    assert (
        quantity_of(world.nation, teams, period=Period(AFTER, AFTER)) == 55
    )  # it still stands that day
    assert quantity_of(world.fars, teams) == 50


def test_a_late_entry_changes_only_the_days_until_the_next_value(world: World) -> None:
    teams, leader = a_stock(), world.people["leader"]
    an_entry(world.local, teams, 10, by=leader, ends_on=DAY - timedelta(days=4))
    an_entry(world.local, teams, 30, by=leader, ends_on=DAY)
    fold_now()
    an_entry(world.local, teams, 20, by=leader, ends_on=DAY - timedelta(days=2))
    days = [DAY - timedelta(days=n) for n in (5, 4, 3, 2, 1, 0)]
    seen = at_every_moment(
        lambda: [quantity_of(world.fars, teams, period=Period(None, day)) for day in days]
    )
    assert seen == [None, 10, 10, 20, 20, 30]


def test_two_values_on_one_day_leave_the_later_one(world: World) -> None:
    teams, leader = a_stock(), world.people["leader"]
    an_entry(world.local, teams, 10, by=leader)
    next_moment()
    an_entry(world.local, teams, 12, by=leader)
    assert at_every_moment(lambda: quantity_of(world.nation, teams)) == 12


def test_a_reversed_last_value_brings_the_one_before_back(world: World) -> None:
    teams, leader = a_stock(), world.people["leader"]
    an_entry(world.local, teams, 10, by=leader, ends_on=BEFORE)
    last = an_entry(world.local, teams, 30, by=leader)
    fold_now()
    reverse_entry(last, note="اشتباه", by=leader, at=NOW)
    assert (
        at_every_moment(
            lambda: [quantity_of(node, teams) for node in (world.local, world.shiraz, world.nation)]
        )
        == [10] * 3
    )
    cell = cell_of(world.nation, teams)
    assert cell is not None and cell.tally.entries == 1


def test_the_stocks_of_one_unit_at_several_places_and_of_several_items_stand_side_by_side(
    world: World,
) -> None:
    from karnameh.catalog.public import Item, Measure

    tents, leader = a_stock(), world.people["leader"]
    item = Item.objects.create(
        code="tent", name_fa="چادر", name_en="tent", measure=Measure.objects.first()
    )
    an_entry(world.local, tents, 10, by=leader)
    an_entry(world.local, tents, 5, by=leader, place=world.mehriz.place_id)
    an_entry(world.local, tents, 3, by=leader, item=item.pk)
    an_entry(world.local, tents, 11, by=leader, ends_on=AFTER)
    seen = at_every_moment(
        lambda: [
            quantity_of(n, tents)
            for n in (world.local, world.nation, world.fars.place, world.yazd.place)
        ]
    )
    assert seen == [19, 19, 14, 5]


def test_a_stock_that_is_gone_is_zero_and_not_nothing(world: World) -> None:
    beds, leader = a_stock(), world.people["leader"]
    an_entry(world.local, beds, 10, by=leader, ends_on=BEFORE)
    an_entry(world.local, beds, 0, by=leader)
    tally = at_every_moment(lambda: tally_at(world.nation, beds))
    assert (tally.quantity, tally.entries, tally.known) == (0, 1, True)


def test_days_of_a_stock_are_changes_that_add_up_to_the_value_of_each_day(world: World) -> None:
    teams, leader = a_stock(), world.people["leader"]
    for day, value in ((BEFORE, 10), (DAY, 30), (AFTER, 25)):
        an_entry(world.local, teams, value, by=leader, ends_on=day)

    def see() -> list[tuple[Any, Decimal]]:
        return [
            (cell.key, cell.tally.quantity)
            for cell in cells_of(world.nation, teams, Period(DAY, AFTER), by="day")
        ]

    assert at_every_moment(see) == [(BEFORE, 10), (DAY, 20), (AFTER, -5)]


def test_a_daily_rate_is_never_summed_over_time(world: World) -> None:
    masks, leader = (
        an_indicator(nature="rate", time_rule="avg", unit_rule="sum"),
        world.people["leader"],
    )
    for day, value in ((BEFORE, 100), (DAY, 300)):
        an_entry(world.local, masks, value, by=leader, ends_on=day)
    an_entry(world.locals["taft"][0], masks, 50, by=world.people["officer"])
    assert at_every_moment(lambda: quantity_of(world.nation, masks)) == 250
    last = an_indicator(nature="rate", time_rule="last")
    for day, value in ((BEFORE, 100), (DAY, 300)):
        an_entry(world.local, last, value, by=leader, ends_on=day)
    assert at_every_moment(lambda: quantity_of(world.nation, last)) == 300


@pytest.mark.parametrize(
    ("nature", "rule"), [("rate", "sum"), ("stock", "sum"), ("stock", "avg"), ("cumulative", "sum")]
)
def test_no_indicator_can_be_made_that_sums_a_rate_or_a_stock_over_time(
    world: World, nature: str, rule: str
) -> None:
    name = (
        "indicator_rate_is_never_summed_over_time"
        if nature == "rate"
        else "indicator_stock_takes_the_last_value"
    )
    with refused(name):
        an_indicator(nature=nature, time_rule=rule)


def test_what_is_never_to_be_added_is_counted_but_gives_no_quantity(world: World) -> None:
    share, leader = (
        an_indicator(nature="ratio", time_rule="none", unit_rule="none"),
        world.people["leader"],
    )
    for value in (40, 60):
        an_entry(world.local, share, value, by=leader)
    tally = at_every_moment(lambda: tally_at(world.nation, share))
    assert (tally.quantity, tally.entries, tally.known) == (0, 2, False)


def test_the_last_value_of_each_unit_comes_before_the_largest_unit(world: World) -> None:
    """time = last, unit = max: the largest of what stands now, not the largest that ever stood."""
    peak, officer = (
        an_indicator(nature="stock", time_rule="last", unit_rule="max"),
        world.people["officer"],
    )
    an_entry(world.local, peak, 90, by=officer, ends_on=BEFORE)
    an_entry(world.local, peak, 20, by=officer)
    an_entry(world.locals["taft"][0], peak, 50, by=officer, ends_on=BEFORE)
    assert quantity_of(world.nation, peak, period=Period(DAY, AFTER)) == 50


# --- 6. Joint work counts once -----------------------------------------------------------------------


def test_only_the_lead_of_joint_work_counts_it_as_its_own(world: World) -> None:
    clinics, officer = an_indicator(), world.people["officer"]
    an_entry(world.local, clinics, 3, by=officer)
    for role, unit in (
        (Role.PARTNER, "taft"),
        (Role.FUNDER, "mehriz"),
        (Role.INSTALLER, "twin"),
        (Role.OWNER, "twin"),
    ):
        an_entry(world.locals[unit][0], clinics, 3, by=officer, role=role)

    def see() -> list[Decimal | None]:
        return [
            quantity_of(world.nation, clinics, bucket=bucket)
            for bucket in (Bucket.OWN, Bucket.TOOK_PART)
        ]

    assert at_every_moment(see) == [3, 12]
    assert quantity_of(world.yazd, clinics) is None
    assert quantity_of(world.yazd, clinics, bucket=Bucket.TOOK_PART) == 6


def test_a_check_of_joint_work_stays_joint_work(world: World) -> None:
    clinics = an_indicator()
    report = an_entry(world.local, clinics, 3, by=world.people["leader"], role=Role.PARTNER)
    verify_entry(report, quantity=Decimal(2), note="", by=world.people["verifier"], at=NOW)
    assert at_every_moment(lambda: quantity_of(world.nation, clinics, Stage.VERIFIED)) is None
    assert quantity_of(world.nation, clinics, Stage.VERIFIED, Bucket.TOOK_PART) == 2


# --- 7. Control totals -------------------------------------------------------------------------------


def test_what_is_stated_for_everybody_is_never_added_and_stands_beside_the_sum_with_its_gap(
    world: World,
) -> None:
    from karnameh.ledger.public import ControlTotal

    screened, officer = an_indicator(), world.people["officer"]
    an_entry(world.local, screened, 40, by=officer)
    an_entry(world.locals["taft"][0], screened, 25, by=officer)
    an_entry(
        world.nation,
        screened,
        70,
        by=officer,
        coverage=Coverage.WHOLE_SUBTREE,
        qualifier=Qualifier.AT_LEAST,
    )
    an_entry(world.fars, screened, 30, by=officer, coverage=Coverage.WHOLE_SUBTREE)

    def see() -> list[Any]:
        stated = [
            stated_totals(everywhere(), unit, Period(DAY, DAY))
            for unit in (world.nation, world.fars, world.yazd)
        ]
        return [[one.tally.quantity for one in found] for found in stated] + [
            quantity_of(world.nation, screened),
            quantity_of(world.fars, screened),
        ]

    assert at_every_moment(see) == [[70], [30], [], 65, 40]
    [one] = stated_totals(everywhere(), world.nation, Period(DAY, DAY))
    assert one.tally.qualifier is Qualifier.AT_LEAST
    assert ControlTotal(one.tally.quantity, Decimal(65)).gap == 5
    assert ControlTotal(Decimal(30), Decimal(40)).gap == -10


def test_the_latest_statement_counts_and_a_reversed_one_does_not(world: World) -> None:
    screened, officer = an_indicator(), world.people["officer"]
    an_entry(
        world.nation, screened, 60, by=officer, coverage=Coverage.WHOLE_SUBTREE, ends_on=BEFORE
    )
    last = an_entry(world.nation, screened, 70, by=officer, coverage=Coverage.WHOLE_SUBTREE)
    period = Period(BEFORE, DAY)
    assert [s.tally.quantity for s in stated_totals(everywhere(), world.nation, period)] == [70]
    reverse_entry(last, note="اشتباه", by=officer, at=NOW)
    assert [s.tally.quantity for s in stated_totals(everywhere(), world.nation, period)] == [60]
    assert stated_totals(everywhere(), world.nation, Period(AFTER, AFTER)) == []


def test_a_checked_statement_is_still_a_statement_and_not_added(world: World) -> None:
    screened, officer = an_indicator(), world.people["officer"]
    an_entry(world.local, screened, 40, by=officer)
    stated = an_entry(world.nation, screened, 70, by=officer, coverage=Coverage.WHOLE_SUBTREE)
    verify_entry(stated, quantity=Decimal(68), note="", by=world.people["verifier"], at=NOW)
    assert at_every_moment(lambda: quantity_of(world.nation, screened, Stage.VERIFIED)) is None


def test_a_promise_stated_for_everybody_makes_no_open_balance_of_its_own(world: World) -> None:
    water, officer = an_indicator(), world.people["officer"]
    stated = an_entry(
        world.nation, water, 8000, by=officer, coverage=Coverage.WHOLE_SUBTREE, stage=Stage.PLEDGED
    )
    an_entry(world.local, water, 20, by=officer, fulfils=stated.pk)
    assert at_every_moment(lambda: balance_of(world.nation, water)) == (0, 0)
    assert quantity_of(world.nation, water) == 20


# --- 8. One grain ------------------------------------------------------------------------------------


def test_parts_are_shown_apart_and_never_added_to_their_total(world: World) -> None:
    trained, leader, (men, women) = an_indicator(), world.people["leader"], a_cut()
    whole = an_entry(world.local, trained, 100, by=leader)
    an_entry(world.local, trained, 55, by=leader, part_of=whole.pk, dimensions=women.pk)
    an_entry(world.local, trained, 30, by=leader, part_of=whole.pk, dimensions=men.pk)

    def see() -> list[Any]:
        cells = cells_of(world.nation, trained, by="dimension")
        return sorted((cell.key, cell.bucket, cell.tally.quantity) for cell in cells)

    assert at_every_moment(see) == sorted(
        [(1, Bucket.OWN, 100), (women.pk, Bucket.PART, 55), (men.pk, Bucket.PART, 30)]
    )
    assert quantity_of(world.nation, trained) == 100  # the rest, 15, is "not disaggregated"
    assert quantity_of(world.nation, trained, bucket=Bucket.PART) == 85


@BOTH_ROLES
def test_parts_of_one_cut_that_exceed_their_total_are_refused(world: World, role: str) -> None:
    trained, leader, (men, women) = an_indicator(), world.people["leader"], a_cut()
    [young] = a_cut("age", "young")
    whole = an_entry(world.local, trained, 100, by=leader)
    an_entry(world.local, trained, 60, by=leader, part_of=whole.pk, dimensions=women.pk)
    with refused_kindly("entry_parts_exceed_their_total", status=409):
        an_entry(world.local, trained, 41, by=leader, part_of=whole.pk, dimensions=men.pk)
    with as_(role):
        with refused("entry_parts_exceed_their_total"):
            insert_raw(
                a_raw_row(
                    world.local,
                    trained,
                    "40.001",
                    by=leader,
                    part_of_id=whole.pk,
                    dimensions_id=men.pk,
                )
            )
        insert_raw(
            a_raw_row(
                world.local, trained, 40, by=leader, part_of_id=whole.pk, dimensions_id=men.pk
            )
        )
        insert_raw(
            a_raw_row(
                world.local, trained, 90, by=leader, part_of_id=whole.pk, dimensions_id=young.pk
            )
        )


@BOTH_ROLES
def test_a_part_belongs_to_a_live_total_of_the_same_unit_indicator_stage_and_time(
    world: World, role: str
) -> None:
    trained, leader, women = an_indicator(), world.people["leader"], a_cut()[1]
    whole = an_entry(world.local, trained, 100, by=leader)
    part = an_entry(world.local, trained, 50, by=leader, part_of=whole.pk, dimensions=women.pk)
    gone = an_entry(world.local, trained, 100, by=leader)
    reverse_entry(gone, note="اشتباه", by=leader, at=NOW)
    other = world.locals["taft"][0]

    def a_part(
        target: Any, unit: OrgUnit = world.local, of: Indicator = trained, **more: Any
    ) -> None:
        insert_raw(
            a_raw_row(
                unit, of, 5, by=leader, part_of_id=target, **{"dimensions_id": women.pk, **more}
            )
        )

    wrong = "entry_part_fits_its_total"
    with as_(role):
        for target, more in (
            (part.pk, {}), (new_id(), {}), (whole.pk, {"unit": other}), (whole.pk, {"of": an_indicator()}),
            (whole.pk, {"stage": 1}), (gone.pk, {}), (whole.pk, {"ends_on": AFTER}), (whole.pk, {"coverage": 2}),
        ):  # fmt: skip
            with refused(wrong):
                a_part(target, **more)
        with refused("entry_part_is_disaggregated"):
            a_part(whole.pk, dimensions_id=1)


def test_a_checked_part_stays_a_part(world: World) -> None:
    trained, leader, verifier, women = (
        an_indicator(),
        world.people["leader"],
        world.people["verifier"],
        a_cut()[1],
    )
    whole = an_entry(world.local, trained, 100, by=leader)
    part = an_entry(world.local, trained, 60, by=leader, part_of=whole.pk, dimensions=women.pk)
    verify_entry(whole, quantity=Decimal(90), note="", by=verifier, at=NOW)
    verify_entry(part, quantity=Decimal(50), note="", by=verifier, at=NOW)
    assert at_every_moment(lambda: quantity_of(world.nation, trained, Stage.VERIFIED)) == 90


# --- 9. Zero, missing, unknown -----------------------------------------------------------------------


def test_zero_missing_and_unknown_are_three_different_answers(world: World) -> None:
    parcels, officer = an_indicator(), world.people["officer"]
    zero, unknown, missing = world.local, world.locals["taft"][0], world.locals["mehriz"][0]
    an_entry(zero, parcels, 0, by=officer)
    an_entry(unknown, parcels, None, by=officer)

    def see() -> list[Any]:
        found = [cell_of(unit, parcels) for unit in (zero, unknown, missing)]
        return [
            cell and (cell.tally.quantity, cell.tally.known, cell.tally.qualifier) for cell in found
        ]

    assert at_every_moment(see) == [(0, True, Qualifier.EXACT), (0, False, Qualifier.UNKNOWN), None]
    both = tally_at(world.nation, parcels)
    assert (both.known, both.entries, both.unknown, both.qualifier) == (
        True,
        2,
        1,
        Qualifier.AT_LEAST,
    )


def test_who_said_zero_or_unknown_has_reported_and_who_said_nothing_has_not(world: World) -> None:
    parcels, officer = an_indicator(), world.people["officer"]
    an_entry(world.local, parcels, 0, by=officer)
    an_entry(world.locals["shiraz"][1], parcels, None, by=officer)
    an_entry(world.locals["taft"][0], parcels, 5, by=officer, stage=Stage.PLEDGED)

    def see() -> list[Any]:
        found = coverage_by(everywhere(), world.nation, Period(DAY, DAY), by_child=True)
        silent = silent_units(everywhere(), world.nation, Period(DAY, DAY)).rows
        return [(found[p.pk].units, found[p.pk].reported) for p in (world.fars, world.yazd)] + [
            len(silent)
        ]

    assert at_every_moment(see) == [(4, 2), (4, 0), 6]


def test_a_report_taken_back_is_no_report_before_folding_and_after(world: World) -> None:
    leader = world.people["leader"]
    report = an_entry(world.local, an_indicator(), 5, by=leader)

    def see() -> int:
        return coverage_by(everywhere(), world.shiraz, Period(DAY, DAY))[world.shiraz.pk].reported

    assert at_every_moment(see) == 1
    reverse_entry(report, note="اشتباه", by=leader, at=NOW)
    assert at_every_moment(see) == 0


@pytest.mark.parametrize(
    "day", [date(2026, 10, 23), date(2026, 11, 21), date(2026, 9, 22), date(2026, 3, 20)], ids=str
)
def test_coverage_knows_the_very_days_of_a_period(world: World, day: date) -> None:
    an_entry(world.local, an_indicator(), 5, by=world.people["leader"], ends_on=day)
    one = timedelta(days=1)

    def see() -> list[int]:
        periods = (
            Period(day, day),
            Period(day - 40 * one, day - one),
            Period(day + one, day + 40 * one),
            Period(day - 40 * one, day + 40 * one),
            Period(None, None),
        )
        return [
            coverage_by(everywhere(), world.shiraz, p)[world.shiraz.pk].reported for p in periods
        ]

    assert at_every_moment(see) == [1, 0, 0, 1, 1]


@BOTH_ROLES
def test_an_unknown_quantity_says_so_and_nothing_else_does(world: World, role: str) -> None:
    leader, indicator = world.people["leader"], an_indicator()
    with as_(role):
        with refused("entry_without_quantity_says_unknown"):
            insert_raw(a_raw_row(world.local, indicator, None, by=leader, qualifier=1))
        with refused("entry_unknown_has_no_quantity"):
            insert_raw(a_raw_row(world.local, indicator, 5, by=leader, qualifier=5))


# --- 10. Qualifiers travel ---------------------------------------------------------------------------

RANGES = {
    Qualifier.EXACT: lambda v: (v, v), Qualifier.AT_LEAST: lambda v: (v, None), Qualifier.AT_MOST: lambda v: (0, v),
}  # fmt: skip
saying = st.tuples(st.sampled_from(list(Qualifier)), st.integers(0, 50))


def a_tally(qualifier: Qualifier, value: int) -> Tally:
    return Tally(
        quantity=Decimal(0 if qualifier is Qualifier.UNKNOWN else value), entries=1, at_least=int(qualifier == 2),
        about=int(qualifier == 3), at_most=int(qualifier == 4), unknown=int(qualifier == 5),
    )  # fmt: skip


@given(st.lists(saying, min_size=1, max_size=6))
def test_a_sum_never_claims_more_than_its_parts_allow(said: list[tuple[Qualifier, int]]) -> None:
    """Interval arithmetic as the oracle: each saying is a range, and the sum's claim must hold it."""
    summed = total(a_tally(*one) for one in said)
    kinds = {qualifier for qualifier, _ in said}
    if kinds == {Qualifier.UNKNOWN}:
        assert summed.qualifier is Qualifier.UNKNOWN and not summed.known
        return
    if Qualifier.ABOUT in kinds:
        assert summed.qualifier is Qualifier.ABOUT
        return
    lows, highs = [], []
    for qualifier, value in said:
        low, high = RANGES.get(qualifier, lambda _v: (0, None))(value)
        lows.append(low)
        highs.append(high)
    low, high = sum(lows), None if None in highs else sum(h for h in highs if h is not None)
    claim = {
        Qualifier.EXACT: (summed.quantity, summed.quantity), Qualifier.AT_LEAST: (summed.quantity, None),
        Qualifier.AT_MOST: (Decimal(0), summed.quantity),
    }.get(summed.qualifier)  # fmt: skip
    if claim is None:
        assert summed.qualifier is Qualifier.ABOUT
        assert {Qualifier.AT_MOST} < kinds  # said only where neither bound holds
        return
    assert claim[0] <= low
    assert claim[1] is None or (high is not None and claim[1] >= high)
    assert (
        summed.qualifier is not Qualifier.AT_LEAST or high is None
    )  # and no weaker than it must be
    assert summed.qualifier is Qualifier.EXACT or len(kinds - {Qualifier.EXACT}) > 0


@given(st.lists(saying, max_size=5), st.lists(saying, max_size=5))
def test_tallies_add_in_any_order_and_grouping(
    first: list[tuple[Qualifier, int]], second: list[tuple[Qualifier, int]]
) -> None:
    a, b = [a_tally(*one) for one in first], [a_tally(*one) for one in second]
    assert total(a) + total(b) == total([*b, *a]) == total([total(b), total(a), Tally()])


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ([(Qualifier.EXACT, 5), (Qualifier.AT_LEAST, 5)], Qualifier.AT_LEAST),
        ([(Qualifier.EXACT, 5), (Qualifier.UNKNOWN, 0)], Qualifier.AT_LEAST),
        ([(Qualifier.EXACT, 5), (Qualifier.AT_MOST, 5)], Qualifier.AT_MOST),
        ([(Qualifier.AT_LEAST, 5), (Qualifier.AT_MOST, 5)], Qualifier.ABOUT),
        ([(Qualifier.EXACT, 5), (Qualifier.ABOUT, 5)], Qualifier.ABOUT),
        ([(Qualifier.EXACT, 5)] * 3, Qualifier.EXACT),
    ],
)
def test_what_was_said_travels_through_every_level_and_goes_with_its_reversal(
    world: World, said: list[tuple[Qualifier, int]], claimed: Qualifier
) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    entries = [
        an_entry(world.local, indicator, None if q is Qualifier.UNKNOWN else value, by=leader, qualifier=q)
        for q, value in said
    ]  # fmt: skip
    seen = at_every_moment(
        lambda: [
            tally_at(n, indicator).qualifier
            for n in (world.local, world.shiraz, world.fars, world.nation)
        ]
    )
    assert seen == [claimed] * 4
    for entry, (qualifier, _) in zip(entries, said, strict=True):
        if qualifier is not Qualifier.EXACT:
            reverse_entry(entry, note="اشتباه", by=leader, at=NOW)
    left = at_every_moment(lambda: tally_at(world.nation, indicator))
    assert left == Tally() or left.qualifier is Qualifier.EXACT


def test_the_qualifier_of_a_stock_is_that_of_its_last_value(world: World) -> None:
    teams, leader = a_stock(), world.people["leader"]
    an_entry(world.local, teams, 42, by=leader, ends_on=BEFORE, qualifier=Qualifier.AT_LEAST)
    assert at_every_moment(lambda: tally_at(world.nation, teams).qualifier) is Qualifier.AT_LEAST
    an_entry(world.local, teams, 43, by=leader)
    assert at_every_moment(lambda: tally_at(world.nation, teams)) == Tally(Decimal(43), entries=1)


# --- 11. People are not contacts ---------------------------------------------------------------------


def test_people_over_several_days_take_the_largest_day_of_each_unit(world: World) -> None:
    volunteers = an_indicator(time_rule="max", people="people")
    officer = world.people["officer"]
    for unit, values in ((world.local, (300, 500, 400)), (world.locals["taft"][0], (20, 10, 15))):
        for day, value in zip((BEFORE, DAY, AFTER), values, strict=True):
            an_entry(unit, volunteers, value, by=officer, ends_on=day)
    assert at_every_moment(
        lambda: [quantity_of(n, volunteers) for n in (world.nation, world.fars, world.yazd)]
    ) == [520, 500, 20]
    assert quantity_of(world.nation, volunteers, period=Period(AFTER, AFTER)) == 415
    by_child = {
        cell.key: cell.tally.quantity for cell in cells_of(world.nation, volunteers, by="child")
    }
    assert by_child == {world.fars.pk: 500, world.yazd.pk: 20}


def test_a_reversed_peak_leaves_the_next_one(world: World) -> None:
    volunteers, leader = an_indicator(time_rule="max", people="people"), world.people["leader"]
    an_entry(world.local, volunteers, 300, by=leader, ends_on=BEFORE)
    peak = an_entry(world.local, volunteers, 500, by=leader)
    reverse_entry(peak, note="اشتباه", by=leader, at=NOW)
    assert at_every_moment(lambda: quantity_of(world.nation, volunteers)) == 300


# --- 12. Money ---------------------------------------------------------------------------------------


def test_money_is_whole_rials_with_the_words_that_were_written(world: World) -> None:
    from karnameh.kernel.money import Money

    spent, leader = an_indicator(), world.people["leader"]
    money = Money.parse("۱۹ میلیارد تومان")
    entry = an_entry(
        world.local, spent, money.rial, by=leader, rial=money.rial, as_written=money.as_written
    )
    an_entry(world.local, spent, 7, by=leader, rial=7)
    assert (entry.rial, entry.as_written) == (190_000_000_000, "۱۹ میلیارد تومان")
    tally = at_every_moment(lambda: tally_at(world.nation, spent))
    assert (tally.rial, tally.quantity) == (190_000_000_007, 190_000_000_007)


def test_sums_of_money_beyond_any_machine_word_stay_exact(world: World) -> None:
    spent, leader = an_indicator(), world.people["leader"]
    most = 10**18
    for _ in range(10):
        an_entry(world.local, spent, 1, by=leader, rial=most)
    assert at_every_moment(lambda: tally_at(world.nation, spent).rial) == 10 * most > 2**63


def test_checked_money_is_counted_in_rials_too(world: World) -> None:
    spent, leader, verifier = an_indicator(), world.people["leader"], world.people["verifier"]
    report = an_entry(world.local, spent, 500, by=leader, rial=500)
    verify_entry(report, quantity=Decimal(450), note="", by=verifier, at=NOW)
    cell = cell_of(world.nation, spent, Stage.VERIFIED)
    assert cell is not None and (cell.tally.quantity, cell.tally.rial) == (450, 450)


def test_an_unknown_amount_that_becomes_known_is_counted_in_rials(world: World) -> None:
    leader, spent = world.people["leader"], a_money_indicator()
    vague = an_entry(world.local, spent, None, by=leader, qualifier=Qualifier.UNKNOWN)
    correct_entry(
        vague, quantity=Decimal(900), qualifier=Qualifier.EXACT, note="معلوم شد", by=leader, at=NOW
    )
    tally = tally_at(world.nation, spent)
    assert (tally.quantity, tally.rial) == (900, 900)


def test_fractions_of_a_unit_add_up_without_a_rounding_error(world: World) -> None:
    road, leader = an_indicator(), world.people["leader"]
    for _ in range(10):
        an_entry(world.local, road, "0.1", by=leader)
    assert at_every_moment(lambda: quantity_of(world.nation, road)) == 1


# --- 13. Fulfilment ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["sum", "last"])
def test_open_is_what_was_promised_less_what_was_done_and_more_is_flagged_as_over(
    world: World, rule: str
) -> None:
    houses = an_indicator(time_rule=rule, nature="flow" if rule == "sum" else "cumulative")
    leader = world.people["leader"]
    pledge = an_entry(world.local, houses, 1000, by=leader, stage=Stage.PLEDGED)
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (1000, 0)
    report = an_entry(world.local, houses, 700, by=leader, fulfils=pledge.pk, ends_on=DAY)
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (300, 0)
    next_moment()
    an_entry(world.local, houses, 400, by=leader, fulfils=pledge.pk, ends_on=AFTER)
    # A flow adds the second delivery; a running total replaces the first: 1,100 and 400 of 1,000.
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (
        (0, 100) if rule == "sum" else (600, 0)
    )
    reverse_entry(report, note="تحویل نشده بود", by=leader, at=NOW)
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (600, 0)
    reverse_entry(pledge, note="پس گرفته شد", by=leader, at=NOW)
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (0, 0)


def test_a_surplus_of_one_promise_does_not_cover_the_debt_of_another(world: World) -> None:
    houses, leader, officer = an_indicator(), world.people["leader"], world.people["officer"]
    mine = an_entry(world.local, houses, 10, by=leader, stage=Stage.PLEDGED)
    an_entry(world.locals["taft"][0], houses, 10, by=officer, stage=Stage.PLEDGED)
    an_entry(world.local, houses, 15, by=leader, fulfils=mine.pk)
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (10, 5)


def test_another_unit_fulfils_a_promise_and_the_balance_is_where_the_promise_was_made(
    world: World,
) -> None:
    water, officer = an_indicator(), world.people["officer"]
    pledge = an_entry(world.nation, water, 8000, by=officer, stage=Stage.PLEDGED)
    fold_now()
    an_entry(world.local, water, 20, by=officer, fulfils=pledge.pk)
    seen = at_every_moment(lambda: [balance_of(node, water) for node in (world.nation, world.fars)])
    assert seen == [(7980, 0), (0, 0)]


def test_took_part_and_parts_fulfil_nothing(world: World) -> None:
    water, leader, women = an_indicator(), world.people["leader"], a_cut()[1]
    pledge = an_entry(world.local, water, 100, by=leader, stage=Stage.PLEDGED)
    whole = an_entry(world.local, water, 40, by=leader, fulfils=pledge.pk)
    an_entry(
        world.local, water, 30, by=leader, fulfils=pledge.pk, part_of=whole.pk, dimensions=women.pk
    )
    an_entry(world.local, water, 50, by=leader, fulfils=pledge.pk, role=Role.PARTNER)
    assert at_every_moment(lambda: balance_of(world.nation, water)) == (60, 0)


def test_a_report_under_an_activity_fulfils_the_one_promise_that_its_unit_made_for_it(
    world: World,
) -> None:
    parcels, leader = an_indicator(), world.people["leader"]
    activity = an_activity(world.local)
    pledge = an_entry(
        world.local, parcels, 50, by=leader, stage=Stage.PLEDGED, activity=activity.pk
    )
    report = an_entry(world.local, parcels, 20, by=leader, activity=activity.pk)
    assert report.fulfils_id == pledge.pk
    an_entry(world.local, parcels, 5, by=leader, stage=Stage.PLEDGED, activity=activity.pk)
    unclear = an_entry(world.local, parcels, 20, by=leader, activity=activity.pk)
    assert unclear.fulfils_id is None  # two promises: nobody guesses


def test_a_linked_report_sent_again_is_the_same_after_its_promise_was_linked(world: World) -> None:
    """The phone sends what it sent: the server's own link must not make it a conflict."""
    parcels, leader, activity = an_indicator(), world.people["leader"], an_activity(world.local)
    first = a_new_entry(world.local, parcels, 20, activity=activity.pk)
    post_entries([first], by=leader, at=NOW)
    an_entry(world.local, parcels, 50, by=leader, stage=Stage.PLEDGED, activity=activity.pk)
    [again] = post_entries([first], by=leader, at=NOW)
    assert again.verdict is Verdict.SAME
    second = a_new_entry(world.local, parcels, 7, activity=activity.pk)
    post_entries([second], by=leader, at=NOW)
    an_entry(world.local, parcels, 5, by=leader, stage=Stage.PLEDGED, activity=activity.pk)
    [again] = post_entries([second], by=leader, at=NOW)
    assert again.verdict is Verdict.SAME


def test_a_corrected_promise_keeps_what_was_done_for_it(world: World) -> None:
    houses, leader = an_indicator(), world.people["leader"]
    pledge = an_entry(world.local, houses, 1000, by=leader, stage=Stage.PLEDGED)
    an_entry(world.local, houses, 700, by=leader, fulfils=pledge.pk)
    correct_entry(
        pledge,
        quantity=Decimal(1200),
        qualifier=Qualifier.EXACT,
        note="دویست خانهٔ دیگر",
        by=leader,
        at=NOW,
    )
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (500, 0)


def test_a_corrected_report_still_fulfils_its_promise(world: World) -> None:
    houses, leader = an_indicator(), world.people["leader"]
    pledge = an_entry(world.local, houses, 1000, by=leader, stage=Stage.PLEDGED)
    report = an_entry(world.local, houses, 700, by=leader, fulfils=pledge.pk)
    correct_entry(
        report,
        quantity=Decimal(650),
        qualifier=Qualifier.EXACT,
        note="شمارش دوباره",
        by=leader,
        at=NOW,
    )
    assert at_every_moment(lambda: balance_of(world.nation, houses)) == (350, 0)


def test_the_balance_stands_on_the_day_of_the_promise(world: World) -> None:
    houses, leader = an_indicator(), world.people["leader"]
    pledge = an_entry(world.local, houses, 10, by=leader, stage=Stage.PLEDGED, ends_on=AFTER)
    an_entry(world.local, houses, 4, by=leader, fulfils=pledge.pk)
    assert at_every_moment(
        lambda: [balance_of(world.nation, houses, Period(d, d)) for d in (DAY, AFTER)]
    ) == [(0, 0), (6, 0)]


# --- 15. Totals are disposable -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE ledger_total SET quantity = quantity + 0.001 WHERE (view, node, grain, indicator_id) IN (SELECT view, node, grain, indicator_id FROM ledger_total LIMIT 1)",
        "UPDATE ledger_total SET entries = entries - 1 WHERE grain = 1 AND view = 1",
        "UPDATE ledger_total SET open = open + 1 WHERE stage = 1",
        "UPDATE ledger_total SET rial = 1 WHERE view = 3",
        "UPDATE ledger_total SET at_least = at_least + 1 WHERE grain = 0",
        "DELETE FROM ledger_total WHERE grain = 1 AND view = 3",
        "INSERT INTO ledger_total SELECT view, node + 1000, grain, at, indicator_id, stage, bucket, dimensions_id, scope, 1, 0, 1, 0, 0, 0, 0, 0, 0 FROM ledger_total LIMIT 1",
        "UPDATE ledger_presence SET days = days | 1",
        "DELETE FROM ledger_presence",
        "INSERT INTO ledger_presence SELECT month, unit_id + 1, 4 FROM ledger_presence",
        "UPDATE ledger_reporting SET units = set_bit(units, 0, 1) WHERE grain = 0",
        "UPDATE ledger_reporting SET units = '' WHERE grain = 1",
        "DELETE FROM ledger_reporting",
        "INSERT INTO ledger_reporting SELECT grain, at + 1, units FROM ledger_reporting WHERE grain = 0",
    ],
)
def test_a_planted_change_in_a_stored_total_is_found_and_named(world: World, harm: str) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    pledge = an_entry(world.local, indicator, 10, by=leader, stage=Stage.PLEDGED)
    an_entry(world.local, indicator, 7, by=leader, fulfils=pledge.pk)
    fold_now()
    sound()
    with as_owner():
        run(harm)
    found = findings()
    [table] = set(re.findall("ledger_(?:total|presence|reporting)", harm))
    assert {one.table for one in found} == {table}
    assert all(one.stored != one.rebuilt for one in found)


def test_all_totals_can_be_thrown_away_and_folded_again_to_the_same_rows(world: World) -> None:
    indicator, stock, leader = an_indicator(), a_stock(), world.people["leader"]
    pledge = an_entry(world.local, indicator, 10, by=leader, stage=Stage.PLEDGED)
    an_entry(world.local, indicator, 7, by=leader, fulfils=pledge.pk, qualifier=Qualifier.ABOUT)
    an_entry(world.local, stock, 7, by=leader)
    fold_now()
    content = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ledger_total t"
    before = ask(content)
    with as_owner():
        run("TRUNCATE ledger_total, ledger_presence, ledger_reporting, ledger_home")
        run("UPDATE ledger_foldstate SET folded_to = 0")
    fold_now()
    assert ask(content) == before
    sound()


def test_folding_in_small_bites_gives_the_same_and_never_cuts_a_transaction(world: World) -> None:
    indicator, leader = an_indicator(), world.people["leader"]
    for size in (3, 5, 1):
        post_entries(
            [a_new_entry(world.local, indicator, 2) for _ in range(size)], by=leader, at=NOW
        )
        next_moment()
    bites = []
    while True:
        done = fold(batch=2)
        bites.append(done.entries)
        if not done.behind:
            break
        assert quantity_of(world.nation, indicator) == 18
    assert [bite for bite in bites if bite] == [3, 5, 1]
    sound()


def test_what_is_posted_in_a_transaction_that_is_still_open_is_read_but_not_folded(
    world: World,
) -> None:
    indicator = an_indicator()
    an_entry(world.local, indicator, 5, by=world.people["leader"])
    assert fold().entries == 0
    assert quantity_of(world.nation, indicator) == 5
    assert ask("SELECT count(*) FROM ledger_total") == 0


# --- Who may post, and undo --------------------------------------------------------------------------


def test_a_unit_out_of_reach_does_not_exist_and_a_unit_in_reach_needs_the_role(
    world: World,
) -> None:
    indicator = an_indicator()
    taft = a_new_entry(world.locals["taft"][0], indicator)
    with pytest.raises(OutOfReach):
        post_entries([taft], by=world.people["leader"], at=NOW)
    with pytest.raises(OutOfReach):
        post_entries([taft], by=world.people["stranger"], at=NOW)
    with refused_kindly(status=403):
        post_entries([taft], by=world.people["auditor"], at=NOW)
    with refused_kindly(status=403):
        post_entries(
            [a_new_entry(world.local, indicator)], by=world.people["fars_verifier"], at=NOW
        )
    with pytest.raises(OutOfReach):
        post_entries([replace(taft, unit=999_999)], by=world.people["officer"], at=NOW)


def test_a_grant_for_one_theme_posts_verifies_and_reverses_nothing_of_another_theme(
    world: World,
) -> None:
    health = Theme.objects.create(code="health", position=2, name_fa="سلامت", name_en="Health")
    mine, other = an_indicator(theme=health), an_indicator()
    narrow = a_user("narrow")
    for role in (Grantable.REPORTER, Grantable.VERIFIER):
        a_grant(narrow, role, world.fars, theme=health)
    post_entries([a_new_entry(world.local, mine)], by=narrow, at=NOW)
    report = an_entry(world.local, other, 5, by=world.people["leader"])
    for attempt in (
        lambda: post_entries([a_new_entry(world.local, other)], by=narrow, at=NOW),
        lambda: verify_entry(report, quantity=Decimal(5), note="", by=narrow, at=NOW),
        lambda: reverse_entry(report, note="اشتباه", by=narrow, at=NOW),
    ):
        with pytest.raises((OutOfReach, Exception)) as caught, transaction.atomic():
            attempt()
        assert type(caught.value).__name__ in ("OutOfReach", "Refusal"), caught.value


def test_an_import_is_undone_by_reversal_and_what_was_undone_before_stays_so(world: World) -> None:
    from uuid import uuid4

    indicator, officer, batch = an_indicator(), world.people["officer"], uuid4()
    entries = [
        a_new_entry(world.local, indicator, n, batch=batch, batch_row=n) for n in range(1, 5)
    ]
    post_entries(entries, by=officer, at=NOW)
    an_entry(world.local, indicator, 100, by=officer)
    verify_entry(
        Entry.objects.get(pk=entries[0].id),
        quantity=Decimal(1),
        note="",
        by=world.people["verifier"],
        at=NOW,
    )
    reverse_entry(Entry.objects.get(pk=entries[3].id), note="تکراری", by=officer, at=NOW)
    assert reverse_batch(batch, note="فایل اشتباه", by=officer, at=NOW) == 3
    assert at_every_moment(lambda: [quantity_of(world.nation, indicator, s) for s in Stage]) == [
        None,
        100,
        None,
    ]
    assert reverse_batch(batch, note="دوباره", by=officer, at=NOW) == 0


def test_undoing_an_import_asks_the_database_no_more_often_for_a_longer_one(
    world: World, queries: Any
) -> None:
    from uuid import uuid4

    indicator, officer = an_indicator(), world.people["officer"]
    costs = []
    for size in (3, 30):
        batch = uuid4()
        post_entries(
            [a_new_entry(world.local, indicator, 1, batch=batch) for _ in range(size)],
            by=officer,
            at=NOW,
        )
        with queries as asked:
            reverse_batch(batch, note="فایل اشتباه", by=officer, at=NOW)
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_the_partner_organisations_root_does_not_see_the_federations_work_on_the_place_tree(
    world: World,
) -> None:
    indicator, officer = an_indicator(), world.people["officer"]
    partners = a_unit("سازمان‌های همکار", None, world.country, UnitKind.PARTNER)
    liaison = a_user("liaison")
    a_grant(liaison, Grantable.REPORTER, partners)
    an_entry(world.local, indicator, 5, by=officer)
    an_entry(partners, indicator, 3, by=liaison)
    from karnameh.access.public import units_where

    reach = units_where(liaison)
    for then in (False, True):
        for period in (Period(None, None), Period(DAY, DAY)):
            assert (
                at_every_moment(
                    lambda t=then, p=period: quantity_of(
                        world.country, indicator, period=p, then=t, reach=reach
                    )
                )
                == 3
            )
    assert {
        c.tally.quantity
        for c in roll_up(
            world.reach("officer"),
            Question(world.country, Period(None, None), indicators=(indicator.pk,)),
        )
    } == {5}


def test_the_connection_of_these_tests_is_the_sites_role(db: None) -> None:
    """Otherwise every test about privileges would prove nothing."""
    assert connection.settings_dict["OPTIONS"]["options"].endswith("role=karnameh_app")
    assert ask("SELECT current_user") == "karnameh_app"
