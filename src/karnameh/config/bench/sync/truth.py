"""What the ledger holds after a run of phones, compared with what was truly done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Truth:
    """What the ledger holds after a run, compared with what was done."""

    lost: int
    doubled: int
    altered: int
    stray: int
    total: int
    wanted: int
    unfinished: int

    @property
    def exact(self) -> bool:
        return self.total == self.wanted and not (
            self.lost or self.doubled or self.altered or self.stray or self.unfinished
        )


def truth_of(run: Any) -> Truth:
    """Compare each piece of work with the rows of the ledger, by the ids that its phone gave it."""
    from karnameh.ledger.public import Entry, Kind

    indicator = run.phones[0].indicator
    rows = {one.pk: one for one in Entry.objects.filter(indicator=indicator)}
    undone = {one.corrects_id for one in rows.values() if one.kind == Kind.REVERSAL}
    originals = {pk: one for pk, one in rows.items() if one.kind == Kind.ORIGINAL}
    work_of: dict[Any, int] = {}
    for phone in run.phones:
        work_of |= {item.id: item.work for item in phone.ever.values() if item.kind == "entry"}
    found: dict[int, list[Any]] = {}
    for pk, row in originals.items():
        found.setdefault(work_of.get(pk, 0), []).append(row)
    works = run.works
    lost = sum(1 for work in works.quantity if work not in found)
    doubled = sum(len(same) - 1 for work, same in found.items() if work)
    altered = sum(
        1 for work, same in found.items() if work for one in same if int(one.quantity) != works.quantity[work]
    ) + sum(1 for work in works.undone if work in found and found[work][0].pk not in undone) + len(
        undone - {one.pk for work in works.undone for one in found.get(work, [])}
    )  # fmt: skip
    total = sum(int(one.quantity or 0) for one in rows.values())
    return Truth(
        lost,
        doubled,
        altered,
        len(found.get(0, [])),
        total,
        works.total(),
        len(list(run.unfinished())),
    )
