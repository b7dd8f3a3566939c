"""The command: a plan, its check, a kill in the middle."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from karnameh.campaigns.planner import __main__ as command
from karnameh.campaigns.planner import check, files
from karnameh.campaigns.planner.generating import Recipe, generate

EXAMPLE = Path(__file__).parent / "examples" / "county-week.json"


def test_the_example_is_planned_checked_and_a_wrong_plan_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan.json"
    assert command.main([str(EXAMPLE), "--out", str(out), "--time", "10"]) == 0
    assert command.main(["--check", str(EXAMPLE), str(out)]) == 0
    written = json.loads(out.read_text("utf-8"))
    assert written["placements"] and "بهترین برنامهٔ ممکن" in capsys.readouterr().out
    for one in written["placements"]:
        one["day"] = "saturday"
    out.write_text(json.dumps(written), "utf-8")
    assert command.main(["--check", str(EXAMPLE), str(out)]) == 1
    said = capsys.readouterr().out
    assert "violations" in said and "ممکن" not in said


def test_the_example_of_the_documentation_is_a_plan(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "planner.md").read_text("utf-8")
    example, out = tmp_path / "instance.json", tmp_path / "plan.json"
    example.write_text(text.split("```json")[1].split("```")[0], "utf-8")
    assert command.main([str(example), "--out", str(out)]) == 0
    assert command.main(["--check", str(example), str(out)]) == 0
    plan = files.read_plan(out)
    assert plan.status == "optimal" and {"clinic", "lecture"} <= plan.accepted


def test_a_false_claim_of_points_is_found(tmp_path: Path) -> None:
    out = tmp_path / "plan.json"
    assert command.main([str(EXAMPLE), "--out", str(out)]) == 0
    written = json.loads(out.read_text("utf-8"))
    out.write_text(json.dumps({**written, "objective": written["objective"] + 1}), "utf-8")
    assert command.main(["--check", str(EXAMPLE), str(out)]) == 1


def test_a_new_plan_lists_its_moves(tmp_path: Path) -> None:
    out, changed, again = (tmp_path / name for name in ("plan.json", "changed.json", "again.json"))
    assert command.main([str(EXAMPLE), "--out", str(out)]) == 0
    week = json.loads(EXAMPLE.read_text("utf-8"))
    week["venues"][0]["closed"].append({"day": "friday", "slot": "morning"})
    changed.write_text(json.dumps(week), "utf-8")
    code = command.main([str(changed), "--out", str(again), "--before", str(out)])
    assert code == 0 and command.main(["--check", str(changed), str(again)]) == 0


@pytest.mark.process
def test_killed_in_the_middle_the_last_good_plan_is_whole(tmp_path: Path) -> None:
    instance = generate(Recipe(proposals=900, national=8, central=3), 4)
    source, out = tmp_path / "instance.json", tmp_path / "plan.json"
    files.write_instance(instance, source)
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "karnameh.campaigns.planner",
            str(source),
            "--out",
            str(out),
            "--gap",
            "0",
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.DEVNULL,
    ) as running:
        until = time.monotonic() + 120
        while not out.exists() and running.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
    plan = files.read_plan(out)
    assert plan.placements and not check(instance, plan).violations
