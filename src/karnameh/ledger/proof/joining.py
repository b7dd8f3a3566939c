"""Many pages joined at once, also in a process beside: hashing is plain Python, and a process keeps one core busy.

`python -m karnameh.ledger.proof.joining` reads pages from its parent, answers, and ends with it.
"""

from __future__ import annotations

import pickle
import sys
from typing import NamedTuple

from karnameh.ledger.proof.shape import lines_of
from karnameh.ledger.proof.sums import Item, page_core


class Task(NamedTuple):
    """A page: what hides its sums, the depth of its knot (-1 for a root's own), its cells as bytes."""

    key: bytes
    depth: int
    packed: bytes


Joined = tuple[int, Item]  # number of parts, and what they join to


def join(tasks: list[Task]) -> list[Joined]:
    """Each page's parts and core, in order."""
    return [page_core(one.key, lines_of(one.packed), one.depth) for one in tasks]


def main() -> None:
    """The child: one list in, one list out. Both come from and go to its own parent alone."""
    pickle.dump(join(pickle.load(sys.stdin.buffer)), sys.stdout.buffer)


if __name__ == "__main__":
    main()
