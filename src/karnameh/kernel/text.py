"""Persian text: what is kept, what is compared, what is sorted.

`clean` is for keeping: it removes what cannot be seen and what can deceive, and changes nothing that
a reader would notice. `normal_form` is for comparing: two spellings of one name become equal.
`sort_key` orders by the Persian alphabet under plain byte comparison, because no PostgreSQL
collation that ships everywhere does.
"""

from __future__ import annotations

import re
import unicodedata

from karnameh.kernel.digits import to_latin

ZWNJ = "\u200c"
KASHIDA = "\u0640"

# Marks that reorder what follows: the tool of look-alike names. Never kept.
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_INVISIBLE = "\u200b\u2060\ufeff\u00ad\u180e\u200d" + KASHIDA
_DROPPED = re.compile(f"[{BIDI_CONTROLS}{_INVISIBLE}]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufff9-\ufffb]")
_SPACES = re.compile(r"[^\S\n]+")
_ZWNJ_RUNS = re.compile(f"{ZWNJ}+")
_ZWNJ_IDLE = re.compile(rf"{ZWNJ}*(\s){ZWNJ}*|^{ZWNJ}+|{ZWNJ}+$")
_ARABIC_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})
# Letters that Persian typists use for one another when they search.
_FOLDED = str.maketrans(
    {
        "آ": "ا",
        "أ": "ا",
        "إ": "ا",
        "ٱ": "ا",
        "ؤ": "و",
        "ئ": "ی",
        "ۀ": "ه",
        "ة": "ه",
        "ہ": "ه",
        "ە": "ه",
    }
)
# Matching a class is many times faster than asking about each letter.
_MARKS = re.compile(
    "[" + "".join(chr(c) for c in range(0x300, 0xFFFF) if unicodedata.combining(chr(c))) + "]"
)
_NOT_WORD = re.compile(r"[^\w\s]|_")

_ALPHABET = "ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_ORDER = {letter: chr(0x100 + rank) for rank, letter in enumerate(_ALPHABET)}
_ORDER |= {
    "أ": _ORDER["ا"],
    "إ": _ORDER["ا"],
    "ؤ": _ORDER["و"],
    "ئ": _ORDER["ی"],
    "ۀ": _ORDER["ه"],
    "ة": _ORDER["ه"],
}
_NUMBER = re.compile(r"[0-9]+")


def clean(text: str, *, lines: bool = False) -> str:
    """`text` as it may be kept: NFC, Persian letters, no bidi or control characters, single spaces.

    With `lines`, line breaks are kept; otherwise they become spaces.
    """
    text = unicodedata.normalize("NFC", text).translate(_ARABIC_LETTERS)
    text = _DROPPED.sub("", text)
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )
    text = _CONTROLS.sub("", text)
    if not lines:
        text = text.replace("\n", " ")
    text = _ZWNJ_RUNS.sub(ZWNJ, _SPACES.sub(" ", text))
    return _ZWNJ_IDLE.sub(lambda found: found.group(1) or "", text).strip()


def normal_form(text: str) -> str:
    """`text` for comparison: folded letters and digits, no marks, half-spaces as spaces."""
    text = clean(text).replace(ZWNJ, " ")
    decomposed = unicodedata.normalize("NFD", text.translate(_FOLDED))
    bare = _NOT_WORD.sub(" ", to_latin(_MARKS.sub("", decomposed)).casefold().translate(_FOLDED))
    return " ".join(bare.split())


def compact_form(text: str) -> str:
    """`normal_form` without spaces: «می‌روم», «می روم» and «میروم» are one."""
    return normal_form(text).replace(" ", "")


def search_terms(query: str) -> list[str]:
    """The parts of a query, each to be found somewhere in a `compact_form`."""
    return normal_form(query).split()


def sort_key(text: str) -> str:
    """A key whose byte order is the order of the Persian alphabet; numbers sort by value."""
    text = _NUMBER.sub(lambda run: run.group().zfill(12), to_latin(clean(text).casefold()))
    return "".join(_ORDER.get(letter, letter) for letter in text.replace(ZWNJ, ""))
