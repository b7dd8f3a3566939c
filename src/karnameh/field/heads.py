"""Heads at a check-in point become person-days of a unit: the one rule for phones and for the plain form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from karnameh.catalog.public import Indicator
from karnameh.field.models import Point
from karnameh.field.rules import MOST_HEADS, Unreadable
from karnameh.ledger.public import NewEntry, Role, Stage
from karnameh.org.public import OrgUnit

PERSON_DAYS = "volunteer-day"  # the dictionary's own code


def point_of(code: str) -> Point:
    """The point of a code as it stands on the sheet. Raises `Unreadable`."""
    point = Point.objects.select_related("activity").filter(pk=code.strip().upper()[:8]).first()
    if point is None:
        raise Unreadable("point_unknown", "point")
    return point


def person_days(
    point: Point, *, unit: OrgUnit, people: Decimal | None, on: date, identifier: UUID
) -> NewEntry:
    """So many heads of a unit for one day. Raises `Unreadable`."""
    if not point.activity.starts_on <= on <= point.activity.ends_on:
        raise Unreadable("point_other_day", "on")
    if people is None or not 1 <= people <= MOST_HEADS:
        raise Unreadable("heads_wrong", "quantity")
    indicator = Indicator.objects.filter(code=PERSON_DAYS).first()
    if indicator is None:
        raise Unreadable("no_person_days")
    own = point.activity.lead_unit_id == unit.pk
    return NewEntry(
        id=identifier, indicator=indicator.pk, stage=Stage.REPORTED, unit=unit.pk,
        place=point.place_id, activity=point.activity_id, starts_on=on, ends_on=on, quantity=people,
        role=Role.LEAD if own else Role.PARTNER,
    )  # fmt: skip
