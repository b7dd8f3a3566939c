"""A sealer whose session dies while it writes: wherever that is, the log stays valid and goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from test_faults import LOST, blocked, in_a_thread, terminate, until

from builders import DAY, NOW, World, an_entry, an_indicator
from karnameh.ledger.public import (
    Head,
    ProofQuestion,
    Stage,
    check_log,
    figure_at,
    latest_head,
    number_portion,
    seal,
)
from workbench import as_owner, ask, run

# Every table that numbering and signing write to, in that order.
WRITTEN = (
    "ledger_leafpage", "ledger_leafsalt", "ledger_sumpage", "ledger_sumnode", "ledger_sumseries",
    "ledger_sumhome", "ledger_logstate", "ledger_head",
)  # fmt: skip


@contextmanager
def held(table: str) -> Iterator[None]:
    """Somebody reads a table and lets nobody write to it."""
    with transaction.atomic(), as_owner():
        run(f"LOCK TABLE {table} IN SHARE MODE")
        yield


def settled() -> None:
    """Wait until what was posted is older than every transaction that still runs."""
    until(
        lambda: ask(
            'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + "offset"'
            " > (SELECT max(clock) FROM ledger_entry) FROM ledger_epoch"
        )
    )


def sealed() -> Head:
    settled()
    return seal(at=NOW)


def test_a_sealer_whose_session_is_killed_at_any_write_leaves_a_valid_log(
    own_world: World, settings: Any
) -> None:
    settings.LOG_KEYS = {"test": os.urandom(32)}
    indicator, leader = an_indicator(), own_world.people["leader"]
    an_entry(own_world.local, indicator, 10, by=leader)
    head, quantity = sealed(), 10
    for table in WRITTEN:
        # A place of its own each time, so that there is something new to write in every table.
        an_entry(own_world.local, an_indicator(), 1, by=leader)
        an_entry(own_world.local, indicator, 5, by=leader)
        settled()
        backends = list[int]()
        with ThreadPoolExecutor(1) as pool, held(table):
            answer = in_a_thread(pool, lambda: seal(at=NOW), backends.append)
            until(lambda: backends and blocked(backends[0]))  # noqa: B023
            terminate(backends[0])
            assert isinstance(answer.result(20), LOST), table
        assert check_log().findings == [], table
        assert latest_head() == head, table
        head, quantity = sealed(), quantity + 5
        question = ProofQuestion(own_world.nation.pk, indicator.pk, Stage.REPORTED, DAY, DAY)
        assert figure_at(question, head).quantity == quantity, table
        assert check_log().findings == [], table
    assert number_portion(at=NOW).entries == 0
