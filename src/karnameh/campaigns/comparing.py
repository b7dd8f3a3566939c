"""A proposal's content in words, and what two versions say differently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from karnameh.activities.public import Audience, Kind, NeedKind, Qualifier, Slot, Tier, Venue
from karnameh.campaigns.rules.content import Content, differences
from karnameh.catalog.public import DimensionSet, Indicator, MeasureKind, part_names
from karnameh.org.public import Place, Profession, Theme
from karnameh.ui.public import Display, day_text, money_text, number_text, percent_text

_TEXTS = ("name_fa", "name_en", "participation", "description")


@dataclass(frozen=True)
class Said:
    """One field in words: what it is called, and the lines that it says."""

    field: str
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Changed:
    """One field that two versions say differently.

    Of a text, `words` are its pieces in order with `=`, `-` (only before) or `+` (only after); of
    anything else the lines that fell away and those that came, beside the ones that stayed.
    """

    label: str
    words: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


def described(content: Content, display: Display) -> list[Said]:
    """Everything that a proposal says, field by field; what it does not say is left out."""
    names = _Names([content])
    return [one for one in _every(content, names, display) if one.lines]


def compared(before: Content, after: Content, display: Display) -> list[Changed]:
    """What changed from one version to the other, in the order of the form."""
    names = _Names([before, after])
    said_before = {one.field: one for one in _every(before, names, display)}
    said_after = {one.field: one for one in _every(after, names, display)}
    fields = {_SHOWN_AS.get(one.field, one.field): None for one in differences(before, after)}
    return [
        _changed(name, said_before[name], said_after[name]) for name in fields if name in said_after
    ]


_SHOWN_AS = {"starts_on": "days", "ends_on": "days"}


def _changed(name: str, before: Said, after: Said) -> Changed:
    if name in _TEXTS:
        return Changed(
            after.label, words=tuple(_words(" ".join(before.lines), " ".join(after.lines)))
        )
    return Changed(
        after.label,
        gone=tuple(one for one in before.lines if one not in after.lines),
        stayed=tuple(one for one in after.lines if one in before.lines),
        came=tuple(one for one in after.lines if one not in before.lines),
    )


def _words(before: str, after: str) -> Iterable[tuple[str, str]]:
    old, new = before.split(), after.split()
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield "=", " ".join(old[i1:i2])
            continue
        if i2 > i1:
            yield "-", " ".join(old[i1:i2])
        if j2 > j1:
            yield "+", " ".join(new[j1:j2])


class _Names:
    """What the codes of contents are called: one look-up for each kind of thing."""

    def __init__(self, contents: Sequence[Content]) -> None:
        places = {p for one in contents for p in (one.place, *one.places)}
        wanted = {e.indicator for one in contents for e in one.expectations}
        keys = {e.dimensions for one in contents for e in one.expectations if e.dimensions}
        self.themes = _by_code(Theme.objects.all())
        self.professions = _by_code(Profession.objects.all())
        self.audiences = _by_code(Audience.objects.all())
        self.places = _by_code(Place.objects.filter(code__in=places))
        self.venues = _by_code(Venue.objects.filter(code__in={one.venue for one in contents}))
        self.indicators = {
            one.code: one
            for one in Indicator.objects.filter(code__in=wanted).select_related("measure")
        }
        sets = list(DimensionSet.objects.filter(key__in=keys))
        named = part_names(sets)
        self.parts = {one.key: named.get(one.pk, one.key) for one in sets}


def _by_code(rows: Iterable[Any]) -> dict[str, str]:
    return {one.code: one.name for one in rows}


def _every(content: Content, names: _Names, display: Display) -> list[Said]:
    days = day_text(content.starts_on, display)
    if content.ends_on != content.starts_on:
        days = _("%(start)s to %(end)s") % {
            "start": days,
            "end": day_text(content.ends_on, display),
        }
    number = content.expected_attendance
    rows: list[tuple[str, str, Iterable[str]]] = [
        ("name_fa", _("Name"), [content.name_fa]),
        ("name_en", _("English name"), [content.name_en]),
        ("kind", _("Kind"), [_label(Kind, content.kind)]),
        ("theme", _("Theme"), [names.themes.get(content.theme, content.theme)]),
        ("tier", _("Level"), [_label(Tier, content.tier)]),
        ("profession", _("Profession"), [names.professions.get(content.profession, "")]),
        ("description", _("What will happen"), [content.description]),
        ("place", _("Place"), [names.places.get(content.place, content.place)]),
        ("places", _("Further places"), [names.places.get(one, one) for one in content.places]),
        ("venue", _("Venue"), [names.venues.get(content.venue, "")]),
        ("days", _("Possible days"), [days]),
        ("wishes", _("Wished days"), [_wish(one, display) for one in content.wishes]),
        ("audiences", _("For whom"), [_audience(one, names, display) for one in content.audiences]),
        (
            "expected_attendance", _("People expected"), [] if number is None else [number_text(number, display)],
        ),
        ("participation", _("How people take part"), [content.participation]),
        ("expectations", _("Expected result"), [_expected(one, names, display) for one in content.expectations]),
        ("needs", _("What it needs"), [_need(one, display) for one in content.needs]),
        (
            "budget_rial", _("Budget"),
            [] if content.budget_rial is None else [money_text(content.budget_rial, display)],
        ),
    ]  # fmt: skip
    return [Said(field, label, tuple(one for one in lines if one)) for field, label, lines in rows]


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _wish(wish: Any, display: Display) -> str:
    day = day_text(wish.on, display, today=wish.on)
    return f"{day}، {_label(Slot, wish.slot)}" if wish.slot else day


def _audience(row: tuple[str, int | None], names: _Names, display: Display) -> str:
    code, percent = row
    name = names.audiences.get(code, code)
    return name if percent is None else f"{name} ({percent_text(percent, 100, display)})"


def _expected(one: Any, names: _Names, display: Display) -> str:
    indicator = names.indicators.get(one.indicator)
    if indicator is None:
        return str(one.indicator)
    part = f" ({names.parts[one.dimensions]})" if one.dimensions in names.parts else ""
    if one.quantity is None:
        return f"{indicator.name}{part}: {_('unknown quantity')}"
    money = indicator.measure.kind == MeasureKind.MONEY
    said = money_text(int(one.quantity), display) if money else number_text(one.quantity, display)
    how = "" if one.qualifier == Qualifier.EXACT else f"{Qualifier(one.qualifier).label} "
    unit = "" if money else f" {indicator.measure.symbol}"
    return f"{indicator.name}{part}: {how}{said}{unit}"


def _need(one: Any, display: Display) -> str:
    return f"{_label(NeedKind, one.kind)}: {number_text(one.number, display)} {one.label}"
