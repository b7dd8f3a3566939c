"""The app itself: a page without anybody's data, its service worker and its manifest."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from karnameh.field.saying import says

_HERE = Path(__file__).parents[1]
# What the app needs without a network. Scripts import each other by their plain names.
_STYLES = ("ui/karnameh.css", "field/field.css")
_FONTS = ("ui/fonts/vazirmatn-arabic.woff2", "ui/fonts/vazirmatn-latin.woff2")
_OTHERS = ("ui/icons.svg", "ui/favicon.svg", "ui/mark-192.png", *_FONTS)


def _modules() -> list[str]:
    return sorted(f"field/{file.name}" for file in (_HERE / "static" / "field").glob("*.js"))


@functools.cache
def version() -> str:
    """The mark of this release of the app: it changes with any of its files."""
    mark = hashlib.sha256()
    ours = [one for one in (_HERE / "static" / "field").rglob("*") if one.is_file()]
    page = _HERE / "templates" / "field" / "app.html"
    sources = [*sorted(ours), page, settings.PACKAGE / "ui" / "static" / "ui" / "karnameh.css"]
    for file in sources:
        mark.update(file.read_bytes())
    return mark.hexdigest()[:12]


def assets() -> list[str]:
    """The addresses of everything that is kept for the way without a network."""
    named = [static(one) for one in (*_STYLES, *_OTHERS)]
    return list(dict.fromkeys([*named, *(f"{_base()}{one}" for one in _modules())]))


def _base() -> str:
    """Where static files lie under their plain names."""
    return f"/{settings.STATIC_URL.lstrip('/')}"


@require_safe
def app(request: HttpRequest) -> HttpResponse:
    """The app's one page. It is the same for everybody, so that it may be kept."""
    response = render(
        request,
        "field/app.html",
        {
            "version": version(),
            "scripts": f"{_base()}field/",
            "says": says(),
            # Named at once: otherwise the browser learns of each by reading the one before.
            "modules": [f"{_base()}{one}" for one in _modules()],
        },
    )
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: the script with the list of what it keeps."""
    script = (_HERE / "static" / "field" / "worker" / "worker.js").read_text(encoding="utf-8")
    kept = {
        "version": f"{version()}-{get_language()}",
        "page": reverse("field_app"),
        "assets": assets(),
        "sync": reverse("field_sync"),
    }
    text = f"const KEPT = {json.dumps(kept)};\n{script}"
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
