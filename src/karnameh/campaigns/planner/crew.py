"""Blocks worked on here, or by processes of their own: the same questions, the same answers."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Any

from karnameh.campaigns.planner.desk import Desk

Question = tuple[int, str, tuple[Any, ...]]  # block, name of the desk's method, arguments


class Crew:
    """Answers questions about blocks. Use as a context manager: it ends its processes."""

    def __init__(
        self,
        processes: int,
        seed: int,
        is_over: Callable[[], bool] = lambda: False,
        *,
        apart: bool = False,
    ) -> None:
        """`is_over` is asked often; once it says so, waiting for answers ends with `Interrupted`.

        One process works here unless it is `apart`: then its memory, and its end, are its own.
        """
        self._is_over = is_over
        self._here = Desk(seed) if processes <= 1 and not apart else None
        self._workers = [] if self._here else [_Worker(seed) for _ in range(max(1, processes))]
        self._home: dict[int, int] = {}
        self._load = [0] * max(1, processes)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    def settle(self, block: int, weight: int) -> None:
        """Decide once which worker keeps a block: the one with the least to do."""
        at = self._load.index(min(self._load))
        self._home[block] = at
        self._load[at] += weight

    def place(self, block: int, blocks: list[int]) -> tuple[int, int]:
        """Of these blocks, which in turn this one is for its worker, and of how many."""
        own = [one for one in blocks if self._home[one] == self._home[block]]
        return own.index(block), len(own)

    def ask(self, questions: list[Question]) -> Iterator[tuple[int, Any]]:
        """Put the questions; the answers come as they are ready, each with its block.

        Read here, a question is worked on only when its answer is asked for.
        """
        if self._here is not None:
            for block, name, arguments in questions:
                if self._is_over():
                    raise Interrupted
                yield block, getattr(self._here, name)(block, *arguments)
            return
        answers: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        lists: list[list[Question]] = [[] for _ in self._workers]
        for one in questions:
            lists[self._home[one[0]]].append(one)
        for worker, own in zip(self._workers, lists, strict=True):
            worker.work(own, answers.put)
        for _ in questions:
            block, answer = self._waited_for(answers)
            if isinstance(answer, WorkerEnded):
                raise answer
            yield block, answer

    def _waited_for(self, answers: SimpleQueue[tuple[int, Any]]) -> tuple[int, Any]:
        while True:
            if self._is_over():
                raise Interrupted
            try:
                return answers.get(timeout=0.2)
            except Empty:
                continue


class Interrupted(Exception):
    """The caller wants no more answers, or there is no more time for them."""


class WorkerEnded(RuntimeError):
    """A worker's process ended before it answered (most likely for want of memory)."""


class _Worker:
    """A process that keeps a desk; questions and answers go through its pipes."""

    def __init__(self, seed: int) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "karnameh.campaigns.planner.worker", str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )
        self._thread: threading.Thread | None = None

    def work(self, questions: list[Question], answered: Callable[[tuple[int, Any]], None]) -> None:
        """Put the questions one after another in a thread of their own."""
        self._thread = threading.Thread(target=self._put, args=(questions, answered), daemon=True)
        self._thread.start()

    def _put(self, questions: list[Question], answered: Callable[[tuple[int, Any]], None]) -> None:
        into, out = self._process.stdin, self._process.stdout
        assert into is not None and out is not None
        for block, name, arguments in questions:
            try:
                pickle.dump((name, (block, *arguments)), into, protocol=pickle.HIGHEST_PROTOCOL)
                into.flush()
                answer = pickle.load(out)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                answered((block, WorkerEnded(str(error))))
                return
            answered((block, answer))

    def end(self) -> None:
        """Stop the process; what it was doing is lost."""
        self._process.kill()
        self._process.wait()
        if self._thread is not None:
            self._thread.join()  # its pipe has ended; it must not be closed under it
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
