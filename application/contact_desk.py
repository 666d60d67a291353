"""The right to make one contact: reserved on the person's stream and permitted on the case's, in one append."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from application.both_streams import BothStreams, Decide, Look, Pair
from application.case_desk import CaseDesk, PersonDesk
from application.contact_wish import (
    Permitted,
    Refused,
    Wanted,
    permission,
    permit_id,
    refused_as,
    refusing,
    reservation,
    wanted_again,
)
from application.ports import Clock, EventStore
from application.recovery import NOT_CLEARED, AlwaysCleared, Clearance
from application.request import Answer, Asked
from domain.case.commands import CaseCommand, RecordContactOutcome
from domain.case.contact_events import ContactPermitted
from domain.case.state import Case
from domain.case.words import ContactOutcome
from domain.compliance.verdict import Grounds
from domain.decider import Rejected, changed
from domain.ledger.book import NO_LAWS, LawBook
from domain.person.commands import EndContact, NoteContact
from domain.person.events import ContactReserved
from domain.person.state import Person, Unregistered

__all__ = ["ContactDesk", "Permitted", "Refused", "Wanted", "permit_id"]


class ContactDesk:
    """Permits contacts and records what became of them, on both streams."""

    def __init__(
        self,
        *,
        cases: CaseDesk,
        persons: PersonDesk,
        store: EventStore,
        clock: Clock,
        laws: LawBook = NO_LAWS,
        clearance: Clearance | None = None,
    ) -> None:
        self.laws = laws  # by which a debt is barred, which the contact rules ask
        self._cases = cases
        self._persons = persons
        self._store = store
        self._both = BothStreams(cases=cases, persons=persons, store=store, clock=clock)
        self._clock = clock
        self._clearance = clearance or AlwaysCleared()

    async def permit(self, case_id: UUID, wanted: Wanted, asked: Asked) -> Permitted | Refused:
        """Reserve the contact; raise `Rejected` when the case itself forbids it (held, closed, paid, disputed).

        RESTORE_NOT_RECONCILED: the database came out of a backup, and nobody has said yet what was sent since.

        Both streams are written with the versions that were decided on, so that whatever was acknowledged on either
        before this append is part of the decision. With `validate_only` nothing is recorded.
        """
        if not (await self._clearance.standing()).cleared:
            raise Rejected(NOT_CLEARED, "after a restore no contact is made until what was lost is reconciled")

        async def decide(look: Look, now: datetime) -> Pair:
            return await self._decide(look, case_id, wanted, asked, now)

        try:
            pair = await self._both.append(decide, asked)
        except Rejected as refusal:
            if not isinstance(refusal, _ByThePerson):
                raise
            return await self._refuse(case_id, wanted, asked, refusal.why)
        return Permitted(permit_id=wanted.permit_id, grounds=_grounds(pair))

    async def would(self, case_id: UUID, wanted: Wanted, asked: Asked, *, at: datetime) -> Permitted | Refused:
        """Say what `permit` would answer at an instant, on what is known now; record nothing."""
        try:
            pair = await self._decide(self._both.look(), case_id, wanted, asked, at)
        except Rejected as refusal:
            if not isinstance(refusal, _ByThePerson):
                raise
            return refused_as(refusal.why)
        return Permitted(permit_id=wanted.permit_id, grounds=_grounds(pair))

    async def permitted(self, case_id: UUID, permit_id: str) -> tuple[int, ContactPermitted]:
        """Return a permit that the case has, as it was given, with its position in the log."""
        # From the end: a permit is asked for soon after it was given.
        return next(
            (recorded.position, recorded.event)
            for recorded in reversed(await self._store.read_stream(case_id))
            if isinstance(recorded.event, ContactPermitted) and recorded.event.permit_id == permit_id
        )

    async def still(
        self, case_id: UUID, permitted: ContactPermitted, *, content: frozenset[str], at: datetime
    ) -> Refused | None:
        """Say what stands against a permitted contact at an instant, now that its words are known; None: nothing.

        Its own reservation does not count against it.
        """
        look = self._both.look()
        case, person = await look.case(case_id), await look.person(permitted.person_id)
        assert isinstance(person.state, Person), "a contact with the person was permitted"
        others = {name: kept for name, kept in person.state.reserved.items() if name != permitted.permit_id}
        point_id = person.state.reserved[permitted.permit_id].point_id
        wanted = wanted_again(permitted, point_id=point_id, content=content)
        asked = Asked(request_id="", actor="")
        reserve = reservation(case_id, case.state, wanted, asked, at, self.laws)
        try:
            self._persons.fold((reserve,), changed(person.state, reserved=others))
        except Rejected as refusal:
            return refused_as(refusal)
        return None

    async def record_outcome(
        self,
        case_id: UUID,
        permit_id: str,
        *,
        outcome: ContactOutcome,
        detail: str,
        asked: Asked,
        at: datetime | None = None,
        provider_id: str = "",
        template_hash: str = "",
        document_hash: str = "",
        inquiry: int = 0,
    ) -> None:
        """Record what became of a permitted contact on the case and on the person, in one append."""
        command = RecordContactOutcome(
            permit_id=permit_id,
            outcome=outcome,
            detail=detail,
            provider_id=provider_id,
            template_hash=template_hash,
            document_hash=document_hash,
            inquiry=inquiry,
            at=at or self._clock.now(),
            by=asked.actor,
        )
        await self._both.append(self._recording(case_id, command), asked)

    async def record(self, case_id: UUID, command: RecordContactOutcome, asked: Asked) -> Answer:
        """Record an outcome that somebody tells, as `record_outcome` does; asked again, it answers the same."""
        return await self._both.handle(case_id, (command,), self._recording(case_id, command), asked)

    async def log(
        self, case_id: UUID, person_id: UUID, commands: Sequence[CaseCommand], noted: NoteContact, asked: Asked
    ) -> Answer:
        """Record a contact that happened without a permit, on the case and, where we know them, on the person.

        commands: `LogContact`, and with it what was said (`AddNote`) or whatever else followed from it.
        """

        async def decide(look: Look, _: datetime) -> Pair:
            case, person = await look.case(case_id), await look.person(person_id)
            logged, case_after = self._cases.fold(commands, case.state)
            told = () if isinstance(person.state, Unregistered) else (noted,)
            seen, person_after = self._persons.fold(told, person.state)
            return Pair(case_id, case, logged, case_after, person_id, person, seen, person_after)

        return await self._both.handle(case_id, commands, decide, asked)

    def _recording(self, case_id: UUID, command: RecordContactOutcome) -> Decide:
        async def decide(look: Look, _: datetime) -> Pair:
            case = await look.case(case_id)
            recorded, case_after = self._cases.fold((command,), case.state)
            assert isinstance(case_after, Case), "it has the permit"
            contact = case_after.contacts[command.permit_id]
            assert contact.outcome is not None, "an outcome was just recorded, or there was one"
            # What the case now holds to be true, which is not what a late receipt says.
            end = EndContact(permit_id=command.permit_id, outcome=contact.outcome, at=command.at, by=command.by)
            person = await look.person(contact.person_id)
            ended, person_after = self._persons.fold((end,), person.state)
            return Pair(case_id, case, recorded, case_after, contact.person_id, person, ended, person_after)

        return decide

    async def _decide(self, look: Look, case_id: UUID, wanted: Wanted, asked: Asked, now: datetime) -> Pair:
        """Decide both sides. The case's refusal goes first: it needs no record, and no rule was broken by it."""
        case, person = await look.case(case_id), await look.person(wanted.person_id)
        reserve = reservation(case_id, case.state, wanted, asked, now, self.laws)
        try:
            reserved, person_after = self._persons.fold((reserve,), person.state)
        except Rejected as refusal:
            self._cases.fold((permission(wanted, asked, now, None),), case.state)
            raise _ByThePerson(refusal) from refusal
        grounds = next((event.grounds for event in reserved if isinstance(event, ContactReserved)), None)
        permitted, case_after = self._cases.fold((permission(wanted, asked, now, grounds),), case.state)
        return Pair(case_id, case, permitted, case_after, wanted.person_id, person, reserved, person_after)

    async def _refuse(self, case_id: UUID, wanted: Wanted, asked: Asked, refusal: Rejected) -> Refused:
        refused = refused_as(refusal)
        if asked.validate_only:
            return refused
        command = refusing(wanted, refused, asked, self._clock.now())
        # No receipt: the case knows a refusal that says nothing new, and the next attempt is another request.
        await self._cases.handle(case_id, command, Asked(request_id="", actor=asked.actor, trace_id=asked.trace_id))
        return refused


class _ByThePerson(Rejected):
    """The person, or the rules for them, say no; the case itself would not."""

    def __init__(self, why: Rejected) -> None:
        super().__init__(why.reason, why.detail, field=why.field, accepted=why.accepted)
        self.why = why


def _grounds(pair: Pair) -> Grounds | None:
    return next((event.grounds for event in pair.person_events if isinstance(event, ContactReserved)), None)
