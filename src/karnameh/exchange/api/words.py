"""Between the ledger's numbers and the interface's words, both ways."""

from __future__ import annotations

from collections.abc import Sequence

from karnameh.activities.public import Activity
from karnameh.catalog.public import Item
from karnameh.exchange.api.shapes import (
    BucketName,
    CoverageName,
    EntryOut,
    KindName,
    QualifierName,
    RoleName,
    StageName,
)
from karnameh.ledger.public import Bucket, Coverage, Entry, Kind, Qualifier, Role, Stage

STAGES: dict[int, StageName] = {
    Stage.PLEDGED: "pledged", Stage.REPORTED: "reported", Stage.VERIFIED: "verified",
}  # fmt: skip
QUALIFIERS: dict[int, QualifierName] = {
    Qualifier.EXACT: "exact", Qualifier.AT_LEAST: "at_least", Qualifier.ABOUT: "about",
    Qualifier.AT_MOST: "at_most", Qualifier.UNKNOWN: "unknown",
}  # fmt: skip
BUCKETS: dict[int, BucketName] = {
    Bucket.OWN: "own", Bucket.TOOK_PART: "took_part", Bucket.PART: "part",
}  # fmt: skip
_KINDS: dict[int, KindName] = {
    Kind.ORIGINAL: "original", Kind.REVERSAL: "reversal", Kind.ADJUSTMENT: "adjustment",
}  # fmt: skip
_COVERAGES: dict[int, CoverageName] = {
    Coverage.OWN: "own", Coverage.WHOLE_SUBTREE: "whole_subtree",
}  # fmt: skip
_ROLES: dict[int, RoleName] = {
    Role.LEAD: "lead", Role.PARTNER: "partner", Role.INSTALLER: "installer", Role.FUNDER: "funder",
    Role.OWNER: "owner",
}  # fmt: skip


def stage_of(word: str) -> Stage:
    """The stage of this name."""
    return Stage[word.upper()]


def entry_out(entries: Sequence[Entry]) -> list[EntryOut]:
    """Entries in codes and words, with one look-up for all of them."""
    activities = dict(
        Activity.objects.filter(pk__in={e.activity_id for e in entries if e.activity_id})
        .values_list("pk", "code")
    )  # fmt: skip
    items = dict(
        Item.objects.filter(pk__in={e.item_id for e in entries if e.item_id}).values_list(
            "pk", "code"
        )
    )
    return [
        EntryOut(
            id=e.pk, indicator=e.indicator.code, stage=STAGES[e.stage],
            kind=_KINDS[e.kind], unit=e.unit.code, place=e.place.code,
            activity=activities.get(e.activity_id or 0), starts_on=e.starts_on, ends_on=e.ends_on,
            item=items.get(e.item_id or 0), dimensions=cut_of(e.dimensions.key), quantity=e.quantity,
            rial=e.rial, qualifier=QUALIFIERS[e.qualifier],
            coverage=_COVERAGES[e.coverage], role=_ROLES[e.role],
            part_of=e.part_of_id, fulfils=e.fulfils_id, verifies=e.verifies_id, corrects=e.corrects_id,
            posted_at=e.posted_at,
        )
        for e in entries
    ]  # fmt: skip


def cut_of(key: str) -> dict[str, str]:
    """A dimension set's key (`sex=f,age=child`) as a dictionary."""
    return dict(part.split("=", 1) for part in key.split(",") if part)
