"""Erasing a salt: what an entry's leaf commits to can then be opened, or guessed, by nobody any more."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from karnameh.ledger.models import Entry
from karnameh.ledger.proof.canonical import SALT, commitments
from karnameh.ledger.sealing.leaves import index_of, row_of, salt_of
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal, deed


def erase_salt(entry: Entry, *, by: User | None, at: datetime) -> None:
    """The commitments stay, so that the leaf can still be checked; the randomness beneath them goes.

    Refused for an entry that is not sealed. A second time changes nothing.
    """
    with (
        deed("erase_salt", by=by, at=at, target=f"entry:{entry.pk}"),
        connection.cursor() as cursor,
    ):
        number = index_of(cursor, entry.pk, entry.clock)
        row = row_of(cursor, entry.pk)
        if number is None or row is None:
            raise Refusal(
                _("This entry is not sealed yet. The next head will hold it."), status=409
            )
        salt = salt_of(cursor, number)
        if salt == bytes(SALT):
            return
        kept = "|".join(commitments(salt, row.hidden))
        cursor.execute(
            "INSERT INTO ledger_saltless (leaf, commitments) VALUES (%s, %s)", [number, kept]
        )
        cursor.execute(
            "UPDATE ledger_leafsalt SET salts = overlay(salts placing %s from ((%s - first) * %s + 1)::int)"
            " WHERE first = (SELECT max(first) FROM ledger_leafsalt WHERE first <= %s)",
            [bytes(SALT), number, SALT, number],
        )
