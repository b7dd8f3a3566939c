"""Which chores the worker goes round: the one list."""

from __future__ import annotations

from karnameh.exchange.public import work_once
from karnameh.ledger.public import fold, rehome
from karnameh.people.public import expire_contacts
from karnameh.plumbing.chores import Chore
from karnameh.plumbing.clock import now


def all_chores() -> list[Chore]:
    """Folding first: every page waits for it the least."""
    return [
        Chore("fold", lambda: fold().behind, every=0.2),
        Chore("rehome", lambda: rehome() > 0, every=2.0),
        Chore("imports", work_once, every=1.0),
        Chore("expire contacts", lambda: expire_contacts(at=now()) < 0, every=3600.0),
    ]
