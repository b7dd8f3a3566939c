"""Heads remembered in a file beside the database: whoever rewrites the log there cannot rewrite what was seen.

Looking at a log alone does not show that it is another one than yesterday's, signed anew with the key. The
file holds the digest of every head that a check has found in order, so the next check notices.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from karnameh.ledger.sealing.heads import heads, log_name


def heads_seen() -> list[str]:
    """Compare the heads with those seen before; in order, remember them too. What is wrong, in words."""
    seen, now = _read(), _present()
    if not now["heads"] and not seen:
        return []
    found = _differences(seen, now) if seen else []
    if not found:
        _write({**now, "heads": {**(seen["heads"] if seen else {}), **now["heads"]}})
    return found


def accept_heads() -> list[int]:
    """After a restored backup: forget what was seen of the heads it does not hold. Their numbers."""
    seen, now = _read(), _present()
    _write(now)
    if not seen:
        return []
    return sorted(int(one) for one in seen["heads"].keys() - now["heads"].keys())


def _differences(seen: dict[str, Any], now: dict[str, Any]) -> list[str]:
    if seen["log"] != now["log"]:
        return [
            f"this is another log than the one of {_place()}; if that is intended, remove the file"
        ]
    found = []
    for number, digest in sorted(seen["heads"].items(), key=lambda one: int(one[0])):
        there = now["heads"].get(number)
        if there is None:
            found.append(f"head {number}: was here when it was last looked at, and is gone")
        elif there != digest:
            found.append(f"head {number}: another one was here when it was last looked at")
    return found


def _present() -> dict[str, Any]:
    rows = heads().order_by("number").values_list("number", "digest")
    return {"log": log_name(), "heads": {str(number): bytes(one).hex() for number, one in rows}}


def _place() -> Path:
    place: Path = settings.HEADS_SEEN
    return place


def _read() -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(_place().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return kept


def _write(kept: dict[str, Any]) -> None:
    """Whole or not at all."""
    fresh = _place().with_suffix(".fresh")
    fresh.write_text(json.dumps(kept), encoding="utf-8")
    os.replace(fresh, _place())
