"""Clashes: more at one moment than a venue, a team, a speaker, an official or a unit can bear. Plain Python.

Times are minutes of a day; an end is the first minute that is free again. Each holder's bookings of a
day are swept in order of time (the classical line sweep), so a province's calendar takes milliseconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

DAY = 24 * 60


class Holder(StrEnum):
    """What cannot be in two places."""

    VENUE = "venue"
    TEAM = "team"
    SPEAKER = "speaker"
    OFFICIAL = "official"
    EQUIPMENT = "equipment"
    UNIT = "unit"


Held = tuple[Holder, int]


@dataclass(frozen=True, slots=True)
class Booking:
    """One happening on one day, and whom it holds meanwhile."""

    id: int
    day: date
    starts: int
    ends: int
    holds: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """From `starts` to `ends` more than `capacity` of these `bookings` want the same holder."""

    holder: Holder
    which: int
    day: date
    starts: int
    ends: int
    capacity: int
    bookings: tuple[int, ...]


def clashes(bookings: Iterable[Booking], capacity: Mapping[Held, int] | None = None) -> list[Clash]:
    """Every clash, in order of day and time. `capacity` is how many at once; one where it says nothing.

    A capacity of zero clashes with a single booking.
    """
    capacity = capacity or {}
    held: dict[tuple[Held, date], list[Booking]] = defaultdict(list)
    for one in bookings:
        if one.ends > one.starts:
            for holder in set(one.holds):
                held[holder, one.day].append(one)
    found = [
        clash
        for (holder, day), mine in held.items()
        if len(mine) > capacity.get(holder, 1)
        for clash in _sweep(holder, day, mine, capacity.get(holder, 1))
    ]
    return sorted(found, key=lambda one: (one.day, one.starts, one.holder, one.which))


def _sweep(holder: Held, day: date, mine: list[Booking], capacity: int) -> Iterator[Clash]:
    """The longest stretches in which more than `capacity` are going on."""
    turns = sorted({moment for one in mine for moment in (one.starts, one.ends)})
    began: int | None = None
    together: set[int] = set()
    for moment in turns:
        going_on = [one.id for one in mine if one.starts <= moment < one.ends]
        if len(going_on) > capacity:
            began = moment if began is None else began
            together.update(going_on)
        elif began is not None:
            yield Clash(*holder, day, began, moment, capacity, tuple(sorted(together)))
            began, together = None, set()


def by_booking(found: Iterable[Clash]) -> dict[int, list[Clash]]:
    """The clashes of each booking that has any."""
    mine: dict[int, list[Clash]] = defaultdict(list)
    for clash in found:
        for pk in clash.bookings:
            mine[pk].append(clash)
    return dict(mine)


def after_move(
    bookings: Iterable[Booking], moved: Booking, capacity: Mapping[Held, int] | None = None
) -> list[Clash]:
    """The clashes that `moved` has in its new place; `bookings` may hold its old one."""
    holders = set(moved.holds)
    near = [
        one
        for one in bookings
        if one.id != moved.id and one.day == moved.day and not holders.isdisjoint(one.holds)
    ]
    return [clash for clash in clashes([*near, moved], capacity) if moved.id in clash.bookings]
