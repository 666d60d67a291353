"""Small values between the wire and the domain: sums, days, instants, ids, words.

What cannot be read is refused with the path of the field; what can be read and makes no sense, the domain refuses.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.money_pb2 import Money as WireMoney

from domain.case.identity import case_id
from domain.decider import Rejected
from domain.money import Money, exponent
from domain.person.identity import person_id
from protos.escalera import v1 as pb

W = TypeVar("W")

MINOR_MAX = 10**15  # ten trillion euros: more is a mistake, and it fits every column
YEAR_MIN, YEAR_MAX = 2, 9998
_YEARS = f"the years {YEAR_MIN} to {YEAR_MAX}"
_NANOS = 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def money(amount: WireMoney, field: str) -> Money:
    """Return the sum in minor units; refuse parts of a minor unit, mixed signs and absurd sizes."""
    code, units, nanos = amount.currency_code, amount.units, amount.nanos
    if not nanos:
        minor = units * 10 ** exponent(code)
    else:
        part = _NANOS // 10 ** exponent(code)
        if nanos % part or not -_NANOS < nanos < _NANOS or (units > 0 > nanos) or (units < 0 < nanos):
            detail = f"it is no whole number of the smallest unit of {code}" if code else "it has no currency"
            raise Rejected("AMOUNT_INVALID", detail, field=field, accepted="units and nanos of one sign")
        minor = units * 10 ** exponent(code) + nanos // part
    if not -MINOR_MAX <= minor <= MINOR_MAX:
        raise Rejected(
            "AMOUNT_INVALID", "it is too large to be meant", field=field, accepted=f"up to {MINOR_MAX} minor units"
        )
    try:
        return Money(minor, code)
    except Rejected as refusal:
        refusal.field = f"{field}.currency_code"
        raise


def money_out(minor: int, currency: str) -> WireMoney:
    """Return a sum for the wire."""
    digits = exponent(currency)
    sign, size = (-1, -minor) if minor < 0 else (1, minor)
    units, part = divmod(size, 10**digits)
    return WireMoney(currency_code=currency, units=sign * units, nanos=sign * part * (_NANOS // 10**digits))


def day(value: Date, field: str) -> date:
    """Return the day; refuse dates that do not exist, dates without a day, and the first and last year (`instant`)."""
    try:
        found = date(value.year, value.month, value.day)
    except ValueError:
        raise Rejected("DATE_INVALID", "there is no such day", field=field, accepted="year, month and day") from None
    if not YEAR_MIN <= found.year <= YEAR_MAX:
        raise Rejected("DATE_INVALID", "there is no such day", field=field, accepted=_YEARS)
    return found


def day_out(value: date) -> Date:
    """Return a day for the wire."""
    return Date(year=value.year, month=value.month, day=value.day)


def instant(value: Timestamp, field: str) -> datetime:
    """Return the instant in UTC, to the microsecond.

    The first and the last year of the calendar are refused: in another zone, or some days on, there is no such instant.
    """
    try:
        found = _EPOCH + timedelta(seconds=value.seconds, microseconds=value.nanos // 1000)
    except OverflowError:
        found = datetime.min.replace(tzinfo=UTC)
    if not YEAR_MIN <= found.year <= YEAR_MAX:
        raise Rejected("INSTANT_INVALID", "there is no such instant", field=field, accepted=_YEARS)
    return found


def instant_out(value: datetime) -> Timestamp:
    """Return an instant for the wire."""
    since = value - _EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1000)


def instant_out_or_none(value: datetime | None) -> Timestamp | None:
    """Return an instant for the wire, None where there is none."""
    return None if value is None else instant_out(value)


def uuid(text: str, field: str) -> UUID:
    """Return the id."""
    try:
        return UUID(text)
    except ValueError:
        raise Rejected("ID_INVALID", "it is no UUID", field=field, accepted="a UUID") from None


def case_named(name: pb.CaseName, field: str = "case_name") -> UUID:
    """Return the id of the case that is meant."""
    if name.case_id:
        return uuid(name.case_id, f"{field}.case_id")
    return case_id(name.creditor_id, name.reference)


def person_named(name: pb.PersonName, field: str, creditor_id: str = "") -> UUID:
    """Return the id of the person that is meant; `creditor_id` is the case's, where there is a case."""
    if name.person_id:
        return uuid(name.person_id, f"{field}.person_id")
    owner = name.creditor_id or creditor_id
    if not owner or not name.reference:
        accepted = "person_id, or reference with creditor_id"
        raise Rejected("PERSON_NAME_INCOMPLETE", "it names nobody", field=field, accepted=accepted)
    return person_id(owner, name.reference)


def meaning(words: Mapping[int, W], value: int, field: str) -> W:
    """Return the domain's word for a number of the wire; refuse numbers that say nothing."""
    word = words.get(value)
    if word is None:
        accepted = ", ".join(str(known) for known in words.values())
        raise Rejected("VALUE_UNKNOWN", "it has no such value", field=field, accepted=accepted)
    return word
