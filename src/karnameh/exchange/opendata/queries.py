"""What the pages of open data show, and the tables that are made on the spot."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet

from karnameh.access.public import Role, units_where
from karnameh.activities.public import Activity, Campaign, State
from karnameh.catalog.public import Measure, MeasureKind, indicators
from karnameh.exchange.models import OpenData, OpenState
from karnameh.exchange.opendata.formats import Cell
from karnameh.exchange.opendata.making import folder_of
from karnameh.org.public import OrgUnit, Place
from karnameh.people.public import User
from karnameh.plumbing.public import OutOfReach

# An activity is public from the day on which its package was frozen.
PUBLIC_STATES = (
    State.PACKAGED, State.SCHEDULED, State.UNDER_WAY, State.COMPLETED, State.REPORTED, State.VERIFIED,
    State.CLOSED,
)  # fmt: skip


def published() -> QuerySet[OpenData]:
    """What anybody may download, newest first."""
    rows = OpenData.objects.filter(state=OpenState.PUBLISHED).select_related("campaign", "unit")
    return rows.order_by("-published_at")


def published_as(code: str) -> OpenData:
    """One of them; anything else does not exist for the public."""
    one = published().filter(code=code).first()
    if one is None:
        raise OutOfReach
    return one


def in_hand(user: Any) -> list[OpenData]:
    """What waits, is being made, or failed, for the press officers who may decide over it."""
    if not isinstance(user, User):
        return []
    reach = units_where(user, Role.PRESS)
    rows = OpenData.objects.exclude(state=OpenState.PUBLISHED).select_related(
        "campaign", "unit", "asked_by"
    )
    return [one for one in rows.order_by("-asked_at")[:50] if reach.covers(one.unit.path)]


def may_publish(user: Any) -> list[OrgUnit]:
    """The units whose data this officer may ask to publish."""
    if not isinstance(user, User):
        return []
    paths = units_where(user, Role.PRESS).paths
    return list(OrgUnit.objects.filter(path__in=paths).order_by("sort_key"))


def whole_rows(one: OpenData) -> list[dict[str, Any]]:
    """The figures of the whole, for the page: from the very file that is downloaded."""
    measures = {measure.code: measure for measure in Measure.objects.all()}
    return [
        {
            **row,
            "measure": measures.get(row["measure"]),
            "money": row["measure"] in measures
            and measures[row["measure"]].kind == MeasureKind.MONEY,
        }
        for row in _whole(str(folder_of(one.folder)), one.files["json"].sha256)
    ]


@lru_cache(maxsize=32)
def _whole(folder: str, _digest: str) -> list[dict[str, Any]]:
    """Read once: a file is large, and what was published never changes."""
    rows = json.loads((Path(folder) / "figures.json").read_text(encoding="utf-8"))["rows"]
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["level"] == "whole":
            shown = found.setdefault(row["indicator"], {**row, "stages": {}})
            value = None if row["value"] is None else Decimal(row["value"])
            shown["stages"][row["stage"]] = (value, row["qualifier"])
    return list(found.values())


def dictionary_rows() -> Iterable[list[Cell]]:
    """The indicator dictionary as a table."""
    for one in indicators():
        yield [
            one.code, one.name_fa, one.name_en, one.theme.code, one.measure.code, one.nature,
            one.time_rule, one.unit_rule, one.people, one.definition_fa, one.definition_en,
            one.means_fa, one.means_en,
        ]  # fmt: skip


def who_what_where(campaign: Campaign) -> Iterable[list[Cell]]:
    """Public activities of a campaign: who leads, what it is about, where and when; counted by county office."""
    counted = (
        Activity.objects.filter(campaign=campaign, state__in=PUBLIC_STATES)
        .values_list(
            "lead_unit__line", "place__line", "theme__code", "theme__name_fa", "theme__name_en", "kind",
            "starts_on", "ends_on",
        )
        .annotate(n=Count("pk"))
    )  # fmt: skip
    sums: dict[tuple[Any, ...], int] = {}
    for unit, place, *what, n in counted:
        key = (unit[: _COUNTY + 1][-1], place[1] if len(place) > 1 else None,
               place[2] if len(place) > _COUNTY else None, *what)  # fmt: skip
        sums[key] = sums.get(key, 0) + n
    units = OrgUnit.objects.in_bulk({key[0] for key in sums})
    places = Place.objects.in_bulk({pk for key in sums for pk in key[1:3] if pk})
    rows = []
    for (unit_id, province, county, theme, theme_fa, theme_en, kind, start, end), n in sums.items():
        unit = units[unit_id]
        rows.append([
            unit.code, unit.name_fa, unit.name_en, theme, theme_fa, theme_en, kind,
            *_place(places.get(province)), *_place(places.get(county)), start, end, n,
        ])  # fmt: skip
    return sorted(rows, key=_in_order)


_COUNTY = 2  # depth of a county's office, and of a county


def _place(place: Place | None) -> tuple[str, str]:
    return (place.code, place.name_fa) if place else ("", "")


def _in_order(row: list[Cell]) -> tuple[str, ...]:
    return tuple(cell.isoformat() if isinstance(cell, date) else str(cell) for cell in row)
