"""Money: whole rials, said in rial or toman, with the words that were written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from karnameh.kernel.malformed import Malformed
from karnameh.kernel.number_words import to_words
from karnameh.kernel.quantity import parse_quantity
from karnameh.kernel.text import clean

RIALS_PER_TOMAN = 10
LARGEST = 10**18

_TOMAN = ("تومان", "تومن", "toman", "tomans")
_RIAL = ("ریال", "rial", "rials", "IRR")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole rials and the text it was read from."""

    rial: int
    as_written: str = ""

    def __post_init__(self) -> None:
        if abs(self.rial) > LARGEST:
            raise Malformed("money_too_large", self.as_written or str(self.rial))

    @classmethod
    def parse(cls, text: str, *, currency: str | None = None) -> Money:
        """`«۱۹ میلیارد تومان»`, `«1,200,000 ریال»`; `currency` ("rial" or "toman") when none is named.

        Raises `Malformed` when no currency is known, or the amount is unreadable or no whole rial.
        """
        written = clean(text)
        amount, named = _without_currency(written)
        currency = named or currency
        if currency is None:
            raise Malformed("money_without_currency", text)
        factor = RIALS_PER_TOMAN if currency == "toman" else 1
        rial = parse_quantity(amount, decimals=12) * factor
        if rial != rial.to_integral_value():
            raise Malformed("money_not_whole", text)
        return cls(int(rial), written)

    @property
    def toman(self) -> Decimal:
        """The same amount in toman; it has a decimal when the rials are no multiple of ten."""
        return Decimal(self.rial) / RIALS_PER_TOMAN

    def in_words(self, currency: str = "toman") -> str:
        """`«یازده میلیون تومان»`; odd rials are said after the tomans."""
        if currency == "rial":
            return f"{to_words(self.rial)} ریال"
        tomans, rials = divmod(abs(self.rial), RIALS_PER_TOMAN)
        said = [f"{to_words(tomans)} تومان"] if tomans or not rials else []
        said += [f"{to_words(rials)} ریال"] if rials else []
        return ("منفی " if self.rial < 0 else "") + " و ".join(said)


def _without_currency(written: str) -> tuple[str, str | None]:
    for name, words in (("toman", _TOMAN), ("rial", _RIAL)):
        for word in words:
            if written.casefold().endswith(word.casefold()):
                return written[: -len(word)].strip(), name
    return written, None
