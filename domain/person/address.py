"""What an address must look like on each channel. Shape only: whether anybody reads it, a delivery will tell."""

import re
from typing import assert_never

from domain.case.words import Channel
from domain.decider import Rejected

EMAIL_MAX = 254  # RFC 5321, section 4.5.3.1
POSTAL_MAX = 500
# Stricter than RFC 5322 on purpose: no quoted local parts, comments or literals, and nothing that could end a header.
_EMAIL = re.compile(
    r"(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def require_address(channel: Channel, address: str) -> None:
    """Raise `Rejected` ADDRESS_INVALID unless `address` has the channel's shape; the address is never repeated."""
    match channel:
        case Channel.EMAIL:
            fits, accepted = len(address) <= EMAIL_MAX and _EMAIL.fullmatch(address) is not None, "name@example.org"
        case Channel.SMS | Channel.WHATSAPP | Channel.PHONE:
            fits, accepted = _E164.fullmatch(address) is not None, "E.164: + and 7 to 15 digits"
        case Channel.LETTER | Channel.VISIT:
            printable = all(part.isprintable() for part in address.split("\n"))
            fits = printable and len(address.strip()) > 0 and len(address) <= POSTAL_MAX
            accepted = f"a postal address of 1 to {POSTAL_MAX} characters"
        case _:
            assert_never(channel)
    if not fits:
        raise Rejected(
            "ADDRESS_INVALID", f"the address does not have the shape of {channel}", field="address", accepted=accepted
        )
