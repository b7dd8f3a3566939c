"""Reach: what a reader may see, as a plain value that filters and refuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from karnameh.org.rules import is_under


@dataclass(frozen=True)
class Stretch:
    """One granted subtree; `theme` narrows it to the indicators of one theme."""

    path: str
    theme: int | None = None


@dataclass(frozen=True)
class Reach:
    """Everything a reader's grants open to him. An empty reach opens nothing."""

    stretches: tuple[Stretch, ...]

    def covers(self, path: str) -> bool:
        """Whether the node at `path` is in reach, for at least one theme."""
        return any(is_under(path, one.path) for one in self.stretches)

    def themes_at(self, path: str) -> frozenset[int] | None:
        """The themes visible at `path`: None for all, an empty set for none."""
        found = [one.theme for one in self.stretches if is_under(path, one.path)]
        if None in found:
            return None
        return frozenset(theme for theme in found if theme is not None)

    def within(self, path: str) -> Reach:
        """What of this reach lies at or beneath `path`."""
        stretches = [
            Stretch(path, one.theme) if is_under(path, one.path) else one
            for one in self.stretches
            if is_under(path, one.path) or is_under(one.path, path)
        ]
        return Reach(tuple(sorted(set(stretches), key=lambda s: (s.path, s.theme or 0))))

    def covers_wholly(self, paths: Iterable[str]) -> bool:
        """Whether each of these nodes is in reach for all themes."""
        tops = tuple(one.path for one in self.stretches if one.theme is None)
        # A path beneath another begins with it: this is `is_under`, for many at once.
        return all(path.startswith(tops) for path in paths)

    @property
    def paths(self) -> tuple[str, ...]:
        """The highest granted nodes, without those beneath another of them."""
        every = sorted({one.path for one in self.stretches})
        return tuple(p for p in every if not any(is_under(p, q) for q in every if q != p))


def reach_of(stretches: Iterable[tuple[str, int | None]]) -> Reach:
    """A reach from (path, theme) pairs."""
    return Reach(
        tuple(
            sorted((Stretch(*one) for one in set(stretches)), key=lambda s: (s.path, s.theme or 0))
        )
    )


def may_pass_on(*, held: str, given: str) -> bool:
    """A role held at the node `held` may be granted at `given` only strictly below it."""
    return given != held and is_under(given, held)
