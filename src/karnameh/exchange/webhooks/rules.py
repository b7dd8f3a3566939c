"""Webhooks on plain values: names of events, signatures, back-off, and which networks are never asked.

Headers and signature are those of the open convention "Standard Webhooks" 1.0, so that receivers find a
library for them in their language. No Django.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit


class EventKind(StrEnum):
    FIGURE_PUBLISHED = "figure.published"
    FIGURE_SUPERSEDED = "figure.superseded"
    FIGURE_WITHDRAWN = "figure.withdrawn"
    ENTRIES_POSTED = "entries.posted"
    IMPORT_FINISHED = "import.finished"
    HEAD_SEALED = "head.sealed"
    PING = "ping"


class Outcome(StrEnum):
    """How an attempt ended."""

    TAKEN = "taken"
    REFUSED = "refused"
    REDIRECT = "redirect"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    FORBIDDEN = "forbidden"
    NO_SECRET = "no_secret"
    OUT_OF_REACH = "out_of_reach"


# --- signatures -----------------------------------------------------------------------------------

PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh secret of 256 bits, as its receiver keeps it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signatures(keys: Sequence[str], message: str, second: int, body: bytes) -> str:
    """One signature a secret, the newest first: base64 of HMAC-SHA256 over id, Unix second and body."""
    signed = f"{message}.{second}.".encode() + body
    return " ".join(
        "v1," + base64.b64encode(hmac.digest(_bytes_of(key), signed, hashlib.sha256)).decode()
        for key in keys
    )


def _bytes_of(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))


# --- trying again ---------------------------------------------------------------------------------

_WAITS = (10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400)  # seconds
MOST_TRIES = len(_WAITS) + 1
PATIENCE = 5  # deliveries given up, one after the other: then the subscription is paused


def wait_after(tries: int, seed: int) -> timedelta | None:
    """How long to wait after so many failed tries; None to give up.

    Up to a fifth longer, by the message's own `seed`, so that a receiver that comes back is not
    asked by everybody in the same second.
    """
    if tries >= MOST_TRIES:
        return None
    seconds = _WAITS[tries - 1]
    return timedelta(seconds=seconds + seconds * (seed % 1_000) / 5_000)


# --- addresses ------------------------------------------------------------------------------------

PORTS = (443, 8443)


class BadAddress(ValueError):
    """`code` names what is wrong with an address."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def checked_address(text: str, *, loopback: bool = False) -> str:
    """The address, if messages may be sent there as far as its text tells; raises `BadAddress`.

    `loopback` also takes http://127.0.0.1 with a port, for receivers of tests.
    """
    text = text.strip()
    if not text.isascii() or any(ord(letter) <= 32 for letter in text) or len(text) > 300:
        raise BadAddress("unreadable")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadAddress("unreadable") from None
    if parts.username is not None or parts.password is not None or parts.fragment or "\\" in text:
        raise BadAddress("unreadable")
    host = parts.hostname or ""
    if loopback and parts.scheme == "http" and host == "127.0.0.1" and port:
        return text
    if parts.scheme != "https":
        raise BadAddress("not_https")
    if port not in (None, *PORTS):
        raise BadAddress("port")
    _require_name(host)
    return text


def _require_name(host: str) -> None:
    """A name of the public internet: no bare number in any of its spellings, no name of one's own network."""
    labels = host.split(".")
    top = labels[-1]
    if len(labels) < 2 or not all(labels) or not top.isalnum() or not any(map(str.isalpha, top)):
        raise BadAddress("not_a_name")
    if host.startswith("[") or ":" in host or top.startswith("0x"):
        raise BadAddress("not_a_name")
    if top in ("localhost", "local", "internal", "lan", "home", "corp", "arpa", "onion", "test"):
        raise BadAddress("private")


_CARRIERS = (  # networks whose addresses carry one of version 4: prefix, and where it stands in the bytes
    (IPv6Network("::ffff:0:0/96"), 12),
    (IPv6Network("::ffff:0:0:0/96"), 12),
    (IPv6Network("64:ff9b::/96"), 12),
    (IPv6Network("2002::/16"), 2),
)
_NEVER = (  # not marked as private by every version of the library
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2001::/32"),  # Teredo
    IPv6Network("fec0::/10"),
    IPv6Network("5f00::/16"),
)


def is_public(text: str) -> bool:
    """Whether an IP address lies in the public internet, also after unwrapping what it carries."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _plain(address)
    if address.scope_id is not None or any(address in one for one in _NEVER):
        return False
    for network, place in _CARRIERS:
        if address in network:
            return _plain(IPv4Address(address.packed[place : place + 4]))
    return _plain(address)


def _plain(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (
        any(address in one for one in _NEVER) or address.is_multicast or address.is_reserved or address.is_unspecified
        or address.is_loopback or address.is_link_local
    )  # fmt: skip
