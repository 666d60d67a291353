"""Declared restores: a log that came out of a backup goes on under a name of its own, and says what it goes on from.

A log that was restored is shorter than the head that was published of it, and its next head cannot continue that one.
So it begins anew as `<name>/r<number>`: its first leaves are the old log's, as far as both agree, and the declaration,
signed under the old name and the new one, fixes the old head, how far they agree, and why. Nothing of the old log is
taken back: its head stays published, and what it held beyond that point is known to be lost, event by event.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.note import Note, VerifierKey, read_note
from domain.transparency.tree import HASH_BYTES, Hash

VERSION: Final = "escalera restore 1"
REASON_MAX: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a declaration says. `old` is the last head that was published before; of size 0 where none was."""

    number: int
    old: Checkpoint
    origin: str  # the new log's name
    common_size: int  # leaves that both logs begin with
    common_root: Hash
    declared_at: datetime
    reason: str  # one line

    @property
    def lost(self) -> int:
        """Return how many leaves of the old head are not in the log any more."""
        return self.old.size - self.common_size

    def __str__(self) -> str:
        """Return the text that is signed."""
        lines = (
            VERSION,
            str(self.number),
            self.old.origin,
            str(self.old.size),
            b64encode(self.old.root).decode(),
            self.origin,
            str(self.common_size),
            b64encode(self.common_root).decode(),
            self.declared_at.isoformat(timespec="microseconds"),
            self.reason,
        )
        return "".join(f"{line}\n" for line in lines)


def epoch_name(name: str, number: int) -> str:
    """Return the name under which a log goes on after its restore `number`; 0: its own."""
    return f"{name}/r{number}" if number else name


def epoch_key(key: VerifierKey, number: int) -> VerifierKey:
    """Return the log's key under its name after restore `number`: whoever has the key of a log has these too."""
    return VerifierKey(name=epoch_name(key.name, number), public=key.public)


def require_reason(reason: str) -> str:
    """Return the reason as one line; raise `Rejected` REASON_MISSING or REASON_TOO_LONG."""
    line = " ".join(reason.split())
    if not line or not line.isprintable():
        raise Rejected("REASON_MISSING", "a restore is declared with a reason", field="reason", accepted="one line")
    if len(line) > REASON_MAX:
        raise Rejected(
            "REASON_TOO_LONG", "the reason is too long", field="reason", accepted=f"{REASON_MAX} characters at most"
        )
    return line


def opened_restore(written: str, key: VerifierKey, number: int) -> tuple[Restored, Note]:
    """Return restore `number` of the log whose key this is, if it was signed under the old name and the new one.

    Raise `Rejected` NOTE_UNREADABLE, RESTORE_UNREADABLE or RESTORE_NOT_SIGNED.
    """
    note = read_note(written)
    restored = _read(note.text)
    old_key = VerifierKey(name=restored.old.origin, public=key.public)
    new_key = epoch_key(key, number)
    if restored.number != number or restored.origin != new_key.name or restored.old.origin not in _before(key, number):
        raise Rejected("RESTORE_NOT_SIGNED", "it is of another log", field="origin", accepted=new_key.name)
    if not (note.signed_by(old_key) and note.signed_by(new_key)):
        raise Rejected("RESTORE_NOT_SIGNED", "the log's key has not signed it under both names", accepted=str(new_key))
    return restored, note


def _before(key: VerifierKey, number: int) -> frozenset[str]:
    return frozenset(epoch_name(key.name, each) for each in range(number))


def _read(text: str) -> Restored:
    lines = text.splitlines()
    if len(lines) != 10 or lines[0] != VERSION:
        raise _unreadable("not ten lines that begin with its version")
    _, number, old_origin, old_size, old_root, origin, common_size, common_root, declared_at, reason = lines
    try:
        restored = Restored(
            number=int(number),
            old=Checkpoint(origin=old_origin, size=int(old_size), root=b64decode(old_root, validate=True)),
            origin=origin,
            common_size=int(common_size),
            common_root=b64decode(common_root, validate=True),
            declared_at=datetime.fromisoformat(declared_at),
            reason=reason,
        )
    except (ValueError, Base64Error) as error:
        raise _unreadable("a number, root or instant that is none") from error
    if str(restored) != text or {len(restored.old.root), len(restored.common_root)} != {HASH_BYTES}:
        raise _unreadable("it is not written as a declaration is")
    if not 0 <= restored.common_size <= restored.old.size:
        raise _unreadable("the logs cannot agree for longer than the old one was")
    return restored


def _unreadable(what: str) -> Rejected:
    return Rejected("RESTORE_UNREADABLE", f"no declaration of a restore: {what}", accepted=VERSION)
