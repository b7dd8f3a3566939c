"""Quantities as people type them and as pages print them."""

from __future__ import annotations

import re
from decimal import Decimal

from karnameh.kernel.digits import PERSIAN, to_latin, to_persian
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.number_words import parse_number
from karnameh.kernel.text import clean

LARGEST = Decimal(10) ** 15  # beyond this a count of anything on earth is a slip of the finger

_PLAIN = re.compile(r"[-−]?[0-9]+(?:[.٫][0-9]+)?")
_GROUPED = re.compile(r"[-−]?[0-9]{1,3}(?:([٬,،' \u00a0])[0-9]{3})(?:\1[0-9]{3})*(?:[.٫][0-9]+)?")
_DOT_THOUSANDS = re.compile(r"[-−]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+")


def parse_quantity(text: str, *, decimals: int = 3) -> Decimal:
    """The number that a person typed: any digits, Persian separators, or words.

    `decimals` is how many places the unit of measure allows. Raises `Malformed` when the text is
    empty, no number, readable in two ways (`1.234`, `12/5`, `1,5`), too large or too fine.
    """
    written = to_latin(clean(text))
    if not written:
        raise Malformed("quantity_missing")
    if _DOT_THOUSANDS.fullmatch(written) or "/" in written:
        raise Malformed("quantity_ambiguous", text)
    if _PLAIN.fullmatch(written) or _GROUPED.fullmatch(written):
        bare = re.sub(r"[٬,،' \u00a0]", "", written)
        number = Decimal(bare.replace("٫", ".").replace("−", "-"))
    elif any(mark in written for mark in ",،'٬") and re.fullmatch(r"[-−0-9٬,،'.٫ ]+", written):
        raise Malformed("quantity_ambiguous", text)
    else:
        try:
            number = parse_number(written)
        except Malformed as trouble:
            raise Malformed("quantity_unreadable", text) from trouble
    if abs(number) > LARGEST:
        raise Malformed("quantity_too_large", text)
    if number != round(number, decimals):
        raise Malformed("quantity_too_fine", text, decimals=str(decimals))
    return number.normalize() if number % 1 else number.quantize(Decimal(1))


def format_quantity(value: Decimal | int, *, digits: str = PERSIAN) -> str:
    """`value` with grouped thousands and no idle zeros, in Persian or Latin digits."""
    plain = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    if digits != PERSIAN:
        return plain
    # U+200E keeps the minus on the left of a number inside Persian text.
    shown = to_persian(plain.replace(",", "٬").replace(".", "٫"))
    return "\u200e" + shown.replace("-", "−") if plain.startswith("-") else shown
