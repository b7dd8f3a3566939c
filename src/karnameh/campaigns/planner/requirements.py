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


Looking = tuple[tuple["Requirement", bool], ...]


@dataclass(frozen=True, slots=True)
class _Test:
    """A filter made ready: places among the properties with the values that pass, and groups."""

    values: tuple[tuple[int, frozenset[str]], ...]
    audience: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, where: Filter) -> _Test:
        listed = ((at, getattr(where, name)) for at, (name, _) in enumerate(_PROPERTIES))
        return cls(
            tuple((at, frozenset(values)) for at, values in listed if values),
            tuple(where.audience.items()),
        )

    def passes(self, properties: tuple[str | None, ...], audience: dict[str, float]) -> bool:
        for at, values in self.values:
            if properties[at] not in values:
                return False
        return all(audience.get(group, 0.0) >= least for group, least in self.audience)


@dataclass(slots=True)
class Matcher:
    """Finds the requirements that look at a proposal, without trying them all.

    Proposals that the same requirements look at get the very same tuple: it is kept once.
    """

    province_of: dict[str, str]
    _under: dict[tuple[int, str], list[int]] = field(default_factory=dict)
    _always: list[int] = field(default_factory=list)
    _tests: list[tuple[Requirement, _Test, _Test | None]] = field(default_factory=list)
    _found: dict[tuple[int, ...], Looking] = field(default_factory=dict)

    def add(self, one: Requirement) -> None:
        """Take a requirement in."""
        number, is_share = len(self._tests), one.rule.kind == "share"
        base = _Test.of(one.among if is_share else one.where)
        self._tests.append((one, base, _Test.of(one.where) if is_share else None))
        if not base.values:
            self._always.append(number)
            return
        at, values = base.values[0]
        for value in values:
            self._under.setdefault((at, value), []).append(number)

    def looking_at(self, proposal: Proposal) -> Looking:
        """The requirements that count this proposal; for a share, whether it is in `where` too."""
        properties = tuple(value_of(proposal, self.province_of) for _, value_of in _PROPERTIES)
        numbers = list(self._always)
        for at, value in enumerate(properties):
            if value is not None:
                numbers += self._under.get((at, value), ())
        found: list[int] = []  # twice the number, and one more for what is inside
        for number in numbers:
            _, base, where = self._tests[number]
            if base.passes(properties, proposal.audience):
                inside = where is None or where.passes(properties, proposal.audience)
                found.append(2 * number + inside)
        key = tuple(found)
        if key not in self._found:
            self._found[key] = tuple((self._tests[one // 2][0], bool(one % 2)) for one in key)
        return self._found[key]


_PROPERTIES: tuple[tuple[str, Callable[[Proposal, dict[str, str]], str | None]], ...] = (
    ("units", lambda proposal, _: proposal.unit),
    ("counties", lambda proposal, _: proposal.county),
    ("professions", lambda proposal, _: proposal.profession),
    ("tiers", lambda proposal, _: proposal.tier),
    ("themes", lambda proposal, _: proposal.theme),
    ("kinds", lambda proposal, _: proposal.kind),
    ("provinces", lambda proposal, province_of: province_of.get(proposal.county)),
)
