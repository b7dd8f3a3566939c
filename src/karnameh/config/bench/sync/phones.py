"""The benchmark's database, a small federation in it, and phones of its leaders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from karnameh.config.commands import database, ready_django
from karnameh.config.embedded import Cluster, DatabaseTrouble

NAME = "karnameh_bench_sync"
_LEADERS, _VERIFIERS = 250, 4


@contextmanager
def own_database() -> Iterator[tuple[Cluster, list[Any], list[Any], int]]:
    """A throw-away database; the server, leaders with their units, verifiers with theirs, an indicator."""
    embedded = database()
    if embedded is None:
        raise DatabaseTrouble("the benchmark fills a database; it runs on the embedded server only")
    embedded.sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
    embedded.sql(f"CREATE DATABASE {NAME} OWNER karnameh_owner")
    os.environ["DATABASE_OWNER_URL"] = embedded.url("karnameh_owner", NAME)
    os.environ["DATABASE_URL"] = embedded.url("karnameh_app", NAME)
    ready_django("manage")
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    try:
        yield embedded, *_federation()
    finally:
        connection.close()
        embedded.sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _federation() -> tuple[list[Any], list[Any], int]:
    """The dictionary, a small federation, leaders of local units, and verifiers of the whole."""
    from django.db import transaction

    from karnameh.access.public import Role, grant_role
    from karnameh.catalog.public import Indicator, load_dictionary
    from karnameh.front.public import build
    from karnameh.people.public import create_user
    from karnameh.plumbing.clock import now

    leaders: list[Any] = []
    verifiers: list[Any] = []
    with transaction.atomic():
        load_dictionary(at=now())
        federation = build(600)
        for number, unit in enumerate(federation.locals[:_LEADERS]):
            user = create_user(
                username=f"leader-{number}", office="leader", password=None, by=None, at=now()
            )
            grant_role(user=user, role=Role.REPORTER, unit=unit, by=None, at=now())
            leaders.append((user, unit))
        for number in range(_VERIFIERS):
            user = create_user(
                username=f"verifier-{number}", office="verifier", password=None, by=None, at=now()
            )
            grant_role(user=user, role=Role.VERIFIER, unit=federation.nation, by=None, at=now())
            verifiers.append((user, federation.nation))
    indicator = Indicator.objects.filter(
        time_rule="sum", unit_rule="sum", measure__decimals=0, measure__kind="count"
    ).first()
    assert indicator is not None
    return leaders, verifiers, indicator.pk


def enrolled(leaders: list[Any], count: int, at: datetime) -> list[tuple[str, int]]:
    """Tokens and units of `count` phones, several of each leader."""
    from karnameh.field.public import enrol_device

    found = []
    for number in range(count):
        user, unit = leaders[number % len(leaders)]
        _device, given = enrol_device(unit=unit, name="phone", by=user, at=at)
        found.append((given.token, unit.pk))
    return found


def enrol_again(token: str, at: datetime) -> None:
    """As the page of the app does after a sign-in on a phone that a restore made unknown."""
    from karnameh.field.public import enrol_device, read_token
    from karnameh.org.public import OrgUnit
    from karnameh.people.public import User

    found = read_token(token)
    assert found is not None
    user = User.objects.get(pk=found[1])
    unit = OrgUnit.objects.get(pk=user.grants.values_list("unit", flat=True)[0])
    enrol_device(unit=unit, name="phone", by=user, at=at, known_as=token)
