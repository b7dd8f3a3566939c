"""What makes a phone ours: a token to speak with, and two secrets that it never gets a second time.

All three are derived from the installation's key and the phone's id, so none lies in the database, and
a phone whose row was lost with a restored backup can be taken in again under its own id.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from karnameh.plumbing.sealed import keyed_hash

_BOUND = "karnameh field 2"


@dataclass(frozen=True)
class Secrets:
    """`token` speaks for the phone, `store` ties its store to it, `envelope` seals what it sends."""

    token: str
    store: str
    envelope: str


def secrets_of(device: UUID, account: int) -> Secrets:
    """The secrets of one phone of one account."""
    return Secrets(
        f"{device}.{account}.{_mark(device, account)}",
        keyed_hash("field store", f"{device} {account}"),
        keyed_hash("field envelope", f"{device} {account}"),
    )


def read_token(token: str) -> tuple[UUID, int] | None:
    """Whose token this is, if we made it."""
    device, _, rest = token.partition(".")
    account, _, mark = rest.partition(".")
    try:
        found = UUID(device), int(account)
    except ValueError:
        return None
    return found if hmac.compare_digest(mark.encode(), _mark(*found).encode()) else None


def _mark(device: UUID, account: int) -> str:
    return keyed_hash("field token", f"{device} {account}")


def open_envelope(text: str, *, device: UUID, account: int) -> bytes | None:
    """What a phone sealed: 12 bytes of nonce, then AES-GCM, in base64; None when it is not its own."""
    key = bytes.fromhex(secrets_of(device, account).envelope)
    try:
        sealed = base64.b64decode(text, validate=True)
        return AESGCM(key).decrypt(sealed[:12], sealed[12:], f"{_BOUND} {device}".encode())
    except (ValueError, InvalidTag):
        return None


def seal_envelope(plain: bytes, *, nonce: bytes, device: UUID, key: str) -> str:
    """As the phone does it; the tests and the simulation use it."""
    sealed = AESGCM(bytes.fromhex(key)).encrypt(nonce, plain, f"{_BOUND} {device}".encode())
    return base64.b64encode(nonce + sealed).decode()
