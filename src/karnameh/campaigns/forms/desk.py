"""Forms of the campaign desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Campaign, CampaignDay, Lesson
from karnameh.campaigns.actions.desk import DaySaid, Frame, PhaseSaid
from karnameh.kernel.text import clean
from karnameh.org.public import Theme
from karnameh.plumbing.fields import WrittenDate
from karnameh.ui.public import Display, day_text

_SPARE = 2  # empty rows for phases and axes


class CampaignForm(forms.Form):
    """The frame of a campaign."""

    name_fa = forms.CharField(label=_("Name"), max_length=160)
    name_en = forms.CharField(label=_("English name"), max_length=160)
    code = forms.SlugField(
        label=_("Code"), max_length=28,
        help_text=_("Short, Latin letters and digits, for example week-1406. It begins the codes of its proposals."),
    )  # fmt: skip
    starts_on = WrittenDate(label=_("First day"))
    ends_on = WrittenDate(label=_("Last day"))
    slogan_fa = forms.CharField(label=_("Slogan"), max_length=200, required=False)
    slogan_en = forms.CharField(label=_("Slogan in English"), max_length=200, required=False)
    follows = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("Which one does it follow?"), required=False, empty_label=_("None"),
        help_text=_("Its lessons are answered before planning opens, and its plan can be copied."),
    )  # fmt: skip
    proposals_open_on = WrittenDate(label=_("Proposals from"), required=False)
    proposals_close_on = WrittenDate(
        label=_("Proposals until"), required=False,
        help_text=_("Left empty, they are taken until you close them."),
    )  # fmt: skip

    def __init__(self, *given: Any, campaign: Campaign | None = None, **more: Any) -> None:
        super().__init__(*given, **more)
        others = Campaign.objects.exclude(pk=campaign.pk) if campaign else Campaign.objects.all()
        cast("forms.ModelChoiceField[Campaign]", self.fields["follows"]).queryset = others
        if campaign is not None:
            self.fields["code"].disabled = True  # it stands in the codes of proposals

    def frame(self) -> Frame:
        """What was said, once the form is valid."""
        return Frame(**{name: self.cleaned_data[name] for name in Frame.__dataclass_fields__})


class DaysForm(forms.Form):
    """A title and a theme for each day."""

    def __init__(
        self, *given: Any, days: Sequence[CampaignDay], display: Display, **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.days = list(days)
        themes = [("", _("no theme")), *((one.code, one.name) for one in Theme.objects.all())]
        for day in self.days:
            key = day.on.isoformat()
            said = day_text(day.on, display, today=day.on)
            self.fields[f"fa_{key}"] = forms.CharField(
                label=_("%(day)s: title") % {"day": said}, max_length=80, initial=day.title_fa
            )
            self.fields[f"en_{key}"] = forms.CharField(
                label=_("in English"), max_length=80, initial=day.title_en, required=False
            )
            self.fields[f"theme_{key}"] = forms.ChoiceField(
                label=_("theme"), choices=themes, required=False, initial=day.theme.code if day.theme else "",
            )  # fmt: skip

    def rows(self) -> list[tuple[Any, Any, Any]]:
        """The three fields of each day, in order."""
        keys = [day.on.isoformat() for day in self.days]
        return [(self[f"fa_{key}"], self[f"en_{key}"], self[f"theme_{key}"]) for key in keys]

    def said(self) -> list[DaySaid]:
        """What was said, once the form is valid."""
        themes = {one.code: one for one in Theme.objects.all()}
        data = self.cleaned_data
        return [
            DaySaid(
                day.on, clean(data[f"fa_{day.on.isoformat()}"]), clean(data[f"en_{day.on.isoformat()}"]),
                themes.get(data[f"theme_{day.on.isoformat()}"]),
            )
            for day in self.days
        ]  # fmt: skip


class PhaseForm(forms.Form):
    """One phase; left empty it says nothing."""

    name_fa = forms.CharField(label=_("Name"), max_length=160, required=False)
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    starts_on = WrittenDate(label=_("From"), required=False)
    ends_on = WrittenDate(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = [data.get(name) for name in ("name_fa", "starts_on", "ends_on")]
        if any(said) and not all(said) and not self.errors:
            raise forms.ValidationError(_("A phase has a name, a first and a last day."))
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("The last day lies before the first one."))
        return data


class AxisForm(forms.Form):
    """One axis; left empty it says nothing."""

    name_fa = forms.CharField(label=_("Axis"), max_length=160, required=False)
    name_en = forms.CharField(label=_("in English"), max_length=160, required=False)


class PhasesForm:
    """The phases and axes of a campaign, with a few empty rows."""

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        phase = forms.formset_factory(PhaseForm, extra=_SPARE, max_num=20)
        axis = forms.formset_factory(AxisForm, extra=_SPARE, max_num=20)
        self.phases = phase(
            data, prefix="p",
            initial=list(campaign.phases.values("name_fa", "name_en", "starts_on", "ends_on")),
        )  # fmt: skip
        self.axes = axis(data, prefix="x", initial=list(campaign.axes.values("name_fa", "name_en")))

    def is_valid(self) -> bool:
        """Whether every row was understood."""
        return all([self.phases.is_valid(), self.axes.is_valid()])

    @property
    def errors(self) -> bool:
        """Whether a row was not understood."""
        return any(form.errors for form in (*self.phases, *self.axes) if form.is_bound)

    def said(self) -> tuple[list[PhaseSaid], list[tuple[str, str]]]:
        """Phases and axes, once valid."""
        phases = [
            PhaseSaid(clean(d["name_fa"]), clean(d["name_en"]), d["starts_on"], d["ends_on"])
            for d in (form.cleaned_data for form in self.phases)
            if d.get("name_fa")
        ]
        axes = [
            (clean(d["name_fa"]), clean(d["name_en"]))
            for d in (form.cleaned_data for form in self.axes)
            if d.get("name_fa")
        ]
        return phases, axes


class LessonForm(forms.Form):
    """What was learnt."""

    text = forms.CharField(
        label=_("What was learnt?"), max_length=600, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("What went well or badly, so that next time is better. No names of people, please."),
    )  # fmt: skip
    theme = forms.ModelChoiceField(
        Theme.objects.all(), label=_("Theme"), required=False, empty_label=_("all themes")
    )


class LessonAnswerForm(forms.Form):
    """What is done about it this time."""

    answer = forms.CharField(
        label=_("What is done about it this time?"), max_length=600,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip


def answer_form(lesson: Lesson, data: Any = None) -> LessonAnswerForm:
    """The form of one lesson among several on a page."""
    return LessonAnswerForm(
        data, prefix=f"l{lesson.pk}", auto_id=f"l{lesson.pk}_%s", initial={"answer": lesson.answer}
    )
