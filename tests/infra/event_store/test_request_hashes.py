"""Hashes of what requests asked are kept under a key, and those from before there was one still count."""

from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg
import pytest

from application.case_desk import PersonDesk
from application.ports import RequestReused
from application.request import Asked, question_hash
from domain.person import PERSON
from domain.person.commands import RegisterPerson
from infra.clock import SystemClock
from infra.event_store import open_store
from infra.event_store.request_hashes import RequestHashes
from tests.infra.event_store.writing import AT, append, new_request, new_stream, write


def ana(name: str = "Ana Muñoz") -> RegisterPerson:
    return RegisterPerson(name=name, language="es", country="PE", time_zone="America/Lima", at=AT, by="system:test")


def kept(dsn: str, request: str) -> bytes:
    with psycopg.connect(dsn) as connection:
        found: Any = connection.execute(
            "SELECT request_hash FROM receipts WHERE request_id = %s", (request,)
        ).fetchone()
    return bytes(found[0])


async def test_whoever_guesses_a_name_does_not_see_it_confirmed(migrated_dsn: str, key_file: Path) -> None:
    person, request = new_stream(), new_request()
    async with open_store(migrated_dsn, key_file) as store:
        desk = PersonDesk(PERSON, store, SystemClock())
        first = await desk.handle(person, ana(), Asked(request_id=request, actor="system:test"))
        again = await desk.handle(person, ana(), Asked(request_id=request, actor="system:test"))
        with pytest.raises(RequestReused):
            await desk.handle(person, ana("Luis"), Asked(request_id=request, actor="system:test"))

        assert (again.repeated, again.version) == (True, first.version)
        guessed = question_hash(person, (ana(),))
        assert kept(migrated_dsn, request) not in (guessed, blake2b(guessed).digest())
        assert kept(migrated_dsn, request) == RequestHashes(store.keyring.root).kept(guessed)


async def test_what_was_asked_before_hashes_had_a_key_is_known_again(migrated_dsn: str, key_file: Path) -> None:
    async with open_store(migrated_dsn, key_file) as store:
        request = new_request()
        with psycopg.connect(migrated_dsn) as connection:
            connection.execute("INSERT INTO receipts VALUES (%s, %s, 7, '{}', '', now())", (request, b"what was asked"))

        first = await store.append(append(write(new_stream(), 0), request=request, asked="what was asked"))

        assert (first.repeated, first.position) == (True, 7)
        assert await store.receipt(request, b"what was asked") == first
        with pytest.raises(RequestReused):
            await store.append(append(write(new_stream(), 0), request=request, asked="something else"))


def test_hashes_of_one_installation_say_nothing_to_another() -> None:
    assert RequestHashes(bytes(32)).kept(b"asked") != RequestHashes(bytes(range(32))).kept(b"asked")
