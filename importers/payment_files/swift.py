"""The `mt940` package behind one typed function: a statement's text in, its statement lines and balances out.

Its corrections over release 5.0.0 are all switched on (sign of a reversed credit, long details, the counterparty's IBAN
apart from its name). Two of its habits are not ours: it merges a `:61:` without a transaction type into the one before
it, and it writes what it cannot read, which may be personal, to its log.
"""

import logging
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

import mt940

_NO_TYPE = "none"
logging.getLogger("mt940").setLevel(logging.CRITICAL)


class _Unreadable(Exception):
    """A tag that does not read; `value` is its text, for finding the line."""

    def __init__(self, tag: str, value: str) -> None:
        self.tag, self.value = tag, value
        super().__init__(tag)


StatementUnreadable = _Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class SwiftBalance:
    """A balance as it stands in the file; the currency may be no currency at all."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwiftLine:
    """A `:61:` with its `:86:`. Texts are stripped; "" where nothing is told."""

    amount: Decimal
    currency: str
    mark: str
    value_on: date | None
    booked_on: date | None
    texts: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SwiftStatement:
    """From one `:20:` to the next."""

    texts: dict[str, str]
    lines: tuple[SwiftLine, ...]
    balances: dict[str, SwiftBalance]
    sums: dict[str, tuple[int, SwiftBalance]]
    interim: bool


def _tag(kind: type[mt940.tags.Statement]) -> mt940.tags.Statement:
    class Typed(kind):  # type: ignore[valid-type,misc]  # a class made for each of the package's three layouts
        text = ""

        def parse(self, transactions: Any, value: str) -> dict[str, str | None]:
            self.text = value
            return cast("dict[str, str | None]", super().parse(transactions, value))

        def __call__(self, transactions: Any, value: dict[str, Any]) -> dict[str, object]:
            try:
                found = cast("dict[str, object]", super().__call__(transactions, value))
            except (ValueError, ArithmeticError):  # a day or amount that there is not; said as for a line of no sense
                raise RuntimeError("", self, self.text) from None
            return {**found, "id": found.get("id") or _NO_TYPE}

    made = Typed()
    type(made).slug = "statement"
    return made


_USUAL, _ASN, _GLS = (_tag(kind) for kind in (mt940.tags.Statement, mt940.tags.StatementASNB, mt940.tags.StatementGLS))


def parse(text: str) -> SwiftStatement:
    """Parse one statement. Raises `StatementUnreadable`.

    ASN Bank writes an IBAN where SWIFT has room for 16 characters, GLS longer references still: their layouts are tried
    where the usual one does not fit.
    """
    layouts = (_ASN, _USUAL, _GLS) if "ASNB" in text[:400] else (_USUAL, _ASN, _GLS)
    failure: _Unreadable | None = None
    for layout in layouts:
        found = mt940.models.Transactions(tags={61: layout}, options=mt940.Options.all())
        try:
            found.parse(text)
        except RuntimeError as error:
            _, tag, value = (*error.args, None, "")[:3]
            failure = failure or _Unreadable(f":{getattr(tag, 'id', '?')}:", str(value))
            if getattr(tag, "id", None) != 61:
                break
        except (ValueError, ArithmeticError, KeyError, TypeError, AttributeError):
            failure = failure or _Unreadable("", "")
            break
        else:
            return _statement(found)
    assert failure is not None, "a layout either reads or fails"
    raise failure from None


def _statement(found: mt940.models.Transactions) -> SwiftStatement:
    data = found.data
    balances = {key: balance for key, value in data.items() if (balance := _balance(value)) is not None}
    sums = {
        key: (int(value.number or 0), SwiftBalance(amount=value.amount, currency=value.currency or ""))
        for key, value in data.items()
        if isinstance(value, mt940.models.SumAmount)
    }
    return SwiftStatement(
        texts=_texts(data),
        lines=tuple(_line(one.data) for one in found.transactions),
        balances=balances,
        sums=sums,
        interim="c_floor_limit" in data or "d_floor_limit" in data,
    )


def _line(data: dict[str, Any]) -> SwiftLine:
    texts = _texts(data)
    if texts.get("id") == _NO_TYPE:
        del texts["id"]
    return SwiftLine(
        amount=data["amount"].amount,
        currency=data.get("currency") or "",
        mark=str(data.get("status") or "").upper(),
        value_on=_day(data.get("date")),
        booked_on=_day(data.get("entry_date")),
        texts=texts,
    )


def _balance(value: object) -> SwiftBalance | None:
    if isinstance(value, mt940.models.Balance) and isinstance(value.amount, mt940.models.Amount):
        return SwiftBalance(amount=value.amount.amount, currency=value.amount.currency or "")
    return None


def _texts(data: dict[str, Any]) -> dict[str, str]:
    return {key: value.strip() for key, value in data.items() if isinstance(value, str) and value.strip()}


def _day(value: object) -> date | None:
    return date(value.year, value.month, value.day) if isinstance(value, date) else None
