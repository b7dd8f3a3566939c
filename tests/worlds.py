"""Fixtures for tests that need a world often: built once, rolled back, or copied to be really committed in.

The world is built and committed once a session in a database of its own. `world` gives it inside a
transaction that is rolled back; `own_world` gives a fresh copy in which threads, crashes and folding
happen as they do in life. Neither needs to empty tables that refuse to be emptied. A `conftest.py`
imports them; its tests then do without the `django_db` mark.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.db import connection

from builders import World, a_world
from databases import copied, dropped, rolled_back, using

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Built:
    """The committed world and the name of its database."""

    database: str
    world: World


@cache
def _built() -> Built:
    """Once a process, however many folders import the fixtures."""
    empty = connection.settings_dict["NAME"]
    name = f"{empty}_world"
    copied(empty, name)
    with using(name):
        world = a_world()
    for user in world.people.values():
        user.__dict__.pop("_grants_in_force", None)
    return Built(name, world)


@pytest.fixture(scope="session")
def built_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Built]:
    """The committed world, for the fixtures beneath."""
    with django_db_blocker.unblock():
        yield _built()
        dropped(_built().database)


@pytest.fixture
def db(built_world: Built, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: the world's database, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), rolled_back(built_world.database):
        yield


@pytest.fixture
def world(db: None, built_world: Built) -> World:
    """A small federation: see `builders.a_world`."""
    return copy.deepcopy(built_world.world)


@pytest.fixture
def transactional_db(built_world: Built, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: a copy of the world's database, where everything is really committed."""
    name = f"{built_world.database}_{next(_numbers)}"
    with django_db_blocker.unblock():
        copied(built_world.database, name)
        with using(name):
            yield
        dropped(name)


@pytest.fixture
def own_world(transactional_db: None, built_world: Built) -> World:
    """The same federation, committed in a database of this test's own."""
    return copy.deepcopy(built_world.world)
