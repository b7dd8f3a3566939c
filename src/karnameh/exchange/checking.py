"""Judging rows: every doubt about a sheet, found with a few look-ups for each thousand rows.

A row becomes the entry that it would be. If the ledger has that entry already, nothing else matters:
it is the same, whatever has happened to its unit or activity since. Otherwise everything that the
ledger would refuse is said here beforehand, and what it would allow but a person should look at again
is a warning. The ledger's law has the last word when the rows are posted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BigIntegerField, Exists, F, OuterRef, Sum
from django.db.models.functions import Cast

from karnameh.access.public import Reach, units_where
from karnameh.activities.public import TAKES_PLEDGES, TAKES_RESULTS, Activity, Share
from karnameh.catalog.public import (
    TOTAL,
    Dimension,
    DimensionSet,
    Indicator,
    Item,
    MeasureKind,
    dimension_set,
)
from karnameh.exchange.rules import verdicts
from karnameh.exchange.rules.rows import (
    Counted,
    Kept,
    Kind,
    Problem,
    Qualifier,
    Row,
    Stage,
    content_of,
    derived_id,
    dimension_pairs,
    read_amounts,
    same_content,
    worst,
)
from karnameh.exchange.rules.verdicts import Judged
from karnameh.kernel.ids import made_at
from karnameh.kernel.text import compact_form
from karnameh.ledger.public import MAY_POST, Coverage, Entry, NewEntry, Tally, far_from
from karnameh.org.public import OrgUnit, Place, UnitKind, is_under
from karnameh.people.public import User
from karnameh.ui.public import DEFAULT, number_text

Key = TypeVar("Key")
Found = TypeVar("Found")

# Above this many times an indicator's usual largest value, one local unit is asked to look again.
FAR_ABOVE_USUAL = 10
_NO_ID = UUID(int=0)
_PAIR = 10_000_000  # more indicators than there can be: unit and indicator as one number


@dataclass(frozen=True, slots=True)
class _Unit:
    pk: int
    path: str
    place: int
    kind: str
    name: str
    names: frozenset[str]
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class _Activity:
    pk: int
    state: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class _Target:
    """An entry, of the ledger or of the same sheet, that a row refers to."""

    stage: int
    kind: int
    indicator: int
    unit: int
    dimensions: int
    coverage: int
    role: int
    part_of: UUID | None
    starts_on: date
    ends_on: date
    place: int
    activity: int | None
    quantity: Decimal | None
    posted_by: int
    taken_back: bool = False
    verified: bool = False


# The same facts as columns of an entry.
_FACTS = (
    "stage", "kind", "indicator_id", "unit_id", "dimensions_id", "coverage", "role", "part_of_id",
    "starts_on", "ends_on", "place_id", "activity_id", "quantity", "posted_by_id", "taken_back", "verified",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Promise:
    activity: int | None
    starts_on: date
    ends_on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class _Indicator:
    pk: int
    theme: int
    counted: Counted
    dimensions: frozenset[str]
    retired_on: date | None
    usual: int


@dataclass(slots=True)
class _Case:
    """A row on its way to a verdict."""

    row: Row
    unit: _Unit | None = None
    indicator: _Indicator | None = None
    activity: _Activity | None = None
    place: int = 0
    entry: NewEntry | None = None
    content: bytes = b""

    def doubt(self, column: str, code: str, *, warning: bool = False, **given: str) -> None:
        self.row.problems.append(Problem(column, code, given, warning))


@dataclass
class _LookUps:
    """What the database says about the codes and ids of the rows, fetched for many rows at once."""

    reach: Reach
    units: dict[str, _Unit | None] = field(default_factory=dict)
    places: dict[str, int | None] = field(default_factory=dict)
    activities: dict[str, _Activity | None] = field(default_factory=dict)
    items: dict[str, int | None] = field(default_factory=dict)
    promises: dict[tuple[int, int], list[_Promise]] = field(default_factory=dict)
    targets: dict[UUID, _Target | None] = field(default_factory=dict)
    stored: dict[UUID, Kept | None] = field(default_factory=dict)

    def prepare(self, rows: Sequence[Row]) -> None:
        """Fetch what these rows name."""
        _fill(self.units, (row.unit for row in rows), self._units)
        _fill(self.places, (row.place for row in rows), _places)
        _fill(self.activities, (row.activity for row in rows), self._activities)
        _fill(self.items, (row.item for row in rows), _items)
        links = [link for row in rows for link in (row.fulfils, row.verifies, row.part_of)]
        _fill(self.targets, links, self._targets)

    def prepare_entries(self, cases: Sequence[_Case], ids: Iterable[UUID]) -> None:
        """Fetch the entries that these cases may already be, and the promises of their units."""
        self.stored.clear()  # ids come once; keeping them would only fill the memory
        _fill(self.stored, ids, _stored)
        pairs = {
            (case.unit.pk, case.indicator.pk) for case in cases
            if case.unit and case.indicator and case.row.stage == Stage.REPORTED
        }  # fmt: skip
        _fill(self.promises, pairs, _promises)

    def _units(self, codes: list[str]) -> dict[str, _Unit]:
        """By code; a unit out of reach is not there, as on every page."""
        rows = OrgUnit.objects.filter(code__in=codes).values_list(
            "code", "pk", "path", "place_id", "kind", "name_fa", "name_en", "opened_on", "closed_on"
        )
        return {
            code: _Unit(
                pk,
                path,
                place,
                kind,
                fa,
                frozenset({compact_form(fa), compact_form(en)}),
                opened,
                closed,
            )
            for code, pk, path, place, kind, fa, en, opened, closed in rows
            if self.reach.covers(path)
        }

    def _activities(self, codes: list[str]) -> dict[str, _Activity]:
        """By code: those that a unit in reach leads or takes part in."""
        rows = Activity.objects.filter(code__in=codes).values_list(
            "code", "pk", "state", "starts_on", "lead_unit__path"
        )
        known = list(rows)
        shared = Share.objects.filter(activity__in=[one[1] for one in known]).values_list(
            "activity_id", "unit__path"
        )
        mine = {activity for activity, path in shared if self.reach.covers(path)}
        return {
            code: _Activity(pk, state, starts_on)
            for code, pk, state, starts_on, path in known
            if pk in mine or self.reach.covers(path)
        }

    def _targets(self, ids: list[UUID]) -> dict[UUID, _Target]:
        standing = Entry.objects.exclude(kind=Kind.REVERSAL).exclude(
            corrections__kind=Kind.REVERSAL
        )
        rows = (
            Entry.objects.filter(pk__in=ids)
            .annotate(
                taken_back=Exists(
                    Entry.objects.filter(corrects=OuterRef("pk"), kind=Kind.REVERSAL)
                ),
                verified=Exists(standing.filter(verifies=OuterRef("pk"))),
            )
            .values_list("pk", *_FACTS, "unit__path")
        )
        return {one[0]: _Target(*one[1:-1]) for one in rows if self.reach.covers(one[-1])}


def _fill(
    known: dict[Key, Any],
    wanted: Iterable[Key | None],
    fetch: Callable[[list[Key]], dict[Key, Any]],
) -> None:
    """Fetch what is wanted and not known yet; what is not found is known to be missing."""
    missing = [key for key in dict.fromkeys(wanted) if key and key not in known]
    if missing:
        found = fetch(missing)
        known.update((key, found.get(key)) for key in missing)


def _places(codes: list[str]) -> dict[str, int]:
    return dict(Place.objects.filter(code__in=codes).values_list("code", "pk"))


def _items(codes: list[str]) -> dict[str, int]:
    return dict(Item.objects.filter(code__in=codes).values_list("code", "pk"))


def _stored(ids: list[UUID]) -> dict[UUID, Kept]:
    reversal = Entry.objects.filter(corrects=OuterRef("pk"), kind=Kind.REVERSAL)
    rows = Entry.objects.filter(pk__in=ids).annotate(taken_back=Exists(reversal))
    return {
        pk: Kept(bytes(kept), place, fulfils, taken_back)
        for pk, kept, place, fulfils, taken_back in rows.values_list(
            "pk", "digest", "place_id", "fulfils_id", "taken_back"
        )
    }


def _promises(pairs: list[tuple[int, int]]) -> dict[tuple[int, int], list[_Promise]]:
    """What each unit promised of each indicator; only for these pairs, not for all their mixtures."""
    found: dict[tuple[int, int], list[_Promise]] = defaultdict(list)
    pair = Cast("unit_id", BigIntegerField()) * _PAIR + F("indicator_id")
    rows = (
        Entry.objects.annotate(pair=pair)
        .filter(
            pair__in=[unit * _PAIR + indicator for unit, indicator in pairs],
            unit__in={unit for unit, _one in pairs}, indicator__in={one for _unit, one in pairs},
            stage=Stage.PLEDGED, kind=Kind.ORIGINAL, part_of=None, quantity__isnull=False,
        )
        .exclude(corrections__kind=Kind.REVERSAL)
        .values_list("unit_id", "indicator_id", "activity_id", "starts_on", "ends_on", "quantity")
    )  # fmt: skip
    for unit, indicator, activity, start, end, quantity in rows:
        found[(unit, indicator)].append(_Promise(activity, start, end, quantity or Decimal(0)))
    return dict(found)


class _Dictionary:
    """The indicators and dimensions, as sheets name them."""

    def __init__(self) -> None:
        self.by_code: dict[str, _Indicator] = {}
        self.by_name: dict[str, set[str]] = defaultdict(set)
        for one in Indicator.objects.select_related("measure").prefetch_related("dimensions"):
            measure = one.measure
            symbols = (measure.symbol_fa, measure.symbol_en, measure.name_fa, measure.name_en)
            money = measure.kind == MeasureKind.MONEY
            counted = Counted(measure.decimals, money, () if money else symbols)
            cuts = frozenset(dimension.code for dimension in one.dimensions.all())
            self.by_code[one.code] = _Indicator(
                one.pk, one.theme_id, counted, cuts, one.retired_on, one.typical_max
            )
            for name in (one.name_fa, one.name_en, one.short_fa):
                self.by_name[compact_form(name)].add(one.code)
        self.dimensions = {
            name: dimension
            for dimension in Dimension.objects.prefetch_related("options")
            for name in map(compact_form, (dimension.code, dimension.name_fa, dimension.name_en))
        }
        self._named: dict[str, str | None] = {}
        self._sets: dict[str, tuple[int, frozenset[str]] | Problem] = {"": (TOTAL, frozenset())}

    def code_named(self, name: str) -> str | None:
        """The code of the one indicator that is called so; a unit of measure may follow a dash."""
        if name not in self._named:
            found = self.by_name.get(compact_form(name)) or self.by_name.get(
                compact_form(name.partition("—")[0])
            )
            self._named[name] = next(iter(found)) if found and len(found) == 1 else None
        return self._named[name]

    def breakdown(self, text: str) -> tuple[int, frozenset[str]] | Problem:
        """The dimension set that `text` names and its dimensions, or what is wrong with it."""
        if text not in self._sets:
            self._sets[text] = self._breakdown(text)
        return self._sets[text]

    def _breakdown(self, text: str) -> tuple[int, frozenset[str]] | Problem:
        pairs = dimension_pairs(text)
        if pairs is None:
            return Problem("dimensions", "breakdown_unreadable")
        options: dict[str, str] = {}
        for name, part in pairs:
            dimension = self.dimensions.get(name)
            option = _option(dimension, part) if dimension else None
            if dimension is None or option is None or dimension.code in options:
                return Problem("dimensions", "breakdown_unknown", {"given": text[:60]})
            options[dimension.code] = option
        return dimension_set(options).pk, frozenset(options)


def _cuts(sets: set[int]) -> dict[int, str]:
    """The dimensions of each set, as one text."""
    return dict(DimensionSet.objects.filter(pk__in=sets).values_list("pk", "cut"))


def _option(dimension: Dimension, part: str) -> str | None:
    """The code of an option by its code or name, or by the beginning of one name alone."""
    named = [
        (option.code, compact_form(name))
        for option in dimension.options.all()
        for name in (option.code, option.name_fa, option.name_en)
    ]
    exact = {code for code, name in named if name == part}
    begun = {code for code, name in named if name.startswith(part)}
    found = exact or begun
    return next(iter(found)) if len(found) == 1 else None


class Checker:
    """Judges the rows of one sheet in the order in which they come.

    `scope` is the unit beneath which all rows must lie, if they must; `today` the day and `at` the
    moment of the check.
    """

    def __init__(self, *, owner: User, scope: OrgUnit | None, today: date, at: datetime) -> None:
        self.owner, self.scope, self.today = owner, scope, today
        self.currency: str | None = None  # the one that the heading of the amounts names
        self.latest_id = at + timedelta(days=1)
        self.words = _Dictionary()
        self.known = _LookUps(units_where(owner))
        self.may_post = {
            int(stage): units_where(owner, *roles) for stage, roles in MAY_POST.items()
        }
        self.rights: dict[tuple[int, int], frozenset[int] | None] = {}
        self.rows_of_ids: dict[UUID, int] = {}
        self.occurrences: dict[bytes, int] = {}
        self.first_rows: dict[bytes, int] = {}
        self.here: dict[
            UUID, _Target
        ] = {}  # what the sheet itself offers for other rows to refer to
        self.verified_here: dict[UUID, int] = {}
        self.waiting: list[_Case] = []  # rows that refer to a row which may still come
        self.sums: dict[tuple[int, int], Tally] = defaultdict(Tally)
        self.conflicts = 0

    def judge(self, rows: Sequence[Row]) -> list[Judged]:
        """Verdicts of these rows, without those that must wait for the end of the sheet."""
        self.known.prepare(rows)
        cases = [self._case(row) for row in rows]
        self.known.prepare_entries(cases, self._ids(cases))
        return [judged for case in cases if (judged := self._verdict(case)) is not None]

    def finish(self) -> list[Judged]:
        """Verdicts of the rows that refer to other rows of the sheet."""
        crowded = self._crowded_totals()
        judged = []
        for case in self.waiting:
            entry = case.entry
            assert entry is not None
            self._judge_links(case, entry)
            if entry.part_of in crowded:
                case.doubt("part_of", "entry_parts_exceed_their_total")
            judged.append(self._judged(case))
        return judged

    # --- from a row to an entry ----------------------------------------------------------------

    def _case(self, row: Row) -> _Case:
        case = _Case(row)
        self._find_unit(case)
        self._find_indicator(case)
        self._find_place(case)
        breakdown = self._find_breakdown(case)
        item = self.known.items.get(row.item)
        if row.item and item is None:
            case.doubt("item", "item_unknown", given=row.item[:40])
        if case.unit is None or case.indicator is None:
            return case
        quantity, rial = read_amounts(row, case.indicator.counted, self.currency)
        if row.stage is None or row.starts_on is None or row.ends_on is None:
            return case
        case.entry = NewEntry(
            id=row.id or _NO_ID, indicator=case.indicator.pk, stage=row.stage, unit=case.unit.pk,
            starts_on=row.starts_on, ends_on=row.ends_on, quantity=quantity, qualifier=row.qualifier,
            place=case.place if row.place else None,
            activity=case.activity.pk if case.activity else None, dimensions=breakdown,
            item=item, rial=rial, coverage=Coverage.WHOLE_SUBTREE if row.covers_all else Coverage.OWN,
            role=row.role, kind=row.kind, part_of=row.part_of, fulfils=row.fulfils, verifies=row.verifies,
            corrects=row.corrects, as_written=row.as_written, note=row.note,
        )  # fmt: skip
        return case

    def _find_unit(self, case: _Case) -> None:
        row = case.row
        if not row.unit:
            return case.doubt("unit", "unit_missing")
        case.unit = self.known.units.get(row.unit)
        if case.unit is None:
            return case.doubt("unit", "unit_unknown", given=row.unit[:40])
        if self.scope is not None and not is_under(case.unit.path, self.scope.path):
            return case.doubt("unit", "unit_outside")
        if row.unit_name and compact_form(row.unit_name) not in case.unit.names:
            case.doubt("unit_name", "unit_name_differs", warning=True, given=case.unit.name)
        return None

    def _find_indicator(self, case: _Case) -> None:
        row = case.row
        named = self.words.code_named(row.indicator_name) if row.indicator_name else None
        code = row.indicator or named
        if not row.indicator and not row.indicator_name:
            return case.doubt("indicator", "indicator_missing")
        case.indicator = self.words.by_code.get(code or "")
        if case.indicator is None:
            given = (row.indicator or row.indicator_name)[:60]
            return case.doubt("indicator", "indicator_unknown", given=given)
        if named is not None and named != code:
            case.doubt("indicator_name", "indicators_disagree")
        return None

    def _find_place(self, case: _Case) -> None:
        row = case.row
        place = (
            self.known.places.get(row.place) if row.place else case.unit.place if case.unit else 0
        )
        if row.place and place is None:
            case.doubt("place", "place_unknown", given=row.place[:40])
        case.place = place or 0
        case.activity = self.known.activities.get(row.activity)
        if row.activity and case.activity is None:
            case.doubt("activity", "activity_unknown", given=row.activity[:40])

    def _find_breakdown(self, case: _Case) -> int:
        found = self.words.breakdown(case.row.dimensions)
        if isinstance(found, Problem):
            case.row.problems.append(found)
            return TOTAL
        pk, cut = found
        if case.indicator and not cut <= case.indicator.dimensions:
            case.doubt("dimensions", "breakdown_not_counted")
        return pk

    # --- ids -----------------------------------------------------------------------------------

    def _ids(self, cases: Iterable[_Case]) -> list[UUID]:
        """The ids that these cases will most likely have; `_give_id` decides."""
        ids, ahead = [], Counter[bytes]()
        for case in cases:
            if case.entry is None:
                continue
            if case.row.id is not None:
                ids.append(case.row.id)
                continue
            case.content = content_of(replace(case.entry, place=case.place))
            occurrence = self.occurrences.get(case.content, 0) + ahead[case.content]
            ids.append(derived_id(case.content, occurrence, case.entry.starts_on))
            ahead[case.content] += 1
        return ids

    def _give_id(self, case: _Case, entry: NewEntry) -> NewEntry:
        """An id for a row without one: the first whose entry was not taken back."""
        first = self.first_rows.setdefault(case.content, case.row.number)
        if first != case.row.number:
            case.doubt("id", "says_the_same", warning=True, row=str(first))
        occurrence = self.occurrences.get(case.content, 0)
        while True:
            identifier = derived_id(case.content, occurrence, entry.starts_on)
            occurrence += 1
            _fill(self.known.stored, [identifier], _stored)  # asks only after a reversed one
            stored = self.known.stored[identifier]
            if stored is None or not stored.taken_back:
                break
        self.occurrences[case.content] = occurrence
        case.entry = replace(entry, id=identifier)
        return case.entry

    def _doubt_id(self, case: _Case, identifier: UUID) -> None:
        first = self.rows_of_ids.setdefault(identifier, case.row.number)
        if first != case.row.number:
            case.doubt("id", "id_twice", row=str(first))
        elif identifier.version != 7:
            case.doubt("id", "id_not_made_for_rows")
        elif made_at(identifier) > self.latest_id:
            case.doubt("id", "id_of_tomorrow")

    # --- verdicts ------------------------------------------------------------------------------

    def _verdict(self, case: _Case) -> Judged | None:
        """A verdict, or None for a row that refers to rows which may still come."""
        entry = case.entry
        if entry is None:
            if case.row.id:
                self._doubt_id(case, case.row.id)
            return self._judged(case)
        if case.row.id is None:
            entry = self._give_id(case, entry)
        stored = self.known.stored.get(entry.id)
        if stored is not None:
            return self._judge_known(case, entry, stored)
        if case.row.id is not None:
            self._doubt_id(case, entry.id)
        self._judge_new(case, entry)
        self._offer(case, entry)
        links = [link for link in (entry.fulfils, entry.verifies) if link]
        if entry.part_of or any(self.known.targets.get(link) is None for link in links):
            self.waiting.append(case)
            return None
        self._judge_links(case, entry)
        return self._judged(case)

    def _judge_known(self, case: _Case, entry: NewEntry, stored: Kept) -> Judged:
        """The ledger has an entry of this id."""
        row = case.row
        if not same_content(entry, row, stored, place=case.place):
            self.conflicts += 1
            case.doubt("id", "id_taken")
            return self._judged(case)
        first = self.rows_of_ids.setdefault(entry.id, row.number)
        if first != row.number:
            case.doubt("id", "id_twice", row=str(first))
            return self._judged(case)
        notes = [Problem("id", "taken_back", {}, True)] if stored.taken_back else []
        if row.id is None:
            notes.append(Problem("id", "same_as_before", {}, True))
        return Judged(row.number, "same", tuple(notes), row.shown)

    def _judge_new(self, case: _Case, entry: NewEntry) -> None:
        """Everything about a new entry that needs no other entry."""
        unit, indicator = case.unit, case.indicator
        assert unit is not None
        assert indicator is not None
        if entry.kind != Kind.ORIGINAL or entry.corrects is not None:
            case.doubt("kind", "only_originals")
        themes = self._themes_open(int(entry.stage), unit)
        if themes is not None and indicator.theme not in themes:
            case.doubt("stage", "no_role_here")
        if unit.closed_on is not None and entry.ends_on > unit.closed_on:
            case.doubt("unit", "entry_unit_is_closed")
        if entry.ends_on < unit.opened_on:
            case.doubt("from", "unit_not_open_yet")
        if indicator.retired_on is not None and entry.ends_on > indicator.retired_on:
            case.doubt("indicator", "entry_indicator_is_retired")
        if entry.stage != Stage.PLEDGED and entry.starts_on > self.today:
            case.doubt("from", "day_not_come")
        elif entry.stage != Stage.PLEDGED and entry.ends_on > self.today:
            case.doubt("to", "period_not_over", warning=True)
        self._judge_activity(case, entry)
        self._judge_size(case, entry, unit, indicator)
        if entry.fulfils is not None and entry.stage != Stage.REPORTED:
            case.doubt("fulfils", "fulfils_by_report")
        if entry.verifies is not None and entry.stage != Stage.VERIFIED:
            case.doubt("verifies", "verifies_by_check")
        if entry.verifies is None and entry.stage == Stage.VERIFIED and case.row.verifies is None:
            case.doubt("verifies", "verifies_missing")

    def _themes_open(self, stage: int, unit: _Unit) -> frozenset[int] | None:
        """For which themes the owner may post this stage at this unit; None for all of them."""
        key = (stage, unit.pk)
        if key not in self.rights:
            self.rights[key] = self.may_post[stage].themes_at(unit.path)
        return self.rights[key]

    def _judge_activity(self, case: _Case, entry: NewEntry) -> None:
        activity = case.activity
        if activity is None:
            return
        takes = {Stage.PLEDGED: TAKES_PLEDGES, Stage.REPORTED: TAKES_RESULTS}.get(entry.stage)
        begun = entry.stage != Stage.REPORTED or entry.ends_on >= activity.starts_on
        if (takes is not None and activity.state not in takes) or not begun:
            case.doubt("activity", "entry_activity_does_not_take_it")

    def _judge_size(self, case: _Case, entry: NewEntry, unit: _Unit, indicator: _Indicator) -> None:
        """Quantities that are possible, but rarely true."""
        if entry.quantity is None:
            return
        usual = Decimal(indicator.usual)
        if unit.kind == UnitKind.LOCAL and usual and entry.quantity > usual * FAR_ABOVE_USUAL:
            case.doubt("quantity", "far_above_usual", warning=True, given=_plain(usual))
        promised = (
            self._promised(entry)
            if entry.stage == Stage.REPORTED and entry.part_of is None
            else None
        )
        if promised is not None and far_from(entry.quantity, promised):
            case.doubt("quantity", "far_from_promise", warning=True, given=_plain(promised))

    def _promised(self, entry: NewEntry) -> Decimal | None:
        """What the unit promised of this: for the activity if there is one, otherwise in the period."""
        promises = self.known.promises.get((entry.unit, entry.indicator)) or []
        fitting = [
            one.quantity
            for one in promises
            if (one.activity == entry.activity if entry.activity is not None else True)
            and one.starts_on <= entry.ends_on
            and one.ends_on >= entry.starts_on
        ]
        return sum(fitting, Decimal(0)) if fitting else None

    def _offer(self, case: _Case, entry: NewEntry) -> None:
        """Let other rows of the sheet refer to this one."""
        if case.row.id is not None:
            self.here[entry.id] = _Target(
                int(entry.stage), int(entry.kind), entry.indicator, entry.unit, entry.dimensions,
                int(entry.coverage), int(entry.role), entry.part_of, entry.starts_on, entry.ends_on,
                case.place, entry.activity, entry.quantity, self.owner.pk,
            )  # fmt: skip

    def _target(self, link: UUID) -> _Target | None:
        return self.known.targets.get(link) or self.here.get(link)

    def _judge_links(self, case: _Case, entry: NewEntry) -> None:
        if entry.verifies is not None:
            self._judge_verification(case, entry, entry.verifies)
        if entry.fulfils is not None:
            promise = self._target(entry.fulfils)
            fits = (
                promise is not None
                and promise.stage == Stage.PLEDGED
                and promise.kind != Kind.REVERSAL
            )
            if promise is None or not fits or promise.indicator != entry.indicator:
                case.doubt("fulfils", "entry_fulfils_a_promise")
        if entry.part_of is not None and not _is_part(case, entry, self._target(entry.part_of)):
            case.doubt("part_of", "entry_part_fits_its_total")

    def _judge_verification(self, case: _Case, entry: NewEntry, link: UUID) -> None:
        report = self._target(link)
        if (
            report is None
            or report.stage != Stage.REPORTED
            or report.kind == Kind.REVERSAL
            or report.taken_back
            or (report.indicator, report.unit, report.dimensions, report.part_of)
            != (entry.indicator, entry.unit, entry.dimensions, entry.part_of)
            or (report.coverage, report.role) != (int(entry.coverage), int(entry.role))
        ):
            return case.doubt("verifies", "entry_verifies_a_live_report")
        if report.posted_by == self.owner.pk:
            return case.doubt("verifies", "entry_not_verified_by_its_reporter")
        if (
            report.verified
            or self.verified_here.setdefault(link, case.row.number) != case.row.number
        ):
            return case.doubt("verifies", "entry_verified_once")
        if (
            entry.quantity is not None
            and report.quantity is not None
            and entry.quantity > report.quantity
        ):
            case.doubt("quantity", "verified_more", warning=True, given=_plain(report.quantity))
        return None

    def _crowded_totals(self) -> set[UUID]:
        """Totals whose parts, those of the ledger and those of the sheet, add up to more than they."""
        added: dict[tuple[UUID, str], Decimal] = defaultdict(Decimal)
        cuts = _cuts({case.entry.dimensions for case in self.waiting if case.entry})
        for case in self.waiting:
            entry = case.entry
            if (
                entry is not None
                and entry.part_of is not None
                and worst(case.row.problems) != "error"
            ):
                added[(entry.part_of, cuts[entry.dimensions])] += entry.quantity or 0
        totals = {total for total, _cut in added}
        kept = (
            Entry.objects.filter(part_of__in=totals)
            .exclude(stage=Stage.VERIFIED)
            .values_list("part_of_id", "dimensions__cut")
            .annotate(together=Sum("quantity"))
        )
        for total, cut, together in kept:
            added[(total, cut)] += together or 0
        return {
            total
            for (total, _cut), together in added.items()
            if (target := self._target(total))
            and target.quantity is not None
            and together > target.quantity
        }

    def _judged(self, case: _Case) -> Judged:
        row, entry = case.row, case.entry
        verdict = worst(row.problems)
        counts = entry is not None and entry.part_of is None and entry.coverage == Coverage.OWN
        if entry is not None and counts and verdict != "error":
            # Parts lie within their total, and a statement about others is never added to theirs.
            self.sums[(entry.indicator, int(entry.stage))] += _tally(entry)
        return Judged(row.number, verdict, tuple(row.problems), row.shown, entry)

    def added(self) -> list[verdicts.Sum]:
        """What the judged rows would add, by indicator and stage."""
        return [
            verdicts.Sum(
                indicator, stage, tally.quantity, tally.rial, tally.entries, int(tally.qualifier)
            )
            for (indicator, stage), tally in sorted(self.sums.items())
        ]


def _is_part(case: _Case, entry: NewEntry, total: _Target | None) -> bool:
    """Whether an entry disaggregates `total`; a check of a part belongs to the reported total."""
    if total is None or total.kind == Kind.REVERSAL or total.taken_back:
        return False
    stage = min(int(entry.stage), int(Stage.REPORTED))
    if (total.indicator, total.unit, total.stage) != (entry.indicator, entry.unit, stage):
        return False
    if total.dimensions != TOTAL or entry.dimensions == TOTAL:
        return False
    alike = (total.starts_on, total.ends_on, total.place, total.coverage, total.role, total.activity) == (
        entry.starts_on, entry.ends_on, case.place, int(entry.coverage), int(entry.role), entry.activity
    )  # fmt: skip
    return alike or entry.quantity is None


def _tally(entry: NewEntry) -> Tally:
    how = entry.qualifier
    return Tally(
        entry.quantity or Decimal(0), entry.rial or 0, 1, int(how == Qualifier.AT_LEAST),
        int(how == Qualifier.ABOUT), int(how == Qualifier.AT_MOST), int(how == Qualifier.UNKNOWN),
    )  # fmt: skip


def _plain(number: Decimal) -> str:
    """A number inside a kept sentence; pages show it with the reader's digits."""
    return number_text(number, replace(DEFAULT, digits="latin"))
