"""How one viewer reads: language, calendar, digits, currency and theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Display:
    """A viewer's preferences; the defaults are those of a Persian reader who never chose."""

    language: Literal["fa", "en"] = "fa"
    calendar: Literal["jalali", "gregorian"] = "jalali"
    digits: Literal["persian", "latin"] = "persian"
    currency: Literal["toman", "rial"] = "toman"
    theme: Literal["auto", "light", "dark"] = "auto"

    @property
    def persian(self) -> bool:
        """Whether words are Persian, and therefore run from right to left."""
        return self.language == "fa"


DEFAULT = Display()


class Readable(Protocol):
    """A template context, or a plain dict that stands for one."""

    def get(self, key: str, otherwise: Any = None, /) -> Any:
        """The value of `key`."""


def display_of(context: Readable) -> Display:
    """The viewer's `Display` in a template context, or the default."""
    found = context.get("display")
    return found if isinstance(found, Display) else DEFAULT


def shown_to(request: object) -> Display:
    """How the viewer of a request reads, or the default."""
    return display_of(vars(request))
