"""The door of exchange."""

from __future__ import annotations

from karnameh.exchange.actions import discard_forgotten
from karnameh.exchange.exporting import export_entries
from karnameh.exchange.models import OpenData
from karnameh.exchange.opendata.actions import ask_to_publish, confirm_publishing
from karnameh.exchange.opendata.making import make_next
from karnameh.exchange.sheet_writer import csv_bytes, xlsx_bytes
from karnameh.exchange.webhooks.actions import reseal_hooks
from karnameh.exchange.webhooks.working import (
    count_arrivals,
    forget_messages,
    send_messages,
    spread_notices,
)
from karnameh.exchange.working import work_once

__all__ = [
    "OpenData", "ask_to_publish", "confirm_publishing", "count_arrivals", "csv_bytes",
    "discard_forgotten", "export_entries", "forget_messages", "make_next", "reseal_hooks",
    "send_messages", "spread_notices", "work_once", "xlsx_bytes",
]  # fmt: skip
