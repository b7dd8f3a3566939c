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
        row = Deed.objects.create(verb=verb, account=by.pk if by else None, at=at, target=target, reason=reason)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('karnameh.deed', %s, true)", [str(row.pk)])
        yield row
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('karnameh.deed', '', true)")
