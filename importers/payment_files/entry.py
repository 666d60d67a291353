"""What a payment file yields: entries (money that moved) and notices (what a bank says without moving money)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.money import Money


class FileFormat(StrEnum):
    """What kind of file an entry was read from. The values are stored: never rename them."""

    CAMT = "CAMT"  # ISO 20022 camt.052, camt.053, camt.054
    MT940 = "MT940"  # SWIFT MT940 and MT942
    CNAB240 = "CNAB240"  # FEBRABAN returns of boletos, 240 columns
    CNAB400 = "CNAB400"  # the banks' returns of boletos, 400 columns
    SPEI = "SPEI"  # deposits as STP lists them
    CSV = "CSV"


class Standing(StrEnum):
    """Whether the bank has booked the entry. Only a booked entry is money received."""

    BOOKED = "BOOKED"
    PENDING = "PENDING"
    INFORMATION = "INFORMATION"


class Doubt(StrEnum):
    """Why a person should look at an entry before it is used."""

    BATCH_SUM_DIFFERS = "BATCH_SUM_DIFFERS"  # the parts of its batch do not add up to what was booked
    BATCH_NOT_SPLIT = "BATCH_NOT_SPLIT"  # it stands for several payments that the file does not tell apart
    ACCOUNT_INVALID = "ACCOUNT_INVALID"  # the check digit of the account paid into is wrong
    NO_DATE = "NO_DATE"  # neither a booking nor a value date


class IdentifiedBy(StrEnum):
    """What an entry's id was made from.

    REFERENCE: a reference that the bank gave to this entry alone; the same entry in two files has one id.
    CONTENT: everything told about the entry. Two equal ids in different statements are one entry told twice, or two
    payments that nothing tells apart: for a person to say.
    """

    REFERENCE = "REFERENCE"
    CONTENT = "CONTENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEntry:
    """One movement of an account.

    `amount` is signed: above zero came in, below zero went out. `reversal` says that it takes back an earlier movement:
    with an amount below zero a payment that did not stand, above zero a debit of ours that came back.
    Texts are as the file has them, without the blanks around them; "" means that the file does not say.
    """

    entry_id: str
    identified_by: IdentifiedBy
    file_format: FileFormat
    file: str
    position: str
    account: str
    statement_id: str
    standing: Standing
    amount: Money
    booked_on: date | None
    value_on: date | None
    reversal: bool = False
    entry_reference: str = ""  # of the booking, from the bank: a batch's transactions share it
    transaction_reference: str = ""  # of this transaction, from the bank or the payment system
    end_to_end_id: str = ""  # given by whoever paid
    structured_reference: str = ""  # the creditor's reference: invoice, nosso número, RF18...
    document_number: str = ""  # the creditor's own number for what is paid
    remittance: str = ""  # free text; lines are separated by a line feed
    counterparty_name: str = ""
    counterparty_account: str = ""
    ultimate_counterparty_name: str = ""  # on whose behalf it was paid
    bank_transaction_code: str = ""
    charges: Money | None = None  # what the bank kept of it for itself
    instructed: Money | None = None  # what was ordered, where that is another amount or currency
    doubts: tuple[Doubt, ...] = ()

    @property
    def currency(self) -> str:
        """The currency of its amount."""
        return self.amount.currency


class NoticeKind(StrEnum):
    """What a notice is about."""

    CONFIRMED = "CONFIRMED"  # a boleto was registered
    REJECTED = "REJECTED"
    WRITTEN_OFF = "WRITTEN_OFF"  # the bank no longer collects it (baixa)
    CHANGED = "CHANGED"  # due date, amount or rebate
    PROTEST = "PROTEST"
    FEE = "FEE"
    RETURNED = "RETURNED"  # a deposit went back to whoever sent it
    FAILED = "FAILED"  # it was never credited
    REVERSED = "REVERSED"  # a boleto that was paid is owed again: the cheque came back, or the bank undid it
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A record without money for the account: told to the person who imports, never applied as a payment."""

    kind: NoticeKind
    code: str
    reasons: tuple[str, ...]
    file: str
    position: str
    account: str
    reference: str
    document_number: str
    amount: Money | None
    on: date | None


Item = PaymentEntry | Notice
