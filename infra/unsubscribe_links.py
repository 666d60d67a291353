"""Unsubscribe links: a permit's id and a signature, so that nobody can make one for somebody else's channel.

They do not expire: whoever finds an old message may still want no more of them, and a link can only close a channel.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

TOKEN_LENGTH_MAX: Final = 500
SIGNATURE_BYTES: Final = 16  # 128 bits: nobody guesses one over the network


class SignedUnsubscribeLinks:
    """Signed under a key of their own, worked out from the master key (HKDF, RFC 5869).

    public_url: where the web door is reached from outside; "": there are no links.
    """

    def __init__(self, master: bytes, public_url: str) -> None:
        self._key = HKDF(SHA256(), 32, None, b"escalera unsubscribe links").derive(master)
        self._public_url = public_url.rstrip("/")

    def link(self, permit_id: str) -> str:
        return f"{self._public_url}/unsubscribe/{self.token(permit_id)}" if self._public_url else ""

    def token(self, permit_id: str) -> str:
        """Return the part of the link that names the permit."""
        named = permit_id.encode()
        return f"{_text(named)}.{_text(self._signature(named))}"

    def permit_of(self, token: str) -> str | None:
        named_text, _, signature_text = token.partition(".")
        if len(token) > TOKEN_LENGTH_MAX or not token.isascii():
            return None
        try:
            named, signature = _bytes(named_text), _bytes(signature_text)
            if not hmac.compare_digest(signature, self._signature(named)):
                return None
            # Base64 has several spellings of the same bytes; only ours is a link of ours.
            return named.decode() if token == f"{_text(named)}.{_text(signature)}" else None
        except (NotBase64, ValueError):
            return None

    def _signature(self, named: bytes) -> bytes:
        return hmac.digest(self._key, named, sha256)[:SIGNATURE_BYTES]


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
