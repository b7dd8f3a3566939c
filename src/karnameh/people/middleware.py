"""The viewer's language and display preferences, on the request and in every template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from karnameh.people.models import User
from karnameh.plumbing.clock import today
from karnameh.ui.display import Display

COOKIE = "karnameh_language"
_A_YEAR = 365 * 24 * 3600


class ViewerPreferences:
    """Signed in: the account's choice. Otherwise the cookie's language, Persian without one."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        shown = display_for(request)
        request.display = shown  # type: ignore[attr-defined]
        with translation.override(shown.language):
            request.LANGUAGE_CODE = shown.language
            response = self.respond(request)
        response.headers.setdefault("Content-Language", shown.language)
        return response


def display_for(request: HttpRequest) -> Display:
    """How this visitor reads."""
    user = request.user
    if isinstance(user, User):
        return Display(
            language=_narrow(user.language, "fa", "en"),
            calendar=_narrow(user.calendar, "jalali", "gregorian"),
            digits=_narrow(user.digits, "persian", "latin"),
            currency=_narrow(user.currency, "toman", "rial"),
            theme=_narrow(user.theme, "auto", "light", "dark"),
        )
    if request.COOKIES.get(COOKIE) == "en":
        return Display(
            language="en", calendar="gregorian", digits="latin", currency="rial", theme="auto"
        )
    return Display(
        language="fa", calendar="jalali", digits="persian", currency="toman", theme="auto"
    )


def keep_language(response: HttpResponse, language: str) -> None:
    """This browser reads so, also when nobody is signed in."""
    response.set_cookie(
        COOKIE, language, max_age=_A_YEAR, httponly=True, secure=settings.HTTPS, samesite="Lax"
    )


def _narrow(value: str, first: Any, *others: Any) -> Any:
    return value if value in others else first


def display(request: HttpRequest) -> dict[str, object]:
    """Context processor: what the template tags of `ui` look for."""
    shown = getattr(request, "display", None) or Display()
    return {
        "display": shown,
        "today": today(),
        "federation": settings.FEDERATION_FA if shown.language == "fa" else settings.FEDERATION_EN,
        "source_url": settings.SOURCE_URL,
    }
