"""Addresses of our payment pages: which link, until when, and a signature, so that nobody can guess one."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from application.payment_page import PageKey

TOKEN_LENGTH_MAX: Final = 100
SIGNATURE_BYTES: Final = 16  # 128 bits: nobody guesses one over the network
UUID_BYTES: Final = 16
INSTANT_BYTES: Final = 5  # whole seconds since 1970; good until the year 36812
NAMED_BYTES_MIN: Final = UUID_BYTES + INSTANT_BYTES + 1


class SignedPaymentPages:
    """Signed under a key of their own, worked out from the master key (HKDF, RFC 5869).

    public_url: where the web door is reached from outside; "": there are no pages.
    """

    def __init__(self, master: bytes, public_url: str) -> None:
        self._key = HKDF(SHA256(), 32, None, b"escalera payment pages").derive(master)
        self._public_url = public_url.rstrip("/")

    def address(self, key: PageKey) -> str:
        return f"{self._public_url}/pay/{self.token(key)}" if self._public_url else ""

    def token(self, key: PageKey) -> str:
        """Return the last part of the address."""
        until = int(key.expires_at.timestamp()).to_bytes(INSTANT_BYTES, "big")
        named = key.case_id.bytes + until + key.link_id.encode()
        return urlsafe_b64encode(self._signature(named) + named).decode().rstrip("=")

    def key_of(self, token: str) -> PageKey | None:
        if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
            return None
        try:
            data = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (NotBase64, ValueError):
            return None
        signature, named = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(named)) or len(named) < NAMED_BYTES_MIN:
            return None
        until = int.from_bytes(named[UUID_BYTES : UUID_BYTES + INSTANT_BYTES], "big")
        key = PageKey(
            case_id=UUID(bytes=named[:UUID_BYTES]),
            link_id=named[UUID_BYTES + INSTANT_BYTES :].decode(),
            expires_at=datetime.fromtimestamp(until, UTC),
        )
        # Base64 has several spellings of the same bytes; only ours is an address of ours.
        return key if token == self.token(key) else None

    def _signature(self, named: bytes) -> bytes:
        return hmac.digest(self._key, named, sha256)[:SIGNATURE_BYTES]
