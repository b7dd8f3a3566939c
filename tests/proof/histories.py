"""Random histories of a small log, and the verifier as a stranger uses it."""

from __future__ import annotations

import importlib.util
import random
import uuid
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

from karnameh.ledger.proof.bundles import Asked
from karnameh.ledger.proof.canonical import commitments, entry_leaf, record_leaf
from karnameh.ledger.proof.memory import MemoryLog
from karnameh.ledger.proof.shape import Series
from karnameh.ledger.proof.signing import public_of
from karnameh.ledger.verifier import FILE as VERIFIER

AT = datetime(2026, 11, 22, 10, 50, tzinfo=UTC)
FIRST = date(2026, 11, 10)
# nation 1 → provinces 2, 3 → counties 4, 5, 6 → locals 10 … 15; partners 7 → 8
_UNITS: tuple[tuple[int, ...], ...] = (
    (1,), (1, 2), (1, 3), (1, 2, 4), (1, 2, 5), (1, 3, 6), (1, 2, 4, 10), (1, 2, 4, 11), (1, 2, 5, 12),
    (1, 3, 6, 13), (1, 3, 6, 14), (1, 3, 6, 14, 15), (7,), (7, 8),
)  # fmt: skip
_PLACES: tuple[tuple[int, ...], ...] = ((1,), (1, 2), (1, 3))
LINES = {(axis, line[-1]): line for axis, lines in ((1, _UNITS), (2, _PLACES)) for line in lines}


def verifier() -> ModuleType:
    """The published file, loaded as a module."""
    spec = importlib.util.spec_from_file_location("karnameh_verify", VERIFIER)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFY = verifier()


def a_leaf(chance: random.Random, clock: int, day: date | None = None, **given: Any) -> bytes:
    """One entry's leaf."""
    stage, unit = (
        given.get("stage", chance.choice([1, 2, 2, 3])),
        chance.choice([n for a, n in LINES if a == 1]),
    )
    day = day or FIRST + timedelta(days=chance.randrange(40))
    reversal = chance.random() < 0.15
    milli = chance.randrange(0, 90_000) * (-1 if reversal else 1)
    qualifier = chance.choice([1, 1, 1, 2, 3, 4, 5])
    fields: dict[str, Any] = {
        "id": uuid.UUID(int=chance.getrandbits(128)), "clock": clock, "posted_at": 1795344600000000 + clock,
        "indicator": chance.choice([1, 2, 3]), "stage": stage, "kind": int(reversal), "unit": unit,
        "unit_placement": unit, "place": chance.choice([1, 2, 3]), "place_placement": 1, "activity": "",
        "starts_on": day, "ends_on": day, "item": "", "dimensions": 1,
        "part_of": "" if chance.random() < 0.9 else uuid.UUID(int=1), "milli": "" if qualifier == 5 else milli,
        "rial": "" if chance.random() < 0.7 else milli * 7, "qualifier": qualifier,
        "coverage": 1 if chance.random() < 0.95 else 2, "role": 1 if chance.random() < 0.9 else 2,
        "fulfils": "", "verifies": "", "corrects": "", "batch": "", "batch_row": "",
    }  # fmt: skip
    fields |= given
    salt = chance.randbytes(16)
    return entry_leaf(
        "|".join(str(one) for one in fields.values()),
        commitments(
            salt, (b"7", b"", b"note" if chance.random() < 0.2 else b"", chance.randbytes(32))
        ),
    )


def a_log(chance: random.Random, sizes: tuple[int, ...] = (23, 40)) -> MemoryLog:
    """A log with a head at each size."""
    log = MemoryLog(uuid.UUID(int=5).hex, chance.randbytes(32), chance.randbytes(32), LINES)
    for number, size in enumerate(sizes):
        while len(log.leaves) < size:
            clock = 100 + len(log.leaves) // 3
            if chance.random() < 0.05:
                log.leaves.append(record_leaf("segment", f"s{clock}", bytes(32), 9, AT))
            else:
                log.leaves.append(a_leaf(chance, clock))
        log.seal(at=AT + timedelta(days=number))
    return log


def a_question(chance: random.Random, **given: Any) -> Asked:
    """Anything that may be asked of such a log."""
    axis = given.get("axis", chance.choice([1, 1, 2]))
    node = given.get("node") or chance.choice([n for a, n in LINES if a == axis])
    start = FIRST + timedelta(days=chance.randrange(-5, 40))
    end = start + timedelta(days=chance.choice([0, 1, 6, 29, 60, 400]))
    series = Series(
        axis, given.get("indicator") or chance.choice([1, 2, 3, 9]), given.get("stage", 2), 0
    )
    return Asked(
        series,
        LINES[axis, node],
        given.get("start", start),
        given.get("end", end),
        given.get("people", False),
    )


def verdict(bundle: dict[str, Any], *files: dict[str, Any], key: bytes | None) -> str:
    """What the verifier says: "" when everything holds, otherwise why not."""
    pinned = public_of(key).hex() if key else None
    try:
        VERIFY.run(bundle, list(files), pinned, [[], []], SILENT)
    except VERIFY.Wrong as wrong:
        return str(wrong)
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        OverflowError,
        AttributeError,
        RecursionError,
    ) as trouble:
        return f"shape: {trouble!r}"
    return ""


class _Silent(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


SILENT = _Silent()
VERIFY.print = lambda *_args, **_more: None  # type: ignore[attr-defined]
