"""The interface as a whole: its addresses, its rates, and how it says no."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from ninja.renderers import JSONRenderer

from karnameh.exchange.api import neighbours as neighbours  # imported for what they add to
from karnameh.exchange.api import reading as reading  # the router
from karnameh.exchange.api import writing as writing
from karnameh.exchange.api.routes import router
from karnameh.exchange.api.tokens import Bearer, asked_language
from karnameh.exchange.api.unreadable import sentence_for
from karnameh.exchange.webhooks.events import described as events_described
from karnameh.kernel.malformed import Malformed
from karnameh.plumbing.errors import lost_sentence
from karnameh.plumbing.public import Refusal, sentence_of


class _Renderer(JSONRenderer):
    """Persian as it is written, and not six characters for each letter."""

    json_dumps_params: Mapping[str, Any] = {"ensure_ascii": False}


class _Interface(NinjaAPI):
    def create_response(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        """Says in which language its sentences are."""
        response = super().create_response(request, *args, **named)
        response["Content-Language"] = get_language() or "fa"
        patch_vary_headers(response, ["Accept-Language"])
        return response


api = _Interface(
    title="Karnameh",
    version="1",
    description=(
        "What was promised, what was reported, what was verified. Ask with the header "
        "`Authorization: Bearer <key>`; keys are made on the page of an account and open what the "
        "account may see, nothing more. Quantities are decimal strings, money is whole rials, days "
        "are ISO 8601. Every entry keeps the id that its sender made. Sentences come in the language of "
        "the account; `Accept-Language: en` or `fa` asks for another."
    ),
    auth=Bearer(),
    renderer=_Renderer(),
    docs_url=None,
    openapi_url=None,  # served by a page of ours, which needs no namespace
    urls_namespace="api",
    openapi_extra={"info": {"license": {"name": "Open data licence", "identifier": "ODbL-1.0"}}},
)
api.add_router("", router)


def _refusal(
    request: HttpRequest, status: int, sentence: str, field: str = "", item: int | None = None
) -> HttpResponse:
    body = {"error": {"sentence": sentence, "field": field, "item": item}}
    return api.create_response(request, body, status=status)


def _answers(kind: type[Exception]) -> Callable[..., Any]:
    """Decorates what answers an exception of this kind."""
    return api.exception_handler(kind)


@_answers(Refusal)
def _refused(request: HttpRequest, trouble: Refusal) -> HttpResponse:
    return _refusal(request, trouble.status, str(trouble.sentence), trouble.field)


@_answers(Malformed)
def _malformed(request: HttpRequest, trouble: Malformed) -> HttpResponse:
    return _refusal(request, 400, sentence_of(trouble))


@_answers(Http404)
def _missing(request: HttpRequest, trouble: Http404) -> HttpResponse:
    return _refusal(request, 404, _("There is no such thing, or it is out of your reach."))


@_answers(AuthenticationError)
def _unknown(request: HttpRequest, trouble: AuthenticationError) -> HttpResponse:
    with override(asked_language(request) or get_language()):
        response = _refusal(request, 401, _("This key is unknown, has ended, or was revoked."))
    response["WWW-Authenticate"] = 'Bearer realm="karnameh"'
    return response


@_answers(Throttled)
def _too_many(request: HttpRequest, trouble: Throttled) -> HttpResponse:
    response = _refusal(request, 429, _("Too many requests. Wait a moment and go on."))
    response["Retry-After"] = str(max(1, math.ceil(trouble.wait or 60)))
    return response


@_answers(ValidationError)
def _unreadable(request: HttpRequest, trouble: ValidationError) -> HttpResponse:
    first: dict[str, Any] = trouble.errors[0] if trouble.errors else {}
    # Where it stands: in the body or the address, in the name that our code has for the whole, and there.
    _kind, *path = first.get("loc", ("",))
    path = path[1:] if path[:1] == ["sent"] else path
    place = ".".join(str(part) for part in path)
    item = next((part for part in path if isinstance(part, int)), None)
    return _refusal(request, 422, sentence_for(first, place), place, item)


@_answers(HttpError)
def _http(request: HttpRequest, trouble: HttpError) -> HttpResponse:
    if trouble.status_code == 400:
        return _refusal(
            request, 400, _("What was sent is not JSON. The description shows its shape.")
        )
    return _refusal(request, trouble.status_code, _("This could not be read"))


@_answers(OperationalError)
@_answers(InterfaceError)
def _database(request: HttpRequest, trouble: Exception) -> HttpResponse:
    response = _refusal(request, 503, lost_sentence(trouble))
    response["Retry-After"] = "60"
    return response


@cache
def described() -> dict[str, Any]:
    """The OpenAPI description."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    schema["info"]["title"] = settings.FEDERATION_EN
    schema["webhooks"] = events_described()
    return dict(schema)
