"""Reads one uploaded sheet in a process of its own, which may use little and knows nothing.

    python -m karnameh.plumbing.sheet_reader FILE xlsx|csv

It has no settings, no database and no secrets in its environment; memory, processor time and files
are limited before the first byte is read. Rows leave as JSON lines: `[number, cell, …]`, a cell being
null or its value behind a letter: `t` text, `n` number, `d` date. The last line is `{"end": true}`, or
`{"refused": code, "given": text}`; a parent that sees neither knows that the limits ended the process.
"""

from __future__ import annotations

import csv
import io
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, NoReturn
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from karnameh.plumbing.confined import Refused, limit_this_process, say

ROWS, COLUMNS = 100_000, 200
EMPTY_ROWS = 1_000  # after so many in a row the sheet has ended, whatever its dimension claims
CELL_LENGTH = 32_767  # the longest text that a spreadsheet itself can hold
MEMORY, SECONDS = 768 * 2**20, 180
PARTS, UNPACKED, RATIO = 2_000, 500_000_000, 250
_SMALL = 1_000_000  # below this no ratio is suspicious: empty XML packs well
_CHUNK = 1 << 16
_FOREIGN = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x89PNG",
    b"\xff\xd8\xff",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(file: Path, kind: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Numbered rows, the heading first; empty ones are passed over. Raises `Refused`."""
    with file.open("rb") as source:
        head = source.read(8)
        source.seek(0)
        rows = _workbook_rows(source, head) if kind == "xlsx" else _csv_rows(source.read())
        yield from _bounded(rows)


def _bounded(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    counted, empty = -1, 0  # the heading is no data row
    for number, row in enumerate(rows, 1):
        filled = _without_idle_end(row)
        if not filled:
            empty += 1
            if empty > EMPTY_ROWS:
                return
            continue
        empty = 0
        counted += 1
        if counted > ROWS:
            raise Refused("too_many_rows", str(ROWS))
        if len(filled) > COLUMNS:
            raise Refused("too_many_columns", str(COLUMNS))
        if any(type(cell) is str and len(cell) > CELL_LENGTH for cell in filled):
            raise Refused("cell_too_long", str(number))
        yield number, filled


def _without_idle_end(row: Sequence[Any]) -> Sequence[Any]:
    end = len(row)
    while end and row[end - 1] in (None, ""):
        end -= 1
    return row[:end]


# --- workbooks -------------------------------------------------------------------------------------


def _workbook_rows(source: IO[bytes], head: bytes) -> Iterator[Sequence[Any]]:
    if head == _OLE:
        raise Refused("encrypted" if _ENCRYPTED in source.read() else "old_workbook")
    if not head.startswith(b"PK\x03\x04"):
        raise Refused("not_its_name")
    try:
        with ZipFile(source) as archive:
            say({"about": min(_inspect(archive), ROWS)})
        source.seek(0)
        yield from _sheet(source)
    except BadZipFile:
        raise Refused("broken") from None


def _inspect(archive: ZipFile) -> int:
    """Look at every part before the workbook is opened: sizes, and XML that defines entities.

    An XML document begins with `<` after at most a byte order mark and spaces; whatever begins
    otherwise no XML parser takes. So what has passed here defines nothing, whoever reads it next.
    Gives about how many rows the longest sheet has, for showing progress.
    """
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise Refused("unpacks_too_far")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if "[Content_Types].xml" not in names or len(names) != len(parts):
        raise Refused("not_its_name")
    unpacked = longest = 0
    for part in parts:
        if part.file_size > _SMALL and part.file_size > part.compress_size * RATIO:
            raise Refused("unpacks_too_far")
        size, rows = _inspect_part(archive, part, UNPACKED - unpacked)
        unpacked, longest = unpacked + size, max(longest, rows)
    return longest


def _inspect_part(archive: ZipFile, part: ZipInfo, allowed: int) -> tuple[int, int]:
    """Read one part to its end: how many bytes it really had, and how many rows begin in it."""
    size = rows = 0
    parser: Any = None
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if size == 0 and chunk.lstrip(b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n").startswith(b"<"):
                parser = expat.ParserCreate()
                parser.StartDoctypeDeclHandler = _refuse_definitions
            size, rows = size + len(chunk), rows + chunk.count(b"<row ")
            if size > allowed or (size > _SMALL and size > part.compress_size * RATIO):
                raise Refused("unpacks_too_far")
            if parser is not None:
                _parse(parser, chunk, False)
    if parser is not None:
        _parse(parser, b"", True)
    return size, rows


def _parse(parser: Any, chunk: bytes, last: bool) -> None:
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError:
        raise Refused("broken") from None


def _refuse_definitions(*_: object) -> NoReturn:
    raise Refused("defines_entities")


def _sheet(source: IO[bytes]) -> Iterator[Sequence[Any]]:
    """The first visible sheet, formulas by the values they last had."""
    # defusedxml keeps openpyxl's own reading free of entities. It parses in Python, though, and the
    # rows and texts are large; they have just been shown to define nothing, so C may read them.
    from xml.etree.ElementTree import iterparse

    import openpyxl
    from openpyxl.reader import strings
    from openpyxl.worksheet import _reader

    assert openpyxl.DEFUSEDXML
    _reader.iterparse = strings.iterparse = iterparse
    workbook = openpyxl.load_workbook(source, read_only=True, data_only=True, keep_links=False)
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    if not sheets:
        raise Refused("no_sheet")
    sheets[0].reset_dimensions()  # what it claims about its size may be a lie
    yield from sheets[0].iter_rows(values_only=True)


# --- comma-separated values ------------------------------------------------------------------------


def _csv_rows(data: bytes) -> Iterator[Sequence[Any]]:
    if data.startswith(_FOREIGN):
        raise Refused(
            "encrypted" if data.startswith(_OLE) and _ENCRYPTED in data else "not_its_name"
        )
    text = _decoded(data)
    del data
    if "\0" in text:
        raise Refused("not_its_name")
    say({"about": min(text.count("\n"), ROWS)})
    csv.field_size_limit(CELL_LENGTH + 1)
    first = text.partition("\n")[0]  # spreadsheets of other countries separate by ; or tab
    mark = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except csv.Error as trouble:
        raise Refused("cell_too_long" if "field larger" in str(trouble) else "broken") from None


def _decoded(data: bytes) -> str:
    """UTF-8 if it is; otherwise the old Persian and Arabic code page of Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1256", errors="replace")


# --- what leaves -----------------------------------------------------------------------------------


def encoded(cell: Any) -> str | None:
    """A cell as it travels: a letter for its kind, and its value as text."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return "t" + cell
    if isinstance(cell, bool):
        return "tTRUE" if cell else "tFALSE"
    if isinstance(cell, int):
        return f"n{cell}"
    if isinstance(cell, float):
        # Fifteen digits, as every spreadsheet shows them: 0.1 + 0.2 is 0.3 there.
        return f"n{format(Decimal(format(cell, '.15g')), 'f')}"
    if isinstance(cell, datetime):
        return f"d{cell.date().isoformat()}"
    if isinstance(cell, date):
        return f"d{cell.isoformat()}"
    return f"t{cell}"


def main(arguments: Sequence[str]) -> int:
    """Read the file that is named, in the form that is named."""
    limit_this_process(memory=MEMORY, seconds=SECONDS)
    warnings.simplefilter("ignore")  # openpyxl's remarks about features that it passes over
    try:
        for number, row in read(Path(arguments[0]), arguments[1]):
            say([number, *map(encoded, row)])
        say({"end": True})
    except Refused as refusal:
        say({"refused": refusal.code, "given": refusal.given})
    except MemoryError:
        say({"refused": "takes_too_much"})
    except Exception as trouble:
        # Whatever a hostile file makes the library stumble over, the answer is the same sentence.
        say({"refused": "broken", "because": f"{type(trouble).__name__}: {trouble}"[:300]})
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
