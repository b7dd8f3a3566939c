"""Databases for the ledger's tests: a world built once, and copies of it for what must really commit.

The world is built and committed once a session in a database of its own. `world` gives it inside a
transaction that is rolled back; `own_world` gives a fresh copy in which threads, crashes and folding
happen as they do in life. Neither needs to empty tables that refuse to be emptied.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from builders import World, a_world
from django.db import connection, transaction

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Built:
    """The committed world and the name of its database."""

    database: str
    world: World


@pytest.fixture(scope="session")
def _built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Built]:
    with django_db_blocker.unblock():
        empty = connection.settings_dict["NAME"]
        name = f"{empty}_world"
        _copied(empty, name)
        with _using(name):
            world = a_world()
        for user in world.people.values():
            user.__dict__.pop("_grants_in_force", None)
        yield Built(name, world)
        _dropped(name)


@pytest.fixture
def db(_built: Built, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: the world's database, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), _using(_built.database), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(db: None, _built: Built) -> World:
    """A small federation: see `builders.a_world`."""
    return copy.deepcopy(_built.world)


@pytest.fixture
def transactional_db(_built: Built, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: a copy of the world's database, where everything is really committed."""
    name = f"{_built.database}_{next(_numbers)}"
    with django_db_blocker.unblock():
        _copied(_built.database, name)
        with _using(name):
            yield
        _dropped(name)


@pytest.fixture
def own_world(transactional_db: None, _built: Built) -> World:
    """The same federation, committed in a database of this test's own."""
    return copy.deepcopy(_built.world)


class _using:
    """Every connection opened inside goes to this database."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        connection.close()
        self.before = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = self.name

    def __exit__(self, *_: object) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.before


def _copied(source: str, name: str) -> None:
    connection.close()  # a template may have no sessions
    _dropped(name)
    _maintain(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def _dropped(name: str) -> None:
    _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _maintain(statement: str) -> None:
    """A statement about databases, as the owner and outside of all of them."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "options": ""}
    parameters = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    with psycopg.connect(**parameters, autocommit=True) as session:
        session.execute(statement)
