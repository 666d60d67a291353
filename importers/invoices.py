"""Open invoices from a CSV file, checked line by line before anything is sent.

UTF-8, comma or semicolon, a header line. One line is one invoice; lines with the same `case` are one case.

| column        | must be there | what is accepted                                                        |
|---------------|---------------|-------------------------------------------------------------------------|
| creditor      | yes           | the creditor's id                                                       |
| portfolio     | yes           | the portfolio's id                                                      |
| invoice       | yes           | the creditor's number, once per creditor and case                       |
| case          | no            | the creditor's case reference; the invoice's number when empty          |
| debtor        | yes           | the creditor's customer number                                          |
| name          | yes           | the debtor's name                                                       |
| email, phone  | no            | an address; a number with its country code (+52...)                     |
| country       | yes           | ISO 3166-1 alpha-2, with subdivision where law differs: MX, US-MA       |
| time_zone     | no            | IANA; the country's if it has only one                                 |
| language      | no            | es, pt, en; by country when empty                                       |
| currency      | yes           | ISO 4217; one per case                                                  |
| amount        | yes           | a decimal with a point, more than zero, no more digits than the currency has |
| due           | yes           | YYYY-MM-DD                                                              |
| strategy      | no            | consumer when empty                                                     |
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import available_timezones

from domain.money import exponent
from importers.lines import LINE_MAX, LineTooLong, text_lines
from importers.places import LANGUAGES, TIME_ZONES
from protos.escalera.v1 import bulk_pb2, words_pb2

REQUIRED = ("creditor", "portfolio", "invoice", "debtor", "name", "country", "currency", "amount", "due")
OPTIONAL = ("case", "email", "phone", "time_zone", "language", "strategy")
LINES_MAX = 2_000_000

_SHAPES = {
    "country": (re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?"), "ISO 3166-1 alpha-2, such as MX or US-MA"),
    "currency": (re.compile(r"[A-Z]{3}"), "ISO 4217, such as MXN"),
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|"), "an e-mail address, or nothing"),
    "phone": (re.compile(r"\+[1-9]\d{6,14}|"), "a number with its country code, such as +525512345678, or nothing"),
    "language": (re.compile(r"es|pt|en|"), "es, pt, en, or nothing"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineError:
    """One thing wrong with one line. Holds no value of the line, which may be personal."""

    line: int
    column: str
    problem: str
    accepted: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.problem}; accepted: {self.accepted}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A line that was found good."""

    line: int
    fields: dict[str, str]
    amount_minor: int
    due: date

    @property
    def case(self) -> tuple[str, str]:
        """The case that it belongs to: creditor, reference."""
        return self.fields["creditor"], self.fields.get("case") or self.fields["invoice"]


def read(path: Path) -> tuple[list[Invoice], list[LineError]]:
    """Return the good lines and everything that is wrong with the others."""
    with path.open(encoding="utf-8-sig", newline="") as text:
        header = text.readline(LINE_MAX)
        text.seek(0)
        reader = csv.DictReader(text_lines(text), delimiter=";" if header.count(";") > header.count(",") else ",")
        try:
            return _read(reader)
        except (csv.Error, LineTooLong) as error:
            return [], [_error(reader.line_num + 1, "(all)", f"not readable as CSV ({error})", "plain CSV")]


def _read(reader: "csv.DictReader[str]") -> tuple[list[Invoice], list[LineError]]:
    columns = [column.strip() for column in reader.fieldnames or ()]
    reader.fieldnames = columns
    errors = [
        LineError(line=1, column=column, problem="column missing", accepted="a header with it")
        for column in REQUIRED
        if column not in columns
    ]
    errors += [
        LineError(line=1, column=column[:40], problem="column unknown", accepted=", ".join((*REQUIRED, *OPTIONAL)))
        for column in columns
        if column not in REQUIRED and column not in OPTIONAL
    ]
    if errors:
        return [], errors
    good: list[Invoice] = []
    for row in reader:
        if len(good) + len(errors) >= LINES_MAX:
            return [], [_error(reader.line_num, "(all)", f"more than {LINES_MAX} lines", "several files")]
        _check(row, reader.line_num, good, errors)
    return good, errors + _clashes(good)


def _check(row: dict[str, str | None], line: int, good: list[Invoice], errors: list[LineError]) -> None:
    if None in row or None in row.values():
        errors.append(
            LineError(
                line=line, column="(all)", problem="not as many fields as the header", accepted="one field per column"
            )
        )
        return
    fields = {column: (value or "").strip() for column, value in row.items()}
    found = [_error(line, column, "empty", "a value") for column in REQUIRED if not fields[column]]
    for column, (shape, accepted) in _SHAPES.items():
        if fields.get(column) and not shape.fullmatch(fields[column]):
            found.append(_error(line, column, "not in this form", accepted))
    if fields.get("time_zone") and fields["time_zone"] not in available_timezones():
        found.append(_error(line, "time_zone", "not known", "an IANA name, such as America/Lima"))
    if not fields.get("time_zone") and _country(fields) not in TIME_ZONES:
        found.append(_error(line, "time_zone", "needed for this country", "an IANA name, such as America/Lima"))
    amount, due = _amount(fields, line, found), _due(fields, line, found)
    if found or due is None:
        errors.extend(found)
        return
    good.append(Invoice(line=line, fields=fields, amount_minor=amount, due=due))


def _amount(fields: dict[str, str], line: int, found: list[LineError]) -> int:
    digits = exponent(fields["currency"])
    accepted = f"a decimal with a point and at most {digits} digits after it, more than zero"
    if not fields["amount"]:
        return 0
    try:
        minor = Decimal(fields["amount"]).scaleb(digits)
    except InvalidOperation:
        found.append(_error(line, "amount", "not a number", accepted))
        return 0
    if not minor.is_finite() or minor != minor.to_integral_value() or not 0 < minor <= 10**17:
        found.append(_error(line, "amount", "not an amount of this currency", accepted))
        return 0
    return int(minor)


def _due(fields: dict[str, str], line: int, found: list[LineError]) -> date | None:
    if not fields["due"]:
        return None
    try:
        return date.fromisoformat(fields["due"])
    except ValueError:
        found.append(_error(line, "due", "not a date", "YYYY-MM-DD"))
        return None


def _clashes(good: Iterable[Invoice]) -> list[LineError]:
    """Find lines that cannot stand beside an earlier line of the same case."""
    errors: list[LineError] = []
    first_of: dict[tuple[str, str], Invoice] = {}
    lines: dict[tuple[tuple[str, str], str], int] = {}
    for invoice in good:
        first = first_of.setdefault(invoice.case, invoice)
        for column in ("currency", "debtor", "portfolio", "country"):
            if invoice.fields[column] != first.fields[column]:
                errors.append(
                    _error(
                        invoice.line,
                        column,
                        f"differs from line {first.line} of the same case",
                        "the same in all lines of a case",
                    )
                )
        key = (invoice.case, invoice.fields["invoice"])
        if key in lines:
            errors.append(
                _error(invoice.line, "invoice", f"is on line {lines[key]} already", "each invoice once per case")
            )
        lines.setdefault(key, invoice.line)
    return errors


def _error(line: int, column: str, problem: str, accepted: str) -> LineError:
    return LineError(line=line, column=column, problem=problem, accepted=accepted)


def items(invoices: Iterable[Invoice], *, hold: bool = True) -> Iterator[bulk_pb2.OpenCasesItem]:
    """Yield one item per case. With `hold` (the default) nobody is contacted until it is released."""
    cases: dict[tuple[str, str], list[Invoice]] = {}
    for invoice in invoices:
        cases.setdefault(invoice.case, []).append(invoice)
    for (creditor, reference), lines in cases.items():
        yield _item(creditor, reference, lines, hold=hold)


def _item(creditor: str, reference: str, lines: list[Invoice], *, hold: bool) -> bulk_pb2.OpenCasesItem:
    fields = lines[0].fields
    item = bulk_pb2.OpenCasesItem(request_id=f"import-csv:{creditor}:{reference}")
    opening = item.open
    opening.creditor_id, opening.reference, opening.portfolio = creditor, reference, fields["portfolio"]
    opening.currency, opening.country = fields["currency"], fields["country"]
    opening.time_zone = fields.get("time_zone") or TIME_ZONES[_country(fields)]
    opening.language = fields.get("language") or LANGUAGES.get(_country(fields), "en")
    opening.strategy.name = fields.get("strategy") or "consumer"
    opening.obligors.add(role=words_pb2.ROLE_PRINCIPAL).person.reference = fields["debtor"]
    scale = 10 ** exponent(fields["currency"])
    for line in lines:
        obligation = opening.obligations.add(obligation_id=line.fields["invoice"], reference=line.fields["invoice"])
        units, rest = divmod(line.amount_minor, scale)
        obligation.principal.currency_code = fields["currency"]
        obligation.principal.units, obligation.principal.nanos = units, rest * (10**9 // scale)
        obligation.due_date.year, obligation.due_date.month, obligation.due_date.day = (
            line.due.year,
            line.due.month,
            line.due.day,
        )
    _person(item, fields, opening.language, opening.time_zone)
    if hold:
        item.hold_if_open.hold_id, item.hold_if_open.authority = "import", "import"
        item.hold_if_open.reason, item.hold_if_open.scope = words_pb2.HOLD_REASON_IMPORT, words_pb2.SCOPE_ALL
    return item


def _country(fields: dict[str, str]) -> str:
    """Return the country without its subdivision."""
    return fields["country"].partition("-")[0]


def _person(item: bulk_pb2.OpenCasesItem, fields: dict[str, str], language: str, time_zone: str) -> None:
    person = item.persons.add()
    person.person_name.reference = fields["debtor"]
    person.register.name, person.register.language = fields["name"], language
    person.register.country, person.register.time_zone = fields["country"], time_zone
    for column, channel in (("email", words_pb2.CHANNEL_EMAIL), ("phone", words_pb2.CHANNEL_PHONE)):
        if fields.get(column):
            person.contact_points.add(point_id=column, channel=channel, address=fields[column])
