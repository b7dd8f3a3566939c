"""The door of people."""

from __future__ import annotations

from karnameh.people.actions import (
    create_user,
    disable_user,
    expire_contacts,
    read_phone,
    reseal,
)
from karnameh.people.doors import Door, register_door
from karnameh.people.middleware import keep_language
from karnameh.people.models import Contact, User
from karnameh.people.viewers import user_of

__all__ = [
    "Contact", "Door", "User", "create_user", "disable_user", "expire_contacts", "keep_language", "read_phone",
    "register_door", "reseal", "user_of",
]  # fmt: skip
