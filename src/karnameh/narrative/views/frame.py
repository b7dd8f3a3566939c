"""What pages about reports share."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _


def crumbs() -> list[dict[str, str]]:
    """The way to a page about reports."""
    return [{"label": _("Reports in prose"), "url": reverse("readings")}]
