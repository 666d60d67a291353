"""ISO 20022 cash management: camt.052 (report), camt.053 (statement), camt.054 (notification), all versions.

Read as a stream: what is kept of a file is one entry, and for telling identical ones apart some 75 bytes of each.

- `Ntry` with several `TxDtls` becomes one entry for each transaction. Their sum is compared with the booked amount;
  where it differs the entries carry `BATCH_SUM_DIFFERS`, where the parts have no amounts the whole is one entry
  (`BATCH_NOT_SPLIT`).
- Signs come from `CdtDbtInd`; `RvslInd` marks what takes back an earlier movement.
- The counterparty of money that came in is the debtor (`Dbtr`), of money that went out the creditor; for a reversal
  the other way round, as it keeps the parties of what it reverses.
- Decimals beyond the currency's minor unit are read if they are zeros, and refused otherwise.
- Controls: opening balance + booked entries = closing balance (`OPBD` or `PRCD`, `CLBD`), `TxsSummry`, `Btch`.
- Ids come from the account servicer's references where there are any, else from everything told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO, assert_never

from domain.money import Money
from importers.payment_files.camt_entry import Booking, account_of, amount_at, booked, transactions
from importers.payment_files.camt_walk import Closed, Entry, Fields, Statement, walk
from importers.payment_files.entry import PaymentEntry, Standing
from importers.payment_files.summary import ControlKind, Summary

_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)


@dataclass(slots=True)
class _Statement:
    """A statement while its entries are read, with the totals that its controls are compared with."""

    booking: Booking
    told: Statement
    booked: dict[str, int]
    credits: int = 0
    debits: int = 0
    came_in: int = 0
    went_out: int = 0
    currencies: set[str] = field(default_factory=set)

    def add(self, amount: Money, standing: Standing) -> None:
        """Count an `Ntry`."""
        self.currencies.add(amount.currency)
        if amount.minor < 0:
            self.debits += 1
            self.went_out -= amount.minor
        else:
            self.credits += 1
            self.came_in += amount.minor
        if standing is Standing.BOOKED:
            self.booked[amount.currency] = self.booked.get(amount.currency, 0) + amount.minor


def read(source: BinaryIO, seen: Summary) -> Iterator[PaymentEntry]:
    """Yield the entries in the order of the file, counting into `seen`. Raises `PaymentFileInvalid`."""
    current: _Statement | None = None
    for record in walk(source, seen.file):
        match record:
            case Entry():
                assert current is not None, "the walk tells the statement before its entries"
                whole = booked(record, current.booking)
                current.add(whole.amount, whole.standing)
                for entry in transactions(record, whole, current.booking):
                    seen.count(entry)
                    yield entry
            case Statement():
                seen.statements += 1
                current = _Statement(_booking(record, seen), record, {})
            case Closed():
                assert current is not None, "a statement ends after it began"
                _check(current)
            case _:
                assert_never(record)
    seen.complete = True


def _booking(told: Statement, seen: Summary) -> Booking:
    fields = told.fields
    account = account_of(fields, "Acct/Id")
    booking = Booking(seen, fields.get("Id", ""), account, fields.get("Acct/Ccy", ""))
    if not account:
        raise booking.invalid(told.line, "the statement does not say of which account (Acct/Id)")
    if not booking.statement_id:
        raise booking.invalid(told.line, "the statement has no Id")
    return booking


def _check(statement: _Statement) -> None:
    """Compare the totals that the statement states with what was read."""
    told, booking = statement.told, statement.booking
    seen, place = booking.seen, f"statement at line {told.line}"
    opening, closing = _balance(told, _OPENING, booking), _balance(told, _CLOSING, booking)
    if opening is not None and closing is not None:
        others = [currency for currency in statement.booked if currency != opening.currency]
        moved = statement.booked.get(opening.currency, 0)
        found = Money(opening.minor + moved, opening.currency)
        seen.check(ControlKind.CLOSING_BALANCE, place=place, stated=closing, found=found)
        for currency in others:
            seen.check(
                ControlKind.CLOSING_BALANCE,
                place=f"{place}, entries in another currency than its balances",
                stated=Money(0, currency),
                found=Money(statement.booked[currency], currency),
            )
    _check_summary(statement, place)


def _check_summary(statement: _Statement, place: str) -> None:
    """Compare the transactions summary: numbers of entries, and sums where all are in one currency."""
    told, booking = statement.told, statement.booking
    for name, count, total in (
        ("TtlNtries", statement.credits + statement.debits, statement.came_in + statement.went_out),
        ("TtlCdtNtries", statement.credits, statement.came_in),
        ("TtlDbtNtries", statement.debits, statement.went_out),
    ):
        path = f"TxsSummry/{name}/NbOfNtries"
        if (text := told.fields.get(path)) is not None:
            if not (text.isascii() and text.isdigit()):
                raise booking.invalid(told.line, f"{path} is not a number")
            booking.seen.check(ControlKind.ENTRIES_COUNT, place=f"{place}, {path}", stated=int(text), found=count)
        path = f"TxsSummry/{name}/Sum"
        if path in told.fields and len(statement.currencies) == 1:
            (currency,) = statement.currencies
            stated = amount_at(told.fields, path, replace(booking, currency=currency), told.line)
            assert stated is not None, "the path is there"
            found = Money(total, currency)
            booking.seen.check(ControlKind.ENTRIES_SUM, place=f"{place}, {path}", stated=stated, found=found)


def _balance(told: Statement, kinds: tuple[str, ...], booking: Booking) -> Money | None:
    for kind in kinds:
        for fields in told.balances:
            if _kind(fields) == kind:
                amount = amount_at(fields, "Amt", booking, told.line)
                if amount is not None:
                    return -amount if fields.get("CdtDbtInd") == "DBIT" else amount
    return None


def _kind(fields: Fields) -> str:
    return fields.get("Tp/CdOrPrtry/Cd") or fields.get("Tp/Cd") or ""
