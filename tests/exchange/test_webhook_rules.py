"""Webhooks without a database: signatures, waiting, and addresses that nobody may be led to."""

from __future__ import annotations

import datetime as dt
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from exchange.receiver import listening
from karnameh.exchange.webhooks import posting
from karnameh.exchange.webhooks.posting import post
from karnameh.exchange.webhooks.rules import (
    MOST_TRIES,
    BadAddress,
    Outcome,
    checked_address,
    is_public,
    signatures,
    wait_after,
)

INNER = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "5f00::1", "nonsense",
    "0x7f.1", "2130706433", "",
]  # fmt: skip
OUTER = [
    "8.8.8.8",
    "1.1.1.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_never_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTER)
def test_an_outer_address_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_of_version_4_is_judged_alike_however_it_is_wrapped(
    address: ipaddress.IPv4Address,
) -> None:
    number = int(address)
    for prefix in (0xFFFF << 32, 0xFFFF << 48, 0x64FF9B << 96):
        assert is_public(str(ipaddress.IPv6Address(prefix | number))) == is_public(str(address))
    assert is_public(str(ipaddress.IPv6Address(0x2002 << 112 | number << 80))) == is_public(
        str(address)
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://example.org/", "not_https"), ("ftp://example.org/", "not_https"), ("", "not_https"),
        ("javascript:alert(1)", "not_https"), ("//example.org/", "not_https"),
        ("http://127.0.0.1:80/", "not_https"), ("https://example.org:22/", "port"),
        ("https://example.org:99999/", "unreadable"), ("https://me:word@example.org/", "unreadable"),
        ("https://me@example.org/", "unreadable"), ("https://example.org/#part", "unreadable"),
        ("https://example.org\\@evil.org/", "unreadable"), ("https://exam ple.org/", "unreadable"),
        ("https://example.org/\r\nX: y", "unreadable"), ("https://مثال.ایران/", "unreadable"),
        ("https://127.0.0.1/", "not_a_name"), ("https://2130706433/", "not_a_name"),
        ("https://0x7f.0x1/", "not_a_name"), ("https://017700000001/", "not_a_name"),
        ("https://[::1]/", "not_a_name"), ("https://[::ffff:10.0.0.1]/", "not_a_name"),
        ("https://localhost/", "not_a_name"), ("https://example.org./", "not_a_name"),
        ("https://db.localhost/", "private"), ("https://metadata.google.internal/", "private"),
        ("https://printer.local/", "private"), ("https://", "not_a_name"),
        ("https://example.org/" + "a" * 300, "unreadable"),
    ],
)  # fmt: skip
def test_an_address_that_may_not_be_asked_is_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(BadAddress) as found:
        checked_address(text)
    assert found.value.code == code


def test_an_ordinary_address_is_taken_as_it_is() -> None:
    for text in ("https://hooks.example.org/karnameh?key=1", "https://a.example.org:8443/"):
        assert checked_address(f" {text} ") == text
    with pytest.raises(BadAddress):
        checked_address("http://127.0.0.2:9/", loopback=True)


def test_the_signature_is_the_one_of_the_open_convention() -> None:
    """The example of the Standard Webhooks reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    made = signatures([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_waiting_grows_and_ends() -> None:
    for seed in (0, 999, 2**127):
        waits = [wait_after(tries, seed) for tries in range(1, MOST_TRIES)]
        assert waits == sorted(waits, key=lambda one: one or timedelta(0)) and None not in waits
        assert timedelta(days=1) < sum(filter(None, waits), timedelta(0)) < timedelta(days=3)
        assert wait_after(MOST_TRIES, seed) is None


# --- one attempt ----------------------------------------------------------------------------------


def test_a_name_that_leads_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(posting.socket, "create_connection", never)
    for found in (
        ["127.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["::ffff:169.254.169.254"],
        ["fe80::1%1"],
    ):
        ended = post("https://trap.example.org/", b"{}", {}, resolve=lambda *_, f=found: f)
        assert ended.outcome is Outcome.FORBIDDEN


def test_a_name_is_looked_up_once_and_the_judged_address_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that answers otherwise the second time has no second time."""
    answers, asked = [["8.8.8.8"], ["127.0.0.1"]], []

    def connect(target: tuple[str, int], timeout: float) -> None:
        asked.append(target)
        raise ConnectionRefusedError

    monkeypatch.setattr(posting.socket, "create_connection", connect)
    ended = post("https://rebinding.example.org/", b"{}", {}, resolve=lambda *_: answers.pop(0))
    assert ended.outcome is Outcome.UNREACHABLE
    assert asked == [("8.8.8.8", 443)] and answers == [["127.0.0.1"]]


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    def unknown(*_: object) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert (
        post("https://none.example.org/", b"", {}, resolve=unknown).outcome is Outcome.UNREACHABLE
    )


def test_a_redirect_is_not_followed() -> None:
    with listening() as receiver:
        receiver.answers = [302, 307, 500, 204]
        ended = [post(receiver.address, b"{}", {}, loopback=True) for _ in range(4)]
    assert [one.outcome for one in ended] == [
        Outcome.REDIRECT, Outcome.REDIRECT, Outcome.REFUSED, Outcome.TAKEN,
    ]  # fmt: skip
    assert [one.status for one in ended] == [302, 307, 500, 204] and len(receiver.got) == 4


def test_a_loopback_is_asked_only_where_tests_allow_it() -> None:
    with listening() as receiver:
        assert post(receiver.address, b"{}", {}).outcome is Outcome.FORBIDDEN
    assert receiver.got == []


def test_an_answer_that_drips_for_ever_is_cut_off() -> None:
    with listening() as receiver:
        receiver.drips = True
        ended = post(receiver.address, b"{}", {}, loopback=True, longest=0.3)
    assert ended.outcome is Outcome.TIMEOUT


def test_name_servers_that_do_not_answer_are_not_waited_for() -> None:
    answers = threading.Event()

    def silent(*_: object) -> list[str]:
        answers.wait()
        return ["8.8.8.8"]

    ended = post("https://slow.example.org/", b"{}", {}, resolve=silent, longest=0.2)
    answers.set()
    assert ended.outcome is Outcome.TIMEOUT


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for hooks.example.org that nobody has vouched for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.org")])
    start = dt.datetime.now(dt.UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(start).not_valid_after(start + timedelta(days=3))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.org")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path_factory.mktemp("tls") / "receiver.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + made.public_bytes(serialization.Encoding.PEM)
    )  # fmt: skip
    return file


@pytest.fixture
def secure_port(certificate: Path) -> Iterator[int]:
    """A receiver behind TLS; it answers 200 to whoever believes its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    plain, _peer = server.accept()
                    with context.wrap_socket(plain, server_side=True) as channel:
                        while not channel.recv(65_536).endswith(b"{}"):
                            pass
                        channel.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_the_certificate_must_be_of_the_name_though_the_address_is_pinned(
    monkeypatch: pytest.MonkeyPatch, secure_port: int, certificate: Path
) -> None:
    real = socket.create_connection
    monkeypatch.setattr(
        posting.socket, "create_connection",
        lambda target, timeout: real(("127.0.0.1", secure_port), timeout=timeout),
    )  # fmt: skip
    trusting = ssl.create_default_context(cafile=str(certificate))

    def outcome(name: str, trust: ssl.SSLContext | None) -> Outcome:
        return post(
            f"https://{name}/", b"{}", {}, resolve=lambda *_: ["8.8.8.8"], trust=trust
        ).outcome

    assert outcome("hooks.example.org", trusting) is Outcome.TAKEN
    assert outcome("other.example.org", trusting) is Outcome.CERTIFICATE
    assert outcome("hooks.example.org", None) is Outcome.CERTIFICATE


def test_what_is_no_http_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def nonsense(*_: object, **__: object) -> int:
        raise http.client.BadStatusLine("nonsense")

    monkeypatch.setattr(posting, "_status", nonsense)
    with listening() as receiver:
        assert post(receiver.address, b"", {}, loopback=True).outcome is Outcome.UNREACHABLE
