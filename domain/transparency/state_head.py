"""The head of the list of state digests: how many there are, and a hash that all of them went into one by one.

It is a signed note of its own beside the tree's checkpoint. Its first line is another than the log's name, so that
neither can be taken for the other.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from domain.decider import Rejected
from domain.transparency.note import VerifierKey, read_note

NO_DIGESTS: Final = bytes(32)  # what the chain begins with
_SUFFIX: Final = "/states"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateHead:
    """So many digests, of what the log says up to `position`."""

    origin: str  # the log's name
    size: int
    chain: bytes  # 32 bytes
    position: int

    def __str__(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}{_SUFFIX}\n{self.size}\n{b64encode(self.chain).decode()}\n{self.position}\n"


def chained(chain: bytes, lines: Iterable[bytes]) -> bytes:
    """Return the chain after more digests: every line is hashed behind the hash of all before it."""
    for line in lines:
        chain = sha256(chain + line).digest()
    return chain


def opened_states(written: str, key: VerifierKey) -> StateHead:
    """Return the head that a signed note holds, if the log's key signed it.

    Raise `Rejected` STATES_NOT_SIGNED, STATES_UNREADABLE or NOTE_UNREADABLE.
    """
    note = read_note(written)
    head = _read(note.text)
    if head.origin != key.name or not note.signed_by(key):
        raise Rejected("STATES_NOT_SIGNED", "no right signature of the log's key is on it", accepted=str(key))
    return head


def _read(text: str) -> StateHead:
    try:
        name, size, chain, position = text.splitlines()
        head = StateHead(
            origin=name.removesuffix(_SUFFIX),
            size=int(size),
            chain=b64decode(chain, validate=True),
            position=int(position),
        )
    except (ValueError, Base64Error) as error:
        raise _unreadable() from error
    if str(head) != text or len(head.chain) != len(NO_DIGESTS):
        raise _unreadable()
    return head


def _unreadable() -> Rejected:
    accepted = "name/states, size, base64 hash and position, a line each"
    return Rejected("STATES_UNREADABLE", "not the head of a list of state digests", accepted=accepted)
