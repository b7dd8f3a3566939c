"""Pages joined by several processes: the same as by one, whatever happens to the children."""

from __future__ import annotations

from typing import Any

import pytest

from karnameh.ledger.proof.joining import Task
from karnameh.ledger.proof.shape import pack
from karnameh.ledger.proof.sums import Cell
from karnameh.ledger.sealing import beside


def a_task(number: int) -> Task:
    """A page of an office with units beneath, some of which have many entries."""
    cells = [
        Cell((1, 2, 3 + n % 5, 20 + n % 7)[: 3 + n % 2], 100 * number + n, bytes([n] * 32), n - 9, n, 1, n > 30)
        for n in range(number % 40 + 1)
    ]  # fmt: skip
    return Task(bytes([number] * 32), 1, pack((one.line, one.packed) for one in cells))


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Pages that are worth a child each."""
    made = [a_task(number) for number in range(60)]
    monkeypatch.setattr(beside, "WORTH_IT", 1)
    monkeypatch.setattr(beside.os, "sched_getaffinity", lambda _: set(range(3)))
    return made


def test_several_processes_join_what_one_does(tasks: list[Task]) -> None:
    alone = beside.join(tasks)
    assert beside.joined(tasks) == alone
    assert beside.joined(tasks[:1]) == alone[:1] and beside.joined([]) == []


def test_a_child_that_fails_is_done_without(
    tasks: list[Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = beside.join(tasks)

    def none_left(*_: Any, **__: Any) -> None:
        raise OSError("no process left")

    with monkeypatch.context() as patch:
        patch.setattr(beside, "start", none_left)
        assert beside.joined(tasks) == alone
    real = beside.start
    for module in ("this", "karnameh.no_such_module"):  # prints something else; ends with an error
        monkeypatch.setattr(beside, "start", lambda _m, m=module, **more: real(m, **more))
        assert beside.joined(tasks) == alone


def test_shares_are_neighbours_and_hold_everything_once(tasks: list[Task]) -> None:
    for count in (2, 3, 4):
        shares = beside._shares(tasks, count)
        assert (
            [one for share in shares for one in share] == tasks
            and len(shares) == count
            and all(shares)
        )
