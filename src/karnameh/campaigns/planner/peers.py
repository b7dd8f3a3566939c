"""What a user would try instead, for `bench plan`: greedy by score, and one model for OR-Tools."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from karnameh.campaigns.planner.model import Instance, Placement, Proposal
from karnameh.campaigns.planner.requirements import Looking
from karnameh.campaigns.planner.valuing import Valuer, size_of


@dataclass(frozen=True, slots=True)
class Peer:
    """What a baseline gave."""

    placements: tuple[Placement, ...]
    seconds: float
    bound: float | None
    note: str


def greedy(instance: Instance) -> Peer:
    """The highest score first, each in the first free place that its wishes allow; upper limits kept.

    Lower limits and shares are left to luck, as with a spreadsheet.
    """
    began = time.monotonic()
    valuer = Valuer(instance)
    used = valuer.empty()
    counted = {one.key: [0.0, 0.0] for one in valuer.requirements}
    chosen: list[Placement] = []
    for proposal in sorted(instance.proposals, key=lambda one: (-one.score, one.id)):
        many = _first_free(valuer, proposal, used)
        if many is None or not _rules_allow(valuer, proposal, many, counted):
            continue
        if valuer.fits_on_top(proposal.id, many, used):
            chosen += many
            for one, inside in valuer.looking_at(proposal):
                valuer.count(one, inside, proposal, many, counted[one.key])
    return Peer(tuple(chosen), time.monotonic() - began, None, "")


def _first_free(valuer: Valuer, proposal: Proposal, used: Any) -> list[Placement] | None:
    """The first free place of each part, wished days first."""
    many: list[Placement] = []
    together = used.copy() if len(proposal.parts) > 1 else used
    for number in range(len(proposal.parts)):
        for one in ways_of(valuer, proposal, number):
            if proposal.different_days and any(other.day == one.day for other in many):
                continue
            added: Any = valuer.empty()
            valuer.use_place(proposal, one, added)
            if all(together[key] + count <= valuer.limit(key) for key, count in added.items()):
                many.append(one)
                if together is not used:
                    together.update(added)
                break
        else:
            return None
    return many


def ways_of(valuer: Valuer, proposal: Proposal, number: int) -> list[Placement]:
    """Every possible place of a part, wished days first."""
    part, instance = proposal.parts[number], valuer.instance
    found = []
    days = sorted(instance.days, key=lambda one: one.id not in proposal.wishes)
    for day in days:
        if part.days and day.id not in part.days:
            continue
        for slot in instance.slots:
            for venue in part.venues or (None,):
                for team in part.teams or (None,):
                    one = Placement(proposal.id, day.id, slot.id, venue, team, number)
                    if valuer.place_is_possible(proposal, one):
                        found.append(one)
    return found


def _rules_allow(
    valuer: Valuer, proposal: Proposal, many: list[Placement], counted: dict[str, list[float]]
) -> bool:
    for one, inside in valuer.looking_at(proposal):
        after = list(counted[one.key])
        valuer.count(one, inside, proposal, many, after)
        most = one.rule.most
        if most is not None and one.rule.kind == "count" and after[0] > most + 1e-9:
            return False
    return True


def one_model(instance: Instance, seconds: float, workers: int = 2) -> Peer:
    """Everything as one model for OR-Tools CP-SAT, as its manual would have it.

    The only file that knows OR-Tools; it is installed for developers only. Raises `ImportError`.
    """
    from ortools.sat.python import cp_model

    began = time.monotonic()
    valuer = Valuer(instance)
    model: Any = cp_model.CpModel()
    rows: dict[tuple[str, ...], list[tuple[Any, int]]] = defaultdict(list)
    rules: dict[str, list[tuple[Any, float, float]]] = defaultdict(list)
    terms: list[tuple[Any, float]] = []
    places: list[tuple[Any, Placement]] = []
    taken: dict[str, Any] = {}
    for proposal in instance.proposals:
        y = model.new_bool_var("")
        taken[proposal.id] = y
        terms.append((y, valuer.points(proposal, [])))
        used: Any = valuer.empty()
        valuer.use(proposal, [], used)
        for key, count in used.items():
            rows[key].append((y, count))
        looking = valuer.looking_at(proposal)
        for one, inside in looking:
            if not one.by_days:
                size = size_of(one, proposal, None)
                rules[one.key].append((y, size * inside, size))
        by_day: dict[str, list[Any]] = defaultdict(list)
        for number in range(len(proposal.parts)):
            own = []
            for place in ways_of(valuer, proposal, number):
                x = model.new_bool_var("")
                own.append(x)
                places.append((x, place))
                terms.append((x, valuer.place_points(proposal, place)))
                added: Any = valuer.empty()
                valuer.use_place(proposal, place, added)
                for key, count in added.items():
                    rows[key].append((x, count))
                by_day[place.day].append(x)
                _by_days(looking, proposal, place, x, rules)
            model.add(sum(own) == y) if own else model.add(y == 0)
        if proposal.different_days:
            for same in by_day.values():
                model.add_at_most_one(same)
    for key, row in rows.items():
        limit = valuer.limit(key)
        if limit != float("inf"):
            model.add(sum(x * int(count) for x, count in row) <= int(limit))
    _add_rules(model, valuer, rules)
    _add_fair(model, valuer, rows, terms)
    model.maximize(sum(x * round(points * 1000) for x, points in terms))
    solver: Any = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(1.0, seconds - (time.monotonic() - began))
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    spent = time.monotonic() - began
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Peer((), spent, None, solver.status_name(status).lower())
    chosen = tuple(place for x, place in places if solver.value(x))
    return Peer(
        chosen, spent, solver.best_objective_bound / 1000, solver.status_name(status).lower()
    )


def _by_days(
    looking: Looking,
    proposal: Proposal,
    place: Placement,
    x: Any,
    rules: dict[str, list[tuple[Any, float, float]]],
) -> None:
    for one, inside in looking:
        if one.by_days:
            base = one.among.days if one.rule.kind == "share" else one.where.days
            if not base or place.day in base:
                size = size_of(one, proposal, place.part)
                counts = inside and (not one.where.days or place.day in one.where.days)
                rules[one.key].append((x, size * counts, size))


def _add_rules(
    model: Any, valuer: Valuer, rules: dict[str, list[tuple[Any, float, float]]]
) -> None:
    for one in valuer.requirements:
        row, rule = rules.get(one.key, []), one.rule
        if rule.kind == "count":
            total = sum(x * round(size) for x, size, _ in row)
            if rule.least is not None:
                model.add(total >= int(rule.least))
            if rule.most is not None:
                model.add(total <= int(rule.most))
            continue
        for share, sign in ((rule.least, 1), (rule.most, -1)):
            if share is not None:
                whole = sum(x * round(sign * 1000 * (size - share * base)) for x, size, base in row)
                model.add(whole >= 0)


def _add_fair(
    model: Any,
    valuer: Valuer,
    rows: dict[tuple[str, ...], list[tuple[Any, int]]],
    terms: list[tuple[Any, float]],
) -> None:
    weights = valuer.instance.weights
    for name, ones, weight in (
        ("county", valuer.instance.counties, weights.fair_county),
        ("unit", valuer.instance.units, weights.fair_unit),
    ):
        for one in ones:
            row = rows.get((name, one.id), [])
            if one.fair_share and weight and row:
                z = model.new_int_var(0, one.fair_share, "")
                model.add(z <= sum(x for x, _ in row))
                terms.append((z, weight))
