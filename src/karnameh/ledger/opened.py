"""A public sum of things, opened down to the single delivery, for everybody.

What is shown of a delivery is a closed shape: who acted, in which county, when and how much. Never who
posted it nor a word that somebody wrote. A count of people is not opened at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from karnameh.ledger.disclosure.rules import DEEPEST
from karnameh.ledger.models import Entry
from karnameh.ledger.releasing import Publishing
from karnameh.ledger.rules import Bucket, Coverage, Kind, Qualifier, Role, Stage
from karnameh.org.public import OrgUnit, Place, under
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach

_TIES = 50  # of one delivery, at most


@dataclass(frozen=True)
class Delivery:
    """One entry as everybody may see it; its place is a county or above."""

    id: UUID
    stage: Stage
    kind: Kind
    quantity: Decimal | None
    rial: int | None
    qualifier: Qualifier
    starts_on: date
    ends_on: date
    unit: OrgUnit
    place: Place
    taken_back: bool


@dataclass(frozen=True)
class Opened:
    """A delivery, the entry behind it for its proof, and what is tied to it within the same question."""

    delivery: Delivery
    entry: Entry
    fulfils: Sequence[Delivery]
    verifies: Sequence[Delivery]
    corrects: Sequence[Delivery]
    fulfilments: Sequence[Delivery]
    verifications: Sequence[Delivery]
    corrections: Sequence[Delivery]


def deliveries(
    asked: Publishing,
    *,
    stage: Stage | None = None,
    part: OrgUnit | Place | None = None,
    before: UUID | None = None,
    size: int = 50,
) -> Page[Delivery]:
    """The rows that a public sum adds up, newest first, a page at a time; `part` is a node beneath it.

    Raises `OutOfReach` for counts of people.
    """
    rows = _rows(asked, stage, part)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    page = cut(list(rows.order_by("-pk")[: size + 1]), size, lambda one: str(one.pk))
    return Page(_shown(asked, page.rows), page.next_key)


def every_delivery(
    asked: Publishing, *, stage: Stage | None, part: OrgUnit | Place | None, most: int
) -> Iterator[Delivery]:
    """All of them in the order of their ids, at most `most`, without holding them all at once."""
    rows = iter(_rows(asked, stage, part).order_by("pk")[:most].iterator(chunk_size=2_000))
    while portion := list(islice(rows, 2_000)):
        yield from _shown(asked, portion)


def more_than(
    asked: Publishing, most: int, *, stage: Stage | None, part: OrgUnit | Place | None
) -> bool:
    """Whether there are more than `most` of them."""
    return _rows(asked, stage, part).order_by("pk")[most : most + 1].exists()


def delivery(asked: Publishing, pk: UUID) -> Opened:
    """One of them with its ties; `OutOfReach` for an entry that the sum does not add up."""
    rows = _rows(asked, None, None)
    entry = rows.filter(pk=pk).first()
    if entry is None:
        raise OutOfReach
    links = [one for one in (entry.fulfils_id, entry.verifies_id, entry.corrects_id) if one]
    tied = list(
        rows.filter(Q(pk__in=links) | Q(fulfils=pk) | Q(verifies=pk) | Q(corrects=pk)).order_by(
            "pk"
        )[:_TIES]
    )
    shown = {one.id: one for one in _shown(asked, [entry, *tied])}

    def those(wanted: Any) -> list[Delivery]:
        return [shown[one.pk] for one in tied if wanted(one)]

    return Opened(
        delivery=shown[entry.pk],
        entry=entry,
        fulfils=those(lambda one: one.pk == entry.fulfils_id),
        verifies=those(lambda one: one.pk == entry.verifies_id),
        corrects=those(lambda one: one.pk == entry.corrects_id),
        fulfilments=those(lambda one: one.fulfils_id == pk),
        verifications=those(lambda one: one.verifies_id == pk),
        corrections=those(lambda one: one.corrects_id == pk),
    )


def _rows(asked: Publishing, stage: Stage | None, part: OrgUnit | Place | None) -> QuerySet[Entry]:
    """Just the rows that `releasing` adds up, as far as the newest head of the figure knew them."""
    if asked.about_people:
        raise OutOfReach
    rows = Entry.objects.select_related("unit", "place").filter(
        under(asked.unit.path, "unit__path"),
        indicator=asked.indicator,
        coverage=Coverage.OWN,
        part_of=None,
        stage__in=[stage] if stage else [Stage.PLEDGED, Stage.REPORTED, Stage.VERIFIED],
    )
    lead = Q(role=Role.LEAD)
    rows = rows.filter(lead if asked.bucket is Bucket.OWN else ~lead)
    if asked.place is not None:
        rows = rows.filter(under(asked.place.path, "place__path"))
    if part is not None:
        rows = rows.filter(
            under(part.path, "unit__path" if isinstance(part, OrgUnit) else "place__path")
        )
    if asked.period.start and asked.summed:
        rows = rows.filter(ends_on__gte=asked.period.start)
    if asked.period.end:
        rows = rows.filter(ends_on__lte=asked.period.end)
    if asked.until is not None:
        rows = rows.filter(clock__lt=asked.until)
    return rows


def _shown(asked: Publishing, rows: Sequence[Entry]) -> list[Delivery]:
    undone = set(
        Entry.objects.filter(corrects__in=[row.pk for row in rows], kind=Kind.REVERSAL).values_list(
            "corrects_id", flat=True
        )
    )
    counties = {row.place_id: row.place.line[: DEEPEST + 1][-1] for row in rows}
    places = Place.objects.select_related("parent").in_bulk(set(counties.values()))
    return [
        Delivery(
            row.pk, Stage(row.stage), Kind(row.kind), row.quantity, row.rial, Qualifier(row.qualifier),
            row.starts_on, row.ends_on, row.unit, places[counties[row.place_id]], row.pk in undone,
        )
        for row in rows
    ]  # fmt: skip
