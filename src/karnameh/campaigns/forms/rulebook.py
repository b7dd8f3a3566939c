"""The form of a rule: one for every kind, asking only for what the kind takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.activities.public import Audience, Campaign, Tier
from karnameh.campaigns.actions.rulebook import RuleSaid
from karnameh.campaigns.forms.fields import Amount, WholeNumber, days_of
from karnameh.campaigns.forms.proposals import money_text
from karnameh.campaigns.models import Rule
from karnameh.campaigns.rules.parameters import SHAPES
from karnameh.kernel.quantity import format_quantity
from karnameh.kernel.text import clean
from karnameh.org.public import OrgUnit, Theme
from karnameh.ui.public import Display

_HOW = (("exactly", _("exactly")), ("at_least", _("at least")), ("at_most", _("at most")))


class RuleForm(forms.Form):
    """What a rule of one kind says."""

    unit = forms.ChoiceField(label=_("For whom does it hold?"))
    name_fa = forms.CharField(
        label=_("What it is called"),
        max_length=160,
        help_text=_("As the units read it beside its meter."),
    )
    name_en = forms.CharField(label=_("English name"), max_length=160, required=False)
    hard = forms.TypedChoiceField(
        label=_("How strict?"), coerce=lambda text: text == "1", initial="1", widget=forms.RadioSelect,
        choices=[("1", _("It must be kept")), ("0", _("It is a wish"))],
    )  # fmt: skip
    weight = WholeNumber(
        label=_("Weight of the wish"), required=False, largest=1000,
        help_text=_("From 1 to 1000; 10 is usual. It counts for wishes only."),
    )  # fmt: skip

    def __init__(
        self, *given: Any, kind: str, campaign: Campaign, units: Sequence[OrgUnit], display: Display,
        rule: Rule | None = None, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*given, **more)
        self.kind = kind
        scope = cast(forms.ChoiceField, self.fields["unit"])
        scope.choices = [(str(one.pk), one.name) for one in units]
        if rule is not None:
            del self.fields["unit"]  # a rule for another unit is another rule
        made = _parameter_fields(campaign, display)
        for name in SHAPES[kind].fields:
            self.fields[name] = made[name]
        self.order_fields(["unit", "name_fa", *SHAPES[kind].fields, "hard", "weight", "name_en"])
        self.initial.setdefault("weight", format_quantity(10))
        if rule is not None:
            self.initial.update(_initial(rule))

    def clean_weight(self) -> int:
        """Nothing written is the usual weight."""
        weight: int | None = self.cleaned_data["weight"]
        if weight == 0:
            raise forms.ValidationError(_("This number is not possible here."))
        return weight or 10

    def said(self) -> RuleSaid:
        """What was said, once the form is valid; the action checks the parameters."""
        data = self.cleaned_data
        return RuleSaid(
            self.kind, {name: data[name] for name in SHAPES[self.kind].fields}, clean(data["name_fa"]),
            clean(data["name_en"]), data["hard"], data["weight"],
        )  # fmt: skip


def _parameter_fields(campaign: Campaign, display: Display) -> dict[str, forms.Field]:
    return {
        "audience": forms.ChoiceField(
            label=_("For which audience?"), choices=[(one.code, one.name) for one in Audience.objects.all()]
        ),
        "percent": WholeNumber(label=_("At least how many percent?"), largest=100),
        "number": WholeNumber(label=_("How many?")),
        "tier": forms.ChoiceField(label=_("Which level?"), choices=Tier.choices),
        "how": forms.ChoiceField(label=_("Exactly, or a limit?"), choices=_HOW),
        "theme": forms.ChoiceField(
            label=_("Which theme?"), required=False,
            choices=[("", _("each theme")), *((one.code, one.name) for one in Theme.objects.all())],
        ),
        "day": forms.ChoiceField(
            label=_("Which day?"), required=False,
            choices=days_of(campaign.period.days(), display, empty=_("each day")),
        ),
        "rial": Amount(label=_("At most how much?"), max_length=80),
    }  # fmt: skip


def _initial(rule: Rule) -> dict[str, Any]:
    said = dict(rule.parameters)
    if "rial" in said:
        said["rial"] = money_text(said["rial"])
    for name in ("number", "percent"):
        if name in said:
            said[name] = format_quantity(said[name])
    return {
        **said, "name_fa": rule.name_fa, "name_en": rule.name_en, "hard": "1" if rule.hard else "0",
        "weight": format_quantity(rule.weight),
    }  # fmt: skip
