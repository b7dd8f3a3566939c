"""Writing segments: settled entries that the log knows become a Parquet file, once and for ever.

A segment holds every entry of a stretch of clocks. Its file is written aside, brought to the disk,
digested and given its name; then one transaction notes it and hands its digest to the log. Killed
before that, it was never there: what lies about is cleared away by the next run.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import connection, transaction

from karnameh.ledger.models import Segment
from karnameh.ledger.sealing.heads import append_record
from karnameh.ledger.segments.layout import COLUMNS, exported, read_csv

ROWS = 2_000_000  # in one segment at most, but for one transaction that is larger: bounds memory
GROUP = 122_880  # rows that a reader skips or reads together
LOCK = 4023  # one writer at a time


def write_segments(*, at: datetime, rows: int = ROWS, least: int = 1) -> list[Segment]:
    """Write what the log has taken and no segment holds yet; the new segments, oldest first.

    Fewer than `least` entries wait for more to come.

    Nothing when another process is writing. No transaction is open while a file is written, so
    folding goes on meanwhile: what is sealed does not change any more.
    """
    written: list[Segment] = []
    with _only_writer() as alone:
        if not alone:
            return written
        _clear_away()
        _make_again()
        while (stretch := _next_stretch(rows)) and stretch[3] >= least:
            written.append(_write(*stretch, at))
    return written


def folder() -> Path:
    """Where the files lie; nothing there is ever served."""
    found = Path(settings.SEGMENTS)
    found.mkdir(parents=True, exist_ok=True)
    return found


def path_of(segment: Segment) -> Path:
    """The file of a segment."""
    return folder() / segment.name


def damaged_segments() -> list[str]:
    """A sentence for every segment whose file is missing or not what the log vouches for."""
    said = []
    for segment in Segment.objects.order_by("number"):
        file = path_of(segment)
        if not file.exists():
            said.append(f"{segment.name} is missing")
        elif _digest(file) != bytes(segment.sha256):
            said.append(f"{segment.name} was changed: it is not what the log vouches for")
    return said


@contextmanager
def _only_writer() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        alone = bool(cursor.fetchone()[0])
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _clear_away() -> None:
    """Remove what a killed writer left behind."""
    known = set(Segment.objects.values_list("name", flat=True))
    for file in folder().iterdir():
        if file.name not in known:
            file.unlink()


def _make_again() -> None:
    """After a restore the files may be gone: the same rows give the same file. Another is not taken for it."""
    for segment in Segment.objects.order_by("number"):
        if not path_of(segment).exists():
            making = _made(segment.number, segment.since, segment.until)
            if _digest(making) == bytes(segment.sha256):
                making.rename(path_of(segment))
                _to_disk(folder())
            else:
                making.unlink()  # a newer writer's, perhaps; `check` goes on naming what is missing


def _next_stretch(rows: int) -> tuple[int, int, int, int] | None:
    """(number, since, until, entries) of the next segment; a transaction is never cut in two."""
    last = Segment.objects.order_by("-number").first()
    number, since = (last.number + 1, last.until) if last else (1, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbered_to FROM ledger_logstate")
        settled = cursor.fetchone()[0]
        cursor.execute(
            "SELECT clock FROM ledger_entry WHERE clock >= %s AND clock < %s ORDER BY clock OFFSET %s LIMIT 1",
            [since, settled, rows],
        )
        cut = cursor.fetchone()
        until = settled
        if cut is not None:
            cursor.execute("SELECT min(clock) FROM ledger_entry WHERE clock >= %s", [since])
            until = max(cut[0], cursor.fetchone()[0] + 1)
        cursor.execute(
            "SELECT count(*) FROM ledger_entry WHERE clock >= %s AND clock < %s", [since, until]
        )
        entries = cursor.fetchone()[0]
    return (number, since, until, entries) if entries else None


def _write(number: int, since: int, until: int, entries: int, at: datetime) -> Segment:
    making = _made(number, since, until)
    digest, size = _digest(making), making.stat().st_size
    name = f"segment-{number:06d}-{digest.hex()[:12]}.parquet"
    making.rename(folder() / name)
    _to_disk(folder())
    with transaction.atomic():
        record = append_record("segment", name, digest=digest, size=size, at=at)
        return Segment.objects.create(
            number=number, since=since, until=until, rows=entries, bytes=size, sha256=digest, name=name,
            at=at, record=record,
        )  # fmt: skip


def _made(number: int, since: int, until: int) -> Path:
    """The file of a stretch, on the disk, without its name yet."""
    text, making = folder() / f"{number}.csv", folder() / f"{number}.new"
    export(text, f"e.clock >= {since:d} AND e.clock < {until:d}")
    _sort_into(making, text)
    text.unlink()
    return making


def export(target: Path, condition: str) -> None:
    """Entries that match, as CSV."""
    with (
        target.open("wb") as file,
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(exported(condition)) as copy,
    ):
        for block in copy:
            file.write(block)


def _sort_into(target: Path, text: Path) -> None:
    """Sorted by what is asked for; on one thread, so that the same rows give the same file."""
    with duckdb.connect(config={"threads": 1, "memory_limit": "1GB"}) as engine:
        engine.execute(
            f"COPY (SELECT {', '.join(COLUMNS)} FROM ({read_csv(str(text))})"
            " ORDER BY indicator_id, stage, path COLLATE C, ends_on, id)"
            f" TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {GROUP})"
        )
    _to_disk(target)


def _to_disk(path: Path) -> None:
    """Not before this returns does it survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()
