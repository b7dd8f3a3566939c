"""One cell: what it holds, and text that no spreadsheet runs as a formula."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from karnameh.kernel.text import clean

Cell = str | Decimal | date | None

# OWASP, "CSV injection"; the full-width forms are formulas in East Asian editions.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[-+]?[0-9][0-9,.]*")


class Unreadable(Exception):
    """A whole file that is refused: `code` names the sentence, `given` is what it speaks of."""

    def __init__(self, code: str, given: str = "") -> None:
        super().__init__(f"{code}: {given!r}")
        self.code = code
        self.given = given


def guarded(text: str) -> str:
    """`text` with an apostrophe before what a spreadsheet would run; numbers stay numbers."""
    if text.startswith("'") or (text.startswith(_STARTS) and not _NUMBER.fullmatch(text)):
        return "'" + text
    return text


def unguarded(text: str) -> str:
    """The text that was guarded: `unguarded(guarded(x)) == x` for every x."""
    return text[1:] if text.startswith("'") and text[1:].startswith(("'", *_STARTS)) else text


def raw_text(cell: Cell) -> str:
    """A cell as text, exactly as it was before it was guarded."""
    if type(cell) is str:
        return unguarded(cell)
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else format(cell, "f")


@lru_cache(maxsize=65_536)
def _clean(text: str) -> str:
    text = unguarded(text)
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # what codes and ids are: nothing else could be removed
    return clean(text)


def text_of(cell: Cell) -> str:
    """A cell as text that may be kept."""
    return _clean(cell) if type(cell) is str else raw_text(cell)
