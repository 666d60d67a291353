"""The right to make one contact: reserved on the person's stream and permitted on the case's, in one append."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.case_desk import CaseDesk, Loaded, PersonDesk
from application.ports import Append, Clock, Event, EventStore, StaleStream, StreamWrite
from application.request import Asked
from domain.case.commands import PermitContact, RecordContactOutcome, RefuseContact
from domain.case.state import CaseState
from domain.case.words import Channel, ContactOutcome
from domain.decider import Rejected
from domain.person.commands import EndContact, ReserveContact

ATTEMPTS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A contact that somebody wants to make. `step_key` is empty when no step asks for it."""

    permit_id: str
    person_id: UUID
    channel: Channel
    template: str
    step_key: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """The contact may be made; `permit_id` is its key at the provider."""

    permit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The person's rules say no, and the case knows. `next_allowed_at` None: not before a fact changes."""

    reason: str
    next_allowed_at: datetime | None


def permit_id(case_id: UUID, step_key: str, channel: Channel) -> str:
    """Return the key of the one contact that a step may make on a channel."""
    return f"{case_id}:{step_key}:{channel}"


class ContactDesk:
    """Permits contacts and records what became of them, on both streams."""

    def __init__(self, *, cases: CaseDesk, persons: PersonDesk, store: EventStore, clock: Clock, rules: str) -> None:
        self._cases = cases
        self._persons = persons
        self._store = store
        self._clock = clock
        self._rules = rules

    async def permit(self, case_id: UUID, wanted: Wanted, asked: Asked) -> Permitted | Refused:
        """Reserve the contact; raise `Rejected` when the case itself forbids it (held, closed, paid, disputed).

        Both streams are read first and written with the versions read, so that whatever was acknowledged on either
        before this append is part of the decision.
        """
        attempt = 0
        while True:
            attempt += 1
            case = Loaded(*await self._cases.load(case_id))
            person = Loaded(*await self._persons.load(wanted.person_id))
            now = self._clock.now()
            # The case first: its refusal needs no record, and the person's counts only if the case would allow it.
            permitted, case_after = self._cases.fold((self._permit(wanted, asked, now),), case.state)
            try:
                reserved, person_after = self._persons.fold((self._reserve(case_id, wanted, asked, now),), person.state)
            except Rejected as refusal:
                return await self._refuse(case_id, wanted, asked, refusal)
            writes = _write(wanted.person_id, person.version, reserved) + _write(case_id, case.version, permitted)
            if not writes:
                return Permitted(permit_id=wanted.permit_id)
            try:
                await self._store.append(Append(writes=writes, metadata=asked.metadata(), recorded_at=now))
            except StaleStream:
                if attempt == ATTEMPTS_MAX:
                    raise
                continue
            self._persons.keep(wanted.person_id, Loaded(person_after, person.version + len(reserved)))
            self._cases.keep(case_id, Loaded(case_after, case.version + len(permitted)))
            return Permitted(permit_id=wanted.permit_id)

    async def record_outcome(
        self, case_id: UUID, permit_id: str, *, outcome: ContactOutcome, detail: str, asked: Asked
    ) -> None:
        """Record what became of a permitted contact on the case and on the person, in one append."""
        attempt = 0
        while True:
            attempt += 1
            case = Loaded(*await self._cases.load(case_id))
            now = self._clock.now()
            command = RecordContactOutcome(permit_id=permit_id, outcome=outcome, detail=detail, at=now, by=asked.actor)
            recorded, case_after = self._cases.fold((command,), case.state)
            person_id = _person_of(case.state, permit_id)
            person = Loaded(*await self._persons.load(person_id))
            end = EndContact(permit_id=permit_id, outcome=outcome, at=now, by=asked.actor)
            ended, person_after = self._persons.fold((end,), person.state)
            writes = _write(person_id, person.version, ended) + _write(case_id, case.version, recorded)
            if not writes:
                return
            try:
                await self._store.append(Append(writes=writes, metadata=asked.metadata(), recorded_at=now))
            except StaleStream:
                if attempt == ATTEMPTS_MAX:
                    raise
                continue
            self._persons.keep(person_id, Loaded(person_after, person.version + len(ended)))
            self._cases.keep(case_id, Loaded(case_after, case.version + len(recorded)))
            return

    def _permit(self, wanted: Wanted, asked: Asked, now: datetime) -> PermitContact:
        return PermitContact(
            permit_id=wanted.permit_id,
            person_id=wanted.person_id,
            channel=wanted.channel,
            template=wanted.template,
            rules=self._rules,
            step_key=wanted.step_key,
            due_at=wanted.due_at,
            at=now,
            by=asked.actor,
        )

    def _reserve(self, case_id: UUID, wanted: Wanted, asked: Asked, now: datetime) -> ReserveContact:
        return ReserveContact(
            permit_id=wanted.permit_id,
            case_id=case_id,
            channel=wanted.channel,
            rules=self._rules,
            at=now,
            by=asked.actor,
        )

    async def _refuse(self, case_id: UUID, wanted: Wanted, asked: Asked, refusal: Rejected) -> Refused:
        refused = Refused(reason=refusal.reason, next_allowed_at=_instant(refusal.accepted))
        if wanted.step_key:
            command = RefuseContact(
                step_key=wanted.step_key,
                person_id=wanted.person_id,
                channel=wanted.channel,
                reason=refused.reason,
                next_allowed_at=refused.next_allowed_at,
                at=self._clock.now(),
                by=asked.actor,
            )
            # No receipt: the case knows a refusal that says nothing new, and the next attempt is another request.
            await self._cases.handle(case_id, command, Asked(request_id="", actor=asked.actor, trace_id=asked.trace_id))
        return refused


def _write(stream_id: UUID, version: int, events: tuple[Event, ...]) -> tuple[StreamWrite, ...]:
    if not events:
        return ()
    return (StreamWrite(stream_id=stream_id, expected_version=version, events=events),)


def _person_of(state: CaseState, permit_id: str) -> UUID:
    contacts = getattr(state, "contacts", {})
    assert permit_id in contacts, "RecordContactOutcome is decided before this, and refuses an unknown permit"
    person_id: UUID = contacts[permit_id].person_id
    return person_id


def _instant(accepted: str | None) -> datetime | None:
    """Return the instant from which the person's rules allow the contact, None where time alone does not help."""
    try:
        return datetime.fromisoformat(accepted) if accepted else None
    except ValueError:
        return None
