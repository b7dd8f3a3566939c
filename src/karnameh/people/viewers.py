"""Who looks at a page."""

from __future__ import annotations

from django.http import HttpRequest

from karnameh.people.models import User


def user_of(request: HttpRequest) -> User:
    """The signed-in viewer; only for pages that a stranger cannot open."""
    assert isinstance(request.user, User)
    return request.user
