"""Things that break in the middle: killed posters and folders, a worker whose database goes away."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction
from test_concurrency import fold_through, fresh

from builders import DAY, NOW, World, a_new_entry, an_entry, an_indicator
from karnameh.kernel.period import Period
from karnameh.ledger.levels import KEPT
from karnameh.ledger.public import Entry, Verdict, deepen, fold, post_entries
from karnameh.ledger.rolling import stands_now
from karnameh.ledger.sealing import numbering
from karnameh.plumbing.chores import Chore, Worker, wake
from workbench import as_owner, ask, quantity_of, run, sound

LOST = (OperationalError, InterfaceError)


def until(true: Callable[[], Any], seconds: float = 60) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def in_a_thread(
    pool: ThreadPoolExecutor, deed: Callable[[], Any], tell: Callable[[int], None]
) -> Future[Any]:
    """Run `deed` on a connection of its own, telling its backend's number first."""

    def one() -> Any:
        try:
            tell(ask("SELECT pg_backend_pid()"))
            return deed()
        except Exception as trouble:
            return trouble
        finally:
            connection.close()

    return pool.submit(one)


def terminate(backend: int) -> None:
    """What an administrator, or a crash, does to a session."""
    with as_owner():
        assert ask("SELECT pg_terminate_backend(%s, 5000)", [backend])


def blocked(backend: int) -> bool:
    """Whether the session waits for a lock."""
    return bool(ask("SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted", [backend]))


def test_a_poster_who_is_killed_before_the_end_leaves_nothing(own_world: World) -> None:
    indicator, by = an_indicator(), fresh(own_world, "officer")
    entries = [a_new_entry(own_world.local, indicator, 2) for _ in range(50)]
    posted, killed, backends = threading.Event(), threading.Event(), list[int]()

    def post_slowly() -> Any:
        with transaction.atomic():
            post_entries(entries[:25], by=by, at=NOW)
            posted.set()
            killed.wait(20)
            return post_entries(entries[25:], by=by, at=NOW)

    with ThreadPoolExecutor(1) as pool:
        answer = in_a_thread(pool, post_slowly, backends.append)
        assert posted.wait(20)
        terminate(backends[0])
        killed.set()
        assert isinstance(answer.result(20), LOST)
    assert not Entry.objects.filter(indicator=indicator).exists()
    assert {receipt.verdict for receipt in post_entries(entries, by=by, at=NOW)} == {Verdict.NEW}
    fold_through()
    assert quantity_of(own_world.nation, indicator) == 100
    sound()


def test_a_poster_who_is_killed_inside_his_statement_leaves_nothing(own_world: World) -> None:
    indicator, by = an_indicator(), fresh(own_world, "officer")
    held, *others = sorted(
        (a_new_entry(own_world.local, indicator, 2) for _ in range(20)), key=lambda one: one.id
    )
    backends = list[int]()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        post_entries([held], by=by, at=NOW)
        answer = in_a_thread(
            pool, lambda: post_entries([*others, held], by=by, at=NOW), backends.append
        )
        until(lambda: backends and blocked(backends[0]))
        terminate(backends[0])
        assert isinstance(answer.result(20), LOST)
    assert Entry.objects.filter(indicator=indicator).count() == 1


@contextmanager
def a_held_total(node: int | None = None) -> Iterator[None]:
    """Somebody holds the stored totals of a node (the first one), so that folding stops half-way."""
    with transaction.atomic():
        run(
            "SELECT 1 FROM ledger_total WHERE node = coalesce(%s, (SELECT min(node) FROM ledger_total)) FOR UPDATE",
            [node],
        )
        yield


def test_a_worker_who_is_killed_while_new_levels_are_filled_in_goes_on_where_it_was(
    own_world: World,
) -> None:
    indicator, officer, backends = an_indicator(), own_world.people["officer"], list[int]()
    with as_owner():
        run("UPDATE ledger_foldstate SET levels = '{2, 1, 1, -1}'")
    for quantity in (5, 7):
        an_entry(own_world.local, indicator, quantity, by=officer)
    fold_through()
    assert deepen(batch=1)
    half = stands_now()
    with ThreadPoolExecutor(1) as pool, a_held_total(own_world.shiraz.pk):
        answer = in_a_thread(pool, deepen, backends.append)
        until(lambda: backends and blocked(backends[0]))
        terminate(backends[0])
        assert isinstance(answer.result(20), LOST)
    assert stands_now() == half
    sound()
    while deepen(batch=1):
        pass
    assert stands_now().kept == KEPT
    assert quantity_of(own_world.shiraz, indicator, period=Period(DAY, DAY)) == 12
    sound()


@pytest.mark.parametrize("ending", ["killed", "cancelled"])
def test_a_folder_who_is_stopped_half_way_leaves_the_totals_exact(
    own_world: World, ending: str
) -> None:
    indicator, officer, backends = an_indicator(), own_world.people["officer"], list[int]()
    an_entry(own_world.local, indicator, 5, by=officer)
    fold_through()
    an_entry(own_world.local, indicator, 7, by=officer)
    until(
        lambda: (
            ask(
                'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + "offset" FROM ledger_epoch'
            )
            > ask("SELECT max(clock) FROM ledger_entry")
        ),
        60,
    )
    mark = ask("SELECT folded_to FROM ledger_foldstate")
    with ThreadPoolExecutor(1) as pool, a_held_total():
        answer = in_a_thread(pool, fold, backends.append)
        until(lambda: backends and blocked(backends[0]))
        if ending == "killed":
            terminate(backends[0])
        else:
            with as_owner():
                run("SELECT pg_cancel_backend(%s)", [backends[0]])
        assert isinstance(answer.result(20), LOST)
    assert ask("SELECT folded_to FROM ledger_foldstate") == mark
    assert quantity_of(own_world.nation, indicator) == 12
    sound()
    fold_through()
    assert quantity_of(own_world.nation, indicator) == 12
    sound()


def test_posting_never_waits_for_a_folder(own_world: World) -> None:
    indicator, officer, backends = an_indicator(), own_world.people["officer"], list[int]()
    an_entry(own_world.local, indicator, 5, by=officer)
    fold_through()
    an_entry(own_world.local, indicator, 7, by=officer)
    until(
        lambda: (
            ask(
                'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + "offset" FROM ledger_epoch'
            )
            > ask("SELECT max(clock) FROM ledger_entry")
        ),
        60,
    )
    with ThreadPoolExecutor(1) as pool:
        with a_held_total():
            folder = in_a_thread(pool, fold, backends.append)
            until(lambda: backends and blocked(backends[0]))
            run("SET LOCAL lock_timeout = '1s'")
            an_entry(own_world.local, indicator, 9, by=officer)
            assert quantity_of(own_world.nation, indicator) == 21
        assert folder.result(20).entries == 1
    fold_through()
    assert quantity_of(own_world.nation, indicator) == 21
    sound()


# --- The worker --------------------------------------------------------------------------------------


@contextmanager
def at_work(*chores: Chore) -> Iterator[Worker]:
    """A worker that goes round `chores` in a thread."""
    worker = Worker(list(chores))

    def work() -> None:
        worker.run()
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def test_the_worker_folds_by_itself_also_after_its_session_was_killed(own_world: World) -> None:
    indicator, officer, backends = an_indicator(), own_world.people["officer"], list[int]()

    def fold_once() -> bool:
        backends.append(ask("SELECT pg_backend_pid()"))
        return fold().behind

    def all_folded() -> bool:
        return bool(
            ask(
                "SELECT NOT EXISTS (SELECT FROM ledger_entry, ledger_foldstate WHERE clock >= folded_to)"
            )
        )

    with at_work(Chore("fold", fold_once, every=0.05)):
        an_entry(own_world.local, indicator, 5, by=officer)
        until(all_folded, 60)
        terminate(backends[-1])
        an_entry(own_world.local, indicator, 7, by=officer)
        until(lambda: len(set(backends)) == 2, 10)
        until(all_folded, 60)
    assert len(set(backends)) >= 2
    assert quantity_of(own_world.nation, indicator) == 12
    sound()


def test_the_worker_waits_for_a_database_that_is_away_and_goes_on(
    own_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    name, rounds = connection.settings_dict["NAME"], list[int]()
    connection.ensure_connection()  # ours stays; only new ones find nothing

    def count() -> bool:
        rounds.append(ask("SELECT pg_backend_pid()"))
        return False

    with at_work(Chore("count", count, every=0.01)):
        until(lambda: len(rounds) > 2)
        connection.settings_dict["NAME"] = "karnameh_is_away"
        try:
            terminate(rounds[-1])
            time.sleep(0.3)
            seen = len(rounds)
            time.sleep(0.3)
            assert len(rounds) <= seen + 1
        finally:
            connection.settings_dict["NAME"] = name
        until(lambda: len(rounds) > seen + 2)
        until(lambda: "the database is back" in caplog.text)
    assert caplog.text.count("the database is away") == 1, "said once, not every second"
    assert "the database is away (" in caplog.text, "with the server's own words"


def test_a_chore_that_fails_is_logged_and_the_others_go_on(
    own_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    done = list[int]()

    def fail() -> bool:
        raise ValueError("۰۹۱۲۳۴۵۶۷۸۹")

    def go_on() -> bool:
        done.append(ask("SELECT 1"))
        return False

    with (
        caplog.at_level(logging.ERROR, "karnameh.chores"),
        at_work(Chore("bad", fail, every=0.01), Chore("good", go_on, every=0.01)),
    ):
        until(lambda: len(done) > 3)
    assert any("bad" in record.getMessage() for record in caplog.records)


def test_posting_wakes_an_idle_worker_at_once(own_world: World) -> None:
    rounds = list[float]()

    def note() -> bool:
        rounds.append(time.monotonic())
        return False

    with at_work(Chore("note", note, every=3600)):
        until(lambda: len(rounds) == 1)
        time.sleep(0.2)
        an_entry(own_world.local, an_indicator(), by=own_world.people["leader"])
        until(lambda: len(rounds) == 2)
        wake()
        until(lambda: len(rounds) == 3)


def test_a_chore_that_follows_the_clock_is_not_woken(own_world: World) -> None:
    """Otherwise every posting would check the log and look for numbers to erase."""
    rounds = list[str]()

    def said(word: str) -> Callable[[], bool]:
        def work() -> bool:
            rounds.append(word)
            return False

        return work

    hourly = Chore("hourly", said("hourly"), every=3600, woken=False)
    with at_work(hourly, Chore("prompt", said("prompt"), every=3600)):
        until(lambda: rounds == ["hourly", "prompt"])
        time.sleep(0.2)
        wake()
        until(lambda: rounds.count("prompt") == 2)
    assert rounds.count("hourly") == 1


def test_a_busy_chore_is_asked_again_without_a_pause(own_world: World) -> None:
    rounds = list[int]()

    def busy() -> bool:
        rounds.append(1)
        return len(rounds) < 50

    with at_work(Chore("busy", busy, every=3600)):  # with a pause it would take days
        until(lambda: len(rounds) == 50)


def test_a_portion_is_added_up_before_its_transaction_writes(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or nothing that came after it would be folded meanwhile, and every page grow slow."""
    an_entry(own_world.local, an_indicator(), 5, by=own_world.people["leader"])
    writing, real = list[bool](), numbering.added_up

    def looks(*args: Any) -> Any:
        found = real(*args)
        writing.append(ask("SELECT pg_current_xact_id_if_assigned() IS NOT NULL"))
        return found

    monkeypatch.setattr(numbering, "added_up", looks)
    assert numbering.number_portion(at=NOW).entries == 1
    assert writing == [False]


# --- A whole process ---------------------------------------------------------------------------------

POSTER = """
import os, sys, django
os.environ["KARNAMEH_PROCESS"] = "manage"
sys.path[:0] = [{tests!r}, {src!r}]
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {database!r}
from builders import a_new_entry
from karnameh.catalog.public import Indicator
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.ledger.public import fold, post_entries
from karnameh.plumbing.clock import now  # this process has a clock of its own, and so have its ids
unit, indicator = OrgUnit.objects.get(pk={unit}), Indicator.objects.get(pk={indicator})
by = User.objects.get(pk={by})
print("ready", flush=True)
while True:
    post_entries([a_new_entry(unit, indicator, 1) for _ in range(500)], by=by, at=now())
    fold(batch=700)
    print("posted", flush=True)
"""


@pytest.mark.process
def test_a_process_killed_with_nine_while_it_posts_and_folds_leaves_whole_calls_only(
    own_world: World,
) -> None:
    indicator, root = an_indicator(), Path(__file__).parents[2]
    script = textwrap.dedent(POSTER).format(
        tests=str(root / "tests"), src=str(root / "src"), database=connection.settings_dict["NAME"], unit=own_world.local.pk,
        indicator=indicator.pk, by=own_world.people["officer"].pk,
    )  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=os.environ
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline() == "posted\n"
        time.sleep(0.15)
        process.send_signal(signal.SIGKILL)
    until(
        lambda: (
            not ask(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())"
            )
        )
    )
    kept = Entry.objects.filter(indicator=indicator).count()
    assert kept >= 500 and kept % 500 == 0
    assert quantity_of(own_world.nation, indicator) == kept
    sound()
    fold_through()
    assert quantity_of(own_world.nation, indicator) == kept
    sound()
