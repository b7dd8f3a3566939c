"""What is wrong with an instance or a plan, as codes; `words` makes sentences of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 20  # faults are listed up to this many: the first ones are enough to mend a file


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend. `code` names a sentence in `words`, `params` are what it speaks of."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


class Unusable(Exception):
    """The instance or plan cannot be used; carries the faults, the first of up to `MOST`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(", ".join(one.code for one in faults))
        self.faults = faults
