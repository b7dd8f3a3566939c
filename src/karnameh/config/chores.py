"""Which chores the worker goes round: the one list of them."""

from __future__ import annotations

import logging
from datetime import timedelta

from karnameh.campaigns.public import plan_once
from karnameh.exchange.public import (
    count_arrivals,
    discard_forgotten,
    forget_messages,
    make_next,
    send_messages,
    spread_notices,
    work_once,
)
from karnameh.field.public import forget_parts
from karnameh.front.public import publish_demo
from karnameh.insight.public import make_files, publish_waiting, watch_figures
from karnameh.ledger.public import (
    Patrol,
    deepen,
    fold,
    heads_seen,
    latest_head,
    number_portion,
    rehome,
    seal,
    write_segments,
)
from karnameh.narrative.public import forget_texts
from karnameh.people.public import expire_contacts
from karnameh.plumbing.chores import Chore
from karnameh.plumbing.clock import now

log_of_chores = logging.getLogger("karnameh.chores")
WORTH_A_FILE = 100_000  # entries that the log has taken: fewer wait for more


def lanes() -> list[list[Chore]]:
    """Chores that may wait for each other, lane by lane: totals never wait for a long import."""
    totals = [
        Chore("fold", lambda: fold().behind, every=0.2),
        Chore("rehome", lambda: rehome() > 0, every=2.0),
        Chore("deepen", deepen, every=60.0, woken=False),
    ]
    documents = [
        Chore("imports", work_once, every=1.0),
        Chore("open data", make_next, every=2.0),
        Chore(
            "expire contacts", lambda: _done(expire_contacts(at=now())), every=3600.0, woken=False
        ),
        Chore("texts of reports", lambda: forget_texts(at=now()), every=3600.0, woken=False),
        Chore(
            "forgotten imports",
            lambda: _done(discard_forgotten(at=now())),
            every=3600.0,
            woken=False,
        ),
        Chore(
            "segments",
            lambda: _done(write_segments(at=now(), least=WORTH_A_FILE)),
            every=600.0,
            woken=False,
        ),
        Chore("unfinished files", lambda: forget_parts(at=now()), every=3600.0, woken=False),
    ]
    publishing = [
        Chore("figures of the demo", publish_demo, every=15.0, woken=False),
        Chore("large figures", lambda: publish_waiting(at=now()), every=2.0),
        Chore("press packs", lambda: make_files(at=now()), every=5.0),
        Chore("published figures", lambda: watch_figures(at=now()), every=300.0, woken=False),
    ]
    log = [
        # So that whoever proposes a figure never waits for a day's entries to be hashed. Rarer and larger
        # portions would cost less, but while one is written, nothing is folded and pages grow slow.
        Chore("number", lambda: number_portion(at=now()).behind, every=20.0, woken=False),
        Chore("seal", _seal_daily, every=600.0, woken=False),
        Chore("check the log", _patrol, every=900.0, woken=False),
    ]
    messages = [  # in a lane of their own: a receiver may keep one waiting for ten seconds
        Chore("notices", lambda: spread_notices(at=now()), every=2.0),
        Chore("arrivals", lambda: count_arrivals(at=now()), every=30.0, woken=False),
        Chore("messages to programs", send_messages, every=2.0),
        Chore("old messages", lambda: forget_messages(at=now()), every=3600.0, woken=False),
    ]
    plans = [Chore("plans", plan_once, every=1.0)]  # in a lane of its own: a plan takes minutes
    return [totals, documents, publishing, log, messages, plans]


_PATROL = Patrol()
_SEALED_ANEW = timedelta(hours=24)


def _seal_daily() -> bool:
    """A head each day, also when nothing was posted: it says that nothing was."""
    last = latest_head()
    if last is None or now() - last.at >= _SEALED_ANEW:
        seal(at=now())
    return False


def _patrol() -> bool:
    for words in [*_PATROL.walk().findings, *heads_seen()]:
        log_of_chores.error("the log was tampered with: %s", words)
    return False


def _done(erased: object) -> bool:
    """Everything that was due has been erased in one go."""
    return False
