"""The door of exchange."""

from __future__ import annotations

from karnameh.exchange.actions import discard_forgotten
from karnameh.exchange.exporting import export_entries
from karnameh.exchange.opendata.making import make_next
from karnameh.exchange.sheet_writer import csv_bytes, xlsx_bytes
from karnameh.exchange.working import work_once

__all__ = [
    "csv_bytes", "discard_forgotten", "export_entries", "make_next", "work_once", "xlsx_bytes",
]  # fmt: skip
