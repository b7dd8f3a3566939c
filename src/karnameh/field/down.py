"""The small document that a phone gets: its unit's week, and what became of what it sent.

It comes in parts, each with a mark of its content. A phone names the marks that it has and gets only the
parts that differ; when none does, it gets nothing but that answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Max, Q, Value
from django.utils.translation import get_language

from karnameh.access.public import Role, may, units_where
from karnameh.activities.public import (
    TAKES_RESULTS,
    Activity,
    Campaign,
    CampaignDay,
    Need,
    Occurrence,
    Share,
    campaign_at,
)
from karnameh.catalog.public import (
    Dimension,
    DimensionOption,
    Indicator,
    Measure,
    MeasureKind,
    indicators,
)
from karnameh.field.heads import PERSON_DAYS
from karnameh.field.models import Asked, Device, Point, Sent
from karnameh.ledger.public import (
    Entry,
    Kind,
    Stage,
    entries_in_reach,
    epoch,
    unverified,
)
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User

_FITTING = 14
_SHOWN_SENT = 60
_TO_CHECK = 30
_PLACES = 60

Part = dict[str, Any] | list[Any]


@dataclass(frozen=True, slots=True)
class _Marked:
    """A part with the mark of its content."""

    part: Part
    mark: str


class Document:
    """All parts with their marks, in the language in force."""

    def __init__(self, parts: dict[str, _Marked], epoch: int) -> None:
        self._parts, self.epoch = parts, epoch
        self.marks = {name: one.mark for name, one in parts.items()}
        self.tag = f'"{epoch}-{"-".join(self.marks.values())}"'

    def changed(self, have: str) -> dict[str, Part]:
        """The parts that differ from what the phone has: `name:mark,name:mark`."""
        known = dict(one.split(":", 1) for one in have.split(",") if ":" in one)
        return {n: one.part for n, one in self._parts.items() if known.get(n) != one.mark}


def document(device: Device, *, by: User, at: datetime, today: date) -> Document:
    """Every part by name: who, week, indicators, cuts, promised, places, sent, asked, to_check, points."""
    unit, shared = device.unit, _shared_by_all(today)
    activities = _activities(unit, shared.campaign, today)
    made = {
        "who": _who(device, by),
        "week": _week(shared, activities),
        "promised": _promised(by, unit, activities),
        "fitting": _fitting(unit, activities, shared.indicators),
        "places": _places(unit, activities),
        "sent": _sent(device),
        "asked": _asked(by, unit),
        "to_check": _to_check(by, unit),
        "points": _points(unit, today),
    }
    marked = shared.parts | {name: _marked(part) for name, part in made.items()}
    return Document(marked, epoch())


def _marked(part: Part) -> _Marked:
    return _Marked(part, hashlib.sha256(_text(part).encode()).hexdigest()[:12])


@dataclass(frozen=True, slots=True)
class _Shared:
    """What every phone gets that reads the same language on the same day."""

    state: Any
    campaign: Campaign | None
    days: list[list[str]]
    indicators: list[Any]
    parts: dict[str, _Marked]


_made: dict[tuple[str, date], _Shared] = {}  # made anew only after a change
_READ = (
    Indicator, Indicator.dimensions.through, Dimension, DimensionOption, Measure, Campaign, CampaignDay,
)  # fmt: skip


def _shared_by_all(today: date) -> _Shared:
    # The state first: what changes while the rows are read is then seen the next time.
    key, state = (get_language() or "", today), _state()
    kept = _made.get(key)
    if kept is None or kept.state != state:
        campaign, rows = campaign_at(today), _indicators()
        days = [[one.on.isoformat(), one.title] for one in campaign.days.all()] if campaign else []
        parts = {"indicators": _marked(rows), "cuts": _marked(_cuts())}
        kept = _Shared(state, campaign, days, rows, parts)
        if len(_made) > 8:  # days that are over
            _made.clear()
        _made[key] = kept
    return kept


def _state() -> Any:
    """What differs after any change of the rows of these tables: who wrote each, and where it lies."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT count(*), sum(hashtextextended(xmin || ' ' || ctid, 0)) FROM {one._meta.db_table}"
                for one in _READ
            )
        )
        return cursor.fetchall()


def _text(part: Part) -> str:
    return json.dumps(part, ensure_ascii=False, sort_keys=True, default=str)


def _who(device: Device, by: User) -> Part:
    return {
        "unit": device.unit_id,
        "name": device.unit.name,
        "office": by.office,
        "records": any(may(by, role, device.unit) for role in (Role.REPORTER, Role.PARTNER)),
        "checks": bool(units_where(by, Role.VERIFIER).covers(device.unit.path)),
        "place": device.unit.place_id,
        "digits": by.digits,
        "calendar": by.calendar,
    }


def _week(shared: _Shared, activities: list[Activity]) -> Part:
    times, (bring, come) = _times(activities), _needs(activities)
    rows = [
        {
            "id": one.pk, "name": one.name, "from": one.starts_on.isoformat(), "to": one.ends_on.isoformat(),
            "place": one.place_id, "where": one.place.name, "takes": one.state in TAKES_RESULTS,
            "when": times.get(one.pk, ""), "bring": bring.get(one.pk, ""),
            "come": come.get(one.pk, ""),
        }
        for one in activities
    ]  # fmt: skip
    return {
        "name": shared.campaign.name if shared.campaign else "",
        "days": shared.days,
        "activities": rows,
    }


def _times(activities: list[Activity]) -> dict[int, str]:
    """When each one takes place: `16:00` or the name of its slot, of its first occurrence."""
    found: dict[int, str] = {}
    for one in Occurrence.objects.filter(activity__in=activities).exclude(state="cancelled"):
        said = f"{one.starts_at:%H:%M}" if one.starts_at else str(one.get_slot_display())
        found.setdefault(one.activity_id, said)
    return found


def _needs(activities: list[Activity]) -> tuple[dict[int, str], dict[int, str]]:
    """What to bring to each one, and who comes: teams and offices, and units with a share; nobody's name."""
    bring: dict[int, list[str]] = {}
    come: dict[int, list[str]] = {}
    for one in Need.objects.filter(activity__in=activities):
        said = bring if one.kind == "material" else come
        words = one.label if one.number == 1 else f"{one.number} {one.label}"
        said.setdefault(one.activity_id, []).append(words)
    for share in Share.objects.filter(activity__in=activities).select_related("unit"):
        come.setdefault(share.activity_id, []).append(share.unit.name)
    bring_, come_ = ({pk: " · ".join(s) for pk, s in found.items()} for found in (bring, come))
    return bring_, come_


def _activities(unit: OrgUnit, campaign: Campaign | None, today: date) -> list[Activity]:
    """Those that the unit leads or has a share in, in this week."""
    start, end = today - timedelta(days=7), today + timedelta(days=14)
    if campaign is not None:
        start, end = min(start, campaign.starts_on), max(end, campaign.ends_on)
    rows = Activity.objects.filter(starts_on__lte=end, ends_on__gte=start).exclude(
        state__in=("draft", "declined", "merged", "split", "cancelled")
    )
    shared = Share.objects.filter(unit=unit).values("activity")
    mine = rows.filter(Q(lead_unit=unit) | Q(pk__in=shared))
    return list(mine.select_related("place").order_by("starts_on", "pk")[:40])


def _indicators() -> list[Any]:
    """The whole dictionary, as little of it as a phone needs; plain rows, for every phone asks for it."""
    english = get_language() == "en"
    name, symbol = (
        ("name_en", "measure__symbol_en") if english else ("name_fa", "measure__symbol_fa")
    )
    rows = (
        indicators().select_related(None).filter(retired_on=None).exclude(code=PERSON_DAYS)
        .annotate(cuts=ArrayAgg("dimensions__code", filter=Q(dimensions__isnull=False), default=Value([])))
        .values_list(
            "pk", name, "short_fa", symbol, "theme_id", "measure__decimals", "measure__kind", "cuts"
        )
    )  # fmt: skip
    return [
        [
            pk, short if len(said) > 44 and short and not english else said, unit, theme, decimals,
            int(kind == MeasureKind.MONEY), cuts,
        ]
        for pk, said, short, unit, theme, decimals, kind, cuts in rows
    ]  # fmt: skip


def _cuts() -> Part:
    """The ways to cut a number, each with its parts."""
    return [
        [one.code, one.name, [[part.code, part.name] for part in one.options.all()]]
        for one in Dimension.objects.prefetch_related("options")
    ]


def _promised(by: User, unit: OrgUnit, activities: list[Activity]) -> Part:
    """What the unit promised for its activities: what to record first, and how much is expected."""
    rows = (
        Entry.objects.filter(
            unit=unit, stage=Stage.PLEDGED, kind=Kind.ORIGINAL, coverage=1, part_of=None,
            activity__in=[one.pk for one in activities],
        )
        .exclude(corrections__kind=Kind.REVERSAL)
        .order_by("ends_on", "pk")
        .values_list("pk", "indicator_id", "activity_id", "quantity", named=True)[:60]
    )  # fmt: skip
    done = _reported(unit, [one.pk for one in rows]) if rows else set()
    return [
        [one.indicator_id, one.activity_id, _number(one.quantity), int(one.pk in done)]
        for one in rows
    ]


def _reported(unit: OrgUnit, promises: list[Any]) -> set[Any]:
    return set(
        Entry.objects.filter(fulfils__in=promises, unit=unit, kind=Kind.ORIGINAL)
        .exclude(corrections__kind=Kind.REVERSAL)
        .values_list("fulfils_id", flat=True)
    )


def _fitting(unit: OrgUnit, activities: list[Activity], indicators: list[Any]) -> Part:
    """Indicators that fit: used by the unit lately, then those of its activities' themes."""
    lately = (
        Entry.objects.filter(unit=unit, kind=Kind.ORIGINAL)
        .values("indicator_id")
        .annotate(last=Max("ends_on"))
        .order_by("-last")[:_FITTING]
    )
    found = [row["indicator_id"] for row in lately]
    themes = {one.theme_id for one in activities}
    more = (row[0] for row in indicators if row[4] in themes)
    return list(dict.fromkeys([*found, *more]))[:_FITTING]


def _places(unit: OrgUnit, activities: list[Activity]) -> Part:
    """Places nearby: the unit's own, those of its activities, what lies beneath and beside."""
    own = unit.place
    above = own.line[:-1]
    near = Q(closed_on=None, parent__in=[own.pk, own.parent_id or 0])
    found = Place.objects.filter(near | Q(pk__in=above)).order_by("-line__len", "sort_key")
    rows = [own, *(one.place for one in activities), *found[: _PLACES + len(above)]]
    return [[pk, name] for pk, name in {one.pk: one.name for one in rows}.items()][:_PLACES]


def _sent(device: Device) -> Part:
    """What this account's phones sent, newest first, and what became of it."""
    rows = list(
        Sent.objects.filter(device__account=device.account_id)
        .exclude(reason="mended")
        .order_by("-pk")
        .values_list("item", "kind", "verdict", "sentence", "entry_id", "settled__how", named=True)[:_SHOWN_SENT]
    )  # fmt: skip
    wanted = [one.entry_id for one in rows if one.entry_id]
    about = _about(wanted) if wanted else []
    checks = [one for one in about if one.verifies_id and one.kind == Kind.ORIGINAL]
    undone = {one.corrects_id for one in about if one.kind == Kind.REVERSAL}
    if checks:
        beside = _about([one.pk for one in checks])
        undone |= {one.corrects_id for one in beside if one.kind == Kind.REVERSAL}
    entries = {one.pk: one for one in about}
    standing = {one.verifies_id: one for one in checks if one.pk not in undone}
    return [_line(row, entries, standing, undone) for row in rows]


def _about(wanted: list[Any]) -> list[Any]:
    """Some entries with what checks them and what takes them back: the few columns that a phone needs."""
    rows = Entry.objects.filter(
        Q(pk__in=wanted)
        | Q(verifies__in=wanted, kind=Kind.ORIGINAL)
        | Q(corrects__in=wanted, kind=Kind.REVERSAL)
    ).order_by("pk")
    named = ("pk", "kind", "indicator_id", "quantity", "ends_on", "verifies_id", "corrects_id")
    return list(rows.values_list(*named, named=True))


def _line(row: Any, entries: dict[Any, Any], checks: dict[Any, Any], undone: set[Any]) -> Any:
    said: dict[str, Any] = {"id": str(row.item), "kind": row.kind, "verdict": row.verdict}
    entry = entries.get(row.entry_id)
    if entry is not None:
        said |= {
            "entry": str(entry.pk), "indicator": entry.indicator_id, "quantity": _number(entry.quantity),
            "on": entry.ends_on.isoformat(),
        }  # fmt: skip
        check = checks.get(entry.pk)
        if check is not None:
            said["checked"] = _number(check.quantity)
        if entry.pk in undone:
            said["undone"] = True
    if row.sentence:
        said["sentence"] = row.sentence
    if row.settled__how:
        said["settled"] = row.settled__how
    return said


def _asked(by: User, unit: OrgUnit) -> Part:
    """Questions about entries of the unit that wait for an answer."""
    rows = Asked.objects.filter(unit=unit, answered=None).select_related("by").order_by("-at")[:20]
    visible = entries_in_reach(units_where(by)).in_bulk([one.entry_id for one in rows])
    return [
        {
            "id": str(one.pk), "entry": str(one.entry_id), "words": one.words, "by": one.by.office,
            "indicator": visible[one.entry_id].indicator_id,
            "quantity": _number(visible[one.entry_id].quantity),
            "on": visible[one.entry_id].ends_on.isoformat(),
        }
        for one in rows
        if one.entry_id in visible
    ]  # fmt: skip


def _to_check(by: User, unit: OrgUnit) -> Part:
    """Reports of others at or beneath the unit that nobody has checked. Their quantity stays here:
    who counts again should not know what is expected."""
    reach = units_where(by, Role.VERIFIER)
    if not reach.covers(unit.path):
        return []
    rows = _unchecked(by, unit)
    return [
        {
            "entry": str(one.pk), "indicator": one.indicator_id, "unit": one.unit.name,
            "where": one.place.name, "on": one.ends_on.isoformat(),
        }
        for one in rows
    ]  # fmt: skip


def _unchecked(by: User, unit: OrgUnit) -> Iterable[Entry]:
    reach = units_where(by, Role.VERIFIER)
    here = type(reach)(tuple(type(one)(unit.path, one.theme) for one in reach.stretches
                             if unit.path.startswith(one.path)))  # fmt: skip
    return unverified(here, by.pk, size=_TO_CHECK).rows


def _points(unit: OrgUnit, today: date) -> Part:
    """Check-in points of these days at the unit and above it: for the list beside the camera."""
    line = unit.line
    rows = Point.objects.filter(
        unit__in=line,
        activity__ends_on__gte=today,
        activity__starts_on__lte=today + timedelta(days=7),
    ).select_related("activity", "place")[:20]
    return [[one.code, one.activity.name, one.place.name] for one in rows]


def _number(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"
