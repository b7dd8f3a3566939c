"""Mentions in the making, and what the rules that tie them to each other share."""

from __future__ import annotations

from dataclasses import dataclass

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import SHARE_WORDS
from karnameh.narrative.reader.model import Nature, Qualifier, Stage
from karnameh.narrative.reader.nouns import lemma
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import Tense

RIGHT = key_set("درست صحیح درستش صحیحش درست‌شان واقعی‌اش")
# Units of which the same number twice is no repeated figure.
NO_REPEATS = key_set(
    """
    date time id ordinal year month week day hour minute second percent times share
    """
)


@dataclass(slots=True)
class Draft:
    """A mention in the making."""

    figure: Figure
    phrase: Phrase
    unit: str
    stage: Stage
    why: str
    nature: Nature
    qualifier: Qualifier
    sure: float
    open: bool = False  # a headline figure that waits for its twin in the body
    place: str | None = None
    joint_with: str | None = None
    repeat_of: int | None = None
    share_of: int | None = None

    @property
    def value(self) -> int | float | None:
        return self.figure.number.value

    @property
    def start(self) -> int:
        return self.figure.number.start


def same_thing(reading: Reading, one: Draft, other: Draft) -> bool:
    """Whether two figures of one value count the same kind of thing."""
    if one.unit and other.unit:
        return one.unit.split("_per_")[0] == other.unit.split("_per_")[0]
    return head(reading, one) == head(reading, other)


def head(reading: Reading, draft: Draft) -> str:
    return (
        lemma(reading.text(draft.phrase.first)) if draft.phrase.after > draft.phrase.first else ""
    )


def names_share(reading: Reading, draft: Draft) -> bool:
    """«سهم ما … است», «از این میان …»: a share of a figure told before."""
    if any(text in SHARE_WORDS for text in draft.figure.clause.texts):
        return True
    opening = draft.figure.opening
    of_it = reading.texts(opening - 3, opening)
    return of_it[:2] == ["از", "این"] and of_it[-1] in ("میان", "تعداد", "شمار", "جمع", "رقم")


def confirms(reading: Reading, draft: Draft) -> bool:
    """«همان ۴۰ هزار درست است»: it says only which of two figures holds."""
    verb = draft.figure.clause.verb
    if verb is None or verb.lemma != "بود" or verb.negative:
        return False
    return verb.first - 1 == draft.figure.after and reading.text(verb.first - 1) in RIGHT


def amounts_to(draft: Draft) -> bool:
    """Whether the clause of a reported figure only says what something is («… ۱۲۰ کلاس است»)."""
    verb = draft.figure.clause.verb
    is_was = verb is not None and (
        verb.tense is Tense.COPULA or (verb.lemma == "بود" and not verb.passive)
    )
    return draft.stage == "reported" and is_was and draft.nature != "cumulative"
