"""Reads of the dictionary. It is public: nothing in it depends on the reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from karnameh.catalog.models import DimensionOption, DimensionSet, Indicator, Rate
from karnameh.org.public import matching


def indicators() -> QuerySet[Indicator]:
    """All indicators with what a page needs of them, by theme and code."""
    return Indicator.objects.select_related("theme", "measure", "item").order_by(
        "theme__position", "pk"
    )


def find_indicators(text: str, *, limit: int = 20) -> list[Indicator]:
    """Indicators that `text` names by name, code or keyword."""
    return list(indicators().filter(matching(text))[:limit])


def rate_on(item_id: int, day: date) -> Rate | None:
    """The price in force on `day`."""
    return Rate.objects.filter(item=item_id, valid_from__lte=day).order_by("-valid_from").first()


def dimension_sets_for(indicator: Indicator) -> QuerySet[DimensionSet]:
    """The sets in use whose dimensions this indicator allows."""
    allowed = set(indicator.dimensions.values_list("code", flat=True))
    fitting = [
        s.pk for s in DimensionSet.objects.all() if s.cut and set(s.cut.split(",")) <= allowed
    ]
    return DimensionSet.objects.filter(pk__in=fitting)


def part_names(sets: Iterable[DimensionSet]) -> dict[int, str]:
    """Each set in words, in the language in force: «زنان · زیر ۱۸ سال»."""
    wanted = {one.pk: one.options for one in sets if one.options}
    if not wanted:
        return {}
    ids = {pk for options in wanted.values() for pk in options}
    names = {one.pk: one.name for one in DimensionOption.objects.filter(pk__in=ids)}
    return {pk: " · ".join(names[one] for one in options) for pk, options in wanted.items()}
