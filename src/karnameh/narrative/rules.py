"""Rules on plain values: what a text may be, what stands around a number, what a draft begins as."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from karnameh.kernel.text import clean

LARGEST_FILE = 20_000_000
LONGEST = 200_000  # characters of one report
MOST_MENTIONS = 1_000  # of one report: more is a table, and belongs into a spreadsheet
MOST_WORDS = 300  # characters that a draft keeps of what stands around its number
_SURE = 0.45  # an indicator that scores less is offered, not chosen; its unit alone scores so much
# Measures of many things: that an indicator is counted in one of them says nothing by itself.
_COMMON_UNITS = frozenset(
    (
        "person", "household", "person_day", "person_hour", "hour", "kilometre", "metre", "square_metre",
        "cubic_metre", "hectare", "litre", "kilogram", "ton", "percent", "toman", "rial", "item", "case",
        "device", "unit",
    )
)  # fmt: skip

_LETTER = re.compile(r"[^\W\d_]")
_PERSIAN = re.compile(r"[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff]")
_ONLY_PERSIAN = re.compile(r"[پچژگ]|(?<!\w)(?:از|به|را|در|است|شد|که|این)(?!\w)")
_BRANCH_WORDS = frozenset(("شعبه", "شعبهٔ", "دفتر", "نمایندگی"))
_LEVEL_WORDS = frozenset(("استان", "استانی", "شهرستان"))
_BLANK_LINES = re.compile(r"\n\s*\n\s*")
# A full stop between digits is none; a line's end always is one.
_SENTENCE_END = re.compile(r"\n|[.!?؟](?=\s|$)|…(?=\s)")


class Unreadable(Exception):
    """A report that cannot be read; `code` names the sentence that says so."""

    def __init__(self, code: str, given: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.given = given


# --- the text as a whole ---------------------------------------------------------------------------


def tidy(text: str) -> str:
    """A report as it is kept: no hidden characters, no idle spaces, at most one blank line."""
    return (
        _BLANK_LINES.sub("\n\n", clean(text, lines=True)).replace("\n ", "\n").replace(" \n", "\n")
    )


def require_report(text: str) -> None:
    """Raise `Unreadable` for what is no Persian report: empty, endless, digits alone, another language."""
    if not text:
        raise Unreadable("empty")
    if len(text) > LONGEST:
        raise Unreadable("too_long", str(LONGEST))
    letters = _LETTER.findall(text)
    if not letters:
        raise Unreadable("digits_only")
    if len(_PERSIAN.findall(text)) * 3 < len(letters):
        raise Unreadable("not_persian")
    if len(text) > 200 and not _ONLY_PERSIAN.search(text):
        raise Unreadable("not_persian")


def fingerprint(text: str) -> str:
    """The same words give the same digest, however they were spaced."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


# --- around a number ---------------------------------------------------------------------------------


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets of the sentence that holds `start` to `end`."""
    first = max(
        (found.end() for found in _SENTENCE_END.finditer(text, max(0, start - 2_000), start)),
        default=None,
    )
    first = max(0, start - 2_000) if first is None else first
    following = _SENTENCE_END.search(text, end, end + 2_000)
    last = min(len(text), end + 2_000) if following is None else following.end()
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return first, last


def words_around(text: str, start: int, end: int) -> tuple[str, int]:
    """At most `MOST_WORDS` characters of the sentence, and where in them the number begins."""
    first, last = sentence_around(text, start, end)
    if last - first > MOST_WORDS:
        room = max(0, MOST_WORDS - 2 - (end - start))
        low = max(first, start - room * 3 // 5)
        high = min(last, max(end, low + room + (end - start)))
        if low > first:
            low = min(start, _next_space(text, low))
        if high < last:
            high = max(end, text.rfind(" ", end, high) if " " in text[end:high] else high)
        before, after = ("…" if low > first else ""), ("…" if high < last else "")
        return before + text[low:high].replace("\n", " ") + after, start - low + len(before)
    return text[first:last].replace("\n", " "), start - first


def _next_space(text: str, at: int) -> int:
    found = text.find(" ", at)
    return at if found < 0 else found + 1


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text; `mark` is the number of the mention that it is."""

    text: str
    mark: int | None = None


def pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """The whole text in order, cut at the mentions. Spans are in order and do not overlap."""
    at = 0
    for number, (start, end) in enumerate(spans):
        if start < at:
            continue
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], number)
        at = end
    if at < len(text):
        yield Piece(text[at:])


# --- what a draft begins as ---------------------------------------------------------------------------

# Codes of the ledger's stages and qualifiers by the reader's words.
STAGES = {"pledged": 1, "reported": 2}
QUALIFIERS = {"exact": 1, "at_least": 2, "about": 3, "at_most": 4, "unknown": 5}
STAGE_WORDS = {code: word for word, code in STAGES.items()}
QUALIFIER_WORDS = {code: word for word, code in QUALIFIERS.items()}
UNKNOWN = QUALIFIERS["unknown"]
# The reader's units by the measures of the catalogue, where they have other names.
READER_UNITS = {
    "contact": "person", "portion": "meal", "piece": "item", "pack": "parcel", "enterprise": "micro_enterprise",
    "tonne": "ton", "bed": "hospital_bed", "tree": "sapling", "head": "animal", "activity": "program",
    "group": "working_group", "rial": "toman",  # in which reports say money
}  # fmt: skip
_PLACE_KINDS = re.compile(r"^(?:استان|شهرستان|شهر|بخش|روستای|منطقه)\s+")


def first_reason(mention: Mapping[str, Any]) -> str:
    """Why a mention is no draft for the ledger at first sight; empty when it is one."""
    if mention["repeat_of"] is not None:
        return "said_above"
    if mention["stage"] == "potential":
        return "potential"
    if mention["stage"] == "context" or mention["out_of_scope"]:
        return "no_result"
    if mention["nature"] == "rate":
        return "rate"
    return ""


def days_of(
    mention: Mapping[str, Any],
    *,
    dated: date,
    week: tuple[date, date] | None,
    words: str = "",
) -> tuple[date, date]:
    """The days a mention speaks of: as written, otherwise the report's own day or the promised week.

    «برای هفتهٔ همیاری امسال» in the mention's `words` names a week, and by its year which one.
    """
    written = mention["period"] or {"from": None, "to": None}
    start = date.fromisoformat(written["from"]) if written["from"] else None
    end = date.fromisoformat(written["to"]) if written["to"] else None
    if mention["stage"] == "pledged":
        unsaid = start is None and end is None
        if week is not None and week[1] >= dated and (unsaid or _week_of(written, words)):
            return week
        start = start or min(dated, end or dated)
        return start, max(start, end or start)
    # What was done was done by the day of the report.
    end = min(end or dated, dated) if start is None or start <= dated else (end or start)
    return min(start or end, end), end


def _week_of(written: Mapping[str, Any], words: str) -> bool:
    """Whether the year that was written only says which year's week is meant."""
    year = re.escape(str(written.get("text") or ""))
    return bool(year) and re.search(rf"هفته\S*(\s+\S+){{0,3}}\s+{year}", words) is not None


def rials_of(value: float | None, unit: str) -> int | None:
    """A money value of the reader in whole rials."""
    if value is None or unit not in ("toman", "rial"):
        return None
    return round(Decimal(str(value)) * (10 if unit == "toman" else 1))


def is_sure(scores: Sequence[float], unit: str) -> bool:
    """Whether the first of some indicators, best first, is chosen at once for a figure counted in `unit`.

    The unit alone chooses only when it is no common measure and no other indicator has it.
    """
    if not scores or scores[0] < _SURE:
        return False
    alone = len(scores) == 1 or scores[1] < _SURE
    return scores[0] > _SURE or (unit not in _COMMON_UNITS and alone)


def bare_place(name: str) -> str:
    """A place's own name: «شهرستان شیراز» is «شیراز»."""
    return _PLACE_KINDS.sub("", name).strip()


def territory_of(office: str) -> list[str] | None:
    """The words that may name the territory of a branch: «مدیر شعبه استان ایلام» gives «ایلام».

    An empty list for «مدیر شعبه» alone; None for an office that is no branch's.
    """
    words = clean(office).replace("\u200c", " ").split()
    at = next((i for i, word in enumerate(words) if word in _BRANCH_WORDS), None)
    if at is None:
        return None
    behind = words[at + 1 :]
    return behind[1:] if behind[:1] and behind[0] in _LEVEL_WORDS else behind


# --- what the ledger knows already ---------------------------------------------------------------------


def overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether two stretches of days share a day."""
    return one[0] <= other[1] and other[0] <= one[1]


# --- labelled examples -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention as a person left it, beside what the reader proposed."""

    start: int
    end: int
    text: str
    proposed: Mapping[str, Any]
    value: int | float | None
    unit: str
    qualifier: str
    stage: str
    place: str | None
    repeat_of: int | None
    by_hand: bool = False
    other: bool = False  # indicator or unit were corrected: gold has no field for them

    @property
    def corrected(self) -> bool:
        """Whether a person found the reader wrong."""
        if self.by_hand or self.other:
            return True
        said = self.proposed
        return (
            not _same(self.value, said.get("value"))
            or self.stage != said.get("stage")
            or self.qualifier != said.get("qualifier")
            or self.place != said.get("place")
        )

    def gold(self, file: str, offset: int) -> dict[str, Any]:
        """One row of a gold file, with offsets in the sentence that begins at `offset`."""
        said = self.proposed
        repeat = None if self.repeat_of is None else self.repeat_of - offset
        return {
            "file": file, "start": self.start - offset, "end": self.end - offset, "text": self.text,
            "value": self.value, "counted": said.get("counted", ""), "unit": self.unit,
            "qualifier": self.qualifier, "stage": self.stage,
            "nature": "none" if self.stage in ("context", "potential") else said.get("nature", "flow"),
            "place": self.place, "repeat_of": repeat if repeat is not None and repeat >= 0 else None,
        }  # fmt: skip


def _same(one: float | None, other: float | None) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) < 1e-6)


def plain_value(quantity: Decimal | None) -> int | float | None:
    """A quantity as the reader writes numbers."""
    if quantity is None:
        return None
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
