"""For any log: what we seal and prove, the stand-alone verifier accepts, and what was changed of it, it does not."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.evidence import layout
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.growing import Growing
from domain.transparency.leaf import StoredEvent, leaf_of
from domain.transparency.note import Note, Signature, VerifierKey
from domain.transparency.proof import Proof
from domain.transparency.tiles import complete_by
from domain.transparency.tree import inclusion_path, leaf_hash
from tests.infra.evidence.alone import alone

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = VerifierKey(name="escalera.example/any", public=SECRET.public_key().public_bytes_raw())
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SPACE = UUID(int=5)

instants = st.datetimes(datetime(1999, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 -- a zone is put on it
texts = st.text(max_size=20)
events: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    name=st.sampled_from(["NoteAdded", "CaseAssigned", "HoldPlaced"]),
    at=instants,
    text=texts,
    actor=texts,
    stream=st.integers(0, 3),
)


@dataclass(frozen=True)
class Log:
    files: dict[str, bytes]  # of the stream 0, as a bundle has them
    count: int


def sealed(told: list[dict[str, Any]]) -> Log:
    """Seal events one after another, and lay out those of the first stream."""
    versions: dict[int, int] = {}
    stored: list[tuple[int, StoredEvent]] = []
    for position, each in enumerate(told, start=3):
        stream = each["stream"]
        versions[stream] = versions.get(stream, 0) + 1
        state = json.dumps({"v": 1, "at": each["at"].isoformat().replace("+00:00", "Z"), "text": each["text"]})
        event = StoredEvent(
            position=position * 2,
            stream_id=uuid5(SPACE, str(stream)),
            version=versions[stream],
            name=each["name"],
            state=state.encode(),
            recorded_at=START + timedelta(microseconds=position),
            effective_at=each["at"],
            metadata=json.dumps({"actor": each["actor"]}),
        )
        stored.append((stream, event))
    growing = Growing()
    growing.add(leaf_hash(leaf_of(event)) for _, event in stored)
    tiles = {(row.level, row.number): row.hashes for row in growing.changed()}
    head = Checkpoint(origin=KEY.name, size=growing.size, root=growing.root())
    line = Signature(name=KEY.name, key_id=KEY.key_id, signature=SECRET.sign(str(head).encode()))
    note = str(Note(text=str(head), signatures=(line,)))
    files = {layout.CHECKPOINT: note.encode(), layout.KEY: str(KEY).encode()}
    for index, (stream, event) in enumerate(stored):
        if stream:
            continue
        path = inclusion_path(index, head.size, complete_by(lambda level, number: tiles[level, number]))
        heading = "".join(f"{line}\n" for line in leaf_of(event).decode().split("\n")[1:7])
        proof = str(Proof(index=index, path=path, checkpoint=note))
        contents = (heading.encode(), event.metadata.encode(), event.state, proof.encode())
        folder = layout.event_folder(event.version)
        files |= {folder + part: content for part, content in zip(layout.PARTS, contents, strict=True)}
    return Log(files=files, count=versions.get(0, 0))


def found_wrong(files: dict[str, bytes]) -> list[str]:
    signed, proven = alone().check_head(files, str(KEY))
    assert not signed.wrong
    check, case, _ = alone().check_events(files, str(uuid5(SPACE, "0")), proven)
    if not check.wrong:
        assert [event.version for event in case] == list(range(1, len(case) + 1))
    return [each.where for each in check.wrong]


@settings(max_examples=60)
@given(st.lists(events, min_size=1, max_size=40), st.integers(0, 300))
def test_what_is_sealed_and_proven_is_accepted(told: list[dict[str, Any]], more: int) -> None:
    log = sealed([{**told[0], "stream": 0}, *told, *({**told[0], "stream": 9} for _ in range(more))])
    assert log.count
    assert found_wrong(log.files) == []


@settings(max_examples=150)
@given(st.data(), st.lists(events, min_size=1, max_size=20))
def test_any_bit_that_is_changed_of_an_event_is_found_in_its_place(data: Any, told: list[dict[str, Any]]) -> None:
    log = sealed([{**told[0], "stream": 0}, *told])
    leaf_parts = (layout.HEADING, layout.METADATA, layout.STATE)
    path = data.draw(st.sampled_from([path for path in log.files if path.endswith(leaf_parts)]))
    content = log.files[path]
    place, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    altered = content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :]
    folder = path.rpartition("/")[0]
    assert any(where.startswith(folder) for where in found_wrong({**log.files, path: altered}))
