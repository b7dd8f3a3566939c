"""The door of narrative: reports in the site, the reader as a library."""

from __future__ import annotations

from karnameh.narrative.actions import Heading, enter_source, forget_texts
from karnameh.narrative.examples import write_examples
from karnameh.narrative.models import Kind, Source
from karnameh.narrative.queries import DESK, find_sources
from karnameh.narrative.reader import Candidate, Mention, read

__all__ = [
    "DESK", "Candidate", "Heading", "Kind", "Mention", "Source", "enter_source", "find_sources",
    "forget_texts", "read", "write_examples",
]  # fmt: skip
