"""A bank entry that no case could be found for surely, and what became of it. A wire format: add, never rename.

What may name a person is sealed under a key of the entry's own: destroy it when the entry's work is done.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.case.happened import Happened
from domain.money import Money
from domain.suspense.words import Candidate, Why


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReceived(Happened):
    """Money moved on an account of ours, and which case that concerns is for a person to say."""

    entry_id: str
    account: str  # that it moved
    amount: Money  # signed: below zero went out
    reversal: bool  # it takes back an earlier movement
    booked_on: date | None
    value_on: date | None
    payment_id: str  # under which a case records it
    method: str
    structured_reference: str
    document_number: str
    transaction_reference: str
    why: Why
    detail: str
    candidates: tuple[Candidate, ...]  # the best first
    file_format: str
    file: str
    position: str  # in the file
    place: str  # a hash of the file's content and the position
    end_to_end_id: str
    remittance: str
    counterparty_name: str
    counterparty_account: str
    ultimate_counterparty_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryMatched(Happened):
    """A case recorded it as a payment, or took back the payment that it reverses; in the same append."""

    case_id: UUID
    payment_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReturned(Happened):
    """The money goes back to whoever sent it."""

    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDismissed(Happened):
    """Nothing is to be done about it: another file told it before, or it is not a debtor's."""

    reason: str
    by: str


SuspenseEvent = EntryReceived | EntryMatched | EntryReturned | EntryDismissed

PERSONAL_FIELDS: dict[str, tuple[str, ...]] = {
    "EntryReceived": (
        "end_to_end_id",
        "remittance",
        "counterparty_name",
        "counterparty_account",
        "ultimate_counterparty_name",
    ),
}
"""Sealed by the codec under the key of the entry whose stream it is."""

__all__ = ["PERSONAL_FIELDS", "EntryDismissed", "EntryMatched", "EntryReceived", "EntryReturned", "SuspenseEvent"]
