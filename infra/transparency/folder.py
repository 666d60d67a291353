"""The public copy of the log: a folder of files that never change, and one that names the present head.

The layout is C2SP's tlog-tiles, so that any web server or object store can serve it and public tools can check it.
After a declared restore the log goes on in a folder of its own inside, `r1`, `r2` ..., each with the declaration in the
file `restored`; what was published before stays as it is.
"""

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from application.sealing import SealedLog
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.tiles import WIDTH, bundle_of, bundle_path, leaves_of, tile_path, tiles_of
from domain.transparency.tree import HASH_BYTES

_HEAD = "checkpoint"
_RESTORED = "restored"


class PublicFolder:
    """The `PublicCopy` port over a folder."""

    def __init__(self, folder: Path, *, epoch: int = 0) -> None:
        self._folder = epoch_folder(folder, epoch)

    async def declare(self, note: str) -> None:
        """Publish the declaration that this epoch begins with; it is never replaced."""
        await self._put(_RESTORED, note.encode())

    async def last_note(self) -> str:
        """Return the head that is published; empty if there is none."""
        return await asyncio.to_thread(head_in, self._folder)

    async def publish(self, log: SealedLog, before: int, head: Checkpoint, note: str) -> None:
        """Publish tiles and bundles that were not full at `before` leaves, and those after; the head comes last."""
        for level, number, width in tiles_of(head.size):
            if (number + 1) * WIDTH <= before >> 8 * level:
                continue
            tiles = await log.tiles([(level, number)])
            await self._put(tile_path(level, number, width), tiles[level, number][: width * HASH_BYTES])
            if level == 0:
                leaves = await log.leaves(number)
                await self._put(bundle_path(number, width), bundle_of(leaves[:width]))
        await self._put(_HEAD, note.encode(), replace=True)

    async def _put(self, name: str, content: bytes, *, replace: bool = False) -> None:
        await asyncio.to_thread(write_whole, self._folder / name, content, replace=replace)


def head_in(folder: Path) -> str:
    """Return the signed head that a folder holds; empty if there is none."""
    return _text(folder / _HEAD)


def restore_in(folder: Path, epoch: int) -> str:
    """Return the signed declaration that an epoch begins with; empty if there is none."""
    return _text(epoch_folder(folder, epoch) / _RESTORED)


def epoch_folder(folder: Path, epoch: int) -> Path:
    """Return where a log is published after its declared restore `epoch`; 0: before any."""
    return folder / f"r{epoch}" if epoch else folder


def last_epoch(folder: Path) -> int:
    """Return the number of the last declared restore that is published; 0 if none is."""
    epoch = 0
    while restore_in(folder, epoch + 1):
        epoch += 1
    return epoch


def tile_in(folder: Path, level: int, number: int, width: int = WIDTH) -> bytes:
    """Return the widest that was published of a tile, of `width` hashes or full; empty if nothing was."""
    for some in (WIDTH, *range(width, 0, -1)):
        try:
            return (folder / tile_path(level, number, some)).read_bytes()
        except FileNotFoundError:
            continue
    return b""


def leaves_in(folder: Path, size: int, number: int) -> list[bytes]:
    """Return the leaves of a published bundle of a log of `size` leaves."""
    width = min(WIDTH, size - number * WIDTH)
    for some in (width, WIDTH):  # it has become full since
        with suppress(FileNotFoundError):
            return list(leaves_of((folder / bundle_path(number, some)).read_bytes()))[:width]
    return []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def write_whole(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file whole or not at all; one that is there stays as it is, unless it is to be replaced."""
    if path.exists() and not replace:
        return
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


class PublicFolders:
    """The `PublishedLogs` port over a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def last_epoch(self) -> int:
        """Return the number of the last declared restore that is published; 0 if none is."""
        return await asyncio.to_thread(last_epoch, self._folder)

    async def head(self, epoch: int) -> str:
        """Return the signed head of an epoch; empty if none is published."""
        return await asyncio.to_thread(head_in, epoch_folder(self._folder, epoch))

    async def restore(self, epoch: int) -> str:
        """Return the signed declaration that an epoch begins with; empty if there is none."""
        return await asyncio.to_thread(restore_in, self._folder, epoch)

    async def tile(self, epoch: int, number: int) -> bytes:
        """Return the hashes of a bundle's leaves; empty if none are published."""
        return await asyncio.to_thread(tile_in, epoch_folder(self._folder, epoch), 0, number)

    async def leaves(self, epoch: int, size: int, number: int) -> list[bytes]:
        """Return a bundle's leaves, in a log of `size`."""
        return await asyncio.to_thread(leaves_in, epoch_folder(self._folder, epoch), size, number)

    async def declare(self, epoch: int, note: str) -> None:
        """Publish a declaration."""
        await PublicFolder(self._folder, epoch=epoch).declare(note)

    def copy(self, epoch: int) -> PublicFolder:
        """Return where an epoch's log is published."""
        return PublicFolder(self._folder, epoch=epoch)
