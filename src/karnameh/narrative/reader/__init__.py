"""The reader of Persian reports: prose in, quantity mentions with their meaning out.

A plain library: no database, no network, no models. `read` is the door; see README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from karnameh.narrative.reader.characters import fold
from karnameh.narrative.reader.clauses import sentences_of
from karnameh.narrative.reader.document import add_figures, mentions_of
from karnameh.narrative.reader.model import Candidate, Match, Mention, TimeSpan
from karnameh.narrative.reader.numerals import find_numbers
from karnameh.narrative.reader.places import DEFAULT_INDEX, place_index
from karnameh.narrative.reader.ranking import Ranker
from karnameh.narrative.reader.reading import Reading
from karnameh.narrative.reader.words import words_of

__all__ = ["Candidate", "Match", "Mention", "TimeSpan", "read"]


def read(
    text: str,
    *,
    file: str = "",
    reported_on: date | None = None,
    candidates: Sequence[Candidate] = (),
    places: Sequence[str] = (),
) -> list[Mention]:
    """Every quantity mention of `text`, in order of its place.

    `reported_on` is the report's own day; without it relative dates stay words. `candidates` are
    the indicators to choose from, `places` names that the built-in list does not have. Any text is
    taken; the time is linear in its length.
    """
    words = words_of(fold(text))
    numbers = find_numbers(words)
    if not numbers:
        return []
    reading = Reading(text, words, [word.text for word in words], sentences_of(words))
    add_figures(reading, numbers)
    index = place_index(tuple(places)) if places else DEFAULT_INDEX
    return mentions_of(reading, file, reported_on, Ranker(candidates), index)
