"""Entries taken and pages joined by several processes: the same as by one, whatever happens to the children."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from karnameh.ledger.proof.joining import Task
from karnameh.ledger.proof.shape import pack
from karnameh.ledger.proof.sums import Cell
from karnameh.ledger.proof.taking import PAGE, Taken, Taker
from karnameh.ledger.sealing import beside, taking


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


LINES = {
    1: {n: (1, 2 + n % 3, 9, n) for n in range(20, 60)},
    2: {n: (1, 2 + n % 2, n) for n in range(60, 70)},
}


def a_line(number: int) -> bytes:
    """An entry as the server writes it: the public fields, who posted it, and three texts in hexadecimal."""
    public = [
        str(uuid.UUID(int=number << 64 | 7)), str(100 + number // 7), "1795344600000000", str(1 + number % 4),
        str(1 + number % 3), "0", str(20 + number % 40), "1", str(60 + number % 10), "1", "", "2026-11-21",
        f"2026-11-{20 + number % 5}", "", "1", "" if number % 9 else "x", str(1000 * number), "", "1", "1",
        "1" if number % 11 else "2", "", "", "", "", "",
    ]  # fmt: skip
    return "\t".join(["|".join(public), "7", "", "d8b3" if number % 2 else "", "00" * 32]).encode()


def taken(blocks: list[list[bytes]]) -> list[tuple[Taken, bytes]]:
    """What a pool makes of blocks, in order."""
    pool, first, found = taking._Pool(LINES), 0, []
    try:
        for number, block in enumerate(blocks):
            pool.take(number, block, first)
            first += len(block)
            found += list(pool.ready())
        pool.finish()
        return found + list(pool.ready())
    finally:
        pool.close()


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """A dozen blocks, worth a child each, with salts that can be told again."""
    monkeypatch.setattr(taking, "WORTH_IT", 0)
    monkeypatch.setattr(taking.os, "sched_getaffinity", lambda _: set(range(3)))
    monkeypatch.setattr(taking, "fresh_salts", lambda count: bytes(range(256)) * (count // 16 + 1))
    return [[a_line(2_000 * k + n) for n in range(PAGE + 90 * k + 1)] for k in range(12)]


def alone(blocks: list[list[bytes]]) -> list[tuple[Taken, bytes]]:
    """The same by one process."""
    taker, first, found = Taker(LINES), 0, []
    for block in blocks:
        salts = taking.fresh_salts(len(block))
        found.append((taker.take(block, salts, first), salts))
        first += len(block)
    return found


def test_several_processes_take_what_one_does_in_the_same_order(blocks: list[list[bytes]]) -> None:
    assert taken(blocks) == alone(blocks)
    assert taken([]) == []


@pytest.mark.parametrize("fault", ["none starts", "says nonsense", "ends at once", "no room"])
def test_a_child_that_fails_is_taken_over(
    blocks: list[list[bytes]], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    real = taking.start
    if fault == "none starts":

        def none_left(*_: Any, **__: Any) -> None:
            raise OSError("no process left")

        monkeypatch.setattr(taking, "start", none_left)
    elif fault == "no room":
        monkeypatch.setattr(taking, "SLOT", 4_096)
    else:
        module = "this" if fault == "says nonsense" else "karnameh.no_such_module"
        monkeypatch.setattr(
            taking, "start", lambda _module, *_more, **options: real(module, **options)
        )
    assert taken(blocks) == alone(blocks)
