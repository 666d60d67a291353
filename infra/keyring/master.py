"""The master key, under which the keys of persons are wrapped: where it comes from, and how one follows another."""

import base64
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

KEY_BYTES: Final = 32
ID_LENGTH: Final = 16
_SEVERAL: Final = b"escalera-keys/1\n"
_AWAY: Final = ".retired-"  # behind the key file's name, with the key's id: what only backups need


class MasterKeyMissing(Exception):
    """Something is wrapped by a master key that nobody has here. `wrapped_by` is its id, "" where none was noted."""

    def __init__(self, wrapped_by: str) -> None:
        super().__init__(f"no master key with the id {wrapped_by or '(not noted)'} is here")
        self.wrapped_by = wrapped_by


def id_of(master: bytes) -> str:
    """Return the id that a master key is known by: of a hash with a label, which tells nothing about the key."""
    return sha256(b"escalera master key\x00" + master).hexdigest()[:ID_LENGTH]


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """The master key that wraps, and those before it that still unwrap."""

    present: bytes
    before: tuple[bytes, ...] = ()

    @property
    def id(self) -> str:
        """The id of the one that wraps."""
        return id_of(self.present)

    def wrap(self, key: bytes) -> bytes:
        return aes_key_wrap(self.present, key)

    def unwrap(self, wrapped: bytes, wrapped_by: str = "") -> bytes:
        """Return a key; raise `MasterKeyMissing`. Which master key wrapped it may not have been noted."""
        for master in (self.present, *self.before):
            if wrapped_by in ("", id_of(master)):
                try:
                    return aes_key_unwrap(master, wrapped)
                except InvalidUnwrap:
                    continue
        raise MasterKeyMissing(wrapped_by)

    def wrapping_by(self, wrapped_by: str) -> "MasterKeys":
        """Return the same keys with another of them as the one that wraps; raise `MasterKeyMissing`."""
        every = (self.present, *self.before)
        chosen = next((each for each in every if id_of(each) == wrapped_by), None)
        if chosen is None:
            raise MasterKeyMissing(wrapped_by)
        return MasterKeys(chosen, tuple(each for each in every if each != chosen))


class MasterSource(Protocol):
    """Where master keys come from: a file, an environment variable, a key management service."""

    def read(self) -> MasterKeys:
        """Return what is there now; the first key is made where there is none yet."""
        ...

    def begin(self) -> MasterKeys:
        """Return a new key in front of the present one, kept before it is returned; what was begun before goes on."""
        ...

    def finish(self) -> None:
        """Put the keys before the present one away: only backups are wrapped by them any more."""
        ...


class KeyFile:
    """Master keys in a file of its owner's alone: 32 bytes; while one follows another, a line for each.

    Those before are put away in files beside it, for as long as there are backups that need them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> MasterKeys:
        found = self._in_use()
        away = (_keys_in(each, own_file(each, _fresh_key)).present for each in sorted(self._put_away()))
        return MasterKeys(found.present, tuple(dict.fromkeys((*found.before, *away))))

    def begin(self) -> MasterKeys:
        found = self._in_use()
        if found.before:
            return found
        both = MasterKeys(_fresh_key(), (found.present,))
        lines = b"".join(base64.b64encode(each) + b"\n" for each in (both.present, *both.before))
        replace_file(self._path, _SEVERAL + lines)
        return both

    def finish(self) -> None:
        found = self._in_use()
        for each in found.before:
            replace_file(self._path.with_name(f"{self._path.name}{_AWAY}{id_of(each)}"), each)
        replace_file(self._path, found.present)

    def _in_use(self) -> MasterKeys:
        return _keys_in(self._path, own_file(self._path, _fresh_key))

    def _put_away(self) -> list[Path]:
        return list(self._path.parent.glob(f"{self._path.name}{_AWAY}*"))


class KeyText:
    """Master keys in a setting: base64 of 32 bytes, the present one first, with commas between.

    Whoever sets it makes new keys; a rotation only carries over what is wrapped.
    """

    def __init__(self, text: str) -> None:
        try:
            found = [base64.b64decode(each.strip(), validate=True) for each in text.split(",")]
        except ValueError:
            found = [b""]
        if any(len(each) != KEY_BYTES for each in found):
            raise ValueError(f"a master key is {KEY_BYTES} bytes in base64") from None
        self._keys = MasterKeys(found[0], tuple(found[1:]))

    def read(self) -> MasterKeys:
        return self._keys

    def begin(self) -> MasterKeys:
        return self._keys

    def finish(self) -> None:
        """Do nothing: whoever set the keys takes the old one out."""


def master_key(path: Path) -> bytes:
    """Return the key in the file at `path`; the file is made at first use, readable by its owner only.

    Without this file no personal field can be read: back it up apart from the database.
    """
    return KeyFile(path).read().present


def _fresh_key() -> bytes:
    return os.urandom(KEY_BYTES)


def own_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what a file of its owner's alone holds; `make` gives the content of one that is not there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        _write_own(fresh, make())
        try:
            os.link(fresh, path)  # only one of several processes gets its key there, and always a whole one
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        handle = os.open(path, os.O_RDONLY)
    with os.fdopen(handle, "rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise PermissionError(f"{path} is open to others: set its mode to 0600")
        return file.read()


def _keys_in(path: Path, content: bytes) -> MasterKeys:
    if not content.startswith(_SEVERAL):
        if len(content) != KEY_BYTES:
            raise ValueError(f"{path} has {len(content)} bytes; a master key has {KEY_BYTES}")
        return MasterKeys(content)
    keys = [base64.b64decode(line) for line in content.removeprefix(_SEVERAL).split()]
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise ValueError(f"{path} has a line that is no master key")
    return MasterKeys(keys[0], tuple(keys[1:]))


def replace_file(path: Path, content: bytes) -> None:
    """Put a file of its owner's alone in the place of another, at once and durably."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    _write_own(fresh, content)
    os.replace(fresh, path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_own(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
