"""The names of the drawings in `static/ui/icons.svg`; a test compares both."""

from __future__ import annotations

ICONS = frozenset(
    {
        "activities", "arrow", "bell", "calendar", "check", "chevron", "clock", "close", "copy", "csv",
        "download", "edit", "export", "file", "filter", "gap", "globe", "home", "import", "indicators",
        "info", "keyboard", "link", "list", "lock", "map", "menu", "minus", "moon", "more", "people",
        "plus", "print", "reverse", "search", "shield", "sign-out", "sun", "units", "user", "verify",
        "warning",
    }
)  # fmt: skip
# These point along the line of text, and turn with it.
FLIPPED = frozenset({"arrow", "chevron", "sign-out", "reverse", "list"})
