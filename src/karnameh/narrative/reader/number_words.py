"""Numerals as words: cardinals, ordinals, fractions, and numerals that lost their spaces.

The values come from the kernel; what is added here is what prose needs and a number field does not:
ordinal endings, vague plurals, dozens, and splitting «دههزار» or «یکمیلیون».
"""

from __future__ import annotations

from functools import lru_cache

from karnameh.kernel import number_words as kernel
from karnameh.narrative.reader.characters import key, key_set

UNITS: dict[str, int] = {key(word): value for word, value in kernel.UNITS.items()}
TENS: dict[str, int] = {key(word): value for word, value in kernel.TENS.items()}
HUNDREDS: dict[str, int] = {key(word): value for word, value in kernel.HUNDREDS.items()}
# «همت» is how budgets write a thousand milliard toman: a scale and a currency in one word.
HEMMAT = "همت"
SCALES: dict[str, int] = {key(word): value for word, value in kernel.SCALES.items()} | {
    "میلیار": 10**9,
    "بیلیون": 10**12,
    HEMMAT: 10**12,
}
SMALL: dict[str, int] = UNITS | TENS | HUNDREDS | {"صفر": 0}
DOZEN = "دوجین"
HALF = "نیم"

_ORDINAL_STEMS = {"سه": "سو", "سی": "سی‌ا"}


def _ordinals() -> dict[str, int]:
    """«هشتم», «هشتمین» and the irregular first ones."""
    found: dict[str, int] = {}
    for word, value in (SMALL | {"هزار": 1000, "میلیون": 10**6}).items():
        if value == 0:
            continue
        stem = key(_ORDINAL_STEMS.get(word, word))
        for ending in ("م", "مین"):
            found[stem + ending] = value
    for word in ("اول", "نخست", "اولین", "نخستین", "یکم", "یکمین"):
        found[word] = 1
    found |= {"دوم": 2, "دومین": 2, "سیمین": 30}  # a bare «سیم» is a wire
    return found


ORDINALS: dict[str, int] = _ordinals()
ORDINAL_ENDINGS = frozenset(("ام", "امین", "مین", "م"))

_VAGUE_BASES = ("ده", "صد", "هزار", "میلیون", "میلیارد")
VAGUE: frozenset[str] = frozenset(
    [base + "ها" for base in _VAGUE_BASES] + [base + "های" for base in _VAGUE_BASES] + ["هزاران"]
)
FRACTIONS: dict[str, float] = {
    "نصف": 1 / 2,
    "نیمی": 1 / 2,
    "ثلث": 1 / 3,
    "ربع": 1 / 4,
    "خمس": 1 / 5,
}
NUMERAL_PIECES: frozenset[str] = frozenset(
    {"و", HALF, DOZEN} | set(SMALL) | (set(SCALES) - {HEMMAT}) | set(ORDINALS) | {"چند"}
)

# Nouns that follow a numeral in one word; the numeral is split off («پنجساله», «هشتگانه»).
_TAILS = key_set("""
    گانه ساله روزه ماهه ساعته نفره مرحلهای طبقه کلاسه هفتهای درصد درصدی نفر سال ماه روز هفته تخته
    برابر قلو واحدی کیلویی هزارم تایی گونه سرنشینه نفری دقیقهای منزله میلیونی میلیاردی هزاری تومان
    ریال
    """)
_GLUE = frozenset(SMALL) | frozenset(SCALES) - {HEMMAT}
_STARTS = frozenset(word[:2] for word in _GLUE)
_ENDS_WITH_AND = frozenset(SCALES) | frozenset(HUNDREDS) | frozenset(TENS)


@lru_cache(maxsize=8192)
def split_glued(text: str) -> tuple[str, ...] | None:
    """The parts of numerals typed without spaces, or None when `text` is an ordinary word.

    «بیستوپنج» → بیست، و، پنج; «دههزار» → ده، هزار; «پنجساله» → پنج، ساله. Only a text that falls
    into numerals altogether, with at most one known noun at its end, is split.
    """
    if not 4 <= len(text) <= 40 or text[:2] not in _STARTS or text in _GLUE:
        return None
    if text in ORDINALS or text in VAGUE:
        return None
    for cut in range(len(text) - 1, 1, -1):
        head, tail = text[:cut], text[cut:]
        if tail in _TAILS and (parts := _numerals(head)):
            return (*parts, tail)
    parts = _numerals(text)
    if parts and len(parts) == 2 and parts[0] in UNITS and parts[1] in ORDINALS:
        return parts  # «دوسوم»
    return parts if parts and len(parts) > 1 and _has_scale_or_and(parts) else None


def _numerals(text: str) -> tuple[str, ...] | None:
    """`text` as a run of numerals joined by nothing or «و»; the longest first part wins."""
    if text in _GLUE or text in ORDINALS:
        return (text,)
    for cut in range(len(text) - 1, 1, -1):
        head = text[:cut]
        if head not in _GLUE:
            continue
        rest = text[cut:]
        if rest == "و" and head in _ENDS_WITH_AND:
            return (head, "و")
        if rest.startswith("و") and (parts := _numerals(rest[1:])):
            return (head, "و", *parts)
        if parts := _numerals(rest):
            return (head, *parts)
    return None


def _has_scale_or_and(parts: tuple[str, ...]) -> bool:
    """«دههزار» and «بیستوپنج» are numbers; «سیصد» style runs of small numerals are words."""
    return "و" in parts or any(part in SCALES or part in HUNDREDS for part in parts[1:])
