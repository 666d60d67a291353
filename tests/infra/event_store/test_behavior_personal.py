"""What a store does with personal fields, whichever store it is."""

import asyncio

from application.ports import Appended, PersonErased
from domain.person.words import ERASED
from infra.event_store import PostgresEventStore
from infra.memory_store import MemoryEventStore
from tests.infra.event_store.writing import (
    append,
    events_of,
    new_stream,
    note,
    registered,
    write,
)

Store = MemoryEventStore | PostgresEventStore


async def test_personal_fields_are_read_back_until_the_person_is_erased(store: Store) -> None:
    person, case = new_stream(), new_stream()
    await store.append(append(write(person, 0, registered("Ana Muñoz")), write(case, 0, note(person, "owes me lunch"))))
    assert events_of(await store.read_stream(person)) == [registered("Ana Muñoz")]
    assert events_of(await store.read_stream(case)) == [note(person, "owes me lunch")]

    await asyncio.to_thread(store.keyring.erase, person)

    assert events_of(await store.read_stream(person)) == [registered(ERASED)]
    assert events_of(await store.read_stream(case)) == [note(person, ERASED)]


async def test_nothing_personal_is_written_about_an_erased_person_and_others_are_not_affected(store: Store) -> None:
    erased, other = new_stream(), new_stream()
    await asyncio.to_thread(store.keyring.erase, erased)

    refused, appended = await asyncio.gather(
        store.append(append(write(erased, 0, registered("Ana")))),
        store.append(append(write(other, 0, registered("Luis")))),
        return_exceptions=True,
    )

    assert isinstance(refused, PersonErased)
    assert isinstance(appended, Appended)
    assert await store.read_stream(erased) == ()
    assert events_of(await store.read_stream(other)) == [registered("Luis")]
