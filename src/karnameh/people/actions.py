"""What can be done to accounts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.apps import apps
from django.utils.translation import gettext as _

from karnameh.kernel.digits import to_latin
from karnameh.kernel.text import clean
from karnameh.people.models import Contact, User
from karnameh.plumbing.public import Refusal, deed
from karnameh.plumbing.sealed import open_sealed, resealed, resealed_word, seal

CONSENT_LASTS = timedelta(days=365)
# What the secrets of code apps and spare codes are bound to, and under which names they are kept.
SECOND_FACTOR = {"table": "mfa_authenticator", "field": "data"}
_SECRETS = ("secret", "seed")
_PHONE = re.compile(r"(\+98|0098|0)?9[0-9]{9}")


def create_user(
    *,
    username: str,
    office: str,
    password: str | None,
    by: User | None,
    at: datetime,
    email: str = "",
) -> User:
    """A new account without any grant. The user name must be free."""
    username = to_latin(clean(username)).casefold()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,59}", username):
        raise Refusal(
            _("A user name has 3 to 60 Latin letters, digits, dots or dashes."), field="username"
        )
    if User.objects.filter(username=username).exists():
        raise Refusal(_("This user name is taken."), field="username")
    if not clean(office):
        raise Refusal(_("Name the office that this account speaks for."), field="office")
    user = User(username=username, office=clean(office), email=email.strip(), created_at=at)
    user.set_password(password)
    with deed("create_user", by=by, at=at, target=f"user:{username}"):
        user.save()
    return user


def set_preferences(user: User, *, values: dict[str, str], at: datetime) -> None:
    """Language, calendar, digits, currency, theme of the user himself."""
    fields = [
        name for name in ("language", "calendar", "digits", "currency", "theme") if name in values
    ]
    for name in fields:
        setattr(user, name, values[name])
    with deed("set_preferences", by=user, at=at, target=f"user:{user.pk}"):
        user.save(update_fields=fields)


def disable_user(user: User, *, by: User, at: datetime) -> None:
    """The account can no longer sign in; what it did stays."""
    with deed("disable_user", by=by, at=at, target=f"user:{user.pk}"):
        user.is_active = False
        user.save(update_fields=["is_active"])


def keep_contact(user: User, *, phone: str, at: datetime) -> Contact:
    """Keep the user's own mobile number, sealed, for a year, because he agreed to it now."""
    number = re.sub(r"[\s-]", "", to_latin(clean(phone)))
    if not _PHONE.fullmatch(number):
        raise Refusal(_("This is not a mobile number of this country."), field="phone")
    with deed("keep_contact", by=user, at=at, target=f"user:{user.pk}"):
        Contact.objects.filter(user=user).delete()
        contact = Contact(user=user, consented_at=at, expires_on=(at + CONSENT_LASTS).date())
        contact.phone_sealed = seal(
            "0" + number[-10:], table="people_contact", row=str(contact.pk), field="phone_sealed"
        )
        contact.save()
    return contact


def forget_contact(user: User, *, at: datetime) -> None:
    """Erase the user's number at his word."""
    with deed("forget_contact", by=user, at=at, target=f"user:{user.pk}"):
        Contact.objects.filter(user=user).delete()


def read_phone(contact: Contact, *, by: User, at: datetime, purpose: str) -> str:
    """The number, after writing down who read it and what for. The caller has asked `access`."""
    if not clean(purpose):
        raise Refusal(_("Say what you need the number for."), field="purpose")
    with deed("read_phone", by=by, at=at, target=f"user:{contact.user_id}", reason=clean(purpose)):
        return open_sealed(
            bytes(contact.phone_sealed), table="people_contact", row=str(contact.pk),
            field="phone_sealed", by=by, at=at, purpose=clean(purpose),
        )  # fmt: skip


def expire_contacts(*, at: datetime) -> int:
    """Erase every number whose consent has run out; how many there were."""
    due = Contact.objects.filter(expires_on__lt=at.date())
    if not due.exists():
        return 0
    with deed("expire_contacts", by=None, at=at):
        erased, _details = due.delete()
    return erased


def reseal(*, at: datetime) -> int:
    """Move everything sealed to the newest key; how many fields were moved."""
    moved = 0
    with deed("reseal", by=None, at=at):
        for contact in Contact.objects.select_for_update():
            fresh = resealed(
                bytes(contact.phone_sealed), table="people_contact", row=str(contact.pk),
                field="phone_sealed",
            )  # fmt: skip
            if fresh is not None:
                contact.phone_sealed = fresh
                contact.save(update_fields=["phone_sealed"])
                moved += 1
        for factor in apps.get_model("mfa", "Authenticator").objects.select_for_update():
            kept = {name: factor.data[name] for name in _SECRETS if name in factor.data}
            words = {name: resealed_word(word, **SECOND_FACTOR) for name, word in kept.items()}
            changed = {name: word for name, word in words.items() if word is not None}
            if changed:
                factor.data = {**factor.data, **changed}
                factor.save(update_fields=["data"])
                moved += len(changed)
    return moved
