"""The public document of a figure as rows for a page: nothing but the document is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from karnameh.kernel.period import Period
from karnameh.ui.charts import joined
from karnameh.ui.formats import digits_of, period_text
from karnameh.ui.public import Display

STAGES = ("pledged", "reported", "verified")


@dataclass(frozen=True)
class Count:
    """One number: None is none at all; hidden is one that is too small to be shown."""

    quantity: Decimal | None = None
    qualifier: str = "exact"
    hidden: bool = False


@dataclass(frozen=True)
class Counts:
    """Promised, reported and verified, and what is open of the promise."""

    pledged: Count
    reported: Count
    verified: Count

    @property
    def open(self) -> Decimal | None:
        """What is still to come of the promise; None without a promise or a report that can be shown."""
        if self.pledged.quantity is None or self.reported.hidden:
            return None
        return max(self.pledged.quantity - (self.reported.quantity or Decimal(0)), Decimal(0))

    @property
    def over(self) -> Decimal:
        """What came beyond the promise."""
        if self.pledged.quantity is None or self.reported.quantity is None:
            return Decimal(0)
        return max(self.reported.quantity - self.pledged.quantity, Decimal(0))

    @property
    def unverified(self) -> Decimal | None:
        """What is reported and not verified yet."""
        if self.reported.quantity is None or self.verified.hidden:
            return None
        return max(self.reported.quantity - (self.verified.quantity or Decimal(0)), Decimal(0))

    def of(self, stage: str) -> Count:
        """One of the three."""
        found: Count = getattr(self, stage)
        return found


def counts_of(document: Mapping[str, Any]) -> Counts:
    """The three numbers of a document, a part or a day."""
    return Counts(*(_count(document.get(stage)) for stage in STAGES))


def _count(pair: Any) -> Count:
    if pair is None:
        return Count()
    quantity, qualifier = pair
    if quantity is None:
        return Count(hidden=True)
    return Count(Decimal(quantity), qualifier)


def word(pair: Mapping[str, str] | None) -> str:
    """The word in the language in force."""
    if not pair:
        return ""
    return pair["en"] if get_language() == "en" and pair.get("en") else pair["fa"]


def part_name(part: Mapping[str, Any], display: Display) -> str:
    """A part's name; merged ones are named together, many of them by their number."""
    names = [word(one) for one in part["names"]]
    if len(names) > 3:
        return _("%(n)s others together") % {"n": digits_of(str(len(names)), display)}
    return joined(names, display)


def part_rows(
    document: Mapping[str, Any],
    display: Display,
    *,
    link: str = "",
    chosen: int | None = None,
    opened: Callable[..., str] | None = None,
) -> list[dict[str, Any]]:
    """Rows of the stage table: the parts, or the parts of the chosen one.

    `link` takes a part's key; `opened` gives the address of a part's deliveries at a stage.
    """
    parts = document["parts"]
    if chosen is not None:
        parts = next((one.get("parts", []) for one in parts if one["keys"] == [chosen]), [])
    rows = [_row(part_name(part, display), part, document) for part in parts]
    for row, part in zip(rows, parts, strict=True):
        if link and part.get("parts"):
            row["href"] = link % part["keys"][0]
        if opened is not None and len(part["keys"]) == 1:
            for number, name in enumerate(STAGES, 1):
                row[f"{name}_href"] = opened(part=part["keys"][0], stage=number)
    stage = document["stage"]
    return _scaled(sorted(rows, key=lambda row: row.get(stage) or Decimal(-1), reverse=True))


def time_rows(document: Mapping[str, Any], display: Display) -> list[dict[str, Any]]:
    """Rows of the stage table: the days, weeks or months, in their order."""
    return _scaled(
        [
            _row(period_text(period_of(one["days"]), display), one, document)
            for one in document["times"]
        ]
    )


def period_of(days: list[str | None]) -> Period:
    """A period from two written days."""
    start, end = (date.fromisoformat(day) if day else None for day in days)
    return Period(start, end)


def _row(name: str, counts: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    found = counts_of(counts)
    row: dict[str, Any] = {"name": name, "href": "", "money": document["money"]}
    for stage in STAGES:
        one = found.of(stage)
        if stage in counts:
            row[stage] = one.quantity
            row[f"{stage}_qualifier"] = one.qualifier
    if found.open is not None:
        row |= {"open": found.open, "over": found.over}
    return row


def _scaled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One scale for all bars of a table."""
    values = [row[stage] for row in rows for stage in STAGES if row.get(stage) is not None]
    top = max(values, default=Decimal(0))
    for row in rows:
        row["top"] = top
    return rows
