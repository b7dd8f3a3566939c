"""What stands in a segment: its columns, in this order, and their types in the words of most engines.

What people wrote and who posted it stays in the database: a segment may be copied to where such
things have no business. Ids are 16 bytes, which every engine orders as PostgreSQL orders UUIDs.
"""

from __future__ import annotations

COLUMNS = {
    "id": "BLOB", "clock": "BIGINT", "indicator_id": "INTEGER", "stage": "SMALLINT", "kind": "SMALLINT",
    "unit_id": "INTEGER", "unit_placement_id": "INTEGER", "place_id": "INTEGER",
    "place_placement_id": "INTEGER", "activity_id": "INTEGER", "starts_on": "DATE", "ends_on": "DATE",
    "item_id": "INTEGER", "dimensions_id": "INTEGER", "part_of_id": "BLOB", "quantity": "DECIMAL(20, 3)",
    "rial": "BIGINT", "qualifier": "SMALLINT", "coverage": "SMALLINT", "role": "SMALLINT",
    "fulfils_id": "BLOB", "verifies_id": "BLOB", "corrects_id": "BLOB", "batch": "BLOB",
}  # fmt: skip


def exported(condition: str) -> str:
    """PostgreSQL's text of entries that match `condition` on alias `e`, as CSV with a last column to sort by."""
    given = ", ".join(
        f"encode(uuid_send(e.{name}), 'hex')" if kind == "BLOB" else f"e.{name}"
        for name, kind in COLUMNS.items()
    )
    return (
        f"COPY (SELECT {given}, p.path FROM ledger_entry e"
        " JOIN org_unitplacement p ON p.id = e.unit_placement_id"  # never rewritten, unlike the unit's own
        f" WHERE {condition}) TO STDOUT (FORMAT csv)"
    )


def read_csv(file: str) -> str:
    """DuckDB's reading of what was exported, with `path` as its last column."""
    types = {name: "VARCHAR" if kind == "BLOB" else kind for name, kind in COLUMNS.items()}
    table = csv(file, {**types, "path": "VARCHAR"})
    columns = ", ".join(
        f"unhex({name}) AS {name}" if kind == "BLOB" else name for name, kind in COLUMNS.items()
    )
    return f"SELECT {columns}, path FROM {table}"


def csv(file: str, columns: dict[str, str]) -> str:
    """A CSV of PostgreSQL's, in which nothing is to be guessed; it may be empty."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    dialect = "header=false, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr=''"
    return f"read_csv('{file}', {dialect}, columns={{{types}}})"
