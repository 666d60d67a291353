"""The address book finds people by their address, holds no address, and forgets whom it must: the same on both."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from application.address_book import AddressBook, AddressBookBehind, Reachable
from application.ports import Append, Event, EventStore, Metadata, StreamWrite
from domain.case.events import ContactOutcomeRecorded
from domain.case.words import Channel, ContactOutcome
from domain.person.events import ContactPointAdded, ContactPointRemoved
from infra.address_book import AddressHashes, MemoryAddressBook, PostgresAddressBook
from infra.event_store import PostgresEventStore, open_store
from infra.keyring import KeyFile, MemoryLedger
from infra.memory_store import MemoryEventStore
from infra.read_tables import open_pool
from projections.address_book import BookKeeper
from tests.house import START

HASHES = AddressHashes(bytes(32))
NUMBER, MAIL = "+573001234567", "Ana.Ruiz@example.com"


@dataclass
class Desk:
    store: EventStore
    book: AddressBook
    catch_up: Callable[[], Awaitable[object]]
    erase: Callable[[UUID], None]

    async def happened(self, stream_id: UUID, *events: Event) -> int:
        """Append events to a stream and let the book see them; return the log's position."""
        version = len(await self.store.read_stream(stream_id))
        write = StreamWrite(stream_id=stream_id, expected_version=version, events=events)
        append = Append(writes=(write,), metadata=Metadata(actor="system:test"), recorded_at=START)
        position = (await self.store.append(append)).position
        await self.catch_up()
        return position

    async def who(self, channel: Channel, address: str) -> list[UUID]:
        return [found.person_id for found in await self.book.find(channel, address)]


@pytest.fixture(params=["memory", "postgres"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    if request.param == "memory":
        store = MemoryEventStore()
        book = MemoryAddressBook(store, HASHES)

        def erase(person_id: UUID) -> None:
            store.keyring.erase(person_id)
            book.forget(person_id)

        yield Desk(store, book, store.position, erase)
        return
    dsn: str = request.getfixturevalue("fresh_dsn")
    async with open_store(dsn, tmp_path / "key") as opened, open_pool(dsn, size=4) as pool:
        kept = PostgresAddressBook(pool, HASHES)
        yield Desk(opened, kept, BookKeeper(opened, kept, page=3).catch_up, opened.keyring.erase)


def added(address: str = NUMBER, *, channel: Channel = Channel.SMS, point: str = "p") -> ContactPointAdded:
    return ContactPointAdded(point_id=point, channel=channel, address=address, at=START)


async def test_a_person_is_found_by_number_on_every_channel_that_numbers_have(desk: Desk) -> None:
    ana, luis = uuid4(), uuid4()
    await desk.happened(ana, added())
    await desk.happened(luis, added("+573007654321"))

    assert await desk.book.find(Channel.SMS, NUMBER) == (Reachable(person_id=ana, point_id="p"),)
    assert await desk.who(Channel.WHATSAPP, "573001234567") == [ana]
    assert await desk.who(Channel.PHONE, "+57 300 123-4567") == [ana]
    assert await desk.who(Channel.EMAIL, NUMBER) == []
    assert await desk.who(Channel.SMS, "+573001234568") == []


async def test_an_e_mail_address_is_found_in_any_case(desk: Desk) -> None:
    ana = uuid4()
    await desk.happened(ana, added(MAIL, channel=Channel.EMAIL))

    assert await desk.who(Channel.EMAIL, " ana.ruiz@EXAMPLE.com ") == [ana]
    assert await desk.who(Channel.EMAIL, "ana.ruiz@example.org") == []
    assert await desk.who(Channel.SMS, MAIL) == []


@pytest.mark.parametrize(
    ("known", "as_whatsapp_has_it"),
    [("+525512345678", "5215512345678"), ("+5511987654321", "551187654321"), ("+541122334455", "5491122334455")],
)
async def test_numbers_of_two_spellings_are_one_number(desk: Desk, known: str, as_whatsapp_has_it: str) -> None:
    ana = uuid4()
    await desk.happened(ana, added(known))

    assert await desk.who(Channel.WHATSAPP, as_whatsapp_has_it) == [ana]


async def test_a_brazilian_landline_is_no_mobile(desk: Desk) -> None:
    await desk.happened(uuid4(), added("+551132654321"))

    assert await desk.who(Channel.SMS, "+5511932654321") == []


async def test_everybody_who_shares_an_address_is_found(desk: Desk) -> None:
    family = sorted([uuid4(), uuid4(), uuid4()])
    for person in family:
        await desk.happened(person, added())

    assert await desk.who(Channel.SMS, NUMBER) == family


async def test_a_removed_point_is_forgotten_and_the_others_stay(desk: Desk) -> None:
    ana = uuid4()
    await desk.happened(ana, added(), added(MAIL, channel=Channel.EMAIL, point="mail"))
    await desk.happened(ana, ContactPointRemoved(point_id="p", reason="not hers", at=START))

    assert await desk.who(Channel.SMS, NUMBER) == []
    assert await desk.who(Channel.EMAIL, MAIL) == [ana]


async def test_a_point_that_came_and_went_between_two_looks_is_not_found(desk: Desk) -> None:
    removed = ContactPointRemoved(point_id="p", reason="typing error", at=START)
    await desk.happened(uuid4(), added(), removed)

    assert await desk.who(Channel.SMS, NUMBER) == []


async def test_whoever_is_erased_is_forgotten_and_stays_so(desk: Desk) -> None:
    ana, luis = uuid4(), uuid4()
    await desk.happened(ana, added())
    await desk.happened(luis, added())

    desk.erase(ana)

    assert await desk.who(Channel.SMS, NUMBER) == [luis]


async def test_a_permit_is_found_by_what_the_provider_calls_its_message(desk: Desk) -> None:
    case = uuid4()
    sent = ContactOutcomeRecorded(
        permit_id=f"{case}:2.sms:SMS", outcome=ContactOutcome.ACCEPTED, provider_id="SM123", at=START
    )
    await desk.happened(case, sent)

    assert await desk.book.permit_of("SM123") == f"{case}:2.sms:SMS"
    assert await desk.book.permit_of("SM124") is None


async def test_waiting_ends_when_the_book_is_there_or_too_late(desk: Desk) -> None:
    position = await desk.happened(uuid4(), added())

    assert await desk.book.wait_for(position, 0.0) >= position
    with pytest.raises(AddressBookBehind):
        await desk.book.wait_for(position + 1, 0.0)


async def test_no_address_is_kept_and_building_anew_finds_everybody(fresh_dsn: str, tmp_path: Path) -> None:
    async with open_store(fresh_dsn, tmp_path / "key") as store, open_pool(fresh_dsn) as pool:
        book = PostgresAddressBook(pool, HASHES)
        keeper = BookKeeper(store, book, page=2)
        desk = Desk(store, book, keeper.catch_up, store.keyring.erase)
        ana, luis = uuid4(), uuid4()
        await desk.happened(ana, added(), added(MAIL, channel=Channel.EMAIL, point="mail"))
        await desk.happened(luis, added("+573009999999"))
        await desk.happened(luis, ContactPointRemoved(point_id="p", reason="gone", at=START))
        before = rows(fresh_dsn)

        assert not [row for row in before if b"300" in row[2] or b"example" in row[2]]
        put_back(fresh_dsn)
        assert await desk.who(Channel.EMAIL, MAIL) == [ana]  # found while it is being built
        await keeper.catch_up()
        assert rows(fresh_dsn) == before

        desk.erase(ana)
        put_back(fresh_dsn)
        await keeper.catch_up()
        assert rows(fresh_dsn) == []


async def test_a_projector_that_remembers_an_erased_key_writes_nothing(fresh_dsn: str, tmp_path: Path) -> None:
    async with (
        open_store(fresh_dsn, tmp_path / "key") as projector,
        open_store(fresh_dsn, KeyFile(tmp_path / "key"), MemoryLedger()) as elsewhere,  # on a machine of its own
        open_pool(fresh_dsn) as pool,
    ):
        book = PostgresAddressBook(pool, HASHES)
        ana = uuid4()
        write = StreamWrite(stream_id=ana, expected_version=0, events=(added(),))
        await projector.append(Append(writes=(write,), metadata=Metadata(actor="system:test"), recorded_at=START))
        _erased_elsewhere(elsewhere, ana)

        assert (await projector.read_stream(ana))[0].event == added()  # it can still read her
        await BookKeeper(projector, book).catch_up()

        assert await book.find(Channel.SMS, NUMBER) == ()


def _erased_elsewhere(store: PostgresEventStore, person_id: UUID) -> None:
    store.keyring.erase(person_id)


async def test_two_projectors_at_once_write_each_row_once(fresh_dsn: str, tmp_path: Path) -> None:
    async with open_store(fresh_dsn, tmp_path / "key") as store, open_pool(fresh_dsn) as pool:
        book = PostgresAddressBook(pool, HASHES)
        keepers = [BookKeeper(store, book, page=2) for _ in range(4)]
        desk = Desk(store, book, store.position, store.keyring.erase)
        for number in range(10):
            await desk.happened(uuid4(), added(f"+57300000000{number}"))

        await asyncio.gather(*(keeper.catch_up() for keeper in keepers))

        assert len(rows(fresh_dsn)) == 10
        assert await book.position() == await store.position()


def put_back(dsn: str) -> None:
    """Have the book built anew, as docs/how-to/receive-webhooks.md says."""
    with psycopg.connect(dsn) as connection:
        connection.execute("UPDATE address_book.position SET position = 0")


def rows(dsn: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute("SELECT person_id, point_id, hash FROM address_book.points ORDER BY 1, 2").fetchall()
