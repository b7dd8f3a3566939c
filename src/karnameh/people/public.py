"""The door of people."""

from __future__ import annotations

from karnameh.people.actions import (
    create_user,
    disable_user,
    expire_contacts,
    read_phone,
    reseal,
)
from karnameh.people.models import Contact, User

__all__ = [
    "Contact", "User", "create_user", "disable_user", "expire_contacts", "read_phone", "reseal",
]  # fmt: skip
