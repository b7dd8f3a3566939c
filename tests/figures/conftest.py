"""A world with two press officers, committed once: what a head holds must have been committed before."""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.db import connection

from builders import NOW, a_world
from databases import copied, dropped, rolled_back, using
from figures.cast import Press, the_press
from karnameh.ledger.public import Entry, latest_head, seal

_numbers = itertools.count(1)


@cache
def _made() -> tuple[str, Press]:
    empty = connection.settings_dict["NAME"]
    name = f"{empty}_press"
    copied(empty, name)
    with using(name):
        press = the_press(a_world())
        _number_all()
    for user in (*press.world.people.values(), press.second):
        user.__dict__.pop("_grants_in_force", None)
    return name, press


def _number_all(seconds: float = 180) -> None:
    """Wait until the log holds every entry: transactions of other tests may hold the horizon a while."""
    deadline = time.monotonic() + seconds
    while latest_head() is None or latest_head().entries < Entry.objects.count():  # type: ignore[union-attr]
        assert time.monotonic() < deadline, "the horizon did not move"
        seal(at=NOW)
        time.sleep(0.05)


@pytest.fixture(scope="session")
def made_press(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Press]]:
    """The committed cast and the name of its database."""
    with django_db_blocker.unblock():
        yield _made()
        dropped(_made()[0])


@pytest.fixture
def db(made_press: tuple[str, Press], django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: the cast's database, in a transaction that is rolled back."""
    with django_db_blocker.unblock(), rolled_back(made_press[0]):
        yield


@pytest.fixture
def press(db: None, made_press: tuple[str, Press]) -> Press:
    """See `Press`."""
    return copy.deepcopy(made_press[1])


@pytest.fixture
def own_press(made_press: tuple[str, Press], django_db_blocker: Any) -> Iterator[Press]:
    """The same in a database of this test's own, where everything is really committed."""
    name = f"{made_press[0]}_{next(_numbers)}"
    with django_db_blocker.unblock():
        copied(made_press[0], name)
        with using(name):
            yield copy.deepcopy(made_press[1])
        dropped(name)
