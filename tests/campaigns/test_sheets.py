"""Proposals by spreadsheet: a verdict for each row, all or nothing, and what is refused as a whole."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from builders import NOW, World
from karnameh.activities.public import Activity, Campaign, State
from karnameh.campaigns.actions.sheets import import_proposals
from karnameh.campaigns.queries.proposals import content_of
from karnameh.campaigns.rules.columns import HEADINGS, heading_of
from karnameh.campaigns.sheets import judge, read_rows
from karnameh.campaigns.workbook import blank_workbook
from karnameh.plumbing.public import Refusal
from planned import a_theme, an_indicator_to_expect, an_open_campaign

GOOD = {
    "name": "ویزیت رایگان", "theme": "سازندگی", "kind": "درمانگاه", "from": "1405/08/29", "to": "1405/09/05",
    "wish_1": "۱۴۰۵/۰۹/۰۳", "audiences": "زنان و دختران ۶۰٪؛ کودکان", "attendance": "هشتاد", "indicator": "expected",
    "quantity": "۶۰", "needs": "گروه: ۲ گروه پزشکی؛ ۳ میز", "budget": "۲۰ میلیون تومان",
}  # fmt: skip


@pytest.fixture
def campaign(world: World) -> Campaign:
    a_theme("construction")
    an_indicator_to_expect()
    return an_open_campaign()


def a_sheet(world: World, *rows: dict[str, str]) -> bytes:
    """A CSV file of good rows with the changes that each names."""
    fields = ["unit", *GOOD]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS[name].fa for name in fields)
    for row in rows:
        said = {"unit": world.local.code, **GOOD, **row}
        writer.writerow(said[name] for name in fields)
    return text.getvalue().encode()


def judged(
    world: World, campaign: Campaign, *rows: dict[str, str], who: str = "leader"
) -> list[Any]:
    found = read_rows(a_sheet(world, *rows), "plan.csv")
    return judge(found, campaign=campaign, user=world.people[who], on=NOW.date())


def test_a_good_row_becomes_the_proposal_that_it_says(world: World, campaign: Campaign) -> None:
    theme = a_theme("construction")
    [one] = judged(world, campaign, {"theme": theme.name_fa})
    assert one.amiss == []
    [made] = import_proposals([(one.unit, one.content)], campaign=campaign, hand_in=True, by=world.people["leader"], at=NOW)  # fmt: skip
    made.refresh_from_db()
    said = content_of(made)
    assert made.state == State.SUBMITTED and said == one.content
    assert said.audiences == (("women", 60), ("children", None)) and said.expected_attendance == 80
    assert [(need.kind, need.number, need.label) for need in said.needs] == [
        ("team", 2, "گروه پزشکی"), ("material", 3, "میز"),
    ]  # fmt: skip
    assert said.budget_rial == 200_000_000 and said.expectations[0].quantity == 60


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"unit": "201-1"}, "unit"),  # exists, out of reach
        ({"unit": ""}, "unit"),
        ({"theme": "چیز دیگر"}, "theme"),
        ({"name": ""}, "name"),
        ({"kind": "جشن"}, "kind"),
        ({"from": "1405/13/01"}, "from"),
        ({"from": "1405/08/01"}, "from"),  # outside the campaign
        ({"wish_1": "1405/09/20"}, "wish_1"),
        ({"audiences": "همسایه‌ها"}, "audiences"),
        ({"audiences": ""}, "audiences"),
        ({"attendance": "خیلی"}, "attendance"),
        ({"indicator": "nothing"}, "indicator"),
        ({"quantity": "1.500"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"budget": "۲۰ میلیون"}, "budget"),
        ({"needs": "۰ میز"}, "needs"),
    ],
)
def test_what_is_amiss_is_said_beside_its_column(
    world: World, campaign: Campaign, row: dict[str, str], column: str
) -> None:
    [one] = judged(world, campaign, row)
    assert HEADINGS[column].fa in {heading for heading, _sentence in one.amiss}
    assert not Activity.objects.exists()


def test_a_name_twice_in_a_sheet_or_in_the_unit_is_found(world: World, campaign: Campaign) -> None:
    first, second = judged(world, campaign, {}, {"name": "ويزيت رايگان"})
    assert first.good and not second.good
    import_proposals([(first.unit, first.content)], campaign=campaign, hand_in=False, by=world.people["leader"], at=NOW)  # fmt: skip
    [again] = judged(world, campaign, {})
    assert not again.good
    with pytest.raises(Refusal) as refusal:  # the same sheet taken a second time
        import_proposals([(first.unit, first.content)], campaign=campaign, hand_in=False, by=world.people["leader"], at=NOW)  # fmt: skip
    assert refusal.value.status == 409 and Activity.objects.count() == 1


def test_all_rows_are_taken_or_none(world: World, campaign: Campaign) -> None:
    good, other = judged(world, campaign, {}, {"name": "دیگری"})
    unfinished = other.content.__class__(**{**other.content.__dict__, "audiences": ()})
    with pytest.raises(Refusal):
        import_proposals(
            [(good.unit, good.content), (other.unit, unfinished)], campaign=campaign, hand_in=True,
            by=world.people["leader"], at=NOW,
        )  # fmt: skip
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7", "plan.csv"),
        (b"PK\x03\x04broken", "plan.xlsx"),
        (b"", "plan.csv"),
        (b"a,b\n1,2\n", "plan.csv"),
        (b"x", "plan.exe"),
        ("نام,نام,موضوع,کد واحد\nا,ب,پ,ت\n".encode(), "plan.csv"),
    ],
)
def test_a_file_that_is_no_sheet_of_proposals_is_refused_as_a_whole(data: bytes, name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_rows(data, name)
    assert refusal.value.field == "file" and str(refusal.value)


def test_more_rows_than_a_sheet_may_have_are_refused(world: World, campaign: Campaign) -> None:
    with pytest.raises(Refusal):
        read_rows(a_sheet(world, *[{}] * 501), "plan.csv")


def test_the_page_shows_verdicts_gives_errors_back_and_takes_all(
    world: World, campaign: Campaign, client: Client
) -> None:
    client.force_login(world.people["leader"])
    url = f"/planning/proposals/sheet/?campaign={campaign.pk}"

    def sent(*rows: dict[str, str]) -> str:
        file = SimpleUploadedFile("plan.csv", a_sheet(world, *rows))
        return client.post(url, {"file": file}).content.decode()

    page = sent({}, {"name": "=CMD()", "audiences": "همسایه‌ها"})
    token = page.split('name="given_back" value="')[1].split('"')[0]
    back = client.post("/planning/proposals/sheet/errors/", {"given_back": token})
    text = b"".join(back.streaming_content).decode()  # type: ignore[attr-defined]
    assert "همسایه‌ها" in text and "'=CMD()" in text and len(text.strip().splitlines()) == 2
    page = sent({}, {"name": "دیگری"})
    token = page.split('name="kept" value="')[1].split('"')[0]
    take = f"/planning/proposals/sheet/take/?campaign={campaign.pk}"
    assert client.post(take, {"kept": token + "x"}).status_code == 409
    assert client.post(take, {"kept": token, "hand_in": "1"}).status_code == 302
    assert Activity.objects.filter(state=State.SUBMITTED).count() == 2
    assert client.post(take, {"kept": token, "hand_in": "1"}).status_code == 409


# --- the template -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_template_has_lists_whose_words_the_upload_understands(
    world: World, campaign: Campaign, language: str
) -> None:
    with translation.override(language):
        data = blank_workbook(campaign, [world.local.path], language=language)
        book = openpyxl.load_workbook(io.BytesIO(data))
        sheet, _help, lists = book.worksheets
        assert sheet.sheet_view.rightToLeft == (language == "fa")
        heads = [cell.value for cell in sheet[1]]
        assert heads == [heading_of(one, language) for one in HEADINGS]
        listed = {
            column[0].value: [c.value for c in column[1:] if c.value] for column in lists.columns
        }
        assert len(sheet.data_validations.dataValidation) == len(
            [one for one in listed.values() if one]
        )
        days = listed[heading_of("wish_1", language)]
        assert len(days) == 7 and (days[0] == ("2026-11-20" if language == "en" else "۱۴۰۵/۰۸/۲۹"))
        # A row of nothing but choices, and the two things that are written.
        for place, head in enumerate(heads, 1):
            if listed.get(head) and head != heading_of("venue", language):
                sheet.cell(2, place).value = listed[head][-1]
        sheet.cell(2, heads.index(heading_of("name", language)) + 1).value = "کاشت نهال"
        sheet.cell(2, heads.index(heading_of("quantity", language)) + 1).value = "۲۰"
        out = io.BytesIO()
        book.save(out)
        [one] = judge(
            read_rows(out.getvalue(), "plan.xlsx"), campaign=campaign, user=world.people["leader"],
            on=NOW.date(),
        )  # fmt: skip
    assert one.amiss == [] and one.unit == world.local
    assert one.content is not None and one.content.wishes[0].on == campaign.ends_on


def test_the_template_is_offered_beside_the_upload(
    world: World, campaign: Campaign, client: Client
) -> None:
    client.force_login(world.people["leader"])
    page = client.get(f"/planning/proposals/sheet/?campaign={campaign.pk}").content.decode()
    address = f"{reverse('proposal_template')}?campaign={campaign.pk}"
    assert address in page
    response = client.get(address)
    assert response["Content-Disposition"].endswith('.xlsx"')
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    units = [cell.value for cell in book.worksheets[2]["A"][1:] if cell.value]
    assert units == [f"{world.local.code} — {world.local.name}"]
