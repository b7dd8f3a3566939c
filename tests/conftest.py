"""One database, one clock, no network. Tests run as the site's role, as the site does."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

import karnameh.kernel.ids
from builders import NOW, World, a_world


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """After the owner has made the schema, every connection steps down to the site's role."""
    options = connection.settings_dict["OPTIONS"]
    before = options["options"]
    with django_db_blocker.unblock():
        connection.close()
        options["options"] = f"{before} -c role=karnameh_app"
    yield
    with django_db_blocker.unblock():
        connection.close()
        options["options"] = before


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sign-in rates live in the cache; no test inherits another's."""
    yield
    if "django_db_blocker" in request.fixturenames and request.node.get_closest_marker("django_db"):
        cache.clear()


@pytest.fixture
def world(db: None) -> World:
    """A small federation: see `builders.a_world`."""
    return a_world()


@pytest.fixture
def queries() -> CaptureQueriesContext:
    """`with queries: ...; len(queries)`."""
    return CaptureQueriesContext(connection)


@pytest.fixture(autouse=True)
def _one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's clock stands still."""
    import karnameh.plumbing.clock as clock

    monkeypatch.setattr(clock.timezone, "now", lambda: NOW)


@pytest.fixture(scope="session", autouse=True)
def _one_clock_of_ids() -> Iterator[None]:
    """Ids carry the product's time, too: the machine's own day must not matter to a test."""
    made = itertools.count(1)
    stamp = int(NOW.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62

    def uuid7() -> SimpleNamespace:
        number = next(made) << 40 | int.from_bytes(os.urandom(5))
        return SimpleNamespace(int=stamp | (number >> 62) << 64 | number & ((1 << 62) - 1))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(karnameh.kernel.ids, "uuid_utils", SimpleNamespace(uuid7=uuid7))
        yield
