"""Sealed personal fields: AES-GCM-SIV, bound to table, row and field, under rotating keys.

A sealed value moved to another row, field or table does not open. Reading one writes a
`PersonalRead` in the same transaction. AES-GCM-SIV: RFC 8452.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from django.conf import settings

from karnameh.plumbing.models import PersonalRead


class SealBroken(Exception):
    """The bytes do not open: tampered with, moved, or sealed with a key that is gone."""


def seal(plain: str, *, table: str, row: str, field: str) -> bytes:
    """`plain` sealed with the newest key: key name, 0x00, 12-byte nonce, ciphertext and tag."""
    name, key = list(settings.SEAL_KEYS.items())[-1]
    nonce = os.urandom(12)
    bound = f"{table}\x00{row}\x00{field}".encode()
    return name.encode() + b"\x00" + nonce + AESGCMSIV(key).encrypt(nonce, plain.encode(), bound)


def open_sealed(
    sealed: bytes, *, table: str, row: str, field: str, by: Any, at: datetime, purpose: str
) -> str:
    """The plain text, after writing down who read it and why. Raises `SealBroken`."""
    plain = _open(sealed, table=table, row=row, field=field)
    PersonalRead.objects.create(
        at=at, account=by.pk, table=table, row=row, field=field, purpose=purpose
    )
    return plain


def resealed(sealed: bytes, *, table: str, row: str, field: str) -> bytes | None:
    """The same value under the newest key, or None when it is there already."""
    newest = next(reversed(settings.SEAL_KEYS))
    if bytes(sealed).partition(b"\x00")[0] == newest.encode():
        return None
    return seal(_open(sealed, table=table, row=row, field=field), table=table, row=row, field=field)


def seal_word(plain: str, *, table: str, field: str) -> str:
    """A word that the machine itself needs, sealed as text: the secret behind one-time codes.

    It is bound to table and field alone, because the library that keeps it does not name its row.
    """
    return base64.b64encode(seal(plain, table=table, row="", field=field)).decode()


def open_word(sealed: str, *, table: str, field: str) -> str:
    """Undo `seal_word`. Raises `SealBroken`."""
    return _open(_bytes_of(sealed), table=table, row="", field=field)


def resealed_word(sealed: str, *, table: str, field: str) -> str | None:
    """The same word under the newest key, or None when it is there already."""
    fresh = resealed(_bytes_of(sealed), table=table, row="", field=field)
    return None if fresh is None else base64.b64encode(fresh).decode()


def _bytes_of(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed, validate=True)
    except ValueError:
        raise SealBroken("this was never sealed") from None


def _open(sealed: bytes, *, table: str, row: str, field: str) -> str:
    name, _, rest = bytes(sealed).partition(b"\x00")
    key = settings.SEAL_KEYS.get(name.decode(errors="replace"))
    if key is None:
        raise SealBroken("sealed with an unknown key")
    bound = f"{table}\x00{row}\x00{field}".encode()
    try:
        return AESGCMSIV(key).decrypt(rest[:12], rest[12:], bound).decode()
    except (InvalidTag, ValueError):
        raise SealBroken("tampered with, or moved from another row") from None


def keyed_hash(purpose: str, value: str) -> str:
    """A hash for finding equal values again; without the key nobody can try all phone numbers."""
    key = hmac.digest(settings.TOKEN_KEY, purpose.encode(), hashlib.sha256)
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()
