"""What the modules share about one text: its words, sentences and, for each number, its phrase."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from karnameh.narrative.reader.clauses import Clause, Sentence
from karnameh.narrative.reader.model import Qualifier, Stage
from karnameh.narrative.reader.numerals import Number
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.words import Word

_NEAR_FIGURES = 12  # no list of things is longer


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
    position_of: dict[int, int] = field(default_factory=dict)  # of figures, by their first word
    acts: dict[tuple[int, int], object] = field(default_factory=dict)  # of verbs in their clauses
    sayings: dict[int, frozenset[str]] = field(default_factory=dict)
    governors: dict[int, dict[int, Staged]] = field(default_factory=dict)
    heads: dict[int, list[str]] = field(default_factory=dict)  # of figures, by their first word
    lists: dict[int, int] = field(default_factory=dict)  # where the lists of figures begin
    so_far: dict[int, list[int]] = field(default_factory=dict)

    def said_in(self, sentence: Sentence) -> frozenset[str]:
        """The look-up forms of a sentence, for rules that need one of their words to be there."""
        said = self.sayings.get(sentence.first)
        if said is None:
            said = frozenset(self.forms[sentence.first : sentence.after])
            self.sayings[sentence.first] = said
        return said

    def figures_before(self, figure: Figure) -> list[Figure]:
        """The figures just before one in its sentence, in order; a bounded number of them."""
        at = self.position_of.get(figure.first, 0)
        near = self.figures[max(at - _NEAR_FIGURES, 0) : at]
        return [other for other in near if other.sentence is figure.sentence]

    def figures_after(self, figure: Figure) -> list[Figure]:
        """The figures just behind one in its sentence, in order; a bounded number of them."""
        at = self.position_of.get(figure.first, len(self.figures)) + 1
        near = self.figures[at : at + _NEAR_FIGURES]
        return [other for other in near if other.sentence is figure.sentence]

    def head(self, figure: Figure) -> list[str]:
        """The look-up forms of a figure's clause in front of it; asked once for each, not to be changed."""
        known = self.heads.get(figure.first)
        if known is None:
            opening, forms = figure.opening, self.forms
            known = [forms[index] for index in figure.clause.words if index < opening]
            self.heads[figure.first] = known
        return known

    def text(self, at: int) -> str:
        """The look-up form of word `at`, or an empty string beyond the text."""
        if at < 0:
            return ""
        try:
            return self.forms[at]
        except IndexError:
            return ""

    def texts(self, first: int, after: int) -> list[str]:
        """The look-up forms of some words."""
        if first < 0:  # asked for every figure many times: no call of max()
            first = 0
        return self.forms[first:after] if after > first else []

    def between(self, first: int, after: int) -> str:
        """The source text of some words, as written."""
        if after <= first:
            return ""
        return self.source[self.words[first].start : self.words[after - 1].end]
