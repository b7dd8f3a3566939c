"""What was found about a row, and how it is kept in a line of text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from karnameh.exchange.rules.rows import Problem
from karnameh.ledger.rules import Coverage, NewEntry, Qualifier, Role, Stage

VERDICTS = ("error", "warning", "new", "same")


@dataclass(frozen=True)
class Judged:
    """A row with its verdict, what was in it, and the entry that it would be."""

    row: int
    verdict: str
    problems: tuple[Problem, ...]
    shown: tuple[str, ...]
    entry: NewEntry | None = None


@dataclass(frozen=True)
class Sum:
    """What the rows of one indicator and stage add up to."""

    indicator: int
    stage: int
    quantity: Decimal
    rial: int
    entries: int
    qualifier: int


def written_line(judged: Judged) -> str:
    """The row as one line of JSON; an entry that will never be posted is left out."""
    line: dict[str, Any] = {"row": judged.row, "shown": judged.shown}
    if judged.problems:
        line["problems"] = [[p.column, p.code, dict(p.given), p.warning] for p in judged.problems]
    if judged.entry is not None and judged.verdict in ("new", "warning"):
        line["entry"] = _packed(judged.entry)
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def read_line(text: str | bytes, verdict: str) -> Judged:
    """The row of `written_line`."""
    line: Mapping[str, Any] = json.loads(text)
    problems = tuple(
        Problem(column, code, given, warning)
        for column, code, given, warning in line.get("problems", [])
    )
    entry = _entry(line["entry"], line["row"]) if "entry" in line else None
    return Judged(line["row"], verdict, problems, tuple(line["shown"]), entry)


def _packed(e: NewEntry) -> list[Any]:
    return [
        e.id.hex, e.indicator, int(e.stage), e.unit, e.starts_on.isoformat(), e.ends_on.isoformat(),
        None if e.quantity is None else format(e.quantity, "f"), int(e.qualifier), e.place, e.activity,
        e.dimensions, e.item, e.rial, int(e.coverage), int(e.role), _hex(e.part_of), _hex(e.fulfils),
        _hex(e.verifies), e.as_written, e.note,
    ]  # fmt: skip


def _hex(link: UUID | None) -> str | None:
    return link.hex if link else None


def _link(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _entry(packed: list[Any], row: int) -> NewEntry:
    (identifier, indicator, stage, unit, start, end, quantity, qualifier, place, activity, dimensions,
     item, rial, coverage, role, part_of, fulfils, verifies, as_written, note) = packed  # fmt: skip
    return NewEntry(
        id=UUID(identifier), indicator=indicator, stage=Stage(stage), unit=unit,
        starts_on=date.fromisoformat(start), ends_on=date.fromisoformat(end),
        quantity=None if quantity is None else Decimal(quantity), qualifier=Qualifier(qualifier), place=place,
        activity=activity, dimensions=dimensions, item=item, rial=rial, coverage=Coverage(coverage),
        role=Role(role), part_of=_link(part_of), fulfils=_link(fulfils), verifies=_link(verifies),
        batch_row=row, as_written=as_written, note=note,
    )  # fmt: skip
