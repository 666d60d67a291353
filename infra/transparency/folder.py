"""The public copy of the log: a folder of files that never change, and one that names the present head.

The layout is C2SP's tlog-tiles, so that any web server or object store can serve it and public tools can check it.
"""

import asyncio
import os
import tempfile
from pathlib import Path

from application.sealing import SealedLog
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.tiles import WIDTH, bundle_of, bundle_path, tile_path, tiles_of
from domain.transparency.tree import HASH_BYTES

_HEAD = "checkpoint"


class PublicFolder:
    """The `PublicCopy` port over a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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
        await asyncio.to_thread(_write, self._folder / name, content, replace=replace)


def head_in(folder: Path) -> str:
    """Return the signed head that a folder holds; empty if there is none."""
    try:
        return (folder / _HEAD).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _write(path: Path, content: bytes, *, replace: bool) -> None:
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
