"""The sixteen traps of the mission map, as far as a ledger can fall into them, with the demo's own facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from demoland import Demo, demo, demo_database, transactional_db
from karnameh.catalog.public import Indicator
from karnameh.kernel.jalali import parse_date
from karnameh.kernel.period import LUNAR_SPANS, Period
from karnameh.ledger.public import Bucket, Entry, Qualifier, Stage, stated_totals
from workbench import balance_of, cell_of, cells_of, everywhere, quantity_of, refused, tally_at

__all__ = ["demo", "demo_database", "transactional_db"]  # the fixtures that this file runs on


def of(code: str) -> Indicator:
    return Indicator.objects.get(code=code)


def fact(demo: Demo, key: str) -> Entry:
    return Entry.objects.select_related("indicator", "unit", "place").get(pk=demo.entries[key].id)


def stated(
    demo: Demo, code: str, stage: Stage = Stage.REPORTED, period: Period = Period(None, None)
) -> list[tuple[Decimal, Qualifier]]:
    """What the nation states for everybody."""
    found = stated_totals(everywhere(), demo.federation.nation, period)
    return [
        (s.tally.quantity, s.tally.qualifier)
        for s in found
        if s.indicator == of(code).pk and s.stage == stage
    ]


def test_1_a_promise_is_not_a_fact_houses_1000_promised_700_delivered_300_open(demo: Demo) -> None:
    houses, nation = of("houses-handed-over-to-date"), demo.federation.nation
    place = demo.federation.provinces["کرمانشاه"].place
    for node in (nation, place):
        promised, reported = (
            cell_of(node, houses, stage) for stage in (Stage.PLEDGED, Stage.REPORTED)
        )
        assert promised is not None and promised.tally.quantity >= 1000
        assert reported is not None and reported.tally.quantity >= 700
    pledge = fact(demo, "a-houses-pledged")
    assert (pledge.quantity, fact(demo, "a-houses-delivered").quantity) == (1000, 700)
    own = Period(pledge.ends_on, pledge.ends_on)
    assert balance_of(place, houses, own)[0] == 300
    for key in ("a-projects-opened", "a-home-enterprises", "b-dowries-week", "c-feed-workshop"):
        assert fact(demo, key).stage == Stage.PLEDGED
        assert not Entry.objects.filter(fulfils=demo.entries[key].id).exists()


def test_2_invited_is_not_attended(demo: Demo) -> None:
    invited, attended = fact(demo, "a-managers-invited"), fact(demo, "a-managers-attended")
    assert invited.indicator_id != attended.indicator_id
    assert (invited.quantity, attended.quantity, attended.qualifier) == (
        1500,
        None,
        Qualifier.UNKNOWN,
    )
    assert stated(demo, "managers-attended") == [(0, Qualifier.UNKNOWN)]


def test_3_what_could_spread_is_nowhere_in_the_ledger(demo: Demo) -> None:
    """Row 191: 70,000 is a possibility; the only other 70,000 of the facts would be a slip."""
    assert not Entry.objects.filter(quantity=70_000).exists()
    assert "potential" not in {stage.name.lower() for stage in Stage}


def test_4_a_rate_a_day_is_no_total_and_has_no_sum_over_days(demo: Demo) -> None:
    masks = of("masks-per-day")
    assert (masks.nature, masks.time_rule != "sum") == ("rate", True)
    assert stated(demo, "masks-per-day", period=Period(date(2025, 11, 17), date(2025, 11, 17))) == [
        (17_000_000, Qualifier.AT_LEAST)
    ]
    with refused("indicator_meaning_is_fixed"):
        Indicator.objects.filter(pk=masks.pk).update(time_rule="sum")
    assert fact(demo, "b-masks-free").indicator_id != masks.pk


def test_5_stocks_flows_and_running_totals_are_different_indicators(demo: Demo) -> None:
    stocks = {
        fact(demo, key).indicator
        for key in ("b-teams-stock", "c-neighbourhoods", "e-professional-units", "e-local-units")
    }
    assert {one.nature for one in stocks} == {"stock"} and {one.time_rule for one in stocks} == {
        "last"
    }
    assert fact(demo, "a-teams-dispatched").indicator.nature == "flow"
    assert fact(demo, "b-screening").indicator.nature == "cumulative"
    kerman = demo.federation.provinces["کرمان"]
    period = Period(None, parse_date("1405-09-05"))
    [latest] = [
        s
        for s in stated_totals(everywhere(), kerman, period)
        if s.indicator == of("teams-registered").pk and s.stage == Stage.REPORTED
    ]
    assert latest.tally.quantity == 2045  # the later value replaces the former


def test_5_70_million_contacts_stated_stand_beside_the_sum_from_below_with_their_gap(
    demo: Demo,
) -> None:
    contacts = of("screening-contacts-to-date")
    [(said, qualifier)] = stated(demo, contacts.code)
    assert (said, qualifier) == (70_000_000, Qualifier.AT_LEAST)
    from_below = quantity_of(demo.federation.nation, contacts) or Decimal(0)
    assert 0 < from_below < said
    provinces = cells_of(demo.federation.nation, contacts, by="child")
    assert (
        sum(
            cell.tally.quantity
            for cell in provinces
            if cell.stage == Stage.REPORTED and cell.bucket == Bucket.OWN
        )
        == from_below
    )


def test_6_one_figure_said_three_times_is_one_entry(demo: Demo) -> None:
    assert Entry.objects.filter(quantity=17_000_000).count() == 1
    assert (
        Entry.objects.filter(
            indicator__code="parcels-distributed", stage=Stage.PLEDGED, quantity=700_000
        ).count()
        == 1
    )
    assert len(
        {
            tuple(sorted((k, str(v)) for k, v in one.items() if k != "key"))
            for one in demo.facts.values()
        }
    ) == len(demo.facts)


def test_7_installed_is_not_owned_and_7000_procured_is_not_8300_installed(demo: Demo) -> None:
    procured, installed, nation = (
        of("prefab-procured"),
        of("prefab-installed"),
        demo.federation.nation,
    )
    period = Period(parse_date("1405-08-20"), parse_date("1405-08-20"))
    assert procured.pk != installed.pk
    assert quantity_of(nation, procured, period=period) == 7000
    own = quantity_of(nation, installed, period=period)
    assert own is None or own < 8300
    assert (quantity_of(nation, installed, bucket=Bucket.TOOK_PART, period=period) or 0) >= 8300
    owner = demo.federation.partner_units["نهاد همکار اسکان"]
    assert quantity_of(owner, installed, period=period) is None
    assert quantity_of(owner, installed, bucket=Bucket.TOOK_PART, period=period) == 8300


def test_8_a_joint_promise_is_counted_once_and_one_provinces_share_is_not_all_of_it(
    demo: Demo,
) -> None:
    villages = of("villages-water-to-date")
    assert stated(demo, villages.code, Stage.PLEDGED) == [(8000, Qualifier.EXACT)]
    assert fact(demo, "c-water-partner").role != 1
    province = demo.federation.provinces["خراسان جنوبی"]
    assert quantity_of(province, villages, period=Period(None, parse_date("1405-08-25"))) == 20
    assert fact(demo, "c-water-province").fulfils_id == demo.entries["c-water-nation"].id
    assert (
        quantity_of(demo.federation.nation, villages, Stage.PLEDGED) or 0
    ) < 8000  # stated, never added
    partner = demo.federation.partner_units["دستگاه‌های همکار آب"]
    assert quantity_of(partner, villages, Stage.PLEDGED) is None


def test_9_a_province_cooking_in_another_is_here_by_unit_and_there_by_place(demo: Demo) -> None:
    meals, made = of("hot-meals-served"), demo.federation
    khoy = made.counties["آذربایجان غربی", "خوی"]
    day = Period(parse_date("1405-02-05"), parse_date("1405-02-05"))
    assert quantity_of(made.provinces["خراسان جنوبی"], meals, period=day) == 50_000
    assert quantity_of(khoy.place, meals, period=day) == 50_000
    assert quantity_of(khoy, meals, period=day) is None
    assert quantity_of(made.provinces["خراسان جنوبی"].place, meals, period=day) is None


@pytest.mark.parametrize(
    ("key", "quantity"),
    [
        ("b-projects-year", 1235),
        ("c-power-lines", 3),
        ("c-appliance-value", 11_000_000_000),
        ("e-local-units", 40_000),
    ],
)
def test_10_words_and_mixed_numbers_are_kept_beside_what_they_mean(
    demo: Demo, key: str, quantity: int
) -> None:
    entry = fact(demo, key)
    assert entry.quantity == quantity and entry.as_written


def test_11_tomans_became_rials_once_and_a_value_is_no_count(demo: Demo) -> None:
    for key, rial in (
        ("a-quake-shelter-spend", 190 * 10**9),
        ("b-cash-aid", 470 * 10**9),
        ("c-stationery-value", 10 * 10**9),
    ):
        entry = fact(demo, key)
        assert entry.rial == entry.quantity == rial and "تومان" in entry.as_written
    money = Indicator.objects.filter(measure__kind="money").values_list("pk", flat=True)
    assert not Entry.objects.filter(indicator__in=money, quantity__isnull=False, rial=None).exists()
    assert not Entry.objects.exclude(indicator__in=money).filter(rial__isnull=False).exists()


def test_12_qualifiers_travel_with_the_number(demo: Demo) -> None:
    said = {
        "b-coop-jobs": Qualifier.AT_LEAST,
        "e-workshop-jobs": Qualifier.ABOUT,
        "c-parcels": Qualifier.AT_LEAST,
        "e-women-units": Qualifier.UNKNOWN,
    }
    for key, qualifier in said.items():
        assert fact(demo, key).qualifier == qualifier, key
    assert stated(demo, "coop-jobs-to-date") == [(9000, Qualifier.AT_LEAST)]
    assert stated(demo, "workshop-jobs-to-date") == [(50_000, Qualifier.ABOUT)]


def test_13_a_share_without_a_quantity_is_known_as_unknown_and_not_as_zero(demo: Demo) -> None:
    for key in [key for key, one in demo.facts.items() if one.get("trap") == 13]:
        entry = fact(demo, key)
        assert (entry.quantity, entry.qualifier) == (None, Qualifier.UNKNOWN), key
    week, year = fact(demo, "b-projects-week"), fact(demo, "b-projects-year")
    assert week.part_of_id == year.pk
    free = [
        s
        for s in stated_totals(everywhere(), demo.federation.nation, Period(None, None))
        if s.indicator == of("masks-distributed").pk and s.stage == Stage.PLEDGED
    ]
    assert [s.tally.known for s in free] == [False]


def test_14_figures_that_may_overlap_say_so_and_keep_apart(demo: Demo) -> None:
    for one, other in (
        ("a-teams-dispatched", "a-expert-cores"),
        ("c-homes-clients", "c-homes-rural"),
    ):
        first, second = fact(demo, one), fact(demo, other)
        assert first.note or second.note
        assert (first.indicator_id, first.dimensions_id) != (
            second.indicator_id,
            second.dimensions_id,
        )


def test_15_periods_are_what_was_said(demo: Demo) -> None:
    ramadan = fact(demo, "b-parcels-ramadan")
    assert any(
        span.period.start == ramadan.starts_on for span in LUNAR_SPANS if span.name_en == "Ramadan"
    )
    assert fact(demo, "e-workshops").starts_on == parse_date("1391-01-01")
    week = fact(demo, "a-projects-opened")
    assert (week.starts_on, week.ends_on) == (parse_date("1405-08-29"), parse_date("1405-09-05"))
    assert week.starts_on.month != week.ends_on.month or parse_date("1405-09-01") > week.starts_on


def test_16_context_numbers_are_no_entries(demo: Demo) -> None:
    """An anniversary, an ordinal, a ten-year plan, eleven bodies, "24 hours"."""
    for number in (43, 131, 161, 162):
        assert not [key for key, one in demo.facts.items() if one.get("row") == number]


def test_across_reports_1150_and_1235_are_never_summed(demo: Demo) -> None:
    projects = of("projects-opened")
    assert stated(demo, projects.code, Stage.PLEDGED, Period.year(1405)) == [
        (1150, Qualifier.EXACT)
    ]
    assert stated(demo, projects.code, Stage.PLEDGED, Period.year(1404)) != [
        (1150, Qualifier.EXACT)
    ]
    both = stated(demo, projects.code, Stage.PLEDGED)
    assert len(both) == 1 and both[0][0] in (1150, 1235)
    assert tally_at(demo.federation.nation, projects, Stage.PLEDGED).quantity < 1150


def test_across_reports_jobs_of_different_schemes_and_units_and_teams_are_different_things(
    demo: Demo,
) -> None:
    pairs = (
        ("b-coop-jobs", "e-workshop-jobs"),
        ("e-local-units", "b-teams-stock"),
        ("b-parcels-week", "b-dowries-week"),
    )
    for one, other in pairs:
        assert fact(demo, one).indicator_id != fact(demo, other).indicator_id
    small, large = fact(demo, "c-parcels"), fact(demo, "b-parcels-week")
    assert (
        small.coverage == large.coverage == 2
    )  # each beside its own sum, neither inside the other
