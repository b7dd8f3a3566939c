"""Joining the pages of a large portion on all cores: a part of them in children, the rest here."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from karnameh.ledger.proof import joining
from karnameh.ledger.proof.joining import Joined, Task, join
from karnameh.plumbing.confining import start

log = logging.getLogger("karnameh.log")
WORTH_IT = 2_000_000  # bytes of cells (about 30,000): fewer are joined before a child has started
MOST = 4  # processes, this one counted


def joined(tasks: Sequence[Task]) -> list[Joined]:
    """Parts and core of each page, in order. A child that fails is done without: its pages are joined here."""
    cores = min(MOST, len(os.sched_getaffinity(0)))
    if cores < 2 or sum(len(one.packed) for one in tasks) < WORTH_IT:
        return join(list(tasks))
    own, *others = _shares(tasks, cores)
    if not others:
        return join(own)
    with ThreadPoolExecutor(len(others)) as pool:
        waiting = [pool.submit(_in_child, share) for share in others]
        found = join(own)
        for share, answer in zip(others, waiting, strict=True):
            found += answer.result() or join(share)
    return found


def _shares(tasks: Sequence[Task], count: int) -> list[list[Task]]:
    """Neighbours together, each share about as many bytes as the others; never an empty one."""
    whole = sum(len(one.packed) for one in tasks)
    shares: list[list[Task]] = [[]]
    taken = 0
    for one in tasks:
        if taken * count >= whole * len(shares):
            shares.append([])
        shares[-1].append(one)
        taken += len(one.packed)
    return shares


def _in_child(tasks: list[Task]) -> list[Joined] | None:
    try:
        with start(
            joining.__name__, source=settings.PACKAGE.parent, stdin=subprocess.PIPE
        ) as child:
            try:
                answer, _nothing = child.communicate(pickle.dumps(tasks), timeout=600)
            finally:
                child.kill()
        found: list[Joined] = pickle.loads(answer)
    except (OSError, subprocess.SubprocessError, pickle.PickleError, EOFError):
        log.exception("pages are joined by one process: the one beside has failed")
        return None
    return found if len(found) == len(tasks) else None
