"""Hashes of what requests asked, as they are kept: under a key, so that nobody can guess a name and see it confirmed.

The application hashes a command without a key (`application.request.question_hash`). That hash never leaves the
process: what is written beside the request id is its HMAC under a key that is worked out from the keyring's root.
"""

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class RequestHashes:
    """Keyed hashes of requests."""

    def __init__(self, root: bytes) -> None:
        self._key = HKDF(SHA256(), 32, None, b"escalera request hashes").derive(root)

    def kept(self, asked_hash: bytes) -> bytes:
        """Return what is written for a request."""
        return hmac.digest(self._key, asked_hash, sha256)

    def same(self, kept: bytes, asked_hash: bytes) -> bool:
        """Return whether what was written is of the same request; older hashes stand there without a key."""
        return hmac.compare_digest(kept, self.kept(asked_hash)) or kept == asked_hash
