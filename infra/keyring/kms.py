"""Master keys that a key management service keeps sealed: a file has them under its key, and a start opens them.

One call at the start of a process and none per person: whoever loses access to the service reads nothing more after the
next start, and whoever steals database and file together reads nothing at all.
"""

import base64
from pathlib import Path
from typing import Final, Protocol

from infra.keyring.master import MasterKeys, id_of, own_file, replace_file

_HEADER: Final = b"escalera-kms/1\n"
_AWAY: Final = ".retired-"


class KmsUnavailable(Exception):
    """The service did not answer, or not as it is documented. The text is a code; no secret."""


class KmsRefused(Exception):
    """The service said no: no such key, no permission, or what is to be opened is not its own. The text is its code."""


class Kms(Protocol):
    """A key management service."""

    def data_key(self) -> tuple[bytes, bytes]:
        """Return a new key of 32 bytes, and the same sealed. Blocking; raises `KmsUnavailable`, `KmsRefused`."""
        ...

    def opened(self, sealed: bytes) -> bytes:
        """Return what was sealed. Blocking; raises `KmsUnavailable`, `KmsRefused`."""
        ...


class KmsFile:
    """Master keys in a file, sealed by a service: a line for each, the present one first. Implements `MasterSource`."""

    def __init__(self, path: Path, kms: Kms) -> None:
        self._path = path
        self._kms = kms
        self._opened: dict[bytes, bytes] = {}  # by what is sealed: each is asked for once

    def read(self) -> MasterKeys:
        found = [self._open(each) for each in self._sealed_in(self._path)]
        away = [self._open(each) for file in sorted(self._put_away()) for each in self._sealed_in(file)]
        return MasterKeys(found[0], tuple(dict.fromkeys((*found[1:], *away))))

    def begin(self) -> MasterKeys:
        sealed = self._sealed_in(self._path)
        if len(sealed) == 1:
            key, fresh = self._kms.data_key()
            self._opened[fresh] = key
            sealed = [fresh, *sealed]
            replace_file(self._path, _content(*sealed))
        return MasterKeys(self._open(sealed[0]), tuple(self._open(each) for each in sealed[1:]))

    def finish(self) -> None:
        first, *before = self._sealed_in(self._path)
        for each in before:
            file = self._path.with_name(f"{self._path.name}{_AWAY}{id_of(self._open(each))}")
            replace_file(file, _content(each))
        replace_file(self._path, _content(first))

    def _sealed_in(self, path: Path) -> list[bytes]:
        content = own_file(path, self._first)
        if not content.startswith(_HEADER):
            raise ValueError(f"{path} holds no keys that a key management service has sealed")
        return [base64.b64decode(line) for line in content.removeprefix(_HEADER).split()]

    def _first(self) -> bytes:
        return _content(self._kms.data_key()[1])

    def _open(self, sealed: bytes) -> bytes:
        if sealed not in self._opened:
            self._opened[sealed] = self._kms.opened(sealed)
        return self._opened[sealed]

    def _put_away(self) -> list[Path]:
        return list(self._path.parent.glob(f"{self._path.name}{_AWAY}*"))


def _content(*sealed: bytes) -> bytes:
    return _HEADER + b"".join(base64.b64encode(each) + b"\n" for each in sealed)
