"""Forms of signing in and of the holder's own page.

allauth's forms keep their logic; here they get our labels, our help and no placeholders.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from karnameh.kernel.digits import to_latin
from karnameh.kernel.text import clean
from karnameh.people.models import Calendar, Currency, Digits, Language, Theme

Words = Any  # a text, or one that waits for the language


class Worded:
    """Mixed into a form of allauth: `words` gives each field its label and its help."""

    words: ClassVar[dict[str, tuple[Words, Words]]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]


_NEW_PASSWORD: tuple[Words, Words] = (
    _("New password"),
    _("At least 10 characters, and not one that many people use. Four unrelated words are good."),
)
_AGAIN: tuple[Words, Words] = (_("The new password once more"), "")
_CODE: tuple[Words, Words] = (_("Code"), "")


class SignInForm(Worded, account.LoginForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "login": (_("User name or e-mail"), ""),
        "password": (_("Password"), ""),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false",
        }  # fmt: skip
        if self.request is not None:  # the demo's list of accounts, without script
            self.fields["login"].initial = self.request.GET.get("account", "")

    def clean_login(self) -> str:
        """Persian digits and letters of the wrong keyboard page do not stand in the way."""
        return to_latin(clean(str(self.cleaned_data["login"]))).casefold()


class RequestCodeForm(Worded, account.RequestLoginCodeForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {"email": (_("Your e-mail address"), "")}


class ConfirmCodeForm(Worded, account.ConfirmLoginCodeForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {"code": _CODE}

    def clean_code(self) -> str:
        """The code may be typed with Persian digits."""
        self.cleaned_data["code"] = to_latin(clean(str(self.cleaned_data["code"])))
        return str(super().clean_code())


class ConfirmPasswordForm(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {"password": (_("Password"), "")}


class ChangePasswordForm(Worded, account.ChangePasswordForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "oldpassword": (_("Present password"), ""),
        "password1": _NEW_PASSWORD,
        "password2": _AGAIN,
    }


class SetPasswordForm(Worded, account.SetPasswordForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "password1": _NEW_PASSWORD,
        "password2": _AGAIN,
    }


class ResetPasswordForm(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {"email": (_("Your e-mail address"), "")}


class ResetPasswordFromKeyForm(Worded, account.ResetPasswordKeyForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "password1": _NEW_PASSWORD,
        "password2": _AGAIN,
    }


class AddEmailForm(Worded, account.AddEmailForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "email": (
            _("E-mail address"),
            _("A letter goes there; open its link to confirm the address."),
        )
    }


def _latin_code(form: Any) -> None:
    form.cleaned_data["code"] = to_latin(clean(str(form.cleaned_data["code"]))).replace(" ", "")


class SecondFactorForm(Worded, mfa.AuthenticateForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "code": (_("Code"), _("From the code app on your phone, or one of your spare codes."))
    }

    def clean_code(self) -> str:
        """The code may be typed with Persian digits."""
        _latin_code(self)
        return str(super().clean_code())


class ConfirmSecondFactorForm(Worded, mfa.ReauthenticateForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "code": (_("Code"), _("From the code app on your phone, or one of your spare codes."))
    }

    def clean_code(self) -> str:
        """The code may be typed with Persian digits."""
        _latin_code(self)
        return str(super().clean_code())


class ActivateCodeAppForm(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "code": (_("The six digits that the app shows now"), "")
    }

    def clean_code(self) -> str:
        """The code may be typed with Persian digits."""
        _latin_code(self)
        return str(super().clean_code())


class AddPasskeyForm(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {
        "name": (
            _("Name of this passkey"),
            _("So that you know it again: “my phone”, “the office computer”."),
        ),
        "passwordless": (_("Sign in with this passkey alone, without a password"), ""),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(Worded, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    words: ClassVar[dict[str, tuple[Words, Words]]] = {"name": (_("Name of this passkey"), "")}


class PreferencesForm(forms.Form):
    """How the holder likes to read."""

    language = forms.ChoiceField(label=_("Language"), choices=Language, widget=forms.RadioSelect)
    calendar = forms.ChoiceField(label=_("Calendar"), choices=Calendar, widget=forms.RadioSelect)
    digits = forms.ChoiceField(label=_("Digits"), choices=Digits, widget=forms.RadioSelect)
    currency = forms.ChoiceField(label=_("Currency"), choices=Currency, widget=forms.RadioSelect)
    theme = forms.ChoiceField(label=_("Light or dark"), choices=Theme, widget=forms.RadioSelect)


class ContactForm(forms.Form):
    """The holder's own number, and his word that it may be kept."""

    phone = forms.CharField(
        label=_("Mobile number"), max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("Keep it for one year, sealed, so that I can be called about a report of my unit.")
    )


class DisplayForm(forms.Form):
    """What the switches in the menu send: one of the two."""

    language = forms.ChoiceField(choices=Language, required=False)
    theme = forms.ChoiceField(choices=Theme, required=False)
