"""Whatever is asked of whatever log: the bundle holds, and says what a plain sum over the leaves says."""

from __future__ import annotations

import json
import random

from histories import LINES, a_log, a_question, verdict

from karnameh.ledger.proof.bundles import Asked, Unprovable
from karnameh.ledger.proof.canonical import fact_of
from karnameh.ledger.proof.memory import MemoryLog
from karnameh.ledger.proof.shape import lines_of, pack, page_knot
from karnameh.ledger.proof.sums import Cell, page_core, tally, tally_text


def plain_sum(log: MemoryLog, asked: Asked, size: int) -> str:
    """All leaves looked at, one by one."""
    total = 0
    for leaf in log.leaves[:size]:
        fact = fact_of(leaf)
        if fact is None:
            continue
        axis = asked.series.axis
        line = log.lines[axis, fact.unit if axis == 1 else fact.place]
        same = (fact.indicator, fact.stage, fact.bucket) == asked.series[1:4]
        if same and asked.line[-1] in line and asked.start <= fact.day <= asked.end:
            total += tally(fact.milli, fact.rial, fact.qualifier, fact.reversal)
    return tally_text(total)


def test_every_question_is_answered_by_its_plain_sum_and_the_verifier_agrees() -> None:
    chance = random.Random(1405)
    for _ in range(12):
        log = a_log(chance, (chance.randrange(0, 30), chance.randrange(30, 90)))
        for body in log.heads:
            for _ in range(12):
                asked = a_question(chance)
                bundle = json.loads(json.dumps(log.bundle(asked, body)))
                assert bundle["answer"] == plain_sum(log, asked, body.size)
                assert verdict(bundle, log.heads_json(), key=log.secret) == ""


def test_every_entry_has_a_receipt_in_every_sum_that_counts_it() -> None:
    chance, seen = random.Random(7), 0
    log = a_log(chance, (80,))
    for number, leaf in enumerate(log.leaves):
        fact = fact_of(leaf)
        if fact is None or fact.bucket or fact.stage != 2:
            continue
        for node in log.lines[1, fact.unit]:
            asked = a_question(
                chance, axis=1, node=node, indicator=fact.indicator, start=fact.day.replace(day=1),
                end=fact.day.replace(year=2027),
            )  # fmt: skip
            bundle = log.bundle(asked, log.heads[0], [number])
            assert verdict(json.loads(json.dumps(bundle)), key=log.secret) == ""
            seen += 1
    assert seen > 50


def test_small_counts_of_people_are_not_opened_and_receipts_show_no_neighbour() -> None:
    chance = random.Random(11)
    log = a_log(chance, (150,))
    refused = 0
    for number, leaf in enumerate(log.leaves):
        fact = fact_of(leaf)
        if fact is None or fact.bucket or fact.stage != 2:
            continue
        day = {"start": fact.day, "end": fact.day, "indicator": fact.indicator, "axis": 1}
        asked = a_question(chance, node=fact.unit, people=True, **day)
        try:
            bundle = log.bundle(asked, log.heads[0], [number])
        except Unprovable as why:
            assert why.code == "small_count"
            refused += 1
            continue
        text = json.dumps(bundle["receipts"])
        assert '"open"' not in text and '"tally"' not in text
        assert verdict(json.loads(json.dumps(bundle)), key=log.secret) == ""
    assert refused


def test_the_fast_way_to_a_page_joins_to_the_same() -> None:
    chance = random.Random(21)
    for _ in range(60):
        lines = [line for (axis, _n), line in LINES.items() if axis == 1 and line[:2] == (1, 3)]
        lines = [(1,)] if chance.random() < 0.2 else lines
        cells = [
            Cell(
                chance.choice(lines), number, chance.randbytes(32), chance.randrange(-9, 99), chance.randrange(-2, 3),
                chance.randrange(1, 6), chance.random() < 0.3,
            )
            for number in range(chance.randrange(1, 40))
        ]  # fmt: skip
        slow = page_knot(b"k" * 32, cells[0].line[-1], cells)
        lines = lines_of(pack((cell.line, cell.packed) for cell in cells))
        fast = page_core(b"k" * 32, lines, -1 if len(cells[0].line) == 1 else 1)
        assert fast == (slow.count, slow.core)
