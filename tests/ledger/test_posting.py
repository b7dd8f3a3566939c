from __future__ import annotations

from decimal import Decimal

from builders import DAY, NOW, World, a_new_entry, an_entry, an_indicator
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Question,
    Verdict,
    check,
    fold_all,
    post_entries,
    reverse_entry,
    roll_up,
)


def test_a_posted_entry_is_in_every_total_above_it_at_once_and_after_folding(world: World) -> None:
    indicator = an_indicator()
    an_entry(world.local, indicator, 12, by=world.people["leader"])
    for _ in range(2):
        for node in (world.local, world.shiraz, world.fars, world.nation):
            cells = roll_up(
                world.reach("officer"), Question(node, Period(DAY, DAY), indicators=(indicator.pk,))
            )
            assert [cell.tally.quantity for cell in cells] == [Decimal(12)]
        fold_all()
    assert check().findings == []


def test_posting_twice_is_one_row_and_other_content_is_a_conflict(world: World) -> None:
    entry = a_new_entry(world.local, an_indicator(), 5)
    leader = world.people["leader"]
    assert post_entries([entry], by=leader, at=NOW)[0].verdict is Verdict.NEW
    assert post_entries([entry], by=leader, at=NOW)[0].verdict is Verdict.SAME
    import dataclasses

    other = dataclasses.replace(entry, quantity=Decimal(6))
    assert post_entries([other], by=leader, at=NOW)[0].verdict is Verdict.CONFLICT


def test_a_reversal_takes_the_quantity_out_of_every_total(world: World) -> None:
    indicator = an_indicator()
    entry = an_entry(world.local, indicator, 12, by=world.people["leader"])
    fold_all()
    reverse_entry(entry, note="دوباره ثبت شده بود", by=world.people["leader"], at=NOW)
    cells = roll_up(
        world.reach("officer"), Question(world.nation, Period(DAY, DAY), indicators=(indicator.pk,))
    )
    assert cells == []
    fold_all()
    assert check().findings == []
