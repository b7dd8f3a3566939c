"""What an account sees of subscriptions: its own, and as administrator those beneath it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from karnameh.access.public import Reach, Role, units_where
from karnameh.exchange.webhooks.models import Delivery, Going, Subscription
from karnameh.org.public import under
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach

SHOWN = 50  # deliveries on a page


def subscriptions_of(user: User) -> QuerySet[Subscription]:
    """An account's subscriptions, and those at units that it administers; the newest first."""
    seen = Q(owner=user)
    for path in units_where(user, Role.ADMINISTRATOR).paths:
        seen |= under(path, "unit__path")
    found = Subscription.objects.filter(seen).select_related("unit", "owner")
    return found.order_by("-created_at", "pk")


def listed(user: User) -> QuerySet[Subscription]:
    """The same, with what became of their messages."""
    return subscriptions_of(user).annotate(
        arrived=Count("deliveries", filter=Q(deliveries__state=Going.SENT)),
        under_way=Count("deliveries", filter=Q(deliveries__state=Going.WAITING)),
        given_up=Count("deliveries", filter=Q(deliveries__state=Going.DEAD)),
        newest=Max("deliveries__made_at"),
    )


def reach_subscription(user: User, pk: UUID) -> Subscription:
    """One of them; otherwise it does not exist."""
    one = subscriptions_of(user).filter(pk=pk).first()
    if one is None:
        raise OutOfReach
    return one


def messages_of(one: Subscription, *, state: str = "") -> list[Delivery]:
    """Its newest messages, with their attempts."""
    found = one.deliveries.prefetch_related("attempts").order_by("-made_at", "-pk")
    return list((found.filter(state=state) if state else found)[:SHOWN])


def reach_delivery(user: User, pk: UUID, *, locked: bool = False) -> Delivery:
    """One message of a subscription in reach."""
    found = Delivery.objects.select_related("subscription")
    if locked:
        found = found.select_for_update(of=("self",))
    one = found.filter(pk=pk, subscription__in=subscriptions_of(user).values("pk")).first()
    if one is None:
        raise OutOfReach
    return one


def reach_of(one: Subscription) -> Reach:
    """What a subscription may hear of now: the owner's reach, narrowed to its unit."""
    return units_where(one.owner).within(one.unit.path)
