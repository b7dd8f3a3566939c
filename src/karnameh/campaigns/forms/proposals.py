"""A proposal in four short steps, each saved as soon as it is sent; and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import (
    Audience,
    Campaign,
    Kind,
    NeedKind,
    Qualifier,
    Slot,
    Tier,
    Venue,
)
from karnameh.campaigns.forms.fields import (
    Amount,
    Searched,
    WholeNumber,
    days_of,
    quantity_of,
)
from karnameh.campaigns.rules.content import Content, Expected, Needed, Wish
from karnameh.catalog.public import Indicator, MeasureKind, find_indicators, indicators
from karnameh.kernel.quantity import format_quantity
from karnameh.kernel.text import clean
from karnameh.org.public import (
    OrgUnit,
    Place,
    Profession,
    Theme,
    find_places,
    find_units,
)
from karnameh.ui.public import Display

WISHES = 3
STEPS = ("what", "when", "whom", "needs")


class WhatForm(Searched, forms.Form):
    """Step one: what it is."""

    name_fa = forms.CharField(
        label=_("What do you want to do?"), max_length=160,
        help_text=_("A name by which everybody knows it, for example “Free dental visits in Sarvestan”."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.SERVICE)
    theme = forms.ChoiceField(label=_("Theme"))
    tier = forms.ChoiceField(label=_("Level"))
    profession = forms.ChoiceField(
        label=_("Profession"), required=False, help_text=_("Only if a profession carries it.")
    )
    description = forms.CharField(
        label=_("In a few sentences"), required=False, max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("What will happen, and who helps. No names of people, please."),
    )  # fmt: skip
    name_en = forms.CharField(label=_("English name"), required=False, max_length=160)

    def __init__(self, *given: Any, planner: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        _choices(self, "theme", [(one.code, one.name) for one in Theme.objects.all()])
        _choices(
            self, "profession", [("", "—"), *((p.code, p.name) for p in Profession.objects.all())]
        )
        tiers = Tier if planner else (Tier.LOCAL, Tier.FLAGSHIP)
        _choices(self, "tier", [(one.value, one.label) for one in tiers])

    def into(self, content: Content) -> Content:
        """The content with what this step says."""
        data = self.cleaned_data
        return replace(
            content, name_fa=clean(data["name_fa"]), name_en=clean(data["name_en"]), kind=data["kind"],
            theme=data["theme"], tier=data["tier"], profession=data["profession"],
            description=data["description"].strip(),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("tier") == Tier.FLAGSHIP and not data.get("profession"):
            self.add_error("profession", _("A flagship belongs to a profession. Choose which."))
        return data


class NewForm(WhatForm):
    """Step one of a new proposal: for which unit, too."""

    unit = forms.ChoiceField(label=_("Who proposes it?"))
    unit_find = forms.CharField(required=False, max_length=80, label=_("Find another unit"))

    def __init__(
        self, *given: Any, units: Sequence[OrgUnit], paths: Sequence[str], **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.offer(
            "unit", self._sent(units, paths), lambda text: find_units(text, paths=paths, limit=8), _unit_label
        )  # fmt: skip

    def _sent(self, units: Sequence[OrgUnit], paths: Sequence[str]) -> list[OrgUnit]:
        """The units offered, and the one that an earlier search had found."""
        sent = str(self.data.get("unit", "") or self.initial.get("unit", ""))
        known = {str(one.pk) for one in units}
        if not sent.isascii() or not sent.isdecimal() or sent in known or len(sent) > 9:
            return list(units)
        return [*units, *OrgUnit.objects.filter(pk=sent).select_related("parent")]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.settle("unit", data)
        return data


def _unit_label(unit: OrgUnit) -> str:
    return f"{unit.name}، {unit.parent.name}" if unit.parent is not None else unit.name


def _choices(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class WhenForm(Searched, forms.Form):
    """Step two: where, and on which days."""

    place = forms.ChoiceField(label=_("Where?"))
    place_find = forms.CharField(required=False, max_length=80, label=_("Find another place"))
    further = forms.MultipleChoiceField(
        label=_("Further places"), required=False, widget=forms.CheckboxSelectMultiple
    )
    further_find = forms.CharField(required=False, max_length=80, label=_("Add a further place"))
    venue = forms.ChoiceField(
        label=_("Venue"), required=False, help_text=_("A hall or yard that you would like to use.")
    )
    starts_on = forms.ChoiceField(label=_("Possible from"))
    ends_on = forms.ChoiceField(label=_("Possible until"))

    def __init__(
        self, *given: Any, campaign: Campaign, unit: OrgUnit, content: Content, display: Display, **more: Any
    ) -> None:  # fmt: skip
        super().__init__(*given, **more)
        self.campaign = campaign
        days = list(campaign.period.days())
        _choices(self, "starts_on", days_of(days, display))
        _choices(self, "ends_on", days_of(days, display))
        for rank in range(1, WISHES + 1):
            self.fields[f"wish_{rank}"] = forms.ChoiceField(
                label=_WISHED[rank - 1], required=False, choices=days_of(days, display, empty=_("any day"))
            )  # fmt: skip
            self.fields[f"slot_{rank}"] = forms.ChoiceField(
                label=_("At what time?"),
                required=False,
                choices=[("", _("any time")), *Slot.choices],
            )
        self._places(unit, content)
        venues = Venue.objects.filter(unit__in=[*unit.line], closed_on=None) | Venue.objects.filter(
            place__path__startswith=unit.place.path, closed_on=None
        )
        _choices(
            self, "venue",
            [("", _("none")), *((one.code, _venue_label(one)) for one in venues.distinct().order_by("name_fa")[:80])],
        )  # fmt: skip

    def _places(self, unit: OrgUnit, content: Content) -> None:
        codes = [content.place, *content.places]
        sent = [self.data.get("place", ""), *self._sent_further()]
        numbers = [int(one) for one in sent if str(one).isascii() and str(one).isdecimal()]
        known = list(
            Place.objects.filter(code__in=codes) | Place.objects.filter(pk__in=[*numbers, *unit.place.line[1:]])
        )  # fmt: skip
        known.sort(key=lambda one: (one.code not in codes, -len(one.line)))
        find = lambda text: find_places(text, limit=8)  # noqa: E731
        self.offer("place", known, find, _place_label)
        self.offer(
            "further", [one for one in known if one.code in content.places], find, _place_label
        )
        self.by_pk = {str(one.pk): one.code for one in known}

    def _sent_further(self) -> list[str]:
        return list(self.data.getlist("further")) if hasattr(self.data, "getlist") else []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.settle("place", data)
        text, found = self._found["further"]
        chosen = [one for one in data.get("further", ()) if one]
        if text and len(found) == 1 and found[0] not in chosen:
            chosen.append(found[0])
            self.errors.pop("further", None)
        elif text and not set(found) & set(chosen):
            self.add_error(
                "further",
                _("Several fit. Choose one of the list.") if found else _("Nothing is called so."),
            )
        data["further"] = [one for one in chosen if one != data.get("place")]
        self._take_days(data)
        return data

    def _take_days(self, data: dict[str, Any]) -> None:
        start, end = data.get("starts_on"), data.get("ends_on")
        if not start or not end:
            return
        if end < start:
            self.add_error("ends_on", _("The last day lies before the first one."))
        days = [data.get(f"wish_{rank}") for rank in range(1, WISHES + 1)]
        for rank, day in enumerate(days, 1):
            if day and not start <= day <= end:
                self.add_error(f"wish_{rank}", _("This day lies outside the possible ones."))
            if day and day in days[: rank - 1]:
                self.add_error(f"wish_{rank}", _("This day is wished for already."))

    def into(self, content: Content) -> Content:
        """The content with what this step says."""
        data = self.cleaned_data
        wanted = [data["place"], *data["further"]]
        codes = {
            str(pk): code
            for pk, code in Place.objects.filter(pk__in=wanted).values_list("pk", "code")
        }
        return replace(
            content, place=codes[data["place"]], places=tuple(codes[one] for one in data["further"]),
            venue=data["venue"], starts_on=date.fromisoformat(data["starts_on"]),
            ends_on=date.fromisoformat(data["ends_on"]),
            wishes=tuple(
                Wish(date.fromisoformat(data[f"wish_{rank}"]), data[f"slot_{rank}"])
                for rank in range(1, WISHES + 1)
                if data[f"wish_{rank}"]
            ),
        )  # fmt: skip

    @staticmethod
    def initial_of(content: Content) -> dict[str, Any]:
        """What is said already, as the fields of this form."""
        codes = {content.place, *content.places}
        keys = {
            code: str(pk)
            for pk, code in Place.objects.filter(code__in=codes).values_list("pk", "code")
        }
        values: dict[str, Any] = {
            "place": keys[content.place], "further": [keys[one] for one in content.places],
            "venue": content.venue, "starts_on": content.starts_on.isoformat(), "ends_on": content.ends_on.isoformat(),
        }  # fmt: skip
        for rank, wish in enumerate(content.wishes, 1):
            values |= {f"wish_{rank}": wish.on.isoformat(), f"slot_{rank}": wish.slot}
        return values


_WISHED = (_("First wish"), _("Second wish"), _("Third wish"))


def _place_label(place: Place) -> str:
    return f"{place.name} ({place.get_level_display()})"


def _venue_label(venue: Venue) -> str:
    return _("%(name)s, %(seats)s seats") % {"name": venue.name, "seats": venue.seats}


class WhomForm(forms.Form):
    """Step three: for whom, and how everybody can take part."""

    audiences = forms.MultipleChoiceField(
        label=_("For whom is it?"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all for whom it is mostly meant."),
    )  # fmt: skip
    expected_attendance = WholeNumber(
        label=_("How many people will come?"), required=False, largest=10_000_000
    )
    participation = forms.CharField(
        label=_("How can people take part?"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("For example: open to everybody, free of charge, without registration."),
    )  # fmt: skip

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        rows = [(one.code, one.name) for one in Audience.objects.all()]
        cast(forms.MultipleChoiceField, self.fields["audiences"]).choices = rows

    def into(self, content: Content) -> Content:
        """The content with what this step says; shares said in a sheet stay."""
        data = self.cleaned_data
        said = dict(content.audiences)
        return replace(
            content, audiences=tuple((code, said.get(code)) for code in data["audiences"]),
            expected_attendance=data["expected_attendance"], participation=clean(data["participation"]),
        )  # fmt: skip

    @staticmethod
    def initial_of(content: Content) -> dict[str, Any]:
        """What is said already, as the fields of this form."""
        number = content.expected_attendance
        return {
            "audiences": [code for code, _percent in content.audiences],
            "expected_attendance": "" if number is None else format_quantity(number),
            "participation": content.participation,
        }


class ExpectedForm(Searched, forms.Form):
    """One quantity that is expected; left empty it says nothing."""

    indicator = forms.ChoiceField(label=_("What will be counted?"), required=False)
    indicator_find = forms.CharField(
        required=False, max_length=80, label=_("Find another indicator")
    )
    quantity = forms.CharField(label=_("How much?"), required=False, max_length=120)
    qualifier = forms.TypedChoiceField(
        label=_("How sure?"), coerce=int, choices=Qualifier.choices, initial=Qualifier.ABOUT, required=False,
        empty_value=None,
    )  # fmt: skip

    def __init__(self, *given: Any, offered: Sequence[Indicator], **more: Any) -> None:
        super().__init__(*given, **more)
        sent = str(self.data.get(self._key("indicator"), "") or self.initial.get("indicator", ""))
        known = {str(one.pk) for one in offered}
        extra = (
            list(indicators().filter(pk=sent))
            if sent.isascii() and sent.isdecimal() and sent not in known and len(sent) < 10
            else []
        )
        self.offer(
            "indicator", [*extra, *offered], lambda text: find_indicators(text, limit=8),
            lambda one: f"{one.name} ({one.measure.symbol})", empty="—",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.settle("indicator", data)
        chosen, written = data.get("indicator"), clean(data.get("quantity") or "")
        data["expected"] = None
        if not chosen:
            if written:
                self.add_error("indicator", _("Say what this number counts."))
            return data
        indicator = indicators().get(pk=chosen)
        unknown = data.get("qualifier") == Qualifier.UNKNOWN
        quantity: Decimal | None = None
        if not unknown:
            try:
                quantity = quantity_of(
                    written, money=indicator.measure.kind == MeasureKind.MONEY, decimals=indicator.measure.decimals,
                )  # fmt: skip
            except forms.ValidationError as trouble:
                self.add_error("quantity", trouble)
                return data
            if quantity <= 0:
                self.add_error("quantity", _("Write how much is expected, more than nothing."))
        data["expected"] = Expected(
            indicator.code, quantity, int(data.get("qualifier") or Qualifier.EXACT)
        )
        return data


class NeededForm(forms.Form):
    """One thing that is needed; left empty it says nothing."""

    kind = forms.ChoiceField(label=_("Kind"), choices=NeedKind.choices, required=False)
    number = WholeNumber(label=_("How many?"), required=False)
    label = forms.CharField(label=_("What, or which office?"), required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        label = clean(data.get("label") or "")
        data["needed"] = None
        if label and not self.errors:
            data["needed"] = Needed(
                data.get("kind") or NeedKind.MATERIAL, data.get("number") or 1, label
            )
            if data.get("number") == 0:
                self.add_error("number", _("This number is not possible here."))
        elif data.get("number"):
            self.add_error("label", _("Say what is needed."))
        return data


class BudgetForm(forms.Form):
    """What it costs."""

    budget = Amount(
        label=_("Budget"), required=False, max_length=80,
        help_text=_("With its currency, for example “20 million toman”. Empty: it costs nothing extra."),
    )  # fmt: skip


class NeedsStep:
    """Step four: what it brings, what it needs, what it costs: several small forms that act as one."""

    def __init__(self, data: Any = None, *, content: Content) -> None:
        offered = list(
            indicators().filter(theme__code=content.theme, retired_on=None).order_by("name_fa")[:60]
        )
        expected = forms.formset_factory(
            ExpectedForm, extra=2 if content.expectations else 3, max_num=20
        )
        needed = forms.formset_factory(NeededForm, extra=2 if content.needs else 3, max_num=30)
        self.budget = BudgetForm(data, initial={"budget": money_text(content.budget_rial)})
        self.expected = expected(
            data, prefix="e", form_kwargs={"offered": offered}, initial=_expected_initial(content)
        )
        self.needed = needed(
            data,
            prefix="n",
            initial=[
                {"kind": one.kind, "number": format_quantity(one.number), "label": one.label}
                for one in content.needs
            ],
        )
        self.kept = {(one.indicator, one.dimensions): one for one in content.expectations}

    def is_valid(self) -> bool:
        """Whether everything was understood, and nothing is said twice."""
        sound = all([self.budget.is_valid(), self.expected.is_valid(), self.needed.is_valid()])
        return sound and self._once()

    def _once(self) -> bool:
        seen: set[Any] = set()
        for form, key, field, message in [
            *((f, f.cleaned_data.get("expected"), "indicator", _("This is counted twice.")) for f in self.expected),
            *((f, f.cleaned_data.get("needed"), "label", _("This is asked for twice.")) for f in self.needed),
        ]:  # fmt: skip
            if key is None:
                continue
            name = key.indicator if isinstance(key, Expected) else (key.kind, key.label)
            if name in seen:
                form.add_error(field, message)
            seen.add(name)
        return not any(form.errors for form in (*self.expected, *self.needed))

    @property
    def errors(self) -> bool:
        """Whether something was not understood."""
        return bool(
            self.budget.errors
            or any(form.errors for form in (*self.expected, *self.needed) if form.is_bound)
        )

    def into(self, content: Content) -> Content:
        """The content with what this step says; parts of a quantity said in a sheet stay."""
        found = [f.cleaned_data.get("expected") for f in self.expected]
        parts = [one for one in content.expectations if one.dimensions]
        needs = [f.cleaned_data.get("needed") for f in self.needed]
        return replace(
            content, budget_rial=self.budget.cleaned_data["budget"],
            expectations=(*(one for one in found if one is not None), *parts),
            needs=tuple(one for one in needs if one is not None),
        )  # fmt: skip


def _expected_initial(content: Content) -> list[dict[str, Any]]:
    codes = [one.indicator for one in content.expectations if not one.dimensions]
    known = {one.code: one for one in indicators().filter(code__in=codes)}
    rows = []
    for one in content.expectations:
        if one.dimensions or one.indicator not in known:
            continue
        indicator = known[one.indicator]
        money = indicator.measure.kind == MeasureKind.MONEY
        text = "" if one.quantity is None else format_quantity(one.quantity)
        if money and one.quantity is not None:
            text = money_text(int(one.quantity))
        rows.append({"indicator": str(indicator.pk), "quantity": text, "qualifier": one.qualifier})
    return rows


def money_text(rial: int | None) -> str:
    """An amount as it may be typed again."""
    if rial is None:
        return ""
    toman, rest = divmod(rial, 10)
    return f"{format_quantity(rial)} ریال" if rest else f"{format_quantity(toman)} تومان"


class SayForm(forms.Form):
    """A sentence: a note, an answer, a remark, a reason."""

    text = forms.CharField(
        label=_("In a sentence"), max_length=600, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("No names of people, please."),
    )  # fmt: skip
