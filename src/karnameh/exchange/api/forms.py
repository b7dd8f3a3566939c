"""The form for a new key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.exchange.api.tokens import LONGEST_DAYS
from karnameh.org.public import OrgUnit


class KeyForm(forms.Form):
    """For which program, how far it may see, whether it may send, and how long."""

    name = forms.CharField(
        label=_("Program"), max_length=80, help_text=_("By this name you will know the key again.")
    )
    unit = forms.ChoiceField(
        label=_("How far it sees"), required=False, help_text=_("Never further than you yourself.")
    )
    may_write = forms.BooleanField(
        label=_("It may also send entries, in your name"), required=False
    )
    days = forms.ChoiceField(
        label=_("It ends by itself after"),
        choices=[(30, _("a month")), (90, _("three months")), (LONGEST_DAYS, _("a year"))],
        initial=90,
    )

    def __init__(self, *given: Any, units: Sequence[OrgUnit], **more: Any) -> None:
        super().__init__(*given, **more)
        choices = [("", _("All that I see")), *((str(one.pk), one.name) for one in units)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    @property
    def wanted(self) -> dict[str, Any]:
        """What `make_token` takes."""
        unit = self.cleaned_data["unit"]
        return {
            "name": self.cleaned_data["name"],
            "unit": int(unit) if unit else None,
            "may_write": self.cleaned_data["may_write"],
            "days": int(self.cleaned_data["days"]),
        }
