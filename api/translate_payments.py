"""Bank entries between the wire and the application."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from api.translate_values import day, day_out, instant_out, instant_out_or_none, money, money_out
from api.validation import require_valid_item
from application.payment_taken import Became, Taken
from application.queue_ports import EntryRow
from domain.suspense.entry import BankEntry
from domain.suspense.events import EntryReceived
from domain.suspense.words import Candidate, EntryStands
from protos.escalera import v1 as pb

BECAME: Final[Mapping[Became, Any]] = MappingProxyType(
    {word: pb.EntryBecame.Value(f"ENTRY_BECAME_{word}") for word in Became}
)
STANDS: Final[Mapping[int, EntryStands]] = MappingProxyType(
    {pb.EntryStands.Value(f"ENTRY_STANDS_{word}"): word for word in EntryStands}
)
_STANDS_OUT: Final[Mapping[EntryStands, Any]] = MappingProxyType({word: number for number, word in STANDS.items()})

Titles = Mapping[UUID, str]
"""By case id: "CREDITOR/REFERENCE"."""


def bank_entry(told: pb.BankEntry) -> BankEntry:
    """Return an entry; raise `Rejected` with the field at fault."""
    require_valid_item(told)
    return BankEntry(
        entry_id=told.entry_id,
        account=told.account,
        amount=money(told.amount, "amount"),
        booked_on=day(told.booked_date, "booked_date") if told.HasField("booked_date") else None,
        value_on=day(told.value_date, "value_date") if told.HasField("value_date") else None,
        reversal=told.reversal,
        by_content=told.identified_by_content,
        if_recorded=told.only_if_recorded,
        doubts=tuple(told.doubts) or (() if _has_day(told) else ("NO_DATE",)),
        method=told.method or "TRANSFER",
        structured_reference=told.structured_reference,
        document_number=told.document_number,
        transaction_reference=told.transaction_reference,
        end_to_end_id=told.end_to_end_id,
        remittance=told.remittance,
        counterparty_name=told.counterparty_name,
        counterparty_account=told.counterparty_account,
        ultimate_counterparty_name=told.ultimate_counterparty_name,
        file_format=told.format,
        file=told.file,
        position=told.position_in_file,
        place=told.place,
    )


def outcome_out(entry_id: str, taken: Taken, titles: Titles) -> pb.EntryOutcome:
    """Return what became of an entry."""
    waits = taken.became is Became.WAITING
    return pb.EntryOutcome(
        entry_id=entry_id,
        became=BECAME[taken.became],
        queue_id=str(taken.stream_id) if waits else "",
        why=taken.why.value if taken.why else "",
        detail=taken.detail,
        case_id=str(taken.case_id) if taken.case_id else "",
        payment_id=taken.payment_id,
        candidates=[candidate_out(each, titles) for each in taken.candidates],
        repeated=taken.repeated,
    )


def candidate_out(candidate: Candidate, titles: Titles) -> pb.PaymentCandidate:
    """Return a case that an entry may pay."""
    return pb.PaymentCandidate(
        case_id=str(candidate.case_id),
        points=candidate.points,
        signs=[sign.value for sign in candidate.signs],
        case_title=titles.get(candidate.case_id, ""),
    )


def queued_out(row: EntryRow, titles: Titles, told: EntryReceived | None) -> pb.QueuedEntry:
    """Return an entry of the queue; `told`, with all that is personal, where that was asked for."""
    return pb.QueuedEntry(
        queue_id=str(row.stream_id),
        stands=_STANDS_OUT[row.stands],
        received_time=instant_out(row.received_at),
        account=row.account,
        amount=money_out(row.amount, row.currency),
        booked_date=None if row.booked_on is None else day_out(row.booked_on),
        reversal=row.reversal,
        payment_id=row.payment_id,
        why=row.why.value,
        detail=row.detail,
        candidates=[candidate_out(each, titles) for each in row.candidates],
        file=row.file,
        position_in_file=row.file_place,
        case_id=str(row.case_id) if row.case_id else "",
        ended_time=instant_out_or_none(row.ended_at),
        ended_by=row.ended_by,
        reason=row.reason,
        told=None if told is None else _told_out(told),
    )


def _told_out(told: EntryReceived) -> pb.BankEntry:
    return pb.BankEntry(
        entry_id=told.entry_id,
        place=told.place,
        account=told.account,
        standing=pb.ENTRY_STANDING_BOOKED,
        amount=money_out(told.amount.minor, told.amount.currency),
        booked_date=None if told.booked_on is None else day_out(told.booked_on),
        value_date=None if told.value_on is None else day_out(told.value_on),
        reversal=told.reversal,
        method=told.method,
        structured_reference=told.structured_reference,
        document_number=told.document_number,
        transaction_reference=told.transaction_reference,
        end_to_end_id=told.end_to_end_id,
        remittance=told.remittance,
        counterparty_name=told.counterparty_name,
        counterparty_account=told.counterparty_account,
        ultimate_counterparty_name=told.ultimate_counterparty_name,
        format=told.file_format,
        file=told.file,
        position_in_file=told.position,
    )


def _has_day(told: pb.BankEntry) -> bool:
    return bool(told.HasField("booked_date") or told.HasField("value_date"))
