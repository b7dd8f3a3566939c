"""The demo federation: it has the shape of a country, serves every row of the mission map, and is made of data that may be shown."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import karnameh
from demoland import Demo
from karnameh.activities.public import Campaign, CampaignDay, State
from karnameh.catalog.public import Dimension, Indicator, Item, Measure, Rate, read_data
from karnameh.front.demo.accounts import DEMO_ACCOUNTS
from karnameh.front.demo.bottom_up import plans
from karnameh.front.demo.facts import fact_entries, read_facts
from karnameh.front.demo.federation import geography
from karnameh.front.demo.ids import DemoIds
from karnameh.kernel.ids import made_at
from karnameh.kernel.text import clean
from karnameh.ledger.public import Entry, Stage
from karnameh.org.public import OrgUnit, Place, Profession, Theme, UnitKind
from workbench import findings

PACKAGE = Path(karnameh.__file__).parent
DATA = [
    PACKAGE / "catalog/data/dictionary.toml",
    PACKAGE / "catalog/data/rows.toml",
    PACKAGE / "front/demo/facts.toml",
    PACKAGE / "front/demo/places.toml",
]


def test_the_country_has_its_31_provinces_and_all_counties(demo: Demo) -> None:
    assert len(demo.federation.provinces) == 31
    assert 470 <= len(demo.federation.counties) <= 500
    assert (
        OrgUnit.objects.filter(kind=UnitKind.PROVINCE).count()
        == Place.objects.filter(level="province").count()
        == 31
    )
    assert {unit.parent_id for unit in demo.federation.provinces.values()} == {
        demo.federation.nation.pk
    }
    assert len({place["name_fa"] for place in geography()}) == 31
    assert sum(place["population"] for place in geography()) == pytest.approx(79_926_270, rel=0.001)


def test_the_dictionary_has_11_themes_and_21_professions(demo: Demo) -> None:
    assert Theme.objects.count() == 11
    assert Profession.objects.count() == len(demo.federation.professions) == 21


def test_every_local_unit_stands_in_its_own_district_of_its_own_county(demo: Demo) -> None:
    lines = {row.pk: row.line for row in OrgUnit.objects.all()}
    places = {row.pk: row for row in Place.objects.all()}
    for unit in demo.federation.locals:
        assert lines[unit.parent_id] == unit.line[:-1]  # type: ignore[index]
        county = OrgUnit.objects.get(pk=unit.line[2]) if unit.line[2] not in places else None
        assert county is None or places[unit.place_id].line[:3] == places[county.place_id].line[:3]
    assert len(demo.federation.locals) >= 2 * len(demo.federation.counties)


def test_every_row_of_the_mission_map_is_served_by_indicators_that_exist_or_has_a_reason() -> None:
    rows = {row["number"]: row for row in read_data("rows.toml")["row"]}
    codes = {indicator["code"] for indicator in read_data("dictionary.toml")["indicator"]}
    assert sorted(rows) == list(range(1, 197))
    for number, row in rows.items():
        assert set(row["served_by"]) <= codes, (
            f"row {number} names an indicator that does not exist"
        )
        assert row["how"] in {"entry", "activity", "document", "rule", "context", "out"}
        if row["how"] == "entry":
            assert row["served_by"], f"row {number} is counted by nothing"
        else:
            assert row.get("note_en"), f"row {number} has no reason"


def test_the_rows_that_an_indicator_says_it_serves_are_the_rows_that_name_it() -> None:
    named: dict[str, set[int]] = {}
    for row in read_data("rows.toml")["row"]:
        for code in row["served_by"]:
            named.setdefault(code, set()).add(row["number"])
    for indicator in read_data("dictionary.toml")["indicator"]:
        assert set(indicator.get("rows", [])) == named.get(indicator["code"], set()), indicator[
            "code"
        ]


def test_the_dictionary_keeps_its_own_rules(demo: Demo) -> None:
    assert Indicator.objects.count() >= 120
    for one in Indicator.objects.select_related("measure"):
        for text in (
            one.name_fa,
            one.name_en,
            one.definition_fa,
            one.definition_en,
            one.means_fa,
            one.means_en,
            one.short_fa,
        ):
            assert text.strip(), one.code
        assert one.nature != "rate" or one.time_rule != "sum"
        assert one.nature not in ("stock", "cumulative") or one.time_rule in ("last", "max", "none")
        assert (
            one.people not in ("people", "households")
            or one.measure.people
            or one.people == "households"
        ), one.code
        assert one.typical_min <= one.typical_max
        assert one.wordings.count() == 1
    assert (
        not Indicator.objects.filter(nature="ratio")
        .exclude(time_rule="none", unit_rule="none")
        .exists()
    )


def test_different_people_are_never_summed_blindly_over_time(demo: Demo) -> None:
    """Law 11: whoever counts different people says how they overlap: the largest day or the last value."""
    blind = Indicator.objects.filter(people="people", time_rule="sum").values_list(
        "code", flat=True
    )
    reasons = {code: Indicator.objects.get(code=code).definition_en for code in blind}
    assert {
        code
        for code, text in reasons.items()
        if not re.search(r"\bonce\b|first time", text, re.IGNORECASE)
    } == set()


def test_there_are_200_facts_and_more_and_each_is_an_entry_as_it_says(demo: Demo) -> None:
    assert len(demo.facts) >= 200
    assert Entry.objects.count() == len(demo.entries) == len(read_facts())
    for key, fact in demo.facts.items():
        entry = Entry.objects.select_related("indicator").get(pk=demo.entries[key].id)
        assert entry.indicator.code == fact["indicator"]
        assert Stage(entry.stage).name.lower() == fact["stage"]
        assert (
            (entry.quantity is None) == ("quantity" not in fact) == (fact["qualifier"] == "unknown")
        )
        if "rial" in fact:
            assert entry.rial == entry.quantity == fact["rial"]
    assert findings() == []


# Counted in the ledger, but the reports give no figure of their own: repeated, or named without a number.
WITHOUT_A_FIGURE = {
    10,
    18,
    39,
    41,
    53,
    62,
    63,
    65,
    71,
    72,
    73,
    78,
    80,
    85,
    96,
    99,
    104,
    109,
    152,
    153,
    154,
    186,
    187,
}


def test_every_row_with_a_figure_of_its_own_has_its_fact() -> None:
    counted = {row["number"] for row in read_data("rows.toml")["row"] if row["how"] == "entry"}
    assert counted - {fact["row"] for fact in read_facts() if "row" in fact} <= WITHOUT_A_FIGURE


def test_money_facts_are_rials_that_are_ten_times_the_tomans_written(demo: Demo) -> None:
    from karnameh.kernel.money import Money

    written = [fact for fact in demo.facts.values() if "تومان" in fact.get("as_written", "")]
    assert len(written) >= 6
    for fact in written:
        text = re.sub(r"^(بیش از|حدود|نزدیک به|کمتر از)\s+", "", fact["as_written"])
        assert Money.parse(text).rial == fact["rial"], fact["key"]


def test_the_same_seed_makes_the_same_entries(demo: Demo) -> None:
    first, second = (list(fact_entries(demo.federation, DemoIds(1)).values()) for _ in range(2))
    assert first == second == list(demo.entries.values())
    assert fact_entries(demo.federation, DemoIds(2))[next(iter(demo.entries))] != first[0]


def test_what_local_units_report_is_the_same_from_the_same_seed_and_hangs_together(
    demo: Demo,
) -> None:
    campaign = Campaign(
        pk=1,
        code="week",
        name_fa="هفته",
        name_en="week",
        starts_on=date(2026, 11, 20),
        ends_on=date(2026, 11, 26),
    )
    days = [
        CampaignDay(
            campaign=campaign, on=date(2026, 11, 20 + i), title_fa=f"روز {i}", title_en=f"day {i}"
        )
        for i in range(7)
    ]
    indicators = list(
        Indicator.objects.filter(typical_max__gt=0, time_rule="sum").select_related("measure")
    )

    def made(seed: int) -> list[Any]:
        chance, ids, found = random.Random(seed), DemoIds(seed), []
        for number, unit in enumerate(demo.federation.locals[:40]):
            found += plans(
                unit, campaign, days, chance.sample(indicators, 6), chance, ids, 1 + 2 * number
            )
        return found

    first, again, other = made(5), made(5), made(6)
    entries = [
        [e for p in run for e in (*p.promises, *p.reports, *p.checks)]
        for run in (first, again, other)
    ]
    assert entries[0] == entries[1] != entries[2]
    assert len({entry.id for entry in entries[0]}) == len(entries[0])
    assert all(
        entry.id.version == 7 and made_at(entry.id).date() <= date(2026, 11, 26)
        for entry in entries[0]
    )
    for plan in first:
        promised = {entry.id for entry in plan.promises}
        reported = {entry.id: entry for entry in plan.reports}
        assert all(entry.fulfils in promised for entry in plan.reports)
        assert all(
            entry.verifies in reported and entry.indicator == reported[entry.verifies].indicator
            for entry in plan.checks
        )
        if plan.activity.state == State.SCHEDULED:
            assert not plan.reports
    silent = Counter(
        any(p.reports for p in first if p.activity.lead_unit_id == u.pk)
        for u in demo.federation.locals[:40]
    )
    assert 0 < silent[False] < 20


def test_demo_accounts_speak_for_offices_and_never_for_a_name() -> None:
    assert len({account.username for account in DEMO_ACCOUNTS}) == len(DEMO_ACCOUNTS)
    assert any("reporter" in account.roles for account in DEMO_ACCOUNTS) and any(
        "auditor" in account.roles for account in DEMO_ACCOUNTS
    )
    assert all(account.office_fa and account.office_en for account in DEMO_ACCOUNTS)


# Short on purpose: words that would tell of arms, of security work or of an ideology, as whole words.
FORBIDDEN = (
    "نظامی|انتظامی|دفاعی|امنیت|امنیتی|سپاه|بسیج|بسیجی|ارتش|سلاح|اسلحه|رزم|رزمایش|رزمی|جنگ|جبهه|جهاد|جهادی|شهید|شهدا|شهادت|مقاومت|انقلاب|انقلابی|"
    "ولایت|ولایی|صالحین|بصیرت|استکبار|رهبری|حزب|سیاسی|عقیدتی|پاسدار|پاسداران|military|army|militia|weapons?|war|martyrs?|jihad|basij|revolution(?:ary)?|"
    "resistance|ideolog(?:y|ical)|political|party|defen[cs]e|security|combat"
)


@pytest.mark.parametrize("file", DATA, ids=lambda file: file.name)
def test_no_data_file_has_a_military_or_ideological_word_or_a_foreign_letter(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    shown = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found = re.findall(rf"(?<![\w\u200c])(?:{FORBIDDEN})(?![\w\u200c])", shown, re.IGNORECASE)
    if file.name == "rows.toml":  # says in English which rows are left out, and why
        found = [word for word in found if not word.isascii()]
    assert found == []
    assert re.findall("[يكةى\u0640\u200e\u200f\u202a-\u202e]", text) == []
    for value in re.findall(r'"([^"\n]*)"', shown):
        assert clean(value) == value or value != value.strip(), value


def test_items_measures_and_rates_say_what_they_are(demo: Demo) -> None:
    assert Item.objects.count() >= 20 and Rate.objects.count() >= Item.objects.count()
    assert all(rate.rial_per_unit > 0 and rate.source_fa for rate in Rate.objects.all())
    assert all(measure.symbol_fa and measure.symbol_en for measure in Measure.objects.all())
    assert all(dimension.options.count() >= 2 for dimension in Dimension.objects.all())
