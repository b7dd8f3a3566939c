"""Starts a child process that may use little and knows nothing (`confined` is the child's side)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO


def start(
    module: str,
    *arguments: str,
    source: Path,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    shared: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Run `module` with nothing of our own around it: no address of the database, no keys.

    `source` is the folder of the package; `shared` are open files that the child may use, too. The caller
    ends the child.
    """
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(source),
        "PYTHONUTF8": "1",
        "PYTHONSAFEPATH": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env=environment,
        pass_fds=shared,
    )  # fmt: skip
