"""A world that costs milliseconds, and a phone in it: see `worlds` and `browsing`."""

from __future__ import annotations

from browsing import phone, site
from worlds import built_world, db, own_world, transactional_db, world

__all__ = ["built_world", "db", "own_world", "phone", "site", "transactional_db", "world"]
