"""What can be done about phones: take one in, lock one out, ask a unit, open a point, settle."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from karnameh.access.public import Role as Grantable
from karnameh.access.public import may, require, units_where
from karnameh.activities.public import Activity
from karnameh.field.heads import person_days, point_of
from karnameh.field.models import Asked, CheckIn, Device, How, Point, Sent, Settled
from karnameh.field.queries import ASKERS, OFFICERS, reach_aside
from karnameh.field.receiving import Receipt, receive
from karnameh.field.rules import (
    Batch,
    Item,
    Kind,
    Unreadable,
    Verdict,
    content_hash,
    mended_by,
    read_items,
)
from karnameh.field.sentences import SENTENCES, sentence
from karnameh.field.tokens import Secrets, read_token, secrets_of
from karnameh.kernel.ids import new_id
from karnameh.kernel.text import clean
from karnameh.ledger.public import Entry, Stage, post_entries
from karnameh.ledger.public import Verdict as LedgerVerdict
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES, refusing_constraints
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

MOST_DEVICES = 8  # of one account that are not locked out
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
CONSTRAINT_SENTENCES |= {
    "asked_once_an_entry": SENTENCES["asked_before"],
    "point_once_a_venue": SENTENCES["point_there"],
    "field_settled_pkey": SENTENCES["settled_before"],
}


class Locked(Refusal):
    """The phone may not speak. `code` tells it what to do: sign in again, or forget everything."""

    def __init__(self, code: str) -> None:
        super().__init__(sentence(code), status=401)
        self.code = code


def enrol_device(
    *, unit: OrgUnit, name: str, by: User, at: datetime, known_as: str = ""
) -> tuple[Device, Secrets]:
    """Take a phone in for an account and a unit in its reach.

    `known_as` is the token of a phone that was here before a backup was restored: it keeps its id, so
    that what it kept still opens.
    """
    if not units_where(by).covers(unit.path):
        raise OutOfReach
    identifier = _id_of(known_as, by)
    with deed("enrol_device", by=by, at=at, target=f"unit:{unit.pk}"):
        User.objects.select_for_update().filter(pk=by.pk).first()
        there = Device.objects.filter(pk=identifier).first()
        if there is not None:
            if there.revoked_at is not None:
                raise Locked("device_revoked")
            return there, secrets_of(there.pk, by.pk)
        if Device.objects.filter(account=by, revoked_at=None).count() >= MOST_DEVICES:
            raise Refusal(
                _("You have many phones here. Lock one out that you no longer use."), status=409
            )
        device = Device(id=identifier, account=by, unit=unit, created_at=at)
        device.name = clean(name)[:40] or _("My phone")
        device.save(force_insert=True)
    return device, secrets_of(device.pk, by.pk)


def _id_of(token: str, by: User) -> UUID:
    found = read_token(token)
    return found[0] if found is not None and found[1] == by.pk else new_id()


def device_of(token: str) -> Device:
    """The phone that speaks. Raises `Locked`."""
    found = read_token(token)
    if found is None:
        raise Locked("not_signed_in")
    return _may_speak(found[0])


def sealed_device(identifier: str) -> Device:
    """The phone that claims to have sealed something; what it sealed must still open."""
    try:
        return _may_speak(UUID(identifier))
    except ValueError:
        raise Locked("not_signed_in") from None


def _may_speak(identifier: UUID) -> Device:
    device = Device.objects.select_related("account", "unit__place").filter(pk=identifier).first()
    if device is None:
        raise Locked("device_unknown")
    if device.revoked_at is not None:
        raise Locked("device_revoked")
    if not device.account.is_active:
        raise Locked("account_closed")
    return device


def revoke_device(device: Device, *, by: User, at: datetime) -> None:
    """Lock a phone out. It forgets everything when it next hears of it; what it had not sent is lost."""
    if device.account_id != by.pk and not may(by, Grantable.ADMINISTRATOR, device.unit):
        raise OutOfReach
    with deed("revoke_device", by=by, at=at, target=f"user:{device.account_id}"):
        fresh = Device.objects.select_for_update().get(pk=device.pk)
        if fresh.revoked_at is None:
            fresh.revoked_at, fresh.revoked_by = at, by
            fresh.save(update_fields=["revoked_at", "revoked_by"])


def ask_unit(entry: Entry, *, words: str, by: User, at: datetime) -> Asked:
    """Ask the unit to look at its entry again; it waits on the unit's phones."""
    if not any(may(by, role, entry.unit) for role in ASKERS):
        raise no_role()
    if entry.stage != Stage.REPORTED:
        raise Refusal(_("Only a report can be asked about."), status=409)
    if not clean(words):
        raise Refusal(_("Say in a few words what looks wrong."), field="words")
    asked = Asked(entry_id=entry.pk, unit=entry.unit, by=by, at=at, words=clean(words)[:300])
    with deed("ask_unit", by=by, at=at, target=f"entry:{entry.pk}"):
        asked.save(force_insert=True)
    return asked


def open_point(activity: Activity, *, unit: OrgUnit, by: User, at: datetime) -> Point:
    """A check-in point at the place of an activity, with a short code that nobody can guess in a row."""
    require(by, Grantable.REPORTER, unit)
    code = "".join(secrets.choice(_LETTERS) for _letter in range(6))
    point = Point(
        code=code, activity=activity, place=activity.place, unit=unit, opened_by=by, opened_at=at
    )
    with deed("open_point", by=by, at=at, target=f"unit:{unit.pk}"):
        point.save(force_insert=True)
    return point


def check_in(
    point: str,
    *,
    unit: OrgUnit,
    people: Decimal,
    on: date,
    team: bool,
    identifier: UUID,
    by: User,
    at: datetime,
) -> UUID:
    """Check heads of a unit in by the plain form; sent twice, it is counted once. The entry's id."""
    if not units_where(by).covers(unit.path):
        raise OutOfReach
    if not any(may(by, role, unit) for role in OFFICERS):
        raise no_role()
    if on > localdate(at):
        raise Refusal(sentence("day_to_come"), field="on")
    try:
        found = point_of(point)
        entry = person_days(found, unit=unit, people=people, on=on, identifier=identifier)
    except Unreadable as trouble:
        raise Refusal(sentence(trouble.code), field=trouble.field) from None
    with refusing_constraints(), deed("check_in", by=by, at=at, target=f"unit:{unit.pk}"):
        [receipt] = post_entries([entry], by=by, at=at)
        if receipt.verdict is LedgerVerdict.CONFLICT:
            raise Refusal(sentence("other_content"), status=409)
        if receipt.verdict is LedgerVerdict.NEW:
            CheckIn(
                item=identifier, point=found, unit=unit, on=on, people=int(people), team=team
            ).save(force_insert=True)
    return identifier


# --- what could not be delivered -----------------------------------------------------------------------


def post_aside(sent: Sent, *, body: Mapping[str, Any], by: User, at: datetime) -> Receipt:
    """Post what was refused or set aside, as an officer mended it, in his own name.

    It goes the way of every item, so the same rules hold; only its id is new.
    """
    sent = reach_aside(by, sent.pk)
    with deed("post_from_phone", by=by, at=at, target=f"sent:{sent.pk}"):
        _require_open(sent)
        # What was set aside stands beside an entry that keeps its place; the refused one is replaced.
        content = dict(sent.content or {})
        if sent.verdict != Verdict.CONFLICT:
            content["mends"] = [str(one) for one in (sent.item, *mended_by(content))]
        item = _item(Kind(sent.kind), {**content, **body, "sure": True}, at)
        desk = Device(id=sent.device_id, account=by, unit=sent.unit)
        [receipt] = receive(desk, Batch(1, 0, None, [item]), by=by, at=at).receipts
        if receipt.verdict not in (Verdict.NEW, Verdict.SAME):
            raise Refusal(receipt.sentence, field=receipt.mend)
        _settle(sent, How.POSTED, by=by, at=at, entry=receipt.entry)
    return receipt


def drop_aside(sent: Sent, *, note: str, by: User, at: datetime) -> None:
    """Leave an item out, with the reason."""
    sent = reach_aside(by, sent.pk)
    if not clean(note):
        raise Refusal(_("Say in a few words why it is left out."), field="note")
    with deed("drop_from_phone", by=by, at=at, target=f"sent:{sent.pk}", reason=clean(note)):
        _require_open(sent)
        _settle(sent, How.DROPPED, by=by, at=at, note=clean(note)[:300])


def take_file(text: bytes, *, by: User, at: datetime) -> list[Receipt]:
    """Take in the queue of a phone that was saved to a file, as an officer of the unit.

    Items keep their ids: what has arrived in the meantime is the same, not a second time.
    """
    given = _export(text)
    device = Device.objects.select_related("unit", "account").filter(pk=given["device"]).first()
    if device is None or not units_where(by).covers(device.unit.path):
        raise OutOfReach
    if device.account_id != by.pk and not any(may(by, role, device.unit) for role in OFFICERS):
        raise no_role()
    items, spoilt = read_items(given["items"])
    receipts: list[Receipt] = []
    with deed("take_queue_file", by=by, at=at, target=f"unit:{device.unit_id}"):
        for start in range(0, len(items), 100):
            some = Batch(1, 0, None, items[start : start + 100])
            receipts += receive(device, some, by=by, at=at).receipts
    bad = [
        Receipt(one, Verdict.REFUSED, sentence(trouble.code), trouble.field)
        for one, trouble in spoilt.items()
    ]
    return receipts + bad


def _export(text: bytes) -> dict[str, Any]:
    try:
        given = json.loads(text)
        good = given["karnameh"] == "field queue" and isinstance(given["items"], list)
        UUID(given["device"])
    except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
        good = False
    if not good:
        raise Refusal(_("This is no queue that a phone has saved."), field="file")
    return dict(given)


def _item(kind: Kind, body: dict[str, Any], at: datetime) -> Item:
    text = json.dumps(body, ensure_ascii=False)
    return Item(new_id(), kind, at, content_hash(kind, text), text, body)


def _require_open(sent: Sent) -> None:
    if Settled.objects.filter(pk=sent.pk).exists():
        raise Refusal(sentence("settled_before"), status=409)


def _settle(
    sent: Sent, how: How, *, by: User, at: datetime, entry: UUID | None = None, note: str = ""
) -> None:
    if not Settled.objects.filter(pk=sent.pk).exists():
        Settled(sent=sent, how=how, by=by, at=at, entry_id=entry, note=note).save(force_insert=True)
