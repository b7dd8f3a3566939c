"""Which chores the worker goes round: the one list."""

from __future__ import annotations

from karnameh.exchange.public import discard_forgotten, work_once
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
        Chore("expire contacts", lambda: _done(expire_contacts(at=now())), every=3600.0),
        Chore("forgotten imports", lambda: _done(discard_forgotten(at=now())), every=3600.0),
    ]


def _done(erased: object) -> bool:
    """Everything that was due has been erased in one go."""
    return False
