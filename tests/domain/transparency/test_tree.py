"""The tree against its definition, leaf by leaf, and against what others have computed."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.transparency.tree import (
    EMPTY_ROOT,
    Complete,
    Frontier,
    consistency_path,
    frontier_of,
    grow,
    inclusion_path,
    is_consistent,
    leaf_hash,
    node_hash,
    root_by_inclusion,
)

# The leaves and roots that implementations of Certificate Transparency are tried with.
LEAVES = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes(range(0x60, 0x70)))
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def defined_root(hashes: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(defined_root(hashes[:split]), defined_root(hashes[split:]))


def complete_of(hashes: Sequence[bytes]) -> Complete:
    _, grown = grow(Frontier(), hashes)
    known = {(level, index): node for level, index, node in grown}
    return lambda level, index: known[level, index]


def some(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("count", range(1, 9))
def test_the_roots_are_those_that_others_have_computed(count: int) -> None:
    frontier, _ = grow(Frontier(), map(leaf_hash, LEAVES[:count]))
    assert frontier.root.hex() == ROOTS[count - 1]


def test_the_empty_tree_has_the_root_of_nothing() -> None:
    assert Frontier().root == EMPTY_ROOT == defined_root([])


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_tree_grown_in_two_goes_is_the_tree_of_all_its_leaves(first: int, more: int) -> None:
    hashes = some(first + more)
    begun, _ = grow(Frontier(), hashes[:first])
    ended, _ = grow(begun, hashes[first:])
    assert ended.root == defined_root(hashes)
    assert frontier_of(len(hashes), complete_of(hashes)) == ended


@given(st.integers(1, 70), st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_nowhere_else(size: int, data: st.DataObject) -> None:
    hashes = some(size)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, complete_of(hashes))
    root = defined_root(hashes)
    assert root_by_inclusion(hashes[index], index, size, path) == root
    assert root_by_inclusion(leaf_hash(b"other"), index, size, path) != root
    other = data.draw(st.integers(0, size))
    if other != index:
        assert root_by_inclusion(hashes[index], other, size, path) != root
    assert root_by_inclusion(hashes[index], index, size, (*path, root)) != root
    if path:
        assert root_by_inclusion(hashes[index], index, size, path[:-1]) != root


@given(st.integers(0, 70), st.integers(0, 70), st.data())
def test_a_longer_tree_is_shown_to_begin_with_the_shorter(first: int, more: int, data: st.DataObject) -> None:
    second = first + more
    hashes = some(second)
    old, new = defined_root(hashes[:first]), defined_root(hashes)
    path = consistency_path(first, second, complete_of(hashes))
    assert is_consistent(first, old, second, new, path)
    assert not is_consistent(first, old, second, new, (*path, old))
    assert not is_consistent(first, leaf_hash(b"other"), second, new, path)
    if 0 < first < second:
        assert not is_consistent(first, old, second, leaf_hash(b"other"), path)
        place = data.draw(st.integers(0, len(path) - 1))
        assert not is_consistent(first, old, second, new, (*path[:place], leaf_hash(b"x"), *path[place + 1 :]))


def test_another_history_is_never_consistent() -> None:
    """A leaf that was changed, dropped or put in below the old head shows, wherever it is."""
    for first in range(1, 17):
        old = defined_root(some(first))
        for changed in range(first):
            hashes = some(20)
            hashes[changed] = leaf_hash(b"forged")
            path = consistency_path(first, 20, complete_of(hashes))
            assert not is_consistent(first, old, 20, defined_root(hashes), path)


def test_a_tree_does_not_shrink() -> None:
    assert not is_consistent(3, defined_root(some(3)), 2, defined_root(some(2)), ())
