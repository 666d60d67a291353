"""The log's private key, in a file of its owner's alone."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.transparency.note import Signature, VerifierKey
from infra.keyring import master_key


class KeyFile:
    """The `Signer` port over 32 bytes in a file, made at first use.

    Whoever has the file can sign heads in the log's name: keep it where whoever owns the database does not reach.
    `name` is the log's, for ever: another name is another log.
    """

    def __init__(self, path: Path, *, name: str) -> None:
        self._secret = Ed25519PrivateKey.from_private_bytes(master_key(path))
        self._key = VerifierKey(name=name, public=self._secret.public_key().public_bytes_raw())

    @property
    def key(self) -> VerifierKey:
        """The public half, and the log's name."""
        return self._key

    def sign(self, text: str) -> Signature:
        """Sign a text."""
        return Signature(name=self._key.name, key_id=self._key.key_id, signature=self._secret.sign(text.encode()))
