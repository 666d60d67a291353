"""Keyed hashes of addresses: equal for equal addresses, and of no use to whoever lacks the key."""

import hmac
import re
import unicodedata
from hashlib import sha256
from typing import Final, assert_never

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.case.words import Channel

# Numbers that one telephone is known by in two spellings; WhatsApp gives the older one. To the present national plans:
# Mexico dropped the 1 before mobile numbers in 2019, Brazil's mobiles got a 9 in front by 2016, and Argentina's mobiles
# are called with a 9 from abroad that no message needs.
_SPELLINGS: Final = (
    (re.compile(r"\+521(\d{10})"), r"+52\1"),
    (re.compile(r"\+55(\d{2})([6-9]\d{7})"), r"+55\g<1>9\2"),
    (re.compile(r"\+549(\d{10})"), r"+54\1"),
)
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")


class AddressHashes:
    """Hashes under a key of their own, worked out from the master key (HKDF, RFC 5869)."""

    def __init__(self, master: bytes) -> None:
        self._key = HKDF(SHA256(), 32, None, b"escalera address book").derive(master)

    def of_address(self, channel: Channel, address: str) -> bytes | None:
        """Return the hash of an address; None where the channel's addresses are not looked up, or it is none."""
        match channel:
            case Channel.EMAIL:
                known = _email(address)
                return self._hash("email", known) if known else None
            case Channel.SMS | Channel.WHATSAPP | Channel.PHONE:
                number = _number(address)
                return self._hash("number", number) if number else None
            case Channel.LETTER | Channel.VISIT:
                return None  # nobody is found by a street
            case _:
                assert_never(channel)

    def of_provider_id(self, provider_id: str) -> bytes:
        """Return the hash of what a provider calls a message: some write the recipient's number into it."""
        return self._hash("message", provider_id)

    def _hash(self, kind: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{kind}:{text}".encode(), sha256)


def _email(address: str) -> str:
    """Return the address in lower case: servers that tell Ana@ from ana@ are not met any more (RFC 5321, 2.4)."""
    plain = unicodedata.normalize("NFC", address.strip()).lower()
    return plain if "@" in plain else ""


def _number(address: str) -> str:
    """Return the number in E.164 and one spelling; "" if it is none."""
    digits = "+" + re.sub(r"[\s().-]", "", address).removeprefix("+")
    if not _E164.fullmatch(digits):
        return ""
    for spelling, present in _SPELLINGS:
        if spelling.fullmatch(digits):
            return spelling.sub(present, digits)
    return digits
