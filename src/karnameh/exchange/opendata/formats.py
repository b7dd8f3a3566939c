"""Tables as files: CSV with HXL tags, JSON with the dictionary inside, Parquet. DuckDB is met here only."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from karnameh.exchange.opendata.columns import Column, names, tags
from karnameh.plumbing.tables import harmless

Cell = str | int | Decimal | date | None
Rows = Sequence[Sequence[Cell]]


def write_csv(file: Path, columns: tuple[Column, ...], rows: Rows) -> None:
    """Names, HXL tags, rows; in UTF-8 with the mark by which spreadsheets see it."""
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerows([names(columns), tags(columns)])
        writer.writerows([harmless(_plain(cell)) for cell in row] for row in rows)


def write_json(
    file: Path, columns: tuple[Column, ...], rows: Rows, *, about: dict[str, Any]
) -> None:
    """What it is, what its columns mean, and the rows as objects."""
    dictionary = [{"name": one.name, "hxl": one.tag, "says": one.says} for one in columns]
    keys = names(columns)
    with file.open("w", encoding="utf-8") as target:
        head = json.dumps({"about": about, "columns": dictionary}, ensure_ascii=False)[:-1]
        target.write(head + ', "rows": [\n')
        for number, row in enumerate(rows):
            one = {key: _plain(cell) for key, cell in zip(keys, row, strict=True)}
            target.write((",\n" if number else "") + json.dumps(one, ensure_ascii=False))
        target.write("\n]}\n")


def write_parquet(file: Path, columns: tuple[Column, ...], rows: Rows) -> None:
    """Typed columns, compressed; the same rows in the same order."""
    bare = file.with_suffix(".rows")
    with bare.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(_texts(rows))
    shape = ", ".join(f'"{column.name}" {column.kind}' for column in columns)
    with duckdb.connect() as engine:
        engine.execute("SET threads = 1")
        engine.execute(f"CREATE TABLE made ({shape})")
        if rows:
            engine.execute(f"COPY made FROM '{bare}' (FORMAT csv, HEADER false, NULLSTR '')")
        engine.execute(f"COPY made TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    bare.unlink()


def _texts(rows: Rows) -> Iterable[list[str]]:
    return (["" if cell is None else str(_plain(cell)) for cell in row] for row in rows)


def _plain(cell: Cell) -> str | int | None:
    """Decimals as text, so that no reader rounds them; days as ISO."""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return cell.isoformat() if isinstance(cell, date) else cell
