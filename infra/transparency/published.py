"""The public copy of the log: files that never change, and one that names the present head.

The layout is C2SP's tlog-tiles, so that any web server or object store can serve it and public tools can check it.
After a declared restore the log goes on in a folder of its own inside, `r1`, `r2` ..., each with the declaration in the
file `restored`; what was published before stays as it is.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from application.sealing import SealedLog
from domain.decider import Rejected
from domain.transparency.checkpoint import Checkpoint
from domain.transparency.tiles import WIDTH, bundle_of, bundle_path, leaves_of, tile_path, tiles_of
from domain.transparency.tree import HASH_BYTES, leaf_hash
from infra.transparency.place import TEXT, Place

AT_ONCE: Final = 16  # files under way to a place, so that one far away is kept up with too
_HEAD: Final = "checkpoint"
_RESTORED: Final = "restored"
_STATES: Final = "states"  # the head of the state digests, beside the log's own


class Published:
    """The `PublicCopy` and `PublicStates` ports over a place. `epoch`: the declared restore that the log is after."""

    def __init__(self, place: Place, *, epoch: int = 0) -> None:
        self._place = epoch_place(place, epoch)

    async def declare(self, note: str) -> None:
        """Publish the declaration that this epoch begins with; it is never replaced."""
        await asyncio.to_thread(self._place.keep, _RESTORED, note.encode(), TEXT)

    async def last_note(self) -> str:
        """Return the head that is published; empty if there is none."""
        return await asyncio.to_thread(head_in, self._place)

    async def publish(self, log: SealedLog, before: int, head: Checkpoint, note: str) -> None:
        """Publish tiles and bundles that were not full at `before` leaves, and those after; the head comes last.

        Raise `Rejected` PUBLIC_COPY_ALTERED where another tile is published already, and LOG_ALTERED where events no
        longer are what was sealed: what is published never changes, so it must be right.
        """
        waiting: list[tuple[str, bytes]] = []
        for level, number, width in tiles_of(head.size):
            if (number + 1) * WIDTH <= before >> 8 * level:
                continue
            waiting += await _files(log, level, number, width)
            if len(waiting) >= AT_ONCE:
                await self._keep(waiting)
                waiting = []
        await self._keep(waiting)
        await asyncio.to_thread(self._place.replace, _HEAD, note.encode())

    async def last_states_note(self) -> str:
        """Return the head of the state digests that is published; empty if there is none."""
        return await asyncio.to_thread(states_head_in, self._place)

    async def publish_states(self, note: str) -> None:
        """Publish a head of the state digests in place of the one before."""
        await asyncio.to_thread(self._place.replace, _STATES, note.encode())

    async def _keep(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Put files at once; none is under way any more when one has failed."""
        puts = [asyncio.to_thread(self._place.keep, name, content) for name, content in files]
        for failed in await asyncio.gather(*puts, return_exceptions=True):
            if failed is not None:
                raise failed


class PublishedEpochs:
    """The `PublishedLogs` port over a place."""

    def __init__(self, place: Place) -> None:
        self._place = place

    async def last_epoch(self) -> int:
        """Return the number of the last declared restore that is published; 0 if none is."""
        return await asyncio.to_thread(last_epoch, self._place)

    async def head(self, epoch: int) -> str:
        """Return the signed head of an epoch; empty if none is published."""
        return await asyncio.to_thread(head_in, epoch_place(self._place, epoch))

    async def restore(self, epoch: int) -> str:
        """Return the signed declaration that an epoch begins with; empty if there is none."""
        return await asyncio.to_thread(restore_in, self._place, epoch)

    async def tile(self, epoch: int, size: int, number: int) -> bytes:
        """Return the hashes of a bundle's leaves, in a log of `size`; empty if none are published."""
        return await asyncio.to_thread(tile_in, epoch_place(self._place, epoch), size, 0, number)

    async def leaves(self, epoch: int, size: int, number: int) -> list[bytes]:
        """Return a bundle's leaves, in a log of `size`."""
        return await asyncio.to_thread(leaves_in, epoch_place(self._place, epoch), size, number)

    async def declare(self, epoch: int, note: str) -> None:
        """Publish a declaration."""
        await Published(self._place, epoch=epoch).declare(note)

    def copy(self, epoch: int) -> Published:
        """Return where an epoch's log is published."""
        return Published(self._place, epoch=epoch)


def epoch_place(place: Place, epoch: int) -> Place:
    """Return where a log is published after its declared restore `epoch`; 0: before any."""
    return place.within(f"r{epoch}") if epoch else place


def head_in(place: Place) -> str:
    """Return the signed head that is published in a place; empty if there is none."""
    return _text(place, _HEAD)


def states_head_in(place: Place) -> str:
    """Return the signed head of the state digests that is published in a place; empty if there is none."""
    return _text(place, _STATES)


def present_head_in(place: Place) -> str:
    """Return the signed head of the last epoch that is published; empty if there is none."""
    return head_in(epoch_place(place, last_epoch(place)))


def present_states_head_in(place: Place) -> str:
    """Return the signed head of the state digests of the last epoch; empty if there is none."""
    return states_head_in(epoch_place(place, last_epoch(place)))


def restore_in(place: Place, epoch: int) -> str:
    """Return the signed declaration that an epoch begins with; empty if there is none."""
    return _text(epoch_place(place, epoch), _RESTORED)


def last_epoch(place: Place) -> int:
    """Return the number of the last declared restore that is published; 0 if none is."""
    epoch = 0
    while restore_in(place, epoch + 1):
        epoch += 1
    return epoch


def tile_in(place: Place, size: int, level: int, number: int) -> bytes:
    """Return a tile as it was published with a head of `size` leaves, or full since; empty if neither is there."""
    width = min(WIDTH, (size >> 8 * level) - number * WIDTH)
    names = [tile_path(level, number, some) for some in dict.fromkeys((width, WIDTH)) if some > 0]
    return next(filter(None, map(place.read, names)), b"")


def leaves_in(place: Place, size: int, number: int) -> list[bytes]:
    """Return the leaves of a bundle as it was published with a head of `size` leaves, or full since."""
    return list(leaves_of(bundle_in(place, size, number)))[: max(size - number * WIDTH, 0)]


def bundle_in(place: Place, size: int, number: int) -> bytes:
    """Return a bundle as it was published with a head of `size` leaves, or full since; empty if neither is there."""
    width = min(WIDTH, size - number * WIDTH)
    names = [bundle_path(number, some) for some in dict.fromkeys((width, WIDTH)) if some > 0]
    return next(filter(None, map(place.read, names)), b"")


async def _files(log: SealedLog, level: int, number: int, width: int) -> list[tuple[str, bytes]]:
    """Return a tile, and the bundle of its leaves where it has them, under their names."""
    hashes = (await log.tiles([(level, number)]))[level, number][: width * HASH_BYTES]
    files = [(tile_path(level, number, width), hashes)]
    if level == 0:
        leaves = (await log.leaves(number))[:width]
        if b"".join(map(leaf_hash, leaves)) != hashes:
            raise Rejected(
                "LOG_ALTERED",
                f"events among the leaves {number * WIDTH} to {number * WIDTH + width - 1} are not what was sealed",
                accepted="the log as it was sealed",
            )
        files.append((bundle_path(number, width), bundle_of(leaves)))
    return files


def _text(place: Place, name: str) -> str:
    return (place.read(name) or b"").decode("utf-8", "replace")
