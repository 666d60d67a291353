"""One movement of a boleto as a CNAB return tells it, before anything is made of it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CnabRecord:
    """The fields of a detail: texts stripped, amounts in centavos, dates read.

    `paid` is what the bank says was received; where a bank states it after its own fee (Itaú), `fee_taken_out` is set.
    """

    line: int
    bank: str  # compensation code of the bank that wrote the file
    agency: str
    account: str
    our_number: str
    document_number: str
    company_use: str
    occurrence: str
    occurred_on: date | None
    due_on: date | None
    credited_on: date | None
    title: int
    fee: int
    iof: int
    rebate: int
    discount: int
    paid: int
    net: int | None  # what is credited, where the layout states it
    interest: int
    other_credits: int
    receiving_bank: str
    receiving_agency: str
    wallet: str
    species: str
    reasons: tuple[str, ...]
    payer: str
    fee_taken_out: bool = False
