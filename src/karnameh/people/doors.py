"""Pages of contexts above that belong on the holder's own page, such as his phones."""

from __future__ import annotations

from dataclasses import dataclass

from karnameh.plumbing.errors import Sentence


@dataclass(frozen=True)
class Door:
    """The name of an address without arguments, what its link says, and a few words beside it."""

    name: str
    label: Sentence
    help: Sentence = ""


_DOORS: list[Door] = []


def register_door(door: Door) -> None:
    """Called once by a context when it is loaded."""
    if door not in _DOORS:
        _DOORS.append(door)


def doors() -> list[Door]:
    """What is registered."""
    return list(_DOORS)
