"""A process of the crew: reads questions from its input until that closes, writes the answers."""

from __future__ import annotations

import os
import pickle
import sys
from typing import Any

from karnameh.campaigns.planner.desk import Desk


def main() -> None:
    """Answer until nobody asks any more. Both pipes belong to the process that started this one."""
    source = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # the solver prints a banner; it must not get between the answers
    desk = Desk(int(sys.argv[1]))
    arguments: tuple[Any, ...]
    while True:
        arguments = ()  # of the last question; a block's proposals are not needed any more
        try:
            name, arguments = pickle.load(source)
        except EOFError:
            return
        answer = getattr(desk, name)(*arguments)
        try:
            pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
