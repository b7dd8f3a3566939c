"""What an engine beyond this machine is given: the list of sealed files, the tail, and six small tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from karnameh.catalog.public import Indicator
from karnameh.ledger.models import Segment
from karnameh.ledger.segments.duck import opened
from karnameh.ledger.segments.writing import path_of

TABLES = ("tail", "indicators", "unit_now", "unit_then", "place_now", "place_then", "months")


@contextmanager
def handed_over(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Write `tables/NAME.parquet` and `entries.json` (paths of sealed files) into an empty folder.

    Gives the engine of this machine over just the same, to compare with.
    """
    rules = dict(
        Indicator.objects.filter(unit_rule="sum", time_rule__in=("sum", "last"))
        .values_list("pk", "time_rule")
    )  # fmt: skip
    scratch, tables = folder / "scratch", folder / "tables"
    scratch.mkdir()
    tables.mkdir()
    with opened(scratch, rules, months=True) as engine:
        files = [str(path_of(one)) for one in Segment.objects.order_by("number")]
        (folder / "entries.json").write_text(json.dumps(files))
        for table in TABLES:
            engine.execute(f"COPY {table} TO '{tables / table}.parquet' (FORMAT parquet)")
        yield engine
