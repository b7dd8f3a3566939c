"""What the map shows: coverage, or one number of an indicator, in all or for each inhabitant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from karnameh.access.public import Reach
from karnameh.catalog.public import Indicator
from karnameh.insight.queries import Node, child_rows, coverage_below
from karnameh.kernel.period import Period
from karnameh.ledger.public import Stage
from karnameh.org.public import OrgUnit, Place, Population, children

Show = Literal["coverage", "pledged", "reported", "verified"]
STAGES: Mapping[str, Stage] = {
    "pledged": Stage.PLEDGED,
    "reported": Stage.REPORTED,
    "verified": Stage.VERIFIED,
}
INHABITANTS = 100_000  # a rate is for so many


@dataclass(frozen=True)
class Area:
    """A province or county on the map: what was counted, and for how many inhabitants."""

    node: Node
    place: Place
    value: Decimal | None
    whole: int | None  # of coverage: the local units there are
    people: int | None

    @property
    def share(self) -> Decimal | None:
        """Of coverage: the percentage."""
        if self.value is None or not self.whole:
            return None
        return self.value * 100 / self.whole

    @property
    def rate(self) -> Decimal | None:
        """For each hundred thousand inhabitants, to a tenth; None where nobody counted them."""
        if self.value is None or not self.people:
            return None
        return round(self.value * INHABITANTS / self.people, 1)


def areas(
    reach: Reach, node: Node, period: Period, show: Show, indicator: Indicator | None
) -> list[Area]:
    """The children of `node`: of a unit by who did it, of a place by where it was done."""
    found: list[tuple[Node, Decimal | None, int | None]] = []
    if show == "coverage" or indicator is None:
        assert isinstance(node, OrgUnit)
        _whole, below = coverage_below(reach, node, period, children(node))
        found = [(one.node, Decimal(one.reporting.reported), one.reporting.units) for one in below]
    else:
        stage = STAGES[show]
        rows = {row.key: row for row in child_rows(reach, node, indicator, period)}
        nodes: Any = type(node)._default_manager
        shown = nodes.filter(pk__in=list(rows))
        if isinstance(node, OrgUnit):
            shown = shown.filter(kind__in=("province", "county", "district", "local"))
        for child in shown.order_by("sort_key"):
            tally = rows[child.pk].tallies.get(stage)
            found.append((child, tally.quantity if tally and tally.known else None, None))
    places = _places([child for child, _value, _whole in found])
    people = _people(list(places.values()))
    return [
        Area(child, places[child.pk], value, whole, people.get(places[child.pk].pk))
        for child, value, whole in found
    ]


def _places(nodes: list[Node]) -> dict[int, Place]:
    if nodes and isinstance(nodes[0], Place):
        return {node.pk: node for node in nodes if isinstance(node, Place)}
    ids = {node.pk: node.place_id for node in nodes if isinstance(node, OrgUnit)}
    found = Place.objects.in_bulk(set(ids.values()))
    return {pk: found[place] for pk, place in ids.items()}


def _people(places: list[Place]) -> dict[int, int]:
    """The latest count of each place."""
    rows = Population.objects.filter(place__in=places).order_by("place_id", "counted_on")
    return dict(rows.values_list("place_id", "people"))
