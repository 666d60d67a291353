"""Unsubscribe links: a permit's id and a signature, so that nobody can make one for somebody else's channel.

They do not expire: whoever finds an old message may still want no more of them, and a link can only close a channel.
"""

from typing import Final

from infra.signed_links import Signer, bytes_of, letters_of

TOKEN_LENGTH_MAX: Final = 500


class SignedUnsubscribeLinks:
    """Signed under a key of their own, worked out from the master key.

    public_url: where the web door is reached from outside; "": there are no links.
    """

    def __init__(self, master: bytes, public_url: str) -> None:
        self._signer = Signer(master, "escalera unsubscribe links")
        self._public_url = public_url.rstrip("/")

    def link(self, permit_id: str) -> str:
        return f"{self._public_url}/unsubscribe/{self.token(permit_id)}" if self._public_url else ""

    def token(self, permit_id: str) -> str:
        """Return the part of the link that names the permit."""
        named = permit_id.encode()
        return f"{letters_of(named)}.{letters_of(self._signer.signature(named))}"

    def permit_of(self, token: str) -> str | None:
        if len(token) > TOKEN_LENGTH_MAX:
            return None
        named, signature = map(bytes_of, token.partition(".")[::2])
        if named is None or signature is None or not self._signer.signed(named, signature):
            return None
        return named.decode()
