"""Which indicators of a catalogue a figure may belong to: by unit, and by shared words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from karnameh.narrative.reader.characters import fold, key_set
from karnameh.narrative.reader.lexicon import CONJUNCTIONS, PREPOSITIONS
from karnameh.narrative.reader.model import Candidate, Match
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.words import Kind, words_of

_DULL = PREPOSITIONS | CONJUNCTIONS | key_set("تعداد شمار کل مجموع عدد نفر مورد")
_UNIT_WEIGHT, _NAME_WEIGHT, _KEYWORD_WEIGHT = 0.45, 0.4, 0.15
_LEAST, _MOST = 0.3, 3


@dataclass(frozen=True, slots=True)
class _Entry:
    code: str
    unit: str
    names: tuple[frozenset[str], ...]
    keywords: frozenset[str]


class Ranker:
    """A catalogue prepared for many questions."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._entries = [
            _Entry(
                candidate.code,
                candidate.unit,
                tuple(_stems(name) for name in candidate.names),
                frozenset().union(*(_stems(word) for word in candidate.keywords)),
            )
            for candidate in candidates
        ]

    def best(self, counted: str, unit: str, around: str) -> tuple[Match, ...]:
        """The best candidates for a counted noun; `around` is the clause, for weaker evidence."""
        if not self._entries:
            return ()
        near, far = _stems(counted), _stems(around)
        scored = [(self._score(entry, near, far, unit), entry.code) for entry in self._entries]
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        return tuple(
            Match(code, round(score, 3)) for score, code in scored[:_MOST] if score >= _LEAST
        )

    @staticmethod
    def _score(entry: _Entry, near: frozenset[str], far: frozenset[str], unit: str) -> float:
        base = unit.split("_per_")[0]
        fits = 1.0 if entry.unit and entry.unit in (unit, base) else 0.0
        name = max((_overlap(stems, near, far) for stems in entry.names), default=0.0)
        keyword = 1.0 if entry.keywords & (near | far) else 0.0
        return _UNIT_WEIGHT * fits + _NAME_WEIGHT * name + _KEYWORD_WEIGHT * keyword


def _overlap(stems: frozenset[str], near: frozenset[str], far: frozenset[str]) -> float:
    """How much of a name is said: words of the counted noun count whole, the clause's half."""
    if not stems:
        return 0.0
    return (len(stems & near) + 0.5 * len(stems & (far - near))) / len(stems)


def _stems(text: str) -> frozenset[str]:
    return frozenset(
        lemma(word.text)
        for word in words_of(fold(text))
        if word.kind is Kind.WORD and word.text not in _DULL
    )
