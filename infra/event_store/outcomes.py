"""What the database remembers of appends: receipts as outcomes, and whether an append of ours is in the log already."""

from uuid import UUID

import msgspec

from application.ports import Appended, RequestReused
from infra.event_store.prepared import Outcome, Prepared
from infra.event_store.recorder import CaseRecorder, ReceiptRow
from infra.event_store.request_hashes import RequestHashes

_versions = msgspec.json.Decoder(dict[UUID, int])


def outcome_of(row: ReceiptRow, asked_hash: bytes, request_hashes: RequestHashes) -> Outcome:
    """Return what the request came to the first time; `RequestReused` if it asked something else then."""
    request_id, request_hash, position, versions, answer = row
    if not request_hashes.same(request_hash, asked_hash):
        return RequestReused(request_id)
    return Appended(position=position, versions=_versions.decode(versions), answer=answer, repeated=True)


def stored_already(one: Prepared, recorder: CaseRecorder) -> Appended | None:
    """Return the outcome of an append without a receipt whose commit got no reply, if its events are in the log."""
    if not one.rows:
        return None
    after = {write.stream_id: write.expected_version for write in one.append.writes}
    found = {(row[0].bytes, row[1]): row for row in recorder.select_streams(after)}
    position = 0
    for stream, version, name, state, *_ in one.rows:
        row = found.get((stream, version))
        if row is None or (row[2].encode(), row[3], row[5]) != (name, state, one.append.recorded_at):
            return None
        position = row[4]
    return Appended(position=position, versions=one.versions, answer=one.append.answer)
