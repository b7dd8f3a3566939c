"""Request log, and refusals turned into pages once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from karnameh.kernel.malformed import Malformed
from karnameh.plumbing.errors import Refusal, lost_sentence, sentence_of

Respond = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("karnameh.requests")


class RequestLog:
    """One line a request: path without its query, status, milliseconds."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        identifier = uuid4().hex[:12]
        response = self.respond(request)
        response["X-Request-ID"] = identifier
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        response["Server-Timing"] = f"app;dur={milliseconds}"
        if settings.PROCESS == "web" and not request.path.startswith(("/static/", "/health/")):
            log.info(
                "request",
                extra={
                    "request_id": identifier,
                    "method": request.method,
                    "path": request.path,
                    "status": response.status_code,
                    "ms": milliseconds,
                },
            )
        return response


class RefusalPages:
    """A refusal becomes a page with its sentence; a lost database becomes a page that says so."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Django calls this for an exception that a view let through."""
        if isinstance(trouble, Malformed):
            trouble = Refusal(sentence_of(trouble))
        if isinstance(trouble, Refusal):
            return problem(
                request,
                trouble.status,
                str(trouble.sentence),
                links=[{"url": trouble.href, "label": _("See how it stands now")}]
                if trouble.href
                else [],
                kept=trouble.kept,
            )
        if isinstance(trouble, (OperationalError, InterfaceError)):
            log.error("database", exc_info=trouble)
            return database_lost(request, trouble)
        return None


def database_lost(request: HttpRequest, trouble: Exception) -> HttpResponse:
    """The page for a database that is away, or for a question that took too long."""
    response = problem(request, 503, lost_sentence(trouble))
    response["Retry-After"] = "60"
    return response


def problem(
    request: HttpRequest,
    status: int,
    sentence: str,
    *,
    links: Sequence[dict[str, str]] = (),
    kept: str = "",
) -> HttpResponse:
    """A problem page that needs neither the database nor a signed-in person."""
    headings = {
        400: _("This could not be read"),
        403: _("This step is not yours"),
        404: _("There is no such page"),
        409: _("Somebody was faster"),
        413: _("This is too large"),
        429: _("Too many tries"),
        503: _("One moment, please"),
    }
    heading = headings.get(status, _("Something went wrong"))
    return render(
        request,
        "ui/problem.html",
        {
            "heading": heading,
            "sentence": sentence,
            "bare": True,
            "links": links,
            "kept": kept,
        },
        status=status,
    )
