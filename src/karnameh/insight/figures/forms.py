"""Forms of the desk."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.insight.figures.actions import Words
from karnameh.insight.figures.models import Figure, Stage
from karnameh.insight.figures.rules import LONGEST
from karnameh.kernel.digits import to_latin
from karnameh.plumbing.fields import WrittenDate

_TIME = re.compile(r"([01]?[0-9]|2[0-3])(?::([0-5][0-9]))?")


class WordsForm(forms.Form):
    """A sentence in both languages, how the number was made, and until when it is kept back."""

    sentence_fa = forms.CharField(
        label=gettext_lazy("Sentence in Persian"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "rtl", "lang": "fa"}),
    )  # fmt: skip
    sentence_en = forms.CharField(
        label=gettext_lazy("Sentence in English"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr", "lang": "en"}),
    )  # fmt: skip
    method_fa = forms.CharField(
        label=gettext_lazy("How it was counted, in Persian"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "rtl", "lang": "fa"}),
        help_text=gettext_lazy("Left empty, the indicator’s own definition stands alone."),
    )  # fmt: skip
    method_en = forms.CharField(
        label=gettext_lazy("How it was counted, in English"), max_length=600, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr", "lang": "en"}),
    )  # fmt: skip
    embargo_day = WrittenDate(
        label=gettext_lazy("Not public before"), required=False,
        help_text=gettext_lazy("Left empty, it is public at once. Until then its page does not exist."),
    )  # fmt: skip
    embargo_time = forms.CharField(
        label=gettext_lazy("Time of day"), required=False, max_length=5,
        help_text=gettext_lazy("In Tehran, for example 8:00."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why it takes the place of the former figure"),
        max_length=300,
        required=False,
    )

    def __init__(self, *given: Any, figure: Figure | None = None, **more: Any) -> None:
        if figure is not None:
            local = timezone.localtime(figure.embargo_until) if figure.embargo_until else None
            more.setdefault(
                "initial",
                {
                    "sentence_fa": figure.sentence_fa, "sentence_en": figure.sentence_en, "reason": figure.reason,
                    "method_fa": figure.method_fa, "method_en": figure.method_en,
                    "embargo_day": local.date() if local else None, "embargo_time": f"{local:%H:%M}" if local else "",
                },
            )  # fmt: skip
        super().__init__(*given, **more)
        if figure is None or figure.supersedes_id is None:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, written = data.get("embargo_day"), to_latin((data.get("embargo_time") or "").strip())
        data["embargo_until"] = None
        if day is None:
            if written and "embargo_day" not in self.errors:
                self.add_error("embargo_day", _("Write the day, too."))
            return data
        found = _TIME.fullmatch(written or "0:00")
        if not found:
            self.add_error(
                "embargo_time", _("Write the time as hours and minutes, for example 8:00.")
            )
            return data
        at = time(int(found[1]), int(found[2] or 0))
        data["embargo_until"] = timezone.make_aware(datetime.combine(day, at))
        return data

    @property
    def words(self) -> Words:
        """What was written."""
        data = self.cleaned_data
        return Words(
            data["sentence_fa"], data["sentence_en"], data["method_fa"], data["method_en"], data["embargo_until"],
            data.get("reason", ""),
        )  # fmt: skip


class StageForm(forms.Form):
    """Which of the three numbers is meant."""

    stage = forms.TypedChoiceField(
        label=gettext_lazy("Which number?"), coerce=int, choices=Stage.choices, widget=forms.RadioSelect,
        initial=int(Stage.REPORTED),
    )  # fmt: skip

    @property
    def chosen(self) -> int:
        """The stage."""
        return cast(int, self.cleaned_data["stage"])


class NoteForm(forms.Form):
    """A reason that somebody else reads."""

    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=300, required=False
    )  # asked by the steps that need it
