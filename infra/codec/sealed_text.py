"""A text sealed with AES-GCM, bound to the place where it belongs."""

import base64
import binascii
import os
from collections.abc import Iterator
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12
NONCES_AT_ONCE: Final = 256

# Holds another object in a process that was forked off: nonces that were drawn before the fork are its parent's.
_process = [object()]
os.register_at_fork(after_in_child=lambda: _process.__setitem__(0, object()))


class SealBroken(Exception):
    """A sealed text was changed, or moved to a place it was not sealed for."""


def nonces() -> Iterator[bytes]:
    """Yield fresh nonces without end, for one thread.

    They are drawn some at a time: each question to the system lets another thread in, and what takes a microsecond then
    takes as long as that one likes. A process that was forked off draws its own.
    """
    while True:
        process, drawn = _process[0], os.urandom(NONCE_BYTES * NONCES_AT_ONCE)
        for place in range(0, len(drawn), NONCE_BYTES):
            if _process[0] is not process:
                break
            yield drawn[place : place + NONCE_BYTES]


def seal_with(key: AESGCM, text: str, bound_to: str) -> str:
    """Return `text` sealed under `key` and bound to a place, in base64."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + key.encrypt(nonce, text.encode(), bound_to.encode())).decode()


def open_with(key: AESGCM, sealed: str, bound_to: str) -> str:
    """Return the text; `SealBroken` if it was not sealed with this key for this place."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SealBroken(f"a sealed text does not belong to {bound_to}") from error
