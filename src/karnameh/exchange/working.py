"""The worker's part of an import: reading and checking, posting, taking back.

An import is claimed in a transaction of its own, under a mark that every later write names: a worker
that fell silent, and finds its import claimed by another one, writes nothing more. Posting and taking
back are one transaction each, so a kill at any point leaves all of a file in the ledger, or nothing.
"""

from __future__ import annotations

import itertools
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from karnameh.exchange.checking import Checker
from karnameh.exchange.models import WAITING, Import, State
from karnameh.exchange.rules.columns import Layout, layout_of
from karnameh.exchange.rules.rows import Row, read_row
from karnameh.exchange.sentences import sentence
from karnameh.exchange.sheets import write_with_errors
from karnameh.exchange.store import Findings, FindingsWriter, Folder
from karnameh.ledger.public import NewEntry, Verdict, post_entries, reverse_batch
from karnameh.plumbing.cells import Unreadable
from karnameh.plumbing.clock import now, today
from karnameh.plumbing.public import OutOfReach, Refusal, announce, deed
from karnameh.plumbing.sheets import Line, Sheet, open_sheet

log = logging.getLogger("karnameh.imports")

BATCH = 2_000  # rows between two heartbeats, and for one round of look-ups
SILENT = timedelta(seconds=60)  # after so long without a heartbeat a worker is taken for dead
ATTEMPTS = 3
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Lost(Exception):
    """Another worker, or the owner, has taken the import away meanwhile."""


@dataclass(frozen=True)
class _Claim:
    """An import in this worker's hands, under its mark."""

    job: Import
    mark: UUID

    def beat(self, progress: int) -> None:
        """Say that the work goes on. Raises `_Lost` when it is no longer ours."""
        mine = Import.objects.filter(pk=self.job.pk, worker=self.mark, state=self.job.state)
        if not mine.update(progress=progress, heartbeat_at=now()):
            raise _Lost

    def locked(self) -> Import:
        """The import's row, ours until the transaction ends. Raises `_Lost`."""
        mine = Import.objects.select_for_update(of=("self",)).select_related(
            "owner", "unit", "undo_by"
        )
        found = mine.filter(pk=self.job.pk, worker=self.mark, state=self.job.state).first()
        if found is None:
            raise _Lost
        return found


def work_once() -> bool:
    """Do one step of one import; whether there was one. The worker calls this again and again."""
    claim = _claim()
    if claim is None:
        return False
    steps = {State.CHECKING: _check, State.POSTING: _post, State.UNDOING: _undo}
    try:
        if claim.job.attempts > ATTEMPTS:
            _fail(claim, "our_fault")
        else:
            steps[State(claim.job.state)](claim)
    except _Lost:
        log.info("import taken over")
    except (OperationalError, InterfaceError):
        raise  # the database is away; the heartbeat will age and the import is claimed again
    except Exception:
        log.exception("import failed")
        _let_go(claim)
    return True


def _claim() -> _Claim | None:
    """The oldest import that waits, or whose worker has died."""
    with transaction.atomic():
        abandoned = Q(heartbeat_at=None) | Q(heartbeat_at__lt=now() - SILENT)
        job = (
            Import.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(abandoned, state__in=WAITING)
            .select_related("owner", "unit", "undo_by")
            .order_by("created_at")
            .first()
        )
        if job is None:
            return None
        mark = uuid4()
        if job.state == State.UPLOADED:
            job.state = State.CHECKING
        job.worker, job.heartbeat_at, job.attempts = mark, now(), job.attempts + 1
        job.save(update_fields=["state", "worker", "heartbeat_at", "attempts"])
    return _Claim(job, mark)


def _let_go(claim: _Claim) -> None:
    """Give a failed try back at once; after some tries it is given up."""
    Import.objects.filter(pk=claim.job.pk, worker=claim.mark).update(worker=None, heartbeat_at=None)


def _fail(claim: _Claim, code: str, given: str = "") -> None:
    """What was asked for cannot be done: say why, and leave the import where its owner can decide."""
    with deed("refuse_import", by=None, at=now(), target=f"import:{claim.job.pk}"):
        job = claim.locked()
        job.state = State.POSTED if job.state == State.UNDOING else State.FAILED
        job.trouble, job.trouble_given = code, given[:300]
        job.finished_at, job.worker, job.heartbeat_at, job.attempts = now(), None, None, 0
        job.save()
        _tell_finished(job)


def _tell_finished(job: Import) -> None:
    """For the programs of its owner alone: nobody else sees an import."""
    told = {
        "number": str(job.pk), "state": job.state, "unit": job.unit.code, "new": job.new, "same": job.same,
    }  # fmt: skip
    announce("import.finished", told, at=now(), path=job.unit.path, account=job.owner_id)


# --- checking --------------------------------------------------------------------------------------


def _check(claim: _Claim) -> None:
    job = claim.job
    folder = Folder(job.folder)
    if not folder.upload.exists():
        return _fail(claim, "files_are_gone")
    folder.forget_checks()
    checker = Checker(owner=job.owner, scope=job.unit, today=today(), at=now())
    writer = FindingsWriter(folder.findings(claim.mark))
    try:
        with open_sheet(folder.upload, job.kind) as sheet:
            _judge(claim, sheet, checker, writer)
        writer.finish(checker.added())
    except Unreadable as trouble:
        return _fail(claim, trouble.code, trouble.given)
    finally:
        writer.close()
    if not any(writer.counts.values()):
        return _fail(claim, "no_rows")
    if writer.counts["error"]:
        _write_with_errors(claim, folder, writer.findings)
    return _checked(claim, checker, writer)


def _judge(claim: _Claim, sheet: Sheet, checker: Checker, writer: FindingsWriter) -> None:
    done = 0
    for rows in _batches(_rows(sheet.lines, checker)):
        for judged in checker.judge(rows):
            writer.write(judged)
        done += len(rows)
        claim.beat(min(95, 95 * done // max(sheet.about, done + 1)))
    for judged in checker.finish():
        writer.write(judged)


def _rows(lines: Iterator[Line], checker: Checker) -> Iterator[Row]:
    """The filled rows beneath the heading."""
    heading = next(lines, None)
    if heading is None:
        raise Unreadable("no_rows")
    layout: Layout = layout_of(heading[1])
    checker.currency = layout.currency
    for number, cells in lines:
        row = read_row(number, cells, layout)
        if row is not None:
            yield row


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while batch := list(itertools.islice(source, BATCH)):
        yield batch


def _write_with_errors(claim: _Claim, folder: Folder, findings: Findings) -> None:
    """The owner's sheet with a column of sentences, in his language."""
    kind, language = claim.job.kind, claim.job.owner.language
    problems = {judged.row: judged.problems for judged in findings.rows("error", "warning")}
    with translation.override(language), open_sheet(folder.upload, kind) as sheet:
        lines = _beating(sheet.lines, claim)
        write_with_errors(findings.with_errors, lines, problems, kind=kind, language=language)


def _beating(lines: Iterable[Line], claim: _Claim) -> Iterator[Line]:
    for count, line in enumerate(lines):
        if count % BATCH == 0:
            claim.beat(98)
        yield line


def _checked(claim: _Claim, checker: Checker, writer: FindingsWriter) -> None:
    counts = writer.counts
    with deed("check_import", by=None, at=now(), target=f"import:{claim.job.pk}"):
        job = claim.locked()
        job.state, job.findings, job.progress = State.CHECKED, claim.mark, 100
        job.errors, job.warnings, job.same = counts["error"], counts["warning"], counts["same"]
        job.new = counts["new"] + counts["warning"]
        job.rows, job.conflicts = sum(counts.values()), checker.conflicts
        job.trouble, job.trouble_given, job.finished_at = "", "", now()
        job.worker, job.heartbeat_at, job.attempts = None, None, 0
        job.save()


# --- posting and taking back -----------------------------------------------------------------------


@contextmanager
def _long_transaction() -> Iterator[None]:
    """All or nothing, for up to 100,000 rows: longer than a statement of the worker may take."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '15min'")
        yield


def _post(claim: _Claim) -> None:
    """All rows in one transaction, or none."""
    try:
        with _long_transaction():
            job = claim.locked()
            entries = list(_entries(job))
            receipts = post_entries(entries, by=job.owner, at=now())
            taken = [one.id for one in receipts if one.verdict is Verdict.CONFLICT]
            if taken:
                raise Refusal(str(taken[0]), field="id_taken")
            known = sum(one.verdict is Verdict.SAME for one in receipts)
            with deed("post_import", by=job.owner, at=now(), target=f"import:{job.pk}"):
                job.state, job.posted_at, job.finished_at = State.POSTED, now(), now()
                job.new, job.same, job.progress = job.new - known, job.same + known, 100
                job.worker, job.heartbeat_at, job.attempts = None, None, 0
                job.save()
                _tell_finished(job)
    except Refusal as refusal:
        _fail_rows(claim, refusal)
    except OutOfReach:
        _fail(claim, "role_is_gone")


def _entries(job: Import) -> Iterator[NewEntry]:
    assert job.findings is not None
    for judged in Folder(job.folder).findings(job.findings).rows("new", "warning"):
        assert judged.entry is not None
        yield replace(judged.entry, batch=job.pk)


def _fail_rows(claim: _Claim, refusal: Refusal) -> None:
    """The ledger refused: say its sentence and, when it names an entry, the row."""
    with translation.override(claim.job.owner.language):
        if refusal.field == "id_taken":
            named, said = str(refusal.sentence), sentence("id_taken", {})
        else:
            named, said = str(refusal.__cause__ or ""), str(refusal.sentence)
        row = _row_of(claim.job, named)
        where = _("Row %(row)s: %(sentence)s") % {"row": row, "sentence": said} if row else said
    _fail(claim, "posting_refused", where)


def _row_of(job: Import, text: str) -> int | None:
    found = _UUID.search(text)
    if found is None:
        return None
    wanted = UUID(found[0])
    return next((entry.batch_row for entry in _entries(job) if entry.id == wanted), None)


def _undo(claim: _Claim) -> None:
    """Every entry of the batch that still stands is reversed, in one transaction."""
    try:
        with _long_transaction():
            job = claim.locked()
            assert job.undo_by is not None
            undone = reverse_batch(job.pk, note=job.undo_reason, by=job.undo_by, at=now())
            with deed(
                "undo_import",
                by=job.undo_by,
                at=now(),
                target=f"import:{job.pk}",
                reason=job.undo_reason,
            ):
                job.state, job.undone, job.finished_at = State.UNDONE, undone, now()
                job.worker, job.heartbeat_at, job.attempts = None, None, 0
                job.trouble, job.trouble_given = "", ""
                job.save()
                _tell_finished(job)
    except Refusal as refusal:
        _fail(claim, "undo_refused", str(refusal.sentence))
    except OutOfReach:
        _fail(claim, "role_is_gone")
