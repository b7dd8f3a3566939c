"""What several proposals expect together, and what is left to each part of one. Plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

EXACT, AT_LEAST, ABOUT, AT_MOST, UNKNOWN = 1, 2, 3, 4, 5  # the ledger's numbers


class How(StrEnum):
    """How quantities of merged proposals become one."""

    LARGER = "larger"  # the same deed, written down twice
    ADDED = "added"  # two halves of one deed


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected quantity; None when nobody knows it."""

    indicator: int
    dimensions: int
    quantity: Decimal | None
    qualifier: int = EXACT


def together(expected: Iterable[Expected], how: How) -> list[Expected]:
    """One expectation for each indicator and set of parts, so that nothing counts twice.

    An unknown quantity beside a known one leaves “at least”; bounds on both sides leave “about”.
    """
    grouped: dict[tuple[int, int], list[Expected]] = {}
    for one in expected:
        grouped.setdefault((one.indicator, one.dimensions), []).append(one)
    return [_one_of(mine, how) for mine in grouped.values()]


def _one_of(mine: Sequence[Expected], how: How) -> Expected:
    known = [one for one in mine if one.quantity is not None]
    first = mine[0]
    if not known:
        return Expected(first.indicator, first.dimensions, None, UNKNOWN)
    if how is How.LARGER:
        best = max(known, key=lambda one: (one.quantity or 0, -one.qualifier))
        return Expected(first.indicator, first.dimensions, best.quantity, best.qualifier)
    said = {one.qualifier for one in known}
    lower = AT_LEAST in said or len(known) < len(mine)
    qualifier = EXACT
    if ABOUT in said or (lower and AT_MOST in said):
        qualifier = ABOUT
    elif lower:
        qualifier = AT_LEAST
    elif AT_MOST in said:
        qualifier = AT_MOST
    total = sum((one.quantity or Decimal(0) for one in known), Decimal(0))
    return Expected(first.indicator, first.dimensions, total, qualifier)


def shared_out(quantity: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """`quantity` in parts proportional to `weights` that add up to it exactly (largest remainder).

    Whole quantities stay whole; others are divided to three decimals. Raises `ValueError` without
    any weight.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("parts need weights")
    step = Decimal(1) if quantity == quantity.to_integral_value() else Decimal("0.001")
    units = int((quantity / step).to_integral_value())
    shares = [units * weight // total for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda i: (-(units * weights[i] % total), i))
    for i in remainders[: units - sum(shares)]:
        shares[i] += 1
    return [share * step for share in shares]
