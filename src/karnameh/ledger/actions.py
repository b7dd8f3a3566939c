"""What can be done to the ledger: post, verify, reverse, correct, adjust. Nothing is ever changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Role as Grantable
from karnameh.access.public import units_where
from karnameh.catalog.public import Indicator
from karnameh.kernel.ids import made_at, new_id
from karnameh.kernel.text import clean
from karnameh.ledger.models import Entry
from karnameh.ledger.rules import (
    LARGEST,
    MOST_RIALS,
    Coverage,
    Kind,
    NewEntry,
    Qualifier,
    Role,
    Stage,
    digest,
)
from karnameh.org.public import OrgUnit, PlacePlacement, UnitPlacement
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

MAY_POST: dict[Stage, tuple[Grantable, ...]] = {
    Stage.PLEDGED: (Grantable.PLANNER, Grantable.REPORTER),
    Stage.REPORTED: (Grantable.REPORTER, Grantable.PARTNER),
    Stage.VERIFIED: (Grantable.VERIFIER,),
}
COPY_FROM = 50  # from so many entries on, COPY beats arrays
_BLOCK = 1_000  # entries written to the server at a time: it works while the next ones are made

CONSTRAINT_SENTENCES.update(
    {
        "entry_unit_is_closed": gettext_lazy("This unit was closed before that day."),
        "entry_indicator_is_retired": gettext_lazy(
            "This indicator is no longer counted on that day."
        ),
        "entry_activity_does_not_take_it": gettext_lazy(
            "This activity does not take such an entry yet: it is not accepted, or has not begun."
        ),
        "entry_verifies_a_live_report": gettext_lazy(
            "A check needs a report of the same unit that still stands."
        ),
        "entry_not_verified_by_its_reporter": gettext_lazy(
            "Nobody can verify what he reported himself."
        ),
        "entry_verified_once": gettext_lazy("Somebody has verified this report already."),
        "entry_reversed_once": gettext_lazy("Somebody has reversed this entry already."),
        "entry_reversal_mirrors_its_entry": gettext_lazy(
            "A reversal must mirror its entry exactly."
        ),
        "entry_fulfils_a_promise": gettext_lazy(
            "A report can fulfil only a promise of the same indicator."
        ),
        "entry_part_fits_its_total": gettext_lazy(
            "A part belongs to a total of the same unit and indicator."
        ),
        "entry_parts_exceed_their_total": gettext_lazy(
            "The parts add up to more than their total."
        ),
        "entry_refers_to_nothing": gettext_lazy("This entry names something that does not exist."),
        "entry_clock_went_back": gettext_lazy(
            "This database was loaded by hand. Run “./karnameh restore --adopt” before posting."
        ),
        "entry_original_is_not_negative": gettext_lazy(
            "A quantity cannot be negative. Reverse the wrong entry instead."
        ),
        "entry_adjustment_says_why": gettext_lazy("An adjustment needs its reason."),
        "entry_period_runs_forward": gettext_lazy("The period ends before it begins."),
        "entry_quantity_is_a_number": gettext_lazy(
            "This quantity is too large to be true. Check the digits."
        ),
        "entry_money_is_possible": gettext_lazy(
            "This amount is too large to be true. Check the digits."
        ),
        "entry_day_is_in_the_calendar": gettext_lazy(
            "This day is outside the calendar. Check the year."
        ),
        "entry_verified_names_its_report": gettext_lazy(
            "A check names the report it checks, and only a check does."
        ),
        "entry_only_reports_fulfil": gettext_lazy("Only a report can fulfil a promise."),
        "entry_without_quantity_says_unknown": gettext_lazy(
            "Write a quantity, or say that it is unknown."
        ),
        "entry_unknown_has_no_quantity": gettext_lazy("An unknown quantity has no number."),
        "entry_part_is_disaggregated": gettext_lazy(
            "A part with a quantity says which part it is."
        ),
        "entry_reversal_names_its_entry": gettext_lazy("A reversal names the entry it takes back."),
        "entry_reversal_leaves_nothing_hanging": gettext_lazy(
            "Somebody has just checked this entry or added a part to it. Look again and take it back then."
        ),
        "entry_is_never_changed": gettext_lazy(
            "Entries are never changed or removed. Reverse this one instead."
        ),
    }
)


class Verdict(StrEnum):
    """What became of an entry that was sent."""

    NEW = "new"
    SAME = "same"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer for one entry: `conflict` means the id is taken by other content, nothing was written."""

    id: UUID
    verdict: Verdict


def post_entries(entries: Sequence[NewEntry], *, by: User, at: datetime) -> list[Receipt]:
    """Post one or many entries at once; the same id with the same content is one entry.

    Every unit must be within the poster's reach for the stage. A refused entry refuses the whole
    call; a conflicting id is reported in its receipt and leaves the others standing.
    """
    _require_posting(entries, by)
    with deed("post_entries", by=by, at=at, target=f"entries:{len(entries)}"):
        return _insert(entries, by=by, at=at)


def verify_entry(
    report: Entry,
    *,
    quantity: Decimal | None,
    note: str,
    by: User,
    at: datetime,
    identifier: UUID | None = None,
) -> Entry:
    """What somebody else found on checking `report`; it may differ from the report, both stay."""
    found = NewEntry(
        id=identifier or new_id(), indicator=report.indicator_id, stage=Stage.VERIFIED, unit=report.unit_id,
        place=report.place_id, activity=report.activity_id, starts_on=report.starts_on,
        ends_on=report.ends_on, dimensions=report.dimensions_id, item=report.item_id,
        coverage=Coverage(report.coverage), role=Role(report.role), part_of=report.part_of_id,
        quantity=quantity, rial=_money_like(report, quantity),
        qualifier=Qualifier.EXACT if quantity is not None else Qualifier.UNKNOWN,
        verifies=report.pk, note=clean(note),
    )  # fmt: skip
    return _post_one(found, by=by, at=at)


def reverse_entry(entry: Entry, *, note: str, by: User, at: datetime) -> list[Entry]:
    """Take `entry` back, and what hangs on it: its checks and its parts. The reason is kept.

    Its poster may, and whoever may post such entries for the unit.
    """
    with deed("reverse_entry", by=by, at=at, target=f"entry:{entry.pk}", reason=clean(note)):
        _require_reversing(entry, by)
        chain = [entry, *_standing_on(entry)]
        reversals = [_mirror(one, clean(note)) for one in reversed(chain)]
        _insert(reversals, by=by, at=at)
    return list(Entry.objects.filter(pk__in=[one.id for one in reversals]))


def correct_entry(
    entry: Entry,
    *,
    quantity: Decimal | None,
    qualifier: Qualifier,
    note: str,
    by: User,
    at: datetime,
) -> Entry:
    """Reverse `entry` and post what is right in its place, as one deed."""
    fresh = NewEntry(
        id=new_id(), indicator=entry.indicator_id, stage=Stage(entry.stage), unit=entry.unit_id,
        place=entry.place_id, activity=entry.activity_id, starts_on=entry.starts_on, ends_on=entry.ends_on,
        dimensions=entry.dimensions_id, item=entry.item_id, coverage=Coverage(entry.coverage),
        role=Role(entry.role), quantity=quantity, qualifier=qualifier, fulfils=entry.fulfils_id,
        part_of=entry.part_of_id, verifies=entry.verifies_id, corrects=entry.pk, note=clean(note),
        rial=_money_like(entry, quantity),
        kind=Kind.ADJUSTMENT if entry.kind == Kind.ADJUSTMENT else Kind.ORIGINAL,
    )  # fmt: skip
    with transaction.atomic():
        reverse_entry(entry, note=note, by=by, at=at)
        with deed("correct_entry", by=by, at=at, target=f"entry:{entry.pk}", reason=clean(note)):
            _insert([fresh], by=by, at=at)
    return Entry.objects.get(pk=fresh.id)


def adjust(
    *, unit: OrgUnit, indicator: int, stage: Stage, quantity: Decimal, ends_on: date, note: str, by: User,
    at: datetime,
) -> Entry:  # fmt: skip
    """A higher level's own correction of a sum, in its own name, with its reason; it may be negative."""
    if not clean(note):
        raise Refusal(_("An adjustment needs its reason."), field="note")
    entry = NewEntry(
        id=new_id(), indicator=indicator, stage=stage, unit=unit.pk, starts_on=ends_on, ends_on=ends_on,
        quantity=quantity, kind=Kind.ADJUSTMENT, note=clean(note),
    )  # fmt: skip
    return _post_one(entry, by=by, at=at)


def reverse_batch(batch: UUID, *, note: str, by: User, at: datetime) -> int:
    """Undo a whole import by reversal; how many entries were still standing."""
    with deed("reverse_batch", by=by, at=at, target=f"batch:{batch}", reason=clean(note)):
        standing = list(_live().filter(batch=batch).select_related("indicator"))
        _require_posting_stages({_place_of(one) for one in standing}, by)
        chain = {one.pk: one for one in standing}
        mine = Entry.objects.filter(batch=batch).values("pk")
        parts = list(_live().filter(part_of__in=mine).select_related("indicator"))
        whole = mine.union(Entry.objects.filter(pk__in=[one.pk for one in parts]).values("pk"))
        checks = list(_live().filter(verifies__in=whole).select_related("indicator"))
        chain |= {one.pk: one for one in (*parts, *checks)}
        _insert([_mirror(one, clean(note)) for one in chain.values()], by=by, at=at)
    return len(standing)


def _live() -> QuerySet[Entry]:
    """Entries that stand: no reversals, and none taken back."""
    reversals = Entry.objects.filter(corrects=OuterRef("pk"), kind=Kind.REVERSAL)
    return Entry.objects.exclude(kind=Kind.REVERSAL).filter(~Exists(reversals))


def _money_like(entry: Entry, quantity: Decimal | None) -> int | None:
    """The rials of another quantity of the same thing: equal to it where money is what is counted."""
    if entry.rial is None or entry.rial != entry.quantity:
        return entry.rial
    return None if quantity is None else int(quantity)


def _post_one(entry: NewEntry, *, by: User, at: datetime) -> Entry:
    [receipt] = post_entries([entry], by=by, at=at)
    if receipt.verdict is Verdict.CONFLICT:
        raise Refusal(_("This id is taken by an entry with other content."), status=409)
    return Entry.objects.get(pk=entry.id)


_Where = tuple[int, Stage, int]  # unit, stage, indicator: what a right to post depends on


def _place_of(entry: Entry) -> _Where:
    return entry.unit_id, Stage(entry.stage), entry.indicator_id


def _require_posting(entries: Iterable[NewEntry], by: User) -> None:
    _require_posting_stages({(one.unit, one.stage, one.indicator) for one in entries}, by)


def _require_posting_stages(wanted: set[_Where], by: User) -> None:
    """404 for a unit out of reach, a polite refusal for one in reach without the role or the theme."""
    paths = dict(
        OrgUnit.objects.filter(pk__in={one[0] for one in wanted}).values_list("pk", "path")
    )
    themes = dict(
        Indicator.objects.filter(pk__in={one[2] for one in wanted}).values_list("pk", "theme_id")
    )
    seen = units_where(by)
    allowed = {stage: units_where(by, *roles) for stage, roles in MAY_POST.items()}
    for path in {paths.get(unit) for unit, _stage, _indicator in wanted}:
        if path is None or not seen.covers(path):
            raise OutOfReach
    for unit, stage, theme in {(unit, stage, themes.get(pk)) for unit, stage, pk in wanted}:
        fitting = allowed[stage].themes_at(paths[unit])
        if fitting is not None and theme not in fitting:
            raise no_role()


def _require_reversing(entry: Entry, by: User) -> None:
    if entry.kind == Kind.REVERSAL:
        raise Refusal(_("A reversal cannot be reversed. Post the entry again instead."), status=409)
    _require_posting_stages({_place_of(entry)}, by)


def _standing_on(entry: Entry) -> list[Entry]:
    """Live entries that lose their ground with `entry`: its parts and the checks of all of them."""
    parts = list(_live().filter(part_of=entry))
    checks = list(_live().filter(verifies__in=[entry.pk, *(part.pk for part in parts)]))
    return list({one.pk: one for one in (*parts, *checks)}.values())


def _mirror(entry: Entry, note: str) -> NewEntry:
    return NewEntry(
        id=new_id(), indicator=entry.indicator_id, stage=Stage(entry.stage), unit=entry.unit_id,
        place=entry.place_id, activity=entry.activity_id, starts_on=entry.starts_on, ends_on=entry.ends_on,
        dimensions=entry.dimensions_id, item=entry.item_id, coverage=Coverage(entry.coverage),
        role=Role(entry.role), kind=Kind.REVERSAL, quantity=None if entry.quantity is None else -entry.quantity,
        rial=None if entry.rial is None else -entry.rial, qualifier=Qualifier(entry.qualifier),
        part_of=entry.part_of_id, fulfils=entry.fulfils_id, verifies=entry.verifies_id, corrects=entry.pk,
        note=note, placements=(entry.unit_placement_id, entry.place_placement_id),
    )  # fmt: skip


COLUMNS = (
    "id", "clock", "posted_at", "posted_by_id", "indicator_id", "stage", "kind", "unit_id",
    "unit_placement_id", "place_id", "place_placement_id", "activity_id", "starts_on", "ends_on",
    "item_id", "dimensions_id", "part_of_id", "quantity", "rial", "qualifier", "coverage", "role",
    "fulfils_id", "verifies_id", "corrects_id", "batch", "batch_row", "as_written", "note", "digest",
)  # fmt: skip
_TYPES = (
    "uuid", "bigint", "timestamptz", "int", "int", "smallint", "smallint", "int", "int", "int", "int",
    "int", "date", "date", "int", "int", "uuid", "numeric", "bigint", "smallint", "smallint", "smallint",
    "uuid", "uuid", "uuid", "uuid", "int", "text", "text", "bytea",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO ledger_entry ({', '.join(COLUMNS)}) SELECT * FROM unnest("
    + ", ".join(f"%s::{kind}[]" for kind in _TYPES)
    + ") ON CONFLICT (id) DO NOTHING RETURNING id"
)
_COPY = f"COPY ledger_entry ({', '.join(COLUMNS)}) FROM STDIN"


def _insert(entries: Sequence[NewEntry], *, by: User, at: datetime) -> list[Receipt]:
    """Write rows and say of each whether it is new, the same, or in conflict."""
    if not entries:
        return []
    digests = [digest(entry) for entry in entries]
    first = {
        entry.id: sent for entry, sent in zip(reversed(entries), reversed(digests), strict=True)
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_now()")
        clock = cursor.fetchone()[0]
        # By id, whatever the order they came in: two calls with the same ids never wait for each other.
        order = sorted(range(len(entries)), key=lambda place: entries[place].id)
        linked = _linked_to_promises([entries[place] for place in order])
        rows = partial(
            _rows, linked, [digests[place] for place in order], clock=clock, by=by, at=at
        )
        if len(entries) >= COPY_FROM and len(first) == len(entries) and _copied(cursor, rows()):
            return [Receipt(entry.id, Verdict.NEW) for entry in entries]
        cursor.execute(_INSERT, [list(column) for column in zip(*rows(), strict=True)])
        fresh = {row[0] for row in cursor.fetchall()}
    kept = {pk: bytes(sent) for pk, sent in _digests([e.id for e in entries if e.id not in fresh])}
    receipts = []
    for entry, sent in zip(entries, digests, strict=True):
        # The same id twice in one call: the first one was written, the others are compared with it.
        present = kept.get(entry.id) or first[entry.id]
        verdict = Verdict.SAME if sent == present else Verdict.CONFLICT
        if entry.id in fresh and sent == present:
            verdict = Verdict.NEW
            fresh.discard(entry.id)
        receipts.append(Receipt(entry.id, verdict))
    return receipts


def _digests(ids: Sequence[UUID]) -> Iterable[tuple[UUID, Any]]:
    return Entry.objects.filter(pk__in=ids).values_list("pk", "digest") if ids else ()


def _copied(cursor: Any, rows: Iterator[tuple[Any, ...]]) -> bool:
    """COPY all rows; False when an id was there already, and nothing was written."""
    try:
        # COPY is psycopg's own: Django's wrapper makes its errors ours.
        with transaction.atomic(), connection.wrap_database_errors, cursor.copy(_COPY) as copy:
            while block := list(islice(rows, _BLOCK)):
                copy.write("".join(map(_copy_line, block)))
    except IntegrityError as trouble:
        if getattr(trouble.__cause__, "sqlstate", "") != "23505":
            raise
        return False
    return True


def _copy_line(row: tuple[Any, ...]) -> str:
    """One row in PostgreSQL's text form of COPY."""
    return "\t".join([_COPY_FORMS.get(type(value), str)(value) for value in row]) + "\n"


def _escaped(text: str) -> str:
    return text and text.translate(_ESCAPES)


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_COPY_FORMS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _none: r"\N",
    str: _escaped,
    bytes: lambda value: rf"\\x{value.hex()}",
}


def _rows(
    entries: Sequence[NewEntry], digests: Sequence[bytes], *, clock: int, by: User, at: datetime
) -> Iterator[tuple[Any, ...]]:
    """The columns of each entry, with place and both placements filled in.

    What must be looked up is looked up here, before the first row is asked for: while a COPY is
    going on, its connection answers no question.
    """
    homes: dict[int, int] = dict(
        OrgUnit.objects.filter(pk__in={e.unit for e in entries if e.place is None}).values_list(
            "pk", "place_id"
        )
    )
    units = _Placements(UnitPlacement, {e.unit for e in entries})
    places = _Placements(
        PlacePlacement, {e.place for e in entries if e.place} | set(homes.values())
    )
    for e in entries:
        _check_id(e.id, at)
        _check_values(e)

    def row(e: NewEntry, sent: bytes) -> tuple[Any, ...]:
        place = e.place if e.place is not None else homes.get(e.unit, 0)
        stood = e.placements or (units.on(e.unit, e.ends_on), places.on(place, e.ends_on))
        return (
            e.id, clock, at, by.pk, e.indicator, int(e.stage), int(e.kind), e.unit, stood[0],
            place, stood[1], e.activity, e.starts_on, e.ends_on, e.item, e.dimensions,
            e.part_of, e.quantity, e.rial, int(e.qualifier), int(e.coverage), int(e.role), e.fulfils,
            e.verifies, e.corrects, e.batch, e.batch_row, e.as_written, e.note, sent,
        )  # fmt: skip

    return (row(e, sent) for e, sent in zip(entries, digests, strict=True))


def _check_values(entry: NewEntry) -> None:
    """What PostgreSQL would refuse without naming a rule."""
    quantity = entry.quantity
    if quantity is not None and not (quantity.is_finite() and abs(quantity) <= LARGEST):
        raise Refusal(CONSTRAINT_SENTENCES["entry_quantity_is_a_number"], field="quantity")
    if entry.rial is not None and abs(entry.rial) > MOST_RIALS:
        raise Refusal(CONSTRAINT_SENTENCES["entry_money_is_possible"], field="quantity")


def _check_id(identifier: UUID, at: datetime) -> None:
    if identifier.version != 7:
        raise Refusal(_("An entry's id must be a UUID of version 7."))
    if (made_at(identifier) - at).total_seconds() > 86_400:
        raise Refusal(_("The clock of this device is more than a day ahead. Set it and try again."))


class _Placements:
    """Where each node stood on a day; before its first placement the first one counts."""

    def __init__(self, model: type[UnitPlacement] | type[PlacePlacement], nodes: set[int]) -> None:
        self.known: dict[int, list[tuple[date, int]]] = {}
        rows = model.objects.filter(node__in=nodes).order_by("node", "valid_from", "pk")
        for node, start, pk in rows.values_list("node_id", "valid_from", "pk"):
            self.known.setdefault(node, []).append((start, pk))

    def on(self, node: int, day: date) -> int:
        """The placement's id; 0, which the law refuses, for a node that does not exist."""
        spells = self.known.get(node)
        if spells is None:
            return 0
        if len(spells) == 1:
            return spells[0][1]
        fitting = [pk for start, pk in spells if start <= day]
        return fitting[-1] if fitting else spells[0][1]


def _linked_to_promises(entries: Sequence[NewEntry]) -> Sequence[NewEntry]:
    """A report under an activity fulfils the one promise that its unit made for it, unless it says otherwise."""
    loose = [
        e for e in entries
        if e.stage == Stage.REPORTED and e.activity is not None and e.fulfils is None
        and e.part_of is None and e.kind == Kind.ORIGINAL and e.role == Role.LEAD
    ]  # fmt: skip
    if not loose:
        return entries
    found: dict[tuple[int, int, int], list[UUID]] = {}
    promises = (
        Entry.objects.filter(
            activity__in={e.activity for e in loose},
            stage=Stage.PLEDGED,
            kind=Kind.ORIGINAL,
            part_of=None,
        )
        .exclude(corrections__kind=Kind.REVERSAL)
        .values_list("activity_id", "indicator_id", "unit_id", "pk")
    )
    for activity, indicator, unit, pk in promises:
        found.setdefault((activity, indicator, unit), []).append(pk)
    linked = []
    for e in entries:
        mine = found.get((e.activity or 0, e.indicator, e.unit), []) if e.fulfils is None else []
        fits = (
            len(mine) == 1
            and e.stage == Stage.REPORTED
            and e.part_of is None
            and e.role == Role.LEAD
        )
        linked.append(replace(e, fulfils=mine[0]) if fits and e.kind == Kind.ORIGINAL else e)
    return linked
