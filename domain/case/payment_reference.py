"""The creditor reference of a case (ISO 11649): what a payer copies into a transfer, with check digits.

    RF72 2O2O KCL8 O9RC

"RF", two check digits, and twelve digits and capitals that are the case's own: sixty bits of its id in base 36, so
that no table is needed to write a reference or to find its case. The check digits (ISO 7064, mod 97) tell of a wrong
digit or letter, and of two digits that are swapped.
"""

import re
from uuid import UUID

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LENGTH = 12  # of the part that is the case's own: 36^12 > 2^60
_GROUPS = re.compile(r"(?<![0-9A-Z])RF[0-9]{2}(?:[ -]?[0-9A-Z]{4}){3}(?![0-9A-Z])", re.IGNORECASE)
_LOW, _VERSION = 64, 5  # bits below those that are used; the version digit in the midst of them is always 5


def payment_reference(case_id: UUID) -> str:
    """Return the case's reference: 16 characters without blanks."""
    number, own = _number(case_id), ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        own = DIGITS[digit] + own
    own = own.rjust(LENGTH, "0")
    return f"RF{98 - _remainder(own + 'RF00'):02d}{own}"


def in_groups(reference: str) -> str:
    """Return a reference as it is printed: in groups of four."""
    return " ".join(reference[place : place + 4] for place in range(0, len(reference), 4))


def references_in(text: str) -> tuple[str, ...]:
    """Return the references of cases that stand in a text, blanks and hyphens between their groups allowed."""
    found = (re.sub("[ -]", "", each).upper() for each in _GROUPS.findall(text))
    return tuple(dict.fromkeys(each for each in found if is_reference(each)))


def is_reference(text: str) -> bool:
    """Say whether `text` is RF, right check digits and the twelve characters of a case."""
    plain = len(text) == 4 + LENGTH and text.startswith("RF") and all(letter in DIGITS for letter in text[2:])
    return plain and text[2:4].isdigit() and _remainder(text[4:] + text[:4]) == 1


def cases_with(reference: str) -> tuple[UUID, UUID] | None:
    """Return the least and the greatest id that a case with this reference can have; None where there is none."""
    number = 0
    for letter in reference[4:]:
        number = number * len(DIGITS) + DIGITS.index(letter)
    if number >= 1 << 60:
        return None
    high = (number >> 12 << 16) | (_VERSION << 12) | (number & 0xFFF)
    return UUID(int=high << _LOW), UUID(int=(high << _LOW) | (1 << _LOW) - 1)


def _number(case_id: UUID) -> int:
    """Return the sixty bits before the variant, without the version: a case's id is of version 5."""
    assert case_id.version == _VERSION, "cases have ids of version 5"
    high = case_id.int >> _LOW
    return (high >> 16 << 12) | (high & 0xFFF)


def _remainder(text: str) -> int:
    """Return the number that ISO 7064 makes of a text, modulo 97."""
    return int("".join(str(DIGITS.index(letter)) for letter in text)) % 97
