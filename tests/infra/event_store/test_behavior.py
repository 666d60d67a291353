"""What a store does with appends, whichever store it is."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from application.ports import Append, Appended, RequestReused, StaleStream
from infra.event_store import PostgresEventStore
from infra.memory_store import MemoryEventStore
from tests.infra.event_store.writing import (
    BY,
    RECORDED_AT,
    append,
    event,
    events_of,
    new_request,
    new_stream,
    read_all,
    write,
)

Store = MemoryEventStore | PostgresEventStore


async def test_what_is_appended_is_read_as_it_was_written(store: Store) -> None:
    stream = new_stream()

    appended = await store.append(append(write(stream, 0, event(1), event(2))))

    assert appended.versions == {stream: 2}
    assert not appended.repeated
    first, second = await store.read_stream(stream)
    assert (first.event, first.version, first.stream_id) == (event(1), 1, stream)
    assert (second.event, second.version) == (event(2), 2)
    assert first.position < second.position == appended.position
    assert (first.recorded_at, first.metadata) == (RECORDED_AT, BY)


@pytest.mark.parametrize("expected", [0, 1, 3], ids=["behind", "one behind", "ahead"])
async def test_an_append_to_another_version_is_refused_and_changes_nothing(store: Store, expected: int) -> None:
    stream = new_stream()
    await store.append(append(write(stream, 0, event(1), event(2))))
    request = new_request()

    with pytest.raises(StaleStream) as refused:
        await store.append(append(write(stream, expected, event(3)), request=request))

    assert (refused.value.stream_id, refused.value.expected, refused.value.actual) == (stream, expected, 2)
    assert events_of(await store.read_stream(stream)) == [event(1), event(2)]
    assert await store.receipt(request, b"this") is None


async def test_several_streams_are_written_together_or_not_at_all(store: Store) -> None:
    person, case = new_stream(), new_stream()
    both = await store.append(append(write(person, 0, event(1)), write(case, 0, event(2), event(3))))
    assert both.versions == {person: 1, case: 2}

    with pytest.raises(StaleStream) as refused:
        await store.append(append(write(person, 1, event(4)), write(case, 1, event(5))))

    assert refused.value.stream_id == case
    assert events_of(await store.read_stream(person)) == [event(1)]
    assert events_of(await read_all(store, both.position - 3)) == [event(1), event(2), event(3)]


async def test_a_write_without_events_still_checks_the_version(store: Store) -> None:
    looked_at, written = new_stream(), new_stream()
    await store.append(append(write(looked_at, 0, event(1))))
    unchanged = replace(write(looked_at, 1), events=())

    appended = await store.append(append(unchanged, write(written, 0)))
    assert appended.versions == {looked_at: 1, written: 1}

    with pytest.raises(StaleStream):
        await store.append(append(replace(unchanged, expected_version=0), write(written, 1)))
    assert len(await store.read_stream(written)) == 1


async def test_a_repeated_request_gets_its_first_outcome_and_changes_nothing(store: Store) -> None:
    stream, request = new_stream(), new_request()
    first = await store.append(append(write(stream, 0, event(1)), request=request, answer=b"done"))
    await store.append(append(write(stream, 1, event(2))))

    again = await store.append(append(write(stream, 0, event(1)), request=request, answer=b"other"))

    assert again == replace(first, repeated=True)
    assert again.answer == b"done"
    assert await store.receipt(request, b"this") == again
    assert len(await store.read_stream(stream)) == 2


async def test_a_request_id_cannot_be_used_for_something_else(store: Store) -> None:
    stream, request = new_stream(), new_request()
    await store.append(append(write(stream, 0), request=request))

    with pytest.raises(RequestReused, match=request):
        await store.append(append(write(stream, 1), request=request, asked="that"))
    with pytest.raises(RequestReused):
        await store.receipt(request, b"that")
    assert len(await store.read_stream(stream)) == 1


async def test_a_request_that_changed_nothing_leaves_a_receipt(store: Store) -> None:
    await store.append(append(write(new_stream(), 0)))
    request = new_request()

    appended = await store.append(append(request=request, answer=b"nothing to do"))

    assert appended == Appended(position=await store.position(), versions={}, answer=b"nothing to do")
    assert await store.receipt(request, b"this") == replace(appended, repeated=True)
    assert await store.receipt(new_request(), b"this") is None


async def test_of_64_rivals_on_one_stream_exactly_one_wins(store: Store) -> None:
    stream = new_stream()

    outcomes = await asyncio.gather(
        *(store.append(append(write(stream, 0, event(number)))) for number in range(64)), return_exceptions=True
    )

    (won,) = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Appended)]
    assert all(isinstance(outcome, StaleStream) for number, outcome in enumerate(outcomes) if number != won)
    assert events_of(await store.read_stream(stream)) == [event(won)]


async def test_rivals_that_try_again_all_get_in_and_versions_have_no_gaps(store: Store) -> None:
    stream = new_stream()

    async def insist(number: int) -> None:
        while True:
            version = len(await store.read_stream(stream))
            try:
                await store.append(append(write(stream, version, event(number))))
            except StaleStream:
                continue
            return

    await asyncio.gather(*(insist(number) for number in range(16)))

    found = await store.read_stream(stream)
    assert [each.version for each in found] == list(range(1, 17))
    assert sorted(map(str, events_of(found))) == sorted(str(event(number)) for number in range(16))


async def test_of_8_rivals_with_one_request_id_one_is_done_and_the_others_hear_of_it(store: Store) -> None:
    stream, request = new_stream(), new_request()

    outcomes = await asyncio.gather(
        *(store.append(append(write(stream, 0, event(1)), request=request)) for _ in range(8))
    )

    assert sorted(outcome.repeated for outcome in outcomes) == [False] + [True] * 7
    assert {(outcome.position, *outcome.versions.items()) for outcome in outcomes} == {
        (outcomes[0].position, (stream, 1))
    }
    assert len(await store.read_stream(stream)) == 1


async def test_appends_under_way_together_may_build_on_each_other(store: Store) -> None:
    stream = new_stream()

    outcomes = await asyncio.gather(
        *(store.append(append(write(stream, number, event(number)))) for number in range(20))
    )

    assert [outcome.versions[stream] for outcome in outcomes] == list(range(1, 21))
    assert events_of(await store.read_stream(stream)) == [event(number) for number in range(20)]


async def test_many_appends_go_in_at_once_and_each_has_its_own_outcome(store: Store) -> None:
    streams = [new_stream() for _ in range(700)]
    requests = [new_request() for _ in streams]
    await store.append(append(write(streams[3], 0)))
    await store.append(append(request=requests[5], asked="that"))
    many = [
        append(write(stream, 0, event(1), event(2)), request=request)
        for stream, request in zip(streams, requests, strict=True)
    ]
    many.append(append(write(streams[0], 2, event(3))))  # builds on the first
    many.append(many[0])

    outcomes = await store.append_many(many)

    assert len(outcomes) == len(many)
    assert isinstance(outcomes[3], StaleStream)
    assert isinstance(outcomes[5], RequestReused)
    done = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
    assert len(done) == len(many) - 2
    assert [outcome.position for outcome in done[:-1]] == sorted(outcome.position for outcome in done[:-1])
    assert done[-1] == replace(done[0], repeated=True)
    assert {len(found) for found in (await store.read_streams(streams[6:])).values()} == {2}
    assert len(await store.read_stream(streams[0])) == 3
    assert len(await store.read_stream(streams[5])) == 0


async def test_an_append_larger_than_a_batch_is_still_one(store: Store) -> None:
    stream = new_stream()

    appended = await store.append(append(write(stream, 0, *map(event, range(1_200)))))

    assert appended.versions == {stream: 1_200}
    assert events_of(await store.read_stream(stream)) == [event(number) for number in range(1_200)]


async def test_what_cannot_be_stored_fails_alone(store: Store) -> None:
    broken: list[Append] = [
        append(write(new_stream(), 0), request="x" * 300),
        replace(append(write(new_stream(), 0)), recorded_at=datetime(2026, 1, 1)),  # noqa: DTZ001  # naive: the point
        append(*[write(new_stream(), 0)] * 2),
    ]
    good = [append(write(new_stream(), 0)) for _ in range(6)]

    outcomes = await asyncio.gather(*map(store.append, [*good[:3], *broken, *good[3:]]), return_exceptions=True)

    assert [isinstance(outcome, Appended) for outcome in outcomes] == [True] * 3 + [False] * 3 + [True] * 3
    bulk = await store.append_many([*broken, append(write(new_stream(), 0))])
    assert [isinstance(outcome, Appended) for outcome in bulk] == [False] * 3 + [True]
