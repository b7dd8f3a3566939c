"""The week as a board: days across, counties or venues down, and what clashes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

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
from karnameh.campaigns.clashes import Booking, Clash, Holder, by_booking
from karnameh.campaigns.package.crowding import AT_ONCE, HOURS, crowded
from karnameh.campaigns.package.models import Line, Version
from karnameh.campaigns.package.queries import booking_of, shown_lines, versions_in
from karnameh.org.public import OrgUnit, UnitKind, under

CARDS = 260  # more than these are shown as counts, county by county
WAITING = 120  # of those without a day so many are shown
SLOTS = tuple(Slot)
_NAMED = 6  # of a clash so many lines are named


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
    def filled(self) -> bool:
        """Whether anything stands in it."""
        return any(cell.count for cell in self.cells.values())

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
    bare: list[BoardRow]  # units of which nothing has a day
    waiting: list[Card]  # the first of them
    undated: int
    clashes: list[Clash]
    counts: bool  # only numbers are shown: there is too much for cards
    by: str
    node: OrgUnit


def lines_at(version: Version, node: OrgUnit) -> QuerySet[Line]:
    """The lines of a version and of the packages beneath it, of units under `node`."""
    return shown_lines(versions_in(version)).filter(under(node.path, "activity__lead_unit__path"))


def board_of(version: Version, *, by: str, node: OrgUnit) -> Board:
    """The board of a version, at `node` beneath its unit. What is too much for cards is counted by the database."""
    found = crowded(versions_in(version))
    lines = lines_at(version, node)
    sums = list(_sums(lines, node, {pk for one in found for pk in one.bookings}))
    undated = sum(many for _row, on, many, _clashing in sums if on is None)
    counts = sum(many for _row, _on, many, _clashing in sums) > CARDS
    days = days_of(version.package.campaign)
    shown = list(lines.filter(on=None)[:WAITING] if counts else lines)
    rows = _rows(node, shown, [one.on for one in days], by="county" if counts else by)
    if counts:
        _count(rows, sums)
    else:
        _fill(rows, shown, by_booking(found), node, by)
    # The scope's own row is there for whatever waits: a card can be dropped on a day in it.
    table = [
        row
        for row in rows.values()
        if row.venue or row.filled or (undated and row.key == str(node.pk))
    ]
    bare = [
        row for row in rows.values() if row not in table and row.key not in ("none", str(node.pk))
    ]
    waiting = [Card(one) for one in shown if one.on is None][:WAITING]
    return Board(version, days, table, bare, waiting, undated, found, counts, by, node)


def _sums(
    lines: QuerySet[Line], node: OrgUnit, clashing: set[int]
) -> Iterable[tuple[int, date | None, int, int]]:
    """`(row, day, lines, clashing ones)` for each unit right beneath `node`, and for itself."""
    beneath = F(f"activity__lead_unit__line__{len(node.line)}")
    return (
        (row or node.pk, on, many, amiss)
        for row, on, many, amiss in lines.order_by()
        .values_list(beneath, "on")
        .annotate(Count("pk"), amiss=Count("pk", filter=Q(pk__in=clashing)))
    )


def _count(rows: dict[str, BoardRow], sums: Iterable[tuple[int, date | None, int, int]]) -> None:
    for key, on, many, clashing in sums:
        row = rows.get(str(key)) or rows["none"]
        if on is not None and on in row.cells:
            row.cells[on].count += many
            row.cells[on].clashing += clashing


def _fill(
    rows: dict[str, BoardRow],
    lines: Iterable[Line],
    clashing: dict[int, list[Clash]],
    node: OrgUnit,
    by: str,
) -> None:
    for line in lines:
        row = _row_of(rows, line, node, by=by)
        if line.on is not None and line.on in row.cells:
            cell = row.cells[line.on]
            cell.cards.append(Card(line, clashing.get(line.pk, [])))
            cell.count += 1
            cell.clashing += line.pk in clashing
    order = {slot.value: place for place, slot in enumerate(SLOTS)}
    for row in rows.values():
        for cell in row.cells.values():
            cell.cards.sort(key=lambda card: (order[card.line.slot], card.line.activity.code))


def days_of(campaign: Campaign) -> list[CampaignDay]:
    """Each day of the campaign with its title; days without one are there, too."""
    named = {one.on: one for one in campaign.days.select_related("theme")}
    return [
        named.get(day) or CampaignDay(campaign=campaign, on=day, title_fa="", title_en="")
        for day in campaign.period.days()
    ]


def children_of(node: OrgUnit) -> list[OrgUnit]:
    """The open units right beneath, in order."""
    rows = OrgUnit.objects.filter(parent=node, closed_on=None)
    return list(rows.select_related("place").order_by("sort_key"))


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
        return {**rows, "none": row("none", _("Without a venue"))}
    rows = {
        str(one.pk): row(
            str(one.pk), one.name, f"?by=county&at={one.pk}" if one.kind != UnitKind.LOCAL else ""
        )
        for one in children_of(node)
    }
    return {**rows, str(node.pk): row(str(node.pk), node.name), "none": row("none", _("Elsewhere"))}


def _row_of(rows: dict[str, BoardRow], line: Line, node: OrgUnit, *, by: str) -> BoardRow:
    if by == "venue":
        return rows.get(str(line.venue_id)) or rows["none"]
    parts = line.activity.lead_unit.path.strip("/").split("/")
    depth = len(node.line)
    key = parts[depth] if len(parts) > depth else parts[-1]
    return rows.get(key) or rows["none"]


def chances(version: Version, line: Line, venues: Sequence[Venue]) -> dict[str, int]:
    """How many clashes `line` would have in each place: key `day slot venue`, venue `0` for the one it has.

    The parts of a day do not touch, so a place clashes with whoever holds all of its room there already.
    """
    taken = _taken(version, line, venues)
    found: dict[str, int] = {}
    for day in version.package.campaign.period.days():
        for slot in SLOTS:
            team = int(taken[Holder.TEAM, line.team_id, day, slot] > 0) if line.team_id else 0
            unit = int(taken[Holder.UNIT, line.activity.lead_unit_id, day, slot] >= AT_ONCE)
            if line.activity.lead_unit.kind != UnitKind.LOCAL:
                unit = 0
            for key, venue in [(0, line.venue), *((one.pk, one) for one in venues)]:
                full = venue is not None and taken[Holder.VENUE, venue.pk, day, slot] >= venue.halls
                found[f"{day.isoformat()} {slot.value} {key}"] = team + unit + full
    return found


def _taken(version: Version, line: Line, venues: Sequence[Venue]) -> Counter[tuple[Any, ...]]:
    """How many other lines hold what `line` holds or would hold, by day and part of it. One question."""
    wanted = Q(venue__in=[*venues, *([line.venue] if line.venue else [])])
    wanted |= Q(activity__lead_unit=line.activity.lead_unit_id)
    if line.team_id:
        wanted |= Q(team=line.team_id)
    rows = Line.objects.filter(wanted, version__in=versions_in(version), on__isnull=False)
    if line.pk:
        rows = rows.exclude(pk=line.pk)
    taken: Counter[tuple[Any, ...]] = Counter()
    for venue, team, unit, on, slot in rows.values_list(
        "venue", "team", "activity__lead_unit", "on", "slot"
    ):
        for holder in ((Holder.VENUE, venue), (Holder.TEAM, team), (Holder.UNIT, unit)):
            taken[(*holder, on, slot)] += 1
    return taken


def others_of(line: Line) -> list[Line]:
    """The other occurrences of the same activity in the same version, in order of time."""
    rows = Line.objects.filter(version=line.version_id, activity=line.activity_id)
    others = rows.exclude(pk=line.pk) if line.pk else rows
    order = {slot.value: place for place, slot in enumerate(SLOTS)}
    return sorted(
        others.select_related("venue"),
        key=lambda one: (one.on or date.max, order.get(one.slot, 0), one.part),
    )


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
    """A clash with the names of what it is about, and the first of its lines."""

    clash: Clash
    name: str
    slot: str
    lines: list[Line]


def said(found: Sequence[Clash], version: Version) -> list[SaidClash]:
    """Clashes with names, for people. One question."""
    wanted = [pk for one in found for pk in one.bookings[:_NAMED]]
    by_pk = shown_lines(versions_in(version)).in_bulk(wanted) if wanted else {}
    slots = {hours: slot for slot, hours in HOURS.items()}
    return [
        SaidClash(
            one, _holder_name(one, lines[0]), str(Slot(slots[one.starts, one.ends]).label), lines
        )
        for one in found
        if (lines := [by_pk[pk] for pk in one.bookings[:_NAMED] if pk in by_pk])
    ]


def _holder_name(clash: Clash, line: Line) -> str:
    if clash.holder == Holder.VENUE:
        return line.venue.name if line.venue else ""
    if clash.holder == Holder.UNIT:
        return line.activity.lead_unit.name
    return line.team.label if line.team else ""


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
    """Each unit right beneath `node`: three questions, however many there are."""
    children = children_of(node)
    beneath = f"line__{len(node.line)}"
    local = dict(
        OrgUnit.objects.filter(under(node.path), kind=UnitKind.LOCAL, closed_on=None)
        .order_by()
        .values_list(F(beneath))
        .annotate(Count("pk"))
    )
    taking_part = (
        Activity.objects.filter(
            under(node.path, "lead_unit__path"), campaign=campaign, state__in=[*STANDING, *PENDING]
        )
        .order_by()
        .values_list(F(f"lead_unit__{beneath}"))
        .annotate(
            proposing=Count("lead_unit", filter=Q(lead_unit__kind=UnitKind.LOCAL), distinct=True),
            accepted=Count("pk", filter=Q(state__in=STANDING)),
            pending=Count("pk", filter=Q(state__in=PENDING)),
        )
    )
    found = {row: sums for row, *sums in taking_part}
    return [Covered(one, local.get(one.pk, 0), *found.get(one.pk, (0, 0, 0))) for one in children]


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
