"""What can be done to the dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from django.utils.translation import gettext as _

from karnameh.catalog.models import DimensionOption, DimensionSet, Indicator, Item, Rate, Wording
from karnameh.catalog.rules import canonical_key, cut_of
from karnameh.kernel.text import clean
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


def reword_indicator(
    indicator: Indicator, *, words: Words, by: User | None, at: datetime
) -> Wording:
    """A clearer wording of the same meaning. The old one stays with the entries made under it."""
    values = {one.name: clean(getattr(words, one.name)) for one in fields(words)}
    for name, value in values.items():
        if not value:
            raise Refusal(_("Both languages need every text."), field=name)
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
