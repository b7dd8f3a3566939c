"""Calendar feeds: secret addresses that can be closed, and what each shows. The one file that speaks iCalendar."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Event

from karnameh.access.public import reach_unit, units_where
from karnameh.activities.public import (
    Campaign,
    Occurrence,
    OccurrenceState,
    Slot,
    State,
    within,
)
from karnameh.campaigns.package.crowding import HOURS
from karnameh.campaigns.week.models import Feed, FeedKind
from karnameh.kernel.digits import to_persian
from karnameh.kernel.jalali import MONTHS_FA, JalaliDate
from karnameh.org.public import Theme, under
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed

TEHRAN = ZoneInfo("Asia/Tehran")
MOST_FEEDS = 20
MOST_EVENTS = 5_000
PUBLIC_KINDS = ("event", "service", "clinic", "course", "desk")

CONSTRAINT_SENTENCES["feed_says_of_what"] = gettext_lazy("Choose what this calendar is about.")


def open_feed(
    *, kind: FeedKind, by: User, at: datetime, unit: int | None = None, theme: Theme | None = None
) -> tuple[Feed, str]:  # fmt: skip
    """A new secret address: `(feed, secret)`. The secret is shown once; only its hash is kept."""
    node = None
    if kind != FeedKind.PERSON:
        node = reach_unit(by, unit or 0)
    if kind == FeedKind.THEME and theme is None:
        raise Refusal(_("Choose what this calendar is about."), field="theme")
    if Feed.objects.filter(owner=by, closed_at=None).count() >= MOST_FEEDS:
        raise Refusal(
            _("Twenty calendar addresses are enough. Close one of them first."), status=409
        )
    secret = secrets.token_urlsafe(24)
    with deed("open_feed", by=by, at=at):
        feed = Feed.objects.create(
            owner=by, kind=kind, unit=node, theme=theme if kind == FeedKind.THEME else None,
            secret=hash_of(secret), made_at=at,
        )  # fmt: skip
    return feed, secret


def close_feed(feed: Feed, *, by: User, at: datetime) -> None:
    """Close an address; whoever still asks it gets nothing."""
    if feed.owner_id != by.pk:
        raise OutOfReach
    with deed("close_feed", by=by, at=at, target=f"feed:{feed.pk}"):
        Feed.objects.filter(pk=feed.pk, closed_at=None).update(closed_at=at)


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def feed_at(secret: str, *, on: date) -> Feed:
    """The open feed of a secret address; anything else does not exist (404)."""
    feed = Feed.objects.filter(
        secret=hash_of(secret), closed_at=None, owner__is_active=True
    ).first()
    if feed is None:
        raise OutOfReach
    Feed.objects.filter(pk=feed.pk).exclude(read_on=on).update(read_on=on)
    return feed


def occurrences_of(feed: Feed) -> QuerySet[Occurrence]:
    """What a feed shows: what its owner may see today, of what it is about."""
    owner = User.objects.get(pk=feed.owner_id)
    rows = Occurrence.objects.filter(
        within(units_where(owner), unit="activity__lead_unit__path", theme="activity__theme")
    )
    if feed.unit is not None:
        rows = rows.filter(under(feed.unit.path, "activity__lead_unit__path"))
    if feed.theme_id is not None:
        rows = rows.filter(activity__theme=feed.theme_id)
    return rows


def calendar_of(rows: QuerySet[Occurrence], *, name: str, since: date) -> bytes:
    """An iCalendar (RFC 5545) of occurrences from `since` on. Jalali days stand in the text, UTC inside.

    Cancelled ones stay for a month, so that phones take them off. No person is named.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Karnameh//FA")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Tehran")
    calendar.add("refresh-interval;value=duration", "PT4H")
    found = rows.filter(on__gte=since).select_related(
        "activity__lead_unit", "activity__theme", "venue", "place"
    )
    for one in found.order_by("on", "pk")[:MOST_EVENTS]:
        calendar.add_component(_event(one))
    return bytes(calendar.to_ical())


def _event(one: Occurrence) -> Event:
    event = Event()
    event.add("uid", f"occurrence-{one.pk}@karnameh")
    event.add("summary", one.activity.name)
    starts, ends = _times(one)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("dtstamp", starts)
    event.add("status", "CANCELLED" if one.state == OccurrenceState.CANCELLED else "CONFIRMED")
    where = one.venue.name if one.venue else ""
    event.add("location", "، ".join(part for part in (where, one.place.name) if part))
    event.add("categories", [one.activity.theme.name])
    event.add("description", f"{jalali_text(one.on)}\n{one.activity.lead_unit.name}")
    return event


def _times(one: Occurrence) -> tuple[datetime, datetime]:
    if one.starts_at and one.ends_at:
        starts, ends = one.starts_at, one.ends_at
    else:
        starts, ends = (time(*divmod(minutes, 60)) for minutes in HOURS[one.slot or Slot.MORNING])
    utc = ZoneInfo("UTC")
    return (
        datetime.combine(one.on, starts, TEHRAN).astimezone(utc),
        datetime.combine(one.on, ends, TEHRAN).astimezone(utc),
    )


def jalali_text(day: date) -> str:
    """۲۹ آبان ۱۴۰۵"""
    shown = JalaliDate.from_date(day)
    return to_persian(f"{shown.day} {MONTHS_FA[shown.month - 1]} {shown.year}")


def feeds_of(user: User) -> Sequence[Feed]:
    """The open addresses of an account."""
    return list(Feed.objects.filter(owner=user, closed_at=None).select_related("unit", "theme"))


def public_occurrences(campaign: Campaign) -> QuerySet[Occurrence]:
    """What everybody may know: the calendar of frozen packages, of activities that take the public in.

    An activity is public by its kind, or when it says how the public takes part. No person is in it.
    """
    shown = [
        State.SCHEDULED,
        State.UNDER_WAY,
        State.COMPLETED,
        State.REPORTED,
        State.VERIFIED,
        State.CLOSED,
    ]
    frozen = campaign.packages.filter(versions__state="frozen").values("versions__lines__activity")
    rows = Occurrence.objects.filter(
        activity__campaign=campaign, activity__state__in=shown, activity__in=frozen
    )
    rows = rows.exclude(state=OccurrenceState.CANCELLED)
    return rows.filter(activity__kind__in=PUBLIC_KINDS) | rows.exclude(activity__participation="")
