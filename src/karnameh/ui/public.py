"""The door of ui."""

from __future__ import annotations

from karnameh.ui.display import DEFAULT, Display, display_of, shown_to
from karnameh.ui.formats import (
    day_text,
    instant_text,
    money_text,
    number_text,
    numeric_day,
    percent_text,
    period_text,
    short_text,
    words_text,
)

__all__ = [
    "DEFAULT",
    "Display",
    "day_text",
    "display_of",
    "instant_text",
    "money_text",
    "number_text",
    "numeric_day",
    "percent_text",
    "period_text",
    "short_text",
    "shown_to",
    "words_text",
]
