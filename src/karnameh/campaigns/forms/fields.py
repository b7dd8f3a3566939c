"""Fields that several forms of planning ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.kernel.malformed import Malformed
from karnameh.kernel.money import Money
from karnameh.kernel.quantity import parse_quantity
from karnameh.kernel.text import clean
from karnameh.plumbing.public import sentence_of
from karnameh.ui.public import Display, day_text


class WholeNumber(forms.CharField):
    """A whole number as people write it: any digits, or words. None when empty."""

    def __init__(self, *, largest: int = 1_000_000, **more: Any) -> None:
        self.largest = largest
        super().__init__(max_length=60, **more)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> int | None:
        text = clean(super().clean(value) or "")
        if not text:
            return None
        try:
            number = parse_quantity(text, decimals=0)
        except Malformed as trouble:
            raise forms.ValidationError(sentence_of(trouble)) from trouble
        if not 0 <= number <= self.largest:
            raise forms.ValidationError(_("This number is not possible here."))
        return int(number)


class Amount(forms.CharField):
    """Money as people write it, with its currency; in rials. None when empty."""

    def clean(self, value: Any) -> int | None:
        text = clean(super().clean(value) or "")
        if not text:
            return None
        try:
            rial = Money.parse(text).rial
        except Malformed as trouble:
            raise forms.ValidationError(sentence_of(trouble)) from trouble
        if rial < 0:
            raise forms.ValidationError(_("A quantity cannot be negative."))
        return rial


def quantity_of(text: str, *, money: bool, decimals: int) -> Decimal:
    """A quantity as typed; rials where money is counted. Raises a validation error with its sentence."""
    try:
        return Decimal(Money.parse(text).rial) if money else parse_quantity(text, decimals=decimals)
    except Malformed as trouble:
        raise forms.ValidationError(sentence_of(trouble)) from trouble


def days_of(days: Iterable[date], display: Display, *, empty: Any = None) -> list[tuple[str, Any]]:
    """Days as the choices of a list."""
    rows: list[tuple[str, Any]] = [] if empty is None else [("", empty)]
    return rows + [(one.isoformat(), day_text(one, display, today=one)) for one in days]


class Searched:
    """A list of a form with a search beside it; what is found joins the list and may be chosen.

    Mixed into a form: `offer` fills the list when the form is made, `settle` reads the search when
    it is cleaned. `find` gives rows with a `pk`; `label` says one.
    """

    data: Any
    fields: Any
    add_error: Callable[..., None]

    def offer(
        self, name: str, rows: Sequence[Any], find: Callable[[str], Sequence[Any]],
        label: Callable[[Any], str], *, empty: Any = None,
    ) -> None:  # fmt: skip
        text = clean(str(self.data.get(self._key(f"{name}_find"), "")))
        found = list(find(text)) if text else []
        choices: list[tuple[str, Any]] = [] if empty is None else [("", empty)]
        for row in (*rows, *found):
            if (str(row.pk), label(row)) not in choices:
                choices.append((str(row.pk), label(row)))
        self.fields[name].choices = choices
        self._found = {**getattr(self, "_found", {}), name: (text, [str(one.pk) for one in found])}

    def settle(self, name: str, data: dict[str, Any]) -> None:
        """A search that finds one thing chooses it; one that finds several asks to choose."""
        text, found = self._found[name]
        if not text or data.get(name) in found:
            return
        if len(found) == 1:
            data[name] = found[0]
            self.__dict__.get("_errors", {}).pop(name, None)
        else:
            self.add_error(
                name,
                _("Several fit. Choose one of the list.") if found else _("Nothing is called so."),
            )

    def _key(self, name: str) -> str:
        prefix = getattr(self, "prefix", None)
        return f"{prefix}-{name}" if prefix else name
