"""Amounts and dates as payment files write them, read exactly."""

import re
from datetime import date

from domain.money import Money, exponent

_DECIMAL = re.compile(r"(\d{1,18})(?:\.(\d{0,10}))?|\.(\d{1,10})", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def money_of(text: str, currency: str) -> Money:
    """Read digits with at most one decimal point, without a sign; ValueError says what is wrong.

    ISO 20022 and SWIFT allow more decimals than a currency has. Zeros there are read (18.150 EUR is 18.15);
    anything else is refused: rounding would book money that nobody paid.
    """
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise ValueError("not an amount of digits with at most one decimal point")
    if not _CURRENCY.fullmatch(currency):
        raise ValueError("the currency is not three capital letters")
    whole, part = found[1] or "0", (found[2] or found[3] or "").rstrip("0")
    digits = exponent(currency)
    if len(part) > digits:
        raise ValueError(f"more decimals than {currency} has ({digits})")
    return Money(int(whole + part.ljust(digits, "0")), currency)


def cents_of(text: str) -> int:
    """Read a fixed-width field of digits with two decimals implied; blank is nothing."""
    if not text.strip():
        return 0
    if not (text.isascii() and text.strip().isdigit()):
        raise ValueError("not an amount of digits")
    return int(text)


def day_of(text: str) -> date:
    """Read the day of an ISO 8601 date or instant, as its writer's clock had it; ValueError if it is none."""
    return date.fromisoformat(text[:10])


def compact_day_of(text: str) -> date | None:
    """Read ddmmyy or ddmmyyyy; blank or all zeros is no date. Two-digit years are of this century."""
    digits = text.strip()
    if not digits.strip("0"):
        return None
    if not (digits.isascii() and digits.isdigit() and len(digits) in {6, 8}):
        raise ValueError("not a date as ddmmyy or ddmmyyyy")
    year = int(digits[4:]) + (2000 if len(digits) == 6 else 0)
    return date(year, int(digits[2:4]), int(digits[:2]))
