"""What can be done to the dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.utils.translation import gettext as _

from karnameh.catalog.models import (
    Dimension,
    DimensionOption,
    DimensionSet,
    Indicator,
    Item,
    Level,
    Measure,
    Nature,
    PeopleSemantics,
    Rate,
    TimeRule,
    UnitRule,
    Wording,
)
from karnameh.catalog.rules import canonical_key, cut_of, may_be_added
from karnameh.kernel.digits import to_latin
from karnameh.kernel.text import clean
from karnameh.org.public import Theme
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal, deed


@dataclass(frozen=True)
class Words:
    """A wording of an indicator, both languages."""

    name_fa: str
    name_en: str
    definition_fa: str
    definition_en: str
    means_fa: str
    means_en: str


@dataclass(frozen=True)
class Meaning:
    """What an indicator counts and how it may be added up: said once, for good."""

    code: str
    theme: Theme
    measure: Measure
    nature: Nature
    time_rule: TimeRule
    unit_rule: UnitRule
    people: PeopleSemantics
    level: Level
    short_fa: str
    item: Item | None = None
    dimensions: Sequence[Dimension] = ()
    keywords_fa: Sequence[str] = ()


def add_indicator(meaning: Meaning, *, words: Words, by: User | None, at: datetime) -> Indicator:
    """A new indicator with its first wording. Its meaning never changes afterwards."""
    code = to_latin(clean(meaning.code)).casefold()
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,59}", code):
        raise Refusal(_("A code has 3 to 60 small Latin letters, digits or dashes."), field="code")
    if Indicator.objects.filter(code=code).exists():
        raise Refusal(_("There is an indicator with this code already."), field="code")
    if not clean(meaning.short_fa):
        raise Refusal(_("Both languages need every text."), field="short_fa")
    if not may_be_added(meaning.nature, meaning.time_rule):
        raise Refusal(
            _("A rate is never summed over time, and of what exists the last value counts."),
            field="time_rule",
        )
    with deed("add_indicator", by=by, at=at, target=f"indicator:{code}"):
        indicator = Indicator(
            code=code, theme=meaning.theme, measure=meaning.measure, item=meaning.item,
            level=meaning.level, nature=meaning.nature, time_rule=meaning.time_rule,
            unit_rule=meaning.unit_rule, people=meaning.people, short_fa=clean(meaning.short_fa),
            keywords_fa=[clean(word) for word in meaning.keywords_fa if clean(word)],
            **_texts(words),
        )  # fmt: skip
        indicator.spell()
        indicator.save(force_insert=True)
        indicator.dimensions.set(meaning.dimensions)
        Wording.objects.create(indicator=indicator, version=1, since=at, **_texts(words))
    return indicator


def _texts(words: Words) -> dict[str, str]:
    """All texts of a wording, cleaned; every one must be there."""
    values = {one.name: clean(getattr(words, one.name)) for one in fields(words)}
    for name, value in values.items():
        if not value:
            raise Refusal(_("Both languages need every text."), field=name)
    return values


def reword_indicator(
    indicator: Indicator, *, words: Words, by: User | None, at: datetime
) -> Wording:
    """A clearer wording of the same meaning. The old one stays with the entries made under it."""
    values = _texts(words)
    with deed("reword_indicator", by=by, at=at, target=f"indicator:{indicator.pk}"):
        locked = Indicator.objects.select_for_update().get(pk=indicator.pk)
        last = locked.wordings.first()
        wording = Wording.objects.create(
            indicator=locked, version=last.version + 1 if last else 1, since=at, **values
        )
        for name, value in values.items():
            setattr(locked, name, value)
        locked.spell()
        locked.save(update_fields=[*values, "search"])
    return wording


def retire_indicator(
    indicator: Indicator, *, successor: Indicator | None, on: date, by: User, at: datetime
) -> None:
    """No new entries after `on`; what was counted stays and is still shown."""
    if successor is not None and successor.pk == indicator.pk:
        raise Refusal(_("An indicator cannot succeed itself."), field="successor")
    with deed("retire_indicator", by=by, at=at, target=f"indicator:{indicator.pk}"):
        indicator.successor, indicator.retired_on = successor, on
        indicator.save(update_fields=["successor", "retired_on"])


def set_rate(
    item: Item,
    *,
    rial_per_unit: int,
    valid_from: date,
    source_fa: str,
    source_en: str,
    by: User,
    at: datetime,
) -> Rate:
    """A new dated price; former ones stay in force for former days."""
    if rial_per_unit <= 0:
        raise Refusal(_("A price is more than nothing."), field="rial_per_unit")
    if not clean(source_fa):
        raise Refusal(_("Say where this price comes from."), field="source_fa")
    if Rate.objects.filter(item=item, valid_from=valid_from).exists():
        raise Refusal(_("There is a price from this day already."), field="valid_from", status=409)
    with deed("set_rate", by=by, at=at, target=f"item:{item.pk}"):
        return Rate.objects.create(
            item=item, rial_per_unit=rial_per_unit, valid_from=valid_from,
            source_fa=clean(source_fa), source_en=clean(source_en),
        )  # fmt: skip


def dimension_set(options: Mapping[str, str]) -> DimensionSet:
    """The set for `{dimension code: option code}`, made on first use. The empty one is the total."""
    key = canonical_key(options)
    found = DimensionSet.objects.filter(key=key).first()
    if found is not None:
        return found
    ids = []
    for dimension, option in sorted(options.items()):
        row = DimensionOption.objects.filter(dimension__code=dimension, code=option).first()
        if row is None:
            raise Refusal(
                _("There is no part “%(option)s” of “%(dimension)s”.")
                % {"option": option, "dimension": dimension}
            )
        ids.append(row.pk)
    made, _created = DimensionSet.objects.get_or_create(
        key=key, defaults={"options": ids, "cut": cut_of(options)}
    )
    return made
