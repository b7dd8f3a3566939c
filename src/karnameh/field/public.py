"""The door of the field."""

from __future__ import annotations

from karnameh.field.actions import ask_unit, enrol_device, open_point
from karnameh.field.models import Asked, Device, Point
from karnameh.field.receiving import receive
from karnameh.field.rules import Batch, Item, content_hash
from karnameh.field.rules import Kind as ItemKind
from karnameh.field.simulation import Away, Phone, Simulation, Weather, phones_of
from karnameh.field.storing import forget_parts
from karnameh.field.tokens import Secrets, read_token

__all__ = [
    "Asked", "Away", "Batch", "Device", "Item", "ItemKind", "Phone", "Point", "Secrets", "Simulation",
    "Weather", "ask_unit", "content_hash", "enrol_device", "forget_parts", "open_point", "phones_of",
    "read_token", "receive",
]  # fmt: skip
