"""Appends made ready for the database: encoded, packed, and waiting for their outcome."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

from application.personal import PERSONAL_FIELDS
from application.ports import Append, Appended, Event, Metadata, PersonErased
from infra.codec import EventCodec, person_of, sealed
from infra.event_store.request_hashes import RequestHashes
from infra.keyring import Keys, PersonKeyring
from infra.packed_arrays import (
    JSONB,
    BigintArray,
    ByteaArray,
    JsonbArray,
    PackedArray,
    TextArray,
    TimestampArray,
    UuidArray,
    microseconds,
)

REQUEST_ID_MAX = 200  # bytes; a primary key's entry has a limit

Outcome = Appended | Exception
# stream, version, name, state, effective and recorded (microseconds), metadata: as the columns of `append_events`
Row = tuple[bytes, int, bytes, bytes, int, int, bytes]

_json = msgspec.json.Encoder().encode
# The row of an event that is sealed when it is written, whose key that takes, stream, version, and the event.
Personal = tuple[int, UUID, UUID, int, Event]


class Means(NamedTuple):
    """What events are written with, by one thread, whose own the nonces are."""

    codec: EventCodec
    keyring: PersonKeyring
    fresh: Iterator[bytes]


class Prepared:
    """One append on its way through the committer.

    Where all its keys are at hand it is sealed at once, by the thread that has just made the events: another one would
    have to fetch each of their parts from that one's processor, which costs more than the cipher. It is written like
    that unless `late` names it.
    """

    __slots__ = ("append", "losses", "personal", "recorded", "request_id", "rows", "sink", "until", "versions")

    def __init__(self, append: Append, sink: Callable[[Outcome], None], means: Means) -> None:
        codec, keyring, fresh = means
        self.losses = keyring.losses  # before any key is asked for
        self.until = math.inf  # by the keyring's clock; 0: not all is sealed
        self.append = append
        self.sink = sink
        self.recorded = microseconds(append.recorded_at)
        self.rows: list[Row] = []
        self.personal: list[Personal] = []
        self.versions: dict[UUID, int] = {}
        metadata = encoded_metadata(append.metadata)
        for write in append.writes:
            if write.stream_id in self.versions:
                raise ValueError(f"two writes to stream {write.stream_id} in one append")
            stream, version = write.stream_id.bytes, write.expected_version
            for event in write.events:
                version += 1
                if type(event).__name__ in PERSONAL_FIELDS:
                    name, person_id = codec.name_of(event), person_of(event, write.stream_id)
                    self.personal.append((len(self.rows), person_id, write.stream_id, version, event))
                    key, until = keyring.at_hand(person_id) or (None, 0.0)
                    state = b"" if key is None else sealed(event, write.stream_id, version, key, codec, fresh)
                    if until < self.until:
                        self.until = until
                else:
                    name, state = codec.encode(event)
                at = microseconds(event.at)
                self.rows.append((stream, version, name.encode(), state, at, self.recorded, metadata))
            self.versions[write.stream_id] = version
        self.request_id = b"" if append.receipt is None else append.receipt.request_id.encode()
        if append.receipt is not None and not 0 < len(self.request_id) <= REQUEST_ID_MAX:
            raise ValueError(f"a request id has 1 to {REQUEST_ID_MAX} bytes")

    def seal(self, keys: Keys, codec: EventCodec, fresh: Iterator[bytes]) -> None:
        """Seal the personal fields anew, with `fresh` nonces; `PersonErased` if somebody's key was destroyed."""
        for place, person_id, stream_id, version, event in self.personal:
            key = keys[person_id]
            if key is None:
                raise PersonErased(person_id)
            stream, _, name, _, at, recorded, metadata = self.rows[place]
            state = sealed(event, stream_id, version, key, codec, fresh)
            self.rows[place] = (stream, version, name, state, at, recorded, metadata)
        self.personal = []


def late(batch: Iterable[Prepared], keyring: PersonKeyring) -> list[Prepared]:
    """Return those that are still to be sealed, or anew since a key may be gone. To be asked right before writing."""
    personal = [one for one in batch if one.personal]
    if not personal:
        return []
    losses, now = keyring.losses_and_time()
    return [one for one in personal if one.losses != losses or one.until <= now]


def people_of(batch: Iterable[Prepared]) -> set[UUID]:
    """Return whose keys it takes to seal them."""
    return {person_id for one in batch for _, person_id, *_ in one.personal}


def encoded_metadata(metadata: Metadata) -> bytes:
    """Return the metadata in jsonb's binary form."""
    return JSONB + _json(metadata)


def columns(
    batch: Sequence[Prepared], expected: Mapping[UUID, int], request_hashes: RequestHashes
) -> tuple[PackedArray, ...]:
    """Return the arguments of `append_events` for a batch; `expected`: the version its streams must have before."""
    rows = [row for each in batch for row in each.rows]
    streams, versions, names, states, effective, recorded, metadata = zip(*rows, strict=True) if rows else ((),) * 7
    ids, hashes, last_rows, new_versions, answers, received = [], [], [], [], [], []
    written = 0
    for each in batch:
        written += len(each.rows)
        receipt = each.append.receipt
        if receipt is not None:
            ids.append(each.request_id)
            hashes.append(request_hashes.kept(receipt.request_hash))
            last_rows.append(written)
            new_versions.append(JSONB + _json(each.versions))
            answers.append(each.append.answer)
            received.append(each.recorded)
    return (
        UuidArray.of_bytes(streams),
        BigintArray.of_numbers(versions),
        TextArray.of_bytes(names),
        ByteaArray.of_bytes(states),
        TimestampArray.of_numbers(effective),
        TimestampArray.of_numbers(recorded),
        JsonbArray.of_bytes(metadata),
        UuidArray.of_bytes([stream.bytes for stream in expected]),
        BigintArray.of_numbers(list(expected.values())),
        TextArray.of_bytes(ids),
        ByteaArray.of_bytes(hashes),
        BigintArray.of_numbers(last_rows),
        JsonbArray.of_bytes(new_versions),
        ByteaArray.of_bytes(answers),
        TimestampArray.of_numbers(received),
    )
