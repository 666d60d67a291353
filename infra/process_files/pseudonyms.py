"""Pseudonyms of people and collectors: the same one in every export made with one key."""

import hmac
from hashlib import sha256
from typing import Final

LENGTH: Final = 24  # hexadecimal digits; 96 bits tell any number of people apart


class Pseudonyms:
    """Pseudonyms under a key. Whoever has the key, and a list of people, can tell who is who: keep it apart."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __call__(self, kind: str, name: str) -> str:
        """Return the pseudonym of somebody."""
        return f"{kind}-{hmac.digest(self._key, f'{kind}:{name}'.encode(), sha256).hex()[:LENGTH]}"
