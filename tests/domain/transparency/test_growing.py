"""Tiles that grow leaf by leaf are the tiles of the whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.transparency.growing import Growing
from domain.transparency.tiles import complete_by, tiles_of
from domain.transparency.tree import Frontier, frontier_of, grow, leaf_hash

HASHES = [leaf_hash(str(number).encode()) for number in range(66_100)]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 600), min_size=1, max_size=5), st.booleans())
def test_tiles_written_batch_by_batch_are_those_of_all_leaves(batches: list[int], restart: bool) -> None:
    kept: dict[tuple[int, int], bytes] = {}
    growing = Growing()
    for batch in batches:
        if restart:
            growing = Growing(growing.size, lambda level, number: kept[level, number])
        growing.add(HASHES[growing.size : growing.size + batch])
        for row in growing.changed():
            assert row.hashes.startswith(kept.get((row.level, row.number), b""))
            kept[row.level, row.number] = row.hashes
        assert growing.changed() == []
    size = sum(batches)
    assert {(level, number): len(held) // 32 for (level, number), held in kept.items()} == {
        (level, number): width for level, number, width in tiles_of(size)
    }
    frontier, _ = grow(Frontier(), HASHES[:size])
    assert frontier_of(size, complete_by(lambda level, number: kept[level, number])).root == frontier.root


def test_a_third_level_begins_where_the_second_is_full() -> None:
    growing = Growing()
    growing.add(HASHES)
    rows = {(row.level, row.number): row.width for row in growing.changed()}
    assert rows == {(level, number): width for level, number, width in tiles_of(len(HASHES))}
    assert rows[2, 0] == 1
