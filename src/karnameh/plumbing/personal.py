"""The dictionary of personal columns: every model says what in it is about a person, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class Personal:
    """Why a column about a person is kept, and for how long."""

    purpose: str
    retention: str


# Tables of libraries: they cannot declare anything themselves.
LIBRARY: dict[str, dict[str, Personal]] = {
    "account_emailaddress": {
        "user_id": Personal("the office holder's account", "as long as the account"),
        "email": Personal("sending a one-time sign-in code", "as long as the account"),
    },
    "account_emailconfirmation": {
        "email_address": Personal("proving that an address is the holder's", "three days"),
    },
    "mfa_authenticator": {
        "user_id": Personal("the office holder's account", "as long as the account"),
        "data": Personal("public key or secret of a second factor", "until removed by its owner"),
    },
    "usersessions_usersession": {
        "user_id": Personal("the office holder's account", "two weeks"),
        "ip": Personal("lets an office holder recognise a foreign session", "two weeks"),
        "user_agent": Personal("lets an office holder recognise a foreign session", "two weeks"),
        "data": Personal("technical state of the session list", "two weeks"),
    },
    "django_session": {"session_data": Personal("signed-in state", "two weeks")},
    "auth_group": {},
    "auth_permission": {},
    "auth_group_permissions": {},
    "django_content_type": {},
    "catalog_indicator_dimensions": {},
}

# Column types and names that may hold something about a person: such a column is declared or refused.
_SUSPECT_TYPES = (
    models.TextField,
    models.JSONField,
    models.EmailField,
    models.GenericIPAddressField,
)
_SUSPECT_WORDS = (
    "phone",
    "email",
    "mobile",
    "address",
    "birth",
    "national_id",
    "password",
    "ip",
    "agent",
)


def declared(model: type[models.Model]) -> dict[str, Personal] | None:
    """What `model` says about itself, or None when it says nothing."""
    own: dict[str, Personal] | None = getattr(model, "personal", None)
    return own if own is not None else LIBRARY.get(model._meta.db_table)


def suspects(model: type[models.Model]) -> Iterator[str]:
    """Columns of `model` that could be about a person: free text, known words, links to accounts."""
    for field in model._meta.local_concrete_fields:
        to_person = (
            bool(field.remote_field)
            and field.related_model is not None
            and (field.related_model._meta.label == "people.User")
        )
        named = any(word == field.name or word in field.name.split("_") for word in _SUSPECT_WORDS)
        if to_person or named or isinstance(field, _SUSPECT_TYPES):
            yield field.name


def dictionary() -> Iterator[tuple[type[models.Model], str, Personal]]:
    """Every declared personal column of the running product."""
    for model in apps.get_models(include_auto_created=True):
        for name, why in sorted((declared(model) or {}).items()):
            yield model, name, why
