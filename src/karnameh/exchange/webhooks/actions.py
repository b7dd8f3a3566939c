"""What can be done with a subscription: make it, change its secret, pause it, end it, send again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Role, holds, may, reach_unit
from karnameh.exchange.api.tokens import tokens_of
from karnameh.exchange.webhooks.events import message
from karnameh.exchange.webhooks.models import Delivery, Going, Kind, Paused, Subscription
from karnameh.exchange.webhooks.queries import reach_delivery, subscriptions_of
from karnameh.exchange.webhooks.rules import BadAddress, EventKind, checked_address, new_secret
from karnameh.ledger.public import numbered_to
from karnameh.people.public import User
from karnameh.plumbing.chores import wake
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role
from karnameh.plumbing.sealed import SealBroken, open_word, resealed_word, seal_word

MOST = 10  # of one account
CONSTRAINT_SENTENCES["hook_once_for_an_address"] = gettext_lazy(
    "This address is told of this unit already. Open its subscription to change the secret or to end it."
)
OVERLAP = timedelta(days=1)  # in which the secret before still signs along
_PLACE = {"table": "exchange_subscription", "field": "secret"}
_TROUBLES = {
    "unreadable": gettext_lazy(
        "This is not an address that messages can be sent to. Write it as https://name/path."
    ),
    "not_https": gettext_lazy("Messages are sent to addresses that begin with https:// only."),
    "port": gettext_lazy("Use port 443 or 8443."),
    "not_a_name": gettext_lazy("Write a name of the public internet, not a number."),
    "private": gettext_lazy("This name belongs to a private network. Messages never go there."),
}


@dataclass(frozen=True)
class Wanted:
    """Where to, of which unit and what is beneath it, and about what."""

    address: str
    unit: int
    kinds: Sequence[str]


def subscribe(wanted: Wanted, *, by: User, at: datetime) -> tuple[Subscription, str]:
    """A subscription in the name of `by`, and its secret, which is shown this once."""
    unit = reach_unit(by, wanted.unit)
    if not may_subscribe(by, at=at):
        raise Refusal(
            _("Make a key for the program first: only programs with a key are told."), status=403
        )
    try:
        address = checked_address(wanted.address, loopback=settings.WEBHOOK_LOOPBACK)
    except BadAddress as trouble:
        raise Refusal(_TROUBLES[trouble.code], field="address") from trouble
    kinds = [one.value for one in Kind if one in wanted.kinds and one != Kind.PING]
    if not kinds:
        raise Refusal(_("Choose at least one thing to be told of."), field="kinds")
    if Subscription.objects.filter(owner=by).exclude(paused=Paused.ENDED).count() >= MOST:
        raise Refusal(_("You have ten subscriptions. End one that nothing uses any more."))
    secret = new_secret()
    with deed("subscribe", by=by, at=at, target=f"unit:{unit.pk}"):
        made = Subscription.objects.create(
            owner=by, unit=unit, address=address, kinds=kinds, secret=seal_word(secret, **_PLACE),
            created_at=at, counted_to=numbered_to(), counted_at=at,
        )  # fmt: skip
    return made, secret


def may_subscribe(user: User, *, at: datetime) -> bool:
    """Whether an account speaks for a program: it holds a key in force, or it administers."""
    if holds(user, Role.ADMINISTRATOR):
        return True
    return tokens_of(user).filter(revoked_at=None, expires_on__gte=at.date()).exists()


def change_secret(pk: UUID, *, by: User, at: datetime) -> str:
    """A fresh secret, shown this once; the one before signs along for a day."""
    with deed("change_hook_secret", by=by, at=at, target=f"hook:{pk}"):
        one = _own(pk, by)
        secret = new_secret()
        one.former_secret, one.former_until = one.secret, at + OVERLAP
        one.secret = seal_word(secret, **_PLACE)
        one.save(update_fields=["secret", "former_secret", "former_until"])
    return secret


def pause(pk: UUID, *, by: User, at: datetime) -> None:
    """Tell nothing for now; what happens meanwhile is not kept for later."""
    _set_paused(pk, Paused.BY_HAND, "pause_hook", by, at)


def end(pk: UUID, *, by: User, at: datetime) -> None:
    """Tell nothing any more. It cannot be taken up again."""
    _set_paused(pk, Paused.ENDED, "end_hook", by, at)


def resume(pk: UUID, *, by: User, at: datetime) -> None:
    """Go on telling, from now on."""
    with deed("resume_hook", by=by, at=at, target=f"hook:{pk}"):
        one = _own(pk, by)
        one.paused, one.paused_at, one.lost = Paused.NO, None, 0
        one.counted_to, one.counted_at = numbered_to(), at
        one.save()


def send_trial(pk: UUID, *, by: User, at: datetime) -> Delivery:
    """A message that says only that messages arrive."""
    with deed("try_hook", by=by, at=at, target=f"hook:{pk}"):
        one = _own(pk, by)
        waiting = one.deliveries.filter(kind=Kind.PING, state=Going.WAITING)
        if waiting.exists():
            raise Refusal(_("A trial is on its way already."), status=409)
        body = message(EventKind.PING, {"unit": one.unit.code}, at=at)
        made = Delivery.objects.create(
            subscription=one, kind=Kind.PING, body=body, made_at=at, due=at
        )
        wake()
    return made


def send_again(pk: UUID, *, by: User, at: datetime) -> Delivery:
    """Set a message on its way once more, under the id that its receiver knows."""
    with deed("send_again", by=by, at=at, target=f"delivery:{pk}"):
        one = reach_delivery(by, pk, locked=True)
        _own(one.subscription_id, by)
        if one.state == Going.WAITING and one.tries == 0:
            raise Refusal(_("This message is on its way already."), status=409)
        one.state, one.tries, one.due = Going.WAITING, 0, at
        one.save(update_fields=["state", "tries", "due"])
        wake()
    return one


def secrets_of(one: Subscription, *, at: datetime) -> list[str]:
    """The secrets that sign now, the newest first. Raises `SealBroken`."""
    kept = [one.secret]
    if one.former_until is not None and at < one.former_until:
        kept.append(one.former_secret)
    return [open_word(word, **_PLACE) for word in kept]


def reseal_hooks(*, at: datetime) -> int:
    """Move every secret to the newest key; how many were moved. What no key opens stays as it is."""
    moved = 0
    with deed("reseal", by=None, at=at):
        for one in Subscription.objects.select_for_update():
            for name in ("secret", "former_secret"):
                fresh = _resealed(getattr(one, name))
                if fresh is not None:
                    setattr(one, name, fresh)
                    one.save(update_fields=[name])
                    moved += 1
    return moved


def _resealed(word: str) -> str | None:
    try:
        return resealed_word(word, **_PLACE) if word else None
    except SealBroken:
        return None


def _set_paused(pk: UUID, state: Paused, verb: str, by: User, at: datetime) -> None:
    with deed(verb, by=by, at=at, target=f"hook:{pk}"):
        one = _locked(pk, by)
        if one.owner_id != by.pk and not may(by, Role.ADMINISTRATOR, one.unit):
            raise no_role()
        if one.ended:
            return
        one.paused, one.paused_at = state, at
        one.save(update_fields=["paused", "paused_at"])


def _locked(pk: UUID, by: User) -> Subscription:
    one = subscriptions_of(by).select_for_update(of=("self",)).filter(pk=pk).first()
    if one is None:
        raise OutOfReach
    return one


def _own(pk: UUID, by: User) -> Subscription:
    """One's own subscription, which has not ended; an administrator may stop others', not speak for them."""
    one = _locked(pk, by)
    if one.owner_id != by.pk:
        raise no_role()
    if one.ended:
        raise Refusal(_("This subscription has ended. Make a new one."), status=409)
    return one
