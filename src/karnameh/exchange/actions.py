"""What can be done with an import: send it, have it posted, have it taken back, discard it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import PurePath

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from karnameh.access.public import Role, units_where
from karnameh.exchange.models import UNDECIDED, Import, State
from karnameh.exchange.rules.rows import clean_file_name
from karnameh.exchange.store import Folder, keep_upload
from karnameh.kernel.text import clean
from karnameh.ledger.public import MAY_POST
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.chores import wake
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role
from karnameh.plumbing.sheets import KINDS

POSTERS = (Role.REPORTER, Role.VERIFIER, Role.PLANNER, Role.PARTNER)
MOST_UNDECIDED = 20  # of one account: each holds a file and a worker's time
FORGOTTEN = timedelta(days=30)


def upload_import(
    *, name: str, chunks: Iterable[bytes], unit: OrgUnit, by: User, at: datetime
) -> Import:
    """Take a sheet in, to be checked. Its rows may speak of `unit` and everything beneath it."""
    kind = PurePath(name).suffix.casefold().removeprefix(".")
    if kind not in KINDS:
        raise Refusal(_("Send a workbook (.xlsx) or comma-separated values (.csv)."), field="file")
    _require_posting(unit, by)
    if Import.objects.filter(owner=by, state__in=UNDECIDED).count() >= MOST_UNDECIDED:
        raise Refusal(
            _("Twenty of your files wait for a decision. Post or discard some of them first."),
            status=409,
        )
    folder, size, sha256 = keep_upload(_limited(chunks))
    try:
        if not size:
            raise Refusal(_("This file is empty."), field="file")
        with deed("upload_import", by=by, at=at, target=f"unit:{unit.pk}"):
            job = Import.objects.create(
                owner=by, unit=unit, file_name=clean_file_name(name), kind=kind, folder=folder.name,
                size=size, sha256=sha256, created_at=at,
            )  # fmt: skip
            wake()
    except BaseException:
        folder.remove()
        raise
    return job


def ask_posting(job: Import, *, by: User, at: datetime) -> Import:
    """Have all rows posted in its owner's name. Asking again while it goes on changes nothing."""
    with deed("ask_posting", by=by, at=at, target=f"import:{job.pk}"):
        job = _locked(job)
        _require_owner(job, by)
        if job.state in (State.POSTING, State.POSTED):
            return job
        if job.state != State.CHECKED:
            raise Refusal(_("This file does not wait to be posted."), status=409)
        if job.errors:
            raise Refusal(
                _("Rows with errors hinder the whole file. Mend them and send it again."),
                status=409,
            )
        if not job.new:
            raise Refusal(_("Everything in this file is in the ledger already."), status=409)
        job.state, job.progress, job.heartbeat_at, job.attempts = State.POSTING, 0, None, 0
        job.save(update_fields=["state", "progress", "heartbeat_at", "attempts"])
        wake()
    return job


def ask_undo(job: Import, *, reason: str, by: User, at: datetime) -> Import:
    """Have every entry of the import taken back that still stands, for a reason that is kept.

    More than `LARGE` entries wait for `confirm_undo` by somebody else.
    """
    reason = clean(reason)[:300]
    if not reason:
        raise Refusal(
            _("Say why the entries are taken back; the reason stays beside them."), field="reason"
        )
    with deed("ask_undo", by=by, at=at, target=f"import:{job.pk}", reason=reason):
        job = _locked(job)
        _require_posting(job.unit, by)
        _require_standing(job)
        if job.undo_asked:
            raise Refusal(_("Somebody has asked for this already."), status=409)
        job.undo_by, job.undo_confirmed_by, job.undo_reason = by, None, reason
        if job.is_large:
            job.save(update_fields=["undo_by", "undo_confirmed_by", "undo_reason"])
        else:
            _begin_undo(job)
    return job


def confirm_undo(job: Import, *, by: User, at: datetime) -> Import:
    """The second person's word for taking a large import back."""
    with deed("confirm_undo", by=by, at=at, target=f"import:{job.pk}"):
        job = _locked(job)
        _require_second(job, by)
        job.undo_confirmed_by = by
        _begin_undo(job)
    return job


def decline_undo(job: Import, *, by: User, at: datetime) -> Import:
    """Leave a large import standing: the second person's no, or the first one's second thought."""
    with deed("decline_undo", by=by, at=at, target=f"import:{job.pk}"):
        job = _locked(job)
        _require_second(job, by, also_first=True)
        job.undo_by, job.undo_reason = None, ""
        job.save(update_fields=["undo_by", "undo_reason"])
    return job


def may_agree(job: Import, by: User) -> bool:
    """Whether `by` could be the second person."""
    roles = [*MAY_POST.values(), (Role.ADMINISTRATOR,)]
    return by.pk != job.undo_by_id and any(
        units_where(by, *some).covers(job.unit.path) for some in roles
    )


def _require_second(job: Import, by: User, *, also_first: bool = False) -> None:
    if not units_where(by).covers(job.unit.path):
        raise OutOfReach
    _require_standing(job)
    if not job.undo_asked:
        raise Refusal(_("There is nothing to confirm here."), status=409)
    if also_first and by.pk == job.undo_by_id:
        return
    if by.pk == job.undo_by_id:
        raise Refusal(_("A second person must agree: not the one who asked."), status=403)
    if not may_agree(job, by):
        raise no_role()


def _require_standing(job: Import) -> None:
    if job.state != State.POSTED:
        raise Refusal(_("This file has no entries to take back."), status=409)


def _begin_undo(job: Import) -> None:
    job.state, job.progress, job.heartbeat_at, job.attempts = State.UNDOING, 0, None, 0
    job.save()
    wake()


def discard_import(job: Import, *, by: User, at: datetime) -> Import:
    """Erase the file and what was found in it. What is in the ledger is taken back, never discarded."""
    with deed("discard_import", by=by, at=at, target=f"import:{job.pk}"):
        job = _locked(job)
        _require_owner(job, by)
        _discard(job, at)
    return job


def discard_forgotten(*, at: datetime) -> bool:
    """Erase sheets on which nobody has decided for thirty days; whether there were any."""
    waiting = Import.objects.filter(state__in=UNDECIDED, created_at__lt=at - FORGOTTEN)
    if not waiting.exists():
        return False
    with deed("discard_forgotten", by=None, at=at):
        jobs = list(waiting.select_for_update(skip_locked=True)[:50])
        for job in jobs:
            _discard(job, at)
    return bool(jobs)


def _discard(job: Import, at: datetime) -> None:
    if job.state not in UNDECIDED:
        raise Refusal(_("This file can no longer be discarded."), status=409)
    job.state, job.finished_at = State.DISCARDED, at
    job.save(update_fields=["state", "finished_at"])
    transaction.on_commit(Folder(job.folder).remove)


def _locked(job: Import) -> Import:
    return (
        Import.objects.select_for_update(of=("self",))
        .select_related("owner", "unit")
        .get(pk=job.pk)
    )


def _require_owner(job: Import, by: User) -> None:
    if job.owner_id != by.pk:
        raise no_role()


def _require_posting(unit: OrgUnit, by: User) -> None:
    """404 for a unit out of reach, a polite refusal without any role that posts."""
    if not units_where(by).covers(unit.path):
        raise OutOfReach
    if not any(units_where(by, *roles).covers(unit.path) for roles in MAY_POST.values()):
        raise no_role()


def _limited(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of an upload, as long as it is not too large."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > settings.UPLOAD_LIMIT:
            raise Refusal(
                _("This file is larger than %(limit)s megabytes.")
                % {"limit": settings.UPLOAD_LIMIT // 1_000_000},
                field="file",
            )
        yield chunk
