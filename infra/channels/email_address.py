"""The addresses that answers to our e-mail come back to, and the Message-IDs that they speak of.

    mail@in.acme.example                      everybody may write there
    mail+b<32 letters><8 letters>@in...       where a message that cannot be delivered is returned to
    mail+r<32 letters><8 letters>@in...       where a reply goes
    mail+u<32 letters><8 letters>@in...       where one asks for no more of them

The 32 letters are the message's, the 8 a proof that we wrote them: without it anybody could report on our messages.
Neither holds anything personal.
"""

import hmac
import re
from base64 import b32decode, b32encode
from binascii import Error as NotBase32
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

DIGEST_BYTES: Final = 20
PROOF_BYTES: Final = 5
MARK: Final = re.compile(r"\+([bru])([a-z2-7]{32})([a-z2-7]{8})", re.IGNORECASE)
LOCAL_PART_MAX: Final = (
    64 - 2 - 32 - 8
)  # RFC 5321 4.5.3.1.1 allows 64 octets; the rest is "+", the kind and the letters


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of the contact with this key: always the same, and it tells nothing."""
    return message_id_of(_digest(key), domain)


def message_id_of(digest: bytes, domain: str) -> str:
    """Return the Message-ID of the message whose address bore `digest`."""
    return f"<{digest.hex()}@{domain}>"


class Purpose(StrEnum):
    """What an address is for."""

    BOUNCE = "b"
    REPLY = "r"
    UNSUBSCRIBE = "u"


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What an address of ours says: why somebody wrote there, and about which message of ours."""

    purpose: Purpose
    digest: bytes

    def is_about(self, key: str) -> bool:
        """Whether it is the message that was sent under this key."""
        return hmac.compare_digest(self.digest, _digest(key))


class ReturnAddresses:
    """Writes and reads such addresses.

    address: where everybody may write; its local part has at most 22 characters and no "+". key: proves that an address
    is ours; the same in every process. Raises ValueError for an address that cannot bear our letters.
    """

    def __init__(self, *, address: str, key: bytes) -> None:
        local, at, domain = address.rpartition("@")
        if not (at and domain and local) or "+" in local or len(local) > LOCAL_PART_MAX or not address.isascii():
            raise ValueError(f"an ASCII address with at most {LOCAL_PART_MAX} characters before the @ and no +")
        self.address = address
        self._local = local
        self._domain = domain
        self._key = key
        written = re.escape(local) + MARK.pattern + "@" + re.escape(domain)
        self._whole = re.compile(written, re.IGNORECASE)

    def write(self, purpose: Purpose, key: str) -> str:
        """Return the address for answers to the message with this key."""
        digest = _digest(key)
        letters = b32encode(digest).decode() + b32encode(self._proof(digest)).decode()
        return f"{self._local}+{purpose}{letters.lower()}@{self._domain}"

    def read(self, address: str) -> Returned | None:
        """Return what an address of ours says; None for any other, and for one that somebody made up."""
        found = self._whole.fullmatch(address.strip())
        return self._proven(found) if found else None

    def is_plain(self, address: str) -> bool:
        """Whether this is the address where everybody may write."""
        return address.strip().lower() == self.address.lower()

    def find(self, text: str) -> Returned | None:
        """Return what the first proven address of ours anywhere in `text` says."""
        proven = (self._proven(found) for found in self._whole.finditer(text))
        return next((each for each in proven if each is not None), None)

    def _proven(self, found: re.Match[str]) -> Returned | None:
        try:
            digest, proof = (b32decode(letters.upper()) for letters in found.group(2, 3))
        except NotBase32:
            return None
        if not hmac.compare_digest(proof, self._proof(digest)):
            return None
        return Returned(purpose=Purpose(found.group(1).lower()), digest=digest)

    def _proof(self, digest: bytes) -> bytes:
        return hmac.digest(self._key, digest, "sha256")[:PROOF_BYTES]


def return_addresses(master: bytes, address: str) -> ReturnAddresses:
    """Return the addresses under a key of their own, worked out from the master key (HKDF, RFC 5869)."""
    return ReturnAddresses(address=address, key=HKDF(SHA256(), 32, None, b"escalera return addresses").derive(master))


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()[:DIGEST_BYTES]
