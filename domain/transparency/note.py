"""Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature.

A signature line names who signed and the first four bytes of the hash of the name and the key; lines of keys that
nobody knows are passed over. A verifier key is written as `<name>+<key id in hex>+<base64 of 0x01 and the key>`.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from domain.decider import Rejected
from domain.transparency.ed25519 import is_signed

_ED25519 = b"\x01"
_DASH = "— "


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key and the name that it signs under."""

    name: str
    public: bytes  # 32 bytes

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which signature lines name the key."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text that ends with a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signed_by(self, key: VerifierKey) -> bool:
        """Return whether a signature of that key stands on the note, and is right."""
        return any(
            line.name == key.name
            and line.key_id == key.key_id
            and is_signed(self.text.encode(), line.signature, key.public)
            for line in self.signatures
        )


def read_note(written: str) -> Note:
    """Return a note from its text; raise `Rejected` NOTE_UNREADABLE. No signature is checked."""
    text, empty, below = written.rpartition("\n\n")
    if not empty or not below.endswith("\n"):
        raise _unreadable("no empty line before signatures that end with a newline")
    if any(ord(each) < 0x20 and each != "\n" for each in written):
        raise _unreadable("a control character")
    return Note(text=f"{text}\n", signatures=tuple(_signatures(below.splitlines())))


def read_verifier_key(written: str) -> VerifierKey:
    """Return a verifier key from its text; raise `Rejected` KEY_UNREADABLE."""
    name, plus, rest = written.strip().partition("+")
    hexed, _, encoded = rest.partition("+")
    try:
        decoded = b64decode(encoded, validate=True)
    except Base64Error:
        decoded = b""
    if not (plus and name and len(decoded) == 33 and decoded[:1] == _ED25519):
        raise Rejected("KEY_UNREADABLE", "not an Ed25519 verifier key", accepted="name+key id+base64")
    key = VerifierKey(name=name, public=decoded[1:])
    if key.key_id.hex() != hexed:
        raise Rejected("KEY_UNREADABLE", "its id is not that of its name and key", accepted=str(key))
    return key


def _signatures(lines: Iterable[str]) -> Iterable[Signature]:
    for line in lines:
        name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
        try:
            decoded = b64decode(encoded, validate=True)
        except Base64Error as error:
            raise _unreadable("a signature that is no base64") from error
        if not line.startswith(_DASH) or not name or " " in name or "+" in name or len(decoded) < 5:
            raise _unreadable("a line that is no signature")
        yield Signature(name=name, key_id=decoded[:4], signature=decoded[4:])


def _unreadable(what: str) -> Rejected:
    return Rejected("NOTE_UNREADABLE", f"not a signed note: {what}", accepted="text, an empty line, signature lines")
