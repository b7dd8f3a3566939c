"""What the public sees of a figure, made once at its publication and never again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from karnameh.access.public import reach_of
from karnameh.activities.public import Campaign
from karnameh.insight.figures import wording
from karnameh.insight.figures.models import Figure
from karnameh.ledger.public import Public, PublicCount, PublicRow, Stage, coverage_by

VERSION = 1
STAGE_KEYS = {Stage.PLEDGED: "pledged", Stage.REPORTED: "reported", Stage.VERIFIED: "verified"}


def shown_of(figure: Figure, public: Public) -> dict[str, Any]:
    """The public document of a figure: plain JSON, complete in itself, in both languages."""
    whole = public.totals["whole"]
    names = _names(figure, public)
    indicator = figure.indicator
    return {
        "version": VERSION,
        "code": figure.code,
        "sentence": {
            language: wording.said(figure, whole, language, protected=public.protected).text
            for language in wording.LANGUAGES
        },
        "indicator": {
            "code": indicator.code,
            "name": {"fa": indicator.name_fa, "en": indicator.name_en},
            "definition": {"fa": indicator.definition_fa, "en": indicator.definition_en},
            "means": {"fa": indicator.means_fa, "en": indicator.means_en},
            "theme": {"fa": indicator.theme.name_fa, "en": indicator.theme.name_en},
        },
        "measure": {"fa": indicator.measure.symbol_fa, "en": indicator.measure.symbol_en},
        "money": figure.money,
        "unit": {"fa": figure.unit.name_fa, "en": figure.unit.name_en},
        "place": {"fa": figure.place.name_fa, "en": figure.place.name_en} if figure.place else None,
        "axis": "place" if figure.place else "unit",
        "level": figure.node.depth,
        "stage": figure.stage_word,
        "period": [_day(figure.starts_on), _day(figure.ends_on)],
        "campaign": {"fa": figure.campaign.name_fa, "en": figure.campaign.name_en} if figure.campaign else None,
        "protected": public.protected,
        "totals": _counts(whole),
        "before": _before(figure, public),
        "parts": [_part(row, names, public) for row in public.parts],
        "times": [{"days": _days(row), **_counts(row.counts)} for row in public.times],
        "coverage": _coverage(figure),
    }  # fmt: skip


def _counts(counts: Mapping[Stage, PublicCount]) -> dict[str, Any]:
    """Each stage as `[quantity as text or null, qualifier]`; null: too few people to be shown."""
    return {
        STAGE_KEYS[stage]: [
            None if count.quantity is None else f"{count.quantity.normalize():f}", count.qualifier.name.lower()
        ]
        for stage, count in counts.items()
    }  # fmt: skip


def _before(figure: Figure, public: Public) -> dict[str, Any] | None:
    if figure.campaign is None or "before" not in public.totals:
        return None
    earlier = Campaign.objects.filter(starts_on__lt=figure.campaign.starts_on).first()
    if earlier is None:
        return None
    return {
        "name": {"fa": earlier.name_fa, "en": earlier.name_en},
        **_counts(public.totals["before"]),
    }


def _part(row: PublicRow, names: Mapping[str, tuple[str, str]], public: Public) -> dict[str, Any]:
    found: dict[str, Any] = {
        "keys": [int(key) for key in row.keys],
        "names": [dict(zip(("fa", "en"), names[key], strict=True)) for key in row.keys],
        **_counts(row.counts),
    }
    below = public.parts_of.get(row.keys[0], ()) if len(row.keys) == 1 else ()
    if below:
        found["parts"] = [
            {
                "keys": [int(key) for key in one.keys],
                "names": [dict(zip(("fa", "en"), names[key], strict=True)) for key in one.keys],
                **_counts(one.counts),
            }
            for one in below
        ]
    return found


def _names(figure: Figure, public: Public) -> dict[str, tuple[str, str]]:
    """Of each part its place's name, as the map writes it, or the unit's own."""
    rows: Iterable[PublicRow] = [
        *public.parts,
        *(one for below in public.parts_of.values() for one in below),
    ]
    keys = {int(key) for row in rows for key in row.keys}
    model: type[Model] = type(figure.node)
    found = model._default_manager.filter(pk__in=keys).values_list("pk", "name_fa", "name_en")
    return {str(pk): (fa, en) for pk, fa, en in found}


def _days(row: PublicRow) -> list[str]:
    start, _mark, end = row.keys[0].partition("..")
    return [start, end]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _coverage(figure: Figure) -> dict[str, int] | None:
    """How many local units had reported anything in the period."""
    if figure.place is not None:
        return None
    found = coverage_by(reach_of([(figure.unit.path, None)]), figure.unit, figure.period)
    one = found.get(figure.unit.pk)
    return {"units": one.units, "reported": one.reported} if one else None
