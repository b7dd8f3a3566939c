"""Integers in English words, for the line under a number field."""

from __future__ import annotations

from karnameh.kernel.malformed import Malformed

LIMIT = 10**18
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_SCALES = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (100, "hundred"))


def to_english(number: int) -> str:
    """`number` in English words. Raises `Malformed` beyond ±10^18, as the Persian words do."""
    if abs(number) > LIMIT:
        raise Malformed("number_too_large", str(number))
    if number < 0:
        return "minus " + to_english(-number)
    for scale, name in _SCALES:
        if number >= scale:
            high, low = divmod(number, scale)
            head = f"{to_english(high)} {name}"
            return f"{head} {to_english(low)}" if low else head
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]
