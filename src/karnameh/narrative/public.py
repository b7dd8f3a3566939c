"""The door of narrative: the reader as a library, and its two commands."""

from __future__ import annotations

from karnameh.narrative.reader import Candidate, Mention, read
from karnameh.narrative.reader.__main__ import main as read_command
from karnameh.narrative.reader.bench import main as bench_reader

__all__ = ["Candidate", "Mention", "bench_reader", "read", "read_command"]
