"""Fields of forms that several contexts ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language

from karnameh.kernel.digits import to_persian
from karnameh.kernel.jalali import JalaliDate, parse_date
from karnameh.kernel.malformed import Malformed
from karnameh.plumbing.errors import sentence_of


def written_day(day: date) -> str:
    """A Jalali day as a form shows it, and takes it back: in the digits of the language."""
    shown = JalaliDate.from_date(day)
    text = f"{shown.year}/{shown.month:02d}/{shown.day:02d}"
    return to_persian(text) if get_language() == "fa" else text


class WrittenDate(forms.CharField):
    """A day as people write it, in either calendar."""

    def prepare_value(self, value: Any) -> Any:
        return written_day(value) if isinstance(value, date) else value

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except Malformed as trouble:
            raise forms.ValidationError(sentence_of(trouble)) from trouble
