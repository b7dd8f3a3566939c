"""Forms of committees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from karnameh.campaigns.actions.committees import Call
from karnameh.campaigns.models import Presence, Seat
from karnameh.kernel.digits import to_latin
from karnameh.kernel.text import clean
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.fields import WrittenDate


class Clock(forms.CharField):
    """A time of the day as people write it: 9, 9:30, ۱۷:۰۰."""

    def clean(self, value: Any) -> time | None:
        text = to_latin(clean(super().clean(value) or ""))
        if not text:
            return None
        hour, _colon, minute = text.partition(":")
        try:
            return time(int(hour), int(minute or 0))
        except ValueError:
            raise forms.ValidationError(_("Write a time, for example 9:30.")) from None


class SeatForm(forms.Form):
    """A further seat."""

    label = forms.CharField(
        label=_("Which office sits there?"),
        max_length=120,
        help_text=_("The office, never a name."),
    )
    holder = forms.ModelChoiceField(
        User.objects.none(), label=_("Who holds it?"), required=False, empty_label=_("nobody yet")
    )

    def __init__(self, *given: Any, holders: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        cast("forms.ModelChoiceField[User]", self.fields["holder"]).queryset = holders


class FillForm(forms.Form):
    """Who sits on a seat from now on."""

    holder = forms.ModelChoiceField(
        User.objects.none(), label=_("Who holds it?"), required=False, empty_label=_("nobody")
    )

    def __init__(self, *given: Any, holders: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        cast("forms.ModelChoiceField[User]", self.fields["holder"]).queryset = holders


class MeetingForm(forms.Form):
    """A meeting as it is called."""

    on = WrittenDate(label=_("Day"))
    starts = Clock(label=_("From"))
    ends = Clock(label=_("Until"))
    room = forms.CharField(label=_("Room"), max_length=160, required=False)
    link = forms.URLField(
        label=_("Address of the video call"), max_length=300, required=False, assume_scheme="https",
        help_text=_("A room, a video call, or both."),
    )  # fmt: skip
    agenda = forms.CharField(
        label=_("What it is about"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("The meeting ends before it begins."))
        if not self.errors and not data.get("room") and not data.get("link"):
            self.add_error("room", _("Say where: a room, or the address of a video call."))
        return data

    def call(self) -> Call:
        """What was said, once the form is valid; in the time of Tehran."""
        data = self.cleaned_data
        zone = timezone.get_default_timezone()
        return Call(
            datetime.combine(data["on"], data["starts"], zone), datetime.combine(data["on"], data["ends"], zone),
            clean(data["room"]), data["link"], data["agenda"].strip(),
        )  # fmt: skip


class MinutesForm(forms.Form):
    """Who was there, by seat, and what was agreed."""

    minutes = forms.CharField(
        label=_("What was agreed"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("Offices, not names of people, please."),
    )  # fmt: skip

    def __init__(
        self, *given: Any, seats: Sequence[Seat], there: dict[int, str], **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.seats = list(seats)
        for seat in self.seats:
            self.fields[f"seat_{seat.pk}"] = forms.ChoiceField(
                label=seat.label,
                choices=Presence.choices,
                initial=there.get(seat.pk, Presence.ABSENT),
            )

    def rows(self) -> list[Any]:
        """The fields of the seats, in order."""
        return [self[f"seat_{seat.pk}"] for seat in self.seats]

    def presence(self) -> dict[int, str]:
        """Each seat's presence, once the form is valid."""
        return {seat.pk: self.cleaned_data[f"seat_{seat.pk}"] for seat in self.seats}


class ItemForm(forms.Form):
    """Something that somebody does until a day."""

    text = forms.CharField(label=_("What is to be done?"), max_length=300)
    owner = forms.ChoiceField(label=_("Who does it?"))
    due_on = WrittenDate(label=_("Until when?"))

    def __init__(
        self, *given: Any, seats: Sequence[Seat], units: Sequence[OrgUnit], **more: Any
    ) -> None:
        super().__init__(*given, **more)
        owner = cast(forms.ChoiceField, self.fields["owner"])
        owner.choices = [
            ("", "—"),
            (
                _("Seats"),
                [(f"s{one.pk}", f"{one.get_role_display()}: {one.label}") for one in seats],
            ),
            (_("Units"), [(f"u{one.pk}", one.name) for one in units]),
        ]


class DoneForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(label=_("What came of it?"), max_length=300, required=False)
