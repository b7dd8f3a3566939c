"""The map of a pack as a picture of its own: paper has no stylesheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from karnameh.insight.maps.shapes import canvas, levels_of

PAPER = (
    "#f1eee7",
    "#e6f2ef",
    "#c5e3dd",
    "#93cabf",
    "#22817a",
    "#0b5a53",
)  # the five classes, and none


def coverage_svg(rows: Sequence[Mapping[str, Any]]) -> str:
    """Provinces by the share of local units that have reported."""
    found = levels_of(
        {"name": row["fa"], "value": None if row["share"] is None else round(row["share"], 4)}
        for row in rows
    )
    drawn = canvas()
    paths = "".join(
        f'<path d={quoteattr(one.path)} fill="{PAPER[found.get(one.tile, (0, {}))[0]]}"'
        ' stroke="#ffffff" stroke-width="1.5"/>'
        for one in drawn.shapes
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.width} {drawn.height}">{paths}</svg>'
