"""`{% load signing_in %}`: what the sign-in page knows of the demo."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import Context

from karnameh.front.demo.accounts import DEMO_ACCOUNTS, PASSWORD
from karnameh.ui.public import display_of

register = template.Library()


@dataclass(frozen=True)
class DemoChoice:
    """One demo account as the sign-in page offers it."""

    username: str
    office: str


@register.simple_tag(takes_context=True)
def demo_accounts(context: Context) -> list[DemoChoice]:
    """The demo accounts in the viewer's language; none in an installation without the demo."""
    if not settings.DEMO:
        return []
    persian = display_of(context).persian
    return [
        DemoChoice(one.username, one.office_fa if persian else one.office_en)
        for one in DEMO_ACCOUNTS
    ]


@register.simple_tag
def demo_password() -> str:
    """The one password of all demo accounts."""
    return PASSWORD if settings.DEMO else ""
