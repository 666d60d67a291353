"""Addresses of our payment pages: which link, until when, and a signature, so that nobody can guess one."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from application.payment_page import PageKey
from infra.signed_links import SIGNATURE_BYTES, Signer, bytes_of, letters_of

TOKEN_LENGTH_MAX: Final = 100
UUID_BYTES: Final = 16
INSTANT_BYTES: Final = 5  # whole seconds since 1970; good until the year 36812
NAMED_BYTES_MIN: Final = UUID_BYTES + INSTANT_BYTES + 1


class SignedPaymentPages:
    """Signed under a key of their own, worked out from the master key.

    public_url: where the web door is reached from outside; "": there are no pages.
    """

    def __init__(self, master: bytes, public_url: str) -> None:
        self._signer = Signer(master, "escalera payment pages")
        self._public_url = public_url.rstrip("/")

    def address(self, key: PageKey) -> str:
        return f"{self._public_url}/pay/{self.token(key)}" if self._public_url else ""

    def token(self, key: PageKey) -> str:
        """Return the last part of the address."""
        until = int(key.expires_at.timestamp()).to_bytes(INSTANT_BYTES, "big")
        named = key.case_id.bytes + until + key.link_id.encode()
        return letters_of(self._signer.signature(named) + named)

    def key_of(self, token: str) -> PageKey | None:
        data = bytes_of(token) if len(token) <= TOKEN_LENGTH_MAX else None
        if data is None:
            return None
        signature, named = data[:SIGNATURE_BYTES], data[SIGNATURE_BYTES:]
        if not self._signer.signed(named, signature) or len(named) < NAMED_BYTES_MIN:
            return None
        until = int.from_bytes(named[UUID_BYTES : UUID_BYTES + INSTANT_BYTES], "big")
        return PageKey(
            case_id=UUID(bytes=named[:UUID_BYTES]),
            link_id=named[UUID_BYTES + INSTANT_BYTES :].decode(),
            expires_at=datetime.fromtimestamp(until, UTC),
        )
