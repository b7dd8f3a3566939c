"""The page that says what went wrong and what to do now: a refusal, no such page, a fault of ours.

It asks no database and no signed-in person, so that it also works when these are what is lost.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from karnameh.plumbing.errors import lost_sentence

LOST = (OperationalError, InterfaceError)
log = logging.getLogger("karnameh.requests")


def problem(
    request: HttpRequest,
    status: int,
    sentence: str,
    *,
    advice: str = "",
    links: Sequence[dict[str, str]] = (),
    kept: str = "",
) -> HttpResponse:
    """The page.

    Args:
        request: what could not be answered.
        status: an HTTP status; it decides the heading.
        sentence: what happened or what to do, in the viewer's language.
        advice: more of it, below.
        links: `url` and `label` of pages that lead on; the first page is always offered.
        kept: what the viewer had written, to copy.
    """
    fa = (get_language() or settings.LANGUAGE_CODE).startswith("fa")
    context = {
        "request": request,
        "display": getattr(request, "display", None),
        "federation": settings.FEDERATION_FA if fa else settings.FEDERATION_EN,
        "heading": _heading(status),
        "sentence": sentence,
        "advice": advice,
        "links": links,
        "kept": kept,
        "reference": getattr(request, "reference", "") if status == 500 else "",
    }
    return HttpResponse(render_to_string("ui/problem.html", context), status=status)


def database_lost(request: HttpRequest, trouble: BaseException) -> HttpResponse:
    """The page for a database that is away, or for a question that took too long."""
    log.error("database", exc_info=trouble)
    response = problem(request, 503, lost_sentence(trouble))
    response["Retry-After"] = "60"
    return response


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that makes no sense, or is larger than any of ours."""
    if isinstance(exception, RequestDataTooBig):
        return problem(request, 413, _("Send less at once: a smaller file, or the text in parts."))
    return problem(request, 400, _("Go back, check what you typed and send it again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself forbids; the site's own refusals come with their own sentence."""
    return problem(request, 403, _("Whoever leads your unit can give you this role."))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that this site did not make for this visit: signed out meanwhile, or from elsewhere."""
    return problem(
        request,
        403,
        _("This form is no longer valid: you signed out or in since it was opened."),
        advice=_("Open the page once more and send it again. Nothing was saved."),
    )


def no_such_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere; one that is out of reach looks the same."""
    return problem(
        request, 404, _("The address may be mistyped, or it belongs to a part you cannot see.")
    )


def too_many_tries(request: HttpRequest) -> HttpResponse:
    """Too many tries to sign in from one address."""
    return problem(
        request,
        429,
        _("From this address there were too many tries in a short time."),
        advice=_(
            "Wait a minute and try again."
            " No account was locked: whoever signs in from elsewhere is not held up."
        ),
        links=[{"url": reverse("account_login"), "label": _("To the sign-in page")}],
    )


def our_fault(request: HttpRequest) -> HttpResponse:
    """What no view and no middleware expected; a database lost before the view is told apart."""
    trouble = sys.exc_info()[1]
    if isinstance(trouble, LOST):
        return database_lost(request, trouble)
    return problem(request, 500, _("The fault is ours and it was noted. Nothing was lost."))


def _heading(status: int) -> str:
    headings = {
        400: _("This could not be read"),
        403: _("This step is not yours"),
        404: _("There is no such page"),
        409: _("Somebody was faster"),
        413: _("This is too large"),
        429: _("Too many tries"),
        503: _("One moment, please"),
    }
    return headings.get(status, _("Something went wrong"))
