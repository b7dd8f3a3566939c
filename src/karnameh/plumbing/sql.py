"""SQL that migrations of several contexts share: watching a table, forbidding a change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.migrations import RunSQL

APP = "karnameh_app"


def watch(table: str, *, hidden: tuple[str, ...] = ()) -> RunSQL:
    """Write a `Change` for every row changed in `table`; `hidden` columns never reach it."""
    columns = ", ".join(f"'{name}'" for name in hidden)
    return RunSQL(
        f"CREATE TRIGGER watched AFTER INSERT OR UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION plumbing_watch({columns})",
        f"DROP TRIGGER watched ON {table}",
    )


def refuse(table: str, *operations: str, rule: str) -> RunSQL:
    """Refuse UPDATE, DELETE or TRUNCATE on `table` for everybody, naming the `rule`."""
    statements: list[Any] = []
    undo: list[Any] = []
    for operation in operations:
        level = "STATEMENT" if operation == "TRUNCATE" else "ROW"
        name = f"refuse_{operation.lower()}"
        statements.append(
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
            f"FOR EACH {level} EXECUTE FUNCTION plumbing_refuse('{rule}')"
        )
        undo.append(f"DROP TRIGGER {name} ON {table}")
    return RunSQL(statements, undo)


def allow(tables: str, *privileges: str) -> RunSQL:
    """Give the site's role exactly these privileges on comma-separated `tables`."""
    return RunSQL(
        [
            f"REVOKE ALL ON {tables} FROM {APP}",
            f"GRANT {', '.join(privileges)} ON {tables} TO {APP}",
        ],
        RunSQL.noop,
    )


def array(numbers: Iterable[int]) -> str:
    """Integers as the text of an `int[]`: a list of thousands is spelled out ten times as slowly."""
    return "{" + ",".join(map(str, numbers)) + "}"
