"""Many people at once, each with a connection of his own, in a database where everything commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from builders import DAY, NOW, World, a_new_entry, an_entry, an_indicator
from karnameh.catalog.public import Indicator, dimension_set
from karnameh.kernel.period import Period
from karnameh.ledger.public import (
    Entry,
    Kind,
    Question,
    Stage,
    Verdict,
    check_log,
    fold,
    fold_all,
    post_entries,
    rehome,
    reverse_entry,
    roll_up,
    seal,
    verify_entry,
)
from karnameh.ledger.sealing import checking as log_checking
from karnameh.org.public import OrgUnit, move_unit
from karnameh.people.public import User
from karnameh.plumbing.public import Refusal
from workbench import ask, cell_of, quantity_of, run, sound


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """All deeds start together on connections of their own; each answer or exception, in order."""
    gate = threading.Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(20)
            return deed()
        except Exception as trouble:
            return trouble
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def fold_through(seconds: float = 60) -> None:
    """Fold until everything committed is folded; transactions of other tests may hold the horizon a while."""
    deadline = time.monotonic() + seconds
    while True:
        fold_all()
        if ask(
            "SELECT NOT EXISTS (SELECT FROM ledger_entry, ledger_foldstate WHERE clock >= folded_to)"
        ):
            return
        assert time.monotonic() < deadline, "the horizon did not move"
        time.sleep(0.05)


@contextmanager
def a_writer(indicator: Indicator, unit: OrgUnit, by: User) -> Iterator[Callable[[], None]]:
    """A transaction that has posted 7 and stays open until the yielded function is called."""
    posted, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            post_entries([a_new_entry(unit, indicator, 7)], by=by, at=NOW)
            posted.set()
            may_end.wait(30)
        connection.close()
        ended.set()

    thread = threading.Thread(target=write)
    thread.start()
    assert posted.wait(20)

    def end() -> None:
        may_end.set()
        assert ended.wait(20)

    try:
        yield end
    finally:
        may_end.set()
        thread.join(20)


def fresh(world: World, name: str) -> User:
    return User.objects.get(pk=world.people[name].pk)


def test_the_same_entries_sent_over_five_connections_at_once_are_one_row_each(
    own_world: World,
) -> None:
    indicator = an_indicator()
    entries = [a_new_entry(own_world.local, indicator, 1) for _ in range(60)]
    by = fresh(own_world, "officer")
    answers = at_once(*[lambda: post_entries(entries, by=by, at=NOW)] * 5)
    verdicts = [[receipt.verdict for receipt in answer] for answer in answers]
    assert Entry.objects.filter(indicator=indicator).count() == 60
    for each in zip(*verdicts, strict=True):
        assert sorted(each) == [Verdict.NEW] + [Verdict.SAME] * 4
    fold_through()
    assert quantity_of(own_world.nation, indicator) == 60
    sound()


def test_a_call_takes_its_ids_in_one_order_so_that_two_calls_never_lock_each_other_out(
    own_world: World,
) -> None:
    """Sent in another order, the smallest id is still waited for before any larger one is taken."""
    indicator, by = an_indicator(), fresh(own_world, "officer")
    small, large = (a_new_entry(own_world.local, indicator, 1) for _ in range(2))
    assert small.id < large.id

    def blocked() -> bool:
        return bool(
            ask(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')"
            )
        )

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            post_entries([small], by=by, at=NOW)
            waiting = pool.submit(
                lambda: at_once(lambda: post_entries([large, small], by=by, at=NOW))[0]
            )
            deadline = time.monotonic() + 20
            while not blocked():
                assert time.monotonic() < deadline
            run("SET LOCAL lock_timeout = '2s'")
            assert post_entries([large], by=by, at=NOW)[0].verdict is Verdict.NEW
        assert [receipt.verdict for receipt in waiting.result(20)] == [Verdict.SAME, Verdict.SAME]


def test_the_same_large_batch_over_three_connections_is_one_row_each(own_world: World) -> None:
    indicator, by = an_indicator(), fresh(own_world, "officer")
    entries = [a_new_entry(own_world.local, indicator, 1) for _ in range(2_100)]
    answers = at_once(*[lambda: post_entries(entries, by=by, at=NOW)] * 3)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Entry.objects.filter(indicator=indicator).count() == 2_100
    verdicts = [{receipt.verdict for receipt in answer} for answer in answers]
    assert sorted(verdicts, key=str) == [{Verdict.NEW}, {Verdict.SAME}, {Verdict.SAME}]


def test_one_id_with_two_contents_at_once_keeps_one_and_tells_the_other(own_world: World) -> None:
    entry, by = a_new_entry(own_world.local, an_indicator(), 5), fresh(own_world, "leader")
    answers = at_once(
        lambda: post_entries([entry], by=by, at=NOW),
        lambda: post_entries([replace(entry, quantity=Decimal(6))], by=by, at=NOW),
    )
    assert sorted(answer[0].verdict for answer in answers) == [Verdict.CONFLICT, Verdict.NEW]
    assert Entry.objects.filter(pk=entry.id).count() == 1


def test_of_two_who_reverse_one_entry_at_once_one_wins_and_the_other_gets_the_sentence(
    own_world: World,
) -> None:
    indicator = an_indicator()
    entry = an_entry(own_world.local, indicator, 10, by=own_world.people["leader"])
    answers = at_once(
        *[
            lambda who=who: reverse_entry(entry, note="اشتباه", by=fresh(own_world, who), at=NOW)
            for who in ("leader", "officer", "fars")
        ]
    )
    refusals = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(refusals) == 2
    assert all(
        isinstance(one, Refusal) and one.status == 409 and str(one.sentence) for one in refusals
    ), refusals
    assert Entry.objects.filter(corrects=entry, kind=Kind.REVERSAL).count() == 1
    fold_through()
    assert quantity_of(own_world.nation, indicator) is None
    sound()


def test_of_two_who_check_one_report_at_once_one_wins(own_world: World) -> None:
    indicator = an_indicator()
    report = an_entry(own_world.local, indicator, 10, by=own_world.people["leader"])
    answers = at_once(
        *[
            lambda who=who, found=found: verify_entry(
                report, quantity=Decimal(found), note="", by=fresh(own_world, who), at=NOW
            )
            for who, found in (("verifier", 9), ("fars_verifier", 8))
        ]
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Entry", "Refusal"]
    assert Entry.objects.filter(verifies=report).count() == 1


def test_a_check_and_a_reversal_at_once_never_leave_a_check_of_nothing(own_world: World) -> None:
    for _ in range(4):
        indicator = an_indicator()
        report = an_entry(own_world.local, indicator, 10, by=own_world.people["leader"])
        at_once(
            lambda one=report: verify_entry(
                one, quantity=Decimal(9), note="", by=fresh(own_world, "verifier"), at=NOW
            ),
            lambda one=report: reverse_entry(
                one, note="اشتباه", by=fresh(own_world, "leader"), at=NOW
            ),
        )
        reported, verified = (
            quantity_of(own_world.nation, indicator, stage)
            for stage in (Stage.REPORTED, Stage.VERIFIED)
        )
        assert (reported, verified) in [(10, 9), (None, None), (10, None)]


def test_parts_posted_at_once_never_exceed_their_total(own_world: World) -> None:
    from karnameh.catalog.public import Dimension, DimensionOption

    dimension = Dimension.objects.create(code="sex", position=1, name_fa="جنس", name_en="sex")
    DimensionOption.objects.create(
        dimension=dimension, code="women", position=1, name_fa="زن", name_en="women"
    )
    women, indicator, by = (
        dimension_set({"sex": "women"}),
        an_indicator(),
        fresh(own_world, "leader"),
    )
    whole = an_entry(own_world.local, indicator, 100, by=by)
    parts = [
        a_new_entry(own_world.local, indicator, 60, part_of=whole.pk, dimensions=women.pk)
        for _ in range(3)
    ]
    answers = at_once(*[lambda part=part: post_entries([part], by=by, at=NOW) for part in parts])
    assert sum(isinstance(answer, Refusal) for answer in answers) == 2
    assert Entry.objects.filter(part_of=whole).count() == 1


def test_dimension_sets_made_at_once_are_one(own_world: World) -> None:
    from karnameh.catalog.public import Dimension, DimensionOption

    dimension = Dimension.objects.create(code="age", position=1, name_fa="سن", name_en="age")
    DimensionOption.objects.create(
        dimension=dimension, code="young", position=1, name_fa="جوان", name_en="young"
    )
    answers = at_once(*[lambda: dimension_set({"age": "young"}).pk] * 4)
    assert len(set(answers)) == 1 and isinstance(answers[0], int)


def test_two_folders_at_once_fold_everything_once(own_world: World) -> None:
    indicator = an_indicator()
    for _ in range(5):
        an_entry(own_world.local, indicator, 3, by=own_world.people["officer"])
    answers = at_once(*[lambda: fold_all()] * 3)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    fold_through()
    cell = cell_of(own_world.nation, indicator)
    assert cell is not None and (cell.tally.quantity, cell.tally.entries) == (15, 5)
    sound()


def test_a_long_transaction_holds_folding_back_and_totals_stay_exact(own_world: World) -> None:
    indicator, officer = an_indicator(), own_world.people["officer"]
    an_entry(own_world.local, indicator, 1, by=officer)
    with a_writer(indicator, own_world.locals["taft"][0], fresh(own_world, "officer")) as end:
        an_entry(
            own_world.local, indicator, 10, by=officer
        )  # later, but committed before the writer
        fold_all()
        mark = ask("SELECT folded_to FROM ledger_foldstate")
        assert mark <= ask("SELECT max(clock) FROM ledger_entry"), "folded past an open transaction"
        assert quantity_of(own_world.nation, indicator) == 11
        end()
        assert quantity_of(own_world.nation, indicator) == 18
    fold_through()
    assert quantity_of(own_world.nation, indicator) == 18
    sound()


def test_reading_while_others_post_reverse_fold_and_move_always_sees_a_consistent_moment(
    own_world: World,
) -> None:
    """Every writer posts +5 at one unit and +5 at another in one transaction: all sums stay even and equal."""
    indicator, by = an_indicator(), fresh(own_world, "officer")
    one, other = own_world.locals["shiraz"][0], own_world.locals["taft"][0]
    until = time.monotonic() + 2.5
    trouble: list[Any] = []

    def write() -> int:
        rounds = 0
        while time.monotonic() < until or rounds < 5:
            pair = [a_new_entry(one, indicator, 5), a_new_entry(other, indicator, 5)]
            post_entries(pair, by=by, at=NOW)
            if rounds % 3 == 2:
                with transaction.atomic():
                    for new in pair:
                        reverse_entry(Entry.objects.get(pk=new.id), note="اشتباه", by=by, at=NOW)
            rounds += 1
        return rounds

    def keep_folding() -> int:
        folded = 0
        while time.monotonic() < until:
            folded += fold(batch=4).entries
            rehome()
        return folded

    def read() -> int:
        rounds, last = 0, Decimal(0)
        reach = own_world.reach("officer")
        while time.monotonic() < until or rounds < 5:
            question = Question(own_world.nation, Period(None, None), indicators=(indicator.pk,))
            by_child = {cell.key: cell.tally for cell in roll_up(reach, question, by="child")}
            pair = (by_child.get(own_world.fars.pk), by_child.get(own_world.yazd.pk))
            if pair[0] != pair[1]:
                trouble.append(pair)
            last = max(last, pair[0].quantity if pair[0] else Decimal(0))
            rounds += 1
        return rounds

    answers = at_once(write, keep_folding, read)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert trouble == []
    assert answers[0] > 3 and answers[2] > 3
    fold_through()
    kept = answers[0] - answers[0] // 3
    assert [quantity_of(node, indicator) for node in (one, other, own_world.nation)] == [
        5 * kept,
        5 * kept,
        10 * kept,
    ]
    sound()


def test_a_head_that_is_sealed_while_the_log_is_checked_is_no_finding(
    own_world: World, monkeypatch: Any
) -> None:
    indicator, by = an_indicator(), fresh(own_world, "officer")
    an_entry(own_world.local, indicator, 1, by=by)
    seal(at=NOW)
    inside, may_go_on = threading.Event(), threading.Event()
    real = log_checking._check_heads

    def waits(*given: Any) -> None:
        inside.set()
        assert may_go_on.wait(20)
        real(*given)

    monkeypatch.setattr(log_checking, "_check_heads", waits)

    def seals() -> Any:
        try:
            assert inside.wait(20)
            an_entry(own_world.local, indicator, 2, by=by)
            return seal(at=NOW)
        finally:
            may_go_on.set()

    found, head = at_once(lambda: check_log(at=NOW), seals)
    assert head.number == 2 and found.findings == []


def test_units_moved_crosswise_at_once_tie_no_knot(own_world: World) -> None:
    admin = fresh(own_world, "admin")
    answers = at_once(
        lambda: move_unit(own_world.shiraz, parent=own_world.twin, on=DAY, by=admin, at=NOW),
        lambda: move_unit(own_world.twin, parent=own_world.shiraz, on=DAY, by=admin, at=NOW),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["OrgUnit", "Refusal"]
    for unit in OrgUnit.objects.exclude(parent=None).select_related("parent"):
        assert unit.line == [*unit.parent.line, unit.pk]  # type: ignore[union-attr]


def test_a_unit_that_moves_while_it_reports_is_counted_once(own_world: World) -> None:
    indicator, by, admin = an_indicator(), fresh(own_world, "officer"), fresh(own_world, "admin")
    posts = [
        lambda: post_entries([a_new_entry(own_world.local, indicator, 5)], by=by, at=NOW)
        for _ in range(3)
    ]
    answers = at_once(
        *posts,
        lambda: move_unit(own_world.local, parent=own_world.taft, on=DAY, by=admin, at=NOW),
        lambda: fold_all(),
    )
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    fold_through()
    while rehome():
        pass
    assert [
        quantity_of(OrgUnit.objects.get(pk=u.pk), indicator)
        for u in (own_world.nation, own_world.yazd, own_world.fars)
    ] == [15, 15, None]
    sound()


def test_the_connections_of_the_threads_are_sessions_of_their_own(own_world: World) -> None:
    """Otherwise this file would prove nothing."""
    backends = at_once(*[lambda: ask("SELECT pg_backend_pid()")] * 3)
    assert len({*backends, ask("SELECT pg_backend_pid()")}) == 4
    run("SELECT 1")
