"""Request log, and refusals turned into pages once."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from karnameh.kernel.malformed import Malformed
from karnameh.plumbing.errors import Refusal, sentence_of
from karnameh.plumbing.problems import LOST, database_lost, problem

Respond = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("karnameh.requests")


class RequestLog:
    """One line a request: path without its query, status, milliseconds."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        identifier = uuid4().hex[:12]
        request.reference = identifier  # type: ignore[attr-defined]
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
        if isinstance(trouble, LOST):
            return database_lost(request, trouble)
        return None
