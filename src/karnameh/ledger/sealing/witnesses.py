"""Witnesses: partners who sign heads with keys of their own, kept where this installation cannot reach."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from karnameh.access.public import Role, require
from karnameh.ledger.models import Countersignature, Head, Witness
from karnameh.ledger.proof.signing import is_signed, witness_text
from karnameh.ledger.sealing.heads import body_of
from karnameh.org.public import OrgUnit
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal, deed

PUBLIC, SIGNATURE = 32, 64  # bytes


def register_witness(unit: OrgUnit, *, public: bytes, by: User, at: datetime) -> Witness:
    """A partner's key, entered by who speaks for the partner; the same key again is the same witness."""
    require(by, Role.PARTNER, unit)
    if len(public) != PUBLIC:
        raise Refusal(_("A public key has 64 hexadecimal digits."), field="public")
    known = Witness.objects.filter(public=public).first()
    if known is not None:
        if known.unit_id != unit.pk:
            raise Refusal(_("This key belongs to another witness."), field="public", status=409)
        return known
    with deed("register_witness", by=by, at=at, target=f"unit:{unit.pk}"):
        return Witness.objects.create(unit=unit, public=public, registered_at=at)


def retire_witness(witness: Witness, *, by: User, at: datetime) -> Witness:
    """The partner gives this key up: what it signed stays, and it signs nothing more."""
    require(by, Role.PARTNER, witness.unit)
    with deed("retire_witness", by=by, at=at, target=f"witness:{witness.pk}"):
        witness.retired_at = witness.retired_at or at
        witness.save(update_fields=["retired_at"])
    return witness


def witness_message(head: Head) -> bytes:
    """The bytes that a witness signs."""
    return witness_text(body_of(head).text())


def countersign(
    head: Head, witness: Witness, signature: bytes, *, by: User | None, at: datetime
) -> Countersignature:
    """Keep a witness's signature of a head. The same one again is one; a wrong one is refused."""
    if by is not None:
        require(by, Role.PARTNER, witness.unit)
    if witness.retired_at is not None:
        raise Refusal(_("This key was given up. Register the new one first."), status=409)
    text = witness_message(head)
    if len(signature) != SIGNATURE or not is_signed(bytes(witness.public), text, signature):
        raise Refusal(_("This signature does not fit this head and your key."), field="signature")
    known = Countersignature.objects.filter(head=head, witness=witness).first()
    if known is not None:
        return known
    with deed("countersign", by=by, at=at, target=f"head:{head.number}"):
        return Countersignature.objects.create(
            head=head, witness=witness, signature=signature, at=at
        )
