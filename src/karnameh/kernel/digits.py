"""Persian, Arabic-Indic and Latin digits, in and out."""

from __future__ import annotations

LATIN = "0123456789"
PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"

_TO_LATIN = str.maketrans(PERSIAN + ARABIC, LATIN * 2)
_TO_PERSIAN = str.maketrans(LATIN + ARABIC, PERSIAN * 2)


def to_latin(text: str) -> str:
    """Every decimal digit as 0-9; the length never changes."""
    return text.translate(_TO_LATIN)


def to_persian(text: str) -> str:
    """Every decimal digit as ۰-۹; the length never changes."""
    return text.translate(_TO_PERSIAN)
