"""Open data: two officers publish, everybody downloads, nothing changes afterwards."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import hxl
import pyarrow.parquet as parquet
import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from lxml import etree

from builders import (
    NOW,
    World,
    a_campaign,
    a_grant,
    a_user,
    an_activity,
    an_entry,
    an_indicator,
    as_owner,
)
from karnameh.access.public import Role
from karnameh.activities.public import State
from karnameh.exchange.models import OpenData, OpenState
from karnameh.exchange.opendata.actions import ask_to_publish, confirm_publishing
from karnameh.exchange.opendata.making import make_next
from karnameh.ledger.public import Stage
from karnameh.plumbing.public import OutOfReach, Refusal

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _own_uploads(tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS = tmp_path


def a_publication(world: World, *, start: date = date(2026, 11, 20)) -> OpenData:
    """Asked by the officer, confirmed by another press officer, made."""
    second = a_user()
    a_grant(second, Role.PRESS, world.nation)
    asked = ask_to_publish(
        campaign=a_campaign(start), unit=world.nation, by=world.people["officer"], at=NOW
    )
    confirm_publishing(asked.code, by=second, at=NOW)
    assert make_next() and not make_next()
    return OpenData.objects.get(pk=asked.pk)


def rows_of(one: OpenData) -> list[dict[str, str]]:
    text = Client().get(f"/open/{one.code}/figures.csv").getvalue().decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text)))
    assert found[0]["protected"] == "#meta+protected", found
    return found[1:]  # without the line of tags


def test_everything_that_may_be_known_is_in_every_file(world: World) -> None:
    parcels = an_indicator("parcels")
    for unit, quantity in ((world.local, 12), (world.locals["taft"][0], 30)):
        an_entry(unit, parcels, quantity, by=world.people["officer"])
    an_entry(world.local, parcels, 50, by=world.people["officer"], stage=Stage.PLEDGED)
    one = a_publication(world)
    assert one.state == OpenState.PUBLISHED and one.head and one.rows == len(rows_of(one))
    whole = {row["stage"]: row for row in rows_of(one) if row["level"] == "whole"}
    assert (whole["reported"]["value"], whole["pledged"]["value"]) == ("42", "50")
    assert {
        row["unit_codes"]: row["value"]
        for row in rows_of(one)
        if row["level"] == "part" and row["stage"] == "reported"
    } == {"10": "12", "20": "30"}
    sent = json.loads(Client().get(f"/open/{one.code}/figures.json").getvalue())
    assert [row["value"] for row in sent["rows"]] == [row["value"] or None for row in rows_of(one)]
    table = parquet.read_table(
        io.BytesIO(Client().get(f"/open/{one.code}/figures.parquet").getvalue())
    )
    assert table.column("value").to_pylist() == [Decimal(row["value"]) for row in rows_of(one)]
    assert str(table.schema.field("starts_on").type) == "date32[day]"


def test_the_field_s_own_tool_reads_the_tags(world: World, tmp_path: Path) -> None:
    an_entry(world.local, an_indicator(), 12, by=world.people["officer"])
    one = a_publication(world)
    for name, url in (
        ("figures", f"/open/{one.code}/figures.csv"),
        ("indicators", "/open/indicators.csv"),
    ):
        answer = Client().get(url)
        file = tmp_path / f"{name}.csv"
        file.write_bytes(answer.getvalue())
        source = hxl.data(str(file), hxl.InputOptions(allow_local=True))
        assert "#indicator+code" in [
            column.display_tag.replace(" ", "") for column in source.columns
        ]
        assert len(list(source)) >= 1


def test_the_iati_file_says_target_and_actual(world: World) -> None:
    parcels = an_indicator("parcels")
    an_entry(world.local, parcels, 50, by=world.people["officer"], stage=Stage.PLEDGED)
    an_entry(world.local, parcels, 12, by=world.people["officer"])
    one = a_publication(world)
    root = etree.fromstring(Client().get(f"/open/{one.code}/figures.xml").getvalue())
    activity = root.find("iati-activity")
    assert activity is not None and root.get("version") == "2.03"
    names = [child.tag for child in activity]
    # The standard prescribes this order, and that none of these is missing.
    order = ["iati-identifier", "reporting-org", "title", "description", "participating-org", "activity-status", "activity-date", "recipient-country", "result"]  # fmt: skip
    assert list(dict.fromkeys(names)) == order
    period = activity.find("result/indicator/period")
    assert period is not None
    assert [(child.tag, child.get("value")) for child in period][2:] == [
        ("target", "50"),
        ("actual", "12"),
    ]


def test_small_counts_of_people_are_in_no_file(world: World) -> None:
    visitors = an_indicator("visitors", people="people")
    for unit, quantity in (
        (world.local, 3),
        (world.locals["shiraz"][1], 4),
        (world.locals["taft"][0], 400),
    ):
        an_entry(unit, visitors, quantity, by=world.people["officer"])
    one = a_publication(world, start=date(2026, 11, 15))  # a whole week: less tells too much
    assert rows_of(one)
    for row in rows_of(one):
        assert row["protected"] == "yes"
        assert row["value"] == "" or (int(row["value"]) % 5 == 0 and int(row["value"]) >= 10)


def test_less_than_a_week_says_nothing_of_people_and_says_so(world: World) -> None:
    an_entry(
        world.local, an_indicator("visitors", people="people"), 400, by=world.people["officer"]
    )
    one = a_publication(world)
    assert rows_of(one) == [] and one.left_out == ["visitors"]
    assert Client().get(f"/open/{one.code}/").status_code == 200


def test_what_is_published_is_never_changed(world: World) -> None:
    an_entry(world.local, an_indicator(), 12, by=world.people["officer"])
    one = a_publication(world)
    before = Client().get(f"/open/{one.code}/figures.csv").getvalue()
    assert hashlib.sha256(before).hexdigest() == one.files["csv"].sha256
    again = Client().get(
        f"/open/{one.code}/figures.csv", headers={"If-None-Match": f'"{one.files["csv"].sha256}"'}
    )
    assert (again.status_code, again.getvalue()) == (304, b"")
    an_entry(world.local, an_indicator("later"), 99, by=world.people["officer"])
    assert Client().get(f"/open/{one.code}/figures.csv").getvalue() == before
    for statement in ("UPDATE exchange_opendata SET rows = 0", "DELETE FROM exchange_opendata"):
        with (
            pytest.raises(IntegrityError),
            as_owner(),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_two_officers_are_needed_also_for_the_database(world: World) -> None:
    officer = world.people["officer"]
    asked = ask_to_publish(campaign=a_campaign(), unit=world.nation, by=officer, at=NOW)
    with pytest.raises(Refusal):
        confirm_publishing(asked.code, by=officer, at=NOW)
    with pytest.raises(OutOfReach):
        confirm_publishing(asked.code, by=world.people["leader"], at=NOW)
    for values in ({"state": "confirmed", "confirmed_by": officer}, {"state": "published"}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            OpenData.objects.filter(pk=asked.pk).update(**values)
    assert not make_next()


def test_only_press_officers_ask_and_never_before_a_campaign_begins(world: World) -> None:
    with pytest.raises(Refusal):
        ask_to_publish(campaign=a_campaign(), unit=world.fars, by=world.people["fars"], at=NOW)
    with pytest.raises(OutOfReach):
        ask_to_publish(campaign=a_campaign(), unit=world.nation, by=world.people["leader"], at=NOW)
    with pytest.raises(Refusal):
        ask_to_publish(
            campaign=a_campaign(date(2027, 1, 1)),
            unit=world.nation,
            by=world.people["officer"],
            at=NOW,
        )


def test_a_fault_while_making_leaves_nothing_public(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from karnameh.exchange.opendata import making

    an_entry(world.local, an_indicator(), 12, by=world.people["officer"])

    def breaks(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(making, "write_parquet", breaks)
    second = a_user()
    a_grant(second, Role.PRESS, world.nation)
    asked = ask_to_publish(
        campaign=a_campaign(), unit=world.nation, by=world.people["officer"], at=NOW
    )
    confirm_publishing(asked.code, by=second, at=NOW)
    assert make_next()
    assert OpenData.objects.get(pk=asked.pk).state == OpenState.FAILED
    assert not list((tmp_path / "open").glob("*")) if (tmp_path / "open").exists() else True
    assert Client().get(f"/open/{asked.code}/").status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_release")
        assert cursor.fetchone()[0] == 0


def test_who_does_what_where_counts_public_activities_only(world: World) -> None:
    campaign = a_campaign()
    for state in (State.SCHEDULED, State.SCHEDULED, State.SUBMITTED, State.DECLINED):
        an_activity(world.local, campaign=campaign, state=state)
    text = b"".join(
        Client().get(f"/open/3w.csv?campaign={campaign.code}").streaming_content
    ).decode("utf-8-sig")  # type: ignore[arg-type]
    [row] = list(csv.DictReader(io.StringIO(text)))[1:]
    assert (row["unit"], row["activities"]) == ("101", "2")
    assert Client().get("/open/3w.csv?campaign=none").status_code == 404


def test_the_pages_are_for_everybody_and_the_steps_for_officers(world: World) -> None:
    an_entry(world.local, an_indicator(), 12, by=world.people["officer"])
    one = a_publication(world)
    for url in ("/open/", f"/open/{one.code}/"):
        page = Client().get(url)
        assert page.status_code == 200 and one.campaign.name_fa in page.content.decode()
    assert "open/ask" not in Client().get("/open/").content.decode()
    assert Client().post("/open/ask/").status_code == 302
    assert Client().get(f"/open/{one.code}/figures.exe").status_code == 404
