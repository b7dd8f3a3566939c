"""What the rules for numbers that are no results give back, and what they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from karnameh.narrative.reader.nouns import is_counted_noun, lemma
from karnameh.narrative.reader.phrases import Phrase
from karnameh.narrative.reader.reading import Figure, Reading

MONEY = frozenset(("toman", "rial", "dollar"))
MANY_HOURS = 200  # nobody measures a stretch of time so; it is work that was given
AVERAGES = frozenset(("میانگین", "متوسط"))


class Verdict(NamedTuple):
    """Why a number is no result, its unit, and its phrase when the rule knows better."""

    unit: str
    why: str
    phrase: Phrase | None = None


def nothing(figure: Figure) -> Phrase:
    """The empty phrase: the number counts nothing."""
    return Phrase(figure.number.after, figure.number.after, "")


def before_number(figure: Figure) -> Phrase:
    """The word before the number, which names it («سال ۱۴۰۲»)."""
    return Phrase(figure.first - 1, figure.first, "", ahead=True)


def counts_known(reading: Reading, figure: Figure) -> bool:
    """Whether the number counts a noun that reports are known to count."""
    return figure.phrase.after > figure.phrase.first and is_counted_noun(
        reading.text(figure.phrase.first)
    )


def owns(figure: Figure) -> bool:
    """Whether the clause says what something has or is, not what was done."""
    verb = figure.clause.verb
    placed = figure.clause.texts[-2:-1] == ["قرار"]  # «در دستور کار قرار دارد»
    return verb is not None and verb.lemma in ("داشت", "بود") and not (verb.passive or placed)


def counted_noun(reading: Reading, figure: Figure) -> str:
    """The noun that a figure counts, without its endings; empty where it counts nothing."""
    counts = figure.phrase.after > figure.number.after
    return lemma(reading.text(figure.phrase.first)) if counts else ""


def first_of(
    rules: Sequence[Callable[[Reading, Figure], str]], reading: Reading, figure: Figure
) -> Verdict | None:
    """What the first rule says that gives a reason, or None."""
    for rule in rules:
        why = rule(reading, figure)
        if why:
            return Verdict(figure.phrase.unit, why)
    return None
