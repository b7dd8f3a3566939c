"""The small document that a phone gets: its unit's week, and what became of what it sent.

It comes in parts, each with a mark of its content. A phone names the marks that it has and gets only the
parts that differ; when none does, it gets nothing but that answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, Value
from django.utils.translation import get_language

from karnameh.access.public import Role, may, units_where
from karnameh.activities.public import (
    TAKES_RESULTS,
    Activity,
    Campaign,
    Need,
    Occurrence,
    Share,
    campaign_at,
)
from karnameh.catalog.public import Dimension, MeasureKind, indicators
from karnameh.field.heads import PERSON_DAYS
from karnameh.field.models import Asked, Device, Point, Sent
from karnameh.ledger.public import (
    Entry,
    Kind,
    Stage,
    entries_in_reach,
    unverified,
)
from karnameh.org.public import OrgUnit, Place, ancestors
from karnameh.people.public import User

_FITTING = 14
_SHOWN_SENT = 60
_TO_CHECK = 30
_PLACES = 60

Part = dict[str, Any] | list[Any]


def parts(device: Device, *, by: User, at: datetime, today: date) -> dict[str, Part]:
    """Every part by name: who, week, indicators, cuts, promised, places, sent, asked, to_check, points."""
    unit = device.unit
    campaign = campaign_at(today)
    activities = _activities(unit, campaign, today)
    makers: dict[str, Callable[[], Part]] = {
        "who": lambda: _who(device, by),
        "week": lambda: _week(campaign, activities),
        "indicators": _indicators,
        "cuts": _cuts,
        "promised": lambda: _promised(by, unit, activities),
        "fitting": lambda: _fitting(unit, activities),
        "places": lambda: _places(unit, activities),
        "sent": lambda: _sent(device),
        "asked": lambda: _asked(by, unit),
        "to_check": lambda: _to_check(by, unit),
        "points": lambda: _points(unit, today),
    }
    return {name: make() for name, make in makers.items()}


def marks(found: dict[str, Part]) -> dict[str, str]:
    """The mark of each part: it changes with the content."""
    return {
        name: hashlib.sha256(_text(part).encode()).hexdigest()[:12] for name, part in found.items()
    }


def changed(found: dict[str, Part], have: str) -> dict[str, Part]:
    """The parts that differ from what the phone has: `name:mark,name:mark`."""
    known = dict(one.split(":", 1) for one in have.split(",") if ":" in one)
    return {name: found[name] for name, mark in marks(found).items() if known.get(name) != mark}


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


def _week(campaign: Campaign | None, activities: list[Activity]) -> Part:
    days = campaign.days.all() if campaign else []
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
        "name": campaign.name if campaign else "",
        "days": [[one.on.isoformat(), one.title] for one in days],
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
    mine = rows.filter(lead_unit=unit) | rows.filter(shares__unit=unit)
    return list(mine.select_related("place").distinct().order_by("starts_on", "pk")[:40])


def _indicators() -> Part:
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
        .order_by("ends_on", "pk")[:60]
    )  # fmt: skip
    done = _reported(unit, [one.pk for one in rows])
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


def _fitting(unit: OrgUnit, activities: list[Activity]) -> Part:
    """Indicators that fit: used by the unit lately, then those of its activities' themes."""
    lately = (
        Entry.objects.filter(unit=unit, kind=Kind.ORIGINAL)
        .values("indicator_id")
        .annotate(last=Max("ends_on"))
        .order_by("-last")[:_FITTING]
    )
    found = [row["indicator_id"] for row in lately]
    themes = {one.theme_id for one in activities}
    more = indicators().filter(theme__in=themes, retired_on=None).values_list("pk", flat=True)
    return list(dict.fromkeys([*found, *more]))[:_FITTING]


def _places(unit: OrgUnit, activities: list[Activity]) -> Part:
    """Places nearby: the unit's own, those of its activities, what lies beneath and beside."""
    own = unit.place
    near = Place.objects.filter(closed_on=None, parent__in=[own.pk, own.parent_id or 0])
    rows = [
        own,
        *(one.place for one in activities),
        *near.order_by("-line__len", "sort_key")[:_PLACES],
    ]
    rows += reversed(ancestors(own))
    return [[pk, name] for pk, name in {one.pk: one.name for one in rows}.items()][:_PLACES]


def _sent(device: Device) -> Part:
    """What this account's phones sent, newest first, and what became of it."""
    rows = list(
        Sent.objects.filter(device__account=device.account_id)
        .exclude(reason="mended")
        .select_related("settled")
        .order_by("-pk")[:_SHOWN_SENT]
    )
    entries = {
        one.pk: one
        for one in Entry.objects.filter(
            pk__in=[r.entry_id for r in rows if r.entry_id]
        ).select_related("indicator__measure")
    }
    checks = _last_of(Entry.objects.filter(verifies__in=entries, kind=Kind.ORIGINAL), "verifies_id")
    undone = set(
        Entry.objects.filter(corrects__in=entries, kind=Kind.REVERSAL).values_list(
            "corrects_id", flat=True
        )
    )
    return [_line(row, entries, checks, undone) for row in rows]


def _line(row: Sent, entries: dict[Any, Entry], checks: dict[Any, Entry], undone: set[Any]) -> Any:
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
    settled = getattr(row, "settled", None)
    if settled is not None:
        said["settled"] = settled.how
    return said


def _last_of(rows: Any, key: str) -> dict[Any, Entry]:
    live = rows.exclude(corrections__kind=Kind.REVERSAL).order_by("pk")
    return {getattr(one, key): one for one in live}


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
