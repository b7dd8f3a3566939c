"""The door of people."""

from __future__ import annotations

from karnameh.people.actions import create_user, disable_user, expire_contacts, reseal
from karnameh.people.models import User

__all__ = ["User", "create_user", "disable_user", "expire_contacts", "reseal"]
