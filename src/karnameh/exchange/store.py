"""The files of an import: the upload, and what each check of it found, one JSON line a row.

Rows lie in one file for each verdict, in the order of the sheet, so that a page shows errors first by
reading a few lines from a place that it was told. Every check writes into a folder of its own; which
one counts stands in the import's row, so a killed worker leaves nothing half there.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from karnameh.exchange.rules.verdicts import VERDICTS, Judged, Sum, read_line, written_line
from karnameh.plumbing.paging import Page

_LONGEST = 100_000  # bytes of one line


@dataclass(frozen=True)
class Folder:
    """Where the files of one import lie."""

    name: str

    @property
    def path(self) -> Path:
        """Outside everything that is served."""
        return Path(settings.UPLOADS) / "imports" / self.name

    @property
    def upload(self) -> Path:
        """The file as it was sent."""
        return self.path / "upload"

    def findings(self, check: UUID) -> Findings:
        """What one check found."""
        return Findings(self.path / check.hex)

    def forget_checks(self) -> None:
        """Erase what former checks found, finished or not."""
        for old in self.path.iterdir():
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)

    def remove(self) -> None:
        """Erase everything."""
        shutil.rmtree(self.path, ignore_errors=True)


def keep_upload(chunks: Iterable[bytes]) -> tuple[Folder, int, str]:
    """Write an upload under a random name: its folder, size and SHA-256."""
    folder = Folder(secrets.token_hex(16))
    folder.path.mkdir(parents=True, mode=0o700)
    size, digest = 0, hashlib.sha256()
    try:
        with open(folder.upload, "wb", opener=_private) as out:
            for chunk in chunks:
                out.write(chunk)
                digest.update(chunk)
                size += len(chunk)
    except BaseException:
        folder.remove()
        raise
    return folder, size, digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass(frozen=True)
class Findings:
    """The files of one check."""

    path: Path

    @property
    def with_errors(self) -> Path:
        """The sheet with its column of sentences; there only when a row has an error."""
        return self.path / "sheet"

    def page(self, verdict: str, *, after: int, size: int = 50) -> Page[Judged]:
        """Rows of one verdict from the byte `after` on; the next key is such a place as well.

        A place that is not the beginning of a line begins at the first one.
        """
        file = self.path / verdict
        if verdict not in VERDICTS or not file.exists():
            return Page([], None)
        rows: list[Judged] = []
        with file.open("rb") as lines:
            if 0 < after <= file.stat().st_size:
                lines.seek(after - 1)
                if lines.read(1) != b"\n":
                    lines.seek(0)
            while len(rows) < size and (line := lines.readline(_LONGEST)):
                rows.append(read_line(line, verdict))
            place = lines.tell()
            return Page(rows, str(place) if lines.read(1) else None)

    def rows(self, *verdicts: str) -> Iterator[Judged]:
        """All rows of some verdicts."""
        for verdict in verdicts:
            with (self.path / verdict).open(encoding="utf-8") as lines:
                for line in lines:
                    yield read_line(line, verdict)

    def sums(self) -> list[Sum]:
        """What posting would add, by indicator and stage."""
        file = self.path / "sums"
        if not file.exists():
            return []
        rows = json.loads(file.read_text(encoding="utf-8"))
        return [
            Sum(i, stage, Decimal(quantity), rial, n, how)
            for i, stage, quantity, rial, n, how in rows
        ]


class FindingsWriter:
    """Writes the rows of one check."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.counts = dict.fromkeys(VERDICTS, 0)
        self._open = ExitStack()
        findings.path.mkdir(mode=0o700)
        self._files: dict[str, IO[str]] = {}
        for verdict in VERDICTS:
            file = open(findings.path / verdict, "w", encoding="utf-8", opener=_private)  # noqa: SIM115
            self._files[verdict] = self._open.enter_context(file)

    def write(self, judged: Judged) -> None:
        """One more row."""
        self.counts[judged.verdict] += 1
        self._files[judged.verdict].write(written_line(judged) + "\n")

    def finish(self, sums: Iterable[Sum]) -> None:
        """All rows were written."""
        with open(self.findings.path / "sums", "w", encoding="utf-8", opener=_private) as out:
            json.dump(
                [
                    [s.indicator, s.stage, str(s.quantity), s.rial, s.entries, s.qualifier]
                    for s in sums
                ],
                out,
            )
        self.close()

    def close(self) -> None:
        """Let the files go, whether all was written or not."""
        self._open.close()
