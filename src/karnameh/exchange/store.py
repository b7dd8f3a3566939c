"""The files of an import: the upload, and what its rows said, one JSON line a row.

Rows lie in one file for each verdict, in the order of the sheet, so that a page shows errors first by
reading a few lines from a place that it was told. A check writes them all anew beside the old ones
and puts them in place only when it is finished: a killed worker leaves nothing half done.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from karnameh.exchange.rules.rows import Problem
from karnameh.ledger.public import NewEntry, Qualifier, Role, Stage
from karnameh.ledger.public import Coverage as Coverage
from karnameh.plumbing.paging import Page

VERDICTS = ("error", "warning", "new", "same")
UPLOAD, ERRORS_FILE = "upload", "errors"
_LONGEST = 100_000  # bytes of one line


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


@dataclass
class Folder:
    """Where the files of one import lie."""

    name: str
    path: Path = field(init=False)

    def __post_init__(self) -> None:
        self.path = Path(settings.UPLOADS) / "imports" / self.name

    @property
    def upload(self) -> Path:
        """The file as it was sent."""
        return self.path / UPLOAD

    @property
    def with_errors(self) -> Path:
        """The file with its column of sentences."""
        return self.path / ERRORS_FILE

    def exists(self) -> bool:
        """Whether the files are still there."""
        return self.upload.exists()

    def remove(self) -> None:
        """Erase everything."""
        shutil.rmtree(self.path, ignore_errors=True)


def keep_upload(chunks: Iterable[bytes]) -> tuple[Folder, int, str]:
    """Write an upload under a random name: its folder, size and SHA-256."""
    folder = Folder(secrets.token_hex(16))
    folder.path.mkdir(parents=True, mode=0o700)
    size, digest = 0, hashlib.sha256()
    with open(folder.upload, "wb", opener=_private) as out:
        for chunk in chunks:
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return folder, size, digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class VerdictWriter:
    """Writes the rows of one check; `finish` puts them in place of what was there."""

    def __init__(self, folder: Folder, mark: str) -> None:
        self.folder = folder
        self.making = folder.path / f"making-{mark}"
        self.counts = dict.fromkeys(VERDICTS, 0)
        self._open = ExitStack()
        self.making.mkdir(exist_ok=True)
        self._files = {
            verdict: self._open.enter_context(open(self.making / verdict, "w", encoding="utf-8", opener=_private))
            for verdict in VERDICTS
        }

    def write(self, judged: Judged) -> None:
        """One more row."""
        self.counts[judged.verdict] += 1
        line: dict[str, Any] = {"row": judged.row, "shown": judged.shown}
        if judged.problems:
            line["problems"] = [[p.column, p.code, dict(p.given), p.warning] for p in judged.problems]
        if judged.entry is not None and judged.verdict in ("new", "warning"):
            line["entry"] = _packed(judged.entry)
        self._files[judged.verdict].write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

    def finish(self, sums: Iterable[Sum]) -> None:
        """Everything was said: let it count."""
        with open(self.making / "sums", "w", encoding="utf-8", opener=_private) as out:
            json.dump([[s.indicator, s.stage, str(s.quantity), s.rial, s.entries, s.qualifier] for s in sums], out)
        self._open.close()
        for file in self.making.iterdir():
            file.replace(self.folder.path / file.name)
        self.making.rmdir()

    def give_up(self) -> None:
        """The check was not finished."""
        self._open.close()
        shutil.rmtree(self.making, ignore_errors=True)


def page_of(folder: Folder, verdict: str, *, after: int, size: int = 50) -> Page[Judged]:
    """Rows of one verdict from the byte `after` on; the next key is a byte as well.

    A place that is not the beginning of a line begins at the first one.
    """
    file = folder.path / verdict
    if verdict not in VERDICTS or not file.exists():
        return Page([], None)
    rows: list[Judged] = []
    with file.open("rb") as lines:
        if 0 < after <= file.stat().st_size:
            lines.seek(after - 1)
            if lines.read(1) != b"\n":
                lines.seek(0)
        while len(rows) < size and (line := lines.readline(_LONGEST)):
            rows.append(_unpacked(json.loads(line), verdict))
        place = lines.tell()
        return Page(rows, str(place) if lines.read(1) else None)


def judged_rows(folder: Folder, *verdicts: str) -> Iterator[Judged]:
    """All rows of some verdicts."""
    for verdict in verdicts:
        with (folder.path / verdict).open(encoding="utf-8") as lines:
            for line in lines:
                yield _unpacked(json.loads(line), verdict)


def sums_of(folder: Folder) -> list[Sum]:
    """What posting would add, by indicator and stage."""
    file = folder.path / "sums"
    if not file.exists():
        return []
    rows = json.loads(file.read_text(encoding="utf-8"))
    return [Sum(i, stage, Decimal(quantity), rial, n, how) for i, stage, quantity, rial, n, how in rows]


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
    (identifier, indicator, stage, unit, start, end, quantity, qualifier, place, activity, dimensions, item, rial,
     coverage, role, part_of, fulfils, verifies, as_written, note) = packed  # fmt: skip
    return NewEntry(
        id=UUID(identifier), indicator=indicator, stage=Stage(stage), unit=unit,
        starts_on=date.fromisoformat(start), ends_on=date.fromisoformat(end),
        quantity=None if quantity is None else Decimal(quantity), qualifier=Qualifier(qualifier), place=place,
        activity=activity, dimensions=dimensions, item=item, rial=rial, coverage=Coverage(coverage),
        role=Role(role), part_of=_link(part_of), fulfils=_link(fulfils), verifies=_link(verifies),
        batch_row=row, as_written=as_written, note=note,
    )  # fmt: skip


def _unpacked(line: Mapping[str, Any], verdict: str) -> Judged:
    problems = tuple(Problem(column, code, given, warning) for column, code, given, warning in line.get("problems", []))
    entry = _entry(line["entry"], line["row"]) if "entry" in line else None
    return Judged(line["row"], verdict, problems, tuple(line["shown"]), entry)
