"""A block of proposals as arrays: rows with limits, and all columns without writing them down.

A column is (part, window, venue, team). Its rows fall apart into rows of its proposal, of its window,
of its venue and of its team, so the best column of a part at given prices is found for venue and team
apart: the product is never made. Rows are numbered: venues first (venue x day x atom), then people,
then all others, which have a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karnameh.campaigns.planner.model import (
    County,
    Instance,
    Part,
    Person,
    Pin,
    Proposal,
    Venue,
    Window,
)
from karnameh.campaigns.planner.requirements import Looking, Matcher, Requirement

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Key = tuple[str, ...]

INF = float("inf")
EARTH = 6371.0  # km


@dataclass(frozen=True, slots=True)
class Scales:
    """What money and heads are divided by inside the linear programs, for the numbers' sake."""

    cost: float
    attendance: float


@dataclass(frozen=True, slots=True)
class Task:
    """What a block is made of; travels to a worker."""

    number: int
    frame: Instance  # without proposals
    proposals: tuple[Proposal, ...]
    pins: tuple[Pin, ...]
    requirements: tuple[Requirement, ...]
    scales: Scales
    held: Mapping[Key, float] = field(default_factory=dict)  # what fixed placements use already


@dataclass(slots=True)
class Entries:
    """Sparse rows of owners (proposals or windows), sorted by owner."""

    owners: Ints
    rows: Ints
    values: Floats
    starts: Ints

    @classmethod
    def of(cls, count: int, owners: list[Any], rows: list[Any], values: list[Any]) -> Entries:
        """From lists of arrays or of numbers, in any order."""
        if not owners:
            nothing = np.zeros(0, np.int64)
            return cls(nothing, nothing, np.zeros(0), np.zeros(count + 1, np.int64))
        own, row, value = (
            np.concatenate([np.atleast_1d(one) for one in many]) for many in (owners, rows, values)
        )
        order = np.argsort(own, kind="stable")
        own = own[order].astype(np.int64)
        starts = np.searchsorted(own, np.arange(count + 1)).astype(np.int64)
        return cls(own, row[order].astype(np.int64), value[order].astype(np.float64), starts)

    def priced(self, prices: Floats, count: int) -> Floats:
        """The price of each owner's rows together."""
        return np.asarray(
            np.bincount(self.owners, self.values * prices[self.rows], count), np.float64
        )

    def gathered(self, owners: Ints) -> tuple[Ints, Ints, Floats]:
        """The entries of many owners: the place of the owner in `owners`, row, value."""
        counts = self.starts[owners + 1] - self.starts[owners]
        at = expanded(self.starts[owners], counts)
        return np.repeat(np.arange(len(owners)), counts), self.rows[at], self.values[at]

    def at(self, owner: int) -> tuple[Ints, Floats]:
        """Rows and values of one owner."""
        inside = slice(self.starts[owner], self.starts[owner + 1])
        return self.rows[inside], self.values[inside]


def expanded(starts: Ints, counts: Ints) -> Ints:
    """The numbers from each start on, as many as its count, one after another."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def best_places(values: Floats, counts: Ints) -> Ints:
    """Where the largest value of each group stands, the first of equal ones; no group is empty."""
    if not len(counts):
        return np.zeros(0, np.int64)
    starts = np.cumsum(counts) - counts
    best = np.repeat(np.maximum.reduceat(values, starts), counts)
    hits = np.flatnonzero(values == best)
    return hits[np.searchsorted(hits, starts)]


@dataclass(slots=True)
class Options:
    """The venues (or teams) that each window of a part may have, window by window."""

    choices: Ints  # index of the venue; the count of venues stands for none
    cells: Ints  # choice * windows + window, into a table of prices
    costs: Floats  # points lost by travel
    starts: Ints

    def best(self, table: Floats) -> Floats:
        """The best value for each window, given the price of each cell."""
        return np.maximum.reduceat(-self.costs - table[self.cells], self.starts[:-1])

    def best_of(self, windows: Ints, table: Floats) -> Ints:
        """Positions of the best options of these windows."""
        counts = self.starts[windows + 1] - self.starts[windows]
        at = expanded(self.starts[windows], counts)
        return at[best_places(-self.costs[at] - table[self.cells[at]], counts)]


@dataclass(slots=True)
class Block:
    """The arrays. `p` counts proposals, `k` parts, `w` windows of a part; see the module."""

    proposals: list[str]  # ids: a block is kept long, its proposals are not
    must: Flags  # by a pin
    values: Floats  # of being accepted, by proposal
    home: Ints  # the number of its county, by proposal
    part_of: Ints  # k -> p
    part_number: Ints  # k -> number within its proposal
    parts_at: Ints  # p -> its first part; one more at the end
    windows_at: Ints  # k -> its first w; one more at the end
    window_part: Ints  # w -> k
    window: Ints  # w -> day * slots + slot
    window_value: Floats
    by_proposal: Entries
    by_window: Entries
    venues: Options
    teams: Options
    venue_ids: list[str]
    person_ids: list[str]
    slots: int
    day_ids: list[str]
    slot_ids: list[str]
    atoms: list[Ints]  # window -> its atoms (day * atoms a day + atom)
    atom_entries: Entries
    atoms_in_all: int
    cover: Floats | None  # slots x atoms, when some slot covers others
    low: Floats
    high: Floats
    scale: Floats
    keys: dict[Key, int]
    bonus: dict[int, tuple[float, float]]  # fair rows: points for each, up to how many
    impossible: list[str]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.low)

    @property
    def people_at(self) -> int:
        """The first row of people."""
        return len(self.venue_ids) * self.atoms_in_all

    def row_of(self, key: Key) -> int | None:
        """The row of a key, also of a venue or person at an atom; None when nothing here uses it."""
        if key[0] in ("venue", "person"):
            ids = self.venue_ids if key[0] == "venue" else self.person_ids
            base = 0 if key[0] == "venue" else self.people_at
            if key[1] not in ids:
                return None
            return base + ids.index(key[1]) * self.atoms_in_all + int(key[2])
        return self.keys.get(key)

    def tables(self, prices: Floats) -> tuple[Floats, Floats]:
        """Prices of venue and team by window, with a free last entry for none."""
        count = self.atoms_in_all
        split, end = self.people_at, self.people_at + len(self.person_ids) * count
        return self._by_window(prices[:split]), self._by_window(prices[split:end])

    def _by_window(self, prices: Floats) -> Floats:
        if self.cover is not None:
            apart = prices.reshape(-1, self.cover.shape[1])
            prices = (apart @ self.cover.T).ravel()
        return np.concatenate([prices, np.zeros(len(self.atoms))])

    def reduced(self, prices: Floats) -> Reduced:
        """What every proposal and window is worth at these prices of the rows."""
        venue_table, team_table = self.tables(prices)
        windows = (
            self.window_value
            - self.by_window.priced(prices, len(self.window))
            + self.venues.best(venue_table)
            + self.teams.best(team_table)
        )
        parts = np.maximum.reduceat(windows, self.windows_at[:-1])
        proposals = (
            self.values
            - self.by_proposal.priced(prices, len(self.values))
            + np.bincount(self.part_of, parts, len(self.values))
        )
        return Reduced(windows, parts, proposals, venue_table, team_table)

    def rows_of(self, w: Ints, venues: Ints, teams: Ints) -> tuple[Ints, Ints, Floats]:
        """Entries of columns: its place in `w`, row, value; those of its proposal left out."""
        own, rows, values = self.by_window.gathered(w)
        parts = [(own, rows, values)]
        for choices, count, base in (
            (venues, len(self.venue_ids), 0),
            (teams, len(self.person_ids), self.people_at),
        ):
            real = np.flatnonzero(choices < count)
            own, atoms, values = self.atom_entries.gathered(self.window[w[real]])
            parts.append((real[own], base + choices[real[own]] * self.atoms_in_all + atoms, values))
        own, rows, values = (np.concatenate(one) for one in zip(*parts, strict=True))
        return own, rows, values


@dataclass(slots=True)
class Reduced:
    """Values at prices: of windows, of parts (their best window), of proposals."""

    windows: Floats
    parts: Floats
    proposals: Floats
    venue_table: Floats
    team_table: Floats


def windows_of(frame: Instance) -> tuple[list[Ints], Floats | None]:
    """The atoms of each window, and the cover matrix when some slot covers others."""
    atoms = [one.id for one in frame.slots if not one.covers]
    if not atoms:  # cannot be: a covering slot covers atoms
        atoms = [one.id for one in frame.slots]
    index = {one: at for at, one in enumerate(atoms)}
    cover = np.zeros((len(frame.slots), len(atoms)))
    for at, slot in enumerate(frame.slots):
        for one in slot.covers or (slot.id,):
            cover[at, index[one]] = 1.0
    of_slot = [np.flatnonzero(row) for row in cover]
    windows = [
        day * len(atoms) + of_slot[slot]
        for day in range(len(frame.days))
        for slot in range(len(frame.slots))
    ]
    return windows, cover if any(one.covers for one in frame.slots) else None


def kilometres(one: County | None, other: County | None) -> float:
    """Great-circle distance; 0 where a place is not known."""
    if one is None or other is None or one.at is None or other.at is None or one.at == other.at:
        return 0.0
    (lat, lon), (lat2, lon2) = ([radians(x) for x in at] for at in (one.at, other.at))
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True, slots=True)
class Counted:
    """What the requirements that look at a proposal count: (row, times, measure) for itself.

    And for its occurrences the number of such an `OnDays`, which many proposals share.
    """

    entries: tuple[Entry, ...]
    on_days: int


Entry = tuple[int, float, str]  # row, times, measure
OnDays = tuple[tuple[int, str, tuple[float, ...]], ...]  # row, measure, times on each day


class Builder:
    """Makes the arrays of a block, proposal by proposal."""

    def __init__(self, task: Task) -> None:
        self.task = task
        frame = task.frame
        self.days = {one.id: at for at, one in enumerate(frame.days)}
        self.slots = {one.id: at for at, one in enumerate(frame.slots)}
        self.atoms, self.cover = windows_of(frame)
        self.counties = {one.id: one for one in frame.counties}
        self.units = {one.id: one for one in frame.units}
        self.provinces = {one.id: one for one in frame.provinces}
        per_day = len(frame.slots) if self.cover is None else self.cover.shape[1]
        self.atoms_in_all = len(frame.days) * per_day
        used_venues = {v for one in self.task.proposals for part in one.parts for v in part.venues}
        used_people = {
            t
            for one in self.task.proposals
            for part in one.parts
            for t in (*part.teams, *part.needs)
        }
        self.venues = {one.id: one for one in frame.venues if one.id in used_venues}
        self.people = {one.id: one for one in frame.people if one.id in used_people}
        self.venue_at = {one: at for at, one in enumerate(self.venues)}
        self.person_at = {one: at for at, one in enumerate(self.people)}
        self.all_venues, self.all_people = list(self.venues.values()), list(self.people.values())
        self.venue_open, venue_high = self._openness(
            (one.halls if one.seats != 0 else 0, one.closed) for one in self.venues.values()
        )
        self.person_open, person_high = self._openness(
            (one.at_once, one.absent) for one in self.people.values()
        )
        self.low = [-INF] * (len(venue_high) + len(person_high))
        self.high = [*venue_high, *person_high]
        self.people_from = len(venue_high)
        self.scale = [1.0] * len(self.high)
        self.keys: dict[Key, int] = {}
        self.bonus: dict[int, tuple[float, float]] = {}
        self.matcher = Matcher({one.id: one.province for one in frame.counties})
        for requirement in self.task.requirements:
            self.matcher.add(requirement)
            self._announce(requirement)
        self._windows: dict[object, Ints] = {}
        self._counted: dict[int, Counted] = {}  # by what looks at a proposal: a tuple kept once
        self._on_days: dict[OnDays, int] = {}
        self._rows_of: dict[tuple[str, bool], tuple[tuple[Entry, ...], OnDays]] = {}
        self.k_on_days: list[int] = []
        self.k_unit: list[str | None] = []  # of units that limit their days
        self.k_sizes: dict[str, list[float]] = {"activities": [], "attendance": [], "cost": []}
        self._values_of: dict[object, Floats] = {}
        self._travels: dict[tuple[str, str], float] = {}

    def _openness(self, given: Iterable[tuple[int, Sequence[Window]]]) -> tuple[Flags, list[float]]:
        """For each one: the windows it is open at; the limit of each of its atoms, in a row."""
        open_rows, limits = [], []
        for limit, closed in given:
            of_atoms = np.full(self.atoms_in_all, float(limit))
            for w in self._matching(closed) if closed else ():
                of_atoms[self.atoms[w]] = 0.0
            limits.extend(of_atoms.tolist())
            if self.cover is None:
                open_rows.append(of_atoms > 0)
            else:
                open_rows.append(np.array([of_atoms[a].min() > 0 for a in self.atoms]))
        return np.array(open_rows, dtype=bool).reshape(-1, len(self.atoms)), limits

    def _matching(self, windows: Sequence[Window]) -> Ints:
        return np.flatnonzero(self._hit(windows))

    def _hit(self, windows: Sequence[Window]) -> Flags:
        """The days and slots that any of these names."""
        hit = np.zeros((len(self.days), len(self.slots)), bool)
        for one in windows:
            days = slice(None) if one.day is None else self.days[one.day]
            hit[days, slice(None) if one.slot is None else self.slots[one.slot]] = True
        return hit

    def _announce(self, one: Requirement) -> None:
        """The rows of a requirement, also of one that nothing counts for."""
        rule = one.rule
        scales = {"cost": self.task.scales.cost, "attendance": self.task.scales.attendance}
        scale = 1.0 / scales.get(rule.measure, 1.0)
        least = -INF if rule.least is None else rule.least
        most = INF if rule.most is None else rule.most
        if rule.kind == "count":
            self._row(("count", one.key), least, most, scale)
            return
        if rule.least is not None and rule.least > 0:
            self._row(("least", one.key), 0.0, INF, scale)
        if rule.most is not None and rule.most < 1:
            self._row(("most", one.key), -INF, 0.0, scale)

    def _row(self, key: Key, low: float, high: float, scale: float = 1.0) -> int:
        row = self.keys.get(key)
        if row is None:
            row = self.keys[key] = len(self.high)
            self.low.append(low)
            self.high.append(high)
            self.scale.append(scale)
        return row

    def block(self) -> Block:
        """Everything together."""
        pins: dict[str, list[Pin]] = {}
        for pin in self.task.pins:
            pins.setdefault(pin.proposal, []).append(pin)
        kept: list[Proposal] = []
        must: list[bool] = []
        values: list[float] = []
        impossible: list[Proposal] = []
        self.k_of: list[int] = []
        self.k_number: list[int] = []
        self.w_counts: list[int] = []
        self.w_windows: list[Ints] = []
        self.w_values: list[Floats] = []
        self.venue_options: list[tuple[Ints, Ints, Floats, Ints]] = []
        self.team_options: list[tuple[Ints, Ints, Floats, Ints]] = []
        self.p_entries: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        self.w_entries: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
        self.w_count = 0
        for proposal in self.task.proposals:
            own = pins.get(proposal.id, [])
            if any(pin.decision == "decline" for pin in own):
                continue
            made = [
                self._part_windows(proposal, number, own) for number in range(len(proposal.parts))
            ]
            if any(one is None for one in made):
                impossible.append(proposal)
                continue
            p = len(kept)
            kept.append(proposal)
            must.append(bool(own))
            values.append(self._value(proposal))
            self.counted = self._counted_of(self.matcher.looking_at(proposal))
            self._proposal_rows(p, proposal)
            for number, one in enumerate(made):
                assert one is not None
                self._add_part(p, proposal, number, *one)
        return self._assembled(kept, must, values, impossible)

    def _value(self, proposal: Proposal) -> float:
        weights = self.task.frame.weights
        return weights.activity + weights.score * proposal.score / 100

    def _part_windows(
        self, proposal: Proposal, number: int, pins: list[Pin]
    ) -> tuple[Ints, list[int], list[int], list[int], Flags, Flags] | None:
        """Windows, venues, teams and needs of a part, with what is open when; None: no window."""
        part = proposal.parts[number]
        windows = self._possible(part)
        venues = [
            self.venue_at[v]
            for v in dict.fromkeys(part.venues)
            if self.venues[v].seats is None or part.attendance <= (self.venues[v].seats or 0)
        ]
        teams = [self.person_at[t] for t in dict.fromkeys(part.teams)]
        for pin in pins:
            if pin.part == number:
                windows, venues, teams = self._pinned(pin, windows, venues, teams)
        needs = [self.person_at[t] for t in dict.fromkeys(part.needs)]
        if len(teams) == 1:  # who is needed anyway comes once
            needs = [one for one in needs if one != teams[0]]
        teams = [one for one in teams if one not in needs]
        if (part.venues and not venues) or (part.teams and not teams):
            return None
        fits = np.ones(len(windows), bool)
        if needs:
            fits &= self.person_open[needs][:, windows].all(axis=0)
        venue_open = self.venue_open[np.array(venues, np.int64)[:, None], windows]
        team_open = self.person_open[np.array(teams, np.int64)[:, None], windows]
        if venues:
            fits &= venue_open.any(axis=0)
        if teams:
            fits &= team_open.any(axis=0)
        if not fits.any():
            return None
        return windows[fits], venues, teams, needs, venue_open[:, fits], team_open[:, fits]

    def _pinned(
        self, pin: Pin, windows: Ints, venues: list[int], teams: list[int]
    ) -> tuple[Ints, list[int], list[int]]:
        if pin.day is not None:
            windows = windows[windows // len(self.slots) == self.days[pin.day]]
        if pin.slot is not None:
            windows = windows[windows % len(self.slots) == self.slots[pin.slot]]
        if pin.venue is not None:
            venues = [v for v in venues if v == self.venue_at.get(pin.venue)]
        if pin.team is not None:
            teams = [t for t in teams if t == self.person_at.get(pin.team)]
        # A pin on a venue or team that the part does not list leaves it nothing at all.
        part_lacks = (pin.venue is not None and not venues) or (pin.team is not None and not teams)
        return (windows[:0] if part_lacks else windows), venues, teams

    def _possible(self, part: Part) -> Ints:
        key = (part.days, part.slots, part.windows)
        if key not in self._windows:
            hit = np.ones((len(self.days), len(self.slots)), bool)
            if part.days:
                hit[[at for one, at in self.days.items() if one not in part.days], :] = False
            if part.slots:
                hit[:, [at for one, at in self.slots.items() if one not in part.slots]] = False
            if part.windows:
                hit &= self._hit(part.windows)
            self._windows[key] = np.flatnonzero(hit)
        return self._windows[key]

    def _proposal_rows(self, p: int, proposal: Proposal) -> None:
        frame, rows, values = self.task.frame, [], []

        def add(key: Key, value: float, low: float, high: float, scale: float = 1.0) -> None:
            rows.append(self._row(key, low, high, scale))
            values.append(value)

        county = self.counties[proposal.county]
        province = self.provinces[county.province]
        if proposal.cost:
            for kind, one, budget in (
                ("county", county.id, county.budget),
                ("province", province.id, province.budget),
                ("nation", "", frame.budget),
            ):
                if budget is not None:
                    scale = 1.0 / self.task.scales.cost
                    add(("budget", kind, one), proposal.cost, -INF, float(budget), scale)
        unit = self.units[proposal.unit] if proposal.unit is not None else None
        if unit is not None and unit.in_all is not None:
            add(("unit", unit.id), 1.0, -INF, unit.in_all)
        self._fair(add, "fair_county", county.id, county.fair_share, frame.weights.fair_county)
        if unit is not None:
            self._fair(add, "fair_unit", unit.id, unit.fair_share, frame.weights.fair_unit)
        sizes = _sizes(proposal)
        for row, times, measure in self.counted.entries:
            if sizes[measure]:
                rows.append(row)
                values.append(times * sizes[measure])
        self.p_entries[0].append(np.full(len(rows), p))
        self.p_entries[1].append(np.array(rows, np.int64))
        self.p_entries[2].append(np.array(values))

    def _fair(self, add: Any, name: str, one: str, share: int | None, weight: float) -> None:
        if share and weight:
            add((name, one), -1.0, -INF, 0.0)
            self.bonus[self.keys[name, one]] = (weight, float(share))

    def _add_part(
        self,
        p: int,
        proposal: Proposal,
        number: int,
        windows: Ints,
        venues: list[int],
        teams: list[int],
        needs: list[int],
        venue_open: Flags,
        team_open: Flags,
    ) -> None:
        part, w0 = proposal.parts[number], self.w_count
        count = len(windows)
        mine = np.arange(w0, w0 + count)
        days = windows // len(self.slots)
        self.k_of.append(p)
        self.k_number.append(number)
        self.k_on_days.append(self.counted.on_days)
        unit = self.units[proposal.unit] if proposal.unit is not None else None
        self.k_unit.append(unit.id if unit is not None and unit.per_day is not None else None)
        for measure, size in _sizes(proposal, part).items():
            self.k_sizes[measure].append(size)
        self.w_counts.append(count)
        self.w_windows.append(windows)
        self.w_values.append(self._window_values(proposal, days))
        self.w_count += count
        self.venue_options.append(
            self._options(proposal, self.all_venues, venues, windows, venue_open)
        )
        self.team_options.append(
            self._options(proposal, self.all_people, teams, windows, team_open)
        )
        self._window_rows(proposal, mine, windows, days, needs)

    def _window_values(self, proposal: Proposal, days: Ints) -> Floats:
        weights, frame = self.task.frame.weights, self.task.frame
        key = proposal.theme, proposal.wishes, len(proposal.parts)
        if key not in self._values_of:
            of_day = [
                weights.theme * (proposal.theme is not None and proposal.theme in day.themes)
                + weights.wish * (day.id in proposal.wishes)
                for day in frame.days
            ]
            self._values_of[key] = np.array(of_day) / len(proposal.parts)
        return self._values_of[key][days]

    def _options(
        self,
        proposal: Proposal,
        all_ones: Sequence[Venue] | Sequence[Person],
        chosen: list[int],
        windows: Ints,
        is_open: Flags,
    ) -> tuple[Ints, Ints, Floats, Ints]:
        count, total = len(windows), len(self.atoms)
        if not chosen:
            choices = np.full(count, len(all_ones), np.int64)
            return choices, choices * total + windows, np.zeros(count), np.ones(count, np.int64)
        costs = np.array([self._travel(proposal.county, all_ones[one].county) for one in chosen])
        w, c = np.nonzero(is_open.T)
        choices = np.array(chosen, np.int64)[c]
        return choices, choices * total + windows[w], costs[c], np.bincount(w, minlength=count)

    def _travel(self, one: str, other: str | None) -> float:
        if other is None or one == other:
            return 0.0
        if (one, other) not in self._travels:
            far = kilometres(self.counties.get(one), self.counties.get(other))
            self._travels[one, other] = self.task.frame.weights.travel * far / 100
        return self._travels[one, other]

    def _window_rows(
        self,
        proposal: Proposal,
        mine: Ints,
        windows: Ints,
        days: Ints,
        needs: list[int],
    ) -> None:
        owners, rows, values = self.w_entries

        def add(own: Ints, row: Ints, value: float) -> None:
            owners.append(own)
            rows.append(row)
            values.append(np.full(len(own), value))

        if proposal.different_days and len(proposal.parts) > 1:
            of_day = {
                day: self._row(("apart", proposal.id, self.task.frame.days[day].id), -INF, 1.0)
                for day in sorted(set(days.tolist()))
            }
            add(mine, np.array([of_day[day] for day in days.tolist()]), 1.0)
        for one in needs:
            base = self.people_from + one * self.atoms_in_all
            atoms = [self.atoms[w] for w in windows]
            own = np.repeat(mine, [len(a) for a in atoms])
            add(own, base + np.concatenate(atoms), 1.0)

    def _counted_of(self, looking: Looking) -> Counted:
        """The rows of these requirements, made once for all proposals that they look at."""
        if id(looking) not in self._counted:
            found = [self._rows_of_one(one, inside) for one, inside in looking]
            on_days = tuple(each for _, many in found for each in many)
            number = self._on_days.setdefault(on_days, len(self._on_days))
            entries = tuple(each for many, _ in found for each in many)
            self._counted[id(looking)] = Counted(entries, number)
        return self._counted[id(looking)]

    def _rows_of_one(self, one: Requirement, inside: bool) -> tuple[tuple[Entry, ...], OnDays]:
        """The rows of a requirement: what it counts of proposals, or of occurrences on days."""
        known = self._rows_of.get((one.key, inside))
        if known is None:
            known = self._rows_of[one.key, inside] = self._new_rows_of(one, inside)
        return known

    def _new_rows_of(self, one: Requirement, inside: bool) -> tuple[tuple[Entry, ...], OnDays]:
        measure = one.rule.measure
        mine = [(self.keys[key], times) for key, times in _shares(one, inside) if key in self.keys]
        if not one.by_days:
            return tuple((row, times, measure) for row, times in mine if times), ()
        others = [(self.keys[key], times) for key, times in _shares(one, False) if key in self.keys]
        base = one.among.days if one.rule.kind == "share" else one.where.days
        in_base, in_where = self._named(base), self._named(one.where.days)
        on_days = []
        for (row, times), (_, outside) in zip(mine, others, strict=True):
            of_day = np.where(in_where, times, outside) * in_base
            on_days.append((row, measure, tuple(of_day.tolist())))
        return (), tuple(on_days)

    def _unit_days(self, window_part: Ints, days: Ints) -> None:
        """Entries of the limits of units on each day, for all windows."""
        units = [one.id for one in self.task.frame.units if one.per_day is not None]
        number = {one: at for at, one in enumerate(units)}
        of_part = [-1 if one is None else number[one] for one in self.k_unit]
        of_window = np.array(of_part, np.int64)[window_part]
        w = np.flatnonzero(of_window >= 0)
        cells, at = np.unique(of_window[w] * len(self.days) + days[w], return_inverse=True)
        rows = []
        for cell in cells.tolist():
            unit, day = units[cell // len(self.days)], self.task.frame.days[cell % len(self.days)]
            rows.append(self._row(("unit_day", unit, day.id), -INF, self.units[unit].per_day or 0))
        self._add_entries(w, np.array(rows, np.int64)[at], np.ones(len(w)))

    def _add_entries(self, *entries: Any) -> None:
        for many, new in zip(self.w_entries, entries, strict=True):
            many.append(new)

    def _day_rows(self, window_part: Ints, days: Ints) -> None:
        """Entries of the requirements that count occurrences on some days, for all windows."""
        kinds = np.array(self.k_on_days, np.int64)[window_part]
        for on_days, number in self._on_days.items():
            w = np.flatnonzero(kinds == number) if on_days else np.zeros(0, np.int64)
            for row, measure, of_day in on_days:
                values = np.array(of_day)[days[w]]
                values = values * np.array(self.k_sizes[measure])[window_part[w]]
                real = np.flatnonzero(values)
                self._add_entries(w[real], np.full(len(real), row), values[real])

    def _named(self, names: tuple[str, ...]) -> Flags:
        return np.array([not names or day in names for day in self.days])

    def _assembled(
        self,
        kept: list[Proposal],
        must: list[bool],
        values: list[float],
        impossible: list[Proposal],
    ) -> Block:
        part_of = np.array(self.k_of, np.int64)
        counties = {one: at for at, one in enumerate(self.counties)}
        counts = np.array(self.w_counts, np.int64)
        window_part = np.repeat(np.arange(len(counts)), counts)
        window = _joined(self.w_windows, np.int64)
        self._unit_days(window_part, window // len(self.slots))
        self._day_rows(window_part, window // len(self.slots))
        return Block(
            proposals=[one.id for one in kept],
            must=np.array(must, bool),
            values=np.array(values, np.float64),
            home=np.array([counties[one.county] for one in kept], np.int64),
            part_of=part_of,
            part_number=np.array(self.k_number, np.int64),
            parts_at=np.searchsorted(part_of, np.arange(len(kept) + 1)),
            windows_at=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            window_part=window_part,
            window=window,
            window_value=_joined(self.w_values, np.float64),
            by_proposal=Entries.of(len(kept), *self.p_entries),
            by_window=Entries.of(self.w_count, *self.w_entries),
            venues=_all_options(self.venue_options),
            teams=_all_options(self.team_options),
            venue_ids=list(self.venues),
            person_ids=list(self.people),
            slots=len(self.slots),
            day_ids=list(self.days),
            slot_ids=list(self.slots),
            atoms=self.atoms,
            atom_entries=Entries.of(
                len(self.atoms),
                [np.full(len(one), at) for at, one in enumerate(self.atoms)],
                list(self.atoms),
                [np.ones(len(one)) for one in self.atoms],
            ),
            atoms_in_all=self.atoms_in_all,
            cover=self.cover,
            low=np.array(self.low, np.float64),
            high=np.array(self.high, np.float64),
            scale=np.array(self.scale, np.float64),
            keys=self.keys,
            bonus=self.bonus,
            impossible=[one.id for one in impossible],
        )


def _joined(arrays: list[Any], kind: Any) -> Any:
    return np.concatenate(arrays).astype(kind) if arrays else np.zeros(0, kind)


def _all_options(parts: list[tuple[Ints, Ints, Floats, Ints]]) -> Options:
    choices, cells, costs, counts = (
        _joined([one[at] for one in parts], kind)
        for at, kind in enumerate((np.int64, np.int64, np.float64, np.int64))
    )
    return Options(choices, cells, costs, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))


def _sizes(proposal: Proposal, part: Part | None = None) -> dict[str, float]:
    """How much of a proposal (or of one of its parts) a requirement counts, by its measure."""
    parts = proposal.parts if part is None else (part,)
    return {
        "activities": 1.0,
        "attendance": float(sum(each.attendance for each in parts)),
        "cost": proposal.cost / (1 if part is None else len(proposal.parts)),
    }


def _shares(one: Requirement, inside: bool) -> list[tuple[Key, float]]:
    """The rows of a requirement and what one unit of its measure adds to each."""
    if one.rule.kind == "count":
        return [(("count", one.key), float(inside))]
    return [
        (("least", one.key), inside - (one.rule.least or 0.0)),
        (("most", one.key), inside - (1.0 if one.rule.most is None else one.rule.most)),
    ]


def build(task: Task) -> Block:
    """The block of a task; its limits are what is left of them by what is held."""
    block = Builder(task).block()
    for key, used in task.held.items():
        row = block.row_of(key)
        if row is not None and used:
            block.low[row] -= used
            block.high[row] -= used
    return block
