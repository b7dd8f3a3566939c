"""Forms for entries. What is typed is parsed by the kernel, so the same sentences appear everywhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.catalog.public import Indicator, MeasureKind
from karnameh.kernel.ids import new_id
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.money import Money
from karnameh.kernel.quantity import parse_quantity
from karnameh.kernel.text import clean
from karnameh.ledger.models import Qualifier, Stage
from karnameh.ledger.rules import Qualifier as RuleQualifier
from karnameh.org.public import Place
from karnameh.plumbing.errors import SENTENCES
from karnameh.plumbing.fields import WrittenDate
from karnameh.plumbing.public import sentence_of


class QuantityForm(forms.Form):
    """How much, and how sure. Knows the unit of measure of its indicator."""

    quantity = forms.CharField(
        label=_("How much?"),
        required=False,
        error_messages={"required": SENTENCES["quantity_missing"]},
    )
    qualifier = forms.TypedChoiceField(
        label=_("How sure is this number?"),
        choices=Qualifier.choices,
        coerce=int,
        initial=Qualifier.EXACT,
    )

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        # Asked for, unless the sender says that nobody knows.
        self.fields["quantity"].required = self.data.get("qualifier") != str(int(Qualifier.UNKNOWN))
        if indicator.measure.kind == MeasureKind.MONEY:
            self.fields["quantity"].help_text = _(
                "With its currency, for example 19 million toman."
            )
        else:
            self.fields["quantity"].help_text = _(
                "Digits or words. Leave empty only if nobody knows."
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        written = clean(data.get("quantity") or "")
        unknown = data.get("qualifier") == Qualifier.UNKNOWN
        data["as_written"], data["rial"] = "", None
        if "quantity" in self.errors:
            return data
        if unknown:
            data["quantity"] = None
            return data
        try:
            if self.indicator.measure.kind == MeasureKind.MONEY:
                money = Money.parse(written)
                data["quantity"], data["rial"] = Decimal(money.rial), money.rial
                data["as_written"] = written[:200]
            else:
                data["quantity"] = parse_quantity(written, decimals=self.indicator.measure.decimals)
        except Malformed as trouble:
            self.add_error("quantity", sentence_of(trouble))
            return data
        if data["quantity"] < 0:
            self.add_error(
                "quantity", _("A quantity cannot be negative. Reverse the wrong entry instead.")
            )
        return data

    @property
    def rule_qualifier(self) -> RuleQualifier:
        """The qualifier as the ledger's rules know it."""
        return RuleQualifier(self.cleaned_data["qualifier"])


class EntryForm(QuantityForm):
    """A promise or a report of one unit."""

    stage = forms.TypedChoiceField(
        label=_("Promise or report?"), coerce=int, widget=forms.RadioSelect
    )
    on = WrittenDate(label=_("On which day?"), help_text=_("For example 1405/08/29."))
    place = forms.ModelChoiceField(
        label=_("Where?"), queryset=Place.objects.none(), empty_label=None
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of people, please."),
    )  # fmt: skip
    sure = forms.BooleanField(required=False, label=_("I have looked again: the number is right."))
    # Of the entry that this form makes: sent twice, it is one.
    id = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=new_id)

    def __init__(
        self,
        *args: Any,
        stages: list[Stage],
        places: list[Place],
        today: date,
        ask_again: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        stage = self.fields["stage"]
        assert isinstance(stage, forms.TypedChoiceField)
        stage.choices = [(int(one), one.label) for one in stages]
        stage.initial = int(Stage.REPORTED if Stage.REPORTED in stages else stages[0])
        place = self.fields["place"]
        assert isinstance(place, forms.ModelChoiceField)
        place.queryset = Place.objects.filter(pk__in=[one.pk for one in places]).order_by(
            "-line__len"
        )
        place.initial = places[0].pk
        self.fields["on"].initial = self.today = today
        if not ask_again:
            del self.fields["sure"]
        cuts = list(self.indicator.dimensions.prefetch_related("options"))
        for one in cuts:
            parts = [(part.code, part.name) for part in one.options.all()]
            self.fields[f"cut_{one.code}"] = forms.ChoiceField(
                label=one.name, required=False, choices=[("", _("not disaggregated")), *parts]
            )
        named = [f"cut_{one.code}" for one in cuts]
        self.order_fields(
            ["stage", "quantity", "qualifier", "on", "place", *named, "note", "sure", "id"]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        on, stage = data.get("on"), data.get("stage")
        if on and on > self.today and stage not in (None, Stage.PLEDGED):
            self.add_error("on", SENTENCES["day_not_come"])
        return data

    @property
    def parts(self) -> dict[str, str]:
        """Of whom or what the quantity is, by dimension; nothing where it is not disaggregated."""
        given = self.cleaned_data.items()
        return {name[4:]: value for name, value in given if name.startswith("cut_") and value}

    def clean_id(self) -> UUID:
        """The form's own, or a new one for whoever sends none."""
        given = self.cleaned_data["id"]
        return given if given is not None and given.version == 7 else new_id()

    def begin_anew(self) -> None:
        """What is sent next is another entry."""
        self.data = {**self.data.dict(), "id": str(new_id())}  # type: ignore[attr-defined]

    def clean_note(self) -> str:
        """Free text is kept without hidden characters."""
        return clean(self.cleaned_data["note"])


class CorrectionForm(QuantityForm):
    """What is right instead, and why."""

    note = forms.CharField(
        label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReasonForm(forms.Form):
    """Why something is taken back."""

    note = forms.CharField(
        label=_("Why?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class PurposeForm(forms.Form):
    """What a number is needed for."""

    purpose = forms.CharField(
        label=_("What do you need the number for?"), max_length=200,
        help_text=_("It is written down with your name, and its holder can be told."),
    )  # fmt: skip


class CheckForm(forms.Form):
    """What somebody else found."""

    quantity = forms.CharField(label=_("How much did you find?"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator

    def clean_quantity(self) -> Decimal:
        """The number found, with the unit's own fineness."""
        try:
            if self.indicator.measure.kind == MeasureKind.MONEY:
                return Decimal(Money.parse(self.cleaned_data["quantity"]).rial)
            found = parse_quantity(
                self.cleaned_data["quantity"], decimals=self.indicator.measure.decimals
            )
        except Malformed as trouble:
            raise forms.ValidationError(sentence_of(trouble)) from trouble
        if found < 0:
            raise forms.ValidationError(
                _("A quantity cannot be negative. Reverse the wrong entry instead.")
            )
        return found
