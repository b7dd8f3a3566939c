"""One database, one clock, no network. Tests run as the site's role, as the site does."""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import settings as hypothesis_settings

import karnameh.kernel.ids
from builders import NOW
from databases import dropped, let_go
from gates import schema

# The same examples in each run: a fault that chance finds is found by `./karnameh test tests -- --hypothesis-profile=chance`.
for name in ("same", "chance"):
    hypothesis_settings.register_profile(
        name, derandomize=name == "same", deadline=None, database=None, print_blob=True
    )
hypothesis_settings.load_profile("same")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Each worker goes to a server of its own, where there are several: see `gates/database.py`."""
    servers = os.environ.get("KARNAMEH_TEST_SERVERS", "").split()
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    if number and servers:
        mine = servers[number % len(servers)]
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):  # for the processes that tests start
            os.environ[name] = os.environ[name].replace(servers[0], mine)
        connection.settings_dict["HOST"] = mine


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's: a copy of the schema, where every connection steps down to the site's role."""
    used = connection.settings_dict
    before = {**used}
    name = used["TEST"]["NAME"] or f"test_{used['NAME']}"  # a worker's name is in it
    with django_db_blocker.unblock():
        schema.copy_to(name)
        options = f"{before['OPTIONS']['options']} -c role=karnameh_app"
        used.update(NAME=name, OPTIONS={**before["OPTIONS"], "options": options})
    yield
    with django_db_blocker.unblock():
        connection.close()
        used.update(before)
        dropped(name)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is begun first."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """What was imported and collected stays until the end: Python need not look through it for garbage each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Function) -> None:
    """The session that tests of the shared world hand on is not for the others."""
    if not {"built_world", "made_press"} & set(item.fixturenames):
        let_go()


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sign-in rates live in the cache; no test inherits another's."""
    yield
    if "django_db_blocker" in request.fixturenames and request.node.get_closest_marker("django_db"):
        cache.clear()


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
