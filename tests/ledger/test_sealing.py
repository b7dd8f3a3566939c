"""Sealing: every settled entry becomes a leaf, once, and heads say so."""

from __future__ import annotations

from datetime import timedelta

from builders import DAY, NOW, World, an_entry, an_indicator
from karnameh.ledger.public import Head, ProofQuestion, Stage, figure_at, prove, receipt, seal
from workbench import next_moment, quantity_of


def sealed_now(after: timedelta = timedelta(0)) -> Head:
    """A head over everything posted so far."""
    next_moment()
    return seal(at=NOW + after)


def test_a_head_holds_every_settled_entry_and_proves_its_sum(world: World) -> None:
    indicator = an_indicator()
    first = an_entry(world.local, indicator, 10, by=world.people["leader"])
    an_entry(world.locals["twin"][0], indicator, 5, by=world.people["officer"])
    an_entry(world.nation, indicator, 7, by=world.people["officer"])
    an_entry(world.fars, indicator, "2.5", by=world.people["officer"])
    head = sealed_now()
    assert (head.number, head.entries) == (1, 4)
    question = ProofQuestion(world.fars.pk, indicator.pk, Stage.REPORTED, DAY, DAY)
    assert figure_at(question, head).quantity == quantity_of(world.fars, indicator)
    assert prove(question, head)["answer"] == "3,0,17500"
    assert receipt(first, question, head)["receipts"][0]["index"] == 0
