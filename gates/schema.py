"""The database with the whole schema and nothing in it, from which every database of the tests is copied.

    python -m gates.schema    makes it on the server of DATABASE_OWNER_URL, unless it is there; says its name

Migrating takes as long as hundreds of tests. So it is done once for each state of the schema; the result
stays on the server for the workers and for later runs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection

from gates.findings import ROOT

# What the schema is made of, besides all that migrations import.
PIECES = (
    "migrations/*.py", "*.sql", "models.py", "models/*.py", "rules.py", "rules/*.py", "law.py", "sql.py",
)  # fmt: skip
_IMPORT = re.compile(r"^(?:from|import) (karnameh\.[\w.]+)", re.MULTILINE)
_LOCK = 1405  # of the server: one at a time makes the schema or copies it


def copy_to(name: str) -> None:
    """Make the database `name` anew, with the whole schema."""
    connection.close()
    with _alone() as session:
        source = _made(session)
        copy(session, source, name)


def ensure() -> str:
    """The name of the database with the schema; it is made when it is missing."""
    with _alone() as session:
        return _made(session)


def pieces(root: Path = ROOT) -> list[Path]:
    """The files of which the schema is made, and the versions of the libraries."""
    package = root / "src" / "karnameh"
    found = {file for piece in PIECES for file in package.glob(f"**/{piece}")}
    for migration in package.glob("**/migrations/*.py"):
        for name in _IMPORT.findall(migration.read_text(encoding="utf-8")):
            module = root / "src" / name.replace(".", "/")
            found.add(module / "__init__.py" if module.is_dir() else module.with_suffix(".py"))
    return sorted(found | set((root / "requirements").glob("*.txt")))


def digest(root: Path = ROOT) -> str:
    """Changes with every one of these files."""
    found = hashlib.sha256()
    for file in pieces(root):
        found.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def copy(session: psycopg.Connection[Any], source: str, name: str) -> None:
    """Make the database `name` anew as a copy of `source`, which nobody may be using."""
    drop(session, name)
    _send_away(session, source)
    # File by file: half the time of the usual way, which writes every page to the log.
    session.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY file_copy')


def drop(session: psycopg.Connection[Any], name: str) -> None:
    """Without FORCE, which may not end the server's own autovacuum and then fails; plain DROP waits it out."""
    _send_away(session, name)
    session.execute(f'DROP DATABASE IF EXISTS "{name}"')


def owner() -> psycopg.Connection[Any]:
    """A session of the owner outside of all our databases."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    wanted = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(
        **{name: parameters[name] for name in wanted if parameters.get(name)}, autocommit=True
    )


def _send_away(session: psycopg.Connection[Any], name: str) -> None:
    """End the sessions of a database that are left over."""
    session.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = %s AND usename = current_user",
        [name],
    )


@contextmanager
def _alone() -> Iterator[psycopg.Connection[Any]]:
    with owner() as session:
        session.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield session


def _made(session: psycopg.Connection[Any]) -> str:
    name, making = f"karnameh_schema_{digest()}", "karnameh_schema_in_the_making"
    known = session.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'karnameh_schema_%'"
    )
    others = {row[0] for row in known}
    if name in others:
        return name
    for other in others:
        drop(session, other)
    session.execute(f'CREATE DATABASE "{making}"')
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = making
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    session.execute(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    return name


if __name__ == "__main__":
    import django

    django.setup()
    print(ensure())
