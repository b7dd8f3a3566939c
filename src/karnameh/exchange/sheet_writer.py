"""Writes tables as CSV or as a workbook, piece by piece, so that no table is ever whole in memory.

Workbooks of templates are made with openpyxl; this writer is for tables of any length, which it
hands out while the rows still come from the database. Every text is guarded against formulas.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile

from karnameh.plumbing.cells import Cell, guarded

Writer = Callable[[Iterable[Sequence[Cell]]], Iterator[bytes]]

_EXCEL_EPOCH = date(1899, 12, 30).toordinal()
# What XML 1.0 cannot hold at all.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PIECE = 1 << 16


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([_csv_cell(cell) for cell in row])
        if buffer.tell() > _PIECE:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        plain = format(cell, "f")
        # «1.234» is a thousand to some readers, ours included; «1.2340» is not.
        return plain + "0" if len(plain.partition(".")[2]) == 3 else plain
    return guarded(cell) if isinstance(cell, str) else cell.isoformat()


def xlsx_bytes(*, rtl: bool, widths: Sequence[int] = (), hidden: Sequence[int] = ()) -> Writer:
    """A writer of one-sheet workbooks: heading in bold and frozen, columns of these widths."""

    def write(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
        out = _Outlet()
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
            for name, text in _PARTS.items():
                archive.writestr(name, text)
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
                sheet.write(_sheet_head(rtl, widths, hidden).encode())
                for number, row in enumerate(rows, 1):
                    sheet.write(_xml_row(number, row).encode())
                    if out.waiting > _PIECE:
                        yield out.taken()
                sheet.write(b"</sheetData></worksheet>")
        yield out.taken()

    return write


class _Outlet:
    """A file without a beginning: what was written can be taken away while the archive grows."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.waiting = 0

    def write(self, piece: bytes) -> int:
        self.pieces.append(bytes(piece))
        self.waiting += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """Everything since the last time."""
        whole = b"".join(self.pieces)
        self.pieces, self.waiting = [], 0
        return whole


def _sheet_head(rtl: bool, widths: Sequence[int], hidden: Sequence[int]) -> str:
    columns = [
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1" hidden="{int(n - 1 in hidden)}"/>'
        for n, width in enumerate(widths, 1)
    ]
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}">'
        f'<sheetViews><sheetView rightToLeft="{int(rtl)}" workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{'<cols>' + ''.join(columns) + '</cols>' if columns else ''}<sheetData>"
    )


def _xml_row(number: int, row: Sequence[Cell]) -> str:
    style = ' s="1"' if number == 1 else ""
    cells = [_xml_cell(f"{_letters(place)}{number}", cell, style) for place, cell in enumerate(row)]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _xml_cell(at: str, cell: Cell, style: str) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, Decimal):
        return f'<c r="{at}"{style}><v>{format(cell, "f")}</v></c>'
    if isinstance(cell, date):
        return f'<c r="{at}" s="2"><v>{cell.toordinal() - _EXCEL_EPOCH}</v></c>'
    text = (
        _NO_XML.sub("", guarded(cell))
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
    )
    text = text.replace("\r", "&#13;")
    return f'<c r="{at}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(place: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    return (_letters(place // 26 - 1) if place >= 26 else "") + chr(65 + place % 26)


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        '<sheets><sheet name="Karnameh" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Tahoma"/></font>'
        '<font><b/><sz val="11"/><name val="Tahoma"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
        '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip
