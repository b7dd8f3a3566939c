"""The demo federation with its facts, built once for the session."""

from __future__ import annotations

from demoland import demo, demo_database, transactional_db

__all__ = ["demo", "demo_database", "transactional_db"]
