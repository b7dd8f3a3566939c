"""A backup brought back: the same totals, a new epoch, and a clock that never runs backwards.

Everything happens in a server of its own that is thrown away.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from builders import NOW, World, a_new_entry, a_world, an_entry, an_indicator
from karnameh.catalog.public import Indicator
from karnameh.config.backup import adopt, back_up, restore
from karnameh.config.embedded import APP, DATABASE, Cluster, DatabaseTrouble, cluster
from karnameh.ledger.public import Entry, Verdict, epoch, fold_all, post_entries, reverse_entry
from workbench import as_owner, ask, quantity_of, refused, refused_kindly, run, sound

pytestmark = pytest.mark.process
CARELESS = (
    "fsync = off",
    "synchronous_commit = off",
    "full_page_writes = off",
    "shared_buffers = '64MB'",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """An empty server with the product's roles; stopped and removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="karnameh-restore-"))
    home.chmod(0o755)
    made = cluster(home / "pg")
    made.start()
    try:
        for setting in CARELESS:
            made.sql(f"ALTER SYSTEM SET {setting}")
        made.sql("SELECT pg_reload_conf()")
        yield made
    finally:
        made.stop(mode="immediate")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def at_home(server: Cluster, django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Every connection goes to that server, whose database holds a small federation."""
    here = {**connection.settings_dict}
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update(
            NAME=DATABASE, HOST=str(server.socket_dir), PORT="", USER="karnameh_owner"
        )
        options = here["OPTIONS"]
        connection.settings_dict["OPTIONS"] = {
            **options,
            "options": options["options"].replace("-c role=karnameh_app", ""),
        }
        call_command("migrate", verbosity=0, interactive=False)
        connection.close()
        connection.settings_dict["OPTIONS"] = options
        try:
            yield a_world()
        finally:
            connection.close()
            connection.settings_dict.update(here)


@pytest.fixture
def federation(at_home: World, django_db_blocker: Any) -> Iterator[World]:
    for user in at_home.people.values():
        user.__dict__.pop("_grants_in_force", None)
    with django_db_blocker.unblock():
        yield at_home


@pytest.fixture
def _some(transactional_db: None) -> None:
    """Makes pytest-django set up its database, whose settings are borrowed."""


def folded() -> bool:
    return bool(
        ask(
            "SELECT NOT EXISTS (SELECT FROM ledger_entry, ledger_foldstate WHERE clock >= folded_to)"
        )
    )


def content() -> str:
    """One value for everything that a backup must bring back."""
    return str(
        ask(
            "SELECT md5(string_agg(t, '|' ORDER BY t)) FROM (SELECT e::text AS t FROM ledger_entry e UNION ALL SELECT x::text FROM ledger_total x"
            " UNION ALL SELECT p::text FROM ledger_presence p UNION ALL SELECT d::text FROM plumbing_deed d) AS everything"
        )
    )


def counts(world: World, indicator: Indicator) -> tuple[Decimal | None, int]:
    return quantity_of(world.nation, indicator), Entry.objects.count()


def bring_back(file: Path, server: Cluster) -> int:
    connection.close()
    restore(file, embedded=server)
    with as_owner():
        return adopt()


def test_a_restored_backup_has_the_same_totals_a_new_epoch_and_takes_new_entries(
    federation: World, server: Cluster, tmp_path: Path
) -> None:
    indicator, leader = an_indicator(), federation.people["leader"]
    old = an_entry(federation.local, indicator, 10, by=leader)
    fold_all()
    an_entry(federation.local, indicator, 5, by=leader)  # in the backup, but not folded
    before, first_epoch, kept = content(), epoch(), counts(federation, indicator)
    file = back_up(tmp_path, tmp_path / "one.backup", embedded=server)
    assert file.stat().st_mode & 0o077 == 0
    lost = a_new_entry(federation.local, indicator, 100)
    post_entries([lost], by=leader, at=NOW)
    fold_all()
    clock_before = ask("SELECT max(clock) FROM ledger_entry")

    assert bring_back(file, server) == epoch() > first_epoch
    assert counts(federation, indicator) == kept and kept[0] == 15
    assert content() == before
    sound()
    # The phone kept what was acknowledged, and sends it again in the new epoch.
    assert post_entries([lost], by=leader, at=NOW)[0].verdict is Verdict.NEW
    assert post_entries([lost], by=leader, at=NOW)[0].verdict is Verdict.SAME
    reverse_entry(Entry.objects.get(pk=old.pk), note="اشتباه", by=leader, at=NOW)
    assert quantity_of(federation.nation, indicator) == 105
    assert ask("SELECT max(clock) FROM ledger_entry") > ask(
        "SELECT max(clock) FROM ledger_entry WHERE id <> %s AND kind = 0", [lost.id]
    )
    assert clock_before > 0
    fold_all()
    assert folded()
    assert quantity_of(federation.nation, indicator) == 105
    sound()


def test_two_restores_of_one_backup_have_two_epochs(
    federation: World, server: Cluster, tmp_path: Path
) -> None:
    """Otherwise phones would not notice the second one, and what they sent in between would be lost."""
    file = back_up(tmp_path, tmp_path / "twice.backup", embedded=server)
    first = bring_back(file, server)
    time.sleep(1.1)
    assert bring_back(file, server) > first


def test_the_site_is_as_powerless_after_a_restore_as_before(
    federation: World, server: Cluster, tmp_path: Path
) -> None:
    indicator = an_indicator()
    an_entry(federation.local, indicator, 10, by=federation.people["leader"])
    bring_back(back_up(tmp_path, tmp_path / "two.backup", embedded=server), server)
    for change in (
        "UPDATE ledger_entry SET quantity = 1",
        "DELETE FROM ledger_entry",
        "UPDATE ledger_epoch SET number = 9",
        "DELETE FROM plumbing_deed",
    ):
        with pytest.raises(Exception, match="permission denied"):
            run(change)
    with as_owner(), refused("entry_is_never_changed"):
        run("UPDATE ledger_entry SET quantity = 1")
    assert (
        server.sql("SELECT rolname FROM pg_roles WHERE rolname = 'karnameh_app' AND NOT rolsuper")
        == APP
    )


def test_a_dump_that_was_loaded_by_hand_takes_no_entry_until_it_is_adopted(
    federation: World, server: Cluster, tmp_path: Path
) -> None:
    """A fresh server counts its transactions from the beginning: the clock would run backwards."""
    indicator, leader = an_indicator(), federation.people["leader"]
    an_entry(federation.local, indicator, 10, by=leader)
    fold_all()
    with as_owner():  # as if this database came from a server that had lived much longer
        run("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        run("UPDATE ledger_entry SET clock = clock + 1000000000")
        run("ALTER TABLE ledger_entry ENABLE TRIGGER USER")
        run("UPDATE ledger_foldstate SET folded_to = folded_to + 1000000000")
    entry = a_new_entry(federation.local, indicator, 7)
    with refused_kindly("entry_clock_went_back"):
        post_entries([entry], by=leader, at=NOW)
    was = epoch()
    with as_owner():
        assert adopt() > was
    assert post_entries([entry], by=leader, at=NOW)[0].verdict is Verdict.NEW
    assert ask("SELECT clock FROM ledger_entry WHERE id = %s", [entry.id]) > 1_000_000_000
    fold_all()
    assert folded()
    assert quantity_of(federation.nation, indicator) == 17
    sound()
    bring_back(back_up(tmp_path, tmp_path / "three.backup", embedded=server), server)
    an_entry(federation.local, indicator, 3, by=leader)
    fold_all()
    assert folded() and quantity_of(federation.nation, indicator) == 20
    sound()


def test_a_file_that_is_no_backup_leaves_the_database_as_it_was(
    federation: World, server: Cluster, tmp_path: Path
) -> None:
    indicator = an_indicator()
    an_entry(federation.local, indicator, 10, by=federation.people["leader"])
    kept, was = counts(federation, indicator), epoch()
    connection.close()
    broken = tmp_path / "broken.backup"
    whole = back_up(tmp_path, tmp_path / "whole.backup", embedded=server)
    for bytes_ in (b"", b"not a backup", whole.read_bytes()[: whole.stat().st_size // 2]):
        broken.write_bytes(bytes_)
        with pytest.raises(DatabaseTrouble):
            restore(broken, embedded=server)
    assert (counts(federation, indicator), epoch()) == (kept, was)


def test_a_server_that_crashes_keeps_what_was_acknowledged(
    federation: World, server: Cluster
) -> None:
    indicator, leader = an_indicator(), federation.people["leader"]
    for setting in CARELESS[:3]:
        server.sql(f"ALTER SYSTEM SET {setting.replace('off', 'on')}")
    server.sql("SELECT pg_reload_conf()")
    connection.close()
    receipts = post_entries(
        [a_new_entry(federation.local, indicator, 1) for _ in range(500)], by=leader, at=NOW
    )
    fold_all()
    connection.close()
    server.stop(mode="immediate")  # what kill -9 leaves: no checkpoint, recovery from the log
    server.start()
    assert {receipt.verdict for receipt in receipts} == {Verdict.NEW}
    assert quantity_of(federation.nation, indicator) == 500
    sound()
