"""How the product says no: sentences, pages, statuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from karnameh.kernel.malformed import Malformed
from karnameh.ledger import actions as _sentences_of_the_ledger  # noqa: F401  (its sentences are registered on import)
from karnameh.plumbing.errors import (
    CONSTRAINT_SENTENCES,
    SENTENCES,
    OutOfReach,
    Refusal,
    refusing_constraints,
    refusing_malformed,
    sentence_of,
)
from karnameh.plumbing.health import ready
from karnameh.plumbing.middleware import RefusalPages, RequestLog
from karnameh.plumbing.paging import cut
from workbench import run


def page_for(trouble: Exception, language: str = "en") -> HttpResponse | None:
    request = RequestFactory().get("/somewhere/")
    request.csp_nonce = "n"  # type: ignore[attr-defined]
    with translation.override(language):
        return RefusalPages(lambda _request: HttpResponse()).process_exception(request, trouble)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [400, 403, 409, 413, 429, 503])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_refusal_becomes_a_page_with_its_sentence_and_status(status: int, language: str) -> None:
    page = page_for(Refusal("<b>نه</b> & چرا", status=status), language)
    assert page is not None and page.status_code == status
    text = page.content.decode()
    assert "&lt;b&gt;نه&lt;/b&gt; &amp; چرا" in text and "<b>نه" not in text
    assert f'lang="{language}"' in text


@pytest.mark.django_db
def test_what_could_not_be_read_becomes_a_page_that_quotes_it_harmlessly() -> None:
    page = page_for(Malformed("quantity_ambiguous", "<script>1.234</script>"))
    assert page is not None and page.status_code == 400
    assert "<script>1.234" not in page.content.decode()


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_lost_database_becomes_a_page_that_asks_no_database(kind: type[Exception]) -> None:
    """No `django_db` mark: any query would fail this test."""
    page = page_for(kind("connection refused: secret-host"))
    assert page is not None and page.status_code == 503
    assert page["Retry-After"] == "60"
    assert "secret-host" not in page.content.decode()


def test_a_question_that_took_too_long_is_told_apart_from_a_lost_database() -> None:
    lost, slow = (
        page_for(OperationalError("gone")),
        page_for(OperationalError("canceling statement due to statement timeout")),
    )
    assert lost is not None and slow is not None and lost.content != slow.content
    assert b"too long" in slow.content


@pytest.mark.parametrize("fault", [ValueError("x"), KeyError("x"), OutOfReach()])
def test_a_fault_is_not_dressed_up_as_a_refusal(fault: Exception) -> None:
    assert page_for(fault) is None


@pytest.mark.parametrize("code", SENTENCES)
@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_code_of_the_kernel_has_a_sentence_that_takes_what_was_given(
    code: str, language: str
) -> None:
    with translation.override(language):
        said = sentence_of(Malformed(code, "100%s %(x)s", decimals="3"))
    assert said.strip() and "%(given)s" not in said and "%(decimals)s" not in said


def test_every_code_that_the_kernel_raises_has_a_sentence() -> None:
    raised = set()
    for file in (settings.PACKAGE / "kernel").glob("*.py"):
        raised |= set(re.findall(r"Malformed\(\s*\"([a-z_]+)\"", file.read_text(encoding="utf-8")))
    assert raised and raised <= set(SENTENCES)


@given(st.text(max_size=20))
def test_a_malformed_value_becomes_a_refusal_that_names_the_field(given_: str) -> None:
    with pytest.raises(Refusal) as caught, refusing_malformed("quantity"):
        raise Malformed("quantity_unreadable", given_)
    assert (caught.value.field, caught.value.status) == ("quantity", 400)


@contextmanager
def a_rule(name: str) -> Iterator[None]:
    CONSTRAINT_SENTENCES[name] = "the rule's sentence"
    try:
        yield
    finally:
        del CONSTRAINT_SENTENCES[name]


@pytest.mark.django_db
def test_a_rule_of_the_database_finds_its_sentence_and_an_unknown_one_stays_a_fault() -> None:
    def break_it(name: str) -> None:
        run(
            f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}'; END $$"
        )

    with a_rule("known_rule"):
        with pytest.raises(Refusal) as caught, refusing_constraints(), transaction.atomic():
            break_it("known_rule")
        assert (str(caught.value), caught.value.status) == ("the rule's sentence", 409)
        with pytest.raises(Exception) as fault, refusing_constraints(), transaction.atomic():
            break_it("unknown_rule")
        assert not isinstance(fault.value, Refusal)


@pytest.mark.django_db
def test_every_rule_of_the_ledger_has_a_sentence() -> None:
    """Input of the API can meet any of them; a rule without a sentence is a page about a fault."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname::text FROM pg_constraint WHERE conrelid = 'ledger_entry'::regclass AND contype = 'c'"
        )
        named = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'ledger_law'")
        named |= set(re.findall(r"ledger_refuse\('([a-z_]+)'", cursor.fetchone()[0]))
    internal = {
        "entry_clock_is_the_transaction",
        "entry_stage",
        "entry_kind",
        "entry_qualifier",
        "entry_coverage",
        "entry_role",
    }
    assert named - internal - set(CONSTRAINT_SENTENCES) == set()


def test_a_request_log_line_has_the_path_without_its_query(
    caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.PROCESS = "web"

    def respond(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("ok", status=201)

    with caplog.at_level("INFO", "karnameh.requests"):
        response = RequestLog(respond)(RequestFactory().get("/find/", {"q": "canary"}))
        RequestLog(respond)(RequestFactory().get("/health/live"))
        RequestLog(respond)(RequestFactory().get("/static/x.css"))
    [record] = caplog.records
    assert (record.path, record.status, record.method) == ("/find/", 201, "GET")  # type: ignore[attr-defined]
    assert record.request_id == response["X-Request-ID"] and "canary" not in str(record.__dict__)  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_ready_says_what_is_missing(tmp_path: Any, settings: Any) -> None:
    settings.VAR = tmp_path
    assert ready(RequestFactory().get("/health/ready")).status_code == 200
    settings.VAR = tmp_path / "gone"
    answer = ready(RequestFactory().get("/health/ready"))
    assert answer.status_code == 503 and b'"storage": false' in answer.content


@given(st.lists(st.integers(), unique=True, max_size=30), st.integers(1, 10))
def test_pages_by_cursor_show_every_row_once(numbers: list[int], size: int) -> None:
    rows, seen, after = sorted(numbers), [], None
    for _ in range(len(rows) + 1):
        found = [row for row in rows if after is None or row > int(after)][: size + 1]
        page = cut(found, size, str)
        seen += page.rows
        after = page.next_key
        if after is None:
            break
    assert seen == rows
