"""Forms of the review desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.campaigns.review.actions import MOST_PARTS, PartOf
from karnameh.campaigns.review.merging import How
from karnameh.campaigns.review.models import Reason


class ReturnForm(forms.Form):
    """What the unit should change."""

    note = forms.CharField(
        label=_("What should its unit change?"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip


class DeclineForm(forms.Form):
    """Why it is declined."""

    reason = forms.ChoiceField(
        label=_("Why is it declined?"), choices=Reason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Words for its unit"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip


class MergeForm(forms.Form):
    """How quantities become one."""

    how = forms.ChoiceField(
        label=_("What do they bring together?"),
        choices=[
            (How.LARGER, _("It is the same deed: the larger quantity counts.")),
            (How.ADDED, _("They are two halves: the quantities are added up.")),
        ],
        initial=How.LARGER,
        widget=forms.RadioSelect,
    )


class SplitForm(forms.Form):
    """Parts, one in a line: a name and a share."""

    def __init__(self, *given: Any, count: int = 2, name: str = "", **more: Any) -> None:
        super().__init__(*given, **more)
        self.count = max(2, min(count, MOST_PARTS))
        for number in range(1, self.count + 1):
            self.fields[f"name{number}"] = forms.CharField(
                label=_("Name of the part"), max_length=160, initial=f"{name} ({number})"
            )
            self.fields[f"weight{number}"] = forms.IntegerField(
                label=_("Share"), min_value=1, max_value=1000, initial=1
            )

    def parts(self) -> list[PartOf]:
        """The parts as written."""
        data = self.cleaned_data
        return [PartOf(data[f"name{n}"], data[f"weight{n}"]) for n in range(1, self.count + 1)]

    def rows(self) -> list[tuple[Any, Any]]:
        """The fields, two in a row."""
        return [(self[f"name{n}"], self[f"weight{n}"]) for n in range(1, self.count + 1)]
