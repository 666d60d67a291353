"""Makes a permitted contact, at most once, whatever crashes in between, and asks what became of one left unanswered.

A provider without idempotency keys leaves a gap between "sent" and "recorded". So each attempt is claimed in the store
before it is made, and a claim without a result is never sent again: its outcome is UNKNOWN until the provider is asked,
or says so by itself. Only a failure that is certain (the provider was not reached, or said "later") frees the next
attempt.
"""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from application.case_desk import CaseDesk, PersonDesk
from application.contact_desk import ContactDesk
from application.messages import Gate, Inquiry, Message, NotSent, Posts, Sent
from application.ports import Append, Clock, EventStore, Metadata, Receipt
from application.provider_words import opted_out
from application.recovery import (
    ASSUMED_MADE,
    LOOK_AGAIN_SECONDS,
    MADE_BEFORE,
    NOT_CLEARED,
    AlwaysCleared,
    Clearance,
    MadeBefore,
    NamedAs,
    names_of,
)
from application.request import Asked
from application.writer import Unwritable, Writer
from domain.calendar import local_day
from domain.case.contact import require_still_free
from domain.case.contact_events import ContactPermitted
from domain.case.inquiry import inquiry_due_at
from domain.case.state import Case, Contact
from domain.case.words import ContactOutcome
from domain.decider import Rejected
from domain.person.commands import OptOut
from domain.person.state import Person

ACTOR = "ladder"
ATTEMPTS_MAX = 1_000  # certain failures before we say that the provider refuses


@dataclass(frozen=True, slots=True, kw_only=True)
class _Permit:
    case_id: UUID
    permitted: ContactPermitted
    case: Case
    contact: Contact


class DeliveryDesk:
    """Delivers what was permitted and records what became of it.

    taken_as_permitted: how long after its permit, in business time, a contact counts as made when it was permitted. It
    is nothing where business time is real time: then the rules are asked again at the instant of sending, and a permit
    that has outlived its hours, or its day, is EXPIRED. A demonstration runs days in a second and needs some leeway.
    """

    def __init__(
        self,
        *,
        cases: CaseDesk,
        persons: PersonDesk,
        contacts: ContactDesk,
        store: EventStore,
        posts: Posts,
        writer: Writer,
        clock: Clock,
        taken_as_permitted: timedelta = timedelta(),
        clearance: Clearance | None = None,
        named_as: NamedAs = MappingProxyType({}),
    ) -> None:
        self._cases = cases
        self._persons = persons
        self._contacts = contacts
        self._store = store
        self._posts = posts
        self._writer = writer
        self._clock = clock
        self._taken_as_permitted = taken_as_permitted
        self._clearance = clearance or AlwaysCleared()
        self._named_as = named_as

    async def deliver(self, case_id: UUID, permit_id: str, *, trace_id: str = "") -> ContactOutcome | None:
        """Make the contact unless that was tried before, and return its outcome; raise `NotSent` to be called again.

        A contact whose outcome is UNKNOWN is asked about instead, when its time has come. None: the log has no such
        permit, for it was restored to an instant before it was given. What the log does not permit is not made.
        """
        permit = await self._permit(case_id, permit_id)
        if permit is None:
            return None
        known, inquiry = permit.contact.outcome, 0
        if known is None:
            sent, template_hash = await self._attempt(permit)
        elif self._to_be_asked_about(permit):
            inquiry = permit.contact.inquiries + 1
            sent, template_hash = await self._asked_about(permit), ""
        else:
            return known
        if opted_out(sent.detail):
            await self._opt_out(permit, trace_id)
        await self._contacts.record_outcome(
            case_id,
            permit_id,
            outcome=sent.outcome,
            detail=sent.detail,
            provider_id=sent.provider_id,
            template_hash=template_hash,
            document_hash=sent.document_hash,
            inquiry=inquiry,
            asked=Asked(request_id=f"outcome:{permit_id}", actor=ACTOR, trace_id=trace_id),
        )
        return sent.outcome

    async def _opt_out(self, permit: _Permit, trace_id: str) -> None:
        """The person told the provider to let nothing of ours through: that is an opt-out, told late."""
        said = OptOut(channel=permit.contact.channel, source="provider", at=self._clock.now(), by=ACTOR)
        asked = Asked(request_id="", actor=ACTOR, trace_id=trace_id)
        await self._persons.handle(permit.contact.person_id, said, asked)

    # ── sending

    async def _attempt(self, permit: _Permit) -> tuple[Sent, str]:
        """Return what became of the attempt, and the hash of the template that was sent."""
        permit_id = permit.permitted.permit_id
        names = names_of(permit_id, permit.contact.channel, self._named_as)
        if made_before := await self._require_cleared(*names):
            detail = ASSUMED_MADE if made_before.is_assumed else MADE_BEFORE
            return Sent(outcome=made_before.outcome, detail=detail), ""
        number = await self._free_attempt(permit_id)
        if number is None:
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="ATTEMPT_UNANSWERED"), ""
        message = await self._message(permit)
        if isinstance(message, Sent):
            return message, ""
        post = self._posts[message.channel]
        if isinstance(post, Gate):  # asked before the claim: what was not begun needs no reconciling
            await post.admit(message.key)
        expired = await self._no_longer_lawful(permit, message)
        if expired is not None:
            return expired, ""
        if not await self._claim("attempt", permit_id, number):
            return Sent(outcome=ContactOutcome.UNKNOWN, detail="ATTEMPT_UNANSWERED"), ""
        try:
            # Asked again behind the claim: the database may have been replaced by an older one since the first time.
            await self._require_cleared()
            return await post.send(message), message.words.template_hash
        except NotSent as failure:
            if number + 1 >= ATTEMPTS_MAX:
                return Sent(outcome=ContactOutcome.REFUSED, detail=str(failure)), ""
            await self._claim("failed", permit_id, number)
            raise

    async def _require_cleared(self, *names: str) -> MadeBefore | None:
        """Raise `NotSent` while a restore is not reconciled; return what is known of the contact from before one."""
        standing = await self._clearance.standing(*names)
        if not standing.cleared:
            raise NotSent(NOT_CLEARED, retry_after_seconds=LOOK_AGAIN_SECONDS)
        return standing.made_before

    async def _message(self, permit: _Permit) -> Message | Sent:
        """Write the message; what can no longer be written or addressed is refused."""
        person, _ = await self._persons.load(permit.permitted.person_id)
        if not isinstance(person, Person):
            return Sent(outcome=ContactOutcome.REFUSED, detail="PERSON_UNKNOWN")
        try:
            return self._writer.write(permit.permitted, permit.case, person, self._clock.now())
        except Unwritable as unwritable:
            return Sent(outcome=ContactOutcome.REFUSED, detail=str(unwritable))

    async def _no_longer_lawful(self, permit: _Permit, message: Message) -> Sent | None:
        """Ask the rules once more, with what the message says and at the instant of sending; None if they allow it."""
        now, permitted_at = self._clock.now(), permit.contact.at
        at = permitted_at if now - permitted_at <= self._taken_as_permitted else now
        zone = permit.case.time_zone
        if local_day(at, zone) != local_day(permitted_at, zone):
            return Sent(outcome=ContactOutcome.EXPIRED, detail="PERMIT_EXPIRED")
        try:
            require_still_free(permit.case, permit.permitted.step_key, at)
        except Rejected as stopped:  # held, promised or disputed since: afterwards the step may ask again
            return Sent(outcome=ContactOutcome.EXPIRED, detail=stopped.reason)
        refused = await self._contacts.still(permit.case_id, permit.permitted, content=message.words.content, at=at)
        if refused is None:
            return None
        # Where waiting helps the step may ask again; what the message says or lacks does not change by waiting.
        outcome = ContactOutcome.REFUSED if refused.next_allowed_at is None else ContactOutcome.EXPIRED
        return Sent(outcome=outcome, detail=refused.reason)

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

    # ── asking

    def _to_be_asked_about(self, permit: _Permit) -> bool:
        due_at = inquiry_due_at(permit.contact)
        askable = isinstance(self._posts.get(permit.contact.channel), Inquiry)
        return askable and due_at is not None and due_at <= self._clock.now()

    async def _asked_about(self, permit: _Permit) -> Sent:
        """Ask the provider; what it does not know after the last time it is asked did not arrive.

        It still counts against every cap: a provider may be late even then.
        """
        contact, permit_id = permit.contact, permit.permitted.permit_id
        post = self._posts[contact.channel]
        assert isinstance(post, Inquiry), f"{contact.channel} can be asked"
        person, _ = await self._persons.load(contact.person_id)
        assert isinstance(person, Person), "a contact with the person was permitted"
        point = person.points[person.reserved[permit_id].point_id]
        if person.forgotten_at is None:
            found = await post.ask(permit_id, address=point.address, since=contact.at)
            if found is not None:
                return found
        last = inquiry_due_at(contact, asked=contact.inquiries + 1) is None
        outcome = ContactOutcome.FAILED if last else ContactOutcome.UNKNOWN
        return Sent(outcome=outcome, detail="NOT_AT_PROVIDER")

    async def _permit(self, case_id: UUID, permit_id: str) -> _Permit | None:
        case, _ = await self._cases.load(case_id)
        if not isinstance(case, Case) or permit_id not in case.contacts:
            return None
        _, permitted = await self._contacts.permitted(case_id, permit_id)
        return _Permit(case_id=case_id, permitted=permitted, case=case, contact=case.contacts[permit_id])


def _receipt(what: str, permit_id: str, number: int) -> Receipt:
    return Receipt(request_id=f"{what}:{permit_id}:{number}", request_hash=what.encode())
