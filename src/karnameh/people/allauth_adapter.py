"""How allauth is fitted: nobody signs himself up, and names come from the office."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.people.actions import SECOND_FACTOR
from karnameh.people.models import User
from karnameh.plumbing.sealed import open_word, seal_word

# One sentence for a wrong name and a wrong password: it never says whether there is such an account.
_MISMATCH = gettext_lazy("The user name or the password is not right.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account was closed."),
        "cannot_remove_primary_email": gettext_lazy("Your main e-mail address cannot be removed."),
        "duplicate_email": gettext_lazy("This address is already yours."),
        "email_password_mismatch": _MISMATCH,
        "username_password_mismatch": _MISMATCH,
        "email_taken": gettext_lazy("This address cannot be used here."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_code": gettext_lazy("This code is not right, or its time is over."),
        "incorrect_password": gettext_lazy("This password is not right."),
        "invalid_password_reset": gettext_lazy("This link was used already, or its time is over."),
        "max_email_addresses": gettext_lazy("No more than %d e-mail addresses."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait a minute, then try again."),
        "rate_limited": gettext_lazy("Too many tries. Wait a minute, then try again."),
        "same_as_current": gettext_lazy("This is the same as before."),
    }

    def format_email_subject(self, subject: str) -> str:
        """Our subjects say themselves what they are about."""
        return subject

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Too many wrong tries from one address are answered with status 429, before any hashing."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(respond_429(request)) from None

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to confirm that it is still the holder, in our words."""
        words = {
            "reauthenticate": _("With your password"),
            "mfa_reauthenticate": _("With a code"),
            "mfa_reauthenticate:webauthn": _("With a passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": words[method["id"]]} for method in methods]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given by an administrator of the unit."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The socket's address. A forwarded address is believed only from our own proxy,
        which the operator lets gunicorn know by `--forwarded-allow-ips`."""
        return str(request.META.get("REMOTE_ADDR", ""))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": gettext_lazy(
            "This account has a second factor. Remove it before you add an e-mail address."
        ),
        "cannot_delete_authenticator": gettext_lazy("This cannot be switched off."),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Spare codes come after a passkey or a code app."
        ),
        "incorrect_code": gettext_lazy("This code is not right, or its time is over."),
        "unverified_email": gettext_lazy(
            "First confirm your e-mail address: open the link in the letter we sent."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of code apps and seeds of spare codes lie sealed in the table."""
        return seal_word(text, **SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return open_word(encrypted_text, **SECOND_FACTOR)

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        """What a new passkey is called until its holder says better."""
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Karnameh"}

    def get_user_display_name(self, user: User) -> str:
        return user.office
