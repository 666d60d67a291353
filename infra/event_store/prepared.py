"""Appends made ready for the database: encoded, packed, and waiting for their outcome."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from application.personal import PERSONAL_FIELDS
from application.ports import Append, Appended, Metadata, PersonErased
from infra.codec import EventCodec, Unsealed, person_of, sealed, unsealed
from infra.event_store.request_hashes import RequestHashes
from infra.keyring import Keys
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
# The row of an event that must be sealed before it can be written, whose key that takes, and what is to be sealed.
Personal = tuple[int, UUID, Unsealed]


class Prepared:
    """One append on its way through the committer."""

    __slots__ = ("append", "personal", "recorded", "request_id", "rows", "sink", "versions")

    def __init__(self, append: Append, sink: Callable[[Outcome], None], codec: EventCodec) -> None:
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
                    name, state = codec.name_of(event), b""  # written when it is sealed
                    left = unsealed(event, write.stream_id, version, codec)
                    self.personal.append((len(self.rows), person_of(event, write.stream_id), left))
                else:
                    name, state = codec.encode(event)
                at = microseconds(event.at)
                self.rows.append((stream, version, name.encode(), state, at, self.recorded, metadata))
            self.versions[write.stream_id] = version
        self.request_id = b"" if append.receipt is None else append.receipt.request_id.encode()
        if append.receipt is not None and not 0 < len(self.request_id) <= REQUEST_ID_MAX:
            raise ValueError(f"a request id has 1 to {REQUEST_ID_MAX} bytes")

    def seal(self, keys: Keys, fresh: Iterator[bytes]) -> None:
        """Seal the personal fields, with `fresh` nonces; `PersonErased` if somebody's key was destroyed."""
        for place, person_id, left in self.personal:
            key = keys[person_id]
            if key is None:
                raise PersonErased(person_id)
            stream, version, name, _, at, recorded, metadata = self.rows[place]
            self.rows[place] = (stream, version, name, sealed(left, key, fresh), at, recorded, metadata)
        self.personal = []


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
