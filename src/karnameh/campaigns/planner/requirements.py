"""Rules as they are counted: each rule, and each value of its `each`, becomes one requirement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from karnameh.campaigns.planner.model import Filter, Instance, Proposal, Rule


@dataclass(frozen=True, slots=True)
class Requirement:
    """One counted limit. A `share` compares what also matches `where` with what matches `among`."""

    rule: Rule
    of: str | None
    where: Filter
    among: Filter
    by_days: bool

    @property
    def key(self) -> str:
        """Unique among the requirements of an instance."""
        return self.rule.id if self.of is None else f"{self.rule.id}\0{self.of}"


_FIELDS: dict[str, str] = {
    "theme": "themes",
    "profession": "professions",
    "day": "days",
    "county": "counties",
    "province": "provinces",
    "unit": "units",
    "kind": "kinds",
    "tier": "tiers",
}


def requirements_of(instance: Instance) -> list[Requirement]:
    """All requirements, in the order of the rules."""
    return [one for rule in instance.rules for one in _expanded(rule, instance)]


def _expanded(rule: Rule, instance: Instance) -> Iterable[Requirement]:
    if rule.each is None:
        yield _requirement(rule, None, rule.where, rule.among)
        return
    is_share, name = rule.kind == "share", _FIELDS[rule.each]
    base = rule.among if is_share else rule.where
    for value in getattr(base, name) or _values(rule.each, base, instance):
        only: dict[str, Any] = {name: (value,)}
        narrowed = replace(base, **only)
        if is_share:
            yield _requirement(rule, value, rule.where, narrowed)
        else:
            yield _requirement(rule, value, narrowed, rule.among)


def _requirement(rule: Rule, of: str | None, where: Filter, among: Filter) -> Requirement:
    return Requirement(rule, of, where, among, bool(where.days or among.days))


def _values(each: str, base: Filter, instance: Instance) -> list[str]:
    """What `each` goes over when the filter does not say."""
    provinces, counties = set(base.provinces), set(base.counties)
    in_scope = [
        one
        for one in instance.counties
        if (not provinces or one.province in provinces) and (not counties or one.id in counties)
    ]
    if each == "day":
        return [one.id for one in instance.days]
    if each == "county":
        return [one.id for one in in_scope]
    if each == "province":
        return [one.id for one in instance.provinces]
    if each == "unit":
        inside = {one.id for one in in_scope}
        return [one.id for one in instance.units if one.county in inside]
    declared = {"theme": instance.themes, "profession": instance.professions}.get(each, ())
    seen = (getattr(one, each) for one in instance.proposals)
    return list(dict.fromkeys(declared or (one for one in seen if one is not None)))


@dataclass(slots=True)
class Matcher:
    """Finds the requirements that look at a proposal, without trying them all."""

    province_of: dict[str, str]
    _under: dict[tuple[str, str], list[Requirement]] = field(default_factory=dict)
    _always: list[Requirement] = field(default_factory=list)

    def add(self, one: Requirement) -> None:
        """Take a requirement in."""
        base = one.among if one.rule.kind == "share" else one.where
        for name, _ in _PROPERTIES:
            values = getattr(base, name)
            if values:
                for value in dict.fromkeys(values):
                    self._under.setdefault((name, value), []).append(one)
                return
        self._always.append(one)

    def looking_at(self, proposal: Proposal) -> Iterable[tuple[Requirement, bool]]:
        """The requirements that count this proposal; for a share, whether it is in `where` too."""
        found = list(self._always)
        for name, value_of in _PROPERTIES:
            value = value_of(proposal, self.province_of)
            if value is not None:
                found += self._under.get((name, value), ())
        for one in found:
            if one.rule.kind == "share":
                if matches(one.among, proposal, self.province_of):
                    yield one, matches(one.where, proposal, self.province_of)
            elif matches(one.where, proposal, self.province_of):
                yield one, True


_PROPERTIES: tuple[tuple[str, Callable[[Proposal, dict[str, str]], str | None]], ...] = (
    ("units", lambda proposal, _: proposal.unit),
    ("counties", lambda proposal, _: proposal.county),
    ("professions", lambda proposal, _: proposal.profession),
    ("tiers", lambda proposal, _: proposal.tier),
    ("themes", lambda proposal, _: proposal.theme),
    ("kinds", lambda proposal, _: proposal.kind),
    ("provinces", lambda proposal, province_of: province_of.get(proposal.county)),
)


def matches(where: Filter, proposal: Proposal, province_of: dict[str, str]) -> bool:
    """Whether a filter lets a proposal through, its days aside."""
    for name, value_of in _PROPERTIES:
        values = getattr(where, name)
        if values and value_of(proposal, province_of) not in values:
            return False
    return all(
        proposal.audience.get(group, 0.0) >= least for group, least in where.audience.items()
    )
