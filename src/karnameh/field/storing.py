"""Files that come in parts: kept aside until the last part, checked, made anew, put away.

A part is written behind the ones before, at the place that the phone names; a part that was sent twice
changes nothing. What is not finished within a week is thrown away; the phone begins again.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from karnameh.field.file_reader import SECONDS
from karnameh.field.models import StoredFile
from karnameh.field.rules import CHUNK, Unreadable, is_hash, most_of
from karnameh.people.public import User
from karnameh.plumbing.confining import start

MOST_UNFINISHED = 24  # files of one account that are under way
_FORGOTTEN = timedelta(days=7)


def _folder(*parts: str) -> Path:
    path = Path(settings.UPLOADS, "field", *parts)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def path_of(file: StoredFile) -> Path:
    """Where a stored file lies: outside everything that is served, under a name that tells nothing."""
    return _folder("files", file.name[:2]) / file.name


def progress(account: User, sha256: str) -> int | None:
    """How many bytes of a file are here; None when it is finished."""
    if not is_hash(sha256):
        raise Unreadable("files_wrong")
    if StoredFile.objects.filter(account=account, sha256=sha256).exists():
        return None
    part = _folder("parts", str(account.pk)) / sha256
    return part.stat().st_size if part.exists() else 0


def add_part(
    account: User, sha256: str, *, kind: str, size: int, offset: int, data: bytes, at: datetime
) -> int | None:
    """Write a part behind those before; how many bytes are here then, None when it is finished.

    Raises `Unreadable`: for a part that does not fit, and for a file that is not what it claims.
    """
    if kind not in ("photo", "voice") or not 0 < size <= most_of(kind):
        raise Unreadable("file_too_large")
    if len(data) > CHUNK or offset < 0 or offset + len(data) > size:
        raise Unreadable("chunk_wrong")
    here = progress(account, sha256)
    if here is None:
        return None
    folder = _folder("parts", str(account.pk))
    if here == 0 and sum(1 for _ in folder.iterdir()) >= MOST_UNFINISHED:
        raise Unreadable("file_not_wanted")
    part = folder / sha256
    with _alone(part) as file:
        here = file.seek(0, os.SEEK_END)
        if offset > here:
            raise Unreadable("chunk_wrong")
        if offset + len(data) > here:  # otherwise it was here before
            file.seek(offset)
            file.write(data)
            file.flush()
            here = offset + len(data)
        if here < size:
            return here
        file.seek(0)
        whole = file.read()
        part.unlink(missing_ok=True)
    _put_away(whole, account, sha256, kind, at)
    return None


@contextmanager
def _alone(part: Path) -> Iterator[BinaryIO]:
    """The file of a part, with nobody else writing to it."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _put_away(whole: bytes, account: User, sha256: str, kind: str, at: datetime) -> None:
    if hashlib.sha256(whole).hexdigest() != sha256:
        raise Unreadable("file_damaged")
    made, width, height = _made_anew(whole, kind)
    row = StoredFile(
        account=account, sha256=sha256, kind=kind, name=secrets.token_hex(16), size=len(made),
        stored_sha256=hashlib.sha256(made).hexdigest(), width=width, height=height, received_at=at,
    )  # fmt: skip
    target = path_of(row)
    making = target.with_suffix(".part")
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
        out.write(made)
        out.flush()
        os.fsync(out.fileno())
    making.rename(target)
    StoredFile.objects.bulk_create([row], ignore_conflicts=True)
    if not StoredFile.objects.filter(pk=row.pk).exists():  # somebody was faster with the same
        target.unlink(missing_ok=True)


def _made_anew(whole: bytes, kind: str) -> tuple[bytes, int, int]:
    """A file as the limited child gives it back. Raises `Unreadable`."""
    with start(
        "karnameh.field.file_reader", kind, source=settings.PACKAGE.parent, stdin=subprocess.PIPE
    ) as child:
        try:
            said, _nothing = child.communicate(whole, timeout=SECONDS + 15)
        except subprocess.TimeoutExpired:
            raise Unreadable("takes_too_much") from None
        finally:
            child.kill()
    message = json.loads(said) if said.strip() else {"refused": "takes_too_much"}
    if "file" not in message:
        raise Unreadable(message["refused"], "files")
    return base64.b64decode(message["file"]), int(message["width"]), int(message["height"])


def forget_parts(*, at: datetime) -> bool:
    """Throw away what was never finished. A chore; always done in one go."""
    oldest = time.mktime((at - _FORGOTTEN).timetuple())
    for part in _folder("parts").glob("*/*"):
        if part.stat().st_mtime < oldest:
            part.unlink(missing_ok=True)
    return False
