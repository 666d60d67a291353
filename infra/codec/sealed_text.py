"""A text sealed with AES-GCM, bound to the place where it belongs."""

import base64
import binascii
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12


class SealBroken(Exception):
    """A sealed text was changed, or moved to a place it was not sealed for."""


def seal_with(key: AESGCM, text: str, bound_to: str) -> str:
    """Return `text` sealed under `key` and bound to a place, in base64."""
    nonce = os.urandom(NONCE_BYTES)
    return binascii.b2a_base64(nonce + key.encrypt(nonce, text.encode(), bound_to.encode()), newline=False).decode()


def open_with(key: AESGCM, sealed: str, bound_to: str) -> str:
    """Return the text; `SealBroken` if it was not sealed with this key for this place."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return key.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound_to.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SealBroken(f"a sealed text does not belong to {bound_to}") from error
