"""Hostile files meet a process that may use little. Each is refused with one sentence."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from karnameh.exchange.sentences import file_sentence
from karnameh.plumbing.cells import Unreadable
from karnameh.plumbing.sheets import open_sheet
from sheets import as_csv, as_xlsx

SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def lines(file: Path, content: bytes, kind: str) -> list[tuple[int, list[Any]]]:
    """What the child says about `content`."""
    file.write_bytes(content)
    with open_sheet(file, kind) as sheet:
        return list(sheet.lines)


def changed(name: str, change: Callable[[bytes], bytes], workbook: bytes | None = None) -> bytes:
    """A workbook of which one part was written anew by hand."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook or as_xlsx([["a"], ["b"]]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return out.getvalue()


def sheet_of(rows: str, claims: str = "A1:B2") -> bytes:
    text = f'{HEAD}<dimension ref="{claims}"/><sheetData>{rows}</sheetData></worksheet>'
    return changed(SHEET, lambda _old: text.encode())


def test_cells_arrive_with_their_types(tmp_path: Path) -> None:
    row = [
        "متن",
        12,
        0.1 + 0.2,
        10**14,
        datetime(2026, 11, 20, 13, 5),
        date(2026, 11, 21),
        True,
        None,
        "آخر",
    ]
    read = lines(tmp_path / "f", as_xlsx([["h"] * 9, row]), "xlsx")
    assert read[1] == (2, ["متن", Decimal(12), Decimal("0.3"), Decimal(10**14), date(2026, 11, 20),
                           date(2026, 11, 21), "TRUE", None, "آخر"])  # fmt: skip


def test_a_formula_counts_with_the_value_it_last_had(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>HYPERLINK("x")</f><v>y</v></c></row>'
    assert lines(tmp_path / "f", sheet_of(rows), "xlsx") == [(1, [Decimal(2), "y"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1256", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_and_separators_in_use(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    content = as_csv([["کد", "نام"], ["1", "سرو\nو نرگس"]], encoding, mark)
    assert lines(tmp_path / "f", content, "csv") == [(1, ["کد", "نام"]), (2, ["1", "سرو\nو نرگس"])]


def bomb() -> bytes:
    return changed(
        SHEET,
        lambda _old: (
            f"{HEAD}<sheetData>".encode() + b" " * 60_000_000 + b"</sheetData></worksheet>"
        ),
    )


def lying_size() -> bytes:
    """A part that says it is small and is not."""
    whole = bytearray(
        changed(
            SHEET,
            lambda _old: f"{HEAD}<sheetData>{' ' * 3_000_000}</sheetData></worksheet>".encode(),
        )
    )
    at = whole.rindex(b"PK\x01\x02", 0, whole.rindex(SHEET.encode()))
    whole[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(whole)


def entities() -> bytes:
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    return changed(
        SHEET,
        lambda _old: (
            f"{text}{HEAD}<sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>".encode()
        ),
    )


def outside() -> bytes:
    text = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return changed(
        "xl/workbook.xml", lambda old: old.replace(b"<workbook", f"{text}<workbook".encode(), 1)
    )


def wide_encoded_entities() -> bytes:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "ha">]><x/>'
    return changed("docProps/app.xml", lambda _old: text.encode("utf-16"))


def encrypted() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 504
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 512
    )


def many_columns() -> bytes:
    return as_xlsx([["h"] * 201, ["x"] * 201])


REFUSED: list[tuple[str, str, Callable[[], bytes]]] = [
    ("unpacks_too_far", "xlsx", bomb),
    ("broken", "xlsx", lying_size),
    ("defines_entities", "xlsx", entities),
    ("defines_entities", "xlsx", outside),
    ("defines_entities", "xlsx", wide_encoded_entities),
    ("encrypted", "xlsx", encrypted),
    ("encrypted", "csv", encrypted),
    ("old_workbook", "xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    ("not_its_name", "xlsx", lambda: as_csv([["a"], ["b"]])),
    ("not_its_name", "csv", lambda: as_xlsx([["a"], ["b"]])),
    ("not_its_name", "csv", lambda: b"%PDF-1.7 \n1,2"),
    ("not_its_name", "csv", lambda: b"a,b\n\0\0,1"),
    ("not_its_name", "xlsx", lambda: changed("[Content_Types].xml", lambda _o: b"")[:0] + zipped({"x.txt": b"hello"})),
    ("broken", "xlsx", lambda: as_xlsx([["a"], ["b"]])[:-200]),
    ("broken", "xlsx", lambda: sheet_of('<row r="1"><c r="A1"><v>1</v></row>')),
    ("broken", "xlsx", lambda: sheet_of('<row r="1"><c r="A1"><v>NaN</v></c></row>')),
    ("too_many_rows", "csv", lambda: b"a,b\n" + b"1,2\n" * 1_000_000),
    ("too_many_columns", "xlsx", many_columns),
    ("too_many_columns", "csv", lambda: b",".join([b"x"] * 300)),
    ("cell_too_long", "csv", lambda: b"a\n" + b"x" * 40_000),
]  # fmt: skip


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("code", "kind", "make"), REFUSED, ids=[f"{n}-{one[0]}" for n, one in enumerate(REFUSED)]
)
def test_hostile_files_are_refused(
    tmp_path: Path, code: str, kind: str, make: Callable[[], bytes]
) -> None:
    with pytest.raises(Unreadable) as caught:
        lines(tmp_path / "f", make(), kind)
    assert caught.value.code == code
    assert "%" not in file_sentence(caught.value.code, caught.value.given, "fa")


def test_a_sheet_ends_after_a_thousand_empty_rows_whatever_it_claims(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>2</v></c></row>'
    )
    assert lines(tmp_path / "f", sheet_of(rows, "A1:XFD1048576"), "xlsx") == [(1, [Decimal(1)])]
    assert lines(tmp_path / "g", b"a,b\n" + b",\n" * 1_000_000 + b"1,2\n", "csv") == [
        (1, ["a", "b"])
    ]


def test_rows_keep_their_numbers_over_empty_ones(tmp_path: Path) -> None:
    assert [number for number, _cells in lines(tmp_path / "f", b"a\n\n\n1\n\n2\n", "csv")] == [
        1,
        4,
        6,
    ]


def test_a_child_that_dies_is_a_file_that_takes_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limits end it without a word: here it is made to have none."""
    monkeypatch.setattr("karnameh.plumbing.confining.sys.executable", "/bin/false")
    with pytest.raises(Unreadable, match="takes_too_much"):
        lines(tmp_path / "f", b"a,b\n", "csv")


def test_a_hidden_first_sheet_is_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_sheet("x").append(["seen"])
    out = io.BytesIO()
    book.active = 1
    book.save(out)
    assert lines(tmp_path / "f", out.getvalue(), "xlsx") == [(1, ["seen"])]
