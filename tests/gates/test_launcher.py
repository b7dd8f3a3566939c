"""`./karnameh` itself: it makes its environment once, whole, and speaks in sentences when it cannot."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Machine:
    """A machine on which making an environment and installing are only noted, and can be made to fail."""

    def __init__(self, launcher: ModuleType, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.launcher = launcher
        self.done: list[str] = []
        self.interrupted = False
        self.pause = 0.0
        (home / "requirements").mkdir()
        for kind in ("run", "dev"):
            (home / "requirements" / f"{kind}.txt").write_text(f"{kind}==1\n")
        places = {"ROOT": home, "REQUIREMENTS": home / "requirements", "VAR": home / "var"}
        places |= {"VENV": home / "var/venv", "SOURCE": home / "src"}
        places |= {"PYTHON": home / "var/venv/bin/python", "STAMP": home / "var/venv/karnameh.json"}
        for name, place in places.items():
            monkeypatch.setattr(launcher, name, place)
        monkeypatch.setattr(launcher, "make_venv", self.make_venv)
        monkeypatch.setattr(launcher, "pip_install", self.pip_install)

    def make_venv(self, place: Path) -> None:
        self.done.append("venv")
        (place / "bin").mkdir(parents=True, exist_ok=True)
        (place / "bin/python").touch()
        (place / "karnameh.json").unlink(missing_ok=True)

    def pip_install(self, python: Path, requirements: Path) -> None:
        time.sleep(self.pause)
        self.done.append(requirements.stem)
        if self.interrupted:
            raise KeyboardInterrupt

    def asks_for(self, kind: str) -> list[str]:
        """What was done to fulfil a wish."""
        self.done.clear()
        self.launcher.python_for(kind)
        return list(self.done)


@pytest.fixture
def launcher() -> ModuleType:
    """The script, loaded as a module."""
    loader = SourceFileLoader("karnameh_launcher", str(ROOT / "karnameh"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    # Compiled code of a script would be left beside it.
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


@pytest.fixture
def machine(launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(launcher, tmp_path, monkeypatch)


def test_the_environment_is_made_once(machine: Machine) -> None:
    assert machine.asks_for("run") == ["venv", "run"]
    assert machine.asks_for("run") == []


def test_the_tools_of_developers_are_added_to_it(machine: Machine) -> None:
    machine.asks_for("run")
    assert machine.asks_for("dev") == ["dev"]
    assert machine.asks_for("run") == []


def test_new_requirements_are_installed(machine: Machine) -> None:
    machine.asks_for("run")
    (machine.launcher.REQUIREMENTS / "run.txt").write_text("run==2\n")
    assert machine.asks_for("run") == ["run"]


def test_another_python_begins_anew(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.asks_for("dev")
    monkeypatch.setattr(machine.launcher, "this_python", lambda: "python 3.99")
    assert machine.asks_for("run") == ["venv", "run"]


def test_what_was_interrupted_is_begun_again(machine: Machine) -> None:
    machine.asks_for("run")
    machine.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        machine.asks_for("dev")
    machine.interrupted = False
    assert machine.asks_for("run") == ["venv", "run"]


def test_a_damaged_stamp_begins_anew(machine: Machine) -> None:
    machine.asks_for("run")
    machine.launcher.STAMP.write_text('{"python": ')
    assert machine.asks_for("run") == ["venv", "run"]


def test_two_at_once_install_once(machine: Machine) -> None:
    machine.pause = 0.2
    together = [
        threading.Thread(target=machine.launcher.python_for, args=["run"]) for _ in range(4)
    ]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert machine.done == ["venv", "run"]


def test_the_lock_outlives_a_killed_command_until_its_helper_ends(
    launcher: ModuleType, tmp_path: Path
) -> None:
    with launcher.only_one_at_a_time(tmp_path / "lock"):
        helper = subprocess.Popen(["sleep", "30"], close_fds=False)
    with (tmp_path / "lock").open("w") as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        helper.kill()
        helper.wait()
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize(("user", "apt"), [(1000, "/usr/bin/apt-get"), (0, None)])
def test_a_missing_venv_module_is_one_sentence(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, user: int, apt: str | None
) -> None:
    monkeypatch.setattr(launcher, "has_venv_module", lambda: False)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(launcher.shutil, "which", lambda _: apt)
    with pytest.raises(launcher.Trouble, match="run `apt-get install python3-venv` as root"):
        launcher.ensure_venv_module()


def test_root_installs_the_missing_venv_module(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def apt(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(launcher, "has_venv_module", lambda: len(ran) == 2)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(launcher.shutil, "which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr(launcher, "run", apt)
    launcher.ensure_venv_module()
    assert [command[1] for command in ran] == ["update", "install"]
    assert ran[1][-1] == "python3-venv"


def test_only_stale_translations_are_compiled(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def note(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(machine.launcher, "run", note)
    source = machine.launcher.SOURCE / "karnameh/front/locale/fa/LC_MESSAGES/django.po"
    source.parent.mkdir(parents=True)
    source.touch()
    machine.launcher.compile_translations(Path("python"))
    assert ran == [["python", "-m", "gates.translations", "--compile"]]
    source.with_suffix(".mo").touch()
    machine.launcher.compile_translations(Path("python"))
    assert len(ran) == 1


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The real script, with this machine's environment."""
    return subprocess.run(
        [sys.executable, ROOT / "karnameh", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_names_every_command(launcher: ModuleType) -> None:
    shown = run("help")
    assert shown.returncode == 0
    for command in (*launcher.PRODUCT, "test", "doors", "translations", "lock", "help"):
        assert f"./karnameh {command}" in shown.stdout
    assert run().stdout == shown.stdout


def test_an_unknown_command_is_one_sentence() -> None:
    done = run("dance", KARNAMEH_DEBUG="")
    assert done.returncode == 1
    assert done.stderr == "karnameh: There is no command `dance`; `./karnameh help` lists them.\n"
    assert "Traceback" in run("dance", KARNAMEH_DEBUG="1").stderr


def test_the_doors_are_listed_without_any_environment() -> None:
    done = run("doors", PATH="/usr/bin:/bin")
    assert done.returncode == 0
    assert "kernel" in done.stdout


PINNED = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
six==1.17.0 \\
    --hash=sha256:dd
"""


def test_the_versions_of_one_package_stay_together_with_their_hashes(launcher: ModuleType) -> None:
    found = launcher.pins(PINNED)
    assert list(found) == ["numpy", "six"]
    assert "".join(line for lines in found.values() for line in lines) == PINNED
    assert len(found["numpy"]) == 2 and found["six"][0].endswith("--hash=sha256:dd\n")


def test_one_pip_that_fails_fails_the_whole_with_its_words(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    def pip_process(python: Path, requirements: Path) -> subprocess.Popen[str]:
        wrong = "six" in requirements.read_text()
        words = (
            f"print('no six here' if {wrong} else 'Collecting numpy'); raise SystemExit({wrong:d})"
        )
        return subprocess.Popen([sys.executable, "-c", words], stdout=subprocess.PIPE, text=True)

    monkeypatch.setattr(launcher, "pip_process", pip_process)
    monkeypatch.setattr(launcher.os, "cpu_count", lambda: 4)
    (tmp_path / "run.txt").write_text(PINNED)
    with pytest.raises(launcher.Trouble):
        launcher.pip_install(Path(sys.executable), tmp_path / "run.txt")
    assert "no six here" in capsys.readouterr().err
