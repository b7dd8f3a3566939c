"""No question holds the database for longer than its process may: the server itself ends it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import translation

ASKED = """
import django
from django.conf import settings
django.setup()
print(settings.DATABASES["default"]["OPTIONS"]["options"])
"""


@pytest.mark.parametrize(("process", "seconds"), [("web", "5s"), ("work", "60s"), ("manage", "0")])
def test_each_kind_of_process_asks_the_server_to_end_what_takes_too_long(
    process: str, seconds: str
) -> None:
    environment = {
        **os.environ, "KARNAMEH_PROCESS": process, "DATABASE_URL": "postgresql://x/y",
        "DJANGO_SETTINGS_MODULE": "karnameh.config.settings", "PYTHONPATH": str(settings.PACKAGE.parent),
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", ASKED], env=environment, capture_output=True, text=True, check=True
    )
    assert f"statement_timeout={seconds}" in said.stdout.split()
    assert "lock_timeout=10s" in said.stdout.split()


def endless(request: HttpRequest) -> HttpResponse:
    """A page whose question would take a minute."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '200ms'")
        cursor.execute("SELECT count(*) FROM generate_series(1, 1000000000)")
    return HttpResponse("never")


urlpatterns = [path("endless/", endless)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_question_without_end_is_cancelled_and_its_reader_is_told() -> None:
    began = time.monotonic()
    with translation.override("en"):
        answer = Client().get("/endless/", headers={"cookie": "karnameh_language=en"})
    assert answer.status_code == 503 and "too long" in answer.content.decode()
    assert time.monotonic() - began < 30
    with connection.cursor() as cursor:  # the session is as good as before
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
