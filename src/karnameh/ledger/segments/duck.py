"""Roll-ups over segments and the tail by DuckDB: the one file that knows this engine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection
from django.db.models import Sum

from karnameh.access.public import Reach
from karnameh.kernel.period import month_starts
from karnameh.ledger.models import Segment
from karnameh.ledger.rolling import (
    By,
    Cell,
    Question,
    cell_of_row,
    days_of,
    extremes,
    visible_indicators,
)
from karnameh.ledger.rules import Axis
from karnameh.ledger.segments.layout import COLUMNS, csv, read_csv
from karnameh.ledger.segments.statement import LEVELS, LINE, statement
from karnameh.ledger.segments.writing import export, path_of
from karnameh.org.public import line_of

MEMORY = "1GB"  # what it has no room for goes to the disk, of whose free part it takes half at most
AT_ONCE = 5_000_000  # entries, about: files are sorted by indicator, a few are a part of each


def roll_up_sealed(reach: Reach, question: Question, *, by: By = "node") -> list[Cell]:
    """What `roll_up` answers, from the sealed files and the tail instead of totals and rows.

    The trees are as they are this moment. Indicators of which the largest or an average counts come
    from the rows here as there. Raises `OutOfReach` as `roll_up` does.
    """
    wanted = visible_indicators(reach, question)
    foldable = {
        pk: rule
        for pk, (rule, unit_rule) in wanted.items()
        if rule in ("sum", "last") and unit_rule == "sum"
    }
    others = {pk: rules for pk, rules in wanted.items() if pk not in foldable}
    cells: list[Cell] = []
    if foldable:
        with (
            tempfile.TemporaryDirectory() as scratch,
            opened(Path(scratch), foldable, months=by == "month") as engine,
        ):
            for part in _parts(sorted(foldable)):
                _ask_for(engine, part)
                cells += ask(engine, reach, question, by)
    return cells + (extremes(reach, question, by, others) if others else [])


def _parts(indicators: list[int]) -> Iterator[list[int]]:
    """So many of them at once as are looked at within memory, in their order."""
    entries = Segment.objects.aggregate(n=Sum("rows"))["n"] or 0
    many = max(1, len(indicators) * AT_ONCE // max(entries, AT_ONCE))
    for start in range(0, len(indicators), many):
        yield indicators[start : start + many]


def ask(engine: duckdb.DuckDBPyConnection, reach: Reach, question: Question, by: By) -> list[Cell]:
    """One question to an engine that `opened` has prepared."""
    start, end = days_of(question.period)
    text = statement(
        axis=question.axis.name.lower(), node=question.node.pk, by=by, then=question.then,
        start=start.isoformat(), end=end.isoformat(), reach=_stretches(reach, question),
    )  # fmt: skip
    rows = engine.execute(text).fetchall()
    return [cell_of_row((*row[:4], *(_number(value) for value in row[4:]))) for row in rows]


def opened(
    scratch: Path, rules: dict[int, str], *, months: bool = False
) -> duckdb.DuckDBPyConnection:
    """An engine that sees every entry there is, and the trees as they are. `scratch` is for its tables."""
    room = shutil.disk_usage(scratch).free // 2
    engine = duckdb.connect(
        config={"memory_limit": MEMORY, "temp_directory": str(scratch), "max_temp_directory_size": f"{room}B"}
    )  # fmt: skip
    # Which files there are is read before the tail, so nothing falls between them; what was sealed in
    # between lies in the tail.
    segments = list(Segment.objects.order_by("number"))
    sealed_to = segments[-1].until if segments else 0
    export(scratch / "tail.csv", f"e.clock >= {sealed_to:d}")
    names = ", ".join(COLUMNS)
    engine.execute(
        f"CREATE TABLE tail AS SELECT {names} FROM ({read_csv(str(scratch / 'tail.csv'))})"
    )
    sealed = (
        f"UNION ALL SELECT {names} FROM read_parquet({[str(path_of(one)) for one in segments]})"
    )
    engine.execute(f"CREATE VIEW entries AS SELECT {names} FROM tail {sealed if segments else ''}")
    _give_indicators(engine, rules)
    for tree in ("unit", "place"):
        model = "orgunit" if tree == "unit" else "place"
        _give_lines(engine, scratch, f"{tree}_now", f"SELECT id, line FROM org_{model}")
        _give_lines(engine, scratch, f"{tree}_then", f"SELECT id, line FROM org_{tree}placement")
    if months:
        firsts = month_starts()
        ends = [after - timedelta(days=1) for after in firsts[1:]]
        engine.execute("CREATE TABLE months (begins DATE, ends DATE)")
        engine.executemany(
            "INSERT INTO months VALUES (?, ?)", list(zip(firsts, ends, strict=False))
        )
    return engine


def _give_indicators(engine: duckdb.DuckDBPyConnection, rules: dict[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, theme_id FROM catalog_indicator")
        themes = dict(cursor.fetchall())
    engine.execute("CREATE TABLE wanted (id INTEGER, time_rule VARCHAR, theme_id INTEGER)")
    engine.executemany(
        "INSERT INTO wanted VALUES (?, ?, ?)",
        [(pk, rule, themes[pk]) for pk, rule in rules.items()],
    )
    _ask_for(engine, list(rules))


def _ask_for(engine: duckdb.DuckDBPyConnection, indicators: list[int]) -> None:
    """Of all that are wanted, the next question is about these."""
    engine.execute(
        "CREATE OR REPLACE TABLE indicators AS SELECT * FROM wanted WHERE list_contains(?, id)",
        [indicators],
    )


def _give_lines(engine: duckdb.DuckDBPyConnection, scratch: Path, name: str, query: str) -> None:
    """A table of lines, root first, through a file: quick for tens of thousands of nodes."""
    file = scratch / f"{name}.csv"
    levels = ", ".join(f"line[{n}]" for n in range(1, LEVELS + 1))
    lines = (
        f"COPY (SELECT id, {levels}, line[{LEVELS + 1}] FROM ({query}) AS n) TO STDOUT (FORMAT csv)"
    )
    with (
        file.open("wb") as target,
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(lines) as copy,
    ):
        for block in copy:
            target.write(block)
    columns = dict.fromkeys(("node", *LINE, "deeper"), "INTEGER")
    engine.execute(f"CREATE TABLE {name} AS SELECT * FROM {csv(str(file), columns)}")
    deeper = engine.execute(f"SELECT count(*) FROM {name} WHERE deeper IS NOT NULL").fetchone()
    if deeper is None or deeper[0]:
        raise ValueError(f"{name} is deeper than {LEVELS} levels; raise LEVELS")


def _stretches(reach: Reach, question: Question) -> list[tuple[int, int | None]] | None:
    """On the place axis: whose work is counted. On the unit axis the node is in reach, or refused."""
    if question.axis is Axis.UNIT:
        return None
    return [(line_of(one.path)[-1], one.theme) for one in reach.stretches]


def _number(value: Any) -> Any:
    return Decimal(0) if value is None else value
