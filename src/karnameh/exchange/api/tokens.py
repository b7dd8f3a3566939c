"""Keys of programs: making, revoking, and recognising one in a request."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja.security import HttpBearer

from karnameh.access.public import Reach, reach_unit, units_where
from karnameh.exchange.models import ApiToken
from karnameh.kernel.text import clean
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.clock import today
from karnameh.plumbing.public import OutOfReach, Refusal, deed

PREFIX = "kn_"
MOST_TOKENS = 20  # of one account: more than that is a leak, not a need
LONGEST_DAYS = 365


def make_token(
    *, name: str, unit: int | None, may_write: bool, days: int, by: User, at: datetime
) -> tuple[ApiToken, str]:
    """A key for a program that acts for `by`, and its secret, which is shown this once."""
    name = clean(name)[:80]
    if not name:
        raise Refusal(_("Name the program that will use the key."), field="name")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refusal(_("A key lasts from one day to a year."), field="days")
    if not units_where(by).stretches:
        raise OutOfReach
    narrowed = reach_unit(by, unit) if unit is not None else None
    if tokens_of(by).filter(revoked_at=None, expires_on__gte=at.date()).count() >= MOST_TOKENS:
        raise Refusal(_("You have twenty keys. Revoke one that nothing uses any more."))
    secret = PREFIX + secrets.token_urlsafe(32)
    with deed("make_api_token", by=by, at=at, target=f"unit:{unit or ''}"):
        token = ApiToken.objects.create(
            user=by, name=name, digest=_digest(secret), hint=secret[:8], unit=narrowed,
            may_write=may_write, created_at=at, expires_on=at.date() + timedelta(days=days),
        )  # fmt: skip
    return token, secret


def revoke_token(pk: int, *, by: User, at: datetime) -> None:
    """End a key of one's own at once. Revoking twice changes nothing."""
    with deed("revoke_api_token", by=by, at=at, target=f"token:{pk}"):
        token = tokens_of(by).select_for_update(of=("self",)).filter(pk=pk).first()
        if token is None:
            raise OutOfReach
        if token.revoked_at is None:
            token.revoked_at = at
            token.save(update_fields=["revoked_at"])


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """An account's keys, newest first."""
    return ApiToken.objects.filter(user=user).select_related("unit").order_by("-created_at")


def _digest(secret: str) -> bytes:
    # The secret holds 256 bits of chance, so a plain digest cannot be searched for.
    return hashlib.sha256(secret.encode()).digest()


class Caller:
    """Who asks: an account, seen through the key that a program holds."""

    def __init__(self, token: ApiToken) -> None:
        self.token = token
        self.user = token.user
        whole = units_where(token.user)
        self.reach: Reach = whole if token.unit is None else whole.within(token.unit.path)

    def __str__(self) -> str:
        return f"token:{self.token.pk}"  # what rates are counted by

    def unit(self, code: str) -> OrgUnit:
        """The unit with this code, if it is in reach; otherwise it does not exist."""
        unit = OrgUnit.objects.select_related("parent", "place").filter(code=code).first()
        if unit is None or not self.reach.covers(unit.path):
            raise OutOfReach
        return unit


def asked_language(request: HttpRequest) -> str | None:
    """The first language of ours that a program asks for by name, or None."""
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        language = wanted.partition("-")[0]
        if language in ("fa", "en"):
            return language
    return None


class Bearer(HttpBearer):
    """`Authorization: Bearer kn_…`. From here on the language that is asked for, or the account's, is in force."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or None for a key that is unknown, ended, revoked, or of a closed account."""
        found = (
            ApiToken.objects.filter(digest=_digest(token), revoked_at=None, expires_on__gte=today())
            .select_related("user", "unit")
            .first()
        )
        if found is None or not found.user.is_active:
            return None
        if found.used_on != today():
            ApiToken.objects.filter(pk=found.pk).update(used_on=today())
        translation.activate(asked_language(request) or found.user.language)
        return Caller(found)
