"""CNAB returns of Brazilian boletos (arquivo retorno de cobrança), 240 and 400 columns.

- 240: FEBRABAN's segments T and U, in pairs; other segments are counted as skipped.
- 400: Banco do Brasil (CBR643), Banco do Nordeste, Santander, Banrisul, BRB, Credisis, Bradesco, Itaú, Unicred. Another
  bank's file is refused: its columns are not known.
- Only liquidations are entries (`cnab_occurrence`, `cnab_layouts`); registrations, rejections, write-offs, protests and
  fees are notices.
- The amount is what the payer paid; what the bank keeps of it is `charges`. Itaú states what it credits after its fee:
  the fee is added back.
- Booked on the day of the occurrence, valued on the day of the credit.
- Trimmed lines are filled up with blanks.
- Controls: lines of the lot and of the file (240), number of the last line (400), details (Itaú).
- A remittance (arquivo remessa) is refused: it holds what was asked of the bank.
"""

from collections.abc import Iterator
from typing import BinaryIO

from domain.money import Money
from importers.payment_files.cnab_layouts import NONE
from importers.payment_files.cnab_lines import Line, layout_400, lines_of, record_240, record_400
from importers.payment_files.cnab_occurrence import LIQUIDATIONS_240, notice_kind
from importers.payment_files.cnab_record import CnabRecord
from importers.payment_files.entry import Doubt, FileFormat, IdentifiedBy, Item, Notice, PaymentEntry, Standing
from importers.payment_files.identity import Repeats, entry_id
from importers.payment_files.options import ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import ControlKind, Summary


def read_240(source: BinaryIO, seen: Summary, options: ReadOptions) -> Iterator[Item]:
    """Yield entries and notices of a return of 240 columns. Raises `PaymentFileInvalid`."""
    repeats, statement = Repeats(), ""
    for found in records_240(source, seen, options):
        if isinstance(found, str):
            statement = found
            continue
        item = _item(found, seen, repeats, statement, FileFormat.CNAB240, LIQUIDATIONS_240)
        seen.count(item)
        yield item


def read_400(source: BinaryIO, seen: Summary, options: ReadOptions) -> Iterator[Item]:
    """Yield entries and notices of a return of 400 columns. Raises `PaymentFileInvalid`."""
    repeats, statement = Repeats(), ""
    for found in records_400(source, seen, options):
        if isinstance(found, str):
            statement = found
            continue
        record, liquidations = found
        item = _item(record, seen, repeats, statement, FileFormat.CNAB400, liquidations)
        seen.count(item)
        yield item


def records_240(source: BinaryIO, seen: Summary, options: ReadOptions) -> Iterator[CnabRecord | str]:
    """Yield the name of the file as its header tells it, then its details; check its trailers."""
    titles: Line | None = None
    total, in_lot, closed = 0, 0, False
    for line in lines_of(source, seen.file, width=240, encoding=options.encoding):
        total, kind = total + 1, line.text[7]
        if (total == 1) is not (kind == "0"):
            raise line.invalid("a header of the file (record 0) is due first, and only there")
        in_lot = 1 if kind == "1" else in_lot + 1
        match kind:
            case "0":
                yield _header_240(line)
                seen.statements += 1
            case "3" if line.text[13] == "T":
                if titles is not None:
                    raise line.invalid("two segments T without a segment U between them")
                titles = line
            case "3" if line.text[13] == "U":
                if titles is None or titles.text[15:17] != line.text[15:17]:
                    raise line.invalid("a segment U without the segment T that it belongs to")
                yield record_240(titles, line)
                titles = None
            case "3":
                seen.records_skipped[f"segment {line.text[13]}"] += 1
            case "5":
                _count(seen, line, (17, 23), in_lot)
            case "9":
                _count(seen, line, (23, 29), total)
                closed = True
            case "1":
                _refuse_remittance(line, line.text[8] == "R")
            case "2" | "4":
                pass
            case _:
                raise line.invalid("column 8 is not a kind of record (0-5, 9)")
    if titles is not None or not closed:
        raise PaymentFileInvalid(file=seen.file, place=f"after {total} lines", problem=_CUT_OFF)
    seen.complete = True


def records_400(
    source: BinaryIO, seen: Summary, options: ReadOptions
) -> Iterator[tuple[CnabRecord, frozenset[str]] | str]:
    """Yield the name of the file as its header tells it, then its details with the codes that are liquidations."""
    bank, total, details, closed = "", 0, 0, False
    details_at = NONE
    for line in lines_of(source, seen.file, width=400, encoding=options.encoding):
        total, kind = total + 1, line.text[0]
        if (total == 1) is not (kind == "0"):
            raise line.invalid("a header of the file (record 0) is due first, and only there")
        match kind:
            case "0":
                bank = _header_400(line, options)
                seen.statements += 1
                yield f"{bank}-{line.at((94, 100))}"
            case "1" | "7":
                layout = layout_400(bank, kind)
                if layout is None or layout.record_type != kind:
                    raise line.invalid(f"the columns of bank {bank}, record {kind}, are not known")
                details, details_at = details + 1, layout.details_count
                yield record_400(line, bank, layout), layout.liquidations
            case "9":
                _count(seen, line, (394, 400), total)
                if details_at != NONE and (stated := line.number_at(details_at)) is not None:
                    place = f"line {line.number}"
                    seen.check(ControlKind.ENTRIES_COUNT, place=place, stated=stated, found=details)
                closed = True
            case _:
                seen.records_skipped[f"record {kind}"] += 1
    if not closed:
        raise PaymentFileInvalid(file=seen.file, place=f"after {total} lines", problem=_CUT_OFF)
    seen.complete = True


_CUT_OFF = "the trailer of the file (record 9) is missing: the file is cut off"


def _header_240(line: Line) -> str:
    _refuse_remittance(line, line.text[142:145].isdigit() and line.text[142] == "1")
    return f"{line.text[:3]}-{line.at((143, 151))}-{line.at((157, 163))}"


def _refuse_remittance(line: Line, is_one: bool) -> None:
    if is_one:
        raise line.invalid("it is a remittance, not a return: it holds no payments")


def _header_400(line: Line, options: ReadOptions) -> str:
    if not line.text.startswith("02RETORNO"):
        raise line.invalid("it is not a return (02RETORNO): a remittance holds no payments")
    bank = options.bank or line.text[76:79]
    if not (bank.isascii() and bank.isdigit()):
        raise line.invalid("columns 77-79 do not hold the code of a bank")
    return bank


def _told(text: str) -> str:
    """Return the text, or nothing where a bank fills a field with zeros."""
    return text if text.strip("0") else ""


def _count(seen: Summary, line: Line, span: tuple[int, int], found: int) -> None:
    stated = line.number_at(span)
    if stated is not None:
        seen.check(ControlKind.LINES_COUNT, place=f"line {line.number}", stated=stated, found=found)


def _item(
    record: CnabRecord,
    seen: Summary,
    repeats: Repeats,
    statement: str,
    file_format: FileFormat,
    liquidations: frozenset[str],
) -> Item:
    account = "/".join(part for part in (record.bank, record.agency, record.account) if part)
    document = _told(record.document_number) or _told(record.company_use)
    paid = record.paid + (record.fee if record.fee_taken_out else 0)
    if record.occurrence not in liquidations or record.paid == 0:
        return Notice(
            kind=notice_kind(
                record.occurrence, bank=record.bank, columns=240 if file_format is FileFormat.CNAB240 else 400
            ),
            code=record.occurrence,
            reasons=record.reasons,
            file=seen.file,
            position=f"line {record.line}",
            account=account,
            reference=record.our_number,
            document_number=document,
            amount=Money(paid if record.paid else record.title, "BRL"),
            on=record.occurred_on,
        )
    kept = record.fee if record.net is None else record.paid - record.net
    identity = (account, record.our_number, record.occurrence, str(record.occurred_on), str(record.credited_on))
    return PaymentEntry(
        entry_id=entry_id(repeats, "cnab", *identity, str(paid)),
        identified_by=IdentifiedBy.REFERENCE if record.our_number.strip("0") else IdentifiedBy.CONTENT,
        file_format=file_format,
        file=seen.file,
        position=f"line {record.line}",
        account=account,
        statement_id=statement,
        standing=Standing.BOOKED,
        amount=Money(paid, "BRL"),
        booked_on=record.occurred_on,
        value_on=record.credited_on,
        entry_reference=record.our_number,
        structured_reference=record.our_number,
        document_number=document,
        counterparty_name=_told(record.payer),
        bank_transaction_code=record.occurrence,
        charges=Money(kept, "BRL") if kept > 0 else None,
        doubts=() if record.occurred_on or record.credited_on else (Doubt.NO_DATE,),
    )
