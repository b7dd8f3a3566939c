"""Published figures as plain values: sentences with living numbers, honest words, fingerprints, steps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is read as something else
CODE_LENGTH = 6
LONGEST = 300

# What may stand between braces, with its Persian name.
PLACEHOLDERS: Mapping[str, str] = {
    "value": "عدد",
    "rounded": "گرد",
    "promised": "وعده",
    "reported": "گزارش",
    "verified": "بازبینی",
    "measure": "واحد",
    "place": "جا",
    "period": "دوره",
    "campaign": "برنامه",
}
_MEANING = {word: name for name, word in PLACEHOLDERS.items()} | {
    name: name for name in PLACEHOLDERS
}
_BRACES = re.compile(r"\{([^{}]*)\}")
_DIGITS = re.compile(r"[0-9۰-۹٠-٩]+")
_LARGE_WORDS = re.compile(
    r"(?<!\w)(?:هزار|میلیون|میلیارد|صد|دویست|سیصد|پانصد|thousand|million|billion|hundred)(?!\w)", re.I
)  # fmt: skip
# Words before a number that claim something, in both languages.
CLAIMS: Mapping[str, Sequence[str]] = {
    "at_least": ("بیش از", "بیشتر از", "دست‌کم", "more than", "over", "at least"),
    "about": ("حدود", "نزدیک به", "about", "around", "nearly"),
    "at_most": ("حداکثر", "کمتر از", "at most", "less than", "up to"),
}


class State(StrEnum):
    """A figure's life; the database holds the same steps."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


STEPS: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.PROPOSED, State.WITHDRAWN}),
    State.PROPOSED: frozenset({State.DRAFT, State.APPROVED, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.DRAFT, State.PUBLISHED, State.WITHDRAWN}),
    State.PUBLISHED: frozenset({State.SUPERSEDED, State.WITHDRAWN}),
    State.SUPERSEDED: frozenset(),
    State.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a sentence: a code, and the words it is about."""

    code: str
    given: str = ""


@dataclass(frozen=True)
class Printed:
    """A number as a sentence prints it: its text and what it may claim ("" for exactly)."""

    text: str
    claim: str = ""


def placeholders(sentence: str) -> list[str]:
    """The names between braces, in order; unknown ones as they were written."""
    return [_MEANING.get(found.strip(), found.strip()) for found in _BRACES.findall(sentence)]


def troubles(sentence: str, numbers: Mapping[str, Printed]) -> list[Trouble]:
    """Everything that keeps a sentence from being proposed. `numbers` are its living numbers."""
    found: list[Trouble] = []
    used = placeholders(sentence)
    unknown = [name for name in used if name not in PLACEHOLDERS]
    found += [Trouble("unknown", name) for name in unknown]
    bare = _BRACES.sub(" ", sentence)
    if "{" in bare or "}" in bare:
        found.append(Trouble("braces"))
    if not {"value", "rounded"} & set(used):
        found.append(Trouble("no_value"))
    by_hand = _DIGITS.search(bare) or _LARGE_WORDS.search(bare)
    if by_hand:
        found.append(Trouble("by_hand", by_hand.group()))
    if len(sentence) > LONGEST:
        found.append(Trouble("too_long"))
    for match in _BRACES.finditer(sentence):
        name = _MEANING.get(match.group(1).strip(), "")
        printed = numbers.get(name)
        if printed is None:
            if name in ("promised", "reported", "verified"):
                found.append(Trouble("not_there", match.group()))
            continue
        claim, words = claim_before(sentence[: match.start()])
        if claim and claim != printed.claim:
            found.append(Trouble("claims_otherwise", words))
    return found


def claim_before(text: str) -> tuple[str, str]:
    """What the words just before a number claim, and the words; both empty when they claim nothing."""
    before = text.rstrip().lower()
    for claim, phrases in CLAIMS.items():
        for words in phrases:
            if before.endswith(words) and not before[: -len(words)][-1:].isalpha():
                return claim, words
    return "", ""


def filled(
    sentence: str,
    numbers: Mapping[str, Printed],
    words: Mapping[str, str],
    claims: Mapping[str, str],
) -> str:
    """The sentence with its numbers. A number that claims less than exactly says so, once.

    `claims` are the words for a claim ("more than") in the sentence's language.
    """

    def put(match: re.Match[str]) -> str:
        name = _MEANING.get(match.group(1).strip(), "")
        if name in words:
            return words[name]
        printed = numbers.get(name)
        if printed is None:
            return match.group()
        said, _words = claim_before(sentence[: match.start()])
        if printed.claim and not said:
            return f"{claims[printed.claim]} {printed.text}"
        return printed.text

    return _BRACES.sub(put, sentence)


def rounded_down(value: Decimal) -> Decimal:
    """The three leading digits of a whole number, the rest as noughts: never more than the value."""
    whole = int(value)
    scale = 10 ** max(0, len(str(abs(whole))) - 3)
    return Decimal(whole // scale * scale)


def claim_of(qualifier: str, *, protected: bool) -> str:
    """What a printed sum may claim; a number rounded for the public is "about"."""
    if protected:
        return "about"
    return "" if qualifier == "exact" else qualifier


@dataclass(frozen=True)
class Content:
    """Everything that a second officer approves."""

    code: str
    salt: str
    unit: str
    place: str
    indicator: str
    stage: int
    bucket: int
    starts_on: date | None
    ends_on: date | None
    campaign: str
    sentence_fa: str
    sentence_en: str
    method_fa: str
    method_en: str
    as_of: datetime | None
    moment: int | None
    value: Decimal | None
    qualifier: int
    head: str
    embargo_until: datetime | None
    supersedes: str
    reason: str


def canonical(content: Content) -> str:
    """The content as one text: its values in the order above, joined by the unit separator U+001F."""
    c = content
    return "\x1f".join(
        (
            c.code, c.salt, c.unit, c.place, c.indicator, str(c.stage), str(c.bucket), _text(c.starts_on),
            _text(c.ends_on), c.campaign, c.sentence_fa, c.sentence_en, c.method_fa, c.method_en,
            _instant(c.as_of), _text(c.moment), "" if c.value is None else f"{c.value.normalize():f}",
            str(c.qualifier), c.head, _instant(c.embargo_until), c.supersedes, c.reason,
        )
    )  # fmt: skip


def fingerprint(content: Content) -> str:
    """SHA-256 of the canonical content, in hex: what an approval is bound to."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _text(value: date | int | None) -> str:
    return "" if value is None else str(value)


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
