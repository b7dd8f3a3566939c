"""What a calendar is worth and which rules it keeps, counted in whole units from the instance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from karnameh.campaigns.planner.formulation import kilometres
from karnameh.campaigns.planner.model import Instance, Meter, Placement, Proposal, Window
from karnameh.campaigns.planner.requirements import (
    Looking,
    Matcher,
    Requirement,
    requirements_of,
)

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Valued:
    """Points, meters of the rules, and whether every hard limit holds."""

    objective: float
    meters: tuple[Meter, ...]
    holds: bool


@dataclass(slots=True)
class Tally:
    """What some placements are worth and use. Tallies of different proposals add up."""

    points: float = 0.0
    used: Counter[tuple[str, ...]] = field(default_factory=Counter)
    counted: dict[str, list[float]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Valuer:
    """Counts calendars of one instance."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.requirements = requirements_of(instance)
        self.proposals = {one.id: one for one in instance.proposals}
        self.counties = {one.id: one for one in instance.counties}
        self.units = {one.id: one for one in instance.units}
        self.venues = {one.id: one for one in instance.venues}
        self.people = {one.id: one for one in instance.people}
        self.provinces = {one.id: one for one in instance.provinces}
        self.days = {one.id: one for one in instance.days}
        self.atoms = {one.id: one.covers or (one.id,) for one in instance.slots}
        self.matcher = Matcher({one.id: one.province for one in instance.counties})
        for one in self.requirements:
            self.matcher.add(one)
        self._far: dict[tuple[str, str], float] = {}
        self._looking: dict[str, Looking] = {}
        self._must = {pin.proposal for pin in instance.pins if pin.decision == "accept"}

    def looking_at(self, proposal: Proposal) -> Looking:
        """The requirements that count a proposal; see `Matcher`."""
        found = self._looking.get(proposal.id)
        if found is None:
            found = self._looking[proposal.id] = self.matcher.looking_at(proposal)
        return found

    def value(self, placements: Iterable[Placement]) -> Valued:
        """Count a calendar whose placements are possible one by one."""
        return self.valued([self.tally(placements)])

    def tally(self, placements: Iterable[Placement]) -> Tally:
        """Count some placements, all those of their proposals."""
        of: dict[str, list[Placement]] = {}
        for one in placements:
            of.setdefault(one.proposal, []).append(one)
        tally = Tally(names=set(of))
        for name, many in of.items():
            proposal = self.proposals[name]
            tally.points += self.points(proposal, many)
            self.use(proposal, many, tally.used)
            for requirement, inside in self.looking_at(proposal):
                counted = tally.counted.setdefault(requirement.key, [0.0, 0.0])
                self.count(requirement, inside, proposal, many, counted)
        return tally

    def valued(self, tallies: Iterable[Tally]) -> Valued:
        """Count the calendar that these tallies make together."""
        points, names = 0.0, set[str]()
        used: Counter[tuple[str, ...]] = Counter()
        counted: dict[str, list[float]] = {one.key: [0.0, 0.0] for one in self.requirements}
        for one in tallies:
            points += one.points
            used.update(one.used)
            names |= one.names
            for key, (inside, total) in one.counted.items():
                counted[key][0] += inside
                counted[key][1] += total
        meters = tuple(self._meter(one, counted[one.key]) for one in self.requirements)
        holds = all(one.holds for one in meters) and self._fits(used) and self._must <= names
        return Valued(points + self._fair(used), meters, holds)

    def points(self, proposal: Proposal, many: list[Placement]) -> float:
        """What a proposal adds in these places, fair shares aside."""
        weights = self.instance.weights
        points = weights.activity + weights.score * proposal.score / 100
        return points + sum(self.place_points(proposal, one) for one in many)

    def place_points(self, proposal: Proposal, one: Placement) -> float:
        """What one occurrence adds: day, wish, travel."""
        weights, points = self.instance.weights, 0.0
        share = 1 / len(proposal.parts)
        if proposal.theme is not None and proposal.theme in self.days[one.day].themes:
            points += weights.theme * share
        if one.day in proposal.wishes:
            points += weights.wish * share
        for there in (
            self.venues[one.venue].county if one.venue is not None else None,
            self.people[one.team].county if one.team is not None else None,
        ):
            if there is not None and there != proposal.county:
                points -= weights.travel * self._distance(proposal.county, there) / 100
        return points

    def _distance(self, one: str, other: str) -> float:
        if (one, other) not in self._far:
            far = kilometres(self.counties[one], self.counties[other])
            self._far[one, other] = far
        return self._far[one, other]

    def use(
        self, proposal: Proposal, many: list[Placement], used: Counter[tuple[str, ...]]
    ) -> None:
        county = self.counties[proposal.county]
        used["cost", "county", county.id] += proposal.cost
        used["cost", "province", county.province] += proposal.cost
        used["cost", "nation", ""] += proposal.cost
        used["county", county.id] += 1
        if proposal.unit is not None:
            used["unit", proposal.unit] += 1
        for one in many:
            self.use_place(proposal, one, used)

    def use_place(self, proposal: Proposal, one: Placement, used: Counter[tuple[str, ...]]) -> None:
        """Add what one occurrence uses."""
        if proposal.unit is not None:
            used["unit_day", proposal.unit, one.day] += 1
        people = {*proposal.parts[one.part].needs, *([one.team] if one.team else [])}
        for atom in self.atoms[one.slot]:
            if one.venue is not None:
                used["venue", one.venue, one.day, atom] += 1
            for person in people:
                used["person", person, one.day, atom] += 1

    def held(self, placements: Iterable[Placement]) -> dict[tuple[str, ...], float]:
        """What placements use, by the keys of rows; see `formulation`."""
        tally = self.tally(placements)
        found: dict[tuple[str, ...], float] = {}
        for key, count in tally.used.items():
            for row in self._rows(key):
                found[row] = -count if row[0].startswith("fair") else count
        for asked in self.requirements:
            inside_all, total = tally.counted.get(asked.key, (0.0, 0.0))
            least, most = asked.rule.least or 0.0, asked.rule.most
            found["count", asked.key] = inside_all
            found["least", asked.key] = inside_all - least * total
            found["most", asked.key] = inside_all - (1.0 if most is None else most) * total
        return found

    def _rows(self, key: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The keys of the rows that something used stands in."""
        if key[0] == "cost":
            return [("budget", *key[1:])]
        if key[0] == "county":
            return [("fair_county", key[1])]
        if key[0] == "unit":
            return [key, ("fair_unit", key[1])]
        if key[0] in ("venue", "person"):
            atoms = [one.id for one in self.instance.slots if not one.covers]
            days = list(self.days)
            place = days.index(key[2]) * len(atoms) + atoms.index(key[3])
            return [(key[0], key[1], str(place))]
        return [key]

    def empty(self) -> Counter[tuple[str, ...]]:
        """What a plan of nothing uses."""
        return Counter()

    def fits_on_top(self, name: str, many: list[Placement], used: Counter[tuple[str, ...]]) -> bool:
        """Add a proposal to what is used if every capacity and budget allows it."""
        added: Counter[tuple[str, ...]] = Counter()
        self.use(self.proposals[name], many, added)
        if any(used[key] + count > self.limit(key) for key, count in added.items()):
            return False
        used.update(added)
        return True

    def is_possible(self, name: str, many: list[Placement]) -> bool:
        """Whether a proposal may be in exactly these places, others aside."""
        proposal = self.proposals.get(name)
        if proposal is None or [one.part for one in many] != list(range(len(proposal.parts))):
            return False
        days = [one.day for one in many]
        if proposal.different_days and len(set(days)) < len(days):
            return False
        return all(self.place_is_possible(proposal, one) for one in many)

    def place_is_possible(self, proposal: Proposal, one: Placement) -> bool:
        """Whether one part may be in exactly this place, others aside."""
        part = proposal.parts[one.part]
        if one.day not in self.days or one.slot not in self.atoms:
            return False
        in_time = (
            (not part.days or one.day in part.days)
            and (not part.slots or one.slot in part.slots)
            and (not part.windows or any(_names(w, one.day, one.slot) for w in part.windows))
        )
        for chosen, listed in ((one.venue, part.venues), (one.team, part.teams)):
            if (chosen not in listed) if listed else (chosen is not None):
                return False
        venue = self.venues[one.venue] if one.venue is not None else None
        if venue is not None:
            seated = venue.seats is None or 0 < venue.seats >= part.attendance
            if not seated or not self._is_free(venue.closed, one):
                return False
        people = {*part.needs, *([one.team] if one.team is not None else [])}
        return in_time and all(self._is_free(self.people[p].absent, one) for p in people)

    def _is_free(self, closed: tuple[Window, ...], one: Placement) -> bool:
        mine = set(self.atoms[one.slot])
        return not any(
            w.day in (None, one.day) and (w.slot is None or mine & set(self.atoms[w.slot]))
            for w in closed
        )

    def _fits(self, used: Counter[tuple[str, ...]]) -> bool:
        return all(count <= self.limit(key) for key, count in used.items())

    def limit(self, key: tuple[str, ...]) -> float:
        """How much of something there is; infinite where nothing limits it."""
        limit: float | None = None
        if key[0] == "cost" and key[1] == "county":
            limit = self.counties[key[2]].budget
        elif key[0] == "cost" and key[1] == "province":
            limit = self.provinces[key[2]].budget
        elif key[0] == "cost":
            limit = self.instance.budget
        elif key[0] == "unit":
            limit = self.units[key[1]].in_all
        elif key[0] == "unit_day":
            limit = self.units[key[1]].per_day
        elif key[0] == "venue":
            limit = self.venues[key[1]].halls
        elif key[0] == "person":
            limit = self.people[key[1]].at_once
        return float("inf") if limit is None else limit

    def _fair(self, used: Counter[tuple[str, ...]]) -> float:
        weights, points = self.instance.weights, 0.0
        for county in self.instance.counties:
            points += weights.fair_county * min(county.fair_share or 0, used["county", county.id])
        for unit in self.instance.units:
            points += weights.fair_unit * min(unit.fair_share or 0, used["unit", unit.id])
        return points

    def count(
        self,
        one: Requirement,
        inside: bool,
        proposal: Proposal,
        many: list[Placement],
        counted: list[float],
    ) -> None:
        is_share = one.rule.kind == "share"
        if not one.by_days:
            size = size_of(one, proposal, None)
            counted[0] += size * inside
            counted[1] += size
            return
        base = one.among.days if is_share else one.where.days
        for place in many:
            if not base or place.day in base:
                size = size_of(one, proposal, place.part)
                in_where = not is_share or not one.where.days or place.day in one.where.days
                counted[0] += size * (inside and in_where)
                counted[1] += size

    def _meter(self, one: Requirement, counted: list[float]) -> Meter:
        rule = one.rule
        value = counted[0]
        if rule.kind == "share":
            value = counted[0] / counted[1] if counted[1] else 0.0
        small = TOLERANCE * max(1.0, abs(value))
        above = rule.least is None or value >= rule.least - small
        below = rule.most is None or value <= rule.most + small
        empty = rule.kind == "share" and not counted[1]
        return Meter(rule.id, one.of, value, rule.least, rule.most, empty or (above and below))


def size_of(one: Requirement, proposal: Proposal, part: int | None) -> float:
    if one.rule.measure == "activities":
        return 1.0
    if one.rule.measure == "cost":
        return proposal.cost / (1 if part is None else len(proposal.parts))
    if part is not None:
        return float(proposal.parts[part].attendance)
    return float(sum(each.attendance for each in proposal.parts))


def _names(window: Window, day: str, slot: str) -> bool:
    return window.day in (None, day) and window.slot in (None, slot)
