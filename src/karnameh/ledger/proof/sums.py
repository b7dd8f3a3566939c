"""Merkle sum trees: nodes that carry what is beneath them, hidden behind salted commitments.

Every node is a pair (hash, seal). The seal commits to the node's tally; the hash of a node above binds
the pairs of both nodes below. So a path can be shown without saying a number, and a number can be
opened at any node without saying the numbers beside it.

A `Knot` is a node with a label (a unit, a day, a series) over a list of parts in a fixed order; the list
is joined pairwise, the odd one out moves up, which is the shape of RFC 9162.

A tally is one integer of fourteen fields of 96 bits, none of which is ever negative: adding two tallies
is one addition, and its 168 bytes are what is committed.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

FIELDS = (
    "entries", "reversals", "quantity", "quantity_back", "rial", "rial_back", "at_least", "at_least_back",
    "about", "about_back", "at_most", "at_most_back", "unknown", "unknown_back",
)  # fmt: skip
WIDTH = 96
_BYTES = len(FIELDS) * WIDTH // 8
_MASK = (1 << WIDTH) - 1
_SHIFT = {name: WIDTH * (len(FIELDS) - 1 - n) for n, name in enumerate(FIELDS)}
_QUALIFIERS = {2: "at_least", 3: "about", 4: "at_most", 5: "unknown"}


def _counts(qualifier: int, reversal: bool) -> int:
    name = _QUALIFIERS.get(qualifier)
    found = 1 << _SHIFT["reversals" if reversal else "entries"]
    return found + (1 << _SHIFT[f"{name}_back" if reversal else name] if name else 0)


_COUNTS = {(q, r): _counts(q, r) for q in range(1, 6) for r in (False, True)}
_PLUS, _MINUS = _SHIFT["quantity"], _SHIFT["quantity_back"]
_RIAL_PLUS, _RIAL_MINUS = _SHIFT["rial"], _SHIFT["rial_back"]


def tally(milli: int, rial: int, qualifier: int, reversal: bool) -> int:
    """One entry as a tally; what takes away is counted apart from what adds."""
    found = _COUNTS[qualifier, reversal]
    found += milli << _PLUS if milli >= 0 else -milli << _MINUS
    if rial:
        found += rial << _RIAL_PLUS if rial > 0 else -rial << _RIAL_MINUS
    return found


def fields_of(packed: int) -> list[int]:
    """The fourteen fields, in the order of `FIELDS`."""
    return [packed >> shift & _MASK for shift in _SHIFT.values()]


def packed(fields: Sequence[int]) -> int:
    """The other way; `ValueError` for a field that cannot be one."""
    found = 0
    for value, shift in zip(fields, _SHIFT.values(), strict=False):
        if not 0 <= value <= _MASK:
            raise ValueError("a tally holds no such number")
        found |= value << shift
    return found


def tally_text(packed_tally: int) -> str:
    """Decimal fields joined by commas, without the zeros at the end."""
    found = [str(one) for one in fields_of(packed_tally)]
    while found and found[-1] == "0":
        found.pop()
    return ",".join(found)


def tally_from(text: str) -> int:
    """Undo `tally_text`."""
    return packed([int(one) for one in text.split(",")]) if text else 0


class Item(NamedTuple):
    """A node as its neighbours see it."""

    hash: bytes
    seal: bytes
    tally: int
    salt: bytes


NOTHING = Item(bytes(32), bytes(32), 0, bytes(16))  # what a knot without parts joins to


def _item(key: bytes, node: bytes, amount: int) -> Item:
    """The salt comes from the node's own hash, which nobody can guess, and a key that stays here."""
    salt = sha256(key + node).digest()[:16]
    seal = sha256(b"\x04" + salt + amount.to_bytes(_BYTES, "big")).digest()
    return Item(node, seal, amount, salt)


class Leaf:
    """One entry: its place in the log, its log leaf's hash, its tally."""

    __slots__ = ("index", "item", "log_leaf")

    def __init__(self, key: bytes, index: int, log_leaf: bytes, amount: int) -> None:
        node = sha256(b"\x02" + index.to_bytes(8, "big") + log_leaf).digest()
        self.index, self.log_leaf, self.item = index, log_leaf, _item(key, node, amount)

    @property
    def order(self) -> tuple[int, int]:
        return (0, self.index)


class Knot:
    """A labelled node over its parts; `core` is what its parts join to, and lends it seal and tally."""

    __slots__ = ("_levels", "core", "count", "item", "key", "label", "parts")
    item: Item

    def __init__(self, key: bytes, label: str, parts: Sequence[Part]) -> None:
        self.key, self.label, self.parts, self.count = key, label, parts, len(parts)
        self._levels: list[list[Item]] | None = None
        self.core = self._join() if len(parts) > 1 else parts[0].item if parts else NOTHING
        self.item = _labelled(label, self.count, self.core)

    def _join(self) -> Item:
        level = [part.item for part in self.parts]
        self._levels = [level]
        while len(level) > 1:
            level = _above(self.key, level)
            self._levels.append(level)
        if len(self.parts) > 64:  # held in memory only while it is cheap; a proof joins them again
            self._levels = None
        return level[0]

    def levels(self) -> list[list[Item]]:
        """All nodes of the list, its parts first."""
        if self._levels is None:
            levels = [[part.item for part in self.parts]]
            while len(levels[-1]) > 1:
                levels.append(_above(self.key, levels[-1]))
            return levels
        return self._levels


class Shut:
    """A labelled node whose parts are somewhere else."""

    __slots__ = ("core", "count", "item", "label")

    def __init__(self, label: str, count: int, core: Item) -> None:
        self.label, self.count, self.core = label, count, core
        self.item = _labelled(label, count, core)


Part = Leaf | Knot | Shut


def _labelled(label: str, count: int, core: Item) -> Item:
    text = label.encode()
    node = sha256(
        b"\x05" + bytes((len(text),)) + text + count.to_bytes(8, "big") + core.hash + core.seal
    ).digest()
    return Item(node, core.seal, core.tally, core.salt)


def _above(key: bytes, level: list[Item]) -> list[Item]:
    found = [
        _item(key, sha256(b"\x03" + a.hash + a.seal + b.hash + b.seal).digest(), a.tally + b.tally)
        for a, b in zip(level[::2], level[1::2], strict=False)
    ]
    if len(level) % 2:
        found.append(level[-1])
    return found


# --- showing --------------------------------------------------------------------------------------


def b64(data: bytes) -> str:
    """Bytes as a bundle writes them."""
    return b64encode(data).decode()


def _beside(item: Item, is_open: bool) -> list[str]:
    """A node that is only passed: its hash, and its seal or what opens it."""
    if is_open:
        return [b64(item.hash), tally_text(item.tally), b64(item.salt)]
    return [b64(item.hash), b64(item.seal)]


def shown_shut(part: Knot | Shut, *, is_open: bool) -> dict[str, Any]:
    """A labelled node without its parts; opened, it says its tally."""
    shown: dict[str, Any] = {"label": part.label, "n": part.count, "core": b64(part.core.hash)}
    if is_open:
        return {**shown, "tally": tally_text(part.core.tally), "salt": b64(part.core.salt)}
    return {**shown, "seal": b64(part.core.seal)}


def shown_leaf(leaf: Leaf, text: bytes) -> dict[str, Any]:
    """An entry with its leaf of the log; its tally follows from the text."""
    return {"index": leaf.index, "leaf": text.decode(), "salt": b64(leaf.item.salt)}


def shown_knot(knot: Knot, parts: dict[int, dict[str, Any]], *, is_open: bool) -> dict[str, Any]:
    """A labelled node with some of its parts shown; opened, whoever reads it can add up the rest."""
    levels, beside, joints = knot.levels(), [], []
    wanted = sorted(parts)

    def walk(low: int, high: int) -> None:
        depth = (high - low - 1).bit_length()
        node = levels[depth][low >> depth]
        if not any(low <= one < high for one in wanted):
            beside.append(_beside(node, is_open))
        elif high - low > 1:
            middle = low + (1 << (depth - 1))
            walk(low, middle)
            walk(middle, high)
            joints.append(b64(node.salt if is_open else node.seal))

    if knot.count:
        walk(0, knot.count)
    return {
        "label": knot.label, "n": knot.count, "at": wanted, "parts": [parts[one] for one in wanted],
        "beside": beside, "open" if is_open else "closed": joints,
    }  # fmt: skip


# --- units ----------------------------------------------------------------------------------------

OWN = "0"  # what a unit did itself stands before the units beneath it


Line = tuple[int, ...]  # the ids from the root down to whose entry it is
CELL = struct.Struct(">Q32sqqBB")  # a cell without its line, packed


class Cell(NamedTuple):
    """One entry in a sum tree: whose, where in the log, and how much."""

    line: Line
    number: int
    log_leaf: bytes
    milli: int
    rial: int
    qualifier: int
    reversal: bool

    @property
    def packed(self) -> bytes:
        """As it is kept, without its line."""
        return CELL.pack(*self[1:])


def unit_knot(key: bytes, label: str, cells: Iterable[Cell], depth: int) -> Knot:
    """The knot of a unit at `depth` of its line over all its cells, which stand in the log's order."""
    own: list[Cell] = []
    beneath: dict[int, list[Cell]] = {}
    for cell in cells:
        line = cell.line
        if len(line) == depth + 1:
            own.append(cell)
        else:
            beneath.setdefault(line[depth + 1], []).append(cell)
    parts: list[Part] = [own_knot(key, own)] if own else []
    parts += [
        unit_knot(key, str(child), group, depth + 1) for child, group in sorted(beneath.items())
    ]
    return Knot(key, label, parts)


def own_knot(key: bytes, cells: Iterable[Cell]) -> Knot:
    """A unit's own entries, in the log's order."""
    return Knot(
        key,
        OWN,
        [
            Leaf(key, c.number, c.log_leaf, tally(c.milli, c.rial, c.qualifier, c.reversal))
            for c in cells
        ],
    )


# --- the same, fast ---------------------------------------------------------------------------------
# Sealing needs of a page only what it joins to. Cells stay the bytes as which they are kept, and are
# read one by one: three times as fast as building knots; a test holds both against each other.

_NAME = 8 + 32  # bytes of a packed cell that are its number and its leaf
_SAID = struct.Struct(">qqBB")  # the others
_Bare = tuple[bytes, bytes, int, bytes]  # an Item without its name
_ONE = (1).to_bytes(8, "big")
_OWN_ONE = b"\x05\x01" + OWN.encode() + _ONE


def page_core(key: bytes, lines: Mapping[Line, bytes], depth: int) -> tuple[int, Item]:
    """Number of parts and core of `unit_knot(key, …, cells, depth)`; of `own_knot` when `depth` is -1.

    `lines` are the packed cells of each line, in the log's order.
    """
    order = sorted(lines)
    if depth < 0:
        own = _bare_leaves(key, lines[order[0]])
        return len(own), Item(*_joined(key, own))
    count, core = _bare_unit(key, order, lines, 0, len(order), depth)
    return count, Item(*core)


def _bare_unit(
    key: bytes, order: list[Line], lines: Mapping[Line, bytes], low: int, high: int, depth: int
) -> tuple[int, _Bare]:
    parts: list[_Bare] = []
    if len(order[low]) == depth + 1:
        own = _bare_leaves(key, lines[order[low]])
        if len(own) == 1:
            node, seal, amount, salt = own[0]
            parts.append((sha256(_OWN_ONE + node + seal).digest(), seal, amount, salt))
        else:
            parts.append(_bare_labelled(b"\x01" + OWN.encode(), len(own), _joined(key, own)))
        low += 1
    depth += 1
    while low < high:
        child = order[low][depth]
        end = low + 1
        while end < high and order[end][depth] == child:
            end += 1
        count, core = _bare_unit(key, order, lines, low, end, depth)
        label = str(child).encode()
        parts.append(_bare_labelled(bytes((len(label),)) + label, count, core))
        low = end
    return len(parts), _joined(key, parts)


def _bare_leaves(key: bytes, packed: bytes) -> list[_Bare]:
    found = []
    for at in range(0, len(packed), CELL.size):
        said = at + _NAME
        amount, text = _amount(packed[said : at + CELL.size])
        node = sha256(b"\x02" + packed[at:said]).digest()
        salt = sha256(key + node).digest()[:16]
        found.append((node, sha256(b"\x04" + salt + text).digest(), amount, salt))
    return found


@lru_cache(1 << 16)
def _amount(said: bytes) -> tuple[int, bytes]:
    """The tally of a cell, by the bytes after its name, and how it is sealed: most are said many times."""
    milli, rial, qualifier, reversal = _SAID.unpack(said)
    if reversal > 1:
        raise ValueError("a cell is no entry's")
    amount = tally(milli, rial, qualifier, bool(reversal))
    return amount, amount.to_bytes(_BYTES, "big")


def _bare_labelled(label: bytes, count: int, core: _Bare) -> _Bare:
    text = b"\x05" + label + (_ONE if count == 1 else count.to_bytes(8, "big"))
    return sha256(text + core[0] + core[1]).digest(), core[1], core[2], core[3]


def _joined(key: bytes, level: list[_Bare]) -> _Bare:
    while len(level) > 1:
        above = []
        for n in range(0, len(level) - 1, 2):
            one, other = level[n], level[n + 1]
            node = sha256(b"\x03" + one[0] + one[1] + other[0] + other[1]).digest()
            amount = one[2] + other[2]
            salt = sha256(key + node).digest()[:16]
            seal = sha256(b"\x04" + salt + amount.to_bytes(_BYTES, "big")).digest()
            above.append((node, seal, amount, salt))
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]
