"""Tree heads (C2SP tlog-checkpoint): who the log is, how many leaves it has, and its root, as the text of a note."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

from domain.decider import Rejected
from domain.transparency.note import Note, VerifierKey, read_note
from domain.transparency.tree import HASH_BYTES, Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of a log at one size."""

    origin: str  # names the log for ever
    size: int
    root: Hash
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the text that is signed."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """Return a tree head from a note's text; raise `Rejected` CHECKPOINT_UNREADABLE."""
    lines = text.splitlines()
    if len(lines) < 3 or not all(lines) or not text.endswith("\n"):
        raise _unreadable("it has fewer than three lines, or an empty one")
    origin, size, encoded, *extensions = lines
    if not size.isascii() or not size.isdecimal() or (size != "0" and size.startswith("0")):
        raise _unreadable("its size is no number")
    try:
        root = b64decode(encoded, validate=True)
    except Base64Error as error:
        raise _unreadable("its root is no base64") from error
    if len(root) != HASH_BYTES:
        raise _unreadable("its root has not 32 bytes")
    return Checkpoint(origin=origin, size=int(size), root=root, extensions=tuple(extensions))


def opened(written: str, key: VerifierKey) -> tuple[Checkpoint, Note]:
    """Return the head and note of a signed checkpoint, if the log's key signed it and its name is the key's.

    Raise `Rejected` CHECKPOINT_NOT_SIGNED, CHECKPOINT_UNREADABLE or NOTE_UNREADABLE.
    """
    note = read_note(written)
    head = read_checkpoint(note.text)
    if head.origin != key.name:
        raise Rejected("CHECKPOINT_NOT_SIGNED", "it is of another log", field="origin", accepted=key.name)
    if not note.signed_by(key):
        raise Rejected("CHECKPOINT_NOT_SIGNED", "no right signature of the log's key is on it", accepted=str(key))
    return head, note


def _unreadable(what: str) -> Rejected:
    return Rejected("CHECKPOINT_UNREADABLE", what, accepted="origin, size and base64 root, a line each")
