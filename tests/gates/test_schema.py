"""The schema that all test databases are copied from is made anew whenever it could have changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from gates.findings import ROOT

from gates import schema


def test_what_a_migration_imports_belongs_to_the_schema(tmp_path: Path) -> None:
    app = tmp_path / "src/karnameh/x"
    (app / "migrations").mkdir(parents=True)
    (app / "words.py").write_text("one")
    (app / "migrations/0001_initial.py").write_text("from karnameh.x.words import WORDS\n")
    before = schema.digest(tmp_path)
    (app / "words.py").write_text("two")
    assert schema.digest(tmp_path) != before


def test_the_products_own_pieces_are_found() -> None:
    found = {file.relative_to(ROOT).as_posix() for file in schema.pieces()}
    product = {"sql/law.sql", "models.py", "reporting.py", "migrations/0001_initial.py"}
    assert {f"src/karnameh/ledger/{name}" for name in product} | {"requirements/run.txt"} <= found


@pytest.mark.parametrize(
    "file",
    [
        "src/karnameh/x/migrations/0001_initial.py", "src/karnameh/x/sql/law.sql", "src/karnameh/x/models.py",
        "src/karnameh/x/y/models/one.py", "src/karnameh/plumbing/sql.py", "requirements/product.txt",
    ],
)  # fmt: skip
def test_a_changed_or_a_new_file_changes_the_digest(file: str, tmp_path: Path) -> None:
    empty = schema.digest(tmp_path)
    changed = tmp_path / file
    changed.parent.mkdir(parents=True)
    changed.write_text("one")
    first = schema.digest(tmp_path)
    changed.write_text("two")
    assert len({empty, first, schema.digest(tmp_path)}) == 3


def test_a_page_does_not(tmp_path: Path) -> None:
    page = tmp_path / "src/karnameh/x/views.py"
    page.parent.mkdir(parents=True)
    before = schema.digest(tmp_path)
    page.write_text("one")
    assert schema.digest(tmp_path) == before
