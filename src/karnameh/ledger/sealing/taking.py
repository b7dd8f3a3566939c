"""Entries read from the database and made into leaves, on all cores when they are many.

The parent reads, and takes a block itself whenever every child has its hands full. Blocks come back in
the order of the log. A child that fails is done without: what it had in hand is taken here.
"""

from __future__ import annotations

import logging
import mmap
import os
import pickle
import selectors
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from karnameh.ledger.proof import taking
from karnameh.ledger.proof.sums import Line
from karnameh.ledger.proof.taking import BLOCK, Taken, Taker
from karnameh.ledger.sealing.leaves import fresh_salts, lines_between
from karnameh.plumbing.confining import start

log = logging.getLogger("karnameh.log")
WORTH_IT = 4  # blocks: whoever has fewer is done before a child has started
MOST = 4  # processes, this one counted
SLOT, SLOTS = 48 << 20, 2  # bytes for a block and its answer, and how many a child has in hand
_PATIENCE = 300  # seconds without an answer

Lines = Mapping[int, Mapping[int, Line]]


def taken_from(
    cursor: Any, since: int, until: int, lines: Lines, first: int
) -> Iterator[tuple[Taken, bytes]]:
    """Blocks of everything with since <= clock < until, with their salts; the first leaf has number `first`."""
    pool = _Pool(lines)
    try:
        for number, block in enumerate(_blocks(cursor, since, until)):
            pool.take(number, block, first + number * BLOCK)
            yield from pool.ready()
        pool.finish()
        yield from pool.ready()
    finally:
        pool.close()


def _blocks(cursor: Any, since: int, until: int) -> Iterator[list[bytes]]:
    waiting: list[bytes] = []
    for line in lines_between(cursor, since, until):
        waiting.append(line)
        if len(waiting) == BLOCK:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


class _Pool:
    """This process and its children."""

    def __init__(self, lines: Lines) -> None:
        self.lines, self.own = lines, Taker(lines)
        self.children: list[_Child] = []
        self.salts: dict[int, bytes] = {}
        self.done: dict[int, Taken] = {}
        self.next = 0

    def take(self, number: int, block: Sequence[bytes], first: int) -> None:
        """One more block, by whoever is free."""
        if number == WORTH_IT:
            others = min(MOST, len(os.sched_getaffinity(0))) - 1
            self.children = [one for _ in range(others) if (one := _child(self.lines)) is not None]
        salts = self.salts[number] = fresh_salts(len(block))
        for child in self.children:
            self._collect(child, seconds=0)
        if not any(child.give(number, block, salts, first) for child in self.children):
            self.done[number] = self.own.take(block, salts, first)

    def ready(self) -> Iterator[tuple[Taken, bytes]]:
        """What comes next in the log, as far as it is there."""
        while self.next in self.done:
            yield self.done.pop(self.next), self.salts.pop(self.next)
            self.next += 1

    def finish(self) -> None:
        """Wait for what the children have in hand."""
        for child in self.children:
            while child.hand:
                self._collect(child, seconds=_PATIENCE)

    def close(self) -> None:
        """End the children."""
        for child in self.children:
            child.close()

    def _collect(self, child: _Child, *, seconds: float) -> None:
        try:
            self.done.update(child.answers(seconds))
        except (OSError, ValueError, EOFError, pickle.PickleError, TimeoutError):
            log.exception("entries are taken by one process: the one beside has failed")
            for number, (block, salts, first, _slot) in child.hand.items():
                self.done[number] = self.own.take(block, salts, first)
            child.hand.clear()
            child.free.clear()


class _Child:
    """A process beside, and the memory that both see."""

    def __init__(self, lines: Lines) -> None:
        shared = os.memfd_create("karnameh-blocks")
        try:
            os.ftruncate(shared, SLOT * SLOTS)
            self.memory = mmap.mmap(shared, SLOT * SLOTS)
            self.process = start(
                taking.__name__, str(shared), str(SLOT), source=settings.PACKAGE.parent,
                stdin=subprocess.PIPE, shared=(shared,),
            )  # fmt: skip
        finally:
            os.close(shared)
        assert self.process.stdin is not None and self.process.stdout is not None
        self.asks, self.says = self.process.stdin, self.process.stdout
        self.free = deque(n * SLOT for n in range(SLOTS))
        self.hand: dict[int, tuple[Sequence[bytes], bytes, int, int]] = {}
        self._rest = b""
        os.set_blocking(self.says.fileno(), False)
        try:
            self.asks.write(pickle.dumps({axis: dict(nodes) for axis, nodes in lines.items()}, 5))
            self.asks.flush()
        except OSError:
            self.close()
            raise

    def give(self, number: int, block: Sequence[bytes], salts: bytes, first: int) -> bool:
        """Hand a block over, if there is a slot for it."""
        if not self.free:
            return False
        asked = pickle.dumps((b"\n".join(block), salts), 5)
        if len(asked) > SLOT:
            return False
        at = self.free.popleft()
        self.hand[number] = (block, salts, first, at)
        self.memory[at : at + len(asked)] = asked
        try:
            self.asks.write(b"%d %d %d\n" % (at, len(asked), first))
            self.asks.flush()
        except OSError:
            pass  # its end is noticed when it is asked for answers
        return True

    def answers(self, seconds: float) -> dict[int, Taken]:
        """What has come; waits so long for the first. Raises when the child has ended or says nothing."""
        if not self.hand:
            return {}
        with selectors.DefaultSelector() as selector:
            selector.register(self.says, selectors.EVENT_READ)
            if not selector.select(seconds):
                if seconds:
                    raise TimeoutError("no answer")
                return {}
        said = os.read(self.says.fileno(), 1 << 16)
        if not said:
            raise EOFError("the process beside has ended")
        *whole, self._rest = (self._rest + said).split(b"\n")
        found = {}
        for line in whole:
            at, length = map(int, line.split())
            number = next(n for n, one in self.hand.items() if one[3] == at)
            answer: Taken = pickle.loads(self.memory[at : at + length])
            if answer.entries != len(self.hand.pop(number)[0]):
                raise ValueError("another number of entries")
            found[number] = answer
            self.free.append(at)
        return found

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()
        self.memory.close()


def _child(lines: Lines) -> _Child | None:
    try:
        return _Child(lines)
    except (OSError, subprocess.SubprocessError):
        log.exception("entries are taken by one process: none could be started beside it")
        return None
