"""Fields of forms that several contexts ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from karnameh.kernel.jalali import parse_date
from karnameh.kernel.malformed import Malformed
from karnameh.plumbing.errors import sentence_of


class WrittenDate(forms.CharField):
    """A day as people write it, in either calendar."""

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_date(text)
        except Malformed as trouble:
            raise forms.ValidationError(sentence_of(trouble)) from trouble
