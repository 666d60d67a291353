"""Tiles: their paths, what they hold, and that any subtree is found in them. Leaves: every byte counts."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.transparency.leaf import StoredEvent, leaf_of
from domain.transparency.tiles import (
    HEIGHT,
    bundle_of,
    bundle_path,
    complete_by,
    leaves_of,
    tile_path,
    tiles_of,
)
from domain.transparency.tree import Frontier, frontier_of, grow, leaf_hash

EVENT = StoredEvent(
    position=17,
    stream_id=UUID("11111111-2222-5333-8444-555555555555"),
    version=3,
    name="PromiseMade",
    state=b'{"v":1}',
    recorded_at=datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC),
    effective_at=datetime(2026, 3, 1, tzinfo=UTC),
    metadata='{"actor": "collector:c-1"}',
)


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [(0, 256, "tile/2/000"), (1_234_067, 256, "tile/2/x001/x234/067"), (999, 255, "tile/2/999.p/255")],
)
def test_tiles_stand_where_the_specification_says(number: int, width: int, path: str) -> None:
    assert tile_path(2, number, width) == path
    assert bundle_path(number, width) == path.replace("/2/", "/entries/")


def test_the_tiles_of_a_size_hold_all_of_it_and_no_more() -> None:
    assert list(tiles_of(0)) == []
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles_of(70_000))[-2:] == [(1, 1, 17), (2, 0, 1)]


@settings(max_examples=15)
@given(st.integers(1, 1_500))
def test_the_frontier_is_found_in_the_tiles(size: int) -> None:
    frontier, grown = grow(Frontier(), (leaf_hash(str(number).encode()) for number in range(size)))
    known = {(level, index): node for level, index, node in grown}
    tiles: Mapping[tuple[int, int], bytes] = {
        (level, number): b"".join(known[level * HEIGHT, number * 256 + place] for place in range(width))
        for level, number, width in tiles_of(size)
    }
    assert frontier_of(size, complete_by(lambda level, number: tiles[level, number])) == frontier


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_a_bundle_gives_back_its_leaves(leaves: list[bytes]) -> None:
    bundle = bundle_of(leaves)
    assert list(leaves_of(bundle)) == leaves
    if leaves:
        with pytest.raises(ValueError, match="cut short"):
            list(leaves_of(bundle + b"\x00\x05"))


def test_every_field_of_an_event_is_in_its_leaf() -> None:
    others = [
        replace(EVENT, position=18),
        replace(EVENT, stream_id=UUID(int=1)),
        replace(EVENT, version=4),
        replace(EVENT, name="PromiseKept"),
        replace(EVENT, state=b'{"v":2}'),
        replace(EVENT, recorded_at=EVENT.recorded_at + timedelta(microseconds=1)),
        replace(EVENT, effective_at=EVENT.effective_at + timedelta(microseconds=1)),
        replace(EVENT, metadata="{}"),
    ]
    assert len({leaf_of(each) for each in (EVENT, *others)}) == len(StoredEvent.__slots__) + 1


def test_an_instant_is_the_same_in_every_zone() -> None:
    there = EVENT.recorded_at.astimezone(timezone(timedelta(hours=-5)))
    assert leaf_of(replace(EVENT, recorded_at=there)) == leaf_of(EVENT)


def test_the_leaf_is_the_text_that_it_has_always_been() -> None:
    assert leaf_of(EVENT).decode() == (
        "escalera leaf 1\n17\n11111111-2222-5333-8444-555555555555\n3\nPromiseMade\n"
        "2026-03-02T09:30:15.250000+00:00\n2026-03-01T00:00:00.000000+00:00\n"
        "d755d75dcce9037384075afaa8810e460cd5a6745c012c27f286fa304ffd632d\n"
        "afbf9d0f3560b0fd7795e81c42a0a79ee6b6fc67e064f77826aee642cad28d91\n"
    )
