"""What the ledger holds after a run of phones, compared with what was truly done."""

from __future__ import annotations

import hashlib
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
    checks_wrong: int
    photos: int
    photos_wrong: int
    about: frozenset[int]  # the work that did not come out right, as far as it has a name

    @property
    def exact(self) -> bool:
        return self.total == self.wanted and not (
            self.lost or self.doubled or self.altered or self.stray or self.unfinished
            or self.checks_wrong or self.photos_wrong
        )  # fmt: skip


def truth_of(run: Any) -> Truth:
    """Compare each piece of work with the rows of the ledger, by the ids that its phone gave it."""
    from karnameh.field.public import CHECK
    from karnameh.ledger.public import Entry, Kind, Stage

    indicator = run.phones[0].indicator
    every = {one.pk: one for one in Entry.objects.filter(indicator=indicator)}
    undone = {one.corrects_id for one in every.values() if one.kind == Kind.REVERSAL}
    rows = {pk: one for pk, one in every.items() if one.stage == Stage.REPORTED}
    originals = {pk: one for pk, one in rows.items() if one.kind == Kind.ORIGINAL}
    work_of: dict[Any, int] = {}
    for phone in run.phones:
        work_of |= {item.id: item.work for item in phone.ever.values() if item.kind == "entry"}
    found: dict[int, list[Any]] = {}
    for pk, row in originals.items():
        found.setdefault(work_of.get(pk, 0), []).append(row)
    works = run.works
    lost = {work for work in works.quantity if work not in found}
    doubled = {work: len(same) - 1 for work, same in found.items() if work and len(same) > 1}
    other = [
        work for work, same in found.items() if work for one in same if int(one.quantity) != works.quantity[work]
    ]  # fmt: skip
    stands = {work for work in works.undone if work in found and found[work][0].pk not in undone}
    wanted = {one.pk for work in works.undone for one in found.get(work, [])}
    fallen = [work_of.get(pk, 0) for pk in (undone & set(originals)) - wanted]
    total = sum(int(one.quantity or 0) for one in rows.values())
    checks = [
        one for one in every.values() if one.stage == Stage.VERIFIED and one.kind == Kind.ORIGINAL
    ]
    photos, photos_wrong, ill_shown = _photos(run, found, checks)
    unfinished = [abs(item.work) % CHECK for _phone, item in run.unfinished()]
    checks_wrong, strange = _checks_wrong(works, found, checks, undone)
    about = frozenset(
        {*lost, *doubled, *other, *stands, *fallen, *unfinished, *checks_wrong, *ill_shown}
    )
    return Truth(
        len(lost), sum(doubled.values()), len(other) + len(stands) + len(fallen), len(found.get(0, [])), total,
        works.total(), len(unfinished), len(checks_wrong) + strange, photos, photos_wrong, about,
    )  # fmt: skip


def _checks_wrong(
    works: Any, found: dict[int, list[Any]], checks: list[Any], undone: set[Any]
) -> tuple[set[int], int]:
    """Work whose check is not there once with its number, or stands although its report does not; and how
    many checks belong to no work."""
    of: dict[Any, list[Any]] = {}
    for one in checks:
        of.setdefault(one.verifies_id, []).append(one)
    wrong: set[int] = set()
    for work, quantity in works.counted.items():
        there = [check for row in found.get(work, []) for check in of.pop(row.pk, [])]
        if (
            work in works.undone
        ):  # it came before the report was taken back, and went with it, or too late
            bad = any(check.pk not in undone for check in there) or len(there) > 1
        else:
            bad = [int(one.quantity) for one in there] != [quantity] or there[0].pk in undone
        if bad:
            wrong.add(work)
    return wrong, sum(len(left) for left in of.values())


def _photos(run: Any, found: dict[int, list[Any]], checks: list[Any]) -> tuple[int, int, set[int]]:
    """How many files are kept; how many photos are missing, doubled, strangers' or damaged on the disk; and
    the work that misses one of its own or has one of a stranger."""
    from karnameh.field.public import CHECK, Evidence, StoredFile, path_of

    work_of = {row.pk: work for work, same in found.items() for row in same}
    work_of |= {one.pk: CHECK + work_of.get(one.verifies_id, 0) for one in checks}
    # By work: a check of a clock far ahead has another id than its item.
    shown: dict[int, set[str]] = {}
    for phone in run.phones:
        for item in phone.ever.values():
            names = {one["sha256"] for one in item.body.get("files", ())}
            shown.setdefault(item.work, set()).update(names)
    named = {(pk, sha256) for pk, work in work_of.items() for sha256 in shown.get(work, ())}
    there = list(Evidence.objects.all())
    files = {(one.account_id, one.sha256): one for one in StoredFile.objects.all()}
    pairs = {(one.entry_id, one.sha256) for one in there}
    wrong = len(named ^ pairs) + len(there) - len(pairs)
    wrong += len({(one.account_id, one.sha256) for one in there} ^ set(files))
    for file in files.values():
        data = path_of(file).read_bytes()
        wrong += hashlib.sha256(data).hexdigest() != file.stored_sha256
    return len(files), wrong, {work_of.get(pk, 0) % CHECK for pk, _sha256 in named ^ pairs}
