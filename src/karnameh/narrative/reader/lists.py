"""The list that a figure stands in («خانه، مدرسه و ۳ پل»): where it begins, and the noun that governs it."""

from __future__ import annotations

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    DEEDS,
    HARM_NOUNS,
    HARM_WORDS,
    PRESENCE,
    REMEDIES,
    SAY_VERBS,
)
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS, Tense

_EMPTY_DEEDS = key_set("راه یاد قول کنار پر رنگ جمع شکل طی کلید سامان صاحب دارای مشغول تشکیل")
# Deeds that help: behind one of them a noun of need or harm is met or mended.
HELP = DEEDS - HARM_WORDS - HARM_NOUNS - PRESENCE - _EMPTY_DEEDS
_REACH = 7  # words between a governing noun and the list that it governs
_LIST_JOINTS = frozenset(("و", "،", "یا"))


def list_head(reading: Reading, figure: Figure) -> int:
    """The word behind what governs the list that the figure stands in; asked once for each."""
    known = reading.lists.get(figure.first)
    if known is None:
        known = reading.lists[figure.first] = _list_head(reading, figure)
    return known


def _list_head(reading: Reading, figure: Figure) -> int:
    opening = figure.opening
    for other in reversed(reading.figures_before(figure)):
        if other.sentence is not figure.sentence or not other.after <= opening:
            break
        if any(text not in _LIST_JOINTS for text in reading.texts(other.after, opening)):
            break
        if other.after == opening:
            break
        opening = other.opening
    return opening


def list_lead(reading: Reading, figure: Figure) -> list[str]:
    """The words of the figure's clause in front of the list that it stands in."""
    first = list_head(reading, figure)
    return [reading.text(index) for index in figure.clause.words if index < first]


def governor_of(reading: Reading, figure: Figure, nouns: frozenset[str]) -> int:
    """The nearest of some nouns that governs the figure's list from the front, or -1."""
    if nouns.isdisjoint(reading.said_in(figure.sentence)):
        return -1
    opening = list_head(reading, figure)
    first = max(figure.sentence.first, opening - _REACH)
    for at in range(opening - 1, first - 1, -1):
        text = reading.text(at)
        if text in nouns:
            near = reading.texts(at - 2, at)
            near = [] if near[-1:] and near[-1] in SAY_VERBS else near  # «… گفت کمبود معلم …»
            remedied = any(word in REMEDIES or word in HELP for word in near)
            return -1 if remedied else at
        form = VERB_FORMS.get(text)
        spoken = form is not None and form.tense is not Tense.PARTICIPLE
        if text in HELP or text in ("که", "؛", "برای") or spoken:
            return -1
        if text == "،" or reading.words[at].text in "«»":
            return -1
    return -1
