"""Karnameh: what was promised, what was reported, what was verified."""

__version__ = "0.1.0"
