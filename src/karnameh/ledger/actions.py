"""What can be done to the ledger: post, verify, reverse, correct, adjust. Nothing is ever changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from karnameh.access.public import Role as Grantable
from karnameh.access.public import units_where
from karnameh.catalog.public import Indicator, MeasureKind
from karnameh.kernel.ids import new_id
from karnameh.kernel.text import clean
from karnameh.ledger.models import Entry
from karnameh.ledger.rules import Coverage, Kind, NewEntry, Qualifier, Role, Stage
from karnameh.ledger.writing import Receipt, Verdict, write
from karnameh.org.public import OrgUnit, paths_of
from karnameh.people.public import User
from karnameh.plumbing.errors import CONSTRAINT_SENTENCES
from karnameh.plumbing.public import OutOfReach, Refusal, deed, no_role

MAY_POST: dict[Stage, tuple[Grantable, ...]] = {
    Stage.PLEDGED: (Grantable.PLANNER, Grantable.REPORTER),
    Stage.REPORTED: (Grantable.REPORTER, Grantable.PARTNER),
    Stage.VERIFIED: (Grantable.VERIFIER,),
}

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


def post_entries(entries: Sequence[NewEntry], *, by: User, at: datetime) -> list[Receipt]:
    """Post one or many entries at once; the same id with the same content is one entry.

    Every unit must be within the poster's reach for the stage. A refused entry refuses the whole
    call; a conflicting id is reported in its receipt and leaves the others standing.
    """
    _require_posting(entries, by)
    with deed("post_entries", by=by, at=at, target=f"entries:{len(entries)}"):
        return write(entries, by=by, at=at)


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
        write(reversals, by=by, at=at)
    return list(Entry.objects.filter(pk__in=[one.id for one in reversals]))


def correct_entry(
    entry: Entry,
    *,
    quantity: Decimal | None,
    qualifier: Qualifier,
    note: str,
    by: User,
    at: datetime,
    identifier: UUID | None = None,
) -> Entry:
    """Reverse `entry` and post what is right in its place, as one deed."""
    fresh = NewEntry(
        id=identifier or new_id(), indicator=entry.indicator_id, stage=Stage(entry.stage), unit=entry.unit_id,
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
            write([fresh], by=by, at=at)
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
        write([_mirror(one, clean(note)) for one in chain.values()], by=by, at=at)
    return len(standing)


def _live() -> QuerySet[Entry]:
    """Entries that stand: no reversals, and none taken back."""
    reversals = Entry.objects.filter(corrects=OuterRef("pk"), kind=Kind.REVERSAL)
    return Entry.objects.exclude(kind=Kind.REVERSAL).filter(~Exists(reversals))


def _money_like(entry: Entry, quantity: Decimal | None) -> int | None:
    """The rials of another quantity of the same thing: equal to it where money is what is counted."""
    if entry.rial is None:  # an amount that nobody knew has no rials yet
        counts_money = entry.quantity is None and entry.indicator.measure.kind == MeasureKind.MONEY
    else:
        counts_money = entry.rial == entry.quantity
    if not counts_money:
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


def _require_posting(entries: Sequence[NewEntry], by: User) -> None:
    paths = paths_of({one.unit for one in entries})
    if not all(one.unit in paths for one in entries):
        raise OutOfReach
    # Most people post a batch where they may post anything: that is seen without looking at each entry.
    reaches = [units_where(by, *MAY_POST[stage]) for stage in {one.stage for one in entries}]
    if not all(reach.covers_wholly(paths.values()) for reach in reaches):
        _require_posting_stages({(one.unit, one.stage, one.indicator) for one in entries}, by)


def _require_posting_stages(wanted: set[_Where], by: User) -> None:
    """404 for a unit out of reach, a polite refusal for one in reach without the role or the theme."""
    paths = paths_of({unit for unit, _stage, _indicator in wanted})
    seen = units_where(by)
    if not all(unit in paths and seen.covers(paths[unit]) for unit, _stage, _indicator in wanted):
        raise OutOfReach
    allowed = {stage: units_where(by, *roles) for stage, roles in MAY_POST.items()}
    where = {(unit, stage) for unit, stage, _indicator in wanted}
    fitting = {key: allowed[key[1]].themes_at(paths[key[0]]) for key in where}
    if all(themes is None for themes in fitting.values()):
        return
    theme_of = dict(Indicator.objects.values_list("pk", "theme_id"))
    for unit, stage, indicator in wanted:
        themes = fitting[unit, stage]
        if themes is not None and theme_of.get(indicator) not in themes:
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
