"""Signatures: Ed25519 (RFC 8032), and names of keys."""

from __future__ import annotations

from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

SUCCESSION = "karnameh.key.1"


def public_of(secret: bytes) -> bytes:
    """The 32 public bytes that belong to a 32-byte secret."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def key_name(public: bytes) -> str:
    """How heads name a key: the first half of its SHA-256."""
    return sha256(public).hexdigest()[:32]


def sign(secret: bytes, message: bytes) -> bytes:
    """64 bytes."""
    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed exactly this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def succession_text(log: str, old: bytes, new: bytes) -> bytes:
    """What the old key signs so that whoever trusts it may trust the new one."""
    return f"{SUCCESSION}\n{log}\n{old.hex()}\n{new.hex()}\n".encode()


def witness_text(body: bytes) -> bytes:
    """What a witness signs: that he has seen this head, and no other one in its place."""
    return b"karnameh.witness.1\n" + body
