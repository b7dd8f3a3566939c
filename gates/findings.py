"""What every gate gives back, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, order=True)
class Finding:
    """One broken rule: where it is, and a sentence that teaches."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.sentence}"


@dataclass
class Inspection:
    """What a gate looked at and what it found there."""

    root: Path
    looked_at: int = 0
    findings: list[Finding] = field(default_factory=list)

    def found(self, file: Path, line: int, sentence: str) -> None:
        """Note a broken rule; `line` is 0 when it is about the whole file."""
        shown = file.relative_to(self.root) if file.is_relative_to(self.root) else file
        self.findings.append(Finding(str(shown), line, sentence))

    @property
    def sentences(self) -> list[str]:
        """Every finding as one line, in the order of the files."""
        return [str(finding) for finding in sorted(self.findings)]


def report(gate: str, inspection: Inspection, unit: str) -> int:
    """Print the outcome and give the exit code.

    A gate that looked at nothing has failed: it would stay green for ever after a folder is renamed.
    """
    for sentence in inspection.sentences:
        print(sentence)
    if not inspection.looked_at:
        print(f"{gate}: found no {unit} to look at; is it run from the right folder?")
        return 1
    verdict = f"{len(inspection.findings)} to mend" if inspection.findings else "all well"
    print(f"{gate}: {inspection.looked_at:,} {unit}, {verdict}", flush=True)
    return 1 if inspection.findings else 0
