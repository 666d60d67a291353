"""The closed vocabularies of bank entries that wait for a person. Values are a wire format: add, never rename."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Sign(StrEnum):
    """What speaks for a case as the one that an entry pays."""

    RF_REFERENCE = "RF_REFERENCE"  # the case's own ISO 11649 reference, check digits and all
    VIRTUAL_ACCOUNT = "VIRTUAL_ACCOUNT"  # it was paid into an account that is this case's alone
    EXACT_REFERENCE = "EXACT_REFERENCE"  # the structured reference or the document number is the case's reference
    END_TO_END_ID = "END_TO_END_ID"  # the payer's own id is the case's reference
    REFERENCE_IN_TEXT = "REFERENCE_IN_TEXT"  # the case's reference, of six characters or more, is a word of the text
    SHORT_REFERENCE_IN_TEXT = "SHORT_REFERENCE_IN_TEXT"  # as before, but shorter
    EXACT_OBLIGATION = "EXACT_OBLIGATION"  # the structured reference or the document number is an obligation's
    OBLIGATION_IN_TEXT = "OBLIGATION_IN_TEXT"  # an obligation's reference, of six characters or more, is in the text
    OBLIGATION_NAMED = "OBLIGATION_NAMED"  # an obligation is named beside what led to the case
    PAYMENT_NAMED = "PAYMENT_NAMED"  # a reversal names a payment of the case by its ids
    AMOUNT_IS_BALANCE = "AMOUNT_IS_BALANCE"
    AMOUNT_IS_INSTALLMENT = "AMOUNT_IS_INSTALLMENT"  # of a plan, a promise, a settlement, or one obligation's balance
    PAYER_IS_OBLIGOR = "PAYER_IS_OBLIGOR"  # whoever paid has the name of somebody bound to the debt


class Why(StrEnum):
    """Why an entry waits for a person."""

    NO_CASE = "NO_CASE"  # nothing in it leads to a case
    AMBIGUOUS = "AMBIGUOUS"  # more than one case, none clearly before the others
    NOT_CLEAR = "NOT_CLEAR"  # one case, but too little speaks for it
    CURRENCY_DIFFERS = "CURRENCY_DIFFERS"
    CASE_CLOSED = "CASE_CLOSED"
    DOUBTFUL = "DOUBTFUL"  # the file itself raises a doubt about the entry
    TOLD_BEFORE = "TOLD_BEFORE"  # another file told an entry that nothing tells apart from this one
    NO_SUCH_PAYMENT = "NO_SUCH_PAYMENT"  # a reversal, and no single payment is the one that it takes back
    REFUSED = "REFUSED"  # the case said no


class EntryStands(StrEnum):
    """Where an entry stands."""

    WAITING = "WAITING"  # for a person
    MATCHED = "MATCHED"  # a case was paid with it, or gave it back
    RETURNED = "RETURNED"  # the money goes back to whoever sent it
    DISMISSED = "DISMISSED"  # there is nothing to do about it: told twice, or not ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case that an entry may pay, and what speaks for it."""

    case_id: UUID
    points: int
    signs: tuple[Sign, ...]
