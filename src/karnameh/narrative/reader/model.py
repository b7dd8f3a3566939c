"""What the reader hands out: mentions, and what it takes in: candidates for indicators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Qualifier = Literal["exact", "at_least", "about", "at_most", "unknown"]
Stage = Literal["pledged", "reported", "potential", "context"]
Nature = Literal["flow", "stock", "rate", "cumulative", "none"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An indicator that a mention may belong to. `unit` is a canonical unit code, or empty."""

    code: str
    names: tuple[str, ...]
    unit: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate that fits, with a score from 0 to 1."""

    code: str
    score: float

    def to_json(self) -> dict[str, object]:
        return {"code": self.code, "score": self.score}


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """When: days where they can be told (both included), and always the words themselves."""

    start: date | None
    end: date | None
    text: str

    def to_json(self) -> dict[str, object]:
        return {
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Mention:
    """One quantity said in a text, with everything the reader could tell about it.

    `start` and `end` are character offsets of the number expression in the text as given.
    `value` is None when the text gives no number («ده‌ها») or the number is not a quantity
    (a time of day, a full date). `repeat_of` and `share_of` are starts of other mentions.
    """

    file: str
    start: int
    end: int
    text: str
    value: int | float | None
    counted: str
    unit: str
    qualifier: Qualifier
    stage: Stage
    nature: Nature
    indicator: tuple[Match, ...]
    place: str | None
    actor: str | None
    period: TimeSpan | None
    speaker: str | None
    repeat_of: int | None
    share_of: int | None
    joint_with: str | None
    out_of_scope: bool
    confidence: float
    why: str

    def to_json(self) -> dict[str, object]:
        """The mention as the command prints it, one object a line."""
        return {
            "file": self.file,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "value": self.value,
            "counted": self.counted,
            "unit": self.unit,
            "qualifier": self.qualifier,
            "stage": self.stage,
            "nature": self.nature,
            "indicator": [match.to_json() for match in self.indicator],
            "place": self.place,
            "actor": self.actor,
            "period": self.period.to_json() if self.period else None,
            "speaker": self.speaker,
            "repeat_of": self.repeat_of,
            "share_of": self.share_of,
            "with": self.joint_with,
            "out_of_scope": self.out_of_scope,
            "confidence": self.confidence,
            "why": self.why,
        }
