"""Each activity on the day that its unit wished, as far as nothing clashes: a first calendar without the planner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from karnameh.activities.public import DayWish, OpenSlot, Slot
from karnameh.campaigns.clashes import Booking, after_move
from karnameh.campaigns.package.actions import locked
from karnameh.campaigns.package.crowding import HOURS
from karnameh.campaigns.package.models import Line, Version
from karnameh.campaigns.package.queries import capacities, lines_of
from karnameh.campaigns.week.board import replace_day
from karnameh.people.public import User
from karnameh.plumbing.public import deed


def place_by_wish(version: Version, *, by: User, at: datetime) -> int:
    """Give every line without a day the first of its wishes, or else of its days, that is free.

    Those that clash everywhere stay without a day. How many were placed.
    """
    with deed("place_by_wish", by=by, at=at, target=f"version:{version.pk}"):
        version = locked(version, by)
        lines = lines_of(version)
        for line in lines:
            if line.venue is None and line.activity.venue is not None and line.on is None:
                line.venue = line.activity.venue
        placed = _placed(version, lines)
        Line.objects.bulk_update(placed, ["on", "slot", "venue"], batch_size=500)
        version.step += 1
        version.save(update_fields=["step"])
    return len(placed)


def _placed(version: Version, lines: list[Line]) -> list[Line]:
    wishes: dict[int, list[DayWish]] = defaultdict(list)
    for wish in DayWish.objects.filter(activity__in=[one.activity_id for one in lines]):
        wishes[wish.activity_id].append(wish)
    shut = _shut(lines)
    capacity = capacities(lines)
    taken: dict[date, list[Booking]] = defaultdict(list)
    own: dict[int, set[tuple[date, str]]] = defaultdict(set)  # where an activity happens already
    for line in lines:
        if line.on is not None:
            own[line.activity_id].add((line.on, line.slot))
            taken[line.on].append(replace_day(line, line.on, line.slot))
    days = set(version.package.campaign.period.days())
    found = []
    for line in (one for one in lines if one.on is None):
        for day, slot in _choices(line, wishes[line.activity_id], days):
            booking = replace_day(line, day, slot)
            starts, ends = HOURS[slot]
            booking = replace(booking, day=day, starts=starts, ends=ends)
            if (line.venue_id, day, slot) in shut or (day, slot) in own[line.activity_id]:
                continue
            if after_move(taken[day], booking, capacity):
                continue
            line.on, line.slot = day, slot
            own[line.activity_id].add((day, slot))
            taken[day].append(booking)
            found.append(line)
            break
    return found


def _choices(line: Line, wishes: list[DayWish], days: set[date]) -> Iterator[tuple[date, str]]:
    """Wished days first, in their order; then the other days of the activity."""
    for wish in wishes:
        if wish.on in days:
            for slot in [wish.slot] if wish.slot else Slot.values:
                yield wish.on, slot
    for day in sorted(days):
        if line.activity.starts_on <= day <= line.activity.ends_on:
            for slot in Slot.values:
                yield day, slot


def _shut(lines: list[Line]) -> set[tuple[int | None, date, str]]:
    """When venues that keep hours are closed."""
    venues = {one.venue_id for one in lines if one.venue_id}
    opened: dict[int, set[tuple[date, str]]] = defaultdict(set)
    for venue, on, slot in OpenSlot.objects.filter(venue__in=venues).values_list(
        "venue", "on", "slot"
    ):
        opened[venue].add((on, slot))
    if not opened:
        return set()
    days = {day for line in lines for day in line.version.package.campaign.period.days()}
    return {
        (venue, day, slot)
        for venue, hours in opened.items()
        for day in days
        for slot in Slot.values
        if (day, slot) not in hours
    }
