"""A world that costs milliseconds: see `worlds`."""

from __future__ import annotations

from worlds import built_world, db, own_world, transactional_db, world

__all__ = ["built_world", "db", "own_world", "transactional_db", "world"]
