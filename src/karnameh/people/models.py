"""Users: an account, the office it speaks for, and how its holder likes to read."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from karnameh.kernel.ids import new_id
from karnameh.plumbing.personal import Personal


class Language(models.TextChoices):
    PERSIAN = "fa", _("Persian")
    ENGLISH = "en", _("English")


class Calendar(models.TextChoices):
    JALALI = "jalali", _("Solar Hijri")
    GREGORIAN = "gregorian", _("Gregorian")


class Digits(models.TextChoices):
    PERSIAN = "persian", _("Persian digits")
    LATIN = "latin", _("Latin digits")


class Currency(models.TextChoices):
    TOMAN = "toman", _("toman")
    RIAL = "rial", _("rial")


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account. `office` is what the holder is called on pages: an office, not a private name."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    office = models.CharField(_("office"), max_length=120)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=Language, default=Language.PERSIAN)
    calendar = models.CharField(max_length=9, choices=Calendar, default=Calendar.JALALI)
    digits = models.CharField(max_length=7, choices=Digits, default=Digits.PERSIAN)
    currency = models.CharField(max_length=5, choices=Currency, default=Currency.TOMAN)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["office"]

    personal: ClassVar[dict[str, Personal]] = {
        "username": Personal("signing in", "as long as the account"),
        "email": Personal("sending a one-time sign-in code", "as long as the account"),
        "office": Personal("who acted, on pages of the ledger", "as long as the ledger"),
        "password": Personal("signing in; only an Argon2 hash is kept", "as long as the account"),
    }

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(username=""), name="user_has_a_name"),
            models.CheckConstraint(condition=~models.Q(office=""), name="user_has_an_office"),
        ]

    def __str__(self) -> str:
        return self.office

    @property
    def is_staff(self) -> bool:
        """Nobody is above the grants; Django's own flags are always off."""
        return False

    is_superuser = is_staff


def _new_id() -> UUID:
    return new_id()


class Contact(models.Model):
    """How to reach an office holder; sealed, opened only for a purpose that is written down."""

    id = models.UUIDField(primary_key=True, default=_new_id, editable=False)
    user = models.OneToOneField(User, models.CASCADE, related_name="contact")
    phone_sealed = models.BinaryField()
    consented_at = models.DateTimeField()
    expires_on = models.DateField(db_index=True)

    personal: ClassVar[dict[str, Personal]] = {
        "user": Personal("whose contact it is", "one year after consent"),
        "phone_sealed": Personal(
            "calling the holder about a report of his unit", "one year after consent"
        ),
    }

    def __str__(self) -> str:
        return f"contact of {self.user_id}"
