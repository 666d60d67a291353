"""The road-traffic-fines log (de Leoni and Mannhardt, 4TU 2015, doi:10.4121/uuid:270fd440-1057-4fb9-89a9-b699b47990f5).

A flat CSV, one row an event, rows of a case together and in order. What each activity becomes:

| activity                   | here                                                                   |
|----------------------------|------------------------------------------------------------------------|
| Create Fine                | a case with one obligation, due 60 days later (Codice della Strada 202) |
| Send Fine                  | a letter that went out, and its postage as costs                       |
| Insert Fine Notification   | a letter that arrived                                                  |
| Add penalty                | a fee: the new amount less the old one                                 |
| Payment                    | a payment (one of zero is no payment: it is counted and left out)      |
| Insert Date Appeal, Appeal to Judge, and the steps after | a dispute and its end                    |
| Send for Credit Collection | escalation to LEGAL                                                    |

A dismissed fine (`#` prefecture, `G` judge) ends as INVALID, unless it had been paid.
What is still open starts under a hold.
"""

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from importers.fine_history import History
from importers.lines import LineTooLong, text_lines
from protos.escalera.v1 import bulk_pb2, case_commands_pb2, words_pb2

CREDITOR = "polizia-locale"
PORTFOLIO = "road-traffic-fines"
ROME = ZoneInfo("Europe/Rome")
TERM_DAYS = 60
DISMISSED = {"#", "G"}
COLUMNS = {"case_id", "activity", "date", "amount", "paymentAmount", "expense", "dismissal"}
ROWS_MAX = 1_000  # of one fine; real ones have some ten

Row = dict[str, str]


@dataclass(slots=True)
class Seen:
    """What was read, for the report at the end."""

    activities: dict[str, int] = field(default_factory=dict)
    cases: int = 0
    paid_cents: int = 0
    zero_payments: int = 0

    def count(self, activity: str) -> None:
        """Count one row."""
        self.activities[activity] = self.activities.get(activity, 0) + 1


class FinesFileInvalid(Exception):
    """The file is not the log it should be; the message names the line."""


def items(path: Path, seen: Seen) -> Iterator[bulk_pb2.OpenCasesItem]:
    """Yield one item per fine, in the order of the file, counting into `seen`. Raises `FinesFileInvalid`."""
    with _open(path) as text:
        reader = csv.DictReader(text_lines(text), restval="")
        try:
            for fine, rows in _fines(reader, path.name):
                try:
                    yield _item(fine, rows, seen)
                except (ValueError, ArithmeticError, KeyError) as error:
                    place = f"{path.name}, up to line {reader.line_num}, fine {fine}"
                    raise FinesFileInvalid(f"{place}: {error}") from error
        except (UnicodeDecodeError, LineTooLong, csv.Error, EOFError, gzip.BadGzipFile, zlib.error) as error:
            place = f"{path.name}, after line {reader.line_num}"
            raise FinesFileInvalid(f"{place}: it cannot be read as a CSV in UTF-8, gzipped or not") from error


def _fines(reader: "csv.DictReader[str]", file: str) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of each fine; no more of them than a fine may have are ever kept."""
    missing = COLUMNS - set(reader.fieldnames or ())
    if missing:
        raise FinesFileInvalid(f"{file}: columns missing: {', '.join(sorted(missing))}")
    for fine, rows in groupby(reader, key=lambda row: row["case_id"]):
        kept = list(islice(rows, ROWS_MAX + 1))
        if len(kept) > ROWS_MAX:
            raise FinesFileInvalid(f"{file}, line {reader.line_num}: a fine of more than {ROWS_MAX} rows")
        yield fine, kept


def _item(fine: str, rows: list[Row], seen: Seen) -> bulk_pb2.OpenCasesItem:
    first = rows[0]
    if first["activity"] != "Create Fine":
        raise ValueError(f"the first activity is {first['activity']!r}, not 'Create Fine'")
    seen.cases += 1
    seen.count("Create Fine")
    opened = date.fromisoformat(first["date"])
    item = bulk_pb2.OpenCasesItem(
        request_id=f"import-fines:{fine}", open=_opening(fine, opened, _cents(first["amount"]))
    )
    item.effective_time.FromDatetime(_instant(opened))
    history = History(item, fine=fine, owed_cents=_cents(first["amount"]))
    for row in rows[1:]:
        _add(history, row, seen)
    if any(row["dismissal"] in DISMISSED for row in rows[1:]):
        history.dismissed()
    item.hold_if_open.CopyFrom(
        case_commands_pb2.PlaceHold(
            hold_id="import", reason=words_pb2.HOLD_REASON_IMPORT, scope=words_pb2.SCOPE_ALL, authority="import"
        )
    )
    return item


def _opening(fine: str, opened: date, cents: int) -> case_commands_pb2.OpenCase:
    due = opened + timedelta(days=TERM_DAYS)
    opening = case_commands_pb2.OpenCase(
        creditor_id=CREDITOR,
        reference=fine,
        portfolio=PORTFOLIO,
        currency="EUR",
        country="IT",
        time_zone="Europe/Rome",
        language="it",
    )
    opening.strategy.name = "consumer"
    obligation = opening.obligations.add(obligation_id="fine", reference=fine, instrument="FINE")
    obligation.principal.currency_code = "EUR"
    obligation.principal.units, obligation.principal.nanos = cents // 100, cents % 100 * 10_000_000
    obligation.due_date.year, obligation.due_date.month, obligation.due_date.day = due.year, due.month, due.day
    opening.obligors.add(role=words_pb2.ROLE_PRINCIPAL).person.reference = f"offender-of:{fine}"
    return opening


def _add(history: History, row: Row, seen: Seen) -> None:
    activity = row["activity"]
    seen.count(activity)
    history.at(_instant(date.fromisoformat(row["date"])))
    match activity:
        case "Send Fine":
            history.sent(_cents(row["expense"]))
        case "Insert Fine Notification":
            history.notified()
        case "Add penalty":
            history.penalty(_cents(row["amount"]))
        case "Payment":
            cents = _cents(row["paymentAmount"])
            seen.paid_cents += cents
            seen.zero_payments += cents == 0
            history.payment(cents)
        case "Insert Date Appeal to Prefecture" | "Send Appeal to Prefecture":
            history.appeal("prefecture")
        case "Appeal to Judge":
            history.appeal("judge")
        case "Receive Result Appeal from Prefecture":
            history.appeal_result("prefecture")
        case "Notify Result Appeal to Offender":
            history.notified()
        case "Send for Credit Collection":
            history.credit_collection()
        case _:
            raise ValueError(f"activity {activity!r} is not known")


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(12), ROME)


def _cents(text: str) -> int:
    cents = Decimal(text or "0") * 100
    if cents != cents.to_integral_value() or cents < 0:
        raise ValueError(f"{text!r} is not an amount in euros and cents")
    return int(cents)
