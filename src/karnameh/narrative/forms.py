"""Forms of the reading desk. What is typed is parsed by the kernel, so the same sentences appear everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Campaign, campaign_at
from karnameh.catalog.public import Indicator, MeasureKind, find_indicators, indicators
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.money import Money
from karnameh.kernel.quantity import format_quantity, parse_quantity
from karnameh.kernel.text import clean
from karnameh.ledger.public import Coverage as LedgerCoverage
from karnameh.ledger.public import Entry
from karnameh.ledger.public import Qualifier as LedgerQualifier
from karnameh.ledger.public import Stage as LedgerStage
from karnameh.narrative.actions import Choice
from karnameh.narrative.models import Coverage, Draft, Qualifier, Question, Reason, Stage
from karnameh.narrative.rules import LONGEST
from karnameh.org.public import OrgUnit, Place, find_places, find_units
from karnameh.plumbing.addresses import number_or_none
from karnameh.plumbing.fields import WrittenDate, written_day
from karnameh.plumbing.public import sentence_of


class SourceForm(forms.Form):
    """A report, pasted or as a file, and what is known about it."""

    text = forms.CharField(
        label=_("Text of the report"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        help_text=_("Paste it as it arrived: news, a letter, minutes."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or a file"), required=False,
        widget=forms.FileInput(attrs={"accept": ".txt,.docx,.pdf,.html,.htm"}),
        help_text=_("Text, Word (.docx), PDF with text, or a web page; at most 20 megabytes."),
    )  # fmt: skip
    title = forms.CharField(
        label=_("Title"), required=False, max_length=160,
        help_text=_("Left empty, the first line becomes the title."),
    )  # fmt: skip
    dated = WrittenDate(
        label=_("Date of the report"),
        help_text=_("“Yesterday” and “this week” in the text are counted from this day."),
    )
    unit = forms.TypedChoiceField(
        label=_("Whose report is it?"), coerce=int,
        help_text=_("What names no other unit is entered for this one."),
    )  # fmt: skip
    office = forms.CharField(
        label=_("Office that speaks"), required=False, max_length=120,
        help_text=_("The office alone, for example “spokesperson of the province”. No names of people, please."),
    )  # fmt: skip
    outlet = forms.CharField(
        label=_("Where it appeared"), required=False, max_length=120,
        help_text=_("News agency, newspaper, letter, meeting."),
    )  # fmt: skip
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("Campaign"), required=False, empty_label=_("None")
    )

    def __init__(self, *given: Any, units: Sequence[OrgUnit], today: date, **more: Any) -> None:
        super().__init__(*given, **more)
        unit = cast(forms.TypedChoiceField, self.fields["unit"])
        unit.choices = [(one.pk, one.name) for one in units]
        campaign = cast("forms.ModelChoiceField[Campaign]", self.fields["campaign"])
        campaign.queryset = Campaign.objects.order_by("-starts_on")
        self.fields["dated"].initial = today
        now_on = campaign_at(today)
        campaign.initial = now_on.pk if now_on else None
        self.today = today

    def clean_dated(self) -> date:
        """A report is not from tomorrow."""
        day = cast(date, self.cleaned_data["dated"])
        if day > self.today:
            raise forms.ValidationError(_("A report cannot be dated later than today."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            not data.get("file")
            and not (data.get("text") or "").strip()
            and "file" not in self.errors
        ):
            self.add_error("text", _("Paste the text of the report, or choose a file."))
        if data.get("file") and (data.get("text") or "").strip():
            self.add_error("file", _("Either paste the text or choose a file, not both."))
        if len(data.get("text") or "") > LONGEST * 2:
            self.add_error("text", _("This text is too long for one report. Split it."))
        return data


Options = list[tuple[str, str]]
NONE: tuple[str, str] = ("", "—")


class DraftForm(forms.Form):
    """What a number means. Lists hold what is likely; a search beside each finds the rest."""

    stage = forms.TypedChoiceField(
        label=_("Promise or fact?"), coerce=int, choices=Stage.choices, widget=forms.RadioSelect
    )
    indicator = forms.ChoiceField(label=_("What is counted?"))
    indicator_find = forms.CharField(
        required=False, max_length=80, label=_("Find another indicator")
    )
    quantity = forms.CharField(label=_("How much?"), required=False, max_length=120)
    qualifier = forms.TypedChoiceField(
        label=_("How sure?"), coerce=int, choices=Qualifier.choices, initial=Qualifier.EXACT
    )
    unit = forms.ChoiceField(label=_("Who acted?"))
    unit_find = forms.CharField(required=False, max_length=80, label=_("Find another unit"))
    place = forms.ChoiceField(label=_("Where?"), required=False)
    place_find = forms.CharField(required=False, max_length=80, label=_("Find another place"))
    starts_on = WrittenDate(label=_("From"))
    ends_on = WrittenDate(label=_("To"))
    coverage = forms.TypedChoiceField(
        label=_("Whose work is it?"), coerce=int, choices=Coverage.choices, initial=Coverage.OWN,
        help_text=_("What is stated for everybody stands beside the sum of the units, never in it."),
    )  # fmt: skip
    fulfils = forms.ChoiceField(label=_("Keeps a promise?"), required=False)

    def __init__(
        self,
        *given: Any,
        draft: Draft,
        paths: Sequence[str],
        promises: Sequence[Entry] = (),
        **more: Any,
    ) -> None:
        super().__init__(*given, **more)
        self.draft, self.paths = draft, list(paths)
        said = draft.proposed
        self._offer(
            "indicator",
            self._indicators(said.get("indicators") or []),
            empty=draft.indicator_id is None,
        )
        self._offer("unit", self._units(said.get("units") or []))
        self._offer("place", self._places(said.get("places") or []), empty=True)
        fulfils = cast(forms.ChoiceField, self.fields["fulfils"])
        fulfils.choices = [
            ("", _("No promise")),
            *((str(one.pk), _promise(one)) for one in promises),
        ]
        self.initial.update(_initial(draft))

    def _offer(
        self, name: str, rows: Iterable[Indicator | OrgUnit | Place], *, empty: bool = False
    ) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        options: Options = [NONE] if empty else []
        for row in rows:
            option = (str(row.pk), label_of(row))
            if option not in options:
                options.append(option)
        field.choices = options

    def _indicators(self, offered: list[int]) -> list[Indicator]:
        wanted = [pk for pk in [self.draft.indicator_id, *offered, self._sent("indicator")] if pk]
        found = {one.pk: one for one in indicators().filter(pk__in=wanted)}
        searched = self._searched("indicator", lambda text: find_indicators(text, limit=8))
        return [found[pk] for pk in dict.fromkeys(wanted) if pk in found] + searched

    def _units(self, offered: list[int]) -> list[OrgUnit]:
        wanted = [self.draft.unit_id, *offered, self._sent("unit")]
        found = {one.pk: one for one in OrgUnit.objects.filter(pk__in=[pk for pk in wanted if pk])}
        searched = self._searched("unit", lambda text: find_units(text, paths=self.paths, limit=8))
        return [found[pk] for pk in dict.fromkeys(wanted) if pk in found] + searched

    def _places(self, offered: list[int]) -> list[Place]:
        wanted = [self.draft.place_id, *offered, self._sent("place")]
        rows = Place.objects.filter(pk__in=[pk for pk in wanted if pk]).select_related("parent")
        found = {one.pk: one for one in rows}
        searched = self._searched("place", lambda text: find_places(text, limit=8))
        return [found[pk] for pk in dict.fromkeys(wanted) if pk in found] + searched

    def _sent(self, name: str) -> int | None:
        return number_or_none(str(self.data.get(name, "")))

    def _searched(self, name: str, find: Any) -> list[Any]:
        """Without the script a search is sent with the form: what it finds joins the list."""
        text = clean(str(self.data.get(f"{name}_find", "")))
        return find(text) if text else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, find in (
            ("indicator", lambda text: find_indicators(text, limit=8)),
            ("unit", lambda text: find_units(text, paths=self.paths, limit=8)),
            ("place", lambda text: find_places(text, limit=8)),
        ):
            self._take_search(data, name, find)
        self._take_quantity(data)
        return data

    def _take_search(self, data: dict[str, Any], name: str, find: Any) -> None:
        """A search that finds one thing chooses it; one that finds several asks to choose."""
        text = clean(data.get(f"{name}_find") or "")
        if not text:
            return
        found = find(text)
        if data.get(name) in {str(one.pk) for one in found}:
            return
        if len(found) == 1:
            data[name] = str(found[0].pk)
        elif found:
            self.add_error(name, _("Several fit. Choose one of the list."))
        else:
            self.add_error(name, _("Nothing is called so."))

    def _take_quantity(self, data: dict[str, Any]) -> None:
        data["rial"] = None
        written = clean(data.get("quantity") or "")
        if data.get("qualifier") == Qualifier.UNKNOWN:
            data["quantity"] = None
            return
        indicator = self.indicator_of(data)
        try:
            if indicator is not None and indicator.measure.kind == MeasureKind.MONEY:
                money = Money.parse(written)
                data["quantity"], data["rial"] = Decimal(money.rial), money.rial
            else:
                decimals = indicator.measure.decimals if indicator else 3
                data["quantity"] = parse_quantity(written, decimals=decimals)
        except Malformed as trouble:
            self.add_error("quantity", sentence_of(trouble))
            return
        if data["quantity"] < 0:
            self.add_error("quantity", _("A quantity cannot be negative."))

    def indicator_of(self, data: dict[str, Any]) -> Indicator | None:
        """The indicator that was chosen."""
        chosen = data.get("indicator")
        return indicators().filter(pk=chosen).first() if chosen else None

    def choice(self) -> Choice:
        """What was chosen, once the form is valid."""
        data = self.cleaned_data
        indicator = self.indicator_of(data)
        assert indicator is not None
        return Choice(
            indicator=indicator, stage=LedgerStage(data["stage"]), qualifier=LedgerQualifier(data["qualifier"]),
            quantity=data["quantity"], rial=data["rial"], unit=OrgUnit.objects.get(pk=data["unit"]),
            place=Place.objects.filter(pk=data["place"]).first() if data["place"] else None,
            starts_on=data["starts_on"], ends_on=data["ends_on"], coverage=LedgerCoverage(data["coverage"]),
            fulfils=UUID(data["fulfils"]) if data["fulfils"] else None,
        )  # fmt: skip


def label_of(row: Indicator | OrgUnit | Place) -> str:
    """A row of a list: its name, and above it what tells it from its namesakes."""
    if isinstance(row, Indicator):
        return f"{row.name} ({row.measure.symbol})"
    if isinstance(row, Place) and row.parent is not None:
        return f"{row.name}، {row.parent.name}"
    return row.name


def _promise(one: Entry) -> str:
    quantity = "؟" if one.quantity is None else format_quantity(one.quantity)
    return (
        f"{quantity} {one.indicator.measure.symbol} · {one.unit.name} · {written_day(one.ends_on)}"
    )


def _initial(draft: Draft) -> dict[str, Any]:
    return {
        "stage": draft.stage, "indicator": draft.indicator_id or "", "quantity": quantity_text(draft),
        "qualifier": draft.qualifier, "unit": draft.unit_id, "place": draft.place_id or "",
        "starts_on": draft.starts_on, "ends_on": draft.ends_on, "coverage": draft.coverage,
        "fulfils": str(draft.fulfils) if draft.fulfils else "",
    }  # fmt: skip


def quantity_text(draft: Draft) -> str:
    """The quantity as it may be typed again: money in toman where it is whole."""
    if draft.quantity is None:
        return ""
    if draft.rial is not None:
        toman, rest = divmod(draft.rial, 10)
        return f"{format_quantity(draft.rial)} ریال" if rest else f"{format_quantity(toman)} تومان"
    return format_quantity(draft.quantity)


class DropForm(forms.Form):
    """Why a number is left out."""

    reason = forms.ChoiceField(label=_("Why?"), choices=Reason.choices)


class AskForm(forms.Form):
    """What the unit is asked."""

    words = forms.CharField(
        label=_("Your question"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Left empty, the unit is asked how many, with the words of the report."),
    )  # fmt: skip


class AddForm(forms.Form):
    """Words of the text that are a figure, too."""

    words = forms.CharField(
        label=_("A number that was passed over"), max_length=120,
        help_text=_("Exactly as it stands in the text, or mark it there."),
    )  # fmt: skip
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class UndoForm(forms.Form):
    """Why the entries are taken back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300,
        help_text=_("It is kept beside the entries for everybody to read."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What the unit knows."""

    quantity = forms.CharField(
        label=_("How much?"), required=False, max_length=120,
        help_text=_("Digits or words. Leave it empty if nobody knows."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("In your words"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of people, please."),
    )  # fmt: skip

    def __init__(self, *given: Any, question: Question, **more: Any) -> None:
        super().__init__(*given, **more)
        self.indicator = question.draft.indicator
        if self.is_money:
            self.fields["quantity"].help_text = _(
                "With its currency, for example 19 million toman."
            )

    @property
    def is_money(self) -> bool:
        """Whether rials are asked for."""
        return self.indicator is not None and self.indicator.measure.kind == MeasureKind.MONEY

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["rial"] = None
        written = clean(data.get("quantity") or "")
        if not written:
            data["quantity"] = None
            return data
        try:
            if self.is_money:
                money = Money.parse(written)
                data["quantity"], data["rial"] = Decimal(money.rial), money.rial
            else:
                decimals = self.indicator.measure.decimals if self.indicator else 3
                data["quantity"] = parse_quantity(written, decimals=decimals)
        except Malformed as trouble:
            self.add_error("quantity", sentence_of(trouble))
        return data


@dataclass(frozen=True)
class Found:
    """One row that a search found."""

    value: int
    label: str


def found_rows(kind: str, text: str, *, paths: Sequence[str]) -> list[Found]:
    """What a search in one of the lists finds."""
    rows: Sequence[Indicator | OrgUnit | Place] = []
    if kind == "indicator":
        rows = [one for one in find_indicators(text, limit=12) if one.retired_on is None]
    elif kind == "unit":
        rows = find_units(text, paths=paths, limit=12)
    elif kind == "place":
        rows = find_places(text, limit=12)
    return [Found(one.pk, label_of(one)) for one in rows]
