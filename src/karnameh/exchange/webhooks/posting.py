"""One attempt to deliver: resolve, judge every address, connect to one of those just judged, post.

The name is looked up once, and the connection goes to the address that was judged: a name that answers
otherwise a moment later changes nothing. Redirects are not followed, proxies of the environment are not
asked, the answer's body is not read. The whole takes ten seconds at most, however slowly it drips and
however long the name servers think.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from karnameh.exchange.webhooks.rules import Outcome, is_public

LONGEST = 10.0  # seconds
Resolver = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Ended:
    """How an attempt ended: the outcome, the HTTP status where there was one, milliseconds."""

    outcome: Outcome
    status: int | None
    took: int


def resolved(host: str, port: int) -> Sequence[str]:
    """Every IP address that the name leads to now."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    loopback: bool = False,
    resolve: Resolver = resolved,
    trust: ssl.SSLContext | None = None,
    longest: float = LONGEST,
) -> Ended:
    """Post `body` to an address that `checked_address` has let through; never raises for the network's sake."""
    began = time.monotonic()
    outcome, status = _posted(address, body, headers, loopback, resolve, trust, longest)
    return Ended(outcome, status, round((time.monotonic() - began) * 1000))


def _posted(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    loopback: bool,
    resolve: Resolver,
    trust: ssl.SSLContext | None,
    longest: float,
) -> tuple[Outcome, int | None]:
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or 443
    began = time.monotonic()
    try:
        found = _within(longest, lambda: resolve(host, port))
        if not found:
            return Outcome.UNREACHABLE, None
        if not (loopback and not secure) and not all(map(is_public, found)):
            return Outcome.FORBIDDEN, None  # one inner address among outer ones is a trap, too
        left = max(longest - (time.monotonic() - began), 0.1)
        with _Deadline(left) as deadline:
            plain = socket.create_connection((found[0], port), timeout=left)
            with deadline.over(plain):
                channel = _channel(plain, host, trust) if secure else plain
                with deadline.over(channel):
                    if isinstance(channel, ssl.SSLSocket):
                        channel.do_handshake()
                    status = _status(channel, parts.netloc, _target(address), body, headers)
    except TimeoutError:
        return Outcome.TIMEOUT, None
    except ssl.SSLCertVerificationError:
        return Outcome.CERTIFICATE, None
    except _Late:
        return Outcome.TIMEOUT, None
    except (OSError, http.client.HTTPException, ValueError):
        return Outcome.UNREACHABLE, None
    if 200 <= status < 300:
        return Outcome.TAKEN, status
    return (Outcome.REDIRECT if 300 <= status < 400 else Outcome.REFUSED), status


def _within(longest: float, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
    """What it answers; `TimeoutError` when that takes too long, for the system's resolver has no limit of its own.

    Whoever still waits then is left to it: it ends when the resolver gives up, or with the process.
    """
    answer: queue.Queue[Sequence[str] | Exception] = queue.Queue(1)

    def wait() -> None:
        try:
            answer.put(ask())
        except Exception as trouble:
            answer.put(trouble)

    threading.Thread(target=wait, daemon=True).start()
    try:
        found = answer.get(timeout=longest)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found


class _Late(Exception):
    """The time was over; the socket was closed under whoever waited at it."""


class _Deadline:
    """Cuts a connection when the whole attempt takes too long: each read alone may be quick."""

    def __init__(self, longest: float) -> None:
        self.late = threading.Event()
        self._socket: socket.socket | None = None
        self._guard = threading.Timer(longest, self._cut)
        self._guard.daemon = True

    def __enter__(self) -> _Deadline:
        self._guard.start()
        return self

    def __exit__(self, kind: object, trouble: object, trace: object) -> None:
        self._guard.cancel()
        if self.late.is_set():  # whatever came of it, also an answer that was cut short
            raise _Late

    @contextlib.contextmanager
    def over(self, open_socket: socket.socket) -> Iterator[None]:
        """Watch this one; it is closed at the end."""
        self._socket = open_socket
        with open_socket:
            yield

    def _cut(self) -> None:
        self.late.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _channel(plain: socket.socket, host: str, trust: ssl.SSLContext | None) -> ssl.SSLSocket:
    """TLS over it, in the name of the host: the address is pinned, the certificate must be the name's."""
    return (trust or _trust()).wrap_socket(
        plain, server_hostname=host, do_handshake_on_connect=False
    )


def _status(
    channel: socket.socket, host: str, target: str, body: bytes, headers: Mapping[str, str]
) -> int:
    connection = http.client.HTTPConnection(host)  # it only writes and reads: the channel stands
    connection.sock = channel
    try:
        connection.request("POST", target, body=body, headers={**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _target(address: str) -> str:
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
