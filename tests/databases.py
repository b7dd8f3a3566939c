"""Copies of the test database: for what must really commit, and for what is slow to build.

PostgreSQL copies a small database in a tenth of a second, so a test can have one of its own. That
replaces emptying the tables, which refuse to be emptied.
"""

from __future__ import annotations

import asyncio

from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from gates import schema


class using:
    """Every connection opened inside goes to this database."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        let_go(self.name)
        self.before = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = self.name

    def __exit__(self, *_: object) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.before


class rolled_back(using):
    """The same in a transaction that leaves nothing. The session stays open for the next test: a new one
    would read the catalogue and compile every trigger again, which takes longer than most tests."""

    def __enter__(self) -> None:
        super().__enter__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def __exit__(self, *_: object) -> None:
        try:
            session = connection.connection
            if session and session.info.transaction_status == TransactionStatus.INTRANS:
                connection.check_constraints()  # what waits for the end of the transaction holds, too
        finally:
            connection.set_rollback(True)
            self.transaction.__exit__(None, None, None)
            if _beside_a_loop():
                connection.close()
            connection.settings_dict["NAME"] = self.before


def _beside_a_loop() -> bool:
    """Whether a browser's driver keeps an event loop: beside it Django has sessions that nobody finds without it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def let_go(wanted: str = "") -> None:
    """Close a session that is not one of the database `wanted`, or that a test has spoiled."""
    session = connection.connection
    if session is not None and (
        session.closed
        or session.info.dbname != wanted
        or session.info.transaction_status != TransactionStatus.IDLE
        or not connection.is_usable()
    ):
        connection.close()


def copied(source: str, name: str) -> None:
    connection.close()  # a template may have no sessions
    with schema.owner() as session:
        schema.copy(session, source, name)


def dropped(name: str) -> None:
    session = connection.connection
    if session is not None and not session.closed and session.info.dbname == name:
        connection.close()
    with schema.owner() as session:
        schema.drop(session, name)


def _maintain(statement: str) -> None:
    """A statement about databases, as the owner and outside of all of them."""
    with schema.owner() as session:
        session.execute(statement)
