"""Small instances of every odd kind, and the best plan by trying everything."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any, TypeVar

from karnameh.campaigns.planner import (
    County,
    Day,
    Filter,
    Instance,
    Part,
    Person,
    Pin,
    Placement,
    Plan,
    Proposal,
    Province,
    Rule,
    Slot,
    Unit,
    Venue,
    Weights,
    Window,
    check,
)

T = TypeVar("T")
MOST = 3000  # combinations that are tried


def odd_instance(seed: int) -> Instance:
    """An instance with few proposals and anything that a valid file may hold."""
    chance = random.Random(seed)
    some = chance.random
    days = tuple(
        Day(f"d{n}", themes=tuple(chance.sample(["a", "b"], chance.randint(0, 2))))
        for n in range(chance.randint(1, 2))
    )
    slots = (Slot("s0"), Slot("s1"), Slot("both", covers=("s0", "s1")))[
        : chance.choice((1, 2, 2, 3))
    ]
    if len(slots) == 3 and some() < 0.3:
        slots = slots[::-1]
    times = [Window(day.id, slot.id) for day in days for slot in slots]
    provinces = tuple(
        Province(f"p{n}", budget=_maybe(chance, chance.randint(0, 40))) for n in range(2)
    )
    counties = tuple(
        County(
            f"c{n}",
            chance.choice(provinces).id,
            budget=_maybe(chance, chance.randint(0, 30)),
            fair_share=_maybe(chance, chance.randint(0, 2)),
            at=chance.choice((None, (30.0 + n, 50.0), (31.0, 52.0 + n))),
        )
        for n in range(3)
    )
    units = tuple(
        Unit(
            f"u{n}",
            chance.choice(counties).id,
            per_day=_maybe(chance, chance.randint(0, 2)),
            in_all=_maybe(chance, chance.randint(0, 2)),
            fair_share=_maybe(chance, 1),
        )
        for n in range(2)
    )
    venues = tuple(
        Venue(
            f"v{n}",
            chance.choice(counties).id,
            seats=_maybe(chance, chance.choice((0, 50, 100))),
            halls=chance.choice((0, 1, 1, 2)),
            closed=tuple(chance.sample(times, 1)) if some() < 0.2 else (),
        )
        for n in range(chance.randint(0, 2))
    )
    people = tuple(
        Person(
            f"t{n}",
            county=_maybe(chance, chance.choice(counties).id),
            at_once=chance.choice((0, 1, 1, 1, 2)),
            absent=tuple(chance.sample(times, 1)) if some() < 0.2 else (),
        )
        for n in range(chance.randint(0, 2))
    )

    def part() -> Part:
        use_venues = venues and some() < 0.7
        teams = [one.id for one in people] if some() < 0.4 else []
        rest = [one.id for one in people if one.id not in teams]
        return Part(
            days=tuple(chance.sample([one.id for one in days], 1)) if some() < 0.2 else (),
            slots=tuple(chance.sample([one.id for one in slots], 1)) if some() < 0.2 else (),
            windows=tuple(chance.sample(times, min(2, len(times)))) if some() < 0.5 else (),
            venues=tuple(one.id for one in venues) if use_venues else (),
            teams=tuple(teams),
            needs=tuple(rest) if some() < 0.3 else (),
            attendance=chance.choice((0, 10, 50, 80, 200)),
        )

    proposals = tuple(
        Proposal(
            f"x{n}",
            chance.choice(counties).id,
            unit=_maybe(chance, chance.choice(units).id),
            theme=_maybe(chance, chance.choice("ab")),
            kind=_maybe(chance, chance.choice("kl")),
            tier=_maybe(chance, chance.choice(("local", "national"))),
            profession=_maybe(chance, chance.choice(("x", "y"))),
            score=chance.choice((0.0, 40.0, 70.0, 70.0, 99.5)),
            audience={"women": chance.choice((0.2, 0.5, 0.9))} if some() < 0.7 else {},
            cost=chance.choice((0, 5, 10, 20)),
            wishes=tuple(chance.sample([one.id for one in days], 1)) if some() < 0.5 else (),
            parts=tuple(part() for _ in range(chance.choice((1, 1, 1, 2)))),
            different_days=some() < 0.3,
        )
        for n in range(chance.choice((0, 1, 3, 4, 4, 4)))
    )
    rules = tuple(_rule(f"r{n}", chance, days) for n in range(chance.choice((0, 1, 1, 2, 3))))
    weights = Weights(*(chance.choice((0.0, 1.0, 10.0, 100.0)) for _ in range(7)))
    if some() < 0.1:
        weights = Weights(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    pins: tuple[Pin, ...] = ()
    if proposals and some() < 0.25:
        one = chance.choice(proposals)
        pins = (
            Pin(
                one.id,
                chance.choice(("accept", "accept", "decline")),
                day=_maybe(chance, chance.choice(days).id),
            ),
        )
    return Instance(
        days,
        slots,
        provinces,
        counties,
        units,
        venues,
        people,
        proposals,
        rules,
        pins,
        weights,
        budget=_maybe(chance, chance.randint(0, 50)),
    )


def _maybe(chance: random.Random, value: T) -> T | None:
    return value if chance.random() < 0.6 else None


def _rule(name: str, chance: random.Random, days: tuple[Day, ...]) -> Rule:
    where = chance.choice(
        (
            Filter(),
            Filter(audience={"women": 0.5}),
            Filter(tiers=("national",)),
            Filter(themes=("a",)),
            Filter(days=(days[0].id,)),
            Filter(kinds=("k",), counties=("c0", "c1")),
        )
    )
    each: Any = chance.choice(
        (None, None, None, "theme", "day", "county", "profession", "province", "kind")
    )
    measure: Any = chance.choice(("activities", "activities", "attendance", "cost"))
    if chance.random() < 0.4:
        least, most = chance.choice(((0.5, None), (None, 0.5), (0.3, 0.8), (0.5, 0.5)))
        among = chance.choice(
            (Filter(), Filter(), Filter(provinces=("p0",)), Filter(days=(days[-1].id,)))
        )
        return Rule(
            name,
            "share",
            where=where,
            among=among,
            each=each,
            measure=measure,
            least=least,
            most=most,
        )
    limits: list[tuple[float | None, float | None]] = [
        (1, None),
        (None, 1),
        (1, 1),
        (2, None),
        (0, 2),
    ]
    least, most = chance.choice(limits)
    if measure != "activities":
        least, most = chance.choice(((5, None), (None, 30), (10, 60)))
    return Rule(name, "count", where=where, each=each, measure=measure, least=least, most=most)


def ways(instance: Instance, proposal: Proposal) -> list[tuple[Placement, ...]]:
    """Every way to place a proposal, right or wrong."""
    each: list[list[Placement]] = []
    for number, part in enumerate(proposal.parts):
        each.append(
            [
                Placement(proposal.id, day.id, slot.id, venue, team, number)
                for day in instance.days
                for slot in instance.slots
                for venue in part.venues or (None,)
                for team in part.teams or (None,)
            ]
        )
    alone = replace(instance, rules=(), pins=())
    found = list(itertools.product(*each))
    return [one for one in found if not check(alone, Plan("good", one)).violations]


def best_by_trying(instance: Instance) -> float | str | None:
    """The points of the best plan, None when there is none, or "many" when they are too many."""
    choices = [[(), *ways(instance, one)] for one in instance.proposals]
    count = 1
    for one in choices:
        count *= len(one)
    if count > MOST:
        return "many"
    best: float | None = None
    for combination in itertools.product(*choices):
        placements = tuple(one for many in combination for one in many)
        verdict = check(instance, Plan("good", placements))
        if not verdict.violations and (best is None or verdict.objective > best):
            best = verdict.objective
    return best
