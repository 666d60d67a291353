"""What a link is made of: a name, its signature under a key for that kind of link alone, and letters for an URL."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SIGNATURE_BYTES: Final = 16  # 128 bits: nobody guesses one over the network
_KEY_BYTES: Final = 32


class Signer:
    """Signs for one purpose, under a key that is worked out for it from the root (HKDF, RFC 5869)."""

    def __init__(self, root: bytes, purpose: str) -> None:
        self._key = HKDF(SHA256(), _KEY_BYTES, None, purpose.encode()).derive(root)

    def signature(self, named: bytes) -> bytes:
        return hmac.digest(self._key, named, sha256)[:SIGNATURE_BYTES]

    def signed(self, named: bytes, signature: bytes) -> bool:
        """Say whether a signature is ours; it takes as long for any that is not."""
        return hmac.compare_digest(signature, self.signature(named))


def letters_of(data: bytes) -> str:
    """Return bytes as letters (RFC 4648, 5, without padding)."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def bytes_of(letters: str) -> bytes | None:
    """Return the bytes; None for letters that are not ours: Base64 has several spellings of the same bytes."""
    try:
        data = urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    except (NotBase64, ValueError):
        return None
    return data if letters == letters_of(data) else None
