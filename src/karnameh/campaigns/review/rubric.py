"""The rubric of review and what follows from it, as plain values.

Four criteria, each 0 to 4. The score of an opinion is the weighted mean of its marks as 0-100; that of a
proposal is the mean over the complete opinions. Service to people weighs most, interest of media least.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CRITERIA = ("quality", "service", "openness", "media")
WEIGHTS: Mapping[str, int] = {"quality": 3, "service": 4, "openness": 2, "media": 1}
BEST = 4


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one opinion; None where none was given yet."""

    quality: int | None = None
    service: int | None = None
    openness: int | None = None
    media: int | None = None

    @property
    def given(self) -> int:
        """How many of the four are there: "2 of 4"."""
        return sum(getattr(self, one) is not None for one in CRITERIA)

    @property
    def complete(self) -> bool:
        """Whether all four are there."""
        return self.given == len(CRITERIA)

    @property
    def score(self) -> int | None:
        """0-100; None until complete."""
        if not self.complete:
            return None
        got = sum(int(getattr(self, one)) * WEIGHTS[one] for one in CRITERIA)
        return round(100 * got / (BEST * sum(WEIGHTS.values())))


def score_of(opinions: Iterable[Marks]) -> int | None:
    """The mean of the complete opinions; None when there is none."""
    scores = [one.score for one in opinions if one.score is not None]
    return round(sum(scores) / len(scores)) if scores else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal in a queue: `pending` until decided, `mine` when this reviewer has completed his marks."""

    id: int
    pending: bool
    mine: bool


def next_of(queue: Sequence[Waiting], after: int) -> int | None:
    """The next to look at: the first undecided one after `after` that I have not judged, else any undecided,
    else the following row. Goes round once."""
    at = next((i for i, one in enumerate(queue) if one.id == after), -1)
    ahead = [*queue[at + 1 :], *queue[: max(at, 0)]]
    for mine_too in (False, True):
        for one in ahead:
            if one.pending and (mine_too or not one.mine):
                return one.id
    return queue[at + 1].id if 0 <= at < len(queue) - 1 else None
