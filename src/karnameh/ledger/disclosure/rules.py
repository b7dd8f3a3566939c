"""Small cells on plain values: which counts are small, what is merged, how the rest is rounded."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

SMALLEST = 10  # the least count of people that is shown
BASE = 5  # what is shown is a multiple of it
SPREAD = 5  # the least width of the range that is left for a small count
SHORTEST_DAYS = 7  # the shortest period about people
DEEPEST = 2  # nation 0, province 1, county 2: nothing about people is shown below


def is_small(count: int) -> bool:
    """Whether a count of people is too small to be shown. Nobody at all is no small count."""
    return count != 0 and count < SMALLEST


def rounded(count: int, *, key: bytes, cell: str) -> int:
    """`count` as a multiple of `BASE`, unbiased: up with the probability of its remainder.

    The draw is a keyed hash of the cell and its true count, so it is always the same for the same
    cell. Zero stays zero, and nothing above zero becomes it: small counts never come here.
    """
    rest = count % BASE
    if rest == 0:
        return count
    draw = hmac.new(key, f"{cell}\x1f{count}".encode(), hashlib.sha256).digest()[:8]
    up = int.from_bytes(draw) * BASE < rest << 64
    return count - rest + (BASE if up else 0)


def bounds(shown: int) -> tuple[int, int]:
    """The least and the largest true count behind a shown one; a small one is never shown."""
    return (0, 0) if shown == 0 else (max(shown - BASE + 1, SMALLEST), shown + BASE - 1)


def merged(
    counts: Mapping[str, Sequence[int]], tied: Sequence[frozenset[str]] = ()
) -> list[tuple[str, ...]]:
    """The parts of a whole in groups without a small count; each part's counts are one for each stage.

    A part without any count stands alone. Parts that are `tied` stand together in any case. One group
    only means that the breakdown says nothing beyond its whole.
    """
    filled = {name: tuple(values) for name, values in counts.items() if any(values)}
    groups = _tied_groups(list(filled), tied)
    small = [group for group in groups if _has_small(group, filled)]
    rest = sorted(
        (group for group in groups if group not in small),
        key=lambda group: (sum(_sums(group, filled)), group),
    )
    if small:
        gathered: tuple[str, ...] = tuple(name for group in small for name in group)
        while rest and (_has_small(gathered, filled) or len(gathered) < 2):
            gathered += rest.pop(0)
        rest.append(gathered)
    order = {name: number for number, name in enumerate(counts)}
    found = [tuple(sorted(group, key=order.__getitem__)) for group in rest]
    found += [(name,) for name in counts if name not in filled]
    return sorted(found, key=lambda group: order[group[0]])


def _tied_groups(names: list[str], tied: Sequence[frozenset[str]]) -> list[tuple[str, ...]]:
    """`names` as single groups, but those that are tied as one."""
    groups: list[set[str]] = [{name} for name in names]
    for tie in tied:
        touched = [group for group in groups if group & tie]
        if len(touched) > 1:
            groups = [group for group in groups if group not in touched]
            groups.append(set().union(*touched))
    return [tuple(sorted(group)) for group in groups]


def _sums(group: Sequence[str], counts: Mapping[str, Sequence[int]]) -> list[int]:
    return [sum(column) for column in zip(*(counts[name] for name in group), strict=True)]


def _has_small(group: Sequence[str], counts: Mapping[str, Sequence[int]]) -> bool:
    return any(is_small(count) for count in _sums(group, counts))
