"""The worker's side: notices become messages, messages are sent, old ones are erased.

Nothing is sent inside a transaction. A worker that dies after sending and before writing it down sends
once more, under the same id.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from pydantic import ValidationError

from karnameh.exchange.webhooks.actions import secrets_of
from karnameh.exchange.webhooks.events import SHAPES, message
from karnameh.exchange.webhooks.models import Attempt, Delivery, Going, Paused, Subscription
from karnameh.exchange.webhooks.posting import Ended, post
from karnameh.exchange.webhooks.queries import reach_of
from karnameh.exchange.webhooks.rules import PATIENCE, EventKind, Outcome, signatures, wait_after
from karnameh.ledger.public import arrivals, numbered_to
from karnameh.plumbing.clock import now
from karnameh.plumbing.public import Notice, due_notices
from karnameh.plumbing.sealed import SealBroken

log = logging.getLogger("karnameh.webhooks")
AT_ONCE = 8  # messages on their way together, each to another subscription
LEASE = timedelta(seconds=60)  # a message that a dead worker had in hand comes back after so long
COUNTED_EVERY = timedelta(seconds=60)
KEPT = timedelta(days=30)
NOTICES = 200


# --- from what happened to messages -----------------------------------------------------------------


def spread_notices(*, at: datetime) -> bool:
    """Make a message of each due notice for everybody who may and wants to hear it; whether more wait."""
    with transaction.atomic():
        notices = due_notices(at=at, most=NOTICES)
        if not notices:
            return False
        hearers = [(one, reach_of(one)) for one in _hearing()]
        made = []
        for notice in notices:
            body = _told(notice)
            if body is None:
                continue
            for one, reach in hearers:
                if notice.kind not in one.kinds:
                    continue
                if notice.account is not None and notice.account != one.owner_id:
                    continue
                if not reach.stretches or (notice.path and not reach.covers(notice.path)):
                    continue
                made.append(
                    Delivery(subscription=one, kind=notice.kind, body=body, made_at=at, due=at)
                )
        Delivery.objects.bulk_create(made)
        Notice.objects.filter(pk__in=[one.pk for one in notices]).delete()
    return len(notices) == NOTICES


def _told(notice: Notice) -> str | None:
    """The body of a message about it; None for what is not meant for programs, or has no place in one."""
    try:
        return message(notice.kind, notice.body, at=notice.at) if notice.kind in SHAPES else None
    except ValidationError:
        log.exception("a notice of %s is not in the shape of its message", notice.kind)
        return None


def count_arrivals(*, at: datetime) -> bool:
    """Tell each subscription that wants it how many entries came in its reach; nothing when none did."""
    until = numbered_to()
    due = _hearing().filter(
        kinds__contains=[EventKind.ENTRIES_POSTED], counted_at__lte=at - COUNTED_EVERY,
        counted_to__lt=until,
    )  # fmt: skip
    for one in due:
        with transaction.atomic():
            found = arrivals(reach_of(one), since=one.counted_to, until=until)
            if found:
                told = {
                    "unit": one.unit.code,
                    "arrived": [
                        {"stage": each.stage.name.lower(), "entries": each.entries, "reversals": each.reversals}
                        for each in found
                    ],
                }  # fmt: skip
                body = message(EventKind.ENTRIES_POSTED, told, at=at)
                Delivery.objects.create(
                    subscription=one, kind=EventKind.ENTRIES_POSTED, body=body, made_at=at, due=at
                )
            Subscription.objects.filter(pk=one.pk).update(counted_to=until, counted_at=at)
    return False


def _hearing() -> QuerySet[Subscription]:
    return Subscription.objects.filter(paused=Paused.NO).select_related("owner", "unit")


# --- sending ----------------------------------------------------------------------------------------


def send_messages(*, at: datetime | None = None) -> bool:
    """Send what is due, one message a subscription; whether there was any."""
    at = at or now()
    claimed = _claim(at)
    if not claimed:
        return False
    with ThreadPoolExecutor(AT_ONCE) as pool:
        prepared = [(one, _signed(one, at)) for one in claimed]
        for one, ended in zip(claimed, pool.map(_sent, prepared), strict=True):
            _write_down(one, ended, at)
    return True


def _claim(at: datetime) -> list[Delivery]:
    """The oldest due message of each of a few subscriptions, set aside so that no other worker has it."""
    with transaction.atomic():
        waiting = Delivery.objects.filter(
            state=Going.WAITING, due__lte=at, subscription__paused=Paused.NO
        )
        first = waiting.order_by("subscription", "due", "pk").distinct("subscription")
        claimed = list(
            waiting.filter(pk__in=list(first.values_list("pk", flat=True)))
            .select_related("subscription__owner", "subscription__unit")
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("due", "pk")[:AT_ONCE]
        )
        Delivery.objects.filter(pk__in=[one.pk for one in claimed]).update(due=at + LEASE)
    return claimed


def _signed(one: Delivery, at: datetime) -> dict[str, str] | Outcome:
    """The headers of an attempt, or why there is none."""
    if not reach_of(one.subscription).stretches:
        return Outcome.OUT_OF_REACH
    try:
        keys = secrets_of(one.subscription, at=at)
    except SealBroken:
        log.error("the secret of subscription %s cannot be opened", one.subscription_id)
        return Outcome.NO_SECRET
    second = int(at.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "karnameh-webhooks/1",
        "webhook-id": str(one.pk),
        "webhook-timestamp": str(second),
        "webhook-signature": signatures(keys, str(one.pk), second, one.body.encode()),
    }


def _sent(prepared: tuple[Delivery, dict[str, str] | Outcome]) -> Ended:
    """Runs beside others, without the database."""
    one, headers = prepared
    if isinstance(headers, Outcome):
        return Ended(headers, None, 0)
    try:
        return post(
            one.subscription.address, one.body.encode(), headers, loopback=settings.WEBHOOK_LOOPBACK
        )
    except Exception:
        log.exception("message %s met a fault", one.pk)
        return Ended(Outcome.UNREACHABLE, None, 0)


def _write_down(one: Delivery, ended: Ended, at: datetime) -> None:
    tries = one.tries + 1
    with transaction.atomic():
        Attempt.objects.create(
            delivery=one, at=at, outcome=ended.outcome, status=ended.status, took=ended.took
        )
        hook = Subscription.objects.filter(pk=one.subscription_id)
        waiting = Delivery.objects.filter(pk=one.pk)
        if ended.outcome == Outcome.TAKEN:
            waiting.update(state=Going.SENT, tries=tries)
            hook.filter(lost__gt=0).update(lost=0)
            return
        wait = wait_after(tries, one.pk.int)
        if wait is not None:
            waiting.update(tries=tries, due=at + wait)
            return
        waiting.update(state=Going.DEAD, tries=tries)
        hook.update(lost=F("lost") + 1)
        hook.filter(lost__gte=PATIENCE, paused=Paused.NO).update(
            paused=Paused.FAILING, paused_at=at
        )


def forget_messages(*, at: datetime) -> bool:
    """Erase messages older than thirty days with their attempts; whether more are left."""
    old = Delivery.objects.filter(made_at__lt=at - KEPT).order_by("made_at").values("pk")[:5_000]
    _erased, kinds = Delivery.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    return kinds.get("exchange.Delivery", 0) == 5_000
