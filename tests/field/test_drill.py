"""The same under real kill -9: workers and the database die while phones send."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.process, pytest.mark.long]


def test_nothing_is_lost_doubled_or_altered_while_processes_are_killed(tmp_path: Path) -> None:
    """In an installation of its own, which is thrown away."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE", "KARNAMEH", "DJANGO"))
    }
    environment["KARNAMEH_VAR"] = str(tmp_path / "var")
    tmp_path.chmod(0o755)
    arguments = [
        "bench",
        "sync",
        "--sessions",
        "0",
        "--phones",
        "0",
        "--outside",
        "60",
        "--killed",
        "10",
    ]
    stop = "from karnameh.config.commands import database; database().stop(mode='immediate')"
    try:
        done = subprocess.run(
            [sys.executable, "-m", "karnameh", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
    finally:
        subprocess.run(
            [sys.executable, "-c", stop], env=environment, capture_output=True, timeout=60
        )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) kills, (\d+) restores", done.stdout)
    assert found and int(found[1]) >= 1 and int(found[2]) == 8, done.stdout
    assert "0 lost, 0 doubled, 0 altered, 0 stray, 0 unfinished" in done.stdout
