"""Bank entries that wait, in one row each: made when an entry is received, and closed when it ends."""

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args
from uuid import UUID

from application.ports import Recorded
from application.queue_ports import EntryRow
from domain.suspense.events import EntryDismissed, EntryMatched, EntryReceived, EntryReturned, SuspenseEvent
from domain.suspense.words import EntryStands
from projections.ports import EntryEnd

SUSPENSE_EVENTS: frozenset[type] = frozenset(get_args(SuspenseEvent))


def queue_changes(events: Iterable[Recorded]) -> tuple[tuple[EntryRow, ...], tuple[EntryEnd, ...]]:
    """Return the entries that these events, in log order, received, and the ends of those received before them."""
    rows: dict[object, EntryRow] = {}
    ends: list[EntryEnd] = []
    for recorded in events:
        event = recorded.event
        if isinstance(event, EntryReceived):
            rows.setdefault(recorded.stream_id, _row(recorded, event))
        elif isinstance(event, EntryMatched | EntryReturned | EntryDismissed):
            end = _end(recorded, event)
            if (row := rows.get(recorded.stream_id)) is not None:
                rows[recorded.stream_id] = ended(row, end)
            else:
                ends.append(end)
    return tuple(rows.values()), tuple(ends)


def ended(row: EntryRow, end: EntryEnd) -> EntryRow:
    """Return the row of an entry after its end."""
    return replace(
        row,
        version=end.version,
        position=end.position,
        stands=end.stands,
        case_id=end.case_id,
        ended_at=end.ended_at,
        ended_by=end.ended_by,
        reason=end.reason,
    )


def _row(recorded: Recorded, event: EntryReceived) -> EntryRow:
    return EntryRow(
        stream_id=recorded.stream_id,
        version=recorded.version,
        position=recorded.position,
        received_at=event.at,
        entry_id=event.entry_id,
        account=event.account,
        amount=event.amount.minor,
        currency=event.amount.currency,
        reversal=event.reversal,
        booked_on=event.booked_on or event.value_on,
        payment_id=event.payment_id,
        why=event.why,
        detail=event.detail,
        candidates=event.candidates,
        file=event.file,
        file_place=event.position,
        stands=EntryStands.WAITING,
        case_id=None,
        ended_at=None,
        ended_by="",
        reason="",
    )


def _end(recorded: Recorded, event: EntryMatched | EntryReturned | EntryDismissed) -> EntryEnd:
    matched: UUID | None = None
    reason = ""
    match event:
        case EntryMatched(case_id=matched):
            stands = EntryStands.MATCHED
        case EntryReturned(reason=reason):
            stands = EntryStands.RETURNED
        case EntryDismissed(reason=reason):
            stands = EntryStands.DISMISSED
    return EntryEnd(
        stream_id=recorded.stream_id,
        version=recorded.version,
        position=recorded.position,
        stands=stands,
        case_id=matched,
        ended_at=event.at,
        ended_by=event.by,
        reason=reason,
    )
