"""Bank entries that wait for a person: matched to a case, returned, or dismissed. The entry and its cases at once."""

from typing import Final
from uuid import UUID

from application.case_desk import CaseDesk, Desk, Loaded, receipt_of
from application.payment_hold import hold_id, release
from application.ports import Append, Clock, Event, EventStore, StaleStream
from application.request import Answer, Asked, pack_answer
from application.several_streams import Together
from domain.calendar import start_of_day
from domain.case.commands import CaseCommand, RecordPayment, ReversePayment
from domain.case.state import Case, CaseState
from domain.decider import Rejected
from domain.suspense.commands import DismissEntry, MatchEntry, ReturnEntry, SuspenseCommand
from domain.suspense.events import EntryReceived, SuspenseEvent
from domain.suspense.state import Entry, EntryState

ATTEMPTS_MAX: Final = 20
REVERSED: Final = "REVERSED_BY_THE_BANK"
RELEASED: Final = "PAYMENT_VERIFIED"

SuspenseDesk = Desk[EntryState, SuspenseCommand, SuspenseEvent]
"""The desk for bank entries that wait: `SuspenseDesk(SUSPENSE, store, clock)`."""


Ending = MatchEntry | ReturnEntry | DismissEntry


class PaymentQueue:
    """What a person says of entries."""

    def __init__(self, *, entries: SuspenseDesk, cases: CaseDesk, store: EventStore, clock: Clock) -> None:
        self._entries = entries
        self._cases = cases
        self._store = store
        self._clock = clock

    async def match(self, stream_id: UUID, case_id: UUID, asked: Asked, *, payment_id: str = "") -> Answer:
        """Record the entry on a case, or take back there the payment that it reverses (`payment_id`): all or nothing.

        Asked again, or by two people at once, it is done once. Raises `Rejected`, `RequestReused`, `StaleStream`.
        """
        state, _ = await self._entries.load(stream_id)
        told = state.received if isinstance(state, Entry) else None
        if told is not None and told.reversal and not payment_id:
            detail = "a reversal takes back one payment of the case: say which"
            raise Rejected("PAYMENT_ID_MISSING", detail, field="payment_id", accepted="the id of a payment")
        paid = payment_id if told is None or told.reversal else told.payment_id
        command = MatchEntry(case_id=case_id, payment_id=paid or "-", at=self._clock.now(), by=asked.actor)
        return await self._end(stream_id, command, asked)

    async def give_back(self, stream_id: UUID, reason: str, asked: Asked) -> Answer:
        """Say that the money goes back to whoever sent it; which it does outside of here."""
        return await self._end(stream_id, ReturnEntry(reason=reason, at=self._clock.now(), by=asked.actor), asked)

    async def dismiss(self, stream_id: UUID, reason: str, asked: Asked) -> Answer:
        """Say that nothing is to be done about the entry."""
        return await self._end(stream_id, DismissEntry(reason=reason, at=self._clock.now(), by=asked.actor), asked)

    async def received(self, stream_ids: tuple[UUID, ...]) -> dict[UUID, EntryReceived]:
        """Return what banks told of these entries, with all that is personal."""
        loaded = await self._entries.load_many(stream_ids) if stream_ids else {}
        return {key: one.state.received for key, one in loaded.items() if isinstance(one.state, Entry)}

    async def _end(self, stream_id: UUID, command: Ending, asked: Asked) -> Answer:
        for _ in range(ATTEMPTS_MAX - 1):
            try:
                return await self._attempt(stream_id, command, asked)
            except StaleStream:
                continue
        return await self._attempt(stream_id, command, asked)

    async def _attempt(self, stream_id: UUID, command: Ending, asked: Asked) -> Answer:
        receipt = receipt_of(stream_id, (command,), asked)
        try:
            together, events, version = await self._decided(stream_id, command)
        except Rejected:
            repeated = await self._entries.first_answer(stream_id, (command,), asked)
            if repeated is None:
                raise
            return repeated
        if asked.validate_only:
            return Answer(stream_id=stream_id, version=version, position=0, events=events)
        if not events and (first := await self._entries.first_answer(stream_id, (command,), asked)):
            return first
        writes = together.writes()
        if not writes and receipt is None:
            return Answer(stream_id=stream_id, version=version, position=await self._store.position(), events=())
        appended = await self._store.append(
            Append(
                writes=writes,
                metadata=asked.metadata(),
                recorded_at=self._clock.now(),
                receipt=receipt,
                answer=pack_answer(version, len(events)),
            )
        )
        if appended.repeated:
            return await self._entries.repeat(stream_id, appended)
        together.keep()
        return Answer(stream_id=stream_id, version=version, position=appended.position, events=events)

    async def _decided(self, stream_id: UUID, command: Ending) -> tuple[Together, tuple[Event, ...], int]:
        together = Together()
        entry: Loaded[EntryState] = Loaded(*await self._entries.load(stream_id))
        events = together.decide(self._entries, stream_id, entry, command)
        if not events or not isinstance(entry.state, Entry):
            return together, (), entry.version
        told = entry.state.received
        for candidate in told.candidates:
            case = Loaded(*await self._cases.load(candidate.case_id))
            if isinstance(case.state, Case):
                ends = release(case.state, hold_id(stream_id), reason=RELEASED, at=command.at, by=command.by)
                together.decide(self._cases, candidate.case_id, case, *ends)
        if isinstance(command, MatchEntry):
            case = Loaded(*await self._cases.load(command.case_id))
            together.decide(self._cases, command.case_id, case, *_on_case(told, command, case.state))
        return together, events, entry.version + len(events)


def _on_case(told: EntryReceived, command: MatchEntry, case: CaseState) -> tuple[CaseCommand, ...]:
    """Return what a matched entry asks of its case. It counts from its day where the case is."""
    if not isinstance(case, Case):
        raise Rejected("CASE_NOT_FOUND", "there is no such case", field="case_name")
    day = told.booked_on or told.value_on
    at = command.at if day is None else min(start_of_day(day, case.time_zone), command.at)
    if told.reversal:
        if (known := case.ledger.payments.get(command.payment_id)) is not None and known.amount != -told.amount:
            detail = f"that payment was of {known.amount}"
            raise Rejected("AMOUNT_MISMATCH", detail, field="payment_id", accepted=f"a payment of {-told.amount}")
        return (ReversePayment(payment_id=command.payment_id, reason=REVERSED, at=at, by=command.by),)
    return (RecordPayment(payment_id=command.payment_id, amount=told.amount, method=told.method, at=at, by=command.by),)
