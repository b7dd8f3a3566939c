"""Answers that a program has already need not be sent again."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from ninja.decorators import decorate_view


def etagged(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Mark the answer with a digest of its content, and answer 304 where the program has the same."""
    decorated: Callable[..., Any] = decorate_view(_answering)(operation)
    return decorated


def _answering(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        response = view(request, *arguments, **named)
        if response.status_code != 200:
            return response
        etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        return get_conditional_response(request, etag=etag, response=response) or response

    return answer
