"""Backups: one consistent dump, and a restore that phones notice."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from karnameh.config.embedded import DATABASE, OWNER, Cluster, DatabaseTrouble


def back_up(
    var: Path, file: Path | None, *, embedded: Cluster | None, name: str = DATABASE
) -> Path:
    """Dump everything into `file` (a dated name under var/backups without one)."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = file or var / "backups" / f"{stamp}.backup"
    target.parent.mkdir(parents=True, exist_ok=True)
    making = target.with_name(target.name + ".part")
    with making.open("wb") as out:
        os.fchmod(out.fileno(), 0o600)
        done = subprocess.run(
            [*_program("pg_dump", embedded), "--format=custom", "--no-owner", _address(embedded, name)],
            stdout=out, stderr=subprocess.PIPE, text=False,
        )  # fmt: skip
    if done.returncode:
        making.unlink()
        raise DatabaseTrouble(f"pg_dump failed: {done.stderr.decode().strip()}")
    making.rename(target)
    return target


def restore(file: Path, *, embedded: Cluster | None, name: str = DATABASE) -> None:
    """Replace the database by the backup. The new one is complete before the old one goes."""
    if embedded is None:
        _load(file, _address(None, name), embedded, clean=True)
        return
    coming = f"{name}_restoring"
    embedded.sql(f"DROP DATABASE IF EXISTS {coming} WITH (FORCE)")
    embedded.sql(f"CREATE DATABASE {coming} OWNER {OWNER}")
    _load(file, embedded.url(OWNER, coming), embedded, clean=False)
    embedded.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    embedded.sql(f"ALTER DATABASE {coming} RENAME TO {name}")


def adopt() -> int:
    """Raise the epoch and lift the clock above everything that is in the ledger; the new epoch.

    The epoch follows the time of day, so that no two restores ever share one: counting on from the
    backup's own number would give the second restore of an old backup the epoch of the first, and
    phones would not notice. It ends with the second in which it began, for the same reason. Found by the
    simulation of phones.

    A restored server counts its transactions from the beginning again; the offset keeps the clock of
    new entries larger than that of every entry before, which folding relies on.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ledger_epoch
               SET number = greatest(number + 1, floor(extract(epoch FROM clock_timestamp()))::int - 1700000000),
                   since = now(),
                   "offset" = 1 - pg_current_xact_id()::text::bigint + (
                       SELECT greatest(folded_to, coalesce((SELECT max(clock) FROM ledger_entry), 0))
                         FROM ledger_foldstate)
            RETURNING number"""
        )
        number = int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_sleep(1.001 - extract(epoch FROM clock_timestamp()) % 1)")
        return number


def _load(file: Path, address: str, embedded: Cluster | None, *, clean: bool) -> None:
    with file.open("rb") as source:
        done = subprocess.run(
            [*_program("pg_restore", embedded), "--no-owner", "--exit-on-error", "--single-transaction",
             *(["--clean", "--if-exists"] if clean else []), "--dbname", address],
            stdin=source, capture_output=True,
        )  # fmt: skip
    if done.returncode:
        raise DatabaseTrouble(
            f"this file could not be restored: {done.stderr.decode().strip()[:400]}"
        )


def _program(name: str, embedded: Cluster | None) -> list[str]:
    if embedded is not None:
        return [str(embedded.binaries / name)]
    found = shutil.which(name)
    if found is None:
        raise DatabaseTrouble(f"{name} is not on this machine; install postgresql-client")
    return [found]


def _address(embedded: Cluster | None, name: str) -> str:
    if embedded is not None:
        return embedded.url(OWNER, name)
    return os.environ.get("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
