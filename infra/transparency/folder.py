"""A folder as a place to publish in: any web server can serve it, and any tool copy it to where others keep it."""

import os
import tempfile
from pathlib import Path

from infra.transparency.place import BINARY, TEXT, altered


class Folder:
    """The `Place` port over a folder. The kind of a file is its name's to tell."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __str__(self) -> str:
        return str(self._folder)

    def within(self, name: str) -> "Folder":
        """Return the folder inside this one under a name."""
        return Folder(self._folder / name)

    def read(self, name: str, /) -> bytes | None:
        """Return a file; None if there is none."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def keep(self, name: str, content: bytes, kind: str = BINARY) -> None:
        """Put a file that never changes; raise `Rejected` PUBLIC_COPY_ALTERED."""
        known = self.read(name)
        if known is None:
            _write_whole(self._folder / name, content)
        elif known != content:
            raise altered(self, name)

    def replace(self, name: str, content: bytes, kind: str = TEXT) -> None:
        """Put a file, in place of one that may be there."""
        _write_whole(self._folder / name, content)


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(fresh, 0o644)
        os.replace(fresh, path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
