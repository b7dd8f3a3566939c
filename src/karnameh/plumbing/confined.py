"""What a child process that reads a stranger's file does first: limits itself, and speaks in lines.

The child has no settings, no database and no secrets; this module is all that it needs of ours. Its
parent is `confining`.
"""

from __future__ import annotations

import json
import resource
import sys


class Refused(Exception):
    """The file is refused: `code` names the sentence."""

    def __init__(self, code: str, given: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.given = given


def limit_this_process(*, memory: int, seconds: int) -> None:
    """Little memory, little time, no file written: set before anything of the upload is touched."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def say(message: object) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
