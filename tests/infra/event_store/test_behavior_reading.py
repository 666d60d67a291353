"""How a store is read and waited for, whichever store it is."""

import asyncio

import pytest

from infra.event_store import PostgresEventStore
from infra.memory_store import MemoryEventStore
from tests.infra.event_store.writing import (
    append,
    event,
    events_of,
    new_stream,
    read_all,
    write,
)

Store = MemoryEventStore | PostgresEventStore


async def test_a_stream_that_does_not_exist_is_empty(store: Store) -> None:
    stream, other = new_stream(), new_stream()
    await store.append(append(write(stream, 0)))

    assert await store.read_stream(other) == ()
    assert {key: len(found) for key, found in (await store.read_streams([stream, other])).items()} == {
        stream: 1,
        other: 0,
    }


async def test_a_stream_is_read_from_any_version_on(store: Store) -> None:
    stream = new_stream()
    await store.append(append(write(stream, 0, *map(event, range(5)))))

    whole, tail, nothing = await asyncio.gather(
        store.read_stream(stream),
        store.read_stream(stream, after_version=3),
        store.read_stream(stream, after_version=5),
    )

    assert [each.version for each in whole] == [1, 2, 3, 4, 5]
    assert events_of(tail) == [event(3), event(4)]
    assert nothing == ()


async def test_the_log_is_read_in_order_in_pages(store: Store) -> None:
    start = await store.position()
    one, other = new_stream(), new_stream()
    for version in range(3):
        await store.append(append(write(one, version, event(version)), write(other, version, event(10 + version))))

    read = await read_all(store, start, page=4)

    assert events_of(read) == [event(0), event(10), event(1), event(11), event(2), event(12)]
    positions = [each.position for each in read]
    assert positions == sorted(set(positions))
    assert await store.position() == positions[-1]
    assert await store.read_log(positions[-1], 10) == ()


async def test_the_log_is_read_stream_by_stream_up_to_a_position(store: Store) -> None:
    streams = sorted(new_stream() for _ in range(3))
    for version in range(3):
        for stream in streams:
            last = await store.append(append(write(stream, version, event(version))))
    await store.append(append(write(streams[0], 3)))

    read = await store.read_by_stream((streams[0], 1), last.position, 100)

    ours = [(each.stream_id, each.version) for each in read if each.stream_id in streams]
    assert ours == [(stream, version) for stream in streams for version in (1, 2, 3)][1:]
    assert await store.read_by_stream((streams[0], 1), last.position, 2) == read[:2]


async def test_a_reader_that_follows_concurrent_writers_misses_nothing(store: Store) -> None:
    start = await store.position()
    writers, each_writes = 12, 25

    async def keep_writing() -> None:
        stream = new_stream()
        for version in range(each_writes):
            await store.append(append(write(stream, version, event(version))))

    async def follow() -> list[int]:
        seen: list[int] = []
        while len(seen) < writers * each_writes:
            await store.wait_beyond(seen[-1] if seen else start, 5.0)
            seen.extend(each.position for each in await store.read_log(seen[-1] if seen else start, 7))
        return seen

    seen, *_ = await asyncio.gather(follow(), *(keep_writing() for _ in range(writers)))

    assert seen == [each.position for each in await read_all(store, start)]


async def test_waiting_ends_when_something_is_appended(store: Store) -> None:
    position = await store.position()
    waiting = asyncio.ensure_future(store.wait_beyond(position, 60.0))
    await asyncio.sleep(0.01)
    assert not waiting.done()

    appended = await store.append(append(write(new_stream(), 0)))

    assert await waiting == appended.position
    assert await store.wait_beyond(position, 60.0) == appended.position


async def test_waiting_ends_when_time_is_up(store: Store) -> None:
    position = await store.position()

    assert await store.wait_beyond(position, 0.01) == position


async def test_whoever_stops_waiting_does_not_disturb_the_others(store: Store) -> None:
    given_up = asyncio.ensure_future(store.append(append(write(new_stream(), 0))))
    kept = asyncio.ensure_future(store.append(append(write(new_stream(), 0))))
    await asyncio.sleep(0)
    given_up.cancel()

    assert (await kept).position > 0
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert (await store.append(append(write(new_stream(), 0)))).position > 0
