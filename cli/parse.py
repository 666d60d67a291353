"""What people write on the command line: names of cases and persons, sums, days and instants."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from domain.decider import Rejected
from domain.money import Money, exponent

_MONEY = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z]{3})\s*$")
_AMOUNT = re.compile(r"^\s*-?\d+(?:\.\d+)?\s*$")


class Unreadable(Exception):
    """Something that a person wrote cannot be understood: what, and what was expected (a key of the words' `error`)."""

    def __init__(self, value: str, why: str, **values: object) -> None:
        super().__init__(f"{value}: {why}")
        self.value, self.why, self.values = value, why, values


def parse_name(value: str) -> tuple[str, str, str]:
    """Read "UUID" or "CREDITOR/REFERENCE" into (id, creditor, reference); references may contain slashes."""
    if is_id(value):
        return value, "", ""
    creditor, slash, reference = value.partition("/")
    if not (creditor and slash and reference):
        raise Unreadable(value, "case_argument")
    return "", creditor, reference


def is_id(value: str) -> bool:
    """Whether it is a UUID."""
    try:
        UUID(value)
    except ValueError:
        return False
    return True


def parse_money(value: str, currency: str = "") -> Money:
    """Read "1234.50MXN" or "1234.50 MXN"; a bare "1234.50" is in `currency`, where one is known."""
    if currency and _AMOUNT.match(value):
        amount, named = value.strip(), currency
    elif found := _MONEY.match(value):
        amount, named = found[1], found[2].upper()
    else:
        raise Unreadable(value, "money")
    digits = exponent(named)
    minor = Decimal(amount).scaleb(digits)
    if minor != minor.to_integral_value():
        raise Unreadable(value, "amount", currency=named, digits=digits)
    try:
        return Money(int(minor), named)
    except Rejected as error:
        raise Unreadable(value, "money") from error


def parse_date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise Unreadable(value, "date") from error


def parse_instant(value: str) -> datetime:
    """Read an ISO 8601 instant; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise Unreadable(value, "instant") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
