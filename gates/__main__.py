"""`./karnameh test`: every check, one after the other, and a table of how they went.

    ./karnameh test                       everything
    ./karnameh test lint types            some parts
    ./karnameh test tests -- -k reversal  what follows `--` is handed to pytest

A part that fails does not stop the ones after it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from gates.findings import ROOT

if TYPE_CHECKING:
    from gates.database import Servers

CODE = ("src", "gates", "tests", "karnameh")
PYTHON = sys.executable
BIN = os.path.dirname(sys.executable)
CONCISE = ("--output-format", "concise")  # one line for each fault
BOTH_CORES = ("-n", "2", "--dist", "worksteal")
NO_TESTS = 5  # pytest's exit code when it found none


@dataclass(frozen=True)
class Part:
    """One named part of the whole check: a few commands, of which each must succeed."""

    name: str
    says: str
    commands: tuple[tuple[str, ...], ...]
    database: bool = False  # needs a server
    pytest: bool = False  # shown while it runs, with both cores to itself
    mend: str = ""  # the command that puts most of it right


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """A program of the environment."""
    return (os.path.join(BIN, name), *arguments)


def module(name: str, *arguments: str) -> tuple[str, ...]:
    """A Python module run as a program."""
    return (PYTHON, "-m", name, *arguments)


PARTS = (
    Part(
        "format",
        "the layout of the code",
        (tool("ruff", "format", "--check", *CONCISE, *CODE),),
        mend=f"var/venv/bin/ruff format {' '.join(CODE)}",
    ),
    Part(
        "lint",
        "common mistakes",
        (tool("ruff", "check", *CONCISE, *CODE),),
        mend=f"var/venv/bin/ruff check --fix {' '.join(CODE)}  (what can be mended by a machine)",
    ),
    Part("types", "mypy --strict", (tool("mypy", "--cache-dir", "var/mypy", *CODE),)),
    Part(
        "imports",
        "the order of contexts, their doors, and what must not be in the repository",
        (
            tool("lint-imports", "--no-logo", "--cache-dir", "var/import-linter"),
            module("gates.doors"),
            module("gates.registry"),
        ),
    ),
    Part(
        "templates",
        "markup, stylesheets and the content security policy",
        (tool("djlint", "src/karnameh", "--lint", "--quiet"), module("gates.templates")),
    ),
    Part(
        "migrations",
        "no change of a model without its migration",
        (module("django", "makemigrations", "--check", "--dry-run"),),
        database=True,
    ),
    Part(
        "translations",
        "every text in Persian",
        (module("gates.translations"),),
        mend="./karnameh translations --write, then fill in the empty msgstr",
    ),
    Part(
        "dictionary", "every personal column declared", (module("gates.personal"),), database=True
    ),
    Part(
        "tests",
        "rules, actions, pages, law",
        (module("pytest", *BOTH_CORES, "-m", "not journey"),),
        database=True,
        pytest=True,
    ),
    Part(
        "journeys",
        "a real browser",
        (module("pytest", *BOTH_CORES, "-m", "journey"),),
        database=True,
        pytest=True,
    ),
)


@dataclass(frozen=True)
class Outcome:
    """How a part went."""

    part: Part
    passed: bool
    seconds: float
    output: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """One line of the table."""
        counted = ", ".join(f"{number} {word}" for word, number in self.counts.items())
        verdict = "pass" if self.passed else "FAIL"
        return (
            f"  {self.part.name:<13} {verdict}  {self.seconds:6.1f} s  {counted or self.part.says}"
        )


def run_part(part: Part, environment: dict[str, str], extra: Sequence[str] = ()) -> Outcome:
    """Run the commands of a part to the end, also when an early one fails: all faults in one go."""
    began = time.monotonic()
    passed, output = True, ""
    for command in part.commands:
        code, printed = run_command((*command, *extra), environment, aloud=part.pytest)
        passed = passed and code == 0
        output += printed
        if part.pytest and code == NO_TESTS:
            print(f"{part.name}: no test was run, so nothing was checked.", flush=True)
    counts = count_tests(output) if part.pytest else {}
    return Outcome(part, passed, time.monotonic() - began, output, counts)


def run_command(
    command: Sequence[str], environment: dict[str, str], *, aloud: bool
) -> tuple[int, str]:
    """Exit code and output of a command; `aloud` shows the output while it comes."""
    printed = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        try:
            while chunk := process.stdout.read1():  # type: ignore[attr-defined]
                printed.append(chunk)
                if aloud:
                    sys.stdout.buffer.write(chunk)
                    sys.stdout.flush()
        except BaseException:
            process.terminate()
            raise
    return process.returncode, b"".join(printed).decode(errors="replace")


def count_tests(output: str) -> dict[str, int]:
    """The numbers in pytest's closing line: `812 passed, 3 skipped in 61.20s`."""
    closing = [line for line in output.splitlines() if re.search(r"\d+ \w+.* in [\d.]+s", line)]
    counted = r"(\d+) (passed|failed|error|skipped|xfailed|xpassed)"
    return {word: int(number) for number, word in re.findall(counted, "".join(closing[-1:]))}


def run_all(parts: Sequence[Part], extra: Sequence[str]) -> Iterator[Outcome]:
    """Run the parts and give their outcomes in order.

    The reading checks go two at a time, since each of them uses one core; pytest has both to itself.
    """
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "karnameh.config.settings"}
    wait_for_schema: Callable[[], str] = str
    with ExitStack() as running, ThreadPoolExecutor(max_workers=2) as pool:
        if any(part.database for part in parts):
            try:
                servers, found = running.enter_context(servers_for_tests())
            except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as trouble:
                print(f"The database for the tests did not start: {trouble}", flush=True)
                yield from (
                    Outcome(part, False, 0, "no database") for part in parts if part.database
                )
                parts = [part for part in parts if not part.database]
            else:
                environment |= found
                if any(part.pytest and part.database for part in parts):
                    making = pool.submit(
                        run_command, module("gates.schema"), environment, aloud=False
                    )
                    wait_for_schema = partial(spread_schema, making, servers)
        reading = [part for part in parts if not part.pytest]
        yield from pool.map(lambda part: run_part(part, environment), reading)
        no_schema = wait_for_schema()
        if any(part.pytest for part in parts):  # pages are tested in Persian
            run_command(module("gates.translations", "--compile"), environment, aloud=True)
        for part in parts:
            if part.pytest:
                print(f"\n== {part.name}: {part.says}", flush=True)
                if no_schema and part.database:
                    print(no_schema, flush=True)
                    yield Outcome(part, False, 0, no_schema)
                else:
                    yield run_part(part, environment, extra)


def spread_schema(making: Future[tuple[int, str]], servers: Servers) -> str:
    """Wait for the schema and bring it to every server; what went wrong, or nothing."""
    code, printed = making.result()
    if code:
        return f"The schema could not be made: {printed}"
    servers.start_others(printed.split()[-1])
    return ""


def servers_for_tests() -> AbstractContextManager[tuple[Servers, dict[str, str]]]:
    """The servers, imported only when a part needs one: `./karnameh test lint` must start at once."""
    from gates import database

    return database.servers_for_tests()


def show(outcome: Outcome) -> None:
    """Say how a part went, with its words when it failed."""
    if outcome.part.pytest:
        return  # it was heard
    print(f"\n== {outcome.part.name}: {outcome.part.says}")
    if not outcome.passed:
        print(outcome.output.rstrip())
        if outcome.part.mend:
            print(f"   to mend: {outcome.part.mend}")
    print(f"   {'pass' if outcome.passed else 'FAIL'} in {outcome.seconds:.1f} s", flush=True)


def show_table(outcomes: Sequence[Outcome], seconds: float) -> None:
    """The table at the end; its last line adds up the tests."""
    print("\n" + "\n".join(outcome.line for outcome in outcomes))
    print(f"  {'together':<13}       {seconds:6.1f} s")
    total: Counter[str] = Counter()
    for outcome in outcomes:
        total.update(outcome.counts)
    if total:
        failed = total["failed"] + total["error"]
        print(f"\n{total['passed']} passed, {failed} failed, {total['skipped']} skipped")


def chosen(names: Sequence[str]) -> list[Part]:
    """The parts that were named, in their own order; all when none was. Raises ValueError for others."""
    unknown = set(names) - {part.name for part in PARTS}
    if unknown:
        known = ", ".join(part.name for part in PARTS)
        raise ValueError(f"There is no part {', '.join(sorted(unknown))}; the parts are: {known}.")
    return [part for part in PARTS if not names or part.name in names]


def main(arguments: list[str]) -> int:
    """Run what was asked for; the exit code is 1 when any part failed."""
    if "--list" in arguments:
        print("\n".join(f"{part.name:<13} {part.says}" for part in PARTS))
        return 0
    names, extra = split(arguments)
    try:
        parts = chosen(names)
    except ValueError as error:
        print(error)
        return 2
    if any(part.name == "journeys" for part in parts) and not shutil.which("chromium"):
        print(
            "Journeys need a browser (apt-get install chromium) and will fail without it.",
            flush=True,
        )
    # A polite end (from CI, or a closed terminal) must stop the server too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    outcomes = []
    for outcome in run_all(parts, extra):
        show(outcome)
        outcomes.append(outcome)
    show_table(outcomes, time.monotonic() - began)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """The names of parts, and what follows `--`."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("\nstopped")
        sys.exit(130)
