"""The door of org."""

from __future__ import annotations

from karnameh.org.actions import (
    NewUnit,
    close_unit,
    merge_units,
    move_place,
    move_unit,
    open_place,
    open_unit,
    rename_unit,
    split_unit,
)
from karnameh.org.locals import LocalUnits, local_units, set_of
from karnameh.org.models import (
    Named,
    Node,
    OrgUnit,
    Place,
    PlaceLevel,
    PlacePlacement,
    Population,
    Profession,
    Theme,
    UnitKind,
    UnitPlacement,
)
from karnameh.org.queries import (
    ancestors,
    children,
    find_places,
    find_units,
    matching,
    paths_of,
    under,
    under_any,
    under_sql,
)
from karnameh.org.rules import bounds, is_under, line_of, path_of

__all__ = [
    "LocalUnits", "Named", "NewUnit", "Node", "OrgUnit", "Place", "PlaceLevel", "PlacePlacement", "Population",
    "Profession", "Theme", "UnitKind", "UnitPlacement", "ancestors", "bounds", "children", "close_unit",
    "find_places", "find_units", "is_under", "line_of", "local_units", "matching", "merge_units", "move_place",
    "move_unit", "open_place", "open_unit", "path_of", "paths_of", "rename_unit", "set_of", "split_unit", "under",
    "under_any", "under_sql",
]  # fmt: skip
