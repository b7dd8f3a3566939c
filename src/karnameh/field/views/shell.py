"""The app itself: a page without anybody's data, its service worker and its manifest."""

from __future__ import annotations

import json
from pathlib import Path

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karnameh.field.saying import says
from karnameh.field.shipping import made, mark_of, release
from karnameh.field.views.phone import offer
from karnameh.people.public import User

_WORKER = Path(__file__).parents[1] / "static" / "field" / "worker" / "worker.js"
# What the app needs without a network, beside its script and its styles.
_FONTS = ("ui/fonts/vazirmatn-arabic.woff2", "ui/fonts/vazirmatn-latin.woff2")
_OTHERS = ("ui/icons.svg", "ui/favicon.svg", "ui/mark-192.png", *_FONTS)
_TYPES = {"js": "text/javascript", "css": "text/css"}
PATIENCE = 20_000  # milliseconds that the worker waits for an answer


def _address(kind: str) -> str:
    return reverse("field_shipped", args=(mark_of(kind), kind))


def assets() -> list[str]:
    """The addresses of everything that is kept for the way without a network."""
    return [_address("js"), _address("css"), *(static(one) for one in _OTHERS)]


@require_safe
def app(request: HttpRequest) -> HttpResponse:
    """The app's one page.

    Whoever comes without being signed in finds the way in at once, before any script; who is signed in
    finds with it what he may take the phone in for. The worker asks for the page that it keeps with a
    header: that one has nobody's data, and nothing in it before the script knows the phone.
    """
    kept, user = "X-Kept" in request.headers, request.user
    offered = offer(request, user) if isinstance(user, User) and not kept else None
    response = render(
        request,
        "field/app.html",
        {
            "version": release(), "script": _address("js"), "styles": _address("css"), "says": says(),
            "stranger": offered is None and not kept,
            "offered": offered,
        },
    )  # fmt: skip
    response["Cache-Control"] = "no-store" if offered else "no-cache"
    patch_vary_headers(response, ["Cookie", "X-Kept"])
    return response


@require_safe
def shipped(request: HttpRequest, mark: str, kind: str) -> HttpResponse:
    """The app's script or styles. A page of another release gets ours, and asks again the next time."""
    response = HttpResponse(made(kind), content_type=f"{_TYPES[kind]}; charset=utf-8")
    lasting = mark == mark_of(kind)
    response["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the script with the list of what it keeps."""
    kept = {
        "version": f"{release()}-{get_language()}",
        "page": reverse("field_app"),
        "assets": assets(),
        "sync": reverse("field_sync"),
        "patience": PATIENCE,
    }
    text = f"const KEPT = {json.dumps(kept)};\n{_WORKER.read_text(encoding='utf-8')}"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone shows on its home screen."""
    icons = [
        {"src": static(f"ui/mark-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ] + [
        {"src": static("field/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"}
    ]  # fmt: skip
    page = reverse("field_app")
    response = JsonResponse(
        {
            "id": page, "name": _("Karnameh in the field"), "short_name": _("Karnameh"), "start_url": page,
            "scope": page, "display": "standalone", "orientation": "portrait", "lang": get_language(),
            "dir": "ltr" if get_language() == "en" else "rtl", "theme_color": "#0f766e",
            "background_color": "#faf9f6", "icons": icons,
        },
        content_type="application/manifest+json",
    )  # fmt: skip
    response["Cache-Control"] = "no-cache"
    return response
