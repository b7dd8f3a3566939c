"""A database of a benchmark's own, a federation in it, and years of history, all made quickly.

History is made by the server itself, with every check of the law on. The indexes that only readers
need are made afterwards, and all totals are folded in one go: a page of an index or of a total is
then written once instead of a thousand times. The index by clock stays: the log may be read meanwhile.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from karnameh.config.bench.machine import sql
from karnameh.config.commands import database, ready_django
from karnameh.config.embedded import DatabaseTrouble

FIRST_DAY, DAYS = date(2025, 12, 1), 355
CHUNK = 500_000  # rows in one statement
FOLDED_AT_ONCE = 4_000_000  # what a statement sorts on disk stays within a few gigabytes


@contextmanager
def own_database() -> Iterator[None]:
    """A throw-away database beside the product's, with its tables."""
    embedded = database()
    if embedded is None:
        raise DatabaseTrouble("the benchmark fills a database; it runs on the embedded server only")
    name = "karnameh_bench"
    embedded.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    embedded.sql(f"CREATE DATABASE {name} OWNER karnameh_owner")
    os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"] = embedded.url(
        "karnameh_owner", name
    )
    ready_django("manage")
    try:
        from django.core.management import call_command

        print("schema …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        from django.db import connection

        connection.close()
        embedded.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def federation(units: int) -> Any:
    """The shipped dictionary and the demo's trees."""
    from django.db import transaction

    from karnameh.catalog.public import load_dictionary
    from karnameh.front.public import build
    from karnameh.plumbing.clock import now

    print(f"{units:,} units …", flush=True)
    with transaction.atomic():
        load_dictionary(at=now())
        return build(units)


def fill(entries: int, *, already: int = 0, in_order: bool = False) -> float:
    """`entries` more entries, spread over a year; how many seconds it took, indexes and all.

    `in_order` lets the year pass while they come, as for a log that is sealed day by day; otherwise
    each of them may lie on any day.
    """
    began = time.perf_counter()
    indexes = sql(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ledger_entry'"
        " AND indexname NOT IN ('ledger_entry_pkey', 'entry_reversed_once', 'entry_clock')"
    )
    for name, _definition in indexes:
        sql(f'DROP INDEX "{name}"')
    indicators = summed_indicators()[:110]
    for done in range(0, entries, CHUNK):
        many = min(CHUNK, entries - done)
        passed, days = (
            (DAYS * done // entries, -(-DAYS * many // entries)) if in_order else (0, DAYS)
        )
        parameters = {
            "n": many, "indicators": indicators, "first": FIRST_DAY + timedelta(days=passed),
            "seed": already + done, "days": days,
        }  # fmt: skip
        sql(HISTORY, parameters)
    sql("SET maintenance_work_mem = '1GB'")
    for _name, definition in indexes:
        sql(definition)
    sql("RESET maintenance_work_mem")
    sql("VACUUM ANALYZE ledger_entry")
    return time.perf_counter() - began


def fold_everything(entries: int) -> float:
    """All totals of a bulk of history, in as few statements as can be; how many seconds it took."""
    from karnameh.ledger.public import fold

    began = time.perf_counter()
    while fold(batch=min(entries + 1, FOLDED_AT_ONCE)).behind:
        pass
    taken = time.perf_counter() - began
    for table in ("ledger_total", "ledger_presence", "ledger_reporting", "ledger_home"):
        sql(f"VACUUM ANALYZE {table}")
    sql("ANALYZE")
    return taken


def summed_indicators() -> list[int]:
    """Indicators whose quantities are simply added up."""
    from karnameh.catalog.public import Indicator

    found = Indicator.objects.filter(unit_rule="sum", time_rule="sum").order_by("pk")
    return list(found.values_list("pk", flat=True))


def new_entries(
    made: Any, count: int, *, day: date = date(2026, 11, 21), seed: int = 0
) -> list[Any]:
    """Reports of random local units, as a form or an import would hand them in."""
    import random
    from decimal import Decimal

    from karnameh.kernel.ids import new_id
    from karnameh.ledger.public import NewEntry, Stage

    chance = random.Random(count + seed)
    indicators = summed_indicators()
    return [
        NewEntry(
            id=new_id(), indicator=chance.choice(indicators), stage=Stage.REPORTED, unit=unit.pk,
            place=unit.place_id, starts_on=day, ends_on=day, quantity=Decimal(chance.randrange(1, 500)),
        )
        for unit in chance.choices(made.locals, k=count)
    ]  # fmt: skip


HISTORY = """
WITH chosen AS MATERIALIZED (
    SELECT u.id AS unit, up.id AS up, u.place_id AS place, pp.id AS pp, row_number() OVER (ORDER BY u.id) - 1 AS n
      FROM org_orgunit u JOIN org_unitplacement up ON up.node_id = u.id
      JOIN org_placeplacement pp ON pp.node_id = u.place_id WHERE u.kind = 'local'),
many AS MATERIALIZED (SELECT count(*)::int AS c FROM chosen),
who AS MATERIALIZED (SELECT min(id) AS id FROM people_user),
moment AS MATERIALIZED (SELECT ledger_now() AS c),
raw AS (
    SELECT g + %(seed)s AS g, hashint8(g + %(seed)s) & 2147483647 AS h,
           hashint8((g + %(seed)s) * 7919) & 2147483647 AS k
      FROM generate_series(1::bigint, %(n)s) g)
INSERT INTO ledger_entry (id, clock, posted_at, posted_by_id, indicator_id, stage, kind, unit_id, unit_placement_id,
    place_id, place_placement_id, starts_on, ends_on, dimensions_id, quantity, qualifier, coverage, role, as_written,
    note, digest)
SELECT (lpad(to_hex(1764547200000 + g * 3), 12, '0') || '7' || lpad(to_hex(h & 4095), 3, '0')
        || '8' || lpad(to_hex(k & 4095), 3, '0') || lpad(to_hex(g), 12, '0'))::uuid,
       moment.c, now(), who.id, (%(indicators)s::int[])[1 + k %% cardinality(%(indicators)s::int[])], 1 + (h %% 2), 0,
       c.unit, c.up, c.place, c.pp, %(first)s::date + (h / 3) %% %(days)s, %(first)s::date + (h / 3) %% %(days)s, 1,
       1 + k %% 500, 1, 1, 1, '', '', '\\x00'
  FROM raw JOIN many ON true JOIN who ON true JOIN moment ON true JOIN chosen c ON c.n = h %% many.c"""
