"""The shared world; uploads of tests lie in a folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from worlds import built_world, db, own_world, transactional_db, world

__all__ = ["built_world", "db", "own_world", "transactional_db", "world"]


@pytest.fixture(autouse=True)
def _own_uploads(settings: Any, tmp_path: Path) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    settings.STATIC_ROOT = tmp_path  # a test client asks for its static files, which are elsewhere
