"""`./karnameh bench spark --python spark/bin/python`: the same SQL and files, by DuckDB and by Apache Spark.

Fills a database of its own, seals it, posts a tail, asks both engines every question, and compares the
answers to the last digit. The Python that is named has pyspark 4.1 or newer; the product does not need it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from karnameh.config.bench.filling import (
    federation,
    fill,
    fold_everything,
    new_entries,
    own_database,
)
from karnameh.config.bench.machine import machine_line

SIDE = Path(__file__).with_name("spark_side.py")


def bench(arguments: list[str]) -> int:
    """Run it; 1 when an answer differs."""
    parser = argparse.ArgumentParser(prog="./karnameh bench spark")
    parser.add_argument("--python", required=True, help="an interpreter with pyspark")
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--units", type=int, default=6_000)
    given = parser.parse_args(arguments)
    print(machine_line(), flush=True)
    with own_database(), tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        asked = _prepared(place, given.entries, given.units)
        ours = _by_duckdb(place, asked)
        subprocess.run([given.python, str(SIDE), folder], check=True, timeout=800)
        theirs = {
            name: (took, rows)
            for name, took, rows in json.loads((place / "answers.json").read_text())
        }
    return _compared(ours, theirs)


def _prepared(place: Path, entries: int, units: int) -> dict[str, str]:
    """Files, tables and questions, as both engines are given them."""
    import os

    from django.conf import settings

    from karnameh.front.public import prepare_bench
    from karnameh.ledger.public import post_entries, seal, write_segments
    from karnameh.plumbing.clock import now

    settings.SEGMENTS = place / "segments"
    settings.LOG_KEYS = {"bench": os.urandom(32)}
    made = federation(units)
    by = prepare_bench(made)
    fill(entries)
    fold_everything(entries)
    seal(at=now())
    write_segments(at=now())
    post_entries(new_entries(made, 2_000), by=by, at=now())
    return _questions(made)


def _questions(made: Any) -> dict[str, str]:
    from karnameh.ledger.public import sealed_statement

    nation, province = made.nation.pk, made.provinces["فارس"].pk
    year = {"start": "2026-03-21", "end": "2027-03-20"}
    week = {"start": "2026-11-20", "end": "2026-11-26"}
    asked: dict[str, str] = {}
    for name, axis, node, key, then, span in (
        ("nation, year", "unit", nation, "node", False, year),
        ("nation by province, year", "unit", nation, "child", False, year),
        ("nation by province as it was then, year", "unit", nation, "child", True, year),
        ("province by day, week", "unit", province, "day", False, week),
        ("province by month, year", "unit", province, "month", False, year),
        ("place of the province, year", "place", made.provinces["فارس"].place_id, "node", False, year),
    ):  # fmt: skip
        reach = [(nation, None)] if axis == "place" else None
        asked[name] = sealed_statement(axis=axis, node=node, by=key, then=then, reach=reach, **span)
    return asked


def _by_duckdb(place: Path, asked: dict[str, str]) -> dict[str, tuple[float, list[list[Any]]]]:
    """Its answers; and what it was given, written down for the other one."""
    from karnameh.ledger.public import handed_over

    found = {}
    with handed_over(place) as engine:
        for name, text in asked.items():
            began = time.perf_counter()
            rows = engine.execute(text).fetchall()
            took = time.perf_counter() - began
            found[name] = took, [[_plain(value) for value in row] for row in rows]
    (place / "questions.json").write_text(json.dumps(list(asked.items())))
    return found


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def _compared(ours: dict[str, Any], theirs: dict[str, Any]) -> int:
    differ = 0
    for name, (took, rows) in ours.items():
        other_took, other = theirs[name]
        same = sorted(map(_key, rows)) == sorted(map(_key, other)) and bool(rows)
        differ += not same
        print(
            f"{name:<42} {len(rows):>6,} rows  DuckDB {took:6.2f} s  Spark {other_took:6.2f} s"
            f"  {'the same to the last digit' if same else 'DIFFERENT'}"
        )
    return 1 if differ else 0


def _key(row: list[Any]) -> tuple[str, ...]:
    """A row as exact decimals: one engine writes 5, the other 5.000."""
    first, *numbers = row
    return (str(first), *(f"{Decimal(str(one or 0)).normalize():f}" for one in numbers))
