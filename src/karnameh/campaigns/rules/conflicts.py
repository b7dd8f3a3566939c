"""Rules that cannot all hold, whatever is proposed: plain arithmetic on floors and ceilings.

What needs a solver to be seen is found by the planner; here stands what can be said at once while a
rule is being written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

_NO_END = 10**9
_FLOORS = ("theme_minimum", "day_minimum", "county_minimum", "flagships")


@dataclass(frozen=True)
class Wanted:
    """A rule as far as it may contradict another: `key` tells it in the answer."""

    key: int
    scope: str  # path of its unit
    kind: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Contradiction:
    """Two rules that cannot hold together; `code` names the sentence."""

    code: str
    keys: tuple[int, int]


def contradictions(rules: Sequence[Wanted], *, professions: int) -> list[Contradiction]:
    """Pairs of rules that no plan can keep, each pair once, the later rule first."""
    found: dict[frozenset[int], Contradiction] = {}
    for one, other in permutations(rules, 2):
        for code in _between(one, other, professions):
            pair = frozenset((one.key, other.key))
            found.setdefault(pair, Contradiction(code, (max(pair), min(pair))))
    return list(found.values())


def _between(inner: Wanted, outer: Wanted, professions: int) -> Iterator[str]:
    """Why `inner`, which lies at or beneath `outer`, cannot hold together with it."""
    if not inner.scope.startswith(outer.scope):
        return
    for code, amiss in _CHECKS.items():
        if amiss(inner, outer, professions):
            yield code


def _numbers(inner: Wanted, outer: Wanted, _professions: int) -> bool:
    if inner.scope != outer.scope or inner.kind != outer.kind:
        return False
    if inner.kind == "flagships":
        return bool(inner.parameters["number"] != outer.parameters["number"])
    if not _same_tier(inner, outer):
        return False
    (low, high), (other_low, other_high) = _span(inner), _span(outer)
    return max(low, other_low) > min(high, other_high)


def _part_above_whole(inner: Wanted, outer: Wanted, _professions: int) -> bool:
    return (
        inner.scope != outer.scope and _same_tier(inner, outer) and _span(inner)[0] > _span(outer)[1]
    )  # fmt: skip


def _flagships(inner: Wanted, outer: Wanted, professions: int) -> bool:
    if inner.scope != outer.scope or inner.kind != "flagships" or outer.kind != "tier_count":
        return False
    low, high = _span(outer)
    wanted = inner.parameters["number"] * professions
    return outer.parameters["tier"] == "flagship" and not low <= wanted <= high


def _cap_of_nothing(inner: Wanted, outer: Wanted, _professions: int) -> bool:
    return (
        outer.kind == "unit_day_cap" and outer.parameters["number"] == 0
        and inner.kind in _FLOORS and inner.parameters["number"] > 0
    )  # fmt: skip


def _same_tier(one: Wanted, other: Wanted) -> bool:
    return (
        one.kind == other.kind == "tier_count"
        and one.parameters["tier"] == other.parameters["tier"]
    )


def _span(rule: Wanted) -> tuple[int, int]:
    """The fewest and the most that a rule about a number allows."""
    number, how = int(rule.parameters["number"]), rule.parameters["how"]
    return (0 if how == "at_most" else number), (_NO_END if how == "at_least" else number)


_CHECKS: Mapping[str, Callable[[Wanted, Wanted, int], bool]] = {
    "rule_numbers_contradict": _numbers,
    "rule_part_above_whole": _part_above_whole,
    "rule_flagships_contradict": _flagships,
    "rule_cap_of_nothing": _cap_of_nothing,
}
