"""Personal fields are unreadable without the person's key, and their seals hold only in their own place."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.personal import PERSONAL_FIELDS
from application.ports import Event
from domain.case.events import CaseEvent
from domain.person.words import ERASED
from infra.codec import EVENT_TYPES, EventCodec, SealBroken, nonces, opened, person_of, sealed
from infra.codec.sealed_text import NONCE_BYTES, NONCES_AT_ONCE
from tests.infra.codec.samples import CASE_ID, PERSON, SAMPLES

PROJECT = Path(__file__).resolve().parents[3]
KEY = AESGCM(bytes(range(32)))
OTHER_KEY = AESGCM(bytes(32))
STREAM = UUID("99999999-0000-5000-8000-000000000000")
PERSONAL = [SAMPLES[name] for name in PERSONAL_FIELDS]
# Written once under KEY, for version 7 of CASE_ID: such seals must open for as long as there are stored ones.
STORED_NOTE = (
    b'{"v":1,"at":"2026-03-02T09:30:15.250000Z","note_id":"n-1","person_id":"11111111-2222-5333-8444-555555555555",'
    b'"text":"Vl2v3otmGZRwol3CXmSBmOXUrPlS/gUfqR69sUle5afAt2cHY37bTuEVi2Q7'
    b'7/RQwiW++4lIlHYN1znPCt4Tgv/mlNSEKtU58sbJZIY="}'
)


def written(event: Event, stream: UUID, version: int, fresh: Iterator[bytes] | None = None) -> bytes:
    return sealed(event, stream, version, KEY, EventCodec(), fresh or nonces())


def hidden_in_log(event: Event, stream: UUID, version: int) -> Event:
    return EventCodec().decode(type(event).__name__, written(event, stream, version))


@pytest.mark.parametrize("event", PERSONAL, ids=lambda event: type(event).__name__)
def test_what_is_written_of_a_sealed_event_is_what_the_event_would_be_written_as(event: Event) -> None:
    codec, name = EventCodec(), type(event).__name__
    stored = written(event, STREAM, 3)
    hidden = codec.decode(name, stored)
    assert codec.encode(hidden) == (name, stored)
    assert opened(hidden, STREAM, 3, KEY) == event


@pytest.mark.parametrize("event", PERSONAL, ids=lambda event: type(event).__name__)
def test_each_seal_is_nonce_and_cipher_text_in_base64_bound_to_stream_version_event_and_field(event: Event) -> None:
    name, stored = type(event).__name__, json.loads(written(event, STREAM, 3, numbered()))
    for number, field in enumerate(PERSONAL_FIELDS[name]):
        nonce = number.to_bytes(NONCE_BYTES)
        cipher = AESGCM(bytes(range(32))).encrypt(
            nonce, getattr(event, field).encode(), f"{STREAM}|3|{name}|{field}".encode()
        )
        assert stored[field] == base64.b64encode(nonce + cipher).decode()


def test_the_same_nonce_would_write_what_was_written_long_ago_byte_for_byte() -> None:
    nonce = base64.b64decode(json.loads(STORED_NOTE)["text"])[:NONCE_BYTES]
    assert written(SAMPLES["NoteAdded"], CASE_ID, 7, iter([nonce])) == STORED_NOTE


def numbered() -> Iterator[bytes]:
    return (number.to_bytes(NONCE_BYTES) for number in count())


def test_no_nonce_comes_twice() -> None:
    fresh, others = nonces(), nonces()
    drawn = [next(each) for _ in range(3 * NONCES_AT_ONCE) for each in (fresh, others)]
    assert len(set(drawn)) == len(drawn)
    assert {len(nonce) for nonce in drawn} == {NONCE_BYTES}


FORKING = """
import os
from itertools import islice
from infra.codec import nonces
from infra.codec.sealed_text import NONCES_AT_ONCE
fresh = nonces()
first = next(fresh)
child = os.fork()
drawn = list(islice(fresh, NONCES_AT_ONCE))
if child:
    os.waitpid(child, 0)
    drawn.append(first)
os.write(1, b"".join(nonce.hex().encode() + b" " for nonce in drawn))
"""


def test_a_process_that_was_forked_off_draws_nonces_of_its_own() -> None:
    told = subprocess.run(
        [sys.executable, "-c", FORKING], capture_output=True, text=True, check=True, cwd=PROJECT, timeout=60
    )
    drawn = told.stdout.split()
    assert len(drawn) == len(set(drawn)) == 1 + 2 * NONCES_AT_ONCE


def test_fields_that_are_to_be_sealed_exist_and_are_texts() -> None:
    for name, fields in PERSONAL_FIELDS.items():
        assert name in EVENT_TYPES
        assert all(isinstance(getattr(SAMPLES[name], field), str) for field in fields)


@pytest.mark.parametrize("event", PERSONAL, ids=lambda event: type(event).__name__)
def test_a_sealed_event_shows_nothing_and_opens_with_the_key(event: Event) -> None:
    hidden = hidden_in_log(event, STREAM, 3)

    _, written = EventCodec().encode(hidden)
    for field in PERSONAL_FIELDS[type(event).__name__]:
        assert getattr(event, field).encode() not in written
    assert opened(hidden, STREAM, 3, KEY) == event


@pytest.mark.parametrize("event", PERSONAL, ids=lambda event: type(event).__name__)
def test_without_the_key_only_the_personal_fields_are_lost(event: Event) -> None:
    left = opened(hidden_in_log(event, STREAM, 3), STREAM, 3, None)

    fields = PERSONAL_FIELDS[type(event).__name__]
    for field in type(event).__dataclass_fields__:
        assert getattr(left, field) == (ERASED if field in fields else getattr(event, field))


def test_a_seal_does_not_open_elsewhere_or_with_another_key_or_changed() -> None:
    event = SAMPLES["PersonRegistered"]
    hidden = hidden_in_log(event, STREAM, 3)

    with pytest.raises(SealBroken):
        opened(hidden, STREAM, 4, KEY)
    with pytest.raises(SealBroken):
        opened(hidden, CASE_ID, 3, KEY)
    with pytest.raises(SealBroken):
        opened(hidden, STREAM, 3, OTHER_KEY)
    with pytest.raises(SealBroken):
        opened(event, STREAM, 3, KEY)


def test_the_same_text_is_sealed_differently_each_time() -> None:
    event = SAMPLES["PersonRegistered"]

    assert hidden_in_log(event, STREAM, 3) != hidden_in_log(event, STREAM, 3)


def test_a_note_is_sealed_under_the_key_of_the_person_it_speaks_of() -> None:
    assert person_of(SAMPLES["NoteAdded"], STREAM) == PERSON
    assert person_of(SAMPLES["PersonRegistered"], STREAM) == STREAM


def test_a_note_that_was_sealed_long_ago_still_opens() -> None:
    note: CaseEvent | object = EventCodec().decode("NoteAdded", STORED_NOTE)

    assert opened(note, CASE_ID, 7, KEY) == SAMPLES["NoteAdded"]  # type: ignore[arg-type]  # decoded as an event
