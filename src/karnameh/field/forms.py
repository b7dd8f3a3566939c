"""Forms of the desk: a question to a unit, what could not be delivered, a queue from a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Activity
from karnameh.kernel.digits import to_latin
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.quantity import parse_quantity
from karnameh.org.public import OrgUnit
from karnameh.plumbing.fields import WrittenDate
from karnameh.plumbing.public import sentence_of


class AskForm(forms.Form):
    """What looks wrong about an entry."""

    words = forms.CharField(
        label=_("What should they look at?"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of people, please."),
    )  # fmt: skip


class DropForm(forms.Form):
    """Why an item is left out."""

    note = forms.CharField(label=_("Why is it left out?"), max_length=300)


class MendForm(forms.Form):
    """The two things that are wrong most often: how much, and when."""

    quantity = forms.CharField(label=_("How much?"))
    on = WrittenDate(label=_("On which day?"), required=False)

    def clean_quantity(self) -> str:
        """In plain digits, as the protocol has it."""
        try:
            return f"{parse_quantity(self.cleaned_data['quantity']).normalize():f}"
        except Malformed as trouble:
            raise forms.ValidationError(sentence_of(trouble)) from None

    @property
    def body(self) -> dict[str, Any]:
        """What it changes in the item."""
        data = self.cleaned_data
        changed = {"quantity": data["quantity"]}
        if data.get("on"):
            changed["on"] = data["on"].isoformat()
        return changed


class QueueForm(forms.Form):
    """The saved queue of a phone."""

    file = forms.FileField(label=_("The file that the phone saved"))


class CheckInForm(forms.Form):
    """Heads at a check-in point, for a browser without the app. `item` makes a second click the same one."""

    item = forms.UUIDField(widget=forms.HiddenInput)
    point = forms.CharField(
        label=_("The code on the sheet"), max_length=12,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "dir": "ltr"}),
        help_text=_("Six letters and digits below the square."),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=OrgUnit.objects.none(), empty_label=None
    )
    how = forms.ChoiceField(
        label=_("Who is here?"), choices=[("team", _("Our team")), ("walk-up", _("People who walk up"))],
        widget=forms.RadioSelect, initial="team",
    )  # fmt: skip
    quantity = forms.CharField(
        label=_("How many are you?"), widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    on = WrittenDate(label=_("On which day?"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = units

    def clean_quantity(self) -> Decimal:
        """Heads are whole."""
        try:
            return parse_quantity(self.cleaned_data["quantity"], decimals=0)
        except Malformed as trouble:
            raise forms.ValidationError(sentence_of(trouble)) from None

    def clean_point(self) -> str:
        """The letters as they stand on the sheet, whatever keyboard wrote the digits."""
        return to_latin(str(self.cleaned_data["point"])).strip().upper()


class PointForm(forms.Form):
    """Which activity gets a check-in point."""

    activity = forms.ModelChoiceField(
        label=_("For which activity?"), queryset=Activity.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, activities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["activity"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = activities
