"""Where a figure belongs: places named in its sentence and bound to it, told apart from units.

«شعبه یزد در بشاگرد ۱۱ حمام ساخت» happened in بشاگرد: the یزد names the unit. A place behind a figure
belongs to that item of a list; one in front of the list belongs to all of it.
"""

from __future__ import annotations

from typing import NamedTuple

from karnameh.narrative.reader.characters import key_set
from karnameh.narrative.reader.lexicon import (
    ADVERBS,
    CONJUNCTIONS,
    DEEDS,
    DETERMINERS,
    PREPOSITIONS,
    PRONOUNS,
    SHARE_WORDS,
    TEAM_HEADS,
    UNIT_HEADS,
)
from karnameh.narrative.reader.places import AMBIGUOUS_PLACES, COUNTRY, PLACES_BEHIND_IN, PlaceTree
from karnameh.narrative.reader.reading import Figure, Reading
from karnameh.narrative.reader.verbs import VERB_FORMS
from karnameh.narrative.reader.words import Kind


class PlaceHit(NamedTuple):
    """A place named in the text: words `first` up to `after`."""

    first: int
    after: int


_ADMINISTRATIVE = key_set(
    """
    استان شهرستان شهر استانهای شهرستانهای شهرهای روستای بخش منطقه دهستان محله جزیره بندر شهرک
    ناحیه
    """
)
# Behind these an unknown name is taken as a place («روستای گلبرگ»).
_NAMED = key_set("شهرستان روستای دهستان بخش")
_WIDE = key_set("سراسر سطح کل تمام نقاط مناطق اقصینقاط در استانهای شهرهای روستاهای شهرستانهای داخل")
_LOCATIVE = key_set("در به برای سراسر سطح")
_NOT_NAMES = (
    PREPOSITIONS
    | CONJUNCTIONS
    | DETERMINERS
    | PRONOUNS
    | ADVERBS
    | key_set(
        "را که محروم فاقد دورافتاده مرزی کشور مختلف هدف زلزلهزده سیلزده خصوصی دولتی های کمبرخوردار"
    )
)
_BEFORE_NAMED = _LOCATIVE | frozenset(("راه", "مردم", "روستاهای", "مناطق", "", "،", "و"))
_UNIT_LOOK_BACK = 5
_LIST_JOINTS = frozenset(("و", "،", "تا", "الی", "-", "–"))
_NEAR = 4  # words between a place and the figure that it opens


def places_in(reading: Reading, index: PlaceTree) -> dict[int, list[PlaceHit]]:
    """The places that each sentence names, by the sentence's first word."""
    found: dict[int, list[PlaceHit]] = {}
    counted = {
        at for figure in reading.figures for at in range(figure.phrase.first, figure.phrase.after)
    }
    numbers = {figure.number.after for figure in reading.figures}
    for sentence in reading.sentences:
        hits = []
        at = sentence.first
        while at < sentence.after:
            text = reading.forms[at]
            if text not in index and text not in _ADMINISTRATIVE and text != COUNTRY:
                at += 1
                continue
            hit = _place_at(reading, at, sentence.first, sentence.after, index, numbers)
            if hit is not None:
                hit = _with_partners(reading, hit, sentence.after, index)
            if hit is not None and not _is_of_unit(reading, hit, sentence.first, counted):
                hits.append(hit)
            at = hit.after if hit is not None else at + 1
        if hits:
            found[sentence.first] = hits
    return found


def _place_at(
    reading: Reading, at: int, first: int, after: int, index: PlaceTree, numbers: set[int]
) -> PlaceHit | None:
    """The place named at a word. `numbers` are the words behind numbers: «۲۶ محله تهران»."""
    text = reading.text(at)
    before = reading.text(at - 1) if at > first else ""
    if text in _ADMINISTRATIVE and at + 1 < after and at not in numbers:
        size = _name_size(reading, at + 1, after, index)
        if size:
            return PlaceHit(at, at + 1 + size)
        if text in _NAMED and _may_be_name(reading, at) and before in _BEFORE_NAMED:
            return PlaceHit(at, at + 2)
    counted = at - 1 in numbers and text == COUNTRY  # «۹۵۰۰ روستای کشور»
    if (
        counted
        or (text == COUNTRY and before in _WIDE)
        or (text == "استان" and before in _WIDE | {"این"})
    ):
        return PlaceHit(at, at + 1)
    size = _name_size(reading, at, after, index)
    unsure = size == 1 and text in AMBIGUOUS_PLACES
    if unsure and text in PLACES_BEHIND_IN and before in ("در", "به"):
        unsure = False
    if size and not unsure and before != "از":
        return PlaceHit(at, at + size)
    return None


def _with_partners(reading: Reading, hit: PlaceHit, after: int, index: PlaceTree) -> PlaceHit:
    """«خاش، میرجاوه و تفتان» is one place of one figure."""
    end = hit.after
    while end + 1 < after and reading.text(end) in ("و", "،"):
        size = _name_size(reading, end + 1, after, index)
        if not size or (
            reading.text(end + 1 + size) in ("و", "،")
            and not _name_size(reading, end + 2 + size, after, index)
            and reading.text(end) == "،"
        ):
            break
        end += 1 + size
    return PlaceHit(hit.first, end)


def _name_size(reading: Reading, at: int, after: int, index: PlaceTree) -> int:
    """How many words from `at` on are a known name."""
    for parts in index.get(reading.text(at), ()):
        if at + len(parts) <= after and reading.texts(at, at + len(parts)) == list(parts):
            return len(parts)
    return 0


def _may_be_name(reading: Reading, at: int) -> bool:
    name = reading.words[at + 1]
    counted = reading.words[at - 1].kind is Kind.DIGITS
    return (
        name.kind is Kind.WORD
        and not counted
        and name.text not in _NOT_NAMES
        and name.text not in VERB_FORMS
        and len(name.text) > 2
    )


def _is_of_unit(reading: Reading, hit: PlaceHit, first: int, counted: set[int]) -> bool:
    """Whether the name only says which unit: a unit's head stands before it in the same phrase."""
    for at in range(hit.first - 1, max(first, hit.first - _UNIT_LOOK_BACK) - 1, -1):
        word = reading.words[at]
        if word.kind is not Kind.WORD or word.text in _LOCATIVE or word.text in CONJUNCTIONS:
            return False
        if word.text in VERB_FORMS or word.text in ("را", "که", "از", "با"):
            return False
        if word.text in UNIT_HEADS or word.text in TEAM_HEADS:
            return at not in counted  # «۲ مرکز بهداشت بم» is a thing in a place
    return False


def place_of(
    reading: Reading, position: int, results: list[Figure], hits: list[PlaceHit]
) -> PlaceHit | None:
    """The place of `results[position]`; `results` are the sentence's figures that are results."""
    figure = results[position]
    following = results[position + 1] if position + 1 < len(results) else None
    behind = _behind(reading, figure, following, hits)
    if behind is not None:
        return behind
    shared = _of_verb(reading, position, results, hits)
    if shared is not None:
        return shared
    if following is not None and _bare_list(reading, figure, following):
        further = results[position + 2] if position + 2 < len(results) else None
        shared = _behind(reading, following, further, hits)
        if shared is not None:
            return shared
    return _ahead(reading, figure, results[:position], hits)


def _behind(
    reading: Reading, figure: Figure, following: Figure | None, hits: list[PlaceHit]
) -> PlaceHit | None:
    """A place between the figure and its verb or the next figure."""
    limit = figure.sentence.after
    if figure.clause.verb is not None:
        limit = min(limit, figure.clause.verb.first)
    if following is not None and following.opening > figure.first:
        limit = min(limit, following.opening)
    for hit in hits:
        if figure.number.after <= hit.first < limit:
            crossed = reading.texts(figure.number.after, hit.first)
            if "که" in crossed or "؛" in crossed:
                return None
            if _another_item(crossed):
                return None
            if following is not None and _opens_next(reading, crossed, hit, following):
                return None
            return hit
    return None


def _another_item(crossed: list[str]) -> bool:
    """«برق سه روستا، بهسازی راه روستای گلشن»: a deed behind a comma has no figure but a place."""
    return any(
        text in ("،", "و") and crossed[index + 1 : index + 2] and crossed[index + 1] in DEEDS
        for index, text in enumerate(crossed)
    ) and crossed[-1] not in ("در", "به")


def _opens_next(reading: Reading, crossed: list[str], hit: PlaceHit, following: Figure) -> bool:
    """«۵۰۰ بسته، در بم ۳۰ چادر»: behind a comma or و a place in front of the next figure is its own."""
    parted = any(text in ("و", "،") for text in crossed)
    near = following.opening - hit.after <= _NEAR
    if parted and hit.after == following.opening:  # «دلفان ۲۱۰ واحد، ازنا ۱۴۵ واحد»
        return True
    return parted and near and reading.text(hit.first - 1) in _LOCATIVE


def _of_verb(
    reading: Reading, position: int, results: list[Figure], hits: list[PlaceHit]
) -> PlaceHit | None:
    """A place behind the object marker belongs to the verb, and so to the whole list before it."""
    clause = results[position].clause
    if clause.verb is None:
        return None
    last = results[position]
    for figure in results[position + 1 :]:
        if figure.clause is clause:
            last = figure
    for hit in hits:
        if last.after <= hit.first < clause.verb.first:
            return hit if "را" in reading.texts(last.after, hit.first) else None
    return None


def _bare_list(reading: Reading, figure: Figure, following: Figure) -> bool:
    return figure.clause is following.clause and all(
        text in _LIST_JOINTS for text in reading.texts(figure.after, following.opening)
    )


def _ahead(
    reading: Reading, figure: Figure, earlier: list[Figure], hits: list[PlaceHit]
) -> PlaceHit | None:
    """The nearest place in front that no earlier item of a list has taken."""
    for hit in reversed(hits):
        if hit.after > figure.opening:
            continue
        if _is_share(reading, hit.after, figure.opening):
            return None
        clause = figure.sentence.clause_of.get(hit.first)
        before = [item for item in earlier if item.first < hit.first and item.clause is clause]
        if before and not _still_holds(reading, before[-1], hit, figure):
            return None
        return hit
    return None


def _is_share(reading: Reading, first: int, after: int) -> bool:
    """«… در سراسر کشور …، که سهم ما ۳۲ …»: a partner's share is not said of the whole place."""
    for at in range(after - 1, first - 1, -1):
        text = reading.text(at)
        if text in SHARE_WORDS:
            return True
        if text == "که":
            return False
    return False


def _still_holds(reading: Reading, item: Figure, hit: PlaceHit, figure: Figure) -> bool:
    """Whether a place behind an earlier item is also that of a later figure.

    It is when the place opens the later figure, when the later figure only goes with the event
    («۳۵ نشست در قشم با حضور ۴۰۰۰ کودک»), and in a relative clause about the earlier item.
    """
    if reading.text(hit.after) == "با" or _opens(reading, item, hit, figure):
        return True
    return item.clause is not figure.clause and "که" in reading.texts(hit.after, figure.opening)


def _opens(reading: Reading, item: Figure, hit: PlaceHit, figure: Figure) -> bool:
    """«در بم ۹۶۰ فقره و در میناب ۷۰۰ فقره»: the second place stands in front of the second figure."""
    parted = any(text in ("و", "،", "؛") for text in reading.texts(item.after, hit.first))
    near = figure.opening - hit.after <= _NEAR
    if parted and hit.after == figure.opening:
        return True
    return parted and near and reading.text(hit.first - 1) in _LOCATIVE
