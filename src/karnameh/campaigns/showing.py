"""Meters as pages show them: words, numbers and addresses. Any context above may include them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from karnameh.access.public import Reach
from karnameh.activities.public import Campaign
from karnameh.campaigns.models import Rule, RuleKind
from karnameh.campaigns.queries.metering import Metered, meters_for
from karnameh.campaigns.rules.meters import Cell
from karnameh.org.public import OrgUnit, Profession, Theme

_MOST_NAMED = 6  # of what is amiss; the rule's own page names all


@dataclass(frozen=True)
class Amiss:
    """One thing in which a rule does not hold: its name, its day, how far it is, where to mend it."""

    label: str
    on: date | None
    have: int
    need: int
    href: str


@dataclass(frozen=True)
class MeterRow:
    """A meter in words. `tone` is good, warn (pending ones could mend it) or bad.

    `have` and `need` count activities, rials (`unit` = "money") or, where a rule is about each of
    several things, the things in which it holds. `hope` is `have` with the pending ones.
    """

    rule: Rule
    scope: OrgUnit
    whole: bool
    tone: str
    unit: str
    bound: str
    have: int
    hope: int
    need: int
    of: int | None
    amiss: Sequence[Amiss]
    more: int
    url: str
    mend_url: str
    over: bool

    @property
    def kept(self) -> bool:
        """Whether the rule holds."""
        return self.tone == "good"

    @property
    def top(self) -> int:
        """The end of the bar."""
        return max(self.need, self.hope, 1)


def meter_rows(campaign: Campaign, reach: Reach, unit: OrgUnit) -> list[MeterRow]:
    """What `{% include "campaigns/_meters.html" with meters=… %}` shows at `unit`."""
    return rows_of(campaign, meters_for(campaign, reach, unit))


def rows_of(
    campaign: Campaign,
    found: Sequence[Metered],
    *,
    most: int = _MOST_NAMED,
    pending: str = "submitted",
) -> list[MeterRow]:
    """Meters with their words; three look-ups for all of them. `pending` is the group that may still come in."""
    names = _Names(found)
    # A rule about each county says nothing where there is no county.
    empty = (RuleKind.COUNTY_MINIMUM,)
    return [
        _row(campaign, one, names, most, pending)
        for one in found
        if one.meter.cells or one.rule.kind not in empty
    ]


def _row(campaign: Campaign, one: Metered, names: _Names, most: int, pending: str) -> MeterRow:
    meter, broken = one.meter, one.meter.broken
    tone = "good" if meter.kept else "warn" if meter.hopeful else "bad"
    cap = meter.kind == RuleKind.UNIT_DAY_CAP  # its first cell is the fullest day of all
    many = meter.many and not cap
    first = meter.cells[0] if meter.cells else _nothing(one)
    kept = [cell for cell in meter.cells if cell.kept(meter.bound)]
    hopeful = [c for c in meter.cells if c.kept(meter.bound) or c.hopeful(meter.bound)]
    return MeterRow(
        rule=one.rule,
        scope=one.scope,
        whole=one.whole,
        tone=tone,
        unit="money"
        if meter.kind == RuleKind.BUDGET
        else "most"
        if cap
        else "each"
        if many
        else "",
        bound=meter.bound,
        have=len(kept) if many else first.have,
        hope=len(hopeful) if many else first.hope,
        need=len(meter.cells) if many else first.need,
        of=first.of if not many else None,
        amiss=[
            Amiss(*names.of(meter.kind, c.key), c.have, c.need, _mend(campaign, one, c, pending))
            for c in (broken[:most] if many or cap else ())
        ],
        more=max(0, len(broken) - most) if many or cap else 0,
        url=reverse("rule", args=[one.rule.pk]),
        mend_url=""
        if meter.kept
        else _mend(campaign, one, broken[0] if broken else first, pending),
        over=meter.over,
    )


def _nothing(one: Metered) -> Cell:
    return Cell(
        "", 0, 0, one.meter.parameters.get("number", 0), one.meter.parameters.get("number", 0)
    )


def _mend(campaign: Campaign, one: Metered, cell: Cell, pending: str) -> str:
    """The list of what would mend it: pending ones where more are wanted, standing ones where fewer."""
    query: dict[str, Any] = {"campaign": campaign.pk, "unit": one.scope.pk}
    if cell.have > cell.need:
        query["group"] = "standing"
    elif cell.hope > cell.have:
        query["group"] = pending
    query.update(filters_of(one.rule, cell.key))
    return f"{reverse('proposals')}?{urlencode(query)}"


def filters_of(rule: Rule, key: str) -> dict[str, str]:
    """The filters of a proposal list that leave what a rule, or one cell of it, is about."""
    parameters = rule.parameters
    match rule.kind:
        case RuleKind.AUDIENCE_SHARE:
            return {"audience": parameters["audience"]}
        case RuleKind.FLAGSHIPS:
            return {"tier": "flagship", **({"profession": key} if key else {})}
        case RuleKind.TIER_COUNT:
            return {"tier": parameters["tier"]}
        case RuleKind.THEME_MINIMUM:
            return {"theme": key or parameters["theme"]}
        case RuleKind.DAY_MINIMUM:
            return {"on": key or parameters["day"]}
        case RuleKind.COUNTY_MINIMUM if key:
            return {"unit": key}
        case RuleKind.UNIT_DAY_CAP if key:
            unit, _at, day = key.partition("@")
            return {"unit": unit, "on": day}
    return {}


class _Names:
    """What the keys of cells are called: at most one look-up for each kind of thing."""

    def __init__(self, found: Iterable[Metered]) -> None:
        kinds = {one.rule.kind for one in found}
        units = {
            int(cell.key.partition("@")[0])
            for one in found
            if one.rule.kind in (RuleKind.COUNTY_MINIMUM, RuleKind.UNIT_DAY_CAP)
            for cell in one.meter.broken
        }
        self.units = {one.pk: one.name for one in OrgUnit.objects.filter(pk__in=units)}
        self.themes = (
            {one.code: one.name for one in Theme.objects.all()}
            if RuleKind.THEME_MINIMUM in kinds
            else {}
        )
        self.professions = (
            {one.code: one.name for one in Profession.objects.all()}
            if RuleKind.FLAGSHIPS in kinds
            else {}
        )

    def of(self, kind: str, key: str) -> tuple[str, date | None]:
        """The name and the day that a key stands for."""
        if kind == RuleKind.DAY_MINIMUM:
            return "", date.fromisoformat(key)
        if kind in (RuleKind.COUNTY_MINIMUM, RuleKind.UNIT_DAY_CAP):
            unit, _at, day = key.partition("@")
            return self.units.get(int(unit), unit), date.fromisoformat(day) if day else None
        return {**self.themes, **self.professions}.get(key, key), None
