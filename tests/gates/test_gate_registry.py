"""The registry gate, shown to fail on each fault that it is there for."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gates import registry


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository that names nothing it should not."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["Django~=5.2", "psycopg[binary]~=3.3"]\n'
        '[project.optional-dependencies]\ndev = ["ruff~=0.17"]\n'
    )
    run = (
        "django==5.2.1 \\\n    --hash=sha256:00\npsycopg[binary]==3.3.9 ; sys_platform == 'linux'\n"
    )
    (tmp_path / "requirements/run.txt").write_text(run)
    (tmp_path / "requirements/dev.txt").write_text(run + "ruff==0.17.6\n")
    (tmp_path / "README.md").write_text(
        "PyPI is only a name.\n\n======\n/networks/ and /work are words\n"
    )
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def test_a_tidy_repository_passes(tree: Path) -> None:
    inspection = registry.check(tree)
    assert inspection.sentences == []
    assert inspection.looked_at == 4


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        ("see https://" + "py" + "pi.org/simple", "package registry"),
        ("files." + "Python" + "hosted.org", "package registry"),
        ("registry." + "npm" + "js.org", "package registry"),
        ("<" * 7 + " HEAD", "merge conflict"),
        (">" * 7 + " theirs", "merge conflict"),
        ("open('/" + "work/main/x')", "path of one machine"),
        ("see shared" + "/reports/x.md", "folder that readers"),
        ("-----BEGIN RSA PRIVATE" + " KEY-----", "private key"),
    ],
)
def test_forbidden_text_is_found(tree: Path, planted: str, complaint: str) -> None:
    (tree / "notes.md").write_text(f"first line\n{planted}\n")
    (sentence,) = registry.check(tree).sentences
    assert sentence.startswith("notes.md:2: ") and complaint in sentence


def test_what_git_ignores_is_left_alone(tree: Path) -> None:
    (tree / ".gitignore").write_text("/var/\n")
    (tree / "var").mkdir()
    (tree / "var/x.txt").write_text("py" + "pi.org")
    assert registry.check(tree).sentences == []


def test_an_unpacked_archive_is_looked_at_too(tree: Path) -> None:
    shutil.rmtree(tree / ".git")
    (tree / "var").mkdir()
    (tree / "var/x.txt").write_text("py" + "pi.org")
    assert registry.check(tree).looked_at == 4


def test_a_version_that_differs_between_the_files_is_found(tree: Path) -> None:
    file = tree / "requirements/dev.txt"
    file.write_text(file.read_text().replace("5.2.1", "5.2.2"))
    (sentence,) = registry.check(tree).sentences
    assert "django is 5.2.1 in run.txt and 5.2.2 here" in sentence


def test_a_dependency_that_was_not_locked_is_found(tree: Path) -> None:
    project = tree / "pyproject.toml"
    project.write_text(project.read_text().replace('"ruff~=0.17"', '"ruff~=0.17", "mypy"'))
    (sentence,) = registry.check(tree).sentences
    assert "mypy is in pyproject.toml only" in sentence
