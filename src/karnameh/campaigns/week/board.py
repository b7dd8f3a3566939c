"""The week as a board: days across, counties or venues down, and what clashes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q

from karnameh.activities.public import (
    PENDING,
    STANDING,
    Activity,
    Campaign,
    CampaignDay,
    Resource,
    Slot,
    Venue,
)
from karnameh.campaigns.clashes import Booking, Clash, Holder, after_move, by_booking, clashes
from karnameh.campaigns.package.models import Line, Version
from karnameh.campaigns.package.queries import HOURS, beneath, booking_of, capacities, lines_of
from karnameh.org.public import OrgUnit, UnitKind, is_under, under

CARDS = 260  # more than these are shown as counts, county by county
SLOTS = tuple(Slot)


@dataclass
class Card:
    """An occurrence on the board."""

    line: Line
    clashes: list[Clash] = field(default_factory=list)


@dataclass
class Cell:
    """What stands in one row on one day."""

    day: date
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    clashing: int = 0


@dataclass
class BoardRow:
    """A county, a unit or a venue. `venue` is set where dropping into the row gives that venue."""

    key: str
    name: str
    cells: dict[date, Cell]
    href: str = ""
    venue: Venue | None = None

    @property
    def in_order(self) -> list[Cell]:
        """The cells from the first day to the last."""
        return [self.cells[day] for day in sorted(self.cells)]


@dataclass
class Board:
    """The whole board."""

    version: Version
    days: list[CampaignDay]
    rows: list[BoardRow]
    waiting: list[Card]
    clashes: list[Clash]
    counts: bool  # only numbers are shown: there is too much for cards
    by: str
    node: OrgUnit


def all_lines(version: Version) -> list[Line]:
    """The lines of a version and of the packages beneath it."""
    found = lines_of(version)
    for part in beneath(version):
        found += lines_of(part)
    return found


def board_of(version: Version, *, by: str, node: OrgUnit) -> Board:
    """The board of a version, at `node` beneath its unit."""
    everything = all_lines(version)
    found = clashes_in(everything)
    of_line = by_booking(found)
    lines = [one for one in everything if is_under(one.activity.lead_unit.path, node.path)]
    counts = len(lines) > CARDS
    days = days_of(version.package.campaign)
    rows = _rows(node, lines, [one.on for one in days], by="county" if counts else by)
    for line in lines:
        card = Card(line, of_line.get(line.pk, []))
        row = _row_of(rows, line, node, by="county" if counts else by)
        if line.on is not None and row is not None and line.on in row.cells:
            cell = row.cells[line.on]
            cell.count += 1
            cell.clashing += bool(card.clashes)
            if not counts:
                cell.cards.append(card)
    order = {slot.value: place for place, slot in enumerate(SLOTS)}
    for row in rows.values():
        for cell in row.cells.values():
            cell.cards.sort(key=lambda card: (order[card.line.slot], card.line.activity.code))
    waiting = [Card(one) for one in lines if one.on is None]
    return Board(
        version,
        days,
        [row for row in rows.values() if _shown(row)],
        waiting,
        found,
        counts,
        by,
        node,
    )


def _shown(row: BoardRow) -> bool:
    return row.key != "none" or any(cell.count for cell in row.cells.values())


def days_of(campaign: Campaign) -> list[CampaignDay]:
    """Each day of the campaign with its title; days without one are there, too."""
    named = {one.on: one for one in campaign.days.select_related("theme")}
    return [
        named.get(day) or CampaignDay(campaign=campaign, on=day, title_fa="", title_en="")
        for day in campaign.period.days()
    ]


def _rows(
    node: OrgUnit, lines: Sequence[Line], days: Sequence[date], *, by: str
) -> dict[str, BoardRow]:
    def row(key: str, name: str, href: str = "", venue: Venue | None = None) -> BoardRow:
        return BoardRow(key, name, {day: Cell(day) for day in days}, href, venue)

    if by == "venue":
        used = {one.venue for one in lines if one.venue}
        kept = set(Venue.objects.filter(under(node.path, "unit__path"), closed_on=None)[:120])
        rows = {
            str(one.pk): row(str(one.pk), one.name, venue=one)
            for one in sorted(used | kept, key=lambda v: v.code)
        }
        return {**rows, "none": row("none", "—")}
    children = OrgUnit.objects.filter(parent=node, closed_on=None).order_by("sort_key")
    rows = {
        str(one.pk): row(
            str(one.pk), one.name, f"?by=county&at={one.pk}" if one.kind != UnitKind.LOCAL else ""
        )
        for one in children
    }
    return {**rows, str(node.pk): row(str(node.pk), node.name), "none": row("none", "—")}


def _row_of(rows: dict[str, BoardRow], line: Line, node: OrgUnit, *, by: str) -> BoardRow | None:
    if by == "venue":
        return rows.get(str(line.venue_id)) or rows["none"]
    parts = line.activity.lead_unit.path.strip("/").split("/")
    depth = len(node.line)
    key = parts[depth] if len(parts) > depth else parts[-1]
    return rows.get(key) or rows["none"]


def clashes_in(lines: Iterable[Line]) -> list[Clash]:
    """Every clash among lines, whoever's package they stand in."""
    mine = list(lines)
    bookings = [booking for one in mine if (booking := booking_of(one)) is not None]
    return clashes(bookings, capacities(mine))


def chances(version: Version, line: Line, venues: Sequence[Venue]) -> dict[str, int]:
    """How many clashes `line` would have in each place: key `day slot venue`, venue `0` for the one it has."""
    lines = [one for one in all_lines(version) if one.pk != line.pk]
    bookings = [booking for one in lines if (booking := booking_of(one)) is not None]
    capacity = capacities([*lines, line])
    capacity |= {(Holder.VENUE, one.pk): one.halls for one in venues}
    by_day: dict[date, list[Booking]] = defaultdict(list)
    for one in bookings:
        by_day[one.day].append(one)
    own = replace_day(line, version.package.campaign.starts_on, Slot.MORNING)
    found: dict[str, int] = {}
    for day in version.package.campaign.period.days():
        for slot in SLOTS:
            starts, ends = HOURS[slot]
            for venue in (None, *venues):
                holds = own.holds
                if venue is not None:
                    holds = (
                        *(one for one in holds if one[0] != Holder.VENUE),
                        (Holder.VENUE, venue.pk),
                    )
                moved = replace(own, day=day, starts=starts, ends=ends, holds=holds)
                key = f"{day.isoformat()} {slot.value} {venue.pk if venue else 0}"
                found[key] = len(after_move(by_day[day], moved, capacity))
    return found


def replace_day(line: Line, day: date, slot: str) -> Booking:
    """The line's booking as if it stood there."""
    before = line.on, line.slot
    line.on, line.slot = day, slot
    booking = booking_of(line)
    line.on, line.slot = before
    assert booking is not None
    return booking


@dataclass(frozen=True)
class SaidClash:
    """A clash with the names of what it is about."""

    clash: Clash
    name: str
    slot: str
    lines: list[Line]


def said(found: Sequence[Clash], lines: Iterable[Line]) -> list[SaidClash]:
    """Clashes with names, for people."""
    by_pk = {one.pk: one for one in lines}
    venues = {one.venue_id: one.venue.name for one in by_pk.values() if one.venue}
    teams = {one.team_id: one.team.label for one in by_pk.values() if one.team}
    units = {one.activity.lead_unit_id: one.activity.lead_unit.name for one in by_pk.values()}
    names: dict[str, dict[Any, str]] = defaultdict(
        lambda: teams, {Holder.VENUE: venues, Holder.UNIT: units}
    )
    slots = {hours: slot for slot, hours in HOURS.items()}
    return [
        SaidClash(
            one, names[one.holder].get(one.which, ""), str(Slot(slots[one.starts, one.ends]).label)
            if (one.starts, one.ends) in slots else "", [by_pk[pk] for pk in one.bookings if pk in by_pk],
        )
        for one in found
    ]  # fmt: skip


# --- coverage ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Covered:
    """How much of a county takes part: its local units, those that proposed, and what stands."""

    unit: OrgUnit
    locals: int
    proposing: int
    standing: int
    pending: int

    @property
    def silent(self) -> int:
        """Local units that proposed nothing."""
        return self.locals - self.proposing


def coverage(campaign: Campaign, node: OrgUnit) -> list[Covered]:
    """Each unit right beneath `node`: four questions, however many there are."""
    children = list(OrgUnit.objects.filter(parent=node, closed_on=None).order_by("sort_key"))
    local = Counter(
        _child(path, node)
        for path in OrgUnit.objects.filter(
            under(node.path), kind=UnitKind.LOCAL, closed_on=None
        ).values_list("path", flat=True)
    )
    rows = Activity.objects.filter(
        under(node.path, "lead_unit__path"), campaign=campaign, state__in=[*STANDING, *PENDING]
    )
    standing: Counter[str] = Counter()
    pending: Counter[str] = Counter()
    proposing: dict[str, set[int]] = defaultdict(set)
    for path, unit, state, kind in rows.values_list(
        "lead_unit__path", "lead_unit", "state", "lead_unit__kind"
    ):
        key = _child(path, node)
        (standing if state in STANDING else pending).update([key])
        if kind == UnitKind.LOCAL:
            proposing[key].add(unit)
    return [
        Covered(one, local[key], len(proposing[key]), standing[key], pending[key])
        for one in children
        for key in [str(one.pk)]
    ]


def _child(path: str, node: OrgUnit) -> str:
    parts = path.strip("/").split("/")
    return parts[len(node.line)] if len(parts) > len(node.line) else ""


def silent_proposers(campaign: Campaign, node: OrgUnit, *, limit: int = 200) -> list[OrgUnit]:
    """Local units beneath `node` that proposed nothing."""
    proposed = Activity.objects.filter(campaign=campaign, state__in=[*STANDING, *PENDING])
    rows = OrgUnit.objects.filter(
        under(node.path),
        ~Q(pk__in=proposed.values("lead_unit")),
        kind=UnitKind.LOCAL,
        closed_on=None,
    )
    return list(rows.select_related("parent").order_by("path")[:limit])


def teams_for(version: Version) -> list[Resource]:
    """Teams, speakers and officials that can be given in the scope of a version."""
    rows = Resource.objects.filter(under(version.package.unit.path, "unit__path"), closed_on=None)
    return list(rows.select_related("unit").order_by("unit__sort_key", "label")[:300])


def venues_for(version: Version, node: OrgUnit) -> list[Venue]:
    """Venues that can be given at `node`."""
    rows = Venue.objects.filter(under(node.path, "unit__path"), closed_on=None)
    return list(rows.select_related("place").order_by("code")[:300])
