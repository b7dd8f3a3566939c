"""An independent checker: reads the two JSON values by itself and counts what a plan breaks.

It shares no code with the model, the solver or the loader (only the dataclasses of its answer), and
is written the plain way: loops over dictionaries.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from karnameh.campaigns.planner.model import Verdict, Violation

Json = dict[str, Any]
SLACK = 1e-9


def check_json(instance: Json, plan: Json) -> Verdict:
    """Every hard rule counted, the points counted again and compared with the claim.

    Both must have the shape of their schemas; `files` sees to that.
    """
    check = _Check(instance, plan)
    check.run()
    claimed = plan.get("objective")
    return Verdict(
        tuple(check.violations),
        check.points(),
        None if claimed is None else float(claimed),
        len(check.accepted),
        dict(check.counts),
    )


class _Check:
    def __init__(self, instance: Json, plan: Json) -> None:
        self.instance, self.plan = instance, plan
        self.days = {one["id"]: one for one in instance["days"]}
        self.slots = {one["id"]: one for one in instance["slots"]}
        self.provinces = {one["id"]: one for one in instance.get("provinces", ())}
        self.counties = {one["id"]: one for one in instance.get("counties", ())}
        self.units = {one["id"]: one for one in instance.get("units", ())}
        self.venues = {one["id"]: one for one in instance.get("venues", ())}
        self.people = {one["id"]: one for one in instance.get("people", ())}
        self.proposals = {one["id"]: one for one in instance.get("proposals", ())}
        self.violations: list[Violation] = []
        self.counts: Counter[str] = Counter()
        self.accepted: dict[str, list[Json]] = defaultdict(list)

    def run(self) -> None:
        """All checks."""
        for one in self.plan.get("placements", ()):
            if one["proposal"] not in self.proposals:
                self.broken("unknown_proposal", proposal=one["proposal"])
            else:
                self.accepted[one["proposal"]].append(one)
        for name, placements in self.accepted.items():
            self.one_proposal(self.proposals[name], placements)
        self.capacities()
        self.budgets()
        self.units_limits()
        self.pins()
        for rule in self.instance.get("rules", ()):
            self.rule(rule)

    def holds(self, code: str, is_kept: bool, **params: object) -> None:
        """Count a check; note the violation if it fails."""
        self.counts[code] += 1
        if not is_kept:
            self.broken(code, **params)

    def broken(self, code: str, **params: object) -> None:
        self.violations.append(Violation(code, params))

    # --- one proposal ---

    def parts(self, proposal: Json) -> list[Json]:
        parts: list[Json] = proposal.get("parts", [proposal])
        return parts

    def one_proposal(self, proposal: Json, placements: list[Json]) -> None:
        name, parts = proposal["id"], self.parts(proposal)
        numbers = sorted(one.get("part", 0) for one in placements)
        self.holds("whole", numbers == list(range(len(parts))), proposal=name)
        for one in placements:
            number = one.get("part", 0)
            if number < len(parts):
                self.one_placement(name, parts[number], one)
        if proposal.get("different_days"):
            days = [one["day"] for one in placements]
            self.holds("different_days", len(days) == len(set(days)), proposal=name)

    def one_placement(self, name: str, part: Json, one: Json) -> None:
        day, slot = one["day"], one["slot"]
        if day not in self.days or slot not in self.slots:
            self.broken("unknown_time", proposal=name, day=day, slot=slot)
            return
        here = {"proposal": name, "day": day, "slot": slot}
        in_time = (
            (not part.get("days") or day in part["days"])
            and (not part.get("slots") or slot in part["slots"])
            and (
                not part.get("windows")
                or any(
                    w.get("day") in (None, day) and w.get("slot") in (None, slot)
                    for w in part["windows"]
                )
            )
        )
        self.holds("time", in_time, **here)
        venue, team = one.get("venue"), one.get("team")
        self.holds("venue_choice", _is_choice(venue, part.get("venues")), **here, venue=venue)
        self.holds("team_choice", _is_choice(team, part.get("teams")), **here, team=team)
        if venue in self.venues:
            self.venue_fits(self.venues[venue], part, here)
        for person in {*part.get("needs", ()), *([team] if team in self.people else [])}:
            absent = self.people[person].get("absent", ())
            self.holds("absent", not self.hits(absent, day, slot), **here, person=person)

    def venue_fits(self, venue: Json, part: Json, here: Json) -> None:
        seats = venue.get("seats")
        enough = seats is None or (seats > 0 and part.get("attendance", 0) <= seats)
        self.holds("seats", enough, **here, venue=venue["id"])
        is_closed = self.hits(venue.get("closed", ()), here["day"], here["slot"])
        self.holds("closed", not is_closed, **here, venue=venue["id"])

    def hits(self, windows: list[Json], day: str, slot: str) -> bool:
        """Whether any of these windows touches a slot of a day, in whole or in part."""
        mine = self.atoms(slot)
        for one in windows:
            if one.get("day") in (None, day):
                other = one.get("slot")
                if other is None or mine & self.atoms(other):
                    return True
        return False

    def atoms(self, slot: str) -> set[str]:
        return set(self.slots[slot].get("covers") or [slot])

    # --- limits over many ---

    def known_placements(self) -> Iterator[tuple[str, Json, Json]]:
        for name, placements in self.accepted.items():
            parts = self.parts(self.proposals[name])
            for one in placements:
                number = one.get("part", 0)
                if number < len(parts) and one["day"] in self.days and one["slot"] in self.slots:
                    yield name, parts[number], one

    def capacities(self) -> None:
        halls: Counter[tuple[str, str, str]] = Counter()
        busy: Counter[tuple[str, str, str]] = Counter()
        for _, part, one in self.known_placements():
            for atom in self.atoms(one["slot"]):
                if one.get("venue") in self.venues:
                    halls[one["venue"], one["day"], atom] += 1
                team = one.get("team")
                for person in {*part.get("needs", ()), *([team] if team in self.people else [])}:
                    busy[person, one["day"], atom] += 1
        for (venue, day, slot), count in halls.items():
            most = self.venues[venue].get("halls", 1)
            here = {"day": day, "slot": slot, "count": count, "most": most}
            self.holds("halls", count <= most, venue=venue, **here)
        for (person, day, slot), count in busy.items():
            most = self.people[person].get("at_once", 1)
            here = {"day": day, "slot": slot, "count": count, "most": most}
            self.holds("two_places", count <= most, person=person, **here)

    def budgets(self) -> None:
        by_county: Counter[str] = Counter()
        for name in self.accepted:
            proposal = self.proposals[name]
            by_county[proposal["county"]] += int(proposal.get("cost", 0))
        by_province: Counter[str] = Counter()
        for county, cost in by_county.items():
            by_province[self.counties[county]["province"]] += cost
            self.within("county", county, cost, self.counties[county].get("budget"))
        for province, cost in by_province.items():
            self.within("province", province, cost, self.provinces[province].get("budget"))
        self.within("nation", "", sum(by_county.values()), self.instance.get("budget"))

    def within(self, level: str, name: str, cost: int, budget: int | None) -> None:
        if budget is not None:
            self.holds("budget", cost <= budget, level=level, id=name, cost=cost, most=budget)

    def units_limits(self) -> None:
        in_all: Counter[str] = Counter()
        by_day: Counter[tuple[str, str]] = Counter()
        for name, placements in self.accepted.items():
            unit = self.proposals[name].get("unit")
            if unit is not None:
                in_all[unit] += 1
                for one in placements:
                    by_day[unit, one["day"]] += 1
        for unit, count in in_all.items():
            most = self.units[unit].get("in_all")
            if most is not None:
                self.holds("unit_in_all", count <= most, unit=unit, count=count, most=most)
        for (unit, day), count in by_day.items():
            most = self.units[unit].get("per_day")
            if most is not None:
                self.holds(
                    "unit_per_day", count <= most, unit=unit, day=day, count=count, most=most
                )

    def pins(self) -> None:
        for pin in self.instance.get("pins", ()):
            name = pin["proposal"]
            if pin.get("decision", "accept") == "decline":
                self.holds("pinned_out", name not in self.accepted, proposal=name)
                continue
            found = [
                one
                for one in self.accepted.get(name, ())
                if one.get("part", 0) == pin.get("part", 0)
                and all(
                    pin.get(key) is None or pin[key] == one.get(key)
                    for key in ("day", "slot", "venue", "team")
                )
            ]
            self.holds("pinned", len(found) == 1, proposal=name)

    # --- rules ---

    def rule(self, rule: Json) -> None:
        each = rule.get("each")
        if each is None:
            self.one_rule(rule, None, rule.get("where", {}), rule.get("among", {}))
            return
        side = "among" if rule["kind"] == "share" else "where"
        base = rule.get(side, {})
        plural = {"county": "counties"}.get(each, each + "s")
        for value in base.get(plural) or self.values(each, base):
            narrowed = {**base, plural: [value]}
            where = rule.get("where", {}) if side == "among" else narrowed
            among = narrowed if side == "among" else {}
            self.one_rule(rule, value, where, among)

    def values(self, each: str, base: Json) -> list[str]:
        inside = [
            one
            for one in self.counties.values()
            if (not base.get("provinces") or one["province"] in base["provinces"])
            and (not base.get("counties") or one["id"] in base["counties"])
        ]
        if each == "county":
            return [one["id"] for one in inside]
        if each == "unit":
            names = {one["id"] for one in inside}
            return [one["id"] for one in self.units.values() if one["county"] in names]
        if each in ("day", "province"):
            return list(self.days if each == "day" else self.provinces)
        listed: list[str] = list(
            self.instance.get({"theme": "themes", "profession": "professions"}.get(each, ""), ())
        )
        seen = {one.get(each) for one in self.proposals.values()} - {None}
        return listed or sorted(seen)

    def one_rule(self, rule: Json, of: str | None, where: Json, among: Json) -> None:
        by_days = bool(where.get("days") or among.get("days"))
        inside = total = 0.0
        for name, placements in self.accepted.items():
            proposal = self.proposals[name]
            if rule["kind"] == "share" and not self.passes(proposal, among):
                continue
            is_in = self.passes(proposal, where)
            if not by_days:
                size = self.size(rule, proposal)
                total += size
                inside += size * is_in
                continue
            for one in placements:
                if among.get("days") and one["day"] not in among["days"]:
                    continue
                size = self.size(rule, proposal, one.get("part", 0))
                total += size
                on_day = not where.get("days") or one["day"] in where["days"]
                inside += size * (is_in and on_day)
        value = inside
        if rule["kind"] == "share":
            if not total:
                return
            value = inside / total
        near = SLACK * max(1.0, abs(value))
        least, most = rule.get("least"), rule.get("most")
        kept = (least is None or value >= least - near) and (most is None or value <= most + near)
        params = {"value": round(value, 6), "least": least, "most": most}
        self.holds("rule", kept, rule=rule["id"], of=of, **params)

    def passes(self, proposal: Json, where: Json) -> bool:
        province = self.counties[proposal["county"]]["province"]
        values = (
            ("provinces", province),
            ("counties", proposal["county"]),
            ("units", proposal.get("unit")),
            ("themes", proposal.get("theme")),
            ("kinds", proposal.get("kind")),
            ("tiers", proposal.get("tier")),
            ("professions", proposal.get("profession")),
        )
        if any(where.get(key) and value not in where[key] for key, value in values):
            return False
        audience = proposal.get("audience", {})
        return all(
            audience.get(one, 0) >= least for one, least in where.get("audience", {}).items()
        )

    def size(self, rule: Json, proposal: Json, part: int | None = None) -> float:
        measure = rule.get("measure", "activities")
        parts = self.parts(proposal)
        if measure == "activities":
            return 1.0
        if measure == "cost":
            cost: float = proposal.get("cost", 0)
            return cost if part is None else cost / len(parts)
        heads = [float(one.get("attendance", 0)) for one in parts]
        if part is None:
            return sum(heads)
        return heads[part] if part < len(heads) else 0.0

    # --- points ---

    def points(self) -> float:
        """The objective, from the weights that the instance shows."""
        given = self.instance.get("weights", {})
        defaults = {"score": 100, "activity": 0, "theme": 10, "wish": 10}
        defaults |= {"fair_county": 5, "fair_unit": 5, "travel": 5}
        weight = {key: float(given.get(key, value)) for key, value in defaults.items()}
        total = 0.0
        by_county: Counter[str] = Counter()
        by_unit: Counter[str] = Counter()
        for name, placements in self.accepted.items():
            proposal = self.proposals[name]
            by_county[proposal["county"]] += 1
            if proposal.get("unit") is not None:
                by_unit[proposal["unit"]] += 1
            total += weight["activity"] + weight["score"] * proposal.get("score", 0) / 100
            for one in placements:
                total += self.place_points(proposal, one, weight)
        for name, count in by_county.items():
            total += weight["fair_county"] * min(count, self.counties[name].get("fair_share") or 0)
        for name, count in by_unit.items():
            total += weight["fair_unit"] * min(count, self.units[name].get("fair_share") or 0)
        return total

    def place_points(self, proposal: Json, one: Json, weight: dict[str, float]) -> float:
        day = self.days.get(one["day"], {})
        fits = proposal.get("theme") in day.get("themes", ())
        wished = one["day"] in proposal.get("wishes", ())
        good = (weight["theme"] * fits + weight["wish"] * wished) / len(self.parts(proposal))
        km = 0.0
        for ones, key in ((self.venues, "venue"), (self.people, "team")):
            there = ones.get(one.get(key), {}).get("county")
            if there is not None:
                km += _far(self.counties[proposal["county"]], self.counties[there])
        return good - weight["travel"] * km / 100


def _is_choice(chosen: str | None, listed: list[str] | None) -> bool:
    return chosen in listed if listed else chosen is None


def _far(one: Json, other: Json) -> float:
    """Kilometres along a great circle (the spherical law of cosines)."""
    if one["id"] == other["id"] or not one.get("at") or not other.get("at"):
        return 0.0
    (a, b), (c, d) = one["at"], other["at"]
    a, b, c, d = (math.radians(x) for x in (a, b, c, d))
    cosine = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
    return 6371.0 * math.acos(max(-1.0, min(1.0, cosine)))
