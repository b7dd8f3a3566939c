"""How the site speaks with a phone: JSON that says whose it is, with the epoch, and never a page.

A phone behind a captive portal gets somebody else's page with status 200; it believes only answers
that carry our mark.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from karnameh.field.actions import Locked, device_of
from karnameh.field.models import Device
from karnameh.field.rules import Unreadable
from karnameh.field.sentences import sentence
from karnameh.ledger.public import epoch
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import Refusal

log = logging.getLogger("karnameh.field")

MARK = "X-Karnameh"  # on every answer of ours
# 400 and 413 are final for a file; after 409 it is sent anew, after 429 later.
_STATUS = {
    "batch_too_large": 413, "file_too_large": 413, "chunk_wrong": 409, "file_damaged": 409, "takes_too_much": 409,
    "file_not_wanted": 429,
}  # fmt: skip
View = Callable[..., HttpResponse]


def answer(values: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """An answer of ours: with the epoch and the server's time, kept by nobody."""
    number = values["epoch"] if "epoch" in values else epoch()
    said = JsonResponse(
        {"epoch": number, "now": int(now().timestamp() * 1000), **values},
        status=status,
        json_dumps_params={"ensure_ascii": False},
    )
    return marked(said)


def marked(response: HttpResponse) -> HttpResponse:
    """Any response, marked as ours."""
    response[MARK] = "field"
    response["Cache-Control"] = "no-store"
    return response


def speaking(view: View) -> View:
    """A view for phones: refusals are answers, a lost database is one that says to try again.

    Nothing in it depends on a cookie, so there is nothing for a foreign site to ride on; what speaks
    for a phone is in its own header or seal.
    """

    @functools.wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Locked as locked:
            return answer({"error": locked.code, "sentence": str(locked)}, status=401)
        except Unreadable as trouble:
            said = {"error": trouble.code, "sentence": sentence(trouble.code)}
            return answer(said, status=_STATUS.get(trouble.code, 400))
        except Http404:
            said = {"error": "nothing_there", "sentence": sentence("nothing_there")}
            return answer(said, status=404)
        except Refusal as refusal:
            return answer({"error": "refused", "sentence": str(refusal)}, status=refusal.status)
        except (OperationalError, InterfaceError):
            log.error("database", exc_info=True)
            return _away()
        except DatabaseError:
            log.error("a phone's request failed", exc_info=True)
            if settings.PROCESS == "web":
                return _away()
            raise

    return csrf_exempt(answered)


def _away() -> HttpResponse:
    said = marked(JsonResponse({"error": "away"}, status=503))
    said["Retry-After"] = "30"
    return said


def phone_of(request: HttpRequest) -> Device:
    """The phone that speaks with its token. Raises `Locked`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Device":
        raise Locked("not_signed_in")
    return device_of(token.strip())
