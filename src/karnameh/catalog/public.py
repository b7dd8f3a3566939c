"""The door of catalog."""

from __future__ import annotations

from karnameh.catalog.actions import (
    Meaning,
    Words,
    add_indicator,
    dimension_set,
    retire_indicator,
    reword_indicator,
    set_rate,
)
from karnameh.catalog.loading import load_dictionary, read_data
from karnameh.catalog.models import (
    TOTAL,
    Dimension,
    DimensionOption,
    DimensionSet,
    Indicator,
    Item,
    Level,
    Measure,
    MeasureKind,
    Nature,
    PeopleSemantics,
    Rate,
    TimeRule,
    UnitRule,
    Wording,
)
from karnameh.catalog.queries import (
    dimension_sets_for,
    find_indicators,
    indicators,
    part_names,
    rate_on,
)

__all__ = [
    "TOTAL", "Dimension", "DimensionOption", "DimensionSet", "Indicator", "Item", "Level", "Meaning",
    "Measure", "MeasureKind", "Nature", "PeopleSemantics", "Rate", "TimeRule", "UnitRule",
    "Wording", "Words", "add_indicator", "dimension_set", "dimension_sets_for", "find_indicators",
    "indicators", "load_dictionary", "part_names", "rate_on", "read_data", "retire_indicator", "reword_indicator",
    "set_rate",
]  # fmt: skip
