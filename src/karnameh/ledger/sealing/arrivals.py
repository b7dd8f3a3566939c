"""How many entries the log has taken lately, as a reader may know it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from karnameh.access.public import Reach
from karnameh.ledger.queries import entries_in_reach
from karnameh.ledger.rules import Kind, Stage


@dataclass(frozen=True)
class Arrivals:
    """Of one stage: entries that say something new, and those that take something back."""

    stage: Stage
    entries: int
    reversals: int


def numbered_to() -> int:
    """The clock below which every entry has its number in the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbered_to FROM ledger_logstate")
        return int(cursor.fetchone()[0])


def arrivals(reach: Reach, *, since: int, until: int) -> list[Arrivals]:
    """Entries in reach between two clocks, counted by stage; stages without any are left out."""
    taken_back = Q(kind=int(Kind.REVERSAL))
    found = (
        entries_in_reach(reach)
        .filter(clock__gte=since, clock__lt=until)
        .order_by("stage")
        .values("stage")
        .annotate(entries=Count("pk", filter=~taken_back), reversals=Count("pk", filter=taken_back))
    )
    return [Arrivals(Stage(one["stage"]), one["entries"], one["reversals"]) for one in found]
