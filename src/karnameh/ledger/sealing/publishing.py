"""Heads as JSON: what bundles, the list of heads and witnesses carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from karnameh.ledger.models import Head, LogRecord
from karnameh.ledger.proof.canonical import SALT, entry_leaf, record_leaf
from karnameh.ledger.proof.merkle import consistency
from karnameh.ledger.proof.rows import Row
from karnameh.ledger.proof.sums import b64
from karnameh.ledger.sealing.heads import body_of, heads, log_name
from karnameh.ledger.sealing.leaves import StoredNodes, rows_between, salts_of

FORMAT = "karnameh.heads.1"
MOST = 400  # heads in one list: more than a year of days


def head_json(head: Head, log: str | None = None) -> dict[str, Any]:
    """A head as bundles and lists carry it."""
    body = body_of(head, log)
    return {
        "log": body.log, "number": head.number, "epoch": head.epoch, "size": head.size,
        "entries": head.entries, "root": bytes(head.root).hex(), "totals": bytes(head.totals).hex(),
        "at": head.at.isoformat(), "previous": bytes(head.previous).hex(), "key": head.key_id,
        "public": bytes(head.key.public).hex(), "signature": b64(bytes(head.signature)), "code": head.code,
        "witnesses": [
            {"public": bytes(one.witness.public).hex(), "name": one.witness.unit.name_fa,
             "signature": b64(bytes(one.signature))}
            for one in head.countersignatures.all()
        ],
        "keys": _keys(head),
    }  # fmt: skip


def _keys(head: Head) -> list[dict[str, Any]]:
    """The key of a head and those that vouch for it, back to the first one."""
    found: list[dict[str, Any]] = []
    key = head.key
    while True:
        one: dict[str, Any] = {"public": bytes(key.public).hex()}
        before = key.endorsed_by
        if before is not None:
            one["before"] = bytes(before.public).hex()
            one["endorsement"] = b64(bytes(key.endorsement or b""))
        found.append(one)
        if before is None:
            return found
        key = before


def heads_json(until: int | None = None) -> dict[str, Any]:
    """The last heads, oldest first, each with the proof that it continues the one before."""
    rows = heads().prefetch_related("countersignatures__witness__unit")
    if until is not None:
        rows = rows.filter(number__lte=until)
    log = log_name()
    found = list(rows[:MOST])[::-1]
    nodes = StoredNodes(max((head.size for head in found), default=0))
    listed = []
    for before, head in zip([None, *found], found, strict=False):
        one = head_json(head, log)
        if before is not None:
            one["consistency"] = [b64(step) for step in consistency(nodes, before.size, head.size)]
        listed.append(one)
    return {"format": FORMAT, "log": log, "heads": listed}


def consistency_between(older: Head, newer: Head) -> list[str]:
    """That the log of `newer` begins with the log of `older`."""
    return [b64(one) for one in consistency(StoredNodes(newer.size), older.size, newer.size)]


def every_leaf(cursor: Any, size: int) -> Iterator[bytes]:
    """All leaves of the log in their order, for an auditor who adds everything up himself."""
    cursor.execute(
        "SELECT first, leaves, low_clock, high_clock, ids FROM ledger_leafpage WHERE first < %s ORDER BY first",
        [size],
    )
    pages = cursor.fetchall()
    records = {one.leaf: one for one in LogRecord.objects.filter(leaf__lt=size)}
    read: dict[tuple[int, int], dict[bytes, Row]] = {}
    for first, leaves, low, high, ids in pages:
        if low is None:
            for number in range(first, first + leaves):
                one = records[number]
                yield record_leaf(one.kind, one.name, bytes(one.sha256), one.bytes, one.at)
            continue
        if (low, high) not in read:
            read = {(low, high): {row.id: row for row in rows_between(cursor, low, high + 1)}}
        salts, kept = salts_of(cursor, first, leaves)
        for n in range(leaves):
            row = read[low, high][bytes(ids)[16 * n : 16 * n + 16]]
            committed = kept.get(first + n)
            salt = salts[SALT * n : SALT * n + SALT]
            yield entry_leaf(row.public, committed) if committed else row.leaf(salt)
