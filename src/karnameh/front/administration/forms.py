"""Forms of the desk. Each knows its viewer: it searches only where he may look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Reach, Role
from karnameh.catalog.public import (
    Dimension,
    Indicator,
    Item,
    Level,
    Measure,
    Nature,
    PeopleSemantics,
    TimeRule,
    UnitRule,
)
from karnameh.front.administration import queries
from karnameh.front.administration.fields import DayField, PickField
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.money import Money
from karnameh.org.public import NewUnit, OrgUnit, Place, PlaceLevel, Profession, Theme, UnitKind
from karnameh.plumbing.public import sentence_of
from karnameh.ui.public import Display, numeric_day

_LTR = {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
_LINES = {"rows": 4}
EVERY_THEME = gettext_lazy("all themes")
PARTS = 4


def _name_fa(**kwargs: Any) -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Persian name"), max_length=160, **kwargs)


def _name_en(**kwargs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"dir": "ltr"})
    return forms.CharField(
        label=gettext_lazy("English name"), max_length=160, widget=widget, **kwargs
    )


def _code(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Code"), max_length=40, widget=forms.TextInput(attrs=_LTR), **kwargs
    )


class WithDay(forms.Form):
    """A form whose deed takes effect on a day: today unless another is written."""

    def __init__(self, *args: Any, display: Display, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.initial = numeric_day(today, display)

    def pick(self, name: str) -> PickField:
        """A search field of this form."""
        return cast(PickField, self.fields[name])


class OpenUnitForm(WithDay):
    name_fa = _name_fa()
    name_en = _name_en()
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=UnitKind, initial=UnitKind.LOCAL)
    code = _code(help_text=gettext_lazy("Short and unique; it never changes."))
    profession = forms.ModelChoiceField(
        label=gettext_lazy("Profession"), queryset=Profession.objects.all(), required=False,
        empty_label=gettext_lazy("of no single profession"),
    )  # fmt: skip
    place = PickField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Where it is; a village, a district, a county."),
    )
    on = DayField(label=gettext_lazy("Opens on"))

    def __init__(self, *args: Any, parent: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pick("place").look_in(*queries.places_to_choose())
        self.fields["place"].initial = (str(parent.place_id), "")

    def unit(self) -> NewUnit:
        """What was filled in."""
        return NewUnit(
            code=self.cleaned_data["code"], name_fa=self.cleaned_data["name_fa"],
            name_en=self.cleaned_data["name_en"], kind=UnitKind(self.cleaned_data["kind"]),
            place=self.cleaned_data["place"], profession=self.cleaned_data["profession"],
        )  # fmt: skip


class RenameUnitForm(WithDay):
    name_fa = _name_fa()
    name_en = _name_en()
    on = DayField(label=gettext_lazy("New name from"))


class MoveUnitForm(WithDay):
    parent = PickField(label=gettext_lazy("New unit above it"))
    on = DayField(label=gettext_lazy("Stands there from"))

    def __init__(self, *args: Any, reach: Reach, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pick("parent").look_in(*queries.units_to_choose(reach, without=unit))


class MergeUnitForm(WithDay):
    into = PickField(label=gettext_lazy("Merged into"))
    on = DayField(label=gettext_lazy("Merged on"))

    def __init__(self, *args: Any, reach: Reach, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pick("into").look_in(*queries.units_to_choose(reach, without=unit))


class SplitUnitForm(WithDay):
    """Two to four parts; the later ones may stay empty."""

    on = DayField(label=gettext_lazy("Split on"))

    def __init__(self, *args: Any, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = unit
        day = self.fields.pop("on")
        for number in range(1, PARTS + 1):
            needed = number <= 2
            self.fields[f"name_fa_{number}"] = _name_fa(required=needed)
            self.fields[f"name_en_{number}"] = _name_en(required=needed)
            self.fields[f"code_{number}"] = _code(required=needed)
        self.fields["on"] = day

    def groups(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        """The fields of each part, for the page."""
        for number in range(1, PARTS + 1):
            yield number, [self[f"{name}_{number}"] for name in ("name_fa", "name_en", "code")]

    def clean(self) -> dict[str, Any]:
        """A part that was begun is finished; no code is used twice."""
        values = super().clean() or self.cleaned_data
        codes = []
        for number in range(3, PARTS + 1):
            names = [f"{name}_{number}" for name in ("name_fa", "name_en", "code")]
            if any(values.get(name) for name in names):
                for name in names:
                    if not values.get(name) and name not in self.errors:
                        self.add_error(
                            name, _("This part was begun: fill this in too, or empty the part.")
                        )
        for number in range(1, PARTS + 1):
            code = values.get(f"code_{number}")
            if code and code in codes:
                self.add_error(f"code_{number}", _("Each part needs a code of its own."))
            codes.append(code)
        return values

    def parts(self) -> list[NewUnit]:
        """What was filled in; kind, place and profession are those of the unit that is split."""
        found = []
        for number in range(1, PARTS + 1):
            if self.cleaned_data[f"code_{number}"]:
                found.append(
                    NewUnit(
                        code=self.cleaned_data[f"code_{number}"],
                        name_fa=self.cleaned_data[f"name_fa_{number}"],
                        name_en=self.cleaned_data[f"name_en_{number}"],
                        kind=UnitKind(self.of.kind),
                        place=self.of.place,
                        profession=self.of.profession,
                    )
                )
        return found


class CloseUnitForm(WithDay):
    on = DayField(label=gettext_lazy("Its last day"))


def _roles() -> list[tuple[str, Any]]:
    return [("", gettext_lazy("choose a role")), *Role.choices]


class _WithRole(forms.Form):
    """The role, its unit and its theme: the same for a new account and for an old one."""

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(label=gettext_lazy("Role"), choices=_roles())
        unit = PickField(
            label=gettext_lazy("At which unit"),
            help_text=gettext_lazy("The role holds for this unit and everything beneath it."),
        )
        unit.look_in(*queries.units_to_choose(reach))
        self.fields["unit"] = unit
        self.fields["theme"] = forms.ModelChoiceField(
            label=gettext_lazy("Only for one theme"), queryset=Theme.objects.all(), required=False,
            empty_label=EVERY_THEME,
        )  # fmt: skip


class GiveForm(_WithRole):
    user = PickField(
        label=gettext_lazy("Account"),
        help_text=gettext_lazy(
            "A part of the office’s name, or the exact user name if it is elsewhere."
        ),
    )

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, reach=reach, **kwargs)
        cast(PickField, self.fields["user"]).look_in(*queries.accounts_to_choose(reach))


class NewAccountForm(_WithRole):
    office = forms.CharField(
        label=gettext_lazy("Office"), max_length=120,
        help_text=gettext_lazy("What pages show: an office, not a private name."),
    )  # fmt: skip
    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=60, widget=forms.TextInput(attrs=_LTR),
        help_text=gettext_lazy("Latin letters and digits, for example shiraz.reports"),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs=_LTR),
        help_text=gettext_lazy("For one-time codes. Everything else works without it."),
    )  # fmt: skip


class RewordForm(forms.Form):
    """Both languages of one wording."""

    name_fa = _name_fa()
    definition_fa = forms.CharField(
        label=gettext_lazy("Persian definition"), widget=forms.Textarea(attrs=_LINES)
    )
    means_fa = forms.CharField(label=gettext_lazy("Means of verification, Persian"), max_length=300)
    name_en = _name_en()
    definition_en = forms.CharField(
        label=gettext_lazy("English definition"),
        widget=forms.Textarea(attrs={**_LINES, "dir": "ltr"}),
    )
    means_en = forms.CharField(
        label=gettext_lazy("Means of verification, English"), max_length=300,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )  # fmt: skip


class IndicatorForm(RewordForm):
    """A new indicator: its meaning, which stays, and its first wording."""

    theme = forms.ModelChoiceField(Theme.objects.all(), label=gettext_lazy("Theme"), empty_label="")
    measure = forms.ModelChoiceField(
        Measure.objects.all(), label=gettext_lazy("Counted in"), empty_label=""
    )
    nature = forms.ChoiceField(label=gettext_lazy("Nature"), choices=Nature)
    time_rule = forms.ChoiceField(label=gettext_lazy("Added up over time"), choices=TimeRule)
    unit_rule = forms.ChoiceField(label=gettext_lazy("Added up over units"), choices=UnitRule)
    people = forms.ChoiceField(
        label=gettext_lazy("Who or what is counted"), choices=PeopleSemantics, initial=PeopleSemantics.ITEMS
    )  # fmt: skip
    level = forms.ChoiceField(label=gettext_lazy("Level of the result"), choices=Level)
    item = forms.ModelChoiceField(
        Item.objects.all(),
        label=gettext_lazy("Thing that is given or made"),
        required=False,
        empty_label="",
    )
    dimensions = forms.ModelMultipleChoiceField(
        Dimension.objects.all(), label=gettext_lazy("May be divided by"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    short_fa = forms.CharField(label=gettext_lazy("Short Persian name"), max_length=40)
    keywords_fa = forms.CharField(
        label=gettext_lazy("Other Persian words for it"), max_length=300, required=False,
        help_text=gettext_lazy("Separated by commas. Search and the reader of reports know it by them."),
    )  # fmt: skip
    code = _code()

    field_order = (
        "name_fa", "short_fa", "definition_fa", "means_fa", "keywords_fa", "theme", "measure", "nature",
        "time_rule", "unit_rule", "people", "level", "item", "dimensions", "name_en", "definition_en",
        "means_en", "code",
    )  # fmt: skip

    def clean_keywords_fa(self) -> tuple[str, ...]:
        """The words, apart."""
        words = re.split(r"[,،;؛\n]", self.cleaned_data["keywords_fa"])
        return tuple(word.strip()[:60] for word in words if word.strip())


class RetireForm(WithDay):
    successor = PickField(
        label=gettext_lazy("Succeeded by"), required=False,
        help_text=gettext_lazy("What is counted from then on, if anything."),
    )  # fmt: skip
    on = DayField(label=gettext_lazy("Last day counted"))

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pick("successor").look_in(*queries.indicators_to_choose(indicator))


class RateForm(WithDay):
    """A price from a day on, in the viewer's currency unless another is named."""

    price = forms.CharField(
        label=gettext_lazy("Price of one piece"), max_length=60,
        help_text=gettext_lazy("In figures or words; name the currency if it is not yours: 1,200,000 rial."),
    )  # fmt: skip
    valid_from = DayField(label=gettext_lazy("From the day"))
    source_fa = forms.CharField(label=gettext_lazy("Who says so, in Persian"), max_length=200)
    source_en = forms.CharField(
        label=gettext_lazy("Who says so, in English"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )  # fmt: skip

    def __init__(self, *args: Any, display: Display, **kwargs: Any) -> None:
        super().__init__(*args, display=display, **kwargs)
        self.currency = display.currency

    def clean_price(self) -> int:
        """The price in whole rials."""
        try:
            return Money.parse(self.cleaned_data["price"], currency=self.currency).rial
        except Malformed as trouble:
            raise ValidationError(sentence_of(trouble)) from trouble


class OpenPlaceForm(WithDay):
    name_fa = _name_fa()
    name_en = _name_en()
    level = forms.ChoiceField(
        label=gettext_lazy("Level"), choices=PlaceLevel, initial=PlaceLevel.VILLAGE
    )
    code = _code()
    parent = PickField(label=gettext_lazy("Lies within"))
    on = DayField(label=gettext_lazy("Counted from"))

    def __init__(
        self, *args: Any, paths: list[str], within: Place | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pick("parent").look_in(*queries.places_to_choose(paths))
        if within is not None:
            self.fields["parent"].initial = (str(within.pk), "")


class MovePlaceForm(WithDay):
    parent = PickField(label=gettext_lazy("New place that contains it"))
    on = DayField(label=gettext_lazy("Lies there from"))

    def __init__(self, *args: Any, paths: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pick("parent").look_in(*queries.places_to_choose(paths))


class TrailForm(forms.Form):
    """Filters of the auditor's list; what cannot be read is said beside its field."""

    verb = forms.ChoiceField(label=gettext_lazy("Deed"), required=False)
    target = forms.CharField(
        label=gettext_lazy("On what"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs=_LTR),
    )
    account = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs=_LTR),
    )
    since = DayField(label=gettext_lazy("From"), required=False, help_text="")
    until = DayField(label=gettext_lazy("To"), required=False, help_text="")

    def __init__(self, *args: Any, verbs: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["verb"]).choices = [
            ("", gettext_lazy("every deed")),
            *verbs,
        ]
