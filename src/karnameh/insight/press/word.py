"""A pack as a Word document: what an editor copies from. The one file that knows python-docx."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import zip_longest
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
        self._sheet()
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

    def _sheet(self) -> None:
        """A4 with the margins of the PDF, and one font; who lacks it reads the next best of his own."""
        [section] = self.file.sections
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = section.top_margin = Cm(1.8)
        section.bottom_margin = Cm(2)
        style = self.file.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(11)
        style.element.rPr.rFonts.set(qn("w:cs"), FONT)
        style.paragraph_format.space_after, style.paragraph_format.line_spacing = Pt(3), 1

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
            rows = [(day["day"], day["title"], day["activities"]) for day in pack["days"]]
            self.table(rows, wide=(5, 7.4, 5), small=True)
        self.head(words["promises"], 1)
        self.say(pack["promises"])
        if pack["kept"]:
            columns = ("name", *STAGES, "said")
            self.table(
                [[one[name] for name in columns] for one in pack["kept"]],
                head=[words[name] for name in ("indicator", *STAGES, "became")],
                wide=(4.4, 3.2, 3.2, 3.2, 3.4),
            )
        if pack["coverage"]:
            self.head(words["coverage"], 1, new_page=True)
            if self.pictures.map is not None:
                self.picture(self.pictures.map, wide=13, says=words["map"])
                self.say(words["map"], size=9, quiet=True)
            self.table(_in_two(pack["coverage"]), wide=(4.2, 2.6, 1.9) * 2, small=True)

    def _figure(self, one: Mapping[str, Any], chart: bytes) -> None:
        words = self.words
        self.head(one["sentence"], 1, new_page=True)
        self.say(
            f"{one['indicator']} · {one['period']} · {words['as_of']} {one['as_of']}", quiet=True
        )
        four = (*STAGES, "open")
        self.table(
            [[one[stage] for stage in four]],
            head=[words[stage] for stage in four],
            wide=(4.35,) * 4,
        )
        self.picture(chart, wide=10, says=words["chart"])
        if one["unverified"] != "—":
            self.say(f"{words['unverified']}: {one['unverified']}")
        if one["before"]:
            before = one["before"]
            said = " · ".join(f"{words[stage]} {before[stage]}" for stage in STAGES)
            self.say(f"{words['before']} ({before['name']}): {said}")
        if one["parts"]:
            self.head(words["made_of"], 2)
            self.table(
                [[part["name"], *(part[stage] for stage in STAGES)] for part in one["parts"]],
                head=[words["place"], *(words[stage] for stage in STAGES)],
                wide=(6, 3.8, 3.8, 3.8), small=True,
            )  # fmt: skip
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

    def head(self, text: str, level: int, *, new_page: bool = False) -> None:
        """A heading."""
        heading = self.file.add_heading(level=level)
        heading.paragraph_format.page_break_before = new_page or None
        heading.paragraph_format.space_before = Pt(0 if new_page or not level else 10)
        colour = "0F766E" if level else "1D2526"
        self._run(heading, text, size=(22, 15, 12)[level], bold=True, colour=colour)

    def say(self, text: str, *, size: float = 10, bold: bool = False, quiet: bool = False) -> None:
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

    def table(
        self, rows: Sequence[Sequence[str]], *, wide: Sequence[float], head: Sequence[str] = (), small: bool = False,
    ) -> None:  # fmt: skip
        """Rows of text, columns so many centimetres wide; the head stands again on each page."""
        made = self.file.add_table(rows=0, cols=len(wide))
        made.autofit = False
        for column, width in zip(made.columns, wide, strict=True):
            column.width = Cm(width)
        if self.rtl:  # the schema wants it before the width
            made._tbl.tblPr.insert(0, OxmlElement("w:bidiVisual"))
        size = 9 if small else 10
        for texts in filter(None, (head, *rows)):
            row = made.add_row()
            _whole(row, repeated=texts is head)
            for n, (cell, text, width) in enumerate(zip(row.cells, texts, wide, strict=True)):
                cell.width = Cm(width)
                _ruled(cell, strong=texts is head)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = Pt(0 if small else 2)
                paragraph.paragraph_format.space_after = Pt(0 if small else 2)
                if texts is head:
                    self._run(paragraph, text, size=size, bold=True, colour="5C6668")
                else:
                    self._run(paragraph, text, size=size, bold=bool(head) and n == 0)
        after = self.file.add_paragraph()
        after.paragraph_format.space_after = Pt(0)
        self._run(after, "", size=5)

    def _run(
        self,
        paragraph: Any,
        text: str,
        *,
        size: float,
        bold: bool = False,
        colour: str = "1D2526",
    ) -> None:
        run = paragraph.add_run(text)
        run.font.name, run.bold, run.font.cs_bold = FONT, bold or None, bold or None
        run.font.color.rgb, run.font.size = RGBColor.from_string(colour), Pt(size)
        properties = run._element.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:cs"), FONT)
        complex_size = OxmlElement("w:szCs")
        complex_size.set(qn("w:val"), str(int(size * 2)))
        properties.find(qn("w:sz")).addnext(complex_size)
        if self.rtl:
            run.font.rtl = True
            paragraph._element.get_or_add_pPr().append(OxmlElement("w:bidi"))
            paragraph.alignment = (
                WD_ALIGN_PARAGRAPH.LEFT
            )  # in a paragraph from the right, "left" is its start


def _in_two(coverage: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Two provinces in a row, the second half beside the first."""
    said = [[one["name"], one["said"], one["percent"]] for one in coverage]
    half = (len(said) + 1) // 2
    return [one + other for one, other in zip_longest(said[:half], said[half:], fillvalue=[""] * 3)]


def _whole(row: Any, *, repeated: bool) -> None:
    """A row is never cut by the end of a page; a head is repeated on the next one."""
    properties = row._tr.get_or_add_trPr()
    for name in ("w:cantSplit", *(["w:tblHeader"] if repeated else [])):
        properties.append(OxmlElement(name))


def _ruled(cell: Any, *, strong: bool) -> None:
    """A line beneath the cell and no other."""
    borders, line = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    look = ("single", "8", "0F766E") if strong else ("single", "4", "DDDAD2")
    for name, value in zip(("w:val", "w:sz", "w:color"), look, strict=True):
        line.set(qn(name), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)
