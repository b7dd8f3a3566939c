"""A world that costs milliseconds, and a phone in it: see `worlds` and `browsing`. It is the week of `NOW`."""

from __future__ import annotations

import pytest

from browsing import phone, site
from builders import NOW
from worlds import built_world, db, own_world, transactional_db, world

__all__ = ["built_world", "db", "own_world", "phone", "site", "transactional_db", "world"]


@pytest.fixture(autouse=True)
def in_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages look at proposals in the week of these tests, whenever the tests are run."""
    for page in ("proposals", "sheets"):
        monkeypatch.setattr(f"karnameh.campaigns.views.{page}.now", lambda: NOW)
        monkeypatch.setattr(f"karnameh.campaigns.views.{page}.today", lambda: NOW.date())
