"""Two fields of the desk: a day in anybody's calendar, and one thing out of many, found by words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.kernel.jalali import parse_date
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.text import compact_form
from karnameh.plumbing.public import sentence_of


class DayField(forms.CharField):
    """A day as people write it; Jalali and Gregorian years are told apart by themselves."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", gettext_lazy("Year, month, day: for example 1405/08/29."))
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
        )
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Any:
        """The day, or None when it may be left out."""
        written = super().clean(value)
        if not written:
            return None
        try:
            return parse_date(written)
        except Malformed as trouble:
            raise ValidationError(sentence_of(trouble)) from trouble


@dataclass(frozen=True)
class Choice:
    """One thing that was found: `thing` is the row, `note` tells it from its namesakes."""

    thing: Any
    label: str
    note: str = ""

    @property
    def key(self) -> str:
        """What the form sends for it."""
        return str(self.thing.pk)

    def is_called(self, text: str) -> bool:
        """Whether `text` is its whole name or its code, in any spelling."""
        names = (self.label, getattr(self.thing, "code", ""), getattr(self.thing, "username", ""))
        return compact_form(text) in {compact_form(name) for name in names if name}


Find = Callable[[str], list[Choice]]
Get = Callable[[str], "Choice | None"]


class PickWidget(forms.Widget):
    """Words to search with, and what they found as a list to choose from.

    With script the list follows the typing; without, its own button asks for it. The form sends
    `name` (the chosen key) and `name_q` (the words).
    """

    template_name = "administration/parts/pick.html"
    choices_for: Callable[[str, str], list[Choice]]

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Any, name: str
    ) -> tuple[str, str]:
        """The chosen key and the words typed."""
        return str(data.get(name, "")), str(data.get(f"{name}_q", ""))

    def id_for_label(self, id_: str) -> str:
        return id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        key, text = value if isinstance(value, tuple) else ("", "")
        found = self.choices_for(key, text)
        context = super().get_context(name, None, attrs)
        return {
            **context,
            "name": name,
            "text": text,
            "chosen": key,
            "found": found,
            "asked": bool(text),
        }


class PickField(forms.Field):
    """One thing out of many. `find` and `get` look only where the viewer may look."""

    widget = PickWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.look_in(lambda text: [], lambda key: None)

    def look_in(self, find: Find, get: Get) -> None:
        """Where to search; set by the form, which knows its viewer."""
        self.find, self.get = find, get
        self.widget.choices_for = self.choices_for

    def choices_for(self, key: str, text: str) -> list[Choice]:
        """What the words find, the present choice first."""
        present = self.get(key) if key else None
        found = self.find(text) if text.strip() else []
        return ([present] if present else []) + [one for one in found if one.key != key]

    def clean(self, value: Any) -> Any:
        """The chosen row; words that find one alone, or are its whole name or code, are a choice too."""
        key, text = value if isinstance(value, tuple) else ("", "")
        chosen = self.get(key) if key else None
        if chosen is not None:
            return chosen.thing
        if key:
            raise ValidationError(_("This is no longer there to be chosen. Search again."))
        found = self.find(text) if text.strip() else []
        named = [one for one in found if one.is_called(text)]
        if len(found) == 1 or len(named) == 1:
            return (named or found)[0].thing
        if found:
            raise ValidationError(_("Several fit. Choose one of them."))
        if text.strip():
            raise ValidationError(
                _("Nothing within your reach fits “%(text)s”.") % {"text": text.strip()}
            )
        if self.required:
            raise ValidationError(_("Type a part of the name or the code, then choose."))
        return None
