"""The demo's whole country with its facts, but only a handful of local units: built once a session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.db import connection

from builders import NOW, a_grant, a_user
from databases import copied, dropped, using
from karnameh.access.public import Role
from karnameh.catalog.public import load_dictionary
from karnameh.front.demo.facts import fact_entries, read_facts
from karnameh.front.demo.federation import Federation, build
from karnameh.front.demo.ids import DemoIds
from karnameh.ledger.public import NewEntry, Stage, fold_all, post_entries
from karnameh.people.public import User
from workbench import as_owner


@dataclass(frozen=True)
class Demo:
    """The trees, the facts as written, and the entries made of them."""

    federation: Federation
    facts: dict[str, dict[str, Any]]
    entries: dict[str, NewEntry]
    officer: User
    verifier: User


@cache
def _built() -> tuple[str, Demo]:
    """Once a process, however many files import the fixtures."""
    empty = connection.settings_dict["NAME"]
    name = f"{empty}_demo"
    copied(empty, name)
    with using(name), as_owner():  # as `./karnameh demo` does: it sets the sequences
        return name, _made()


@pytest.fixture(scope="session")
def demo_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, Demo]]:
    """Everything committed and folded in a database of its own."""
    with django_db_blocker.unblock():
        yield _built()
        dropped(_built()[0])


@pytest.fixture
def demo(
    demo_database: tuple[str, Demo], transactional_db: None, django_db_blocker: Any
) -> Iterator[Demo]:
    """The demo, to be read."""
    name, made = demo_database
    with django_db_blocker.unblock(), using(name):
        yield made


@pytest.fixture
def transactional_db() -> None:
    """In place of pytest-django's: these tests have databases of their own; the name alone makes it set up the first."""


def _made() -> Demo:
    load_dictionary(at=NOW)
    federation = build(200)
    officer, verifier = a_user("officer", "دبیر آمار"), a_user("verifier", "بازبین")
    for root in (federation.nation, federation.partners):
        a_grant(officer, Role.REPORTER, root)
        a_grant(verifier, Role.VERIFIER, root)
    entries = fact_entries(federation, DemoIds(1))
    for stages, by in (((Stage.PLEDGED, Stage.REPORTED), officer), ((Stage.VERIFIED,), verifier)):
        post_entries([one for one in entries.values() if one.stage in stages], by=by, at=NOW)
    fold_all()
    return Demo(
        federation, {fact["key"]: fact for fact in read_facts()}, entries, officer, verifier
    )
