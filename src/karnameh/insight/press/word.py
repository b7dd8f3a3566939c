"""A pack as a Word document: what an editor copies from. The one file that knows python-docx."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from karnameh.insight.press.pdf import pictures_of, qr_png
from karnameh.insight.press.words import worded

FONT = "Vazirmatn"
STAGES = ("pledged", "reported", "verified")


def docx_of(document: Mapping[str, Any], language: str) -> bytes:
    """The Word document in one language; in Persian every paragraph and table runs from the right."""
    return _Writer(worded(document, language)).content()


class _Writer:
    """A document under construction."""

    def __init__(self, pack: Mapping[str, Any]) -> None:
        self.pack, self.rtl, self.words = pack, pack["language"] == "fa", pack["words"]
        self.file: Any = Document()
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(11)
        style.element.rPr.rFonts.set(qn("w:cs"), FONT)
        self.file.core_properties.title = pack["title"]
        self.file.core_properties.author = pack["federation"]
        self.pictures = pictures_of(pack)
        self._first_page()
        for one, chart in zip(pack["figures"], self.pictures.charts, strict=True):
            self._figure(one, chart)
        self.say(self.words["stages"], size=9)
        if pack["protected"]:
            self.say(self.words["small"], size=9)
        self.say(self.words["verify"], size=9)

    def content(self) -> bytes:
        """The finished file."""
        kept = io.BytesIO()
        self.file.save(kept)
        return kept.getvalue()

    def _first_page(self) -> None:
        pack, words = self.pack, self.words
        self.say(f"{pack['federation']} · {words['pack']}", size=10, quiet=True)
        self.head(pack["title"], 0)
        if pack["campaign"]:
            self.say(" · ".join(filter(None, (pack["campaign"], pack["slogan"]))))
        self.say(f"{words['issued']}: {pack['issued']}", quiet=True)
        self.say(f"{words['head']}: {pack['head_code']}", quiet=True)
        self.say(f"{words['address']}: {pack['address']}", quiet=True)
        self.picture(qr_png(pack["address"]), wide=2.4, says=pack["address"])
        self.head(words["contents"], 1)
        for one in pack["figures"]:
            self.say(one["sentence"], bold=True)
        if pack["days"]:
            self.head(words["programme"], 1)
            self.table([(day["day"], day["title"], day["activities"]) for day in pack["days"]])
        if pack["coverage"]:
            self.head(words["coverage"], 1)
            if self.pictures.map is not None:
                self.picture(self.pictures.map, wide=15, says=words["map"])
                self.say(words["map"], size=9, quiet=True)
            self.table([(one["name"], one["said"], one["percent"]) for one in pack["coverage"]])
        self.head(words["promises"], 1)
        self.say(pack["promises"])
        if pack["kept"]:
            columns = ("name", *STAGES, "said")
            rows = [[words[name] for name in ("indicator", *STAGES, "became")]]
            self.table([*rows, *([one[name] for name in columns] for one in pack["kept"])])

    def _figure(self, one: Mapping[str, Any], chart: bytes) -> None:
        words = self.words
        self.head(one["sentence"], 1)
        self.say(
            f"{one['indicator']} · {one['period']} · {words['as_of']} {one['as_of']}", quiet=True
        )
        self.table(
            [
                [words[stage] for stage in (*STAGES, "open")],
                [one[stage] for stage in (*STAGES, "open")],
            ]
        )
        self.picture(chart, wide=16, says=words["chart"])
        if one["unverified"] != "—":
            self.say(f"{words['unverified']}: {one['unverified']}")
        if one["before"]:
            before = one["before"]
            said = " · ".join(f"{words[stage]} {before[stage]}" for stage in STAGES)
            self.say(f"{words['before']} ({before['name']}): {said}")
        if one["parts"]:
            self.head(words["made_of"], 2)
            rows = [[words["place"], *(words[stage] for stage in STAGES)]]
            rows += [[part["name"], *(part[stage] for stage in STAGES)] for part in one["parts"]]
            self.table(rows)
            if one["rest"]:
                self.say(one["rest"], quiet=True)
        self.head(words["method"], 2)
        for text in (
            one["method"],
            f"{words['meaning']}: {one['definition']}",
            f"{words['means']}: {one['means']}",
        ):
            if text:
                self.say(text, size=10)
        if one["protected"]:
            self.say(words["small"], size=9, quiet=True)
        self.say(
            f"{words['address']}: {one['address']} · {words['head']}: {one['head_code']}",
            size=9,
            quiet=True,
        )

    # --- pieces ------------------------------------------------------------------------------------

    def head(self, text: str, level: int) -> None:
        """A heading."""
        self._run(self.file.add_heading(level=level), text, colour="0F766E" if level else "1D2526")

    def say(self, text: str, *, size: float = 11, bold: bool = False, quiet: bool = False) -> None:
        """A paragraph."""
        self._run(
            self.file.add_paragraph(),
            text,
            size=size,
            bold=bold,
            colour="5C6668" if quiet else "1D2526",
        )

    def picture(self, png: bytes, *, wide: float, says: str) -> None:
        """A picture, so many centimetres wide, with the words for those who do not see it."""
        paragraph = self.file.add_paragraph()
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Cm(wide))
        shape._inline.docPr.set("descr", says)
        if self.rtl:
            paragraph._element.get_or_add_pPr().append(OxmlElement("w:bidi"))

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table whose first row heads it."""
        made = self.file.add_table(rows=0, cols=len(rows[0]), style="Light List")
        if self.rtl:
            made._tbl.tblPr.append(OxmlElement("w:bidiVisual"))
        for row in rows:
            cells = made.add_row().cells
            for cell, text in zip(cells, row, strict=True):
                self._run(cell.paragraphs[0], text, size=10)
        self.file.add_paragraph()

    def _run(
        self,
        paragraph: Any,
        text: str,
        *,
        size: float | None = None,
        bold: bool = False,
        colour: str = "1D2526",
    ) -> None:
        run = paragraph.add_run(text)
        run.font.name, run.bold = FONT, bold or None
        run.font.color.rgb = RGBColor.from_string(colour)
        if size:
            run.font.size = Pt(size)
        properties = run._element.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:cs"), FONT)
        if size:
            complex_size = OxmlElement("w:szCs")
            complex_size.set(qn("w:val"), str(int(size * 2)))
            properties.append(complex_size)
        if self.rtl:
            properties.append(OxmlElement("w:rtl"))
            paragraph._element.get_or_add_pPr().append(OxmlElement("w:bidi"))
            paragraph.alignment = (
                WD_ALIGN_PARAGRAPH.LEFT
            )  # in a paragraph from the right, "left" is its start
