"""Folded text to words: one word however its half-spaces are typed.

Persian writes one word in three ways («می‌شود», «می شود», «میشود»). Here all three become one
`Word` that still knows its place in the text, so that no later rule has to think of typing habits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from karnameh.narrative.reader.characters import NOISE, ZWNJ, bare
from karnameh.narrative.reader.lexicon import (
    JOINED_PAIRS,
    NOT_COPULAS,
    NOT_NUMBERS,
    PLURAL_SUFFIXES,
)
from karnameh.narrative.reader.number_words import (
    NUMERAL_PIECES,
    ORDINAL_ENDINGS,
    ORDINALS,
    split_glued,
)
from karnameh.narrative.reader.verbs import VERB_FORMS


class Kind(Enum):
    """What sort of thing a word is."""

    WORD = "word"
    DIGITS = "digits"
    MARK = "mark"
    BREAK = "break"
    CODE = "code"  # telephone, card and letter numbers
    OTHER = "other"  # Latin words, addresses


class Word(NamedTuple):
    """One word: `text` is its bare form for look-up, `start` and `end` its place in the text."""

    text: str
    start: int
    end: int
    kind: Kind


_TOKEN = re.compile(
    rf"""
    (?P<other>(?:https?://|www\.)\S+|[A-Za-z0-9._%+-]{{1,64}}@[\w.-]+|[A-Za-z]+)
  | (?P<code>[*][0-9*]+[#]|[0-9]+(?:-[0-9]{{3,}}){{2,}}|0[0-9]{{1,4}}-[0-9]{{4,}}|[0-9]+/(?:الف|[^\W\d_])(?!\w))
  | (?P<digits>[0-9][0-9{NOISE}]*(?:[.,٬،٫/:'’-][0-9]+)*)
  | (?P<word>[^\W\d_](?:[^\W\d_A-Za-z]|[{ZWNJ}{NOISE}])*)
  | (?P<break>\n)
  | (?P<mark>[^\s{ZWNJ}{NOISE}])
    """,
    re.VERBOSE,
)
_KINDS = {
    "other": Kind.OTHER,
    "code": Kind.CODE,
    "digits": Kind.DIGITS,
    "word": Kind.WORD,
    "break": Kind.BREAK,
    "mark": Kind.MARK,
}
# A run of digits and separators is one number only in these shapes; otherwise it is several.
_ONE_NUMBER = re.compile(
    r"""
    [0-9]+
  | [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?
  | [0-9]{2,4}(?P<s>[/.-])[0-9]{1,2}(?P=s)[0-9]{1,4}
  | [0-9]{1,3}(?P<t>[.,٬،'’])[0-9]{3}(?:(?P=t)[0-9]{3})*(?:[.٫/][0-9]+)?
  | [0-9]{1,3}(?:[,٬][0-9]{3})+
  | [0-9]+[.٫/,][0-9]+
    """,
    re.VERBOSE,
)
_PIECE = re.compile(r"[0-9]+|[^0-9]")
_VERB_PREFIXES = frozenset(("می", "نمی", "همی"))
_COPULA_ENDINGS = ("اند", "ایم")
_AFTER_IN = frozenset("شهرستان استان شهر روستای روستا سراسر سطح این حال بخش منطقه مجموع".split())
_PERFECT_SUFFIXES = frozenset(("ام", "ایم", "اند", "اید"))


def words_of(folded: str) -> list[Word]:
    """The words of a folded text, joined where typing had torn them apart."""
    return _joined(_pieces(folded))


def _pieces(folded: str) -> Iterator[Word]:
    for found in _TOKEN.finditer(folded):
        group = found.lastgroup or "mark"
        raw, start, end = found.group(), found.start(), found.end()
        if group == "word":
            yield from _word_pieces(raw, start, end)
        elif group == "digits":
            yield from _digit_pieces(raw, start)
        else:
            yield Word(raw, start, end, _KINDS[group])


def _word_pieces(raw: str, start: int, end: int) -> Iterator[Word]:
    """One word, unless half-spaces or missing spaces hide a numeral inside («یک‌سوم», «دههزار»)."""
    text = bare(raw)
    if not text:
        return
    cut = _loose_end(raw, text)
    if text in NOT_NUMBERS or text in ORDINALS:
        yield Word(text, start, end, Kind.WORD)
    elif cut:
        yield from _word_pieces(raw[:cut], start, start + cut)
        yield Word(bare(raw[cut:]), start + cut, end, Kind.WORD)
    elif ZWNJ in raw and bare(raw.split(ZWNJ, 1)[0]) in NUMERAL_PIECES:
        yield from _half_space_pieces(raw, start)
    else:
        parts = split_glued(text)
        if parts and len(text) == len(raw):
            at = start
            for part in parts:
                yield Word(part, at, at + len(part), Kind.WORD)
                at += len(part)
        else:
            yield Word(text, start, end, Kind.WORD)


def _loose_end(raw: str, text: str) -> int:
    """Where a word of its own begins inside `raw`: a copula («آماده‌اند», «برنامه‌هاست»), or 0.

    A preposition typed onto an administrative noun («درشهرستان») is parted as well.
    """
    for ending in _COPULA_ENDINGS:
        if raw.endswith(ZWNJ + ending) and text not in VERB_FORMS:
            return len(raw) - len(ending)
    if text.endswith("ست") and len(text) > 5 and text not in NOT_COPULAS and text not in VERB_FORMS:
        if text.endswith(("هاست", "پاست", "یاست", "راست")):
            return len(raw) - 2
    return 2 if raw[:2] == "در" and text[2:] in _AFTER_IN else 0


def _half_space_pieces(raw: str, start: int) -> Iterator[Word]:
    """Split after each numeral; what is no numeral stays whole («ده‌» + «روزه»)."""
    at = start
    parts = raw.split(ZWNJ)
    for index, part in enumerate(parts):
        text = bare(part)
        if text and text not in NUMERAL_PIECES:
            rest = ZWNJ.join(parts[index:])
            yield Word(bare(rest), at, at + len(rest), Kind.WORD)
            return
        if text:
            yield Word(text, at, at + len(part), Kind.WORD)
        at += len(part) + 1


def _digit_pieces(raw: str, start: int) -> Iterator[Word]:
    text = raw.replace(NOISE, "")
    if _ONE_NUMBER.fullmatch(text):
        yield Word(text, start, start + len(raw), Kind.DIGITS)
        return
    for found in _PIECE.finditer(raw):
        kind = Kind.DIGITS if found.group().isdigit() else Kind.MARK
        if found.group() != NOISE:
            yield Word(found.group(), start + found.start(), start + found.end(), kind)


def _joined(pieces: Iterator[Word]) -> list[Word]:
    """Put torn words together: prefixes, plural endings, compounds, perfect endings."""
    words: list[Word] = []
    for word in _with_parted_and(pieces):
        last = words[-1] if words else None
        if (
            last is not None
            and word.kind is Kind.WORD
            and last.kind is Kind.WORD
            and (whole := _whole(last.text, word.text)) is not None
        ):
            words[-1] = Word(whole, last.start, word.end, Kind.WORD)
        else:
            words.append(word)
    return words


def _with_parted_and(pieces: Iterator[Word]) -> Iterator[Word]:
    """Part the «و» that typing glued between two numerals («۸ونیم», «سي ودو»)."""
    last: Word | None = None
    for word in pieces:
        rest = word.text[1:]
        if (
            last is not None
            and word.text[:1] == "و"
            and (rest in NUMERAL_PIECES or split_glued(rest))
            and (last.kind is Kind.DIGITS or last.text in NUMERAL_PIECES)
        ):
            at = word.start + 1
            yield Word("و", word.start, at, Kind.WORD)
            parts = split_glued(rest) or (rest,)
            for part in parts[:-1]:
                yield Word(part, at, at + len(part), Kind.WORD)
                at += len(part)
            last = Word(parts[-1], at, word.end, Kind.WORD)
        else:
            last = word
        yield last


def _whole(first: str, second: str) -> str | None:
    """The one word that two neighbours make, or None when they are two words."""
    whole = first + second
    if first in _VERB_PREFIXES:
        return whole if whole in VERB_FORMS else None
    if second in PLURAL_SUFFIXES:
        return whole if first not in NUMERAL_PIECES or second == "ها" else None
    if whole in JOINED_PAIRS:
        return whole
    if second in _PERFECT_SUFFIXES and whole in VERB_FORMS:
        return whole
    return whole if whole in ORDINALS and second in ORDINAL_ENDINGS else None


