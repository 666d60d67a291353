"""Where the head of the state digests is published: a file beside the log's checkpoint."""

import asyncio
from pathlib import Path
from typing import Final

from infra.transparency.folder import epoch_folder, write_whole

_HEAD: Final = "states"


class StatesFolder:
    """The `PublicStates` port over the log's public folder."""

    def __init__(self, folder: Path, *, epoch: int = 0) -> None:
        self._folder = epoch_folder(folder, epoch)

    async def last_states_note(self) -> str:
        """Return the head that is published; empty if there is none."""
        return await asyncio.to_thread(states_head_in, self._folder)

    async def publish_states(self, note: str) -> None:
        """Publish a head in place of the one before."""
        await asyncio.to_thread(write_whole, self._folder / _HEAD, note.encode(), replace=True)


def states_head_in(folder: Path) -> str:
    """Return the signed head of the state digests that a folder holds; empty if there is none."""
    try:
        return (folder / _HEAD).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
