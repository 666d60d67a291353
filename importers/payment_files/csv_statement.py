"""Bank statements as CSV, where nothing better is to be had.

A header line, and one line for each movement. Separator: comma, semicolon, tab or bar, whichever the header is divided
by. Columns are known by these names, in any order and case; others are left alone.

| column       | must be there | names                                                                     |
|--------------|---------------|---------------------------------------------------------------------------|
| date         | yes           | date, booking date, fecha, fecha operacion, data                          |
| amount       | yes, or the next two | amount, monto, importe, valor: below zero goes out                 |
| credit, debit | instead of amount | credit, abono, credito, haber; debit, cargo, debito, debe: no sign    |
| currency     | no            | currency, moneda, divisa, moeda; else as given with the import            |
| account      | no            | account, cuenta, conta; else as given with the import                     |
| value date   | no            | value date, fecha valor, data valor                                       |
| reference    | no            | reference, referencia: the bank's, one for each movement                  |
| document     | no            | document, invoice, documento, factura, folio, nosso numero                |
| name         | no            | name, payer, nombre, ordenante, nome, pagador                             |
| other account | no           | counterparty account, iban, clabe, cuenta ordenante, conta origem         |
| description  | no            | description, concept, concepto, descripcion, descricao, historico         |

Dates are ISO, or day first with `DateOrder.DAY_FIRST`. The decimal separator is found out from the first amount that
shows it (1.234,56); a file whose amounts never do (1.234) is refused until it is given with the import.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import TextIOWrapper
from typing import BinaryIO, TextIO

from domain.money import Money, exponent
from importers.lines import LINE_MAX, LineTooLong, text_lines
from importers.payment_files.amounts import money_of
from importers.payment_files.entry import FileFormat, IdentifiedBy, PaymentEntry, Standing
from importers.payment_files.identity import Repeats, entry_id
from importers.payment_files.options import DateOrder, ReadOptions
from importers.payment_files.refusal import PaymentFileInvalid
from importers.payment_files.summary import Summary

NAMES = {
    "date": ("date", "booking date", "fecha", "fecha operacion", "fecha de operacion", "data"),
    "amount": ("amount", "monto", "importe", "valor"),
    "credit": ("credit", "abono", "credito", "haber"),
    "debit": ("debit", "cargo", "debito", "debe"),
    "currency": ("currency", "moneda", "divisa", "moeda"),
    "account": ("account", "cuenta", "conta"),
    "value date": ("value date", "fecha valor", "data valor"),
    "reference": ("reference", "referencia"),
    "document": ("document", "invoice", "documento", "factura", "folio", "nosso numero"),
    "name": ("name", "payer", "nombre", "ordenante", "nome", "pagador"),
    "other account": ("counterparty account", "iban", "clabe", "cuenta ordenante", "conta origem"),
    "description": ("description", "concept", "concepto", "descripcion", "descricao", "historico"),
}
_COLUMN = {name: column for column, names in NAMES.items() for name in names}
_SEPARATORS = ",;\t|"
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d*(?:\.\d*)?"),
    ",": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d*(?:,\d*)?"),
}
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Columns:
    """The header: which of our columns stands where, and what divides them."""

    separator: str
    count: int
    places: dict[str, int]

    @property
    def enough(self) -> bool:
        """Whether there is a date and an amount."""
        return "date" in self.places and ("amount" in self.places or {"credit", "debit"} <= set(self.places))


def columns_of(header: str) -> Columns:
    """Read the header line with the separator that makes most of it."""
    return max((_divided(header, separator) for separator in _SEPARATORS), key=lambda columns: len(columns.places))


def read(source: BinaryIO, seen: Summary, options: ReadOptions) -> Iterator[PaymentEntry]:
    """Yield the entries in the order of the file, counting into `seen`. Raises `PaymentFileInvalid`.

    `source` is read twice where the decimal separator is not given, so it must be able to go back.
    """
    reading = _Reading(seen.file, options)
    decimal = options.decimal or _decimal(source, reading)
    source.seek(0)
    repeats = Repeats()
    seen.statements = 1
    for line, row in reading.rows(source):
        entry = _entry(reading, line, row, decimal, repeats)
        seen.count(entry)
        yield entry
    seen.complete = True


Row = dict[str, str]


@dataclass(slots=True)
class _Reading:
    file: str
    options: ReadOptions

    def rows(self, source: BinaryIO) -> Iterator[tuple[int, Row]]:
        """Yield number and fields of every line that is not empty."""
        text = TextIOWrapper(source, encoding=self.options.encoding or "utf-8-sig", newline="")
        try:
            yield from self._rows(text)
        except LineTooLong as error:
            raise self.invalid(error.line, "line", f"longer than {LINE_MAX} characters") from None
        except (UnicodeDecodeError, LookupError):
            name = self.options.encoding or "UTF-8"
            raise PaymentFileInvalid(file=self.file, place="", problem=f"it cannot be read as {name}") from None
        finally:
            text.detach()

    def _rows(self, text: TextIO) -> Iterator[tuple[int, Row]]:
        lines = text_lines(text)
        columns = columns_of(next(lines, ""))
        if not columns.enough:
            raise self.invalid(1, "header", "no column for the date, or none for the amount")
        reader = csv.reader(lines, delimiter=columns.separator, strict=True)
        try:
            for row in reader:
                line = reader.line_num + 1
                if not any(field.strip() for field in row):
                    continue
                # An amount of 1,5 without quotation marks would fall apart into two columns.
                if len(row) < columns.count or any(row[columns.count :]):
                    raise self.invalid(line, "line", f"{len(row)} columns, where the header has {columns.count}")
                yield line, {name: row[place].strip() for name, place in columns.places.items()}
        except csv.Error as error:
            raise self.invalid(reader.line_num + 1, "line", f"it does not read as CSV ({error})") from None

    def invalid(self, line: int, column: str, problem: str, accepted: str = "") -> PaymentFileInvalid:
        """Return the refusal of a line's column."""
        return PaymentFileInvalid(file=self.file, place=f"line {line}, {column}", problem=problem, accepted=accepted)


def _divided(header: str, separator: str) -> Columns:
    try:
        fields = next(csv.reader([header], delimiter=separator), [])
    except csv.Error:
        return Columns(separator, 0, {})
    places: dict[str, int] = {}
    for place, field in enumerate(fields):
        if column := _COLUMN.get(_plain(field)):
            places.setdefault(column, place)
    return Columns(separator, len(fields), places)


def _plain(text: str) -> str:
    """Return a column's name without accents, case and underscores."""
    letters = unicodedata.normalize("NFD", text.strip().lstrip("\ufeff").lower().replace("_", " "))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _decimal(source: BinaryIO, reading: _Reading) -> str:
    """Find out which of point and comma divides the decimals. A separator before three digits may be either."""
    unsure = 0
    for line, row in reading.rows(source):
        for column in ("amount", "credit", "debit"):
            marks = [mark for mark in row.get(column, "") if mark in ".,"]
            if not marks:
                continue
            if len(set(marks)) == 2:
                return marks[-1]
            if len(marks) > 1:
                return "." if marks[0] == "," else ","
            if len(re.sub(r"\D", "", row[column].rpartition(marks[0])[2])) != 3:
                return marks[0]
            unsure = unsure or line
    if unsure:
        problem = "no amount of the file shows whether point or comma divides the decimals"
        raise reading.invalid(unsure, "amount", problem, accepted="the decimal separator given with the import")
    return "."


def _entry(reading: _Reading, line: int, row: Row, decimal: str, repeats: Repeats) -> PaymentEntry:
    options = reading.options
    currency = row.get("currency") or options.currency
    if not currency:
        raise reading.invalid(line, "currency", "missing", accepted="a currency, in the file or given with the import")
    account = row.get("account") or options.account
    if not account:
        raise reading.invalid(line, "account", "missing", accepted="an account, in the file or given with the import")
    amount = _amount(reading, line, row, decimal, currency)
    booked_on = _day(reading, line, row, "date")
    value_on = _day(reading, line, row, "value date") if row.get("value date") else booked_on
    reference = row.get("reference", "")
    identity = [account, reference, str(amount), str(booked_on)]
    if not reference:
        identity += [row.get(name, "") for name in ("document", "name", "other account", "description")]
    return PaymentEntry(
        entry_id=entry_id(repeats, "csv", *identity),
        identified_by=IdentifiedBy.REFERENCE if reference else IdentifiedBy.CONTENT,
        file_format=FileFormat.CSV,
        file=reading.file,
        position=f"line {line}",
        account=account,
        statement_id="",
        standing=Standing.BOOKED,
        amount=amount,
        booked_on=booked_on,
        value_on=value_on,
        entry_reference=reference,
        document_number=row.get("document", ""),
        remittance=row.get("description", ""),
        counterparty_name=row.get("name", ""),
        counterparty_account=row.get("other account", ""),
    )


def _amount(reading: _Reading, line: int, row: Row, decimal: str, currency: str) -> Money:
    if "amount" in row:
        return _read(reading, line, "amount", row["amount"], decimal, currency, signed=True)
    credit, debit = (row.get(name, "") for name in ("credit", "debit"))
    if bool(credit) is bool(debit):
        zeros = [name for name in (credit, debit) if not name.strip("0.,")]
        if not (credit and zeros):
            raise reading.invalid(line, "credit, debit", "both or neither of them are filled")
        credit, debit = ("", debit) if not credit.strip("0.,") else (credit, "")
    if credit:
        return _read(reading, line, "credit", credit, decimal, currency, signed=False)
    return -_read(reading, line, "debit", debit, decimal, currency, signed=False)


def _read(reading: _Reading, line: int, column: str, text: str, decimal: str, currency: str, *, signed: bool) -> Money:
    bare = text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", "").replace(" ", "").lstrip("$")
    minus = signed and bare.startswith("-")
    digits = bare.removeprefix("-").removeprefix("$") if signed else bare
    if signed:
        digits = digits.removeprefix("+")
    grouping = "," if decimal == "." else "."
    accepted = f"digits, {decimal!r} and at most {exponent(currency)} decimals"
    if not digits or not _GROUPED[decimal].fullmatch(digits):
        raise reading.invalid(line, column, f"not an amount with {decimal!r} before its decimals", accepted)
    try:
        size = money_of(digits.replace(grouping, "").replace(decimal, "."), currency)
    except ValueError as error:
        raise reading.invalid(line, column, str(error), accepted) from None
    return -size if minus else size


def _day(reading: _Reading, line: int, row: Row, column: str) -> date:
    text, day_first = row[column], reading.options.dates is DateOrder.DAY_FIRST
    if day_first:
        found = _DAY_FIRST.fullmatch(text)
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else ""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        accepted = "dd/mm/yyyy" if day_first else "yyyy-mm-dd"
        raise reading.invalid(line, column, "not a date", accepted) from None
