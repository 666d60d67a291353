"""Makes a permitted contact, at most once, whatever crashes in between.

A provider without idempotency keys leaves a gap between "sent" and "recorded". So each attempt is claimed in the store
before it is made, and a claim without a result is never sent again: its outcome is UNKNOWN, for somebody to reconcile.
Only a failure that is certain (the provider was not reached, or said "later") frees the next attempt.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from application.case_desk import CaseDesk, PersonDesk
from application.contact_desk import ContactDesk
from application.messages import Catalogue, Facts, Gate, Message, NotSent, Posts, Sent
from application.ports import Append, Clock, EventStore, Metadata, Receipt
from application.request import Asked
from domain.case.contact_events import ContactPermitted
from domain.case.state import Case, Contact
from domain.case.view import balance, local_date, oldest_unpaid
from domain.case.words import ContactOutcome
from domain.person.state import Person

ACTOR = "ladder"
ATTEMPTS_MAX = 1_000  # certain failures before we say that the provider refuses


@dataclass(frozen=True, slots=True, kw_only=True)
class _Permit:
    permitted: ContactPermitted
    case: Case
    contact: Contact


class DeliveryDesk:
    """Delivers what was permitted and records what became of it.

    permit_valid: how long after its permit a contact may still be made, in business time; what is later is not lawful
    any more (an evening's permit does not allow a call at night) and is recorded as REFUSED.
    """

    def __init__(
        self,
        *,
        cases: CaseDesk,
        persons: PersonDesk,
        contacts: ContactDesk,
        store: EventStore,
        posts: Posts,
        catalogue: Catalogue,
        clock: Clock,
        permit_valid: timedelta,
    ) -> None:
        self._cases = cases
        self._persons = persons
        self._contacts = contacts
        self._store = store
        self._posts = posts
        self._catalogue = catalogue
        self._clock = clock
        self._permit_valid = permit_valid

    async def deliver(self, case_id: UUID, permit_id: str, *, trace_id: str = "") -> ContactOutcome:
        """Make the contact unless that was tried before, and return its outcome; raise `NotSent` to be called again."""
        permit = await self._permit(case_id, permit_id)
        if permit.contact.outcome is not None:
            return permit.contact.outcome
        sent = await self._attempt(permit)
        asked = Asked(request_id=f"outcome:{permit_id}", actor=ACTOR, trace_id=trace_id)
        await self._contacts.record_outcome(case_id, permit_id, outcome=sent.outcome, detail=sent.detail, asked=asked)
        return sent.outcome

    async def _attempt(self, permit: _Permit) -> Sent:
        number = await self._free_attempt(permit.permitted.permit_id)
        if number is None:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="ATTEMPT_UNANSWERED")
        message = await self._message(permit)
        if isinstance(message, Sent):
            return message
        post = self._posts[message.channel]
        if isinstance(post, Gate):  # asked before the claim: what was not begun needs no reconciling
            await post.admit(message.key)
        if self._clock.now() - permit.contact.at > self._permit_valid:
            return Sent(outcome=ContactOutcome.REFUSED, detail="PERMIT_EXPIRED")
        if not await self._claim("attempt", message.key, number):
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="ATTEMPT_UNANSWERED")
        try:
            return await post.send(message)
        except NotSent as failure:
            if number + 1 >= ATTEMPTS_MAX:
                return Sent(outcome=ContactOutcome.REFUSED, detail=str(failure))
            await self._claim("failed", message.key, number)
            raise

    async def _free_attempt(self, permit_id: str) -> int | None:
        """Return the number of the next attempt; None when an earlier one was begun and never answered."""
        for number in range(ATTEMPTS_MAX):
            if not await self._claimed("attempt", permit_id, number):
                return number
            if not await self._claimed("failed", permit_id, number):
                return None
        return None

    async def _claim(self, what: str, permit_id: str, number: int) -> bool:
        """Claim an attempt, or its certain failure; False when somebody has claimed it before."""
        claimed = await self._store.append(
            Append(
                writes=(),
                metadata=Metadata(actor=ACTOR),
                recorded_at=self._clock.now(),
                receipt=_receipt(what, permit_id, number),
            )
        )
        return not claimed.repeated

    async def _claimed(self, what: str, permit_id: str, number: int) -> bool:
        receipt = _receipt(what, permit_id, number)
        return await self._store.receipt(receipt.request_id, receipt.request_hash) is not None

    async def _permit(self, case_id: UUID, permit_id: str) -> _Permit:
        case, _ = await self._cases.load(case_id)
        assert isinstance(case, Case), f"case {case_id} has a permit, so it was opened"
        history = await self._store.read_stream(case_id)
        permitted = next(
            recorded.event
            for recorded in history
            if isinstance(recorded.event, ContactPermitted) and recorded.event.permit_id == permit_id
        )
        return _Permit(permitted=permitted, case=case, contact=case.contacts[permit_id])

    async def _message(self, permit: _Permit) -> Message | Sent:
        """Write the message; what can no longer be addressed is refused."""
        person, _ = await self._persons.load(permit.permitted.person_id)
        if not isinstance(person, Person):
            return Sent(outcome=ContactOutcome.REFUSED, detail="PERSON_UNKNOWN")
        permitted, case = permit.permitted, permit.case
        # The point that was reserved, even if a newer one has come since: the permit was for that one.
        point = person.points.get(person.reserved[permitted.permit_id].point_id)
        oldest = oldest_unpaid(case)
        if point is None or not point.address:
            return Sent(outcome=ContactOutcome.REFUSED, detail="ADDRESS_GONE")
        if oldest is None:
            return Sent(outcome=ContactOutcome.REFUSED, detail="NOTHING_OWED")
        facts = Facts(
            name=person.name,
            creditor_id=case.creditor_id,
            reference=case.reference,
            owed=balance(case),
            due_on=oldest.terms.due_on,
            on=local_date(case, self._clock.now()),
            language=person.language or case.language,
        )
        return Message(
            key=permitted.permit_id,
            channel=permitted.channel,
            address=point.address,
            words=self._catalogue.words(permitted.template, permitted.channel, facts),
            language=facts.language,
        )


def _receipt(what: str, permit_id: str, number: int) -> Receipt:
    return Receipt(request_id=f"{what}:{permit_id}:{number}", request_hash=what.encode())
