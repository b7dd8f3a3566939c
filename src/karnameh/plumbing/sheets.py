"""The parent's side of `sheet_reader`: starts it, listens, and believes nothing but typed cells."""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from karnameh.plumbing.cells import Cell, Unreadable
from karnameh.plumbing.confining import start
from karnameh.plumbing.errors import Sentence

log = logging.getLogger("karnameh.imports")

# What is said of a whole file that is refused; `%(given)s` is what it speaks of.
FILE_SENTENCES: dict[str, Sentence] = {
    "not_its_name": _(
        "This file is not what its name says. Save it as .xlsx or .csv and send that."
    ),
    "encrypted": _(
        "This workbook is locked with a password. Save a copy without one and send that."
    ),
    "old_workbook": _("This is a workbook of the old .xls kind. Save it as .xlsx and send that."),
    "unpacks_too_far": _(
        "This workbook unpacks into far more than a table needs. It was not opened."
    ),
    "defines_entities": _(
        "This workbook holds definitions that no spreadsheet program writes. It was not opened."
    ),
    "broken": _("This file is damaged and cannot be read to its end. Save it again and send that."),
    "takes_too_much": _(
        "This file takes more memory or time than an import may. Split it and send the parts."
    ),
    "too_many_rows": _("A sheet may have at most 100,000 rows. Split it and send the parts."),
    "too_many_columns": _(
        "A sheet may have at most 200 columns. Remove those that do not belong to it."
    ),
    "cell_too_long": _("Row %(given)s holds a text that is longer than any spreadsheet can keep."),
    "no_sheet": _("There is no table in this workbook."),
    "no_rows": _("There is no filled row in this sheet. Fill in the template and send it again."),
}

KINDS = ("xlsx", "csv")
Line = tuple[int, list[Cell]]


@dataclass
class Sheet:
    """Rows of an upload while they are read; `about` is how many the file itself claims to have."""

    lines: Iterator[Line]
    about: int


@contextmanager
def open_sheet(file: Path, kind: str) -> Iterator[Sheet]:
    """Read `file` in a child process that ends with the block. Raises `Unreadable`."""
    with start(
        "karnameh.plumbing.sheet_reader", str(file), kind, source=settings.PACKAGE.parent
    ) as child:
        try:
            sheet = Sheet(iter(()), 0)
            sheet.lines = _lines(child, sheet)
            yield sheet
        finally:
            child.kill()


def _lines(child: subprocess.Popen[bytes], sheet: Sheet) -> Iterator[Line]:
    assert child.stdout is not None
    for line in child.stdout:
        message = json.loads(line)
        if isinstance(message, list):
            yield message[0], [_cell(one) for one in message[1:]]
        elif "about" in message:
            sheet.about = message["about"]
        elif "refused" in message:
            if "because" in message:
                log.warning("sheet not understood: %s", message["because"])
            raise Unreadable(message["refused"], message.get("given", ""))
        elif "end" in message:
            return
    # It fell silent: the limits of memory or time have ended it.
    raise Unreadable("takes_too_much")


def _cell(sent: Any) -> Cell:
    if sent is None:
        return None
    kind, value = sent[0], sent[1:]
    if kind == "t":
        return str(value)
    return Decimal(value) if kind == "n" else date.fromisoformat(value)
