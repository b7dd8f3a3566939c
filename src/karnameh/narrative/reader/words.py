"""Folded text to words: one word however its half-spaces are typed.

Persian writes one word in three ways («می‌شود», «می شود», «میشود»). Here all three become one
`Word` that still knows its place in the text, so that no later rule has to think of typing habits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from karnameh.narrative.reader.characters import NOISE, ZWNJ, bare, key_set
from karnameh.narrative.reader.lexicon import (
    DEEDS,
    JOINED_PAIRS,
    NOT_COPULAS,
    NOT_NUMBERS,
    PLEDGE_WORDS,
    PLURAL_SUFFIXES,
    PREDICATES_WITH_COPULA,
    SAY_WORDS,
)
from karnameh.narrative.reader.nouns import is_counted_noun, is_known_noun
from karnameh.narrative.reader.number_words import (
    NUMERAL_PIECES,
    ORDINAL_ENDINGS,
    ORDINALS,
    split_glued,
)
from karnameh.narrative.reader.places import DEFAULT_INDEX
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
  | (?P<code>
        [*][0-9*]+[#] | [0-9]+(?:-[0-9]{{3,}}){{2,}} | 0[0-9]{{1,4}}-[0-9]{{4,}}
      | [0-9]+/(?:الف|[^\W\d_])(?!\w)
    )
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
_LONGEST_WORD = 48
_WRITTEN_EZAFE = f"ه{ZWNJ}ی"
_OWNED_SCALES = frozenset(("هزار", "میلیون", "میلیارد"))
_COPULA_ENDINGS = ("اند", "ایم")
_LIGHT_BEGINNINGS = ("کرد", "شد", "داد", "می", "خواه", "گرفت", "است", "نمود", "یافت")
_VERB_NOUNS = DEEDS | SAY_WORDS | PLEDGE_WORDS | frozenset(("خواهد", "خواهند", "خواهیم", "شده"))
_COPULA_TAILS = ("هاست", "پاست", "یاست", "راست", "تاست")
_AFTER_IN = key_set("شهرستان استان شهر روستای روستا سراسر سطح این حال بخش منطقه مجموع")
_PERFECT_SUFFIXES = frozenset(("ام", "ایم", "اند", "اید"))


def words_of(folded: str) -> list[Word]:
    """The words of a folded text, joined where typing had torn them apart."""
    return _joined(_pieces(folded))


def _pieces(folded: str) -> list[Word]:
    pieces: list[Word] = []
    add, new, word_kind = pieces.append, tuple.__new__, Kind.WORD  # asked for every word of a text
    for found in _TOKEN.finditer(folded):
        group, raw, (start, end) = found.lastgroup, found.group(), found.span()
        if group == "word":
            # Longer runs of letters are no Persian words; they are not looked into.
            parts = _parts(raw) if end - start <= _LONGEST_WORD else ((bare(raw), 0, end - start),)
            for text, first, after in parts:
                add(new(Word, (text, start + first, start + after, word_kind)))
        elif group == "digits":
            pieces.extend(_digit_pieces(raw, start))
        else:
            add(Word(raw, start, end, _KINDS[group or "mark"]))
    return pieces


@lru_cache(maxsize=16384)
def _parts(raw: str) -> tuple[tuple[str, int, int], ...]:
    """The words hidden in one typed word: look-up form, begin and end within `raw`."""
    text = bare(raw)
    if not text:
        return ()
    whole = ((text, 0, len(raw)),)
    if text in NOT_NUMBERS or text in ORDINALS:
        return whole
    if raw.endswith(_WRITTEN_EZAFE):
        return ((text[:-1], 0, len(raw)),)  # «وعده‌ی ساخت», «سهمیه‌ی زنان»
    cut = _loose_end(raw, text)
    if cut:
        return (*_parts(raw[:cut]), (bare(raw[cut:]), cut, len(raw)))
    if ZWNJ in raw and bare(raw.split(ZWNJ, 1)[0]) in NUMERAL_PIECES:
        return tuple(_half_space_parts(raw))
    glued = split_glued(text) if len(text) == len(raw) else None
    return tuple(_in_a_row(glued)) if glued else whole


def _in_a_row(parts: Iterable[str]) -> Iterator[tuple[str, int, int]]:
    at = 0
    for part in parts:
        yield part, at, at + len(part)
        at += len(part)


def _loose_end(raw: str, text: str) -> int:
    """Where a word of its own begins inside `raw`: a copula («آماده‌اند», «برنامه‌هاست»), or 0.

    A preposition typed onto an administrative noun («درشهرستان») is parted as well.
    """
    if text.endswith("ش") and text[:-1] in _OWNED_SCALES:
        return len(raw) - 1  # «سه میلیاردش رسیده»
    for scale in _OWNED_SCALES:
        if (
            raw.startswith(scale)
            and len(text) > len(scale) + 2
            and is_counted_noun(text[len(scale) :])
        ):
            return len(scale)  # «۹۵هزارکیف»
    for ending in _COPULA_ENDINGS:
        if raw.endswith(ZWNJ + ending) and text not in VERB_FORMS:
            return len(raw) - len(ending)
    if (
        len(text) > 5
        and text.endswith(_COPULA_TAILS)
        and not (text in NOT_COPULAS or text in VERB_FORMS)
    ):
        return len(raw) - 2
    if text.endswith(("یم", "ند")) and text[:-2] in PREDICATES_WITH_COPULA:
        return len(raw) - 2  # «نیازمندیم»
    if text.endswith("ند") and is_known_noun(text[:-2]) and not is_known_noun(text):
        return 0 if text in VERB_FORMS else len(raw) - 2  # «در چادرند», «باغدارند»
    if raw[:2] == "در" and text not in DEFAULT_INDEX:
        return 2 if text[2:] in _AFTER_IN or (len(text) > 4 and text[2:] in DEFAULT_INDEX) else 0
    return _glued_verb(text) if len(text) == len(raw) and text not in VERB_FORMS else 0


def _glued_verb(text: str) -> int:
    """Where the light verb begins in «برپاکردیم» or «خواهدشد», or 0."""
    if is_counted_noun(text):
        return 0  # «قرارداد»
    for light in _LIGHT_BEGINNINGS:
        cut = text.find(light, 3)
        if cut > 0 and text[cut:] in VERB_FORMS and text[:cut] in _VERB_NOUNS:
            return cut
    return 0


def _half_space_parts(raw: str) -> Iterator[tuple[str, int, int]]:
    """Split after each numeral; what is no numeral stays whole («ده‌» + «روزه»)."""
    at = 0
    parts = raw.split(ZWNJ)
    for index, part in enumerate(parts):
        text = bare(part)
        if text and text not in NUMERAL_PIECES:
            yield bare(ZWNJ.join(parts[index:])), at, len(raw)
            return
        if text:
            yield text, at, at + len(part)
        at += len(part) + 1


def _digit_pieces(raw: str, start: int) -> Iterator[Word]:
    text = raw.replace(NOISE, "")
    if _ONE_NUMBER.fullmatch(text):
        yield Word(text, start, start + len(raw), Kind.DIGITS)
        return
    for found in _PIECE.finditer(raw):
        kind = Kind.DIGITS if found.group().isdecimal() else Kind.MARK
        if found.group() != NOISE:
            yield Word(found.group(), start + found.start(), start + found.end(), kind)


def _joined(pieces: Iterable[Word]) -> list[Word]:
    """Put torn words together: prefixes, plural endings, compounds, perfect endings."""
    words: list[Word] = []
    typed: Word | None = None  # the piece before, as it was typed
    last = ""  # the look-up form of the last word, when it may be torn
    for piece in pieces:
        glued = piece.text[:1] == "و" and typed is not None and _glued_numerals(typed, piece)
        for word in _parted(piece, glued) if glued else (piece,):
            whole = _whole(last, word.text) if last and word.kind is Kind.WORD else None
            if whole is None:
                words.append(word)
                last = word.text if word.kind is Kind.WORD else ""
            else:
                words[-1] = Word(whole, words[-1].start, word.end, Kind.WORD)
                last = whole
            typed = word
    return words


def _glued_numerals(typed: Word, piece: Word) -> tuple[str, ...]:
    """The numerals behind a «و» that typing glued to them («۸ونیم», «سي ودو»); empty when it is none."""
    if typed.kind is not Kind.DIGITS and typed.text not in NUMERAL_PIECES:
        return ()
    rest = piece.text[1:]
    if not rest:
        return ()
    parts = split_glued(rest)
    return tuple(parts) if parts else (rest,) if rest in NUMERAL_PIECES else ()


def _parted(piece: Word, numerals: tuple[str, ...]) -> Iterator[Word]:
    """A glued «و» and the numerals behind it, each a word of its own."""
    at = piece.start + 1
    yield Word("و", piece.start, at, Kind.WORD)
    for numeral in numerals[:-1]:
        yield Word(numeral, at, at + len(numeral), Kind.WORD)
        at += len(numeral)
    yield Word(numerals[-1], at, piece.end, Kind.WORD)


def _whole(first: str, second: str) -> str | None:
    """The one word that two neighbours make, or None when they are two words."""
    whole = first + second
    if first in _VERB_PREFIXES:
        return whole if whole in VERB_FORMS else None
    if second in PLURAL_SUFFIXES:
        return whole if first not in NUMERAL_PIECES or second == "ها" else None
    if second == "ترین" and first not in NUMERAL_PIECES:
        return whole  # «مهم ترین»
    if whole in JOINED_PAIRS or (second == "ای" and first.endswith("ه")):
        return whole
    if second == "ی" and first.endswith("ه") and first not in NUMERAL_PIECES:
        return first  # «وعده ی ساخت»
    if second in _PERFECT_SUFFIXES and whole in VERB_FORMS:
        return whole
    return whole if whole in ORDINALS and second in ORDINAL_ENDINGS else None
