"""The meters of rules over any set of activities: a draft, a desk, a plan that was never carried out.

The meters of the whole plan are counted by the database (`queries.metering`). Here the set is not written
anywhere, so its few thousand activities are read once and counted in memory, rule by rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from karnameh.activities.public import Activity, AudienceShare, Campaign, DayWish
from karnameh.campaigns.models import Rule
from karnameh.campaigns.rules.meters import Cell, Count, Meter, cell, share_cell
from karnameh.org.public import OrgUnit, Profession, Theme, UnitKind, is_under, under


@dataclass(frozen=True, slots=True)
class Fact:
    """What rules ask of one activity. `stands` in the set, or may still come into it."""

    id: int
    stands: bool
    path: str
    unit: int
    theme: str
    tier: str
    profession: str
    budget: int
    days: tuple[date, ...]
    audiences: frozenset[str]


@dataclass(frozen=True)
class Metered:
    """A rule with its meter over the set, and words for the things that it is about."""

    rule: Rule
    meter: Meter
    labels: Mapping[str, str]

    @property
    def kept_cells(self) -> int:
        """In how many of its things the rule holds."""
        return sum(one.kept(self.meter.bound) for one in self.meter.cells)

    @property
    def broken(self) -> list[tuple[str, Cell]]:
        """Where it does not hold, the worst first, with names."""
        return [(self.labels.get(one.key, one.key), one) for one in self.meter.broken]


def facts_of(
    standing: QuerySet[Activity], pending: QuerySet[Activity] | None = None, *,
    days: Mapping[int, Sequence[date]] | None = None,
) -> list[Fact]:  # fmt: skip
    """The facts of two sets; `days` are those of a draft, elsewhere the first wish counts."""
    rows = [(True, row) for row in _values(standing)]
    seen = {row[0] for _stands, row in rows}
    rows += (
        [(False, row) for row in _values(pending) if row[0] not in seen]
        if pending is not None
        else []
    )
    ids = [row[0] for _stands, row in rows]
    wishes = dict(DayWish.objects.filter(activity__in=ids, rank=1).values_list("activity", "on"))
    audiences: dict[int, set[str]] = {}
    shares = AudienceShare.objects.filter(Q(percent=None) | Q(percent__gte=50), activity__in=ids)
    for activity, code in shares.values_list("activity", "audience__code"):
        audiences.setdefault(activity, set()).add(code)
    given = days or {}
    return [
        Fact(
            pk, stands, path, unit, theme, tier, profession or "", budget or 0,
            tuple(given.get(pk, ())) or (wishes.get(pk, starts),), frozenset(audiences.get(pk, ())),
        )
        for stands, (pk, path, unit, theme, tier, profession, budget, starts) in rows
    ]  # fmt: skip


def _values(rows: QuerySet[Activity]) -> Iterable[tuple[Any, ...]]:
    return rows.order_by().values_list(
        "pk",
        "lead_unit__path",
        "lead_unit",
        "theme__code",
        "tier",
        "profession__code",
        "budget_rial",
        "starts_on",
    )


def meters_over(
    facts: Sequence[Fact], rules: Iterable[Rule], campaign: Campaign, unit: OrgUnit
) -> list[Metered]:
    """The meter of each rule over those of the facts that lie under both the rule's unit and `unit`."""
    things = _Things(campaign, unit)
    found = []
    for rule in rules:
        mine = [one for one in facts if is_under(one.path, rule.unit.path)]
        cells = _COUNTERS[rule.kind](mine, rule.parameters, things)
        found.append(Metered(rule, Meter(rule.kind, rule.parameters, cells), things.labels))
    return found


class _Things:
    """What there is one of each: themes, professions, days, counties."""

    def __init__(self, campaign: Campaign, unit: OrgUnit) -> None:
        themes, professions = (
            list(Theme.objects.all()),
            list(Profession.objects.order_by("position")),
        )
        counties = list(
            OrgUnit.objects.filter(under(unit.path), kind=UnitKind.COUNTY, closed_on=None).order_by(
                "sort_key"
            )
        )
        self.themes = [one.code for one in themes]
        self.professions = [one.code for one in professions]
        self.days = [day.isoformat() for day in campaign.period.days()]
        self.counties = {one.path: str(one.pk) for one in counties}
        self.labels = {one.code: one.name for one in themes}
        self.labels |= {one.code: one.name for one in professions}
        self.labels |= {str(one.pk): one.name for one in counties}

    def county(self, path: str) -> str:
        """The county above a unit; empty when there is none."""
        parts = path.strip("/").split("/")
        return self.counties.get(f"/{'/'.join(parts[:3])}/", "")


def _counted(facts: Iterable[Fact], key: Callable[[Fact], Iterable[str]]) -> dict[str, Count]:
    standing: Counter[str] = Counter()
    pending: Counter[str] = Counter()
    for one in facts:
        (standing if one.stands else pending).update(key(one))
    return {k: Count(standing[k], pending[k]) for k in standing.keys() | pending.keys()}


def _each(keys: Iterable[str], counted: Mapping[str, Count], need: int) -> tuple[Cell, ...]:
    return tuple(cell(key, counted.get(key, Count()), need) for key in keys)


def _share(facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things) -> tuple[Cell, ...]:
    counted = _counted(
        facts, lambda one: ["all", "wanted"] if asked["audience"] in one.audiences else ["all"]
    )
    return (
        share_cell(asked["percent"], counted.get("all", Count()), counted.get("wanted", Count())),
    )


def _flagships(
    facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things
) -> tuple[Cell, ...]:
    counted = _counted(facts, lambda one: [one.profession] if one.tier == "flagship" else [])
    return _each(things.professions, counted, asked["number"])


def _tier(facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things) -> tuple[Cell, ...]:
    counted = _counted(facts, lambda one: [""] if one.tier == asked["tier"] else [])
    return _each([""], counted, asked["number"])


def _themes(facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things) -> tuple[Cell, ...]:
    wanted = [asked["theme"]] if asked.get("theme") else things.themes
    return _each(wanted, _counted(facts, lambda one: [one.theme]), asked["number"])


def _days(facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things) -> tuple[Cell, ...]:
    wanted = [asked["day"]] if asked.get("day") else things.days
    counted = _counted(facts, lambda one: {day.isoformat() for day in one.days})
    return _each(wanted, counted, asked["number"])


def _counties(facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things) -> tuple[Cell, ...]:
    counted = _counted(facts, lambda one: [things.county(one.path)])
    return _each(things.counties.values(), counted, asked["number"])


def _budget(facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things) -> tuple[Cell, ...]:
    spent = Count(
        sum(one.budget for one in facts if one.stands),
        sum(one.budget for one in facts if not one.stands),
    )
    return (cell("", spent, asked["rial"]),)


def _cap(facts: Sequence[Fact], asked: Mapping[str, Any], things: _Things) -> tuple[Cell, ...]:
    counted = _counted(facts, lambda one: {f"{one.unit}@{day.isoformat()}" for day in one.days})
    full = sorted(counted.items(), key=lambda row: (-row[1].standing, row[0]))
    most = asked["number"]
    return tuple(
        cell(key, count, most)
        for i, (key, count) in enumerate(full[:50])
        if i == 0 or count.standing > most
    )


_COUNTERS: dict[str, Callable[[Sequence[Fact], Mapping[str, Any], _Things], tuple[Cell, ...]]] = {
    "audience_share": _share, "flagships": _flagships, "tier_count": _tier, "theme_minimum": _themes,
    "day_minimum": _days, "county_minimum": _counties, "budget": _budget, "unit_day_cap": _cap,
}  # fmt: skip
