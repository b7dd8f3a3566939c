"""The door of plumbing."""

from __future__ import annotations

from karnameh.plumbing.deeds import deed
from karnameh.plumbing.errors import OutOfReach, Refusal, no_role, refusing_malformed, sentence_of
from karnameh.plumbing.notices import Notice, announce, due_notices
from karnameh.plumbing.personal import Personal

__all__ = [
    "Notice",
    "OutOfReach",
    "Personal",
    "Refusal",
    "announce",
    "deed",
    "due_notices",
    "no_role",
    "refusing_malformed",
    "sentence_of",
]
