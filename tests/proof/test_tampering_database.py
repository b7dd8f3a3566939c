"""The same in a real database, past all its triggers: every kind of lie at random places, found by both who look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from builders import as_owner
from databases import copied, dropped, using
from karnameh.config.bench import tampering
from karnameh.config.bench.tampering import LIES, Kept, Places, found_by_check, prepare, tell

CASES = 3 * len(LIES)  # `./karnameh bench tampering` tells 10,000


@pytest.fixture
def sealed(
    django_db_setup: None, django_db_blocker: Any, tmp_path: Path, settings: Any
) -> Iterator[tuple[Places, Kept]]:
    """A small ledger in a database of its own, really committed, and what a stranger kept of it."""
    settings.HEADS_SEEN = tmp_path / "seen.json"
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_tampered"
        copied(connection.settings_dict["NAME"], name)
        with using(name), as_owner():
            yield prepare()
        dropped(name)


def test_no_lie_is_missed_by_the_check_nor_by_a_stranger(sealed: tuple[Places, Kept]) -> None:
    places, kept = sealed
    verify = tampering._verifier()
    assert not found_by_check() and not tampering.found_by_stranger(verify, kept)
    scores = tell(CASES, places, kept)
    told = sum(one.told for one in scores.values())
    assert told > CASES * 0.9 and all(one.told for one in scores.values())
    for kind, one in scores.items():
        assert (one.check, one.missed) == (one.told, 0), kind
    assert len(scores) >= 20
    for kind in ("fork the history", "replay an old head", "lose a head", "change a quantity"):
        assert scores[kind].stranger == scores[kind].told, kind
    assert not found_by_check() and not tampering.found_by_stranger(verify, kept)
