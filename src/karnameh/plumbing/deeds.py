"""`deed`: the frame of every action. One transaction, one row that says who did what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from karnameh.plumbing.errors import refusing_constraints
from karnameh.plumbing.models import Deed


@contextmanager
def deed(verb: str, *, by: Any, at: datetime, target: str = "", reason: str = "") -> Iterator[Deed]:
    """Run the block atomically as one deed of `by`; the change trigger ties every row to it."""
    with refusing_constraints(), transaction.atomic():
        row = Deed.objects.create(
            verb=verb, account=by.pk if by else None, at=at, target=target, reason=reason
        )
        outer = _tie_rows_to(str(row.pk))
        yield row
        _tie_rows_to(outer)


def _tie_rows_to(deed: str) -> str:
    """Changed rows belong to `deed` from here on; the deed they belonged to before."""
    with connection.cursor() as cursor:
        # The row of `was` is made before the outer list is computed from it: first read, then written.
        cursor.execute(
            """
            WITH was AS MATERIALIZED (SELECT coalesce(current_setting('karnameh.deed', true), '') AS deed)
            SELECT was.deed, set_config('karnameh.deed', %s, true) FROM was
            """,
            [deed],
        )
        return str(cursor.fetchone()[0])
