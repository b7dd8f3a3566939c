"""The door of the field."""

from __future__ import annotations

from karnameh.field.actions import ask_unit, enrol_device, open_point
from karnameh.field.models import Asked, Device, Evidence, Point, StoredFile
from karnameh.field.receiving import receive
from karnameh.field.rules import Batch, Item, content_hash
from karnameh.field.rules import Kind as ItemKind
from karnameh.field.simulation.phones import Ask, Phone, phones_of
from karnameh.field.simulation.running import CHECK, Away, Simulation, Weather
from karnameh.field.storing import forget_parts, path_of
from karnameh.field.tokens import Secrets, read_token

__all__ = [
    "CHECK", "Ask", "Asked", "Away", "Batch", "Device", "Evidence", "Item", "ItemKind", "Phone", "Point",
    "Secrets", "Simulation", "StoredFile", "Weather", "ask_unit", "content_hash", "enrol_device",
    "forget_parts", "open_point", "path_of", "phones_of", "read_token", "receive",
]  # fmt: skip
