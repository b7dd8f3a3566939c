"""How allauth is fitted: nobody signs himself up, and names come from the office."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from karnameh.people.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given by an administrator of the unit."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The socket's address. A forwarded address is believed only from our own proxy,
        which the operator lets gunicorn know by `--forwarded-allow-ips`."""
        return str(request.META.get("REMOTE_ADDR", ""))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Karnameh"}

    def get_user_display_name(self, user: User) -> str:
        return user.office
