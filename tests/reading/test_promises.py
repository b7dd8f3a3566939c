"""A promise never disappears: what became of each, for whom, and by whose words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from reports import choice_of, draft_of, entered, parcels

from builders import DAY, NOW, World, a_campaign, an_activity, an_entry, an_indicator
from karnameh.access.public import units_where
from karnameh.ledger import promises as ledger_promises
from karnameh.ledger.public import (
    Entry,
    Outcome,
    Qualifier,
    Sought,
    Stage,
    correct_entry,
    every_promise,
    fold_all,
    promise_counts,
    promises,
    reverse_entry,
)
from karnameh.narrative import actions
from karnameh.narrative.views import promises as promise_pages

TODAY = NOW.date()


def a_promise(
    world: World, indicator: Any, quantity: int | None, *, days: int = 5, **more: Any
) -> Entry:
    return an_entry(
        more.pop("unit", world.local), indicator, quantity, by=world.people["officer"], stage=Stage.PLEDGED,
        ends_on=DAY + timedelta(days=days), **more,
    )  # fmt: skip


def a_report(world: World, promise: Entry, quantity: int, *, days: int = 0) -> Entry:
    return an_entry(
        promise.unit,
        promise.indicator,
        quantity,
        by=world.people["officer"],
        fulfils=promise.pk,
        ends_on=DAY + timedelta(days=days),
    )


def outcomes(
    world: World, sought: Sought | None = None, who: str = "officer"
) -> dict[Any, Outcome]:
    page = promises(units_where(world.people[who]), sought or Sought(), today=TODAY)
    return {one.entry.pk: one.outcome for one in page.rows}


def test_each_outcome(world: World) -> None:
    indicator, silent = an_indicator(), an_indicator()
    kept, partly, late_partly = (a_promise(world, indicator, 10, days=d) for d in (5, 5, -5))
    waiting, overdue = a_promise(world, indicator, 10), a_promise(world, indicator, 10, days=-3)
    unknown = a_promise(world, indicator, None)
    nobody, nobody_yet = a_promise(world, silent, 10, days=-3), a_promise(world, silent, 10)
    for promise, quantity in ((kept, 7), (kept, 4), (partly, 3), (late_partly, 9)):
        a_report(world, promise, quantity)
    assert outcomes(world) == {
        kept.pk: Outcome.KEPT, partly.pk: Outcome.PARTLY, late_partly.pk: Outcome.PARTLY, waiting.pk: Outcome.OPEN,
        overdue.pk: Outcome.OVERDUE, unknown.pk: Outcome.UNCHECKABLE, nobody.pk: Outcome.UNCHECKABLE,
        nobody_yet.pk: Outcome.OPEN,
    }  # fmt: skip
    counts = promise_counts(units_where(world.people["officer"]), Sought(), today=TODAY)
    assert [
        counts[one] for one in (Outcome.KEPT, Outcome.PARTLY, Outcome.OPEN, Outcome.OVERDUE)
    ] == [1, 2, 2, 1]
    page = promises(
        units_where(world.people["officer"]), Sought(), today=TODAY, outcome=Outcome.PARTLY
    )
    assert {(one.entry.pk, one.late) for one in page.rows} == {
        (partly.pk, False),
        (late_partly.pk, True),
    }


def test_a_report_taken_back_opens_its_promise_again_and_a_corrected_promise_keeps_its_reports(
    world: World,
) -> None:
    indicator = an_indicator()
    promise = a_promise(world, indicator, 10)
    report = a_report(world, promise, 10)
    officer = world.people["officer"]
    fresh = correct_entry(
        promise,
        quantity=Decimal(20),
        qualifier=Qualifier.EXACT,
        note="x",
        by=officer,
        at=NOW,
    )
    assert outcomes(world) == {fresh.pk: Outcome.PARTLY}
    reverse_entry(report, note="x", by=officer, at=NOW)
    assert outcomes(world) == {fresh.pk: Outcome.OPEN}


def test_a_running_total_is_kept_by_its_last_value(world: World) -> None:
    indicator = an_indicator(nature="cumulative", time_rule="last")
    promise = a_promise(world, indicator, 10)
    a_report(world, promise, 6)
    a_report(world, promise, 8, days=1)
    [one] = promises(units_where(world.people["officer"]), Sought(), today=TODAY).rows
    assert (one.outcome, one.fulfilled) == (Outcome.PARTLY, 8)


def test_what_was_stated_for_all_is_held_against_the_sum_from_below(own_world: World) -> None:
    world = own_world
    indicator = an_indicator()
    for unit in (world.fars, world.shiraz):
        a_promise(world, indicator, 50, unit=unit, coverage=2, starts_on=DAY - timedelta(days=2))
    an_entry(world.local, indicator, 20, by=world.people["officer"], ends_on=DAY)
    an_entry(world.locals["taft"][0], indicator, 500, by=world.people["officer"], ends_on=DAY)
    for _moment in ("before folding", "afterwards"):
        page = promises(units_where(world.people["officer"]), Sought(), today=TODAY)
        assert [(one.fulfilled, one.outcome) for one in page.rows] == [(20, Outcome.PARTLY)] * 2
        fold_all()


def test_filters_and_reach(world: World) -> None:
    indicator = an_indicator()
    campaign = a_campaign()
    mine = a_promise(world, indicator, 1)
    planned = a_promise(
        world, indicator, 2, activity=an_activity(world.local, campaign=campaign).pk, days=90
    )
    far = a_promise(world, indicator, 3, unit=world.locals["taft"][0], days=60)
    assert set(outcomes(world, who="leader")) == {mine.pk, planned.pk}
    assert set(outcomes(world, who="stranger")) == set()
    assert set(outcomes(world, Sought(unit=world.yazd.path))) == {far.pk}
    assert set(outcomes(world, Sought(place=world.fars.place.path))) == {mine.pk, planned.pk}
    assert set(outcomes(world, Sought(theme=indicator.theme_id))) == {mine.pk, planned.pk, far.pk}
    assert set(outcomes(world, Sought(posters=(world.people["officer"].pk,)))) == {
        mine.pk,
        planned.pk,
        far.pk,
    }
    assert set(outcomes(world, Sought(batches=(), posters=()))) == set()


def test_a_name_finds_the_unit_in_reach_or_the_place_and_never_another_unit(world: World) -> None:
    promised = an_entry(world.local, parcels(), 5, stage=Stage.PLEDGED, by=world.people["leader"])
    client = Client()
    client.force_login(world.people["officer"])
    page = reverse("promises")
    here = client.get(page, {"campaign": "", "where": world.shiraz.name_fa})
    assert here.context["unit"] == world.shiraz
    assert [row["promise"].entry for row in here.context["rows"]] == [promised]
    elsewhere = client.get(page, {"campaign": "", "where": world.yazd.name_fa})
    assert elsewhere.context["unit"] == world.yazd and not elsewhere.context["rows"]
    lost = client.get(page, {"campaign": "", "where": "ناکجاآباد"})
    assert "وعده‌های همه جا نشان داده می‌شود" in lost.content.decode()
    client.force_login(world.people["fars"])
    assert client.get(page, {"where": world.yazd.name_fa}).context["unit"] is None


def test_pages_follow_each_other_without_a_gap(world: World) -> None:
    indicator = an_indicator()
    made = {a_promise(world, indicator, n, days=n % 3 + 2).pk for n in range(1, 12)}
    reach, seen, after = units_where(world.people["officer"]), [], None
    for outcome in (None, Outcome.OPEN):
        seen, after = [], None
        while True:
            page = promises(reach, Sought(), today=TODAY, outcome=outcome, after=after, size=4)
            seen += [one.entry.pk for one in page.rows]
            if page.next_key is None:
                break
            last = page.rows[-1].entry
            after = (last.ends_on, last.pk)
        assert len(seen) == 11 and set(seen) == made


@pytest.mark.parametrize("outcome", [None, Outcome.KEPT, Outcome.OVERDUE, Outcome.UNCHECKABLE])
def test_what_is_rare_is_found_among_many(
    world: World, monkeypatch: pytest.MonkeyPatch, outcome: Outcome | None
) -> None:
    """However few are weighed at once, all that are sought come, once and in order."""
    monkeypatch.setattr(ledger_promises, "_SOME", 2)
    monkeypatch.setattr(ledger_promises, "_MOST", 5)
    indicator, reach = an_indicator(), units_where(world.people["officer"])
    made = [a_promise(world, indicator, n, days=-n) for n in range(1, 30)]
    a_promise(world, indicator, None, days=-40)
    for one in made[::9]:
        a_report(world, one, 100)
    expected = {
        Outcome.KEPT: [one.pk for one in made[::9]],
        Outcome.OVERDUE: [one.pk for n, one in enumerate(made) if n % 9],
        None: [one.pk for one in made],
    }
    found = [
        one for some in every_promise(reach, Sought(), today=TODAY, outcome=outcome) for one in some
    ]
    if outcome is Outcome.UNCHECKABLE:
        assert [one.entry.quantity for one in found] == [None]
    else:
        assert [one.entry.pk for one in found][: len(made)] == expected[outcome]
    page = promises(reach, Sought(), today=TODAY, outcome=outcome, size=3)
    assert [one.entry.pk for one in page.rows] == [one.entry.pk for one in found[:3]]


def test_the_table_holds_all_of_them_and_the_states_are_counted_afterwards(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_promises, "_SOME", 4)
    indicator = an_indicator()
    for n in range(1, 12):
        a_promise(world, indicator, n)
    client = Client()
    client.force_login(world.people["officer"])
    table = client.get(reverse("promises"), {"campaign": "", "format": "csv"})
    assert len(b"".join(table.streaming_content).splitlines()) == 12
    page = client.get(reverse("promises"), {"campaign": ""}).content.decode()
    assert 'hx-get="?campaign=&amp;counts=1"' in page
    counted = client.get(reverse("promises"), {"campaign": "", "counts": "1"}).content.decode()
    assert counted.count("۱۱") == 2 and "hx-get" not in counted  # all, and open


def test_too_many_to_be_counted_in_time_leave_the_states_without_numbers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 5")
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(promise_pages, "promise_counts", slow)
    client = Client()
    client.force_login(world.people["officer"])
    counted = client.get(reverse("promises"), {"campaign": "", "counts": "1"})
    assert counted.status_code == 200
    assert counted.content.decode().count('<span class="count"></span>') == 1 + len(Outcome)


def test_the_page_shows_the_words_of_both_and_costs_the_same_for_many(
    world: World, queries: Any, settings: Any, tmp_path: Any
) -> None:
    settings.STATIC_ROOT = tmp_path
    parcels()
    fars = world.people["fars"]
    source = entered(world)
    promised = draft_of(source, "۴۵۰")
    actions.confirm_draft(promised, choice_of(promised), by=fars, at=NOW)
    actions.post_source(source, by=fars, at=NOW)
    later = entered(
        world, "دیروز به قول خود وفا کردیم و ۴۵۰ بستهٔ معیشتی دیگر توزیع شد.", title="گزارش دوم"
    )
    done = draft_of(later, "۴۵۰")
    actions.confirm_draft(done, choice_of(done, fulfils=promised.pk), by=fars, at=NOW)
    actions.post_source(later, by=fars, at=NOW)
    client = Client()
    client.force_login(fars)
    url = f"{reverse('promises')}?campaign="
    page = client.get(url).content.decode()
    assert "قول داده‌اند" in page and "به قول خود وفا کردیم" in page and "دبیر استان" in page
    assert "دبیر استان" in client.get(f"{url}&office=دبیر استان").content.decode()
    assert "قول داده‌اند" not in client.get(f"{url}&office=سخنگوی دیگر").content.decode()
    with queries:
        client.get(url)
    before = len(queries)
    for number in range(1, 20):
        a_report(world, a_promise(world, an_indicator(), 10), number)
    with queries:
        client.get(url)
    assert len(queries) == before
    rows = b"".join(client.get(f"{url}&format=csv").streaming_content).decode()  # type: ignore[arg-type]
    assert len(rows.splitlines()) == 21 and "قول داده‌اند" in rows
