"""The parameters of each kind of rule: checked data, and what the numbers are counted against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

Bound = Literal["at_least", "exactly", "at_most"]
BOUNDS: tuple[Bound, ...] = ("exactly", "at_least", "at_most")
LARGEST_RIAL = 10**17
TIERS = ("local", "flagship", "central", "national")


class Amiss(Exception):
    """A parameter that makes no sense: `code` names the sentence, `field` the parameter."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(code)
        self.code, self.field = code, field


@dataclass(frozen=True)
class Shape:
    """What a kind takes: its parameters in order, and whether more or less is wanted.

    `bound` is None where the rule itself says it (`how`). `divides`: whether the same rule makes
    sense for a part of its scope, so that a province can see how it stands in its own part.
    """

    fields: tuple[str, ...]
    bound: Bound | None
    divides: bool


SHAPES: Mapping[str, Shape] = {
    "audience_share": Shape(("audience", "percent"), "at_least", True),
    "flagships": Shape(("number",), "exactly", False),
    "tier_count": Shape(("tier", "how", "number"), None, False),
    "theme_minimum": Shape(("theme", "number"), "at_least", False),
    "day_minimum": Shape(("day", "number"), "at_least", False),
    "county_minimum": Shape(("number",), "at_least", True),
    "budget": Shape(("rial",), "at_most", False),
    "unit_day_cap": Shape(("number",), "at_most", True),
}


def checked(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a rule of `kind`, and nothing else. Raises `Amiss` with the field."""
    return {name: _CHECKS[name](given.get(name)) for name in SHAPES[kind].fields}


def bound_of(kind: str, parameters: Mapping[str, Any]) -> Bound:
    """Whether a rule wants at least, exactly or at most so many."""
    bound: Bound = SHAPES[kind].bound or parameters["how"]
    return bound


def _number(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= 1_000_000:
        raise Amiss("rule_number", "number")
    return given


def _percent(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= 100:
        raise Amiss("rule_percent", "percent")
    return given


def _rial(given: Any) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= LARGEST_RIAL:
        raise Amiss("rule_rial", "rial")
    return given


def _code(field: str, *, empty: bool) -> Callable[[Any], str]:
    def check(given: Any) -> str:
        text = given or ""
        if not isinstance(text, str) or len(text) > 40 or not (text or empty):
            raise Amiss("rule_choice", field)
        return text

    return check


def _one_of(field: str, values: tuple[str, ...]) -> Callable[[Any], str]:
    def check(given: Any) -> str:
        if given not in values:
            raise Amiss("rule_choice", field)
        return str(given)

    return check


def _day(given: Any) -> str:
    if not given:
        return ""  # every day of the campaign
    try:
        return date.fromisoformat(str(given)).isoformat()
    except ValueError:
        raise Amiss("rule_day", "day") from None


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "audience": _code("audience", empty=False),
    "percent": _percent,
    "number": _number,
    "tier": _one_of("tier", TIERS),
    "how": _one_of("how", BOUNDS),
    "theme": _code("theme", empty=True),  # empty: each theme
    "day": _day,
    "rial": _rial,
}
