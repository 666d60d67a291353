"""The lines of a CNAB return, filled up to their width, and its details as records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from importers.payment_files.amounts import cents_of, compact_day_of
from importers.payment_files.cnab_layouts import (
    CBR643,
    LAYOUTS_400,
    NONE,
    TITLES_240,
    USUAL_240,
    Layout400,
    Span,
    Titles240,
)
from importers.payment_files.cnab_record import CnabRecord
from importers.payment_files.refusal import PaymentFileInvalid


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, and its text filled up with blanks (banks and editors trim them)."""

    file: str
    number: int
    text: str

    def at(self, span: Span) -> str:
        """Return the text of a field without the blanks around it."""
        return self.text[span[0] : span[1]].strip()

    def cents(self, span: Span, name: str) -> int:
        """Read an amount in centavos."""
        try:
            return cents_of(self.text[span[0] : span[1]])
        except ValueError as error:
            raise self.invalid(f"{name}, columns {span[0] + 1}-{span[1]}: {error}") from None

    def day(self, span: Span, name: str) -> date | None:
        """Read a date; None if it is blank or zeros."""
        try:
            return compact_day_of(self.text[span[0] : span[1]])
        except ValueError as error:
            raise self.invalid(f"{name}, columns {span[0] + 1}-{span[1]}: {error}") from None

    def pairs(self, span: Span) -> tuple[str, ...]:
        """Read reasons of two characters each, without zeros and blanks."""
        text = self.text[span[0] : span[1]]
        found = (text[place : place + 2] for place in range(0, len(text), 2))
        return tuple(pair for pair in found if pair.strip() not in {"", "0", "00"})

    def number_at(self, span: Span) -> int | None:
        """Read a count; None if there is none."""
        text = self.at(span)
        return int(text) if text.isascii() and text.isdigit() else None

    def invalid(self, problem: str) -> PaymentFileInvalid:
        """Return the refusal of this line."""
        return PaymentFileInvalid(file=self.file, place=f"line {self.number}", problem=problem)


def lines_of(source: BinaryIO, file: str, *, width: int, encoding: str) -> Iterator[Line]:
    """Yield the lines that are not empty. UTF-8, else Latin-1, unless `encoding` says otherwise."""
    # One byte more than could be right: the rest of a giant is not read.
    for number, raw in enumerate(iter(lambda: source.readline(width * 4 + 1), b""), 1):
        if len(raw) > width * 4:
            raise PaymentFileInvalid(file=file, place=f"line {number}", problem=f"longer than {width} columns")
        text = _decoded(raw, encoding, file, number).rstrip("\r\n\x1a")
        if not text.strip():
            continue
        if len(text.rstrip()) > width:
            raise PaymentFileInvalid(file=file, place=f"line {number}", problem=f"longer than {width} columns")
        yield Line(file, number, text.ljust(width))


def layout_240(bank: str) -> Titles240:
    """Return where the bank's segment T has its fields."""
    return TITLES_240.get(bank, USUAL_240)


def layout_400(bank: str, record_type: str) -> Layout400 | None:
    """Return the bank's detail layout; None if it is not known."""
    return CBR643 if (bank, record_type) == ("001", "7") else LAYOUTS_400.get(bank)


def record_240(titles: Line, values: Line) -> CnabRecord:
    """Read a pair of segments T and U."""
    bank = titles.text[:3]
    at = layout_240(bank)
    return CnabRecord(
        line=titles.number,
        bank=bank,
        agency=titles.at(at.agency),
        account=titles.at(at.account),
        our_number=titles.at(at.our_number),
        document_number=titles.at(at.document_number),
        company_use=titles.at(at.company_use),
        occurrence=titles.text[15:17],
        occurred_on=values.day((137, 145), "date of the occurrence"),
        due_on=titles.day(at.due, "due date"),
        credited_on=values.day((145, 153), "date of the credit"),
        title=titles.cents(at.title, "amount of the boleto"),
        fee=titles.cents(at.fee, "fee"),
        iof=values.cents((62, 77), "IOF"),
        rebate=values.cents((47, 62), "rebate"),
        discount=values.cents((32, 47), "discount"),
        paid=values.cents((77, 92), "amount paid"),
        net=values.cents((92, 107), "amount credited"),
        interest=values.cents((17, 32), "interest"),
        other_credits=values.cents((122, 137), "other credits"),
        receiving_bank=titles.at(at.receiving_bank),
        receiving_agency=titles.at(at.receiving_agency),
        wallet=titles.at(at.wallet),
        species="",
        reasons=titles.pairs(at.reasons),
        payer=titles.at(at.payer),
    )


def record_400(line: Line, bank: str, at: Layout400) -> CnabRecord:
    """Read a detail of 400 columns."""
    return CnabRecord(
        line=line.number,
        bank=bank,
        agency=line.at(at.agency),
        account=line.at(at.account),
        our_number=line.at(at.our_number),
        document_number=line.at(at.document_number),
        company_use=line.at(at.company_use),
        occurrence=line.at(at.occurrence),
        occurred_on=line.day(at.occurred, "date of the occurrence"),
        due_on=line.day(at.due, "due date"),
        credited_on=line.day(at.credited, "date of the credit"),
        title=line.cents(at.title, "amount of the boleto"),
        fee=line.cents(at.fee, "fee"),
        iof=line.cents(at.iof, "IOF"),
        rebate=line.cents(at.rebate, "rebate"),
        discount=line.cents(at.discount, "discount"),
        paid=line.cents(at.paid, "amount paid"),
        net=line.cents(at.net, "amount credited") if at.net != NONE else None,
        interest=line.cents(at.interest, "interest"),
        other_credits=line.cents(at.other_credits, "other credits"),
        receiving_bank=line.at(at.receiving_bank),
        receiving_agency=line.at(at.receiving_agency),
        wallet=line.at(at.wallet),
        species=line.at(at.species),
        reasons=line.pairs(at.reasons),
        payer=line.at(at.payer),
        fee_taken_out=at.fee_taken_out,
    )


def _decoded(raw: bytes, encoding: str, file: str, number: int) -> str:
    try:
        return raw.decode(encoding or "utf-8")
    except (UnicodeDecodeError, LookupError):
        if encoding:
            problem = f"it cannot be read as {encoding}"
            raise PaymentFileInvalid(file=file, place=f"line {number}", problem=problem) from None
        return raw.decode("latin-1")
