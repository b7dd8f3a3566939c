"""Tools of the tests that kill processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def end_a_solver() -> int:
    """Kill one of the planner's processes that this process began; its number."""
    solver = _children("planner.worker")[0]
    os.kill(solver, signal.SIGKILL)
    return solver


def _children(program: str) -> list[int]:
    """Children of this process that run `program`. Each says itself whose child it is: the kernel's own
    list of somebody's children may leave one out while they come and go."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (folder / "cmdline").read_text()
        except OSError:  # it has ended meanwhile
            continue
        if parent == os.getpid() and program in command:
            found.append(int(folder.name))
    return found
