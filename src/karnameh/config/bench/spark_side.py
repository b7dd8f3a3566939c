"""Runs in a Python that has pyspark, and imports nothing of ours: questions in, answers out.

    spark/bin/python spark_side.py FOLDER

FOLDER holds `tables/NAME.parquet`, and `questions.json`: a list of [name, SQL]. Written: `answers.json`.
The view `entries` is the tail and every file that `entries.json` lists.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

# On tiny data the engine's defaults, 200 partitions of every shuffle, cost more than the question.
SETTINGS = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.enabled": "true",
    "spark.default.parallelism": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "UTC",
}


def main(folder: Path) -> None:
    """Answer every question, each with the seconds that it took."""
    session = _session()
    for file in sorted((folder / "tables").glob("*.parquet")):
        table = session.read.parquet(str(file)).cache()
        table.count()
        table.createOrReplaceTempView(file.stem)
    files = json.loads((folder / "entries.json").read_text())
    entries = session.table("tail")
    if files:
        entries = session.read.parquet(*files).unionByName(entries)
    entries = entries.cache()  # the statement looks at it several times
    entries.count()
    entries.createOrReplaceTempView("entries")
    answers = []
    for name, text in json.loads((folder / "questions.json").read_text()):
        began = time.perf_counter()
        rows = session.sql(text).collect()
        took = time.perf_counter() - began
        answers.append([name, took, [[_plain(value) for value in row] for row in rows]])
        print(f"  {name}: {len(rows)} rows in {took:.1f} s", file=sys.stderr, flush=True)
    (folder / "answers.json").write_text(json.dumps(answers))
    session.stop()


def _session() -> Any:
    builder = importlib.import_module("pyspark.sql").SparkSession.builder.master("local[2]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
