"""What became of our messages, and what people answered: every report and every message of theirs, recorded once.

Nothing that comes in is trusted to be new, in order, or ours. Whatever cannot be matched changes nothing.
A message is of the person whose permit it answers, and about that permit's case; `InboundPlaces` tells where others go.
A wish to end the channel is of everybody who has the address: it closes a channel, and closing one too many costs less
than one message too many. A wish to have messages again must be one person's beyond doubt.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from application.address_book import AddressBook, AddressBookBehind
from application.case_desk import CaseDesk, PersonDesk
from application.contact_desk import ContactDesk
from application.inbound_log import InboundLog, Said, contact_id
from application.inbound_places import InboundPlaces, Place
from application.ports import Clock, EventStore
from application.relay import PersonCases
from application.reports import Inbound, Report
from application.request import Asked
from application.stop_words import Wish, wish_of
from domain.case.state import Case
from domain.case.words import Channel, ContactOutcome
from domain.decider import Rejected
from domain.person.commands import GiveConsent, OptOut

PROVIDER: Final = "provider"  # the actor of a report
DEBTOR: Final = "debtor"  # the actor of a message or a click
BOOK_WAIT_SECONDS: Final = 5.0
BELIEVED_FOR: Final = timedelta(days=7)  # a provider's instant that lies further back is taken for a wrong clock
PERMIT_ID_LENGTH_MAX: Final = 300


class Reported(StrEnum):
    """What a report led to."""

    RECORDED = "RECORDED"
    KNOWN = "KNOWN"  # it says nothing more than the log does
    UNMATCHED = "UNMATCHED"  # we have no such permit


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a message of a person led to. Ids only."""

    people: tuple[UUID, ...] = ()  # whose message it is; (): nobody we know
    cases: tuple[UUID, ...] = ()  # in whose log it is
    wish: Wish | None = None
    repeated: bool = False  # it was in the log before


class Reports(Protocol):
    """The desk as doors see it."""

    async def report(self, report: Report, *, actor: str = PROVIDER, trace_id: str = "") -> Reported:
        """Record what a provider says."""
        ...

    async def inbound(self, inbound: Inbound, *, actor: str = DEBTOR, trace_id: str = "") -> Heard:
        """Record what a person says, and do at once what they wish."""
        ...

    async def unsubscribe(self, permit_id: str, *, source: str, trace_id: str = "") -> bool:
        """End a permit's channel for its person."""
        ...


class _Permit(NamedTuple):
    case_id: UUID
    permit_id: str
    person_id: UUID
    channel: Channel


class ReportDesk:
    """Records reports and messages. `counts` says how often what happened; safe to call again with the same."""

    def __init__(
        self,
        *,
        cases: CaseDesk,
        persons: PersonDesk,
        contacts: ContactDesk,
        store: EventStore,
        book: AddressBook,
        person_cases: PersonCases,
        clock: Clock,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._cases = cases
        self._persons = persons
        self._contacts = contacts
        self._store = store
        self._book = book
        self._clock = clock
        self._places = InboundPlaces(cases=cases, persons=persons, person_cases=person_cases)
        self._log = InboundLog(cases=cases, persons=persons, store=store, clock=clock)

    async def report(self, report: Report, *, actor: str = PROVIDER, trace_id: str = "") -> Reported:
        """Record what a provider says; late, repeated, out of order and unknown are harmless, on a closed case too.

        Raises `StoreUnavailable`, `StaleStream` or `AddressBookBehind`: nothing is recorded, tell us again.
        """
        asked = Asked(request_id="", actor=actor, trace_id=trace_id)
        permit = await self._permit(report.permit_id) or await self._permit_called(report.provider_id)
        if permit is None:
            return self._counted(Reported.UNMATCHED)
        if report.outcome is ContactOutcome.OPTED_OUT:
            await self._opt_out(permit.person_id, permit.channel, "provider", self._when(report.at), asked)
        before = (await self._cases.load(permit.case_id))[1]
        try:
            await self._contacts.record_outcome(
                permit.case_id,
                permit.permit_id,
                outcome=report.outcome,
                detail=report.detail,
                asked=asked,
                at=self._when(report.at),
                provider_id=report.provider_id,
            )
        except Rejected:  # the person's stream knows no such permit: what was imported was never ours to send
            return self._counted(Reported.UNMATCHED)
        after = (await self._cases.load(permit.case_id))[1]
        return self._counted(Reported.RECORDED if after > before else Reported.KNOWN)

    async def inbound(self, inbound: Inbound, *, actor: str = DEBTOR, trace_id: str = "") -> Heard:
        """Record what a person says. A wish to end the channel comes first, in an append of its own.

        Raises as `report` does; what was recorded by then is not recorded again.
        """
        said_id, at = contact_id(inbound.channel, inbound.message_id), self._when(inbound.at)
        wish = Wish.STOP if inbound.opted_out else wish_of(inbound.text, inbound.channel)
        answered = await self._answered(inbound.in_reply_to)
        people = await self._people(inbound, answered)
        asked = Asked(request_id="", actor=actor, trace_id=trace_id)
        behind: AddressBookBehind | None = None
        if wish is Wish.STOP:
            await self._stop(people, said_id, inbound.channel, at, asked)
        if wish is Wish.STOP or not people:
            # Whoever has the address since a moment ago may not be in the book yet, and wants to be left alone too.
            behind = await self._behind()
            late = [person for person in await self._people(inbound, answered) if person not in people]
            people += tuple(late)
            if wish is Wish.STOP:
                await self._stop(late, said_id, inbound.channel, at, asked)
        if not people:
            if behind is not None:
                raise behind
            self.counts["inbound_of_nobody"] += 1
            return Heard(wish=wish)
        outcome = ContactOutcome.OPTED_OUT if wish is Wish.STOP else ContactOutcome.REPLIED
        said = Said(contact_id=said_id, channel=inbound.channel, text=inbound.text, at=at, outcome=outcome)
        places = [_place(answered)] if answered else await self._places.of(people, inbound.channel)
        new = [
            await self._log.log(one.person_id, one.case_ids, replace(said, answers=one.answers), asked)
            for one in places
        ]
        if wish is Wish.START and (answered or len(people) == 1):
            await self._start(people[0], said, asked)
        self.counts["inbound_logged" if any(new) else "inbound_known"] += 1
        if behind is not None:
            raise behind  # all is recorded for those we know; there may be others, so we want to be told again
        return Heard(
            people=tuple(one.person_id for one in places),
            cases=tuple(case_id for one in places for case_id in one.case_ids),
            wish=wish,
            repeated=not any(new),
        )

    async def unsubscribe(self, permit_id: str, *, source: str, trace_id: str = "") -> bool:
        """End the channel of a permit for the person of that permit, at once; False where there is no such permit."""
        permit = await self._permit(permit_id)
        if permit is None:
            self.counts["unsubscribe_unmatched"] += 1
            return False
        asked = Asked(request_id="", actor=DEBTOR, trace_id=trace_id)
        await self._opt_out(permit.person_id, permit.channel, source, self._clock.now(), asked)
        opted_out = ContactOutcome.OPTED_OUT
        with suppress(Rejected):  # the channel is closed; that the permit says so too is for the reader
            await self._contacts.record_outcome(
                permit.case_id, permit_id, outcome=opted_out, detail=source, asked=asked
            )
        self.counts["unsubscribed"] += 1
        return True

    async def _permit(self, permit_id: str) -> _Permit | None:
        """Return the permit with this id if its case knows it."""
        if not permit_id or len(permit_id) > PERMIT_ID_LENGTH_MAX:
            return None
        try:
            case_id = UUID(permit_id.partition(":")[0])
        except ValueError:
            return None
        case, _ = await self._cases.load(case_id)
        contact = case.contacts.get(permit_id) if isinstance(case, Case) else None
        if contact is None:
            return None
        return _Permit(case_id, permit_id, contact.person_id, contact.channel)

    async def _permit_called(self, provider_id: str) -> _Permit | None:
        """Return the permit whose message the provider calls so; in doubt wait until the book has seen the log."""
        if not provider_id:
            return None
        found = await self._book.permit_of(provider_id)
        if found is None:
            await self._book.wait_for(await self._store.position(), BOOK_WAIT_SECONDS)
            found = await self._book.permit_of(provider_id)
        return await self._permit(found or "")

    async def _answered(self, in_reply_to: str) -> _Permit | None:
        if not in_reply_to:
            return None
        return await self._permit(in_reply_to) or await self._permit((await self._book.permit_of(in_reply_to)) or "")

    async def _behind(self) -> AddressBookBehind | None:
        """Wait until the book has seen the log as it is now; return the refusal if it does not get there."""
        try:
            await self._book.wait_for(await self._store.position(), BOOK_WAIT_SECONDS)
        except AddressBookBehind as behind:
            return behind
        return None

    async def _people(self, inbound: Inbound, answered: _Permit | None) -> tuple[UUID, ...]:
        """Return whom the message may be of: whose permit it answers, then everybody who has the address."""
        found = [reachable.person_id for reachable in await self._book.find(inbound.channel, inbound.address)]
        return tuple(dict.fromkeys([answered.person_id, *found] if answered else found))

    async def _stop(self, people: Sequence[UUID], said_id: str, channel: Channel, at: datetime, asked: Asked) -> None:
        for person_id in people:
            # The receipt is the message's: told of it again after a START, we do not stop again.
            once = replace(asked, request_id=f"stop:{said_id}:{person_id}", stamped=("at",))
            await self._opt_out(person_id, channel, "message", at, once)

    async def _start(self, person_id: UUID, said: Said, asked: Asked) -> None:
        once = replace(asked, request_id=f"start:{said.contact_id}:{person_id}", stamped=("at",))
        consent = GiveConsent(channel=said.channel, source="message", at=said.at, by=asked.actor)
        with suppress(Rejected):  # said before the last STOP, and told of late
            await self._persons.handle(person_id, consent, once)

    async def _opt_out(self, person_id: UUID, channel: Channel, source: str, at: datetime, asked: Asked) -> None:
        command = OptOut(channel=channel, source=source, at=at, by=asked.actor)
        await self._persons.handle(person_id, command, asked)
        self.counts["opted_out"] += 1

    def _when(self, told: datetime | None) -> datetime:
        """Return when it happened, as far as the provider can be believed: not in the future, nor long ago."""
        now = self._clock.now()
        if told is None or not now - BELIEVED_FOR <= told <= now:
            return now
        return told.astimezone(UTC)

    def _counted(self, reported: Reported) -> Reported:
        self.counts[f"report_{reported.lower()}"] += 1
        return reported


def _place(answered: _Permit) -> Place:
    return Place(answered.person_id, (answered.case_id,), answered.permit_id)
