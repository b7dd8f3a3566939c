"""The navigation of the signed-in viewer."""

from __future__ import annotations

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor."""
    return {"nav_items": []}
