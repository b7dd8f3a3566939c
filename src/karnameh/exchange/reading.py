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

from karnameh.exchange.rules.cells import Cell, Unreadable
from karnameh.plumbing.confining import start

log = logging.getLogger("karnameh.imports")

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
        "karnameh.exchange.sheet_reader", str(file), kind, source=settings.PACKAGE.parent
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
