"""Who sees what: phones, what they sent, files beside an entry, what waits for an officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from karnameh.access.public import Role, may, units_where
from karnameh.field.models import Asked, Device, Evidence, Point, Sent, StoredFile, Verdict
from karnameh.field.storing import path_of
from karnameh.ledger.public import Entry, Kind, Stage, entries_in_reach
from karnameh.org.public import OrgUnit, under_any
from karnameh.people.public import User
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach, no_role

OFFICERS = (
    Role.REPORTER,
    Role.PARTNER,
)  # who may settle what a phone of the unit could not deliver
ASKERS = (Role.VERIFIER, Role.REPORTER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Shown:
    """A piece of evidence; `file` is None while it is still on its way."""

    evidence: Evidence
    file: StoredFile | None


def evidence_of(entry: Entry) -> list[Shown]:
    """Photos and voice notes of an entry that the reader may see."""
    rows = list(Evidence.objects.filter(entry=entry.pk).order_by("pk"))
    if not rows:
        return []
    files = StoredFile.objects.filter(
        account__in={one.account_id for one in rows}, sha256__in=[one.sha256 for one in rows]
    )
    here = {(one.account_id, one.sha256): one for one in files}
    return [Shown(one, here.get((one.account_id, one.sha256))) for one in rows]


def beside_entry(request: HttpRequest, entry: Entry) -> SafeString:
    """For the ledger's page of an entry: what the phone sent with it, and whether it was asked about."""
    sent = Sent.objects.filter(entry=entry.pk, verdict=Verdict.NEW).first()
    asked = Asked.objects.filter(entry=entry.pk).select_related("by", "answered__by").first()
    shown = evidence_of(entry)
    standing = entry.kind != Kind.REVERSAL and not getattr(entry, "undone", False)
    may_ask = (
        asked is None
        and standing
        and entry.stage == Stage.REPORTED
        and entry.posted_by_id != request.user.pk
        and any(may(request.user, role, entry.unit) for role in ASKERS)
    )
    if not (sent or asked or shown or may_ask):
        return SafeString()
    values = {"entry": entry, "shown": shown, "asked": asked, "may_ask": may_ask, "sent": sent}
    return SafeString(render_to_string("field/beside.html", values, request))


def units_of_officer(user: User) -> QuerySet[OrgUnit]:
    """The units at which the account itself records, nearest to the top first."""
    return OrgUnit.objects.filter(path__in=units_where(user, *OFFICERS).paths).order_by("sort_key")


def reach_file(user: User, pk: UUID) -> StoredFile:
    """The file of a piece of evidence whose entry the reader may see; `OutOfReach` without it."""
    evidence = Evidence.objects.filter(pk=pk).first()
    if evidence is None or not (
        entries_in_reach(units_where(user)).filter(pk=evidence.entry_id).exists()
    ):
        raise OutOfReach
    file = StoredFile.objects.filter(account=evidence.account_id, sha256=evidence.sha256).first()
    if file is None:
        raise OutOfReach
    return file


def open_file(file: StoredFile) -> IO[bytes]:
    """Its bytes; `FileNotFoundError` when the folder of uploads was not restored with the database."""
    return path_of(file).open("rb")


def entries_of(user: User, ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """Entries by id, as far as the reader may see them, with what they count and whose they are."""
    seen = entries_in_reach(units_where(user)).select_related("indicator__measure", "unit")
    return dict(seen.in_bulk(ids))


def devices_of(user: User) -> list[Device]:
    """The account's phones, newest first, with when each was last heard of."""
    rows = list(Device.objects.filter(account=user).select_related("unit").order_by("-created_at"))
    for row in rows:
        last = row.sent.order_by("-pk").values_list("received_at", flat=True).first()
        row.last_sent = last  # type: ignore[attr-defined]
    return rows


def aside(user: User) -> QuerySet[Sent]:
    """What phones could not deliver, in units where the reader may settle it."""
    reach = units_where(user, *OFFICERS)
    return (
        Sent.objects.filter(under_any(reach.paths, "unit__path"))
        .exclude(verdict=Verdict.NEW)
        .exclude(content={})
        .select_related("device", "unit", "settled__by")
    )


def aside_page(
    user: User, *, settled: bool = False, before: str = "", size: int = 30
) -> Page[Sent]:
    """A page of them, newest first."""
    rows = aside(user).filter(settled__isnull=not settled)
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    return cut(list(rows.order_by("-pk")[: size + 1]), size, lambda one: str(one.pk))


def reach_aside(user: User, pk: int) -> Sent:
    """One of them; 404 beyond the reader's reach, a polite refusal without the role."""
    sent = (
        Sent.objects.filter(pk=pk)
        .exclude(verdict=Verdict.NEW)
        .select_related("unit", "device")
        .first()
    )
    if sent is None or not units_where(user).covers(sent.unit.path):
        raise OutOfReach
    if not any(may(user, role, sent.unit) for role in OFFICERS):
        raise no_role()
    return sent


def points_for(user: User) -> Sequence[Point]:
    """Check-in points of units in reach, newest first."""
    rows = Point.objects.filter(under_any(units_where(user).paths, "unit__path"))
    return list(rows.select_related("activity", "place", "unit").order_by("-opened_at")[:200])


def reach_point(user: User, code: str) -> Point:
    """A point of a unit in reach; `OutOfReach` without it."""
    point = Point.objects.select_related("activity", "place", "unit").filter(pk=code).first()
    if point is None or not units_where(user).covers(point.unit.path):
        raise OutOfReach
    return point
