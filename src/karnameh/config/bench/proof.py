"""`bench proof`: sealing a day, making a figure's proof and checking it, at a size that is asked for.

Works in a database of its own, made and dropped by `filling`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from karnameh.config.bench.filling import HISTORY, federation, own_database
from karnameh.config.bench.machine import sql

Measured = dict[str, float]


def measure_proof() -> Measured:
    """Seal what stands in the present database, then prove and check its largest figure.

    Offered to other benchmarks: seconds, bytes and entries by name.
    """
    from django.db import connection

    from karnameh.ledger.public import VERIFIER, Entry, ProofQuestion, Stage, prove, receipt, seal
    from karnameh.plumbing.clock import now

    found: Measured = {}
    began, busy, beside = time.perf_counter(), time.process_time(), _children()
    head = seal(at=now())
    found["seal_s"] = time.perf_counter() - began
    found["seal_own_cpu_s"] = time.process_time() - busy  # on a machine that others use, too
    found["seal_beside_cpu_s"] = _children() - beside
    found["entries"] = head.entries
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indicator_id, stage, count(*), min(ends_on), max(ends_on) FROM ledger_entry"
            " WHERE coverage = 1 AND role = 1 AND part_of_id IS NULL GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 1"
        )
        indicator, stage, count, first, last = cursor.fetchone()
        cursor.execute("SELECT id FROM org_orgunit WHERE parent_id IS NULL ORDER BY id LIMIT 1")
        nation = cursor.fetchone()[0]
    found["figure_entries"] = count
    end = min(last, first + timedelta(days=6))
    question = ProofQuestion(nation, indicator, Stage(stage), first, end)
    one = Entry.objects.filter(
        indicator=indicator,
        stage=stage,
        ends_on__range=(first, end),
        coverage=1,
        role=1,
        part_of=None,
    ).first()
    assert one is not None
    began = time.perf_counter()
    bundle: dict[str, Any] = prove(question, head)
    found["prove_s"] = time.perf_counter() - began
    began = time.perf_counter()
    bundle["receipts"] = receipt(one, question, head)["receipts"]
    found["receipt_s"] = time.perf_counter() - began
    text = json.dumps(bundle, separators=(",", ":"), ensure_ascii=False)
    found["bundle_bytes"] = len(text.encode())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bundle.json"
        file.write_text(text, encoding="utf-8")
        command = [sys.executable, str(VERIFIER), str(file), "--lang", "en"]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        assert said.returncode == 3, said.stdout  # holds; no key was pinned
    found["check_s"] = _checking(bundle)
    return found


def _children() -> float:
    """Seconds that processes beside this one have computed; those that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _checking(bundle: dict[str, Any]) -> float:
    """The verifier's own work, without the start of Python: the best of five."""
    import importlib.util

    from karnameh.ledger.public import VERIFIER

    spec = importlib.util.spec_from_file_location("karnameh_verify", VERIFIER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.print = lambda *_words, **_more: None  # type: ignore[attr-defined]
    words = module.WORDS["en"]
    best = 9.0
    for _ in range(5):
        began = time.perf_counter()
        module.run(bundle, [], None, [[], []], words)
        best = min(best, time.perf_counter() - began)
    return best


WANTED = {
    "seal_s": "≤ 60 s for a day of 1,000,000",
    "prove_s": "≤ 2 s",
    "bundle_bytes": "≤ 20,000 with a receipt",
    "check_s": "≤ 0.05 s",
}


def bench(arguments: Sequence[str]) -> int:
    """`./karnameh bench proof [--entries N] [--units N]`: a day of all indicators, then a week of one."""
    parser = argparse.ArgumentParser(prog="./karnameh bench proof")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--units", type=int, default=60_000)
    given = parser.parse_args(arguments)
    with own_database():
        from karnameh.people.public import create_user
        from karnameh.plumbing.clock import now

        federation(given.units)
        create_user(username="bench", office="bench", password=None, by=None, at=now())
        for title, days, one in (
            ("a day of all indicators", 1, False),
            ("a week of one indicator", 7, True),
        ):
            _fill(given.entries, days, only_one=one)
            print(f"{title}: {given.entries:,} entries", flush=True)
            for name, value in measure_proof().items():
                shown = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.3f}"
                print(f"  {name:16} {shown:>14}  {WANTED.get(name, '')}", flush=True)
    return 0


def _fill(entries: int, days: int, *, only_one: bool) -> None:
    from karnameh.catalog.public import Indicator

    rows = Indicator.objects.filter(unit_rule="sum", time_rule="sum", people="items")
    indicators = list(rows.order_by("pk").values_list("pk", flat=True))
    chosen = indicators[:1] if only_one else indicators[1:]
    first = date(2026, 5, 1) if only_one else date(2026, 11, 21)
    for start in range(0, entries, 250_000):
        sql(
            HISTORY,
            {
                "n": min(250_000, entries - start), "indicators": chosen, "first": first,
                "seed": start + 10_000_000 * only_one, "days": days,
            },
        )  # fmt: skip
