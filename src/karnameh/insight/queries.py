"""What the pages show, gathered from the ledger for one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from karnameh.access.public import Reach
from karnameh.activities.public import Campaign, activities_under
from karnameh.catalog.public import (
    DimensionOption,
    DimensionSet,
    Indicator,
    MeasureKind,
    indicators,
)
from karnameh.insight.periods import written
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Bucket,
    Cell,
    ControlTotal,
    Question,
    Reporting,
    Stage,
    Tally,
    coverage_by,
    roll_up,
    stated_totals,
    total,
)
from karnameh.org.public import OrgUnit, Place, children

Node = OrgUnit | Place
_NAMES = {Stage.PLEDGED: "pledged", Stage.REPORTED: "reported", Stage.VERIFIED: "verified"}
KEY_ROWS = 9  # indicators on the first screen; all of them are one click away


@dataclass
class Row:
    """Promised, reported, verified and what is open, of one thing."""

    key: int | date | None
    name: str
    seen: tuple[int, Node, Period] | None = None  # the indicator, and where and when it is seen
    unit: str = ""
    tallies: dict[Stage, Tally] = field(default_factory=dict)
    took_part: dict[Stage, Tally] = field(default_factory=dict)
    open: Decimal = Decimal(0)
    over: Decimal = Decimal(0)
    top: Decimal | None = None
    money: bool = False
    theme: int = 0
    indicator: Indicator | None = None

    def as_dict(self) -> dict[str, Any]:
        """What the stage table of `ui` reads."""
        shown: dict[str, Any] = {
            "name": self.name,
            "href": self.href,
            "unit": self.unit,
            "top": self.top,
            "money": self.money,
        }
        for stage, word in _NAMES.items():
            tally = self.tallies.get(stage)
            if tally is None:
                continue
            shown[word] = tally.quantity if tally.known else None
            shown[f"{word}_qualifier"] = tally.qualifier.name.lower()
            shown[f"{word}_href"] = self.entries_url(stage)
        if Stage.PLEDGED in self.tallies:
            shown |= {"open": self.open, "over": self.over}
        return shown

    @property
    def href(self) -> str:
        """The page of the indicator, seen there."""
        return indicator_url(*self.seen) if self.seen else ""

    def entries_url(self, stage: Stage) -> str:
        """The entries behind the figure of a stage."""
        if self.seen is None:
            return ""
        indicator, node, period = self.seen
        query = {"indicator": str(indicator), "stage": str(int(stage)), "period": written(period)}
        return address("entries", node, **query)

    def value(self, word: str) -> Decimal:
        """For sorting: an absent value comes last."""
        if word == "remaining":
            return self.open - self.over
        stage = next(one for one, name in _NAMES.items() if name == word)
        return self.tallies[stage].quantity if stage in self.tallies else Decimal(-1)

    @property
    def entries(self) -> int:
        """How many entries stand behind it."""
        return sum(tally.entries for tally in self.tallies.values())


def address(name: str, node: Node, **query: str) -> str:
    """A page of insight or the ledger about `node`, with its query."""
    axis = "unit" if isinstance(node, OrgUnit) else "place"
    return f"{reverse(name)}?{urlencode({axis: node.pk, **query})}"


def node_url(node: Node, period: Period | None = None) -> str:
    """The page of a unit or place."""
    url = reverse("unit" if isinstance(node, OrgUnit) else "place", args=[node.pk])
    return f"{url}?{urlencode({'period': written(period)})}" if period else url


def indicator_url(indicator: int, node: Node, period: Period) -> str:
    """The page of an indicator, seen at `node`."""
    axis = "unit" if isinstance(node, OrgUnit) else "place"
    query = urlencode({axis: node.pk, "period": written(period)})
    return f"{reverse('indicator', args=[indicator])}?{query}"


def indicator_rows(reach: Reach, node: Node, period: Period, *, then: bool = False) -> list[Row]:
    """One row for each indicator that anything is known of at `node`."""
    cells = roll_up(reach, Question(node, period, then=then))
    known = {one.pk: one for one in indicators().filter(pk__in={cell.indicator for cell in cells})}
    rows: dict[int, Row] = {}
    for cell in cells:
        indicator = known[cell.indicator]
        row = rows.get(cell.indicator) or _row_of(indicator, node, period)
        rows[cell.indicator] = row
        _add(row, cell)
    return [rows[pk] for pk in known if pk in rows]


def _row_of(indicator: Indicator, node: Node, period: Period) -> Row:
    money = indicator.measure.kind == MeasureKind.MONEY
    return Row(
        indicator.pk, indicator.name, (indicator.pk, node, period),
        unit="" if money else indicator.measure.symbol, money=money, theme=indicator.theme_id,
        indicator=indicator,
    )  # fmt: skip


def _add(row: Row, cell: Cell) -> None:
    if cell.bucket is Bucket.TOOK_PART:
        row.took_part[cell.stage] = cell.tally
    if cell.bucket is not Bucket.OWN:
        return
    if cell.tally.entries:
        row.tallies[cell.stage] = row.tallies.get(cell.stage, Tally()) + cell.tally
    row.open += cell.open
    row.over += cell.over


def child_rows(
    reach: Reach, node: Node, indicator: Indicator, period: Period, *, then: bool = False
) -> list[Row]:
    """One row for each child of `node`, for one indicator; children without entries are there too."""
    cells = roll_up(
        reach, Question(node, period, then=then, indicators=(indicator.pk,)), by="child"
    )
    below = {one.pk: one for one in children(node)}
    strangers = {cell.key for cell in cells if isinstance(cell.key, int)} - set(below)
    below |= {one.pk: one for one in type(node)._default_manager.filter(pk__in=strangers)}
    rows = {pk: Row(pk, child.name, (indicator.pk, child, period)) for pk, child in below.items()}
    for cell in cells:
        _add(rows[cell.key], cell)  # type: ignore[index]
    highest = max(
        (row.value(word) for row in rows.values() for word in _NAMES.values()), default=Decimal(0)
    )
    for row in rows.values():
        row.top, row.money = highest, indicator.measure.kind == MeasureKind.MONEY
    return list(rows.values())


def sorted_rows(rows: Sequence[Row], sort: str) -> list[Row]:
    """By a column (`-` for falling); "name" keeps the order that the rows came in."""
    key = sort.removeprefix("-")
    if key not in ("pledged", "reported", "verified", "remaining"):
        return list(reversed(rows)) if sort == "-name" else list(rows)
    return sorted(rows, key=lambda row: row.value(key), reverse=sort.startswith("-"))


def key_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows of the first screen: of each theme the one that most entries speak of, then the next."""
    ranks: dict[int, int] = {}
    order = []
    for row in sorted(rows, key=lambda row: (len(row.tallies), row.entries), reverse=True):
        ranks[row.theme] = ranks.get(row.theme, 0) + 1
        order.append((ranks[row.theme], -row.entries, row.key))
    chosen = {key for _rank, _entries, key in sorted(order, key=lambda one: one[:2])[:KEY_ROWS]}
    return [row for row in rows if row.key in chosen]


@dataclass(frozen=True)
class Gap:
    """A stated total beside the sum of what the units beneath say."""

    indicator: Indicator
    stage: str
    stated: Decimal
    qualifier: str
    summed: Decimal
    href: str


def gaps(reach: Reach, unit: OrgUnit, period: Period, rows: Sequence[Row]) -> list[Gap]:
    """Every statement of `unit` about its whole subtree, largest gap first."""
    stated = stated_totals(reach, unit, period)
    sums = {row.key: row for row in rows}
    known = {row.key: row.indicator for row in rows if row.indicator}
    others = {one.indicator for one in stated} - set(known)
    known |= {one.pk: one for one in indicators().filter(pk__in=others)}
    found = []
    for one in stated:
        if not one.tally.known:
            continue
        row = sums.get(one.indicator)
        tally = row.tallies.get(one.stage) if row else None
        control = ControlTotal(one.tally.quantity, tally.quantity if tally else Decimal(0))
        found.append(
            Gap(
                known[one.indicator], _NAMES[one.stage], control.stated, one.tally.qualifier.name.lower(),
                control.summed, indicator_url(one.indicator, unit, period),
            )
        )  # fmt: skip
    return sorted(
        found, key=lambda g: abs(g.stated - g.summed) / max(g.stated, Decimal(1)), reverse=True
    )


@dataclass(frozen=True)
class ChildCoverage:
    """One child and how many of its local units have reported."""

    node: OrgUnit
    reporting: Reporting
    href: str

    @property
    def percent(self) -> int:
        """Of its local units."""
        return (
            round(100 * self.reporting.reported / self.reporting.units)
            if self.reporting.units
            else 0
        )


def coverage_below(
    reach: Reach, unit: OrgUnit, period: Period, below: Sequence[OrgUnit]
) -> tuple[Reporting, list[ChildCoverage]]:
    """How many local units beneath `unit` have reported: in all, and by its open children `below`."""
    counts = coverage_by(reach, unit, period, by_child=True)
    if not counts:  # a local unit, or one without any
        return coverage_of(reach, unit, period), []
    whole = Reporting(
        sum(one.units for one in counts.values()), sum(one.reported for one in counts.values())
    )
    return whole, [
        ChildCoverage(child, counts[child.pk], node_url(child, period))
        for child in below
        if child.pk in counts
    ]


def coverage_of(reach: Reach, unit: OrgUnit, period: Period) -> Reporting:
    """The local units beneath `unit`, and how many of them have reported."""
    return coverage_by(reach, unit, period).get(unit.pk, Reporting(0, 0))


def day_cards(
    reach: Reach, unit: OrgUnit, campaign: Campaign, *, today: date
) -> list[dict[str, Any]]:
    """The days of a campaign with the activities of `unit` on each."""
    counts = dict(
        activities_under(reach, unit.path)
        .filter(campaign=campaign)
        .values_list("starts_on")
        .annotate(n=Count("pk"))
        .order_by("starts_on")
    )
    titles = {day.on: day for day in campaign.days.all()}
    cards = []
    for on in campaign.period.days():
        state = "today" if on == today else "past" if on < today else "future"
        title = titles.get(on)
        cards.append(
            {
                "date": on,
                "title": title.title if title else "",
                "count": counts.get(on, 0),
                "url": node_url(unit, Period(on, on)),
                "state": state,
            }
        )
    return cards


def verified_share(rows: Sequence[Row]) -> tuple[int, int]:
    """`(reports checked, reports)` over all rows: how much of what is said was looked at."""
    checked = sum(
        row.tallies[Stage.VERIFIED].entries for row in rows if Stage.VERIFIED in row.tallies
    )
    reported = sum(
        row.tallies[Stage.REPORTED].entries for row in rows if Stage.REPORTED in row.tallies
    )
    return checked, reported


def dimension_rows(
    reach: Reach, node: Node, indicator: Indicator, period: Period
) -> list[dict[str, Any]]:
    """Parts of the reported total by dimension set, and what is not disaggregated of each cut."""
    cells = roll_up(reach, Question(node, period, indicators=(indicator.pk,)), by="dimension")
    reported = [
        cell
        for cell in cells
        if cell.stage is Stage.REPORTED and cell.bucket is not Bucket.TOOK_PART
    ]
    whole = total(cell.tally for cell in reported if cell.bucket is Bucket.OWN)
    sets = {
        one.pk: one for one in DimensionSet.objects.filter(pk__in={cell.key for cell in reported})
    }
    options = {one.pk: one for one in DimensionOption.objects.select_related("dimension")}
    by_cut: dict[str, list[tuple[str, Tally]]] = {}
    for cell in reported:
        found = sets[cell.key]  # type: ignore[index]
        if not found.options:
            continue
        label = " · ".join(options[pk].name for pk in found.options)
        by_cut.setdefault(found.cut, []).append((label, cell.tally))
    shown = []
    for cut, parts in by_cut.items():
        names = sorted(
            {options[pk].dimension.name for s in sets.values() if s.cut == cut for pk in s.options}
        )
        rest = whole.quantity - sum((tally.quantity for _label, tally in parts), Decimal(0))
        shown.append(
            {"name": " × ".join(names), "parts": parts, "rest": rest, "whole": whole.quantity}
        )
    return shown
