"""Provinces drawn as shapes, in the five classes of the tile map. The shapes are of `convert.py`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from karnameh.ui.charts import quintiles
from karnameh.ui.display import Display
from karnameh.ui.tiles import Tile, tile_of


@dataclass(frozen=True)
class Shape:
    """A province: its outline on the canvas and where its label stands."""

    tile: Tile
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Canvas:
    """All provinces."""

    width: float
    height: float
    attribution: str
    shapes: tuple[Shape, ...]


@cache
def canvas() -> Canvas:
    """Read once."""
    kept = json.loads(Path(__file__).with_name("provinces.json").read_text(encoding="utf-8"))
    shapes = []
    for one in kept["shapes"]:
        tile = tile_of(one["name"])
        assert tile is not None
        shapes.append(Shape(tile, one["path"], one["x"], one["y"]))
    return Canvas(kept["width"], kept["height"], kept["attribution"], tuple(shapes))


def levels_of(rows: Iterable[Mapping[str, Any]]) -> dict[Tile, tuple[int, Mapping[str, Any]]]:
    """Each province's class, 1 to 5 by fifths of the values and 0 without one, with its row."""
    placed = [(tile, row) for row in rows if (tile := tile_of(str(row["name"])))]
    known = [Decimal(str(row["value"])) for _tile, row in placed if row.get("value") is not None]
    classes = quintiles(known) if known else {}
    return {
        tile: (0 if row.get("value") is None else classes[Decimal(str(row["value"]))], row)
        for tile, row in placed
    }


def province_map(rows: Iterable[Mapping[str, Any]], display: Display, label: str) -> SafeString:
    """The map as SVG. A row: `name`, `value`, `label` (its text) and, if wanted, `href`.

    A province without a row is drawn as one without a report. Give it its table twin.
    """
    found = levels_of(rows)
    drawn = canvas()
    shapes = format_html_join(
        "", "{}", ((_shape(one, *found.get(one.tile, (0, {})), display),) for one in drawn.shapes)
    )
    return format_html(
        '<svg class="tiles provinces" role="group" aria-label="{}" viewBox="0 0 {} {}">{}</svg>',
        label, drawn.width, drawn.height, shapes,
    )  # fmt: skip


def _shape(shape: Shape, level: int, row: Mapping[str, Any], display: Display) -> SafeString:
    name = shape.tile.name_fa if display.persian else shape.tile.name_en
    said = f"{name}: {row.get('label') or _('no report')}"
    body = format_html('<g class="tile tile-{}"><path d="{}"/></g>', level, shape.path)
    if row.get("href"):
        return format_html(
            '<a href="{}" aria-label="{}"><title>{}</title>{}</a>', row["href"], said, said, body
        )
    return format_html('<g role="img" aria-label="{}"><title>{}</title>{}</g>', said, said, body)


def legend_items(rows: Iterable[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """What each class stands for: its least and its largest value. Class 0 has no report."""
    by_level: dict[int, list[Mapping[str, Any]]] = {}
    for level, row in levels_of(rows).values():
        by_level.setdefault(level, []).append(row)
    items = []
    for level, members in sorted(by_level.items()):
        if level == 0:
            items.append((0, _("no report")))
            continue
        ordered = sorted(members, key=lambda row: Decimal(str(row["value"])))
        low, high = str(ordered[0]["label"]), str(ordered[-1]["label"])
        items.append(
            (level, low if low == high else _("%(start)s to %(end)s") % {"start": low, "end": high})
        )
    return items


def legend(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """The same beside a map on a page."""
    items = legend_items(rows)
    entries = format_html_join("", '<li><span class="swatch tile-{}"></span> {}</li>', items)
    return format_html('<ul class="legend">{}</ul>', entries)
