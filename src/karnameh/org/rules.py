"""Paths: how a place in a tree is written, and the one predicate for "under this node".

A path is the ids from the root, each followed by a slash: `/1/23/456/`. Under byte order everything
beneath `/1/23/` lies between it and `/1/230`, because "0" is the character after "/". So `/1/23/` is
never a prefix of `/1/234/`, whatever the codes of the units look like.
"""

from __future__ import annotations

from collections.abc import Sequence


def path_of(line: Sequence[int]) -> str:
    """The path of a line of ids, root first."""
    return "/" + "".join(f"{node}/" for node in line)


def line_of(path: str) -> list[int]:
    """The ids of a path, root first."""
    return [int(part) for part in path.strip("/").split("/") if part]


def bounds(path: str) -> tuple[str, str]:
    """`(low, high)`: exactly the paths with low <= path < high are `path` or beneath it."""
    return path, path[:-1] + "0"


def is_under(path: str, ancestor: str) -> bool:
    """Whether `path` is `ancestor` or beneath it."""
    low, high = bounds(ancestor)
    return low <= path < high


def moved(path: str, old: str, new: str) -> str:
    """`path`, which lies under `old`, after `old` has become `new`."""
    return new + path[len(old) :]
