"""What the modules share about one text: its words, sentences and, for each number, its phrase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from karnameh.narrative.reader.clauses import Clause, Sentence
from karnameh.narrative.reader.model import Qualifier, Stage
from karnameh.narrative.reader.numerals import Number
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.words import Word


@dataclass(frozen=True, slots=True)
class Figure:
    """A number where it stands: its phrase, qualifier, sentence and clause."""

    number: Number
    phrase: Phrase
    qualifier: Qualifier
    opening: int  # the word where the qualified expression begins
    sentence: Sentence
    clause: Clause
    first: int  # the first word of the number
    after: int  # the word behind the number and what it counts


class Staged(NamedTuple):
    """A stage with the words or rule that decided. `open` marks headlines that ask for a twin."""

    stage: Stage
    why: str
    open: bool = False
    sure: float = 0.9


@dataclass(frozen=True, slots=True)
class Reading:
    """One text while it is read. What is found once for a sentence is kept by its first word."""

    source: str
    words: list[Word]
    forms: list[str]  # the look-up forms of `words`
    sentences: list[Sentence]
    figures: list[Figure] = field(default_factory=list)
    governors: dict[int, dict[int, Staged]] = field(default_factory=dict)
    so_far: dict[int, list[int]] = field(default_factory=dict)

    def text(self, at: int) -> str:
        """The look-up form of word `at`, or an empty string beyond the text."""
        return self.forms[at] if 0 <= at < len(self.forms) else ""

    def texts(self, first: int, after: int) -> list[str]:
        """The look-up forms of some words."""
        return self.forms[max(first, 0) : max(after, 0)]

    def between(self, first: int, after: int) -> str:
        """The source text of some words, as written."""
        if after <= first:
            return ""
        return self.source[self.words[first].start : self.words[after - 1].end]
