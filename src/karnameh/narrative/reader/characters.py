"""One reading form of a text in which every character keeps its place.

Everything after this module works on the folded text; because folding never changes the length,
an offset in the folded text is an offset in the text that the person wrote.
"""

from __future__ import annotations

import unicodedata

from karnameh.kernel.digits import ARABIC, LATIN, PERSIAN

ZWNJ = "\u200c"
NOISE = "\u00ad"  # stands for whatever a reader does not see; removed from every word

_INVISIBLE = (
    "\u00ad\u200d\u2060\ufeff\u180e\u0640\u061c\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_HALF_SPACES = "\u200b\u00ac"  # what old keyboards and converters leave in place of the half-space
_SPACES = (
    "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_BREAKS = "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_LETTERS = {
    "ي": "ی", "ى": "ی", "ې": "ی", "ئ": "ی", "ك": "ک", "ڪ": "ک", "ة": "ه", "ۀ": "ه", "ہ": "ه",
    "ە": "ه", "ھ": "ه", "ؤ": "و", "أ": "ا", "إ": "ا", "ٱ": "ا", "％": "%", "٪": "%",
}  # fmt: skip


def _presentation_forms() -> dict[int, str]:
    """Letters that some converters store by their shape; ligatures of two letters are left alone."""
    forms = {}
    for code in (*range(0xFB50, 0xFDFC), *range(0xFE80, 0xFEFD)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1:
            forms[code] = _LETTERS.get(plain, plain)
    return forms


def _table() -> dict[int, str]:
    table = _presentation_forms()
    table |= dict.fromkeys((*range(1552, 1563), *range(1611, 1632), 1648), NOISE)
    table |= {ord(sign): NOISE for sign in _INVISIBLE}
    table |= {ord(sign): ZWNJ for sign in _HALF_SPACES}
    table |= {ord(sign): " " for sign in _SPACES}
    table |= {ord(sign): "\n" for sign in _BREAKS}
    table |= {ord(letter): plain for letter, plain in _LETTERS.items()}
    table |= {ord(sign): LATIN[i] for signs in (PERSIAN, ARABIC) for i, sign in enumerate(signs)}
    return table


_TABLE = _table()
_BARE = str.maketrans("", "", NOISE + ZWNJ)


def fold(text: str) -> str:
    """`text` with Persian letters, Latin digits and plain spaces; the length never changes."""
    return text.translate(_TABLE)


def bare(folded: str) -> str:
    """A folded word without half-spaces and marks: «می‌شود», «مي‌شود» and «میشود» are one."""
    return folded.translate(_BARE)


def key(word: str) -> str:
    """The form in which a word of a lexicon is looked up."""
    return bare(fold(word))


def key_list(text: str) -> list[str]:
    """The words of a piece of lexicon, each in its look-up form."""
    return [key(word) for word in text.split()]


def key_set(text: str) -> frozenset[str]:
    """The words of a piece of lexicon as a set of look-up forms."""
    return frozenset(key_list(text))
