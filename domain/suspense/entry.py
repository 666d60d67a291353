"""A bank entry as a bank tells of it: one movement of an account of ours."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from domain.money import Money
from domain.suspense.identity import entry_stream


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """Texts are as the bank wrote them; "" means that it says nothing. Holds personal data.

    amount:      signed: above zero came in, below zero went out.
    reversal:    it takes back an earlier movement: below zero a payment that did not stand.
    by_content:  nothing the bank gave identifies it, only all that is told about it. Two equal ids in different
                 files are one entry told twice, or two payments that nothing tells apart.
    place:       a hash of the file's content and the position in it.
    if_recorded: it only takes back a payment that is recorded, and means nothing where there is none.
    doubts:      why a person should look at it first, as the reader of the file says.
    """

    entry_id: str
    account: str
    amount: Money
    booked_on: date | None = None
    value_on: date | None = None
    reversal: bool = False
    by_content: bool = False
    if_recorded: bool = False
    doubts: tuple[str, ...] = ()
    method: str = "TRANSFER"
    structured_reference: str = ""
    document_number: str = ""
    transaction_reference: str = ""
    end_to_end_id: str = ""
    remittance: str = ""
    counterparty_name: str = ""
    counterparty_account: str = ""
    ultimate_counterparty_name: str = ""
    file_format: str = ""
    file: str = ""
    position: str = ""
    place: str = ""

    @property
    def day(self) -> date | None:
        """The day it counts from: booking before value date."""
        return self.booked_on or self.value_on

    @property
    def stream_id(self) -> UUID:
        """Where it waits, if it has to."""
        return entry_stream(self.account, self.entry_id)


def payment_id(entry: BankEntry) -> str:
    """Return the id under which a case records an entry: its own, and hashes of what a reversal of it would repeat."""
    one, other = _ids(entry)
    return f"{IMPORTED}{entry.entry_id}-{short_hash(one)}-{short_hash(other)}"


def payment_marks(known: str) -> tuple[str, ...]:
    """Return the hashes in the id of an imported payment, by which a reversal of it is found; () for any other."""
    if not known.startswith(IMPORTED):
        return ()
    return tuple(part for part in known.split("-")[2:4] if part)


def marks(entry: BankEntry) -> tuple[str, ...]:
    """Return the hashes of an entry's ids, by which the payment that it reverses is found."""
    return tuple(short_hash(each) for each in _ids(entry) if each)


def _ids(entry: BankEntry) -> tuple[str, str]:
    """Return what names a payment: the payer's and the system's ids; where there are none (boletos), its reference."""
    if entry.end_to_end_id or entry.transaction_reference:
        return entry.end_to_end_id, entry.transaction_reference
    return entry.structured_reference or entry.document_number, ""


def short_hash(text: str) -> str:
    """Return 12 hex digits of a text's SHA-256; "" of no text."""
    return sha256(text.encode()).hexdigest()[:12] if text else ""


IMPORTED = "file-"  # how the ids of imported payments begin
