"""A text sealed with AES-GCM, bound to the place where it belongs."""

import base64
import binascii
import os
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12
NONCES_AT_ONCE: Final = 64


class SealBroken(Exception):
    """A sealed text was changed, or moved to a place it was not sealed for."""


def nonces() -> Iterator[bytes]:
    """Yield fresh nonces without end, for one thread, which is to throw the rest away when it is done.

    They are drawn some at a time: each question to the system lets another thread in, and what takes a microsecond then
    takes as long as that one likes.
    """
    while True:
        drawn = os.urandom(NONCE_BYTES * NONCES_AT_ONCE)
        for place in range(0, len(drawn), NONCE_BYTES):
            yield drawn[place : place + NONCE_BYTES]


def seal_bytes(key: AESGCM, text: bytes, bound_to: bytes, nonce: bytes) -> bytes:
    """Return `text` sealed under `key` and bound to a place; `nonce`: one that was never used before."""
    return nonce + key.encrypt(nonce, text, bound_to)


def seal_with(key: AESGCM, text: str, bound_to: str) -> str:
    """Return `text` sealed under `key` and bound to a place, in base64."""
    return base64.b64encode(seal_bytes(key, text.encode(), bound_to.encode(), os.urandom(NONCE_BYTES))).decode()


def open_with(key: AESGCM, sealed: str, bound_to: str) -> str:
    """Return the text; `SealBroken` if it was not sealed with this key for this place."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SealBroken(f"a sealed text does not belong to {bound_to}") from error
