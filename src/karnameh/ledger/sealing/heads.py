"""Heads: signed statements of what the log is. And the keys that sign them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from karnameh.ledger.models import Head, LogKey, LogRecord
from karnameh.ledger.proof.canonical import HeadBody, record_leaf
from karnameh.ledger.proof.merkle import root
from karnameh.ledger.proof.shape import index_knot
from karnameh.ledger.proof.signing import key_name, public_of, sign, succession_text
from karnameh.ledger.sealing.leaves import State, StoredNodes, read_state
from karnameh.ledger.sealing.numbering import number_portion, only_one
from karnameh.ledger.sealing.trees import series_of
from karnameh.plumbing.public import Refusal, announce

FRESH = timedelta(
    hours=20
)  # a head that says the same as the last one is signed again after so long


def seal(*, at: datetime) -> Head:
    """Number everything that is settled and sign a head over it.

    When nothing came since the last head and that is fresh, that one is the answer. A head is never
    dated before the last one, whatever the machine's clock says. Raises `Refusal` without a key.
    """
    key = _signing_key(at)
    while number_portion(at=at).behind:
        pass
    with transaction.atomic(), connection.cursor() as cursor:
        only_one(cursor)
        return _sign(cursor, key, at)


def _sign(cursor: Any, key: _Key, at: datetime) -> Head:
    state = read_state(cursor)
    cursor.execute("SELECT number FROM ledger_epoch")
    epoch = cursor.fetchone()[0]
    last = latest_head()
    now = (state.size, epoch, key.name)
    if last and (last.size, last.epoch, last.key_id) == now and at - last.at < FRESH:
        return last
    body = HeadBody(
        log=state.name, number=last.number + 1 if last else 1, epoch=epoch, size=state.size, entries=state.entries,
        root=root(StoredNodes(state.size), state.size), totals=totals_root(cursor, state, state.size),
        at=max(at, last.at) if last else at, previous=bytes(last.digest) if last else b"",
    )  # fmt: skip
    head = Head.objects.create(
        number=body.number, epoch=body.epoch, size=body.size, entries=body.entries, root=body.root,
        totals=body.totals, at=body.at, previous=body.previous, digest=body.digest(), key_id=key.name,
        signature=sign(key.secret, body.text()),
    )  # fmt: skip
    _tell(head)
    return head


def _tell(head: Head) -> None:
    told = {
        "number": head.number, "size": head.size, "entries": head.entries, "digest": bytes(head.digest).hex(),
        "short_code": head.code, "address": settings.PUBLIC_URL + reverse("log_head_json", args=[head.number]),
    }  # fmt: skip
    announce("head.sealed", told, at=head.at)


def totals_root(cursor: Any, state: State, size: int) -> bytes:
    """What a head says of all sums."""
    return index_knot(state.master, series_of(cursor, size)).item.hash


def heads() -> QuerySet[Head]:
    """All heads, the newest first."""
    return Head.objects.select_related("key__endorsed_by").order_by("-number")


def latest_head() -> Head | None:
    """The newest head; None before the first sealing."""
    return heads().first()


def body_of(head: Head, log: str | None = None) -> HeadBody:
    """What a head says, as it was signed."""
    return HeadBody(
        log=log or log_name(), number=head.number, epoch=head.epoch, size=head.size, entries=head.entries,
        root=bytes(head.root), totals=bytes(head.totals), at=head.at, previous=bytes(head.previous),
    )  # fmt: skip


def log_name() -> str:
    """Which log this is: it stays the same through restores and new keys."""
    with connection.cursor() as cursor:
        return read_state(cursor).name


def short_code(head: Head) -> str:
    """The four groups of letters that a printed page carries."""
    return head.code


def append_record(kind: str, name: str, *, digest: bytes, size: int, at: datetime) -> LogRecord:
    """Let the log vouch for something else, such as a sealed file: its leaf stands in the next head.

    `kind` and `name` are short ASCII words without a bar; `digest` is the SHA-256 of its `size` bytes.
    """
    record_leaf(kind, name, digest, size, at)  # refuses words that cannot stand in a leaf
    return LogRecord.objects.create(kind=kind, name=name, sha256=digest, bytes=size, at=at)


# --- keys -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Key:
    name: str
    secret: bytes


def _signing_key(at: datetime) -> _Key:
    """The newest key of this installation; when it is new to the log, the one before vouches for it."""
    secrets: Sequence[bytes] = list(settings.LOG_KEYS.values())
    if not secrets:
        raise Refusal(
            _(
                "This installation has no key to sign the log with. Run “./karnameh manage log_key”."
            ),
            status=503,
        )
    secret = secrets[-1]
    public = public_of(secret)
    name = key_name(public)
    if not LogKey.objects.filter(name=name).exists():
        _introduce(name, public, at, older={key_name(public_of(one)): one for one in secrets[:-1]})
    return _Key(name, secret)


def _introduce(name: str, public: bytes, at: datetime, *, older: dict[str, bytes]) -> None:
    """Write a key down, endorsed by the last one that signed if its secret is still here."""
    last = latest_head()
    before = last.key if last is not None else None
    endorsement = None
    if before is not None and before.name in older:
        text = succession_text(log_name(), bytes(before.public), public)
        endorsement = sign(older[before.name], text)
    with transaction.atomic():
        LogKey.objects.create(
            name=name, public=public, since=at, endorsement=endorsement,
            endorsed_by=before if endorsement else None,
        )  # fmt: skip
        append_record("key", name, digest=sha256(public).digest(), size=len(public), at=at)
