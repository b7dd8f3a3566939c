"""The one exception of the kernel."""

from __future__ import annotations


class Malformed(ValueError):
    """A value that a person wrote and that cannot be read with certainty.

    `code` names the sentence (see `plumbing.errors.SENTENCES`), `given` is what was written.
    """

    def __init__(self, code: str, given: str = "", **params: str) -> None:
        super().__init__(f"{code}: {given!r}")
        self.code = code
        self.given = given
        self.params = params
