"""What of the ledger is made public: exact for things, protected for counts of people.

Every release about people is kept with what it gave away, and each new one is attacked together with
all former ones of its indicator before it goes out: see `disclosure/README.md`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from karnameh.access.public import Reach, reach_of
from karnameh.catalog.public import Indicator, PeopleSemantics, TimeRule, UnitRule
from karnameh.kernel.jalali import JalaliDate, month_end
from karnameh.kernel.period import Period
from karnameh.ledger.disclosure import Said, Shown, Table, TooTelling, Wanted, safe_release
from karnameh.ledger.disclosure.rules import DEEPEST, SHORTEST_DAYS
from karnameh.ledger.models import Release
from karnameh.ledger.rolling import Question, roll_up
from karnameh.ledger.rules import Bucket, Qualifier, Stage, Tally, total
from karnameh.org.public import OrgUnit, Place, bounds
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal

STAGES = (Stage.PLEDGED, Stage.REPORTED, Stage.VERIFIED)
_MOST_DAYS = 31  # a longer period is shown by month
Line = tuple[int, ...]


@dataclass(frozen=True)
class Publishing:
    """What is to be made public: the work of everybody beneath `unit`, in `place` when one is named.

    `before` is an earlier period to be set beside it, as totals only. `until` is a moment of the ledger
    (see `moment`): what was posted later is left out, where the indicator is summed.
    """

    unit: OrgUnit
    place: Place | None
    indicator: Indicator
    period: Period
    before: Period | None = None
    bucket: Bucket = Bucket.OWN
    until: int | None = None

    @property
    def node(self) -> OrgUnit | Place:
        """The node whose parts are shown."""
        return self.place or self.unit

    @property
    def about_people(self) -> bool:
        """Whether its counts are protected."""
        return self.indicator.people != PeopleSemantics.ITEMS

    @property
    def summed(self) -> bool:
        """Whether its rows add up over time and units."""
        return self.indicator.time_rule == TimeRule.SUM and self.indicator.unit_rule == UnitRule.SUM


@dataclass(frozen=True)
class PublicCount:
    """A number as the public may see it; no quantity: there is one, and it is too small to be shown."""

    quantity: Decimal | None
    qualifier: Qualifier


@dataclass(frozen=True)
class PublicRow:
    """A part of a breakdown, or several merged ones: node ids, or days `2026-11-21..2026-11-27`."""

    keys: tuple[str, ...]
    counts: Mapping[Stage, PublicCount]


@dataclass(frozen=True)
class Public:
    """Everything of one question that the public may see."""

    totals: Mapping[str, Mapping[Stage, PublicCount]]  # "whole", "before"
    parts: Sequence[PublicRow] = ()
    parts_of: Mapping[str, Sequence[PublicRow]] = field(default_factory=dict)
    times: Sequence[PublicRow] = ()
    protected: bool = False


@dataclass(frozen=True)
class _Atom:
    """What is told apart: the work of a unit in a place on a day, both down to a fixed depth."""

    unit: Line
    place: Line
    on: date


Truth = dict[_Atom, dict[Stage, Tally]]


def moment() -> int:
    """The moment up to which the newest head knows the ledger: entries with a smaller clock are in it.

    Asked in the transaction that has just sealed, it cannot move in between.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbered_to FROM ledger_logstate")
        return int(cursor.fetchone()[0])


def tally_at(asked: Publishing) -> dict[Stage, Tally]:
    """The true sums of what is to be published, for those who publish it."""
    if asked.summed:
        truth = _truth(asked, asked.period)
        return _together(truth, truth)
    reach = reach_of([(asked.unit.path, None)])
    return _rolled_up(reach, asked, asked.period)


def release(asked: Publishing, *, what: str, by: User, at: datetime) -> Public:
    """What may be published now, kept for all later releases. Part of the caller's deed.

    Raises `Refusal` for counts of people below a county or for less than a week, and when all
    published numbers together would tell a count of fewer than ten.
    """
    found, said = _computed(asked)
    if said:
        Release.objects.create(
            indicator=asked.indicator, what=what, by=by, at=at, content=_packed(said)
        )
    return found


def preview(asked: Publishing) -> Public:
    """The same without publishing anything."""
    return _computed(asked)[0]


def _computed(asked: Publishing) -> tuple[Public, tuple[Said, ...]]:
    if asked.about_people:
        _require_coarse(asked)
    if not asked.summed:
        return _whole_only(asked)
    truth = _truth(asked, asked.period)
    earlier = _truth(asked, asked.before) if asked.before else {}
    if asked.about_people:
        return _protected(asked, truth, earlier)
    return _exact(asked, truth, earlier), ()


def _require_coarse(asked: Publishing) -> None:
    if max(asked.unit.depth, asked.place.depth if asked.place else 0) > DEEPEST:
        raise Refusal(
            _("Counts of people are published for a county or more. Choose a higher level.")
        )
    start, end = asked.period.start, asked.period.end
    if start is None or end is None or (end - start).days + 1 < SHORTEST_DAYS:
        raise Refusal(
            _("Counts of people are published for a week or longer. Choose a longer period.")
        )


# --- the counts themselves -----------------------------------------------------------------------------


def _truth(asked: Publishing, period: Period) -> Truth:
    """Sums by unit, place and day, from the rows: totals do not know both trees at once."""
    depth = DEEPEST if asked.about_people else asked.node.depth + 2
    conditions = ["e.indicator_id = %(indicator)s", "e.coverage = 1", "e.stage IN (1, 2, 3)"]
    conditions.append("u.path >= %(unit_low)s AND u.path < %(unit_high)s")
    conditions.append(
        "e.part_of_id IS NULL AND e.role " + ("= 1" if asked.bucket is Bucket.OWN else "<> 1")
    )
    values: dict[str, Any] = {"indicator": asked.indicator.pk, "cut": depth + 1}
    values["unit_low"], values["unit_high"] = bounds(asked.unit.path)
    if asked.place is not None:
        conditions.append("l.path >= %(place_low)s AND l.path < %(place_high)s")
        values["place_low"], values["place_high"] = bounds(asked.place.path)
    if period.start:
        conditions.append("e.ends_on >= %(start)s")
        values["start"] = period.start
    if period.end:
        conditions.append("e.ends_on <= %(end)s")
        values["end"] = period.end
    if asked.until is not None:
        conditions.append("e.clock < %(until)s")
        values["until"] = asked.until
    sign = "CASE e.kind WHEN 1 THEN -1 ELSE 1 END"
    counted = ", ".join(f"sum({sign} * (e.qualifier = {q})::int)" for q in (2, 3, 4, 5))
    sql = (
        f"SELECT u.line[1:%(cut)s], l.line[1:%(cut)s], e.ends_on, e.stage, sum(coalesce(e.quantity, 0)),"
        f" sum(coalesce(e.rial, 0)), sum({sign}), {counted}"
        " FROM ledger_entry e JOIN org_orgunit u ON u.id = e.unit_id JOIN org_place l ON l.id = e.place_id"
        f" WHERE {' AND '.join(conditions)} GROUP BY 1, 2, 3, 4"
    )
    found: Truth = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for unit, place, on, stage, quantity, rial, *counts in cursor.fetchall():
            atom = _Atom(tuple(unit), tuple(place), on)
            tally = Tally(quantity, int(rial), *(int(count) for count in counts))
            found.setdefault(atom, {})[Stage(stage)] = tally
    return found


def _whole_only(asked: Publishing) -> tuple[Public, tuple[Said, ...]]:
    """Indicators that are not added over time or units: their total, and the parts of one that is."""
    reach = reach_of([(asked.unit.path, None)])
    counts, said = _rolled(reach, asked, asked.period)
    totals = {"whole": counts}
    if asked.before:
        totals["before"], more = _rolled(reach, asked, asked.before)
        said += more
    parts: list[PublicRow] = []
    if not asked.about_people and asked.indicator.unit_rule == "sum":
        rows: dict[str, dict[Stage, Tally]] = {}
        question = Question(asked.node, asked.period, indicators=(asked.indicator.pk,))
        for cell in roll_up(reach, question, by="child"):
            if cell.bucket is asked.bucket and cell.tally.entries:
                rows.setdefault(str(cell.key), {})[cell.stage] = cell.tally
        parts = [PublicRow((key,), _counts(tallies)) for key, tallies in rows.items()]
    return Public(totals, parts, protected=asked.about_people), tuple(said)


def _rolled(
    reach: Reach, asked: Publishing, period: Period
) -> tuple[dict[Stage, PublicCount], list[Said]]:
    tallies = _rolled_up(reach, asked, period)
    if not asked.about_people:
        return _counts(tallies), []
    day = period.end or date.max
    atom = _Atom(tuple(asked.unit.line), tuple(asked.node.line), day)
    truth: dict[int, dict[Any, int]] = {
        stage: {atom: int(tally.quantity)} for stage, tally in tallies.items()
    }
    shown = _safe(asked, Wanted(truth, {"whole": frozenset({atom})}, [], {"atom": lambda a: a}))
    return _shown_counts(shown.totals["whole"], tallies), list(shown.said)


def _rolled_up(reach: Reach, asked: Publishing, period: Period) -> dict[Stage, Tally]:
    cells = roll_up(reach, Question(asked.node, period, indicators=(asked.indicator.pk,)))
    return {
        cell.stage: cell.tally
        for cell in cells
        if cell.bucket is asked.bucket and cell.tally.entries
    }


# --- things: exact ---------------------------------------------------------------------------------------


def _exact(asked: Publishing, truth: Truth, earlier: Truth) -> Public:
    totals = {"whole": _counts(_together(truth, truth))}
    if earlier:
        totals["before"] = _counts(_together(earlier, earlier))
    parts, parts_of = _by_place(asked, truth)
    return Public(
        totals,
        _rows(truth, parts),
        {name: _rows(truth, below) for name, below in parts_of.items()},
        _rows(truth, _by_time(asked, truth, people=False)),
    )


def _rows(truth: Truth, parts: Mapping[str, frozenset[_Atom]]) -> list[PublicRow]:
    found = [PublicRow((name,), _counts(_together(truth, atoms))) for name, atoms in parts.items()]
    return [row for row in found if row.counts]


def _together(truth: Truth, atoms: Iterable[_Atom]) -> dict[Stage, Tally]:
    found: dict[Stage, list[Tally]] = {}
    for atom in atoms:
        for stage, tally in truth.get(atom, {}).items():
            found.setdefault(stage, []).append(tally)
    return {stage: total(found[stage]) for stage in STAGES if stage in found}


def _counts(tallies: Mapping[Stage, Tally]) -> dict[Stage, PublicCount]:
    return {
        stage: PublicCount(tally.quantity, tally.qualifier)
        for stage, tally in tallies.items()
        if tally.known
    }


# --- people: protected -----------------------------------------------------------------------------------


def _protected(asked: Publishing, truth: Truth, earlier: Truth) -> tuple[Public, tuple[Said, ...]]:
    every = truth | earlier
    totals = {"whole": frozenset(truth)} | ({"before": frozenset(earlier)} if earlier else {})
    parts, parts_of = _by_place(asked, truth)
    times = _by_time(asked, truth, people=True)
    tables = [Table("parts", parts)]
    tables += [Table(f"parts of {name}", below) for name, below in parts_of.items()]
    tables.append(Table("times", times))
    truths: dict[int, dict[Any, int]] = {
        stage: {
            atom: int(tallies[stage].quantity)
            for atom, tallies in every.items()
            if stage in tallies
        }
        for stage in STAGES
    }
    wanted = Wanted(
        truths,
        totals,
        tables,
        _LEVELS,
        {f"parts of {name}": ("parts", name) for name in parts_of},
    )
    shown = _safe(asked, wanted)

    def rows(table: str, named: Mapping[str, frozenset[_Atom]]) -> list[PublicRow]:
        found = []
        for group, counts in shown.tables.get(table, {}).items():
            atoms = frozenset().union(*(named[name] for name in group))
            tallies = _together(truth, atoms)
            if tallies:
                found.append(PublicRow(group, _shown_counts(counts, tallies)))
        return found

    public = Public(
        {
            name: _shown_counts(shown.totals[name], _together(every, atoms))
            for name, atoms in totals.items()
        },
        rows("parts", parts),
        {name: rows(f"parts of {name}", below) for name, below in parts_of.items()},
        rows("times", times),
        protected=True,
    )
    return public, shown.said


def _shown_counts(
    counts: Mapping[int, int | None], tallies: Mapping[Stage, Tally]
) -> dict[Stage, PublicCount]:
    found = {}
    for stage, tally in tallies.items():
        count = counts.get(stage)
        if tally.known:
            quantity = None if count is None else Decimal(count)
            found[stage] = PublicCount(quantity, tally.qualifier)
    return found


def _week(on: date) -> date:
    start = Period.week_of(on).start
    assert start is not None
    return start


_LEVELS = {
    "atom": lambda a: a,
    "unit": lambda a: a.unit,
    "unit and week": lambda a: (a.unit, _week(a.on)),
    "unit above": lambda a: a.unit[:2],
    "unit above and week": lambda a: (a.unit[:2], _week(a.on)),
    "place": lambda a: a.place,
    "place and week": lambda a: (a.place, _week(a.on)),
    "place above": lambda a: a.place[:2],
    "place above and week": lambda a: (a.place[:2], _week(a.on)),
}


def _safe(asked: Publishing, wanted: Wanted) -> Shown:
    with connection.cursor() as cursor:  # one release of an indicator at a time
        cursor.execute("SELECT pg_advisory_xact_lock(1405, %s)", [asked.indicator.pk])
    former = [
        _unpacked(bytes(content))
        for content in Release.objects.filter(indicator=asked.indicator)
        .order_by("pk")
        .values_list("content", flat=True)
    ]
    try:
        return safe_release(wanted, former, key=_key())
    except TooTelling:
        raise Refusal(
            _(
                "Together with what is public already, this would give away a count of fewer than ten people. "
                "Choose a longer period or a higher level."
            ),
            status=409,
        ) from None


def _key() -> bytes:
    return hmac.new(settings.TOKEN_KEY, b"rounding of public counts", hashlib.sha256).digest()


# --- breakdowns ------------------------------------------------------------------------------------------


def _by_place(
    asked: Publishing, truth: Truth
) -> tuple[dict[str, frozenset[_Atom]], dict[str, dict[str, frozenset[_Atom]]]]:
    """The atoms beneath each child of the node, and beneath each child of those; by id."""
    depth = asked.node.depth
    parts: dict[str, set[_Atom]] = {}
    below: dict[str, dict[str, set[_Atom]]] = {}
    for atom in truth:
        line = atom.unit if asked.place is None else atom.place
        child = line[depth + 1] if len(line) > depth + 1 else line[-1]
        parts.setdefault(str(child), set()).add(atom)
        if len(line) > depth + 1:
            grandchild = line[depth + 2] if len(line) > depth + 2 else child
            below.setdefault(str(child), {}).setdefault(str(grandchild), set()).add(atom)
    return _frozen(parts), {name: _frozen(one) for name, one in below.items() if len(one) > 1}


def _frozen(parts: Mapping[str, set[_Atom]]) -> dict[str, frozenset[_Atom]]:
    return {name: frozenset(atoms) for name, atoms in sorted(parts.items())}


def _by_time(asked: Publishing, truth: Truth, *, people: bool) -> dict[str, frozenset[_Atom]]:
    """By day, week or month, whichever suits the length of the period; nothing for a single one."""
    if not truth:
        return {}
    start = asked.period.start or min(atom.on for atom in truth)
    end = asked.period.end or max(atom.on for atom in truth)
    spans = _months(start, end)
    if (end - start).days < _MOST_DAYS:
        spans = _weeks(start, end) if people else [(on, on) for on in Period(start, end).days()]
    if len(spans) < 2:
        return {}
    return {
        f"{first}..{last}": frozenset(atom for atom in truth if first <= atom.on <= last)
        for first, last in spans
    }


def _weeks(start: date, end: date) -> list[tuple[date, date]]:
    """Spans of seven days; what is left at the end belongs to the last."""
    count = max(1, ((end - start).days + 1) // 7)
    edges = [start + timedelta(days=7 * n) for n in range(count)]
    return [
        (first, edges[n + 1] - timedelta(days=1) if n + 1 < count else end)
        for n, first in enumerate(edges)
    ]


def _months(start: date, end: date) -> list[tuple[date, date]]:
    """Jalali months; parts of one that are shorter than a week belong to the month beside it."""
    spans: list[tuple[date, date]] = []
    first = start
    while first <= end:
        shown = JalaliDate.from_date(first)
        last = min(end, month_end(shown.year, shown.month))
        spans.append((first, last))
        first = last + timedelta(days=1)
    if len(spans) > 1 and (spans[0][1] - spans[0][0]).days + 1 < SHORTEST_DAYS:
        spans[:2] = [(spans[0][0], spans[1][1])]
    if len(spans) > 1 and (spans[-1][1] - spans[-1][0]).days + 1 < SHORTEST_DAYS:
        spans[-2:] = [(spans[-2][0], spans[-1][1])]
    return spans


# --- what former releases gave away ------------------------------------------------------------------------


def _packed(said: Sequence[Said]) -> bytes:
    numbers: dict[Any, int] = {}
    rows = [
        [one.low, one.high, [numbers.setdefault(unknown, len(numbers)) for unknown in one.unknowns]]
        for one in said
    ]
    unknowns = [
        [int(stage), atom.unit, atom.place, atom.on.isoformat(), count]
        for stage, atom, count in numbers
    ]
    return zlib.compress(json.dumps({"unknowns": unknowns, "said": rows}).encode())


def _unpacked(content: bytes) -> tuple[Said, ...]:
    kept = json.loads(zlib.decompress(content))
    unknowns = [
        (Stage(stage), _Atom(tuple(unit), tuple(place), date.fromisoformat(on)), count)
        for stage, unit, place, on, count in kept["unknowns"]
    ]
    return tuple(
        Said(frozenset(unknowns[number] for number in inside), low, high)
        for low, high, inside in kept["said"]
    )
