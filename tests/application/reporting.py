"""A desk for reports over a house, with people who can be reached and messages that were sent to them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from application.address_book import AddressBook
from application.ports import Append, Event, EventStore, Metadata, Recorded, StreamWrite
from application.report_desk import ReportDesk
from application.reports import Inbound, Report
from domain.case.events import CaseOpened, ContactOutcomeRecorded, ContactPermitted
from domain.case.words import Channel, ContactOutcome
from domain.person.commands import AddContactPoint
from domain.person.events import ContactReserved
from infra.address_book import AddressHashes, MemoryAddressBook
from tests.house import BY, HandClock, House, asked

NUMBER = "+34600123456"
MESSAGES = {Channel.SMS: "SM", Channel.WHATSAPP: "wamid.", Channel.EMAIL: "<m@"}


class BoundByLog:
    """Who is bound to what, as the log says."""

    def __init__(self, store: EventStore) -> None:
        self._store = store

    async def cases_of(self, person_ids: Collection[UUID]) -> Sequence[UUID]:
        return sorted(
            recorded.stream_id
            for recorded in await self._store.read_log(0, 100_000)
            if isinstance(recorded.event, CaseOpened)
            and any(obligor.person_id in person_ids for obligor in recorded.event.obligors)
        )


class Reporting:
    """A house with its report desk."""

    def __init__(self, house: House, clock: HandClock, *, book: AddressBook | None = None) -> None:
        self.house = house
        self.clock = clock
        self.book = book or MemoryAddressBook(house.store, AddressHashes(bytes(32)))
        self.desk = ReportDesk(
            cases=house.cases,
            persons=house.persons,
            contacts=house.contacts,
            store=house.store,
            book=self.book,
            person_cases=BoundByLog(house.store),
            clock=clock,
        )

    async def opened(self, reference: str, *, number: str = NUMBER) -> tuple[UUID, UUID]:
        """Open a case whose debtor has a number besides the e-mail address `<reference>@example.com`."""
        case = await self.house.opened(reference)
        person = await self.debtor(case)
        for channel in (Channel.SMS, Channel.WHATSAPP):
            command = AddContactPoint(
                point_id=channel.lower(), channel=channel, address=number, at=self.clock.now(), by=BY
            )
            await self.house.persons.handle(person, command, asked(f"{channel}-{reference}"))
        return case, person

    async def debtor(self, case: UUID) -> UUID:
        state: Any = (await self.house.cases.load(case))[0]
        person: UUID = state.obligors[0].person_id
        return person

    async def contacted(self, case: UUID, channel: Channel, *, step: str = "2.first", provider_id: str = "") -> str:
        """Put a contact that was made into the log, whatever rules would have said; return its permit."""
        person, at = await self.debtor(case), self.clock.now()
        permit_id = f"{case}:{step}:{channel}"
        await self.append(
            case,
            ContactPermitted(
                permit_id=permit_id, person_id=person, channel=channel, step_key=step, template="t", rules="", at=at
            ),
            ContactOutcomeRecorded(
                permit_id=permit_id, outcome=ContactOutcome.ACCEPTED, provider_id=provider_id, at=at
            ),
        )
        reserved = ContactReserved(
            permit_id=permit_id, case_id=case, channel=channel, point_id=channel.lower(), rules="", at=at
        )
        await self.append(person, reserved)
        self.clock.at += timedelta(minutes=1)
        return permit_id

    async def append(self, stream_id: UUID, *events: Event) -> None:
        version = len(await self.house.store.read_stream(stream_id))
        write = StreamWrite(stream_id=stream_id, expected_version=version, events=events)
        metadata = Metadata(actor=BY)
        await self.house.store.append(Append(writes=(write,), metadata=metadata, recorded_at=self.clock.now()))

    async def outcomes(self, case: UUID) -> list[str]:
        """Return what became of the case's contacts, as recorded."""
        return [event.outcome.value for event in await self.events(case, ContactOutcomeRecorded)]

    async def events(self, stream_id: UUID, kind: type[Any]) -> list[Any]:
        history: tuple[Recorded, ...] = await self.house.store.read_stream(stream_id)
        return [recorded.event for recorded in history if isinstance(recorded.event, kind)]


def report(permit_id: str, outcome: ContactOutcome, **more: Any) -> Report:
    return Report(**({"permit_id": permit_id, "provider_id": "", "outcome": outcome, "at": None} | more))


def message(text: str, *, channel: Channel = Channel.SMS, address: str = NUMBER, **more: Any) -> Inbound:
    terms: dict[str, Any] = {"channel": channel, "address": address, "text": text, "message_id": "m-1", "at": None}
    return Inbound(**(terms | more))


def minutes(count: int, since: datetime) -> datetime:
    return since + timedelta(minutes=count)
