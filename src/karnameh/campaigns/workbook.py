"""The workbook in which proposals are written: a sheet to fill in, what each column wants, and lists to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from karnameh.activities.public import Audience, Campaign, Kind, Tier, Venue
from karnameh.campaigns.rules.columns import BETWEEN, HEADINGS, MOST_ROWS, NEEDED, heading_of
from karnameh.catalog.public import Indicator
from karnameh.kernel.digits import to_persian
from karnameh.kernel.jalali import JalaliDate
from karnameh.org.public import OrgUnit, Profession, Theme, under_any
from karnameh.plumbing.workbooks import LISTED, Template

_WIDTHS = {
    "unit": 34, "name": 36, "theme": 28, "venue": 30, "audiences": 34, "participation": 30, "indicator": 38,
    "needs": 34, "budget": 20, "description": 44,
}  # fmt: skip


def blank_workbook(campaign: Campaign, paths: Sequence[str], *, language: str) -> bytes:
    """The template for whoever proposes for the units beneath `paths`. Days are written in the reader's calendar."""
    book = Template(title=_("Proposals"), lists=_("Lists"), instructions=_("How to fill in"))
    choices = _choices(campaign, paths, language)
    lists = book.offer({key: (heading_of(key, language), said) for key, said in choices.items()})
    book.instruct(_instructions(campaign, language), widths=(26, 80, 40))
    book.head([heading_of(field, language) for field in HEADINGS])
    book.wrap_headings()
    for place, field in enumerate(HEADINGS, 1):
        book.column(
            place, width=_WIDTHS.get(field, 16), list_at=lists.get(field, ""), until=MOST_ROWS + 1
        )
        book.as_typed(place, MOST_ROWS)
    return book.to_bytes(rtl=language != "en")


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


def _instructions(campaign: Campaign, language: str) -> Iterator[tuple[str, ...]]:
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
    yield _("How to fill in"), campaign.name, _("Example")
    yield (
        "",
        _("One row is one proposal, at most %(most)s. Only three columns are needed: %(needed)s.")
        % {"most": MOST_ROWS, "needed": "، ".join(heading_of(one, language) for one in NEEDED)},
    )
    for field, one in HEADINGS.items():
        yield heading_of(field, language), advice.get(field, ""), one.example
