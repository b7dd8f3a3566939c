"""Copies of the test database: for what must really commit, and for what is slow to build.

PostgreSQL copies a small database in a tenth of a second, so a test can have one of its own. That
replaces emptying the tables, which refuse to be emptied.
"""

from __future__ import annotations

import psycopg
from django.db import connection


class using:
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


def copied(source: str, name: str) -> None:
    connection.close()  # a template may have no sessions
    dropped(name)
    _maintain(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def dropped(name: str) -> None:
    """Without FORCE, which may not end the server's own autovacuum and then fails; plain DROP waits it out."""
    _maintain(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        f" WHERE datname = '{name}' AND usename = current_user"
    )
    _maintain(f'DROP DATABASE IF EXISTS "{name}"')


def _maintain(statement: str) -> None:
    """A statement about databases, as the owner and outside of all of them."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres", "options": ""}
    parameters = {
        name: parameters[name]
        for name in ("dbname", "user", "password", "host", "port")
        if parameters.get(name)
    }
    with psycopg.connect(**parameters, autocommit=True) as session:
        session.execute(statement)
