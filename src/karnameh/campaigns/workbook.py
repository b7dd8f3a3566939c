"""The workbook in which proposals are written: a sheet to fill in, what each column wants, and lists to choose from."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from karnameh.activities.public import Audience, Campaign, Kind, Tier, Venue
from karnameh.campaigns.rules.columns import BETWEEN, HEADINGS, MOST_ROWS, NEEDED, heading_of
from karnameh.catalog.public import Indicator
from karnameh.kernel.digits import to_persian
from karnameh.kernel.jalali import JalaliDate
from karnameh.org.public import OrgUnit, Profession, Theme, under_any
from karnameh.plumbing.cells import guarded

LISTED = 5_000  # a longer list would weigh more than the sheet
_HEAD = PatternFill("solid", fgColor="DFF1EE")
_WIDTHS = {
    "unit": 34, "name": 36, "theme": 28, "venue": 30, "audiences": 34, "participation": 30, "indicator": 38,
    "needs": 34, "budget": 20, "description": 44,
}  # fmt: skip


def blank_workbook(campaign: Campaign, paths: Sequence[str], *, language: str) -> bytes:
    """The template for whoever proposes for the units beneath `paths`. Days are written in the reader's calendar."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _("Proposals")
    lists = _lists(book.create_sheet(_("Lists")), _choices(campaign, paths, language), language)
    _instructions(book.create_sheet(_("How to fill in"), 1), campaign, language)
    sheet.append([heading_of(field, language) for field in HEADINGS])
    sheet.freeze_panes = "A2"
    for place, field in enumerate(HEADINGS, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(field, 16)
        for number in range(2, MOST_ROWS + 2):
            sheet.cell(number, place).number_format = "@"  # a day or code stays as it was typed
        if field in lists:
            choice = DataValidation(
                "list", formula1=lists[field], allow_blank=True, showErrorMessage=False
            )
            choice.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            sheet.add_data_validation(choice)
    for head in sheet[1]:
        head.font, head.fill = Font(bold=True), _HEAD
        head.alignment = Alignment(wrap_text=True, vertical="center")
    for one in book.worksheets:
        one.sheet_view.rightToLeft = language != "en"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _choices(campaign: Campaign, paths: Sequence[str], language: str) -> Mapping[str, list[str]]:
    """What can be chosen in each column, in the words that the upload understands."""
    units = OrgUnit.objects.filter(under_any(paths), closed_on=None).order_by("path")[:LISTED]
    venues = Venue.objects.filter(under_any(paths, "unit__path"), closed_on=None).order_by("code")
    days = [_day(day, language) for day in campaign.period.days()]
    return {
        "unit": [f"{one.code}{BETWEEN}{one.name}" for one in units],
        "kind": [str(label) for label in Kind.labels],
        "theme": [one.name for one in Theme.objects.order_by("position")],
        "tier": [str(label) for label in Tier.labels],
        "profession": [one.name for one in Profession.objects.order_by("position")],
        "from": days, "to": days, "wish_1": days, "wish_2": days,
        "venue": [f"{one.code}{BETWEEN}{one.name}" for one in venues[:LISTED]],
        "audiences": [one.name for one in Audience.objects.order_by("position")],
        "indicator": [one.name for one in Indicator.objects.filter(retired_on=None).order_by("pk")],
    }  # fmt: skip


def _day(day: date, language: str) -> str:
    if language == "en":
        return day.isoformat()
    return to_persian(JalaliDate.from_date(day).isoformat().replace("-", "/"))


def _lists(sheet: Worksheet, choices: Mapping[str, list[str]], language: str) -> dict[str, str]:
    """Write the lists; the address of each for the column that chooses from it."""
    sheet.sheet_state = "hidden"
    addresses = {}
    for place, (field, said) in enumerate(choices.items(), 1):
        sheet.cell(1, place, heading_of(field, language))
        for number, text in enumerate(said, 2):
            sheet.cell(number, place, guarded(text))
        letter = get_column_letter(place)
        if said:
            addresses[field] = f"'{sheet.title}'!${letter}$2:${letter}${len(said) + 1}"
    return addresses


def _instructions(sheet: Worksheet, campaign: Campaign, language: str) -> None:
    """What each column wants, with an example."""
    advice = {
        "unit": _("The unit that proposes. Choose it, or write its code."),
        "name": _("What is going to be done, in a few words. No two of a unit have one name."),
        "theme": _("Choose one of the list."),
        "tier": _("Leave it empty for an activity of the unit itself."),
        "profession": _("Only for the flagship of a profession."),
        "place": _("Leave it empty for the place of the unit."),
        "from": _("Empty: from the first day of the week."),
        "to": _("Empty: to its last day."),
        "wish_1": _("The day that would suit best."),
        "audiences": _("Several with a semicolon between them, each with its share where you know it."),
        "indicator": _("What it brings. The quantity beside it becomes a promise as soon as it is packaged."),
        "needs": _("Several with a semicolon between them; a number before each."),
        "budget": _("In rial. To write toman, write the word after the number."),
    }  # fmt: skip
    sheet.append([_("How to fill in"), guarded(campaign.name), _("Example")])
    sheet.append([
        "",
        _("One row is one proposal, at most %(most)s. Only three columns are needed: %(needed)s.")
        % {"most": MOST_ROWS, "needed": "، ".join(heading_of(one, language) for one in NEEDED)},
    ])  # fmt: skip
    for field, one in HEADINGS.items():
        sheet.append([heading_of(field, language), advice.get(field, ""), guarded(one.example)])
    for letter, width in (("A", 26), ("B", 80), ("C", 40)):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        row[0].font = Font(bold=True)
