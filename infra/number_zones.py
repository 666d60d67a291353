"""The zones in which a telephone number may ring: a hint, never the truth, for mobiles move and numbers are ported."""

from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, timezone

from domain.calendar import zone
from domain.case.words import Channel
from domain.decider import Rejected

_RINGS: Final = frozenset((Channel.SMS, Channel.WHATSAPP, Channel.PHONE))
# Numbers that belong to a place or to a pocket. Toll-free, premium, shared-cost, personal and internet numbers ring
# anywhere: for those of North America the data names every zone from Adak to St. John's, which would close every hour.
_SOMEWHERE: Final = frozenset(
    (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
)


def zones_of(channel: Channel, address: str) -> tuple[str, ...]:
    """Return the IANA zones that a number (E.164, "+573001234567") is of, sorted; () where it tells nothing.

    Nothing is told by e-mail and postal addresses, by what is no number, by numbers of no place, and by numbers that
    the data does not know. Never raises.
    """
    if channel not in _RINGS:
        return ()
    try:
        number = phonenumbers.parse(address, None)
    except NumberParseException:
        return ()
    if phonenumbers.number_type(number) not in _SOMEWHERE:
        return ()
    return tuple(sorted(name for name in timezone.time_zones_for_number(number) if _known(name)))


def _known(name: str) -> bool:
    """Return whether our own zone data has the zone: "Etc/Unknown" it has not, nor one newer than itself."""
    try:
        zone(name)
    except Rejected:
        return False
    return True
