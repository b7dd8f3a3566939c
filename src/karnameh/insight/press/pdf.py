"""A pack as an A4 PDF, set by Typst from `pack.typ`: the one file that knows Typst."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst

from karnameh.insight.press.drawing import coverage_svg
from karnameh.insight.press.words import worded

HERE = Path(__file__).parent


def pdf_of(document: Mapping[str, Any], language: str) -> bytes:
    """The PDF in one language. Nothing is fetched: fonts, pictures and words lie beside the layout."""
    said = worded(document, language)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "pack.typ").write_bytes((HERE / "pack.typ").read_bytes())
        (place / "pack.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        for name, address in (
            ("pack", said["address"]),
            *((one["code"], one["address"]) for one in said["figures"]),
        ):
            (place / f"{name}.svg").write_bytes(qr_svg(address))
        if said["coverage"]:
            (place / "map.svg").write_text(coverage_svg(said["coverage"]), encoding="utf-8")
        made = typst.compile(
            str(place / "pack.typ"),
            root=str(place),
            font_paths=[str(HERE / "fonts")],
            ignore_system_fonts=True,
        )
    assert isinstance(made, bytes)
    return made


def qr_svg(address: str) -> bytes:
    """An address as a picture."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=4, border=1, dark="#1d2526", xmldecl=False
    )
    return drawn.getvalue()
