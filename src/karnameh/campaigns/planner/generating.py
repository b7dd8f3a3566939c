"""Seeded instances to try the planner on: invented provinces with the shape of a service week."""

from __future__ import annotations

import random
from dataclasses import dataclass

from karnameh.campaigns.planner.model import (
    County,
    Day,
    Filter,
    Instance,
    Part,
    Person,
    Proposal,
    Province,
    Rule,
    Slot,
    Unit,
    Venue,
    Window,
)

THEMES = tuple(f"theme-{number}" for number in range(1, 12))
KINDS = ("event", "service", "clinic", "course", "distribution", "visit")
PROFESSIONS = tuple(f"profession-{number}" for number in range(1, 21))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an instance is made from. `room` is how many proposals the venues could take."""

    provinces: int = 1
    proposals: int = 2500  # of a province
    room: float = 0.75
    money: float = 0.7  # of what all proposals cost
    women: float = 0.35  # of the proposals are mainly for women
    open_venues: int = 3  # that a proposal may use
    windows: int = 5  # that a proposal may use
    parts: float = 0.05  # of the proposals come in several parts
    national: int = 28
    central: int = 6
    equal_scores: bool = False
    name: str = ""


def generate(recipe: Recipe, seed: int) -> Instance:
    """An instance; the same recipe and seed give the same one on every machine."""
    chance = random.Random(f"{recipe}{seed}")
    days = tuple(
        Day(f"d{number}", f"day {number}", (THEMES[number - 1], THEMES[(number + 4) % 11]))
        for number in range(1, 8)
    )
    slots = (
        Slot("morning"),
        Slot("noon"),
        Slot("evening"),
        Slot("day", covers=("morning", "noon")),
    )
    made = [_province(number, recipe, days, chance) for number in range(1, recipe.provinces + 1)]
    proposals = [one for province in made for one in province.proposals]
    chance.shuffle(proposals)
    proposals = _with_tiers(proposals, recipe, chance)
    provinces = tuple(province.itself for province in made)
    cost = sum(one.cost for one in proposals)
    return Instance(
        name=recipe.name,
        days=days,
        slots=slots,
        provinces=provinces,
        counties=tuple(one for province in made for one in province.counties),
        units=tuple(one for province in made for one in province.units),
        venues=tuple(one for province in made for one in province.venues),
        people=tuple(one for province in made for one in province.people),
        proposals=tuple(proposals),
        rules=_rules(recipe),
        budget=int(cost * recipe.money * 0.97),
        themes=THEMES,
        professions=PROFESSIONS,
    )


def _rules(recipe: Recipe) -> tuple[Rule, ...]:
    counted = len(PROFESSIONS)
    return (
        Rule("women", "share", where=Filter(audience={"women": 0.5}), least=0.5),
        Rule(
            "flagship",
            "count",
            where=Filter(tiers=("flagship",)),
            each="profession",
            least=1,
            most=1,
        ),
        Rule(
            "national",
            "count",
            where=Filter(tiers=("national",)),
            least=recipe.national,
            most=recipe.national,
        ),
        Rule(
            "central",
            "count",
            where=Filter(tiers=("central",)),
            least=recipe.central,
            most=recipe.central,
        ),
        Rule("themes", "count", each="theme", least=max(1, recipe.proposals // 60)),
        Rule("counties", "count", each="county", least=2),
        Rule("days", "count", each="day", least=max(1, recipe.proposals // 40)),
        Rule("clinics", "share", where=Filter(kinds=("clinic",)), each="province", most=0.25),
    )[: 8 if counted else 0]


@dataclass(slots=True)
class _Made:
    itself: Province
    counties: list[County]
    units: list[Unit]
    venues: list[Venue]
    people: list[Person]
    proposals: list[Proposal]


def _province(number: int, recipe: Recipe, days: tuple[Day, ...], chance: random.Random) -> _Made:
    name = f"p{number:02}"
    middle = (chance.uniform(27, 38), chance.uniform(46, 60))
    wanted = max(2, min(16, recipe.proposals // 40))
    counties = [
        County(
            f"{name}-c{at}",
            name,
            at=(middle[0] + chance.uniform(-1, 1), middle[1] + chance.uniform(-1, 1)),
            fair_share=max(1, int(recipe.proposals / wanted * 0.6)),
        )
        for at in range(wanted)
    ]
    units = [
        Unit(f"{name}-u{at}", chance.choice(counties).id, per_day=1, in_all=3, fair_share=1)
        for at in range(max(3, recipe.proposals // 2))
    ]
    venues = _venues(name, recipe, counties, days, chance)
    people = [
        Person(f"{name}-t{at}", "team", county=chance.choice(counties).id)
        for at in range(max(2, recipe.proposals // 8))
    ]
    people += [
        Person(f"{name}-s{at}", "speaker", absent=(Window(day=chance.choice(days).id),))
        for at in range(max(1, recipe.proposals // 60))
    ]
    proposals = [
        _proposal(f"{name}-{at}", recipe, counties, units, venues, people, days, chance)
        for at in range(recipe.proposals)
    ]
    spent: dict[str, int] = {}
    for one in proposals:
        spent[one.county] = spent.get(one.county, 0) + one.cost
    counties = [
        County(
            one.id,
            name,
            one.name,
            int(spent.get(one.id, 0) * recipe.money * 1.1),
            one.fair_share,
            one.at,
        )
        for one in counties
    ]
    total = int(sum(spent.values()) * recipe.money)
    return _Made(Province(name, budget=total), counties, units, venues, people, proposals)


def _venues(
    name: str,
    recipe: Recipe,
    counties: list[County],
    days: tuple[Day, ...],
    chance: random.Random,
) -> list[Venue]:
    """As many halls as the wanted room needs, over 21 half-filled parts of days."""
    halls = max(2, int(recipe.proposals * recipe.room / 14))
    venues: list[Venue] = []
    while halls > 0:
        here = min(halls, chance.choice((1, 1, 1, 2)))
        closed = (Window(day=chance.choice(days).id),) if chance.random() < 0.2 else ()
        venues.append(
            Venue(
                f"{name}-v{len(venues)}",
                counties[len(venues) % len(counties)].id,
                seats=chance.choice((60, 150, 300, 800)),
                halls=here,
                closed=closed,
            )
        )
        halls -= here
    return venues


def _proposal(
    name: str,
    recipe: Recipe,
    counties: list[County],
    units: list[Unit],
    venues: list[Venue],
    people: list[Person],
    days: tuple[Day, ...],
    chance: random.Random,
) -> Proposal:
    unit = chance.choice(units)
    at_home = [one for one in venues if one.county == unit.county] or venues
    teams = people[: max(2, recipe.proposals // 8)]
    attendance = chance.choice((20, 40, 60, 100, 140, 200, 500))
    speakers = people[len(teams) :]

    def part() -> Part:
        fitting = [one for one in at_home if (one.seats or 0) >= attendance] or at_home
        chosen = chance.sample(fitting, min(recipe.open_venues, len(fitting)))
        spots = chance.sample(
            [(d.id, s) for d in days for s in ("morning", "noon", "evening", "day")], recipe.windows
        )
        return Part(
            windows=tuple(Window(day, slot) for day, slot in spots),
            venues=() if chance.random() < 0.2 else tuple(one.id for one in chosen),
            teams=tuple(one.id for one in chance.sample(teams, 2)) if chance.random() < 0.4 else (),
            needs=(chance.choice(speakers).id,) if speakers and chance.random() < 0.08 else (),
            attendance=attendance,
        )

    several = chance.random() < recipe.parts
    women = chance.random() < recipe.women
    return Proposal(
        id=name,
        county=unit.county,
        unit=unit.id,
        theme=chance.choice(THEMES),
        kind=chance.choice(KINDS),
        score=70.0 if recipe.equal_scores else round(chance.triangular(20, 100, 70), 1),
        audience={"women": round(chance.uniform(0.5, 1) if women else chance.uniform(0, 0.5), 2)},
        cost=chance.randint(1, 60) * 1_000_000,
        wishes=tuple(one.id for one in chance.sample(days, 2)),
        parts=tuple(part() for _ in range(chance.choice((2, 3)) if several else 1)),
        different_days=several and chance.random() < 0.5,
    )


def _with_tiers(proposals: list[Proposal], recipe: Recipe, chance: random.Random) -> list[Proposal]:
    """Some proposals stand for a flagship, the nation or the centre: more than the rules let in."""
    from dataclasses import replace

    tiers: list[tuple[str, str | None]] = [
        ("flagship", one) for one in PROFESSIONS for _ in range(4)
    ]
    tiers += [("national", None)] * (recipe.national * 3) + [("central", None)] * (
        recipe.central * 3
    )
    tiers = tiers[: len(proposals) // 3]
    changed = [
        replace(one, tier=tier, profession=profession)
        for one, (tier, profession) in zip(proposals, tiers, strict=False)
    ]
    rest = [
        replace(one, tier="local", profession=chance.choice(PROFESSIONS))
        for one in proposals[len(changed) :]
    ]
    return changed + rest
