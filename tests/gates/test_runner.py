"""`./karnameh test`: which parts run, how failures are kept, and what stands at the end."""

from __future__ import annotations

import sys

import pytest
from gates.__main__ import Outcome, Part, count_tests, module, run_part

from gates import __main__ as runner


def test_parts_keep_their_order_whatever_was_typed() -> None:
    assert [part.name for part in runner.chosen(["types", "lint"])] == ["lint", "types"]
    assert [part.name for part in runner.chosen([])] == [part.name for part in runner.PARTS]


def test_an_unknown_part_is_named() -> None:
    with pytest.raises(ValueError, match=r"no part dance; the parts are: format, lint"):
        runner.chosen(["dance", "lint"])


def test_a_part_runs_all_its_commands_and_fails_with_any() -> None:
    part = Part(
        "both",
        "",
        (
            (sys.executable, "-c", "print('first'); raise SystemExit(3)"),
            (sys.executable, "-c", "print('second')"),
        ),
    )
    outcome = run_part(part, {})
    assert not outcome.passed
    assert outcome.output == "first\nsecond\n"


def test_a_failed_part_does_not_stop_the_next() -> None:
    bad = Part("bad", "", ((sys.executable, "-c", "raise SystemExit(1)"),))
    good = Part("good", "", ((sys.executable, "-c", ""),))
    assert [outcome.passed for outcome in runner.run_all([bad, good], [])] == [False, True]


def test_pytest_that_ran_nothing_has_failed(capfd: pytest.CaptureFixture[str]) -> None:
    part = Part("none", "", ((sys.executable, "-c", "raise SystemExit(5)"),), pytest=True)
    assert not run_part(part, {}).passed
    assert "no test was run" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ("...\n812 passed in 61.20s\n", {"passed": 812}),
        (
            "FAILED x\n3 failed, 10 passed, 1 skipped in 2.00s",
            {"failed": 3, "passed": 10, "skipped": 1},
        ),
        ("2 passed, 1 error in 0.10s (0:00:01)", {"passed": 2, "error": 1}),
        ("2 errors in 0.10s", {"error": 2}),
        ("115 deselected in 2.01s", {}),
        ("", {}),
    ],
)
def test_the_closing_line_of_pytest_is_read(output: str, counts: dict[str, int]) -> None:
    assert count_tests(output) == counts


def test_the_table_adds_up_the_tests(capsys: pytest.CaptureFixture[str]) -> None:
    part = Part("tests", "", (module("pytest"),), pytest=True)
    counts = [{"passed": 3, "skipped": 1}, {"passed": 2, "failed": 1, "error": 1}]
    runner.show_table([Outcome(part, True, 1.0, "", one) for one in counts], 2.0)
    assert capsys.readouterr().out.endswith("\n5 passed, 2 failed, 1 skipped\n")
