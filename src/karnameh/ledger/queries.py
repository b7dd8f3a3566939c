"""Reads of the ledger. Each takes the reader's reach; what he may not see is in no number he gets.

Sums are in `rolling`; here are the entries themselves and what is tied to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from karnameh.access.public import Reach
from karnameh.kernel.period import Period
from karnameh.ledger.models import Entry
from karnameh.ledger.rolling import days_of
from karnameh.ledger.rules import Coverage, Kind, Stage, Tally, open_balance
from karnameh.org.public import OrgUnit, Place, under
from karnameh.plumbing.paging import Page, cut
from karnameh.plumbing.public import OutOfReach


@dataclass(frozen=True)
class Stated:
    """The latest statement of a unit about everybody beneath it."""

    entry: UUID
    indicator: int
    stage: Stage
    tally: Tally


def stated_totals(reach: Reach, unit: OrgUnit, period: Period) -> list[Stated]:
    """Control totals that `unit` stated for the period, the latest for each indicator and stage."""
    start, end = days_of(period)
    rows = (
        entries_in_reach(reach)
        .filter(unit=unit, coverage=Coverage.WHOLE_SUBTREE, ends_on__lte=end, dimensions=1)
        .filter(~Q(indicator__time_rule="sum") | Q(ends_on__gte=start))
        .exclude(kind=Kind.REVERSAL)
        .exclude(corrections__kind=Kind.REVERSAL)
        .order_by("indicator_id", "stage", "-ends_on", "-clock", "-pk")
        .distinct("indicator_id", "stage")
        .values_list("pk", "indicator_id", "stage", "quantity", "rial", "qualifier")
    )
    return [
        Stated(pk, indicator, Stage(stage), _tally_of_one(quantity, rial, qualifier))
        for pk, indicator, stage, quantity, rial, qualifier in rows
    ]


def tally_of(entry: Entry) -> Tally:
    """One entry as a sum of one."""
    return _tally_of_one(entry.quantity, entry.rial, entry.qualifier)


def _tally_of_one(quantity: Decimal | None, rial: int | None, qualifier: int) -> Tally:
    return Tally(
        quantity or Decimal(0), rial or 0, 1, int(qualifier == 2), int(qualifier == 3),
        int(qualifier == 4), int(qualifier == 5),
    )  # fmt: skip


def entries_in_reach(reach: Reach) -> QuerySet[Entry]:
    """All entries whose unit, and theme, the reader's grants open to him."""
    seen = Q(pk__in=[])
    for stretch in reach.stretches:
        one = under(stretch.path, "unit__path")
        if stretch.theme is not None:
            one &= Q(indicator__theme=stretch.theme)
        seen |= one
    return Entry.objects.filter(seen).select_related(
        "indicator__measure", "unit", "place", "posted_by", "dimensions"
    )


@dataclass(frozen=True)
class Drill:
    """Which rows stand behind a number."""

    node: OrgUnit | Place
    period: Period
    indicator: int | None = None
    stage: Stage | None = None
    coverage: Coverage | None = None


def entries_behind(
    reach: Reach, drill: Drill, *, before: UUID | None = None, size: int = 50
) -> Page[Entry]:
    """The rows behind a number, newest first, a page at a time."""
    column = "unit__path" if isinstance(drill.node, OrgUnit) else "place__path"
    if isinstance(drill.node, OrgUnit) and not reach.covers(drill.node.path):
        raise OutOfReach
    start, end = days_of(drill.period)
    rows = entries_in_reach(reach).filter(under(drill.node.path, column), ends_on__lte=end)
    rows = rows.filter(~Q(indicator__time_rule="sum") | Q(ends_on__gte=start))
    if drill.indicator is not None:
        rows = rows.filter(indicator=drill.indicator)
    if drill.stage is not None:
        rows = rows.filter(stage=drill.stage)
    if drill.coverage is not None:
        rows = rows.filter(coverage=drill.coverage)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return cut(list(rows.order_by("-pk")[: size + 1]), size, lambda one: str(one.pk))


@dataclass(frozen=True)
class Story:
    """An entry with everything tied to it."""

    entry: Entry
    fulfils: Entry | None
    verifies: Entry | None
    corrects: Entry | None
    part_of: Entry | None
    fulfilments: Sequence[Entry]
    verifications: Sequence[Entry]
    corrections: Sequence[Entry]
    parts: Sequence[Entry]

    @property
    def reversed_by(self) -> Entry | None:
        """The reversal, when there is one."""
        return next((one for one in self.corrections if one.kind == Kind.REVERSAL), None)


def story_of(reach: Reach, pk: UUID) -> Story:
    """The entry and its ties, as far as the reader may see them; `OutOfReach` without it."""
    visible = entries_in_reach(reach)
    entry = visible.filter(pk=pk).first()
    if entry is None:
        raise OutOfReach
    links = [entry.fulfils_id, entry.verifies_id, entry.corrects_id, entry.part_of_id]
    near: dict[UUID | None, Entry] = {
        one.pk: one for one in visible.filter(pk__in=[link for link in links if link])
    }
    return Story(
        entry=entry,
        fulfils=near.get(entry.fulfils_id), verifies=near.get(entry.verifies_id),
        corrects=near.get(entry.corrects_id), part_of=near.get(entry.part_of_id),
        fulfilments=list(visible.filter(fulfils=pk).order_by("pk")[:200]),
        verifications=list(visible.filter(verifies=pk).order_by("pk")),
        corrections=list(visible.filter(corrects=pk).order_by("pk")),
        parts=list(visible.filter(part_of=pk).order_by("pk")[:200]),
    )  # fmt: skip


@dataclass(frozen=True)
class Balance:
    """What has come of one promise."""

    fulfilled: Decimal
    open: Decimal
    over: Decimal


def promise_balance(promise: Entry) -> Balance | None:
    """Fulfilled, open and over of one standing promise; None when its quantity is unknown.

    The same rule as in the totals: sums for flows, last values for running totals.
    """
    if promise.quantity is None:
        return None
    line = [promise.pk]
    while before := Entry.objects.filter(pk=line[-1]).values_list("corrects_id", flat=True).first():
        line.append(before)
    rows = Entry.objects.filter(fulfils__in=line, role=1, part_of=None, coverage=Coverage.OWN)
    if promise.indicator.time_rule == "sum":
        quantities = [row.quantity or Decimal(0) for row in rows]
    else:
        last: dict[tuple[int, int], Decimal] = {}
        live = rows.exclude(kind=Kind.REVERSAL).exclude(corrections__kind=Kind.REVERSAL)
        for row in live.order_by("ends_on", "clock"):
            last[(row.unit_id, row.place_id)] = row.quantity or Decimal(0)
        quantities = list(last.values())
    fulfilled = sum(quantities, Decimal(0))
    return Balance(fulfilled, *open_balance(promise.quantity, fulfilled))


def open_promises(
    reach: Reach, unit: OrgUnit, activity: int | None, *, size: int = 12
) -> list[Entry]:
    """Standing promises of `unit` (for one activity when named) that no report fulfils yet."""
    rows = entries_in_reach(reach).filter(
        unit=unit, stage=Stage.PLEDGED, kind=Kind.ORIGINAL, coverage=Coverage.OWN
    )
    if activity is not None:
        rows = rows.filter(activity=activity)
    rows = rows.exclude(corrections__kind=Kind.REVERSAL).filter(fulfilments=None)
    return list(rows.order_by("ends_on", "pk")[:size])


def unverified(
    reach: Reach, user: int, *, before: UUID | None = None, size: int = 50
) -> Page[Entry]:
    """Standing reports of others within `reach` that nobody has checked, newest first."""
    rows = entries_in_reach(reach).filter(
        stage=Stage.REPORTED,
        kind=Kind.ORIGINAL,
        coverage=Coverage.OWN,
        verifications=None,
        quantity__isnull=False,
    )
    rows = rows.exclude(posted_by=user).exclude(corrections__kind=Kind.REVERSAL)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return cut(list(rows.order_by("-pk")[: size + 1]), size, lambda one: str(one.pk))


def epoch() -> int:
    """The server's epoch: a restore raises it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM ledger_epoch")
        return int(cursor.fetchone()[0])
