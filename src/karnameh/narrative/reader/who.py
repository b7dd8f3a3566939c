"""Who acted and who spoke: units and offices, never names of persons."""

from __future__ import annotations

from karnameh.narrative.reader.clauses import Sentence
from karnameh.narrative.reader.lexicon import (
    ADVERBS,
    CONJUNCTIONS,
    DETERMINERS,
    JOINT_WORDS,
    PLEDGE_WITH_BE,
    PREPOSITIONS,
    PRONOUNS,
    ROLES,
    SAY_VERBS,
    SAY_WORDS,
    TEAM_HEADS,
    UNIT_HEADS,
)
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS
from karnameh.narrative.reader.words import Kind

_ENDS = (
    (PREPOSITIONS | CONJUNCTIONS | PRONOUNS | ADVERBS | DETERMINERS)
    | PLEDGE_WITH_BE
    | frozenset(("را", "که", "تا"))
)
_SAME = frozenset(("همین", "این", "همان"))
_NOT_SUBJECTS = frozenset(("در", "به", "از", "با", "برای"))
_LONGEST_NAME = 6


def _phrase(reading: Reading, at: int, after: int) -> str:
    """The noun phrase that a head opens, as written."""
    end = at + 1
    while end < min(after, at + _LONGEST_NAME):
        word = reading.words[end]
        if word.kind is not Kind.WORD or word.text in _ENDS or word.text in VERB_FORMS:
            break
        end += 1
    return reading.between(at, end)


class Actors:
    """Finds the acting unit of a figure and remembers units for «همین شعبه»."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._named: dict[str, str] = {}
        self._of: dict[int, str | None] = {}
        self._figures = {figure.first for figure in reading.figures}
        for sentence in reading.sentences:
            self._read(sentence)

    def of(self, figure: Figure) -> str | None:
        """The unit that acts in the figure's clause, if one is named."""
        return self._of.get(figure.first)

    def _read(self, sentence: Sentence) -> None:
        """One pass: a unit as the subject holds until the next one or a که that changes the subject."""
        reading = self._reading
        actor: str | None = None
        for at in range(sentence.first, sentence.after):
            text = reading.text(at)
            if (text in UNIT_HEADS or text in TEAM_HEADS) and self._is_subject(at, sentence.first):
                actor = self._name(at, sentence.after)
            if at in self._figures:
                self._of[at] = actor

    def _is_subject(self, at: int, first: int) -> bool:
        before = self._reading.text(at - 1) if at > first else ""
        if before == "توسط":
            return True
        if before in _SAME:
            before = self._reading.text(at - 2) if at - 1 > first else ""
        return before not in _NOT_SUBJECTS and (before in _ENDS or not before or before in "،:؛(«")

    def _name(self, at: int, after: int) -> str:
        head = self._reading.text(at)
        if self._reading.text(at - 1) in _SAME and head in self._named:
            return self._named[head]
        name = _phrase(self._reading, at, after)
        self._named[head] = name
        return name


def speakers_of(reading: Reading) -> dict[int, str | None]:
    """The speaker's office for each sentence, by the sentence's first word.

    An office speaks from the sentence in which a verb of saying names it, until another is named;
    what stands before the first one (headlines) is given to the first.
    """
    spoken: dict[int, str | None] = {}
    current: str | None = None
    for sentence in reading.sentences:
        office = _office(reading, sentence)
        if office is not None:
            current = office
        spoken[sentence.first] = current
    first = next((office for office in spoken.values() if office), None)
    return {at: office or first for at, office in spoken.items()}


def _office(reading: Reading, sentence: Sentence) -> str | None:
    says = any(
        reading.text(at) in SAY_VERBS or reading.text(at) in SAY_WORDS or reading.text(at) == ":"
        for at in range(sentence.first, sentence.after)
    )
    if not says:
        return None
    for at in range(sentence.first, sentence.after):
        if reading.text(at) in ROLES:
            name = _phrase(reading, at, sentence.after)
            return name if " " in name or "\u200c" in name else None
    return None


def partner_of(reading: Reading, figure: Figure) -> str | None:
    """«با همکاری شهرداری‌ها»: with whom the figure's clause was done."""
    if JOINT_WORDS.isdisjoint(reading.said_in(figure.sentence)):
        return None
    for at in range(figure.sentence.first, figure.first):
        if reading.text(at) == "با" and reading.text(at + 1) in JOINT_WORDS:
            return _phrase(reading, at + 2, figure.first) or None
    return None
