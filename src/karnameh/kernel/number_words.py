"""Integers and Persian words, both ways, up to 10^18.

Above a milliard Persian counts milliards («هزار میلیارد»), which is also what people say; the word
«بیلیون» means 10^9 to some readers and 10^12 to others and is therefore refused.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from karnameh.kernel.digits import to_latin
from karnameh.kernel.malformed import Malformed
from karnameh.kernel.text import ZWNJ, clean

LIMIT = 10**18

_ONES = [
    "", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده", "یازده", "دوازده", "سیزده",
    "چهارده", "پانزده", "شانزده", "هفده", "هجده", "نوزده",
]  # fmt: skip
_TENS = ["", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود"]
_HUNDREDS = ["", "صد", "دویست", "سیصد", "چهارصد", "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد"]

UNITS: dict[str, int] = {word: value for value, word in enumerate(_ONES) if word}
TENS: dict[str, int] = {word: value * 10 for value, word in enumerate(_TENS) if word}
HUNDREDS: dict[str, int] = {word: value * 100 for value, word in enumerate(_HUNDREDS) if word}
SCALES: dict[str, int] = {
    "هزار": 10**3,
    "میلیون": 10**6,
    "ملیون": 10**6,
    "میلیارد": 10**9,
    "ملیارد": 10**9,
    "تریلیون": 10**12,
}
_SPOKEN = {
    "یه": 1, "چار": 4, "شیش": 6, "پونزده": 15, "شونزده": 16, "هیفده": 17, "هیجده": 18, "هژده": 18,
    "دوصد": 200, "شیشصد": 600, "پونصد": 500, "چارصد": 400,
}  # fmt: skip
UNITS |= {word: value for word, value in _SPOKEN.items() if value < 20}
HUNDREDS |= {word: value for word, value in _SPOKEN.items() if value >= 100}


def to_words(number: int) -> str:
    """`number` in Persian words. Raises `Malformed` beyond ±10^18."""
    if abs(number) > LIMIT:
        raise Malformed("number_too_large", str(number))
    if number < 0:
        return "منفی " + to_words(-number)
    if number == 0:
        return "صفر"
    for scale, name in ((10**9, "میلیارد"), (10**6, "میلیون"), (10**3, "هزار")):
        if number >= scale:
            high, low = divmod(number, scale)
            head = name if scale == 10**3 and high == 1 else f"{to_words(high)} {name}"
            return f"{head} و {to_words(low)}" if low else head
    parts = [_HUNDREDS[number // 100]]
    rest = number % 100
    parts += [_ONES[rest]] if rest < 20 else [_TENS[rest // 10], _ONES[rest % 10]]
    return " و ".join(part for part in parts if part)


def from_words(text: str) -> int:
    """The integer that `text` says in words, digits or both («۳ هزار و چهارصد»).

    Raises `Malformed` when it is not a number, not whole, or could be read in two ways.
    """
    number = parse_number(text)
    if number != number.to_integral_value():
        raise Malformed("number_not_whole", text)
    return int(number)


def parse_number(text: str) -> Decimal:
    """Like `from_words`, but a digit group may have a decimal part («۱٫۵ میلیون») and «نیم» counts."""
    tokens = to_latin(clean(text)).replace(ZWNJ, " ").split()
    negative = bool(tokens) and tokens[0] == "منفی"
    if negative:
        tokens = tokens[1:]
    if not tokens or tokens[0] == "و" or tokens[-1] == "و" or "و و" in " ".join(tokens):
        raise Malformed("number_unreadable", text)
    words = [token for token in tokens if token != "و"]
    if words == ["صفر"]:
        return Decimal(0)
    value = _scaled(words, text)
    if abs(value) > LIMIT:
        raise Malformed("number_too_large", text)
    return -value if negative else value


def _scaled(words: list[str], text: str) -> Decimal:
    """Split at the largest scale: what stands before multiplies it, what follows is smaller."""
    largest = max((SCALES.get(word, 1) for word in words), default=1)
    if largest == 1:
        return _below_scale(words, text)
    at = max(index for index, word in enumerate(words) if SCALES.get(word) == largest)
    head, tail = words[:at], words[at + 1 :]
    times = _scaled(head, text) if head else Decimal(1)
    if largest < 10**9 and times >= largest:  # «هزار و دو هزار»; milliards alone may be repeated
        raise Malformed("number_unreadable", text)
    value = times * largest
    if not tail:
        return value
    rest = _scaled(tail, text)
    if rest >= largest:
        raise Malformed("number_unreadable", text)
    return value + rest


def _below_scale(words: list[str], text: str) -> Decimal:
    """One group: hundreds, tens, ones, or digits; each place at most once, in falling order."""
    value = Decimal(0)
    floor = 1000  # the next part must be smaller than this
    for word in words:
        part, size = _part(word, text)
        if size >= floor or (not 0 < part < floor and floor < 1000):
            raise Malformed("number_unreadable", text)
        value += part
        floor = size
    return value


def _part(word: str, text: str) -> tuple[Decimal, int]:
    """A word's value and its place: only parts smaller than the place may follow it."""
    if word in HUNDREDS:
        return Decimal(HUNDREDS[word]), 100
    if word in TENS:
        return Decimal(TENS[word]), 10
    if word in UNITS:
        return Decimal(UNITS[word]), 1
    if word == "نیم":
        return Decimal("0.5"), 0
    try:
        number = Decimal(word.replace("٬", "").replace("٫", "."))
    except InvalidOperation:
        raise Malformed("number_unreadable", text) from None
    if not word.isascii() and not set(word) <= set("0123456789٬٫"):
        raise Malformed("number_unreadable", text)
    if not number.is_finite() or not word[0].isdigit() or "e" in word.lower() or "_" in word:
        raise Malformed("number_unreadable", text)
    return number, 1 if number == number.to_integral_value() else 0
