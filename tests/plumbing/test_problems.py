"""What a visitor sees when an address leads nowhere, a form is stale or the fault is ours."""

from __future__ import annotations

import re
from unittest import mock

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from builders import PASSWORD, a_user
from karnameh.plumbing import problems


def words(page: HttpResponse) -> str:
    """The page's own part: no frame, no codes that differ each time."""
    text = page.content.decode()
    found = re.search(r"<main.*</main>", text, re.S)
    assert found
    return found[0]


def signed_in() -> Client:
    a_user("reader", password=PASSWORD)
    client = Client(raise_request_exception=False)
    assert client.login(username="reader", password=PASSWORD)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "heading"), [("fa", "نیست"), ("en", "no such page")])
def test_no_such_page_speaks_the_visitors_language_and_leads_home(
    language: str, heading: str
) -> None:
    client = Client()
    client.cookies["karnameh_language"] = language
    page = client.get("/nowhere/at/all/")
    assert page.status_code == 404
    text = page.content.decode()
    assert f'<html lang="{language}"' in text and heading in text and 'href="/"' in text
    assert " style=" not in text and "Traceback" not in text


@pytest.mark.django_db
def test_out_of_reach_looks_exactly_like_an_address_that_leads_nowhere() -> None:
    client = signed_in()
    nowhere, unknown = client.get("/nowhere/"), client.get(reverse("unit", args=[987_654]))
    assert nowhere.status_code == unknown.status_code == 404
    assert words(nowhere) == words(unknown)


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_told_how_to_go_on() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["karnameh_language"] = "en"
    page = client.post(reverse("account_login"), {"login": "a", "password": "b"})
    assert page.status_code == 403
    assert "Open the page once more" in page.content.decode()


@pytest.mark.django_db
def test_a_fault_of_ours_names_the_code_of_its_line_in_the_log() -> None:
    client = signed_in()
    with mock.patch("karnameh.front.navigation.holds", side_effect=KeyError("secret")):
        page = client.get(reverse("my_page"))
    assert page.status_code == 500
    text = page.content.decode()
    assert page["X-Request-ID"] in text and "secret" not in text and 'href="/"' in text


@pytest.mark.django_db
def test_a_database_lost_before_the_page_began_is_no_fault_of_ours() -> None:
    client = signed_in()
    gone = OperationalError("connection refused: secret-host")
    with mock.patch("django.contrib.sessions.backends.db.SessionStore.load", side_effect=gone):
        page = client.get(reverse("my_page"))
    assert page.status_code == 503 and page["Retry-After"] == "60"
    assert "secret-host" not in page.content.decode()


@pytest.mark.parametrize(
    ("trouble", "status"), [(RequestDataTooBig("x"), 413), (SuspiciousOperation("x"), 400)]
)
@pytest.mark.parametrize("language", ["fa", "en"])
def test_what_could_not_be_read_asks_no_database(
    trouble: Exception, status: int, language: str
) -> None:
    """No `django_db` mark: any query would fail this test."""
    request = RequestFactory().get("/")
    with translation.override(language):
        page = problems.unreadable(request, trouble)
    assert page.status_code == status and f'<html lang="{language}"' in page.content.decode()
