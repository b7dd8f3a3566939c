"""Forms of the pages of imports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.org.public import OrgUnit, Theme


class _OfUnit(forms.Form):
    """A form that speaks of one of the viewer's units."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)

    def __init__(self, *given: Any, units: Sequence[OrgUnit], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]


class TemplateForm(_OfUnit):
    """Which template to make."""

    theme = forms.ModelChoiceField(
        Theme.objects.none(),
        label=_("Group of indicators"),
        required=False,
        empty_label=_("All groups"),
    )
    format = forms.ChoiceField(
        label=_("Kind of file"),
        choices=[("xlsx", _("Workbook (xlsx)")), ("csv", _("Plain table (csv)"))],
    )

    field_order = ("unit", "theme", "format")

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["theme"].queryset = Theme.objects.all()  # type: ignore[attr-defined]


class UploadForm(_OfUnit):
    """The sheet itself."""

    file = forms.FileField(
        label=_("Filled-in file"),
        help_text=_(
            "A workbook (.xlsx) or comma-separated values (.csv), at most 30 megabytes and 100,000 rows."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    field_order = ("file", "unit")


class UndoForm(forms.Form):
    """Why the entries are taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It is kept beside the entries for everybody to read."),
    )
