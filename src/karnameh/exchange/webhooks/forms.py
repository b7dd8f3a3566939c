"""The form for a new subscription."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.exchange.webhooks.actions import Wanted
from karnameh.exchange.webhooks.models import Kind
from karnameh.org.public import OrgUnit


class SubscriptionForm(forms.Form):
    """Where to, of which unit, and about what."""

    address = forms.CharField(
        label=_("Address of the program"), max_length=300,
        help_text=_("It begins with https:// and takes messages by POST."),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://"}),
    )  # fmt: skip
    unit = forms.ChoiceField(
        label=_("Of what it is told"), help_text=_("Never of more than you yourself see.")
    )
    kinds = forms.MultipleChoiceField(
        label=_("When it is told"), choices=[one for one in Kind.choices if one[0] != Kind.PING],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *given: Any, units: Sequence[OrgUnit], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["unit"].choices = [(str(one.pk), one.name) for one in units]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What `subscribe` takes."""
        given = self.cleaned_data
        return Wanted(given["address"], int(given["unit"]), given["kinds"])
