"""What can be done to the trees: open, rename, move, merge, split and close.

All take effect on a day. The tree as organised now changes at once; the placements keep how it was.
`ledger` follows by itself: it compares the lines it has folded with the lines that stand here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from django.db import transaction
from django.utils.translation import gettext as _

from karnameh.kernel.text import clean
from karnameh.org.models import (
    FormerName,
    Node,
    OrgUnit,
    Place,
    PlacePlacement,
    Profession,
    UnitKind,
    UnitPlacement,
)
from karnameh.org.rules import bounds, is_under, line_of, moved, path_of
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal, deed

AnyNode = TypeVar("AnyNode", OrgUnit, Place)
AnyPlacement = UnitPlacement | PlacePlacement


@dataclass(frozen=True)
class NewUnit:
    """What is needed to open a unit."""

    code: str
    name_fa: str
    name_en: str
    kind: UnitKind
    place: Place
    profession: Profession | None = None


def open_unit(
    new: NewUnit, *, parent: OrgUnit | None, on: date, by: User | None, at: datetime
) -> OrgUnit:
    """A new unit under `parent` (None only for the root) from the day `on`."""
    unit = OrgUnit(
        code=clean(new.code), name_fa=clean(new.name_fa), name_en=clean(new.name_en), kind=new.kind,
        place=new.place, profession=new.profession, parent=parent, opened_on=on, line=[], path="",
    )  # fmt: skip
    with deed("open_unit", by=by, at=at, target=f"unit:{unit.code}"):
        if parent is not None:
            parent = _locked(OrgUnit, parent)
            _standing(parent)
        if not unit.name_fa or not unit.code:
            raise Refusal(_("A unit needs a name and a code."), field="name_fa")
        if OrgUnit.objects.filter(code=unit.code).exists():
            raise Refusal(_("The code “%(code)s” is taken.") % {"code": unit.code}, field="code")
        _plant(unit, UnitPlacement, parent)
    return unit


def open_place(
    *, code: str, name_fa: str, name_en: str, level: str, parent: Place | None, on: date,
    by: User | None, at: datetime,
) -> Place:  # fmt: skip
    """A new place under `parent` (None only for the country)."""
    place = Place(
        code=clean(code), name_fa=clean(name_fa), name_en=clean(name_en), level=level,
        parent=parent, opened_on=on, line=[], path="",
    )  # fmt: skip
    with deed("open_place", by=by, at=at, target=f"place:{code}"):
        _plant(place, PlacePlacement, parent)
    return place


def rename_unit(
    unit: OrgUnit, *, name_fa: str, name_en: str, on: date, by: User, at: datetime
) -> OrgUnit:
    """A new name from the day `on`; the old one is kept with its last day."""
    if not clean(name_fa):
        raise Refusal(_("A unit needs a name and a code."), field="name_fa")
    with deed("rename_unit", by=by, at=at, target=f"unit:{unit.pk}"):
        unit = _locked(OrgUnit, unit)
        FormerName.objects.create(unit=unit, name_fa=unit.name_fa, name_en=unit.name_en, until=on)
        unit.name_fa, unit.name_en = clean(name_fa), clean(name_en)
        unit.spell()
        unit.save()
    return unit


def move_unit(unit: OrgUnit, *, parent: OrgUnit, on: date, by: User, at: datetime) -> OrgUnit:
    """The unit and all beneath it stand under `parent` from the day `on`."""
    with deed("move_unit", by=by, at=at, target=f"unit:{unit.pk}"):
        return _move(OrgUnit, UnitPlacement, unit, parent, on)


def move_place(place: Place, *, parent: Place, on: date, by: User, at: datetime) -> Place:
    """The place and all within it belong to `parent` from the day `on`."""
    with deed("move_place", by=by, at=at, target=f"place:{place.pk}"):
        return _move(Place, PlacePlacement, place, parent, on)


def close_unit(unit: OrgUnit, *, on: date, by: User, at: datetime) -> OrgUnit:
    """The unit's last day is `on`. Units beneath it must be closed or moved first."""
    with deed("close_unit", by=by, at=at, target=f"unit:{unit.pk}"):
        return _close(unit, on)


def merge_units(
    units: Sequence[OrgUnit], *, into: OrgUnit, on: date, by: User, at: datetime
) -> OrgUnit:
    """Close `units`; as organised now their past counts under `into`, their children move there."""
    with deed("merge_units", by=by, at=at, target=f"unit:{into.pk}"):
        into = _locked(OrgUnit, into)
        _standing(into)
        for unit in units:
            if unit.pk == into.pk or is_under(into.path, unit.path):
                raise Refusal(_("A unit cannot be merged into itself or into a unit beneath it."))
            for child in OrgUnit.objects.filter(parent=unit, closed_on=None):
                _move(OrgUnit, UnitPlacement, child, into, on)
            closed = _close(unit, on)
            closed.merged_into = into
            closed.save(update_fields=["merged_into"])
            # With all that was closed or merged beneath it before.
            old, new = closed.path, path_of([*into.line, closed.pk])
            low, high = bounds(old)
            for part in OrgUnit.objects.filter(path__gte=low, path__lt=high):
                _replant(part, line_of(moved(part.path, old, new)))
                part.save(update_fields=["line", "path"])
    return into


def split_unit(
    unit: OrgUnit, *, parts: Sequence[NewUnit], on: date, by: User, at: datetime
) -> list[OrgUnit]:
    """Close `unit` and open `parts` beside it; its past stays its own, its children go to the first."""
    if len(parts) < 2:
        raise Refusal(_("A unit is split into two or more."))
    with deed("split_unit", by=by, at=at, target=f"unit:{unit.pk}"):
        if unit.parent is None:
            raise Refusal(_("The whole federation cannot be moved, closed or split."))
        parent = cast(OrgUnit, unit.parent)
        opened = [open_unit(part, parent=parent, on=on, by=by, at=at) for part in parts]
        for child in OrgUnit.objects.filter(parent=unit, closed_on=None):
            _move(OrgUnit, UnitPlacement, child, opened[0], on)
        _close(unit, on)
    return opened


def _locked(model: type[AnyNode], node: AnyNode) -> AnyNode:
    return model._default_manager.select_for_update().get(pk=node.pk)


def _standing(node: Node) -> None:
    if node.closed_on is not None:
        raise Refusal(_("“%(name)s” is closed.") % {"name": node.name})


def _plant(node: Node, placements: type[AnyPlacement], parent: Node | None) -> None:
    node.spell()
    node.save()
    node.line = [*(parent.line if parent else []), node.pk]
    node.path = path_of(node.line)
    node.save(update_fields=["line", "path"])
    manager: Any = placements._default_manager
    manager.create(node=node, path=node.path, line=node.line, valid_from=node.opened_on)


def _move(
    model: type[AnyNode], placements: type[AnyPlacement], node: AnyNode, parent: AnyNode, on: date
) -> AnyNode:
    with transaction.atomic():
        # One lock on the root orders all reorganisations: two moves can never tie a knot.
        model._default_manager.select_for_update().get(pk=node.line[0])
        node, parent = _locked(model, node), _locked(model, parent)
        _standing(node)
        _standing(parent)
        if node.parent_id is None:
            raise Refusal(_("The whole federation cannot be moved, closed or split."))
        if is_under(parent.path, node.path):
            raise Refusal(_("A unit cannot be moved beneath itself."))
        if on < node.opened_on:
            raise Refusal(_("This day is before the unit was opened."), field="on")
        old = node.path
        low, high = bounds(old)
        new = path_of([*parent.line, node.pk])
        node.parent = parent
        node.save(update_fields=["parent"])
        for part in list(model._default_manager.filter(path__gte=low, path__lt=high)):
            _replant(part, line_of(moved(part.path, old, new)))
            part.save(update_fields=["line", "path"])
            if part.closed_on is None:
                _place_again(placements, part, on)
        node.refresh_from_db()
    return node


def _replant(node: Node, line: list[int]) -> None:
    node.line, node.path = line, path_of(line)


def _place_again(placements: type[AnyPlacement], node: Node, on: date) -> None:
    """End the open placement and begin the next. A placement is never rewritten: entries name it."""
    manager: Any = placements._default_manager
    present = manager.get(node=node, valid_to=None)
    if present.valid_from > on:
        if manager.filter(node=node).count() > 1:
            raise Refusal(_("This unit was already moved after that day."), field="on")
        on = present.valid_from  # opened later than the part of the tree that moves
    present.valid_to = on
    present.save()
    manager.create(node=node, path=node.path, line=node.line, valid_from=on)


def _close(unit: OrgUnit, on: date) -> OrgUnit:
    unit = _locked(OrgUnit, unit)
    _standing(unit)
    if unit.parent_id is None:
        raise Refusal(_("The whole federation cannot be moved, closed or split."))
    if OrgUnit.objects.filter(parent=unit, closed_on=None).exists():
        raise Refusal(_("Units beneath it are still open: close or move them first."))
    if on < unit.opened_on:
        raise Refusal(_("This day is before the unit was opened."), field="on")
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    return unit
