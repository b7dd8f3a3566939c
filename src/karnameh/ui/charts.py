"""Small charts drawn on the server as SVG: they print, scale, need no script and no style attribute.

Positions are presentation attributes in percent, colours are classes of `karnameh.css`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from karnameh.ui.display import Display
from karnameh.ui.formats import Number, number_text, percent_text
from karnameh.ui.tiles import COLUMNS, ROWS, TILES, Tile, tile_of

Row = Mapping[str, Any]


def joined(parts: Iterable[str], display: Display) -> str:
    """Parts of a sentence with the comma of the viewer's language."""
    return ("، " if display.persian else ", ").join(parts)


def _decimal(value: Number | None) -> Decimal:
    return max(Decimal(str(value)), Decimal(0)) if value is not None else Decimal(0)


def _share(part: Decimal, scale: Decimal) -> float:
    """Percent of the width; a drawn something is never thinner than half a percent."""
    if not part or not scale:
        return 0.0
    return max(round(float(part / scale * 100), 2), 0.5)


def _rect(css: str, width: float, y: float, height: float, display: Display) -> SafeString:
    """A bar of `width` percent that grows from the side where a line of text begins."""
    if not width:
        return SafeString("")
    x = round(100 - width, 2) if display.persian else 0
    return format_html(
        '<rect class="{}" x="{}%" y="{}" width="{}%" height="{}" rx="3"/>', css, x, y, width, height
    )


def _line(css: str, at: float, height: float, display: Display) -> SafeString:
    """An upright line at `at` percent, kept inside the picture."""
    x = round(100 - at if display.persian else at, 2)
    shift = -2 if x > 99 else 0 if x < 1 else -1
    return format_html(
        '<rect class="{}" x="{}%" y="0" width="2" height="{}" transform="translate({})"/>',
        css, x, height, shift,
    )  # fmt: skip


def stage_sentence(
    pledged: Number | None, reported: Number | None, verified: Number | None, display: Display
) -> str:
    """The bar in words, for its label."""
    said = []
    if pledged is not None:
        said.append(_("promised %(n)s") % {"n": number_text(pledged, display)})
    if reported is not None:
        said.append(_("reported %(n)s") % {"n": number_text(reported, display)})
    if verified is not None:
        said.append(_("verified %(n)s") % {"n": number_text(verified, display)})
    if pledged and reported is not None:
        share = percent_text(reported, pledged, display)
        said.append(_("%(share)s of the promise") % {"share": share})
    return joined(said, display) if said else _("nothing promised or reported")


def stage_bar(
    pledged: Number | None,
    reported: Number | None,
    verified: Number | None,
    display: Display,
    top: Number | None = None,
) -> SafeString:
    """Reported pale, verified full inside it, promised a line.

    The scale is the largest of the three, or `top` when several bars are to be compared.
    """
    values = [_decimal(value) for value in (pledged, reported, verified, top)]
    scale = max(values)
    label = stage_sentence(pledged, reported, verified, display)
    return format_html(
        '<svg class="bar" role="img" aria-label="{}" width="100%" height="22">'
        '<rect class="bar-track" width="100%" y="4" height="14" rx="3"/>{}{}{}</svg>',
        label,
        _rect("bar-reported", _share(values[1], scale), 4, 14, display),
        _rect("bar-verified", _share(values[2], scale), 8, 6, display),
        _line("bar-pledged", _share(values[0], scale), 22, display) if pledged else "",
    )


def meter(
    part: Number, whole: Number, display: Display, mark: Number | None = None, tone: str = ""
) -> SafeString:
    """One bar of `part` in `whole`, with an optional line at `mark`; tone: "", good, warn or bad."""
    scale = _decimal(whole)
    width = min(_share(_decimal(part), scale), 100.0)
    label = _("%(part)s of %(whole)s") % {
        "part": number_text(part, display),
        "whole": number_text(whole, display),
    }
    css = f"bar-part bar-{tone}" if tone in {"good", "warn", "bad"} else "bar-part"
    line = "" if mark is None else _line("bar-mark", _share(_decimal(mark), scale), 12, display)
    return format_html(
        '<svg class="bar bar-thin" role="img" aria-label="{}" width="100%" height="12">'
        '<rect class="bar-track" width="100%" y="2" height="8" rx="3"/>{}{}</svg>',
        label, _rect(css, width, 2, 8, display), line,
    )  # fmt: skip


def sparkline(values: Sequence[Number | None], display: Display, label: str = "") -> SafeString:
    """A small line of numbers over time, oldest where reading begins; gaps stay gaps."""
    known = [float(value) for value in values if value is not None]
    if not known:
        return SafeString("")
    width, height, pad = 120.0, 28.0, 3.0
    low, high = min(0.0, min(known)), max(known)
    step = (width - 2 * pad) / max(len(values) - 1, 1)
    runs: list[list[str]] = [[]]
    last = ""
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        along = pad + index * step
        x = width - along if display.persian else along
        y = height - pad - (float(value) - low) / ((high - low) or 1) * (height - 2 * pad)
        last = f"{x:.1f},{y:.1f}"
        runs[-1].append(last)
    lines = format_html_join(
        "", '<polyline points="{}"/>', ((" ".join(run),) for run in runs if len(run) > 1)
    )
    x_last, y_last = last.split(",")
    first_text, last_text = number_text_of(known[0], display), number_text_of(known[-1], display)
    said = label or _("from %(first)s to %(last)s") % {"first": first_text, "last": last_text}
    return format_html(
        '<svg class="spark" role="img" aria-label="{}" viewBox="0 0 120 28" width="120" height="28">'
        '{}<circle cx="{}" cy="{}" r="2.5"/></svg>',
        said, lines, x_last, y_last,
    )  # fmt: skip


def number_text_of(value: float, display: Display) -> str:
    """A float that came from a count, without its idle decimals."""
    return number_text(int(value) if value == int(value) else value, display)


# --- tile map --------------------------------------------------------------------------------

CLASSES = 5
_WIDE, _HIGH, _GAP = 60, 50, 4


@dataclass(frozen=True, slots=True)
class Filled:
    """A tile with what it shows; level 0 means that nothing is known."""

    tile: Tile
    level: int
    value: Decimal | None
    label: str
    href: str


def quintiles(values: Sequence[Decimal]) -> dict[Decimal, int]:
    """Each value's class, 1 (lowest fifth) to 5; equal values share a class."""
    ordered = sorted(values)
    if len(set(ordered)) == 1:
        return {ordered[0]: 3}
    return {value: 1 + CLASSES * ordered.index(value) // len(ordered) for value in set(ordered)}


def _filled(rows: Iterable[Row], display: Display) -> dict[Tile, Filled]:
    placed = [(tile, row) for row in rows if (tile := tile_of(str(row["name"])))]
    known = [Decimal(str(row["value"])) for _tile, row in placed if row.get("value") is not None]
    levels = quintiles(known) if known else {}
    found: dict[Tile, Filled] = {}
    for tile, row in placed:
        given = row.get("value")
        value = None if given is None else Decimal(str(given))
        level = row.get("level", 0 if value is None else levels[value])
        shown = "—" if value is None else number_text(value, display)
        label = str(row.get("label") or shown)
        found[tile] = Filled(tile, int(level), value, label, str(row.get("href") or ""))
    return found


def _tile_svg(filled: Filled, display: Display) -> SafeString:
    tile = filled.tile
    x, y = tile.column * (_WIDE + _GAP), tile.row * (_HIGH + _GAP)
    name, short = (
        (tile.name_fa, tile.short_fa) if display.persian else (tile.name_en, tile.short_en)
    )
    drawn = format_html(
        '<g class="tile tile-{}"><rect x="{}" y="{}" width="{}" height="{}" rx="6"/>'
        '<text x="{}" y="{}">{}</text><text class="tile-n" x="{}" y="{}">{}</text></g>',
        filled.level, x, y, _WIDE, _HIGH,
        x + _WIDE / 2, y + 20, short, x + _WIDE / 2, y + 39, filled.label,
    )  # fmt: skip
    said = f"{name}: {filled.label}"
    if not filled.href:
        return format_html(
            '<g role="img" aria-label="{}"><title>{}</title>{}</g>', said, said, drawn
        )
    return format_html(
        '<a href="{}" aria-label="{}"><title>{}</title>{}</a>', filled.href, said, said, drawn
    )


def _legend(tiles: Iterable[Filled], display: Display) -> SafeString:
    by_level: dict[int, list[Filled]] = {}
    for filled in tiles:
        by_level.setdefault(filled.level, []).append(filled)
    items = []
    for level, members in sorted(by_level.items()):
        if level == 0:
            items.append((level, _("no report")))
            continue
        ordered = sorted(members, key=lambda each: each.value or Decimal(0))
        low, high = ordered[0].label, ordered[-1].label
        said = low if low == high else _("%(start)s to %(end)s") % {"start": low, "end": high}
        items.append((level, said))
    entries = format_html_join(
        "", '<li><span class="swatch tile-{}"></span> {}</li>', ((n, said) for n, said in items)
    )
    return format_html('<ul class="legend">{}</ul>', entries)


def tile_map(rows: Iterable[Row], display: Display, label: str = "") -> SafeString:
    """All provinces as tiles, a legend under them.

    A row: `name` (Persian or English), `value` (None: no report) and, if wanted, `label` (the text
    of the value), `href` and `level` (0-5; otherwise the fifths of the values). A province without
    a row is drawn as one without a report.
    """
    found = _filled(rows, display)
    tiles = [found.get(tile) or Filled(tile, 0, None, "—", "") for tile in TILES]
    width, height = COLUMNS * (_WIDE + _GAP) - _GAP, ROWS * (_HIGH + _GAP) - _GAP
    drawn = format_html_join("", "{}", ((_tile_svg(filled, display),) for filled in tiles))
    return format_html(
        '<div class="map"><svg class="tiles" role="group" aria-label="{}" viewBox="0 0 {} {}">'
        "{}</svg>{}</div>",
        label or _("Provinces as tiles"), width, height, drawn, _legend(tiles, display),
    )  # fmt: skip
