"""The log's tree: RFC 9162 (and 6962) hashes, inclusion and consistency proofs over SHA-256.

A tree of `size` leaves splits at the largest power of two below its size, so all its left parts are
*complete* subtrees: 2**level leaves, beginning at a multiple of it. Whoever can name the hash of
any complete subtree (`Nodes`) can prove anything; how it is kept is not the tree's affair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

Nodes = Callable[[int, int], bytes]  # (level, position) → hash of leaves position·2^level …
EMPTY = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """RFC 9162, 2.1.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162, 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _hash(nodes: Nodes, start: int, size: int) -> bytes:
    """The hash of `size` leaves from `start`, which is a multiple of the power of two not below size."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return nodes(level, start >> level)
    left = _split(size)
    return node_hash(_hash(nodes, start, left), _hash(nodes, start + left, size - left))


def root(nodes: Nodes, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _hash(nodes, 0, size) if size else EMPTY


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The path from leaf `index` to the root of `size` leaves, nearest first (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError("this leaf is not in that tree")
    start, path = 0, []
    while size > 1:
        left = _split(size)
        if index < start + left:
            path.append(_hash(nodes, start + left, size - left))
            size = left
        else:
            path.append(_hash(nodes, start, left))
            start, size = start + left, size - left
    return path[::-1]


def consistency(nodes: Nodes, first: int, second: int) -> list[bytes]:
    """That the first `first` of `second` leaves are what they were (RFC 9162, 2.1.4.1)."""
    if not 0 <= first <= second:
        raise ValueError("a log never gets shorter")
    if first in (0, second):
        return []
    start, size, whole, path = 0, second, True, []
    while first != size:
        left = _split(size)
        if first <= left:
            path.append(_hash(nodes, start + left, size - left))
            size = left
        else:
            path.append(_hash(nodes, start, left))
            start, first, size, whole = start + left, first - left, size - left, False
    if not whole:
        path.append(_hash(nodes, start, size))
    return path[::-1]


def root_by_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a path leads to (RFC 9162, 2.1.3.2); `ValueError` when its length is wrong."""
    if not 0 <= index < size:
        raise ValueError("this leaf is not in that tree")
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise ValueError("the path is too long")
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return found


def is_consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether `path` shows that the first tree is the beginning of the second (RFC 9162, 2.1.4.2)."""
    if first == second:
        return not path and first_root == second_root
    if first == 0:
        return not path and first_root == EMPTY
    if not 0 < first < second or not path:
        return False
    steps = list(path)
    if first & (first - 1) == 0:
        steps.insert(0, first_root)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def next_level(hashes: Sequence[bytes]) -> list[bytes]:
    """Pairs joined; an odd one out at the end is left for later."""
    pairs = zip(hashes[::2], hashes[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]


def complete_subtree(hashes: Iterable[bytes]) -> bytes:
    """The root of a power of two of hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = next_level(level)
    return level[0]


def in_memory(leaves: Sequence[bytes]) -> Nodes:
    """The nodes of a log that is held in a list of leaf hashes."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        levels.append(next_level(levels[-1]))
    return lambda level, position: levels[level][position]
