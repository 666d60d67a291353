"""What follows from a command about a bank entry that waits. `()` means that it is so already."""

from typing import assert_never

from domain.case.refusal import other_terms, require_text, require_utc
from domain.decider import Decider, Rejected, changed
from domain.suspense.commands import DismissEntry, MatchEntry, ReceiveEntry, ReturnEntry, SuspenseCommand
from domain.suspense.events import EntryDismissed, EntryMatched, EntryReceived, EntryReturned, SuspenseEvent
from domain.suspense.state import Entry, EntryState, Unheard
from domain.suspense.words import EntryStands

SuspenseDecider = Decider[EntryState, SuspenseCommand, SuspenseEvent]


def decide(command: SuspenseCommand, state: EntryState) -> tuple[SuspenseEvent, ...]:
    """An entry is received once, and ends once: matched, returned or dismissed."""
    require_utc(command.at, "at")
    if isinstance(command, ReceiveEntry):
        return _receive(command, state)
    if isinstance(state, Unheard):
        raise Rejected("ENTRY_NOT_FOUND", "no bank entry waits under this id", field="entry")
    match command:
        case MatchEntry():
            require_text(command.payment_id, "payment_id")
            same = (state.case_id, state.payment_id) == (command.case_id, command.payment_id)
            if not state.waits and same:
                return ()
            _require_waiting(state)
            matched = EntryMatched(at=command.at, case_id=command.case_id, payment_id=command.payment_id, by=command.by)
            return (matched,)
        case ReturnEntry():
            if state.stands is EntryStands.RETURNED:
                return ()
            require_text(command.reason, "reason")
            _require_waiting(state)
            return (EntryReturned(at=command.at, reason=command.reason, by=command.by),)
        case DismissEntry():
            if state.stands is EntryStands.DISMISSED:
                return ()
            require_text(command.reason, "reason")
            _require_waiting(state)
            return (EntryDismissed(at=command.at, reason=command.reason, by=command.by),)
        case _:
            assert_never(command)


def evolve(state: EntryState, event: SuspenseEvent) -> EntryState:
    """Return the state after `event`; what happens to an entry that was never received means nothing."""
    if isinstance(event, EntryReceived):
        return Entry(received=event) if isinstance(state, Unheard) else state
    if isinstance(state, Unheard):
        return state
    match event:
        case EntryMatched():
            return changed(
                state,
                stands=EntryStands.MATCHED,
                case_id=event.case_id,
                payment_id=event.payment_id,
                ended_at=event.at,
                ended_by=event.by,
            )
        case EntryReturned() | EntryDismissed():
            stands = EntryStands.RETURNED if isinstance(event, EntryReturned) else EntryStands.DISMISSED
            return changed(state, stands=stands, ended_at=event.at, ended_by=event.by, reason=event.reason)
        case _:
            assert_never(event)


SUSPENSE: SuspenseDecider = Decider(initial=Unheard(), decide=decide, evolve=evolve)
"""The decider of bank entries that wait."""


def _receive(command: ReceiveEntry, state: EntryState) -> tuple[SuspenseEvent, ...]:
    told = command.entry
    if isinstance(state, Entry):
        first = state.received
        if (first.entry_id, first.account, first.amount, first.reversal) == (
            told.entry_id,
            told.account,
            told.amount,
            told.reversal,
        ):
            return ()
        raise other_terms("ENTRY")
    require_text(told.entry_id, "entry_id")
    require_text(command.payment_id, "payment_id")
    received = EntryReceived(
        at=command.at,
        entry_id=told.entry_id,
        account=told.account,
        amount=told.amount,
        reversal=told.reversal,
        booked_on=told.booked_on,
        value_on=told.value_on,
        payment_id=command.payment_id,
        method=told.method,
        structured_reference=told.structured_reference,
        document_number=told.document_number,
        transaction_reference=told.transaction_reference,
        why=command.why,
        detail=command.detail,
        candidates=command.candidates,
        file_format=told.file_format,
        file=told.file,
        position=told.position,
        place=told.place,
        end_to_end_id=told.end_to_end_id,
        remittance=told.remittance,
        counterparty_name=told.counterparty_name,
        counterparty_account=told.counterparty_account,
        ultimate_counterparty_name=told.ultimate_counterparty_name,
    )
    return (received,)


def _require_waiting(entry: Entry) -> None:
    if not entry.waits:
        raise Rejected(f"ENTRY_{entry.stands}", f"it was {entry.stands.lower()} before", field="entry")
