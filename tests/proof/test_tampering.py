"""A dishonest server with all its keys, at random places of random histories: the verifier finds every lie.

The server may rewrite anything it holds and make any proof it likes; what it cannot take back is what
it has signed before. 10,000 lies in each run, from a fixed seed.
"""

from __future__ import annotations

import contextlib
import copy
import json
import random
import struct
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from histories import AT, VERIFY, a_leaf, a_log, a_question, verdict

from karnameh.ledger.proof.canonical import ENTRY_FIELDS, HeadBody, fact_of
from karnameh.ledger.proof.memory import MemoryLog
from karnameh.ledger.proof.merkle import in_memory, inclusion, leaf_hash, root, root_by_inclusion
from karnameh.ledger.proof.shape import Stored, lines_of, pack
from karnameh.ledger.proof.sums import Cell, page_core
from karnameh.ledger.sealing.checking_trees import page_holds

Lie = Callable[[random.Random, MemoryLog], None]
FIELD = {name: n for n, name in enumerate(ENTRY_FIELDS, 1)}


def entries_of(log: MemoryLog) -> list[int]:
    return [n for n, leaf in enumerate(log.leaves) if leaf.startswith(b"entry.1|")]


def _changed(leaf: bytes, name: str, value: Any) -> bytes:
    parts = leaf.decode().split("|")
    parts[FIELD[name]] = str(value)
    return "|".join(parts).encode()


def change_one(chance: random.Random, log: MemoryLog) -> None:
    number = chance.choice(entries_of(log))
    parts = log.leaves[number].decode().split("|")
    name = chance.choice(
        [
            "milli",
            "rial",
            "qualifier",
            "stage",
            "indicator",
            "unit",
            "ends_on",
            "kind",
            "role",
            "id",
        ]
    )
    fresh = {
        "qualifier": [q for q in "12345" if q != parts[FIELD["qualifier"]]],
        "stage": [s for s in "123" if s != parts[FIELD["stage"]]],
        "indicator": [i for i in "123" if i != parts[FIELD["indicator"]]],
        "unit": [u for u in ("4", "10", "13") if u != parts[FIELD["unit"]]], "kind": [str(1 - int(parts[FIELD["kind"]]))],
        "role": ["2" if parts[FIELD["role"]] == "1" else "1"], "id": ["0" * 36],
        "ends_on": [(date.fromisoformat(parts[FIELD["ends_on"]]) + timedelta(days=1)).isoformat()],
    }.get(name) or [str(int(parts[FIELD[name]] or 0) + chance.choice([1, 1000, -1]))]  # fmt: skip
    log.leaves[number] = _changed(log.leaves[number], name, chance.choice(fresh))


def change_a_commitment(chance: random.Random, log: MemoryLog) -> None:
    number = chance.choice(entries_of(log))
    parts = log.leaves[number].decode().split("|")
    parts[chance.choice([27, 30])] = chance.randbytes(32).hex()
    log.leaves[number] = "|".join(parts).encode()


def drop_one(chance: random.Random, log: MemoryLog) -> None:
    del log.leaves[chance.randrange(len(log.leaves))]


def add_one(chance: random.Random, log: MemoryLog) -> None:
    log.leaves.insert(chance.randrange(len(log.leaves)), a_leaf(chance, 101))


def swap_two(chance: random.Random, log: MemoryLog) -> None:
    one, other = chance.sample(range(len(log.leaves)), 2)
    log.leaves[one], log.leaves[other] = log.leaves[other], log.leaves[one]


def back_date(chance: random.Random, log: MemoryLog) -> None:
    number = chance.choice(entries_of(log))
    name = chance.choice(["clock", "posted_at"])
    before = int(log.leaves[number].decode().split("|")[FIELD[name]])
    log.leaves[number] = _changed(log.leaves[number], name, before - chance.randrange(1, 50))


def slip_in_later(chance: random.Random, log: MemoryLog) -> None:
    """An entry posted today that pretends to have been there."""
    log.leaves[chance.choice(entries_of(log))] = a_leaf(chance, 100)


LIES: list[Lie] = [
    change_one, change_a_commitment, drop_one, add_one, swap_two, back_date, slip_in_later,
]  # fmt: skip


def as_read(given: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(given))
    return read


def forged_from(honest: MemoryLog, below: int, lie: Lie, chance: random.Random) -> MemoryLog | None:
    """The same log with one lie among its first leaves, or None when the lie changed nothing."""
    forged = MemoryLog(honest.name, honest.secret, honest.master, honest.lines)
    forged.leaves, forged.heads = honest.leaves[:below], list(honest.heads)
    lie(chance, forged)
    if forged.leaves == honest.leaves[:below]:
        return None
    forged.leaves += honest.leaves[below:]
    forged.leaves += [a_leaf(chance, 999)] * (len(honest.leaves) - len(forged.leaves))
    return forged


@pytest.mark.parametrize("seed", range(7))
def test_rewritten_history_fits_no_head_that_was_published_before(seed: int) -> None:
    """7,000 lies: the log is rewritten below an old head, signed anew, and every proof is made for it."""
    chance, tried = random.Random(seed), 0
    honest = a_log(chance, (30, 36))
    published = as_read(honest.heads_json())
    while tried < 1_000:
        lie = LIES[tried % len(LIES)]
        forged = forged_from(honest, 30, lie, chance)
        if forged is None:
            continue
        tried += 1
        hashes = [leaf_hash(leaf) for leaf in forged.leaves]
        size = len(hashes)
        before = forged.heads[-1]
        body = HeadBody(
            honest.name, 3, 1, size, size, root(in_memory(hashes), size), chance.randbytes(32), AT + timedelta(days=3),
            before.digest(),
        )  # fmt: skip
        forged.heads.append(body)
        shown = as_read(forged.heads_json())
        said = verdict(bundle_of(shown["heads"][-1]), published, shown, key=honest.secret)
        assert said.startswith("heads:"), (lie.__name__, said)


def bundle_of(head: dict[str, Any]) -> dict[str, Any]:
    return {"format": "karnameh.bundle.1", "head": head, "receipts": [{}]}


@pytest.mark.parametrize("seed", range(2))
def test_no_entry_of_a_rewritten_log_is_in_a_head_of_before(seed: int) -> None:
    """2,000 lies: for no leaf is there a way to the old root any more, where the lie touched its way."""
    chance, tried = random.Random(seed), 0
    honest = a_log(chance, (40,))
    old = honest.heads[0].root
    while tried < 1_000:
        forged = forged_from(honest, 40, LIES[tried % len(LIES)], chance)
        if forged is None:
            continue
        tried += 1
        nodes = in_memory([leaf_hash(leaf) for leaf in forged.leaves])
        number = chance.randrange(40)
        found = root_by_inclusion(
            leaf_hash(forged.leaves[number]), number, 40, inclusion(nodes, number, 40)
        )
        assert found != old
        assert VERIFY.root_by_path(
            VERIFY.leaf_hash(forged.leaves[number]), number, 40, inclusion(nodes, number, 40)
        ) != old  # fmt: skip


def test_old_heads_with_proofs_from_rewritten_entries_are_refused() -> None:
    """150 lies: the old head as it was signed, with a figure and a receipt from a database that was rewritten."""
    chance, tried = random.Random(2), 0
    honest = a_log(chance, (40,))
    head = honest.heads[0]
    while tried < 150:
        lie = LIES[tried % len(LIES)]
        forged = forged_from(honest, 40, lie, chance)
        if forged is None:
            continue
        number = chance.choice([n for n in entries_of(forged) if n < 40])
        fact = fact_of(forged.leaves[number])
        assert fact is not None
        if fact.bucket:
            continue
        asked = a_question(
            chance, axis=1, node=forged.lines[1, fact.unit][0], indicator=fact.indicator, stage=fact.stage,
            start=fact.day, end=fact.day,
        )  # fmt: skip
        bundle = as_read(forged.bundle(asked, head, [number]))
        assert verdict(bundle, key=honest.secret) != "", lie.__name__
        assert verdict({**bundle, "receipts": []}, key=honest.secret) != "", lie.__name__
        tried += 1


def _leaves_of(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a bundle that holds a word or a number."""
    if isinstance(tree, dict):
        return [found for name, one in tree.items() for found in _leaves_of(one, (*path, name))]
    if isinstance(tree, list):
        return [found for n, one in enumerate(tree) for found in _leaves_of(one, (*path, n))]
    return [path]


def _twisted(chance: random.Random, value: Any) -> Any:
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 7])
    if not value:
        return "1"
    at = chance.randrange(len(value))
    return (
        value[:at]
        + chance.choice([c for c in "0123456789abcdef" if c != value[at]])
        + value[at + 1 :]
    )


def test_a_bundle_with_any_letter_changed_says_no_more_than_it_did() -> None:
    """1,000 lies on the way: any word or number of a good bundle is changed, or a branch is cut off.

    What remains acceptable may only be what nothing depends on: bits that the encoding ignores.
    """
    chance = random.Random(3)
    log = a_log(chance, (50,))
    number, fact = next(
        (n, fact) for n, leaf in enumerate(log.leaves)
        if (fact := fact_of(leaf)) and fact.stage == 2 and not fact.bucket and fact.unit > 9
    )  # fmt: skip
    asked = a_question(
        chance,
        axis=1,
        node=1,
        indicator=fact.indicator,
        start=fact.day.replace(day=1),
        end=date(2027, 1, 1),
    )
    good = as_read(log.bundle(asked, log.heads[0], [number]))
    assert verdict(good, log.heads_json(), key=log.secret) == ""
    places = [one for one in _leaves_of(good) if one[:2] not in (("head", "key"), ("head", "keys"))]
    harmless = 0
    for _ in range(1_000):
        bad = copy.deepcopy(good)
        *way, last = chance.choice(places)
        target = bad
        for step in way:
            target = target[step]
        before = target[last]
        target[last] = _twisted(chance, before)
        if verdict(bad, log.heads_json(), key=log.secret) != "":
            continue
        harmless += 1
        # Two spellings of the same bytes, or a period that ends a day earlier or later on which nothing was done.
        assert VERIFY.body(bad["head"]) == VERIFY.body(good["head"])
        assert last in ("start", "end", "at") or (
            isinstance(before, str) and before.endswith("=")
        ), (
            way,
            last,
            before,
        )
        assert bad["answer"] == good["answer"]
    assert harmless < 60


def test_two_logs_cannot_both_be_true() -> None:
    """The same log goes on in two ways: whoever holds a head of each sees it."""
    chance = random.Random(4)
    for _ in range(40):
        log = a_log(chance, (20,))
        other = copy.deepcopy(log)
        log.leaves.append(a_leaf(chance, 200))
        other.leaves.append(a_leaf(chance, 200))
        for one in (log, other):
            one.seal(at=AT + timedelta(days=1))
        bundle = as_read(log.bundle(a_question(chance), log.heads[-1]))
        assert verdict(bundle, log.heads_json(), key=log.secret) == ""
        assert (
            verdict(bundle, other.heads_json(), key=log.secret)
            == "heads: there are two heads 2: the log was forked"
        )


def test_an_old_head_replayed_as_the_newest_is_older_than_what_is_known() -> None:
    """A server that hides what came since shows an old head; whoever knows a newer one is told its number."""
    chance = random.Random(5)
    log = a_log(chance, (20, 30, 40))
    old = as_read(log.bundle(a_question(chance), log.heads[0]))
    renumbered = copy.deepcopy(old)
    renumbered["head"]["number"] = 4
    assert verdict(renumbered, log.heads_json(), key=log.secret).startswith("signature:")
    assert verdict(old, log.heads_json(), key=log.secret) == ""  # true, and plainly of its own day
    later = copy.deepcopy(log)
    later.heads = [*later.heads, later.heads[0]]
    stale = later.seal(at=AT - timedelta(days=9))
    bundle = as_read(later.bundle(a_question(chance), stale))
    assert "heads: " in verdict(bundle, log.heads_json(), key=log.secret)


def test_a_restored_backup_is_told_from_a_fork_and_accepted_as_neither() -> None:
    """What was sealed after the backup is gone: the new epoch says so, and whoever kept a head sees it."""
    chance = random.Random(6)
    log = a_log(chance, (20, 30))
    restored = copy.deepcopy(log)
    restored.leaves, restored.heads = restored.leaves[:20], restored.heads[:1]
    restored.leaves.append(a_leaf(chance, 300))
    head = restored.seal(at=AT + timedelta(days=2), epoch=2)
    bundle = as_read(restored.bundle(a_question(chance), head))
    assert verdict(bundle, restored.heads_json(), key=log.secret) == ""
    assert "a backup was restored" in verdict(bundle, log.heads_json(), key=log.secret)


def test_no_bit_of_a_kept_page_is_without_a_say() -> None:
    """Each bit of its cells exchanged, one at a time: also those that no hash holds are looked at."""
    key, page = b"k" * 32, 3
    for lines in ([(1, 3)], [(1, 3, 9, 20)], [(1, 3), (1, 3, 9, 20), (1, 3, 9, 20, 40), (1, 3, 8)]):
        cells = [
            Cell(line, n, bytes([n]) * 32, 1000 * n, 0, 1 + n % 5, n == 2)
            for n, line in enumerate([*lines, lines[-1]])
        ]
        packed = pack((one.line, one.packed) for one in cells)
        parts, core = page_core(key, lines_of(packed), 1)
        kept = Stored(page, 1, parts, core)
        assert page_holds(key, page, kept, packed)
        for bit in range(8 * len(packed)):
            lie = bytearray(packed)
            lie[bit // 8] ^= 1 << bit % 8
            try:
                found = not page_holds(key, page, kept, bytes(lie))
            except (ValueError, LookupError, struct.error):
                found = True
            assert found, (lines, bit // 8, bit % 8)
        for cut in range(1, len(packed)):
            with contextlib.suppress(ValueError, LookupError, struct.error):
                assert not page_holds(key, page, kept, packed[:cut]), cut
