"""What goes out comes back unchanged, and runs nowhere."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import DAY, NOW, World, a_new_entry, an_activity, an_entry, an_indicator
from karnameh.catalog.models import Dimension, DimensionOption, Item
from karnameh.catalog.public import dimension_set
from karnameh.exchange.exporting import export_entries
from karnameh.exchange.rules.columns import EXPORT, Column
from karnameh.exchange.sheet_writer import csv_bytes, xlsx_bytes
from karnameh.kernel.period import Period
from karnameh.kernel.text import clean
from karnameh.ledger.public import (
    Coverage,
    Drill,
    Entry,
    Qualifier,
    Role,
    Stage,
    adjust,
    correct_entry,
    post_entries,
    reverse_entry,
    verify_entry,
)
from karnameh.ui.public import DEFAULT, Display
from sheets import found, sent, worked

pytestmark = pytest.mark.usefixtures("db")

EVERYTHING = Period(None, None)
ENGLISH = Display(language="en", calendar="gregorian", digits="latin")
HOSTILE = st.text(
    st.sampled_from("'=+-@\t\r\n|0123abcآب ,;\"<>&_x٠۱\u202e\u200c"), max_size=20
) | st.text(max_size=20)


def exported(world: World, kind: str, display: Display = DEFAULT, node: Any = None) -> bytes:
    writer = csv_bytes if kind == "csv" else xlsx_bytes(rtl=True)
    return b"".join(
        export_entries(
            world.reach("admin"), Drill(node or world.nation, EVERYTHING), writer, display
        )
    )


def all_kinds_of_entries(world: World) -> int:
    """One of everything that the ledger can hold."""
    sex = Dimension.objects.create(code="sex", position=1, name_fa="جنسیت", name_en="Sex")
    for code, fa in (("women", "زنان و دختران"), ("men", "مردان و پسران")):
        DimensionOption.objects.create(
            dimension=sex, code=code, position=1, name_fa=fa, name_en=code.title()
        )
    indicator, other = (
        an_indicator("parcels"),
        an_indicator("hours", nature="stock", time_rule="last"),
    )
    indicator.dimensions.add(sex)
    item = Item.objects.create(
        code="blanket", name_fa="پتو", name_en="Blanket", measure=indicator.measure
    )
    leader, activity = world.people["leader"], an_activity(world.local)
    promise = an_entry(
        world.local, indicator, 20, by=leader, stage=Stage.PLEDGED, activity=activity.pk
    )
    report = an_entry(
        world.local, indicator, 12, by=leader, activity=activity.pk
    )  # tied to the promise by the ledger
    an_entry(
        world.local,
        indicator,
        3,
        by=leader,
        fulfils=promise.pk,
        place=world.yazd.place_id,
        item=item.pk,
    )
    women = dimension_set({"sex": "women"}).pk
    an_entry(
        world.local,
        indicator,
        5,
        by=leader,
        part_of=report.pk,
        dimensions=women,
        activity=activity.pk,
    )
    verify_entry(report, quantity=Decimal(11), note="شمردم", by=world.people["verifier"], at=NOW)
    an_entry(world.local, indicator, None, by=leader)
    an_entry(
        world.local,
        other,
        "1234.567",
        by=leader,
        qualifier=Qualifier.AT_LEAST,
        as_written="بیش از هزار",
    )
    an_entry(
        world.local,
        indicator,
        4,
        by=leader,
        rial=5_000_000,
        role=Role.INSTALLER,
        note="=cmd|' /C calc'!A0",
    )
    an_entry(
        world.fars,
        indicator,
        900,
        by=world.people["fars"],
        coverage=Coverage.WHOLE_SUBTREE,
        qualifier=Qualifier.ABOUT,
    )
    wrong = an_entry(world.local, indicator, 77, by=leader)
    correct_entry(
        wrong, quantity=Decimal(7), qualifier=Qualifier.EXACT, note="رقم اضافه", by=leader, at=NOW
    )
    reverse_entry(an_entry(world.local, indicator, 8, by=leader), note="دو بار", by=leader, at=NOW)
    adjust(unit=world.fars, indicator=indicator.pk, stage=Stage.REPORTED, quantity=Decimal(-3), ends_on=DAY,
           note="شمارش دوباره", by=world.people["fars"], at=NOW)  # fmt: skip
    return Entry.objects.count()


@pytest.mark.parametrize("display", [Display(), ENGLISH], ids=["fa", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_back_as_the_same(world: World, kind: str, display: Display) -> None:
    count = all_kinds_of_entries(world)
    job = worked(
        sent(
            exported(world, kind, display),
            by=world.people["officer"],
            unit=world.nation,
            name=f"e.{kind}",
        )
    )
    wrong = {row: verdict for row, verdict in found(job).items() if verdict[0] != "same"}
    assert not wrong and job.same == count


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    notes=st.lists(st.tuples(HOSTILE, HOSTILE), min_size=1, max_size=20),
    kind=st.sampled_from(["csv", "xlsx"]),
)
def test_hostile_texts_survive_the_round_trip(
    world: World, notes: list[tuple[str, str]], kind: str
) -> None:
    indicator = an_indicator()
    entries = [
        a_new_entry(world.mehriz, indicator, 1, note=clean(note), as_written=clean(written))
        for note, written in notes
    ]
    post_entries(entries, by=world.people["officer"], at=NOW)
    content = exported(world, kind, node=world.mehriz)
    job = worked(sent(content, by=world.people["officer"], unit=world.nation, name=f"e.{kind}"))
    assert (job.same, job.rows) == (Entry.objects.filter(unit=world.mehriz).count(),) * 2
    job.state = "discarded"
    job.save()


def test_no_cell_of_an_export_is_a_formula(world: World) -> None:
    indicator = an_indicator(name_fa="=HYPERLINK(1)", name_en="@SUM(A1)")
    for note in ("=1+1", "+1+1", "-1+1", "@x", "\t=1", "'=1", "-12"):
        an_entry(world.local, indicator, 1, by=world.people["leader"], note=note)
    for row in csv.reader(io.StringIO(exported(world, "csv").decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r")) and (
                cell == "-12" or not cell.startswith("-")
            )
    book = openpyxl.load_workbook(io.BytesIO(exported(world, "xlsx")))
    for cells in book.active.iter_rows():
        assert all(cell.data_type in ("s", "n") for cell in cells)


def test_numbers_stay_numbers(world: World) -> None:
    an_entry(world.local, an_indicator(), 12, by=world.people["leader"], rial=5_000)
    sheet = openpyxl.load_workbook(io.BytesIO(exported(world, "xlsx"))).active
    row = [cell.value for cell in sheet[2]]
    assert row[EXPORT.index(Column.QUANTITY)] == 12 and row[EXPORT.index(Column.MONEY)] == 5_000
    assert row[EXPORT.index(Column.FROM)] == "1405/08/30"


def test_pages_of_an_export_miss_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    indicator = an_indicator()
    entries = [a_new_entry(world.local, indicator, number + 1) for number in range(25)]
    post_entries(entries, by=world.people["leader"], at=NOW)
    monkeypatch.setattr("karnameh.exchange.exporting.PAGE", 7)
    rows = list(csv.reader(io.StringIO(exported(world, "csv").decode("utf-8-sig"), newline="")))
    assert {row[-1] for row in rows[1:]} == {str(entry.id) for entry in entries} and len(rows) == 26


def test_the_export_holds_what_the_reader_may_see_and_no_more(world: World) -> None:
    indicator = an_indicator()
    for unit in (world.local, world.mehriz):
        an_entry(unit, indicator, 1, by=world.people["officer"])
    client = Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    address = reverse("export_entries")
    assert client.get(address, {"unit": str(world.nation.pk)}).status_code == 302
    client.force_login(world.people["fars"], backend=backend)
    assert client.get(address, {"unit": str(world.nation.pk)}).status_code == 404
    assert client.get(address, {"unit": str(world.yazd.pk), "format": "csv"}).status_code == 404
    own = client.get(address, {"unit": str(world.fars.pk), "format": "csv"})
    assert b"".join(own.streaming_content).decode().count("گزارش,1,") == 1  # type: ignore[attr-defined]
    place = client.get(
        address, {"place": str(world.country.pk), "format": "csv", "period": "1405", "stage": "2"}
    )
    assert b"".join(place.streaming_content).decode().count("گزارش,1,") == 1  # type: ignore[attr-defined]
    assert client.get(address, {"unit": str(world.fars.pk), "period": "97/1"}).status_code == 400
    client.force_login(world.people["stranger"], backend=backend)
    assert client.get(address, {"place": str(world.country.pk)}).status_code == 404
