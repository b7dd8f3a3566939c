"""The log's tree against a reference that copies the definition of RFC 9162 word by word, and shares no code."""

from __future__ import annotations

import contextlib
from hashlib import sha256

from histories import VERIFY
from hypothesis import given, settings
from hypothesis import strategies as st

from karnameh.ledger.proof.merkle import (
    EMPTY,
    complete_subtree,
    consistency,
    in_memory,
    inclusion,
    is_consistent,
    leaf_hash,
    root,
    root_by_inclusion,
)


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_consistency(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_consistency(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_consistency(m - k, leaves[k:], False), naive_root(leaves[:k])]


# The eight leaves that the authors of Certificate Transparency test with.
CT = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
# Their root over all eight, as printed in those tests.
CT_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_the_tree_of_certificate_transparency_has_its_known_root() -> None:
    hashes = [leaf_hash(one) for one in CT]
    assert root(in_memory(hashes), 8).hex() == CT_ROOT == naive_root(CT).hex()
    assert root(in_memory([]), 0) == EMPTY == naive_root([])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.binary(max_size=4), min_size=1, max_size=70), st.data())
def test_proofs_are_those_of_the_definition_and_both_checkers_agree(
    leaves: list[bytes], data: st.DataObject
) -> None:
    nodes = in_memory([leaf_hash(one) for one in leaves])
    size = data.draw(st.integers(1, len(leaves)))
    index = data.draw(st.integers(0, size - 1))
    first = data.draw(st.integers(1, size))
    whole = naive_root(leaves[:size])
    assert root(nodes, size) == whole == VERIFY.root_of([leaf_hash(one) for one in leaves[:size]])
    path = inclusion(nodes, index, size)
    assert path == naive_path(index, leaves[:size])
    for by in (root_by_inclusion, VERIFY.root_by_path):
        assert by(leaf_hash(leaves[index]), index, size, path) == whole
    step = consistency(nodes, first, size)
    assert step == naive_consistency(first, leaves[:size])
    assert is_consistent(first, naive_root(leaves[:first]), size, whole, step)
    old = {"size": first, "root": naive_root(leaves[:first]).hex()}
    assert VERIFY.consistent(old, {"size": size, "root": whole.hex()}, step)


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 60), st.data())
def test_a_proof_that_was_touched_proves_nothing(size: int, data: st.DataObject) -> None:
    leaves = [bytes([n]) for n in range(size)]
    nodes, whole = in_memory([leaf_hash(one) for one in leaves]), naive_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion(nodes, index, size)
    where = data.draw(st.integers(0, len(path) - 1))
    change = data.draw(st.sampled_from(["bit", "drop", "double", "index"]))
    bad, at = list(path), index
    if change == "bit":
        bad[where] = bytes([bad[where][0] ^ 1]) + bad[where][1:]
    elif change == "drop":
        del bad[where]
    elif change == "double":
        bad.insert(where, bad[where])
    else:
        at = (index + 1) % size
    for by, trouble in ((root_by_inclusion, ValueError), (VERIFY.root_by_path, VERIFY.Wrong)):
        with contextlib.suppress(trouble):
            assert by(leaf_hash(leaves[index]), at, size, bad) != whole
    first = data.draw(st.integers(1, size - 1))
    step = consistency(nodes, first, size)
    if step:
        where = data.draw(st.integers(0, len(step) - 1))
        step[where] = bytes(32)
        old, new = naive_root(leaves[:first]), whole
        assert not is_consistent(first, old, size, new, step)
        pair = {"size": first, "root": old.hex()}, {"size": size, "root": new.hex()}
        assert not VERIFY.consistent(*pair, step)


def test_complete_subtrees_are_the_inner_nodes() -> None:
    hashes = [leaf_hash(bytes([n])) for n in range(16)]
    nodes = in_memory(hashes)
    for level in range(5):
        for position in range(16 >> level):
            start = position << level
            assert nodes(level, position) == complete_subtree(hashes[start : start + (1 << level)])
