"""The one settings file. Every difference between installations is an environment variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE
from psycopg.conninfo import conninfo_to_dict

from karnameh.config.embedded import APP, OWNER, cluster
from karnameh.config.secrets import load_secrets

ROOT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("KARNAMEH_VAR", ROOT / "var"))
PACKAGE = ROOT / "src" / "karnameh"

DEBUG = os.environ.get("KARNAMEH_DEBUG") == "1"
PROCESS = os.environ.get("KARNAMEH_PROCESS", "manage")  # web | work | manage
DEMO = os.environ.get("KARNAMEH_DEMO", "1") == "1"  # the sign-in page shows the demo accounts
PUBLIC_URL = os.environ.get("KARNAMEH_URL", "")
HTTPS = PUBLIC_URL.startswith("https://")

SECRETS = load_secrets(VAR)
SECRET_KEY = SECRETS.django
SEAL_KEYS = SECRETS.seal  # newest last; older ones only open what they sealed
TOKEN_KEY = SECRETS.token
LOG_KEYS = SECRETS.log  # newest last; it signs the heads of the log, older ones vouch for it

ALLOWED_HOSTS = os.environ.get("KARNAMEH_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if HTTPS else []

INSTALLED_APPS = [
    # Ours first: their words win over those of the libraries.
    "karnameh.plumbing",
    "karnameh.ui",
    "karnameh.people",
    "karnameh.org",
    "karnameh.access",
    "karnameh.catalog",
    "karnameh.activities",
    "karnameh.ledger",
    "karnameh.campaigns",
    "karnameh.exchange",
    "karnameh.insight",
    "karnameh.narrative",
    "karnameh.field",
    "karnameh.front",
    "karnameh.config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

MIDDLEWARE = [
    "karnameh.plumbing.middleware.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "karnameh.people.middleware.ViewerPreferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "karnameh.plumbing.middleware.RefusalPages",
]
ROOT_URLCONF = "karnameh.config.urls"
WSGI_APPLICATION = "karnameh.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "front" / "templates"],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "karnameh.people.middleware.display",
                "karnameh.front.navigation.navigation",
            ],
        },
    }
]


_OURS = ("dbname", "user", "password", "host", "port", "options", "connect_timeout")


def _database(url: str) -> dict[str, Any]:
    """Django's form of a libpq address."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    timeout = {"web": "5s", "work": "60s"}.get(PROCESS, "0")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "karnameh"),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "CONN_MAX_AGE": 600 if PROCESS != "manage" else 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"karnameh {PROCESS}",  # so that an operator sees whose session it is
            # Everything else of the address (sslmode, certificates …) goes to libpq as it is.
            **{name: value for name, value in parts.items() if name not in _OURS},
            "options": f"{parts.get('options', '')} -c statement_timeout={timeout} -c lock_timeout=10s".strip(),
            "connect_timeout": 5,
        },
    }


# The site signs in as a role that cannot change entries; migrations and tests as the owner.
APP_ROLE = APP
_EMBEDDED = None if "DATABASE_URL" in os.environ else cluster(VAR / "pg")
_role = APP if PROCESS in ("web", "work") else OWNER
if _EMBEDDED is not None:
    _url = _EMBEDDED.url(_role)
else:
    _url = os.environ["DATABASE_URL"]
    if _role == OWNER:
        _url = os.environ.get("DATABASE_OWNER_URL", _url)
DATABASES = {"default": _database(_url)}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["karnameh.people.hashing.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "karnameh.people.allauth_adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "karnameh.people.forms.SignInForm",
    "request_login_code": "karnameh.people.forms.RequestCodeForm",
    "confirm_login_code": "karnameh.people.forms.ConfirmCodeForm",
    "reauthenticate": "karnameh.people.forms.ConfirmPasswordForm",
    "change_password": "karnameh.people.forms.ChangePasswordForm",
    "set_password": "karnameh.people.forms.SetPasswordForm",
    "reset_password": "karnameh.people.forms.ResetPasswordForm",
    "reset_password_from_key": "karnameh.people.forms.ResetPasswordFromKeyForm",
    "add_email": "karnameh.people.forms.AddEmailForm",
}
MFA_FORMS = {
    "authenticate": "karnameh.people.forms.SecondFactorForm",
    "reauthenticate": "karnameh.people.forms.ConfirmSecondFactorForm",
    "activate_totp": "karnameh.people.forms.ActivateCodeAppForm",
    "add_webauthn": "karnameh.people.forms.AddPasskeyForm",
    "edit_webauthn": "karnameh.people.forms.RenamePasskeyForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
# No lock of an account: anybody could then lock anybody out. Rates are per address only.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,100/h/ip",
    "signup": "1/h/ip",
    "reset_password": "10/h/ip",
    "reset_password_from_key": "20/h/ip",
    "request_login_code": "10/h/ip",
    "change_password": "10/h/user",
    "reauthenticate": "20/m/user",
}
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow passkeys on localhost alone
MFA_ADAPTER = "karnameh.people.allauth_adapter.MFAAdapter"
USERSESSIONS_TRACK_ACTIVITY = False

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "plumbing_cache",  # shared by all workers, so rates hold over all of them
    }
}
EMAIL_BACKEND = os.environ.get("KARNAMEH_EMAIL", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("KARNAMEH_FROM", "karnameh@localhost")

LANGUAGE_CODE = "fa"
LANGUAGES = [("fa", "فارسی"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Tehran"

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PROCESS == "web"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
UPLOADS = VAR / "uploads"  # outside everything that is served
SEGMENTS = VAR / "segments"  # sealed history as files
HEADS_SEEN = VAR / "heads-seen.json"  # beside the database, out of reach of whoever rewrites that
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
UPLOAD_LIMIT = 30_000_000
WEBHOOK_LOOPBACK = False  # tests alone let messages go to a receiver on their own machine
# How long the text of a report is kept: after posting, and while nobody decides over it.
READING_TEXT_DAYS = int(os.environ.get("KARNAMEH_TEXT_DAYS", "400"))
READING_UNDECIDED_DAYS = int(os.environ.get("KARNAMEH_UNDECIDED_DAYS", "30"))

SESSION_COOKIE_NAME = "karnameh"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = "karnameh_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "karnameh.plumbing.problems.stale_form"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'", NONCE],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "karnameh.plumbing.logs.JsonLines"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["out"], "level": "WARNING"},
    "loggers": {"karnameh": {"level": "INFO"}, "django.security": {"level": "ERROR"}},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SILENCED_SYSTEM_CHECKS: list[str] = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"
FEDERATION_FA = os.environ.get("KARNAMEH_NAME_FA", "فدراسیون همیاران")
FEDERATION_EN = os.environ.get("KARNAMEH_NAME_EN", "Federation of Volunteers")
# The federation's identifier in IATI files; without one of its own, a marked invented one.
IATI_ORGANISATION = os.environ.get("KARNAMEH_IATI_ORG", "XX-KARNAMEH-DEMO")
# Where this installation offers its source, as the licence asks of whoever changes it.
SOURCE_URL = os.environ.get("KARNAMEH_SOURCE", "")
