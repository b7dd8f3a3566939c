"""Sheets as people make them, sent and checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from builders import NOW
from karnameh.catalog.public import Indicator
from karnameh.exchange.actions import upload_import
from karnameh.exchange.models import Import
from karnameh.exchange.queries import findings_of
from karnameh.exchange.rules.columns import TEMPLATE, Column, heading_text
from karnameh.exchange.rules.verdicts import VERDICTS
from karnameh.exchange.working import work_once
from karnameh.org.public import OrgUnit
from karnameh.people.public import User

Filled = Mapping[Column, Any]


def a_filled_row(
    unit: OrgUnit | str, indicator: Indicator | str, quantity: Any = "۱۲", /, **changes: Any
) -> dict[Column, Any]:
    """A report of yesterday; `changes` name columns (`from_` for the reserved word)."""
    row: dict[Column, Any] = {
        Column.UNIT: unit if isinstance(unit, str) else unit.code,
        Column.INDICATOR: indicator if isinstance(indicator, str) else indicator.code,
        Column.STAGE: "گزارش",
        Column.QUANTITY: quantity,
        Column.FROM: "۱۴۰۵/۰۸/۳۰",
    }
    return row | {Column(name.rstrip("_")): value for name, value in changes.items()}


def table(
    rows: Sequence[Filled], columns: Sequence[Column] = TEMPLATE, language: str = "fa"
) -> list[list[Any]]:
    """Heading and cells."""
    heading = [heading_text(column, language) for column in columns]
    return [heading, *([row.get(column) for column in columns] for row in rows)]


def as_csv(cells: Sequence[Sequence[Any]], encoding: str = "utf-8-sig", mark: str = ",") -> bytes:
    """A CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark).writerows(cells)
    return out.getvalue().encode(encoding)


def as_xlsx(cells: Sequence[Sequence[Any]]) -> bytes:
    """A workbook."""
    book = openpyxl.Workbook()
    for row in cells:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(content: bytes, *, by: User, unit: OrgUnit, name: str = "برگه.csv") -> Import:
    """An uploaded import that nobody has looked at yet."""
    return upload_import(name=name, chunks=[content], unit=unit, by=by, at=NOW)


def worked(job: Import) -> Import:
    """The import after the worker has done everything that it can."""
    while work_once():
        pass
    job.refresh_from_db()
    return job


def checked(rows: Sequence[Filled], *, by: User, unit: OrgUnit, **more: Any) -> Import:
    """Rows sent as CSV, and checked."""
    return worked(sent(as_csv(table(rows, **more)), by=by, unit=unit))


def found(job: Import) -> dict[int, tuple[str, list[str]]]:
    """Verdict and problem codes of each row."""
    findings = findings_of(job)
    assert findings is not None, job.trouble
    return {
        one.row: (one.verdict, [problem.code for problem in one.problems])
        for verdict in VERDICTS
        for one in findings.rows(verdict)
    }
