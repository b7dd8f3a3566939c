"""The doors gate, shown to fail on each fault that it is there for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gates import doors

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small product in which `insight` uses `ledger` as it should."""
    files = {
        "kernel/digits.py": "",
        "ledger/public.py": (
            "from karnameh.ledger.actions import post_entry\n"
            "from karnameh.ledger.models import Entry\n"
            "__all__ = ['Entry', 'post_entry']\n"
        ),
        "ledger/models.py": 'class Entry:\n    """One immutable quantity."""\n',
        "ledger/actions.py": 'def post_entry() -> None:\n    """Post one entry.\n\n    Twice is once."""\n',
        "ledger/rules.py": "",
        "ledger/migrations/__init__.py": "",
        "insight/views.py": (
            "from karnameh.kernel import digits\nfrom karnameh.ledger.public import Entry\n"
        ),
        "insight/migrations/__init__.py": "",
        "insight/migrations/0001_initial.py": "import karnameh.ledger.models\n",
        "insight/rules.py": "from karnameh.ledger.rules import anything\n",
    }
    for name, text in files.items():
        write(tmp_path, name, text)
    for context in ("kernel", "ledger", "insight"):
        write(tmp_path, f"{context}/__init__.py", "")
        write(tmp_path, f"{context}/README.md", f"# {context}\n\nWhat {context} is for.\n")
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    file = root / "src" / "karnameh" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_a_tidy_tree_passes(tree: Path) -> None:
    inspection = doors.check(tree)
    assert inspection.sentences == []
    assert inspection.looked_at == 13


@pytest.mark.parametrize(
    "planted",
    [
        "from karnameh.ledger.models import Entry",
        "from karnameh.ledger import models",
        "import karnameh.ledger.models as m",
        "from ..ledger.models import Entry",
        "from ..ledger import actions",
        "def late():\n    from karnameh.ledger.actions import post_entry",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from karnameh.ledger.models import Entry",
    ],
)
def test_reaching_past_a_door_is_found(tree: Path, planted: str) -> None:
    write(tree, "insight/queries.py", planted)
    (sentence,) = doors.check(tree).sentences
    assert "insight/queries.py:" in sentence
    assert "past its door" in sentence and "karnameh.ledger.public" in sentence


def test_a_migration_may_name_only_models(tree: Path) -> None:
    write(tree, "insight/migrations/0002_more.py", "from karnameh.ledger.actions import post_entry")
    assert "past its door" in doors.check(tree).sentences[0]


def test_a_context_in_use_needs_a_door(tree: Path) -> None:
    (tree / "src/karnameh/ledger/public.py").unlink()
    assert any("without a door" in sentence for sentence in doors.check(tree).sentences)


def test_a_context_needs_a_readme(tree: Path) -> None:
    (tree / "src/karnameh/ledger/README.md").unlink()
    assert ["README.md" in sentence for sentence in doors.check(tree).sentences] == [True]


def test_a_folder_that_import_linter_cannot_see_is_found(tree: Path) -> None:
    write(tree, "insight/reader/words.py", "")
    assert ["__init__.py" in sentence for sentence in doors.check(tree).sentences] == [True]


def test_models_without_migrations_are_found(tree: Path) -> None:
    (tree / "src/karnameh/ledger/migrations/__init__.py").unlink()
    (sentence,) = doors.check(tree).sentences
    assert "makemigrations" in sentence


def test_files_of_a_context_use_each_other_in_one_direction(tree: Path) -> None:
    write(tree, "ledger/models.py", "from karnameh.ledger.actions import post_entry")
    (sentence,) = doors.check(tree).sentences
    assert "models uses actions" in sentence


def test_an_empty_tree_does_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from gates.findings import report

    assert report("doors", doors.check(tmp_path), "Python files") == 1
    assert "no Python files" in capsys.readouterr().out


def test_the_list_shows_what_a_door_offers(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(ROOT / ".importlinter", tree)
    doors.print_list(tree)
    shown = capsys.readouterr().out
    assert "Post one entry." in shown and "One immutable quantity." in shown
    assert shown.index("insight") < shown.index("ledger") < shown.index("kernel")


# --- The contract of .importlinter, on the same small tree -----------------------------------------

REQUIRED = [
    "config",
    "front",
    "ledger",
    "activities",
    "catalog",
    "access",
    "org",
    "people",
    "ui",
    "plumbing",
    "kernel",
]


@pytest.fixture
def layered(tree: Path) -> Path:
    """The small tree with every context that the contract asks for."""
    for context in REQUIRED:
        write(tree, f"{context}/__init__.py", "")
    write(tree, "__init__.py", "")
    write(tree, "exchange/__init__.py", "")
    shutil.copy(ROOT / ".importlinter", tree)
    return tree


def contracts(tree: Path) -> tuple[int, str]:
    """Exit code and output of import-linter on a tree, with its lines joined."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


def test_the_contracts_keep_on_a_tidy_tree(layered: Path) -> None:
    code, said = contracts(layered)
    assert code == 0, said


@pytest.mark.parametrize(
    ("file", "planted", "complaint"),
    [
        (
            "ledger/queries.py",
            "import karnameh.insight",
            "ledger is not allowed to import karnameh.insight",
        ),
        (
            "insight/x.py",
            "import karnameh.exchange",
            "insight is not allowed to import karnameh.exchange",
        ),
        ("kernel/text.py", "import django", "kernel is not allowed to import django"),
        (
            "ledger/rules.py",
            "from django.db import models",
            "ledger.rules is not allowed to import django",
        ),
        ("payments/__init__.py", "", "not listed as layers"),
    ],
)
def test_a_broken_contract_is_found(layered: Path, file: str, planted: str, complaint: str) -> None:
    write(layered, file, planted)
    code, said = contracts(layered)
    assert code == 1
    assert complaint in said
