"""What Typst sets: a pack as an A4 PDF, and the pictures of its Word document. The one file that knows Typst."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
import typst

from karnameh.insight.press.drawing import coverage_svg
from karnameh.insight.press.words import worded

HERE = Path(__file__).parent
_SHARP = 200  # points an inch of a picture: enough for a printed page


@dataclass(frozen=True)
class Pictures:
    """PNG pictures: the map, when there is one, and a chart of each figure."""

    map: bytes | None
    charts: Sequence[bytes]


def pdf_of(document: Mapping[str, Any], language: str) -> bytes:
    """The PDF in one language. Nothing is fetched: fonts, pictures and words lie beside the layout."""
    said = worded(document, language)
    with tempfile.TemporaryDirectory() as folder:
        place = _laid_out(Path(folder), "pack", said, said)
        for name, address in (
            ("pack", said["address"]),
            *((one["code"], one["address"]) for one in said["figures"]),
        ):
            (place / f"{name}.svg").write_bytes(qr_svg(address))
        [made] = _set(place / "pack.typ")
    return made


def pictures_of(said: Mapping[str, Any]) -> Pictures:
    """Map and charts of a worded pack, drawn with the marks of the PDF."""
    given = {
        "language": said["language"],
        "words": said["words"],
        "map_legend": said["map_legend"],
        "charts": [
            {
                "whole": one["indicator"],
                "bar": one["bar"],
                "parts": [{"name": part["name"], "bar": part["bar"]} for part in one["parts"]],
            }
            for one in said["figures"]
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        place = _laid_out(Path(folder), "charts", given, said)
        pages = _set(place / "charts.typ", format="png", ppi=_SHARP)
    if said["map_legend"]:
        return Pictures(pages[0], pages[1:])
    return Pictures(None, pages)


def qr_svg(address: str) -> bytes:
    """An address as a picture."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=4, border=1, dark="#1d2526", xmldecl=False
    )
    return drawn.getvalue()


def qr_png(address: str) -> bytes:
    """The same for a Word document."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="png", scale=6, border=1, dark="#1d2526")
    return drawn.getvalue()


def _laid_out(place: Path, name: str, given: Mapping[str, Any], said: Mapping[str, Any]) -> Path:
    """A folder with a layout, its marks, its words and the map."""
    for layout in (f"{name}.typ", "marks.typ"):
        (place / layout).write_bytes((HERE / layout).read_bytes())
    (place / f"{name}.json").write_text(json.dumps(given, ensure_ascii=False), encoding="utf-8")
    if said["coverage"]:
        (place / "map.svg").write_text(coverage_svg(said["coverage"]), encoding="utf-8")
    return place


def _set(layout: Path, **options: Any) -> list[bytes]:
    """The document, or its pages as pictures."""
    made = typst.compile(
        str(layout),
        root=str(layout.parent),
        font_paths=[str(HERE / "fonts")],
        ignore_system_fonts=True,
        **options,
    )
    pages = made if isinstance(made, list) else [made]
    return [bytes(page) for page in pages if page is not None]
