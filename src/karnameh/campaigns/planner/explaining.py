"""Why a proposal is not in a plan: what stands in its way in the window where least does.

Each obstacle is found by trying: with exactly these things changed, the proposal fits into the plan
as it is. Nothing is guessed from the solver's prices.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from karnameh.campaigns.planner.model import (
    Declined,
    Instance,
    Part,
    Placement,
    Plan,
    Proposal,
    Reason,
    Window,
)
from karnameh.campaigns.planner.valuing import TOLERANCE, Valuer

Usage = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to place a part, and what stands in it."""

    obstacles: tuple[Reason, ...]
    points: float
    placement: Placement


def reasons_for(
    instance: Instance, plan: Plan, proposals: Iterable[str] | None = None
) -> tuple[Declined, ...]:
    """The declined proposals (or some of them) with their reasons, in the order of the instance."""
    case = _Case(instance, plan)
    wanted = None if proposals is None else set(proposals)
    return tuple(
        case.declined(one)
        for one in instance.proposals
        if one.id not in case.accepted and (wanted is None or one.id in wanted)
    )


class _Case:
    """A plan, opened up to be asked about."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance
        self.valuer = Valuer(instance)
        self.accepted: dict[str, list[Placement]] = defaultdict(list)
        for one in plan.placements:
            self.accepted[one.proposal].append(one)
        self.used: Usage = Counter()
        self.there: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        self.counted = {one.key: [0.0, 0.0] for one in self.valuer.requirements}
        for name, many in self.accepted.items():
            proposal = self.valuer.proposals[name]
            self.valuer.use(proposal, many, self.used)
            for requirement, inside in self.valuer.looking_at(proposal):
                counted = self.counted[requirement.key]
                self.valuer.count(requirement, inside, proposal, many, counted)
            for one in many:
                if one.venue is not None:
                    for atom in self.valuer.atoms[one.slot]:
                        self.there[one.venue, one.day, atom].append(name)
        self.closed = {one.id: self._atoms_of(one.closed) for one in instance.venues}
        always = (Window(),)
        self.absent = {
            one.id: self._atoms_of(one.absent if one.at_once else always) for one in instance.people
        }
        self.pinned_out = {one.proposal for one in instance.pins if one.decision == "decline"}
        self._times: dict[object, list[tuple[str, str]]] = {}

    def _atoms_of(self, windows: tuple[Window, ...]) -> frozenset[tuple[str, str]]:
        """The days and atoms that these windows touch."""
        return frozenset(
            (day.id, atom)
            for one in windows
            for day in self.instance.days
            if one.day in (None, day.id)
            for slot in self.instance.slots
            if one.slot in (None, slot.id)
            for atom in self.valuer.atoms[slot.id]
        )

    def declined(self, proposal: Proposal) -> Declined:
        """The reason for one proposal."""
        if proposal.id in self.pinned_out:
            return Declined(proposal.id, Reason("pinned_out"))
        obstacles = list(self._of_proposal(proposal))
        added: Usage = Counter()
        placed: list[Placement] = []
        for number, part in enumerate(proposal.parts):
            way = self._best_way(proposal, number, part, added, placed)
            if isinstance(way, Reason):
                return Declined(proposal.id, way)
            obstacles += way.obstacles
            placed.append(way.placement)
            self.valuer.use_place(proposal, way.placement, added)
        points = self.valuer.points(proposal, placed)
        obstacles += self._rules(proposal, placed)
        if obstacles:
            return Declined(proposal.id, obstacles[0], tuple(obstacles))
        points += self._fair_points(proposal)
        if points <= TOLERANCE:
            return Declined(proposal.id, Reason("no_gain", {"points": round(points, 2)}))
        return Declined(proposal.id, Reason("would_fit", {"points": round(points, 2)}))

    def _fair_points(self, proposal: Proposal) -> float:
        weights = self.instance.weights
        county = self.valuer.counties[proposal.county]
        points = 0.0
        if self.used["county", county.id] < (county.fair_share or 0):
            points += weights.fair_county
        unit = self.valuer.units[proposal.unit] if proposal.unit is not None else None
        if unit is not None and self.used["unit", unit.id] < (unit.fair_share or 0):
            points += weights.fair_unit
        return points

    def _of_proposal(self, proposal: Proposal) -> Iterator[Reason]:
        """Obstacles that stand wherever it would be placed."""
        county = self.valuer.counties[proposal.county]
        for level, name in (("county", county.id), ("province", county.province), ("nation", "")):
            key = ("cost", level, name)
            over = self.used[key] + proposal.cost - self.valuer.limit(key)
            if proposal.cost and over > 0:
                yield Reason("budget", {"level": level, "id": name, "short": int(over)})
        if proposal.unit is not None:
            most = self.valuer.limit(("unit", proposal.unit))
            if self.used["unit", proposal.unit] + 1 > most:
                yield Reason("unit_in_all", {"unit": proposal.unit, "most": int(most)})

    def _rules(self, proposal: Proposal, placed: list[Placement]) -> Iterator[Reason]:
        """Rules that would break if this came on top."""
        for one, inside in self.valuer.looking_at(proposal):
            before = self.counted[one.key]
            after = list(before)
            self.valuer.count(one, inside, proposal, placed, after)
            rule, value = one.rule, after[0]
            params: dict[str, object] = {"rule": rule.id, "of": one.of}
            if rule.kind == "share":
                if after[1] <= before[1] or not after[1]:
                    continue
                value = after[0] / after[1]
                if rule.least is not None and value < rule.least - TOLERANCE:
                    if after[0] - before[0] < rule.least * (after[1] - before[1]):
                        yield Reason("rule_share_least", {**params, "least": rule.least})
                    continue
            elif after[0] <= before[0]:
                continue
            if rule.most is not None and value > rule.most + TOLERANCE:
                code = "rule_share_most" if rule.kind == "share" else "rule_most"
                yield Reason(code, {**params, "most": rule.most})

    def _best_way(
        self, proposal: Proposal, number: int, part: Part, added: Usage, placed: list[Placement]
    ) -> _Way | Reason:
        times = self._possible(part)
        if not times:
            return Reason("no_time")
        venues = list(dict.fromkeys(part.venues))
        if venues:
            fitting = [one for one in venues if self._has_seats(one, part)]
            if not fitting:
                if all(self.valuer.venues[one].halls == 0 for one in venues):
                    return Reason("never_open")
                seats = max(self.valuer.venues[one].seats or 0 for one in venues)
                return Reason("no_seats", {"attendance": part.attendance, "seats": seats})
            venues = fitting
        ways = list(self._ways(proposal, number, part, venues, times, added, placed))
        if not ways:
            return Reason("never_open")
        return min(ways, key=lambda one: (len(one.obstacles), -one.points))

    def _has_seats(self, venue: str, part: Part) -> bool:
        one = self.valuer.venues[venue]
        return one.halls > 0 and (one.seats is None or one.seats >= max(1, part.attendance))

    def _possible(self, part: Part) -> list[tuple[str, str]]:
        key = (part.days, part.slots, part.windows)
        if key not in self._times:
            self._times[key] = [
                (day.id, slot.id)
                for day in self.instance.days
                if not part.days or day.id in part.days
                for slot in self.instance.slots
                if (not part.slots or slot.id in part.slots)
                and (
                    not part.windows
                    or any(
                        one.day in (None, day.id) and one.slot in (None, slot.id)
                        for one in part.windows
                    )
                )
            ]
        return self._times[key]

    def _ways(
        self,
        proposal: Proposal,
        number: int,
        part: Part,
        venues: list[str],
        times: list[tuple[str, str]],
        added: Usage,
        placed: list[Placement],
    ) -> Iterator[_Way]:
        taken = {one.day for one in placed} if proposal.different_days else set()
        for day, slot in times:
            if day in taken:
                continue
            atoms = self.valuer.atoms[slot]
            if any((day, atom) in self.absent[one] for one in part.needs for atom in atoms):
                continue
            venue = self._best_of(venues, "venue", self.closed, day, slot, proposal, added)
            teams = [one for one in part.teams if one not in part.needs or len(part.teams) == 1]
            team = self._best_of(teams, "person", self.absent, day, slot, proposal, added)
            if venue is None or team is None:
                continue
            obstacles = list(self._unit_day(proposal, day, added))
            for need in part.needs:
                obstacles += self._busy("person", need, day, slot, proposal, added)
            obstacles += [*venue[1], *team[1]]
            placement = Placement(proposal.id, day, slot, venue[0], team[0], number)
            points = self.valuer.place_points(proposal, placement)
            yield _Way(tuple(obstacles), points, placement)

    def _unit_day(self, proposal: Proposal, day: str, added: Usage) -> Iterator[Reason]:
        if proposal.unit is not None:
            key = ("unit_day", proposal.unit, day)
            most = self.valuer.limit(key)
            if self.used[key] + added[key] + 1 > most:
                params = {"unit": proposal.unit, "day": day, "most": int(most)}
                yield Reason("unit_per_day", dict(params))

    def _best_of(
        self,
        choices: list[str] | tuple[str, ...],
        kind: str,
        closed: dict[str, frozenset[tuple[str, str]]],
        day: str,
        slot: str,
        proposal: Proposal,
        added: Usage,
    ) -> tuple[str | None, list[Reason]] | None:
        """The choice with the fewest obstacles; None when all are closed then."""
        if not choices:
            return None, []
        best: tuple[str | None, list[Reason]] | None = None
        for one in choices:
            if any((day, atom) in closed[one] for atom in self.valuer.atoms[slot]):
                continue
            found = self._busy(kind, one, day, slot, proposal, added)
            if best is None or len(found) < len(best[1]):
                best = one, found
            if not found:
                break
        return best

    def _busy(
        self, kind: str, name: str, day: str, slot: str, proposal: Proposal, added: Usage
    ) -> list[Reason]:
        for atom in self.valuer.atoms[slot]:
            key = (kind, name, day, atom)
            most = self.valuer.limit(key)
            if self.used[key] + added[key] + 1 > most:
                params: dict[str, object] = {kind: name, "day": day, "slot": slot}
                if kind == "person":
                    return [Reason("person_busy", params)]
                inside = list(dict.fromkeys(self.there[name, day, atom]))
                scores = [self.valuer.proposals[one].score for one in inside]
                params["halls"] = int(most)
                params["higher"] = sum(score >= proposal.score for score in scores)
                params["inside"] = inside[:5]
                return [Reason("venue_full", params)]
        return []
